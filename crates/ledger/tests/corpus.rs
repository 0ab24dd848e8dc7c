//! Replays the fuzzing corpus through the door that the fuzzer uses, and through a whole import.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;
use std::io::Cursor;
use std::path::Path;
use strongroom_ledger::{Ledger, Mapping, Table, recognise};

fn rows(data: &[u8]) -> Option<(usize, usize)> {
    let table = Table::of_head(data, &Mapping::default()).ok()?;
    let text = String::from_utf8_lossy(data);
    let read = text.lines().filter(|line| table.row(line).is_ok()).count();
    Some((read, text.lines().count()))
}

fn imported(data: &[u8]) -> Option<(u64, usize)> {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(dir.path()).unwrap();
    let imported = ledger
        .import_csv("corpus", Cursor::new(data), &Mapping::default(), &mut |_| ())
        .ok()?;
    ledger.verify().unwrap();
    assert_eq!(
        ledger.transfers().map(Result::unwrap).count() as u64,
        imported.rows
    );
    Some((imported.rows, imported.gaps.len()))
}

#[test]
fn every_seed_input_is_read_or_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/ledger_csv");
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let data = std::fs::read(&path).unwrap();
        assert_eq!(
            recognise(&data),
            rows(&data).is_some_and(|_| !path.ends_with("odd.csv")),
            "{path:?}"
        );
        seen.push((
            path.file_name().unwrap().to_str().unwrap().to_owned(),
            imported(&data).unwrap(),
        ));
    }
    seen.sort();
    let wanted = [
        ("comma.csv", (2, 0)),
        ("odd.csv", (0, 3)),
        ("semicolon.csv", (1, 1)),
        ("tab.tsv", (0, 2)),
    ];
    assert_eq!(seen, wanted.map(|(name, counts)| (name.to_owned(), counts)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_row_is_lost_in_silence(lines in prop::collection::vec("[a-c0-9,.\"\u{e9} ]{0,24}|[0-9]{1,3},t,[ab],[ab]?,X,[0-9]{1,4}", 0..40)) {
        let body: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        let table = format!("time,tx,from,to,asset,amount\n{}", body.join("\n"));
        let (rows, gaps) = imported(table.as_bytes()).unwrap();
        prop_assert_eq!(rows as usize + gaps, body.len());
    }
}
