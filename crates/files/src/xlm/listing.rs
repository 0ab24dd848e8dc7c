//! The texts that reports show: the formulas of the macro sheets, those written at run time, and what was done.

use super::value::CellAt;
use std::collections::{HashMap, HashSet};

/// Where a formula stands in the layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Spot {
    /// Whether a macro wrote it.
    pub written: bool,
    pub start: usize,
    pub end: usize,
}

/// A text of lines that never says one twice.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub source: String,
    pub written: String,
    pub evaluated: String,
    pub spots: HashMap<CellAt, Spot>,
    written_spots: HashMap<String, Spot>,
    said: HashSet<String>,
    /// Bytes that each text may still take.
    room: usize,
    /// Whether some line had no room.
    pub full: bool,
}

impl Listing {
    pub fn new(room: usize) -> Self {
        Listing {
            room,
            ..Listing::default()
        }
    }

    /// Adds a line of the source.
    pub fn source(&mut self, at: CellAt, line: &str) {
        if self.source.len() + line.len() >= self.room {
            self.full = true;
            return;
        }
        let start = self.source.len();
        self.source.push_str(line);
        let end = self.source.len();
        self.source.push('\n');
        self.spots.insert(
            at,
            Spot {
                written: false,
                start,
                end,
            },
        );
    }

    /// Adds a formula that a macro writes, and returns where it stands.
    pub fn write(&mut self, line: &str) -> Spot {
        if let Some(spot) = self.written_spots.get(line) {
            return *spot;
        }
        let start = self.written.len();
        if start + line.len() >= self.room {
            self.full = true;
            return Spot {
                written: true,
                start,
                end: start,
            };
        }
        self.written.push_str(line);
        let spot = Spot {
            written: true,
            start,
            end: self.written.len(),
        };
        self.written.push('\n');
        self.written_spots.insert(line.to_owned(), spot);
        spot
    }

    /// Adds a line about what was done.
    pub fn say(&mut self, line: String) {
        if self.evaluated.len() + line.len() >= self.room || self.said.contains(&line) {
            return;
        }
        self.evaluated.push_str(&line);
        self.evaluated.push('\n');
        self.said.insert(line);
    }
}
