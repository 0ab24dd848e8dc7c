//! Sets of unspent outputs say what the inputs of later blocks are worth.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod blocks;

use blocks::{chain, framed, hex, shared};
use proptest::prelude::*;
use std::collections::HashMap;
use std::error::Error;
use strongroom_ledger::{
    Block, Id, KnownOutputs, OutPoint, Output, Owner, RawBlock, Unspent, UnspentFault, UnspentOutputs,
};

fn made(block: &Block) -> HashMap<OutPoint, Output> {
    let place = |transaction, vout| OutPoint { transaction, vout };
    let made = block.transactions.iter().flat_map(|tx| {
        let numbered = (0..).zip(&tx.outputs);
        numbered.map(move |(vout, output)| (place(tx.id, vout), output.clone()))
    });
    made.collect()
}

#[test]
fn every_transaction_of_a_real_block_pays_its_fee() {
    let test = "every_transaction_of_a_real_block_pays_its_fee";
    let (Some(block), Some(set)) = (
        shared(test, "277647.dat.bz2"),
        shared(test, "277647.utxostore.bz2"),
    ) else {
        return;
    };
    let bitcoin = chain("bitcoin");
    let raw = RawBlock::read(framed(&block)[0], bitcoin).unwrap();
    let height = raw.said_height.unwrap();
    let mut block = raw.at(height);
    let unspent: Vec<Unspent> = UnspentOutputs::of_rows(set.as_slice(), bitcoin)
        .collect::<Result<_, _>>()
        .unwrap();
    // What the block itself made and spent stands in the set too.
    let made: HashMap<OutPoint, Output> = made(&block);
    assert!(unspent.iter().all(|unspent| unspent.height <= height));
    let own = unspent.iter().filter(|unspent| unspent.height == height);
    assert!(own.clone().count() > 0);
    for unspent in own {
        assert_eq!(made.get(&unspent.place), Some(&unspent.output));
    }
    let mut known = KnownOutputs::default();
    known.want(&block);
    unspent.into_iter().for_each(|unspent| known.keep(unspent));
    let filled = known.fill(&mut block);
    let mut fees = 0;
    assert_eq!(block.transactions.len(), 213);
    for transaction in &block.transactions[1..] {
        let paid: u64 = transaction
            .inputs
            .iter()
            .map(|input| input.known.as_ref().unwrap().value)
            .sum();
        let left: u64 = transaction.outputs.iter().map(|output| output.value).sum();
        fees += paid.checked_sub(left).unwrap();
    }
    let inputs: usize = block.transactions.iter().map(|tx| tx.inputs.len()).sum();
    assert_eq!(filled, inputs);
    // To the base unit: the coinbase takes the subsidy and all the fees.
    let coinbase: u64 = block.transactions[0]
        .outputs
        .iter()
        .map(|output| output.value)
        .sum();
    assert_eq!(coinbase, bitcoin.subsidy(height) + fees);
}

/// Two outputs of one transaction and one of another, as `dumptxoutset` writes them: a key's hash at height 1, a coinbase's 50 coins to a
/// script hash at height 203, and a witness program.
const COINS: [&str; 3] = [
    "02 01 00 0505050505050505050505050505050505050505",
    "8217 32 01 0606060606060606060606060606060606060606",
    "04 8000 1c 0014 0707070707070707070707070707070707070707",
];

fn set(head: &str, outputs: [&str; 3]) -> Vec<u8> {
    let (one, two) = ("11".repeat(32), "22".repeat(32));
    let fill = |text: &str| text.replace("ONE", &one).replace("TWO", &two);
    let body: Vec<String> = outputs
        .iter()
        .zip(COINS)
        .map(|(place, coin)| fill(place) + coin)
        .collect();
    hex(&(head.to_owned() + &"ab".repeat(32) + "0300000000000000" + &body.concat()))
}

fn old_set() -> Vec<u8> {
    set("", ["ONE 00000000", "ONE 05000000", "TWO 00010000"])
}

fn new_set() -> Vec<u8> {
    set("7574786fff 0200 f9beb4d9", ["ONE 02 00", "05", "TWO 01 fd0001"])
}

fn read(bytes: &[u8]) -> Result<Vec<Unspent>, UnspentFault> {
    UnspentOutputs::of_core(bytes, chain("bitcoin"))?.collect()
}

