//! Blocks that contradict the chain before them, or themselves, are refused whole.

use super::{chain, refused};
use strongroom_ledger::{Block, Id, Input, OutPoint, Output, Owner, Transaction};
use strongroom_model::Moment;

fn id(number: u8) -> Id {
    Id([number; 32])
}

fn coin(value: u64) -> Output {
    Output {
        value,
        owner: Owner::KeyHash([1; 20]),
    }
}

fn spend(transaction: u8, vout: u32) -> Input {
    Input {
        spends: OutPoint {
            transaction: id(transaction),
            vout,
        },
        known: None,
    }
}

fn transaction(number: u8, inputs: &[Input], outputs: &[Output]) -> Transaction {
    Transaction {
        id: id(number),
        inputs: inputs.to_vec(),
        outputs: outputs.to_vec(),
    }
}

/// Blocks 0, 1, 2 …, each with a coinbase (ids 100, 101, …) of two coins of 50 and one of nobody, and what is given.
fn blocks(others: &[Vec<Transaction>]) -> Vec<Block> {
    let nobody = Output {
        value: 0,
        owner: Owner::Nobody,
    };
    (0u8..)
        .zip(others)
        .map(|(at, others)| {
            let coinbase = transaction(100 + at, &[], &[coin(50), coin(50), nobody.clone()]);
            Block {
                id: id(200 + at),
                previous: if at == 0 { Id::default() } else { id(199 + at) },
                height: u32::from(at),
                when: Moment::from_micros(i64::from(at)),
                transactions: std::iter::once(coinbase).chain(others.iter().cloned()).collect(),
            }
        })
        .collect()
}

#[test]
fn a_block_that_does_not_follow() {
    let mut wrong = blocks(&[vec![], vec![], vec![]]);
    wrong[2].previous = id(9);
    assert!(refused(&wrong, 2).contains("it follows 0909"));
    let mut wrong = blocks(&[vec![], vec![], vec![]]);
    wrong[2].height = 4;
    assert!(refused(&wrong, 2).contains("the next block has height 2"));
}

#[test]
fn a_block_without_a_coinbase() {
    let mut wrong = blocks(&[vec![], vec![]]);
    wrong[1].transactions.clear();
    assert!(refused(&wrong, 1).contains("no transactions"));
    let mut wrong = blocks(&[vec![], vec![]]);
    wrong[1].transactions[0].inputs = vec![spend(100, 0)];
    assert!(refused(&wrong, 1).contains("no coinbase"));
}

#[test]
fn a_coin_that_is_spent_twice() {
    let once = transaction(1, &[spend(100, 0)], &[coin(50)]);
    let again = transaction(2, &[spend(100, 0)], &[coin(50)]);
    let error = refused(&blocks(&[vec![], vec![once.clone()], vec![again.clone()]]), 2);
    assert!(
        error.contains(&format!("block 2 is refused: transaction {}", id(2))),
        "{error}"
    );
    assert!(error.contains("spent already"), "{error}");
    assert!(refused(&blocks(&[vec![], vec![once, again]]), 1).contains("spent already"));
    let twice = transaction(2, &[spend(100, 0), spend(100, 0)], &[coin(100)]);
    assert!(refused(&blocks(&[vec![], vec![twice]]), 1).contains("spent already"));
}

#[test]
fn a_coin_that_is_spent_twice_after_its_transaction_has_no_other() {
    let all = transaction(1, &[spend(100, 0), spend(100, 1)], &[coin(100)]);
    let again = transaction(2, &[spend(100, 1)], &[coin(50)]);
    assert!(
        refused(
            &blocks(&[vec![], vec![all.clone()], vec![], vec![again.clone()]]),
            3
        )
        .contains("spent already")
    );
    assert!(refused(&blocks(&[vec![], vec![all, again]]), 1).contains("spent already"));
}

#[test]
fn a_coin_from_before_the_ledger_that_is_spent_twice() {
    let known = Input {
        known: Some(coin(7)),
        ..spend(50, 3)
    };
    let once = transaction(1, std::slice::from_ref(&known), &[coin(7)]);
    let again = transaction(2, &[known], &[coin(7)]);
    assert!(
        refused(&blocks(&[vec![], vec![once.clone()], vec![again.clone()]]), 2).contains("spent already")
    );
    assert!(refused(&blocks(&[vec![once, again]]), 0).contains("spent already"));
}

