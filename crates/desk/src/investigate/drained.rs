//! What the drain detector found, in the words of a case.

use super::traced::asset;
use std::collections::BTreeMap;
use strongroom_case as case;
use strongroom_ledger::{Drain, DrainedAsset, Ledger, LedgerError};
use strongroom_model::{Evidence, Observable, Place, Span};

/// Returns a drain as a case keeps it.
///
/// # Errors
/// Where one of its rows cannot be read from the ledger.
pub fn drained(drain: &Drain, ledger: &Ledger, evidence: &Evidence) -> Result<case::Drain, LedgerError> {
    Ok(case::Drain {
        account: Observable::account(&drain.account),
        when: drain.when,
        moved: drain.assets.iter().map(moved).collect(),
        receivers: receivers(drain, ledger, evidence)?,
        why: drain.why.clone(),
        at: drain.rows.iter().map(|row| place(*row, evidence)).collect(),
    })
}

fn moved(drained: &DrainedAsset) -> case::Moved {
    case::Moved {
        asset: asset(&drained.asset),
        amount: drained.amount,
        share_permille: u32::try_from(drained.share).ok(),
        transfers: drained.payments,
    }
}

fn receivers(
    drain: &Drain,
    ledger: &Ledger,
    evidence: &Evidence,
) -> Result<Vec<case::Receiver>, LedgerError> {
    let mut receivers: BTreeMap<(String, String), case::Receiver> = BTreeMap::new();
    for row in &drain.rows {
        let transfer = ledger.transfer(*row)?;
        let key = (transfer.to.to_owned(), transfer.asset.to_owned());
        let receiver = receivers.entry(key).or_insert_with(|| case::Receiver {
            wallet: Observable::account(transfer.to),
            asset: asset(transfer.asset),
            amount: Default::default(),
            at: Vec::new(),
        });
        receiver.amount = receiver
            .amount
            .checked_add(transfer.amount)
            .ok_or(LedgerError::Sum(*row))?;
        receiver.at.push(place(*row, evidence));
    }
    Ok(receivers.into_values().collect())
}

fn place(row: u64, evidence: &Evidence) -> Place {
    Place {
        evidence: evidence.id.clone(),
        span: Span::row(row),
    }
}
