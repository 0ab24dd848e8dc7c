//! A segment in the making: blocks, transactions and coins in flat vectors, until they are sealed.

use super::order::prefix;
use super::segment::CoinSegment;
use super::table::Table;
use super::{Id, OutPoint};
use crate::LedgerError;
use std::convert::Infallible;
use std::ops::Range;

/// The id of no owner and of no transaction.
pub(crate) const NOBODY: u32 = u32::MAX;

/// Set in what an input spends where that is not in the ledger; the rest is its place among the segment's unknown ones.
pub(crate) const UNKNOWN: u64 = 1 << 63;

/// Set in an id of the draft's index that counts opening outputs.
pub(crate) const OPENING: u32 = 1 << 31;

/// The ids at which a segment starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct First {
    pub(crate) height: u32,
    pub(crate) transaction: u32,
    pub(crate) input: u64,
    pub(crate) output: u64,
    pub(crate) owner: u32,
}

/// How long every vector is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark {
    blocks: usize,
    transactions: usize,
    inputs: usize,
    outputs: usize,
    owners: usize,
    openings: usize,
    unknown: usize,
    lost: usize,
}

impl Mark {
    /// Returns whether nothing came before it.
    pub(crate) fn is_start(&self) -> bool {
        self.blocks == 0
    }
}

/// The rows of a segment to be. Transactions, inputs, outputs and new owners are counted from 0 within it; what inputs spend
/// and who owns outputs are ids of the whole ledger.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) first: First,
    pub(crate) block_ids: Vec<[u8; 32]>,
    pub(crate) block_times: Vec<i64>,
    /// Per block its first transaction.
    pub(crate) block_first: Vec<u32>,
    pub(crate) ids: Vec<[u8; 32]>,
    /// Per transaction its place in its block.
    pub(crate) places: Vec<u32>,
    /// Per transaction its first input and its first output.
    pub(crate) first_inputs: Vec<u32>,
    pub(crate) first_outputs: Vec<u32>,
    pub(crate) spends: Vec<u64>,
    /// Per input the owner of what it spends.
    pub(crate) payers: Vec<u32>,
    /// Per input the value of what it spends, 0 where that is not known.
    pub(crate) paid: Vec<u64>,
    pub(crate) values: Vec<u64>,
    pub(crate) owners: Vec<u32>,
    /// Outputs older than the ledger: each lies just before the outputs of the transaction that spends it.
    pub(crate) opening_outputs: Vec<u32>,
    pub(crate) openings: Vec<OutPoint>,
    pub(crate) unknown: Vec<OutPoint>,
    /// Outputs that a later twin of their transaction destroyed, and that twin.
    pub(crate) lost: Vec<(u64, u32)>,
    /// Where each new owner's code ends.
    pub(crate) code_ends: Vec<u32>,
    pub(crate) codes: Vec<u8>,
    /// Id prefix → transaction, and opening output.
    index: Table,
}

impl Draft {
    pub(crate) fn at(first: First) -> Self {
        Draft {
            first,
            ..Draft::default()
        }
    }

    /// Takes a sealed segment into memory again.
    pub(crate) fn of(segment: &CoinSegment) -> Result<Self, LedgerError> {
        let mut draft = segment.to_draft()?;
        draft.index();
        Ok(draft)
    }

    fn index(&mut self) {
        self.index = Table::default();
        self.index.reserve(self.ids.len() + self.openings.len());
        for (at, id) in (0u32..).zip(&self.ids) {
            self.index.add(prefix(&Id(*id)), at);
        }
        for (at, outpoint) in (0u32..).zip(&self.openings) {
            self.index.add(prefix(&outpoint.transaction), OPENING | at);
        }
    }

    pub(crate) fn blocks(&self) -> usize {
        self.block_ids.len()
    }

    /// Returns the largest of the counts of transactions, inputs and outputs: what a segment's size is measured by.
    pub(crate) fn rows(&self) -> usize {
        self.values.len().max(self.spends.len()).max(self.ids.len())
    }

    /// Returns where the next segment starts.
    pub(crate) fn next(&self) -> First {
        First {
            height: self.first.height + self.blocks() as u32,
            transaction: self.first.transaction + self.ids.len() as u32,
            input: self.first.input + self.spends.len() as u64,
            output: self.first.output + self.values.len() as u64,
            owner: self.first.owner + self.code_ends.len() as u32,
        }
    }

    pub(crate) fn start_block(&mut self, id: Id, micros: i64) {
        self.block_ids.push(id.0);
        self.block_times.push(micros);
        self.block_first.push(self.ids.len() as u32);
    }

    pub(crate) fn start_transaction(&mut self) {
        self.first_inputs.push(self.spends.len() as u32);
    }

    /// Says that the inputs are all there and the outputs follow.
    pub(crate) fn start_outputs(&mut self) {
        self.first_outputs.push(self.values.len() as u32);
    }

    pub(crate) fn end_transaction(&mut self, id: Id, place: u32) {
        self.index.add(prefix(&id), self.ids.len() as u32);
        self.ids.push(id.0);
        self.places.push(place);
    }

    pub(crate) fn push_input(&mut self, spends: u64, payer: u32, value: u64) {
        self.spends.push(spends);
        self.payers.push(payer);
        self.paid.push(value);
    }

    pub(crate) fn push_unknown(&mut self, outpoint: OutPoint) {
        self.push_input(UNKNOWN | self.unknown.len() as u64, NOBODY, 0);
        self.unknown.push(outpoint);
    }

