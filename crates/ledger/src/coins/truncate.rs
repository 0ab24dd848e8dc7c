//! Taking blocks back: what a reorganisation of the chain asks for before the other branch is appended.

use super::commit::{Commit, Sealed};
use super::draft::{Draft, NOBODY};
use super::ledger::CoinLedger;
use super::segment::u32s;
use crate::LedgerError;

impl CoinLedger {
    /// Drops the blocks from a height on; nothing happens where there are none.
    ///
    /// # Errors
    /// `Locked`, `Refuses`; `Io` and `Columns` where the disk fails, after which the ledger must be opened again.
    pub fn truncate(&mut self, height: u32) -> Result<(), LedgerError> {
        let _lock = self.begin()?;
        let Some((first, _)) = self.heights().filter(|(_, last)| height <= *last) else {
            return Ok(());
        };
        self.failed = true;
        self.live = None;
        self.cut(height.max(first))?;
        self.remove_orphans()?;
        self.failed = false;
        Ok(())
    }

    /// Drops the blocks from the height of one that is there.
    fn cut(&mut self, height: u32) -> Result<(), LedgerError> {
        let keep = self
            .segments
            .partition_point(|segment| segment.next().height <= height);
        let Some(segment) = self.segments.get(keep) else {
            return Ok(());
        };
        let commit = self.manifest.commits.len();
        let blocks = (height - segment.first.height) as usize;
        let mut segments = Vec::new();
        if blocks > 0 {
            let mut draft = Draft::of(segment)?;
            let mark = draft.mark_after(blocks);
            draft.rewind(&mark);
            segments.push(draft.seal(&self.dir, format!("coins-{keep:06}-{commit:06}.columns"))?);
        }
        // The arrays that say who spends may name transactions that go, whose ids others get.
        let spenders = if self.spenders.len() > keep {
            Some(self.spenders_before(keep, segment.first.transaction, commit)?)
        } else {
            None
        };
        self.commit(Commit {
            keep: keep as u32,
            segments,
            spenders,
        })?;
        self.map_spenders()
    }

    /// Writes the first `keep` arrays anew where they name transactions from `end` on, and returns them all.
    fn spenders_before(&self, keep: usize, end: u32, commit: usize) -> Result<Vec<Sealed>, LedgerError> {
        let columns = self.spenders.iter().zip(&self.standing.spenders).take(keep);
        let mut files = Vec::with_capacity(keep);
        for (place, (column, sealed)) in columns.enumerate() {
            let mut array = u32s(column)?;
            let mut changed = false;
            for spender in array.iter_mut().filter(|spender| (end..NOBODY).contains(spender)) {
                *spender = NOBODY;
                changed = true;
            }
            files.push(if changed {
                self.write_spenders(place, commit, array)?
            } else {
                sealed.clone()
            });
        }
        Ok(files)
    }
}
