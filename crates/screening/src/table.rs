//! Rows of separated values with their line numbers. Not lenient: a row of another width, an open quote or
//! bytes that are no text refuse the whole file.

use crate::ListError;
use csv::{ReaderBuilder, StringRecord};

/// The end-of-file mark of DOS, which OFAC's files end with.
const END_OF_FILE: char = '\u{1a}';

pub(crate) struct Row {
    pub(crate) line: u64,
    record: StringRecord,
}

impl Row {
    /// Returns a field without the white space around it; empty where the row has none.
    pub(crate) fn field(&self, at: usize) -> &str {
        self.record.get(at).unwrap_or_default().trim()
    }

    /// Returns a field as it stands, white space included.
    pub(crate) fn raw(&self, at: usize) -> &str {
        self.record.get(at).unwrap_or_default()
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.record.iter().map(str::trim)
    }

    pub(crate) fn width(&self) -> usize {
        self.record.len()
    }
}

/// Returns the text of a file without byte order mark and end-of-file mark.
pub(crate) fn text<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, ListError> {
    let text = std::str::from_utf8(bytes).map_err(|cause| ListError::Text {
        file: file.to_owned(),
        line: line_of(bytes, cause.valid_up_to()),
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Ok(text.trim_end().trim_end_matches(END_OF_FILE))
}

fn line_of(bytes: &[u8], at: usize) -> u64 {
    1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count() as u64
}

/// Line numbers of ascending places. The reader's own are one short after a carriage return.
struct Lines<'a> {
    rest: &'a [u8],
    passed: u64,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Lines {
            rest: text.as_bytes(),
            passed: 0,
            line: 1,
        }
    }

    /// Returns the line of the first byte that is no line end, from `place` on.
    fn at(&mut self, place: u64) -> u64 {
        while let Some((byte, rest)) = self.rest.split_first() {
            if self.passed >= place && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.passed += 1;
            self.rest = rest;
        }
        self.line
    }
}

/// Returns whether a line that is a header names a column, in whatever case.
pub(crate) fn names(line: &str, column: &str) -> bool {
    let mut names = line.split(',').map(|name| name.trim().trim_matches('"'));
    names.any(|name| name.eq_ignore_ascii_case(column))
}

/// The columns of a table by the names in its first row, in whatever case.
pub(crate) struct Header<'a> {
    file: &'a str,
    names: Vec<String>,
}

impl<'a> Header<'a> {
    pub(crate) fn of(file: &'a str, rows: &[Row]) -> Result<Self, ListError> {
        let first = rows.first().ok_or_else(|| ListError::Empty {
            file: file.to_owned(),
        })?;
        Ok(Header {
            file,
            names: first.fields().map(str::to_ascii_lowercase).collect(),
        })
    }

    pub(crate) fn has(&self, column: &str) -> bool {
        self.names.iter().any(|name| name.eq_ignore_ascii_case(column))
    }

    pub(crate) fn need(&self, column: &'static str) -> Result<(), ListError> {
        if self.has(column) {
            return Ok(());
        }
        Err(ListError::Header {
            file: self.file.to_owned(),
            column,
        })
    }

    /// Returns what a row has in a column; nothing where the cell is empty or there is no such column.
    pub(crate) fn cell(&self, row: &Row, column: &str) -> Option<String> {
        let at = self
            .names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(column))?;
        Some(row.field(at))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }
}

/// Returns the rows of a file, all as wide as the first or as `columns` says.
pub(crate) fn rows(file: &str, bytes: &[u8], columns: Option<usize>) -> Result<Vec<Row>, ListError> {
    Layout {
        columns,
        above: 0,
        separator: b',',
    }
    .rows(file, text(file, bytes)?)
}

/// Returns the rows of a table with another separator, or with lines above it that are no rows.
pub(crate) fn rows_of(file: &str, text: &str, above: u64, separator: u8) -> Result<Vec<Row>, ListError> {
    Layout {
        columns: None,
        above,
        separator,
    }
    .rows(file, text)
}

/// How a table is written.
struct Layout {
    columns: Option<usize>,
    above: u64,
    separator: u8,
}

impl Layout {
    fn rows(&self, file: &str, text: &str) -> Result<Vec<Row>, ListError> {
        // Quotes open, close, or are doubled inside; an odd one was never closed.
        if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
            return Err(ListError::Unclosed {
                file: file.to_owned(),
                line: self.above + line_of(text.as_bytes(), text.len()),
            });
        }
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.separator)
            .from_reader(text.as_bytes());
        let mut rows: Vec<Row> = Vec::new();
        let mut lines = Lines::of(text);
        for record in reader.records() {
            let record = record.map_err(|cause| ListError::Text {
                file: file.to_owned(),
                line: self.above + cause.position().map_or(0, csv::Position::line),
            })?;
            let line = self.above + lines.at(record.position().map_or(0, csv::Position::byte));
            let row = Row { line, record };
            let expected = self.columns.or_else(|| rows.first().map(Row::width));
            if let Some(expected) = expected.filter(|expected| *expected != row.width()) {
                return Err(ListError::Columns {
                    file: file.to_owned(),
                    line,
                    columns: row.width(),
                    expected,
                });
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_line_break_keeps_the_line_numbers_right() {
        let rows = rows("t", b"1,\"a\nb\"\r\n2,c\r\n\x1a", Some(2)).unwrap_or_default();
        let lines: Vec<_> = rows
            .iter()
            .map(|row| (row.line, row.field(1).to_owned()))
            .collect();
        assert_eq!(lines, [(1, "a\nb".to_owned()), (3, "c".to_owned())]);
    }

    #[test]
    fn what_is_broken_is_named_with_its_line() {
        let refused = |bytes: &[u8]| rows("t", bytes, Some(2)).err().unwrap().to_string();
        assert_eq!(refused(b"1,a\n2,b,c\n"), "t, line 2: 3 columns, the layout has 2");
        assert_eq!(
            refused(b"1,a\n2,\"b"),
            "t, line 2: a quoted field is never closed"
        );
        assert_eq!(refused(b"1,a\n2,\xff\n"), "t, line 2: not UTF-8 text");
        assert_eq!(
            refused(b"1,a\n\x1a\n2,b\n"),
            "t, line 2: 1 columns, the layout has 2"
        );
    }
}
