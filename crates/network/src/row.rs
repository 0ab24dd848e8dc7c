//! A row as both forms of log write it: the wanted columns, each a cell that is not yet judged.

use std::borrow::Cow;

/// The columns that are read; all others flow by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Ts,
    Uid,
    OrigH,
    RespH,
    RespP,
    Service,
    Duration,
    OrigBytes,
    Query,
    Answers,
    Method,
    Host,
    Uri,
    ServerName,
    UserAgent,
    Ja3,
    Ja4,
    QueryType,
    ConnState,
    Client,
}

/// Every column with the name that Zeek gives it, in the order of [`Column`].
const COLUMNS: [(&str, Column); 20] = [
    ("ts", Column::Ts),
    ("uid", Column::Uid),
    ("id.orig_h", Column::OrigH),
    ("id.resp_h", Column::RespH),
    ("id.resp_p", Column::RespP),
    ("service", Column::Service),
    ("duration", Column::Duration),
    ("orig_bytes", Column::OrigBytes),
    ("query", Column::Query),
    ("answers", Column::Answers),
    ("method", Column::Method),
    ("host", Column::Host),
    ("uri", Column::Uri),
    ("server_name", Column::ServerName),
    ("user_agent", Column::UserAgent),
    ("ja3", Column::Ja3),
    ("ja4", Column::Ja4),
    ("qtype_name", Column::QueryType),
    ("conn_state", Column::ConnState),
    ("client", Column::Client),
];

impl Column {
    /// Returns the column that Zeek names so, where it is a wanted one.
    pub(crate) fn named(name: &str) -> Option<Self> {
        COLUMNS.iter().find(|(known, _)| *known == name).map(|(_, c)| *c)
    }

    /// Returns the name that Zeek gives it.
    pub(crate) fn name(self) -> &'static str {
        COLUMNS.get(self as usize).map_or("", |(name, _)| name)
    }
}

/// What stands in one column of one row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// No such column, or the field is unset.
    Absent,
    /// A text, escapes undone.
    Text(Cow<'a, str>),
    /// A whole number (JSON).
    Count(u64),
    /// Any other number (JSON).
    Real(f64),
    /// The texts of a set or vector.
    List(Vec<Cow<'a, str>>),
    /// Bytes or a value of a kind that no wanted column holds.
    Odd,
}

/// The wanted cells of one row.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    cells: [Cell<'a>; COLUMNS.len()],
}

impl<'a> Row<'a> {
    pub(crate) fn new() -> Self {
        Row {
            cells: [const { Cell::Absent }; COLUMNS.len()],
        }
    }

    pub(crate) fn set(&mut self, column: Column, cell: Cell<'a>) {
        if let Some(place) = self.cells.get_mut(column as usize) {
            *place = cell;
        }
    }

    pub(crate) fn get(&self, column: Column) -> &Cell<'a> {
        self.cells.get(column as usize).unwrap_or(&Cell::Absent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_stands_at_its_own_place() {
        for (place, (name, column)) in COLUMNS.iter().enumerate() {
            assert_eq!(*column as usize, place);
            assert_eq!(Column::named(name).unwrap().name(), *name);
        }
        assert_eq!(Column::named("history"), None);
    }
}
