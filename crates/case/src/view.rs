//! The view: the last run of a case and all human entries, each with the number it is cited by.

use crate::asked::{Asked, Cleared};
use crate::case::last_run;
use crate::chain::Recorded;
use crate::entry::{Entry, Opened};
use crate::facts::{Beacon, CaseGap, Contact, ListUsed, Named, Screened, Unlinked};
use crate::human::{Decision, Note};
use crate::money::{Drain, Trace};
use strongroom_model::{Link, Report};

/// A thing of the case with the number of its entry.
pub(crate) type Cited<'a, T> = (u64, &'a T);

/// What a report is drawn from.
#[derive(Default)]
pub(crate) struct View<'a> {
    pub(crate) opened: Option<Cited<'a, Opened>>,
    pub(crate) lists: Vec<Cited<'a, ListUsed>>,
    pub(crate) reports: Vec<Cited<'a, Report>>,
    pub(crate) contacts: Vec<Cited<'a, Contact>>,
    pub(crate) beacons: Vec<Cited<'a, Beacon>>,
    pub(crate) named: Vec<Cited<'a, Named>>,
    pub(crate) drains: Vec<Cited<'a, Drain>>,
    pub(crate) traces: Vec<Cited<'a, Trace>>,
    pub(crate) screened: Vec<Cited<'a, Screened>>,
    pub(crate) gaps: Vec<Cited<'a, CaseGap>>,
    pub(crate) links: Vec<Cited<'a, Link>>,
    pub(crate) unlinked: Vec<Cited<'a, Unlinked>>,
    pub(crate) notes: Vec<Cited<'a, Note>>,
    pub(crate) decisions: Vec<Cited<'a, Decision>>,
    pub(crate) asked: Vec<Cited<'a, Asked>>,
    pub(crate) cleared: Vec<Cited<'a, Cleared>>,
    /// How many runs the case holds, this one included.
    pub(crate) runs: usize,
    /// The last entry of the journal.
    pub(crate) last: Option<&'a Recorded>,
}

impl<'a> View<'a> {
    /// Returns the view over a case's entries.
    pub(crate) fn of(recorded: &'a [Recorded]) -> Self {
        let mut view = View {
            runs: recorded
                .iter()
                .filter(|one| matches!(one.entry, Entry::Opened(_)))
                .count(),
            last: recorded.last(),
            ..View::default()
        };
        let human = recorded.iter().filter(|one| one.entry.is_human());
        for one in last_run(recorded).into_iter().chain(human) {
            view.take(one);
        }
        view
    }

    fn take(&mut self, one: &'a Recorded) {
        let seq = one.id.seq;
        match &one.entry {
            Entry::Opened(opened) => self.opened = Some((seq, opened)),
            Entry::List(list) => self.lists.push((seq, list)),
            Entry::Examined(report) => self.reports.push((seq, report)),
            Entry::Contact(contact) => self.contacts.push((seq, contact)),
            Entry::Beacon(beacon) => self.beacons.push((seq, beacon)),
            Entry::Named(named) => self.named.push((seq, named)),
            Entry::Drain(drain) => self.drains.push((seq, drain)),
            Entry::Traced(trace) => self.traces.push((seq, trace)),
            Entry::Screened(screened) => self.screened.push((seq, screened)),
            Entry::Gap(gap) => self.gaps.push((seq, gap)),
            Entry::Link(link) => self.links.push((seq, link)),
            Entry::Unlinked(unlinked) => self.unlinked.push((seq, unlinked)),
            Entry::Note(note) => self.notes.push((seq, note)),
            Entry::Decision(decision) => self.decisions.push((seq, decision)),
            Entry::Asked(asked) => self.asked.push((seq, asked)),
            Entry::Cleared(cleared) => self.cleared.push((seq, cleared)),
        }
    }

    /// Returns the links that a rule drew.
    pub(crate) fn drawn_by<'v>(&'v self, rule: &'v str) -> impl Iterator<Item = Cited<'a, Link>> + 'v {
        self.links
            .iter()
            .copied()
            .filter(move |(_, link)| link.rule == rule)
    }
}
