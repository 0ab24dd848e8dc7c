//! `ledger export`: a ledger as Parquet files for other programs.

use crate::progress::{Progress, Step};
use serde::Serialize;
use std::path::Path;
use strongroom_ledger::{CoinLedger, ExportedTable, Ledger, LedgerError, LedgerKind};

/// What was exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// What kind of ledger it was.
    pub kind: LedgerKind,
    /// The tables, each a file.
    pub tables: Vec<ExportedTable>,
}

/// Exports the ledger in a folder into another folder, which is new or empty, or holds an earlier export.
///
/// # Errors
/// Where the ledger cannot be read, or the other folder holds something else or cannot be written.
pub fn export(ledger: &Path, into: &Path, progress: &Progress<'_>) -> Result<Exported, LedgerError> {
    let kind = LedgerKind::of(ledger)?;
    let mut begun = None;
    let mut tell = |done: u64, total: u64| match begun.replace(done) {
        None => progress(Step::Begin {
            what: "exporting",
            total,
            bytes: false,
        }),
        Some(told) => progress(Step::Advance(done.saturating_sub(told))),
    };
    let tables = match kind {
        LedgerKind::Coins => CoinLedger::open(ledger).and_then(|ledger| ledger.export(into, &mut tell)),
        LedgerKind::Accounts => Ledger::open(ledger).and_then(|ledger| ledger.export(into, &mut tell)),
    };
    if begun.is_some() {
        progress(Step::End);
    }
    Ok(Exported {
        kind,
        tables: tables?,
    })
}
