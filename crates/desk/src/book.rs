//! `screen --book`: a whole book of customers, or of it those whom a new version of a list can concern.

use crate::decide::Subject;
use crate::hashing::Hashing;
use crate::progress::{Progress, Step};
use crate::screen::{Query, ask};
use anyhow::Context;
use rayon::prelude::*;
use serde::Serialize;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use strongroom_model::EvidenceId;
use strongroom_screening::{
    Book, BookError, Customer, Delta, DeltaProof, Lists, Screening, ScreeningVerdict, Shelf,
};

/// The schema of a [`BookAnswer`] as it goes out.
const BOOK_SCHEMA: &str = "strongroom.book/1";
/// Customers that are worked on together.
const CHUNK: usize = 4_096;
/// Broken rows that are named; more are counted.
const NAMED: usize = 1_000;

/// What screening a book came to.
#[derive(Clone, Debug, Serialize)]
pub struct BookAnswer {
    schema: &'static str,
    /// The book's file.
    pub book: String,
    /// The hash of its bytes.
    pub sha256: EvidenceId,
    /// Customers that were read.
    pub customers: u64,
    /// Customers that were screened: all, or those whom the change can concern.
    pub screened: u64,
    /// Names and wallets that were asked for.
    pub questions: u64,
    /// Answers with a hit, or with a listed name that is similar.
    pub hits: u64,
    /// Questions that are damaged, so that no list could be asked.
    pub malformed: u64,
    /// Rows that could not be read: nobody in them is cleared. At most a thousand are named.
    pub unread: Vec<UnreadRow>,
    /// How many rows could not be read.
    pub unread_count: u64,
    /// Why those who were not screened keep their answers; empty where all were screened.
    pub delta: Vec<DeltaProof>,
}

/// A row of a book that could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct UnreadRow {
    /// What is broken, with its line.
    pub why: String,
}

/// What a customer's questions came to, where somebody has to look.
pub type Told = (Query, Subject, Screening);

/// Compares a list's version in force with one before it.
///
/// # Errors
/// Where there are no two versions, or the shelf is damaged.
pub fn delta(shelf: &Shelf, list: &str, since: Option<u64>) -> anyhow::Result<Delta> {
    let (from, to) = shelf.between(list, since, None)?;
    Ok(Delta::between(&shelf.load(from)?, &shelf.load(to)?))
}

/// Screens a book; hands over, chunk by chunk and in the order of the book, what somebody has to look at.
///
/// # Errors
/// Where the book cannot be read, and where `tell` fails.
pub fn screen_book(
    path: &Path,
    lists: &Lists,
    deltas: &[Delta],
    tell: &mut dyn FnMut(Vec<Told>) -> anyhow::Result<()>,
    progress: &Progress<'_>,
) -> anyhow::Result<BookAnswer> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let total = file.metadata().map_or(0, |metadata| metadata.len());
    let mut input = Hashing::new(BufReader::with_capacity(1 << 20, file));
    let mut answer = BookAnswer::of(path, deltas);
    progress(Step::Begin {
        what: "screening the book",
        total,
        bytes: true,
    });
    let mut passed = 0;
    let mut book = Book::open(&mut input).with_context(|| path.display().to_string())?;
    loop {
        let chunk: Vec<Result<Customer, BookError>> = book.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            break;
        }
        answer.take(chunk, lists, deltas, tell)?;
        let now = book.bytes();
        progress(Step::Advance(now.saturating_sub(passed)));
        passed = now;
    }
    progress(Step::End);
    let (sha256, _) = input.finish().with_context(|| path.display().to_string())?;
    answer.sha256 = sha256;
    Ok(answer)
}

/// What became of a row.
enum Row {
    Unread(BookError),
    NotConcerned,
    Screened(Vec<Told>),
}

fn row(read: Result<Customer, BookError>, lists: &Lists, deltas: &[Delta]) -> Row {
    let customer = match read {
        Ok(customer) => customer,
        Err(error) => return Row::Unread(error),
    };
    if !deltas.is_empty() && !deltas.iter().any(|delta| delta.concerns(&customer)) {
        return Row::NotConcerned;
    }
    let subject = Subject {
        name: customer.id.clone(),
        fingerprint: customer.fingerprint(),
        customer: Some(customer.id.clone()),
    };
    let names = customer.query().into_iter().map(Query::Name);
    let wallets = customer.wallets.into_iter().map(Query::Wallet);
    let told = names.chain(wallets).map(|query| {
        let screening = ask(lists, &query);
        (query, subject.clone(), screening)
    });
    Row::Screened(told.collect())
}

impl BookAnswer {
    fn of(path: &Path, deltas: &[Delta]) -> Self {
        BookAnswer {
            schema: BOOK_SCHEMA,
            book: path.display().to_string(),
            sha256: EvidenceId::of(&[]),
            customers: 0,
            screened: 0,
            questions: 0,
            hits: 0,
            malformed: 0,
            unread: Vec::new(),
            unread_count: 0,
            delta: deltas.iter().map(|delta| delta.proof().clone()).collect(),
        }
    }

    fn take(
        &mut self,
        chunk: Vec<Result<Customer, BookError>>,
        lists: &Lists,
        deltas: &[Delta],
        tell: &mut dyn FnMut(Vec<Told>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let rows: Vec<Row> = chunk
            .into_par_iter()
            .map(|read| row(read, lists, deltas))
            .collect();
        let mut to_look_at = Vec::new();
        for row in rows {
            match row {
                Row::Unread(error) => {
                    self.unread_count += 1;
                    if self.unread.len() < NAMED {
                        self.unread.push(UnreadRow {
                            why: error.to_string(),
                        });
                    }
                }
                Row::NotConcerned => self.customers += 1,
                Row::Screened(told) => {
                    self.customers += 1;
                    self.screened += 1;
                    self.questions += told.len() as u64;
                    to_look_at.extend(
                        told.into_iter()
                            .filter(|(_, _, screening)| self.counts(screening)),
                    );
                }
            }
        }
        if to_look_at.is_empty() {
            return Ok(());
        }
        tell(to_look_at)
    }

    /// Counts an answer, and returns whether somebody has to look at it.
    fn counts(&mut self, screening: &Screening) -> bool {
        match screening.verdict {
            ScreeningVerdict::NoHit => false,
            ScreeningVerdict::Malformed => {
                self.malformed += 1;
                true
            }
            ScreeningVerdict::Hit | ScreeningVerdict::Possible => {
                self.hits += 1;
                true
            }
        }
    }
}