#[test]
fn both_forms_of_core_hold_the_same_outputs() {
    let outputs = read(&old_set()).unwrap();
    assert_eq!(read(&new_set()).unwrap(), outputs);
    let seen: Vec<(u32, u32, bool, u64)> = outputs
        .iter()
        .map(|unspent| {
            (
                unspent.place.vout,
                unspent.height,
                unspent.coinbase,
                unspent.output.value,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (0, 1, false, 1),
            (5, 203, true, 5_000_000_000),
            (256, 2, false, 140_000_000)
        ]
    );
    assert_eq!(outputs[0].output.owner, Owner::KeyHash([5; 20]));
    assert_eq!(outputs[1].output.owner, Owner::ScriptHash([6; 20]));
    assert!(
        matches!(&outputs[2].output.owner, Owner::Witness { version: 0, program } if *program == [7; 20])
    );
    for bytes in [old_set(), new_set()] {
        let set = UnspentOutputs::of_core(bytes.as_slice(), chain("bitcoin")).unwrap();
        assert_eq!((set.block(), set.outputs()), (Some(Id([0xab; 32])), Some(3)));
    }
}

#[test]
fn a_set_that_does_not_hold_is_told() {
    for whole in [old_set(), new_set()] {
        for cut in 0..whole.len() {
            assert!(read(&whole[..cut]).is_err(), "{cut}");
        }
        let longer = [whole.as_slice(), &[0]].concat();
        assert!(matches!(read(&longer), Err(UnspentFault::Longer(3))));
    }
    let mut version = new_set();
    version[5] = 3;
    assert!(matches!(read(&version), Err(UnspentFault::Version(3))));
    let other = UnspentOutputs::of_core(new_set().as_slice(), chain("litecoin"))
        .err()
        .unwrap();
    assert_eq!(
        other.to_string(),
        "the set of unspent outputs is not one of litecoin"
    );
    // A transaction without outputs, and more coins than there will ever be.
    let empty = set("7574786fff 0200 f9beb4d9", ["ONE 00 00", "05", "TWO 01 00"]);
    let error = read(&empty).unwrap_err();
    assert_eq!(error.to_string(), "unspent output 0 cannot be read");
    assert_eq!(error.source().unwrap().to_string(), "its transaction has none");
    // The last transaction has another output, and the head counts none.
    let short = set("7574786fff 0200 f9beb4d9", ["ONE 02 00", "05", "TWO 02 fd0001"]);
    let error = read(&short).unwrap_err();
    assert_eq!(error.to_string(), "unspent output 3 cannot be read");
    let mut rich = old_set();
    rich.truncate(40 + 36);
    rich.extend(hex("02 80fefefefefefefefe7f 00"));
    let error = read(&rich).unwrap_err();
    assert!(
        error
            .source()
            .unwrap()
            .to_string()
            .contains("what the chain will ever have")
    );
    let rows = hex(&("11".repeat(32) + "00000000 18000000" + COINS[0] + "00"));
    let read = UnspentOutputs::of_rows(rows.as_slice(), chain("bitcoin")).collect::<Result<Vec<_>, _>>();
    assert_eq!(
        read.unwrap_err().source().unwrap().to_string(),
        "its row is longer than the output"
    );
}

#[test]
fn known_outputs_are_kept_for_the_blocks_that_spend_them_alone() {
    let outputs = read(&old_set()).unwrap();
    let mut bytes = blocks::transaction(&[0], &[(5_000_000_000, &[0x51])]);
    let coinbase = blocks::twice(&bytes);
    let spend = blocks::transaction(&[0x11, 0x33], &[(1, &[0x51])]);
    bytes = blocks::block_of(&[bytes, spend.clone()], &[coinbase, blocks::twice(&spend)]);
    let mut block: Block = RawBlock::read(&bytes, chain("bitcoin")).unwrap().at(300);
    let mut known = KnownOutputs::default();
    outputs.iter().cloned().for_each(|unspent| known.keep(unspent));
    assert_eq!(known.fill(&mut block), 0);
    known.want(&block);
    outputs.iter().cloned().for_each(|unspent| known.keep(unspent));
    assert_eq!(known.fill(&mut block), 1);
    let inputs = &block.transactions[1].inputs;
    assert_eq!(
        (inputs[0].known.as_ref(), &inputs[1].known),
        (Some(&outputs[0].output), &None)
    );
    assert_eq!(known.fill(&mut block), 0);
}

proptest! {
    #[test]
    fn no_set_panics_and_every_one_ends(bytes in prop::collection::vec(any::<u8>(), 0..300), new in any::<bool>()) {
        let near = if new { new_set() } else { old_set() };
        let near = [&near[..51.min(near.len())], &bytes].concat();
        for bytes in [&bytes, &near] {
            if let Ok(outputs) = UnspentOutputs::of_core(bytes.as_slice(), chain("bitcoin")) {
                prop_assert!(outputs.take(500).count() < 500);
            }
            prop_assert!(UnspentOutputs::of_rows(bytes.as_slice(), chain("bitcoin")).take(500).count() < 500);
        }
    }
}
