//! Expressions: operators, and which function a call is.

use super::library;
use super::machine::Machine;
use super::state::Eval;
use super::value::{Area, Value, compare};
use crate::formula::{self, Binary, Callee, Expr, is_command};
use crate::script::Text;
use crate::workbook::ErrorCode;
use std::cmp::Ordering;

/// Characters of an expression that stand for an unknown.
const SHOWN: usize = 120;
/// Functions that look at every cell of an area.
const OF_AREAS: [&str; 14] = [
    "SUM",
    "PRODUCT",
    "SUMSQ",
    "MIN",
    "MAX",
    "AVERAGE",
    "COUNT",
    "COUNTA",
    "COUNTBLANK",
    "AND",
    "OR",
    "XOR",
    "CONCAT",
    "TEXTJOIN",
];

impl Machine<'_, '_, '_> {
    /// Evaluates an expression.
    pub(super) fn eval(&mut self, expr: &Expr) -> Eval<Value> {
        self.budget.step()?;
        self.enter()?;
        let value = self.eval_inner(expr);
        self.leave();
        value
    }

    fn eval_inner(&mut self, expr: &Expr) -> Eval<Value> {
        Ok(match expr {
            Expr::Missing => Value::Missing,
            Expr::Number(number) => Value::Number(*number),
            Expr::Text(text) => {
                self.budget.work(text.len())?;
                Value::text(&**text)
            }
            Expr::Bool(value) => Value::Bool(*value),
            Expr::Error(error) => Value::Error(*error),
            Expr::Array(rows) => {
                let mut values = Vec::new();
                for row in rows {
                    let row: Eval<Vec<Value>> = row.iter().map(|expr| self.eval(expr)).collect();
                    values.push(row?);
                }
                Self::array(values)
            }
            Expr::Reference(reference) => match self.area_of(reference) {
                Some(area) => Value::Area(area),
                None => self.unknown(expr),
            },
            Expr::Name(name) => self.name(name)?,
            Expr::Foreign(text) => Value::unknown(&**text),
            Expr::Chain(first, rest) => self.chain(first, rest)?,
            Expr::Signed(sign, operand) => {
                let value = self.scalar(operand)?;
                match (sign, value) {
                    // A plus changes nothing, not even a text.
                    ('+', value) => value,
                    (_, value) => self.of_number(&value, expr, |number| Ok(-number)),
                }
            }
            Expr::Percent(operand) => {
                let value = self.scalar(operand)?;
                self.of_number(&value, expr, |number| Ok(number / 100.0))
            }
            Expr::Paren(inner) => self.eval(inner)?,
            Expr::Call(Callee::Function(name), arguments) => self.function(name, arguments, expr)?,
            Expr::Call(Callee::Other(callee), arguments) => self.other_call(callee, arguments, expr)?,
        })
    }

    /// Evaluates an expression to a single value.
    pub(super) fn scalar(&mut self, expr: &Expr) -> Eval<Value> {
        let value = self.eval(expr)?;
        self.single(value)
    }

    /// Returns what stands for an expression whose value is not known.
    pub(super) fn unknown(&self, expr: &Expr) -> Value {
        let text = formula::print_short(expr, self.here.row, self.here.column, SHOWN);
        let text: String = text.chars().take(SHOWN).collect();
        Value::unknown(text)
    }

    fn of_number(&self, value: &Value, expr: &Expr, make: impl Fn(f64) -> Result<f64, ErrorCode>) -> Value {
        match value.number() {
            Ok(Some(number)) => make(number).map_or_else(Value::Error, finite),
            Ok(None) => self.unknown(expr),
            Err(error) => Value::Error(error),
        }
    }

    /// Folds a chain of operators from the left.
    fn chain(&mut self, first: &Expr, rest: &[(Binary, Expr)]) -> Eval<Value> {
        let mut left = self.eval(first)?;
        let mut at = 0;
        while let Some((binary, operand)) = rest.get(at) {
            if matches!(binary, Binary::Range | Binary::Intersect | Binary::Union) {
                let right = self.eval(operand)?;
                left = areas(*binary, &left, &right);
                at += 1;
                continue;
            }
            left = self.single(left)?;
            if *binary == Binary::Concat {
                let run = rest.get(at..).unwrap_or_default();
                let run = run
                    .iter()
                    .take_while(|(binary, _)| *binary == Binary::Concat)
                    .count();
                left = self.concatenated(left, rest.get(at..at + run).unwrap_or_default())?;
                at += run;
                continue;
            }
            let right = self.scalar(operand)?;
            self.budget.work(left.size() + right.size())?;
            left = self.binary(*binary, &left, &right);
            at += 1;
        }
        Ok(left)
    }

    /// Joins a run of texts into one, without a copy for each of them.
    fn concatenated(&mut self, first: Value, rest: &[(Binary, Expr)]) -> Eval<Value> {
        let mut error = None;
        let mut text = first.joined().unwrap_or_else(|first| {
            error = Some(first);
            Text::default()
        });
        for (_, operand) in rest {
            let value = self.scalar(operand)?;
            match value.joined() {
                Ok(part) => {
                    self.budget.build(part.len())?;
                    text = text.join(part);
                }
                Err(new) => error = error.or(Some(new)),
            }
        }
        Ok(error.map_or_else(|| Value::of_text(text), Value::Error))
    }

    fn binary(&self, binary: Binary, left: &Value, right: &Value) -> Value {
        let said = || {
            let text = format!("{}{}{}", left.written(), binary.as_str(), right.written());
            Value::unknown(text.chars().take(SHOWN).collect::<String>())
        };
        let wanted: fn(Ordering) -> bool = match binary {
            Binary::Less => Ordering::is_lt,
            Binary::LessEqual => Ordering::is_le,
            Binary::Equal => Ordering::is_eq,
            Binary::GreaterEqual => Ordering::is_ge,
            Binary::Greater => Ordering::is_gt,
            Binary::NotEqual => Ordering::is_ne,
            _ => {
                return arithmetic(binary, left, right)
                    .map_or_else(Value::Error, |value| value.unwrap_or_else(said));
            }
        };
        match compare(left, right) {
            Ok(Some(order)) => Value::Bool(wanted(order)),
            Ok(None) => said(),
            Err(error) => Value::Error(error),
        }
    }

    /// Calls a function of Excel.
    fn function(&mut self, name: &str, arguments: &[Expr], expr: &Expr) -> Eval<Value> {
        if let Some(value) = self.lazy(name, arguments, expr)? {
            return Ok(value);
        }
        if let Some(value) = self.looked_up(name, arguments, expr)? {
            return Ok(value);
        }
        if self.quiet == 0
            && let Some(value) = self.acting(name, arguments, expr)?
        {
            return Ok(value);
        }
        let values = self.arguments(name, arguments)?;
        if let Some(value) = self.pure(name, &values, expr)? {
            return Ok(value);
        }
        if is_command(name) {
            // A command that changes nothing here, such as one of windows, formats and bars.
            if self.quiet == 0 {
                self.say(name, &values);
            }
            return Ok(Value::Bool(true));
        }
        Ok(self.unknown_call(name, &values))
    }

    /// Returns the unknown that a call with known arguments gives, written with their values.
    pub(super) fn unknown_call(&self, name: &str, values: &[Value]) -> Value {
        let list: Vec<String> = values.iter().map(Value::written).collect();
        let text = format!("{name}({})", list.join(","));
        Value::unknown(text.chars().take(SHOWN).collect::<String>())
    }

    /// Adds a call with its values to the listing of what was done.
    pub(super) fn say(&mut self, name: &str, values: &[Value]) {
        let list: Vec<String> = values.iter().map(Value::written).collect();
        let line = format!("{}: {name}({})", self.place(self.here), list.join(","));
        self.listing.say(line);
    }

    /// Evaluates the arguments of a function that takes values: areas as arrays where it looks at all of them.
    pub(super) fn arguments(&mut self, name: &str, arguments: &[Expr]) -> Eval<Vec<Value>> {
        let all = OF_AREAS.contains(&name);
        let mut values = Vec::new();
        for argument in arguments {
            let value = self.eval(argument)?;
            values.push(match value {
                Value::Area(area) if all => self.array_of(area, argument)?,
                Value::Array(_) => value,
                value => self.single(value)?,
            });
        }
        Ok(values)
    }

    pub(super) fn array_of(&mut self, area: Area, expr: &Expr) -> Eval<Value> {
        Ok(match self.rows_of(area)? {
            Some(rows) => Self::array(rows),
            None => self.unknown(expr),
        })
    }

    /// Calls a function that its arguments alone decide; one of single values is called for each element of an array.
    fn pure(&mut self, name: &str, values: &[Value], expr: &Expr) -> Eval<Option<Value>> {
        let size: usize = values.iter().map(Value::size).sum();
        self.budget.build(size)?;
        let array = values.iter().position(|value| matches!(value, Value::Array(_)));
        let (Some(at), false) = (array, OF_AREAS.contains(&name)) else {
            return Ok(self.answer(name, values, expr));
        };
        let Some(Value::Array(rows)) = values.get(at) else {
            return Ok(None);
        };
        let mut mapped = Vec::new();
        for row in rows.iter() {
            let mut results = Vec::new();
            for element in row {
                self.budget.step()?;
                let mut values = values.to_vec();
                if let Some(value) = values.get_mut(at) {
                    *value = element.clone();
                }
                match self.answer(name, &values, expr) {
                    Some(value) => results.push(value),
                    None => return Ok(None),
                }
            }
            mapped.push(results);
        }
        Ok(Some(Self::array(mapped)))
    }

    fn answer(&self, name: &str, values: &[Value], _: &Expr) -> Option<Value> {
        Some(match library::call(name, values)? {
            Ok(Some(value)) => value,
            Ok(None) => self.unknown_call(name, values),
            Err(error) => Value::Error(error),
        })
    }

    /// Calls what an expression points to: a macro, a registered function, a function of a later version.
    fn other_call(&mut self, callee: &Expr, arguments: &[Expr], expr: &Expr) -> Eval<Value> {
        if let Expr::Name(name) = callee {
            let lower = name.name.to_lowercase();
            if let Some(native) = self.state.aliases.get(&lower).copied() {
                if self.quiet > 0 {
                    return Ok(self.unknown(expr));
                }
                return self.call_native(native, arguments);
            }
            let plain = lower.strip_prefix("_xlfn.").unwrap_or(&lower);
            let plain = plain.strip_prefix("_xlws.").unwrap_or(plain).to_uppercase();
            let is_macro = name
                .index
                .or_else(|| self.names.get(&lower).and_then(|found| found.first().copied()));
            let bodiless = |index: usize| {
                self.book
                    .names
                    .get(index)
                    .is_none_or(|name| name.formula.is_none())
            };
            if is_macro.is_none_or(bodiless) {
                let values = self.arguments(&plain, arguments)?;
                if let Some(value) = self.pure(&plain, &values, expr)? {
                    return Ok(value);
                }
                if crate::workbook::parse_a1(&name.name).is_none() && !self.state.names.contains_key(&lower) {
                    return Ok(self.unknown_call(&name.name, &values));
                }
            }
        }
        let target = self.eval(callee)?;
        if self.quiet > 0 {
            return Ok(self.unknown(expr));
        }
        let mut values = std::collections::VecDeque::new();
        for argument in arguments {
            values.push_back(self.eval(argument)?);
        }
        match self.pointed_at(&target)? {
            Some(area) => self.run(area.start(), Some(values)),
            None => {
                self.hidden("which macro it calls is not known");
                Ok(self.unknown(expr))
            }
        }
    }
}

