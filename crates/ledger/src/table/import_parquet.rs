//! Importing a transfer table that lies in a Parquet file: the same columns and the same reading of them as in a text.

use super::parquet::{Binary, Reader, is};
use super::taker::Imported;
use super::{Booked, Mapping, Progress, Row, Table};
use crate::{Ledger, LedgerError};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use strongroom_model::{EvidenceId, Gap, Why};

/// Returns whether a file is a transfer table in Parquet, by the names of its columns.
pub fn recognise_parquet(bytes: &[u8]) -> bool {
    let table = open(bytes, &Mapping::default());
    table.is_ok_and(|(_, table)| table.transaction.is_some() || table.asset.is_some())
}

fn open(bytes: &[u8], mapping: &Mapping) -> Result<(Reader, Table), String> {
    if !is(bytes) {
        return Err("it is no Parquet file".into());
    }
    let reader = Reader::open(bytes, Binary::Text)?;
    let table = Table::of_columns(reader.names(), mapping)?;
    Ok((reader, table))
}

impl Ledger {
    /// Imports a transfer table from a Parquet file. `name` stands in gaps.
    ///
    /// A file is known by the SHA-256 of its bytes: one that was taken is not taken twice, and a killed import of it goes on
    /// after its last commit. A floating number is no amount, whatever its value: nobody may trust what it lost.
    ///
    /// # Errors
    /// As [`Ledger::import_csv`].
    pub fn import_parquet(
        &mut self,
        name: &str,
        bytes: &[u8],
        mapping: &Mapping,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Imported, LedgerError> {
        let (reader, table) = open(bytes, mapping).map_err(|why| LedgerError::NotATable {
            name: name.to_owned(),
            why,
        })?;
        let id = EvidenceId::from_digest(Sha256::digest(bytes).into());
        let unread = table
            .unread()
            .iter()
            .map(|why| Gap::new(name, Why::Unsupported, why));
        let head = Booked {
            gaps: unread.collect(),
            ..Booked::default()
        };
        let rows = reader
            .zip(1u64..)
            .map(|(row, number)| book(name, number, &table, row));
        let rows = std::iter::once(head).chain(rows);
        self.import_whole((name, "row"), id.as_str().to_owned(), rows, progress)
    }
}

fn book(name: &str, number: u64, table: &Table, row: Result<Vec<String>, String>) -> Booked {
    let mut booked = Booked {
        number,
        ..Booked::default()
    };
    let read = row.and_then(|cells| {
        let cells = cells.into_iter().map(Cow::Owned).collect();
        Row::of_parts(table, cells).map_err(|error| error.to_string())
    });
    match read {
        Ok(row) => booked.rows.push(row),
        Err(why) => booked
            .gaps
            .push(Gap::new(format!("{name} row {number}"), Why::Damaged, why)),
    }
    booked
}
