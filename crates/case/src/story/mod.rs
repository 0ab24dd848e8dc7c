//! The story: what happened, in order, each sentence with the entries it stands on; and what is not known.
//!
//! Only entries speak here. A sentence says no more than its entries do: what rests on time alone says so, what a
//! policy only bounds says so, and what nobody looked at is a sentence too.

mod events;
mod sentences;

use crate::chain::Recorded;
use crate::view::View;
use serde::Serialize;
use strongroom_model::{Interval, Verdict};

pub(crate) use events::{period, permille};
pub(crate) use sentences::coins;

/// What happened, as far as a case shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Story {
    /// The name that people call the case by.
    pub title: String,
    /// How grave it is.
    pub standing: Standing,
    /// What it comes to, in one sentence.
    pub headline: String,
    /// What happened, in the order of time; what has no time stands first.
    pub events: Vec<Event>,
    /// What the case shows.
    pub known: Vec<Sentence>,
    /// What it does not show, or could not read.
    pub unknown: Vec<Sentence>,
}

/// How grave a case is, by the gravest thing in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// All of it was read, and nothing speaks against it.
    Quiet,
    /// Something could not be read behind which something may stand.
    NotCleared,
    /// Evidence is suspicious, a list answered a screening, or a host calls out at regular intervals.
    Suspicious,
    /// Evidence is malicious.
    Hostile,
    /// A host talked to what malicious evidence or a report names.
    Reached,
    /// Funds left in a way that no customer withdraws.
    Drained,
}

impl Standing {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Standing::Quiet => "quiet",
            Standing::NotCleared => "not-cleared",
            Standing::Suspicious => "suspicious",
            Standing::Hostile => "hostile",
            Standing::Reached => "reached",
            Standing::Drained => "drained",
        }
    }
}

/// Which part of the way an event belongs to, from the first file to the last deposit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// A file came.
    Evidence,
    /// A host called out.
    Network,
    /// Funds left.
    Theft,
    /// Funds went on.
    Funds,
    /// A person wrote or decided.
    Human,
}

impl Stage {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::Evidence => "evidence",
            Stage::Network => "network",
            Stage::Theft => "theft",
            Stage::Funds => "funds",
            Stage::Human => "human",
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// From when to when; absent where the evidence does not say.
    pub when: Option<Interval>,
    /// Which part of the way it belongs to.
    pub stage: Stage,
    /// What happened, in a few words.
    pub title: String,
    /// What shows it, in a sentence.
    pub text: String,
    /// The numbers of the entries that it stands on.
    pub cites: Vec<u64>,
}

/// A sentence with the entries it stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// The sentence.
    pub text: String,
    /// The numbers of the entries.
    pub cites: Vec<u64>,
}

impl Sentence {
    fn new(text: impl Into<String>, cites: impl IntoIterator<Item = u64>) -> Self {
        let mut cites: Vec<u64> = cites.into_iter().collect();
        cites.sort_unstable();
        cites.dedup();
        Sentence {
            text: text.into(),
            cites,
        }
    }
}

/// Tells the story of a case's last run, with all notes and decisions.
pub fn story(recorded: &[Recorded]) -> Story {
    tell(&View::of(recorded))
}

pub(crate) fn tell(view: &View<'_>) -> Story {
    let standing = standing(view);
    Story {
        title: view
            .opened
            .map_or_else(|| "Case".to_owned(), |(_, opened)| opened.title.clone()),
        standing,
        headline: sentences::headline(view, standing),
        events: events::events(view),
        known: sentences::known(view),
        unknown: sentences::unknown(view),
    }
}

fn standing(view: &View<'_>) -> Standing {
    let verdicts = || view.reports.iter().map(|(_, report)| report.verdict());
    let reached = ["c2-contacted", "beacon-to-c2", "indicator-contacted"];
    if !view.drains.is_empty() {
        Standing::Drained
    } else if view
        .links
        .iter()
        .any(|(_, link)| reached.contains(&link.rule.as_str()))
    {
        Standing::Reached
    } else if verdicts().any(|verdict| verdict == Verdict::Malicious) {
        Standing::Hostile
    } else if verdicts().any(|verdict| verdict == Verdict::Suspicious) || sentences::has_hits(view) {
        Standing::Suspicious
    } else if sentences::hides(view) {
        Standing::NotCleared
    } else {
        Standing::Quiet
    }
}
