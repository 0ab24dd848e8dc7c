//! Who is behind the owners of a chain of coins: by the lists, and where that is asked by the clusters of what they name.

use anyhow::bail;
use std::collections::BTreeMap;
use strongroom_ledger::{ClusterOptions, CoinLedger, LedgerError, NamedClusters, Owner, OwnerTag, Unions};
use strongroom_model::{Gap, Tag, Why};
use strongroom_screening::Lists;

/// Names of the lists that are looked up in the ledger before a trace. Of more, each owner is asked for when a trace meets it.
const BEFORE: usize = 10_000;

/// Whom a trace asks.
pub(crate) enum OwnerTags<'a> {
    /// What the lists name, looked up in the ledger once for all policies.
    Known(NamedClusters),
    /// The lists, for each owner that is met.
    Asked(&'a Lists),
}

impl<'a> OwnerTags<'a> {
    /// Looks up what the lists name.
    pub(crate) fn of(ledger: &CoinLedger, lists: &'a Lists, by_cluster: bool) -> anyhow::Result<Self> {
        let keys = lists.keys();
        if ledger.rules().is_none() && by_cluster {
            bail!(
                "the chain {:?} is not known here: no list names its addresses",
                ledger.chain()
            );
        }
        if ledger.rules().is_none() || (!by_cluster && keys.len() > BEFORE) {
            return Ok(OwnerTags::Asked(lists));
        }
        let tags = tags(ledger, lists, &keys)?;
        let unions = match by_cluster {
            true => ledger.clusters(&ClusterOptions::default())?.unions,
            false => Unions::default(),
        };
        Ok(OwnerTags::Known(NamedClusters::of(&unions, tags)))
    }

    /// Returns who is behind an owner.
    pub(crate) fn tag(&self, ledger: &CoinLedger, owner: u32) -> Result<Option<OwnerTag>, LedgerError> {
        match self {
            OwnerTags::Known(named) => named.tag_of(ledger, owner),
            OwnerTags::Asked(lists) => Ok(lists.tag(&ledger.account(owner)?).map(OwnerTag::from)),
        }
    }

    /// Returns which clusters have no name though tags name members of them.
    pub(crate) fn gap(&self, ledger: &CoinLedger) -> Result<Option<Gap>, LedgerError> {
        let OwnerTags::Known(named) = self else {
            return Ok(None);
        };
        let Some(first) = named.torn().first() else {
            return Ok(None);
        };
        let why = format!(
            "{} clusters hold addresses of different parties and name none of their others, that of {} among them",
            named.torn().len(),
            ledger.account(*first)?
        );
        Ok(Some(Gap::new("clusters", Why::Damaged, why).harmless()))
    }
}

/// Returns the owners of the ledger that stop traces, by the lists.
fn tags(ledger: &CoinLedger, lists: &Lists, keys: &[&str]) -> Result<BTreeMap<u32, Tag>, LedgerError> {
    let mut tags = BTreeMap::new();
    for key in keys {
        // A script without an address is spelled by its hash, which is no address to a list.
        let script = key
            .strip_prefix("text:")
            .filter(|text| text.starts_with("script:"));
        let Some(owner) = Owner::of_key(script.unwrap_or(key)) else {
            continue;
        };
        let tag = lists.tag_of_key(key).filter(|tag| tag.service.ends_traces(false));
        if let (Some(tag), Some(id)) = (tag, ledger.owner_id(&owner)?) {
            tags.insert(id, tag);
        }
    }
    Ok(tags)
}
