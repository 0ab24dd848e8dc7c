//! Verifying a whole ledger: every byte of every file.

use super::Ledger;
use super::commit::{Commit, Head, SCHEMA};
use crate::LedgerError;
use crate::manifest::{Manifest, hex};
use sha2::{Digest, Sha256};

/// What was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// Segments whose every block holds and whose SHA-256 is the committed one.
    pub segments: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Commits whose chain holds.
    pub commits: u64,
}

impl Ledger {
    /// Checks every checksum of every segment, its SHA-256 against the manifest, and the manifest's chain.
    ///
    /// # Errors
    /// The first damage, by file, column and block.
    pub fn verify(&self) -> Result<Verified, LedgerError> {
        let manifest = Manifest::<Head, Commit>::read(&self.dir, SCHEMA)?;
        let mut bytes = 0;
        // Those that were opened: a writer may have replaced the last one since.
        for (segment, sealed) in self.segments.iter().zip(self.manifest.segments()) {
            segment.file.verify()?;
            if hex(&Sha256::digest(segment.file.raw())) != sealed.sha256 {
                return Err(LedgerError::Segment {
                    file: segment.name.clone(),
                    why: "its SHA-256 differs from the manifest's".to_owned(),
                });
            }
            bytes += sealed.bytes;
        }
        let commits = manifest.commits.len() as u64;
        Ok(Verified {
            segments: self.segments.len() as u64,
            bytes,
            commits,
        })
    }
}
