//! From an output's script to whoever can spend it, and from there to an address and back.
//!
//! Sources: `script/solver.cpp` of Bitcoin Core, BIP 16, BIP 141, BIP 341; `script/script.h` of Litecoin for witness versions 8
//! and 9; CHIP-2022-02 for Bitcoin Cash's tokens, CHIP-2022-05 for its long script hashes.

use super::bytes::Bytes;
use super::chain::Chain;
use super::hash::hash160;
use crate::Owner;
use sha2::{Digest, Sha256};
use strongroom_model::{Address, AddressError, Reading};

const OP_RETURN: u8 = 0x6a;
/// A longer script fails before it runs.
const LONGEST_SCRIPT: usize = 10_000;
/// Witness versions of Litecoin's extension blocks, both of 32 bytes: what the chain holds for them (8), and coins on the
/// way into them (9).
const MWEB_VERSIONS: [u8; 2] = [8, 9];
/// Stands before a script of Bitcoin Cash whose output holds tokens.
const TOKENS: u8 = 0xef;

/// Why a text is no owner on a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressFault {
    /// A check of its form fails.
    #[error(transparent)]
    Malformed(#[from] AddressError),
    /// In the shape of no address.
    #[error("{0:?} is in the shape of no address")]
    NoAddress(String),
    /// A valid address of something else.
    #[error("{text:?} is an address of class {class}, which {chain} does not have")]
    OtherKind {
        /// The text.
        text: String,
        /// What it is.
        class: String,
        /// The chain that was asked for.
        chain: &'static str,
    },
    /// A valid address that another chain spells so.
    #[error("{text:?} is spelled for another chain: on {chain} the same key is {here}")]
    OtherChain {
        /// The text.
        text: String,
        /// The chain that was asked for.
        chain: &'static str,
        /// Its spelling there.
        here: String,
    },
    /// An address inside Litecoin's extension blocks, whose coins no ledger sees.
    #[error("{0:?} is an address inside Litecoin's extension blocks: nothing that it holds can be seen")]
    Mweb(String),
}

impl Owner {
    /// Returns who can spend an output of that script on a chain.
    pub fn of_script(script: &[u8], chain: &Chain) -> Self {
        if chain.cash.is_some() && script.first() == Some(&TOKENS) {
            let behind = behind_tokens(script).unwrap_or(script);
            return of_plain_script(behind, chain);
        }
        of_plain_script(script, chain)
    }

    /// Returns the owner that an address names on a chain. Addresses that were spelled so once (Litecoin's script hashes as
    /// Bitcoin's) are taken, those of other chains are not.
    pub fn of_address(text: &str, chain: &'static Chain) -> Result<Self, AddressFault> {
        let address = match Address::read(text) {
            Reading::Address { address, .. } => address,
            Reading::Malformed(cause) => return Err(cause.into()),
            Reading::Opaque => return Err(AddressFault::NoAddress(text.to_owned())),
        };
        if address.class() == "mweb" && chain.extension_blocks {
            return Err(AddressFault::Mweb(text.to_owned()));
        }
        let owner = of_class(address.class(), address.payload());
        let here = owner.as_ref().and_then(|owner| owner.address(chain));
        let (Some(owner), Some(here)) = (owner, here) else {
            return Err(AddressFault::OtherKind {
                text: text.to_owned(),
                class: address.class().to_owned(),
                chain: chain.name,
            });
        };
        if here != address && owner.old_address(chain).as_ref() != Some(&address) {
            return Err(AddressFault::OtherChain {
                text: text.to_owned(),
                chain: chain.name,
                here: here.to_string(),
            });
        }
        Ok(owner)
    }

    /// Returns the owner of an address's key, which is equal across chains (see [`Address::key`](strongroom_model::Address::key)), or
    /// of a script by its hash (`script:`); `None` where it is of no class that owns coins here.
    pub fn of_key(key: &str) -> Option<Self> {
        let (class, digits) = key.split_once(':')?;
        of_class(class, super::node::bytes(digits)?)
    }

    /// Returns its address in the chain's canonical spelling; nothing where it has none: a script known by its hash alone,
    /// nobody, an extension block.
    pub fn address(&self, chain: &Chain) -> Option<Address> {
        match self {
            Owner::KeyHash(hash) => Address::base58check(chain.key_version, hash),
            Owner::ScriptHash(hash) => Address::base58check(chain.script_version, hash),
            Owner::ScriptHash32(hash) => Address::cashaddr(chain.cash?, hash),
            Owner::Witness { version, program } => Address::segwit(chain.part?, *version, program),
            Owner::Script(_) | Owner::Nobody | Owner::Mweb => None,
        }
    }

