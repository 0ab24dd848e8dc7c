//! What the manifest's lines of a ledger of coins say.

use crate::manifest::Manifest;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

pub(crate) const SCHEMA: &str = "strongroom.coins/2";

/// What the ledger is, in its first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) schema: String,
    pub(crate) chain: String,
    pub(crate) rows_per_segment: u32,
}

/// A file as it was committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sealed {
    pub(crate) file: String,
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
}

/// A segment as it was committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SealedSegment {
    #[serde(flatten)]
    pub(crate) file: Sealed,
    /// The height of its first block.
    pub(crate) height: u32,
    pub(crate) blocks: u32,
    pub(crate) transactions: u32,
    pub(crate) inputs: u64,
    pub(crate) outputs: u64,
    pub(crate) owners: u32,
    /// Outputs older than the ledger.
    pub(crate) openings: u64,
    /// Inputs whose output is not known.
    pub(crate) unknown: u64,
    /// The earliest and the latest time of its blocks, in microseconds.
    pub(crate) micros: (i64, i64),
}

impl SealedSegment {
    /// Returns what a segment's size is measured by.
    pub(crate) fn rows(&self) -> u64 {
        self.inputs.max(self.outputs).max(u64::from(self.transactions))
    }
}

/// One commit: what it leaves standing and what it adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Commit {
    /// Segments that go on to stand, from the first.
    pub(crate) keep: u32,
    /// Segments after them.
    pub(crate) segments: Vec<SealedSegment>,
    /// Where who spends their outputs is written anew: a file for each of the first segments, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) spenders: Option<Vec<Sealed>>,
}

/// What stands after the last commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) segments: Vec<SealedSegment>,
    /// For as many of the first segments as there are: who spends their outputs, as far as these segments tell.
    pub(crate) spenders: Vec<Sealed>,
}

impl Standing {
    pub(crate) fn of(manifest: &Manifest<Head, Commit>) -> Self {
        let mut standing = Standing::default();
        manifest.commits.iter().for_each(|commit| standing.take(commit));
        standing
    }

    pub(crate) fn take(&mut self, commit: &Commit) {
        self.segments.truncate(commit.keep as usize);
        self.segments.extend(commit.segments.iter().cloned());
        if let Some(spenders) = &commit.spenders {
            self.spenders.clone_from(spenders);
        }
        self.spenders.truncate(self.segments.len());
    }

    /// Returns the names of all files that stand.
    pub(crate) fn files(&self) -> HashSet<&str> {
        let segments = self.segments.iter().map(|segment| &segment.file);
        segments
            .chain(&self.spenders)
            .map(|file| file.file.as_str())
            .collect()
    }
}
