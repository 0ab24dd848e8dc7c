//! `ledger deposits`: accounts whose whole income is swept to an exchange that a list names.

use serde::Serialize;
use strongroom_ledger::{Deposit, Ledger, LedgerError};
use strongroom_model::Gap;
use strongroom_screening::Lists;

/// The deposit addresses that a ledger shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DepositsAnswer {
    /// By account and asset.
    pub deposits: Vec<Deposit>,
    /// What the ledger lacks: a payment that is missing can make an address, or unmake one.
    pub gaps: Vec<Gap>,
}

/// Returns the deposit addresses of the exchanges that the lists name.
///
/// # Errors
/// Where the ledger cannot be read.
pub fn deposits(ledger: &Ledger, lists: &Lists) -> Result<DepositsAnswer, LedgerError> {
    Ok(DepositsAnswer {
        deposits: ledger.deposits(&|account| lists.tag(account))?,
        gaps: ledger.gaps(),
    })
}
