//! Owners joined into clusters, with the evidence for every union.
//!
//! A cluster is led by its lowest id, so the answer does not depend on the order in which unions are made. The evidence is
//! one edge for each union that joined two clusters: together they are a forest, in which the way from one owner to
//! another is the explanation why they are together.

use super::change::Change;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Why two owners were joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Evidence {
    /// Both signed inputs of one transaction.
    MultiInput,
    /// One was paid what looks like the other's change.
    Change(Change),
}

impl Evidence {
    /// Returns the name as it stands in results.
    pub const fn as_str(self) -> &'static str {
        match self {
            Evidence::MultiInput => "multi-input",
            Evidence::Change(change) => change.as_str(),
        }
    }

    /// Returns how sure it is, in per cent: a rank between heuristics, not a probability.
    pub const fn confidence(self) -> u8 {
        match self {
            Evidence::MultiInput => 95,
            Evidence::Change(change) => change.confidence(),
        }
    }
}

/// One union that joined two clusters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edge {
    /// The owners that were joined.
    pub owners: (u32, u32),
    /// The transaction that shows it.
    pub transaction: u32,
    /// Why.
    pub evidence: Evidence,
}

impl Edge {
    /// Returns the other one of its owners.
    pub(super) fn other(&self, owner: u32) -> u32 {
        if self.owners.0 == owner {
            self.owners.1
        } else {
            self.owners.0
        }
    }
}

/// Owners in clusters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unions {
    /// Per owner an owner of the same cluster with a lower id, or itself.
    above: Vec<u32>,
    edges: Vec<Edge>,
}

impl Unions {
    /// Returns so many owners, each alone.
    pub fn of(owners: u32) -> Self {
        Unions {
            above: (0..owners).collect(),
            edges: Vec::new(),
        }
    }

    /// Returns the leader of an owner's cluster: its lowest id. An owner that does not exist leads itself.
    pub fn leader(&self, owner: u32) -> u32 {
        let mut at = owner;
        while let Some(above) = self.above.get(at as usize).filter(|above| **above != at) {
            at = *above;
        }
        at
    }

    /// The same, shortening the way for the next.
    #[inline]
    fn shorten(&mut self, owner: u32) -> u32 {
        let mut at = owner;
        while let Some(above) = self.above.get(at as usize).copied().filter(|above| *above != at) {
            let next = self.above.get(above as usize).copied().unwrap_or(above);
            if let Some(place) = self.above.get_mut(at as usize) {
                *place = next;
            }
            at = next;
        }
        at
    }

    /// Lets every owner stand right below its leader, so that asking takes one step.
    pub(super) fn settle(&mut self) {
        for at in 0..self.above.len() {
            // Whoever is above has a lower id and is settled.
            let leader = self
                .above
                .get(at)
                .and_then(|above| self.above.get(*above as usize))
                .copied();
            if let (Some(place), Some(leader)) = (self.above.get_mut(at), leader) {
                *place = leader;
            }
        }
    }

    /// Joins the clusters of two owners. Returns whether they were two.
    pub fn join(&mut self, a: u32, b: u32, transaction: u32, evidence: Evidence) -> bool {
        let (x, y) = (self.shorten(a), self.shorten(b));
        let (low, high) = (x.min(y), x.max(y));
        let Some(place) = self.above.get_mut(high as usize).filter(|_| low != high) else {
            return false;
        };
        *place = low;
        self.edges.push(Edge {
            owners: (a, b),
            transaction,
            evidence,
        });
        true
    }

    /// Returns the unions in the order in which they were made.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Returns how many owners there are.
    pub fn owners(&self) -> u32 {
        self.above.len() as u32
    }

    /// Returns how many clusters there are, owners who are alone included.
    pub fn clusters(&self) -> u32 {
        self.owners() - self.edges.len() as u32
    }

    /// Returns the members of an owner's cluster, ascending.
    pub fn members(&self, owner: u32) -> Vec<u32> {
        let leader = self.leader(owner);
        (leader..self.owners())
            .filter(|other| self.leader(*other) == leader)
            .collect()
    }

