//! `ledger deposits`: accounts whose whole income is swept to an exchange that a list names.

use strongroom_ledger::{Deposit, Ledger, LedgerError};
use strongroom_screening::Lists;

/// Returns the deposit addresses of the exchanges that the lists name, by account and asset.
///
/// # Errors
/// Where the ledger cannot be read.
pub fn deposits(ledger: &Ledger, lists: &Lists) -> Result<Vec<Deposit>, LedgerError> {
    ledger.deposits(&|account| lists.tag(account))
}
