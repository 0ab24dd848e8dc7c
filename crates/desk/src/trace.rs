//! `trace`: theft wallets to where the stolen value is now, by every policy side by side.

use crate::owner_tags::OwnerTags;
use anyhow::{Context, bail};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use std::collections::BTreeMap;
use strongroom_ledger::{
    Chain, CoinLedger, CoinPolicy, CoinSeed, CoinStops, Convention, Direction, Id, Ledger, LedgerError,
    OutPoint, Owner, Policy, Seed, Stops, Trace, trace as follow, trace_coins as follow_coins,
};
use strongroom_model::{Amount, Limits, Moment};
use strongroom_screening::Lists;

/// What is traced, and where it stops.
#[derive(Clone, Debug, Default)]
pub struct TraceOptions {
    /// Forward to where value is, or backward to where it came from.
    pub direction: Direction,
    /// Where taint begins.
    pub seeds: Vec<Seed>,
    /// The policies; none means all.
    pub policies: Vec<Policy>,
    /// By asset, base units below which an arrival is not followed.
    pub dust: BTreeMap<String, Amount>,
    /// Transfers after which nothing is followed.
    pub hops: Option<u32>,
    /// The last moment that is looked at; backward the first.
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
        parties: false,
        dust: options.dust.clone(),
        hops: options.hops,
        until: options.until,
    };
    follow(
        ledger,
        options.direction,
        &options.seeds,
        policies,
        &stops,
        limits,
    )
}

/// What is traced through a ledger of coins, and where it stops.
#[derive(Clone, Debug, Default)]
pub struct CoinTraceOptions {
    /// Forward to where value is, or backward to where it came from.
    pub direction: Direction,
    /// Where taint begins.
    pub seeds: Vec<CoinSeed>,
    /// The policies; none means all.
    pub policies: Vec<CoinPolicy>,
    /// Base units below which an arrival is not followed.
    pub dust: u64,
    /// Transactions after which nothing is followed.
    pub hops: Option<u32>,
    /// The last moment that is looked at; backward the first.
    pub until: Option<Moment>,
    /// The last height that is looked at; backward the first.
    pub until_height: Option<u32>,
    /// Follows fees to the miner instead of letting them be ends.
    pub follow_fees: bool,
    /// Stops also at owners whose cluster holds an address that a list names; such an end says so and why.
    pub by_cluster: bool,
}

/// Traces through a ledger of coins by each policy, policies side by side on the threads there are. A trace stops at the
/// parties that the lists name.
///
/// # Errors
/// Where the ledger cannot be read, or fees are to be followed on a chain whose subsidies are not known.
pub fn trace_coins(
    ledger: &CoinLedger,
    options: &CoinTraceOptions,
    lists: &Lists,
    limits: &Limits,
) -> anyhow::Result<Vec<Trace<CoinPolicy>>> {
    let policies = if options.policies.is_empty() {
        &CoinPolicy::ALL[..]
    } else {
        &options.policies
    };
    let subsidy = match (options.follow_fees, ledger.rules()) {
        (false, _) => None,
        (true, Some(rules)) => Some(|height| rules.subsidy(height)),
        (true, None) => bail!(
            "fees cannot be followed on {}: its subsidies are not known",
            ledger.asset()
        ),
    };
    let names = OwnerTags::of(ledger, lists, options.by_cluster)?;
    let tags = |owner| names.tag(ledger, owner);
    let stops = CoinStops {
        tags: (!lists.versions().is_empty()).then_some(&tags as _),
        parties: false,
        dust: options.dust,
        hops: options.hops,
        until: options.until,
        until_height: options.until_height,
        follow_fees: subsidy.as_ref().map(|subsidy| subsidy as _),
    };
    let one = |policy: &CoinPolicy| {
        follow_coins(
            ledger,
            options.direction,
            &options.seeds,
            std::slice::from_ref(policy),
            &stops,
            limits,
        )
    };
    let traces: Vec<Vec<_>> = policies.par_iter().map(one).collect::<Result<_, LedgerError>>()?;
    let mut traces: Vec<_> = traces.into_iter().flatten().collect();
    if let Some(gap) = names.gap(ledger)? {
        traces.iter_mut().for_each(|trace| trace.gaps.push(gap.clone()));
    }
    Ok(traces)
}

