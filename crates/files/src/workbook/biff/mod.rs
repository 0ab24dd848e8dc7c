//! Workbook streams of records (MS-XLS; BIFF 2 to 8).
//!
//! The records of the workbook name its sheets and where each begins; a sheet is then read from there to its end.
//! A record that breaks off leaves a gap and ends its sheet alone.

mod globals;
mod sheet;
mod strings;

pub(super) use globals::built_in;

use super::cursor::Cursor;
use super::{Dialect, Workbook};
use encoding_rs::Encoding;
use std::sync::Arc;
use strongroom_model::{Gap, Why};

const BOF: [u16; 4] = [0x0009, 0x0209, 0x0409, 0x0809];
const EOF: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;

/// A record.
#[derive(Clone, Copy, Debug)]
struct Record<'a> {
    id: u16,
    data: &'a [u8],
    /// Where it begins in the stream.
    at: usize,
}

impl Record<'_> {
    fn is_bof(&self) -> bool {
        BOF.contains(&self.id)
    }
}

/// The records from a place of a stream on; `broken` is set where one claims more than there is.
struct Records<'a> {
    stream: &'a [u8],
    at: usize,
    broken: bool,
}

impl<'a> Records<'a> {
    fn at(stream: &'a [u8], at: usize) -> Self {
        Records {
            stream,
            at,
            broken: false,
        }
    }

    /// Returns the next record without taking it.
    fn peek(&self) -> Option<Record<'a>> {
        let mut cursor = Cursor::new(self.stream.get(self.at..)?);
        let (id, size) = (cursor.u16()?, cursor.u16()?);
        let data = cursor.take(size.into())?;
        Some(Record {
            id,
            data,
            at: self.at,
        })
    }

    /// Takes the `CONTINUE` records that follow.
    fn continued(&mut self) -> Vec<&'a [u8]> {
        let mut parts = Vec::new();
        while let Some(record) = self.peek().filter(|record| record.id == CONTINUE) {
            self.at += 4 + record.data.len();
            parts.push(record.data);
        }
        parts
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let record = self.peek();
        match record {
            Some(record) => self.at += 4 + record.data.len(),
            // Zeros fill the last sector.
            None => {
                let rest = self.stream.get(self.at..).unwrap_or_default();
                self.broken = rest.iter().any(|byte| *byte != 0);
            }
        }
        record
    }
}

/// What reading a stream needs to know.
struct Reading {
    book: Workbook,
    encoding: &'static Encoding,
    strings: Vec<Arc<str>>,
    /// Where the sheets begin, in the order of `book.sheets`.
    begins: Vec<usize>,
    /// Bytes that may still be walked: sheets may overlap, and each byte is worth four readings.
    bytes: usize,
    cells: usize,
}

/// Reads a stream.
pub(super) fn read(stream: &[u8], place: &str) -> Workbook {
    let mut records = Records::at(stream, 0);
    let first = records.peek().filter(Record::is_bof);
    let dialect = first.map_or(Dialect::Biff8, |bof| dialect_of(&bof));
    let mut reading = Reading {
        book: Workbook::new(dialect),
        encoding: encoding_rs::WINDOWS_1252,
        strings: Vec::new(),
        begins: Vec::new(),
        bytes: stream.len().saturating_mul(4),
        cells: 0,
    };
    if matches!(dialect, Dialect::Biff2 | Dialect::Biff3 | Dialect::Biff4) {
        reading.single(stream, place);
    } else {
        reading.globals(&mut records, place);
        for index in 0..reading.book.sheets.len() {
            reading.sheet(stream, index, place);
        }
    }
    reading.book
}

/// Returns the version that a `BOF` begins (MS-XLS 2.4.21).
fn dialect_of(bof: &Record<'_>) -> Dialect {
    let version = Cursor::new(bof.data).u16();
    match (bof.id, version) {
        (0x0009, _) => Dialect::Biff2,
        (0x0209, _) => Dialect::Biff3,
        (0x0409, _) => Dialect::Biff4,
        (_, Some(0x0500)) => Dialect::Biff5,
        _ => Dialect::Biff8,
    }
}

impl Reading {
    fn gap(&mut self, place: &str, what: &str) {
        self.book.gaps.push(Gap::new(place, Why::Damaged, what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u16, data: &[u8]) -> Vec<u8> {
        let size = u16::try_from(data.len()).unwrap();
        [&id.to_le_bytes()[..], &size.to_le_bytes(), data].concat()
    }

    #[test]
    fn a_formula_that_breaks_off_leaves_a_gap() {
        // A name that starts a macro: its formula says so many bytes, and has three.
        let name = |size: u8| [0x20, 0, 0, 1, size, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x1E, 7, 0];
        let book = |size| {
            let bof = row(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            read(
                &[bof, row(0x0018, &name(size)), row(EOF, b"")].concat(),
                "Workbook",
            )
        };
        let whole = book(3);
        assert_eq!(whole.names[0].name, "Auto_Open");
        assert!(whole.names[0].formula.is_some() && whole.gaps.is_empty());
        assert_eq!(book(30).gaps.len(), 1);
    }
}
