//! A segment in the making: rows in the order in which they were read, gathered in memory until they are
//! sealed.

use super::key::key;
use super::segment::Segment;
use strongroom_columns::{Builder, ColumnsError, Strings};
use strongroom_model::Amount;

/// The id of no account: who issues, who burns.
pub(crate) const NOBODY: u32 = u32::MAX;

/// Set in a stored amount that does not fit into 63 bits; the rest is its place in the column `spill`.
pub(crate) const SPILLED: u64 = 1 << 63;

/// Marks an account whose name has an address's shape and fails its checksum.
pub(crate) const MALFORMED: u8 = 1;

/// A row as the segment holds it: ids instead of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) micros: i64,
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) asset: u32,
    pub(crate) amount: Amount,
    pub(crate) fee: Amount,
}

/// Texts one after the other: a string each, one allocation for all.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }

    fn of(strings: &Strings) -> Result<Self, ColumnsError> {
        let mut texts = Texts::default();
        strings
            .iter()
            .try_for_each(|text| text.map(|text| texts.push(text)))?;
        Ok(texts)
    }

    /// Keeps the first `count`.
    fn truncate(&mut self, count: usize) {
        self.ends.truncate(count);
        self.text
            .truncate(self.ends.last().map_or(0, |end| *end as usize));
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let from = index
            .checked_sub(1)
            .map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(from as usize..*self.ends.get(index)? as usize)
    }

    pub(crate) fn last(&self) -> Option<&str> {
        self.get(self.len().checked_sub(1)?)
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    fn seal(&self, name: &str, builder: &mut Builder) -> Result<(), ColumnsError> {
        let mut keys: Vec<(u64, u32)> = self
            .iter()
            .zip(0u32..)
            .map(|(text, id)| (key(text), id))
            .collect();
        keys.sort_unstable();
        builder.strings(name, self.iter())?;
        builder.u64s(&format!("{name}.key"), keys.iter().map(|(key, _)| *key));
        builder.u32s(&format!("{name}.key.id"), keys.iter().map(|(_, id)| *id));
        Ok(())
    }
}

/// The ids at which a segment starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct First {
    pub(crate) row: u64,
    pub(crate) account: u32,
    pub(crate) asset: u32,
}

/// The rows and new names of a segment to be.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) first: First,
    rows: Vec<Entry>,
    /// Per row the transaction, counted within the segment.
    of_transaction: Vec<u32>,
    /// Per transaction its first row.
    first_of: Vec<u32>,
    transactions: Texts,
    pub(crate) accounts: Texts,
    marks: Vec<u8>,
    pub(crate) assets: Texts,
    blocks: DraftBlocks,
}

/// The blocks of a chain whose rows a segment has; none in a segment of a table.
#[derive(Debug, Default)]
struct DraftBlocks {
    /// The number of the first one; the others follow.
    first: u64,
    /// Per block the rows before it.
    starts: Vec<u32>,
    ids: Texts,
    /// What the books of the chain must remember, per note its block, counted within the segment.
    notes: Texts,
    of_notes: Vec<u32>,
}

impl Draft {
    /// Returns a draft without rows.
    pub(crate) fn at(first: First) -> Self {
        Draft {
            first,
            ..Draft::default()
        }
    }

    /// Takes a segment into memory again: the draft that it was sealed from.
    pub(crate) fn of(segment: &Segment) -> Result<Self, ColumnsError> {
        let mut draft = Draft {
            transactions: Texts::of(&segment.transactions.texts)?,
            accounts: Texts::of(&segment.accounts.texts)?,
            assets: Texts::of(&segment.assets.texts)?,
            ..Draft::at(segment.first)
        };
        for row in 0..segment.rows {
            draft.rows.push(segment.entry(row)?);
            draft.of_transaction.push(segment.transaction_of(row)?);
        }
        for at in 0..draft.transactions.len() as u32 {
            draft.first_of.push(segment.rows_of_transaction(at)?.start as u32);
        }
        for account in 0..draft.accounts.len() as u32 {
            draft.marks.push(segment.mark(account)?);
        }
        if let Some(blocks) = &segment.blocks {
            draft.blocks = DraftBlocks {
                first: blocks.first,
                starts: (0..blocks.len())
                    .map(|at| blocks.start(at))
                    .collect::<Result<_, _>>()?,
                ids: Texts::of(&blocks.ids)?,
                notes: Texts::of(&blocks.notes)?,
                of_notes: (0..blocks.notes.len())
                    .map(|at| blocks.of_note(at))
                    .collect::<Result<_, _>>()?,
            };
        }
        Ok(draft)
    }

