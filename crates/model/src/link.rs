//! Links: why two things in a case belong together.

use crate::{EvidenceId, Interval, Observable, Span};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One end of a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Entity {
    /// A piece of evidence.
    Evidence {
        /// Its hash.
        id: EvidenceId,
        /// The name it came under.
        name: String,
    },
    /// An observable in its canonical form.
    Observable(Observable),
    /// A host inside the house, by its address.
    Host {
        /// The canonical IP address.
        ip: String,
    },
    /// An alarm of the drain detector.
    Drain {
        /// The account that was drained.
        account: String,
        /// From the first to the last withdrawal.
        when: Interval,
    },
    /// A party on a list or in a tag.
    Party {
        /// Its name.
        name: String,
        /// The list that names it.
        source: String,
    },
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entity::Evidence { name, .. } => f.write_str(name),
            Entity::Observable(observable) => {
                write!(f, "{} {}", observable.kind().as_str(), observable.value())
            }
            Entity::Host { ip } => write!(f, "host {ip}"),
            Entity::Drain { account, when } => write!(f, "drain of {account} at {}", when.first),
            Entity::Party { name, source } => write!(f, "{name} ({source})"),
        }
    }
}

/// What a link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LinkKind {
    /// One piece of evidence holds another.
    Contains,
    /// Evidence names or builds an observable.
    Names,
    /// A host talked to an observable.
    Contacted,
    /// Value went from one to the other.
    Paid,
    /// An observable belongs to a party.
    BelongsTo,
    /// One came before the other, close enough to speak for one operation.
    Preceded,
    /// Two observables are the same thing under two names.
    SameAs,
    /// An account lost its funds to another.
    DrainedTo,
}

impl LinkKind {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            LinkKind::Contains => "contains",
            LinkKind::Names => "names",
            LinkKind::Contacted => "contacted",
            LinkKind::Paid => "paid",
            LinkKind::BelongsTo => "belongs-to",
            LinkKind::Preceded => "preceded",
            LinkKind::SameAs => "same-as",
            LinkKind::DrainedTo => "drained-to",
        }
    }
}

/// How far a link can be leant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Two things stand close in time; no value joins them.
    Circumstantial,
    /// A named rule joins them (a URL's host, a policy's convention).
    Derived,
    /// The same canonical value stands in both, or the evidence says it itself.
    Exact,
}

impl Strength {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Strength::Circumstantial => "circumstantial",
            Strength::Derived => "derived",
            Strength::Exact => "exact",
        }
    }
}

/// Why two things belong together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// The one.
    pub from: Entity,
    /// The other.
    pub to: Entity,
    /// What joins them.
    pub kind: LinkKind,
    /// The rule that joined them, by its stable name.
    pub rule: String,
    /// How far it can be leant on.
    pub strength: Strength,
    /// The evidence and the place that show it.
    pub at: Vec<Place>,
    /// The reason in one sentence.
    pub why: String,
}

/// A place in a piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Which evidence.
    pub evidence: EvidenceId,
    /// Where in it.
    pub span: Span,
}
