//! Traces on small ledgers whose answers can be followed by hand.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod tables;

use std::collections::BTreeMap;
use strongroom_ledger::{Direction, EndReason, Ledger, Policy, Seed, Stops, Trace, trace};
use strongroom_model::{Amount, Limits, Service, Tag};
use tables::ledger;

const THEFT: &str = "time,tx,from,to,asset,amount,fee
100,t0,,victim,XEM,1000,0
200,t1,victim,thief,XEM,900,0
300,t2,other,mule,XEM,100,0
400,t3,thief,mule,XEM,300,10
500,t4,mule,exchange,XEM,200,0
600,t5,thief,,XEM,90,0
700,t6,mule,thief,XEM,50,0
";

fn one(ledger: &Ledger, seeds: &[Seed], policy: Policy, stops: &Stops<'_>) -> Trace {
    let trace = trace(
        ledger,
        Direction::Forward,
        seeds,
        &[policy],
        stops,
        &Limits::default(),
    )
    .unwrap()
    .remove(0);
    assert!(
        trace.sheet.conserved() || policy == Policy::Poison,
        "{:?}",
        trace.sheet
    );
    trace
}

fn wallet(account: &str) -> Seed {
    Seed::Account {
        account: account.into(),
        asset: None,
        since: None,
    }
}

fn exchange(account: &str) -> Option<Tag> {
    (account == "exchange").then(|| Tag::new("Example Exchange", Service::Exchange, "test"))
}

fn ends(trace: &Trace) -> BTreeMap<(EndReason, String), u64> {
    let mut ends = BTreeMap::new();
    for end in &trace.ends {
        *ends.entry((end.reason, end.account.clone())).or_default() += end.amount.limbs()[0];
    }
    ends
}

fn wanted(list: &[(EndReason, &str, u64)]) -> BTreeMap<(EndReason, String), u64> {
    list.iter()
        .map(|(reason, account, amount)| ((*reason, (*account).to_owned()), *amount))
        .collect()
}

#[test]
fn the_stolen_units_are_all_booked_under_fifo() {
    let (_dir, ledger) = ledger(THEFT, 3);
    let stops = Stops {
        tags: &exchange,
        ..Stops::none()
    };
    let trace = one(&ledger, &[Seed::Transaction("t1".into())], Policy::Fifo, &stops);
    // The mule had 100 clean first: 200 to the exchange are 100 clean, 100 stolen.
    let expected = [
        (EndReason::Unspent, "mule", 150),
        (EndReason::Unspent, "thief", 550),
        (EndReason::Service, "exchange", 100),
        (EndReason::Fee, "thief", 10),
        (EndReason::Burnt, "thief", 90),
    ];
    assert_eq!(ends(&trace), wanted(&expected));
    assert_eq!(trace.sheet.asset("XEM").unwrap().seeded, 900u64.into());
    let stop = trace
        .ends
        .iter()
        .find(|end| end.reason == EndReason::Service)
        .unwrap();
    assert_eq!(stop.tag.as_ref().unwrap().label, "Example Exchange");
    assert_eq!((trace.path(stop.step), stop.hops), (vec![1, 3, 4], 2));
    assert!(
        trace.openings.is_empty(),
        "who is never touched is never asked for"
    );
}

#[test]
fn a_deficit_is_an_opening_balance_that_is_clean_oldest_and_told() {
    let table = "time,tx,from,to,asset,amount\n1,a,v,thief,X,100\n2,b,thief,q,X,130\n3,c,r,thief,X,500\n4,d,thief,q,X,20\n";
    let (_dir, ledger) = ledger(table, 100);
    let trace = one(&ledger, &[Seed::Transfer(0)], Policy::Fifo, &Stops::none());
    assert_eq!(trace.openings.len(), 1);
    assert_eq!(
        (trace.openings[0].account.as_str(), trace.openings[0].amount),
        ("thief", 30u64.into())
    );
    assert_eq!(ends(&trace), wanted(&[(EndReason::Unspent, "q", 100)]));
}

#[test]
fn taint_that_arrives_at_another_seed_is_absorbed_there() {
    let table = "time,tx,from,to,asset,amount\n1,a,v,one,X,100\n2,b,one,two,X,60\n3,c,w,two,X,5\n";
    let (_dir, ledger) = ledger(table, 100);
    for policy in [
        Policy::Haircut,
        Policy::Fifo,
        Policy::Lifo,
        Policy::Tifo,
        Policy::CleanFirst,
    ] {
        let trace = one(&ledger, &[wallet("two"), wallet("one")], policy, &Stops::none());
        let expected = [
            (EndReason::Unspent, "one", 40),
            (EndReason::Unspent, "two", 65),
            (EndReason::Absorbed, "two", 60),
        ];
        assert_eq!(ends(&trace), wanted(&expected), "{policy:?}");
        assert_eq!(trace.sheet.asset("X").unwrap().seeded, 165u64.into());
    }
}

#[test]
fn a_seed_account_has_its_asset_and_its_beginning() {
    let table = "time,tx,from,to,asset,amount\n1,a,v,thief,X,7\n2,b,v,thief,X,100\n2,b,v,thief,Y,9\n";
    let (_dir, ledger) = ledger(table, 100);
    let since = Some("1970-01-01T00:00:02Z".parse().unwrap());
    let seed = Seed::Account {
        account: "thief".into(),
        asset: Some("x".into()),
        since,
    };
    let trace = one(&ledger, &[seed], Policy::Fifo, &Stops::none());
    assert_eq!(ends(&trace), wanted(&[(EndReason::Unspent, "thief", 100)]));
}

