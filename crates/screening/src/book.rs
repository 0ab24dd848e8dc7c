//! A book of customers: a table that is read a row at a time, since it may have millions.
//!
//! The header has `id`, and of `name`, `birth`, `country` and `wallet` what there is, in any order and case; several values in one cell
//! stand between semicolons. A row that cannot be read is told with its line, and the others are read all the same: a customer
//! who was not screened is not cleared.

use crate::{Birth, NameQuery};
use csv::{Reader, ReaderBuilder, StringRecord};
use serde::Serialize;
use std::io::Read;
use strongroom_model::EvidenceId;

/// Somebody whom the business knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Customer {
    /// The business's own number.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// Dates of birth.
    pub births: Vec<Birth>,
    /// Countries of nationality or residence.
    pub countries: Vec<String>,
    /// Wallets.
    pub wallets: Vec<String>,
    /// The line of the book, from 1; no part of who it is.
    #[serde(skip)]
    pub line: u64,
}

/// What of a book could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BookError {
    /// The header has no column that is needed.
    #[error("the header has no column {0:?}")]
    Header(&'static str),
    /// A row is broken.
    #[error("line {line}: {why}")]
    Row {
        /// The line, from 1.
        line: u64,
        /// What is broken.
        why: String,
    },
}

impl Customer {
    /// Returns what is asked of the customer's name from a score on, with what is known beside it; nothing where there is no name.
    pub fn query(&self, threshold: f64) -> Option<NameQuery> {
        let mut query = NameQuery::new(self.name.as_deref()?);
        query.threshold = threshold;
        query.particulars.births.clone_from(&self.births);
        for country in &self.countries {
            query.particulars.country(country);
        }
        Some(query)
    }

    /// Returns the hash of who the customer is: what was cleared comes back when it changes.
    pub fn fingerprint(&self) -> EvidenceId {
        EvidenceId::of(&serde_json::to_vec(self).expect("texts have a JSON form"))
    }
}

/// The customers of a book, in its order.
pub struct Book<R> {
    reader: Reader<R>,
    columns: Columns,
    record: StringRecord,
    ended: bool,
}

/// Where the columns stand.
struct Columns {
    id: usize,
    name: Option<usize>,
    birth: Option<usize>,
    country: Option<usize>,
    wallet: Option<usize>,
}

impl<R: Read> Book<R> {
    /// Begins to read a book.
    ///
    /// # Errors
    /// [`BookError::Header`] where no `id` stands in the header, or neither `name` nor `wallet`.
    pub fn open(input: R) -> Result<Self, BookError> {
        let mut reader = ReaderBuilder::new().from_reader(input);
        let header = reader.headers().map_err(|cause| BookError::Row {
            line: 1,
            why: cause.to_string(),
        })?;
        let find = |column: &str| {
            let trimmed = |name: &str| {
                name.trim()
                    .trim_start_matches('\u{feff}')
                    .eq_ignore_ascii_case(column)
            };
            header.iter().position(trimmed)
        };
        let columns = Columns {
            id: find("id").ok_or(BookError::Header("id"))?,
            name: find("name"),
            birth: find("birth"),
            country: find("country"),
            wallet: find("wallet"),
        };
        if columns.name.is_none() && columns.wallet.is_none() {
            return Err(BookError::Header("name"));
        }
        Ok(Book {
            reader,
            columns,
            record: StringRecord::new(),
            ended: false,
        })
    }

    /// Returns how many bytes of the book were read.
    pub fn bytes(&self) -> u64 {
        self.reader.position().byte()
    }

    fn customer(&self) -> Result<Customer, BookError> {
        let line = self.record.position().map_or(0, csv::Position::line);
        let refuse = |why: String| BookError::Row { line, why };
        let cell = |at: Option<usize>| at.and_then(|at| self.record.get(at)).unwrap_or_default().trim();
        let several = |at: Option<usize>| -> Vec<String> {
            let values = cell(at)
                .split(';')
                .map(str::trim)
                .filter(|value| !value.is_empty());
            values.map(str::to_owned).collect()
        };
        let id = cell(Some(self.columns.id));
        if id.is_empty() {
            return Err(refuse("a customer without an id".to_owned()));
        }
        let births = several(self.columns.birth);
        let births = births.iter().map(|text| {
            Birth::read(text).ok_or_else(|| refuse(format!("customer {id}: {text:?} is no date of birth")))
        });
        Ok(Customer {
            id: id.to_owned(),
            name: Some(cell(self.columns.name))
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            births: births.collect::<Result<_, _>>()?,
            countries: several(self.columns.country),
            wallets: several(self.columns.wallet),
            line,
        })
    }
}

impl<R: Read> Iterator for Book<R> {
    type Item = Result<Customer, BookError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.reader.read_record(&mut self.record) {
            Ok(true) => Some(self.customer()),
            Ok(false) => None,
            Err(cause) => {
                // Behind a fault of the disk nothing more will come.
                self.ended = cause.is_io_error();
                Some(Err(BookError::Row {
                    line: cause.position().map_or(0, csv::Position::line),
                    why: cause.to_string(),
                }))
            }
        }
    }
}
