//! A sealed segment of a ledger of coins, read in place.
//!
//! ```text
//! output       value:u64  owner:u32
//! input        spends:u64 (output, or bit 63 and the place among `unknown`)  payer:u32 (that output's owner)
//!              paid:u64 (its value, said again: what a transaction spends lies all over the ledger, what is said here in one run)
//! transaction  tx.input:u32 tx.output:u32 (first ones, counted here, one more than there are)  tx.id[32]
//!              tx.place:u32 (in its block; empty where every block's work order is its own with the coinbase last)
//! block        block.tx:u32 (first one, one more than there are)  block.time:i64 (microseconds)  block.id[32]
//! index        tx.key:u64 tx.key.of:u32 (transaction; bit 31: opening)  owner.key:u64 owner.key.of:u32, both sorted by key
//! owner        owner.at:u32 (one more than there are)  owner.code (class and payload)
//! posting      post.owner:u32 (sorted)  post.at:u32 (one more)  post.output:u32
//! spent        spent:u64 (sorted)  spent.by:u32: what transactions of this segment spend or destroy, of any segment
//! edge         open.output:u32 open.id[32] open.vout:u32: outputs older than the ledger, each just before the outputs of the
//!              transaction that spends it; unknown.id[32] unknown.vout:u32; lost:u64 (sorted) lost.by:u32: destroyed by twins
//! ```

use super::draft::{Draft, First, OPENING};
use super::order::prefix;
use super::{Id, OutPoint};
use crate::store::key_of;
use std::ops::Range;
use strongroom_columns::{Column, ColumnFile, ColumnsError};

pub(crate) type Read<T> = Result<T, ColumnsError>;

/// 64-bit keys, sorted, each with what it stands for.
#[derive(Debug)]
pub(crate) struct Index {
    keys: Column,
    of: Column,
}

impl Index {
    fn of(file: &ColumnFile, name: &str) -> Read<Self> {
        Ok(Index {
            keys: file.column_of(&format!("{name}.key"), 8)?,
            of: file.column_of(&format!("{name}.key.of"), 4)?,
        })
    }

    /// Returns what a key stands for, ascending.
    fn of_key(&self, key: u64) -> Read<impl Iterator<Item = Read<u32>>> {
        let from = self.keys.lower_bound_hash(key)?;
        let same = move |at: &u64| self.keys.u64(*at).map_or(true, |found| found == key);
        let places = (from..self.keys.len()).take_while(same);
        Ok(places.map(|at| self.keys.u64(at).and_then(|_| self.of.u32(at))))
    }

    /// Returns all keys with what they stand for, by key.
    pub(crate) fn all(&self) -> impl Iterator<Item = Read<(u64, u32)>> {
        (0..self.keys.len()).map(|at| Ok((self.keys.u64(at)?, self.of.u32(at)?)))
    }
}

/// A segment. Ids handed in and out are of the whole ledger.
#[derive(Debug)]
pub(crate) struct CoinSegment {
    pub(crate) first: First,
    pub(crate) values: Column,
    pub(crate) owners: Column,
    pub(crate) spends: Column,
    pub(crate) payers: Column,
    paid: Column,
    pub(crate) first_inputs: Column,
    pub(crate) first_outputs: Column,
    places: Column,
    ids: Column,
    transactions: Index,
    block_first: Column,
    pub(crate) block_times: Column,
    block_ids: Column,
    opening_outputs: Column,
    openings: (Column, Column),
    unknown: (Column, Column),
    lost: Column,
    lost_by: Column,
    pub(crate) spent: Column,
    pub(crate) spent_by: Column,
    code_at: Column,
    codes: Column,
    pub(crate) keys: Index,
    posted: Column,
    posted_at: Column,
    posted_outputs: Column,
}

