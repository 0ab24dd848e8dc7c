//! A ledger of coins as four tables: blocks, transactions, outputs, inputs.
//!
//! Rows refer to one another by the numbers of the ledger, which are short and dense; ids and addresses are spelled out once,
//! where they belong. A transaction's number is its place in work order: whoever takes transactions by ascending number meets
//! every one after those that it spends.

use super::cells::Cell;
use super::folder::Folder;
use super::table::{Column, Form, TableFile};
use super::{Advance, ExportedTable, PARQUET_SCHEMA};
use crate::coins::{CoinBlock, CoinInput, CoinTransaction, Fate};
use crate::{CoinLedger, LedgerError};
use std::path::Path;

/// The tables that are written at the same time, block by block.
struct Tables {
    blocks: TableFile,
    transactions: TableFile,
    outputs: TableFile,
    inputs: TableFile,
}

fn blocks() -> Vec<Column> {
    vec![
        Column::of("height", Form::Number, "blocks before it in its chain"),
        Column::of("id", Form::Text, "its hash, as explorers write it"),
        Column::of("time", Form::Time, "what its header says, UTC; not sorted"),
        Column::of(
            "first_transaction",
            Form::Number,
            "the lowest number of its transactions",
        ),
        Column::of(
            "transactions",
            Form::Number,
            "how many it has; the coinbase has the highest number",
        ),
    ]
}

fn transactions(unit: &str) -> Vec<Column> {
    vec![
        Column::of(
            "transaction",
            Form::Number,
            "its number: every transaction comes after those that it spends",
        ),
        Column::of(
            "id",
            Form::Text,
            "its hash, as explorers write it; twins (BIP 30) share one",
        ),
        Column::of("height", Form::Number, "of its block"),
        Column::of("time", Form::Time, "of its block, UTC"),
        Column::of(
            "position",
            Form::Number,
            "its place in its block; a coinbase has 0",
        ),
        Column::of("coinbase", Form::Truth, "whether it pays its block's reward"),
        Column::of("inputs", Form::Number, "how many it has; a coinbase none"),
        Column::of("outputs", Form::Number, "how many it has"),
        Column::or_null(
            "fee",
            Form::Amount,
            format!("inputs minus outputs, in {unit}; null for a coinbase, and where an input is not known"),
        ),
    ]
}

fn outputs(unit: &str) -> Vec<Column> {
    vec![
        Column::of("output", Form::Number, "its number"),
        Column::or_null(
            "transaction",
            Form::Number,
            "the number of what made it; null where that was before the ledger begins",
        ),
        Column::of(
            "vout",
            Form::Number,
            "its place among the outputs of its transaction, from 0",
        ),
        Column::or_null("height", Form::Number, "of the block that made it"),
        Column::of("value", Form::Amount, format!("{unit}, whole")),
        Column::of(
            "owner",
            Form::Text,
            "the address that can spend it; without one the script's class and hash, nobody, or mweb",
        ),
        Column::of("owner_number", Form::Number, "equal where the owner is"),
        Column::or_null(
            "spender",
            Form::Number,
            "the number of the transaction that spends it",
        ),
        Column::or_null(
            "destroyer",
            Form::Number,
            "the number of the later transaction of the same id that overwrote it (BIP 30)",
        ),
        Column::or_null(
            "earlier_id",
            Form::Text,
            "the id of what made it, where that was before the ledger begins",
        ),
    ]
}

fn inputs() -> Vec<Column> {
    vec![
        Column::of(
            "transaction",
            Form::Number,
            "the number of the transaction that spends",
        ),
        Column::of("vin", Form::Number, "its place among the inputs, from 0"),
        Column::or_null(
            "output",
            Form::Number,
            "the number of the output that it spends; null where the ledger does not know it",
        ),
        Column::or_null(
            "unknown_id",
            Form::Text,
            "the transaction of the output that the ledger does not know",
        ),
        Column::or_null("unknown_vout", Form::Number, "that output's place in it"),
    ]
}

