//! Tracing stolen value through an account ledger, forward to where it is and backward to where it came from: a frontier
//! walked in ledger order.
//!
//! Only rows of accounts that hold taint are looked at, so the cost follows the tainted accounts and not the
//! ledger. The definitions of the policies, of seeds, stops, fees and opening balances are those of TAINT.md.

mod coin;
mod coins;
mod convention;
mod convert;
mod export;
mod history;
mod holding;
mod issuance;
mod outcome;
mod outpoint;
mod parcel;
mod policy;
mod reading;
mod result;
mod seed;
mod sheet;
mod stops;
mod unit;
mod walk;

pub use coin::{CoinPolicy, Spent, Unbalanced, spend};
pub use coins::{
    CoinSeed, CoinStops, OwnerTag, OwnerTags, Reach, Subsidy, TaintedCoins, UnitPlace, UnitWay,
    reach_of_coins, tainted_coins, trace_coins,
};
pub use convention::Convention;
pub use export::{ends_csv, flows_csv, graphml};
pub use holding::Holding;
pub use parcel::{Origin, Parcel, Taint};
pub use policy::Policy;
pub use result::{
    Balance, ClusterWord, Direction, End, EndReason, Flow, FlowKind, LedgerKind, Opening, Piece, SeedRow,
    Step, TRACE_SCHEMA, Trace,
};
pub use seed::Seed;
pub use sheet::{AssetSheet, BalanceSheet};
pub use stops::Stops;
pub use unit::Unit;

use crate::{Ledger, LedgerError};
use history::Histories;
use reading::Reading;
use seed::Seeded;
use strongroom_model::Limits;
use walk::Walk;

/// Traces seeds by each policy, forward or backward.
///
/// Backward the seeded transfers are followed to their payers and on to whoever paid those: see the module `reading`.
///
/// What the answer depends on is the ledger's rows, the seeds as a set, the policy, the stops and the limits:
/// no order of seeds, no size of segments, no restart of an import.
///
/// # Errors
/// Where the ledger cannot be read. A seed that the ledger does not know is a gap of the trace.
pub fn trace(
    ledger: &Ledger,
    direction: Direction,
    seeds: &[Seed],
    policies: &[Policy],
    stops: &Stops<'_>,
    limits: &Limits,
) -> Result<Vec<Trace>, LedgerError> {
    let seeded = Seeded::of(ledger, seeds)?;
    let reading = Reading { ledger, direction };
    let mut histories = Histories::of(reading);
    policies
        .iter()
        .map(|policy| Walk::of(reading, *policy, stops, limits, &mut histories).run(&seeded))
        .collect()
}

impl Ledger {
    fn histories(&self) -> Histories<'_> {
        Histories::of(Reading {
            ledger: self,
            direction: Direction::Forward,
        })
    }

    /// Returns the balances that an account must have had before its first row, by asset: the deepest deficit
    /// that its rows would lead to. None for an account that the ledger does not know; an asset whose sums
    /// leave 256 bits has none.
    pub fn openings(&self, account: &str) -> Result<Vec<Opening>, LedgerError> {
        let Some(id) = self.account_id(account)? else {
            return Ok(Vec::new());
        };
        let mut openings = Vec::new();
        for (asset, amount) in self.histories().openings(id)? {
            let (account, asset) = (self.account(id)?.to_owned(), self.asset(asset)?.to_owned());
            openings.push(Opening {
                account,
                asset,
                amount,
            });
        }
        openings.sort();
        Ok(openings)
    }

    /// Returns what an account holds after its last row, by asset. None for an account that the ledger does not know; an asset
    /// whose sums leave 256 bits has none. Where `opening` is not zero, that much was assumed, and the true balance may
    /// be more.
    pub fn balances(&self, account: &str) -> Result<Vec<Balance>, LedgerError> {
        let Some(id) = self.account_id(account)? else {
            return Ok(Vec::new());
        };
        let mut balances = Vec::new();
        for (asset, opening, now) in self.histories().balances(id)? {
            let asset = self.asset(asset)?.to_owned();
            balances.push(Balance { asset, opening, now });
        }
        balances.sort();
        Ok(balances)
    }
}
