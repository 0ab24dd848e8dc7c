//! Reading: a transaction, its inputs and outputs, a coin, an owner, a block.

use super::draft::UNKNOWN;
use super::ledger::{CoinLedger, absent};
use super::segment::CoinSegment;
use super::{Id, OutPoint, Owner};
use crate::LedgerError;
use std::ops::Range;
use strongroom_model::{Interval, Moment};

/// A transaction, by ids of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoinTransaction {
    /// Its id on the chain.
    pub id: Id,
    /// The id of its block.
    pub block: Id,
    /// The height of its block.
    pub height: u32,
    /// The time of its block.
    pub when: Moment,
    /// Its place in its block; a coinbase has 0.
    pub position: u32,
    /// Its inputs, in order.
    pub inputs: Range<u64>,
    /// Its outputs, in order.
    pub outputs: Range<u64>,
    /// Whether it is its block's coinbase.
    pub coinbase: bool,
}

/// What an input spends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoinInput {
    /// An output of the ledger.
    Spent {
        /// The output.
        output: u64,
        /// Whose it was.
        owner: u32,
        /// Its value in base units.
        value: u64,
    },
    /// An output from before the ledger that nobody told of.
    Unknown(OutPoint),
}

/// What became of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing yet.
    Unspent,
    /// A transaction spends it.
    Spent(u32),
    /// A later transaction of the same id overwrote it (BIP 30).
    Destroyed(u32),
}

/// A block, by ids of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoinBlock {
    /// Its id.
    pub id: Id,
    /// Its height.
    pub height: u32,
    /// The time that its header says.
    pub when: Moment,
    /// Its transactions in work order, the coinbase last.
    pub transactions: Range<u32>,
}

impl CoinLedger {
    /// Returns all transactions of an id, ascending: more than one only for twins (BIP 30).
    pub fn find(&self, id: &Id) -> Result<Vec<u32>, LedgerError> {
        let mut found = Vec::new();
        for segment in &self.segments {
            found.extend(segment.find(id)?);
        }
        Ok(found)
    }

    /// Returns the outputs that an outpoint names, ascending: more than one only for twins (BIP 30), the output that is older
    /// than the ledger where that is one.
    pub fn find_output(&self, outpoint: &OutPoint) -> Result<Vec<u64>, LedgerError> {
        let mut found = Vec::new();
        for segment in &self.segments {
            for transaction in segment.find(&outpoint.transaction)? {
                let outputs = segment.outputs(transaction)?;
                let output = outputs.start + u64::from(outpoint.vout);
                found.extend(outputs.contains(&output).then_some(output));
            }
            found.extend(segment.find_opening(outpoint)?);
        }
        Ok(found)
    }

    /// Returns a transaction.
    pub fn transaction(&self, transaction: u32) -> Result<CoinTransaction, LedgerError> {
        let segment = self.with_transaction(transaction)?;
        let block = segment.block_of(transaction)?;
        let of_block = segment.transactions_of(block)?;
        let position = segment.place(transaction, &of_block)?;
        Ok(CoinTransaction {
            id: segment.id(transaction)?,
            block: segment.block_id(block)?,
            height: segment.first.height + block as u32,
            when: Moment::from_micros(segment.block_times.i64(block)?),
            position,
            inputs: segment.inputs(transaction)?,
            outputs: segment.outputs(transaction)?,
            coinbase: position == 0,
        })
    }

    /// Returns what a transaction spends, in order; nothing for a coinbase.
    pub fn inputs(&self, transaction: u32) -> Result<Vec<CoinInput>, LedgerError> {
        let segment = self.with_transaction(transaction)?;
        segment
            .inputs(transaction)?
            .map(|input| read_input(segment, input))
            .collect()
    }

    /// Returns the ids of a transaction's outputs, in order.
    pub fn outputs_made(&self, transaction: u32) -> Result<Range<u64>, LedgerError> {
        Ok(self.with_transaction(transaction)?.outputs(transaction)?)
    }

    /// Returns the earlier outputs that a transaction destroys because it has their transaction's id (BIP 30), ascending.
    pub fn destroyed_by(&self, transaction: u32) -> Result<Vec<u64>, LedgerError> {
        Ok(self.with_transaction(transaction)?.lost_by(transaction)?)
    }

    /// Returns an output's value in base units.
    #[inline]
    pub fn value(&self, output: u64) -> Result<u64, LedgerError> {
        Ok(self.with_output(output)?.value(output)?)
    }

    /// Returns an output's owner.
    #[inline]
    pub fn owner_of(&self, output: u64) -> Result<u32, LedgerError> {
        Ok(self.with_output(output)?.owner_of(output)?)
    }

    /// Returns the transaction that made an output; `None` for one that is older than the ledger.
    pub fn transaction_of(&self, output: u64) -> Result<Option<u32>, LedgerError> {
        Ok(self.with_output(output)?.maker(output)?.ok())
    }

