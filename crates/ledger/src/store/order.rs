//! Ledger order across segments: runs that are in order each, merged by (time, row).
//!
//! A run joins the merge only when the merge reaches its first place, so segments that follow one another in
//! time cost nothing.

use super::{Ledger, Segment};
use crate::LedgerError;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

/// A place in ledger order: microseconds, then the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) micros: i64,
    pub(crate) row: u64,
}

/// What a run runs through within its segment.
#[derive(Clone, Copy, Debug)]
enum Through {
    Rows,
    Postings,
}

#[derive(Debug)]
struct Run<'a> {
    segment: &'a Segment,
    through: Through,
    next: u64,
    end: u64,
}

impl Run<'_> {
    /// Returns the place that the run stands at.
    fn place(&self) -> Result<Option<Place>, LedgerError> {
        if self.next >= self.end {
            return Ok(None);
        }
        let row = match self.through {
            Through::Rows => self.segment.at_place(self.next)?,
            Through::Postings => self.segment.posted_row(self.next)?,
        };
        Ok(Some(Place {
            micros: self.segment.micros(row)?,
            row: self.segment.first.row + row,
        }))
    }
}

/// Places in ledger order.
#[derive(Debug)]
pub(crate) struct Merge<'a> {
    runs: Vec<Run<'a>>,
    /// Runs that have not begun, the last to begin first.
    waiting: Vec<(Place, usize)>,
    begun: BinaryHeap<Reverse<(Place, usize)>>,
}

impl<'a> Merge<'a> {
    fn of(runs: Vec<Run<'a>>) -> Result<Self, LedgerError> {
        let mut waiting = Vec::with_capacity(runs.len());
        for (at, run) in runs.iter().enumerate() {
            if let Some(place) = run.place()? {
                waiting.push((place, at));
            }
        }
        waiting.sort_unstable_by_key(|run| Reverse(*run));
        Ok(Merge {
            runs,
            waiting,
            begun: BinaryHeap::new(),
        })
    }

    /// Returns all rows of the ledger.
    pub(crate) fn rows(ledger: &'a Ledger) -> Result<Self, LedgerError> {
        let run = |segment: &'a Segment| Run {
            segment,
            through: Through::Rows,
            next: 0,
            end: segment.rows,
        };
        Self::of(ledger.segments.iter().map(run).collect())
    }

    /// Returns all rows that name an account.
    pub(crate) fn rows_of(ledger: &'a Ledger, account: u32) -> Result<Self, LedgerError> {
        let mut runs = Vec::new();
        for segment in &ledger.segments {
            let Range { start, end } = segment.postings(account)?;
            if start < end {
                runs.push(Run {
                    segment,
                    through: Through::Postings,
                    next: start,
                    end,
                });
            }
        }
        Self::of(runs)
    }

    fn begin(&mut self) {
        while let Some(waiting) = self.waiting.last() {
            if self.begun.peek().is_some_and(|Reverse(first)| first < waiting) {
                break;
            }
            self.begun.extend(self.waiting.pop().map(Reverse));
        }
    }

    pub(crate) fn next_place(&mut self) -> Result<Option<Place>, LedgerError> {
        self.begin();
        let Some(Reverse((place, at))) = self.begun.pop() else {
            return Ok(None);
        };
        if let Some(run) = self.runs.get_mut(at) {
            run.next += 1;
            if let Some(next) = run.place()? {
                self.begun.push(Reverse((next, at)));
            }
        }
        Ok(Some(place))
    }
}
