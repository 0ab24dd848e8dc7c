//! What an append knows of the chain so far: the sealed segments, the one that is being sealed, the one in the making.

use super::draft::{Draft, First};
use super::segment::CoinSegment;
use super::{Id, OutPoint};
use crate::LedgerError;
use crate::coins::ledger::absent;
use std::ops::Range;

/// Everything before the next row. Ids are of the whole ledger.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) segments: &'a [CoinSegment],
    pub(crate) sealing: Option<&'a Draft>,
    pub(crate) draft: &'a Draft,
}

enum Home<'a> {
    Segment(&'a CoinSegment),
    Draft(&'a Draft),
}

impl<'a> Known<'a> {
    fn home<T: Ord>(self, id: T, first: impl Fn(&First) -> T) -> Option<Home<'a>> {
        if first(&self.draft.first) <= id {
            return Some(Home::Draft(self.draft));
        }
        if let Some(sealing) = self.sealing.filter(|sealing| first(&sealing.first) <= id) {
            return Some(Home::Draft(sealing));
        }
        let after = self
            .segments
            .partition_point(|segment| first(&segment.first) <= id);
        self.segments.get(after.checked_sub(1)?).map(Home::Segment)
    }

    pub(crate) fn id(self, transaction: u32) -> Result<Id, LedgerError> {
        match self.home(transaction, |first| first.transaction) {
            Some(Home::Segment(segment)) => Ok(segment.id(transaction)?),
            Some(Home::Draft(draft)) => {
                let at = transaction - draft.first.transaction;
                draft
                    .ids
                    .get(at as usize)
                    .map(|id| Id(*id))
                    .ok_or_else(|| absent("transaction", transaction))
            }
            None => Err(absent("transaction", transaction)),
        }
    }

    pub(crate) fn outputs(self, transaction: u32) -> Result<Range<u64>, LedgerError> {
        match self.home(transaction, |first| first.transaction) {
            Some(Home::Segment(segment)) => Ok(segment.outputs(transaction)?),
            Some(Home::Draft(draft)) => {
                let range = draft.outputs(transaction - draft.first.transaction);
                let range = range.ok_or_else(|| absent("transaction", transaction))?;
                let first = draft.first.output;
                Ok(first + u64::from(range.start)..first + u64::from(range.end))
            }
            None => Err(absent("transaction", transaction)),
        }
    }

    /// Returns value and owner of an output.
    pub(crate) fn coin(self, output: u64) -> Result<(u64, u32), LedgerError> {
        match self.home(output, |first| first.output) {
            Some(Home::Segment(segment)) => Ok((segment.value(output)?, segment.owner_of(output)?)),
            Some(Home::Draft(draft)) => {
                let at = (output - draft.first.output) as usize;
                let coin = draft.values.get(at).copied().zip(draft.owners.get(at).copied());
                coin.ok_or_else(|| absent("output", output))
            }
            None => Err(absent("output", output)),
        }
    }

    pub(crate) fn code(self, owner: u32) -> Result<&'a [u8], LedgerError> {
        match self.home(owner, |first| first.owner) {
            Some(Home::Segment(segment)) => Ok(segment.code(owner)?),
            Some(Home::Draft(draft)) => draft
                .code(owner - draft.first.owner)
                .ok_or_else(|| absent("owner", owner)),
            None => Err(absent("owner", owner)),
        }
    }

    fn drafts(self) -> impl Iterator<Item = &'a Draft> {
        [Some(self.draft), self.sealing].into_iter().flatten()
    }

    /// Returns the last transaction of that id, by way of the indexes on disk: for the few that the table of unspent
    /// transactions does not have.
    pub(crate) fn find(self, id: &Id) -> Result<Option<u32>, LedgerError> {
        for draft in self.drafts() {
            if let Some(at) = draft.find(id) {
                return Ok(Some(draft.first.transaction + at));
            }
        }
        for segment in self.segments.iter().rev() {
            if let Some(last) = segment.find(id)?.pop() {
                return Ok(Some(last));
            }
        }
        Ok(None)
    }

    /// Returns whether an output from before the ledger was spent already.
    pub(crate) fn has_opening(self, outpoint: &OutPoint) -> Result<bool, LedgerError> {
        if self.drafts().any(|draft| draft.has_opening(outpoint)) {
            return Ok(true);
        }
        for segment in self.segments.iter().rev() {
            if segment.find_opening(outpoint)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
