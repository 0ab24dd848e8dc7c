//! Functions of places: where a cell is, which cell lies so far from it, what stands there.

use super::machine::Machine;
use super::state::Eval;
use super::value::{Area, CellAt, Value, compare};
use crate::formula::{self, Expr, parse_text};
use crate::workbook::{ErrorCode, column_letters};

/// The last row and column of the largest sheet.
const LAST: (u32, u32) = (1_048_575, 16_383);

impl Machine<'_, '_, '_> {
    /// Evaluates a function that takes cells and not their values.
    pub(super) fn looked_up(&mut self, name: &str, arguments: &[Expr], expr: &Expr) -> Eval<Option<Value>> {
        Ok(Some(match name {
            "ROW" | "COLUMN" | "ROWS" | "COLUMNS" => self.position(name, arguments.first(), expr)?,
            "OFFSET" => self.offset(arguments, expr)?,
            "INDEX" => self.index(arguments, expr)?,
            "INDIRECT" | "TEXTREF" => {
                let text = self.first(arguments)?;
                match self.pointed_at(&text)? {
                    Some(area) => Value::Area(area),
                    None if text.is_unknown() => self.unknown(expr),
                    None => Value::Error(ErrorCode::REF),
                }
            }
            "ABSREF" => self.seen_from(arguments, expr)?,
            "DEREF" => self.first(arguments)?,
            "ISREF" => match arguments.first() {
                Some(argument) => Value::Bool(matches!(self.eval(argument)?, Value::Area(_))),
                None => Value::Error(ErrorCode::VALUE),
            },
            "AREAS" => Value::Number(1.0),
            "ADDRESS" => self.address(arguments, expr)?,
            "REFTEXT" => self.reference_text(arguments, expr)?,
            "CELL" | "GET.CELL" => self.cell_facts(arguments, expr)?,
            "GET.FORMULA" => {
                let area = match arguments.first() {
                    Some(argument) => self.eval(argument)?,
                    None => Value::Missing,
                };
                self.formula_text(&area, expr)?
            }
            "ACTIVE.CELL" | "SELECTION" => match self.state.active {
                Some(at) => Value::Area(Area::cell(at)),
                None => self.unknown(expr),
            },
            "MATCH" => self.matched(arguments, expr)?,
            "VLOOKUP" | "HLOOKUP" | "LOOKUP" => self.lookup(name, arguments, expr)?,
            "EVALUATE" => {
                let text = self.first(arguments)?;
                self.evaluated_text(&text, expr)?
            }
            _ => return Ok(None),
        }))
    }

    fn first(&mut self, arguments: &[Expr]) -> Eval<Value> {
        match arguments.first() {
            Some(argument) => self.scalar(argument),
            None => Ok(Value::Missing),
        }
    }

    fn position(&mut self, name: &str, argument: Option<&Expr>, expr: &Expr) -> Eval<Value> {
        let area = match argument {
            None | Some(Expr::Missing) => Value::Area(Area::cell(self.here)),
            Some(argument) => self.eval(argument)?,
        };
        Ok(match area {
            Value::Area(area) => Value::Number(match name {
                "ROW" => f64::from(area.first.0) + 1.0,
                "COLUMN" => f64::from(area.first.1) + 1.0,
                "ROWS" => area.rows().into(),
                _ => area.columns().into(),
            }),
            Value::Array(rows) if name == "ROWS" => Value::Number(rows.len() as f64),
            Value::Array(rows) if name == "COLUMNS" => Value::Number(rows.first().map_or(0, Vec::len) as f64),
            _ => self.unknown(expr),
        })
    }

    /// Returns a number out of an argument, or what stands where it is left out; `None` where it is unknown.
    fn whole(&mut self, argument: Option<&Expr>, default: f64) -> Eval<Result<Option<f64>, ErrorCode>> {
        Ok(match argument {
            None => Ok(Some(default)),
            Some(Expr::Missing) => Ok(Some(default)),
            Some(argument) => self
                .scalar(argument)?
                .number()
                .map(|number| number.map(f64::trunc)),
        })
    }

    fn offset(&mut self, arguments: &[Expr], expr: &Expr) -> Eval<Value> {
        let Some(base) = arguments.first() else {
            return Ok(Value::Error(ErrorCode::VALUE));
        };
        let Value::Area(base) = self.eval(base)? else {
            return Ok(self.unknown(expr));
        };
        let mut numbers = [0.0; 4];
        let defaults = [0.0, 0.0, f64::from(base.rows()), f64::from(base.columns())];
        for (at, (number, default)) in numbers.iter_mut().zip(defaults).enumerate() {
            match self.whole(arguments.get(at + 1), default)? {
                Ok(Some(value)) => *number = value,
                Ok(None) => return Ok(self.unknown(expr)),
                Err(error) => return Ok(Value::Error(error)),
            }
        }
        let [rows, columns, height, width] = numbers;
        let first = (f64::from(base.first.0) + rows, f64::from(base.first.1) + columns);
        let last = (first.0 + height - 1.0, first.1 + width - 1.0);
        Ok(area(base.sheet, first, last).map_or(Value::Error(ErrorCode::REF), Value::Area))
    }

    fn index(&mut self, arguments: &[Expr], expr: &Expr) -> Eval<Value> {
        let Some(of) = arguments.first() else {
            return Ok(Value::Error(ErrorCode::VALUE));
        };
        let of = self.eval(of)?;
        let (row, column) = (
            self.whole(arguments.get(1), 0.0)?,
            self.whole(arguments.get(2), 0.0)?,
        );
        let (row, column) = match (row, column) {
            (Ok(Some(row)), Ok(Some(column))) => (row, column),
            (Err(error), _) | (_, Err(error)) => return Ok(Value::Error(error)),
            _ => return Ok(self.unknown(expr)),
        };
        if row < 0.0 || column < 0.0 {
            return Ok(Value::Error(ErrorCode::VALUE));
        }
        match of {
            Value::Area(of) => {
                // In one row a single number counts columns.
                let (row, column) = if of.rows() == 1 && arguments.len() < 3 {
                    (1.0, row)
                } else {
                    (row, column)
                };
                let span = |at: f64, first: u32, last: u32| match at {
                    0.0 => (f64::from(first), f64::from(last)),
                    at => (f64::from(first) + at - 1.0, f64::from(first) + at - 1.0),
                };
                let rows = span(row, of.first.0, of.last.0);
                let columns = span(column, of.first.1, of.last.1);
                if rows.1 > f64::from(of.last.0) || columns.1 > f64::from(of.last.1) {
                    return Ok(Value::Error(ErrorCode::REF));
                }
                Ok(area(of.sheet, (rows.0, columns.0), (rows.1, columns.1))
                    .map_or(Value::Error(ErrorCode::REF), Value::Area))
            }
            Value::Array(rows) => {
                let one_row = rows.len() == 1 && arguments.len() < 3;
                let (row, column) = if one_row {
                    (1.0, row)
                } else {
                    (row, column.max(1.0))
                };
                let found = rows
                    .get((row.max(1.0) - 1.0) as usize)
                    .and_then(|row| row.get((column - 1.0) as usize));
                Ok(found.cloned().unwrap_or(Value::Error(ErrorCode::REF)))
            }
            _ => Ok(self.unknown(expr)),
        }
    }

    /// `ABSREF(text, cell)`: a text such as `R[-2]C[2]`, seen from a cell.
    fn seen_from(&mut self, arguments: &[Expr], expr: &Expr) -> Eval<Value> {
        let (Some(text), Some(base)) = (arguments.first(), arguments.get(1)) else {
            return Ok(Value::Error(ErrorCode::VALUE));
        };
        let (text, base) = (self.scalar(text)?, self.eval(base)?);
        let Value::Area(base) = base else {
            return Ok(self.unknown(expr));
        };
        let here = std::mem::replace(&mut self.here, base.start());
        let found = self.pointed_at(&text);
        self.here = here;
        Ok(found?.map_or_else(|| self.unknown(expr), Value::Area))
    }

    fn address(&mut self, arguments: &[Expr], expr: &Expr) -> Eval<Value> {
        let mut numbers = [1.0; 4];
        for (at, number) in numbers.iter_mut().enumerate() {
            match self.whole(arguments.get(at), 1.0)? {
                Ok(Some(value)) => *number = value,
                Ok(None) => return Ok(self.unknown(expr)),
                Err(error) => return Ok(Value::Error(error)),
            }
        }
        let [row, column, kind, a1] = numbers;
        if arguments.len() > 4 {
            return Ok(self.unknown(expr));
        }
        if !(1.0..=f64::from(LAST.0) + 1.0).contains(&row)
            || !(1.0..=f64::from(LAST.1) + 1.0).contains(&column)
        {
            return Ok(Value::Error(ErrorCode::VALUE));
        }
        let (fixed_row, fixed_column) = (matches!(kind as u32, 1 | 2), matches!(kind as u32, 1 | 3));
        let sign = |fixed| if fixed { "$" } else { "" };
        let bracket = |fixed: bool, at: f64| if fixed { format!("{at}") } else { format!("[{at}]") };
        Ok(Value::text(if a1 == 0.0 {
            format!("R{}C{}", bracket(fixed_row, row), bracket(fixed_column, column))
        } else {
            let letters = column_letters(column as u32 - 1);
            format!("{}{letters}{}{row}", sign(fixed_column), sign(fixed_row))
        }))
    }

    /// The text of a reference names its workbook, which is not known; its sheet and cell are.
    fn reference_text(&mut self, arguments: &[Expr], expr: &Expr) -> Eval<Value> {
        let Some(argument) = arguments.first() else {
            return Ok(Value::Error(ErrorCode::VALUE));
        };
        match self.eval(argument)? {
            Value::Area(_) => Ok(self.unknown(expr)),
            Value::Error(error) => Ok(Value::Error(error)),
            _ => Ok(Value::Error(ErrorCode::VALUE)),
        }
    }

    /// The facts about a cell that its place and content decide; its looks are unknown here.
    fn cell_facts(&mut self, arguments: &[Expr], expr: &Expr) -> Eval<Value> {
        let kind = self.first(arguments)?;
        let area = match arguments.get(1) {
            Some(argument) if *argument != Expr::Missing => self.eval(argument)?,
            _ => return Ok(self.unknown(expr)),
        };
        let Value::Area(area) = area else {
            return Ok(self.unknown(expr));
        };
        let kind = match &kind {
            Value::Text(text) => text.to_lowercase(),
            Value::Number(number) => number.to_string(),
            _ => return Ok(self.unknown(expr)),
        };
        let at = area.start();
        Ok(match kind.as_str() {
            "row" | "2" => Value::Number(f64::from(at.row) + 1.0),
            "col" | "3" => Value::Number(f64::from(at.column) + 1.0),
            "contents" | "5" => self.value_at(at)?,
            "6" | "41" => self.formula_text(&Value::Area(area), expr)?,
            "address" => Value::text(format!(
                "${}${}",
                column_letters(at.column),
                u64::from(at.row) + 1
            )),
            "type" => match self.value_at(at)? {
                Value::Empty => Value::text("b"),
                Value::Text(_) | Value::Partial(_) => Value::text("l"),
                value if value.is_unknown() => self.unknown(expr),
                _ => Value::text("v"),
            },
            "53" => match self.value_at(at)? {
                // Numbers show in the cell's format.
                text @ (Value::Text(_) | Value::Partial(_)) => text,
                Value::Empty => Value::text(""),
                _ => self.unknown(expr),
            },
            _ => self.unknown(expr),
        })
    }

    fn formula_text(&mut self, area: &Value, expr: &Expr) -> Eval<Value> {
        let Value::Area(area) = area else {
            return Ok(self.unknown(expr));
        };
        let at = area.start();
        match self.formula_at(at).0 {
            // As R1C1 it would read otherwise; without a reference in it the two are one.
            Some(formula) if !refers(&formula) => Ok(Value::text(format!(
                "={}",
                formula::print(&formula, at.row, at.column)
            ))),
            Some(_) => Ok(self.unknown(expr)),
            None => {
                let value = self.value_at(at)?;
                Ok(value.joined().map_or_else(Value::Error, Value::of_text))
            }
        }
    }

    /// Returns the values of an argument in a row.
    fn listed(&mut self, argument: &Expr) -> Eval<Option<Vec<Vec<Value>>>> {
        match self.eval(argument)? {
            Value::Area(area) => self.rows_of(area),
            Value::Array(rows) => Ok(Some((*rows).clone())),
            _ => Ok(None),
        }
    }

    /// `MATCH` for a value as it is; the other ways need an order that is not checked here.
    fn matched(&mut self, arguments: &[Expr], expr: &Expr) -> Eval<Value> {
        let [wanted, list, rest @ ..] = arguments else {
            return Ok(Value::Error(ErrorCode::VALUE));
        };
        let wanted = self.scalar(wanted)?;
        let exact = matches!(self.whole(rest.first(), 1.0)?, Ok(Some(0.0)));
        let Some(rows) = self.listed(list)? else {
            return Ok(self.unknown(expr));
        };
        if !exact || wild(&wanted) {
            return Ok(self.unknown(expr));
        }
        for (at, value) in rows.iter().flatten().enumerate() {
            match same(&wanted, value) {
                Some(true) => return Ok(Value::Number(at as f64 + 1.0)),
                Some(false) => {}
                None => return Ok(self.unknown(expr)),
            }
        }
        Ok(Value::Error(ErrorCode::NA))
    }

    fn lookup(&mut self, name: &str, arguments: &[Expr], expr: &Expr) -> Eval<Value> {
        let (wanted, table, number, exact) = match (name, arguments) {
            ("VLOOKUP" | "HLOOKUP", [wanted, table, number, rest @ ..]) => {
                let exact = match rest.first() {
                    Some(last) => self.scalar(last)?.truth() == Ok(Some(false)),
                    None => false,
                };
                (wanted, table, number, exact)
            }
            _ => return Ok(self.unknown(expr)),
        };
        let wanted = self.scalar(wanted)?;
        let (Ok(Some(number)), Some(rows)) = (self.whole(Some(number), 1.0)?, self.listed(table)?) else {
            return Ok(self.unknown(expr));
        };
        if !exact || wild(&wanted) || number < 1.0 {
            return Ok(self.unknown(expr));
        }
        let at = number as usize - 1;
        let turned;
        let rows = if name == "HLOOKUP" {
            let width = rows.first().map_or(0, Vec::len);
            turned = (0..width)
                .map(|column| rows.iter().filter_map(|row| row.get(column).cloned()).collect())
                .collect::<Vec<Vec<Value>>>();
            &turned
        } else {
            &rows
        };
        for row in rows {
            match row.first().and_then(|key| same(&wanted, key)) {
                Some(true) => return Ok(row.get(at).cloned().unwrap_or(Value::Error(ErrorCode::REF))),
                Some(false) => {}
                None => return Ok(self.unknown(expr)),
            }
        }
        Ok(Value::Error(ErrorCode::NA))
    }

    /// Evaluates a text as a formula.
    fn evaluated_text(&mut self, text: &Value, expr: &Expr) -> Eval<Value> {
        let Value::Text(text) = text else {
            if self.quiet == 0 {
                self.hidden("the formula that it evaluates is not known");
            }
            return Ok(self.unknown(expr));
        };
        self.budget.work(text.len())?;
        let plain = text.trim_start_matches('=');
        match parse_text(plain, false, (0, 0), self.budget.limits().nesting) {
            Ok(parsed) => self.eval(&parsed),
            Err(_) => Ok(Value::Error(ErrorCode::VALUE)),
        }
    }
}

