//! Straight runs over the columns: for what asks about every coin, such as clusters and statistics.

use super::ledger::CoinLedger;
use super::segment::CoinSegment;
use crate::LedgerError;
use std::ops::Range;
use strongroom_columns::Column;

/// The columns of one segment, in blocks of checked bytes: little-endian values, decoded with `from_le_bytes`.
#[derive(Clone, Copy, Debug)]
pub struct CoinRun<'a> {
    segment: &'a CoinSegment,
}

/// Values of `N` bytes as they lie in the file, not copied.
type Values<'a, const N: usize> = Result<&'a [[u8; N]], LedgerError>;

fn blocks<const N: usize>(column: &Column) -> impl Iterator<Item = Values<'_, N>> {
    column.blocks().map(|block| Ok(block?.as_chunks::<N>().0))
}

impl<'a> CoinRun<'a> {
    /// Returns the ids of the transactions of the run.
    pub fn transactions(&self) -> Range<u32> {
        self.segment.first.transaction..self.segment.next().transaction
    }

    /// Returns the inputs of the run.
    pub fn inputs(&self) -> Range<u64> {
        self.segment.first.input..self.segment.next().input
    }

    /// Returns the ids of the outputs of the run.
    pub fn outputs(&self) -> Range<u64> {
        self.segment.first.output..self.segment.next().output
    }

    /// Returns per output its value, a `u64` of base units.
    pub fn values(&self) -> impl Iterator<Item = Values<'a, 8>> + use<'a> {
        blocks(&self.segment.values)
    }

    /// Returns per output its owner, a `u32`.
    pub fn owners(&self) -> impl Iterator<Item = Values<'a, 4>> + use<'a> {
        blocks(&self.segment.owners)
    }

    /// Returns per input the output that it spends, a `u64`; the highest bit is set where that is not known.
    pub fn spends(&self) -> impl Iterator<Item = Values<'a, 8>> + use<'a> {
        blocks(&self.segment.spends)
    }

    /// Returns per input the owner of what it spends, a `u32`; `u32::MAX` where that is not known.
    pub fn payers(&self) -> impl Iterator<Item = Values<'a, 4>> + use<'a> {
        blocks(&self.segment.payers)
    }

    /// Returns per transaction its first input, a `u32` counted within the run, and at last the count of inputs.
    pub fn first_inputs(&self) -> impl Iterator<Item = Values<'a, 4>> + use<'a> {
        blocks(&self.segment.first_inputs)
    }

    /// Returns per transaction its first output, a `u32` counted within the run, and at last the count of outputs. Outputs
    /// that are older than the ledger lie just before the first one of the transaction that spends them.
    pub fn first_outputs(&self) -> impl Iterator<Item = Values<'a, 4>> + use<'a> {
        blocks(&self.segment.first_outputs)
    }
}

impl CoinLedger {
    /// Returns the runs of the ledger, in order of ids.
    pub fn runs(&self) -> impl Iterator<Item = CoinRun<'_>> {
        self.segments.iter().map(|segment| CoinRun { segment })
    }
}
