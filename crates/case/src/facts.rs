//! Facts: what the other rooms found, in words that a case can keep.
//!
//! `desk` fills one [`Facts`] from what the examiners, the ledger and the lists answered; nothing here knows where
//! a fact came from. Scores are whole thousandths, so that the same fact is the same bytes on every machine.

use crate::human::Decision;
use crate::money::{Drain, Trace};
use serde::{Deserialize, Serialize};
use strongroom_model::{Entity, Gap, Interval, Observable, Place, Report, Service};

/// Everything that one investigation found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What was examined: files, network logs, intelligence reports; children stand inside.
    pub reports: Vec<Report>,
    /// Which host talked to what.
    pub contacts: Vec<Contact>,
    /// Which host calls what at regular intervals.
    pub beacons: Vec<Beacon>,
    /// Which wallet belongs to whom, as a list or tag says.
    pub named: Vec<Named>,
    /// Which account was drained.
    pub drains: Vec<Drain>,
    /// Where the stolen value went, once per policy.
    pub traces: Vec<Trace>,
    /// Who was screened, and what came of it.
    pub screened: Vec<Screened>,
    /// The lists that were asked.
    pub lists: Vec<ListUsed>,
    /// What the investigation as a whole could not read, beside the gaps of the reports.
    pub gaps: Vec<CaseGap>,
    /// What people decided before this investigation; links obey them, they are not written again.
    pub decisions: Vec<Decision>,
}

/// A host of the house talked to something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Contact {
    /// The canonical IP address of the host.
    pub host: String,
    /// What it talked to, or asked the name of.
    pub observable: Observable,
    /// From the first to the last contact.
    pub when: Interval,
    /// How many contacts.
    pub count: u64,
    /// Why it was kept, in one sentence.
    pub why: String,
    /// The log and the line.
    pub at: Place,
}

/// A host calls a destination at regular intervals.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Beacon {
    /// The canonical IP address of the host.
    pub host: String,
    /// What it calls.
    pub destination: Observable,
    /// From the first to the last call.
    pub when: Interval,
    /// How many calls.
    pub calls: u64,
    /// The interval between two calls, in milliseconds.
    pub period_ms: u64,
    /// How far calls stray from the period, in thousandths of it.
    pub jitter_permille: u64,
    /// How sure, in thousandths.
    pub score_permille: u32,
    /// Calls per equal slice of `when`, the first slice first.
    pub histogram: Vec<u32>,
    /// What speaks for it, in one sentence.
    pub why: String,
    /// The log and the first line.
    pub at: Place,
}

/// How a name came to a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Naming {
    /// A sanctions list names it.
    Listed,
    /// A published list names it as a receiver of stolen funds.
    Stolen,
    /// A tag names the party behind it.
    Tagged,
}

impl Naming {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Naming::Listed => "listed",
            Naming::Stolen => "stolen",
            Naming::Tagged => "tagged",
        }
    }
}

/// A wallet belongs to a party, as a list says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// The wallet.
    pub wallet: Observable,
    /// The party's name.
    pub party: String,
    /// What kind of party.
    pub service: Service,
    /// The list or tag pack that says so.
    pub list: String,
    /// What kind of statement it is.
    pub how: Naming,
    /// Where the list says so, where the list is evidence of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Place>,
}

/// A list that was asked, with the version that answered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListUsed {
    /// The list's name.
    pub name: String,
    /// `sha256:…` of its bytes.
    pub hash: String,
    /// The publisher's date or version, as the list says it.
    pub edition: String,
    /// How many entries it has.
    pub entries: u64,
}

/// What came of a screening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A list names the subject.
    Hit,
    /// Close enough that a person must look.
    Review,
    /// All of it was asked, nothing answered.
    Clear,
    /// The subject could not be asked for, such as an address whose checksum fails.
    NotCleared,
}

impl Outcome {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Hit => "hit",
            Outcome::Review => "review",
            Outcome::Clear => "clear",
            Outcome::NotCleared => "not-cleared",
        }
    }
}

/// A wallet or name that was screened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Screened {
    /// What was asked for, as it was given.
    pub query: String,
    /// Its canonical form, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Observable>,
    /// What came of it.
    pub outcome: Outcome,
    /// The algorithm and its version.
    pub algorithm: String,
    /// The entries that answered, the best first.
    pub hits: Vec<Hit>,
}

/// An entry of a list that answered a screening.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hit {
    /// The party that the entry names.
    pub party: String,
    /// The list.
    pub list: String,
    /// The score in thousandths; 1000 is equality.
    pub score_permille: u32,
    /// What matched, in one sentence.
    pub why: String,
}

/// Something that the investigation could not read or join.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CaseGap {
    /// What it is a gap of: a path, a verb, a trace.
    pub of: String,
    /// The gap.
    pub gap: Gap,
}

/// Two things that a rule would have joined, and why they were left apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unlinked {
    /// What was left out.
    pub what: Entity,
    /// The ground it was left out on: `safe-listed`, `widespread`, `dismissed`.
    pub ground: LeftOut,
    /// How many links it would have made.
    pub links: u64,
    /// The reason in one sentence.
    pub why: String,
}

/// On what ground something links to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOut {
    /// It stands on a safe list.
    SafeListed,
    /// Too much unrelated evidence names it, or too many hosts talk to it.
    Widespread,
    /// Somebody dismissed it; the decision stands in the case.
    Dismissed,
}

impl LeftOut {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            LeftOut::SafeListed => "safe-listed",
            LeftOut::Widespread => "widespread",
            LeftOut::Dismissed => "dismissed",
        }
    }
}