    /// Returns the unions that lead from one owner to the other, in that order; none where they are the same, `None`
    /// where they are not together.
    pub fn why(&self, from: u32, to: u32) -> Option<Vec<Edge>> {
        let leader = self.leader(from);
        if leader != self.leader(to) || from.max(to) >= self.owners() {
            return None;
        }
        let mut near: BTreeMap<u32, Vec<&Edge>> = BTreeMap::new();
        for edge in self
            .edges
            .iter()
            .filter(|edge| self.leader(edge.owners.0) == leader)
        {
            near.entry(edge.owners.0).or_default().push(edge);
            near.entry(edge.owners.1).or_default().push(edge);
        }
        let mut came: BTreeMap<u32, Option<Edge>> = BTreeMap::from([(from, None)]);
        let mut queue = VecDeque::from([from]);
        while let Some(owner) = queue.pop_front() {
            for edge in near.get(&owner).into_iter().flatten() {
                let next = edge.other(owner);
                if let std::collections::btree_map::Entry::Vacant(free) = came.entry(next) {
                    free.insert(Some(**edge));
                    queue.push_back(next);
                }
            }
        }
        let (mut way, mut at) = (Vec::new(), to);
        while let Some(edge) = came.get(&at).copied().flatten() {
            way.push(edge);
            at = edge.other(at);
        }
        way.reverse();
        Some(way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_way_between_two_owners_is_the_evidence_between_them() {
        let mut unions = Unions::of(6);
        assert!(unions.join(4, 2, 10, Evidence::MultiInput));
        assert!(unions.join(2, 5, 11, Evidence::MultiInput));
        assert!(!unions.join(4, 5, 12, Evidence::MultiInput));
        assert!(unions.join(0, 1, 13, Evidence::MultiInput));
        let way: Vec<u32> = unions
            .why(4, 5)
            .unwrap()
            .iter()
            .map(|edge| edge.transaction)
            .collect();
        assert_eq!(way, [10, 11]);
        assert_eq!(unions.why(4, 0), None);
        assert_eq!(unions.why(3, 3), Some(Vec::new()));
        assert_eq!(
            (unions.members(5), unions.leader(5), unions.clusters()),
            (vec![2, 4, 5], 2, 3)
        );
    }

    #[test]
    fn settled_every_owner_stands_right_below_its_leader() {
        let mut unions = Unions::of(100);
        for owner in (1..100).rev() {
            unions.join(owner, owner - 1, owner, Evidence::MultiInput);
        }
        assert_eq!(unions.above[99], 98, "each below the next");
        unions.settle();
        assert_eq!(unions.above, [0; 100]);
    }

    proptest! {
        #[test]
        fn leaders_are_the_lowest_reachable_and_the_order_makes_no_difference(
            pairs in prop::collection::vec((0u32..30, 0u32..30), 0..40)
        ) {
            let build = |pairs: &[(u32, u32)]| {
                let mut unions = Unions::of(30);
                for (a, b) in pairs {
                    unions.join(*a, *b, a + b, Evidence::MultiInput);
                }
                unions
            };
            let unions = build(&pairs);
            let mut label: Vec<u32> = (0..30).collect();
            for _ in 0..30 {
                for (a, b) in &pairs {
                    let low = label[*a as usize].min(label[*b as usize]);
                    label[*a as usize] = low;
                    label[*b as usize] = low;
                }
            }
            let leaders: Vec<u32> = (0..30).map(|owner| unions.leader(owner)).collect();
            prop_assert_eq!(&leaders, &label);
            let mut turned = pairs.clone();
            turned.reverse();
            let turned = build(&turned);
            prop_assert_eq!(leaders, (0..30).map(|owner| turned.leader(owner)).collect::<Vec<_>>());
            for owner in 0..30 {
                let way = unions.why(owner, unions.leader(owner)).unwrap();
                let end = way.iter().fold(owner, |at, edge| edge.other(at));
                prop_assert_eq!(end, unions.leader(owner));
            }
        }
    }
}
