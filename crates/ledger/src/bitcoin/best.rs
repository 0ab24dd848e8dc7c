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
use std::thread::{self, JoinHandle};
use strongroom_model::{Gap, Why};

/// Bytes of blocks that are worked on together.
const BATCH: usize = 16 << 20;
/// The version from which on a coinbase begins with its height (BIP 34).
const SAYS_HEIGHT: i32 = 2;

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
    pub fn best(&mut self, index: HeaderIndex) -> Result<BestChain, LedgerError> {
        let mut best = index.heaviest(self.chain);
        let first = best.entries().next().copied();
        let last = best.entries().next_back().copied();
        if let (None, Some(first), Some(last)) = (best.first_height, first, last) {
            let heights = (self.said_height(&first)?, self.said_height(&last)?);
            let between = u32::try_from(best.len() - 1).unwrap_or(u32::MAX);
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

    /// Returns the blocks of the best chain from a height on, in their order, each held against its header.
    ///
    /// Blocks are read ahead and decoded by `threads` at once; what is returned does not depend on how many there are.
    ///
    /// # Errors
    /// `NoHeight` where neither the blocks nor the caller say at which height the chain begins.
    pub fn blocks<'a>(
        &'a mut self,
        best: &'a BestChain,
        from_height: u32,
        threads: NonZero<usize>,
    ) -> Result<Blocks<'a, R, O>, LedgerError> {
        let first = best.first_height.ok_or(LedgerError::NoHeight)?;
        let skipped = from_height.saturating_sub(first);
        Ok(Blocks {
            files: self,
            best,
            place: skipped as usize,
            height: first.saturating_add(skipped),
            threads,
            decoding: Vec::new(),
            ready: Vec::new().into_iter(),
            begun: false,
            ended: Ok(None),
        })
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

/// The blocks of a chain in their order. After the last one, [`ended`](Self::ended) says why there are no more.
///
/// A block that does not hold is looked for in its other copies; where none holds, the chain ends before it.
pub struct Blocks<'a, R, O> {
    files: &'a mut BlockFiles<R, O>,
    best: &'a BestChain,
    /// The place in the chain of the block that is read next.
    place: usize,
    /// Its height.
    height: u32,
    threads: NonZero<usize>,
    /// Those that decode the batch behind the one that is ready.
    decoding: Vec<JoinHandle<Vec<Decoded>>>,
    ready: std::vec::IntoIter<Decoded>,
    begun: bool,
    ended: Result<Option<Gap>, LedgerError>,
}

impl<R, O> Blocks<'_, R, O>
where
    R: Read + Seek,
    O: FnMut(&str) -> io::Result<R>,
{
    /// Returns the block that ended the chain, if one did, or why a file could not be read; nothing where all blocks were there.
    pub fn ended(self) -> Result<Option<Gap>, LedgerError> {
        self.ended
    }

    fn one(&mut self) -> Result<Option<Block>, LedgerError> {
        if self.ready.len() == 0 {
            self.turn()?;
        }
        let Some((entry, height, read)) = self.ready.next() else {
            return Ok(None);
        };
        let fault = match read {
            Ok(block) if block.id == entry.id => return Ok(Some(block.at(height))),
            other => other.err(),
        };
        let copy = self.files.copy(self.best.index(), &entry)?;
        if copy.is_none() {
            self.ended = Ok(Some(self.files.gap(&entry, height, fault)));
        }
        Ok(copy.map(|block| block.at(height)))
    }

    /// Makes the batch that was decoded ready and has the next one decoded.
    fn turn(&mut self) -> Result<(), LedgerError> {
        if !std::mem::replace(&mut self.begun, true) {
            self.decode()?;
        }
        let decoding = std::mem::take(&mut self.decoding);
        let shares = decoding
            .into_iter()
            .map(|share| share.join().unwrap_or_else(|panic| resume_unwind(panic)));
        self.ready = shares.flatten().collect::<Vec<Decoded>>().into_iter();
        self.decode()
    }

    /// Reads the next batch of blocks and hands each thread its share.
    fn decode(&mut self) -> Result<(), LedgerError> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH
            && let Some(entry) = self.best.entry_at(self.place)
        {
            let block = self.files.block(entry)?;
            bytes += block.len();
            batch.push((*entry, self.height, block));
            self.place += 1;
            self.height = self.height.saturating_add(1);
        }
        let chain = self.files.chain;
        let share = batch.len().div_ceil(self.threads.get()).max(1);
        while !batch.is_empty() {
            let rest = batch.split_off(share.min(batch.len()));
            let share = std::mem::replace(&mut batch, rest);
            self.decoding.push(thread::spawn(move || decode(share, chain)));
        }
        Ok(())
    }
}

impl<R, O> Iterator for Blocks<'_, R, O>
where
    R: Read + Seek,
    O: FnMut(&str) -> io::Result<R>,
{
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        if !matches!(self.ended, Ok(None)) {
            return None;
        }
        self.one().unwrap_or_else(|error| {
            self.ended = Err(error);
            None
        })
    }
}

fn decode(share: Vec<(Entry, u32, Vec<u8>)>, chain: &Chain) -> Vec<Decoded> {
    let read = |(entry, height, bytes): (Entry, u32, Vec<u8>)| (entry, height, RawBlock::read(&bytes, chain));
    share.into_iter().map(read).collect()
}