#[test]
fn hops_dust_and_time_stop_a_trace_and_say_so() {
    let (_dir, ledger) = ledger(THEFT, 2);
    let seed = [Seed::Transfer(1)];
    let hops = Stops {
        hops: Some(1),
        ..Stops::none()
    };
    let trace = one(&ledger, &seed, Policy::Tifo, &hops);
    assert_eq!(ends(&trace)[&(EndReason::Hops, "exchange".to_owned())], 200);
    let dust = Stops {
        dust: BTreeMap::from([("xem".to_owned(), Amount::from(201u64))]),
        ..Stops::none()
    };
    let trace = one(&ledger, &seed, Policy::Tifo, &dust);
    assert_eq!(ends(&trace)[&(EndReason::Dust, "exchange".to_owned())], 200);
    let until = Stops {
        until: Some("450".parse().unwrap()),
        ..Stops::none()
    };
    let trace = one(&ledger, &seed, Policy::Tifo, &until);
    let expected = [
        (EndReason::Until, "thief", 590),
        (EndReason::Until, "mule", 300),
        (EndReason::Fee, "thief", 10),
    ];
    assert_eq!(ends(&trace), wanted(&expected));
}

#[test]
fn a_limit_leaves_a_gap_and_no_unit_is_lost() {
    let (_dir, ledger) = ledger(THEFT, 2);
    let limits = Limits {
        steps: 2,
        ..Limits::default()
    };
    let traces = trace(
        &ledger,
        Direction::Forward,
        &[Seed::Transfer(1)],
        &Policy::ALL,
        &Stops::none(),
        &limits,
    )
    .unwrap();
    for trace in traces {
        assert!(trace.gaps.iter().any(|gap| gap.hides), "{:?}", trace.policy);
        assert!(trace.ends.iter().any(|end| end.reason == EndReason::Limit));
        assert!(trace.sheet.conserved() || trace.policy == Policy::Poison);
    }
}

#[test]
fn a_seed_that_is_not_there_is_a_gap() {
    let (_dir, ledger) = ledger(THEFT, 100);
    let seeds = [
        wallet("nobody-knows"),
        Seed::Transfer(99),
        Seed::Transaction("t99".into()),
        wallet("other"),
    ];
    let trace = one(&ledger, &seeds, Policy::Fifo, &Stops::none());
    assert_eq!(trace.gaps.len(), 4);
    assert!(trace.ends.is_empty() && trace.sheet.conserved());
}

#[test]
fn sums_beyond_256_bits_end_a_path_and_leave_a_gap() {
    let all = Amount::from_limbs([u64::MAX; 4]);
    let table =
        format!("time,tx,from,to,asset,amount\n1,a,v,thief,X,5\n2,b,thief,pit,X,5\n3,c,w,pit,X,{all}\n");
    let (_dir, ledger) = ledger(&table, 100);
    let trace = one(&ledger, &[Seed::Transfer(0)], Policy::Fifo, &Stops::none());
    assert_eq!(ends(&trace), wanted(&[(EndReason::NotAccountable, "pit", 5)]));
    assert!(!trace.gaps.is_empty());
}

#[test]
fn an_amount_of_any_width_is_exact() {
    let wei = "19000000000000000001";
    let table =
        format!("time,tx,from,to,asset,amount\n1,a,,m,ETH,{wei}\n1,b,v,m,ETH,{wei}\n2,c,m,z,ETH,{wei}\n");
    let (_dir, ledger) = ledger(&table, 100);
    let trace = one(&ledger, &[Seed::Transfer(1)], Policy::Haircut, &Stops::none());
    let held: BTreeMap<_, _> = trace
        .ends
        .iter()
        .map(|end| (end.account.as_str(), end.amount.to_string()))
        .collect();
    assert_eq!(held["z"], "9500000000000000000");
    assert_eq!(held["m"], "9500000000000000001");
}

#[test]
fn a_payment_to_oneself_moves_nothing_away() {
    let table = "time,tx,from,to,asset,amount,fee\n1,a,v,thief,X,100,0\n2,b,thief,thief,X,100,1\n3,c,thief,q,X,99,0\n";
    let (_dir, ledger) = ledger(table, 100);
    for policy in Policy::ALL {
        let trace = one(&ledger, &[Seed::Transfer(0)], policy, &Stops::none());
        assert_eq!(
            ends(&trace)[&(EndReason::Unspent, "q".to_owned())],
            99,
            "{policy:?}"
        );
    }
}

#[test]
fn a_trace_goes_out_as_json_and_comes_back() {
    let (_dir, ledger) = ledger(THEFT, 100);
    let trace = one(&ledger, &[Seed::Transfer(1)], Policy::Lifo, &Stops::none());
    let json = serde_json::to_string(&trace).unwrap();
    assert!(
        json.starts_with("{\"schema\":\"strongroom.trace/1\",\"policy\":\"lifo\""),
        "{json}"
    );
    assert_eq!(serde_json::from_str::<Trace>(&json).unwrap(), trace);
}
