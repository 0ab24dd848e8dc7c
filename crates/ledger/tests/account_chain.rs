//! A chain of accounts in the ledger: where its import stopped, and what was taken back, changes no byte of a segment.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod chains;

use chains::Random;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use std::borrow::Cow;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use strongroom_ledger::{
    AssetIssuance, Booked, Issuance, IssueState, IssuedSums, Layout, Ledger, LedgerError, Mapping, Row,
};
use strongroom_model::{Amount, Gap, Moment, Why};

const CHAIN: &str = "chain";

/// Blocks of a branch after a height; those of other branches have other ids, rows and gaps.
fn branch(seed: u64, from: u64, to: u64, parent: &str) -> Vec<Booked> {
    let mut random = Random::new(seed);
    let mut parent = parent.to_owned();
    let mut block = |number: u64| {
        let id = format!("{number}-{seed}");
        let row = |at: u64, random: &mut Random| Row {
            when: Moment::from_micros((number * 1_000 + random.below(1_500)) as i64),
            transaction: Cow::Owned(format!("{id}:{}", at / 2)),
            from: Cow::Owned(match random.below(8) {
                0 => String::new(),
                _ => format!("account {}", random.below(number + 3)),
            }),
            to: Cow::Owned(format!("account {} of {seed}", random.below(number + 3))),
            asset: Cow::Owned(format!("A{}", random.below(1 + number / 4))),
            amount: Amount::from_limbs([random.below(1 << 40), random.below(2), 0, 0]),
            fee: Amount::ZERO,
        };
        let rows = (0..random.below(9)).map(|at| row(at, &mut random)).collect();
        let gap = || Gap::new(format!("block {number} of {seed}"), Why::Damaged, "made up");
        let gaps = (0..random.below(3) / 2).map(|_| gap()).collect();
        let notes = (0..random.below(2))
            .map(|at| format!("note {at} of {id}"))
            .collect();
        let parent = std::mem::replace(&mut parent, id.clone());
        Booked {
            number,
            id,
            parent,
            rows,
            gaps,
            notes,
        }
    };
    (from..to).map(&mut block).collect()
}

fn ledger(dir: &Path, rows_per_segment: u32) -> Ledger {
    Ledger::create_with(dir, Layout { rows_per_segment }).unwrap()
}

fn import(ledger: &mut Ledger, blocks: &[Booked]) {
    ledger.import_blocks(CHAIN, blocks.to_vec(), &mut |_| ()).unwrap();
}

/// The bytes of all segments, in order.
fn segments(dir: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "columns"))
        .collect();
    names.sort();
    names.iter().map(|name| fs::read(name).unwrap()).collect()
}

