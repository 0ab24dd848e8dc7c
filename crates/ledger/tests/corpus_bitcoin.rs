//! Replays the seeds of the targets that read chains of Bitcoin's kind: `ledger_block`, `ledger_blockfile`, `ledger_unspent`,
//! `ledger_node`. What each seed is known to hold is asserted.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::Cursor;
use std::num::NonZero;
use std::path::Path;
use strongroom_ledger::{Block, BlockFiles, BlockKey, Chain, RawBlock, UnspentOutputs, node_result};

fn chain(name: &str) -> &'static Chain {
    Chain::named(name).unwrap()
}

/// Returns what a function says of every seed of a target, by the seed's name.
fn seeds<T>(target: &str, of: impl Fn(&[u8]) -> T) -> Vec<(String, T)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let mut seen: Vec<(String, T)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, of(&std::fs::read(path).unwrap()))
        })
        .collect();
    seen.sort_by(|(a, _), (b, _)| a.cmp(b));
    seen
}

fn named<T: Clone>(wanted: &[(&str, T)]) -> Vec<(String, T)> {
    let owned = |(name, value): &(&str, T)| ((*name).to_owned(), value.clone());
    wanted.iter().map(owned).collect()
}

#[test]
fn seeds_of_ledger_block() {
    let chains = ["bitcoin", "litecoin", "bitcoin-cash"];
    let held = |data: &[u8]| chains.map(|name| RawBlock::read(data, chain(name)).is_ok());
    let wanted = [
        ("hogex.bin", [false, true, false]),
        ("plain.bin", [true; 3]),
        ("tokens.bin", [true; 3]),
        ("witness.bin", [true, true, false]),
    ];
    assert_eq!(seeds("ledger_block", held), named(&wanted));
}

#[test]
fn seeds_of_ledger_blockfile() {
    let read = |data: &[u8]| {
        let (key, contents) = data.split_at(8);
        let names = vec!["blk00000.dat".to_owned()];
        let key = BlockKey::read(key).unwrap();
        let open = |_: &str| Ok(Cursor::new(contents));
        let mut files = BlockFiles::new(chain("bitcoin-regtest"), key, names, open);
        let index = files.index(&mut |_| ()).unwrap();
        let best = files.best(index).unwrap();
        let mut blocks = files.blocks(&best, 0, NonZero::<usize>::MIN).unwrap();
        let heights: Vec<u32> = blocks.by_ref().map(|block| block.height).collect();
        assert_eq!(blocks.ended().unwrap(), None);
        (heights, best.index().gaps().len())
    };
    // What is no block, a block of another network, one that is cut off.
    let wanted = (vec![20, 21, 22], 3);
    let wanted = [("bare.dat", wanted.clone()), ("keyed.dat", wanted)];
    assert_eq!(seeds("ledger_blockfile", read), named(&wanted));
}

#[test]
fn seeds_of_ledger_unspent() {
    let read = |data: &[u8]| {
        let all = |outputs: UnspentOutputs<&[u8]>| outputs.filter(Result::is_ok).count();
        let core = UnspentOutputs::of_core(data, chain("bitcoin")).map_or(0, all);
        (core, all(UnspentOutputs::of_rows(data, chain("bitcoin"))))
    };
    let wanted = [
        ("grouped.bin", (3, 0)),
        ("keys.bin", (2, 0)),
        ("rows.bin", (0, 1)),
        ("single.bin", (3, 0)),
    ];
    assert_eq!(seeds("ledger_unspent", read), named(&wanted));
}

#[test]
fn seeds_of_ledger_node() {
    let read = |data: &[u8]| {
        let text = std::str::from_utf8(data).unwrap();
        let result = node_result(text).unwrap_or(text);
        Block::of_node(result, chain("litecoin")).map_or(0, |block| block.height)
    };
    let wanted = [("answer.json", 20), ("block.json", 20), ("refused.json", 0)];
    assert_eq!(seeds("ledger_node", read), named(&wanted));
}
