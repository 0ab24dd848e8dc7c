//! What can go wrong with a column file.

use std::io;

/// Why a column file cannot be written, opened or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnsError {
    /// The operating system refused.
    #[error("cannot {action} {file}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        file: String,
        /// The cause.
        source: io::Error,
    },
    /// The file is no column file, or its header, directory or table of checksums is damaged.
    #[error("{file} is no sound column file: {why}")]
    Unsound {
        /// The file.
        file: String,
        /// What contradicts the format.
        why: &'static str,
    },
    /// A block's bytes contradict their checksum.
    #[error("{file} is damaged: column {column:?}, block {block} fails its checksum")]
    Damaged {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// The block, counted from 0 within the column.
        block: u64,
    },
    /// The file has no such column, or not of that width.
    #[error("{file} has no column {column:?} of width {width}")]
    NoColumn {
        /// The file.
        file: String,
        /// The column asked for.
        column: String,
        /// The width asked for, in bytes.
        width: u32,
    },
    /// A value beyond the column's end was asked for, or one column points beyond another.
    #[error("{file}: column {column:?} has no value {index}")]
    OutOfRange {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// The value's index.
        index: u64,
    },
    /// The bytes of a string are not UTF-8.
    #[error("{file}: string {index} of {column:?} is not UTF-8")]
    NotText {
        /// The file.
        file: String,
        /// The strings' name.
        column: String,
        /// The string's index.
        index: u64,
    },
    /// More bytes of text than one file's 32-bit offsets reach.
    #[error("strings {column:?} exceed 4 GiB")]
    TooLong {
        /// The strings' name.
        column: String,
    },
}