    fn old_address(&self, chain: &Chain) -> Option<Address> {
        match self {
            Owner::ScriptHash(hash) => Address::base58check(chain.old_script_version?, hash),
            _ => None,
        }
    }
}

fn of_plain_script(script: &[u8], chain: &Chain) -> Owner {
    match script {
        [0x76, 0xa9, 20, hash @ .., 0x88, 0xac] if hash.len() == 20 => twenty(hash, Owner::KeyHash),
        [0xa9, 20, hash @ .., 0x87] if hash.len() == 20 => twenty(hash, Owner::ScriptHash),
        [0xaa, 32, hash @ .., 0x87] if hash.len() == 32 && chain.cash.is_some() => {
            Owner::ScriptHash32(hash.try_into().expect("the pattern has 32 bytes"))
        }
        [opcode, length, program @ ..]
            if chain.part.is_some()
                && matches!(opcode, 0 | 0x51..=0x60)
                && (2..=40).contains(&program.len())
                && usize::from(*length) == program.len() =>
        {
            of_program(opcode.saturating_sub(0x50), program, chain)
        }
        [33, key @ .., 0xac] if key.len() == 33 && matches!(key, [2 | 3, ..]) => Owner::KeyHash(hash160(key)),
        [65, key @ .., 0xac] if key.len() == 65 && matches!(key, [4 | 6 | 7, ..]) => {
            Owner::KeyHash(hash160(key))
        }
        [OP_RETURN, ..] => Owner::Nobody,
        long if long.len() > LONGEST_SCRIPT => Owner::Nobody,
        other => Owner::Script(Sha256::digest(other).into()),
    }
}

fn of_program(version: u8, program: &[u8], chain: &Chain) -> Owner {
    if chain.extension_blocks && MWEB_VERSIONS.contains(&version) && program.len() == 32 {
        return Owner::Mweb;
    }
    Owner::Witness {
        version,
        program: program.to_vec(),
    }
}

fn of_class(class: &str, payload: Vec<u8>) -> Option<Owner> {
    match class {
        "p2pkh" => Some(Owner::KeyHash(payload.try_into().ok()?)),
        "p2sh" => Some(Owner::ScriptHash(payload.try_into().ok()?)),
        "p2sh32" => Some(Owner::ScriptHash32(payload.try_into().ok()?)),
        "script" => Some(Owner::Script(payload.try_into().ok()?)),
        _ => Some(Owner::Witness {
            version: class.strip_prefix("witness-v")?.parse().ok()?,
            program: payload,
        }),
    }
}

fn twenty(hash: &[u8], owner: fn([u8; 20]) -> Owner) -> Owner {
    owner(hash.try_into().expect("the pattern has twenty bytes"))
}

