//! A query for a name with what is known of who bears it, and the listed parties that come into question.

use super::evidence::Particulars;
use super::party::Nature;
use super::score::{NameFactor, NamePart};
use super::{NAME_ALGORITHM, NAME_THRESHOLD, OFAC_ALGORITHM};
use crate::{Birth, How, Purpose};
use serde::Serialize;

/// What is asked of a name.
#[derive(Clone, Debug, PartialEq)]
pub struct NameQuery {
    /// The name, as given.
    pub name: String,
    /// What the party is, where somebody knows.
    pub nature: Option<Nature>,
    /// When the party was born and which countries are its, where somebody knows.
    pub particulars: Particulars,
    /// The score from which on a listed party is a candidate, from 0 to 1.
    pub threshold: f64,
}

impl NameQuery {
    /// Asks for a name of which nothing more is known, with the documented threshold.
    pub fn new(name: &str) -> Self {
        NameQuery {
            name: name.to_owned(),
            nature: None,
            particulars: Particulars::default(),
            threshold: NAME_THRESHOLD,
        }
    }
}

/// By what candidates were sought; with the lists and the query it says all that an answer depends on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NameSearch {
    /// Always [`NAME_ALGORITHM`].
    pub algorithm: &'static str,
    /// Always [`OFAC_ALGORITHM`].
    pub ofac_algorithm: &'static str,
    /// The score from which on a listed party is a candidate.
    pub threshold: f64,
    /// What the party is, where somebody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    /// The dates of birth that were given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub births: Vec<Birth>,
    /// The countries that were given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
}

impl NameSearch {
    pub(crate) fn of(query: &NameQuery) -> Self {
        NameSearch {
            algorithm: NAME_ALGORITHM,
            ofac_algorithm: OFAC_ALGORITHM,
            threshold: query.threshold,
            nature: query.nature,
            births: query.particulars.births.clone(),
            countries: query.particulars.countries.clone(),
        }
    }
}

/// A listed party whose name is similar, by the best of its names.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// The list's name.
    pub list: String,
    /// What the list means.
    pub purpose: Purpose,
    /// The entry's number in the list.
    pub entry: String,
    /// The party's primary name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// The programs that it is listed under.
    pub programs: Vec<String>,
    /// The name that is similar, as listed.
    pub matched: String,
    /// Which of the entry's names it is.
    pub how: How,
    /// The score, from 0 to 1 in steps of a ten-thousandth.
    pub score: f64,
    /// What OFAC's search page would say, in points from 0 to 100; the best of the entry's names.
    pub ofac: u8,
    /// How much of the query's weight the listed name has, from 0 to 1.
    pub query_covered: f64,
    /// How much of the listed name's weight the query has, from 0 to 1.
    pub listed_covered: f64,
    /// The words.
    pub parts: Vec<NamePart>,
    /// What the score was multiplied by, and raised by.
    pub factors: Vec<NameFactor>,
}
