//! A ledger of coins answers as a plain model in memory does, however it was filled, cut and filled again.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../chains/mod.rs"]
mod chains;

#[path = "../chains/heavy.rs"]
mod heavy;

mod damage;
mod errors;

use chains::{Maker, Model, ModelFate, Random, chain, compare};
use proptest::prelude::*;
use std::path::Path;
use strongroom_ledger::{Block, CoinLayout, CoinLedger, Ledger, LedgerError, Transaction};

fn layout(rows_per_segment: u32) -> CoinLayout {
    CoinLayout { rows_per_segment }
}

fn filled(dir: &Path, rows: u32, blocks: &[Block]) -> CoinLedger {
    let mut ledger = CoinLedger::create(dir, "test", layout(rows)).unwrap();
    ledger.append(blocks, &mut |_| ()).unwrap();
    ledger
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

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

#[test]
fn the_made_up_chains_have_what_is_hard() {
    let (mut destroyed, mut unknown, mut openings, mut disordered, mut zero) = (0, 0, 0, 0, 0);
    for seed in 0..20 {
        let blocks = chain(seed, 20);
        let model = Model::of(&blocks);
        let fates = model.coins.values().map(|(_, fate)| fate);
        destroyed += fates
            .filter(|fate| matches!(fate, ModelFate::Destroyed(_)))
            .count();
        unknown += model
            .spends
            .values()
            .flatten()
            .filter(|coin| coin.is_none())
            .count();
        openings += model.coins.keys().filter(|(maker, _)| maker.is_none()).count();
        zero += model
            .coins
            .values()
            .filter(|(output, _)| output.value == 0)
            .count();
        for block in &blocks {
            let place = |id| {
                block
                    .transactions
                    .iter()
                    .position(|transaction| transaction.id == id)
            };
            let spends = |transaction: &Transaction| {
                let made = transaction
                    .inputs
                    .iter()
                    .filter_map(|input| place(input.spends.transaction));
                made.max()
            };
            let later = block.transactions.iter().enumerate();
            disordered += later
                .filter(|(at, transaction)| spends(transaction) > Some(*at))
                .count();
        }
    }
    let counts = [destroyed, unknown, openings, disordered, zero];
    assert!(counts.iter().all(|count| *count > 30), "{counts:?}");
}

#[test]
fn one_writes_at_a_time_and_readers_go_on() {
    let blocks = chain(4, 10);
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = filled(dir.path(), 20, &blocks[..5]);
    let reader = CoinLedger::open(dir.path()).unwrap();
    let mut other = CoinLedger::open(dir.path()).unwrap();
    let mut tried = false;
    ledger
        .append(&blocks[5..8], &mut |_| {
            tried = true;
            let refused = other.append(&blocks[5..], &mut |_| ()).unwrap_err();
            assert!(matches!(refused, LedgerError::Locked { .. }));
            assert!(matches!(other.truncate(0), Err(LedgerError::Locked { .. })));
        })
        .unwrap();
    assert!(tried);
    // What the other committed is seen before its own blocks are taken.
    assert_eq!(other.append(&blocks, &mut |_| ()).unwrap().blocks, 2);
    assert_eq!(ledger.append(&blocks, &mut |_| ()).unwrap().skipped, 10);
    ledger.truncate(blocks[3].height).unwrap();
    compare(&reader, &Model::of(&blocks[..5]));
    compare(&other, &Model::of(&blocks));
    compare(&ledger, &Model::of(&blocks[..3]));
}

#[test]
fn what_is_not_known_is_a_gap() {
    let blocks = chain(2, 20);
    let model = Model::of(&blocks);
    let dir = tempfile::tempdir().unwrap();
    let ledger = filled(dir.path(), 50, &blocks);
    let unknown = model
        .spends
        .values()
        .flatten()
        .filter(|coin| coin.is_none())
        .count();
    let openings = model.coins.keys().filter(|(maker, _)| maker.is_none()).count();
    let info = ledger.info().unwrap();
    assert_eq!(
        (info.unknown as usize, info.openings as usize),
        (unknown, openings)
    );
    assert_eq!(
        (info.chain.as_str(), info.blocks, info.outputs as usize),
        ("test", 20, model.coins.len())
    );
    let gaps = ledger.gaps();
    assert_eq!(gaps.len(), 1);
    assert!(
        gaps[0].why.contains(&format!("{unknown} inputs")) && gaps[0].hides,
        "{gaps:?}"
    );
    std::fs::write(dir.path().join("coins-000009-000099.columns.aside"), "half").unwrap();
    let mut torn = CoinLedger::open(dir.path()).unwrap();
    assert_eq!(torn.gaps().len(), 2);
    torn.append(&blocks, &mut |_| ()).unwrap();
    assert_eq!(torn.gaps().len(), 1);
}

#[test]
fn a_directory_of_another_kind_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(
        CoinLedger::open(dir.path()),
        Err(LedgerError::NotALedger { .. })
    ));
    filled(dir.path(), 9, &chain(1, 2));
    let again = CoinLedger::create(dir.path(), "test", layout(9));
    assert!(matches!(again, Err(LedgerError::AlreadyThere { .. })));
    let other = Ledger::open(dir.path()).unwrap_err();
    assert!(
        matches!(other, LedgerError::OtherKind { holds: "coins", .. }),
        "{other}"
    );
    let dir = tempfile::tempdir().unwrap();
    Ledger::create(dir.path()).unwrap();
    let other = CoinLedger::open(dir.path()).unwrap_err();
    assert!(
        matches!(
            other,
            LedgerError::OtherKind {
                holds: "accounts",
                ..
            }
        ),
        "{other}"
    );
}

#[test]
fn a_large_chain_in_the_shape_of_the_real_one_is_taken() {
    let blocks: Vec<Block> = heavy::Heavy::new(1, 900).collect();
    assert!(heavy::Heavy::new(1, 900).eq(blocks.iter().cloned()));
    let dir = tempfile::tempdir().unwrap();
    let ledger = filled(dir.path(), 60, &blocks);
    assert!(ledger.transactions() == 900 && ledger.info().unwrap().segments > 2);
    compare(&ledger, &Model::of(&blocks));
}
