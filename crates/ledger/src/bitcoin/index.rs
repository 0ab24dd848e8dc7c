//! The headers of all blocks that were found, and the chain among them that has the most work.
//!
//! A header takes 96 bytes of memory, and 40 more while the best chain is looked for. Proof of work was checked when
//! the block was found, on chains whose id shows it; that a target is the one that the chain's rules ask for is not checked, and
//! on Litecoin neither is scrypt's proof, so there the files are believed.

use super::chain::Chain;
use super::header::Header;
use crate::Id;
use ruint::aliases::U256;
use strongroom_model::{Gap, Why};

/// A block that was found in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) id: Id,
    pub(super) previous: Id,
    pub(super) bits: u32,
    pub(super) file: u32,
    pub(super) length: u32,
    /// The place of the block's first byte, behind magic and length.
    pub(super) offset: u64,
}

// With its numbers in two lists this is what the module's word on memory stands on.
const _: () = assert!(size_of::<Entry>() == 88 && size_of::<Rank>() == 40);

/// The headers of all blocks that were found, and where their blocks stand.
pub struct HeaderIndex {
    entries: Vec<Entry>,
    /// Numbers of entries by id, then by place.
    by_id: Vec<u32>,
    gaps: Vec<Gap>,
}

/// The chain with the most work of those that were found.
pub struct BestChain {
    index: HeaderIndex,
    /// Numbers of its entries, in its order.
    blocks: Vec<u32>,
    pub(super) first_height: Option<u32>,
    /// Blocks that lost a race: they connect to a block of the best chain's own tree, and are not on it.
    pub stale: u64,
    /// Blocks of other trees: the block that they follow was not found, however far back.
    pub orphans: u64,
    /// What the best chain lacks.
    pub gaps: Vec<Gap>,
}

impl BestChain {
    /// Returns the headers of all blocks that were found.
    pub fn index(&self) -> &HeaderIndex {
        &self.index
    }

    /// Returns how many blocks it has.
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Returns whether no block was found.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Returns the id of its first block.
    pub fn first(&self) -> Option<Id> {
        self.entries().next().map(|entry| entry.id)
    }

    /// Returns the id of its last block.
    pub fn tip(&self) -> Option<Id> {
        self.entries().next_back().map(|entry| entry.id)
    }

    /// Returns the id of the block at a height; nothing outside the chain, and where its heights are not known.
    pub fn at(&self, height: u32) -> Option<Id> {
        let place = height.checked_sub(self.first_height?)?;
        self.entry_at(place as usize).map(|entry| entry.id)
    }

    /// Returns the height of its first block: 0 where it begins with a first block, else what its coinbases say (BIP 34), else
    /// what it was given; nothing where none of these is known.
    pub fn first_height(&self) -> Option<u32> {
        self.first_height
    }

    /// Returns its entries in its order.
    pub(super) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.blocks.iter().filter_map(|number| self.index.entry(*number))
    }

    /// Returns the entry at a place of the chain, its first at 0.
    pub(super) fn entry_at(&self, place: usize) -> Option<&Entry> {
        self.index.entry(*self.blocks.get(place)?)
    }

    fn judge_beginning(&mut self, chain: &Chain) {
        let Some(first) = self.entry_at(0).copied() else {
            return;
        };
        if first.previous == Id::default() {
            self.first_height = Some(0);
            if first.id != chain.genesis() {
                let why = format!(
                    "the chain begins with {}, which is not {}'s",
                    first.id, chain.name
                );
                self.gaps.push(Gap::new("block files", Why::Unsupported, why));
            }
        }
        if self.orphans > 0 {
            let why = format!("{} blocks follow on blocks that are not there", self.orphans);
            self.gaps.push(Gap::new("block files", Why::Truncated, why));
        }
    }

    /// Gives the height of the first block, where the blocks themselves do not say it.
    #[must_use]
    pub fn beginning_at(mut self, height: u32) -> Self {
        self.first_height = self.first_height.or(Some(height));
        self
    }
}

/// No entry.
const NONE: u32 = u32::MAX;

/// What is known of an entry's place in its tree.
#[derive(Clone, Copy)]
struct Rank {
    parent: u32,
    root: u32,
    work: U256,
}