impl CoinLedger {
    /// Writes the ledger into a directory: `blocks.parquet`, `transactions.parquet`, `outputs.parquet`, `inputs.parquet`.
    /// `progress` is told transactions done and transactions in all.
    ///
    /// The same ledger gives the same bytes, whatever its segments. An earlier export is replaced when the new one is whole; a
    /// killed one leaves what was there.
    ///
    /// # Errors
    /// `NotAnExport` where the directory holds something else; `Io` where it cannot be written; `Columns` where the ledger is
    /// damaged.
    pub fn export(
        &self,
        dir: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Vec<ExportedTable>, LedgerError> {
        let mut folder = Folder::open(dir)?;
        let unit = self.rules().map_or("base units", |rules| rules.unit());
        let notes = [
            ("strongroom", PARQUET_SCHEMA.to_owned()),
            ("chain", self.chain().to_owned()),
            ("asset", self.asset().to_owned()),
            ("unit", unit.to_owned()),
        ];
        let mut tables = Tables {
            blocks: folder.table("blocks.parquet", blocks(), &notes)?,
            transactions: folder.table("transactions.parquet", transactions(unit), &notes)?,
            outputs: folder.table("outputs.parquet", outputs(unit), &notes)?,
            inputs: folder.table("inputs.parquet", inputs(), &notes)?,
        };
        let mut advance = Advance::of(u64::from(self.transactions()), progress);
        let heights = self.heights().map(|(first, last)| first..=last);
        for height in heights.into_iter().flatten() {
            tables.block(self, &self.block(height)?, &mut advance)?;
        }
        tables.close(&mut folder)?;
        folder.finish()
    }
}

impl Tables {
    fn block(
        &mut self,
        ledger: &CoinLedger,
        block: &CoinBlock,
        advance: &mut Advance<'_>,
    ) -> Result<(), LedgerError> {
        let numbers = block.transactions.clone();
        self.blocks.row([
            Cell::Number(block.height.into()),
            Cell::Text(&block.id.to_string()),
            Cell::Time(block.when),
            Cell::Number(numbers.start.into()),
            Cell::Number(numbers.len() as u64),
        ])?;
        for number in numbers {
            let transaction = ledger.transaction(number)?;
            self.transaction(ledger, number, &transaction)?;
            self.inputs(ledger, number)?;
            self.outputs(ledger, number, &transaction)?;
            advance.by_one();
        }
        Ok(())
    }

    fn transaction(
        &mut self,
        ledger: &CoinLedger,
        number: u32,
        transaction: &CoinTransaction,
    ) -> Result<(), LedgerError> {
        let count = |range: &std::ops::Range<u64>| range.end.saturating_sub(range.start);
        self.transactions.row([
            Cell::Number(number.into()),
            Cell::Text(&transaction.id.to_string()),
            Cell::Number(transaction.height.into()),
            Cell::Time(transaction.when),
            Cell::Number(transaction.position.into()),
            Cell::Truth(transaction.coinbase),
            Cell::Number(count(&transaction.inputs)),
            Cell::Number(count(&transaction.outputs)),
            Cell::of(ledger.fee(number)?, Cell::Amount),
        ])
    }

    fn inputs(&mut self, ledger: &CoinLedger, number: u32) -> Result<(), LedgerError> {
        for (vin, input) in (0..).zip(ledger.inputs(number)?) {
            let (number, vin) = (Cell::Number(number.into()), Cell::Number(vin));
            match input {
                CoinInput::Spent { output, .. } => {
                    self.inputs
                        .row([number, vin, Cell::Number(output), Cell::Null, Cell::Null])?;
                }
                CoinInput::Unknown(outpoint) => {
                    let id = outpoint.transaction.to_string();
                    let place = Cell::Number(outpoint.vout.into());
                    self.inputs
                        .row([number, vin, Cell::Null, Cell::Text(&id), place])?;
                }
            }
        }
        Ok(())
    }

    /// Outputs that are older than the ledger lie just before those of the transaction that spends them.
    fn outputs(
        &mut self,
        ledger: &CoinLedger,
        number: u32,
        transaction: &CoinTransaction,
    ) -> Result<(), LedgerError> {
        let earlier = self.outputs.rows()..transaction.outputs.start;
        for output in earlier {
            let outpoint = ledger.outpoint(output)?;
            let id = outpoint.transaction.to_string();
            let vout = outpoint.vout.into();
            self.output(ledger, output, vout, [Cell::Null, Cell::Null, Cell::Text(&id)])?;
        }
        let made = [
            Cell::Number(number.into()),
            Cell::Number(transaction.height.into()),
            Cell::Null,
        ];
        for (vout, output) in (0..).zip(transaction.outputs.clone()) {
            self.output(ledger, output, vout, made)?;
        }
        Ok(())
    }

    /// Adds an output, with the transaction that made it, its height, and the id where that is older than the ledger.
    fn output(
        &mut self,
        ledger: &CoinLedger,
        output: u64,
        vout: u64,
        [maker, height, earlier]: [Cell<'_>; 3],
    ) -> Result<(), LedgerError> {
        let owner = ledger.owner_of(output)?;
        let (spender, destroyer) = match ledger.fate(output)? {
            Fate::Unspent => (Cell::Null, Cell::Null),
            Fate::Spent(by) => (Cell::Number(by.into()), Cell::Null),
            Fate::Destroyed(by) => (Cell::Null, Cell::Number(by.into())),
        };
        self.outputs.row([
            Cell::Number(output),
            maker,
            Cell::Number(vout),
            height,
            Cell::Amount(ledger.value(output)?),
            Cell::Text(&ledger.account(owner)?),
            Cell::Number(owner.into()),
            spender,
            destroyer,
            earlier,
        ])
    }

    fn close(self, folder: &mut Folder) -> Result<(), LedgerError> {
        let tables = [
            (self.blocks, "blocks.parquet"),
            (self.transactions, "transactions.parquet"),
            (self.outputs, "outputs.parquet"),
            (self.inputs, "inputs.parquet"),
        ];
        for (table, file) in tables {
            folder.take(table.close(file)?);
        }
        Ok(())
    }
}
