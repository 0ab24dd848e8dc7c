//! The blocks of the best chain, in their order, from wherever they stand in the files.

use super::chain::Chain;
use super::fault::BlockFault;
use super::files::BlockFiles;
use super::index::{BestChain, Entry, HeaderIndex};
use super::wire::RawBlock;
use crate::{Block, LedgerError};
use std::io::{self, Read, Seek};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;
use strongroom_model::{Gap, Why};

/// Bytes of blocks that are worked on together.
const BATCH: usize = 16 << 20;
/// The version from which on a coinbase begins with its height (BIP 34).
const SAYS_HEIGHT: i32 = 2;

/// What takes the blocks.
type Sink<'a> = dyn FnMut(Block) -> Result<(), LedgerError> + 'a;

/// A block with its place in the files and in the chain, read or not.
type Decoded = (Entry, u32, Result<RawBlock, BlockFault>);

impl<R, O> BlockFiles<R, O>
where
    R: Read + Seek,
    O: FnMut(&str) -> io::Result<R>,
{
    /// Finds the chain with the most work and the height of its first block.
    ///
    /// A chain that does not begin with a first block has the height that its first and last coinbase say, if they are of a version that
    /// must say it, agree with each other, and are behind the height from which on the rule held.
    pub fn best(&mut self, index: &HeaderIndex) -> Result<BestChain, LedgerError> {
        let mut best = index.heaviest(self.chain);
        if best.first_height.is_none()
            && let (Some(first), Some(last)) = (best.blocks.first(), best.blocks.last())
        {
            let heights = (self.said_height(first)?, self.said_height(last)?);
            let between = u32::try_from(best.blocks.len() - 1).unwrap_or(u32::MAX);
            best.first_height = match heights {
                (Some(first), Some(last)) if first.checked_add(between) == Some(last) => Some(first),
                _ => None,
            };
        }
        Ok(best)
    }

    fn said_height(&mut self, entry: &Entry) -> Result<Option<u32>, LedgerError> {
        let bytes = self.block(entry)?;
        let block = RawBlock::read(&bytes, self.chain).ok();
        Ok(block
            .filter(|block| block.header.version >= SAYS_HEIGHT)
            .and_then(|block| block.said_height)
            .filter(|height| *height >= self.chain.heights_from))
    }

    /// Hands over the blocks of the best chain from a height on, in their order, each held against its header. A block that does not
    /// hold is looked for in its other copies; where none holds, the gap that is returned says so and the chain ends before it.
    ///
    /// Blocks are read ahead and decoded by `threads` at once; what is handed over does not depend on how many there are.
    pub fn each(
        &mut self,
        index: &HeaderIndex,
        best: &BestChain,
        from_height: u32,
        threads: NonZero<usize>,
        sink: &mut Sink<'_>,
    ) -> Result<Option<Gap>, LedgerError> {
        let Some(first) = best.first_height else {
            return Err(LedgerError::NoHeight);
        };
        let skipped = from_height.saturating_sub(first) as usize;
        let mut wanted = (first..).zip(&best.blocks).skip(skipped);
        let mut decoded = Vec::new();
        loop {
            let batch = self.batch(&mut wanted)?;
            let ready = std::mem::replace(&mut decoded, Vec::with_capacity(batch.len()));
            let chain = self.chain;
            let share = batch.len().div_ceil(threads.get()).max(1);
            let stopped = thread::scope(|scope| {
                let shares: Vec<_> = batch
                    .chunks(share)
                    .map(|share| scope.spawn(move || decode(share, chain)))
                    .collect();
                let stopped = self.hand_over(index, ready, sink);
                for share in shares {
                    decoded.extend(share.join().unwrap_or_else(|panic| resume_unwind(panic)));
                }
                stopped
            })?;
            if stopped.is_some() || decoded.is_empty() {
                return Ok(stopped);
            }
        }
    }

    /// Reads the bytes of the next blocks.
    fn batch<'b>(
        &mut self,
        wanted: &mut impl Iterator<Item = (u32, &'b Entry)>,
    ) -> Result<Vec<(Entry, u32, Vec<u8>)>, LedgerError> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH
            && let Some((height, entry)) = wanted.next()
        {
            let block = self.block(entry)?;
            bytes += block.len();
            batch.push((*entry, height, block));
        }
        Ok(batch)
    }

    fn hand_over(
        &mut self,
        index: &HeaderIndex,
        ready: Vec<Decoded>,
        sink: &mut Sink<'_>,
    ) -> Result<Option<Gap>, LedgerError> {
        for (entry, height, read) in ready {
            let block = match read {
                Ok(block) if block.id == entry.id => block,
                other => match self.copy(index, &entry)? {
                    Some(block) => block,
                    None => return Ok(Some(self.gap(&entry, height, other.err()))),
                },
            };
            sink(block.at(height))?;
        }
        Ok(None)
    }

    /// Returns the block from the first of its places where it holds.
    fn copy(&mut self, index: &HeaderIndex, entry: &Entry) -> Result<Option<RawBlock>, LedgerError> {
        for copy in index.copies(entry.id) {
            let bytes = self.block(copy)?;
            match RawBlock::read(&bytes, self.chain) {
                Ok(block) if block.id == entry.id => return Ok(Some(block)),
                _ => (),
            }
        }
        Ok(None)
    }

    fn gap(&self, entry: &Entry, height: u32, fault: Option<BlockFault>) -> Gap {
        let (cause, why) = match fault {
            Some(fault) => (fault.fault.cause(), fault.to_string()),
            None => (Why::Damaged, "the file changed while it was read".to_owned()),
        };
        let why = format!(
            "block {height} ({}) does not hold, the chain ends before it: {why}",
            entry.id
        );
        Gap::new(self.place(entry), cause, why)
    }
}

fn decode(share: &[(Entry, u32, Vec<u8>)], chain: &Chain) -> Vec<Decoded> {
    let read =
        |(entry, height, bytes): &(Entry, u32, Vec<u8>)| (*entry, *height, RawBlock::read(bytes, chain));
    share.iter().map(read).collect()
}
