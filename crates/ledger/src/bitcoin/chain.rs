//! The chains of Bitcoin's kind that are read here, and in what they differ.
//!
//! Sources: `kernel/chainparams.cpp` of Bitcoin Core, `chainparams.cpp` of Litecoin and of Bitcoin Cash Node, BIP 94 (test
//! network 4), BIP 325 (signet).

use crate::Id;

/// A chain of Bitcoin's kind. All that are known stand in [`Chain::ALL`].
#[derive(Debug, PartialEq, Eq)]
pub struct Chain {
    pub(super) name: &'static str,
    pub(super) asset: &'static str,
    pub(super) unit: &'static str,
    /// The bytes before each block of a block file. A node of Bitcoin Cash writes Bitcoin's there; the second are those that it
    /// speaks, which other programs write.
    pub(super) magics: &'static [[u8; 4]],
    pub(super) genesis: &'static str,
    /// The first block that it has for itself, where another chain begins as it does: height and id.
    parting: Option<(u32, &'static str)>,
    pub(super) key_version: u8,
    pub(super) script_version: u8,
    /// What script hashes were spelled with before, by Litecoin.
    pub(super) old_script_version: Option<u8>,
    /// The human-readable part of segwit addresses. A chain without has no witnesses either.
    pub(super) part: Option<&'static str>,
    pub(super) extension_blocks: bool,
    /// The prefix of Bitcoin Cash's own spelling; such a chain has tokens and long script hashes.
    pub(super) cash: Option<&'static str>,
    halving: u32,
    pub(super) supply: u64,
    /// Whether a block's id is its proof of work too; scrypt is not checked.
    pub(super) proof_in_id: bool,
    /// From where on each coinbase begins with its block's height (BIP 34).
    pub(super) heights_from: u32,
}

const COIN: u64 = 100_000_000;
const CORE_GENESIS: &str = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
const CORE_REGTEST_GENESIS: &str = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";

const BITCOIN: Chain = Chain {
    name: "bitcoin",
    asset: "BTC",
    unit: "satoshi",
    magics: &[[0xf9, 0xbe, 0xb4, 0xd9]],
    genesis: CORE_GENESIS,
    parting: Some((
        478_559,
        "00000000000000000019f112ec0a9982926f1258cdcc558dd7c3b7e5dc7fa148",
    )),
    key_version: 0x00,
    script_version: 0x05,
    old_script_version: None,
    part: Some("bc"),
    extension_blocks: false,
    cash: None,
    halving: 210_000,
    supply: 21_000_000 * COIN,
    proof_in_id: true,
    heights_from: 227_931,
};

const TESTNET3: Chain = Chain {
    name: "bitcoin-testnet3",
    magics: &[[0x0b, 0x11, 0x09, 0x07]],
    genesis: "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
    parting: None,
    key_version: 0x6f,
    script_version: 0xc4,
    part: Some("tb"),
    heights_from: 21_111,
    ..BITCOIN
};

const TESTNET4: Chain = Chain {
    name: "bitcoin-testnet4",
    magics: &[[0x1c, 0x16, 0x3f, 0x28]],
    genesis: "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
    heights_from: 1,
    ..TESTNET3
};

const SIGNET: Chain = Chain {
    name: "bitcoin-signet",
    magics: &[[0x0a, 0x03, 0xcf, 0x40]],
    genesis: "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
    heights_from: 1,
    ..TESTNET3
};

const REGTEST: Chain = Chain {
    name: "bitcoin-regtest",
    magics: &[[0xfa, 0xbf, 0xb5, 0xda]],
    genesis: CORE_REGTEST_GENESIS,
    part: Some("bcrt"),
    halving: 150,
    heights_from: 1,
    ..TESTNET3
};

const LITECOIN: Chain = Chain {
    name: "litecoin",
    asset: "LTC",
    unit: "litoshi",
    magics: &[[0xfb, 0xc0, 0xb6, 0xdb]],
    genesis: "12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2",
    parting: None,
    key_version: 0x30,
    script_version: 0x32,
    old_script_version: Some(0x05),
    part: Some("ltc"),
    extension_blocks: true,
    halving: 840_000,
    supply: 84_000_000 * COIN,
    proof_in_id: false,
    heights_from: 710_000,
    ..BITCOIN
};

const LITECOIN_TESTNET: Chain = Chain {
    name: "litecoin-testnet",
    magics: &[[0xfd, 0xd2, 0xc8, 0xf1]],
    genesis: "4966625a4b2851d9fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0",
    key_version: 0x6f,
    script_version: 0x3a,
    old_script_version: Some(0xc4),
    part: Some("tltc"),
    heights_from: 76,
    ..LITECOIN
};

const LITECOIN_REGTEST: Chain = Chain {
    name: "litecoin-regtest",
    magics: &[[0xfa, 0xbf, 0xb5, 0xda]],
    genesis: "530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9",
    part: Some("rltc"),
    halving: 150,
    heights_from: 500,
    ..LITECOIN_TESTNET
};

const CASH: Chain = Chain {
    name: "bitcoin-cash",
    asset: "BCH",
    magics: &[[0xf9, 0xbe, 0xb4, 0xd9], [0xe3, 0xe1, 0xf3, 0xe8]],
    parting: Some((
        478_559,
        "000000000000000000651ef99cb9fcbe0dadde1d424bd9f15ff20136191a5eec",
    )),
    part: None,
    cash: Some("bitcoincash"),
    ..BITCOIN
};

const CASH_REGTEST: Chain = Chain {
    name: "bitcoin-cash-regtest",
    magics: &[[0xfa, 0xbf, 0xb5, 0xda], [0xda, 0xb5, 0xbf, 0xfa]],
    genesis: CORE_REGTEST_GENESIS,
    parting: None,
    key_version: 0x6f,
    script_version: 0xc4,
    cash: Some("bchreg"),
    halving: 150,
    heights_from: 1,
    ..CASH
};

static ALL: [Chain; 10] = [
    BITCOIN,
    TESTNET3,
    TESTNET4,
    SIGNET,
    REGTEST,
    LITECOIN,
    LITECOIN_TESTNET,
    LITECOIN_REGTEST,
    CASH,
    CASH_REGTEST,
];

impl Chain {
    /// All chains that are known.
    pub const ALL: &'static [Chain] = &ALL;