/// Returns the script behind the tokens of an output: the mark, 32 bytes of category, a byte that says whether a commitment
/// and an amount follow. Anything else that begins with the mark is a script that cannot run.
fn behind_tokens(script: &[u8]) -> Option<&[u8]> {
    let mut bytes = Bytes::new(script);
    bytes.take(1 + 32).ok()?;
    let parts = bytes.byte().ok()?;
    let (own, capability) = (parts & 0x20 != 0, parts & 0x0f);
    if parts & 0x40 != 0 {
        let commitment = bytes.sized().ok()?;
        (own && !commitment.is_empty()).then_some(())?;
    }
    if parts & 0x10 != 0 {
        let amount = bytes.compact().ok()?;
        (1..=i64::MAX as u64).contains(&amount).then_some(())?;
    }
    // The highest bit is reserved; neither an amount nor a token of its own would be no token at all.
    let holds = parts & 0x80 == 0 && parts & 0x30 != 0 && (capability == 0 || own && capability <= 2);
    holds.then(|| bytes.rest())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(name: &str) -> &'static Chain {
        Chain::named(name).unwrap()
    }

    fn script(parts: &[&[u8]]) -> Vec<u8> {
        parts.concat()
    }

    #[test]
    fn one_key_has_one_owner_however_it_is_paid() {
        let key = [&[2][..], &[7; 32]].concat();
        let hash = hash160(&key);
        let bitcoin = chain("bitcoin");
        let by_hash = script(&[&[0x76, 0xa9, 20], &hash, &[0x88, 0xac]]);
        let by_key = script(&[&[33], &key, &[0xac]]);
        assert_eq!(Owner::of_script(&by_hash, bitcoin), Owner::KeyHash(hash));
        assert_eq!(Owner::of_script(&by_key, bitcoin), Owner::KeyHash(hash));
        let long = [&[4][..], &[7; 64]].concat();
        assert_eq!(
            Owner::of_script(&script(&[&[65], &long, &[0xac]]), bitcoin),
            Owner::KeyHash(hash160(&long))
        );
        // A first byte that no key has.
        let none = script(&[&[33, 9], &[7; 32], &[0xac]]);
        assert_eq!(
            Owner::of_script(&none, bitcoin),
            Owner::Script(Sha256::digest(&none).into())
        );
    }

    #[test]
    fn scripts_of_every_class_are_told_apart() {
        let bitcoin = chain("bitcoin");
        let read = |bytes: &[u8]| Owner::of_script(bytes, bitcoin);
        let witness = |version, program: &[u8]| Owner::Witness {
            version,
            program: program.to_vec(),
        };
        assert_eq!(
            read(&script(&[&[0xa9, 20], &[5; 20], &[0x87]])),
            Owner::ScriptHash([5; 20])
        );
        assert_eq!(read(&script(&[&[0, 20], &[5; 20]])), witness(0, &[5; 20]));
        assert_eq!(read(&script(&[&[0x51, 32], &[5; 32]])), witness(1, &[5; 32]));
        assert_eq!(read(&[0x51, 2, 0x4e, 0x73]), witness(1, &[0x4e, 0x73]));
        assert_eq!(read(&script(&[&[0x60, 40], &[5; 40]])), witness(16, &[5; 40]));
        assert_eq!(read(&[OP_RETURN]), Owner::Nobody);
        assert_eq!(read(&[0xff; LONGEST_SCRIPT + 1]), Owner::Nobody);
        for other in [
            &[][..],
            &[0x51, 1, 5],
            &script(&[&[0x60, 41], &[5; 41]]),
            &script(&[&[0x51, 33], &[2; 33], &[0x51, 0xae]]),
            &[0xff; LONGEST_SCRIPT],
        ] {
            assert_eq!(read(other), Owner::Script(Sha256::digest(other).into()));
        }
    }

    #[test]
    fn the_same_script_means_what_its_chain_says() {
        let pegged = script(&[&[0x59, 32], &[5; 32]]);
        assert_eq!(Owner::of_script(&pegged, chain("litecoin")), Owner::Mweb);
        assert!(matches!(
            Owner::of_script(&pegged, chain("bitcoin")),
            Owner::Witness { version: 9, .. }
        ));
        let key = script(&[&[0, 20], &[5; 20]]);
        assert!(matches!(
            Owner::of_script(&key, chain("bitcoin-cash")),
            Owner::Script(_)
        ));
    }

    #[test]
    fn long_script_hashes_are_bitcoin_cash_s() {
        let (cash, bitcoin) = (chain("bitcoin-cash"), chain("bitcoin"));
        let long = script(&[&[0xaa, 32], &[5; 32], &[0x87]]);
        let owner = Owner::of_script(&long, cash);
        assert_eq!(owner, Owner::ScriptHash32([5; 32]));
        assert!(matches!(Owner::of_script(&long, bitcoin), Owner::Script(_)));
        let address = owner.address(cash).unwrap();
        assert_eq!(Owner::of_address(address.as_str(), cash).as_ref(), Ok(&owner));
        let error = Owner::of_address(address.as_str(), bitcoin).unwrap_err();
        assert!(matches!(error, AddressFault::OtherKind { .. }));
        let test = owner.address(chain("bitcoin-cash-regtest")).unwrap();
        assert!(test.as_str().starts_with("bchreg:p"));
        let error = Owner::of_address(test.as_str(), cash).unwrap_err();
        assert!(matches!(error, AddressFault::OtherChain { .. }));
    }

    #[test]
    fn tokens_before_a_script_do_not_change_who_can_spend() {
        let cash = chain("bitcoin-cash");
        let plain = script(&[&[0x76, 0xa9, 20], &[5; 20], &[0x88, 0xac]]);
        let amount = script(&[&[TOKENS], &[1; 32], &[0x10, 0xfd, 0xe8, 3], &plain]);
        let own = script(&[&[TOKENS], &[1; 32], &[0x62, 2, 8, 8], &plain]);
        for tokens in [&amount, &own] {
            assert_eq!(Owner::of_script(tokens, cash), Owner::KeyHash([5; 20]));
            assert!(matches!(
                Owner::of_script(tokens, chain("bitcoin")),
                Owner::Script(_)
            ));
        }
        // Cut off; a reserved bit; what only a token of its own may have; nothing of a token; no amount and no commitment.
        for broken in [
            &amount[..20],
            &script(&[&[TOKENS], &[1; 32], &[0x80], &plain]),
            &script(&[&[TOKENS], &[1; 32], &[0x11, 5], &plain]),
            &script(&[&[TOKENS], &[1; 32], &[0x50, 1, 8, 5], &plain]),
            &script(&[&[TOKENS], &[1; 32], &[0x10, 0], &plain]),
            &script(&[&[TOKENS], &[1; 32], &[0x60, 0], &plain]),
            &script(&[&[TOKENS], &[1; 32], &[0x10, 0xff], &[0xff; 8], &plain]),
        ] {
            assert!(matches!(Owner::of_script(broken, cash), Owner::Script(_)));
        }
    }

    #[test]
    fn an_address_says_the_owner_and_the_owner_the_address() {
        for (text, name) in [
            ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bitcoin"),
            ("3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC", "bitcoin"),
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bitcoin"),
            (
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
                "bitcoin",
            ),
            ("1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu", "bitcoin-cash"),
            ("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "bitcoin-testnet4"),
        ] {
            let owner = Owner::of_address(text, chain(name)).unwrap();
            let address = owner.address(chain(name)).unwrap();
            assert_eq!(address.as_str(), text);
            assert_eq!(Owner::of_key(address.key()), Some(owner));
        }
        let cash = Owner::of_address(
            "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
            chain("bitcoin-cash"),
        );
        let legacy = Owner::of_address("1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu", chain("bitcoin-cash"));
        assert_eq!(cash, legacy);
        let script = format!("script:{}", "01".repeat(32));
        assert_eq!(Owner::of_key(&script), Some(Owner::Script([1; 32])));
        for key in [
            "",
            "p2pkh",
            "p2pkh:0",
            "p2pkh:00",
            "evm:00",
            "text:p2sh",
            "witness-v0:x",
        ] {
            assert_eq!(Owner::of_key(key), None, "{key}");
        }
        for owner in [Owner::Nobody, Owner::Mweb, Owner::Script([1; 32])] {
            assert_eq!(owner.address(chain("litecoin")), None);
        }
    }

    #[test]
    fn an_address_that_is_refused_says_which_check_failed() {
        let refused = |text: &str, name| Owner::of_address(text, chain(name)).unwrap_err().to_string();
        let text = "3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC";
        // Litecoin spelled script hashes as Bitcoin does, and its own way since.
        let litecoin = Owner::of_address(text, chain("litecoin")).unwrap();
        assert_eq!(Ok(&litecoin), Owner::of_address(text, chain("bitcoin")).as_ref());
        let own = litecoin.address(chain("litecoin")).unwrap();
        assert!(own.as_str().starts_with('M'));
        assert_eq!(
            refused(own.as_str(), "bitcoin"),
            format!(
                "{:?} is spelled for another chain: on bitcoin the same key is {text}",
                own.as_str()
            )
        );
        assert_eq!(
            refused("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "bitcoin"),
            "\"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb\" fails its base58check checksum"
        );
        assert!(refused("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "bitcoin").contains("checksum"));
        assert!(refused("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bitcoin-cash").contains("witness-v0"));
        assert!(refused("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "bitcoin").contains("class evm"));
        // Two keys of one byte each, repeated.
        let mweb = "ltcmweb1qqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsx\
                    qcrqvpsxqcrqvwgqlng";
        assert!(refused(mweb, "litecoin").contains("inside Litecoin's extension blocks"));
        assert!(refused(mweb, "bitcoin").contains("class mweb"));
        assert!(refused(&mweb.replace('z', "r"), "litecoin").contains("checksum"));
        assert!(refused("hot wallet", "bitcoin").contains("shape of no address"));
    }
}
