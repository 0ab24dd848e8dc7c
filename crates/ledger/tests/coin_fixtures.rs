//! What chains of coins have that is peculiar, one small chain for each.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod coin_chains;

use coin_chains::{SUBSIDY, block, id, input, ledger, output, transaction};
use strongroom_ledger::{
    Block, CoinLedger, CoinPolicy, CoinSeed, CoinStops, Direction, End, EndReason, FlowKind, OutPoint,
    Output, Owner, Trace, Transaction, UnitPlace, trace_coins,
};
use strongroom_model::{Amount, Limits, Why};

fn seed(number: u64, vout: u32) -> CoinSeed {
    CoinSeed::Output {
        outpoint: OutPoint {
            transaction: id(number),
            vout,
        },
        height: None,
    }
}

fn follow(
    ledger: &CoinLedger,
    seeds: &[CoinSeed],
    policy: CoinPolicy,
    stops: &CoinStops<'_>,
) -> Trace<CoinPolicy> {
    let limits = Limits::default();
    let traces = trace_coins(ledger, Direction::Forward, seeds, &[policy], stops, &limits);
    traces.unwrap().swap_remove(0)
}

fn back(ledger: &CoinLedger, seeds: &[CoinSeed], policy: CoinPolicy) -> Trace<CoinPolicy> {
    let (stops, limits) = (CoinStops::default(), Limits::default());
    let traces = trace_coins(ledger, Direction::Backward, seeds, &[policy], &stops, &limits);
    traces.unwrap().swap_remove(0)
}

fn units(amount: Amount) -> u64 {
    amount.limbs()[0]
}

/// Reason, transaction, output and units of each end.
fn ends(trace: &Trace<CoinPolicy>) -> Vec<(EndReason, u64, Option<u32>, u64)> {
    let number = |end: &End| u64::from_le_bytes(end.transaction.unwrap().0[..8].try_into().unwrap());
    let vout = |end: &End| end.outpoint.map(|outpoint| outpoint.vout);
    let ends = trace.ends.iter();
    ends.map(|end| (end.reason, number(end), vout(end), units(end.amount)))
        .collect()
}

/// A coinbase of one coin.
fn mined(number: u64, value: u64) -> Transaction {
    transaction(number, Vec::new(), vec![output(value, 9)])
}

#[test]
fn twins_are_told_apart_by_height_and_the_earlier_is_destroyed() {
    let blocks = [
        block(0, vec![mined(1, 24)]),
        block(1, vec![mined(1, 20)]),
        block(
            2,
            vec![
                mined(2, 24),
                transaction(3, vec![input(1, 0)], vec![output(20, 1)]),
            ],
        ),
    ];
    let (_dir, ledger) = ledger(&blocks, 64);
    let both = follow(&ledger, &[seed(1, 0)], CoinPolicy::Fifo, &CoinStops::default());
    assert_eq!(
        ends(&both),
        [
            (EndReason::Unspent, 3, Some(0), 20),
            (EndReason::Overwritten, 1, Some(0), 24)
        ]
    );
    assert_eq!(units(both.sheet.assets[0].destroyed), 24);
    let outpoint = OutPoint {
        transaction: id(1),
        vout: 0,
    };
    for (height, reason) in [(0, EndReason::Overwritten), (1, EndReason::Unspent)] {
        let seeds = [CoinSeed::Output {
            outpoint,
            height: Some(height),
        }];
        let trace = follow(&ledger, &seeds, CoinPolicy::Fifo, &CoinStops::default());
        assert_eq!(
            (trace.seeds[0].height, trace.ends[0].reason),
            (Some(height), reason)
        );
    }
    let seeds = [CoinSeed::Output {
        outpoint,
        height: Some(2),
    }];
    let trace = follow(&ledger, &seeds, CoinPolicy::Fifo, &CoinStops::default());
    assert_eq!(
        (trace.ends.len(), trace.gaps[0].cause.clone()),
        (0, Why::Truncated)
    );
}

