//! Wallet addresses: many spellings, one canonical form, and one key that is equal across chains.
//!
//! An [`Address`] exists only if its checksum held (for EVM the 20 bytes decide, and a wrong case is told).
//! A text in an address's shape whose checksum fails is [`Reading::Malformed`], never silently something
//! else; a text in no known shape is [`Reading::Opaque`].
//!
//! The canonical spelling is the chain's own (base58check, lower-case bech32, lower-case hex for EVM, NEM's without hyphens; cashaddr
//! and legacy Bitcoin Cash are the same spelling as Bitcoin's). The [key](Address::key) leaves the chain away:
//! the same public key hash under another chain's version byte belongs to whoever holds the key. TRON and EVM
//! keys, and XRP and Bitcoin keys, are kept apart although one secret could stand behind both. An account that a spelling
//! names together with something of its holder's own (the tag of an X-address, the number of Stellar's muxed account, the
//! stake key of a Cardano address) has the account's key.
//!
//! Solana's addresses and TRON's in hexadecimal have no checksum at all: [`Address::read`] takes them,
//! [`Address::read_checked`] does not. Names of EOS accounts have neither checksum nor second spelling and stay text.

mod bare;
mod base32;
mod base58;
mod bech;
mod cardano;
mod cashaddr;
mod eos;
mod evm;
mod monero;
mod nem;
mod segwit;
mod spellings;
mod stellar;

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
    /// The checksum over an address of 20 or more bytes in bech32 fails: an EVM chain's, Cardano's, Zcash's.
    #[error("{text:?} is no valid bech32 address: {cause}")]
    Bech32 {
        /// The text as given.
        text: String,
        /// What the decoder said.
        cause: String,
    },
    /// The CRC-32 of a Cardano address of the Byron era fails, or its bytes are no such address.
    #[error("{0:?} fails its Byron checksum")]
    ByronChecksum(String),
    /// The CRC-16 of a Stellar address fails, or its length is not its version's.
    #[error("{0:?} fails its Stellar checksum")]
    StellarChecksum(String),
    /// A character that base32 leaves out stands in a Stellar address.
    #[error("{text:?} is no Stellar address: {character:?} is outside the alphabet")]
    StellarCharacter {
        /// The text as given.
        text: String,
        /// The character.
        character: char,
    },
    /// The checksum of an EOS public key fails.
    #[error("{0:?} fails its EOS checksum")]
    EosChecksum(String),
    /// A character that base58 leaves out stands in a text of a Solana address's length.
    #[error("{text:?} is no Solana address: {character:?} is outside the alphabet")]
    SolanaCharacter {
        /// The text as given.
        text: String,
        /// The character.
        character: char,
    },
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
        match Address::read_checked(text) {
            Reading::Opaque => bare::read(text.trim()).unwrap_or(Reading::Opaque),
            read => read,
        }
    }

    /// Reads a text that names nowhere that it is an address: forms without a checksum are no address here, since any text
    /// of their length could be one.
    pub fn read_checked(text: &str) -> Reading {
        let text = text.trim();
        [
            evm::read,
            base58::read,
            segwit::read,
            bech::read,
            cashaddr::read,
            cardano::read,
            stellar::read,
            eos::read,
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

    /// Returns the spellings of the same key that are known here, on whatever chain, the canonical one first: each of them reads
    /// as an address with this key.
    pub fn spellings(&self) -> Vec<String> {
        spellings::of(self)
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
