//! The history of an account in an asset: its rows, its balance before each, and the opening balance that
//! must be assumed where its rows would take it below zero.

use super::reading::Reading;
use super::result::Direction;
use crate::LedgerError;
use crate::store::{Entry, Place};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use strongroom_model::Amount;

/// One account in one asset, over the whole ledger.
#[derive(Debug)]
pub(super) struct History {
    /// Its rows in the order of reading, each with the balance just before it.
    rows: Vec<(Place, Amount)>,
    /// The deepest deficit: booked as an opening balance, clean and oldest.
    pub(super) opening: Amount,
    /// The balance after the last row.
    pub(super) last: Amount,
}

impl History {
    /// Returns the balance just before a row of this history.
    pub(super) fn before(&self, place: Place) -> Option<Amount> {
        let at = self.rows.binary_search_by_key(&place, |(row, _)| *row).ok()?;
        self.rows.get(at).map(|(_, balance)| *balance)
    }

    /// Returns the next row after a place.
    pub(super) fn after(&self, place: Place) -> Option<Place> {
        let at = self.rows.partition_point(|(row, _)| *row <= place);
        self.rows.get(at).map(|(row, _)| *row)
    }
}

/// A balance that may be below zero: one of the two is zero.
#[derive(Clone, Copy, Debug, Default)]
struct Running {
    have: Amount,
    owed: Amount,
}

impl Running {
    fn credit(&mut self, amount: Amount) -> Option<()> {
        let paid = self.owed.min(amount);
        self.owed = self.owed.checked_sub(paid)?;
        self.have = self.have.checked_add(amount.checked_sub(paid)?)?;
        Some(())
    }

    fn debit(&mut self, amount: Amount) -> Option<()> {
        let paid = self.have.min(amount);
        self.have = self.have.checked_sub(paid)?;
        self.owed = self.owed.checked_add(amount.checked_sub(paid)?)?;
        Some(())
    }
}

/// The pass over one account's rows in one asset. Ends for good where a sum leaves 256 bits.
#[derive(Debug)]
struct Pass {
    direction: Direction,
    running: Running,
    deepest: Amount,
    rows: Vec<(Place, Running)>,
    overflown: bool,
}

impl Pass {
    fn of(direction: Direction) -> Self {
        Pass {
            direction,
            running: Running::default(),
            deepest: Amount::default(),
            rows: Vec::new(),
            overflown: false,
        }
    }

    fn row(&mut self, account: u32, place: Place, entry: &Entry) {
        self.rows.push((place, self.running));
        self.overflown |= self.apply(account, entry).is_none();
    }

    /// The payment, the arrival (of a payment to oneself), then the fee; backward the fee comes back first.
    fn apply(&mut self, account: u32, entry: &Entry) -> Option<()> {
        if self.direction == Direction::Backward && entry.to == account {
            self.running.credit(entry.fee)?;
        }
        if entry.from == account {
            self.debit(entry.amount)?;
        }
        if entry.to == account {
            self.running.credit(entry.amount)?;
        }
        if self.direction == Direction::Forward && entry.from == account {
            self.debit(entry.fee)?;
        }
        Some(())
    }

    fn debit(&mut self, amount: Amount) -> Option<()> {
        self.running.debit(amount)?;
        self.deepest = self.deepest.max(self.running.owed);
        Some(())
    }

    fn finish(self) -> Option<History> {
        let opening = self.deepest;
        // The greatest balance must fit, or the walk would fail in its midst.
        let last = (
            Place {
                micros: i64::MAX,
                row: u64::MAX,
            },
            self.running,
        );
        let balance = |(place, running): (Place, Running)| {
            let balance = opening.checked_add(running.have)?.checked_sub(running.owed)?;
            Some((place, balance))
        };
        if self.overflown {
            return None;
        }
        let (_, last) = balance(last)?;
        let rows = self.rows.into_iter().map(balance).collect::<Option<_>>()?;
        Some(History { rows, opening, last })
    }
}

/// Histories by asset; `None` where the sums leave 256 bits and nothing can be accounted.
type ByAsset = BTreeMap<u32, Option<Rc<History>>>;

/// An asset, and the balance before the first row and after the last; none where the sums leave 256 bits.
type OfAsset = (u32, Option<(Amount, Amount)>);

/// The histories of all touched accounts, shared by the policies of one call.
#[derive(Debug)]
pub(super) struct Histories<'a> {
    reading: Reading<'a>,
    accounts: HashMap<u32, ByAsset>,
}

impl<'a> Histories<'a> {
    pub(super) fn of(reading: Reading<'a>) -> Self {
        Histories {
            reading,
            accounts: HashMap::new(),
        }
    }

    /// Returns the history of an account in an asset, or `None` where it cannot be accounted.
    pub(super) fn get(&mut self, account: u32, asset: u32) -> Result<Option<Rc<History>>, LedgerError> {
        if !self.accounts.contains_key(&account) {
            let read = self.read(account)?;
            self.accounts.insert(account, read);
        }
        let history = self.accounts.get(&account).and_then(|assets| assets.get(&asset));
        Ok(history.cloned().flatten())
    }

    /// Returns the opening balances of an account that are not zero, by asset.
    pub(super) fn openings(&self, account: u32) -> Result<Vec<(u32, Amount)>, LedgerError> {
        let histories = self.read(account)?.into_iter();
        let openings = histories.filter_map(|(asset, history)| Some((asset, history?.opening)));
        Ok(openings.filter(|(_, opening)| !opening.is_zero()).collect())
    }

    /// Returns the opening balance of an account and its balance after its last row, by asset.
    pub(super) fn balances(&self, account: u32) -> Result<Vec<(u32, Amount, Amount)>, LedgerError> {
        let all = self.all_balances(account)?.into_iter();
        let known = all.filter_map(|(asset, balance)| balance.map(|(opening, last)| (asset, opening, last)));
        Ok(known.collect())
    }

    /// Returns the same of every asset; `None` where the sums leave 256 bits.
    pub(super) fn all_balances(&self, account: u32) -> Result<Vec<OfAsset>, LedgerError> {
        let histories = self.read(account)?.into_iter();
        let balances =
            histories.map(|(asset, history)| (asset, history.map(|history| (history.opening, history.last))));
        Ok(balances.collect())
    }

    fn read(&self, account: u32) -> Result<ByAsset, LedgerError> {
        let mut passes: BTreeMap<u32, Pass> = BTreeMap::new();
        for place in self.reading.places_of(account)? {
            let entry = self.reading.entry(place)?;
            let pass = passes
                .entry(entry.asset)
                .or_insert_with(|| Pass::of(self.reading.direction));
            pass.row(account, place, &entry);
        }
        Ok(passes
            .into_iter()
            .map(|(asset, pass)| (asset, pass.finish().map(Rc::new)))
            .collect())
    }
}