impl CoinSegment {
    pub(crate) fn of(file: &ColumnFile, first: First) -> Read<Self> {
        let outpoints = |name: &str| -> Read<(Column, Column)> {
            let ids = file.column_of(&format!("{name}.id"), 32)?;
            Ok((ids, file.column_of(&format!("{name}.vout"), 4)?))
        };
        Ok(CoinSegment {
            first,
            values: file.column_of("value", 8)?,
            owners: file.column_of("owner", 4)?,
            spends: file.column_of("spends", 8)?,
            payers: file.column_of("payer", 4)?,
            paid: file.column_of("paid", 8)?,
            first_inputs: file.column_of("tx.input", 4)?,
            first_outputs: file.column_of("tx.output", 4)?,
            places: file.column_of("tx.place", 4)?,
            ids: file.column_of("tx.id", 32)?,
            transactions: Index::of(file, "tx")?,
            block_first: file.column_of("block.tx", 4)?,
            block_times: file.column_of("block.time", 8)?,
            block_ids: file.column_of("block.id", 32)?,
            opening_outputs: file.column_of("open.output", 4)?,
            openings: outpoints("open")?,
            unknown: outpoints("unknown")?,
            lost: file.column_of("lost", 8)?,
            lost_by: file.column_of("lost.by", 4)?,
            spent: file.column_of("spent", 8)?,
            spent_by: file.column_of("spent.by", 4)?,
            code_at: file.column_of("owner.at", 4)?,
            codes: file.column_of("owner.code", 1)?,
            keys: Index::of(file, "owner")?,
            posted: file.column_of("post.owner", 4)?,
            posted_at: file.column_of("post.at", 4)?,
            posted_outputs: file.column_of("post.output", 4)?,
        })
    }

    pub(crate) fn blocks(&self) -> u32 {
        self.block_ids.len() as u32
    }

    /// Returns where the next segment starts.
    pub(crate) fn next(&self) -> First {
        First {
            height: self.first.height + self.blocks(),
            transaction: self.first.transaction + self.ids.len() as u32,
            input: self.first.input + self.spends.len(),
            output: self.first.output + self.values.len(),
            owner: self.first.owner + self.code_at.len().saturating_sub(1) as u32,
        }
    }

    fn local(&self, transaction: u32) -> u64 {
        u64::from(transaction - self.first.transaction)
    }

    #[inline]
    pub(crate) fn value(&self, output: u64) -> Read<u64> {
        self.values.u64(output - self.first.output)
    }

    #[inline]
    pub(crate) fn owner_of(&self, output: u64) -> Read<u32> {
        self.owners.u32(output - self.first.output)
    }

    pub(crate) fn id(&self, transaction: u32) -> Read<Id> {
        self.ids.array(self.local(transaction)).map(Id)
    }

    pub(crate) fn inputs(&self, transaction: u32) -> Read<Range<u64>> {
        let at = self.local(transaction);
        let (from, to) = (self.first_inputs.u32(at)?, self.first_inputs.u32(at + 1)?);
        Ok(self.first.input + u64::from(from)..self.first.input + u64::from(to))
    }

    /// Returns what an input spends, as stored, and whose that was.
    pub(crate) fn spent(&self, input: u64) -> Read<(u64, u32)> {
        let at = input - self.first.input;
        Ok((self.spends.u64(at)?, self.payers.u32(at)?))
    }

    /// Returns the value of what an input spends; 0 where that is not known.
    pub(crate) fn paid(&self, input: u64) -> Read<u64> {
        self.paid.u64(input - self.first.input)
    }

    pub(crate) fn outputs(&self, transaction: u32) -> Read<Range<u64>> {
        let at = self.local(transaction);
        let (from, mut to) = (self.first_outputs.u32(at)?, self.first_outputs.u32(at + 1)?);
        if !self.opening_outputs.is_empty() {
            let opening = self.opening_outputs.lower_bound_u32(from)?;
            if opening < self.opening_outputs.len() {
                to = to.min(self.opening_outputs.u32(opening)?);
            }
        }
        Ok(self.first.output + u64::from(from)..self.first.output + u64::from(to))
    }

    /// Returns whether outputs that are older than the ledger lie between those of its transactions.
    pub(crate) fn has_openings(&self) -> bool {
        !self.opening_outputs.is_empty()
    }

