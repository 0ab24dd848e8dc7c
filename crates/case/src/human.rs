//! Human words: notes and decisions. Both carry the moment that `desk` passed in; nothing here asks for the time.

use serde::{Deserialize, Serialize};
use strongroom_model::{Entity, Moment};

/// What somebody wrote into the case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Note {
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: Moment,
    /// The text.
    pub text: String,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// It is what it was taken for.
    Confirmed,
    /// It is innocent or another's: it links to nothing from the next investigation on.
    Dismissed,
}

impl Ruling {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Ruling::Confirmed => "confirmed",
            Ruling::Dismissed => "dismissed",
        }
    }
}

/// What somebody decided about something in the case. The last decision about a thing counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Decision {
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Moment,
    /// About what.
    pub about: Entity,
    /// What was decided.
    pub ruling: Ruling,
    /// Why.
    pub reason: String,
}
