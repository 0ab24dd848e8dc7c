//! The laws of TAINT.md on random chains of coins, and every policy against the oracle that plays every unit.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod coin_chains;

use coin_chains::oracle::{Ends, Rules, Spot, Unit, play};
use coin_chains::{Dice, SHOP, SUBSIDY, chain, ledger, owner};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use strongroom_ledger::{
    Block, CoinInput, CoinLedger, CoinPolicy, CoinSeed, CoinStops, Direction, End, EndReason, FlowKind,
    LedgerError, OutPoint, Owner, OwnerTag, Trace, UnitPlace, tainted_coins, trace_coins,
};
use strongroom_model::{Amount, Limits, Service, Tag};

type CoinTrace = Trace<CoinPolicy>;

/// Policies that keep units apart.
const APART: [CoinPolicy; 4] = [
    CoinPolicy::Fifo,
    CoinPolicy::Lifo,
    CoinPolicy::Tifo,
    CoinPolicy::Tiho,
];

/// A chain, seeds in it and the rules of a trace.
#[derive(Clone)]
struct Setting {
    /// What the chain was made of, for a test that fails to say.
    made_of: String,
    blocks: Vec<Block>,
    seeds: Vec<CoinSeed>,
    rules: Rules,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.made_of, self.rules)
    }
}

fn setting(partial: bool) -> impl Strategy<Value = Setting> {
    let rules = (
        any::<bool>(),
        0u64..5,
        prop::option::of(0u32..4),
        prop::option::of(0u32..9),
        any::<bool>(),
    );
    (any::<u64>(), 1u32..9, rules).prop_map(move |(seed, blocks, rules)| {
        let made_of = format!("chain({seed}, {blocks}, {partial})");
        let blocks = chain(seed, blocks, partial);
        let (shop, dust, hops, until_height, follow_fees) = rules;
        let rules = Rules {
            shop: shop.then(|| owner(SHOP)),
            dust,
            hops,
            until_height,
            follow_fees,
        };
        Setting {
            made_of,
            seeds: seeds(&blocks, Dice(seed ^ 1)),
            blocks,
            rules,
        }
    })
}

fn seeds(blocks: &[Block], mut dice: Dice) -> Vec<CoinSeed> {
    let mut seeds = Vec::new();
    for _ in 0..1 + dice.roll(3) {
        let block = &blocks[dice.roll(blocks.len() as u64) as usize];
        let at = dice.roll(block.transactions.len() as u64) as usize;
        let transaction = &block.transactions[at];
        let height = (dice.roll(2) == 0).then_some(block.height);
        seeds.push(match dice.roll(3) {
            0 => CoinSeed::Transaction {
                id: transaction.id,
                height,
            },
            1 => CoinSeed::Owner {
                owner: owner(dice.roll(5) as u8),
                since: None,
                from_height: height,
            },
            _ => CoinSeed::Output {
                outpoint: OutPoint {
                    transaction: transaction.id,
                    vout: dice.roll(transaction.outputs.len() as u64) as u32,
                },
                height,
            },
        });
    }
    seeds
}

fn traces(ledger: &CoinLedger, setting: &Setting, direction: Direction) -> Vec<CoinTrace> {
    let tag = |number: u32| -> Result<Option<OwnerTag>, LedgerError> {
        let tag = || Tag {
            label: "Shop".into(),
            service: Service::Other,
            source: "test".into(),
            confidence: None,
            date: None,
        };
        let shop = ledger.owner(number)? == owner(SHOP);
        Ok(shop.then(|| tag().into()))
    };
    let subsidy = |_| SUBSIDY;
    let rules = &setting.rules;
    let stops = CoinStops {
        tags: rules.shop.is_some().then_some(&tag as _),
        parties: false,
        dust: rules.dust,
        hops: rules.hops,
        until: None,
        until_height: rules.until_height,
        follow_fees: rules.follow_fees.then_some(&subsidy as _),
    };
    let limits = Limits::default();
    trace_coins(
        ledger,
        direction,
        &setting.seeds,
        &CoinPolicy::ALL,
        &stops,
        &limits,
    )
    .unwrap()
}

/// The seeded outputs of a trace, and the output of each number.
fn seeded(trace: &CoinTrace) -> BTreeMap<u64, Spot> {
    let spot = |seed: &strongroom_ledger::SeedRow| (seed.row, (seed.outpoint.unwrap(), seed.height.unwrap()));
    trace.seeds.iter().map(spot).collect()
}

