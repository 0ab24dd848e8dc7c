//! The result of a trace, as it goes out (`strongroom.trace/1`).

use super::parcel::Origin;
use super::policy::Policy;
use super::sheet::BalanceSheet;
use crate::cluster::Reason;
use crate::coins::{Id, OutPoint};
use serde::{Deserialize, Serialize};
use strongroom_model::{Amount, Gap, Moment, Tag};

/// The schema of a trace as JSON.
pub const TRACE_SCHEMA: &str = "strongroom.trace/1";

/// What kind of ledger was traced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKind {
    /// Transfers between accounts.
    #[default]
    Accounts,
    /// Coins that are spent whole (UTXO).
    Coins,
}

/// Which way a trace went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From where value was stolen to where it is.
    #[default]
    Forward,
    /// From where value is to where it came from.
    Backward,
}

impl Direction {
    /// Returns the name as it stands in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            Direction::Forward => "forward",
            Direction::Backward => "backward",
        }
    }
}

/// Where stolen value is, by one policy; or, backward, where value came from.
///
/// `P` is [`Policy`] for a ledger of accounts and [`CoinPolicy`](super::CoinPolicy) for one of coins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace<P = Policy> {
    /// Always [`TRACE_SCHEMA`].
    pub schema: String,
    /// The convention that was followed.
    pub policy: P,
    /// What was traced.
    #[serde(default)]
    pub ledger: LedgerKind,
    /// Which way.
    #[serde(default)]
    pub direction: Direction,
    /// The seeded transfers or outputs, in ledger order.
    pub seeds: Vec<SeedRow>,
    /// Where taint ended, by asset, reason, row and account.
    pub ends: Vec<End>,
    /// Tainted units from account to account, by asset, payer and receiver; of coins those into and out of each
    /// transaction, in ledger order.
    pub flows: Vec<Flow>,
    /// How taint travelled: each step is one transfer or output, behind the step before it.
    pub steps: Vec<Step>,
    /// Every seeded unit, booked.
    pub sheet: BalanceSheet,
    /// Balances that had to be assumed at the beginning of the ledger.
    pub openings: Vec<Opening>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
}

impl<P> Trace<P> {
    /// Returns the rows that brought taint to a step, the seeded row first; of coins the outputs' numbers.
    pub fn path(&self, step: u32) -> Vec<u64> {
        self.way(step).into_iter().map(|step| step.row).collect()
    }

    /// Returns the steps that brought taint to a step, the seeded one first.
    pub fn way(&self, step: u32) -> Vec<&Step> {
        let mut way = Vec::new();
        let mut at = Some(step);
        while let Some(step) = at.and_then(|at| self.steps.get(at as usize)) {
            way.push(step);
            // A step stands behind its predecessor; anything else would be a circle.
            at = step.before.filter(|before| at.is_some_and(|at| *before < at));
        }
        way.reverse();
        way
    }
}

/// A seeded transfer or output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedRow {
    /// Its row, or the output's number in a ledger of coins.
    pub row: u64,
    /// The output, in a ledger of coins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outpoint: Option<OutPoint>,
    /// The block's height, in a ledger of coins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// When.
    pub when: Moment,
    /// The transaction.
    pub transaction: String,
    /// Who paid; none in a ledger of coins, where inputs of several owners pay together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
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
    /// It went over into another asset, in which the trace goes on.
    Converted,
    /// It arrived where sums cannot be told: they leave 256 bits, or a transaction spends what the ledger does not know.
    NotAccountable,
    /// The account holds it where the walk reached its limit.
    Limit,
    /// It went into an extension block (Litecoin's MWEB), or backward came out of one, and is not seen there.
    Mweb,
    /// A coinbase of the same id took its coin's place (BIP 30): nobody can spend it.
    Overwritten,
    /// It was a fee, and the miner left a part of the reward unclaimed: nobody has it.
    Unclaimed,
    /// Backward: it was mined, by the reward of a block.
    Mined,
    /// Backward: it was there before the ledger begins.
    Opening,
    /// Backward: it was issued, by nobody in the ledger: minted, or a reward.
    Issued,
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
            EndReason::Converted => "converted",
            EndReason::NotAccountable => "not_accountable",
            EndReason::Limit => "limit",
            EndReason::Mweb => "mweb",
            EndReason::Overwritten => "overwritten",
            EndReason::Unclaimed => "unclaimed",
            EndReason::Mined => "mined",
            EndReason::Opening => "opening",
            EndReason::Issued => "issued",
        }
    }
}

/// Taint that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Why it ended there.
    pub reason: EndReason,
    /// Who holds it, received it, or paid it as a fee; the payer where it was burnt. Backward who paid it, held it before the
    /// ledger begins, or got it when it was issued. Empty for a fee in a ledger of
    /// coins, where inputs of several owners pay together.
    pub account: String,
    /// The asset.
    pub asset: String,
    /// Tainted units.
    pub amount: Amount,
    /// Who is behind the account, where it is a service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// Why the tag counts, where no list names the account itself: it is the word of its cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterWord>,
    /// The row in which it ended; for what is held, the row that brought it first. In a ledger of coins the output's
    /// number; of a fee the transaction's.
    pub row: u64,
    /// The output, in a ledger of coins; none of a fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outpoint: Option<OutPoint>,
    /// The transaction that paid it, in a ledger of coins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Id>,
    /// The block's height, in a ledger of coins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// When that was.
    pub when: Moment,
    /// Transfers since the seed, on the shortest way among its pieces.
    pub hops: u32,
    /// The step that brought its first piece: see [`Trace::path`].
    pub step: u32,
    /// Its pieces, each with the way it came.
    pub pieces: Vec<Piece>,
}

/// Why the tag of another address counts for this one: evidence joins them, and none of it is proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterWord {
    /// The address that the list names.
    pub member: String,
    /// The unions that lead there, the first at the account itself.
    pub why: Vec<Reason>,
    /// Unions behind those that are left out of a long way.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub left_out: u64,
}

// The shape that serde asks for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_nothing(count: &u64) -> bool {
    *count == 0
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

/// What a flow joins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowKind {
    /// An account and an account.
    #[default]
    Transfer,
    /// An account and the transaction that spends its coins.
    Spend,
    /// A transaction and the account whose coins it makes.
    Receipt,
    /// A transaction and the coinbase that takes its fee.
    Fee,
}

impl FlowKind {
    /// Returns the name as it stands in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            FlowKind::Transfer => "transfer",
            FlowKind::Spend => "spend",
            FlowKind::Receipt => "receipt",
            FlowKind::Fee => "fee",
        }
    }

    fn is_transfer(&self) -> bool {
        matches!(self, FlowKind::Transfer)
    }
}

/// Tainted units between two accounts, or between an account and a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// What it joins.
    #[serde(default, skip_serializing_if = "FlowKind::is_transfer")]
    pub kind: FlowKind,
    /// Who paid.
    pub from: String,
    /// Who received.
    pub to: String,
    /// The asset.
    pub asset: String,
    /// Tainted units, all transfers together.
    pub amount: Amount,
    /// How many transfers or coins carried taint.
    pub transfers: u64,
    /// The first of them: its row, or the output's number in a ledger of coins; of a fee the transaction's.
    pub row: u64,
    /// When that was.
    pub when: Moment,
}

/// One transfer or output that carried taint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its row, or the output's number in a ledger of coins.
    pub row: u64,
    /// The output, in a ledger of coins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outpoint: Option<OutPoint>,
    /// The block's height, in a ledger of coins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
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
