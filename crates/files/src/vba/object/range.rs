//! Ranges of a sheet's cells: `Range("A1:B2")`, `Cells(row, column)`, `Offset`.

use super::host::ItemRef;
use super::invoke::Call;
use super::{Class, Object};
use crate::vba::convert::{integer, known};
use crate::vba::evaluate::Evaluator;
use crate::vba::fault::Eval;
use crate::vba::host::{Datum, Grid};
use crate::vba::value::{Array, Type, Value};
use std::rc::Rc;

/// Cells of one range.
const CELLS: usize = 1 << 16;

/// A rectangle of cells, from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vba) struct Area {
    row: u32,
    column: u32,
    rows: u32,
    columns: u32,
}

/// A range of the cells of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vba) struct RangeRef {
    grid: Rc<Grid>,
    /// The sheet's object, which keeps what is written to its cells.
    sheet: usize,
    area: Area,
}

impl Evaluator<'_, '_> {
    /// A member of a sheet that is a range of its cells.
    pub(super) fn sheet_part(&mut self, grid: &Rc<Grid>, call: &Call<'_>) -> Eval<Option<Value>> {
        let area = match (call.member, call.values) {
            ("range" | "evaluate", [Value::Text(text)]) => match area(&text.show()) {
                Some(area) => Some(area),
                None => return Ok(self.named_range(call.object, &text.show())),
            },
            ("range", [Value::Object(from), Value::Object(to)]) => self.spanned(*from, *to),
            ("cells", [row, column]) => {
                let (Some(row), Some(column)) = (index(row)?, column_index(column)?) else {
                    return Ok(None);
                };
                Some(cell(row, column))
            }
            _ => None,
        };
        Ok(area.map(|area| self.range(grid, call.object, area)))
    }

    /// Returns the range that a text names from a sheet: `Sheet2!A1`, a name of the workbook or of the sheet.
    fn named_range(&mut self, sheet: usize, text: &str) -> Option<Value> {
        let own = match &self.state.object(sheet)?.class {
            Class::Item(ItemRef(item)) => item.name.clone(),
            _ => String::new(),
        };
        let text = text.trim();
        let names = self.document.own.collection("names");
        let named = |wanted: &str| {
            let wanted = wanted.to_lowercase();
            let mut items = names?.items.iter();
            items.find(|item| item.name.to_lowercase() == wanted).cloned()
        };
        let refers = named(&format!("{own}!{text}")).or_else(|| named(text));
        match refers.as_ref().and_then(|name| name.value("refersto")) {
            Some(Datum::Text(units)) => {
                let refers = String::from_utf16_lossy(units);
                self.range_of_text(refers.trim_start_matches('='))
            }
            _ => self.range_of_text(text),
        }
    }

    /// Returns the range that a text with a sheet says: `Sheet2!$A$1:$B$2`, `'A sheet'!A1`.
    pub(super) fn range_of_text(&mut self, text: &str) -> Option<Value> {
        let (sheet, cells) = text.rsplit_once('!')?;
        let area = area(cells)?;
        let plain = match sheet
            .strip_prefix('\'')
            .and_then(|sheet| sheet.strip_suffix('\''))
        {
            Some(quoted) => quoted.replace("''", "'"),
            None => sheet.to_owned(),
        };
        let wanted = plain.to_lowercase();
        let sheets = self.document.own.collection("sheets")?;
        let found = sheets
            .items
            .iter()
            .find(|item| item.name.to_lowercase() == wanted)
            .cloned()?;
        let grid = Rc::clone(found.grid.as_ref()?);
        match self.item(&found) {
            Value::Object(at) => Some(self.range(&grid, at, area)),
            _ => None,
        }
    }

    fn range(&mut self, grid: &Rc<Grid>, sheet: usize, area: Area) -> Value {
        self.state.allocate(Object::of(Class::Range(RangeRef {
            grid: Rc::clone(grid),
            sheet,
            area,
        })))
    }