    /// Returns the transaction that made an output, or the place among the openings of one that is older than the ledger.
    pub(crate) fn maker(&self, output: u64) -> Read<Result<u32, u64>> {
        let at = (output - self.first.output) as u32;
        if !self.opening_outputs.is_empty() {
            let opening = self.opening_outputs.lower_bound_u32(at)?;
            if opening < self.opening_outputs.len() && self.opening_outputs.u32(opening)? == at {
                return Ok(Err(opening));
            }
        }
        // Of transactions without outputs that start at the same place the last one counts.
        let after = self.first_outputs.lower_bound_u32(at + 1)?;
        Ok(Ok(self.first.transaction + after.saturating_sub(1) as u32))
    }

    pub(crate) fn opening(&self, at: u64) -> Read<OutPoint> {
        outpoint(&self.openings, at)
    }

    pub(crate) fn unknown(&self, at: u64) -> Read<OutPoint> {
        outpoint(&self.unknown, at)
    }

    /// Returns the block of a transaction, counted within the segment.
    pub(crate) fn block_of(&self, transaction: u32) -> Read<u64> {
        let after = self
            .block_first
            .lower_bound_u32(self.local(transaction) as u32 + 1)?;
        Ok(after.saturating_sub(1))
    }

    /// Returns the transactions of a block that is counted within the segment.
    pub(crate) fn transactions_of(&self, block: u64) -> Read<Range<u32>> {
        let (from, to) = (self.block_first.u32(block)?, self.block_first.u32(block + 1)?);
        Ok(self.first.transaction + from..self.first.transaction + to)
    }

    pub(crate) fn block_id(&self, block: u64) -> Read<Id> {
        self.block_ids.array(block).map(Id)
    }

    /// Returns a transaction's place in its block, whose transactions are `block`.
    pub(crate) fn place(&self, transaction: u32, block: &Range<u32>) -> Read<u32> {
        if !self.places.is_empty() {
            return self.places.u32(self.local(transaction));
        }
        let place = transaction - block.start + 1;
        Ok(if place < block.len() as u32 { place } else { 0 })
    }

    /// Returns all transactions of an id, ascending.
    pub(crate) fn find(&self, id: &Id) -> Read<Vec<u32>> {
        let mut found = Vec::new();
        for at in self.transactions.of_key(prefix(id))? {
            let at = at?;
            if at & OPENING == 0 && self.ids.array(u64::from(at))? == id.0 {
                found.push(self.first.transaction + at);
            }
        }
        Ok(found)
    }

    /// Returns the opening output of an outpoint.
    pub(crate) fn find_opening(&self, sought: &OutPoint) -> Read<Option<u64>> {
        if !self.has_openings() {
            return Ok(None);
        }
        for at in self.transactions.of_key(prefix(&sought.transaction))? {
            let at = at?;
            let opening = u64::from(at ^ OPENING);
            if at & OPENING != 0 && self.opening(opening)? == *sought {
                let output = self.opening_outputs.u32(opening)?;
                return Ok(Some(self.first.output + u64::from(output)));
            }
        }
        Ok(None)
    }

    /// Returns the transaction of this segment that spends or destroys an output.
    pub(crate) fn spender(&self, output: u64) -> Read<Option<u32>> {
        let at = self.spent.lower_bound_u64(output)?;
        if at >= self.spent.len() || self.spent.u64(at)? != output {
            return Ok(None);
        }
        self.spent_by.u32(at).map(Some)
    }

    /// Returns whether a transaction of this segment destroys an output.
    pub(crate) fn loses(&self, output: u64) -> Read<bool> {
        if self.lost.is_empty() {
            return Ok(false);
        }
        let at = self.lost.lower_bound_u64(output)?;
        Ok(at < self.lost.len() && self.lost.u64(at)? == output)
    }

    /// Returns the outputs that a transaction destroys.
    pub(crate) fn lost_by(&self, transaction: u32) -> Read<Vec<u64>> {
        let mut lost = Vec::new();
        for at in 0..self.lost.len() {
            if self.lost_by.u32(at)? == transaction {
                lost.push(self.lost.u64(at)?);
            }
        }
        Ok(lost)
    }

    /// Returns an owner's code.
    pub(crate) fn code(&self, owner: u32) -> Read<&[u8]> {
        let at = u64::from(owner - self.first.owner);
        let (from, to) = (self.code_at.u32(at)?, self.code_at.u32(at + 1)?);
        self.codes
            .slice(u64::from(from), u64::from(to.saturating_sub(from)))
    }

