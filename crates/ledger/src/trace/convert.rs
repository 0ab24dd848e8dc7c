//! Conversions that the ledger itself shows: coins that a declared wrapper takes in and issues units for, one for one, and back.
//!
//! Both halves stand in one transaction: the payment to the wrapper and the units issued to whoever paid, or the units burnt
//! and the payment back. They are read, not inferred. Taint goes over with the units, in their order; in the asset that it
//! leaves it is booked as converted, in the other as arrived. What a wrapper holds is nobody's own: taint that comes to it
//! otherwise ends there.

use super::reading::Reading;
use crate::LedgerError;
use crate::ethereum::Chain;
use crate::store::{Entry, Ledger, NOBODY, Place};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one transaction that are looked through for the other half of a conversion.
const ROWS: usize = 4096;

/// A wrapper whose coin and units this ledger knows.
#[derive(Clone, Copy, Debug)]
struct Wrapper {
    account: u32,
    coin: u32,
    units: u32,
}

impl Wrapper {
    /// Returns whether a row begins a conversion.
    fn begins(&self, row: &Entry) -> bool {
        let wraps = row.asset == self.coin && row.to == self.account;
        let unwraps = row.asset == self.units && row.to == NOBODY;
        (wraps || unwraps) && row.from != self.account && row.from != NOBODY && !row.amount.is_zero()
    }

    /// Returns whether a row is the other half of one that begins.
    fn ends(&self, first: &Entry, row: &Entry) -> bool {
        let back = match first.asset == self.coin {
            true => row.asset == self.units && row.from == NOBODY,
            false => row.asset == self.coin && row.from == self.account,
        };
        back && row.to == first.from && row.amount == first.amount
    }
}

/// The wrappers of a ledger.
#[derive(Debug, Default)]
pub(super) struct Wrappers {
    known: Vec<Wrapper>,
    /// Of the transaction that was looked at last: its name, and row by row the other half.
    last: (String, BTreeMap<Place, Place>),
}

impl Wrappers {
    /// Finds those of the declared wrappers that the ledger knows.
    pub(super) fn of(ledger: &Ledger) -> Result<Self, LedgerError> {
        let chain = Chain::ethereum();
        let mut wrappers = Wrappers::default();
        for contract in chain.tokens.wrappers() {
            let account = ledger.account_id(&contract.to_string())?;
            let coin = ledger.asset_id(chain.coin())?;
            let units = ledger.asset_id(&chain.token(contract))?;
            if let (Some(account), Some(coin), Some(units)) = (account, coin, units) {
                wrappers.known.push(Wrapper { account, coin, units });
            }
        }
        Ok(wrappers)
    }

    /// Returns whether an account is a wrapper and an asset the coin that it wraps.
    pub(super) fn holds(&self, account: u32, asset: u32) -> bool {
        let is = |wrapper: &Wrapper| wrapper.account == account && wrapper.coin == asset;
        self.known.iter().any(is)
    }

    /// Returns where the other half of a conversion stands that a row begins.
    pub(super) fn other_half(
        &mut self,
        reading: Reading<'_>,
        place: Place,
        row: &Entry,
    ) -> Result<Option<Place>, LedgerError> {
        if !self.known.iter().any(|wrapper| wrapper.begins(row)) {
            return Ok(None);
        }
        let transaction = reading.transaction(place)?;
        if self.last.0 != transaction {
            self.last = (transaction.to_owned(), self.halves(reading, transaction)?);
        }
        let other = self.last.1.get(&place).copied();
        Ok(other.filter(|other| *other > place))
    }

    /// Pairs the rows of a transaction: each that begins a conversion with the first after it that ends it.
    fn halves(&self, reading: Reading<'_>, transaction: &str) -> Result<BTreeMap<Place, Place>, LedgerError> {
        let mut rows = Vec::new();
        for place in reading.places_of_transaction(transaction)?.into_iter().take(ROWS) {
            rows.push((place, reading.entry(place)?));
        }
        let (mut halves, mut taken) = (BTreeMap::new(), BTreeSet::new());
        for (at, (place, first)) in rows.iter().enumerate() {
            let Some(wrapper) = self.known.iter().find(|wrapper| wrapper.begins(first)) else {
                continue;
            };
            let later = rows.get(at + 1..).unwrap_or_default();
            let ends =
                |(place, entry): &&(Place, Entry)| !taken.contains(place) && wrapper.ends(first, entry);
            if let Some((other, _)) = later.iter().find(ends) {
                taken.insert(*other);
                halves.insert(*place, *other);
            }
        }
        Ok(halves)
    }
}
