//! The laws of TAINT.md, on random ledgers.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod random;
mod tables;

use proptest::prelude::*;
use random::{seeds, stops, table};
use std::collections::{BTreeMap, BTreeSet};
use strongroom_ledger::{Direction, EndReason, Holding, Ledger, Piece, Policy, Seed, Stops, Trace, trace};
use strongroom_model::{Amount, Limits, Transfer};
use tables::ledger;

const APART: [Policy; 4] = [Policy::Fifo, Policy::Lifo, Policy::Tifo, Policy::CleanFirst];

fn all(ledger: &Ledger, seeds: &[Seed], stops: &Stops<'_>) -> Vec<Trace> {
    trace(
        ledger,
        Direction::Forward,
        seeds,
        &Policy::ALL,
        stops,
        &Limits::default(),
    )
    .unwrap()
}

/// Every account that taint reached, by asset.
fn reached(trace: &Trace) -> BTreeSet<(String, String)> {
    let seeds = trace
        .seeds
        .iter()
        .map(|seed| (seed.account.clone(), seed.asset.clone()));
    let flows = trace
        .flows
        .iter()
        .map(|flow| (flow.to.clone(), flow.asset.clone()));
    let ends = trace
        .ends
        .iter()
        .map(|end| (end.account.clone(), end.asset.clone()));
    seeds.chain(flows).chain(ends).collect()
}

/// Plays the whole ledger, every account from its first row on, without a frontier.
fn played(ledger: &Ledger, policy: Policy, seeded: &BTreeSet<u64>) -> BTreeMap<(String, String), u64> {
    let rows: Vec<Transfer<'_>> = ledger.transfers().map(Result::unwrap).collect();
    let mut held: BTreeMap<(&str, &str), Holding> = BTreeMap::new();
    for (key, opening) in openings(&rows) {
        held.insert(key, Holding::clean(policy, opening.into()));
    }
    for row in &rows {
        let mut take = |amount| match held.get_mut(&(row.from, row.asset)) {
            Some(holding) => holding.take(amount).unwrap(),
            None => vec![strongroom_ledger::Parcel::clean(amount)],
        };
        let mut sent = take(row.amount);
        if seeded.contains(&row.row) {
            sent = vec![strongroom_ledger::Parcel::seed(row.row, row.amount)];
        }
        if let Some(holding) = held.get_mut(&(row.to, row.asset)) {
            holding.put(&sent).unwrap();
        }
        if let Some(holding) = held.get_mut(&(row.from, row.asset)) {
            holding.take(row.fee).unwrap();
        }
    }
    let taint = held
        .iter()
        .map(|(key, holding)| (key, holding.taint().limbs()[0]));
    let tainted = taint.filter(|(_, taint)| *taint > 0);
    tainted
        .map(|((account, asset), taint)| (((*account).to_owned(), (*asset).to_owned()), taint))
        .collect()
}

fn openings<'a>(rows: &[Transfer<'a>]) -> BTreeMap<(&'a str, &'a str), u64> {
    let mut running: BTreeMap<(&str, &str), (i64, i64)> = BTreeMap::new();
    for row in rows {
        let units = |amount: Amount| amount.limbs()[0] as i64;
        for (account, change) in [
            (row.from, -units(row.amount)),
            (row.to, units(row.amount)),
            (row.from, -units(row.fee)),
        ] {
            let (now, lowest) = running.entry((account, row.asset)).or_default();
            *now += change;
            *lowest = (*lowest).min(*now);
        }
    }
    running.retain(|(account, _), _| !account.is_empty());
    running
        .into_iter()
        .map(|(key, (_, lowest))| (key, lowest.unsigned_abs()))
        .collect()
}

fn held(trace: &Trace) -> BTreeMap<(String, String), u64> {
    let unspent = trace.ends.iter().filter(|end| end.reason == EndReason::Unspent);
    unspent
        .map(|end| ((end.account.clone(), end.asset.clone()), end.amount.limbs()[0]))
        .collect()
}

