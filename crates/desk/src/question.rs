//! What was asked, as a case's journal keeps it: enough to ask it again.

use crate::book::BookAnswer;
use crate::screen::Query;
use anyhow::Context;
use serde::{Deserialize, Serialize};
use strongroom_case::Asked;
use strongroom_model::EvidenceId;
use strongroom_screening::{Birth, Delta, DeltaProof, List, NameQuery, Record, Shelf};

/// A question of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Question {
    Wallet(String),
    Name {
        name: String,
        threshold: f64,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        births: Vec<Birth>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        countries: Vec<String>,
    },
    Asset(String),
    Book(BookQuestion),
    Exposure(ExposureQuestion),
}

/// What was asked of a wallet and a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExposureQuestion {
    pub(crate) wallet: String,
    /// The ledger's folder, as it was named.
    pub(crate) ledger: String,
    pub(crate) policy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hops: Option<u32>,
}

/// What was asked of a whole book. Its rows stand in no journal, only the hash of them does, in the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct BookQuestion {
    /// The book's file, as it was named.
    pub(crate) book: String,
    /// From which score on a listed name is similar.
    pub(crate) threshold: f64,
    /// The changes whom to screen; all are screened where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) delta: Vec<Change>,
}

/// The change of a list, by the hashes of both versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) list: String,
    pub(crate) from: EvidenceId,
    pub(crate) to: EvidenceId,
}

impl Question {
    pub(crate) fn of(query: &Query) -> Self {
        match query {
            Query::Wallet(text) => Question::Wallet(text.clone()),
            Query::Name(query) => Question::Name {
                name: query.name.clone(),
                threshold: query.threshold,
                births: query.particulars.births.clone(),
                countries: query.particulars.countries.clone(),
            },
        }
    }

    /// Reads the question of a journal's entry.
    pub(crate) fn read(asked: &Asked) -> anyhow::Result<Self> {
        serde_json::from_str(&asked.question).context("the question of the entry")
    }

    pub(crate) fn json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string(self)?)
    }
}

/// Returns what is asked of a name.
pub(crate) fn name_query(name: &str, threshold: f64, births: Vec<Birth>, countries: Vec<String>) -> Query {
    let mut query = NameQuery::new(name);
    query.threshold = threshold;
    query.particulars.births = births;
    query.particulars.countries = countries;
    Query::Name(query)
}

/// Loads the version of a list that has this hash, and a date that is accepted.
///
/// # Errors
/// Where the shelf does not have it.
pub(crate) fn load_version(
    shelf: &Shelf,
    list: &str,
    sha256: &EvidenceId,
    dated: impl Fn(Option<&str>) -> bool,
) -> anyhow::Result<List> {
    let is_it =
        |record: &&Record| record.list == list && record.sha256 == *sha256 && dated(record.date.as_deref());
    let record = shelf.records().iter().find(is_it);
    let record = record.with_context(|| format!("no version {sha256} of {list:?} is on the shelf"))?;
    Ok(shelf.load(record)?)
}

impl BookQuestion {
    /// Returns what an answer answers.
    pub(crate) fn of_answer(answer: &BookAnswer) -> Self {
        let change = |proof: &DeltaProof| Change {
            list: proof.list.clone(),
            from: proof.from.clone(),
            to: proof.to.clone(),
        };
        BookQuestion {
            book: answer.book.clone(),
            threshold: answer.threshold,
            delta: answer.delta.iter().map(change).collect(),
        }
    }

    /// Compares the same versions again.
    ///
    /// # Errors
    /// Where the shelf does not have them.
    pub(crate) fn deltas(&self, shelf: &Shelf) -> anyhow::Result<Vec<Delta>> {
        let load = |list: &str, sha256: &EvidenceId| load_version(shelf, list, sha256, |_| true);
        let delta = |change: &Change| {
            anyhow::Ok(Delta::between(
                &load(&change.list, &change.from)?,
                &load(&change.list, &change.to)?,
            ))
        };
        self.delta.iter().map(delta).collect()
    }
}
