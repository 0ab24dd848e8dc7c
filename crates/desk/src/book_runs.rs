//! The runs of a book that a case keeps: a run of a part is complete where it follows one of the whole, and every list that
//! changed since has its change among those whom the part was chosen by.

use crate::question::{BookQuestion, Question};
use anyhow::Context;
use serde::Deserialize;
use strongroom_case::{Entry, Recorded};
use strongroom_model::EvidenceId;

/// What an answer of a book says of itself, as far as completeness goes.
#[derive(Debug, Deserialize)]
struct Answer {
    sha256: EvidenceId,
    lists: Vec<Listed>,
}

/// A version that was asked.
#[derive(Debug, Deserialize)]
struct Listed {
    name: String,
    sha256: EvidenceId,
}

/// A run of a book.
#[derive(Debug)]
pub(crate) struct BookRun {
    entry: u64,
    question: BookQuestion,
    answer: Answer,
    /// Of a part, the run whose answers the others keep.
    pub(crate) follows: Option<u64>,
    /// Of a part, why they do not.
    pub(crate) uncovered: Vec<String>,
}

impl BookRun {
    /// Returns the run that an entry of a case keeps.
    ///
    /// # Errors
    /// Where it keeps none, or an entry up to it cannot be read.
    pub(crate) fn of_entry(entries: &[Recorded], seq: u64) -> anyhow::Result<Self> {
        let mut runs: Vec<BookRun> = Vec::new();
        for one in entries.iter().take_while(|one| one.id.seq <= seq) {
            let Entry::Asked(asked) = &one.entry else { continue };
            let Question::Book(question) = Question::read(asked)? else {
                continue;
            };
            let mut run = BookRun {
                entry: one.id.seq,
                question,
                answer: serde_json::from_str(&asked.answer).context("the answer of the entry")?,
                follows: None,
                uncovered: Vec::new(),
            };
            let same = |earlier: &&BookRun| earlier.answer.sha256 == run.answer.sha256;
            if !run.question.delta.is_empty() {
                let before = runs.iter().rev().find(same);
                (run.follows, run.uncovered) = (before.map(|run| run.entry), run.lacks(before));
            }
            runs.push(run);
        }
        let last = runs.pop().filter(|run| run.entry == seq);
        last.context("the entry keeps no run of a book")
    }

    /// Returns why those whom this run left out do not keep the answers of the run before.
    fn lacks(&self, before: Option<&BookRun>) -> Vec<String> {
        let Some(before) = before else {
            return vec![
                "the case keeps no earlier run of this very book: who came or changed was not screened"
                    .to_owned(),
            ];
        };
        let mut lacks = Vec::new();
        if !before.uncovered.is_empty() {
            lacks.push(format!("entry {} is not complete itself", before.entry));
        }
        if before.question.threshold != self.question.threshold {
            lacks.push(format!("entry {} had another threshold", before.entry));
        }
        let names = before.answer.lists.iter().chain(&self.answer.lists);
        let mut names: Vec<&str> = names.map(|list| list.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        lacks.extend(
            names
                .into_iter()
                .filter_map(|name| self.lacks_change(before, name)),
        );
        lacks
    }

    fn lacks_change(&self, before: &BookRun, name: &str) -> Option<String> {
        let version = |run: &'_ BookRun| {
            let mut lists = run.answer.lists.iter();
            lists
                .find(|list| list.name == name)
                .map(|list| list.sha256.clone())
        };
        match (version(before), version(self)) {
            (Some(was), Some(is)) if was == is => None,
            (Some(was), Some(is)) => {
                let changes = &mut self.question.delta.iter();
                let covered =
                    changes.any(|change| change.list == name && change.from == was && change.to == is);
                let why = || {
                    format!(
                        "the list {name:?} was {was} in entry {}, and no change from there was named",
                        before.entry
                    )
                };
                (!covered).then(why)
            }
            (None, _) => Some(format!(
                "the list {name:?} was not asked in entry {}",
                before.entry
            )),
            (_, None) => Some(format!(
                "the list {name:?} was asked in entry {}, and is not now",
                before.entry
            )),
        }
    }
}
