//! Blocks of a chain: where they lie, and how they are taken back when the chain was reorganised.

use super::commit::Commit;
use super::draft::Draft;
use super::segment::SegmentBlocks;
use super::{Ledger, Point};
use crate::LedgerError;

/// Returns the name by which the manifest knows a chain as a source.
pub(crate) fn chain_source(chain: &str) -> String {
    format!("chain:{chain}")
}

impl Ledger {
    /// Returns how far a chain was taken.
    pub(crate) fn chain_point(&self, chain: &str) -> Option<&Point> {
        let source = chain_source(chain);
        self.points().into_iter().find(|point| point.source == source)
    }

    /// Returns the places of the segments that have rows of a chain, with its blocks in them.
    fn segments_of(&self, chain: &str) -> impl Iterator<Item = (usize, Option<&SegmentBlocks>)> {
        let source = chain_source(chain);
        let standing = self.manifest.standing().into_iter().zip(&self.segments);
        standing
            .enumerate()
            .filter(move |(_, ((_, of), _))| *of == source)
            .map(|(at, (_, segment))| (at, segment.blocks.as_ref()))
    }

    /// Returns the id of a block of a chain; `None` where the ledger does not have it, or the source did not say it.
    pub fn block_id(&self, chain: &str, number: u64) -> Result<Option<&str>, LedgerError> {
        let blocks = self
            .segments_of(chain)
            .filter_map(|(_, blocks)| blocks)
            .find(|blocks| (blocks.first..blocks.end()).contains(&number));
        let id = blocks.map(|blocks| blocks.ids.get(number - blocks.first));
        Ok(id.transpose()?.filter(|id| !id.is_empty()))
    }

    /// Returns the number of the first block of a chain that is kept as one, so that the chain can be taken back to it.
    pub fn first_block(&self, chain: &str) -> Option<u64> {
        let mut first = None;
        for (_, blocks) in self.segments_of(chain) {
            first = match blocks {
                Some(blocks) => first.or(Some(blocks.first)),
                // Rows whose blocks are not kept: nothing before this can go.
                None => None,
            };
        }
        first
    }

    /// Returns what was noted with the blocks of a chain, in their order: what its books must remember to go on.
    pub fn notes(&self, chain: &str) -> Result<Vec<&str>, LedgerError> {
        let blocks = self.segments_of(chain).filter_map(|(_, blocks)| blocks);
        let notes = blocks.flat_map(|blocks| blocks.notes.iter());
        notes.map(|note| Ok(note?)).collect()
    }

    /// Drops the blocks of a chain from a number on, for a chain that was reorganised; nothing happens where there are none. Returns
    /// how many blocks went.
    ///
    /// # Errors
    /// `Kept` where rows of another source stand behind them, or they are not kept as blocks; `Locked`, `Refuses`; `Io` and
    /// `Columns` where the disk fails, after which the ledger must be opened again.
    pub fn truncate(&mut self, chain: &str, number: u64) -> Result<u64, LedgerError> {
        let _lock = self.begin()?;
        let Some(point) = self
            .chain_point(chain)
            .filter(|point| number < point.line)
            .cloned()
        else {
            return Ok(0);
        };
        let kept = |why: &str| LedgerError::Kept {
            chain: chain.to_owned(),
            number,
            why: why.to_owned(),
        };
        let first = self.first_block(chain);
        let first = first.ok_or_else(|| kept("the ledger does not say which rows are theirs"))?;
        if number < first && self.segments_of(chain).any(|(_, blocks)| blocks.is_none()) {
            return Err(kept("the ledger does not say which rows are theirs"));
        }
        let number = number.max(first);
        let cut: Vec<usize> = self
            .segments_of(chain)
            .filter(|(_, blocks)| blocks.is_none_or(|blocks| blocks.end() > number))
            .map(|(at, _)| at)
            .collect();
        let Some(keep) = cut.first().copied() else {
            return Ok(0);
        };
        if keep + cut.len() != self.segments.len() {
            return Err(kept("rows of another source stand behind theirs"));
        }
        self.failed = true;
        self.cut(chain, keep, number, &point)?;
        self.failed = false;
        Ok(point.line - number)
    }

    /// Drops the blocks from a number on; `keep` segments stand before the first that has one of them.
    fn cut(&mut self, chain: &str, keep: usize, number: u64, point: &Point) -> Result<(), LedgerError> {
        let Some(segment) = self.segments.get(keep) else {
            return Ok(());
        };
        let mut draft = Draft::of(segment)?;
        let begins = segment.blocks.as_ref().map_or(number, |blocks| blocks.first);
        draft.keep_blocks((number - begins) as usize);
        let before = match draft.last_block() {
            Some(id) => id.to_owned(),
            None => match number.checked_sub(1) {
                Some(before) => self.block_id(chain, before)?.unwrap_or_default().to_owned(),
                None => String::new(),
            },
        };
        let gone = self.rows() - (segment.first.row + draft.rows() as u64);
        let segment = match draft.is_empty() {
            true => None,
            false => Some(self.seal(&draft, keep)?),
        };
        self.manifest.append(Commit {
            keep: Some(keep as u32),
            cut: Some(number),
            segment,
            point: Point {
                line: number,
                read: before,
                rows: point.rows - gone,
                ..point.clone()
            },
            gaps: Vec::new(),
            gap_blocks: Vec::new(),
            more_gaps: 0,
        })?;
        self.map_segments()?;
        self.remove_orphans()
    }
}
