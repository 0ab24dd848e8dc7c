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

/// One commit: what it leaves standing and what it adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Commit {
    /// Segments that go on to stand, from the first; all where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) keep: Option<u32>,
    /// The number of the block from which on the chain's blocks were taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cut: Option<u64>,
    pub(crate) segment: Option<Sealed>,
    pub(crate) point: Point,
    /// What could not be read since the last commit.
    pub(crate) gaps: Vec<Gap>,
    /// For a chain: per gap the number of its block.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) gap_blocks: Vec<u64>,
    /// Gaps that were counted and not kept.
    pub(crate) more_gaps: u64,
}

impl Commit {
    fn told(&self) -> impl Iterator<Item = Told<'_>> {
        let blocks = self.gap_blocks.iter().copied().map(Some);
        let blocks = blocks.chain(std::iter::repeat(None));
        self.gaps.iter().zip(blocks).map(|(gap, block)| Told {
            source: &self.point.source,
            block,
            gap,
        })
    }
}

/// A gap, where it comes from.
struct Told<'a> {
    source: &'a str,
    block: Option<u64>,
    gap: &'a Gap,
}

impl Manifest<Head, Commit> {
    /// Returns the segments that stand, in order, each with the source of its rows.
    pub(crate) fn standing(&self) -> Vec<(&Sealed, &str)> {
        let mut standing = Vec::new();
        for commit in &self.commits {
            if let Some(keep) = commit.keep {
                standing.truncate(keep as usize);
            }
            standing.extend(
                commit
                    .segment
                    .as_ref()
                    .map(|sealed| (sealed, commit.point.source.as_str())),
            );
        }
        standing
    }

    /// Returns the segments that stand, in order.
    pub(crate) fn segments(&self) -> impl Iterator<Item = &Sealed> {
        self.standing().into_iter().map(|(sealed, _)| sealed)
    }

    /// Returns the gaps of all blocks and tables that stand.
    pub(crate) fn gaps(&self) -> Vec<Gap> {
        let mut standing: Vec<Told<'_>> = Vec::new();
        for commit in &self.commits {
            if let Some(cut) = commit.cut {
                let stands = |told: &Told<'_>| {
                    told.source != commit.point.source || told.block.is_none_or(|block| block < cut)
                };
                standing.retain(stands);
            }
            standing.extend(commit.told());
        }
        standing.into_iter().map(|told| told.gap.clone()).collect()
    }

    /// Returns a name for the segment that comes after so many others. A name that a commit gave once is not given again: who
    /// reads by an older manifest must never find another file under it.
    pub(crate) fn segment_name(&self, before: usize) -> String {
        let name = format!("segment-{before:06}.columns");
        let mut sealed = self.commits.iter().filter_map(|commit| commit.segment.as_ref());
        match sealed.any(|sealed| sealed.file == name) {
            false => name,
            true => format!("segment-{before:06}-{:06}.columns", self.commits.len()),
        }
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
