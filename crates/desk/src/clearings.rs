//! Hits that somebody cleared: which of them cover an answer, so that it does not come back.

use std::collections::BTreeMap;
use strongroom_case::{Cleared, Entry, Recorded};
use strongroom_model::EvidenceId;
use strongroom_screening::{Lists, Screening, ScreeningVerdict};

/// The clearings of a case by whom they are about, each with the number of its entry.
#[derive(Debug, Default)]
pub(crate) struct Clearings(BTreeMap<EvidenceId, Vec<(u64, Cleared)>>);

/// What covers an answer.
#[derive(Debug, Default)]
pub(crate) struct Covering {
    /// The clearings, each once, in the order of what they cover.
    pub(crate) cleared: Vec<(u64, Cleared)>,
    /// Whether nothing of the answer is left.
    pub(crate) all: bool,
}

impl Clearings {
    /// Returns the clearings of a case that stand before an entry of it.
    pub(crate) fn before(entries: &[Recorded], seq: u64) -> Self {
        let mut clearings = Clearings::default();
        for one in entries.iter().take_while(|one| one.id.seq < seq) {
            if let Entry::Cleared(cleared) = &one.entry {
                clearings.add(one.id.seq, cleared.clone());
            }
        }
        clearings
    }

    pub(crate) fn add(&mut self, seq: u64, cleared: Cleared) {
        let of = self.0.entry(cleared.subject_fingerprint.clone()).or_default();
        of.push((seq, cleared));
    }

    /// Returns the latest clearing of each hit and candidate whose entry and subject are as they were then.
    pub(crate) fn covering(&self, lists: &Lists, subject: &EvidenceId, screening: &Screening) -> Covering {
        let Some(of) = self.0.get(subject) else {
            return Covering::default();
        };
        let all = matches(screening);
        let mut covering = Covering {
            cleared: Vec::new(),
            all: is_asked(screening),
        };
        for (list, entry) in all {
            let fingerprint = lists.fingerprint(list, entry);
            let covers = |(_, cleared): &&(u64, Cleared)| {
                let holds = |entry: &EvidenceId| cleared.covers(list, entry, subject);
                fingerprint.as_ref().is_some_and(holds)
            };
            match of.iter().rev().find(covers) {
                Some(one) if covering.cleared.iter().any(|(seq, _)| *seq == one.0) => {}
                Some(one) => covering.cleared.push(one.clone()),
                None => covering.all = false,
            }
        }
        covering
    }
}

/// Returns whether an answer is one that somebody can clear.
const fn is_asked(screening: &Screening) -> bool {
    match screening.verdict {
        ScreeningVerdict::Hit | ScreeningVerdict::Possible => true,
        ScreeningVerdict::NoHit | ScreeningVerdict::Malformed => false,
    }
}

/// Returns the lists and entries that an answer names, each once: those of its hits, and then of its candidates.
pub(crate) fn matches(screening: &Screening) -> Vec<(&str, &str)> {
    let hits = screening.hits.iter();
    let hits = hits.map(|hit| (hit.list.as_str(), hit.entry.as_str()));
    let candidates = screening.candidates.iter();
    let candidates = candidates.map(|candidate| (candidate.list.as_str(), candidate.entry.as_str()));
    let mut all: Vec<(&str, &str)> = Vec::new();
    for one in hits.chain(candidates) {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}
