//! An import that is killed at any moment goes on where it was, and ends in the same bytes.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod killed;

use killed::{files, killed};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use strongroom_ledger::{Layout, Ledger, Mapping};

const DIR: &str = "STRONGROOM_LEDGER_KILL_TEST";
const ROWS: u64 = 12_000;
const KILLS: u32 = 20;

fn table() -> String {
    let mut table = "time,tx,from,to,asset,amount,fee\n".to_owned();
    for row in 0..ROWS {
        let (from, to) = (row * 7919 % 997, row * 104_729 % 1_009);
        let time = row + row * 31 % 50;
        writeln!(
            table,
            "{time},t{},acct{from},acct{to},A{},{},{}",
            row / 2,
            row % 3,
            row * 13,
            row % 5
        )
        .unwrap();
        if row % 1_000 == 999 {
            table.push_str("this is no row\n");
        }
    }
    table
}

fn import(dir: &Path, told: &mut dyn FnMut(u64)) {
    let home = dir.join("ledger");
    let mut ledger = Ledger::open(&home)
        .or_else(|_| {
            Ledger::create_with(
                &home,
                Layout {
                    rows_per_segment: 250,
                },
            )
        })
        .unwrap();
    let source = File::open(dir.join("table.csv")).unwrap();
    ledger
        .import_csv("table.csv", source, &Mapping::default(), &mut |p| {
            told(p.committed)
        })
        .unwrap();
}

/// Not a test of its own: the process that the other kills.
#[test]
fn the_child_imports() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    import(Path::new(&dir), &mut |committed| {
        println!("\ncommitted {committed}")
    });
}

#[test]
fn a_killed_import_goes_on_and_ends_in_the_same_bytes() {
    let undisturbed = tempfile::tempdir().unwrap();
    fs::write(undisturbed.path().join("table.csv"), table()).unwrap();
    import(undisturbed.path(), &mut |_| ());
    let truth = files(undisturbed.path());
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let (mut kills, mut inside) = (0, 0);
    while kills < KILLS {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("table.csv"), table()).unwrap();
        for _ in 0..5 {
            let child = (DIR, dir.path());
            let told = killed("the_child_imports", child, random(14), random(6_000)).unwrap_or(0);
            kills += 1;
            let rows = Ledger::open(&dir.path().join("ledger")).map_or(0, |ledger| ledger.rows());
            assert!(rows >= told, "{told} rows were acknowledged, {rows} are there");
            inside += u32::from(rows > 0 && rows < ROWS);
        }
        import(dir.path(), &mut |_| ());
        assert!(files(dir.path()) == truth, "after {kills} kills the bytes differ");
    }
    assert!(
        inside >= KILLS / 4,
        "only {inside} of {kills} kills fell inside the import"
    );
}
