//! Tracing value through a ledger of coins, forward to where it is and backward to where it came from.
//!
//! Only transactions that spend tainted coins are looked at, so the cost follows the tainted coins and not the chain.

mod chain;
mod coin;
mod mix;
mod outcome;
mod pass;
mod seed;
mod stops;
mod turns;
mod walk;
mod way;

pub use seed::CoinSeed;
pub use stops::{CoinStops, OwnerTag, OwnerTags, Subsidy};
pub use way::{UnitPlace, UnitWay};

use super::coin::CoinPolicy;
use super::result::{Direction, Trace};
use crate::LedgerError;
use crate::coins::CoinLedger;
use chain::Chain;
use seed::SeededCoins;
use strongroom_model::{Gap, Limits};
use walk::Walk;

/// Traces seeds by each policy, forward or backward.
///
/// Forward each policy is the convention that its name says. Backward the same conventions hold in a ledger that is
/// turned round in time: by FIFO and LIFO each unit takes the very way back that it came, poison reaches every
/// ancestor, haircut shares a coin out over what its transaction spent, pro rata; TIFO lays it on the first of those
/// inputs, TIHO on the greatest.
///
/// What the answer depends on is the ledger, the seeds as a set, the policy, the direction, the stops and the limits.
///
/// # Errors
/// Where the ledger cannot be read. A seed that the ledger does not know is a gap of the trace.
pub fn trace_coins(
    ledger: &CoinLedger,
    direction: Direction,
    seeds: &[CoinSeed],
    policies: &[CoinPolicy],
    stops: &CoinStops<'_>,
    limits: &Limits,
) -> Result<Vec<Trace<CoinPolicy>>, LedgerError> {
    let chain = Chain::of(ledger)?;
    let seeded = SeededCoins::of(chain, direction, seeds, stops)?;
    let follow = |policy: &CoinPolicy| {
        let mut walk = Walk::of(chain, *policy, direction, &seeded, stops, limits);
        walk.run()?;
        walk.finish()
    };
    policies.iter().map(follow).collect()
}

/// The outputs that carried taint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaintedCoins {
    /// Each output's number with its tainted units, ascending; the seeds with all of theirs.
    pub outputs: Vec<(u64, u64)>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
}

/// Walks as [`trace_coins`] does by one policy and returns nothing but which outputs carried taint, and how much: without names
/// and ways, of which a large trace has many.
///
/// # Errors
/// As [`trace_coins`].
pub fn tainted_coins(
    ledger: &CoinLedger,
    direction: Direction,
    seeds: &[CoinSeed],
    policy: CoinPolicy,
    stops: &CoinStops<'_>,
    limits: &Limits,
) -> Result<TaintedCoins, LedgerError> {
    let chain = Chain::of(ledger)?;
    let seeded = SeededCoins::of(chain, direction, seeds, stops)?;
    let mut walk = Walk::of(chain, policy, direction, &seeded, stops, limits);
    walk.run()?;
    walk.tainted()
}

/// How much a trace reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Outputs at which taint arrived, the seeds not counted.
    pub outputs: u64,
    /// Transactions that were worked.
    pub transactions: u64,
    /// Places where taint ended.
    pub ends: u64,
}

/// Walks as [`trace_coins`] does by one policy and says how much it reaches, without a name for anything: most of what a large
/// trace costs is its result.
///
/// # Errors
/// As [`trace_coins`].
pub fn reach_of_coins(
    ledger: &CoinLedger,
    direction: Direction,
    seeds: &[CoinSeed],
    policy: CoinPolicy,
    stops: &CoinStops<'_>,
    limits: &Limits,
) -> Result<Reach, LedgerError> {
    let chain = Chain::of(ledger)?;
    let seeded = SeededCoins::of(chain, direction, seeds, stops)?;
    let mut walk = Walk::of(chain, policy, direction, &seeded, stops, limits);
    let transactions = walk.run()?;
    Ok(Reach {
        outputs: walk.arrivals,
        transactions,
        ends: walk.ends.len() as u64,
    })
}
