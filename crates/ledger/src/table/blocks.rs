//! Importing what was booked block by block: a chain that a node serves, or a file that was read as a whole.
//!
//! A chain has no bytes to be known by: its point is the number and id of the last block. The block that comes next must
//! name it as its parent, so a chain that was reorganised below is noticed; [`Ledger::truncate`] takes it back to the last common
//! block, from which the other branch goes on.

use super::taker::{Imported, Taker};
use super::{Progress, Row};
use crate::LedgerError;
use crate::store::{Ledger, Point, Writer, chain_source};
use strongroom_model::Gap;

/// Blocks and rows of a chain after which they are committed, though a segment is not full: what a killed import asks a node for again.
const BLOCKS: u64 = 1 << 12;
const ROWS: u64 = 1 << 17;
/// Rows of a file between two words of progress; each commit is one too.
const STEP: u64 = 1 << 12;

/// A block as rows in ledger order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Booked {
    /// Its number in the chain.
    pub number: u64,
    /// Its id; empty where the source does not say it.
    pub id: String,
    /// The id of the block before it; empty where the source does not say it.
    pub parent: String,
    /// What moves, in the order in which it moves.
    pub rows: Vec<Row<'static>>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// What the chain's books must remember of it to go on another day, in their own words.
    pub notes: Vec<String>,
}

impl Ledger {
    /// Returns the number of the block that a chain goes on with, or `None` where no block of it was taken.
    pub fn next_block(&self, chain: &str) -> Option<u64> {
        self.chain_point(chain).map(|point| point.line)
    }

    /// Returns the id of the last block that was taken of a chain.
    pub fn last_block(&self, chain: &str) -> Option<&str> {
        self.chain_point(chain).map(|point| point.read.as_str())
    }

    /// Imports blocks of a chain, each following the one before. Commits now and then, between blocks, and at the end; what
    /// was committed stays whatever comes later, and no segment depends on when that was. Blocks before the chain's next one
    /// were taken already and are left away.
    ///
    /// # Errors
    /// `NotNext` where a block is missing; `Reorganised` where a block names another parent than the one that was taken;
    /// and as [`Ledger::import_csv`].
    pub fn import_blocks(
        &mut self,
        chain: &str,
        blocks: impl IntoIterator<Item = Booked>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Imported, LedgerError> {
        let source = chain_source(chain);
        let mut writer = Writer::begin_chain(self, &source)?;
        let before = writer.points().into_iter().find(|point| point.source == source);
        let resumed_after = before.as_ref().map_or(0, |point| point.rows);
        let mut begun = before.is_some();
        let mut taker = Taker::of(&mut writer, chain, before.unwrap_or_else(|| whole(source, chain)));
        let (mut waiting, mut committed) = (0, 0);
        let mut ended = Ok(());
        for block in blocks {
            if begun && block.number < taker.point.line {
                continue;
            }
            if begun && let Err(error) = follows(chain, &taker.point, &block) {
                ended = Err(error);
                break;
            }
            begun = true;
            take_block(&mut taker, chain, &block)?;
            waiting += 1;
            if taker.writer.is_full() || waiting >= BLOCKS || taker.rows() - committed >= ROWS {
                taker.commit()?;
                progress(taker.progress(0, 0));
                (waiting, committed) = (0, taker.rows());
            }
        }
        if waiting > 0 {
            taker.commit()?;
            progress(taker.progress(0, 0));
        }
        ended.map(|()| taker.imported(resumed_after))
    }

    /// Imports a file that was read as a whole, `id` being the SHA-256 of its bytes: its blocks in order, which gaps call by
    /// `unit` and their number. A file that was
    /// taken before is not taken twice; one whose import was killed goes on after its last commit.
    ///
    /// # Errors
    /// As [`Ledger::import_csv`].
    pub(crate) fn import_whole(
        &mut self,
        (name, unit): (&str, &str),
        id: String,
        blocks: impl IntoIterator<Item = Booked>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Imported, LedgerError> {
        let mut writer = Writer::begin(self)?;
        let before = writer.points().into_iter().find(|point| point.source == id);
        let point = before.unwrap_or_else(|| Point {
            complete: false,
            ..whole(id, name)
        });
        let resumed_after = point.rows;
        let complete = point.complete;
        let mut taker = Taker::of(&mut writer, name, point);
        if complete {
            return Ok(taker.imported(resumed_after));
        }
        let mut skip = resumed_after;
        for block in blocks {
            let place = || format!("{name} {unit} {}", block.number);
            // Gaps of a block stand with its first row: a commit that has the row has them.
            if skip == 0 {
                block.gaps.iter().cloned().for_each(|gap| taker.gap(gap));
            }
            for row in &block.rows {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                taker.take(row, &place)?;
                let full = taker.writer.is_full();
                if full {
                    taker.commit()?;
                }
                if full || taker.rows().is_multiple_of(STEP) {
                    progress(taker.progress(0, 0));
                }
            }
        }
        taker.point.complete = true;
        taker.commit()?;
        progress(taker.progress(0, 0));
        Ok(taker.imported(resumed_after))
    }
}

/// Returns the point of a source of which nothing was taken; a chain is complete at every block.
fn whole(source: String, name: &str) -> Point {
    Point {
        source,
        after: None,
        name: name.to_owned(),
        byte: 0,
        read: String::new(),
        line: 0,
        rows: 0,
        complete: true,
    }
}

fn follows(chain: &str, point: &Point, block: &Booked) -> Result<(), LedgerError> {
    if block.number != point.line {
        return Err(LedgerError::NotNext {
            chain: chain.to_owned(),
            wanted: point.line,
            given: block.number,
        });
    }
    if block.parent.is_empty() || point.read.is_empty() || block.parent == point.read {
        return Ok(());
    }
    Err(LedgerError::Reorganised {
        chain: chain.to_owned(),
        number: block.number,
        taken: point.read.clone(),
        parent: block.parent.clone(),
    })
}

fn take_block(taker: &mut Taker<'_, '_>, chain: &str, block: &Booked) -> Result<(), LedgerError> {
    let place = || format!("{chain} block {}", block.number);
    taker.begin_block(block);
    block.gaps.iter().cloned().for_each(|gap| taker.gap(gap));
    for row in &block.rows {
        taker.take(row, &place)?;
    }
    taker.point.line = block.number.saturating_add(1);
    taker.point.read.clone_from(&block.id);
    Ok(())
}
