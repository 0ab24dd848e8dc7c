//! Screening for a decision: answers that a case keeps and gives again to the byte, and hits that stay cleared.

use crate::book::{BookAnswer, Told};
use crate::book_runs::BookRun;
use crate::clearings::{Clearings, Covering, matches};
use crate::exposure::Exposure;
use crate::outcome::Outcome;
use crate::question::{BookQuestion, ExposureQuestion, Question};
use crate::reports;
use crate::shelf::now;
use anyhow::Context;
use serde::Serialize;
use std::path::{Path, PathBuf};
use strongroom_case::{Asked, Case, Cleared, Entry};
use strongroom_model::EvidenceId;
use strongroom_screening::{AssetScreening, Lists, Screening};

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
    #[serde(skip)]
    settled: bool,
}

impl Decided {
    /// Returns an answer that no case keeps.
    pub fn unkept(subject: Subject, screening: Screening) -> Self {
        Decided {
            screening,
            customer: subject.customer,
            cleared: Vec::new(),
            case_entry: None,
            settled: false,
        }
    }

    pub(crate) fn kept(
        screening: Screening,
        customer: Option<String>,
        covering: Covering,
        entry: u64,
    ) -> Self {
        Decided {
            screening,
            customer,
            cleared: covering.cleared.into_iter().map(|(_, cleared)| cleared).collect(),
            case_entry: Some(entry),
            settled: covering.all,
        }
    }

    /// Returns whether every hit and every candidate was cleared.
    pub const fn is_cleared(&self) -> bool {
        self.settled
    }

    /// Returns what the answer comes to.
    pub fn outcome(&self) -> Outcome {
        Outcome::of_decision(&self.screening, self.settled)
    }
}

/// An answer about an asset, as it goes out.
#[derive(Clone, Debug, Serialize)]
pub struct KeptAsset {
    /// The answer.
    #[serde(flatten)]
    pub screening: AssetScreening,
    /// The number of the case's entry that keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_entry: Option<u64>,
}

impl KeptAsset {
    /// Returns an answer that no case keeps.
    pub const fn unkept(screening: AssetScreening) -> Self {
        KeptAsset {
            screening,
            case_entry: None,
        }
    }
}

/// A wallet's exposure, as it goes out.
#[derive(Clone, Debug, Serialize)]
pub struct KeptExposure {
    /// The answer.
    #[serde(flatten)]
    pub exposure: Exposure,
    /// The number of the case's entry that keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_entry: Option<u64>,
}

/// What a book came to, as it goes out.
#[derive(Clone, Debug, Serialize)]
pub struct KeptBook {
    /// The answer.
    #[serde(flatten)]
    pub answer: BookAnswer,
    /// With a case, answers with hits all of which were cleared before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cleared: Option<u64>,
    /// Of a part of a book, the entry of the case whose answers the others keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<u64>,
    /// Of a part of a book, why the others do not keep the answers of that entry.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncovered: Vec<String>,
    /// The number of the case's entry that keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_entry: Option<u64>,
}

impl KeptBook {
    /// Returns an answer that no case keeps.
    pub const fn unkept(answer: BookAnswer) -> Self {
        KeptBook {
            answer,
            cleared: None,
            follows: None,
            uncovered: Vec::new(),
            case_entry: None,
        }
    }

    /// Returns whether nobody was left out without a reason: else the book is not cleared.
    pub fn completeness(&self) -> Outcome {
        if self.answer.unread_count == 0 && self.uncovered.is_empty() {
            Outcome::Nothing
        } else {
            Outcome::NotCleared
        }
    }

    pub(crate) fn kept(answer: BookAnswer, cleared: u64, run: BookRun, entry: u64) -> Self {
        KeptBook {
            answer,
            cleared: Some(cleared),
            follows: run.follows,
            uncovered: run.uncovered,
            case_entry: Some(entry),
        }
    }
}

/// A case as the memory of screenings.
#[derive(Debug)]
pub struct Memory {
    case: Case,
    folder: PathBuf,
    by: String,
    clearings: Clearings,
}

impl Memory {
    /// Opens the case in a folder, or makes one; `by` is who asks.
    ///
    /// # Errors
    /// Where the case is damaged or another process writes to it.
    pub fn open(folder: &Path, by: &str) -> anyhow::Result<Self> {
        let case = Case::open_or_create(folder)?;
        Ok(Memory {
            clearings: Clearings::before(case.entries(), u64::MAX),
            by: by.to_owned(),
            folder: folder.to_owned(),
            case,
        })
    }

