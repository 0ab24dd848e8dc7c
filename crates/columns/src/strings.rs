//! Strings of any length: a column of offsets beside a column of bytes.

use crate::{Column, ColumnFile, ColumnsError};

/// Strings by index.
#[derive(Clone, Debug)]
pub struct Strings {
    /// One more than there are strings: where each starts, and where the last ends.
    offsets: Column,
    bytes: Column,
    file: Box<str>,
    name: Box<str>,
}

/// The column of offsets of the strings `name`.
pub(crate) fn offsets_name(name: &str) -> String {
    format!("{name}.at")
}

/// The column of bytes of the strings `name`.
pub(crate) fn bytes_name(name: &str) -> String {
    format!("{name}.text")
}

impl Strings {
    pub(crate) fn of(file: &ColumnFile, name: &str) -> Result<Self, ColumnsError> {
        Ok(Strings {
            offsets: file.column_of(&offsets_name(name), 4)?,
            bytes: file.column_of(&bytes_name(name), 1)?,
            file: file.0.name.as_str().into(),
            name: name.into(),
        })
    }

    /// Returns how many strings there are.
    pub fn len(&self) -> u64 {
        self.offsets.len().saturating_sub(1)
    }

    /// Returns whether there is no string.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns string `index`, not copied.
    pub fn get(&self, index: u64) -> Result<&str, ColumnsError> {
        let end = index.saturating_add(1);
        let (from, to) = (self.offsets.u32(index)?, self.offsets.u32(end)?);
        let length = to.checked_sub(from).ok_or_else(|| ColumnsError::OutOfRange {
            file: self.file.to_string(),
            column: self.name.to_string(),
            index,
        })?;
        let bytes = self.bytes.slice(u64::from(from), u64::from(length))?;
        std::str::from_utf8(bytes).map_err(|_| ColumnsError::NotText {
            file: self.file.to_string(),
            column: self.name.to_string(),
            index,
        })
    }

    /// Returns all strings in order.
    pub fn iter(&self) -> impl Iterator<Item = Result<&str, ColumnsError>> {
        (0..self.len()).map(|index| self.get(index))
    }
}
