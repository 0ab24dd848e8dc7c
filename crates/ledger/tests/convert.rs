//! Taint that is wrapped and unwrapped on its way: every unit is in one asset or the other.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod tables;

use proptest::prelude::*;
use std::collections::BTreeMap;
use strongroom_ledger::{Direction, EndReason, Policy, Seed, Stops, Trace, trace};
use strongroom_model::Limits;
use tables::ledger;

const WETH: &str = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2";
const UNITS: &str = "ethereum/0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2";

/// Writes rows "time tx from to asset amount" as a table: `-` is nobody, `W` the wrapper, `w` its units.
fn table(rows: &[String]) -> String {
    let mut table = "time,tx,from,to,asset,amount\n".to_owned();
    for row in rows {
        let cells: Vec<&str> = row.split(' ').collect();
        let account = |name: &str| match name {
            "-" => String::new(),
            "W" => WETH.to_owned(),
            name => name.to_owned(),
        };
        let asset = if cells[4] == "w" { UNITS } else { "ETH" };
        let (from, to) = (account(cells[2]), account(cells[3]));
        table += &format!("{},{},{from},{to},{asset},{}\n", cells[0], cells[1], cells[5]);
    }
    table
}

fn own(rows: &[&str]) -> Vec<String> {
    rows.iter().map(|row| (*row).to_owned()).collect()
}

fn ends(trace: &Trace) -> BTreeMap<(EndReason, String, bool), u64> {
    let mut ends = BTreeMap::new();
    for end in &trace.ends {
        let key = (end.reason, end.account.clone(), end.asset == UNITS);
        *ends.entry(key).or_default() += end.amount.limbs()[0];
    }
    ends
}

#[test]
fn stolen_ether_is_followed_through_its_wrapped_form_and_back() {
    let rows = own(&[
        "1 t0 - pool w 500",
        "1 t0 - W ETH 500",
        "1 t1 victim thief ETH 100",
        "2 t2 thief W ETH 60",
        "2 t2 - thief w 60",
        "2 t2 thief pool w 40",
        "3 t3 thief router w 20",
        "3 t3 router - w 20",
        "3 t3 W router ETH 20",
        "3 t3 router mule ETH 20",
        // Sent to the wrapper without being wrapped: nobody has units for it.
        "4 t4 thief W ETH 5",
    ]);
    let (_dir, ledger) = ledger(&table(&rows), 4);
    let traces = trace(
        &ledger,
        Direction::Forward,
        &[Seed::Transaction("t1".into())],
        &Policy::ALL,
        &Stops::none(),
        &Limits::default(),
    )
    .unwrap();
    for trace in &traces[1..] {
        assert!(trace.sheet.conserved(), "{:?} {:?}", trace.policy, trace.sheet);
        let at =
            |reason, account: &str, units| ends(trace).get(&(reason, account.to_owned(), units)).copied();
        assert_eq!(
            at(EndReason::Converted, "thief", false),
            Some(60),
            "{:?}",
            trace.policy
        );
        assert_eq!(at(EndReason::Converted, "router", true), Some(20));
        assert_eq!(at(EndReason::Unspent, "mule", false), Some(20));
        assert_eq!(at(EndReason::Unspent, "pool", true), Some(40));
        assert_eq!(at(EndReason::NotAccountable, WETH, false), Some(5));
        assert_eq!(at(EndReason::Unspent, "thief", false), Some(35));
        let mule = trace.ends.iter().find(|end| end.account == "mule").unwrap();
        assert_eq!(trace.path(mule.step), [2, 3, 4, 6, 7, 8, 9]);
        let sheet = trace.sheet.asset(UNITS).unwrap();
        assert_eq!(
            (sheet.seeded, sheet.arrived, sheet.converted),
            (0u64.into(), 60u64.into(), 20u64.into())
        );
    }
    assert!(
        traces[0].ends.iter().any(|end| end.account == "mule"),
        "poison goes over too"
    );
}

#[test]
fn a_limit_between_two_halves_loses_nothing() {
    let rows = own(&[
        "1 t1 victim thief ETH 100",
        "2 t2 thief W ETH 60",
        "2 t2 - thief w 60",
        "3 t3 thief x w 60",
    ]);
    let (_dir, ledger) = ledger(&table(&rows), 4);
    for steps in 1..5 {
        let limits = Limits {
            steps,
            ..Limits::default()
        };
        let seeds = [Seed::Transaction("t1".into())];
        for trace in trace(
            &ledger,
            Direction::Forward,
            &seeds,
            &Policy::ALL,
            &Stops::none(),
            &limits,
        )
        .unwrap()
        {
            assert!(
                trace.sheet.conserved() || trace.policy == Policy::Poison,
                "{steps} {:?}",
                trace.sheet
            );
        }
    }
}

/// One transaction of one account: pays, wraps, unwraps, or sends to the wrapper what is not wrapped.
fn moves() -> impl Strategy<Value = (u8, u8, u8, u64)> {
    (0u8..5, 0u8..4, 0u8..4, 1u64..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_unit_appears_or_vanishes_between_two_assets(moves in prop::collection::vec(moves(), 1..50), seed in 0usize..50) {
        let mut rows = Vec::new();
        for (at, (kind, from, to, amount)) in moves.iter().enumerate() {
            let place = format!("{} t{at}", at / 3);
            match kind {
                0 => rows.push(format!("{place} a{from} a{to} ETH {amount}")),
                1 => rows.push(format!("{place} a{from} a{to} w {amount}")),
                2 => rows.extend([format!("{place} a{from} W ETH {amount}"), format!("{place} - a{from} w {amount}")]),
                3 => rows.extend([format!("{place} a{from} - w {amount}"), format!("{place} W a{from} ETH {amount}")]),
                _ => rows.push(format!("{place} a{from} W ETH {amount}")),
            }
        }
        let (_dir, ledger) = ledger(&table(&rows), 7);
        let seeds = [Seed::Transaction(format!("t{seed}")), Seed::Transaction("t0".into())];
        for trace in trace(&ledger, Direction::Forward, &seeds, &Policy::ALL, &Stops::none(), &Limits::default()).unwrap() {
            if trace.policy.conserves() {
                prop_assert!(trace.sheet.conserved(), "{:?}: {:?}", trace.policy, trace.sheet);
            }
        }
    }
}
