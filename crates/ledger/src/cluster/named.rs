//! Clusters that have a name: a tag names one of their members, and the unions between lead every other one to it.
//!
//! It is the cluster's word, never the address's: it is as sure as the weakest union on the way. Where the tags of a cluster's
//! members name different parties, a union is wrong or a tag is, and the cluster has no name.

use super::unions::{Edge, Unions};
use crate::{ClusterWord, CoinLedger, LedgerError, OwnerTag};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use strongroom_model::Tag;

/// Unions of a way that are told one by one.
const TOLD: usize = 64;

/// Tags of owners, and the clusters that they name.
#[derive(Clone, Debug, Default)]
pub struct NamedClusters {
    tags: BTreeMap<u32, Tag>,
    /// By owner: the union that leads a step nearer to a tagged member; none for that member itself.
    towards: HashMap<u32, Option<Edge>>,
    /// Leaders of clusters whose members' tags name different parties, ascending.
    torn: Vec<u32>,
}

impl NamedClusters {
    /// Finds the clusters of owners that have a tag.
    pub fn of(unions: &Unions, tags: BTreeMap<u32, Tag>) -> Self {
        let mut parties: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
        for (owner, tag) in &tags {
            parties
                .entry(unions.leader(*owner))
                .or_default()
                .insert(&tag.label);
        }
        let has_one = |leader: u32| parties.get(&leader).is_some_and(|labels| labels.len() == 1);
        let mut near: HashMap<u32, Vec<&Edge>> = HashMap::new();
        for edge in unions.edges() {
            if has_one(unions.leader(edge.owners.0)) {
                near.entry(edge.owners.0).or_default().push(edge);
                near.entry(edge.owners.1).or_default().push(edge);
            }
        }
        let tagged = tags
            .keys()
            .copied()
            .filter(|owner| has_one(unions.leader(*owner)));
        let mut queue: VecDeque<u32> = tagged.collect();
        let mut towards: HashMap<u32, Option<Edge>> = queue.iter().map(|owner| (*owner, None)).collect();
        while let Some(owner) = queue.pop_front() {
            for edge in near.get(&owner).into_iter().flatten() {
                let next = edge.other(owner);
                towards.entry(next).or_insert_with(|| {
                    queue.push_back(next);
                    Some(**edge)
                });
            }
        }
        let torn = parties.iter().filter(|(_, labels)| labels.len() > 1);
        let torn = torn.map(|(leader, _)| *leader).collect();
        NamedClusters { tags, towards, torn }
    }

    /// Returns who is behind an owner: its own tag, else that of its cluster with the reason.
    ///
    /// # Errors
    /// Where the ledger, which must be the one of the clusters, cannot be read.
    pub fn tag_of(&self, ledger: &CoinLedger, owner: u32) -> Result<Option<OwnerTag>, LedgerError> {
        if let Some(tag) = self.tags.get(&owner) {
            return Ok(Some(tag.clone().into()));
        }
        let Some((member, way)) = self.name_of(owner) else {
            return Ok(None);
        };
        let told = way.iter().take(TOLD).map(|union| ledger.reason(union));
        let word = ClusterWord {
            member: ledger.account(member)?,
            why: told.collect::<Result<_, _>>()?,
            left_out: way.len().saturating_sub(TOLD) as u64,
        };
        Ok(self.tags.get(&member).map(|tag| OwnerTag {
            tag: tag.clone(),
            cluster: Some(word),
        }))
    }

    /// Returns the tagged member that names an owner's cluster, the nearest one, and the unions from the owner to it; none where
    /// the owner has a tag itself. `None` where no tag names the cluster.
    pub fn name_of(&self, owner: u32) -> Option<(u32, Vec<Edge>)> {
        let (mut at, mut way) = (owner, Vec::new());
        while let Some(edge) = self.towards.get(&at)? {
            way.push(*edge);
            at = edge.other(at);
        }
        Some((at, way))
    }

    /// Returns the leaders of clusters whose members' tags name different parties, ascending: those have no name.
    pub fn torn(&self) -> &[u32] {
        &self.torn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Evidence;
    use strongroom_model::Service;

    fn tags(given: &[(u32, &str)]) -> BTreeMap<u32, Tag> {
        let tag = |(owner, label): &(u32, &str)| (*owner, Tag::new(*label, Service::Exchange, "test"));
        given.iter().map(tag).collect()
    }

    #[test]
    fn a_cluster_has_the_name_of_its_nearest_tagged_member() {
        let mut unions = Unions::of(12);
        for (a, b) in [(0, 1), (1, 2), (2, 3), (3, 4), (6, 7), (8, 9)] {
            unions.join(a, b, a + 100, Evidence::MultiInput);
        }
        let named = NamedClusters::of(
            &unions,
            tags(&[
                (0, "Alpha"),
                (4, "Alpha"),
                (6, "Beta"),
                (7, "Gamma"),
                (10, "Delta"),
            ]),
        );
        let ways = |owner| {
            named.name_of(owner).map(|(member, way)| {
                let transactions: Vec<u32> = way.iter().map(|edge| edge.transaction).collect();
                (member, transactions)
            })
        };
        assert_eq!(ways(1), Some((0, vec![100])));
        assert_eq!(ways(3), Some((4, vec![103])));
        assert_eq!(ways(2).map(|(_, way)| way.len()), Some(2));
        assert_eq!(ways(0), Some((0, vec![])), "the address's own tag");
        assert_eq!(ways(10), Some((10, vec![])));
        // Two parties in one cluster, and clusters without a tag.
        assert_eq!((ways(6), ways(7), ways(8), ways(11)), (None, None, None, None));
        assert_eq!(named.torn(), [6]);
    }
}