    /// Adds an output and returns its id.
    pub(crate) fn push_output(&mut self, value: u64, owner: u32) -> u64 {
        self.values.push(value);
        self.owners.push(owner);
        self.first.output + self.values.len() as u64 - 1
    }

    /// Adds an output that is older than the ledger and returns its id.
    pub(crate) fn push_opening(&mut self, outpoint: OutPoint, value: u64, owner: u32) -> u64 {
        self.index.add(
            prefix(&outpoint.transaction),
            OPENING | self.openings.len() as u32,
        );
        self.opening_outputs.push(self.values.len() as u32);
        self.openings.push(outpoint);
        self.push_output(value, owner)
    }

    /// Adds an owner and returns its id, or `None` where ids are used up.
    pub(crate) fn push_owner(&mut self, code: &[u8]) -> Option<u32> {
        let id = self.first.owner.checked_add(self.code_ends.len() as u32)?;
        self.codes.extend_from_slice(code);
        self.code_ends.push(u32::try_from(self.codes.len()).ok()?);
        (id < NOBODY).then_some(id)
    }

    /// Returns an owner's code, by its place in this draft.
    pub(crate) fn code(&self, at: u32) -> Option<&[u8]> {
        let from = match at.checked_sub(1) {
            Some(before) => *self.code_ends.get(before as usize)?,
            None => 0,
        };
        self.codes
            .get(from as usize..*self.code_ends.get(at as usize)? as usize)
    }

    /// Returns a transaction's outputs, by its place in this draft.
    pub(crate) fn outputs(&self, at: u32) -> Option<Range<u32>> {
        let start = *self.first_outputs.get(at as usize)?;
        let next = self.first_outputs.get(at as usize + 1);
        let end = next.map_or(self.values.len() as u32, |next| *next);
        let opening = self.opening_outputs.partition_point(|output| *output < start);
        let opening = self.opening_outputs.get(opening).copied();
        Some(start..opening.map_or(end, |opening| opening.min(end)))
    }

    /// Returns the last transaction of that id, by its place in this draft.
    pub(crate) fn find(&self, id: &Id) -> Option<u32> {
        let mut last = None;
        self.each(id, |at| {
            if at & OPENING == 0 && self.ids.get(at as usize) == Some(&id.0) {
                last = last.max(Some(at));
            }
        });
        last
    }

    /// Returns whether an outpoint is an opening output of this draft.
    pub(crate) fn has_opening(&self, outpoint: &OutPoint) -> bool {
        let mut found = false;
        self.each(&outpoint.transaction, |at| {
            let opening = self.openings.get((at ^ OPENING) as usize);
            found |= at & OPENING != 0 && opening == Some(outpoint);
        });
        found
    }

    fn each(&self, id: &Id, mut see: impl FnMut(u32)) {
        let none = self.index.find(prefix(id), |at| {
            see(at);
            Ok::<_, Infallible>(false)
        });
        debug_assert!(matches!(none, Ok(None)));
    }

    /// Returns how long everything is, between two blocks.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            blocks: self.blocks(),
            transactions: self.ids.len(),
            inputs: self.spends.len(),
            outputs: self.values.len(),
            owners: self.code_ends.len(),
            openings: self.openings.len(),
            unknown: self.unknown.len(),
            lost: self.lost.len(),
        }
    }

    /// Returns how long everything was after so many blocks.
    pub(crate) fn mark_after(&self, blocks: usize) -> Mark {
        let Some(transactions) = self.block_first.get(blocks).map(|first| *first as usize) else {
            return self.mark();
        };
        let inputs = self
            .first_inputs
            .get(transactions)
            .map_or(self.spends.len(), |first| *first as usize);
        let last = transactions.checked_sub(1);
        let outputs = last
            .and_then(|last| self.outputs(last as u32))
            .map_or(0, |range| range.end as usize);
        let owners = self.owners.iter().take(outputs).max();
        let owners = owners.map_or(0, |last| (last + 1).saturating_sub(self.first.owner));
        let end = self.first.transaction + transactions as u32;
        let unknown = self.spends.iter().take(inputs).filter(|s| **s & UNKNOWN != 0);
        Mark {
            blocks,
            transactions,
            inputs,
            outputs,
            owners: owners as usize,
            openings: self.opening_outputs.partition_point(|o| (*o as usize) < outputs),
            unknown: unknown.count(),
            lost: self.lost.partition_point(|(_, twin)| *twin < end),
        }
    }

    /// Forgets what came after a mark.
    pub(crate) fn rewind(&mut self, mark: &Mark) {
        self.block_ids.truncate(mark.blocks);
        self.block_times.truncate(mark.blocks);
        self.block_first.truncate(mark.blocks);
        self.ids.truncate(mark.transactions);
        self.places.truncate(mark.transactions);
        self.first_inputs.truncate(mark.transactions);
        self.first_outputs.truncate(mark.transactions);
        self.spends.truncate(mark.inputs);
        self.payers.truncate(mark.inputs);
        self.paid.truncate(mark.inputs);
        self.values.truncate(mark.outputs);
        self.owners.truncate(mark.outputs);
        self.opening_outputs.truncate(mark.openings);
        self.openings.truncate(mark.openings);
        self.unknown.truncate(mark.unknown);
        self.lost.truncate(mark.lost);
        self.code_ends.truncate(mark.owners);
        self.codes
            .truncate(self.code_ends.last().map_or(0, |end| *end as usize));
        self.index();
    }
}
