//! A flipped byte anywhere is found, and never answers as data.

use super::{chain, filled};
use crate::chains::Random;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use strongroom_ledger::{CoinLedger, LedgerError};

/// Every answer of a ledger as text, or the error instead.
fn answers(ledger: &CoinLedger) -> Vec<Result<String, LedgerError>> {
    let mut answers = Vec::new();
    for at in 0..ledger.transactions() {
        answers.push(ledger.transaction(at).map(|read| format!("{read:?}")));
        answers.push(ledger.inputs(at).map(|read| format!("{read:?}")));
        answers.push(ledger.destroyed_by(at).map(|read| format!("{read:?}")));
        answers.push(ledger.fee(at).map(|read| format!("{read:?}")));
        let found = ledger.transaction(at).and_then(|read| ledger.find(&read.id));
        answers.push(found.map(|read| format!("{read:?}")));
    }
    for output in 0..ledger.outputs() {
        answers.push(ledger.value(output).map(|read| read.to_string()));
        answers.push(ledger.owner_of(output).map(|read| read.to_string()));
        answers.push(ledger.fate(output).map(|read| format!("{read:?}")));
        let found = ledger.outpoint(output).and_then(|read| ledger.find_output(&read));
        answers.push(found.map(|read| format!("{read:?}")));
    }
    for at in 0..ledger.owners() {
        let found = ledger.owner(at).and_then(|owner| ledger.owner_id(&owner));
        answers.push(found.map(|read| format!("{read:?}")));
        let outputs: Result<Vec<u64>, _> = ledger.outputs_of(at).collect();
        answers.push(outputs.map(|read| format!("{read:?}")));
    }
    let (first, last) = ledger.heights().unwrap();
    for height in first..=last {
        answers.push(ledger.block(height).map(|read| format!("{read:?}")));
    }
    answers
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| !path.ends_with("lock")).collect();
    files.sort();
    files
}

/// Flips a byte, and checks that it is found; returns whether the ledger still opens.
fn flipped(dir: &Path, path: &Path, at: usize, truth: &[String]) -> bool {
    let whole = fs::read(path).unwrap();
    let mut bytes = whole.clone();
    bytes[at] ^= 0x10;
    // Written aside and renamed: a mapped file is never changed in place.
    let put = |bytes: &[u8]| {
        let aside = path.with_extension("tmp");
        fs::write(&aside, bytes).unwrap();
        fs::rename(&aside, path).unwrap();
    };
    put(&bytes);
    let opened = CoinLedger::open(dir);
    let opens = opened.is_ok();
    if let Ok(ledger) = opened {
        let place = format!("byte {at} of {}", path.display());
        assert!(ledger.verify(&mut |_, _| ()).is_err(), "{place} is not found");
        let answers = answers(&ledger);
        assert_eq!(answers.len(), truth.len(), "{place}");
        for (answer, truth) in answers.iter().zip(truth) {
            assert!(
                answer.as_ref().map_or(true, |answer| answer == truth),
                "{place}: {answer:?}, not {truth}"
            );
        }
    }
    put(&whole);
    opens
}

#[test]
fn a_flipped_byte_is_found_and_never_answers() {
    let blocks = chain(8, 20);
    let dir = tempfile::tempdir().unwrap();
    let ledger = filled(dir.path(), 40, &blocks);
    let truth: Vec<String> = answers(&ledger).into_iter().map(Result::unwrap).collect();
    let files = files(dir.path());
    let kinds: BTreeSet<String> = files
        .iter()
        .map(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .chars()
                .take(5)
                .collect()
        })
        .collect();
    assert!(kinds.iter().eq(["coins", "manif", "spend"]), "{kinds:?}");
    let mut random = Random::new(17);
    let (mut opened, mut refused) = (0, 0);
    for path in &files {
        let length = fs::metadata(path).unwrap().len();
        for _ in 0..60 {
            let opens = flipped(dir.path(), path, random.below(length) as usize, &truth);
            opened += u32::from(opens);
            refused += u32::from(!opens);
        }
    }
    assert!(
        opened > 100 && refused > 100,
        "{opened} opened, {refused} did not"
    );
    ledger.verify(&mut |_, _| ()).unwrap();
}