    /// Returns the chain of that name ("bitcoin", "bitcoin-testnet3", "litecoin", "bitcoin-cash").
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|chain| chain.name == name)
    }

    /// Returns its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns its coin's symbol ("BTC"). A coin has eight decimal places on all of them.
    pub fn asset(&self) -> &'static str {
        self.asset
    }

    /// Returns what a base unit is called.
    pub fn unit(&self) -> &'static str {
        self.unit
    }

    /// Returns the id of its first block.
    pub fn genesis(&self) -> Id {
        Id::read(self.genesis).expect("the table holds ids")
    }

    /// Returns the blocks by which it is told from all others, by height: its first one, and the first after it parted from a chain
    /// that begins as it does. Test networks of developers may still look alike.
    pub fn marks(&self) -> impl Iterator<Item = (u32, Id)> {
        let parting = self
            .parting
            .and_then(|(height, id)| Some((height, Id::read(id)?)));
        std::iter::once((0, self.genesis())).chain(parting)
    }

    /// Returns the base units that the block at a height may make anew.
    pub fn subsidy(&self, height: u32) -> u64 {
        let halvings = height / self.halving;
        (50 * COIN).checked_shr(halvings).unwrap_or(0)
    }

    /// Returns whether proof of work can be checked here: the id says it where it is a double SHA-256, scrypt is not computed.
    pub fn proves_work(&self) -> bool {
        self.proof_in_id
    }

    /// Returns whether any chain marks its blocks so.
    pub(super) fn mark(magic: &[u8]) -> bool {
        ALL.iter()
            .flat_map(|chain| chain.magics)
            .any(|known| known == magic)
    }

    /// Returns the name of a chain that marks its blocks so, other than this one.
    pub fn other_with(&self, magic: [u8; 4]) -> Option<&'static str> {
        let other = ALL
            .iter()
            .find(|chain| chain.magics.contains(&magic) && !self.magics.contains(&magic));
        other.map(Chain::name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subsidy_halves_and_ends() {
        let bitcoin = Chain::named("bitcoin").unwrap();
        assert_eq!(bitcoin.subsidy(0), 5_000_000_000);
        assert_eq!(bitcoin.subsidy(209_999), 5_000_000_000);
        assert_eq!(bitcoin.subsidy(277_647), 2_500_000_000);
        assert_eq!(bitcoin.subsidy(840_000), 312_500_000);
        assert_eq!(bitcoin.subsidy(210_000 * 33), 0);
        assert_eq!(bitcoin.subsidy(u32::MAX), 0);
        assert_eq!(Chain::named("litecoin").unwrap().subsidy(840_000), 2_500_000_000);
        // All that is ever made stays under the supply that outputs are checked against.
        let made: u64 = (0..64).map(|era| bitcoin.subsidy(era * 210_000) * 210_000).sum();
        assert_eq!(made, 2_099_999_997_690_000);
        assert!(made < bitcoin.supply);
    }

    #[test]
    fn every_chain_has_its_own_name_and_a_genesis() {
        let mut names: Vec<&str> = Chain::ALL.iter().map(Chain::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Chain::ALL.len());
        for chain in Chain::ALL {
            assert!(chain.genesis() != Id::default(), "{}", chain.name);
            let alike = Chain::ALL.iter().filter(|other| other.marks().eq(chain.marks()));
            let tests = chain.name.ends_with("regtest");
            assert!(alike.count() == 1 || tests, "{}", chain.name);
            assert_eq!(chain.marks().count(), 1 + usize::from(chain.parting.is_some()));
            assert_eq!(chain.other_with(chain.magics[0]), None, "{}", chain.name);
        }
        let litecoin = Chain::named("litecoin").unwrap();
        assert_eq!(litecoin.other_with([0xf9, 0xbe, 0xb4, 0xd9]), Some("bitcoin"));
    }
}
