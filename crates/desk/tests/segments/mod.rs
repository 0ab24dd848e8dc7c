//! Whether two ledgers are the same, byte for byte.

use std::fs;
use std::path::Path;
use strongroom_desk::Ledger;

/// The bytes of all segments, in order.
fn segments(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "columns"))
        .collect();
    names.sort();
    names.iter().map(|name| fs::read(name).unwrap()).collect()
}

/// Asserts that two ledgers have the same segments and tell the same of them.
pub fn same(one: &Path, other: &Path) {
    assert!(segments(one) == segments(other));
    let (one, other) = (Ledger::open(one).unwrap(), Ledger::open(other).unwrap());
    assert_eq!(one.info(), other.info());
    assert_eq!(one.gaps(), other.gaps());
    other.verify().unwrap();
}
