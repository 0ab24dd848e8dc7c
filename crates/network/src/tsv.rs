//! Zeek's tab-separated form: the `#` header says the separator, the words for "unset" and "empty", and the
//! columns (Zeek, "Zeek Log Formats"; `writers/ascii/Ascii.cc`). A header may come again in the middle, where
//! rotated files were joined: it then holds from there on.

use crate::log::LogPath;
use crate::row::{Cell, Column, Row};
use std::borrow::Cow;

/// Columns beyond these are a damaged header, not a log.
const MAX_COLUMNS: usize = 4096;

/// What the header lines have said so far.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    separator: Vec<u8>,
    set_separator: Vec<u8>,
    unset: Vec<u8>,
    empty: Vec<u8>,
    path: LogPath,
    stated: bool,
    columns: Vec<Option<Column>>,
    lists: Vec<bool>,
    types: usize,
}

/// What a header line that contradicts itself says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    /// `#separator` without a value.
    NoSeparator,
    /// More columns than any log has.
    TooManyColumns,
    /// `#types` does not name as many columns as `#fields`.
    TypesDiffer,
}

impl HeaderFault {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            HeaderFault::NoSeparator => "#separator names no separator",
            HeaderFault::TooManyColumns => "#fields names more columns than any log has",
            HeaderFault::TypesDiffer => "#types and #fields differ in length",
        }
    }
}

impl Default for Header {
    fn default() -> Self {
        Header {
            separator: b"\t".to_vec(),
            set_separator: b",".to_vec(),
            unset: b"-".to_vec(),
            empty: b"(empty)".to_vec(),
            path: LogPath::Other,
            stated: false,
            columns: Vec::new(),
            lists: Vec::new(),
            types: 0,
        }
    }
}

impl Header {
    /// Returns whether the columns are known.
    pub(crate) fn is_known(&self) -> bool {
        !self.columns.is_empty()
    }

    pub(crate) fn path(&self) -> LogPath {
        self.path
    }

    /// Returns whether a `#path` said which stream it is.
    pub(crate) fn is_stated(&self) -> bool {
        self.stated
    }

    pub(crate) fn has(&self, column: Column) -> bool {
        self.columns.contains(&Some(column))
    }

    /// Takes in one line that starts with `#`; what is no directive is a comment.
    pub(crate) fn take(&mut self, line: &[u8]) -> Result<(), HeaderFault> {
        if let Some(value) = line.strip_prefix(b"#separator ") {
            return self.restart(value);
        }
        let parts: Vec<&[u8]> = split(line, &self.separator).take(MAX_COLUMNS + 2).collect();
        let (name, values) = parts
            .split_first()
            .map_or((&b""[..], &[][..]), |(name, values)| (*name, values));
        let first = values.first().copied().unwrap_or_default();
        match name {
            b"#set_separator" => self.set_separator = unescape(first).into_owned(),
            b"#unset_field" => self.unset = first.to_vec(),
            b"#empty_field" => self.empty = first.to_vec(),
            b"#path" => {
                self.path = LogPath::named(&String::from_utf8_lossy(first));
                self.stated = true;
            }
            b"#fields" => return self.name_columns(values),
            b"#types" => return self.type_columns(values),
            _ => {}
        }
        Ok(())
    }

    fn restart(&mut self, value: &[u8]) -> Result<(), HeaderFault> {
        *self = Header::default();
        let separator = unescape(value).into_owned();
        if separator.is_empty() {
            return Err(HeaderFault::NoSeparator);
        }
        self.separator = separator;
        Ok(())
    }

    fn name_columns(&mut self, names: &[&[u8]]) -> Result<(), HeaderFault> {
        self.columns.clear();
        self.lists = vec![false; names.len()];
        if names.len() > MAX_COLUMNS {
            return Err(HeaderFault::TooManyColumns);
        }
        let named = |name: &&[u8]| std::str::from_utf8(name).ok().and_then(Column::named);
        self.columns = names.iter().map(named).collect();
        Ok(())
    }

    fn type_columns(&mut self, types: &[&[u8]]) -> Result<(), HeaderFault> {
        let list = |name: &&[u8]| name.starts_with(b"set[") || name.starts_with(b"vector[");
        self.lists = types.iter().map(list).collect();
        self.types = types.len();
        if self.types == self.columns.len() {
            Ok(())
        } else {
            Err(HeaderFault::TypesDiffer)
        }
    }

