//! What must be in memory to take blocks: which outputs can still be spent, and whose ids are given.

use super::bits::Bits;
use super::draft::NOBODY;
use super::known::Known;
use super::order::prefix;
use super::segment::CoinSegment;
use super::table::Table;
use super::{Id, Owner};
use crate::LedgerError;

/// Grows with transactions that have unspent outputs and with owners (16 to 24 bytes each), and by a bit with outputs.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// Id prefix → transactions with outputs that can be spent.
    pub(crate) transactions: Table,
    /// Per output whether it can be spent; never for those of nobody.
    pub(crate) unspent: Bits,
    /// Key → owners.
    pub(crate) owners: Table,
    /// The owner that is nobody, once it has an id.
    pub(crate) nobody: Option<u32>,
}

impl Live {
    /// Reads it out of all segments.
    pub(crate) fn of(segments: &[CoinSegment]) -> Result<Self, LedgerError> {
        let mut live = Live::default();
        let owners: u64 = segments
            .iter()
            .map(|segment| u64::from(segment.next().owner - segment.first.owner))
            .sum();
        live.owners.reserve(owners as usize);
        for segment in segments {
            live.take_owners(segment)?;
            live.take_outputs(segment)?;
        }
        for segment in segments {
            for block in segment.spent.blocks() {
                let outputs = block?.as_chunks::<8>().0;
                outputs
                    .iter()
                    .for_each(|output| live.unspent.clear(u64::from_le_bytes(*output)));
            }
        }
        for segment in segments {
            live.take_transactions(segment)?;
        }
        Ok(live)
    }

    fn take_owners(&mut self, segment: &CoinSegment) -> Result<(), LedgerError> {
        for found in segment.keys.all() {
            let (key, at) = found?;
            self.owners.add(key, segment.first.owner + at);
        }
        if self.nobody.is_none()
            && let Some(code) = Owner::Nobody.code()
        {
            self.nobody = segment.owner_id(code.as_bytes())?;
        }
        Ok(())
    }

    fn take_outputs(&mut self, segment: &CoinSegment) -> Result<(), LedgerError> {
        let nobody = self.nobody.unwrap_or(NOBODY);
        for block in segment.owners.blocks() {
            let owners = block?.as_chunks::<4>().0;
            owners
                .iter()
                .for_each(|owner| self.unspent.push(u32::from_le_bytes(*owner) != nobody));
        }
        Ok(())
    }

    fn take_transactions(&mut self, segment: &CoinSegment) -> Result<(), LedgerError> {
        for transaction in segment.first.transaction..segment.next().transaction {
            if self.unspent.any(segment.outputs(transaction)?) {
                self.transactions
                    .add(prefix(&segment.id(transaction)?), transaction);
            }
        }
        Ok(())
    }

    /// Returns the transaction of that id that has outputs to spend.
    pub(crate) fn find(&self, id: &Id, known: Known<'_>) -> Result<Option<u32>, LedgerError> {
        self.transactions
            .find(prefix(id), |found| Ok(known.id(found)? == *id))
    }

    /// Takes an output from those that can be spent; the transaction goes with its last one.
    pub(crate) fn take(&mut self, transaction: u32, id: &Id, output: u64, outputs: std::ops::Range<u64>) {
        self.unspent.clear(output);
        if !self.unspent.any(outputs) {
            self.transactions.remove(prefix(id), transaction);
        }
    }
}