fn finite(number: f64) -> Value {
    if number.is_finite() {
        Value::Number(number)
    } else {
        Value::Error(ErrorCode::NUM)
    }
}

fn arithmetic(binary: Binary, left: &Value, right: &Value) -> Result<Option<Value>, ErrorCode> {
    let (left, right) = (left.number()?, right.number()?);
    let (Some(left), Some(right)) = (left, right) else {
        return Ok(None);
    };
    Ok(Some(finite(match binary {
        Binary::Add => left + right,
        Binary::Subtract => left - right,
        Binary::Multiply => left * right,
        Binary::Divide if right == 0.0 => return Err(ErrorCode::DIV0),
        Binary::Divide => left / right,
        _ => library::power(left, right)?,
    })))
}

/// Joins two areas; a union is its first area for all that macros do with one.
fn areas(binary: Binary, left: &Value, right: &Value) -> Value {
    let (Value::Area(left), Value::Area(right)) = (left, right) else {
        return Value::unknown("area");
    };
    if left.sheet != right.sheet {
        return Value::Error(ErrorCode::VALUE);
    }
    let (first, last) = match binary {
        Binary::Range => (
            (left.first.0.min(right.first.0), left.first.1.min(right.first.1)),
            (left.last.0.max(right.last.0), left.last.1.max(right.last.1)),
        ),
        Binary::Intersect => (
            (left.first.0.max(right.first.0), left.first.1.max(right.first.1)),
            (left.last.0.min(right.last.0), left.last.1.min(right.last.1)),
        ),
        _ => return Value::Area(*left),
    };
    if first.0 > last.0 || first.1 > last.1 {
        return Value::Error(ErrorCode::NULL);
    }
    Value::Area(Area {
        sheet: left.sheet,
        first,
        last,
    })
}
