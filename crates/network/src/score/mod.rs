//! Scores of one pair's calls: RITA's as the reference, and our own, which adapts to the span in which a
//! pair was active and knows its significance.

mod comb;
mod cuts;
mod echo;
mod even;
mod gamma;
mod growth;
mod judge;
mod rita;
mod series;
mod stats;

pub(crate) use judge::{Judgement, judge};
pub(crate) use rita::BARS;
pub use rita::RitaScore;
pub(crate) use series::Series;
pub(crate) use stats::permille;

use serde::Serialize;

/// Which test a regularity was found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// The silences between calls are even.
    Even,
    /// The steps between calls are multiples of one period.
    Comb,
    /// Calls of one size, among others, are even.
    SameSize,
    /// Calls echo after one period, whatever else comes between.
    Echo,
    /// Each gap grows by the same factor; the period is the median gap.
    Growth,
}
