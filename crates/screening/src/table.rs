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

/// Returns the rows of a file, all as wide as the first or as `columns` says.
pub(crate) fn rows(file: &str, bytes: &[u8], columns: Option<usize>) -> Result<Vec<Row>, ListError> {
    let text = text(file, bytes)?;
    // Quotes open, close, or are doubled inside; an odd one was never closed.
    if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        return Err(ListError::Unclosed {
            file: file.to_owned(),
            line: line_of(text.as_bytes(), text.len()),
        });
    }
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows: Vec<Row> = Vec::new();
    let mut lines = Lines::of(text);
    for record in reader.records() {
        let record = record.map_err(|cause| ListError::Text {
            file: file.to_owned(),
            line: cause.position().map_or(0, csv::Position::line),
        })?;
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        let row = Row { line, record };
        let expected = columns.or_else(|| rows.first().map(Row::width));
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
