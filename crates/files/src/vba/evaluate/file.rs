//! Files that the script opens: what it writes is collected and recorded when the file is closed.

use super::Evaluator;
use crate::script::{Action, Text};
use crate::vba::ast::{Expr, Kind, Statement};
use crate::vba::convert::{ansi, integer, string, text};
use crate::vba::fault::Eval;
use crate::vba::operate::concat;
use crate::vba::state::{OpenFile, Place};
use crate::vba::value::{Type, Value};
use std::rc::Rc;

impl Evaluator<'_, '_> {
    pub(super) fn file_statement(&mut self, statement: &Statement) -> Eval<()> {
        match &statement.kind {
            Kind::Open {
                path, write, number, ..
            } => self.open_file(path, *write, number, statement),
            Kind::Print {
                number,
                items,
                line,
                quoted,
            } => self.print(number, items, *line, *quoted),
            Kind::Put { number, at, value } => self.put_bytes(number, at.as_ref(), value),
            Kind::Get(targets) => targets.iter().try_for_each(|target| {
                let unknown = Value::unknown("content of a file");
                self.assign(target, unknown, false)
            }),
            Kind::Close(numbers) => self.close(numbers),
            Kind::Rename { from, to } => self.rename(from, to),
            _ => Ok(()),
        }
    }

    fn open_file(&mut self, path: &Expr, write: bool, number: &Expr, statement: &Statement) -> Eval<()> {
        let path = self.value(path)?;
        let number = self.file_number(number)?;
        let layer = self.unit().map_or(0, |unit| unit.layer);
        let at = Place {
            layer,
            start: statement.start,
            end: statement.end,
        };
        self.close_file(number);
        if write {
            let content = Value::units(Vec::new(), 0);
            Rc::make_mut(&mut self.state.files).insert(number, OpenFile { path, content, at });
        }
        Ok(())
    }

    /// Files whose number is unknown share one place.
    fn file_number(&mut self, number: &Expr) -> Eval<i64> {
        let value = self.eval(number)?;
        Ok(integer(&value)?.unwrap_or(-1))
    }

    fn print(&mut self, number: &Expr, items: &[Expr], line: bool, quoted: bool) -> Eval<()> {
        let number = self.file_number(number)?;
        let mut written = Value::units(Vec::new(), 0);
        for (at, item) in items.iter().enumerate() {
            let value = self.value(item)?;
            self.retire(&value);
            if quoted && at > 0 {
                written = concat(&written, &Value::text(","))?;
            }
            written = concat(&written, &printed(&value, quoted))?;
        }
        if line {
            written = concat(&written, &Value::text("\r\n"))?;
        }
        self.write_to(number, &written)
    }

    fn put_bytes(&mut self, number: &Expr, at: Option<&Expr>, value: &Expr) -> Eval<()> {
        let number = self.file_number(number)?;
        let follows = self.follows(number, at)?;
        let value = self.value(value)?;
        let written = match &value {
            Value::Array(array) => array
                .as_bytes()
                .filter(|_| array.kind == Type::Byte)
                .map(|bytes| {
                    Value::units(
                        bytes
                            .iter()
                            .map(|byte| crate::vba::convert::unit_of_ansi(*byte))
                            .collect(),
                        1,
                    )
                }),
            Value::Byte(byte) => Some(Value::units(vec![crate::vba::convert::unit_of_ansi(*byte)], 1)),
            Value::Text(_) | Value::Mixed(_) => Some(value.clone()),
            _ => None,
        };
        self.retire(&value);
        let written = written.filter(|_| follows);
        self.write_to(number, &written.unwrap_or_else(|| Value::unknown("bytes")))
    }

    /// Whether a position, counted from 1, is right behind what was written.
    fn follows(&mut self, number: i64, at: Option<&Expr>) -> Eval<bool> {
        let Some(at) = at else {
            return Ok(true);
        };
        let at = self.eval(at)?;
        let written = match self.state.files.get(&number).map(|file| &file.content) {
            Some(Value::Text(text)) => Some(text.len() as i64 + 1),
            _ => None,
        };
        Ok(integer(&at)?.is_some_and(|at| Some(at) == written))
    }

    fn write_to(&mut self, number: i64, written: &Value) -> Eval<()> {
        let length = written
            .pieces()
            .map_or(0, |pieces| pieces.len().saturating_mul(16));
        self.budget.build(length)?;
        let Some(file) = Rc::make_mut(&mut self.state.files).get_mut(&number) else {
            return Ok(());
        };
        let held = std::mem::replace(&mut file.content, Value::Empty);
        file.content = match (held, written) {
            (Value::Text(mut held), Value::Text(more)) => {
                self.budget.build(more.len())?;
                held.push(more.units(), more.built);
                Value::Text(held)
            }
            (held, more) => concat(&held, more)?,
        };
        Ok(())
    }

    fn close(&mut self, numbers: &[Expr]) -> Eval<()> {
        if numbers.is_empty() {
            self.close_files();
        }
        for number in numbers {
            let number = self.file_number(number)?;
            self.close_file(number);
        }
        Ok(())
    }

    /// Records what was written to each open file.
    pub(super) fn close_files(&mut self) {
        let numbers: Vec<i64> = self.state.files.keys().copied().collect();
        for number in numbers {
            self.close_file(number);
        }
    }

    fn close_file(&mut self, number: i64) {
        if let Some(file) = Rc::make_mut(&mut self.state.files).remove(&number) {
            self.wrote(&file.path, &file.content, file.at);
        }
    }

    /// Records a file and its content, in the code page where it is text.
    pub(in crate::vba) fn wrote(&mut self, path: &Value, content: &Value, at: Place) {
        self.retire(content);
        let bytes = match content {
            Value::Text(content) => Some(ansi(content.units())),
            Value::Array(array) => array.as_bytes(),
            _ => None,
        };
        let path = text(path);
        self.act_at(Action::Write { path, content: bytes }, at);
    }

    /// Moving a file is writing another: what it holds is not known here.
    fn rename(&mut self, from: &Expr, to: &Expr) -> Eval<()> {
        let at = self.place(to);
        self.eval(from)?;
        let path: Text = text(&self.eval(to)?);
        self.act_at(Action::Write { path, content: None }, at);
        Ok(())
    }
}

/// A value as `Print #` and `Write #` put it into a file.
fn printed(value: &Value, quoted: bool) -> Value {
    let number = value.is_number();
    let plain = match string(value) {
        Ok(plain) => plain,
        Err(_) => return Value::unknown("value"),
    };
    let around = |before: &str, after: &str| {
        let opened = concat(&Value::text(before), &plain).and_then(|text| concat(&text, &Value::text(after)));
        opened.unwrap_or_else(|_| Value::unknown("value"))
    };
    match (number, quoted) {
        (true, false) => around(if is_negative(value) { "" } else { " " }, " "),
        (false, true) => around("\"", "\""),
        _ => plain,
    }
}

fn is_negative(value: &Value) -> bool {
    crate::vba::convert::double(value)
        .ok()
        .flatten()
        .is_some_and(|number| number < 0.0)
}
