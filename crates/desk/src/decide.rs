//! Screening for a decision: answers that a case keeps and gives again to the byte, and hits that stay cleared.

use crate::screen::{Query, ask};
use crate::shelf::now;
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::path::Path;
use strongroom_case::{self as case, Asked, Case, Cleared, Entry};
use strongroom_model::EvidenceId;
use strongroom_screening::{Birth, Lists, NameQuery, Screening, ScreeningVerdict, Shelf};

/// An answer with what was decided before, as it goes out.
#[derive(Clone, Debug, Serialize)]
pub struct Decided {
    /// The answer.
    #[serde(flatten)]
    pub screening: Screening,
    /// The customer of the book whom it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Hits that somebody cleared, and whose entry and subject are as they were then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cleared: Vec<Cleared>,
    /// The number of the case's entry that keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_entry: Option<u64>,
}

impl Decided {
    /// Returns whether every hit and every candidate was cleared.
    pub fn is_cleared(&self) -> bool {
        let covered = |(list, entry): (&str, &str)| {
            let is_it = |cleared: &Cleared| cleared.list == list && cleared.entry == entry;
            self.cleared.iter().any(is_it)
        };
        let asked = match self.screening.verdict {
            ScreeningVerdict::Hit | ScreeningVerdict::Possible => true,
            ScreeningVerdict::NoHit | ScreeningVerdict::Malformed => false,
        };
        asked && matches(&self.screening).into_iter().all(covered)
    }
}

/// Returns the lists and entries that an answer names: its hits, and then its candidates.
fn matches(screening: &Screening) -> Vec<(&str, &str)> {
    let hits = screening
        .hits
        .iter()
        .map(|hit| (hit.list.as_str(), hit.entry.as_str()));
    let candidates = screening.candidates.iter();
    let mut all: Vec<(&str, &str)> = hits
        .chain(candidates.map(|candidate| (candidate.list.as_str(), candidate.entry.as_str())))
        .collect();
    let mut seen = Vec::new();
    all.retain(|one| {
        let new = !seen.contains(one);
        seen.push(*one);
        new
    });
    all
}

/// A case as the memory of screenings.
#[derive(Debug)]
pub struct Memory {
    case: Case,
    by: String,
    cleared: Vec<Cleared>,
}

/// What a question was, as the journal keeps it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Question {
    Wallet(String),
    Name {
        name: String,
        threshold: f64,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        births: Vec<Birth>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        countries: Vec<String>,
    },
}

impl Question {
    fn of(query: &Query) -> Self {
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

    fn query(self) -> Query {
        match self {
            Question::Wallet(text) => Query::Wallet(text),
            Question::Name {
                name,
                threshold,
                births,
                countries,
            } => {
                let mut query = NameQuery::new(&name);
                query.threshold = threshold;
                query.particulars.births = births;
                query.particulars.countries = countries;
                Query::Name(query)
            }
        }
    }
}

impl Memory {
    /// Opens the case in a folder, or makes one; `by` is who asks.
    ///
    /// # Errors
    /// Where the case is damaged or another process writes to it.
    pub fn open(folder: &Path, by: &str) -> anyhow::Result<Self> {
        let case = Case::open_or_create(folder)?;
        let entries = case.entries().iter();
        let cleared = entries.filter_map(|one| match &one.entry {
            Entry::Cleared(cleared) => Some(cleared.clone()),
            _ => None,
        });
        Ok(Memory {
            cleared: cleared.collect(),
            by: by.to_owned(),
            case,
        })
    }

    /// Keeps answers under one write, and tells which of their hits were cleared before.
    ///
    /// # Errors
    /// Where the case cannot be written.
    pub fn keep(
        &mut self,
        lists: &Lists,
        asked: Vec<(Query, Subject, Screening)>,
    ) -> anyhow::Result<Vec<Decided>> {
        let at = now().context("the clock is before 1970")?;
        let mut entries = Vec::new();
        for (query, subject, screening) in &asked {
            entries.push(Entry::Asked(Asked {
                by: self.by.clone(),
                at,
                customer: subject.customer.clone(),
                question: serde_json::to_string(&Question::of(query))?,
                answer: serde_json::to_string(screening)?,
            }));
        }
        let ids = self.case.append_all(&entries)?;
        let decided = asked
            .into_iter()
            .zip(ids)
            .map(|((_, subject, screening), id)| Decided {
                cleared: self.covering(lists, &subject.fingerprint, &screening),
                customer: subject.customer,
                screening,
                case_entry: Some(id.seq),
            });
        Ok(decided.collect())
    }

