//! Asking again what a case's journal says was asked: of the same versions of the same lists, for the same bytes.

use crate::book::{BookQuery, Told, screen_book};
use crate::book_runs::BookRun;
use crate::clearings::Clearings;
use crate::decide::{Decided, KeptAsset, KeptBook, KeptExposure, Subject};
use crate::exposure::{ExposureLedger, ExposureOptions, exposure};
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::question::{BookQuestion, ExposureQuestion, Question, load_version, name_query};
use crate::screen::{Query, ask};
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::path::Path;
use strongroom_case::{self as case, Asked, Entry, Recorded};
use strongroom_model::{EvidenceId, Limits};
use strongroom_screening::{List, Lists, Shelf};

/// An answer that was given again, as it went out the first time.
#[derive(Clone, Debug)]
pub enum Replayed {
    /// About a wallet or a name.
    Answer(Box<Decided>),
    /// About an asset.
    Asset(KeptAsset),
    /// About a wallet's exposure.
    Exposure(Box<KeptExposure>),
    /// About a book.
    Book(Box<KeptBook>, Outcome),
}

impl Replayed {
    /// Returns what the answer comes to.
    pub fn outcome(&self) -> Outcome {
        match self {
            Replayed::Answer(decided) => decided.outcome(),
            Replayed::Asset(answer) => Outcome::of_asset(&answer.screening),
            Replayed::Exposure(answer) => Outcome::of_exposure(&answer.exposure),
            Replayed::Book(_, outcome) => *outcome,
        }
    }
}

/// What is asked again.
#[derive(Clone, Copy, Debug)]
pub struct Replay<'a> {
    /// The case.
    pub case: &'a Path,
    /// Its entry.
    pub entry: u64,
    /// The shelf with the versions.
    pub shelf: &'a Path,
    /// The book, where the entry is about one: its rows stand in no journal.
    pub book: Option<&'a Path>,
    /// The ledger, where the entry is about an exposure.
    pub ledger: Option<&'a Path>,
}