/// 100 stolen units pay a fee of 6; the block's other transaction pays 4 before it; the coinbase leaves 5 unclaimed.
fn unclaimed() -> [Block; 2] {
    let stolen = transaction(10, vec![input(1, 0)], vec![output(94, 1)]);
    let other = transaction(11, vec![input(1, 1)], vec![output(46, 2)]);
    let made = transaction(1, Vec::new(), vec![output(100, 9), output(50, 9)]);
    let coinbase = transaction(2, Vec::new(), vec![output(SUBSIDY + 5, 3)]);
    [block(0, vec![made]), block(1, vec![coinbase, other, stolen])]
}

#[test]
fn a_fee_is_an_end_or_goes_to_the_coinbase_and_what_nobody_claims_is_destroyed() {
    let (_dir, ledger) = ledger(&unclaimed(), 64);
    let fifo = CoinPolicy::Fifo;
    let trace = follow(&ledger, &[seed(1, 0)], fifo, &CoinStops::default());
    assert_eq!(
        ends(&trace),
        [
            (EndReason::Unspent, 10, Some(0), 94),
            (EndReason::Fee, 10, None, 6)
        ]
    );
    let subsidy = |_| SUBSIDY;
    let stops = CoinStops {
        follow_fees: Some(&subsidy),
        ..CoinStops::default()
    };
    // The coinbase spends the subsidy, then 4 clean units, then 6 tainted ones: one of them is claimed.
    let trace = follow(&ledger, &[seed(1, 0)], fifo, &stops);
    let expected = [
        (EndReason::Unspent, 10, Some(0), 94),
        (EndReason::Unspent, 2, Some(0), 1),
        (EndReason::Unclaimed, 2, None, 5),
    ];
    let mut found = ends(&trace);
    found.sort_by_key(|end| expected.iter().position(|one| one == end));
    assert_eq!(found, expected);
    let sheet = &trace.sheet.assets[0];
    assert_eq!(
        (units(sheet.destroyed), units(sheet.fees), sheet.conserved()),
        (5, 0, true)
    );
    let fee: Vec<_> = trace
        .flows
        .iter()
        .filter(|flow| flow.kind == FlowKind::Fee)
        .collect();
    assert_eq!(
        (fee.len(), &fee[0].from, &fee[0].to),
        (1, &id(10).to_string(), &id(2).to_string())
    );
    // The way of the claimed unit leads through the fee.
    let end = trace
        .ends
        .iter()
        .find(|end| end.transaction == Some(id(2)))
        .unwrap();
    let way: Vec<_> = trace
        .way(end.step)
        .iter()
        .map(|step| step.outpoint.unwrap().transaction)
        .collect();
    assert_eq!(way, [id(1), id(2)]);
}

#[test]
fn a_subsidy_that_does_not_fit_leaves_fees_where_they_were_paid() {
    let (_dir, ledger) = ledger(&unclaimed(), 64);
    let subsidy = |_| 3;
    let stops = CoinStops {
        follow_fees: Some(&subsidy),
        ..CoinStops::default()
    };
    let trace = follow(&ledger, &[seed(1, 0)], CoinPolicy::Fifo, &stops);
    assert_eq!(
        ends(&trace),
        [
            (EndReason::Unspent, 10, Some(0), 94),
            (EndReason::Fee, 10, None, 6)
        ]
    );
    assert!(trace.gaps[0].place.contains(&id(2).to_string()));
}

#[test]
fn a_block_that_spends_before_it_makes_is_followed_all_the_same() {
    // 12 spends 11 spends 10, and they stand the other way round.
    let one = |number, from| transaction(number, vec![input(from, 0)], vec![output(24, 1)]);
    let blocks = [
        block(0, vec![mined(1, 24)]),
        block(1, vec![mined(2, 24), one(12, 11), one(11, 10), one(10, 1)]),
    ];
    let (_dir, ledger) = ledger(&blocks, 64);
    for policy in CoinPolicy::ALL {
        let trace = follow(&ledger, &[seed(1, 0)], policy, &CoinStops::default());
        assert_eq!(
            ends(&trace),
            [(EndReason::Unspent, 12, Some(0), 24)],
            "{policy:?}"
        );
        let way = trace.way(trace.ends[0].step);
        let way: Vec<_> = way
            .iter()
            .map(|step| step.outpoint.unwrap().transaction)
            .collect();
        assert_eq!(way, [id(1), id(10), id(11), id(12)]);
    }
}

