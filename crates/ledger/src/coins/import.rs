//! Taking blocks: each is put in work order, what it spends is found, and its rows join the draft; full drafts are sealed by a
//! second thread while the next one fills.

use super::Block;
use super::commit::{Commit, SealedSegment};
use super::draft::Draft;
use super::ledger::CoinLedger;
use super::live::Live;
use super::order::Orderer;
use super::take::Taker;
use crate::LedgerError;
use std::borrow::Borrow;
use std::sync::Arc;
use std::thread::JoinHandle;

/// How far an append has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoinProgress {
    /// The height of the block that was taken last.
    pub height: u32,
    /// Blocks taken so far.
    pub blocks: u64,
    /// Transactions of them.
    pub transactions: u64,
    /// The height up to which everything is on disk, whatever happens now.
    pub committed: Option<u32>,
}

/// What an append did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Appended {
    /// Blocks taken.
    pub blocks: u64,
    /// Blocks that were there already.
    pub skipped: u64,
    /// Transactions of those that were taken.
    pub transactions: u64,
}

/// A draft that a second thread is sealing.
struct Sealing {
    draft: Arc<Draft>,
    thread: JoinHandle<Result<SealedSegment, LedgerError>>,
}

/// An append at work.
pub(crate) struct Import<'a> {
    ledger: &'a mut CoinLedger,
    /// Segments that go on to stand.
    keep: usize,
    sealing: Option<Sealing>,
    draft: Draft,
    live: Live,
    orderer: Orderer,
    /// Whether the draft has blocks that are not on disk.
    changed: bool,
}

impl<'a> Import<'a> {
    /// Starts where the ledger ends; its last segment is taken into memory again unless it is full.
    pub(crate) fn over(ledger: &'a mut CoinLedger) -> Result<Self, LedgerError> {
        let live = match ledger.live.take() {
            Some((hash, live)) if hash == ledger.manifest.hash() => live,
            _ => Live::of(&ledger.segments)?,
        };
        let full = ledger.full_segments();
        let draft = match ledger.segments.get(full) {
            Some(open) => Draft::of(open)?,
            None => Draft::at(ledger.next()),
        };
        Ok(Import {
            ledger,
            keep: full,
            sealing: None,
            draft,
            live,
            orderer: Orderer::default(),
            changed: false,
        })
    }

    /// Takes a block whole, or nothing of it.
    pub(crate) fn take(&mut self, block: &Block) -> Result<(), LedgerError> {
        let mark = self.draft.mark();
        if mark.is_start() && self.ledger.segments.is_empty() && self.sealing.is_none() {
            self.draft.first.height = block.height;
        }
        let taker = Taker {
            segments: self.ledger.segments.get(..self.keep).unwrap_or_default(),
            sealing: self.sealing.as_ref().map(|sealing| &*sealing.draft),
            draft: &mut self.draft,
            live: &mut self.live,
        };
        let taken = taker.block(block, &mut self.orderer);
        match &taken {
            Ok(()) => self.changed = true,
            Err(_) => self.draft.rewind(&mark),
        }
        taken
    }

    /// Returns the height up to which everything is on disk.
    fn committed(&self) -> Option<u32> {
        self.ledger.heights().map(|(_, last)| last)
    }

    fn is_full(&self) -> bool {
        self.draft.rows() >= self.ledger.manifest.head.rows_per_segment as usize
    }

    /// Hands the draft to the second thread and starts the next one.
    fn roll(&mut self) -> Result<(), LedgerError> {
        self.settle()?;
        let next = Draft::at(self.draft.next());
        let draft = Arc::new(std::mem::replace(&mut self.draft, next));
        let file = format!(
            "coins-{:06}-{:06}.columns",
            self.keep,
            self.ledger.manifest.commits.len()
        );
        let (dir, sealed) = (self.ledger.dir.clone(), Arc::clone(&draft));
        let thread = std::thread::spawn(move || sealed.seal(&dir, file));
        self.sealing = Some(Sealing { draft, thread });
        self.changed = false;
        Ok(())
    }

    /// Waits for what is being sealed and commits it.
    fn settle(&mut self) -> Result<(), LedgerError> {
        let Some(sealing) = self.sealing.take() else {
            return Ok(());
        };
        let sealed = sealing
            .thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        self.ledger.commit(Commit {
            keep: self.keep as u32,
            segments: vec![sealed],
            spenders: None,
        })?;
        self.keep += 1;
        Ok(())
    }

    /// Brings everything that was taken to disk.
    fn finish(mut self, whole: bool) -> Result<(), LedgerError> {
        if self.changed {
            self.roll()?;
        }
        self.settle()?;
        let live = std::mem::take(&mut self.live);
        self.ledger.live = whole.then(|| (String::new(), live));
        Ok(())
    }
}

