//! What a trace came to, in the words of a case.

use std::collections::{BTreeMap, BTreeSet};
use strongroom_case as case;
use strongroom_ledger::{AssetSheet, End, EndReason, Ledger, LedgerError, SeedRow, Trace};
use strongroom_model::{Asset, Gap, Limit, Observable, Place};

/// Rows of one path that a case keeps; the ledger has the rest.
const PATH: usize = 64;

/// Returns a trace as a case keeps it.
///
/// # Errors
/// Where a row of a path cannot be read from the ledger.
pub fn traced(trace: &Trace, ledger: &Ledger, at: &Place) -> Result<case::Trace, LedgerError> {
    let ends = trace.ends.iter().map(|one| end(trace, one, ledger));
    Ok(case::Trace {
        policy: trace.policy.as_str().to_owned(),
        upper_bound: !trace.policy.conserves(),
        seeds: seeds(&trace.seeds),
        ends: ends.collect::<Result<_, _>>()?,
        sheet: trace.sheet.assets.iter().map(sheet).collect(),
        gaps: trace.gaps.iter().cloned().chain(cut_ways(trace)).collect(),
        at: at.clone(),
    })
}

/// Returns an asset; a ledger counts base units and does not say how many make a coin.
pub fn asset(name: &str) -> Asset {
    Asset {
        name: name.to_owned(),
        decimals: None,
    }
}

/// Returns one seed for each wallet and asset, with all that was seeded there.
fn seeds(rows: &[SeedRow]) -> Vec<case::Seed> {
    let mut sums: BTreeMap<(&str, &str), case::Seed> = BTreeMap::new();
    for row in rows {
        let seed = sums
            .entry((&row.account, &row.asset))
            .or_insert_with(|| case::Seed {
                account: Observable::account(&row.account),
                asset: asset(&row.asset),
                amount: Default::default(),
            });
        // The trace refuses seeds whose sum leaves 256 bits, so this sum cannot.
        seed.amount = seed.amount.checked_add(row.amount).unwrap_or(seed.amount);
    }
    sums.into_values().collect()
}

fn end(trace: &Trace, end: &End, ledger: &Ledger) -> Result<case::End, LedgerError> {
    let rows = trace.path(end.step);
    // The last hops, for they say where and when it arrived.
    let hops = rows.iter().skip(rows.len().saturating_sub(PATH));
    let hops = hops.map(|row| hop(*row, ledger));
    let held = !matches!(
        end.reason,
        EndReason::Fee | EndReason::Burnt | EndReason::Converted
    );
    Ok(case::End {
        account: Some(Observable::account(&end.account))
            .filter(|account| held && !account.value().is_empty()),
        asset: asset(&end.asset),
        amount: end.amount,
        reason: reason(end.reason),
        party: end.tag.clone(),
        seed: seed(trace, end),
        path: hops.collect::<Result<_, _>>()?,
    })
}

/// Says that ways are longer than a case keeps them.
fn cut_ways(trace: &Trace) -> Option<Gap> {
    let long = trace.ends.iter().filter(|end| trace.path(end.step).len() > PATH);
    let count = long.count();
    let why = format!("of {count} ways the last {PATH} transfers are kept");
    (count > 0).then(|| Gap::limit("ways", Limit::Rows, why))
}

/// Returns the wallet that all of an end comes from, where the policy tells: one that mixes units tells it only
/// where all of the asset was seeded in one wallet.
fn seed(trace: &Trace, end: &End) -> Option<Observable> {
    let units: Option<BTreeSet<u64>> = end
        .pieces
        .iter()
        .map(|piece| piece.origin.map(|origin| origin.seed))
        .collect();
    let seeds = trace.seeds.iter().filter(|seed| seed.asset == end.asset);
    let wallets: BTreeSet<&str> = seeds
        .filter(|seed| units.as_ref().is_none_or(|rows| rows.contains(&seed.row)))
        .map(|seed| seed.account.as_str())
        .collect();
    let mut wallets = wallets.into_iter();
    match (wallets.next(), wallets.next()) {
        (Some(only), None) => Some(Observable::account(only)),
        _ => None,
    }
}

fn hop(row: u64, ledger: &Ledger) -> Result<case::Hop, LedgerError> {
    let transfer = ledger.transfer(row)?;
    Ok(case::Hop {
        transaction: transfer.transaction.to_owned(),
        to: Observable::account(transfer.to),
        amount: transfer.amount,
        when: transfer.when,
    })
}