    fn spanned(&self, from: usize, to: usize) -> Option<Area> {
        let area = |at: usize| match &self.state.object(at)?.class {
            Class::Range(range) => Some(range.area),
            _ => None,
        };
        area(from)?.to(area(to)?)
    }

    /// A member of a range; `None` where the file does not say.
    pub(super) fn range_method(&mut self, range: &RangeRef, call: &Call<'_>) -> Eval<Option<Value>> {
        let range = range.clone();
        let Area {
            row,
            column,
            rows,
            columns,
        } = range.area;
        Ok(match (call.member, call.values) {
            ("" | "value" | "value2", []) => self.range_value(&range)?,
            ("text" | "formula", []) if rows == 1 && columns == 1 => {
                match self.cell_value(&range, row, column) {
                    Some(Value::Empty) => Some(Value::text("")),
                    Some(Value::Text(text)) => Some(Value::Text(text)),
                    _ => None,
                }
            }
            ("row", []) => Some(Value::Long(i32::try_from(row + 1).unwrap_or(i32::MAX))),
            ("column", []) => Some(Value::Long(i32::try_from(column + 1).unwrap_or(i32::MAX))),
            ("count", []) => Some(Value::count(rows as usize * columns as usize)),
            ("cells" | "range", []) => Some(Value::Object(call.object)),
            ("" | "cells" | "item", [down, right]) => match (index(down)?, column_index(right)?) {
                (Some(down), Some(right)) => {
                    let area = cell(row.saturating_add(down), column.saturating_add(right));
                    Some(self.range(&range.grid, range.sheet, area))
                }
                _ => None,
            },
            ("" | "cells" | "item", [at]) => match index(at)? {
                Some(at) => {
                    let area = cell(row.saturating_add(at / columns), column + at % columns);
                    Some(self.range(&range.grid, range.sheet, area))
                }
                None => None,
            },
            ("offset", [down, right]) => match (integer(down)?, integer(right)?) {
                (Some(down), Some(right)) => {
                    let moved = |from: u32, by: i64| u32::try_from(i64::from(from).checked_add(by)?).ok();
                    let area = moved(row, down)
                        .zip(moved(column, right))
                        .map(|(row, column)| Area {
                            row,
                            column,
                            ..range.area
                        });
                    area.map(|area| self.range(&range.grid, range.sheet, area))
                }
                _ => None,
            },
            _ => None,
        })
    }

    fn cell_value(&self, range: &RangeRef, row: u32, column: u32) -> Option<Value> {
        if let Some(written) = self.field(range.sheet, &place(row, column)) {
            return Some(written);
        }
        match range.grid.cells.get(&(row, column)) {
            Some(Datum::Unknown) => None,
            Some(datum) => Some(Value::from(datum)),
            None if range.grid.whole => Some(Value::Empty),
            None => None,
        }
    }

    /// The value of one cell, or the values of several as an array that counts from 1.
    fn range_value(&mut self, range: &RangeRef) -> Eval<Option<Value>> {
        let area = range.area;
        if area.rows == 1 && area.columns == 1 {
            return Ok(self.cell_value(range, area.row, area.column));
        }
        let count = area.rows as usize * area.columns as usize;
        if count > CELLS {
            return Ok(None);
        }
        self.budget.build(count * size_of::<Value>())?;
        let mut items = Vec::with_capacity(count);
        for right in 0..area.columns {
            for down in 0..area.rows {
                let value = self.cell_value(range, area.row + down, area.column + right);
                items.push(value.unwrap_or_else(|| Value::unknown("cell")));
            }
        }
        Ok(Some(Value::Array(Rc::new(Array {
            bounds: vec![(1, area.rows as usize), (1, area.columns as usize)],
            items,
            kind: Type::Variant,
        }))))
    }

    /// Returns the cells of a range one by one, row by row.
    pub(super) fn each_cell(&mut self, range: &RangeRef) -> Option<Vec<Value>> {
        let range = range.clone();
        let area = range.area;
        let count = area.rows as usize * area.columns as usize;
        if count > CELLS || self.budget.build(count * size_of::<Value>()).is_err() {
            return None;
        }
        let mut cells = Vec::with_capacity(count);
        for down in 0..area.rows {
            for right in 0..area.columns {
                let area = cell(area.row + down, area.column + right);
                cells.push(self.range(&range.grid, range.sheet, area));
            }
        }
        Some(cells)
    }