    /// Returns the name of an output: its transaction and its number there.
    pub fn outpoint(&self, output: u64) -> Result<OutPoint, LedgerError> {
        let segment = self.with_output(output)?;
        match segment.maker(output)? {
            Err(opening) => Ok(segment.opening(opening)?),
            Ok(transaction) => Ok(OutPoint {
                transaction: segment.id(transaction)?,
                vout: (output - segment.outputs(transaction)?.start) as u32,
            }),
        }
    }

    /// Returns the transaction that spends an output.
    pub fn spender(&self, output: u64) -> Result<Option<u32>, LedgerError> {
        match self.fate(output)? {
            Fate::Spent(transaction) => Ok(Some(transaction)),
            Fate::Unspent | Fate::Destroyed(_) => Ok(None),
        }
    }

    /// Returns what became of an output.
    pub fn fate(&self, output: u64) -> Result<Fate, LedgerError> {
        let Some(transaction) = self.taker(output)? else {
            return Ok(Fate::Unspent);
        };
        if self.with_transaction(transaction)?.loses(output)? {
            return Ok(Fate::Destroyed(transaction));
        }
        Ok(Fate::Spent(transaction))
    }

    /// Returns inputs minus outputs of a transaction: its fee. `None` for a coinbase, and where an input is not known.
    pub fn fee(&self, transaction: u32) -> Result<Option<u64>, LedgerError> {
        if self.transaction(transaction)?.coinbase {
            return Ok(None);
        }
        let mut fee = 0u64;
        for input in self.inputs(transaction)? {
            match input {
                CoinInput::Spent { value, .. } => fee = add(fee, value, transaction)?,
                CoinInput::Unknown(_) => return Ok(None),
            }
        }
        for output in self.outputs_made(transaction)? {
            let rest = fee.checked_sub(self.value(output)?);
            fee = rest.ok_or(LedgerError::Sum(u64::from(transaction)))?;
        }
        Ok(Some(fee))
    }

    /// Returns an owner by id.
    pub fn owner(&self, owner: u32) -> Result<Owner, LedgerError> {
        let code = self.with_owner(owner)?.code(owner)?;
        Owner::decode(code).ok_or_else(|| absent("owner", owner))
    }

    /// Returns an owner's id; `None` where no output is theirs.
    pub fn owner_id(&self, owner: &Owner) -> Result<Option<u32>, LedgerError> {
        let Some(code) = owner.code() else {
            return Ok(None);
        };
        for segment in &self.segments {
            if let Some(id) = segment.owner_id(code.as_bytes())? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Returns the outputs of an owner, ascending.
    pub fn outputs_of(&self, owner: u32) -> impl Iterator<Item = Result<u64, LedgerError>> + '_ {
        let segments = self
            .segments
            .iter()
            .filter(move |segment| owner < segment.next().owner);
        segments.flat_map(move |segment| match segment.postings(owner) {
            Ok(places) => posted(segment, places, None),
            Err(error) => posted(segment, 0..0, Some(error.into())),
        })
    }

    /// Returns the block of a height.
    pub fn block(&self, height: u32) -> Result<CoinBlock, LedgerError> {
        let (segment, at) = self.with_height(height)?;
        Ok(CoinBlock {
            id: segment.block_id(at)?,
            height,
            when: Moment::from_micros(segment.block_times.i64(at)?),
            transactions: segment.transactions_of(at)?,
        })
    }

    /// Returns the heights of the blocks whose time lies in an interval, ascending. Times of blocks are not sorted.
    pub fn heights_within(&self, when: Interval) -> Result<Vec<u32>, LedgerError> {
        let (first, last) = (when.first.micros(), when.last.micros());
        let mut heights = Vec::new();
        for (segment, sealed) in self.segments.iter().zip(&self.standing.segments) {
            if sealed.micros.1 < first || sealed.micros.0 > last {
                continue;
            }
            for at in 0..segment.block_times.len() {
                if (first..=last).contains(&segment.block_times.i64(at)?) {
                    heights.push(segment.first.height + at as u32);
                }
            }
        }
        Ok(heights)
    }
}

fn add(sum: u64, value: u64, transaction: u32) -> Result<u64, LedgerError> {
    sum.checked_add(value)
        .ok_or(LedgerError::Sum(u64::from(transaction)))
}

fn read_input(segment: &CoinSegment, input: u64) -> Result<CoinInput, LedgerError> {
    let (output, owner) = segment.spent(input)?;
    Ok(match output & UNKNOWN {
        0 => CoinInput::Spent {
            output,
            owner,
            value: segment.paid(input)?,
        },
        _ => CoinInput::Unknown(segment.unknown(output ^ UNKNOWN)?),
    })
}

/// Returns an error, or the outputs that lie at places of a segment's postings.
fn posted(
    segment: &CoinSegment,
    places: Range<u64>,
    error: Option<LedgerError>,
) -> impl Iterator<Item = Result<u64, LedgerError>> + '_ {
    let outputs = places.map(|at| segment.posted(at).map_err(LedgerError::from));
    error.into_iter().map(Err).chain(outputs)
}
