//! The real nemesis block, and the samples of the documentation of the node's interface.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "shared/samples.rs"]
mod samples;
mod shared;

use samples::objects;
use serde_json::Value;
use std::collections::BTreeMap;
use strongroom_ledger::Ledger;
use strongroom_ledger::nem::{Answers, Block, Books, recognise};
use strongroom_model::{Address, Amount, Reading};

const XEM: u64 = 1_000_000;

fn import(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Ledger, usize) {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(dir.path()).unwrap();
    let mut answers = Answers::new();
    for (name, bytes) in files {
        answers.add(name, bytes).unwrap();
    }
    let imported = answers
        .import(&mut ledger, &mut Books::new(), &mut |_| ())
        .unwrap();
    (dir, ledger, imported.gaps.len())
}

#[test]
fn the_nemesis_block_is_read_to_the_last_unit() {
    let Some(bytes) = shared::bytes("the_nemesis_block_is_read", "ledger/nem/nemesis.bin") else {
        return;
    };
    let block = Block::of_nemesis(&bytes).unwrap();
    // The id that every node of the main network has for height 1.
    assert_eq!(
        block.id,
        "438cf6375dab5a0d32f9b7bf151d4539e00a590f7c022d5572c7d41815a24be4"
    );
    assert_eq!(
        (block.height, block.transactions.len(), block.gaps.len()),
        (1, 1353, 0)
    );
    assert_eq!(block.when.to_string(), "2015-03-29T00:06:25Z");
    let (_dir, ledger, gaps) = import(&[("nemesis.bin", &bytes)]);
    assert_eq!(gaps, 0);
    let nemesis = block.harvester.unwrap();
    let mut held: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let (mut given, mut fees) = (0, 0);
    let transfers: Vec<_> = ledger.transfers().map(Result::unwrap).collect();
    for row in &transfers {
        assert!(
            matches!(Address::read(row.to), Reading::Address { .. }),
            "{}",
            row.to
        );
        let units = row.amount.limbs()[0];
        held.entry(row.from).or_default().1 += units;
        held.entry(row.to).or_default().0 += units;
        match row.from == nemesis {
            true => given += units,
            false => fees += units,
        }
    }
    // Six accounts become multisig accounts, and were given the fees of that on top: 240 XEM, which come back.
    assert_eq!((given, fees), (9_000_000_240 * XEM, 240 * XEM));
    assert_eq!(held[nemesis.as_str()], (fees, given));
    let others = held.iter().filter(|(account, _)| **account != nemesis);
    assert_eq!(
        others.map(|(_, (received, paid))| received - paid).sum::<u64>(),
        9_000_000_000 * XEM
    );
    // Nobody gave the nemesis account what it gave: its opening balance says so, to the unit.
    let openings = ledger.openings(&nemesis).unwrap();
    assert_eq!((openings.len(), openings[0].amount), (1, Amount::from(given)));
}

#[test]
fn the_samples_of_the_documentation_are_read() {
    let Some(page) = shared::bytes("the_samples_of_the_documentation", "ledger/nem/nis-api.txt") else {
        return;
    };
    let page = String::from_utf8_lossy(&page);
    let samples: Vec<String> = objects(&page)
        .into_iter()
        .filter(|text| recognise(text.as_bytes()))
        .collect();
    let is_block = |text: &&String| {
        serde_json::from_str::<Value>(text)
            .unwrap()
            .get("prevBlockHash")
            .is_some()
    };
    let (blocks, answers) = (
        samples.iter().filter(is_block).count(),
        samples.iter().filter(|text| !is_block(text)).count(),
    );
    assert!(
        blocks >= 2 && answers >= 2,
        "{blocks} blocks and {answers} answers"
    );
    // What the samples say of the test network's Alice: two payments in, one out with its fee. They name one id for two
    // transactions, so each is imported by itself.
    let alice = "TALICELCD3XPH4FFI5STGGNSNSWPOTG5E4DS2TOS";
    let mut rows = Vec::new();
    for sample in &samples {
        let (_dir, ledger, _) = import(&[("sample", sample.as_bytes())]);
        rows.extend(ledger.transfers_of(alice).map(Result::unwrap).map(|row| {
            assert_eq!(row.asset, "nem-98/nem:xem");
            (row.to == alice, row.amount.limbs()[0], row.fee.limbs()[0])
        }));
    }
    let files: Vec<(&str, &[u8])> = samples.iter().map(|text| ("sample", text.as_bytes())).collect();
    let (_dir, ledger, _) = import(&files);
    let contradicts = |gap: &strongroom_model::Gap| gap.why.contains("another thing of transaction");
    assert_eq!(ledger.gaps().iter().filter(|gap| contradicts(gap)).count(), 1);
    for wanted in [
        (true, 1_000_000_000, 0),
        (true, 49_997_995_000_000, 0),
        (false, 1_000_000_000, 0),
        (false, 0, 3_000_000),
    ] {
        assert!(rows.contains(&wanted), "{wanted:?} {rows:?}");
    }
}
