//! Cells: what references, names and texts point to, and what stands there.

use super::machine::Machine;
use super::state::{Eval, Slot};
use super::value::{Area, CellAt, Value};
use crate::formula::{Expr, Name, Reference, Target, parse_text};
use crate::workbook::{CellValue, ErrorCode, Place, SheetKind, parse_a1};
use std::rc::Rc;

/// Rows and columns that an offset runs around.
const EDGE: (u32, u32) = (1_048_576, 16_384);
/// Cells of an area that a function looks at.
const CELLS: u64 = 1 << 16;

impl Machine<'_, '_, '_> {
    /// Returns the sheet of a target; `None` where it is in no workbook at hand.
    fn sheet_of(&self, target: &Target) -> Option<usize> {
        match target {
            Target::Here => Some(self.here.sheet),
            Target::Active => self.state.active.map(|at| at.sheet),
            Target::Sheet(name) => self.sheets.get(&name.to_lowercase()).copied(),
            Target::Elsewhere(_) => None,
        }
    }

    /// Returns the cells of a reference.
    pub(super) fn area_of(&self, reference: &Reference) -> Option<Area> {
        let sheet = self.sheet_of(&reference.target)?;
        let at = |row: Place, column: Place| {
            (
                row.from(self.here.row, EDGE.0),
                column.from(self.here.column, EDGE.1),
            )
        };
        let first = at(reference.first.row, reference.first.column);
        let last = reference.last.map_or(first, |last| at(last.row, last.column));
        Some(Area {
            sheet,
            first: (
                first.0.min(last.0).min(EDGE.0 - 1),
                first.1.min(last.1).min(EDGE.1 - 1),
            ),
            last: (
                first.0.max(last.0).min(EDGE.0 - 1),
                first.1.max(last.1).min(EDGE.1 - 1),
            ),
        })
    }

    /// Returns what a name stands for.
    pub(super) fn name(&mut self, name: &Name) -> Eval<Value> {
        let lower = name.name.to_lowercase();
        if let Some(value) = self.state.names.get(&lower) {
            return Ok(value.clone());
        }
        let index = name.index.or_else(|| self.find_name(&lower, &name.target));
        if let Some(index) = index {
            return self.name_by_index(index);
        }
        // Macros write formulas with cells as A1 too, where only R1C1 is a cell.
        if let (Some(corner), Some(_)) = (parse_a1(&name.name), self.sheet_of(&name.target)) {
            let reference = Reference {
                target: name.target.clone(),
                first: corner,
                last: None,
            };
            return Ok(self
                .area_of(&reference)
                .map_or(Value::Error(ErrorCode::REF), Value::Area));
        }
        Ok(Value::Error(ErrorCode::NAME))
    }

    fn find_name(&self, lower: &str, target: &Target) -> Option<usize> {
        let found = self.names.get(lower)?;
        let scope = self.sheet_of(target);
        let with = |wanted: Option<usize>| {
            let is = |index: &&usize| {
                self.book
                    .names
                    .get(**index)
                    .is_some_and(|name| name.scope == wanted)
            };
            found.iter().find(is).copied()
        };
        with(scope)
            .or_else(|| with(None))
            .or_else(|| found.first().copied())
    }

    pub(super) fn name_by_index(&mut self, index: usize) -> Eval<Value> {
        let Some(expr) = self.name_formula(index) else {
            let known = self.book.names.get(index);
            // What stands for a formula that cannot be read is not known; a name without one is an error.
            return Ok(match known.filter(|name| name.formula.is_some()) {
                Some(name) => Value::unknown(name.name.as_str()),
                None => Value::Error(ErrorCode::NAME),
            });
        };
        self.budget.step()?;
        self.enter()?;
        let value = self.quietly(&expr)?;
        self.leave();
        Ok(value)
    }

    /// Returns the cells that a text names: `R1C1`, `A1`, a sheet before it, or a name.
    pub(super) fn area_of_text(&mut self, text: &str) -> Eval<Option<Area>> {
        let text = text.trim().trim_start_matches('=');
        let nesting = self.budget.limits().nesting;
        for r1c1 in [true, false] {
            let value = match parse_text(text, r1c1, (0, 0), nesting) {
                Ok(Expr::Reference(reference)) => self.area_of(&reference).map(Value::Area),
                Ok(Expr::Name(name)) => Some(self.name(&name)?),
                _ => None,
            };
            if let Some(Value::Area(area)) = value {
                return Ok(Some(area));
            }
        }
        Ok(None)
    }

    /// Returns the cells that a value points to, a text as [`Self::area_of_text`] reads it.
    pub(super) fn pointed_at(&mut self, value: &Value) -> Eval<Option<Area>> {
        match value {
            Value::Area(area) => Ok(Some(*area)),
            Value::Text(text) => self.area_of_text(&text.clone()),
            _ => Ok(None),
        }
    }

    /// Returns the first cell that a value points to.
    pub(super) fn start_of(&mut self, value: &Value) -> Option<CellAt> {
        match self.pointed_at(value) {
            Ok(area) => area.map(Area::start),
            Err(_) => None,
        }
    }

    /// Evaluates an expression in which nothing may happen.
    pub(super) fn quietly(&mut self, expr: &Expr) -> Eval<Value> {
        self.quiet += 1;
        let value = self.eval(expr);
        self.quiet -= 1;
        value
    }

    /// Returns the value of a cell.
    pub(super) fn value_at(&mut self, at: CellAt) -> Eval<Value> {
        self.budget.step()?;
        let Some(sheet) = self.book.sheets.get(at.sheet) else {
            return Ok(Value::Error(ErrorCode::REF));
        };
        let is_data = sheet.kind != SheetKind::Macro;
        if let Some(slot) = self.state.cells.get(&at) {
            match (&slot.value, &slot.formula) {
                (Some(value), _) => return Ok(value.clone()),
                (None, Some((expr, _))) => {
                    let expr = expr.clone();
                    return self.calculated(at, &expr);
                }
                (None, None) if slot.replaced => return Ok(Value::Empty),
                _ => {}
            }
        }
        let Some(cell) = sheet.cell(at.row, at.column) else {
            return Ok(Value::Empty);
        };
        let stale = cell.value == CellValue::Empty || (is_data && self.state.wrote_data);
        if cell.formula.is_some() && stale {
            return match self.formula_at(at).0 {
                Some(expr) => self.calculated(at, &expr),
                None => Ok(Value::unknown(self.place(at))),
            };
        }
        if let CellValue::Text(text) = &cell.value {
            self.budget.work(text.len())?;
        }
        Ok(Value::of_cell(&cell.value))
    }

    /// Calculates a cell that no macro runs.
    fn calculated(&mut self, at: CellAt, expr: &Expr) -> Eval<Value> {
        let (here, spot) = (self.here, self.spot);
        self.enter()?;
        self.here = at;
        // What it points to is a level further in: a cell may point to itself.
        let value = self.quietly(expr).and_then(|value| self.single(value));
        (self.here, self.spot) = (here, spot);
        self.leave();
        value
    }

    /// Returns a single value: of an area the cell in the same row or column, of an array the first.
    pub(super) fn single(&mut self, value: Value) -> Eval<Value> {
        match value {
            Value::Area(area) if area.is_one() => self.value_at(area.start()),
            Value::Area(area) => {
                let here = self.here;
                let row = (area.first.0..=area.last.0).contains(&here.row);
                let column = (area.first.1..=area.last.1).contains(&here.column);
                let at = match (area.columns(), area.rows()) {
                    (1, _) if row => CellAt {
                        row: here.row,
                        ..area.start()
                    },
                    (_, 1) if column => CellAt {
                        column: here.column,
                        ..area.start()
                    },
                    _ => return Ok(Value::Error(ErrorCode::VALUE)),
                };
                self.value_at(at)
            }
            Value::Array(rows) => Ok(rows
                .first()
                .and_then(|row| row.first())
                .cloned()
                .unwrap_or(Value::Empty)),
            value => Ok(value),
        }
    }

    /// Returns the rows of an area, as far as something stands in it; `None` where that is too much.
    pub(super) fn rows_of(&mut self, area: Area) -> Eval<Option<Vec<Vec<Value>>>> {
        // Beyond what is used all is empty; a small area is given whole, so that places in it hold.
        let last = if u64::from(area.rows()) * u64::from(area.columns()) <= 4096 {
            area.last
        } else {
            let (row, column) = self.extent(area.sheet)?;
            (
                area.last.0.min(row.max(area.first.0)),
                area.last.1.min(column.max(area.first.1)),
            )
        };
        let count = u64::from(last.0 - area.first.0 + 1) * u64::from(last.1 - area.first.1 + 1);
        if count > CELLS {
            return Ok(None);
        }
        self.budget.build(count as usize * size_of::<Value>())?;
        let mut rows = Vec::new();
        for row in area.first.0..=last.0 {
            let mut values = Vec::new();
            for column in area.first.1..=last.1 {
                values.push(self.value_at(CellAt {
                    sheet: area.sheet,
                    row,
                    column,
                })?);
            }
            rows.push(values);
        }
        Ok(Some(rows))
    }

    /// Returns the last row and column of a sheet that hold something.
    fn extent(&mut self, sheet: usize) -> Eval<(u32, u32)> {
        let own = self.book.sheets.get(sheet);
        self.budget
            .work((own.map_or(0, |sheet| sheet.cells.len()) + self.state.cells.len()) * 16)?;
        let extent = own.and_then(|sheet| sheet.extent()).unwrap_or((0, 0));
        let written = self.state.cells.keys().filter(|at| at.sheet == sheet);
        Ok(written.fold(extent, |(row, column), at| {
            (row.max(at.row), column.max(at.column))
        }))
    }

    /// Puts a value or a formula into a cell, in place of what is there.
    pub(super) fn put(&mut self, at: CellAt, slot: Slot) -> Eval<()> {
        self.budget.build(size_of::<Slot>())?;
        let kind = self.book.sheets.get(at.sheet).map(|sheet| sheet.kind);
        self.state.wrote_data |= kind != Some(SheetKind::Macro);
        self.state.put(at, slot);
        Ok(())
    }

    /// Returns an array as a value.
    pub(super) fn array(rows: Vec<Vec<Value>>) -> Value {
        Value::Array(Rc::new(rows))
    }
}
