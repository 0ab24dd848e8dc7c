//! `ledger cluster`: who belongs to an address's owner on a chain of coins, and why.

use anyhow::{Context, bail};
use serde::Serialize;
use std::collections::BTreeSet;
use strongroom_ledger::{Chain, Change, ClusterOptions, CoinLedger, Fate, Id, LedgerError, Owner, Reason};

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct ClusterQuery {
    /// The address whose cluster is wanted.
    pub address: String,
    /// Another address: why are the two together?
    pub why: Option<String>,
    /// Change heuristics that join as well.
    pub change: Vec<Change>,
    /// Joins the inputs of coinjoins too.
    pub join_coinjoins: bool,
    /// Transactions that are coinjoins whatever their shape.
    pub coinjoins: Vec<String>,
    /// Transactions that show nothing: unions that are taken back.
    pub without: Vec<String>,
}

/// An address of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The address in the chain's canonical spelling.
    pub address: String,
    /// Outputs that it was paid.
    pub outputs: u64,
    /// Base units that it can spend now.
    pub holds: u64,
}

/// The cluster of an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClusterAnswer {
    /// The chain.
    pub chain: String,
    /// The name of a base unit.
    pub unit: &'static str,
    /// The address that was asked for.
    pub address: String,
    /// Its cluster, in the order in which the addresses first appear on the chain; itself included.
    pub members: Vec<Member>,
    /// Base units that the cluster can spend now.
    pub holds: u64,
    /// The unions that lead from the address to the other one, where that was asked and they are together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Vec<Reason>>,
    /// Transactions of the whole chain that were taken for coinjoins.
    pub coinjoins: u64,
    /// Inputs of the chain whose output the ledger does not know: what they would join is not seen.
    pub unknown: u64,
}

/// Returns the cluster of an address.
///
/// # Errors
/// Where an address is none of the chain or never appears there, a transaction is not known, or the ledger cannot be read.
pub fn cluster(ledger: &CoinLedger, query: &ClusterQuery) -> anyhow::Result<ClusterAnswer> {
    let chain =
        Chain::named(ledger.chain()).with_context(|| format!("no chain {:?} is known", ledger.chain()))?;
    let asked = owner(ledger, chain, &query.address)?;
    let other = query
        .why
        .as_deref()
        .map(|text| owner(ledger, chain, text))
        .transpose()?;
    let options = ClusterOptions {
        declared: transactions(ledger, &query.coinjoins)?,
        without: transactions(ledger, &query.without)?,
        change: query.change.clone(),
        coinjoins: ClusterOptions::default()
            .coinjoins
            .filter(|_| !query.join_coinjoins),
    };
    let clusters = ledger.clusters(&options)?;
    let why = other.and_then(|other| clusters.unions.why(asked, other));
    let members = clusters.unions.members(asked).into_iter();
    let members: Vec<Member> = members
        .map(|owner| member(ledger, owner))
        .collect::<Result<_, _>>()?;
    Ok(ClusterAnswer {
        chain: chain.name().to_owned(),
        unit: chain.unit(),
        address: ledger.account(asked)?,
        // A chain's supply fits into 64 bits, and so does what a part of its owners hold; what blocks made up does not pass it.
        holds: members
            .iter()
            .fold(0, |sum, member| sum.saturating_add(member.holds)),
        members,
        why: why
            .map(|why| why.iter().map(|union| ledger.reason(union)).collect())
            .transpose()?,
        coinjoins: clusters.coinjoins.len() as u64,
        unknown: clusters.unknown,
    })
}

/// Returns the id of the owner that an address names.
fn owner(ledger: &CoinLedger, chain: &'static Chain, address: &str) -> anyhow::Result<u32> {
    let owner = Owner::of_address(address, chain)?;
    match ledger.owner_id(&owner)? {
        Some(id) => Ok(id),
        None => bail!("{address} is paid by no transaction of the ledger"),
    }
}

/// Returns the transactions that texts name, twins together.
fn transactions(ledger: &CoinLedger, texts: &[String]) -> anyhow::Result<BTreeSet<u32>> {
    let mut found = BTreeSet::new();
    for text in texts {
        let id = Id::read(text)
            .with_context(|| format!("{text:?} is no transaction: 64 hexadecimal digits are expected"))?;
        let known = ledger.find(&id)?;
        if known.is_empty() {
            bail!("the ledger has no transaction {text}");
        }
        found.extend(known);
    }
    Ok(found)
}

fn member(ledger: &CoinLedger, owner: u32) -> Result<Member, LedgerError> {
    let mut member = Member {
        address: ledger.account(owner)?,
        outputs: 0,
        holds: 0,
    };
    for output in ledger.outputs_of(owner) {
        let output = output?;
        member.outputs += 1;
        if ledger.fate(output)? == Fate::Unspent {
            member.holds = member.holds.saturating_add(ledger.value(output)?);
        }
    }
    Ok(member)
}
