//! Tags: who is behind an account, as a list says.

use serde::{Deserialize, Serialize};

/// What kind of party a tag names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Service {
    /// An exchange.
    Exchange,
    /// A mixer or tumbler.
    Mixer,
    /// A bridge between chains.
    Bridge,
    /// A custodian.
    Custodian,
    /// Any other named service: a shop, a pool, a gambling site.
    Other,
    /// A party on a sanctions list.
    Sanctioned,
    /// A named party that is no service: a person, an organisation, somebody accused.
    Party,
    /// The victim's own wallet.
    Own,
}

impl Service {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Service::Exchange => "exchange",
            Service::Mixer => "mixer",
            Service::Bridge => "bridge",
            Service::Custodian => "custodian",
            Service::Other => "other",
            Service::Sanctioned => "sanctioned",
            Service::Party => "party",
            Service::Own => "own",
        }
    }

    /// Returns the service of a name as it stands in reports and tag files.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Service::Exchange,
            Service::Mixer,
            Service::Bridge,
            Service::Custodian,
            Service::Other,
            Service::Sanctioned,
            Service::Party,
            Service::Own,
        ]
        .into_iter()
        .find(|service| service.as_str() == name)
    }

    /// Returns whether a trace ends there: the coins of many customers mix inside, or `parties` says that a named party is
    /// asked for.
    pub const fn ends_traces(self, parties: bool) -> bool {
        match self {
            Service::Own => false,
            Service::Party => parties,
            Service::Exchange
            | Service::Mixer
            | Service::Bridge
            | Service::Custodian
            | Service::Other
            | Service::Sanctioned => true,
        }
    }
}

/// Who is behind an account, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tag {
    /// The party's name.
    pub label: String,
    /// What kind of party.
    pub service: Service,
    /// The list that says so.
    pub source: String,
    /// How sure the list says it is, in the list's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<String>,
    /// When that was last changed, in the list's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

impl Tag {
    /// Returns a tag of a list that says neither how sure it is nor of when.
    pub fn new(label: impl Into<String>, service: Service, source: impl Into<String>) -> Self {
        Tag {
            label: label.into(),
            service,
            source: source.into(),
            confidence: None,
            date: None,
        }
    }
}
