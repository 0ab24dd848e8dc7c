//! Wallet addresses: many spellings, one canonical form, and one key that is equal across chains.
//!
//! An [`Address`] exists only if its checksum held (for EVM the 20 bytes decide, and a wrong case is told).
//! A text in an address's shape whose checksum fails is [`Reading::Malformed`], never silently something
//! else; a text in no known shape is [`Reading::Opaque`].
//!
//! The canonical spelling is the chain's own (base58check, lower-case bech32, lower-case hex for EVM, NEM's without hyphens; cashaddr
//! and legacy Bitcoin Cash are the same spelling as Bitcoin's). The [key](Address::key) leaves the chain away:
//! the same public key hash under another chain's version byte belongs to whoever holds the key. TRON and EVM
//! keys, and XRP and Bitcoin keys, are kept apart although one secret could stand behind both.

mod base58;
mod cashaddr;
mod evm;
mod monero;
mod nem;
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
    /// A character that base58 leaves out stands in a base58check address.
    #[error("{text:?} is no base58check address: {character:?} is outside the alphabet")]
    Base58Character {
        /// The text as given.
        text: String,
        /// The character.
        character: char,
    },
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
    /// The Monero checksum, network byte or length is wrong.
    #[error("{0:?} fails its Monero checksum")]
    MoneroChecksum(String),
    /// The checksum of a NEM address fails.
    #[error("{0:?} fails its NEM checksum")]
    NemChecksum(String),
    /// A character that base32 leaves out stands in a NEM address.
    #[error("{text:?} is no NEM address: {character:?} is outside the alphabet")]
    NemCharacter {
        /// The text as given.
        text: String,
        /// The character.
        character: char,
    },
    /// A NEM address lost a character or has one too many.
    #[error("{0:?} is no NEM address: it has 40 characters without its hyphens")]
    NemLength(String),
    /// Not 40 hexadecimal digits behind `0x`.
    #[error("{0:?} is no EVM address: 40 hexadecimal digits stand behind 0x")]
    EvmDigits(String),
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
        [
            evm::read,
            base58::read,
            segwit::read,
            cashaddr::read,
            monero::read,
            nem::read,
        ]
        .into_iter()
        .find_map(|read| read(text))
        .unwrap_or(Reading::Opaque)
    }

    /// Returns the base58check address of a version byte and a hash of 20 bytes; nothing where no chain that is known
    /// here uses that version.
    pub fn base58check(version: u8, hash: &[u8; 20]) -> Option<Self> {
        base58::address(version, hash)
    }

    /// Returns the address of a witness program under a chain's human-readable part ("bc"); nothing where the part is no
    /// chain's, or no program has that version or length (BIP 141, BIP 350).
    pub fn segwit(part: &str, version: u8, program: &[u8]) -> Option<Self> {
        segwit::address(part, version, program)
    }

    /// Returns the address of a script hash of 32 bytes on Bitcoin Cash under a network's prefix ("bitcoincash"); nothing where
    /// the prefix is no network's.
    pub fn cashaddr(prefix: &str, hash: &[u8; 32]) -> Option<Self> {
        cashaddr::address(prefix, hash)
    }

    /// Returns the class of the key: "p2pkh", "p2sh", "p2sh32", "witness-v0" to "witness-v16", "mweb", "evm" and others.
    pub fn class(&self) -> &str {
        self.key.split_once(':').map_or("", |(class, _)| class)
    }

    /// Returns the bytes that the class hashes or names: 20 of a key or script hash, a witness program.
    pub fn payload(&self) -> Vec<u8> {
        let digits = self.key.split_once(':').map_or("", |(_, digits)| digits);
        (0..digits.len())
            .step_by(2)
            .filter_map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
            .collect()
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
mod tests;
