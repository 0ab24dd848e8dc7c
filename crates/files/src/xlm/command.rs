//! Commands that change the workbook: cells, names, the selection.

use super::machine::Machine;
use super::state::{Eval, Slot};
use super::value::{Area, CellAt, Value, number_of};
use crate::formula::{Expr, parse_text};
use crate::workbook::ErrorCode;
use std::rc::Rc;

/// Cells that one command fills.
const FILL: u64 = 1 << 16;

impl Machine<'_, '_, '_> {
    /// Evaluates a function that moves the run, changes the workbook or reaches out of it.
    pub(super) fn acting(&mut self, name: &str, arguments: &[Expr], expr: &Expr) -> Eval<Option<Value>> {
        if let Some(value) = self.moving(name, arguments, expr)? {
            return Ok(Some(value));
        }
        if let Some(value) = self.reaching(name, arguments, expr)? {
            return Ok(Some(value));
        }
        Ok(Some(match name {
            "FORMULA" | "FORMULA.FILL" | "FORMULA.ARRAY" => self.write_formula(name, arguments)?,
            "SET.VALUE" => self.set_value(arguments)?,
            "SET.NAME" | "DEFINE.NAME" => self.set_name(name, arguments)?,
            "DELETE.NAME" => {
                let name = self.text(arguments, 0)?;
                self.state.names.remove(&name.to_string().to_lowercase());
                Value::Bool(true)
            }
            "SELECT" | "FORMULA.GOTO" => self.select(arguments)?,
            "ACTIVATE" | "WORKBOOK.ACTIVATE" | "WORKBOOK.SELECT" => {
                let sheet = self.text(arguments, 0)?.to_string().to_lowercase();
                if let Some(sheet) = self.sheets.get(&sheet) {
                    self.state.active = Some(CellAt {
                        sheet: *sheet,
                        column: 0,
                        row: 0,
                    });
                }
                Value::Bool(true)
            }
            "CLEAR" | "EDIT.DELETE" => {
                if let Some(at) = self.state.active {
                    self.put(
                        at,
                        Slot {
                            value: None,
                            replaced: true,
                            formula: None,
                        },
                    )?;
                }
                Value::Bool(true)
            }
            "COPY" | "CUT" => self.copy(arguments)?,
            _ => return Ok(None),
        }))
    }

    /// `FORMULA(text, cell)`: writes what somebody would type; `FORMULA.FILL` into every cell of an area.
    fn write_formula(&mut self, name: &str, arguments: &[Expr]) -> Eval<Value> {
        let Some(text) = arguments.first() else {
            return Ok(Value::Error(ErrorCode::VALUE));
        };
        let value = self.scalar(text)?;
        let target = match arguments.get(1) {
            Some(target) if *target != Expr::Missing => {
                let target = self.eval(target)?;
                self.pointed_at(&target)?
            }
            _ => self.state.active.map(Area::cell),
        };
        let Some(area) = target else {
            if matches!(value, Value::Text(_)) {
                // What is written where is not known runs nowhere that is known: it is told at least.
                self.written_aside(&value);
            }
            self.hidden("where it writes a formula is not known");
            return Ok(Value::Bool(true));
        };
        let area = if name == "FORMULA" {
            Area::cell(area.start())
        } else {
            area
        };
        self.say(name, &[value.clone(), Value::text(self.place(area.start()))]);
        self.fill(area, &value)?;
        Ok(Value::Bool(true))
    }

    fn written_aside(&mut self, value: &Value) {
        let line = format!(
            "?: {}",
            value.joined().map(|text| text.to_string()).unwrap_or_default()
        );
        self.listing.write(&line);
    }

    fn fill(&mut self, area: Area, value: &Value) -> Eval<()> {
        let count = u64::from(area.rows()) * u64::from(area.columns());
        if count > FILL {
            self.hidden("it fills more cells than are followed");
            return Ok(());
        }
        let typed = self.typed(value)?;
        for row in area.first.0..=area.last.0 {
            for column in area.first.1..=area.last.1 {
                let at = CellAt {
                    sheet: area.sheet,
                    row,
                    column,
                };
                let slot = match &typed {
                    Typed::Formula(text, expr) => {
                        self.budget.work(text.len())?;
                        let line = format!("{}: {text}", self.place(at));
                        let spot = self.listing.write(&line);
                        Slot {
                            value: None,
                            replaced: true,
                            formula: Some((expr.clone(), spot)),
                        }
                    }
                    Typed::Value(value) => Slot {
                        value: Some(value.clone()),
                        replaced: true,
                        formula: None,
                    },
                };
                self.put(at, slot)?;
            }
        }
        Ok(())
    }

    /// Returns what a cell holds when somebody types a text.
    fn typed(&mut self, value: &Value) -> Eval<Typed> {
        let text = match value {
            Value::Text(text) => text.clone(),
            Value::Partial(text) if text.known_start().starts_with('=') => {
                let shown: Rc<str> = text.to_string().into();
                self.hidden("a part of the formula that it writes is not known");
                self.listing.write(&format!("?: {shown}"));
                return Ok(Typed::Value(value.clone()));
            }
            Value::Unknown(_) => {
                self.hidden("the formula that it writes is not known");
                return Ok(Typed::Value(value.clone()));
            }
            value => return Ok(Typed::Value(value.clone())),
        };
        let Some(formula) = text.strip_prefix('=') else {
            let typed = match number_of(&text) {
                Ok(Some(number)) => Value::Number(number),
                _ if text.eq_ignore_ascii_case("TRUE") => Value::Bool(true),
                _ if text.eq_ignore_ascii_case("FALSE") => Value::Bool(false),
                _ => value.clone(),
            };
            return Ok(Typed::Value(typed));
        };
        self.budget.work(text.len())?;
        let nesting = self.budget.limits().nesting;
        let parsed = parse_text(formula, true, (0, 0), nesting)
            .or_else(|_| parse_text(formula, false, (0, 0), nesting));
        Ok(match parsed {
            Ok(expr) => Typed::Formula(text, Rc::new(expr)),
            // Excel refuses it, and the macro goes on with an error.
            Err(_) => Typed::Value(value.clone()),
        })
    }

    /// `SET.VALUE(cells, values)`: changes values of a macro sheet, its formulas stay.
    fn set_value(&mut self, arguments: &[Expr]) -> Eval<Value> {
        let (Some(target), Some(value)) = (arguments.first(), arguments.get(1)) else {
            return Ok(Value::Error(ErrorCode::VALUE));
        };
        let target = self.eval(target)?;
        let value = self.eval(value)?;
        let Some(area) = self.pointed_at(&target)? else {
            return Ok(Value::Error(ErrorCode::VALUE));
        };
        let count = u64::from(area.rows()) * u64::from(area.columns());
        if count > FILL {
            self.hidden("it fills more cells than are followed");
            return Ok(Value::Bool(true));
        }
        let rows = match &value {
            Value::Area(area) if !area.is_one() => self.rows_of(*area)?,
            Value::Array(rows) => Some((**rows).clone()),
            _ => None,
        };
        let one = self.single(value)?;
        self.say("SET.VALUE", &[Value::text(self.place(area.start())), one.clone()]);
        for row in 0..area.rows() {
            for column in 0..area.columns() {
                let Some(at) = area.start().moved(row, column) else {
                    continue;
                };
                let value = match &rows {
                    Some(rows) => rows
                        .get(row as usize)
                        .and_then(|values| values.get(column as usize))
                        .cloned()
                        .unwrap_or(Value::Error(ErrorCode::NA)),
                    None => one.clone(),
                };
                let mut slot = self.state.cells.get(&at).cloned().unwrap_or(Slot {
                    value: None,
                    replaced: false,
                    formula: None,
                });
                slot.value = Some(value);
                self.put(at, slot)?;
            }
        }
        Ok(Value::Bool(true))
    }

    /// `SET.NAME(name, value)` keeps a value or a reference; `DEFINE.NAME` takes a text that refers.
    fn set_name(&mut self, command: &str, arguments: &[Expr]) -> Eval<Value> {
        let name = match arguments.first() {
            Some(Expr::Name(name)) if !matches!(self.name(name)?, Value::Text(_)) => {
                Some(name.name.to_string())
            }
            Some(argument) => match self.scalar(argument)? {
                Value::Text(text) => Some(text.to_string()),
                _ => None,
            },
            None => None,
        };
        let Some(name) = name else {
            return Ok(Value::Error(ErrorCode::VALUE));
        };
        let value = match arguments.get(1) {
            Some(value) => self.eval(value)?,
            None => Value::Missing,
        };
        let value = match value {
            Value::Text(text) if command == "DEFINE.NAME" && text.starts_with('=') => {
                self.area_of_text(&text)?.map_or(Value::Text(text), Value::Area)
            }
            value => value,
        };
        self.say(command, &[Value::text(name.as_str()), value.clone()]);
        self.budget.build(size_of::<Value>() + name.len())?;
        self.state.names.insert(name.to_lowercase(), value);
        Ok(Value::Bool(true))
    }

    fn select(&mut self, arguments: &[Expr]) -> Eval<Value> {
        let Some(target) = arguments.first() else {
            return Ok(Value::Bool(true));
        };
        let target = self.eval(target)?;
        // A text counts from the active cell.
        let here = self.here;
        if let (Value::Text(_), Some(active)) = (&target, self.state.active) {
            self.here = active;
        }
        let area = self.pointed_at(&target);
        self.here = here;
        if let Some(area) = area? {
            self.state.active = Some(area.start());
        }
        Ok(Value::Bool(true))
    }

    /// `COPY(from, to)`.
    fn copy(&mut self, arguments: &[Expr]) -> Eval<Value> {
        let (Some(from), Some(to)) = (arguments.first(), arguments.get(1)) else {
            return Ok(Value::Bool(true));
        };
        let (from, to) = (self.eval(from)?, self.eval(to)?);
        let (Some(from), Some(to)) = (self.pointed_at(&from)?, self.pointed_at(&to)?) else {
            return Ok(Value::Error(ErrorCode::VALUE));
        };
        if u64::from(from.rows()) * u64::from(from.columns()) > FILL {
            self.hidden("it copies more cells than are followed");
            return Ok(Value::Bool(true));
        }
        for row in 0..from.rows() {
            for column in 0..from.columns() {
                let (Some(source), Some(at)) =
                    (from.start().moved(row, column), to.start().moved(row, column))
                else {
                    continue;
                };
                let (formula, spot) = self.formula_at(source);
                let value = match &formula {
                    Some(_) => None,
                    None => Some(self.value_at(source)?),
                };
                let formula = formula.map(|formula| (formula, spot));
                self.put(
                    at,
                    Slot {
                        value,
                        replaced: true,
                        formula,
                    },
                )?;
            }
        }
        Ok(Value::Bool(true))
    }
}

enum Typed {
    Formula(Rc<str>, Rc<Expr>),
    Value(Value),
}
