//! Replays the fuzzing corpus of the readers of chains through the doors that the fuzzer uses: ledger_ethereum, ledger_export,
//! ledger_nem.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use strongroom_ledger::ethereum::{self, Block, BlockParts, Chain, Export, Traces};
use strongroom_ledger::{Booked, nem};

fn corpus(target: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            (
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                std::fs::read(&path).unwrap(),
            )
        })
        .collect()
}

/// Rows and gaps of all pages.
fn counts(pages: impl IntoIterator<Item = Booked>) -> (usize, usize) {
    pages.into_iter().fold((0, 0), |(rows, gaps), page| {
        (rows + page.rows.len(), gaps + page.gaps.len())
    })
}

fn check(seen: &[(&str, (usize, usize))], wanted: &[(&str, (usize, usize))]) {
    assert_eq!(seen, wanted);
}

#[test]
fn answers_of_a_node_are_read_or_told() {
    let read = |data: &[u8]| {
        let lines: Vec<Value> = data
            .splitn(3, |byte| *byte == b'\n')
            .map(|line| serde_json::from_slice(line).unwrap_or_default())
            .collect();
        let count = |traces| {
            let parts = BlockParts {
                block: &lines[0],
                receipts: Some(&lines[1]),
                traces,
            };
            let block = Block::of_rpc(&parts);
            counts(block.map(|block| ethereum::Books::of(Chain::ethereum()).book(&block)))
        };
        [Traces::None, Traces::Parity(&lines[2]), Traces::Calls(&lines[2])].map(count)
    };
    let seen: Vec<_> = corpus("ledger_ethereum")
        .into_iter()
        .map(|(name, data)| (name, read(&data)))
        .collect();
    let wanted = [
        ("calls", [(6, 1), (6, 3), (8, 0)]),
        ("nothing", [(0, 0), (0, 0), (0, 0)]),
        ("parity", [(6, 1), (9, 0), (6, 8)]),
    ];
    assert_eq!(seen, wanted.map(|(name, counts)| (name.to_owned(), counts)));
}

/// Returns the tables that one seed holds.
fn tables(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(data);
    std::iter::from_fn(move || {
        let table = rest?;
        let end = table.windows(4).position(|window| window == b"\n%%\n");
        rest = end.and_then(|end| table.get(end + 4..));
        Some(end.and_then(|end| table.get(..end)).unwrap_or(table))
    })
}

#[test]
fn tables_of_an_export_are_read_or_told() {
    let read = |data: &[u8]| {
        let mut export = Export::new();
        tables(data).for_each(|table| drop(export.add("table", table)));
        counts(export.booked(&mut ethereum::Books::of(Chain::ethereum())))
    };
    let corpus = corpus("ledger_export");
    let seen: Vec<_> = corpus
        .iter()
        .map(|(name, data)| (name.as_str(), read(data)))
        .collect();
    let wanted = [
        ("damaged", (0, 3)),
        ("parquet", (3, 0)),
        ("tables", (7, 0)),
        ("token_transfers", (2, 4)),
    ];
    check(&seen, &wanted);
}

#[test]
fn answers_of_a_nem_node_are_read_or_told() {
    let read = |data: &[u8]| {
        let mut answers = nem::Answers::new();
        answers.add("answer", data).unwrap();
        counts(answers.booked(&mut nem::Books::new()))
    };
    let corpus = corpus("ledger_nem");
    let seen: Vec<_> = corpus
        .iter()
        .map(|(name, data)| (name.as_str(), read(data)))
        .collect();
    let wanted = [
        ("block", (16, 1)),
        ("blocks_after", (7, 1)),
        ("nemesis", (2, 0)),
        ("transfers", (2, 2)),
    ];
    check(&seen, &wanted);
}

/// Every fifth byte of each seed changed in one way or another, and the seed cut at every fortieth.
fn damaged(target: &str) -> impl Iterator<Item = Vec<u8>> {
    corpus(target).into_values().flat_map(|data| {
        (0..data.len()).step_by(5).flat_map(move |at| {
            let mut bytes = data.clone();
            bytes[at] ^= [0x01, 0x80, 0xff][at % 3];
            let cut = at.is_multiple_of(40).then(|| data[..at].to_vec());
            std::iter::once(bytes).chain(cut)
        })
    })
}

#[test]
fn no_damage_to_a_table_or_block_ends_the_reading() {
    let (mut read, mut all) = (0, 0);
    for bytes in damaged("ledger_export") {
        let mut export = Export::new();
        read += tables(&bytes)
            .filter(|table| export.add("table", table).is_ok())
            .count();
        all += counts(export.booked(&mut ethereum::Books::of(Chain::ethereum()))).0;
    }
    for bytes in damaged("ledger_nem") {
        let mut answers = nem::Answers::new();
        read += usize::from(answers.add("answer", &bytes).is_ok());
        all += counts(answers.booked(&mut nem::Books::new())).0;
    }
    assert!(
        read > 500 && all > 500,
        "{read} files and {all} rows of damaged ones were read"
    );
}
