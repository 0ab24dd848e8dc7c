//! Names that are similar: `strongroom-name/1`, frozen. A score says how much of one name is in another, word by word, and
//! ranks; beside it stands the score that OFAC's search page would give.
//!
//! 1. Every script becomes Latin letters (`latin`); words are told by what they are (`party`, `words`) and weighed by how
//!    rare they are (`rarity`).
//! 2. Words are compared by a rough sound (`sound`, `edit`, `similar`); joined and split words are found and the rest assigned
//!    for the most (`align`).
//! 3. What is covered of both names makes the score; order, legal forms, numbers, dates of birth and countries count for
//!    and against (`score`, `evidence`).
//!
//! Not here: which of the listed names are looked at (`index`), which is proven to leave out none.

mod align;
mod candidate;
mod edit;
mod evidence;
pub(crate) mod exact;
mod hungarian;
mod index;
mod latin;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail
mod laws;
mod ofac_search;
mod parameters;
mod party;
mod rarity;
mod score;
mod similar;
mod sound;
mod sounds;
// A search of minutes whose report is to be read: release builds of the tests alone have it.
#[cfg(all(test, not(debug_assertions)))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, dead_code)] // a test may fail
mod tuning;
mod words;

pub use candidate::{Candidate, NameQuery, NameSearch};
pub use evidence::Particulars;
pub use ofac_search::{OFAC_ALGORITHM, ofac_score};
pub use party::{Nature, PartyName, WordKind};
pub use rarity::rarity_table;
pub use score::{FactorKind, NameFactor, NamePart, NameScore};
pub use similar::WordMatch;

pub(crate) use evidence::weighed;
pub(crate) use index::NameIndex;
use parameters::Parameters;

/// The scorer of similar names. Frozen: another one gets another name.
pub const NAME_ALGORITHM: &str = "strongroom-name/1";
/// The score from which on a name is a candidate, unless the user sets another (docs/accuracy.md says how it was chosen).
pub const NAME_THRESHOLD: f64 = 0.76;

impl PartyName {
    /// Returns the score of two names, from 0 to 1 in steps of a ten-thousandth; the same whichever is asked.
    pub fn score(&self, other: &PartyName) -> f64 {
        score::sum(self, other, &Parameters::FROZEN).score
    }

    /// Returns the score with all that it is made of; `self` is what was asked for.
    pub fn explain(&self, listed: &PartyName) -> NameScore {
        let sum = score::sum(self, listed, &Parameters::FROZEN);
        score::explained(self, listed, sum)
    }
}
