//! A ledger of coins answers as a plain model in memory does, however it was filled, cut and filled again.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../chains/mod.rs"]
mod chains;

use chains::{Maker, Model, Random, chain, compare};
use proptest::prelude::*;
use std::path::Path;
use strongroom_ledger::{Block, CoinLayout, CoinLedger, LedgerError};

fn layout(rows_per_segment: u32) -> CoinLayout {
    CoinLayout { rows_per_segment }
}

fn filled(dir: &Path, rows: u32, blocks: &[Block]) -> CoinLedger {
    let mut ledger = CoinLedger::create(dir, "test", layout(rows)).unwrap();
    ledger.append(blocks, &mut |_| ()).unwrap();
    ledger
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn it_answers_as_the_model_does(seed in any::<u64>(), rows in 1u32..60, count in 1usize..25) {
        let blocks = chain(seed, count);
        let dir = tempfile::tempdir().unwrap();
        let mut ledger = CoinLedger::create(dir.path(), "test", layout(rows)).unwrap();
        let mut random = Random::new(seed ^ 1);
        let mut at = 0;
        while at < blocks.len() {
            let next = (at + 1 + random.below(9) as usize).min(blocks.len());
            // Blocks that are there already may come again.
            let from = at - random.below(at as u64 + 1) as usize;
            let appended = ledger.append(&blocks[from..next], &mut |_| ()).unwrap();
            prop_assert_eq!(appended.blocks as usize, next - at);
            prop_assert_eq!(appended.skipped as usize, at - from);
            at = next;
            if random.chance(40) {
                ledger = CoinLedger::open(dir.path()).unwrap();
            }
            compare(&ledger, &Model::of(&blocks[..at]));
        }
        compare(&CoinLedger::open(dir.path()).unwrap(), &Model::of(&blocks));
        ledger.verify(&mut |_, _| ()).unwrap();
    }

    #[test]
    fn cut_anywhere_and_filled_again_it_answers_the_same(seed in any::<u64>(), rows in 1u32..60, count in 2usize..25) {
        let blocks = chain(seed, count);
        let dir = tempfile::tempdir().unwrap();
        let mut ledger = filled(dir.path(), rows, &blocks);
        let mut random = Random::new(seed ^ 2);
        for _ in 0..3 {
            let keep = random.below(blocks.len() as u64 + 1) as usize;
            ledger.truncate(blocks[0].height + keep as u32).unwrap();
            compare(&ledger, &Model::of(&blocks[..keep]));
            compare(&CoinLedger::open(dir.path()).unwrap(), &Model::of(&blocks[..keep]));
            ledger.verify(&mut |_, _| ()).unwrap();
            if keep > 0 && random.chance(50) {
                // Another branch for a while.
                let mut maker = Maker::new(seed ^ 3);
                let mut other = maker.block();
                other.height = blocks[0].height + keep as u32;
                other.previous = blocks[keep - 1].id;
                ledger.append([&other], &mut |_| ()).unwrap();
                prop_assert_eq!(ledger.tip().unwrap(), Some(other.id));
                ledger.truncate(other.height).unwrap();
            }
            ledger.append(&blocks, &mut |_| ()).unwrap();
            compare(&ledger, &Model::of(&blocks));
        }
    }

    #[test]
    fn the_size_of_segments_changes_no_id(seed in any::<u64>(), rows in 1u32..60) {
        let blocks = chain(seed, 12);
        let (one, many) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, many) = (filled(one.path(), 1 << 20, &blocks), filled(many.path(), rows, &blocks));
        for at in 0..one.transactions() {
            prop_assert_eq!(one.transaction(at).unwrap(), many.transaction(at).unwrap());
            prop_assert_eq!(one.inputs(at).unwrap(), many.inputs(at).unwrap());
        }
        for output in 0..one.outputs() {
            prop_assert_eq!(one.owner_of(output).unwrap(), many.owner_of(output).unwrap());
            prop_assert_eq!(one.fate(output).unwrap(), many.fate(output).unwrap());
        }
    }
}

/// A chain's blocks, changed into one that must be refused at block `at`.
fn refused(blocks: &[Block], at: usize) -> String {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = CoinLedger::create(dir.path(), "test", layout(9)).unwrap();
    let error = ledger.append(blocks, &mut |_| ()).unwrap_err();
    assert!(
        matches!(&error, LedgerError::Block { height, .. } if *height == blocks[at].height),
        "{error}"
    );
    compare(&ledger, &Model::of(&blocks[..at]));
    compare(&CoinLedger::open(dir.path()).unwrap(), &Model::of(&blocks[..at]));
    error.to_string()
}

mod errors;
