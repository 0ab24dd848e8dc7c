//! Limits: deterministic bounds on what hostile evidence may cost. Bytes, depth, counts, ratios and steps;
//! never wall time.

use crate::Gap;
use serde::{Deserialize, Serialize};

/// Which bound was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Limit {
    /// Bytes of one input.
    InputBytes,
    /// Bytes that one container may unpack to, all levels together.
    UnpackedBytes,
    /// Unpacked bytes to packed bytes of one member.
    Ratio,
    /// Levels of containers inside containers.
    Depth,
    /// Children of one piece of evidence, all levels together.
    Children,
    /// Steps that a script evaluation may take.
    Steps,
    /// Layers that one script may unfold to.
    Layers,
    /// Bytes of one value that a script builds.
    ValueBytes,
    /// Bytes of one line.
    LineBytes,
    /// Findings, observables or gaps of one report.
    Rows,
    /// Distinct keys kept in memory (pairs of hosts, names).
    Keys,
    /// Nesting of a parsed text.
    Nesting,
}

impl Limit {
    /// Returns the name as it stands in gaps.
    pub const fn as_str(self) -> &'static str {
        match self {
            Limit::InputBytes => "input bytes",
            Limit::UnpackedBytes => "unpacked bytes",
            Limit::Ratio => "compression ratio",
            Limit::Depth => "container depth",
            Limit::Children => "children",
            Limit::Steps => "evaluation steps",
            Limit::Layers => "script layers",
            Limit::ValueBytes => "bytes of one value",
            Limit::LineBytes => "bytes of one line",
            Limit::Rows => "rows of one report",
            Limit::Keys => "distinct keys",
            Limit::Nesting => "nesting",
        }
    }
}

/// The bounds that one examination works under. The defaults are documented in `docs/limits.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one input file that is read into memory.
    pub input_bytes: u64,
    /// Bytes that one input may unpack to, all levels together.
    pub unpacked_bytes: u64,
    /// Unpacked to packed bytes of one member; members under a MiB are exempt.
    pub ratio: u64,
    /// Levels of containers inside containers.
    pub depth: u32,
    /// Children of one input, all levels together.
    pub children: u32,
    /// Steps that the evaluation of one script may take, all layers together.
    pub steps: u64,
    /// Layers that one script may unfold to.
    pub layers: u32,
    /// Bytes of one value that a script builds.
    pub value_bytes: u64,
    /// Bytes of one line of a log or report.
    pub line_bytes: u64,
    /// Findings, observables and gaps of one report, each.
    pub rows: u32,
    /// Distinct keys kept in memory.
    pub keys: u64,
    /// Nesting of a parsed text (parentheses, JSON, MIME).
    pub nesting: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            input_bytes: 512 << 20,
            unpacked_bytes: 1 << 30,
            ratio: 1_000,
            depth: 16,
            children: 10_000,
            steps: 2_000_000,
            layers: 64,
            value_bytes: 16 << 20,
            line_bytes: 1 << 20,
            rows: 10_000,
            keys: 20_000_000,
            nesting: 64,
        }
    }
}

/// What one input has used of its limits, all levels together.
///
/// Children are charged in the order in which they stand, so which one meets the limit does not depend on
/// threads.
#[derive(Debug)]
pub struct Meter<'a> {
    limits: &'a Limits,
    unpacked: u64,
    children: u32,
}

impl<'a> Meter<'a> {
    /// Starts with nothing used.
    pub fn new(limits: &'a Limits) -> Self {
        Meter {
            limits,
            unpacked: 0,
            children: 0,
        }
    }

    /// Returns the limits that it meters.
    pub fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// Returns how many more bytes may be unpacked.
    pub fn bytes_left(&self) -> u64 {
        self.limits.unpacked_bytes.saturating_sub(self.unpacked)
    }

    /// Charges unpacked bytes; the gap says where they did not fit.
    pub fn charge_bytes(&mut self, place: &str, bytes: u64) -> Result<(), Gap> {
        if bytes > self.bytes_left() {
            self.unpacked = self.limits.unpacked_bytes;
            return Err(Gap::limit(
                place,
                Limit::UnpackedBytes,
                self.limits.unpacked_bytes,
            ));
        }
        self.unpacked += bytes;
        Ok(())
    }

    /// Charges one child; the gap says where one too many stood.
    pub fn charge_child(&mut self, place: &str) -> Result<(), Gap> {
        if self.children >= self.limits.children {
            return Err(Gap::limit(place, Limit::Children, self.limits.children));
        }
        self.children += 1;
        Ok(())
    }
}