/// Each piece must have come from its seed to its end, one transfer after the other.
fn walk_back(ledger: &Ledger, trace: &Trace, piece: &Piece, reason: EndReason, end: &str) {
    let path = trace.path(piece.step);
    assert_eq!(piece.origin.unwrap().seed, path[0]);
    let rows: Vec<Transfer<'_>> = path.iter().map(|row| ledger.transfer(*row).unwrap()).collect();
    for pair in rows.windows(2) {
        assert_eq!(pair[0].to, pair[1].from);
        assert!((pair[0].when, pair[0].row) < (pair[1].when, pair[1].row));
    }
    if reason != EndReason::Absorbed {
        assert_eq!(rows.last().unwrap().to, end);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn law_1_no_unit_appears_or_vanishes(
        table in table(), seeds in seeds(), hops in prop::option::of(0u32..4), dust in 0u64..8,
        until in prop::option::of(0i64..40),
    ) {
        let (_dir, ledger) = ledger(&table, 16);
        for trace in all(&ledger, &seeds, &stops(hops, dust, until)) {
            if trace.policy.conserves() {
                prop_assert!(trace.sheet.conserved(), "{:?}: {:?}", trace.policy, trace.sheet);
            }
            let pieces = |end: &strongroom_ledger::End| Amount::checked_sum(end.pieces.iter().map(|p| p.amount));
            prop_assert!(trace.ends.iter().all(|end| pieces(end) == Some(end.amount)));
        }
    }

    #[test]
    fn law_2_poison_reaches_all_that_any_other_policy_reaches(
        table in table(), seeds in seeds(), hops in prop::option::of(0u32..4), dust in 0u64..8,
    ) {
        let (_dir, ledger) = ledger(&table, 16);
        let traces = all(&ledger, &seeds, &stops(hops, dust, None));
        let poison = reached(&traces[0]);
        for trace in &traces[1..] {
            let beyond: Vec<_> = reached(trace).difference(&poison).cloned().collect();
            prop_assert!(beyond.is_empty(), "{:?} reaches {beyond:?}", trace.policy);
        }
    }

    #[test]
    fn law_3_every_unit_walks_back_to_its_seed_and_forward_again(table in table(), seeds in seeds()) {
        let (_dir, ledger) = ledger(&table, 16);
        for trace in all(&ledger, &seeds, &stops(None, 3, None)).iter().filter(|t| APART.contains(&t.policy)) {
            let mut units: BTreeMap<u64, Vec<(u64, u64)>> = BTreeMap::new();
            for end in &trace.ends {
                for piece in &end.pieces {
                    walk_back(&ledger, trace, piece, end.reason, &end.account);
                    let origin = piece.origin.unwrap();
                    let first = origin.offset.limbs()[0];
                    units.entry(origin.seed).or_default().push((first, first + piece.amount.limbs()[0]));
                }
            }
            // Forward: the pieces at the ends are each seed's units, each once.
            for seed in &trace.seeds {
                let mut runs = units.remove(&seed.row).unwrap_or_default();
                runs.sort_unstable();
                let end = runs.iter().fold(0, |at, run| { assert_eq!(run.0, at); run.1 });
                prop_assert_eq!(end, seed.amount.limbs()[0], "{:?}", trace.policy);
            }
            prop_assert!(units.is_empty());
        }
    }

    #[test]
    fn law_4_neither_the_order_of_seeds_nor_the_size_of_segments_matters(
        table in table(), seeds in seeds(), rows in 1u32..20,
    ) {
        let (_one, whole) = ledger(&table, 1000);
        let (dir, parts) = ledger(&table, rows);
        let mut turned: Vec<Seed> = seeds.iter().rev().cloned().collect();
        turned.extend(seeds.first().cloned());
        let stops = stops(Some(5), 2, None);
        let truth = serde_json::to_string(&all(&whole, &seeds, &stops)).unwrap();
        prop_assert_eq!(&serde_json::to_string(&all(&parts, &turned, &stops)).unwrap(), &truth);
        drop(parts);
        let again = Ledger::open(dir.path()).unwrap();
        prop_assert_eq!(&serde_json::to_string(&all(&again, &seeds, &stops)).unwrap(), &truth);
    }

    #[test]
    fn the_frontier_sees_what_playing_the_whole_ledger_sees(table in table(), seeds in seeds(), rows in 1u32..20) {
        let (_dir, ledger) = ledger(&table, rows);
        let traces = trace(&ledger, Direction::Forward, &seeds, &Policy::ALL, &Stops::none(), &Limits::default()).unwrap();
        for trace in traces {
            let seeded = trace.seeds.iter().map(|seed| seed.row).collect();
            prop_assert_eq!(held(&trace), played(&ledger, trace.policy, &seeded), "{:?}", trace.policy);
        }
    }
}
