//! The coins that the exchange of the demo holds, and the form of their addresses.
//!
//! An address is made of a seeded hash in the place of a public key's hash: its checksum holds, and nobody has
//! a key for it.

use crate::demo::stream::digest;
use sha2::{Digest, Sha256};

/// How a chain writes its accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) enum Form {
    /// 20 bytes in hexadecimal.
    Evm,
    /// base58check behind the given version bytes.
    Base58(&'static [u8]),
    /// base58check in the XRP Ledger's alphabet.
    Ripple,
    /// Twelve characters of a to z and 1 to 5.
    Eos,
}

/// One coin.
#[derive(Debug)]
pub(in crate::demo) struct Coin {
    /// The symbol.
    pub name: &'static str,
    /// Accounts of coins on one network are the same.
    pub network: &'static str,
    /// The form of its accounts.
    pub form: Form,
    /// Base units that a small customer moves.
    pub usual: u128,
    /// Base units of the smallest and the largest fee; 0 where the fee is paid in another coin.
    pub fee: (u128, u128),
}

const fn coin(name: &'static str, network: &'static str, form: Form, usual: u128, fee: (u128, u128)) -> Coin {
    Coin {
        name,
        network,
        form,
        usual,
        fee,
    }
}

const ETHER: u128 = 1_000_000_000_000_000_000;
const BITCOIN: Form = Form::Base58(&[0x00]);
const GAS: (u128, u128) = (42_000_000_000_000, 630_000_000_000_000);

/// The twenty coins, the largest first.
pub(in crate::demo) static COINS: [Coin; 20] = [
    coin("BTC", "bitcoin", BITCOIN, 1_250_000, (4_000, 60_000)),
    coin("ETH", "ethereum", Form::Evm, ETHER / 2, GAS),
    coin("EOS", "eos", Form::Eos, 200_000, (0, 0)),
    coin("XRP", "xrp", Form::Ripple, 225_000_000, (12, 4_000)),
    coin("USDT", "omni", BITCOIN, 7_500_000_000, (0, 0)),
    coin(
        "LTC",
        "litecoin",
        Form::Base58(&[0x30]),
        125_000_000,
        (20_000, 300_000),
    ),
    coin("BCH", "bitcoin-cash", BITCOIN, 50_000_000, (400, 4_000)),
    coin("BSV", "bitcoin-sv", BITCOIN, 100_000_000, (300, 3_000)),
    coin("ETC", "ethereum-classic", Form::Evm, 12 * ETHER, GAS),
    coin("NEO", "neo", Form::Base58(&[0x17]), 8, (0, 0)),
    coin("DASH", "dash", Form::Base58(&[0x4c]), 75_000_000, (2_000, 10_000)),
    coin(
        "ZEC",
        "zcash",
        Form::Base58(&[0x1c, 0xb8]),
        125_000_000,
        (10_000, 10_000),
    ),
    coin(
        "QTUM",
        "qtum",
        Form::Base58(&[0x3a]),
        2_500_000_000,
        (90_000, 400_000),
    ),
    coin("TRX", "tron", Form::Base58(&[0x41]), 2_500_000_000, (0, 100_000)),
    coin(
        "DOGE",
        "dogecoin",
        Form::Base58(&[0x1e]),
        2_500_000_000_000,
        (100_000_000, 300_000_000),
    ),
    coin("OMG", "ethereum", Form::Evm, 50 * ETHER, (0, 0)),
    coin("BAT", "ethereum", Form::Evm, 375 * ETHER, (0, 0)),
    coin("ZRX", "ethereum", Form::Evm, 300 * ETHER, (0, 0)),
    coin("SNT", "ethereum", Form::Evm, 3_750 * ETHER, (0, 0)),
    coin("LINK", "ethereum", Form::Evm, 150 * ETHER, (0, 0)),
];

impl Coin {
    /// Returns whether every customer deposits to the exchange's one account (with a memo), not to an account
    /// of the customer's own.
    pub fn deposits_by_memo(&self) -> bool {
        matches!(self.form, Form::Eos | Form::Ripple)
    }

    /// Returns the account that a seed and a label determine, in the spelling of the ledger.
    pub fn account(&self, seed: u64, label: &str) -> String {
        let bytes = digest(seed, &format!("account/{}/{label}", self.network));
        let payload = bytes.get(..20).expect("a digest has 32 bytes");
        match self.form {
            Form::Evm => format!("0x{}", crate::demo::stream::hex(payload)),
            Form::Base58(version) => base58check(version, payload, bs58::Alphabet::BITCOIN),
            Form::Ripple => base58check(&[0], payload, bs58::Alphabet::RIPPLE),
            Form::Eos => bytes.iter().take(12).map(eos_letter).collect(),
        }
    }
}

fn eos_letter(byte: &u8) -> char {
    const LETTERS: &[u8; 31] = b"abcdefghijklmnopqrstuvwxyz12345";
    char::from(*LETTERS.get(usize::from(byte % 31)).expect("a rest below 31"))
}

fn base58check(version: &[u8], payload: &[u8], alphabet: &bs58::Alphabet) -> String {
    let mut bytes = [version, payload].concat();
    let checksum = Sha256::digest(Sha256::digest(&bytes));
    bytes.extend(checksum.iter().take(4));
    bs58::encode(bytes).with_alphabet(alphabet).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::{Address, Reading};

    #[test]
    fn every_address_is_valid_and_stands_in_its_canonical_spelling() {
        for coin in &COINS {
            let account = coin.account(1, "hot");
            match Address::read(&account) {
                Reading::Address { address, .. } => assert_eq!(address.as_str(), account),
                Reading::Opaque => assert!(coin.deposits_by_memo(), "{}: {account}", coin.name),
                Reading::Malformed(why) => panic!("{}: {why}", coin.name),
            }
        }
    }

    #[test]
    fn coins_of_one_network_share_their_accounts_and_others_do_not() {
        let hot = |name: &str| {
            let coin = COINS.iter().find(|coin| coin.name == name).unwrap();
            coin.account(1, "hot")
        };
        assert_eq!(hot("ETH"), hot("OMG"));
        assert_ne!(hot("ETH"), hot("ETC"));
        assert_ne!(hot("BTC"), hot("USDT"));
        assert!(hot("XRP").starts_with('r') && hot("BTC").starts_with('1'));
        assert_eq!(hot("EOS").len(), 12);
    }
}