/// Returns the policy of a name, among all of a kind of ledger.
///
/// # Errors
/// Where none is called so; the error names them all.
pub fn policy_named<P: Convention>(all: &[P], name: &str) -> anyhow::Result<P> {
    let known = || {
        all.iter()
            .map(|policy| policy.name())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let found = all.iter().copied().find(|policy| policy.name() == name);
    found.with_context(|| {
        format!(
            "no policy for this kind of ledger is called {name:?}: {}",
            known()
        )
    })
}

/// Reads where taint begins in a ledger of accounts: a transaction where the ledger knows one of that name and no such account,
/// else an account.
///
/// # Errors
/// Where the ledger cannot be read.
pub fn account_seed(ledger: &Ledger, text: &str, since: Option<Moment>) -> Result<Seed, LedgerError> {
    if ledger.account_id(text)?.is_none() && !ledger.rows_of_transaction(text)?.is_empty() {
        return Ok(Seed::Transaction(text.to_owned()));
    }
    Ok(Seed::Account {
        account: text.to_owned(),
        asset: None,
        since,
    })
}

/// Reads where taint begins in a ledger of coins: an output (`TRANSACTION:NUMBER`), a transaction, an address, or a script
/// without one (`script:` and its SHA-256). Behind `@` an output or transaction may name the height of its block, which tells
/// twins apart.
///
/// # Errors
/// Where the text is none of them, or an address of another chain.
pub fn coin_seed(
    text: &str,
    rules: Option<&'static Chain>,
    since: Option<Moment>,
    from_height: Option<u32>,
) -> anyhow::Result<CoinSeed> {
    let (name, height) = match text.split_once('@') {
        Some((name, height)) => {
            let height = height
                .parse()
                .with_context(|| format!("{text:?}: no height stands behind @"))?;
            (name, Some(height))
        }
        None => (text, None),
    };
    if let Some(outpoint) = OutPoint::read(name) {
        return Ok(CoinSeed::Output { outpoint, height });
    }
    if let Some(id) = Id::read(name) {
        return Ok(CoinSeed::Transaction { id, height });
    }
    if height.is_some() {
        bail!("{text:?}: a height tells outputs and transactions apart, not owners: --since takes one");
    }
    let owner = match (name.strip_prefix("script:").and_then(Id::read), rules) {
        // An id is written backwards, a script's hash is not.
        (Some(Id(mut hash)), _) => {
            hash.reverse();
            Owner::Script(hash)
        }
        (None, Some(rules)) => Owner::of_address(name, rules)?,
        (None, None) => {
            bail!("{text:?} is no output or transaction, and the chain's addresses are not known here")
        }
    };
    Ok(CoinSeed::Owner {
        owner,
        since,
        from_height,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_an_output_a_transaction_or_an_owner() {
        let rules = Chain::named("bitcoin");
        let id = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";
        let read = |text: &str| coin_seed(text, rules, None, Some(7));
        let output = read(&format!("{id}:3@91722")).unwrap();
        let CoinSeed::Output { outpoint, height } = output else {
            panic!("{output:?}")
        };
        assert_eq!((outpoint.to_string(), height), (format!("{id}:3"), Some(91_722)));
        let transaction = read(id).unwrap();
        assert!(matches!(transaction, CoinSeed::Transaction { height: None, .. }));
        let script = read(&format!("script:{}", "01".repeat(31) + "02")).unwrap();
        let CoinSeed::Owner {
            owner: Owner::Script(hash),
            from_height: Some(7),
            ..
        } = script
        else {
            panic!("{script:?}")
        };
        assert_eq!(
            (hash[0], hash[31]),
            (1, 2),
            "a script's hash is not written backwards"
        );
        let owner = read("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa").unwrap();
        assert!(matches!(
            owner,
            CoinSeed::Owner {
                owner: Owner::KeyHash(_),
                ..
            }
        ));
        for wrong in [
            "thief",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa@5",
            "x@y",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read(&format!("{id}:+3")).is_err());
        assert!(coin_seed("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", None, None, None).is_err());
    }
}
