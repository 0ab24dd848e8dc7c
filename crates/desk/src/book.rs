//! `screen --book`: a whole book of customers, or of it those whom a new version of a list can concern.

use crate::decide::Subject;
use crate::hashing::Hashing;
use crate::progress::{Progress, Step};
use crate::screen::{Query, ask};
use anyhow::Context;
use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use strongroom_model::EvidenceId;
use strongroom_screening::{
    Book, BookError, Customer, Delta, DeltaProof, Lists, Screening, ScreeningVerdict, Shelf, Version,
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
    /// From which score on a listed name is similar.
    pub threshold: f64,
    /// The lists that were asked.
    pub lists: Vec<Version>,
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
    /// The hash over all answers, those without a hit too: of each the hash of its bytes without the lists, a line each, in the order
    /// of the book.
    pub answers: EvidenceId,
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

/// What is asked of a book.
#[derive(Clone, Copy, Debug)]
pub struct BookQuery<'a> {
    /// The file.
    pub path: &'a Path,
    /// What the answer calls it.
    pub name: &'a str,
    /// From which score on a listed name is similar.
    pub threshold: f64,
    /// The changes of lists whom to screen; everybody where there is none.
    pub deltas: &'a [Delta],
}

impl BookQuery<'_> {
    fn concerns(&self, customer: &Customer) -> bool {
        let mut deltas = self.deltas.iter();
        self.deltas.is_empty() || deltas.any(|delta| delta.concerns(customer, self.threshold))
    }

    /// Returns whether the change may have taken something away from a customer, so that no hit is news too.
    fn mentions(&self, customer: &Customer) -> bool {
        let mut deltas = self.deltas.iter();
        deltas.any(|delta| delta.mentions(customer, self.threshold))
    }

    fn told(&self, customer: Customer, lists: &Lists) -> Vec<Told> {
        let subject = Subject {
            name: customer.id.clone(),
            fingerprint: customer.fingerprint(),
            customer: Some(customer.id.clone()),
        };
        let names = customer.query(self.threshold).into_iter().map(Query::Name);
        let wallets = customer.wallets.into_iter().map(Query::Wallet);
        let told = names.chain(wallets).map(|query| {
            let screening = ask(lists, &query);
            (query, subject.clone(), screening)
        });
        told.collect()
    }
}

/// Screens the customers of one number, whatever they come to: a book may have a number in several rows.
///
/// # Errors
/// Where the book cannot be read, has no such customer, or a row that may be the customer's is broken.
pub fn screen_customer(query: &BookQuery<'_>, lists: &Lists, id: &str) -> anyhow::Result<Vec<Told>> {
    let place = || query.path.display().to_string();
    let file = File::open(query.path).with_context(place)?;
    let book = Book::open(BufReader::with_capacity(1 << 20, file)).with_context(place)?;
    let (mut told, mut unread) = (Vec::new(), None);
    for row in book {
        match row {
            Ok(customer) if customer.id == id => told.extend(query.told(customer, lists)),
            Ok(_) => {}
            Err(error) => unread = unread.or(Some(error)),
        }
    }
    match (told.is_empty(), unread) {
        (false, _) => Ok(told),
        (true, Some(error)) => {
            Err(error).context(format!("no customer {id:?} in the rows that could be read"))
        }
        (true, None) => anyhow::bail!("{}: no customer {id:?} with a name or a wallet", place()),
    }
}

/// Screens a book; hands over, chunk by chunk and in the order of the book, what somebody has to look at, and of a change of
/// lists besides the answers about all whom it mentions.
///
/// # Errors
/// Where the book cannot be read, and where `tell` fails.
pub fn screen_book(
    query: &BookQuery<'_>,
    lists: &Lists,
    tell: &mut dyn FnMut(Vec<Told>) -> anyhow::Result<()>,
    progress: &Progress<'_>,
) -> anyhow::Result<BookAnswer> {
    let path = query.path;
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let total = file.metadata().map_or(0, |metadata| metadata.len());
    let mut input = Hashing::new(BufReader::with_capacity(1 << 20, file));
    let mut answer = BookAnswer::of(query, lists);
    let mut answers = Sha256::new();
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
        let rows: Vec<Row> = chunk
            .into_par_iter()
            .map(|read| row(read, query, lists))
            .collect();
        for digest in rows.iter().flat_map(Row::digests) {
            answers.update(format!("{digest}\n"));
        }
        let told = answer.take(rows);
        if !told.is_empty() {
            tell(told)?;
        }
        let now = book.bytes();
        progress(Step::Advance(now.saturating_sub(passed)));
        passed = now;
    }
    progress(Step::End);
    let (sha256, _) = input.finish().with_context(|| path.display().to_string())?;
    answer.sha256 = sha256;
    answer.answers = EvidenceId::from_digest(answers.finalize().into());
    Ok(answer)
}

/// What became of a row.
enum Row {
    Unread(BookError),
    NotConcerned,
    Screened(Screened),
}

/// A row that was screened.
struct Screened {
    told: Vec<Told>,
    /// Of each answer, its hash.
    digests: Vec<EvidenceId>,
    /// Whether no hit is told too.
    aloud: bool,
}

impl Row {
    fn digests(&self) -> &[EvidenceId] {
        match self {
            Row::Screened(screened) => &screened.digests,
            Row::Unread(_) | Row::NotConcerned => &[],
        }
    }
}

fn row(read: Result<Customer, BookError>, query: &BookQuery<'_>, lists: &Lists) -> Row {
    let customer = match read {
        Ok(customer) => customer,
        Err(error) => return Row::Unread(error),
    };
    if !query.concerns(&customer) {
        return Row::NotConcerned;
    }
    let aloud = query.mentions(&customer);
    let told = query.told(customer, lists);
    Row::Screened(Screened {
        digests: told.iter().map(|(_, _, screening)| screening.digest()).collect(),
        told,
        aloud,
    })
}

impl BookAnswer {
    fn of(query: &BookQuery<'_>, lists: &Lists) -> Self {
        BookAnswer {
            schema: BOOK_SCHEMA,
            book: query.name.to_owned(),
            sha256: EvidenceId::of(&[]),
            threshold: query.threshold,
            lists: lists.versions().to_vec(),
            customers: 0,
            screened: 0,
            questions: 0,
            hits: 0,
            malformed: 0,
            answers: EvidenceId::of(&[]),
            unread: Vec::new(),
            unread_count: 0,
            delta: query.deltas.iter().map(|delta| delta.proof().clone()).collect(),
        }
    }

    /// Counts rows, and returns what is told of them.
    fn take(&mut self, rows: Vec<Row>) -> Vec<Told> {
        let mut all = Vec::new();
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
                Row::Screened(Screened { told, aloud, .. }) => {
                    self.customers += 1;
                    self.screened += 1;
                    self.questions += told.len() as u64;
                    let told = told.into_iter();
                    all.extend(told.filter(|(_, _, screening)| self.counts(screening) || aloud));
                }
            }
        }
        all
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
