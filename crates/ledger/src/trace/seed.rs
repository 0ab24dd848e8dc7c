//! Seeds: where taint begins.
//!
//! Every seed comes down to seeded rows. A seeded row's arrival is tainted whole, whatever its payer held;
//! taint that the payer did send with it ends there, absorbed by the seed. A seed account's rows are all its
//! arrivals from `since` on, except what it pays itself. What it held before stays clean.

use crate::LedgerError;
use crate::store::{Ledger, NOBODY, Place};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Amount, Gap, Moment, Observable, Why};

/// Where taint begins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seed {
    /// One transfer, by its row.
    Transfer(u64),
    /// All transfers of a transaction, by its id in any spelling.
    Transaction(String),
    /// A theft wallet: all that arrives there.
    Account {
        /// The account, in any spelling.
        account: String,
        /// Only this asset.
        asset: Option<String>,
        /// Only from this moment on.
        since: Option<Moment>,
    },
}

/// The seeded rows, in ledger order, and what could not be seeded.
#[derive(Debug, Default)]
pub(super) struct Seeded {
    pub(super) rows: BTreeSet<Place>,
    pub(super) gaps: Vec<Gap>,
}

impl Seeded {
    /// Resolves seeds. The order in which they are given, and their repetition, make no difference.
    pub(super) fn of(ledger: &Ledger, seeds: &[Seed]) -> Result<Self, LedgerError> {
        let mut seeded = Seeded::default();
        for seed in seeds.iter().collect::<BTreeSet<_>>() {
            let why = match seeded.add(ledger, seed)? {
                None => "the ledger does not know it",
                Some(0) => "nothing arrives there",
                Some(_) => continue,
            };
            seeded.gaps.push(Gap::new(place_of(seed), Why::Truncated, why));
        }
        seeded.drop_sums(ledger)?;
        Ok(seeded)
    }

    /// Returns how many rows the seed stands for, or `None` where the ledger does not know it.
    fn add(&mut self, ledger: &Ledger, seed: &Seed) -> Result<Option<usize>, LedgerError> {
        match seed {
            Seed::Transfer(row) if *row >= ledger.rows() => Ok(None),
            Seed::Transfer(row) => self.add_rows(ledger, &[*row]).map(Some),
            Seed::Transaction(transaction) => {
                let rows = ledger.rows_of_transaction(transaction)?;
                let added = self.add_rows(ledger, &rows)?;
                Ok((!rows.is_empty()).then_some(added))
            }
            Seed::Account {
                account,
                asset,
                since,
            } => {
                let Some(account) = ledger.account_id(account)? else {
                    return Ok(None);
                };
                let asset = asset.as_deref().map(|asset| ledger.asset_id(asset)).transpose()?;
                if asset == Some(None) {
                    return Ok(None);
                }
                let rows = arrivals(ledger, account, asset.flatten(), *since)?;
                self.add_rows(ledger, &rows).map(Some)
            }
        }
    }

    /// Returns how many of the rows move something to somebody.
    fn add_rows(&mut self, ledger: &Ledger, rows: &[u64]) -> Result<usize, LedgerError> {
        let mut added = 0;
        for row in rows {
            let entry = ledger.entry(*row)?;
            if entry.to != NOBODY && !entry.amount.is_zero() {
                self.rows.insert(Place {
                    micros: entry.micros,
                    row: *row,
                });
                added += 1;
            }
        }
        Ok(added)
    }

    /// Leaves away rows that would take the sum of an asset's seeds above 256 bits.
    fn drop_sums(&mut self, ledger: &Ledger) -> Result<(), LedgerError> {
        let mut sums: BTreeMap<u32, Amount> = BTreeMap::new();
        let mut beyond = Vec::new();
        for place in &self.rows {
            let entry = ledger.entry(place.row)?;
            let sum = sums.entry(entry.asset).or_default();
            match sum.checked_add(entry.amount) {
                Some(more) => *sum = more,
                None => beyond.push(*place),
            }
        }
        for place in beyond {
            self.rows.remove(&place);
            self.gaps.push(beyond_256_bits(place.row));
        }
        Ok(())
    }
}

fn arrivals(
    ledger: &Ledger,
    account: u32,
    asset: Option<u32>,
    since: Option<Moment>,
) -> Result<Vec<u64>, LedgerError> {
    let mut rows = Vec::new();
    for place in ledger.places_of(account)? {
        let entry = ledger.entry(place.row)?;
        let arrives = entry.to == account && entry.from != account;
        let wanted = asset.is_none_or(|asset| asset == entry.asset);
        if arrives && wanted && since.is_none_or(|since| entry.micros >= since.micros()) {
            rows.push(place.row);
        }
    }
    Ok(rows)
}

/// Returns the gap of a seeded row that cannot be accounted.
pub(super) fn beyond_256_bits(row: u64) -> Gap {
    Gap::new(
        format!("row {row}"),
        Why::Unsupported,
        "its sums leave 256 bits, it is not seeded",
    )
}

fn place_of(seed: &Seed) -> String {
    match seed {
        Seed::Transfer(row) => format!("seed row {row}"),
        Seed::Transaction(transaction) => format!("seed {}", Observable::transaction(transaction)),
        Seed::Account {
            account,
            asset: Some(asset),
            ..
        } => {
            format!(
                "seed {} in {}",
                Observable::account(account),
                Observable::asset(asset)
            )
        }
        Seed::Account { account, .. } => format!("seed {}", Observable::account(account)),
    }
}
