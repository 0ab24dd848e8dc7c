//! The laws of a trace backward through a ledger of accounts, on random ledgers.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod random;
mod tables;

use proptest::prelude::*;
use random::{seeds, stops, table};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use strongroom_ledger::{Direction, EndReason, Ledger, Policy, Seed, Stops, Trace, trace};
use strongroom_model::{Limits, Transfer};
use tables::ledger;

fn traced(ledger: &Ledger, direction: Direction, seeds: &[Seed], stops: &Stops<'_>) -> Vec<Trace> {
    trace(ledger, direction, seeds, &Policy::ALL, stops, &Limits::default()).unwrap()
}

/// Where taint ends, by asset and account.
fn ended(trace: &Trace, reasons: [EndReason; 2]) -> BTreeMap<(String, String), u64> {
    let mut ended = BTreeMap::new();
    for end in trace.ends.iter().filter(|end| reasons.contains(&end.reason)) {
        *ended.entry((end.account.clone(), end.asset.clone())).or_default() += end.amount.limbs()[0];
    }
    ended
}

/// Every account that taint reached, by asset.
fn reached(trace: &Trace) -> BTreeSet<(String, String)> {
    let flows = trace
        .flows
        .iter()
        .map(|flow| (flow.from.clone(), flow.asset.clone()));
    let ends = trace
        .ends
        .iter()
        .map(|end| (end.account.clone(), end.asset.clone()));
    flows.chain(ends).collect()
}

/// How many units of a seeded row passed each other row.
fn passed(ledger: &Ledger, direction: Direction, policy: Policy, seed: u64) -> BTreeMap<u64, u64> {
    let seeds = [Seed::Transfer(seed)];
    let traces = trace(
        ledger,
        direction,
        &seeds,
        &[policy],
        &Stops::none(),
        &Limits::default(),
    )
    .unwrap();
    let mut passed = BTreeMap::new();
    for end in &traces[0].ends {
        for piece in &end.pieces {
            let mut rows: BTreeSet<u64> = traces[0].path(piece.step).into_iter().collect();
            if end.reason == EndReason::Issued {
                rows.insert(end.row);
            }
            for row in rows {
                *passed.entry(row).or_default() += piece.amount.limbs()[0];
            }
        }
    }
    passed
}

/// The same ledger turned round: its last row first, each from its receiver to its payer, whose fee is issued to it before.
/// Returns the number of each row's mirror with it.
fn mirror(rows: &[Transfer<'_>]) -> (String, BTreeMap<u64, u64>) {
    let (mut table, mut mirrors) = ("time,tx,from,to,asset,amount,fee\n".to_owned(), BTreeMap::new());
    let mut at = 0;
    for row in rows.iter().rev() {
        let time = 1000 - row.when.micros() / 1_000_000;
        let (tx, asset) = (row.transaction, row.asset);
        if !row.from.is_empty() {
            writeln!(table, "{time},{tx},,{},{asset},{},0", row.from, row.fee).unwrap();
            at += 1;
        }
        writeln!(
            table,
            "{time},{tx},{},{},{asset},{},0",
            row.to, row.from, row.amount
        )
        .unwrap();
        mirrors.insert(row.row, at);
        at += 1;
    }
    (table, mirrors)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_unit_appears_or_vanishes_and_poison_reaches_furthest(
        table in table(), seeds in seeds(), hops in prop::option::of(0u32..4), dust in 0u64..8,
        until in prop::option::of(0i64..40),
    ) {
        let (_dir, ledger) = ledger(&table, 16);
        let traces = traced(&ledger, Direction::Backward, &seeds, &stops(hops, dust, until));
        for trace in traces.iter().filter(|trace| trace.policy.conserves()) {
            prop_assert!(trace.sheet.conserved(), "{:?}: {:?}", trace.policy, trace.sheet);
            let beyond: Vec<_> = reached(trace).difference(&reached(&traces[0])).cloned().collect();
            prop_assert!(beyond.is_empty(), "{:?} reaches {beyond:?}", trace.policy);
        }
    }

    #[test]
    fn fifo_and_lifo_backward_undo_fifo_and_lifo_forward(table in table(), rows in 1u32..20) {
        let (_dir, ledger) = ledger(&table, rows);
        for policy in [Policy::Fifo, Policy::Lifo] {
            let (mut there, mut back) = (BTreeMap::new(), BTreeMap::new());
            for row in 0..ledger.rows() {
                let passed = |direction| passed(&ledger, direction, policy, row).into_iter();
                there.extend(passed(Direction::Forward).map(|(other, units)| ((row, other), units)));
                back.extend(passed(Direction::Backward).map(|(other, units)| ((other, row), units)));
            }
            prop_assert_eq!(&there, &back, "{:?}", policy);
        }
    }

    #[test]
    fn backward_is_forward_through_the_ledger_turned_round(table in table(), picks in prop::collection::vec(0usize..40, 1..4)) {
        let (_one, original) = ledger(&table, 16);
        let rows: Vec<Transfer<'_>> = original.transfers().map(Result::unwrap).collect();
        let (turned, mirrors) = mirror(&rows);
        let (_two, turned) = ledger(&turned, 16);
        let picked = picks.iter().filter_map(|at| rows.get(*at));
        let seeds: Vec<u64> =
            picked.filter(|row| !row.from.is_empty() && !row.to.is_empty()).map(|row| row.row).collect();
        let forward: Vec<Seed> = seeds.iter().map(|row| Seed::Transfer(mirrors[row])).collect();
        let backward: Vec<Seed> = seeds.into_iter().map(Seed::Transfer).collect();
        let forward = traced(&turned, Direction::Forward, &forward, &Stops::none());
        let backward = traced(&original, Direction::Backward, &backward, &Stops::none());
        for (there, back) in forward.iter().zip(&backward) {
            let there = ended(there, [EndReason::Unspent, EndReason::Burnt]);
            let back = ended(back, [EndReason::Opening, EndReason::Issued]);
            prop_assert_eq!(there, back);
        }
    }

    #[test]
    fn a_ledger_backward_does_not_depend_on_order_or_segments(table in table(), seeds in seeds(), rows in 1u32..20) {
        let (_one, whole) = ledger(&table, 1000);
        let (_two, parts) = ledger(&table, rows);
        let turned: Vec<Seed> = seeds.iter().rev().cloned().collect();
        let stops = stops(Some(5), 2, None);
        let json = |ledger, seeds: &[Seed]| {
            serde_json::to_string(&traced(ledger, Direction::Backward, seeds, &stops)).unwrap()
        };
        prop_assert_eq!(json(&whole, &seeds), json(&parts, &turned));
    }
}