#[test]
fn an_unknown_previous_output_ends_the_path_and_is_a_gap() {
    let unknown = transaction(10, vec![input(1, 0), input(777, 3)], vec![output(30, 1)]);
    let blocks = [
        block(500, vec![mined(1, 24)]),
        block(501, vec![mined(2, 24), unknown]),
    ];
    let (_dir, ledger) = ledger(&blocks, 64);
    for policy in CoinPolicy::ALL {
        let trace = follow(&ledger, &[seed(1, 0)], policy, &CoinStops::default());
        assert_eq!(
            ends(&trace),
            [(EndReason::NotAccountable, 1, Some(0), 24)],
            "{policy:?}"
        );
        assert!(
            trace
                .gaps
                .iter()
                .any(|gap| gap.hides && gap.place.contains(&id(10).to_string()))
        );
        let trace = back(&ledger, &[seed(10, 0)], policy);
        assert_eq!(
            ends(&trace),
            [(EndReason::NotAccountable, 10, Some(0), 30)],
            "{policy:?}"
        );
    }
}

#[test]
fn what_was_there_before_the_ledger_begins_is_a_source_and_can_be_a_seed() {
    let mut old = input(777, 3);
    old.known = Some(output(30, 5));
    let blocks = [
        block(500, vec![mined(1, 24)]),
        block(
            501,
            vec![mined(2, 24), transaction(10, vec![old], vec![output(29, 1)])],
        ),
    ];
    let (_dir, ledger) = ledger(&blocks, 64);
    let trace = back(&ledger, &[seed(10, 0)], CoinPolicy::Lifo);
    assert_eq!(ends(&trace), [(EndReason::Opening, 777, Some(3), 29)]);
    let trace = follow(&ledger, &[seed(777, 3)], CoinPolicy::Tifo, &CoinStops::default());
    assert_eq!(
        ends(&trace),
        [
            (EndReason::Unspent, 10, Some(0), 29),
            (EndReason::Fee, 10, None, 1)
        ]
    );
}

#[test]
fn the_extension_block_is_an_end_and_what_comes_out_of_it_is_clean() {
    let mweb = |value| Output {
        value,
        owner: Owner::Mweb,
    };
    let into = transaction(10, vec![input(1, 0)], vec![mweb(20), output(4, 1)]);
    let out = transaction(11, vec![input(10, 0)], vec![output(20, 2)]);
    let blocks = [
        block(0, vec![mined(1, 24)]),
        block(1, vec![mined(2, 24), into]),
        block(2, vec![mined(3, 24), out]),
    ];
    let (_dir, ledger) = ledger(&blocks, 64);
    let trace = follow(&ledger, &[seed(1, 0)], CoinPolicy::Haircut, &CoinStops::default());
    assert_eq!(
        ends(&trace),
        [
            (EndReason::Unspent, 10, Some(1), 4),
            (EndReason::Mweb, 10, Some(0), 20)
        ]
    );
    assert_eq!(trace.ends[1].account, "mweb");
    let trace = back(&ledger, &[seed(11, 0)], CoinPolicy::Poison);
    assert_eq!(ends(&trace), [(EndReason::Mweb, 10, Some(0), 20)]);
    // What is seeded there is not seen from there on either; where it came from is.
    let trace = follow(&ledger, &[seed(10, 0)], CoinPolicy::Fifo, &CoinStops::default());
    assert_eq!(ends(&trace), [(EndReason::Mweb, 10, Some(0), 20)]);
    let trace = back(&ledger, &[seed(10, 0)], CoinPolicy::Fifo);
    assert_eq!(ends(&trace), [(EndReason::Mined, 1, Some(0), 20)]);
}