fn units(amount: Amount) -> u64 {
    amount.limbs()[0]
}

/// The units at an end, each by its seed; where they are mixed, each is the same.
fn units_at(end: &End, seeds: &BTreeMap<u64, Spot>) -> Vec<Option<(Spot, u64)>> {
    let mut all = Vec::new();
    for piece in &end.pieces {
        for unit in 0..units(piece.amount) {
            let origin = piece
                .origin
                .map(|origin| (seeds[&origin.seed], units(origin.offset) + unit));
            all.push(origin);
        }
    }
    all.sort_unstable();
    all
}

type Found = BTreeMap<(&'static str, OutPoint, u32), Vec<Option<(Spot, u64)>>>;

fn found(trace: &CoinTrace) -> Found {
    let seeds = seeded(trace);
    let mut found = Found::new();
    for end in &trace.ends {
        let fee = OutPoint {
            transaction: end.transaction.unwrap(),
            vout: u32::MAX,
        };
        let key = (
            end.reason.as_str(),
            end.outpoint.unwrap_or(fee),
            end.height.unwrap(),
        );
        let mut units = units_at(end, &seeds);
        // A coin that was seeded and never spent is not mixed yet.
        units
            .iter_mut()
            .for_each(|unit| *unit = unit.filter(|_| APART.contains(&trace.policy)));
        found.entry(key).or_default().extend(units);
    }
    found
}

fn wanted(ends: Ends, apart: bool) -> Found {
    let mut wanted = Found::new();
    for (key, units) in ends {
        let origin = |unit: Unit| apart.then_some((unit.seed, unit.offset));
        let mut units: Vec<_> = units.into_iter().map(origin).collect();
        units.sort_unstable();
        wanted.insert(key, units);
    }
    wanted
}

/// Every output that taint reached.
fn reached(trace: &CoinTrace) -> BTreeSet<u64> {
    trace.steps.iter().map(|step| step.row).collect()
}

/// The seeded outputs, and all that has value among what the transactions that made them spend, and so on; a
/// transaction that spends what is not known ends it, and so do zero values, other seeds and extension blocks.
fn ancestors(ledger: &CoinLedger, trace: &CoinTrace) -> BTreeSet<u64> {
    let seeds: BTreeSet<u64> = trace.seeds.iter().map(|seed| seed.row).collect();
    let mut open: Vec<u64> = seeds.iter().copied().collect();
    let mut reached = seeds.clone();
    while let Some(output) = open.pop() {
        let seeded = seeds.contains(&output);
        let owner = ledger.owner(ledger.owner_of(output).unwrap()).unwrap();
        if owner == Owner::Mweb && !seeded {
            continue;
        }
        let Some(maker) = ledger.transaction_of(output).unwrap() else {
            continue;
        };
        let spent = ledger.inputs(maker).unwrap();
        let known = |input: &CoinInput| match input {
            CoinInput::Spent { output, .. } => Some(*output),
            CoinInput::Unknown(_) => None,
        };
        let Some(spent) = spent.iter().map(known).collect::<Option<Vec<u64>>>() else {
            continue;
        };
        for before in spent {
            if ledger.value(before).unwrap() > 0 && reached.insert(before) {
                open.push(before);
            }
        }
    }
    reached
}

fn check_law_1(trace: &CoinTrace) {
    if trace.policy.conserves() {
        assert!(trace.sheet.conserved(), "{:?}: {:?}", trace.policy, trace.sheet);
    }
    for end in &trace.ends {
        let pieces = Amount::checked_sum(end.pieces.iter().map(|piece| piece.amount));
        assert_eq!(pieces, Some(end.amount));
        assert_eq!(
            trace.path(end.step).last().is_some(),
            end.reason != EndReason::Limit
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_short_answer_says_what_the_long_one_says(setting in setting(true), back in any::<bool>()) {
        let (_dir, ledger) = ledger(&setting.blocks, 64);
        let direction = if back { Direction::Backward } else { Direction::Forward };
        let (stops, limits) = (CoinStops::default(), Limits::default());
        for policy in CoinPolicy::ALL {
            let trace = trace_coins(&ledger, direction, &setting.seeds, &[policy], &stops, &limits).unwrap().remove(0);
            let short = tainted_coins(&ledger, direction, &setting.seeds, policy, &stops, &limits).unwrap();
            prop_assert_eq!(&short.gaps, &trace.gaps);
            let outputs: BTreeMap<u64, u64> = short.outputs.iter().copied().collect();
            prop_assert_eq!(outputs.len(), short.outputs.len());
            prop_assert_eq!(outputs.keys().copied().collect::<BTreeSet<_>>(), reached(&trace));
            for seed in &trace.seeds {
                prop_assert_eq!(outputs[&seed.row], units(seed.amount));
            }
            let arrival = if back { FlowKind::Spend } else { FlowKind::Receipt };
            let arrived: u64 = trace.flows.iter().filter(|flow| flow.kind == arrival).map(|flow| units(flow.amount)).sum();
            let of = |reason| trace.ends.iter().filter(move |end: &&End| end.reason == reason);
            let absorbed: u64 = of(EndReason::Absorbed).map(|end| units(end.amount)).sum();
            let seeded: u64 = trace.seeds.iter().map(|seed| units(seed.amount)).sum();
            prop_assert_eq!(outputs.values().sum::<u64>() - seeded + absorbed, arrived);
            for end in of(EndReason::Unspent) {
                prop_assert_eq!(outputs[&end.row], units(end.amount));
            }
        }
    }

    #[test]
    fn every_policy_does_to_every_unit_what_the_oracle_does(setting in setting(true)) {
        let (_dir, ledger) = ledger(&setting.blocks, 64);
        for trace in traces(&ledger, &setting, Direction::Forward) {
            let mut seeds: BTreeSet<Spot> = seeded(&trace).into_values().collect();
            // A seed later than the trace looks is not reached.
            seeds.retain(|(_, height)| setting.rules.until_height.is_none_or(|until| *height <= until));
            let ends = play(trace.policy, &setting.blocks, &seeds, &setting.rules);
            let wanted = wanted(ends, APART.contains(&trace.policy));
            prop_assert_eq!(found(&trace), wanted, "{:?} {:?}", trace.policy, &setting.rules);
        }
    }

    #[test]
    fn law_1_no_unit_appears_or_vanishes(setting in setting(true)) {
        let (_dir, ledger) = ledger(&setting.blocks, 64);
        for direction in [Direction::Forward, Direction::Backward] {
            traces(&ledger, &setting, direction).iter().for_each(check_law_1);
        }
    }

    #[test]
    fn law_2_poison_reaches_all_that_any_other_policy_reaches(setting in setting(true)) {
        let (_dir, ledger) = ledger(&setting.blocks, 64);
        for direction in [Direction::Forward, Direction::Backward] {
            let traces = traces(&ledger, &setting, direction);
            let poison = reached(&traces[0]);
            for trace in &traces[1..] {
                let beyond: Vec<_> = reached(trace).difference(&poison).copied().collect();
                prop_assert!(beyond.is_empty(), "{:?} reaches {beyond:?}", trace.policy);
            }
        }
    }

    #[test]
    fn law_3_every_unit_walks_back_to_its_seed_and_forward_again(setting in setting(false)) {
        let (_dir, ledger) = ledger(&setting.blocks, 64);
        let setting = Setting { rules: Rules { follow_fees: false, ..setting.rules }, ..setting };
        for trace in traces(&ledger, &setting, Direction::Forward) {
            if !matches!(trace.policy, CoinPolicy::Fifo | CoinPolicy::Lifo) {
                continue;
            }
            for end in &trace.ends {
                for piece in &end.pieces {
                    let origin = piece.origin.unwrap();
                    let path = trace.path(piece.step);
                    for offset in [0, units(piece.amount) - 1] {
                        let from = UnitPlace::Output { output: origin.seed, offset: units(origin.offset) + offset };
                        let fee = usize::from(end.reason == EndReason::Fee);
                        let absorbed = usize::from(end.reason == EndReason::Absorbed);
                        let hops = path.len() - 1 + fee + absorbed;
                        let way = ledger.unit_way(trace.policy, from, hops).unwrap().unwrap();
                        prop_assert!(way.returns, "{way:?}");
                        let outputs = way.places.iter().filter_map(|place| match place {
                            UnitPlace::Output { output, .. } => Some(*output),
                            UnitPlace::Fee { .. } => None,
                        });
                        let outputs: Vec<u64> = outputs.collect();
                        let expected: Vec<u64> = path.iter().copied().chain((absorbed > 0).then_some(end.row)).collect();
                        prop_assert_eq!(outputs, expected);
                    }
                }
            }
        }
    }

    #[test]
    fn law_4_neither_the_order_of_seeds_nor_segments_nor_a_restart_matters(
        setting in setting(true), rows in 1u32..40, stop in 0usize..8,
    ) {
        let (_one, whole) = ledger(&setting.blocks, 1000);
        let (dir, mut parts) = ledger(&setting.blocks[..stop.min(setting.blocks.len())], rows);
        parts.append(&setting.blocks, &mut |_| ()).unwrap();
        drop(parts);
        let again = CoinLedger::open(dir.path()).unwrap();
        let mut turned = setting.clone();
        turned.seeds.reverse();
        turned.seeds.extend(setting.seeds.first().cloned());
        for direction in [Direction::Forward, Direction::Backward] {
            let truth = serde_json::to_string(&traces(&whole, &setting, direction)).unwrap();
            prop_assert_eq!(&serde_json::to_string(&traces(&again, &turned, direction)).unwrap(), &truth);
        }
    }

    #[test]
    fn backward_poison_reaches_every_ancestor_and_nothing_else(setting in setting(true)) {
        let (_dir, ledger) = ledger(&setting.blocks, 64);
        let setting = Setting { rules: Rules::default(), ..setting };
        let trace = traces(&ledger, &setting, Direction::Backward).swap_remove(0);
        prop_assert_eq!(reached(&trace), ancestors(&ledger, &trace));
    }

    #[test]
    fn backward_each_unit_takes_the_way_that_it_came(setting in setting(false)) {
        let (_dir, ledger) = ledger(&setting.blocks, 64);
        let setting = Setting { rules: Rules::default(), ..setting };
        for trace in traces(&ledger, &setting, Direction::Backward) {
            if !matches!(trace.policy, CoinPolicy::Fifo | CoinPolicy::Lifo) {
                continue;
            }
            let targets: BTreeSet<u64> = trace.seeds.iter().map(|seed| seed.row).collect();
            for end in &trace.ends {
                for piece in &end.pieces {
                    let origin = piece.origin.unwrap();
                    let path = trace.path(piece.step);
                    let mut at = UnitPlace::Output { output: origin.seed, offset: units(origin.offset) };
                    for expected in &path[1..] {
                        at = ledger.unit_before(trace.policy, at).unwrap().unwrap();
                        let UnitPlace::Output { output, .. } = at else { panic!("{at:?}") };
                        prop_assert_eq!(output, *expected);
                    }
                    if end.reason == EndReason::Mined {
                        prop_assert_eq!(ledger.unit_before(trace.policy, at).unwrap(), None);
                    }
                    prop_assert!(end.reason != EndReason::Absorbed || targets.contains(&end.row));
                }
            }
        }
    }
}

#[test]
fn the_oracle_meets_every_reason() {
    let mut reasons = BTreeSet::new();
    for seed in 0..100 {
        let blocks = chain(seed, 8, true);
        let rules = Rules {
            shop: Some(owner(SHOP)),
            dust: 2,
            hops: Some(4),
            until_height: Some(6),
            follow_fees: seed % 2 == 0,
        };
        let setting = Setting {
            made_of: seed.to_string(),
            seeds: seeds(&blocks, Dice(seed)),
            blocks,
            rules,
        };
        let (_dir, ledger) = ledger(&setting.blocks, 64);
        for direction in [Direction::Forward, Direction::Backward] {
            let traces = traces(&ledger, &setting, direction);
            reasons.extend(traces.iter().flat_map(|t| t.ends.iter().map(|end| end.reason)));
        }
    }
    let all = [
        EndReason::Unspent,
        EndReason::Until,
        EndReason::Service,
        EndReason::Dust,
        EndReason::Hops,
        EndReason::Fee,
        EndReason::Absorbed,
        EndReason::Burnt,
        EndReason::NotAccountable,
        EndReason::Mweb,
        EndReason::Overwritten,
        EndReason::Unclaimed,
        EndReason::Mined,
        EndReason::Opening,
    ];
    assert_eq!(reasons.into_iter().collect::<Vec<_>>(), all);
}
