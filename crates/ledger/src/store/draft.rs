//! A segment in the making: rows in the order in which they were read, gathered in memory until they are
//! sealed.

use super::key::key;
use strongroom_columns::{Builder, ColumnsError};
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

/// The rows and new names of a segment to be.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    rows: Vec<Entry>,
    /// Per row the transaction, counted within the segment.
    of_transaction: Vec<u32>,
    /// Per transaction its first row.
    first_of: Vec<u32>,
    transactions: Texts,
    pub(crate) accounts: Texts,
    marks: Vec<u8>,
    pub(crate) assets: Texts,
}

impl Draft {
    pub(crate) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Returns the bytes of all texts; sealing before they reach 32-bit offsets is the importer's duty.
    pub(crate) fn text_bytes(&self) -> usize {
        [&self.transactions, &self.accounts, &self.assets]
            .map(|texts| texts.text.len())
            .iter()
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
        Ok(builder)
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
