//! A sealed segment: rows, names and postings, read in place.

use super::draft::{Entry, First, SPILLED};
use super::key::key;
use strongroom_columns::{Column, ColumnFile, ColumnsError, Strings};
use strongroom_model::Amount;

type Read<T> = Result<T, ColumnsError>;

/// Texts with the index that finds them.
#[derive(Debug)]
pub(crate) struct Dictionary {
    pub(crate) texts: Strings,
    keys: Column,
    ids: Column,
}

impl Dictionary {
    fn of(file: &ColumnFile, name: &str) -> Read<Self> {
        Ok(Dictionary {
            texts: file.strings(name)?,
            keys: file.column_of(&format!("{name}.key"), 8)?,
            ids: file.column_of(&format!("{name}.key.id"), 4)?,
        })
    }

    /// Returns the places, counted within the segment, of all texts equal to `text`, in order.
    pub(crate) fn find(&self, text: &str) -> Read<Vec<u32>> {
        let key = key(text);
        let mut found = Vec::new();
        let mut at = self.keys.lower_bound_hash(key)?;
        while at < self.keys.len() && self.keys.u64(at)? == key {
            let id = self.ids.u32(at)?;
            if self.texts.get(u64::from(id))? == text {
                found.push(id);
            }
            at += 1;
        }
        Ok(found)
    }

    /// Returns key and place of every text, by key.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Read<(u64, u32)>> {
        (0..self.keys.len()).map(|at| Ok((self.keys.u64(at)?, self.ids.u32(at)?)))
    }
}

/// The blocks of a chain, in order, without a hole.
#[derive(Debug)]
pub(crate) struct SegmentBlocks {
    /// The number of the first one.
    pub(crate) first: u64,
    starts: Column,
    pub(crate) ids: Strings,
    pub(crate) notes: Strings,
    of_notes: Column,
}

impl SegmentBlocks {
    fn of(file: &ColumnFile) -> Read<Option<Self>> {
        if !file.columns().any(|(name, _, _)| name == "block.first") {
            return Ok(None);
        }
        Ok(Some(SegmentBlocks {
            first: file.column_of("block.first", 8)?.u64(0)?,
            starts: file.column_of("block.row", 4)?,
            ids: file.strings("block.id")?,
            notes: file.strings("block.note")?,
            of_notes: file.column_of("block.note.of", 4)?,
        }))
    }

    /// Returns how many there are.
    pub(crate) fn len(&self) -> u64 {
        self.starts.len()
    }

    /// Returns the number of the block after the last.
    pub(crate) fn end(&self) -> u64 {
        self.first.saturating_add(self.len())
    }

    /// Returns how many rows of the segment stand before a block, by its place among them.
    pub(crate) fn start(&self, at: u64) -> Read<u32> {
        self.starts.u32(at)
    }

    /// Returns the block of a note, by its place among them.
    pub(crate) fn of_note(&self, at: u64) -> Read<u32> {
        self.of_notes.u32(at)
    }
}

/// A sealed segment. Rows, transactions and new names are counted from 0 within it; accounts and assets of
/// rows are ids of the whole ledger.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) file: ColumnFile,
    pub(crate) name: String,
    pub(crate) first: First,
    pub(crate) rows: u64,
    pub(crate) accounts: Dictionary,
    pub(crate) assets: Dictionary,
    pub(crate) transactions: Dictionary,
    /// The blocks whose rows these are; none of a table, or of a chain that was imported before blocks were kept.
    pub(crate) blocks: Option<SegmentBlocks>,
    marks: Column,
    time: Column,
    from: Column,
    to: Column,
    asset: Column,
    amount: Column,
    fee: Column,
    spill: Column,
    transaction_of: Column,
    first_of: Column,
    order: Column,
    posted: Column,
    posted_at: Column,
    posted_rows: Column,
}

