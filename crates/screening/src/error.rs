//! Why a list was refused. A list is taken whole or not at all: one broken line may be the line that matters.

/// What is wrong with a list, naming the file and the line (counted from 1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// No entry stands in it.
    #[error("{file} holds no entry")]
    Empty {
        /// The file.
        file: String,
    },
    /// Bytes that are not UTF-8.
    #[error("{file}, line {line}: not UTF-8 text")]
    Text {
        /// The file.
        file: String,
        /// The line.
        line: u64,
    },
    /// A row with more or fewer columns than the layout has.
    #[error("{file}, line {line}: {columns} columns, the layout has {expected}")]
    Columns {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// How many stand there.
        columns: usize,
        /// How many should.
        expected: usize,
    },
    /// A quote that is opened and never closed: the file was cut short.
    #[error("{file}, line {line}: a quoted field is never closed")]
    Unclosed {
        /// The file.
        file: String,
        /// The last line.
        line: u64,
    },
    /// A field that does not hold what the layout says.
    #[error("{file}, line {line}: {expected} expected, found {text:?}")]
    Field {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// What should stand there.
        expected: &'static str,
        /// What stands there.
        text: String,
    },
    /// XML or JSON that is broken.
    #[error("{file}, line {line}: {cause}")]
    Markup {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// What is broken.
        cause: String,
    },
    /// A file that with the others is no one list.
    #[error("{file}: with the other files it is no one list")]
    NotOne {
        /// The file.
        file: String,
    },
    /// A file of no list that is known, or a part that is none by itself.
    #[error("{file}: no list that is known here, or a part that is none by itself")]
    NoList {
        /// The file.
        file: String,
    },
    /// A list that says how many entries it has, and has another number.
    #[error("{file}: the list says that it has {said} entries, and has {entries}")]
    Count {
        /// The file.
        file: String,
        /// How many it says.
        said: String,
        /// How many there are.
        entries: usize,
    },
    /// A header without a column that the layout needs.
    #[error("{file}: the header has no column {column:?}")]
    Header {
        /// The file.
        file: String,
        /// The missing column.
        column: &'static str,
    },
}

impl ListError {
    pub(crate) fn field(file: &str, line: u64, expected: &'static str, text: &str) -> Self {
        ListError::Field {
            file: file.to_owned(),
            line,
            expected,
            text: text.chars().take(80).collect(),
        }
    }
}