    /// Writes to a range: every cell of it gets the value.
    pub(super) fn set_on_range(&mut self, range: &RangeRef, name: &str, value: Value) {
        let area = range.area;
        if !matches!(name, "" | "value" | "value2" | "formula")
            || area.rows as usize * area.columns as usize > CELLS
        {
            return;
        }
        let formula = matches!(&value, Value::Text(text) if text.units().first() == Some(&u16::from(b'=')));
        let plain = !formula && !matches!(value, Value::Array(_) | Value::Object(_));
        for down in 0..area.rows {
            for right in 0..area.columns {
                let value = match plain {
                    true => value.clone(),
                    false => Value::unknown("cell"),
                };
                self.set_field(range.sheet, &place(area.row + down, area.column + right), value);
            }
        }
    }

    /// Returns the value that stands for a range where a value is asked for.
    pub(super) fn range_settled(&mut self, range: &RangeRef) -> Value {
        let range = range.clone();
        match self.range_value(&range) {
            Ok(Some(value)) => value,
            _ => Value::unknown("cell"),
        }
    }
}

/// The property of a sheet's object under which a written cell is kept.
fn place(row: u32, column: u32) -> String {
    format!(" {row},{column}")
}

fn cell(row: u32, column: u32) -> Area {
    Area {
        row,
        column,
        rows: 1,
        columns: 1,
    }
}

/// An index that counts from 1.
fn index(value: &Value) -> Eval<Option<u32>> {
    Ok(integer(value)?.and_then(|at| u32::try_from(at.checked_sub(1)?).ok()))
}

/// A column by number or by letters.
fn column_index(value: &Value) -> Eval<Option<u32>> {
    match value {
        Value::Text(text)
            if text
                .units()
                .iter()
                .all(|unit| char::from_u32(u32::from(*unit)).is_some_and(char::is_alphabetic)) =>
        {
            Ok(known(value)?.and_then(|text| column(&text.show())))
        }
        value => index(value),
    }
}

fn column(letters: &str) -> Option<u32> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut number = 0u32;
    for letter in letters.bytes() {
        let letter = letter.to_ascii_uppercase();
        if !letter.is_ascii_uppercase() {
            return None;
        }
        number = number * 26 + u32::from(letter - b'A') + 1;
    }
    number.checked_sub(1)
}

/// Returns the area of `A1`, `$A$1` or `A1:B2`.
fn area(text: &str) -> Option<Area> {
    let plain = text.replace('$', "");
    match plain.split_once(':') {
        Some((from, to)) => corner(from)?.to(corner(to)?),
        None => corner(&plain),
    }
}

fn corner(text: &str) -> Option<Area> {
    let text = text.trim();
    let letters = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = text.split_at(letters);
    let row: u32 = digits.parse().ok()?;
    Some(cell(
        row.checked_sub(1).filter(|row| *row < 1 << 20)?,
        column(letters)?,
    ))
}

impl Area {
    /// Returns the smallest area that holds both.
    fn to(self, other: Area) -> Option<Area> {
        let (row, column) = (self.row.min(other.row), self.column.min(other.column));
        let bottom = (self.row + self.rows).max(other.row + other.rows);
        let right = (self.column + self.columns).max(other.column + other.columns);
        Some(Area {
            row,
            column,
            rows: bottom.checked_sub(row)?,
            columns: right.checked_sub(column)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_areas() {
        assert_eq!(area("B3"), Some(cell(2, 1)));
        assert_eq!(area("$AA$1"), Some(cell(0, 26)));
        let square = Area {
            row: 0,
            column: 0,
            rows: 2,
            columns: 3,
        };
        assert_eq!(area("C2:A1"), Some(square));
        assert_eq!((area("A0"), area("7"), area("name")), (None, None, None));
    }
}