    /// Writes the case's reports, which show what was asked and cleared.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn close(self) -> anyhow::Result<()> {
        reports::write(&self.folder, self.case.entries())
    }

    fn asked(&self, question: &Question, answer: &impl Serialize) -> anyhow::Result<Asked> {
        Ok(Asked {
            by: self.by.clone(),
            at: now().context("the clock is before 1970")?,
            customer: None,
            subject: None,
            question: question.json()?,
            answer: serde_json::to_string(answer)?,
            cleared: Vec::new(),
        })
    }

    /// Keeps answers under one write, and tells which of their hits were cleared before.
    ///
    /// # Errors
    /// Where the case cannot be written.
    pub fn keep(&mut self, lists: &Lists, told: Vec<Told>) -> anyhow::Result<Vec<Decided>> {
        let (mut entries, mut coverings) = (Vec::new(), Vec::new());
        for (query, subject, screening) in &told {
            let covering = self.clearings.covering(lists, &subject.fingerprint, screening);
            let asked = self.asked(&Question::of(query), screening)?;
            entries.push(Entry::Asked(Asked {
                customer: subject.customer.clone(),
                subject: Some(subject.fingerprint.clone()),
                cleared: covering.cleared.iter().map(|(seq, _)| *seq).collect(),
                ..asked
            }));
            coverings.push(covering);
        }
        let ids = self.case.append_all(&entries)?;
        let decided = told.into_iter().zip(coverings).zip(ids);
        let decided = decided.map(|(((_, subject, screening), covering), id)| {
            Decided::kept(screening, subject.customer, covering, id.seq)
        });
        Ok(decided.collect())
    }

    /// Keeps answers about an asset.
    ///
    /// # Errors
    /// Where the case cannot be written.
    pub fn keep_assets(
        &mut self,
        asset: &str,
        answers: Vec<AssetScreening>,
    ) -> anyhow::Result<Vec<KeptAsset>> {
        let question = Question::Asset(asset.to_owned());
        let entries = answers
            .iter()
            .map(|answer| self.asked(&question, answer).map(Entry::Asked));
        let entries: Vec<Entry> = entries.collect::<Result<_, _>>()?;
        let ids = self.case.append_all(&entries)?;
        let kept = answers.into_iter().zip(ids).map(|(screening, id)| KeptAsset {
            screening,
            case_entry: Some(id.seq),
        });
        Ok(kept.collect())
    }

    /// Keeps a wallet's exposure through a ledger, which is named as its folder was.
    ///
    /// # Errors
    /// Where the case cannot be written.
    pub fn keep_exposure(&mut self, ledger: &str, exposure: Exposure) -> anyhow::Result<KeptExposure> {
        let question = Question::Exposure(ExposureQuestion {
            wallet: exposure.query.clone(),
            ledger: ledger.to_owned(),
            policy: exposure.policy.clone(),
            hops: exposure.hops,
        });
        let asked = self.asked(&question, &exposure)?;
        let id = self.case.append(&Entry::Asked(asked))?;
        Ok(KeptExposure {
            exposure,
            case_entry: Some(id.seq),
        })
    }

    /// Keeps what a book came to, behind its answers, and tells whose answers those who were not screened keep.
    ///
    /// # Errors
    /// Where the case cannot be written, or an entry of a book in it cannot be read.
    pub fn keep_book(&mut self, answer: BookAnswer, cleared: u64) -> anyhow::Result<KeptBook> {
        let question = BookQuestion::of_answer(&answer);
        let asked = self.asked(&Question::Book(question), &answer)?;
        let id = self.case.append(&Entry::Asked(asked))?;
        let run = BookRun::of_entry(self.case.entries(), id.seq)?;
        Ok(KeptBook::kept(answer, cleared, run, id.seq))
    }

    /// Clears a hit for each subject of the answers that has it, in all its answers; until the entry or the subject changes it does
    /// not come back.
    ///
    /// # Errors
    /// Where no hit of the answers is that entry, and where the case cannot be written.
    pub fn clear(&mut self, lists: &Lists, clearing: &Clearing, told: &[Told]) -> anyhow::Result<()> {
        let Clearing { list, entry, why } = clearing;
        let has_it = |(_, _, answer): &&Told| matches(answer).contains(&(list.as_str(), entry.as_str()));
        let mut subjects: Vec<&Subject> = told
            .iter()
            .filter(has_it)
            .map(|(_, subject, _)| subject)
            .collect();
        subjects.dedup();
        let name = told.first().map_or("", |(_, subject, _)| subject.name.as_str());
        anyhow::ensure!(
            !subjects.is_empty(),
            "{name:?} has no hit in {entry:?} of {list:?}"
        );
        let fingerprint = lists.fingerprint(list, entry);
        let fingerprint = fingerprint.context("the entry is not in the list")?;
        for subject in subjects {
            let cleared = Cleared {
                by: self.by.clone(),
                at: now().context("the clock is before 1970")?,
                why: why.clone(),
                list: list.clone(),
                entry: entry.clone(),
                entry_fingerprint: fingerprint.clone(),
                subject: subject.name.clone(),
                subject_fingerprint: subject.fingerprint.clone(),
            };
            let id = self.case.append(&Entry::Cleared(cleared.clone()))?;
            self.clearings.add(id.seq, cleared);
        }
        Ok(())
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
