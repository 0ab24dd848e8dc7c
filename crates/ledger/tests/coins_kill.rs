//! An append that is killed at any moment goes on where it was, and ends in the same bytes.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod chains;
mod killed;

use chains::{Model, Random, chain, compare};
use killed::files;
use std::path::Path;
use strongroom_ledger::{CoinLayout, CoinLedger};

const DIR: &str = "STRONGROOM_COINS_KILL_TEST";
const SEED: u64 = 11;
const BLOCKS: usize = 150;
const KILLS: u32 = 25;

/// Appends all blocks: the same call every time, whatever is there already.
fn append(dir: &Path, told: &mut dyn FnMut(u32)) {
    let home = dir.join("ledger");
    let layout = CoinLayout { rows_per_segment: 60 };
    let mut ledger = CoinLedger::open(&home)
        .or_else(|_| CoinLedger::create(&home, "test", layout))
        .unwrap();
    let mut last = None;
    let blocks = chain(SEED, BLOCKS);
    ledger
        .append(&blocks, &mut |progress| {
            if progress.committed != last {
                last = progress.committed;
                told(progress.committed.unwrap());
            }
        })
        .unwrap();
    told(ledger.heights().unwrap().1);
}

/// Not a test of its own: the process that the other kills.
#[test]
fn the_child_appends() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    append(Path::new(&dir), &mut |committed| {
        println!("\ncommitted {committed}")
    });
}

fn killed(dir: &Path, words: u64, micros: u64) -> Option<u32> {
    let told = killed::killed("the_child_appends", (DIR, dir), words, micros);
    told.map(|height| height as u32)
}

#[test]
fn a_killed_append_goes_on_and_ends_in_the_same_bytes() {
    let blocks = chain(SEED, BLOCKS);
    let undisturbed = tempfile::tempdir().unwrap();
    append(undisturbed.path(), &mut |_| ());
    let truth = files(undisturbed.path());
    compare(
        &CoinLedger::open(&undisturbed.path().join("ledger")).unwrap(),
        &Model::of(&blocks),
    );
    let mut random = Random::new(3);
    let (mut kills, mut inside) = (0, 0);
    while kills < KILLS {
        let dir = tempfile::tempdir().unwrap();
        for _ in 0..5 {
            let told = killed(dir.path(), random.below(8), random.below(6_000));
            kills += 1;
            let heights = CoinLedger::open(&dir.path().join("ledger"))
                .ok()
                .and_then(|ledger| ledger.heights());
            let last = heights.map(|(_, last)| last);
            assert!(last >= told, "{told:?} was acknowledged, {last:?} is there");
            inside += u32::from(last.is_some_and(|last| last < blocks[BLOCKS - 1].height));
        }
        append(dir.path(), &mut |_| ());
        assert!(files(dir.path()) == truth, "after {kills} kills the bytes differ");
    }
    assert!(
        inside >= KILLS / 4,
        "only {inside} of {kills} kills fell inside the append"
    );
}

#[test]
fn what_is_killed_in_the_middle_answers_for_what_is_committed() {
    let blocks = chain(SEED, BLOCKS);
    let dir = tempfile::tempdir().unwrap();
    let mut commits = 1;
    loop {
        killed(dir.path(), commits, 0);
        let ledger = CoinLedger::open(&dir.path().join("ledger")).unwrap();
        let held = ledger
            .heights()
            .map_or(0, |(first, last)| (last - first + 1) as usize);
        compare(&ledger, &Model::of(&blocks[..held]));
        ledger.verify(&mut |_, _| ()).unwrap();
        if held == BLOCKS {
            break;
        }
        commits += 2;
    }
}