    /// Begins the next block of a chain: the rows that come now are its own.
    pub(crate) fn begin_block(&mut self, number: u64, id: &str) {
        if self.blocks.starts.is_empty() {
            self.blocks.first = number;
        }
        self.blocks.starts.push(self.rows.len() as u32);
        self.blocks.ids.push(id);
    }

    /// Keeps a note with the block that began last.
    pub(crate) fn note(&mut self, note: &str) {
        let block = self.blocks.starts.len().saturating_sub(1);
        self.blocks.notes.push(note);
        self.blocks.of_notes.push(block as u32);
    }

    pub(crate) fn block_count(&self) -> usize {
        self.blocks.starts.len()
    }

    /// Returns the id of the last block.
    pub(crate) fn last_block(&self) -> Option<&str> {
        self.blocks.ids.last()
    }

    /// Keeps the first `count` blocks, their rows, and the names that those rows are the first to have.
    pub(crate) fn keep_blocks(&mut self, count: usize) {
        let Some(rows) = self.blocks.starts.get(count).map(|rows| *rows as usize) else {
            return;
        };
        self.blocks.starts.truncate(count);
        self.blocks.ids.truncate(count);
        let notes = self
            .blocks
            .of_notes
            .partition_point(|block| (*block as usize) < count);
        self.blocks.of_notes.truncate(notes);
        self.blocks.notes.truncate(notes);
        self.rows.truncate(rows);
        self.of_transaction.truncate(rows);
        let transactions = self.of_transaction.last().map_or(0, |last| *last as usize + 1);
        self.transactions.truncate(transactions);
        self.first_of.truncate(transactions);
        // Names got their ids in the order in which rows had them.
        let accounts = self.rows.iter().flat_map(|row| [row.from, row.to]);
        let accounts = new_ids(accounts.filter(|id| *id != NOBODY), self.first.account);
        self.accounts.truncate(accounts);
        self.marks.truncate(accounts);
        let assets = new_ids(self.rows.iter().map(|row| row.asset), self.first.asset);
        self.assets.truncate(assets);
    }

    /// Returns whether there is nothing to seal.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.blocks.starts.is_empty()
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Returns the bytes of all texts; sealing before they reach 32-bit offsets is the importer's duty.
    pub(crate) fn text_bytes(&self) -> usize {
        let blocks = [&self.blocks.ids, &self.blocks.notes];
        [&self.transactions, &self.accounts, &self.assets]
            .iter()
            .chain(&blocks)
            .map(|texts| texts.text.len())
            .sum()
    }

    pub(crate) fn transactions(&self) -> usize {
        self.transactions.len()
    }

    /// Adds a row; one that follows a row of the same transaction joins it.
    pub(crate) fn push(&mut self, entry: Entry, transaction: &str) {
        let row = self.rows.len() as u32;
        if self.transactions.last() != Some(transaction) {
            self.transactions.push(transaction);
            self.first_of.push(row);
        }
        self.of_transaction.push(self.transactions.len() as u32 - 1);
        self.rows.push(entry);
    }

    pub(crate) fn add_account(&mut self, name: &str, mark: u8) {
        self.accounts.push(name);
        self.marks.push(mark);
    }

    /// Returns the earliest and the latest moment, in microseconds.
    pub(crate) fn span(&self) -> Option<(i64, i64)> {
        let times = || self.rows.iter().map(|row| row.micros);
        Some((times().min()?, times().max()?))
    }

    /// Returns the rows in ledger order, or `None` where they lie in it already.
    fn order(&self) -> Option<Vec<u32>> {
        if self.rows.is_sorted_by_key(|row| row.micros) {
            return None;
        }
        let mut order: Vec<u32> = (0..self.rows.len() as u32).collect();
        let micros = |row: &u32| self.rows.get(*row as usize).map(|entry| entry.micros);
        order.sort_by_key(|row| (micros(row), *row));
        Some(order)
    }