#[test]
fn an_output_without_value_keeps_its_place_and_nobody_burns() {
    let nobody = |value| Output {
        value,
        owner: Owner::Nobody,
    };
    let outputs = vec![output(0, 1), nobody(5), output(0, 2), output(19, 3)];
    let blocks = [
        block(0, vec![mined(1, 24)]),
        block(1, vec![mined(2, 24), transaction(10, vec![input(1, 0)], outputs)]),
    ];
    let (_dir, ledger) = ledger(&blocks, 64);
    let trace = follow(&ledger, &[seed(1, 0)], CoinPolicy::Fifo, &CoinStops::default());
    assert_eq!(
        ends(&trace),
        [
            (EndReason::Unspent, 10, Some(3), 19),
            (EndReason::Burnt, 10, Some(1), 5)
        ]
    );
    let first = trace.ends[0].pieces[0].origin.unwrap();
    assert_eq!(units(first.offset), 5, "the first five units were burnt");
    let trace = follow(&ledger, &[seed(10, 0)], CoinPolicy::Fifo, &CoinStops::default());
    assert!(trace.ends.is_empty() && trace.gaps[0].why.contains("nothing arrives"));
    // What was burnt came from somewhere.
    let trace = back(&ledger, &[seed(10, 1)], CoinPolicy::Fifo);
    assert_eq!(ends(&trace), [(EndReason::Mined, 1, Some(0), 5)]);
}

#[test]
fn lifo_turns_a_coin_round_and_still_says_which_units_it_holds() {
    let split = transaction(10, vec![input(1, 0)], vec![output(10, 1), output(14, 2)]);
    let again = transaction(11, vec![input(10, 0)], vec![output(4, 3), output(6, 4)]);
    let blocks = [
        block(0, vec![mined(1, 24)]),
        block(1, vec![mined(2, 24), split, again]),
    ];
    let (_dir, ledger) = ledger(&blocks, 64);
    let trace = follow(&ledger, &[seed(1, 0)], CoinPolicy::Lifo, &CoinStops::default());
    let offsets: Vec<_> = trace
        .ends
        .iter()
        .map(|end| units(end.pieces[0].origin.unwrap().offset))
        .collect();
    // Output 10:0 got the last ten, 14 to 23, the last first; of those its own last four are 14 to 17.
    assert_eq!(ends(&trace)[0], (EndReason::Unspent, 10, Some(1), 14));
    assert_eq!(offsets, [0, 14, 18]);
    let unit = UnitPlace::Output {
        output: trace.seeds[0].row,
        offset: 14,
    };
    let way = ledger.unit_way(CoinPolicy::Lifo, unit, 9).unwrap().unwrap();
    assert!(way.returns);
    assert_eq!(
        way.places.last(),
        Some(&UnitPlace::Output {
            output: trace.ends[1].row,
            offset: 0
        })
    );
    assert_eq!(ledger.unit_way(CoinPolicy::Tifo, unit, 9).unwrap(), None);
}

#[test]
fn a_limit_leaves_a_gap_and_books_what_was_on_its_way() {
    let one = |number, from| transaction(number, vec![input(from, 0)], vec![output(24, 1)]);
    let blocks = [
        block(0, vec![mined(1, 24)]),
        block(1, vec![mined(2, 24), one(10, 1), one(11, 10)]),
    ];
    let (_dir, ledger) = ledger(&blocks, 64);
    let limits = Limits {
        steps: 1,
        ..Limits::default()
    };
    let (seeds, stops) = ([seed(1, 0)], CoinStops::default());
    let traces = trace_coins(
        &ledger,
        Direction::Forward,
        &seeds,
        &CoinPolicy::ALL,
        &stops,
        &limits,
    )
    .unwrap();
    for trace in traces {
        assert_eq!(ends(&trace), [(EndReason::Limit, 10, Some(0), 24)]);
        assert!(matches!(trace.gaps[0].cause, Why::Limit(_)) && trace.sheet.conserved());
    }
}
