//! What the manifest's lines of a ledger of transfers say.

use crate::manifest::Manifest;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use strongroom_model::Gap;

pub(crate) const SCHEMA: &str = "strongroom.ledger/2";

/// What the ledger is, in its first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) schema: String,
    pub(crate) rows_per_segment: u32,
}

/// A segment as it was committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sealed {
    pub(crate) file: String,
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
    pub(crate) rows: u64,
    pub(crate) transactions: u64,
    pub(crate) accounts: u32,
    pub(crate) assets: u32,
    /// The earliest and the latest moment, in microseconds.
    pub(crate) micros: (i64, i64),
}

/// How far a source has been read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Point {
    /// The SHA-256 of all its bytes.
    pub(crate) source: String,
    /// The shorter source that it begins with, whose rows were taken before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
    pub(crate) name: String,
    /// The first byte that was not read.
    pub(crate) byte: u64,
    /// The SHA-256 of the bytes before that.
    pub(crate) read: String,
    /// The number of the last line that was read, counted from 1.
    pub(crate) line: u64,
    /// Rows taken from it so far.
    pub(crate) rows: u64,
    pub(crate) complete: bool,
}

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Commit {
    pub(crate) segment: Option<Sealed>,
    pub(crate) point: Point,
    /// What could not be read since the last commit.
    pub(crate) gaps: Vec<Gap>,
    /// Gaps that were counted and not kept.
    pub(crate) more_gaps: u64,
}

impl Manifest<Head, Commit> {
    /// Returns the segments in order.
    pub(crate) fn segments(&self) -> impl Iterator<Item = &Sealed> {
        self.commits.iter().filter_map(|commit| commit.segment.as_ref())
    }

    /// Returns how far each source has been read, in the order of the last commits.
    pub(crate) fn points(&self) -> Vec<&Point> {
        let mut known = HashSet::new();
        let points = self.commits.iter().rev().map(|commit| &commit.point);
        let mut last: Vec<&Point> = points.filter(|point| known.insert(&point.source)).collect();
        last.reverse();
        last
    }
}
