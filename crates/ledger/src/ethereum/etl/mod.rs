//! Exports of a chain as tables (ethereum-etl, GraphSense, cryo): each recognised by its header, all joined into blocks in order.

mod cell;
mod head;
mod join;
mod rows;
mod sheet;

pub use head::Kind;

use super::Books;
use crate::table::{Booked, Imported, Progress};
use crate::{Ledger, LedgerError};
use rows::Parts;
use sha2::{Digest, Sha256};
use sheet::Sheet;
use strongroom_model::{EvidenceId, Gap, Limit, Why};

/// Rows that one export may have, all tables together: they are joined in memory, at about 250 bytes each.
const ROWS: usize = 1 << 23;
/// Gaps kept of the reading of one table.
const GAPS: usize = 100;

/// Returns which table of an export a text or Parquet file is, by its first bytes (text) or all of it (Parquet).
pub fn recognise(bytes: &[u8]) -> Option<Kind> {
    Sheet::kind(bytes)
}

/// Tables of one export, gathered until they are joined.
#[derive(Debug, Default)]
pub struct Export {
    parts: Parts,
    names: Vec<String>,
    /// By table its hash, since the order in which tables are given says nothing.
    ids: Vec<String>,
    gaps: Vec<Gap>,
    rows: usize,
}

impl Export {
    /// Returns an export without tables.
    pub fn new() -> Self {
        Export::default()
    }

    /// Adds a table: CSV, JSON lines or Parquet, whole. `name` stands in gaps. A row that cannot be read is a gap. The same bytes
    /// again are taken once.
    ///
    /// # Errors
    /// `NotATable` where no known table has its columns.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<Kind, LedgerError> {
        let not_a_table = |why: String| LedgerError::NotATable {
            name: name.to_owned(),
            why,
        };
        let sheet = Sheet::open(bytes).map_err(not_a_table)?;
        let kind = sheet.columns.kind;
        let id = EvidenceId::from_digest(Sha256::digest(bytes).into());
        if self.ids.iter().any(|known| known == id.as_str()) {
            return Ok(kind);
        }
        self.names.push(name.to_owned());
        self.ids.push(id.as_str().to_owned());
        self.parts.have(&sheet.columns);
        let (mut more, mut at) = (0u64, 0usize);
        sheet.rows(&mut |row| {
            at += 1;
            if self.rows >= ROWS {
                return false;
            }
            self.rows += 1;
            let read = row.and_then(|(columns, row)| self.parts.row(columns, at as u64, row));
            match read {
                Ok(()) => {}
                Err(why) if self.gaps.len() < GAPS => {
                    self.gaps
                        .push(Gap::new(format!("{name} row {at}"), Why::Damaged, why));
                }
                Err(_) => more += 1,
            }
            true
        });
        if self.rows >= ROWS {
            self.gaps.push(Gap::limit(
                name,
                Limit::Rows,
                format!("{ROWS} rows of one export: split it by blocks"),
            ));
        }
        if more > 0 {
            let why = format!("{more} more rows of {name} could not be read");
            self.gaps.push(Gap::new(name, Why::Damaged, why));
        }
        Ok(kind)
    }

    /// Joins the tables and books their blocks in order. A first page without rows says what of the tables could not be read.
    pub fn booked<'b>(mut self, books: &'b mut Books) -> impl Iterator<Item = Booked> + use<'b> {
        let blocks = join::joined(self.parts, books.chain(), &mut self.gaps);
        let before = Booked {
            gaps: self.gaps,
            ..Booked::default()
        };
        std::iter::once(before).chain(blocks.map(|block| books.book(&block)))
    }

    /// Joins the tables and imports their blocks in order. An export that was taken before is not taken twice.
    ///
    /// # Errors
    /// As [`Ledger::import_csv`].
    pub fn import(
        mut self,
        ledger: &mut Ledger,
        books: &mut Books,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Imported, LedgerError> {
        self.names.sort();
        self.ids.sort();
        let name = self.names.join(" + ");
        let mut hasher = Sha256::new();
        self.ids.iter().for_each(|id| hasher.update(id));
        let id = EvidenceId::from_digest(hasher.finalize().into())
            .as_str()
            .to_owned();
        ledger.import_whole((&name, "block"), id, self.booked(books), progress)
    }
}