    /// Returns the file that the draft becomes.
    pub(crate) fn seal(&self) -> Result<Builder, ColumnsError> {
        let mut builder = Builder::new();
        let order = self.order();
        self.seal_rows(&mut builder);
        builder.u32s("order", order.clone().unwrap_or_default());
        self.seal_postings(&mut builder, order.as_deref());
        self.transactions.seal("tx", &mut builder)?;
        self.accounts.seal("account", &mut builder)?;
        builder.column("account.mark", 1, self.marks.clone());
        self.assets.seal("asset", &mut builder)?;
        self.seal_blocks(&mut builder)?;
        Ok(builder)
    }

    fn seal_blocks(&self, builder: &mut Builder) -> Result<(), ColumnsError> {
        if self.blocks.starts.is_empty() {
            return Ok(());
        }
        builder.u64s("block.first", [self.blocks.first]);
        builder.u32s("block.row", self.blocks.starts.iter().copied());
        builder.strings("block.id", self.blocks.ids.iter())?;
        builder.strings("block.note", self.blocks.notes.iter())?;
        builder.u32s("block.note.of", self.blocks.of_notes.iter().copied());
        Ok(())
    }

    fn seal_rows(&self, builder: &mut Builder) {
        let mut spill = Vec::new();
        let mut narrow = |amount: Amount| match amount.limbs() {
            [low, 0, 0, 0] if low < SPILLED => low,
            _ => {
                spill.extend_from_slice(&amount.to_le_bytes());
                SPILLED | (spill.len() as u64 / 32 - 1)
            }
        };
        let amounts: Vec<(u64, u64)> = self
            .rows
            .iter()
            .map(|row| (narrow(row.amount), narrow(row.fee)))
            .collect();
        builder.column(
            "time",
            8,
            self.rows
                .iter()
                .flat_map(|row| row.micros.to_le_bytes())
                .collect(),
        );
        builder.u32s("from", self.rows.iter().map(|row| row.from));
        builder.u32s("to", self.rows.iter().map(|row| row.to));
        builder.u32s("asset.of", self.rows.iter().map(|row| row.asset));
        builder.u64s("amount", amounts.iter().map(|(amount, _)| *amount));
        builder.u64s("fee", amounts.iter().map(|(_, fee)| *fee));
        builder.column("spill", 32, spill);
        builder.u32s("tx.of", self.of_transaction.iter().copied());
        builder.u32s("tx.first", self.first_of.iter().copied());
    }

    /// account → its rows in ledger order: the sorted accounts, where each one's rows start, the rows.
    fn seal_postings(&self, builder: &mut Builder, order: Option<&[u32]>) {
        let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(self.rows.len() * 2);
        let mut add = |row: u32| {
            if let Some(entry) = self.rows.get(row as usize) {
                pairs.push((entry.from, row));
                if entry.to != entry.from {
                    pairs.push((entry.to, row));
                }
            }
        };
        match order {
            Some(order) => order.iter().copied().for_each(&mut add),
            None => (0..self.rows.len() as u32).for_each(&mut add),
        }
        pairs.retain(|(account, _)| *account != NOBODY);
        // Stable: within an account the rows keep ledger order.
        pairs.sort_by_key(|(account, _)| *account);
        let (mut accounts, mut starts) = (Vec::new(), Vec::new());
        for (at, (account, _)) in (0u32..).zip(&pairs) {
            if accounts.last() != Some(account) {
                accounts.push(*account);
                starts.push(at);
            }
        }
        starts.push(pairs.len() as u32);
        builder.u32s("post.account", accounts);
        builder.u32s("post.at", starts);
        builder.u32s("post.row", pairs.iter().map(|(_, row)| *row));
    }
}

/// Returns how many ids from `first` on there are among ids of the whole ledger.
fn new_ids(ids: impl Iterator<Item = u32>, first: u32) -> usize {
    ids.max()
        .map_or(0, |last| (last + 1).saturating_sub(first) as usize)
}
