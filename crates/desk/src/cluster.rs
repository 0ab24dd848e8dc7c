//! `ledger cluster`: who belongs to an address's owner on a chain of coins, and why.

use anyhow::{Context, bail};
use serde::Serialize;
use std::collections::BTreeSet;
use strongroom_ledger::{Chain, Change, ClusterOptions, CoinLedger, Edge, Fate, Id, Owner};

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

/// One union on the way between two addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The addresses that it joined.
    pub between: [String; 2],
    /// The transaction that shows it.
    pub transaction: String,
    /// The heuristic's name.
    pub evidence: &'static str,
    /// How sure the heuristic is, in per cent: a rank, not a probability.
    pub confidence: u8,
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
    let naming = Naming { ledger, chain };
    let why = other.and_then(|other| clusters.unions.why(asked, other));
    let members = clusters.unions.members(asked).into_iter();
    let members: Vec<Member> = members
        .map(|owner| naming.member(owner))
        .collect::<anyhow::Result<_>>()?;
    Ok(ClusterAnswer {
        chain: chain.name().to_owned(),
        unit: chain.unit(),
        address: naming.name(asked)?,
        // A chain's supply fits into 64 bits, and so does what a part of its owners hold.
        holds: members.iter().map(|member| member.holds).sum(),
        members,
        why: why
            .map(|why| why.iter().map(|edge| naming.reason(edge)).collect())
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

struct Naming<'a> {
    ledger: &'a CoinLedger,
    chain: &'static Chain,
}

impl Naming<'_> {
    fn name(&self, owner: u32) -> anyhow::Result<String> {
        let owner = self.ledger.owner(owner)?;
        let address = owner.address(self.chain);
        Ok(address.map_or_else(
            || "a script without an address".to_owned(),
            |address| address.to_string(),
        ))
    }

    fn member(&self, owner: u32) -> anyhow::Result<Member> {
        let mut member = Member {
            address: self.name(owner)?,
            outputs: 0,
            holds: 0,
        };
        for output in self.ledger.outputs_of(owner) {
            let output = output?;
            member.outputs += 1;
            if self.ledger.fate(output)? == Fate::Unspent {
                member.holds = member.holds.saturating_add(self.ledger.value(output)?);
            }
        }
        Ok(member)
    }

    fn reason(&self, edge: &Edge) -> anyhow::Result<Reason> {
        Ok(Reason {
            between: [self.name(edge.owners.0)?, self.name(edge.owners.1)?],
            transaction: self.ledger.transaction(edge.transaction)?.id.to_string(),
            evidence: edge.evidence.as_str(),
            confidence: edge.evidence.confidence(),
        })
    }
}