const fn reason(reason: EndReason) -> case::EndReason {
    match reason {
        EndReason::Unspent => case::EndReason::Unspent,
        EndReason::Until => case::EndReason::Time,
        EndReason::Service => case::EndReason::Service,
        EndReason::Dust => case::EndReason::Dust,
        EndReason::Hops => case::EndReason::Hops,
        EndReason::Fee => case::EndReason::Fee,
        EndReason::Absorbed => case::EndReason::Absorbed,
        EndReason::Burnt => case::EndReason::Destroyed,
        EndReason::Converted => case::EndReason::Converted,
        _ => case::EndReason::Unknown,
    }
}

fn sheet(sheet: &AssetSheet) -> case::SheetRow {
    case::SheetRow {
        asset: asset(&sheet.asset),
        seeded: sheet.seeded.checked_add(sheet.arrived).unwrap_or(sheet.seeded),
        unspent: sheet.unspent,
        stopped: sheet.stopped,
        fees: sheet.fees,
        absorbed: sheet.absorbed,
        destroyed: sheet.destroyed,
        converted: sheet.converted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use strongroom_ledger::{Direction, Mapping, Policy, Seed, Stops, trace};
    use strongroom_model::{EvidenceId, Limits, Span};

    #[test]
    fn a_long_way_ends_where_it_ended_and_is_told_to_be_cut() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(folder.path()).unwrap();
        let rows = (1..=80).map(|at| format!("{at},t{at},w{},w{at},XEM,5\n", at - 1));
        let table = "time,tx,from,to,asset,amount\n".to_owned() + &rows.collect::<String>();
        ledger
            .import_csv("t.csv", Cursor::new(table), &Mapping::default(), &mut |_| ())
            .unwrap();
        let seeds = [Seed::Transfer(0)];
        let traces = trace(
            &ledger,
            Direction::Forward,
            &seeds,
            &[Policy::Fifo],
            &Stops::none(),
            &Limits::default(),
        )
        .unwrap();
        let at = Place {
            evidence: EvidenceId::of(b""),
            span: Span::whole(),
        };
        let kept = traced(&traces[0], &ledger, &at).unwrap();
        assert_eq!(kept.ends[0].path.last().unwrap().to, Observable::account("w80"));
        assert_eq!((kept.ends[0].path.len(), kept.gaps.len()), (PATH, 1));
    }

    #[test]
    fn an_end_names_one_seed_only_where_its_policy_tells_them_apart() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(folder.path()).unwrap();
        let table = "time,tx,from,to,asset,amount,fee\n\
                     1,t1,hot,thief1,XEM,60,0\n2,t2,hot,thief2,XEM,40,0\n\
                     3,t3,thief1,mule,XEM,60,0\n4,t4,thief2,mule,XEM,40,0\n5,t5,mule,exchange,XEM,55,5\n";
        ledger
            .import_csv("t.csv", Cursor::new(table), &Mapping::default(), &mut |_| ())
            .unwrap();
        let seeds = ["t1", "t2"].map(|one| Seed::Transaction(one.to_owned()));
        let policies = [Policy::Haircut, Policy::Fifo];
        let traces = trace(
            &ledger,
            Direction::Forward,
            &seeds,
            &policies,
            &Stops::none(),
            &Limits::default(),
        )
        .unwrap();
        let at = Place {
            evidence: EvidenceId::of(b""),
            span: Span::whole(),
        };
        let [haircut, fifo] =
            [0, 1].map(|at_policy: usize| traced(&traces[at_policy], &ledger, &at).unwrap());
        let at_exchange = |trace: &case::Trace| {
            let exchange = Some(Observable::account("exchange"));
            let end = trace.ends.iter().find(|end| end.account == exchange);
            end.unwrap().seed.clone()
        };
        assert_eq!(at_exchange(&haircut), None, "it mixes both");
        assert_eq!(at_exchange(&fifo), Some(Observable::account("thief1")));
        let fees = fifo.ends.iter().filter(|end| end.reason == case::EndReason::Fee);
        assert_eq!(fees.map(|fee| fee.account.clone()).collect::<Vec<_>>(), [None]);
    }
}
