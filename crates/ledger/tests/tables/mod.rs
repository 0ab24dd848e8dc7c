//! Ledgers made from tables that stand in tests.

use std::io::Cursor;
use strongroom_ledger::{Layout, Ledger, Mapping};
use tempfile::TempDir;

/// Imports a table into a new ledger with segments of the given rows.
pub fn ledger(table: &str, rows_per_segment: u32) -> (TempDir, Ledger) {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create_with(dir.path(), Layout { rows_per_segment }).unwrap();
    let source = Cursor::new(table.as_bytes().to_vec());
    let imported = ledger
        .import_csv("table.csv", source, &Mapping::default(), &mut |_| ())
        .unwrap();
    assert_eq!(imported.gaps, [], "the table is sound");
    (dir, ledger)
}
