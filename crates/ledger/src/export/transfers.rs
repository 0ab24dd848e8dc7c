//! A ledger of accounts as one table, with the columns of a transfer table: what was exported can be imported again.

use super::cells::Cell;
use super::folder::Folder;
use super::table::{Column, Form};
use super::{Advance, ExportedTable};
use crate::{Ledger, LedgerError};
use std::path::Path;

const FILE: &str = "transfers.parquet";

fn columns() -> Vec<Column> {
    const UNITS: &str =
        "whole base units of the asset (wei, not ether), as decimal text: they may need 256 bits";
    vec![
        Column::of(
            "row",
            Form::Number,
            "its number in the ledger; ledger order is (time, row)",
        ),
        Column::of("time", Form::Time, "when it was booked, UTC"),
        Column::or_null("tx", Form::Text, "the transaction"),
        Column::or_null("payer", Form::Text, "who pays; null where the asset is issued"),
        Column::or_null(
            "receiver",
            Form::Text,
            "who receives; null where the asset is burnt",
        ),
        Column::of("asset", Form::Text, "the asset"),
        Column::of("amount", Form::Text, UNITS),
        Column::of(
            "fee",
            Form::Text,
            format!("what the payer pays on top, in {UNITS}"),
        ),
    ]
}

impl Ledger {
    /// Writes all transfers into a directory, `transfers.parquet`, by row. `progress` is told rows done and rows in all.
    ///
    /// The same ledger gives the same bytes. An earlier export is replaced when the new one is whole; a killed one leaves what
    /// was there.
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
        let mut advance = Advance::of(self.rows(), progress);
        let mut table = folder.table(
            FILE,
            columns(),
            &[("strongroom", super::PARQUET_SCHEMA.to_owned())],
        )?;
        for row in 0..self.rows() {
            let transfer = self.transfer(row)?;
            let (amount, fee) = (transfer.amount.to_string(), transfer.fee.to_string());
            table.row([
                Cell::Number(row),
                Cell::Time(transfer.when),
                Cell::said(transfer.transaction),
                Cell::said(transfer.from),
                Cell::said(transfer.to),
                Cell::Text(transfer.asset),
                Cell::Text(&amount),
                Cell::Text(&fee),
            ])?;
            advance.by_one();
        }
        folder.take(table.close(FILE)?);
        folder.finish()
    }
}