impl Drop for Import<'_> {
    /// Nothing is written once the lock is free again, whatever ended the append.
    fn drop(&mut self) {
        if let Some(sealing) = self.sealing.take() {
            let _ = sealing.thread.join();
        }
    }
}

impl CoinLedger {
    /// Returns how many of the first segments are full: all, or all but the last.
    pub(crate) fn full_segments(&self) -> usize {
        let rows = u64::from(self.manifest.head.rows_per_segment);
        let open = self
            .standing
            .segments
            .last()
            .is_some_and(|last| last.rows() < rows);
        self.standing.segments.len() - usize::from(open)
    }

    /// Appends a commit and maps what it adds.
    pub(crate) fn commit(&mut self, commit: Commit) -> Result<(), LedgerError> {
        self.manifest.append(commit)?;
        if let Some(commit) = self.manifest.commits.last() {
            self.standing.take(commit);
            self.segments.truncate(commit.keep as usize);
        }
        for sealed in self
            .standing
            .segments
            .get(self.segments.len()..)
            .unwrap_or_default()
            .to_vec()
        {
            self.map_segment(&sealed)?;
        }
        Ok(())
    }

    /// Appends blocks in chain order; those that are there already are skipped. Each block is taken whole or not at all.
    ///
    /// `told` is called after each block.
    ///
    /// # Errors
    /// `Block` for one that does not follow, contradicts itself, spends what is not there or more than it has: what came before
    /// it is kept, and it is not. `Locked`, `Refuses`; `Io` and `Columns` where the disk fails, after which the ledger must be
    /// opened again.
    pub fn append<I>(
        &mut self,
        blocks: I,
        told: &mut dyn FnMut(CoinProgress),
    ) -> Result<Appended, LedgerError>
    where
        I: IntoIterator,
        I::Item: Borrow<Block>,
    {
        let _lock = self.begin()?;
        self.failed = true;
        let (appended, refused) = self.append_all(&mut blocks.into_iter(), told)?;
        self.renew_spenders()?;
        self.remove_orphans()?;
        // Where nothing was taken, what is in memory fits the commit that it says, if that is still the last.
        if let Some((hash, _)) = self.live.as_mut().filter(|(hash, _)| hash.is_empty()) {
            *hash = self.manifest.hash().to_owned();
        }
        self.failed = false;
        refused.map_or(Ok(appended), Err)
    }

    /// Takes blocks until there is none or one is refused.
    fn append_all<I>(
        &mut self,
        blocks: &mut I,
        told: &mut dyn FnMut(CoinProgress),
    ) -> Result<(Appended, Option<LedgerError>), LedgerError>
    where
        I: Iterator,
        I::Item: Borrow<Block>,
    {
        let mut appended = Appended::default();
        let mut next = blocks.next();
        while let Some(block) = next.as_ref().map(Borrow::borrow) {
            match self.holds(block) {
                Ok(false) => break,
                Ok(true) => appended.skipped += 1,
                Err(error @ LedgerError::Block { .. }) => return Ok((appended, Some(error))),
                Err(error) => return Err(error),
            }
            next = blocks.next();
        }
        let Some(first) = next else {
            return Ok((appended, None));
        };
        let mut import = Import::over(self)?;
        for block in std::iter::once(first).chain(blocks) {
            let block = block.borrow();
            match import.take(block) {
                Ok(()) => {}
                Err(error @ LedgerError::Block { .. }) => {
                    import.finish(false)?;
                    return Ok((appended, Some(error)));
                }
                Err(error) => return Err(error),
            }
            appended.blocks += 1;
            appended.transactions += block.transactions.len() as u64;
            if import.is_full() {
                import.roll()?;
            }
            told(CoinProgress {
                height: block.height,
                blocks: appended.blocks,
                transactions: appended.transactions,
                committed: import.committed(),
            });
        }
        import.finish(true)?;
        Ok((appended, None))
    }

    /// Returns whether a block is there already.
    fn holds(&self, block: &Block) -> Result<bool, LedgerError> {
        let Some((first, last)) = self.heights().filter(|(_, last)| block.height <= *last) else {
            return Ok(false);
        };
        let refused = |why: &str| LedgerError::Block {
            height: block.height,
            transaction: None,
            why: why.to_owned(),
        };
        if block.height < first {
            return Err(refused("the ledger begins after it"));
        }
        let (segment, at) = self.with_height(block.height)?;
        if segment.block_id(at)? != block.id {
            let why = format!(
                "another block of this height is there, {} blocks deep",
                last - block.height
            );
            return Err(refused(&why));
        }
        Ok(true)
    }
}
