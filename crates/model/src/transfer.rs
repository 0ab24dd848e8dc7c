//! A transfer: one movement of one asset between two accounts, as every kind of ledger can say it.

use crate::{Amount, Moment};

/// One row of a ledger in ledger order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer<'a> {
    /// The row number, counted from 0 in ledger order.
    pub row: u64,
    /// When it was booked.
    pub when: Moment,
    /// The transaction, in its canonical form.
    pub transaction: &'a str,
    /// Who pays; empty where the asset is issued.
    pub from: &'a str,
    /// Who receives; empty where the asset is burnt.
    pub to: &'a str,
    /// The asset's name.
    pub asset: &'a str,
    /// Base units moved.
    pub amount: Amount,
    /// Base units that the payer pays on top, in the same asset.
    pub fee: Amount,
}