impl Segment {
    pub(crate) fn of(name: String, file: ColumnFile, first: First) -> Read<Self> {
        let time = file.column_of("time", 8)?;
        Ok(Segment {
            name,
            first,
            rows: time.len(),
            accounts: Dictionary::of(&file, "account")?,
            assets: Dictionary::of(&file, "asset")?,
            transactions: Dictionary::of(&file, "tx")?,
            blocks: SegmentBlocks::of(&file)?,
            marks: file.column_of("account.mark", 1)?,
            from: file.column_of("from", 4)?,
            to: file.column_of("to", 4)?,
            asset: file.column_of("asset.of", 4)?,
            amount: file.column_of("amount", 8)?,
            fee: file.column_of("fee", 8)?,
            spill: file.column_of("spill", 32)?,
            transaction_of: file.column_of("tx.of", 4)?,
            first_of: file.column_of("tx.first", 4)?,
            order: file.column_of("order", 4)?,
            posted: file.column_of("post.account", 4)?,
            posted_at: file.column_of("post.at", 4)?,
            posted_rows: file.column_of("post.row", 4)?,
            time,
            file,
        })
    }

    /// Returns the ids at which the next segment starts.
    pub(crate) fn next(&self) -> First {
        First {
            row: self.first.row + self.rows,
            account: self.first.account + self.accounts.texts.len() as u32,
            asset: self.first.asset + self.assets.texts.len() as u32,
        }
    }

    #[inline]
    pub(crate) fn micros(&self, row: u64) -> Read<i64> {
        self.time.i64(row)
    }

    pub(crate) fn entry(&self, row: u64) -> Read<Entry> {
        Ok(Entry {
            micros: self.time.i64(row)?,
            from: self.from.u32(row)?,
            to: self.to.u32(row)?,
            asset: self.asset.u32(row)?,
            amount: self.wide(self.amount.u64(row)?)?,
            fee: self.wide(self.fee.u64(row)?)?,
        })
    }

    fn wide(&self, stored: u64) -> Read<Amount> {
        if stored & SPILLED == 0 {
            return Ok(Amount::from(stored));
        }
        self.spill
            .array::<32>(stored ^ SPILLED)
            .map(Amount::from_le_bytes)
    }

    pub(crate) fn transaction(&self, row: u64) -> Read<&str> {
        self.transactions.texts.get(u64::from(self.transaction_of(row)?))
    }

    /// Returns the transaction of a row, counted within the segment.
    pub(crate) fn transaction_of(&self, row: u64) -> Read<u32> {
        self.transaction_of.u32(row)
    }

    pub(crate) fn mark(&self, account: u32) -> Read<u8> {
        self.marks.u8(u64::from(account))
    }

    /// Returns the rows of a transaction, counted within the segment.
    pub(crate) fn rows_of_transaction(&self, transaction: u32) -> Read<std::ops::Range<u64>> {
        let next = u64::from(transaction) + 1;
        let end = if next < self.first_of.len() {
            u64::from(self.first_of.u32(next)?)
        } else {
            self.rows
        };
        Ok(u64::from(self.first_of.u32(u64::from(transaction))?)..end)
    }

    /// Returns the row that stands at a place of the ledger order within the segment.
    #[inline]
    pub(crate) fn at_place(&self, place: u64) -> Read<u64> {
        if self.order.is_empty() {
            return Ok(place);
        }
        self.order.u32(place).map(u64::from)
    }

    /// Returns where in `post.row` the rows of an account lie.
    pub(crate) fn postings(&self, account: u32) -> Read<std::ops::Range<u64>> {
        let at = self.posted.lower_bound_u32(account)?;
        if at >= self.posted.len() || self.posted.u32(at)? != account {
            return Ok(0..0);
        }
        Ok(u64::from(self.posted_at.u32(at)?)..u64::from(self.posted_at.u32(at + 1)?))
    }

    #[inline]
    pub(crate) fn posted_row(&self, at: u64) -> Read<u64> {
        self.posted_rows.u32(at).map(u64::from)
    }
}
