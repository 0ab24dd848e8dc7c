//! The two names of the chain: 20 bytes of an account, 32 bytes of a transaction or block.

use super::hex;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An account or contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Account(pub [u8; 20]);

/// The id of a block or transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Account {
    /// Reads 40 hexadecimal digits behind `0x`.
    pub fn read(text: &str) -> Option<Self> {
        hex::bytes(text)?.try_into().ok().map(Account)
    }

    /// Returns the account in the last 20 bytes of a word, if the first 12 are zero.
    pub(super) fn of_word(word: &[u8; 32]) -> Option<Self> {
        let (zeros, account) = word.split_at_checked(12)?;
        if zeros.iter().any(|byte| *byte != 0) {
            return None;
        }
        account.try_into().ok().map(Account)
    }

    /// Returns whether this is the zero address, which tokens are issued from and burnt to.
    pub fn is_zero(&self) -> bool {
        self.0 == [0; 20]
    }
}

impl Hash {
    /// Reads 64 hexadecimal digits behind `0x`.
    pub fn read(text: &str) -> Option<Self> {
        hex::bytes(text)?.try_into().ok().map(Hash)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(f, &self.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(f, &self.0)
    }
}