    /// Reads one row; the error is the number of its fields, where that is not the number of columns.
    pub(crate) fn row<'a>(&self, line: &'a [u8]) -> Result<Row<'a>, usize> {
        let mut row = Row::new();
        let mut count = 0;
        for field in split(line, &self.separator) {
            if let Some(Some(column)) = self.columns.get(count) {
                let list = self.lists.get(count).copied().unwrap_or_default();
                row.set(*column, self.cell(field, list));
            }
            count += 1;
        }
        if count == self.columns.len() {
            Ok(row)
        } else {
            Err(count)
        }
    }

    fn cell<'a>(&self, field: &'a [u8], list: bool) -> Cell<'a> {
        if field == self.unset {
            return Cell::Absent;
        }
        if list {
            return self.list(field);
        }
        if field == self.empty {
            return Cell::Text(Cow::Borrowed(""));
        }
        text(field).map_or(Cell::Odd, Cell::Text)
    }

    fn list<'a>(&self, field: &'a [u8]) -> Cell<'a> {
        if field == self.empty || field.is_empty() {
            return Cell::List(Vec::new());
        }
        let parts = split(field, &self.set_separator).filter(|part| *part != self.unset);
        let texts: Option<Vec<_>> = parts.map(text).collect();
        texts.map_or(Cell::Odd, Cell::List)
    }
}

/// Cuts at each separator; an empty separator cuts nothing.
fn split<'a, 's>(line: &'a [u8], separator: &'s [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a, 's> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let whole = rest?;
        let (part, tail) = match find(whole, separator) {
            Some(at) => (whole.get(..at)?, whole.get(at + separator.len()..)),
            None => (whole, None),
        };
        rest = tail;
        Some(part)
    })
}

fn find(whole: &[u8], separator: &[u8]) -> Option<usize> {
    match separator {
        [] => None,
        [byte] => memchr::memchr(*byte, whole),
        several => memchr::memmem::find(whole, several),
    }
}

/// Returns the text with Zeek's escapes undone. Where that gives no UTF-8, the escaped form stays, which is
/// also what the JSON form shows for such bytes. `None` where the bytes were no UTF-8 to begin with.
fn text(field: &[u8]) -> Option<Cow<'_, str>> {
    let raw = std::str::from_utf8(field).ok()?;
    Some(match unescape(field) {
        Cow::Borrowed(_) => Cow::Borrowed(raw),
        Cow::Owned(plain) => String::from_utf8(plain).map_or(Cow::Borrowed(raw), Cow::Owned),
    })
}

/// Undoes `\xHH` and `\\`.
fn unescape(field: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', field).is_none() {
        return Cow::Borrowed(field);
    }
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, tail @ ..] = rest {
        let (byte, after) = match rest {
            [b'\\', b'x', high, low, after @ ..] => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high * 16 + low, after),
                _ => (*first, tail),
            },
            [b'\\', b'\\', after @ ..] => (b'\\', after),
            _ => (*first, tail),
        };
        plain.push(byte);
        rest = after;
    }
    Cow::Owned(plain)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(lines: &[&str]) -> Header {
        let mut header = Header::default();
        for line in lines {
            header.take(line.as_bytes()).unwrap();
        }
        header
    }

    #[test]
    fn the_header_says_how_to_read_the_rows() {
        let header = header(&[
            "#separator |",
            "#set_separator|;",
            "#empty_field|nil",
            "#unset_field|none",
            "#path|dns",
            "#fields|ts|extra|query|answers|uid",
            "#types|time|string|string|vector[string]|string",
        ]);
        let row = header.row(b"1.5|-|nil|192.0.2.1;none;a\\x7cb|none").unwrap();
        assert_eq!(header.path(), LogPath::Dns);
        assert_eq!(row.get(Column::Ts), &Cell::Text("1.5".into()));
        assert_eq!(row.get(Column::Query), &Cell::Text("".into()));
        assert_eq!(
            row.get(Column::Answers),
            &Cell::List(vec!["192.0.2.1".into(), "a|b".into()])
        );
        assert_eq!(row.get(Column::Uid), &Cell::Absent);
        assert_eq!(row.get(Column::Host), &Cell::Absent);
    }

    #[test]
    fn a_row_with_too_few_or_too_many_fields_is_refused() {
        let header = header(&["#separator \\x09", "#fields\tts\tuid"]);
        assert_eq!(header.row(b"1").unwrap_err(), 1);
        assert_eq!(header.row(b"1\t2\t3").unwrap_err(), 3);
        assert!(header.row(b"1\t2").is_ok());
    }

    #[test]
    fn escapes_are_undone_only_where_the_result_is_text() {
        assert_eq!(text(b"a\\x09b\\\\c").unwrap(), "a\tb\\c");
        assert_eq!(text(b"\\xc3\\xa9").unwrap(), "é");
        assert_eq!(text(b"\\xff\\xzz").unwrap(), "\\xff\\xzz");
        assert_eq!(text(b"\xff"), None);
    }

    #[test]
    fn a_header_that_contradicts_itself_is_told() {
        let mut header = Header::default();
        assert_eq!(header.take(b"#separator "), Err(HeaderFault::NoSeparator));
        header.take(b"#fields\tts\tuid").unwrap();
        assert_eq!(header.take(b"#types\ttime"), Err(HeaderFault::TypesDiffer));
    }
}
