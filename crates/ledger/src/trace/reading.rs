//! A ledger of accounts as a walk reads it: in its order, or backward as its mirror.
//!
//! In the mirror the last row comes first and every transfer runs from its receiver to its payer, whose fee comes back to it
//! before. What an account holds at the ledger's end it holds there at the beginning; what it held before the ledger begins is
//! what it is left with. So one walk serves both ways, with the policies as they are: FIFO and LIFO backward are what they are
//! forward, unit by unit, the others are conventions of their own.

use super::result::{Direction, EndReason};
use crate::LedgerError;
use crate::store::{Entry, Ledger, Place};

/// A ledger, and which way it is read. Places that it gives and takes ascend in the order of reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) direction: Direction,
}

impl<'a> Reading<'a> {
    /// Returns a place of the ledger as a place of the reading, and the other way round.
    pub(super) fn turned(self, place: Place) -> Place {
        match self.direction {
            Direction::Forward => place,
            Direction::Backward => Place {
                micros: self.turned_micros(place.micros),
                row: !place.row,
            },
        }
    }

    /// Returns a moment of the ledger as one of the reading, and the other way round.
    pub(super) const fn turned_micros(self, micros: i64) -> i64 {
        match self.direction {
            Direction::Forward => micros,
            // The complement of a number descends where the number ascends.
            Direction::Backward => !micros,
        }
    }

    /// Returns the row of the ledger at a place.
    pub(super) fn row(self, place: Place) -> u64 {
        self.turned(place).row
    }

    /// Returns a row as this reading sees it.
    pub(super) fn entry(self, place: Place) -> Result<Entry, LedgerError> {
        let entry = self.ledger.entry(self.row(place))?;
        Ok(match self.direction {
            Direction::Forward => entry,
            Direction::Backward => Entry {
                from: entry.to,
                to: entry.from,
                ..entry
            },
        })
    }

    /// Returns the transaction of a row.
    pub(super) fn transaction(self, place: Place) -> Result<&'a str, LedgerError> {
        self.ledger.transaction(self.row(place))
    }

    /// Returns the rows of an account, in order.
    pub(super) fn places_of(self, account: u32) -> Result<Vec<Place>, LedgerError> {
        Ok(self.in_order(self.ledger.places_of(account)?))
    }

    /// Returns the rows of a transaction, by ascending row, or descending where the ledger is read backward.
    pub(super) fn places_of_transaction(self, transaction: &str) -> Result<Vec<Place>, LedgerError> {
        let place = |row| {
            let micros = self.ledger.micros(row)?;
            Ok(Place { micros, row })
        };
        let rows = self.ledger.rows_of_transaction(transaction)?;
        let places = rows.into_iter().map(place).collect::<Result<_, LedgerError>>()?;
        Ok(self.in_order(places))
    }

    fn in_order(self, mut places: Vec<Place>) -> Vec<Place> {
        if self.direction == Direction::Backward {
            places.reverse();
        }
        places.into_iter().map(|place| self.turned(place)).collect()
    }

    /// Returns why units end that go to nobody.
    pub(super) const fn at_nobody(self) -> EndReason {
        match self.direction {
            Direction::Forward => EndReason::Burnt,
            Direction::Backward => EndReason::Issued,
        }
    }

    /// Returns why units end that an account holds when all rows are read.
    pub(super) const fn at_the_end(self) -> EndReason {
        match self.direction {
            Direction::Forward => EndReason::Unspent,
            Direction::Backward => EndReason::Opening,
        }
    }
}