impl HeaderIndex {
    pub(super) fn new(entries: Vec<Entry>, gaps: Vec<Gap>) -> Self {
        let mut by_id: Vec<u32> = (0..NONE).take(entries.len()).collect();
        let id = |number: &u32| entries.get(*number as usize).map(|entry| entry.id);
        by_id.sort_by_key(id);
        HeaderIndex { entries, by_id, gaps }
    }

    /// Returns how many blocks were found, those that stand twice counted twice.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether no block was found.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns what stands in the files and is no block of the chain.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Returns every place of a block, the first one first.
    pub(super) fn copies(&self, id: Id) -> impl Iterator<Item = &Entry> {
        let first = self
            .by_id
            .partition_point(|number| self.entry(*number).is_some_and(|entry| entry.id < id));
        let rest = self.by_id.get(first..).unwrap_or_default();
        rest.iter()
            .map_while(|number| self.entry(*number))
            .take_while(move |entry| entry.id == id)
    }

    /// Finds the chain with the most work. Of two with the same, the one whose tip stands first counts.
    pub(super) fn heaviest(self, chain: &Chain) -> BestChain {
        let ranks = self.ranks();
        let best = (0..).zip(&ranks).filter(|(_, rank)| rank.root != NONE);
        let best = best.fold(None, |best: Option<(u32, &Rank)>, next| match best {
            Some((_, rank)) if rank.work >= next.1.work => best,
            _ => Some(next),
        });
        let path = std::iter::successors(best.map(|(tip, _)| tip), |number| {
            let parent = ranks.get(*number as usize)?.parent;
            (parent != NONE).then_some(parent)
        });
        let mut blocks: Vec<u32> = path.collect();
        blocks.reverse();
        let root = best.map_or(NONE, |(_, rank)| rank.root);
        let distinct = ranks.iter().filter(|rank| rank.root != NONE).count();
        let in_tree = ranks
            .iter()
            .filter(|rank| rank.root != NONE && rank.root == root)
            .count();
        let mut best = BestChain {
            stale: (in_tree - blocks.len()) as u64,
            orphans: (distinct - in_tree) as u64,
            first_height: None,
            gaps: Vec::new(),
            blocks,
            index: self,
        };
        best.judge_beginning(chain);
        best
    }

    /// Returns, for each entry, the one before it, the first of its tree, and the work of all from there to it. Copies of an
    /// entry have neither.
    fn ranks(&self) -> Vec<Rank> {
        let none = Rank {
            parent: NONE,
            root: NONE,
            work: U256::ZERO,
        };
        let mut ranks = vec![none; self.entries.len()];
        let mut waiting = Vec::new();
        for number in (0..NONE).take(self.entries.len()) {
            let mut next = self.canonical(number);
            while let Some(number) = next.filter(|number| rank(&ranks, *number).root == NONE) {
                waiting.push(number);
                next = self.before(number);
            }
            while let Some(number) = waiting.pop() {
                let parent = self.before(number);
                let before = parent.map_or(none, |parent| rank(&ranks, parent));
                if let Some(slot) = ranks.get_mut(number as usize) {
                    *slot = Rank {
                        parent: parent.unwrap_or(NONE),
                        root: if before.root == NONE { number } else { before.root },
                        work: before.work.saturating_add(self.work(number)),
                    };
                }
            }
        }
        ranks
    }

    fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(number as usize)
    }

    fn work(&self, number: u32) -> U256 {
        let bits = self.entry(number).map(|entry| entry.bits);
        bits.and_then(Header::work_of).unwrap_or_default()
    }

    /// Returns the first entry of the same id, if it is this one.
    fn canonical(&self, number: u32) -> Option<u32> {
        self.number(self.entry(number)?.id)
            .filter(|first| *first == number)
    }

    fn before(&self, number: u32) -> Option<u32> {
        self.number(self.entry(number)?.previous)
    }

    fn number(&self, id: Id) -> Option<u32> {
        let first = self
            .by_id
            .partition_point(|number| self.entry(*number).is_some_and(|entry| entry.id < id));
        let number = *self.by_id.get(first)?;
        (self.entry(number)?.id == id).then_some(number)
    }
}

fn rank(ranks: &[Rank], number: u32) -> Rank {
    ranks.get(number as usize).copied().unwrap_or(Rank {
        parent: NONE,
        root: NONE,
        work: U256::ZERO,
    })
}
