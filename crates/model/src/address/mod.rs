//! Wallet addresses: many spellings, one canonical form, and one key that is equal across chains.
//!
//! An [`Address`] exists only if its checksum held (for EVM the 20 bytes decide, and a wrong case is told).
//! A text in an address's shape whose checksum fails is [`Reading::Malformed`], never silently something
//! else; a text in no known shape is [`Reading::Opaque`].
//!
//! The canonical spelling is the chain's own (base58check, lower-case bech32, lower-case hex for EVM; cashaddr
//! and legacy Bitcoin Cash are the same spelling as Bitcoin's). The [key](Address::key) leaves the chain away:
//! the same public key hash under another chain's version byte belongs to whoever holds the key.

mod base58;
mod cashaddr;
mod evm;
mod segwit;

use std::fmt;

/// A valid address in its canonical spelling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    spelling: String,
    key: String,
}

/// Why a text in an address's shape is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The base58check checksum fails.
    #[error("{0:?} fails its base58check checksum")]
    Base58Checksum(String),
    /// The bech32 or bech32m checksum, version or length is wrong.
    #[error("{text:?} is no valid segwit address: {cause}")]
    Segwit {
        /// The text as given.
        text: String,
        /// What the decoder said.
        cause: String,
    },
    /// The cashaddr checksum fails.
    #[error("{0:?} fails its cashaddr checksum")]
    CashaddrChecksum(String),
}

/// What a text turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A valid address. `checksum_mismatch` is true where an EVM address is in mixed case that EIP-55 does
    /// not give: the 20 bytes still decide.
    Address {
        /// The address.
        address: Address,
        /// Whether the mixed case is not the one of EIP-55.
        checksum_mismatch: bool,
    },
    /// In the shape of an address whose checksum fails.
    Malformed(AddressError),
    /// In no shape that is known here.
    Opaque,
}

impl Address {
    fn new(spelling: String, class: &str, payload: &[u8]) -> Self {
        Address {
            spelling,
            key: format!("{class}:{}", crate::evidence::hex(payload)),
        }
    }

    /// Reads a text.
    pub fn read(text: &str) -> Reading {
        let text = text.trim();
        [evm::read, segwit::read, cashaddr::read, base58::read]
            .into_iter()
            .find_map(|read| read(text))
            .unwrap_or(Reading::Opaque)
    }

    /// Returns the canonical spelling.
    pub fn as_str(&self) -> &str {
        &self.spelling
    }

    /// Returns what is equal across chains: the script class and the payload in hexadecimal.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spelling)
    }
}

impl Reading {
    fn valid(spelling: String, class: &str, payload: &[u8]) -> Self {
        Reading::Address {
            address: Address::new(spelling, class, payload),
            checksum_mismatch: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        match Address::read(text) {
            Reading::Address { address, .. } => address.to_string(),
            other => panic!("{text}: {other:?}"),
        }
    }

    fn key(text: &str) -> String {
        match Address::read(text) {
            Reading::Address { address, .. } => address.key().to_owned(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn spellings_of_one_address_are_one() {
        // The pairs of the cashaddr specification.
        let legacy = "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu";
        assert_eq!(
            canonical("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"),
            legacy
        );
        assert_eq!(canonical("qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"), legacy);
        assert_eq!(canonical("QPM2QSZNHKS23Z7629MMS6S4CWEF74VCWVY22GDX6A"), legacy);
        assert_eq!(
            canonical("bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq"),
            "3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC"
        );
        assert_eq!(
            canonical("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
        );
        assert_eq!(
            canonical("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
        );
    }

    #[test]
    fn one_key_is_one_across_chains() {
        // The same script hash as Litecoin's old and new pay-to-script-hash spelling.
        let bitcoin = base58::write(0x05, &[7; 20]);
        let litecoin = base58::write(0x32, &[7; 20]);
        assert!(bitcoin.starts_with('3') && litecoin.starts_with('M'));
        assert_eq!(key(&bitcoin), key(&litecoin));
    }

    #[test]
    fn a_failed_checksum_is_malformed_and_other_text_is_opaque() {
        for text in [
            "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggv",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6b",
            "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6q",
        ] {
            assert!(matches!(Address::read(text), Reading::Malformed(_)), "{text}");
        }
        for text in ["", "hot-wallet-1", "user 17", "0x1234", "1", "bc", "Alice"] {
            assert_eq!(Address::read(text), Reading::Opaque, "{text}");
        }
    }

    #[test]
    fn the_bytes_decide_for_evm_and_a_wrong_case_is_told() {
        let right = Address::read("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
        let wrong = Address::read("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed");
        let lower = Address::read("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed");
        assert_eq!(right, lower);
        assert!(matches!(
            wrong,
            Reading::Address {
                checksum_mismatch: true,
                ..
            }
        ));
    }
}
