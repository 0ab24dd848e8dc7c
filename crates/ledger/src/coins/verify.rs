//! Verifying a whole ledger of coins: every byte of every file.

use super::commit::{SCHEMA, Sealed, Standing};
use super::ledger::{CoinLedger, differs};
use crate::LedgerError;
use crate::manifest::{Manifest, hex};
use crate::store::Verified;
use sha2::{Digest, Sha256};
use strongroom_columns::ColumnFile;

impl CoinLedger {
    /// Checks every checksum of every file, its SHA-256 against the manifest, and the manifest's chain. `told` is called after each
    /// file with the bytes so far and the bytes in all.
    ///
    /// # Errors
    /// The first damage, by file, column and block.
    pub fn verify(&self, told: &mut dyn FnMut(u64, u64)) -> Result<Verified, LedgerError> {
        let manifest = Manifest::read(&self.dir, SCHEMA)?;
        let standing = Standing::of(&manifest);
        let segments = standing.segments.iter().map(|segment| &segment.file);
        let files: Vec<&Sealed> = segments.chain(&standing.spenders).collect();
        let all = files.iter().map(|sealed| sealed.bytes).sum();
        let mut bytes = 0;
        for sealed in files {
            let file = ColumnFile::open(&self.dir.join(&sealed.file))?;
            file.verify()?;
            if hex(&Sha256::digest(file.raw())) != sealed.sha256 {
                return Err(differs(&sealed.file, "its SHA-256 differs"));
            }
            bytes += sealed.bytes;
            told(bytes, all);
        }
        Ok(Verified {
            segments: standing.segments.len() as u64,
            bytes,
            commits: manifest.commits.len() as u64,
        })
    }
}