#[test]
fn a_coin_that_is_not_there_or_nobodys() {
    let missing = transaction(1, &[spend(100, 7)], &[]);
    assert!(refused(&blocks(&[vec![], vec![missing]]), 1).contains("has 3 outputs"));
    let nobodys = transaction(1, &[spend(100, 2)], &[]);
    assert!(refused(&blocks(&[vec![], vec![nobodys]]), 1).contains("nobody can spend"));
}

#[test]
fn more_paid_out_than_in() {
    let wrong = transaction(1, &[spend(100, 0)], &[coin(30), coin(21)]);
    assert!(refused(&blocks(&[vec![], vec![wrong]]), 1).contains("its outputs hold 51, its inputs 50"));
    let overflow = transaction(1, &[spend(100, 0)], &[coin(u64::MAX), coin(51)]);
    assert!(refused(&blocks(&[vec![], vec![overflow]]), 1).contains("its inputs 50"));
    let told = Input {
        known: Some(coin(60)),
        ..spend(100, 0)
    };
    let wrong = transaction(1, &[told], &[coin(55)]);
    assert!(refused(&blocks(&[vec![], vec![wrong]]), 1).contains("holds 60, it holds 50"));
}

#[test]
fn circles_and_coins_of_the_blocks_own_coinbase() {
    let one = transaction(1, &[spend(2, 0)], &[coin(1)]);
    let two = transaction(2, &[spend(1, 0)], &[coin(1)]);
    assert!(refused(&blocks(&[vec![], vec![one, two]]), 1).contains("circle"));
    let own = transaction(1, &[spend(101, 0)], &[]);
    assert!(refused(&blocks(&[vec![], vec![own]]), 1).contains("coinbase of its own block"));
    let twice = transaction(1, &[], &[]);
    assert!(refused(&blocks(&[vec![], vec![twice.clone(), twice]]), 1).contains("twice"));
}

#[test]
fn another_branch_needs_a_truncation_first() {
    let mut wrong = blocks(&[vec![], vec![], vec![]]);
    let mut other = wrong[1].clone();
    other.id = id(77);
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = super::filled(dir.path(), 9, &wrong);
    let error = ledger.append([&other], &mut |_| ()).unwrap_err();
    assert!(
        error.to_string().contains("another block of this height"),
        "{error}"
    );
    other.height = 3;
    other.previous = wrong[2].id;
    ledger.append([&other], &mut |_| ()).unwrap();
    wrong.push(other);
    super::compare(&ledger, &super::Model::of(&wrong));
}

#[test]
fn a_ledger_goes_on_after_a_refused_block() {
    let good = chain(5, 12);
    let mut bad = good[6].clone();
    bad.transactions.push(transaction(1, &[], &[coin(1)]));
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = super::filled(dir.path(), 30, &good[..6]);
    assert!(ledger.append([&bad], &mut |_| ()).is_err());
    ledger.append(&good[6..], &mut |_| ()).unwrap();
    super::compare(&ledger, &super::Model::of(&good));
}

#[test]
fn sums_that_no_chain_has() {
    let mut wrong = blocks(&[vec![], vec![]]);
    wrong[1].transactions[0].outputs = vec![coin(u64::MAX), coin(1)];
    assert!(refused(&wrong, 1).contains("its outputs hold over 64 bits"));
    let both = transaction(1, &[spend(100, 0), spend(101, 0)], &[coin(1)]);
    let mut wrong = blocks(&[vec![], vec![], vec![both]]);
    wrong[0].transactions[0].outputs = vec![coin(u64::MAX)];
    assert!(refused(&wrong, 2).contains("its inputs hold over 64 bits"));
}

#[test]
fn old_blocks_that_come_again_do_not_make_an_old_memory_fit() {
    let good = chain(5, 12);
    let dir = tempfile::tempdir().unwrap();
    let mut one = super::filled(dir.path(), 30, &good[..4]);
    let mut other = strongroom_ledger::CoinLedger::open(dir.path()).unwrap();
    other.append(&good[4..8], &mut |_| ()).unwrap();
    // Nothing of it is new; what the first one has in memory ends four blocks earlier.
    one.append(&good[..4], &mut |_| ()).unwrap();
    one.append(&good[8..], &mut |_| ()).unwrap();
    super::compare(&one, &super::Model::of(&good));
}
