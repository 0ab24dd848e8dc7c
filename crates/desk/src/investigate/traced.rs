//! What a trace came to, in the words of a case.

use std::collections::BTreeMap;
use strongroom_case as case;
use strongroom_ledger::{AssetSheet, End, EndReason, Ledger, LedgerError, SeedRow, Trace};
use strongroom_model::{Asset, Observable, Place};

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
        gaps: trace.gaps.clone(),
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
    let seed = rows
        .first()
        .and_then(|first| trace.seeds.iter().find(|seed| seed.row == *first));
    let one_seed = end
        .pieces
        .iter()
        .all(|piece| trace.path(piece.step).first() == rows.first());
    let hops = rows.iter().take(PATH).map(|row| hop(*row, ledger));
    Ok(case::End {
        account: Some(Observable::account(&end.account)).filter(|account| !account.value().is_empty()),
        asset: asset(&end.asset),
        amount: end.amount,
        reason: reason(end.reason),
        party: end.tag.clone(),
        seed: seed
            .filter(|_| one_seed)
            .map(|seed| Observable::account(&seed.account)),
        path: hops.collect::<Result<_, _>>()?,
    })
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
        _ => case::EndReason::Unknown,
    }
}

fn sheet(sheet: &AssetSheet) -> case::SheetRow {
    case::SheetRow {
        asset: asset(&sheet.asset),
        seeded: sheet.seeded,
        unspent: sheet.unspent,
        stopped: sheet.stopped,
        fees: sheet.fees,
        absorbed: sheet.absorbed,
        destroyed: sheet.destroyed,
        converted: sheet.converted,
    }
}
