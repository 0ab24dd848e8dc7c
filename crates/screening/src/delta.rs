//! Which customers a new version of a list can concern, and why no other.
//!
//! A customer's answer is the union of what each entry says of the customer, and what an entry says depends on that entry and the
//! customer alone: the algorithms count nothing over the list (how rare a word is, a frozen table says). So an entry that is the same in both versions says the same, and a customer
//! whom neither the old nor the new text of an entry that changed concerns has the answer of before. [`DeltaProof`] gives
//! the figures with which that can be checked: entries that are the same, counted and hashed from either version.

use crate::NameQuery;
use crate::book::Customer;
use crate::diff::{ListDiff, diff, touched};
use crate::list::List;
use crate::lists::Lists;
use serde::Serialize;
use strongroom_model::EvidenceId;

/// The change of a list, ready to be asked whom it concerns.
#[derive(Debug)]
pub struct Delta {
    proof: DeltaProof,
    was: Lists,
    is: Lists,
}

/// Why a customer whom the change does not concern need not be screened again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeltaProof {
    /// The list's name.
    pub list: String,
    /// The hash of the version before.
    pub from: EvidenceId,
    /// The hash of the version after.
    pub to: EvidenceId,
    /// Entries of the version before.
    pub entries_before: u64,
    /// Entries of the version after.
    pub entries_after: u64,
    /// Entries that are the same in both.
    pub unchanged: u64,
    /// The hash over their fingerprints, computed from the version before.
    pub unchanged_before: EvidenceId,
    /// The same, computed from the version after.
    pub unchanged_after: EvidenceId,
    /// Entries of the version after alone.
    pub added: u64,
    /// Entries of the version before alone.
    pub removed: u64,
    /// Entries of both that are not the same.
    pub changed: u64,
    /// Whether what the versions lack, or what it means to stand in them, is not the same: then everybody is screened again.
    pub everybody: bool,
}

impl DeltaProof {
    fn of(diff: &ListDiff, old: &List, new: &List) -> Self {
        let count = |length: usize| length as u64;
        let (was, is) = (old.version(), new.version());
        DeltaProof {
            list: diff.list.clone(),
            from: diff.from.clone(),
            to: diff.to.clone(),
            entries_before: was.entries,
            entries_after: is.entries,
            unchanged: diff.unchanged,
            unchanged_before: diff.unchanged_before.clone(),
            unchanged_after: diff.unchanged_after.clone(),
            added: count(diff.added.len()),
            removed: count(diff.removed.len()),
            changed: count(diff.changed.len()),
            everybody: (&was.gaps, was.purpose) != (&is.gaps, is.purpose),
        }
    }

    /// Returns whether the figures are those of a complete comparison.
    pub fn holds(&self) -> bool {
        self.unchanged_before == self.unchanged_after
            && self.entries_before == self.unchanged + self.removed + self.changed
            && self.entries_after == self.unchanged + self.added + self.changed
    }
}

impl Delta {
    /// Compares two versions of a list.
    pub fn between(old: &List, new: &List) -> Self {
        let proof = DeltaProof::of(&diff(old, new), old, new);
        let (was, is) = touched(old, new);
        Delta {
            proof,
            was: Lists::new(vec![was]),
            is: Lists::new(vec![is]),
        }
    }

    /// Returns why those whom it does not concern are complete.
    pub fn proof(&self) -> &DeltaProof {
        &self.proof
    }

    /// Returns whether an answer about the customer may be another one now; names are similar from the threshold on.
    pub fn concerns(&self, customer: &Customer, threshold: f64) -> bool {
        self.proof.everybody || !self.proof.holds() || self.mentions(customer, threshold)
    }

    /// Returns whether the old or the new text of an entry that changed answers to the customer.
    pub fn mentions(&self, customer: &Customer, threshold: f64) -> bool {
        let mut texts = [&self.was, &self.is].into_iter();
        texts.any(|lists| lists.mention(customer, threshold))
    }
}

impl Lists {
    /// Returns whether anything in the lists answers to the customer: an entry or a tag.
    pub fn mention(&self, customer: &Customer, threshold: f64) -> bool {
        let named = |query: NameQuery| {
            let exact = self.screen_name(&query.name).hits;
            !exact.is_empty() || !self.candidates(&query).is_empty()
        };
        let name = customer.query(threshold).is_some_and(named);
        name || customer.wallets.iter().any(|wallet| self.holds_address(wallet))
    }
}
