//! Scores of one pair's calls: RITA's as the reference, and our own, which adapts to the span in which a
//! pair was active and knows its significance.

mod comb;
mod even;
mod gamma;
mod rita;
mod series;
mod stats;

pub(crate) use rita::BARS;
pub use rita::RitaScore;
pub(crate) use series::{Judgement, Series, judge};
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
}
