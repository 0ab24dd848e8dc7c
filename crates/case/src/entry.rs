//! Entries: the closed list of what a case can hold, and the order in which an investigation writes them.
//!
//! An investigation is a **run**: it begins with [`Entry::Opened`], and everything that a machine found follows in
//! one fixed order, whatever the order in which `desk` learned it. Notes and decisions are written between and
//! after runs and belong to none of them.

use crate::asked::{Asked, Cleared};
use crate::facts::{Beacon, CaseGap, Contact, Facts, ListUsed, Named, Screened, Unlinked};
use crate::human::{Decision, Note};
use crate::links::{Grounds, link};
use crate::money::{Drain, Trace};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use strongroom_model::{Link, Report};

/// How a run was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The version of Strongroom.
    pub version: String,
    /// The name that people call the case by.
    pub title: String,
    /// What was asked for and under which limits, by name.
    pub parameters: BTreeMap<String, String>,
}

/// One entry of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Entry {
    /// A run begins.
    Opened(Opened),
    /// A list was asked.
    List(ListUsed),
    /// A piece of evidence was examined.
    Examined(Box<Report>),
    /// A host talked to something.
    Contact(Contact),
    /// A host calls something at regular intervals.
    Beacon(Beacon),
    /// A wallet has a name.
    Named(Named),
    /// An account was drained.
    Drain(Drain),
    /// Stolen value was followed.
    Traced(Trace),
    /// A wallet or name was screened.
    Screened(Screened),
    /// Something could not be read.
    Gap(CaseGap),
    /// Two things belong together.
    Link(Link),
    /// Something links to nothing, and why.
    Unlinked(Unlinked),
    /// Somebody wrote something.
    Note(Note),
    /// Somebody decided something.
    Decision(Decision),
    /// Somebody screened a wallet, a name or a customer.
    Asked(Asked),
    /// Somebody cleared a hit.
    Cleared(Cleared),
}

impl Entry {
    /// Returns the kind as it stands in the journal.
    pub const fn kind(&self) -> &'static str {
        match self {
            Entry::Opened(_) => "opened",
            Entry::List(_) => "list",
            Entry::Examined(_) => "examined",
            Entry::Contact(_) => "contact",
            Entry::Beacon(_) => "beacon",
            Entry::Named(_) => "named",
            Entry::Drain(_) => "drain",
            Entry::Traced(_) => "traced",
            Entry::Screened(_) => "screened",
            Entry::Gap(_) => "gap",
            Entry::Link(_) => "link",
            Entry::Unlinked(_) => "unlinked",
            Entry::Note(_) => "note",
            Entry::Decision(_) => "decision",
            Entry::Asked(_) => "asked",
            Entry::Cleared(_) => "cleared",
        }
    }

    /// Returns whether a person wrote it: it belongs to no run.
    pub const fn is_human(&self) -> bool {
        matches!(
            self,
            Entry::Note(_) | Entry::Decision(_) | Entry::Asked(_) | Entry::Cleared(_)
        )
    }
}

/// Returns the entries of one run: what was opened, the facts in their fixed order, and the links between them.
///
/// The same facts in any order give the same entries.
pub fn run(opened: Opened, facts: &Facts, grounds: &Grounds<'_>) -> Vec<Entry> {
    let linked = link(facts, grounds);
    let mut entries = vec![Entry::Opened(opened)];
    entries.extend(sorted(&facts.lists).map(Entry::List));
    entries.extend(sorted_reports(facts).map(|report| Entry::Examined(Box::new(report))));
    entries.extend(sorted(&facts.contacts).map(Entry::Contact));
    entries.extend(sorted(&facts.beacons).map(Entry::Beacon));
    entries.extend(sorted(&facts.named).map(Entry::Named));
    entries.extend(sorted(&facts.drains).map(Entry::Drain));
    entries.extend(sorted(&facts.traces).map(Entry::Traced));
    entries.extend(sorted(&facts.screened).map(Entry::Screened));
    entries.extend(sorted(&facts.gaps).map(Entry::Gap));
    entries.extend(linked.links.into_iter().map(Entry::Link));
    entries.extend(linked.unlinked.into_iter().map(Entry::Unlinked));
    entries
}

fn sorted<T: Clone + Ord>(facts: &[T]) -> impl Iterator<Item = T> + use<T> {
    let mut facts = facts.to_vec();
    facts.sort();
    facts.dedup();
    facts.into_iter()
}

fn sorted_reports(facts: &Facts) -> impl Iterator<Item = Report> + use<> {
    let mut reports = facts.reports.clone();
    reports.sort_by(|a, b| (&a.evidence.name, &a.evidence.id).cmp(&(&b.evidence.name, &b.evidence.id)));
    reports.dedup();
    reports.into_iter()
}