fn same(one: (&Path, &Ledger), other: (&Path, &Ledger)) {
    assert!(segments(one.0) == segments(other.0));
    assert_eq!(one.1.gaps(), other.1.gaps());
    assert_eq!(one.1.info(), other.1.info());
    assert_eq!(one.1.next_block(CHAIN), other.1.next_block(CHAIN));
    assert_eq!(one.1.last_block(CHAIN), other.1.last_block(CHAIN));
    one.1.verify().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn taken_back_and_appended_anew_it_is_the_same_bytes(seed in any::<u64>(), rows in 1u32..40, first in 0u64..3) {
        let mut random = Random::new(seed);
        let blocks = branch(seed, first, first + 24, "");
        let (undisturbed, disturbed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut truth = ledger(undisturbed.path(), rows);
        import(&mut truth, &blocks);
        let mut other = ledger(disturbed.path(), rows);
        let mut have = 0;
        while have < blocks.len() {
            have += 1 + random.below(7) as usize;
            import(&mut other, &blocks[..have.min(blocks.len())]);
        }
        same((undisturbed.path(), &truth), (disturbed.path(), &other));
        for _ in 0..4 {
            let keep = random.below(blocks.len() as u64 + 1) as usize;
            let number = first + keep as u64;
            prop_assert_eq!(other.truncate(CHAIN, number).unwrap(), (blocks.len() - keep) as u64);
            prop_assert_eq!(other.next_block(CHAIN), Some(number));
            let parent = keep.checked_sub(1).map_or("", |at| blocks[at].id.as_str());
            prop_assert_eq!(other.last_block(CHAIN), Some(parent));
            for (at, block) in blocks.iter().enumerate() {
                let id = other.block_id(CHAIN, block.number).unwrap();
                prop_assert_eq!(id, (at < keep).then_some(block.id.as_str()));
            }
            let notes = blocks[..keep].iter().flat_map(|block| &block.notes);
            prop_assert_eq!(other.notes(CHAIN).unwrap(), notes.collect::<Vec<_>>());
            if keep > 0 {
                let kept = tempfile::tempdir().unwrap();
                let mut short = ledger(kept.path(), rows);
                import(&mut short, &blocks[..keep]);
                same((kept.path(), &short), (disturbed.path(), &other));
            }
            // Another branch for a while, in several imports.
            let stale = branch(seed ^ 1, number, number + 1 + random.below(20), parent);
            import(&mut other, &stale[..stale.len() / 2]);
            import(&mut other, &stale);
            prop_assert!(other.truncate(CHAIN, number).unwrap() > 0);
            import(&mut other, &blocks);
            same((undisturbed.path(), &truth), (disturbed.path(), &other));
            same((undisturbed.path(), &truth), (disturbed.path(), &Ledger::open(disturbed.path()).unwrap()));
        }
    }
}

#[test]
fn a_chain_that_has_nothing_new_writes_nothing() {
    let blocks = branch(1, 0, 9, "");
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = ledger(dir.path(), 10);
    import(&mut ledger, &blocks);
    let manifest = fs::read(dir.path().join("manifest")).unwrap();
    import(&mut ledger, &blocks);
    assert_eq!(ledger.truncate(CHAIN, 9).unwrap(), 0);
    assert_eq!(ledger.truncate("another", 0).unwrap(), 0);
    assert_eq!(fs::read(dir.path().join("manifest")).unwrap(), manifest);
}

#[test]
fn what_stands_behind_other_rows_is_not_taken_back() {
    let blocks = branch(2, 0, 20, "");
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = ledger(dir.path(), 1_000);
    import(&mut ledger, &blocks[..10]);
    let table = "time,tx,from,to,asset,amount\n0,t,a,b,X,5\n";
    ledger
        .import_csv("table", Cursor::new(table), &Mapping::default(), &mut |_| ())
        .unwrap();
    import(&mut ledger, &blocks);
    let rows = ledger.rows();
    // Blocks before the table are held by its row; those behind it are not.
    let refused = ledger.truncate(CHAIN, 9).unwrap_err();
    assert!(
        matches!(&refused, LedgerError::Kept { number: 9, .. }),
        "{refused}"
    );
    assert_eq!(ledger.rows(), rows);
    assert_eq!(ledger.truncate(CHAIN, 10).unwrap(), 10);
    assert_eq!(ledger.last_block(CHAIN), Some(blocks[9].id.as_str()));
    import(&mut ledger, &blocks);
    assert_eq!(ledger.rows(), rows);
    ledger.verify().unwrap();
}

#[test]
fn a_reader_sees_what_stood_when_it_opened() {
    let blocks = branch(3, 0, 12, "");
    let dir = tempfile::tempdir().unwrap();
    let mut writer = ledger(dir.path(), 1_000);
    import(&mut writer, &blocks);
    let reader = Ledger::open(dir.path()).unwrap();
    let before: Vec<String> = rows(&reader);
    writer.truncate(CHAIN, 4).unwrap();
    import(&mut writer, &branch(4, 4, 30, &blocks[3].id));
    assert_eq!(rows(&reader), before);
    assert_ne!(rows(&Ledger::open(dir.path()).unwrap()), before);
}

fn rows(ledger: &Ledger) -> Vec<String> {
    ledger
        .transfers()
        .map(|row| format!("{:?}", row.unwrap()))
        .collect()
}

/// A block, and what becomes of the amount in it.
type Change = (u64, fn(u64) -> u64);

/// A chain that begins with block 0 and whose accounts pay what they have, but where one row is changed.
fn honest(change: Option<Change>) -> Vec<Booked> {
    let row = |number: u64, from: &'static str, to: &'static str, amount: u64, fee: u64| {
        let change = change.filter(|(changed, _)| *changed == number);
        Booked {
            number,
            id: number.to_string(),
            rows: vec![Row {
                when: Moment::from_micros(number as i64),
                transaction: Cow::Owned(format!("t{number}")),
                from: Cow::Borrowed(from),
                to: Cow::Borrowed(to),
                asset: Cow::Borrowed("A"),
                amount: change.map_or(amount, |(_, change)| change(amount)).into(),
                fee: fee.into(),
            }],
            ..Booked::default()
        }
    };
    vec![
        row(0, "", "a", 100, 0),
        row(1, "a", "b", 60, 3),
        row(2, "b", "c", 60, 0),
        row(3, "", "b", 5, 0),
        row(4, "c", "", 20, 0),
        row(5, "a", "c", 37, 0),
    ]
}

fn added_up(blocks: &[Booked]) -> Issuance {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = ledger(dir.path(), 3);
    import(&mut ledger, blocks);
    ledger.verify().unwrap();
    ledger.issuance(&mut |_, _| ()).unwrap()
}

#[test]
fn what_was_issued_is_held_burnt_or_went_as_fees_and_a_changed_amount_is_noticed() {
    let whole = added_up(&honest(None));
    let sums = IssuedSums {
        issued: 105u64.into(),
        held: 82u64.into(),
        burnt: 20u64.into(),
        fees: Some(3u64.into()),
        assumed: Some(Amount::ZERO),
        ..IssuedSums::default()
    };
    let asset = AssetIssuance {
        asset: "A".into(),
        state: IssueState::Balanced,
        sums: Some(sums),
    };
    assert_eq!((whole.partial, whole.assets), (None, vec![asset]));
    // Every checksum holds, and somebody pays what nobody gave.
    let changes: [Change; 4] = [
        (0, |amount| amount - 1),
        (1, |amount| amount - 1),
        (1, |amount| amount + 1),
        (5, |amount| amount + 1),
    ];
    for change in changes {
        let changed = added_up(&honest(Some(change)));
        assert!(changed.contradicts(), "{} {changed:?}", change.0);
        assert_eq!(changed.assets[0].sums.unwrap().assumed, Some(1u64.into()));
    }
    // What does not begin with the chain, or has a hole, claims nothing.
    let partial = added_up(&honest(None)[1..]);
    assert_eq!(partial.partial.as_deref(), Some("it begins with block 1"));
    assert_eq!(partial.assets[0].state, IssueState::Partial);
    let mut holed = honest(None);
    holed[2].gaps.push(Gap::new("block 2", Why::Damaged, "made up"));
    let holed = added_up(&holed);
    assert_eq!(holed.partial.as_deref(), Some("block 2: damaged: made up"));
    let dir = tempfile::tempdir().unwrap();
    let mut table = ledger(dir.path(), 10);
    let text = "time,tx,from,to,asset,amount\n0,t,a,b,X,5\n";
    table
        .import_csv("table", Cursor::new(text), &Mapping::default(), &mut |_| ())
        .unwrap();
    let table = table.issuance(&mut |_, _| ()).unwrap();
    assert!(table.partial.is_some() && !table.contradicts());
}

#[test]
fn what_was_opened_verifies_though_a_writer_replaced_its_last_segment() {
    let dir = tempfile::tempdir().unwrap();
    let blocks = branch(3, 0, 12, "");
    let mut writer = ledger(dir.path(), 1 << 10);
    import(&mut writer, &blocks[..6]);
    let opened = Ledger::open(dir.path()).unwrap();
    import(&mut writer, &blocks[6..]);
    assert_eq!(opened.verify().unwrap().segments, 1);
    assert!(writer.rows() > opened.rows());
}
