//! The taker: what a reader yields, row by row, goes through it into the ledger. It gives names their ids, keeps the
//! gaps of a commit under their cap, and knows how far the source has been taken.

use super::{Booked, Progress, Row};
use crate::LedgerError;
use crate::store::{Entry, Gaps, Point, Writer, more_gaps, why_malformed};
use strongroom_model::{Gap, Observable, Why};

/// Gaps kept of one commit; more are counted.
const GAPS: usize = 100;

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// Rows taken by this call; 0 where the source had been read to its end before.
    pub rows: u64,
    /// Rows that earlier calls had taken from the same source: interrupted ones, or when it was shorter.
    pub resumed_after: u64,
    /// What could not be read, of this call; a last one counts those that were not kept.
    pub gaps: Vec<Gap>,
}

pub(super) struct Taker<'a, 'w> {
    pub(super) writer: &'a mut Writer<'w>,
    name: &'a str,
    pub(super) point: Point,
    rows: u64,
    /// The block of a chain whose rows come.
    block: Option<u64>,
    gaps: Gaps,
    all_gaps: Vec<Gap>,
    all_more: u64,
}

impl<'a, 'w> Taker<'a, 'w> {
    pub(super) fn of(writer: &'a mut Writer<'w>, name: &'a str, point: Point) -> Self {
        Taker {
            writer,
            name,
            point,
            rows: 0,
            block: None,
            gaps: Gaps::default(),
            all_gaps: Vec::new(),
            all_more: 0,
        }
    }

    pub(super) fn gap(&mut self, gap: Gap) {
        if self.gaps.kept.len() < GAPS {
            self.gaps.kept.push(gap);
            self.gaps.blocks.extend(self.block);
        } else {
            self.gaps.more += 1;
        }
    }

    /// Begins the next block of a chain: gaps and rows that come now are its own.
    pub(super) fn begin_block(&mut self, block: &Booked) {
        self.block = Some(block.number);
        self.writer.begin_block(block.number, &block.id);
        block.notes.iter().for_each(|note| self.writer.note(note));
    }

    /// Returns how many rows were taken by this call.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes a row that stands at a place, which gaps name.
    pub(super) fn take(&mut self, row: &Row<'_>, place: &dyn Fn() -> String) -> Result<(), LedgerError> {
        let from = self.account(&row.from, place)?;
        let to = self.account(&row.to, place)?;
        let asset = self.writer.asset(&row.asset)?;
        let entry = Entry {
            micros: row.when.micros(),
            from,
            to,
            asset,
            amount: row.amount,
            fee: row.fee,
        };
        self.writer
            .push(entry, Observable::transaction(&row.transaction).value());
        self.rows += 1;
        self.point.rows += 1;
        Ok(())
    }

    fn account(&mut self, text: &str, place: &dyn Fn() -> String) -> Result<u32, LedgerError> {
        let named = self.writer.account(text)?;
        if named.malformed {
            let why = why_malformed(text).map_or_else(String::new, |why| why.to_string());
            let why = format!("{why}; the row is kept as given");
            self.gap(Gap::new(place(), Why::Damaged, why));
        }
        Ok(named.id)
    }

    /// Commits what was taken; `point` must say how far that is.
    pub(super) fn commit(&mut self) -> Result<(), LedgerError> {
        let gaps = std::mem::take(&mut self.gaps);
        let room = GAPS.saturating_sub(self.all_gaps.len());
        self.all_gaps.extend(gaps.kept.iter().take(room).cloned());
        self.all_more += gaps.more + gaps.kept.len().saturating_sub(room) as u64;
        self.writer.commit(self.point.clone(), gaps)
    }

    pub(super) fn progress(&self, bytes: u64, of_bytes: u64) -> Progress {
        Progress {
            rows: self.point.rows,
            bytes,
            of_bytes,
            committed: self.writer.committed(),
        }
    }

    pub(super) fn imported(mut self, resumed_after: u64) -> Imported {
        if self.all_more > 0 {
            self.all_gaps.push(more_gaps(self.name, self.all_more));
        }
        Imported {
            rows: self.rows,
            resumed_after,
            gaps: self.all_gaps,
        }
    }
}