impl Replay<'_> {
    /// Asks again.
    ///
    /// # Errors
    /// Where the entry is no screening, a version is not on the shelf, the book is another one, or the answer is not the same to
    /// the byte.
    pub fn run(&self, progress: &Progress<'_>) -> anyhow::Result<Replayed> {
        let entries = case::read(self.case)?;
        let held = entries.iter().find(|one| one.id.seq == self.entry);
        let Some(Entry::Asked(asked)) = held.map(|one| &one.entry) else {
            anyhow::bail!("entry {} of the case is no screening", self.entry);
        };
        let shelf = Shelf::open(self.shelf)?;
        match Question::read(asked)? {
            Question::Wallet(text) => self.answer(&entries, asked, &shelf, &Query::Wallet(text)),
            Question::Name {
                name,
                threshold,
                births,
                countries,
            } => self.answer(
                &entries,
                asked,
                &shelf,
                &name_query(&name, threshold, births, countries),
            ),
            Question::Exposure(question) => self.exposure(asked, &shelf, &question),
            Question::Asset(text) => self.asset(asked, &shelf, &text),
            Question::Book(question) => self.book(&entries, asked, &shelf, &question, progress),
        }
    }

    fn answer(
        &self,
        entries: &[Recorded],
        asked: &Asked,
        shelf: &Shelf,
        query: &Query,
    ) -> anyhow::Result<Replayed> {
        let lists = lists_of(asked, shelf)?;
        let screening = ask(&lists, query);
        self.same(asked, &screening)?;
        let subject = asked.subject.clone();
        let subject = subject.unwrap_or_else(|| Subject::of(&screening).fingerprint);
        let covering = Clearings::before(entries, self.entry).covering(&lists, &subject, &screening);
        let decided = Decided::kept(screening, asked.customer.clone(), covering, self.entry);
        Ok(Replayed::Answer(Box::new(decided)))
    }

    fn asset(&self, asked: &Asked, shelf: &Shelf, text: &str) -> anyhow::Result<Replayed> {
        #[derive(Deserialize)]
        struct Answer {
            list: String,
            sha256: EvidenceId,
            date: Option<String>,
        }
        let answer: Answer = serde_json::from_str(&asked.answer).context("the answer of the entry")?;
        let version = Named {
            name: answer.list,
            sha256: answer.sha256,
            date: answer.date,
        };
        let lists = Lists::new(vec![version.load(shelf)?]);
        let mut answers = lists.screen_asset(text).into_iter();
        let screening = answers.next().context("the list is no table of assets")?;
        self.same(asked, &screening)?;
        Ok(Replayed::Asset(KeptAsset {
            screening,
            case_entry: Some(self.entry),
        }))
    }

    fn exposure(
        &self,
        asked: &Asked,
        shelf: &Shelf,
        question: &ExposureQuestion,
    ) -> anyhow::Result<Replayed> {
        let ledger = self.ledger.with_context(|| {
            format!(
                "entry {} is about the ledger {:?}: hand it in with --ledger",
                self.entry, question.ledger
            )
        })?;
        let ledger = ExposureLedger::open(ledger).with_context(|| ledger.display().to_string())?;
        let options = ExposureOptions {
            policy: question.policy.clone(),
            hops: question.hops,
        };
        let lists = lists_of(asked, shelf)?;
        let exposure = exposure(&ledger, &question.wallet, &options, &lists, &Limits::default())?;
        self.same(asked, &exposure)?;
        Ok(Replayed::Exposure(Box::new(KeptExposure {
            exposure,
            case_entry: Some(self.entry),
        })))
    }

    fn book(
        &self,
        entries: &[Recorded],
        asked: &Asked,
        shelf: &Shelf,
        question: &BookQuestion,
        progress: &Progress<'_>,
    ) -> anyhow::Result<Replayed> {
        let path = self.book.with_context(|| {
            format!(
                "entry {} is about the book {:?}: hand it in with --book",
                self.entry, question.book
            )
        })?;
        let lists = lists_of(asked, shelf)?;
        let query = BookQuery {
            path,
            name: &question.book,
            threshold: question.threshold,
            deltas: &question.deltas(shelf)?,
        };
        let clearings = Clearings::before(entries, self.entry);
        let (mut cleared, mut outcome) = (0, Outcome::Nothing);
        let mut tell = |told: Vec<Told>| {
            for (_, subject, screening) in &told {
                let covering = clearings.covering(&lists, &subject.fingerprint, screening);
                cleared += u64::from(covering.all);
                outcome = outcome.and(Outcome::of_decision(screening, covering.all));
            }
            Ok(())
        };
        let answer = screen_book(&query, &lists, &mut tell, progress)?;
        self.same(asked, &answer)?;
        let run = BookRun::of_entry(entries, self.entry)?;
        let kept = KeptBook::kept(answer, cleared, run, self.entry);
        let outcome = outcome.and(kept.completeness());
        Ok(Replayed::Book(Box::new(kept), outcome))
    }

    fn same(&self, asked: &Asked, answer: &impl Serialize) -> anyhow::Result<()> {
        let again = serde_json::to_string(answer)?;
        anyhow::ensure!(
            again == asked.answer,
            "entry {} of the case gives another answer now; it was {}, and is {again}",
            self.entry,
            asked.answer
        );
        Ok(())
    }
}

/// A version that an answer names.
#[derive(Deserialize)]
struct Named {
    name: String,
    sha256: EvidenceId,
    date: Option<String>,
}

impl Named {
    fn load(&self, shelf: &Shelf) -> anyhow::Result<List> {
        load_version(shelf, &self.name, &self.sha256, |date| {
            date == self.date.as_deref()
        })
    }
}

/// Returns the versions that an answer names, in its order.
fn lists_of(asked: &Asked, shelf: &Shelf) -> anyhow::Result<Lists> {
    #[derive(Deserialize)]
    struct Answer {
        lists: Vec<Named>,
    }
    let answer: Answer = serde_json::from_str(&asked.answer).context("the answer of the entry")?;
    let lists = answer.lists.iter().map(|named| named.load(shelf));
    Ok(Lists::new(lists.collect::<Result<_, _>>()?))
}
