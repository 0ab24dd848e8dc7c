//! Screenings for a decision: what was asked and answered, and which hits somebody cleared. The words of the screening room stand
//! here as its JSON, to the byte: this room keeps them, and reads them only for the eye.

use serde::{Deserialize, Serialize};
use strongroom_model::{EvidenceId, Moment};

/// A screening that somebody made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Asked {
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Moment,
    /// Whom it is about, where it is one of a book's customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The fingerprint of whom it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<EvidenceId>,
    /// The question, as JSON.
    pub question: String,
    /// The answer, as it went out: with algorithm, parameters, the lists with their hashes, and what matched.
    pub answer: String,
    /// The entries that cleared hits of it before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleared: Vec<u64>,
}

/// A hit that somebody cleared: it comes back when the entry or whom it is about changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cleared {
    /// Who cleared it.
    pub by: String,
    /// When.
    pub at: Moment,
    /// Why.
    pub why: String,
    /// The list.
    pub list: String,
    /// The entry's number in the list.
    pub entry: String,
    /// The fingerprint of the entry then.
    pub entry_fingerprint: EvidenceId,
    /// Whom it is about, for people.
    pub subject: String,
    /// The fingerprint of whom it is about, then.
    pub subject_fingerprint: EvidenceId,
}

impl Cleared {
    /// Returns whether it still holds for a hit. Entries are told apart by their fingerprints, which hold the list's own numbers: an
    /// entry that is known by its place alone is the same one in another place.
    pub fn covers(&self, list: &str, entry: &EvidenceId, subject: &EvidenceId) -> bool {
        self.list == list && self.entry_fingerprint == *entry && self.subject_fingerprint == *subject
    }
}
