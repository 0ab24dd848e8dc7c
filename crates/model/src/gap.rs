//! Gaps: what could not be read, where, and why. A gap is never an absence.

use crate::Limit;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why something was not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Why {
    /// A limit was reached.
    Limit(Limit),
    /// The bytes contradict their format.
    Damaged,
    /// The content is encrypted and no known password opens it.
    Encrypted,
    /// The format or feature is known, and nothing here reads it yet.
    Unsupported,
    /// The evidence ends before its format says so.
    Truncated,
    /// The kill switch on wall time ended the reading; desk alone says this.
    TimedOut,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Limit(limit) => write!(f, "limit reached: {}", limit.as_str()),
            Why::Damaged => f.write_str("damaged"),
            Why::Encrypted => f.write_str("encrypted"),
            Why::Unsupported => f.write_str("not supported"),
            Why::Truncated => f.write_str("truncated"),
            Why::TimedOut => f.write_str("timed out"),
        }
    }
}

/// Something that could not be read.
///
/// A gap **hides** when code or an observable may stand behind it: evidence with a hiding gap is "not
/// cleared". A gap that hides nothing (a damaged thumbnail) is told and does not change the verdict. Every
/// reached limit hides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// The place: a layer, a stream, a line, a row.
    #[serde(rename = "where")]
    pub place: String,
    /// The reason and its detail in one sentence.
    pub why: String,
    /// The reason as a closed word.
    pub cause: Why,
    /// Whether code or an observable may stand behind it.
    pub hides: bool,
}

impl Gap {
    /// Returns a gap that hides something.
    pub fn new(place: impl Into<String>, cause: Why, detail: impl fmt::Display) -> Self {
        Gap {
            place: place.into(),
            why: sentence(&cause, &detail.to_string()),
            cause,
            hides: true,
        }
    }

    /// Returns the gap that a reached limit leaves; `detail` names the value that was allowed.
    pub fn limit(place: impl Into<String>, limit: Limit, detail: impl fmt::Display) -> Self {
        Gap::new(place, Why::Limit(limit), detail)
    }

    /// Says that neither code nor an observable can stand behind this gap. A reached limit keeps hiding.
    #[must_use]
    pub fn harmless(mut self) -> Self {
        self.hides = matches!(self.cause, Why::Limit(_) | Why::TimedOut);
        self
    }
}

fn sentence(cause: &Why, detail: &str) -> String {
    if detail.is_empty() {
        cause.to_string()
    } else {
        format!("{cause}: {detail}")
    }
}
