//! `ledger export`: a ledger as Parquet files for other programs.

use crate::ledger::counted;
use crate::progress::Progress;
use serde::Serialize;
use std::path::Path;
use strongroom_ledger::{CoinLedger, ExportedTable, Ledger, LedgerError, LedgerKind};
use strongroom_model::Gap;

/// What was exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// What kind of ledger it was.
    pub kind: LedgerKind,
    /// The tables, each a file.
    pub tables: Vec<ExportedTable>,
    /// What the ledger lacks, and so the tables.
    pub gaps: Vec<Gap>,
}

/// Exports the ledger in a folder into another folder, which is new or empty, or holds an earlier export.
///
/// # Errors
/// Where the ledger cannot be read, or the other folder holds something else or cannot be written.
pub fn export(ledger: &Path, into: &Path, progress: &Progress<'_>) -> Result<Exported, LedgerError> {
    let kind = LedgerKind::of(ledger)?;
    let done = counted("exporting", false, progress, |told| match kind {
        LedgerKind::Coins => {
            let ledger = CoinLedger::open(ledger)?;
            Ok((ledger.export(into, told)?, ledger.gaps()))
        }
        LedgerKind::Accounts => {
            let ledger = Ledger::open(ledger)?;
            Ok((ledger.export(into, told)?, ledger.gaps()))
        }
    });
    done.map(|(tables, gaps)| Exported { kind, tables, gaps })
}
