//! `case …`: a case's story, and whether every byte of it is as it was written.

use crate::reports;
use anyhow::Context;
use std::fs;
use std::path::Path;
use strongroom_case::{self as case, Recorded};
use strongroom_ledger::Ledger;

/// The folder of a case's ledgers.
pub const LEDGERS: &str = "ledger";

/// What was verified.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CaseVerified {
    /// Entries of the journal.
    pub entries: u64,
    /// The hash of the journal's last line.
    pub head: String,
    /// Ledgers, with every checksum of theirs.
    pub ledgers: u64,
    /// Reports that are what the journal gives, byte for byte.
    pub reports: u64,
}

/// Reads the entries of a case.
///
/// # Errors
/// Where there is no case, or its journal is damaged.
pub fn read(case_folder: &Path) -> anyhow::Result<Vec<Recorded>> {
    Ok(case::read(case_folder)?)
}

/// Verifies the journal's chain, every checksum of the ledgers, and that the reports are what the journal gives.
///
/// # Errors
/// Names what is damaged, and where.
pub fn verify(case_folder: &Path) -> anyhow::Result<CaseVerified> {
    let journal = case::verify(case_folder)?;
    let entries = read(case_folder)?;
    Ok(CaseVerified {
        entries: journal.entries,
        head: entries
            .last()
            .map(|last| last.id.hash.to_string())
            .unwrap_or_default(),
        ledgers: verify_ledgers(&case_folder.join(LEDGERS))?,
        reports: reports::verify(case_folder, &entries)?,
    })
}

fn verify_ledgers(folder: &Path) -> anyhow::Result<u64> {
    if !folder.try_exists()? {
        return Ok(0);
    }
    let mut count = 0;
    for ledger in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = ledger?.path();
        let verified = Ledger::open(&path).and_then(|ledger| ledger.verify());
        verified.with_context(|| path.display().to_string())?;
        count += 1;
    }
    Ok(count)
}
