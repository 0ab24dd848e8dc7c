//! Evidence: a run of bytes that somebody handed in, known by its hash.

use crate::Kind;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// The SHA-256 of the bytes, written `sha256:` and 64 hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EvidenceId(String);

impl EvidenceId {
    /// Returns the id of the given bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_digest(Sha256::digest(bytes).into())
    }

    /// Returns the id for a digest that was computed elsewhere, such as over a stream.
    pub fn from_digest(digest: [u8; 32]) -> Self {
        EvidenceId(format!("sha256:{}", hex(&digest)))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What was looked at: its id, the name it came under, its size in bytes, and what its content is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The hash of the bytes.
    pub id: EvidenceId,
    /// The name it came under; inside a container the path within it.
    pub name: String,
    /// The length in bytes.
    pub size: u64,
    /// What the content is, never what the name says.
    pub kind: Kind,
}

impl Evidence {
    /// Returns the evidence for bytes in memory.
    pub fn of_bytes(name: impl Into<String>, kind: Kind, bytes: &[u8]) -> Self {
        Evidence {
            id: EvidenceId::of(bytes),
            name: name.into(),
            size: bytes.len() as u64,
            kind,
        }
    }
}

/// Returns lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).expect("four bits are a hexadecimal digit");
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .map(digit)
        .collect()
}
