//! The result of a trace, as it goes out (`strongroom.trace/1`).

use super::parcel::Origin;
use super::policy::Policy;
use super::sheet::BalanceSheet;
use serde::{Deserialize, Serialize};
use strongroom_model::{Amount, Gap, Moment, Tag};

/// The schema of a trace as JSON.
pub const TRACE_SCHEMA: &str = "strongroom.trace/1";

/// Where stolen value is, by one policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Always [`TRACE_SCHEMA`].
    pub schema: String,
    /// The convention that was followed.
    pub policy: Policy,
    /// The seeded transfers, in ledger order.
    pub seeds: Vec<SeedRow>,
    /// Where taint ended, by asset, reason, row and account.
    pub ends: Vec<End>,
    /// Tainted units from account to account, by asset, payer and receiver.
    pub flows: Vec<Flow>,
    /// How taint travelled: each step is one transfer, behind the step before it.
    pub steps: Vec<Step>,
    /// Every seeded unit, booked.
    pub sheet: BalanceSheet,
    /// Balances that had to be assumed at the beginning of the ledger.
    pub openings: Vec<Opening>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
}

impl Trace {
    /// Returns the rows that brought taint to a step, the seeded row first.
    pub fn path(&self, step: u32) -> Vec<u64> {
        let mut rows = Vec::new();
        let mut at = Some(step);
        while let Some(step) = at.and_then(|at| self.steps.get(at as usize)) {
            rows.push(step.row);
            // A step stands behind its predecessor; anything else would be a circle.
            at = step.before.filter(|before| at.is_some_and(|at| *before < at));
        }
        rows.reverse();
        rows
    }
}

/// A seeded transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedRow {
    /// Its row.
    pub row: u64,
    /// When.
    pub when: Moment,
    /// The transaction.
    pub transaction: String,
    /// Who paid.
    pub from: String,
    /// Who received.
    pub account: String,
    /// The asset.
    pub asset: String,
    /// Units, all of them tainted.
    pub amount: Amount,
}

/// Why taint ended where it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EndReason {
    /// The account holds it at the end of the ledger.
    Unspent,
    /// The account holds it at the moment until which was traced.
    Until,
    /// It arrived at a tagged service.
    Service,
    /// It fell below the dust threshold.
    Dust,
    /// It travelled as many transfers as were asked for.
    Hops,
    /// It was paid as a fee.
    Fee,
    /// It arrived at another seed.
    Absorbed,
    /// It was burnt.
    Burnt,
    /// It arrived where sums leave 256 bits.
    NotAccountable,
    /// The account holds it where the walk reached its limit.
    Limit,
}

impl EndReason {
    /// Returns the name as it stands in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            EndReason::Unspent => "unspent",
            EndReason::Until => "until",
            EndReason::Service => "service",
            EndReason::Dust => "dust",
            EndReason::Hops => "hops",
            EndReason::Fee => "fee",
            EndReason::Absorbed => "absorbed",
            EndReason::Burnt => "burnt",
            EndReason::NotAccountable => "not_accountable",
            EndReason::Limit => "limit",
        }
    }
}

/// Taint that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Why it ended there.
    pub reason: EndReason,
    /// Who holds it, received it, or paid it as a fee; the payer where it was burnt.
    pub account: String,
    /// The asset.
    pub asset: String,
    /// Tainted units.
    pub amount: Amount,
    /// Who is behind the account, where it is a service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// The row in which it ended; for what is held, the row that brought it first.
    pub row: u64,
    /// When that was.
    pub when: Moment,
    /// Transfers since the seed, on the shortest way among its pieces.
    pub hops: u32,
    /// The step that brought its first piece: see [`Trace::path`].
    pub step: u32,
    /// Its pieces, each with the way it came.
    pub pieces: Vec<Piece>,
}

/// A run of tainted units at an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Units.
    pub amount: Amount,
    /// Which units of which seed they are, under policies that keep units apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The step that brought them: see [`Trace::path`].
    pub step: u32,
}

/// Tainted units between two accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Who paid.
    pub from: String,
    /// Who received.
    pub to: String,
    /// The asset.
    pub asset: String,
    /// Tainted units, all transfers together.
    pub amount: Amount,
    /// How many transfers carried taint.
    pub transfers: u64,
    /// The first of them.
    pub row: u64,
    /// When that was.
    pub when: Moment,
}

/// One transfer that carried taint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its row.
    pub row: u64,
    /// The step before it; none for a seeded row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u32>,
}

/// What an account holds of an asset after its last row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Balance {
    /// The asset.
    pub asset: String,
    /// Units that were assumed to be there before its first row.
    pub opening: Amount,
    /// Units that are there now, those included.
    pub now: Amount,
}

/// A balance that an account must have had before the ledger begins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Opening {
    /// The account.
    pub account: String,
    /// The asset.
    pub asset: String,
    /// Units, taken as clean and oldest.
    pub amount: Amount,
}