    fn covering(&self, lists: &Lists, subject: &EvidenceId, screening: &Screening) -> Vec<Cleared> {
        let covering = matches(screening).into_iter().filter_map(|(list, entry)| {
            let fingerprint = lists.fingerprint(list, entry)?;
            let mut latest = self.cleared.iter().rev();
            latest.find(|cleared| cleared.covers(list, entry, &fingerprint, subject))
        });
        covering.cloned().collect()
    }

    /// Clears a hit of a subject; until the entry or the subject changes it does not come back.
    ///
    /// # Errors
    /// Where no hit of the answer is that entry, and where the case cannot be written.
    pub fn clear(
        &mut self,
        lists: &Lists,
        clearing: &Clearing,
        subject: &Subject,
        screening: &Screening,
    ) -> anyhow::Result<u64> {
        anyhow::ensure!(
            matches(screening).contains(&(clearing.list.as_str(), clearing.entry.as_str())),
            "{:?} is no hit of {:?} in {:?}",
            subject.name,
            clearing.entry,
            clearing.list
        );
        let cleared = Cleared {
            by: self.by.clone(),
            at: now().context("the clock is before 1970")?,
            why: clearing.why.clone(),
            list: clearing.list.clone(),
            entry: clearing.entry.clone(),
            entry_fingerprint: lists
                .fingerprint(&clearing.list, &clearing.entry)
                .context("the entry is not in the list")?,
            subject: subject.name.clone(),
            subject_fingerprint: subject.fingerprint.clone(),
        };
        let id = self.case.append(&Entry::Cleared(cleared.clone()))?;
        self.cleared.push(cleared);
        Ok(id.seq)
    }
}

/// A hit that is to be cleared.
#[derive(Clone, Debug)]
pub struct Clearing {
    /// The list.
    pub list: String,
    /// The entry's number.
    pub entry: String,
    /// Why.
    pub why: String,
}

/// Whom a screening is about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// For people.
    pub name: String,
    /// The customer's number, where it is one of a book.
    pub customer: Option<String>,
    /// What changes when the subject does.
    pub fingerprint: EvidenceId,
}

impl Subject {
    /// Returns the subject of a question that is about nobody but itself: the address or the name in its normal form.
    pub fn of(screening: &Screening) -> Self {
        let known = screening
            .search
            .as_ref()
            .map(|search| (&search.births, &search.countries));
        let key = serde_json::to_vec(&(screening.kind, &screening.normalised, known))
            .expect("texts have a JSON form");
        Subject {
            name: screening.query.clone(),
            customer: None,
            fingerprint: EvidenceId::of(&key),
        }
    }
}

/// Asks again what a case's entry asked, of the same versions of the same lists.
///
/// # Errors
/// Where the entry is no screening, a version is not on the shelf, or the answer is not the same to the byte.
pub fn replay(case_folder: &Path, entry: u64, shelf: &Path) -> anyhow::Result<(Asked, Screening)> {
    let entries = case::read(case_folder)?;
    let held = entries.iter().find(|one| one.id.seq == entry);
    let Some(Entry::Asked(asked)) = held.map(|one| &one.entry) else {
        anyhow::bail!("entry {entry} of the case is no screening");
    };
    let question: Question = serde_json::from_str(&asked.question).context("the question of the entry")?;
    let lists = lists_of(&asked.answer, &Shelf::open(shelf)?)?;
    let screening = ask(&lists, &question.query());
    let again = serde_json::to_string(&screening)?;
    anyhow::ensure!(
        again == asked.answer,
        "entry {entry} of the case gives another answer now; it was {}, and is {again}",
        asked.answer
    );
    Ok((asked.clone(), screening))
}

/// Returns the versions that an answer names, in its order.
fn lists_of(answer: &str, shelf: &Shelf) -> anyhow::Result<Lists> {
    #[derive(Deserialize)]
    struct Answer {
        lists: Vec<Named>,
    }
    #[derive(Deserialize)]
    struct Named {
        name: String,
        sha256: EvidenceId,
    }
    let answer: Answer = serde_json::from_str(answer).context("the answer of the entry")?;
    let mut lists = Vec::new();
    for named in answer.lists {
        let is_it = |record: &&strongroom_screening::Record| {
            record.list == named.name && record.sha256 == named.sha256
        };
        let record = shelf.records().iter().find(is_it);
        let record = record
            .with_context(|| format!("no version {} of {:?} is on the shelf", named.sha256, named.name))?;
        lists.push(shelf.load(record)?);
    }
    Ok(Lists::new(lists))
}