    /// Returns the owner of that code, if it appears in this segment first.
    pub(crate) fn owner_id(&self, code: &[u8]) -> Read<Option<u32>> {
        for at in self.keys.of_key(key_of(code))? {
            let owner = self.first.owner + at?;
            if self.code(owner)? == code {
                return Ok(Some(owner));
            }
        }
        Ok(None)
    }

    /// Returns where in the postings an owner's outputs lie.
    pub(crate) fn postings(&self, owner: u32) -> Read<Range<u64>> {
        let at = self.posted.lower_bound_u32(owner)?;
        if at >= self.posted.len() || self.posted.u32(at)? != owner {
            return Ok(0..0);
        }
        Ok(u64::from(self.posted_at.u32(at)?)..u64::from(self.posted_at.u32(at + 1)?))
    }

    pub(crate) fn posted(&self, at: u64) -> Read<u64> {
        Ok(self.first.output + u64::from(self.posted_outputs.u32(at)?))
    }

    /// Returns all rows, for going on with them.
    pub(crate) fn to_draft(&self) -> Read<Draft> {
        let outpoints = |columns: &(Column, Column)| -> Read<Vec<OutPoint>> {
            (0..columns.0.len()).map(|at| outpoint(columns, at)).collect()
        };
        let without_end = |column: &Column| -> Read<Vec<u32>> {
            let mut values = u32s(column)?;
            values.pop();
            Ok(values)
        };
        let mut draft = Draft::at(self.first);
        draft.block_ids = ids(&self.block_ids)?;
        draft.block_times = u64s(&self.block_times)?.into_iter().map(|t| t as i64).collect();
        draft.block_first = without_end(&self.block_first)?;
        draft.ids = ids(&self.ids)?;
        draft.places = self.all_places()?;
        draft.first_inputs = without_end(&self.first_inputs)?;
        draft.first_outputs = without_end(&self.first_outputs)?;
        draft.spends = u64s(&self.spends)?;
        draft.payers = u32s(&self.payers)?;
        draft.paid = u64s(&self.paid)?;
        draft.values = u64s(&self.values)?;
        draft.owners = u32s(&self.owners)?;
        draft.opening_outputs = u32s(&self.opening_outputs)?;
        draft.openings = outpoints(&self.openings)?;
        draft.unknown = outpoints(&self.unknown)?;
        draft.lost = u64s(&self.lost)?.into_iter().zip(u32s(&self.lost_by)?).collect();
        draft.lost.sort_unstable_by_key(|(output, twin)| (*twin, *output));
        draft.code_ends = u32s(&self.code_at)?.into_iter().skip(1).collect();
        draft.codes = self.codes.slice(0, self.codes.len())?.to_vec();
        Ok(draft)
    }

    fn all_places(&self) -> Read<Vec<u32>> {
        if !self.places.is_empty() {
            return u32s(&self.places);
        }
        let mut places = Vec::with_capacity(self.ids.len() as usize);
        for block in 0..u64::from(self.blocks()) {
            let transactions = self.transactions_of(block)?;
            places.extend((1..transactions.len() as u32).chain([0]));
        }
        Ok(places)
    }
}

fn outpoint(columns: &(Column, Column), at: u64) -> Read<OutPoint> {
    Ok(OutPoint {
        transaction: Id(columns.0.array(at)?),
        vout: columns.1.u32(at)?,
    })
}

fn arrays<const N: usize>(column: &Column) -> Read<impl Iterator<Item = [u8; N]>> {
    Ok(column.slice(0, column.len())?.as_chunks::<N>().0.iter().copied())
}

pub(crate) fn u32s(column: &Column) -> Read<Vec<u32>> {
    Ok(arrays(column)?.map(u32::from_le_bytes).collect())
}

fn u64s(column: &Column) -> Read<Vec<u64>> {
    Ok(arrays(column)?.map(u64::from_le_bytes).collect())
}

fn ids(column: &Column) -> Read<Vec<[u8; 32]>> {
    Ok(arrays(column)?.collect())
}
