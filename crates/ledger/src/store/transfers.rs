//! Reading transfers in ledger order, names borrowed from the mapped segments.

use super::order::Merge;
use super::{Ledger, NOBODY};
use crate::LedgerError;
use strongroom_model::{Moment, Transfer};

/// Transfers in ledger order. Ends after the first error.
#[derive(Debug)]
pub struct Transfers<'a> {
    ledger: &'a Ledger,
    merge: Option<Merge<'a>>,
    error: Option<LedgerError>,
}

impl<'a> Transfers<'a> {
    fn of(ledger: &'a Ledger, merge: Result<Merge<'a>, LedgerError>) -> Self {
        match merge {
            Ok(merge) => Transfers {
                ledger,
                merge: Some(merge),
                error: None,
            },
            Err(error) => Transfers {
                ledger,
                merge: None,
                error: Some(error),
            },
        }
    }

    fn step(&mut self) -> Result<Option<Transfer<'a>>, LedgerError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let Some(merge) = &mut self.merge else {
            return Ok(None);
        };
        merge
            .next_place()?
            .map(|place| self.ledger.transfer(place.row))
            .transpose()
    }
}

impl<'a> Iterator for Transfers<'a> {
    type Item = Result<Transfer<'a>, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.step().transpose();
        if matches!(item, Some(Err(_))) {
            self.merge = None;
        }
        item
    }
}

impl Ledger {
    /// Returns all transfers in ledger order.
    pub fn transfers(&self) -> Transfers<'_> {
        Transfers::of(self, Merge::rows(self))
    }

    /// Returns the transfers that an account pays or receives, in ledger order; none for an account that the
    /// ledger does not know.
    pub fn transfers_of(&self, account: &str) -> Transfers<'_> {
        let merge = self
            .account_id(account)
            .and_then(|id| Merge::rows_of(self, id.unwrap_or(NOBODY)));
        Transfers::of(self, merge)
    }

    /// Returns one transfer by its row.
    pub fn transfer(&self, row: u64) -> Result<Transfer<'_>, LedgerError> {
        let entry = self.entry(row)?;
        Ok(Transfer {
            row,
            when: Moment::from_micros(entry.micros),
            transaction: self.transaction(row)?,
            from: self.account(entry.from)?,
            to: self.account(entry.to)?,
            asset: self.asset(entry.asset)?,
            amount: entry.amount,
            fee: entry.fee,
        })
    }

    pub(crate) fn places_of(&self, account: u32) -> Result<Vec<super::Place>, LedgerError> {
        let mut merge = Merge::rows_of(self, account)?;
        let mut places = Vec::new();
        while let Some(place) = merge.next_place()? {
            places.push(place);
        }
        Ok(places)
    }
}
