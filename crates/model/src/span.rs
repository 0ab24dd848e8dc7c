//! Where in a piece of evidence something stands.

use serde::{Deserialize, Serialize};

/// A place inside evidence, precise enough that a reader can go there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Span {
    /// Bytes `start..end` of a layer: `content` is the file itself, others are named by what unfolded them.
    Bytes {
        /// The layer's name.
        layer: String,
        /// The first byte.
        start: u64,
        /// The byte after the last.
        end: u64,
    },
    /// A line of a text or log, counted from 1.
    Line {
        /// The file, where the evidence is a folder of several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<String>,
        /// The line number.
        line: u64,
    },
    /// A row of a table or ledger, counted from 0 in ledger order.
    Row {
        /// The row number.
        row: u64,
    },
    /// A packet of a capture, counted from 1.
    Packet {
        /// The file, where the evidence is a folder of several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<String>,
        /// The packet number.
        packet: u64,
    },
    /// An output of a transaction.
    Outpoint {
        /// `txid:vout`.
        outpoint: String,
    },
    /// The evidence as a whole.
    Whole {
        /// Always `content`.
        layer: Content,
    },
}

/// The layer that is the file itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// The file itself.
    Content,
}

impl Span {
    /// Returns the span of the evidence as a whole.
    pub const fn whole() -> Self {
        Span::Whole {
            layer: Content::Content,
        }
    }

    /// Returns the span of a byte range in a layer.
    pub fn bytes(layer: impl Into<String>, start: usize, end: usize) -> Self {
        Span::Bytes {
            layer: layer.into(),
            start: start as u64,
            end: end as u64,
        }
    }

    /// Returns the span of one line, counted from 1.
    pub const fn line(line: u64) -> Self {
        Span::Line { file: None, line }
    }

    /// Returns the span of one line in a named file, counted from 1.
    pub fn file_line(file: impl Into<String>, line: u64) -> Self {
        Span::Line {
            file: Some(file.into()),
            line,
        }
    }

    /// Returns the span of one packet in a named capture, counted from 1.
    pub fn file_packet(file: impl Into<String>, packet: u64) -> Self {
        Span::Packet {
            file: Some(file.into()),
            packet,
        }
    }

    /// Returns the span of one row, counted from 0.
    pub const fn row(row: u64) -> Self {
        Span::Row { row }
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Span::Bytes { layer, start, end } => write!(f, "{layer}[{start}..{end}]"),
            Span::Line {
                file: Some(file),
                line,
            } => write!(f, "{file}:{line}"),
            Span::Line { file: None, line } => write!(f, "line {line}"),
            Span::Row { row } => write!(f, "row {row}"),
            Span::Packet {
                file: Some(file),
                packet,
            } => write!(f, "{file}: packet {packet}"),
            Span::Packet { file: None, packet } => write!(f, "packet {packet}"),
            Span::Outpoint { outpoint } => f.write_str(outpoint),
            Span::Whole { .. } => f.write_str("content"),
        }
    }
}
