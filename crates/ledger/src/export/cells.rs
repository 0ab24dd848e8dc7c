//! The cells of one group of rows, column by column, as they are written.

use super::table::{Column, Form};
use bytes::Bytes;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::errors::Result;
use parquet::file::writer::SerializedColumnWriter;
use strongroom_model::Moment;

/// One cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    /// Nothing; only in columns that may lack it.
    Null,
    /// A number of the ledger, a count or a height.
    Number(u64),
    /// Base units.
    Amount(u64),
    Text(&'a str),
    Time(Moment),
    Truth(bool),
}

impl<'a> Cell<'a> {
    /// Returns the cell of what may be absent.
    pub(super) fn of<T>(value: Option<T>, cell: impl FnOnce(T) -> Cell<'a>) -> Self {
        value.map_or(Cell::Null, cell)
    }

    /// Returns the cell of a text of which an empty one says nothing.
    pub(super) fn said(text: &'a str) -> Self {
        if text.is_empty() {
            Cell::Null
        } else {
            Cell::Text(text)
        }
    }
}

/// Texts, one behind the other.
#[derive(Debug, Default)]
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

#[derive(Debug)]
enum Values {
    Whole(Vec<i64>),
    Text(Texts),
    Truth(Vec<bool>),
}

/// One column of a group of rows.
#[derive(Debug)]
pub(super) struct Cells {
    form: Form,
    /// Per row 1, or 0 where there is nothing; only of columns that may lack it.
    there: Option<Vec<i16>>,
    values: Values,
}

impl Cells {
    pub(super) fn of(column: &Column) -> Self {
        Cells {
            form: column.form,
            there: column.may_lack.then(Vec::new),
            values: match column.form {
                Form::Number | Form::Amount | Form::Time => Values::Whole(Vec::new()),
                Form::Text => Values::Text(Texts::default()),
                Form::Truth => Values::Truth(Vec::new()),
            },
        }
    }

    /// Adds a cell. One that is not of the column's form is left out, and the writer refuses the column, which is too short.
    pub(super) fn push(&mut self, cell: Cell<'_>) {
        let there = !matches!(cell, Cell::Null);
        match (self.form, &mut self.values, cell) {
            // Numbers are dense and stay below 2⁶³.
            (Form::Number, Values::Whole(values), Cell::Number(number)) => values.push(number as i64),
            // The bits of an unsigned number, which the column's type says.
            (Form::Amount, Values::Whole(values), Cell::Amount(units)) => values.push(units as i64),
            (Form::Time, Values::Whole(values), Cell::Time(when)) => values.push(when.micros()),
            (Form::Text, Values::Text(texts), Cell::Text(text)) => {
                texts.bytes.extend_from_slice(text.as_bytes());
                texts.ends.push(texts.bytes.len());
            }
            (Form::Truth, Values::Truth(values), Cell::Truth(truth)) => values.push(truth),
            (_, _, Cell::Null) if self.there.is_some() => {}
            _ => {
                debug_assert!(false, "a cell is not of its column's form");
                return;
            }
        }
        if let Some(levels) = &mut self.there {
            levels.push(i16::from(there));
        }
    }

    pub(super) fn write(self, column: &mut SerializedColumnWriter<'_>) -> Result<usize> {
        let there = self.there.as_deref();
        match self.values {
            Values::Whole(values) => column.typed::<Int64Type>().write_batch(&values, there, None),
            Values::Truth(values) => column.typed::<BoolType>().write_batch(&values, there, None),
            Values::Text(texts) => {
                let bytes = Bytes::from(texts.bytes);
                let mut from = 0;
                let texts: Vec<ByteArray> = texts
                    .ends
                    .iter()
                    .map(|end| bytes.slice(std::mem::replace(&mut from, *end)..*end).into())
                    .collect();
                column.typed::<ByteArrayType>().write_batch(&texts, there, None)
            }
        }
    }
}
