//! `trace`: theft wallets to where the stolen value is now, by every policy side by side.

use std::collections::BTreeMap;
use strongroom_ledger::{Ledger, LedgerError, Policy, Seed, Stops, Trace, trace as follow};
use strongroom_model::{Amount, Limits, Moment};
use strongroom_screening::Lists;

/// What is traced, and where it stops.
#[derive(Clone, Debug, Default)]
pub struct TraceOptions {
    /// Where taint begins.
    pub seeds: Vec<Seed>,
    /// The policies; none means all.
    pub policies: Vec<Policy>,
    /// By asset, base units below which an arrival is not followed.
    pub dust: BTreeMap<String, Amount>,
    /// Transfers after which nothing is followed.
    pub hops: Option<u32>,
    /// The last moment that is looked at.
    pub until: Option<Moment>,
}

/// Traces by each policy. A trace stops at the parties that the lists name.
///
/// # Errors
/// Where the ledger cannot be read.
pub fn trace(
    ledger: &Ledger,
    options: &TraceOptions,
    lists: &Lists,
    limits: &Limits,
) -> Result<Vec<Trace>, LedgerError> {
    let policies = if options.policies.is_empty() {
        &Policy::ALL[..]
    } else {
        &options.policies
    };
    let stops = Stops {
        tags: &|account| lists.tag(account),
        dust: options.dust.clone(),
        hops: options.hops,
        until: options.until,
    };
    follow(ledger, &options.seeds, policies, &stops, limits)
}
