//! From a node's files and answers to a ledger of coins on disk.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod blocks;

use blocks::{chain, frame, framed, mined_row, shared};
use std::io::Cursor;
use std::num::NonZero;
use std::path::Path;
use strongroom_ledger::{
    Ask, Block, BlockFiles, BlockKey, CoinLayout, CoinLedger, Fate, Follow, FollowStep, Id, KnownOutputs,
    Owner, RawBlock, Told, UnspentOutputs,
};

fn ledger(dir: &Path, name: &str) -> CoinLedger {
    CoinLedger::create(dir, name, CoinLayout::default()).unwrap()
}

#[test]
fn the_first_blocks_become_a_ledger() {
    let Some(bytes) = shared("the_first_blocks_become_a_ledger", "first-100k-blocks.dat") else {
        return;
    };
    let bitcoin = chain("bitcoin");
    let names = vec!["blk00000.dat".to_owned()];
    let mut files = BlockFiles::new(bitcoin, BlockKey::NONE, names, |_: &str| {
        Ok(Cursor::new(bytes.clone()))
    });
    let index = files.index(&mut |_| ()).unwrap();
    let best = files.best(index).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = ledger(dir.path(), bitcoin.name());
    let mut blocks = files.blocks(&best, 0, NonZero::<usize>::MIN).unwrap();
    let appended = ledger.append(blocks.by_ref(), &mut |_| ()).unwrap();
    assert_eq!(blocks.ended().unwrap(), None);
    assert_eq!((appended.blocks, ledger.heights()), (439, Some((0, 438))));
    ledger.verify(&mut |_, _| ()).unwrap();
    // Nothing was burnt or lost yet: what is unspent is all that was ever made.
    let unspent: u64 = (0..ledger.outputs())
        .filter(|output| ledger.fate(*output).unwrap() == Fate::Unspent)
        .map(|output| ledger.value(output).unwrap())
        .sum();
    assert_eq!(unspent, 439 * bitcoin.subsidy(0));
    // The first payment: 50 coins of block 9, ten of them to another key.
    let id = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16";
    let found = ledger.find(&Id::read(id).unwrap()).unwrap();
    let [payment] = found[..] else { panic!("{found:?}") };
    assert_eq!(ledger.transaction(payment).unwrap().height, 170);
    assert_eq!(ledger.fee(payment).unwrap(), Some(0));
    let satoshi = Owner::of_address("12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S", bitcoin).unwrap();
    let owner = ledger.owner_id(&satoshi).unwrap().unwrap();
    let values: Vec<u64> = ledger
        .outputs_of(owner)
        .map(|output| ledger.value(output.unwrap()).unwrap())
        .collect();
    assert_eq!(values[..2], [5_000_000_000, 4_000_000_000]);
}

#[test]
fn a_ledger_that_begins_in_the_middle_knows_what_it_is_told() {
    let test = "a_ledger_that_begins_in_the_middle_knows_what_it_is_told";
    let (Some(block), Some(set)) = (
        shared(test, "277647.dat.bz2"),
        shared(test, "277647.utxostore.bz2"),
    ) else {
        return;
    };
    let bitcoin = chain("bitcoin");
    let mut block = RawBlock::read(framed(&block)[0], bitcoin).unwrap().at(277_647);
    let mut known = KnownOutputs::default();
    known.want(&block);
    for unspent in UnspentOutputs::of_rows(set.as_slice(), bitcoin) {
        known.keep(unspent.unwrap());
    }
    known.fill(&mut block);
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = ledger(dir.path(), bitcoin.name());
    ledger.append([&block], &mut |_| ()).unwrap();
    ledger.verify(&mut |_, _| ()).unwrap();
    let info = ledger.info().unwrap();
    let inputs: usize = block.transactions.iter().map(|tx| tx.inputs.len()).sum();
    // 62 inputs spend what the block itself makes, which the set has too.
    assert_eq!((info.unknown, info.openings), (0, inputs as u64 - 62));
    let fees: u64 = (0..ledger.transactions())
        .filter_map(|tx| ledger.fee(tx).unwrap())
        .sum();
    let coinbase: u64 = block.transactions[0]
        .outputs
        .iter()
        .map(|output| output.value)
        .sum();
    assert_eq!(coinbase, bitcoin.subsidy(277_647) + fees);
}

/// Asks a node that has these blocks until there is nothing new.
fn catch_up(ledger: &mut CoinLedger, follow: &mut Follow, node: &[Block]) -> usize {
    let mut dropped = 0;
    let mut step = follow.step();
    loop {
        step = match step {
            FollowStep::Rest => return dropped,
            FollowStep::Ask(ask) => {
                let told = match ask {
                    Ask::Tip => Told::Tip(node.last().unwrap().height),
                    Ask::IdAt(height) => node
                        .iter()
                        .find(|block| block.height == height)
                        .map_or(Told::Nothing, |block| Told::Id(block.id)),
                    Ask::Block(id) => node
                        .iter()
                        .find(|block| block.id == id)
                        .map_or(Told::Nothing, |block| Told::Block(Box::new(block.clone()))),
                };
                let own = |height| ledger.block(height).ok().map(|block| block.id);
                follow.told(told, &own).unwrap()
            }
            FollowStep::Take(block) => {
                ledger.append([*block], &mut |_| ()).unwrap();
                follow.step()
            }
            FollowStep::GoBack(common) => {
                let (first, last) = ledger.heights().unwrap();
                let from = common.map_or(first, |common| common + 1);
                dropped += (last + 1 - from) as usize;
                ledger.truncate(from).unwrap();
                follow.step()
            }
        };
    }
}

#[test]
fn a_ledger_follows_a_node_through_a_reorganisation() {
    let regtest = chain("bitcoin-regtest");
    let main = mined_row(Id([1; 32]), 20..30, 0);
    let side = mined_row(main[5].0, 26..32, 1);
    let read = |rows: &[&[(Id, Vec<u8>)]]| -> Vec<Block> {
        let contents: Vec<u8> = rows
            .iter()
            .flat_map(|row| {
                row.iter()
                    .flat_map(|(_, block)| frame([0xfa, 0xbf, 0xb5, 0xda], block))
            })
            .collect();
        let names = vec!["blk00000.dat".to_owned()];
        let mut files = BlockFiles::new(regtest, BlockKey::NONE, names, |_: &str| {
            Ok(Cursor::new(contents.clone()))
        });
        let index = files.index(&mut |_| ()).unwrap();
        let best = files.best(index).unwrap();
        files.blocks(&best, 0, NonZero::<usize>::MIN).unwrap().collect()
    };
    let (before, after) = (read(&[&main]), read(&[&main, &side]));
    assert_eq!((before.len(), after.len()), (10, 12));
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = ledger(dir.path(), regtest.name());
    let mut follow = Follow::new(20, 20, 1);
    assert_eq!(catch_up(&mut ledger, &mut follow, &before), 0);
    assert_eq!(ledger.tip().unwrap(), Some(main[9].0));
    assert_eq!(catch_up(&mut ledger, &mut follow, &after), 4);
    assert_eq!(ledger.heights(), Some((20, 31)));
    ledger.verify(&mut |_, _| ()).unwrap();
    let ids: Vec<Id> = (20..32).map(|height| ledger.block(height).unwrap().id).collect();
    assert_eq!(ids, after.iter().map(|block| block.id).collect::<Vec<Id>>());
}