fn area(sheet: usize, first: (f64, f64), last: (f64, f64)) -> Option<Area> {
    let (top, bottom) = (first.0.min(last.0), first.0.max(last.0));
    let (left, right) = (first.1.min(last.1), first.1.max(last.1));
    let stands = top >= 0.0 && left >= 0.0 && bottom <= f64::from(LAST.0) && right <= f64::from(LAST.1);
    stands.then_some(Area {
        sheet,
        first: (top as u32, left as u32),
        last: (bottom as u32, right as u32),
    })
}

fn same(wanted: &Value, value: &Value) -> Option<bool> {
    match (wanted, value) {
        (_, Value::Error(_)) => Some(false),
        _ => compare(wanted, value).ok()?.map(std::cmp::Ordering::is_eq),
    }
}

/// A text with signs that stand for any character.
fn wild(value: &Value) -> bool {
    matches!(value, Value::Text(text) if text.contains(['*', '?', '~']))
}

fn refers(expr: &Expr) -> bool {
    match expr {
        Expr::Reference(_) => true,
        Expr::Chain(first, rest) => refers(first) || rest.iter().any(|(_, operand)| refers(operand)),
        Expr::Signed(_, inner) | Expr::Percent(inner) | Expr::Paren(inner) => refers(inner),
        Expr::Call(callee, arguments) => {
            let called = matches!(callee, crate::formula::Callee::Other(callee) if refers(callee));
            called || arguments.iter().any(refers)
        }
        _ => false,
    }
}

impl CellAt {
    /// Returns the cell so many rows and columns on; `None` beyond the sheet.
    pub(super) fn moved(self, rows: u32, columns: u32) -> Option<CellAt> {
        let (row, column) = (self.row.checked_add(rows)?, self.column.checked_add(columns)?);
        (row <= LAST.0 && column <= LAST.1).then_some(CellAt { row, column, ..self })
    }
}
