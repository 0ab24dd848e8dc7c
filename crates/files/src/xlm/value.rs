//! Values of macros, of which some are unknown, and their conversions as Excel makes them.

use crate::script::{Part, Text};
use crate::workbook::{CellValue, ErrorCode, general};
use std::cmp::Ordering;
use std::rc::Rc;

/// A rectangle of cells on one sheet; rows and columns from zero, the last ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub sheet: usize,
    pub first: (u32, u32),
    pub last: (u32, u32),
}

impl Area {
    pub fn cell(at: CellAt) -> Self {
        Area {
            sheet: at.sheet,
            first: (at.row, at.column),
            last: (at.row, at.column),
        }
    }

    pub fn start(self) -> CellAt {
        CellAt {
            sheet: self.sheet,
            row: self.first.0,
            column: self.first.1,
        }
    }

    pub fn is_one(self) -> bool {
        self.first == self.last
    }

    pub fn rows(self) -> u32 {
        self.last.0 - self.first.0 + 1
    }

    pub fn columns(self) -> u32 {
        self.last.1 - self.first.1 + 1
    }
}

/// A cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct CellAt {
    pub sheet: usize,
    pub column: u32,
    pub row: u32,
}

/// What a native handle stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handle {
    /// A registered function.
    Function(usize),
    /// An open file.
    File(usize),
    /// A conversation with a program.
    Channel(usize),
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// An empty cell.
    Empty,
    /// An argument that is left out.
    Missing,
    Number(f64),
    Text(Rc<str>),
    Bool(bool),
    Error(ErrorCode),
    /// A text of which a part is unknown.
    Partial(Rc<Text>),
    /// What only the machine, the time or the user decides; the expression that gives it.
    Unknown(Rc<str>),
    /// Rows of values.
    Array(Rc<Vec<Vec<Value>>>),
    /// Cells.
    Area(Area),
    /// What a library or a file answers to.
    Handle(Handle),
}

impl Value {
    pub fn text(text: impl Into<Rc<str>>) -> Self {
        Value::Text(text.into())
    }

    pub fn unknown(expression: impl Into<Rc<str>>) -> Self {
        Value::Unknown(expression.into())
    }

    pub fn of_cell(value: &CellValue) -> Self {
        match value {
            CellValue::Empty => Value::Empty,
            CellValue::Number(number) => Value::Number(*number),
            CellValue::Text(text) => Value::text(&**text),
            CellValue::Bool(value) => Value::Bool(*value),
            CellValue::Error(error) => Value::Error(*error),
        }
    }

    /// Returns the bytes that its texts take.
    pub fn size(&self) -> usize {
        match self {
            Value::Text(text) | Value::Unknown(text) => text.len(),
            Value::Partial(text) => text.len(),
            Value::Array(rows) => rows
                .iter()
                .flatten()
                .map(|value| match value {
                    Value::Text(text) => text.len(),
                    _ => 1,
                })
                .sum(),
            _ => 1,
        }
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown(_) | Value::Partial(_) | Value::Handle(_))
    }

    /// Returns the value as `&` joins it; an error is none.
    pub fn joined(&self) -> Result<Text, ErrorCode> {
        Ok(match self {
            Value::Empty | Value::Missing => Text::default(),
            Value::Number(number) => Text::known(general(*number)),
            Value::Text(text) => Text::known(&**text),
            Value::Bool(true) => Text::known("TRUE"),
            Value::Bool(false) => Text::known("FALSE"),
            Value::Error(error) => return Err(*error),
            Value::Partial(text) => (**text).clone(),
            Value::Unknown(expression) => Text::unknown(&**expression),
            Value::Handle(_) => Text::unknown("handle"),
            Value::Array(_) | Value::Area(_) => Text::unknown("array"),
        })
    }

    /// Returns a text, known if all of it is.
    pub fn of_text(text: Text) -> Self {
        match text.parts() {
            [] => Value::text(""),
            [Part::Known(known)] => Value::text(known.as_str()),
            [Part::Unknown(expression)] => Value::unknown(expression.as_str()),
            _ => Value::Partial(Rc::new(text)),
        }
    }

    /// Returns the value as an operator of numbers takes it; `None` where it is unknown.
    pub fn number(&self) -> Result<Option<f64>, ErrorCode> {
        Ok(Some(match self {
            Value::Empty | Value::Missing => 0.0,
            // Excel has no such number; only a file that it did not write has one.
            Value::Number(number) if number.is_nan() => return Err(ErrorCode::NUM),
            Value::Number(number) => *number,
            Value::Bool(value) => f64::from(u8::from(*value)),
            Value::Text(text) => return number_of(text),
            Value::Error(error) => return Err(*error),
            _ => return Ok(None),
        }))
    }

    /// Returns the value as a condition; `None` where it is unknown.
    pub fn truth(&self) -> Result<Option<bool>, ErrorCode> {
        match self {
            Value::Text(text) if text.eq_ignore_ascii_case("TRUE") => Ok(Some(true)),
            Value::Text(text) if text.eq_ignore_ascii_case("FALSE") => Ok(Some(false)),
            Value::Text(_) => Err(ErrorCode::VALUE),
            other => Ok(other.number()?.map(|number| number != 0.0)),
        }
    }

    /// Returns how it is written in a formula, for the listing of what was evaluated.
    pub fn written(&self) -> String {
        match self {
            Value::Text(text) => format!("\"{}\"", shown(text).replace('"', "\"\"")),
            Value::Partial(text) => format!("\"{}\"", shown(&text.to_string())),
            Value::Unknown(expression) => format!("⟨{expression}⟩"),
            Value::Handle(_) => "⟨handle⟩".into(),
            Value::Array(_) => "{…}".into(),
            Value::Error(error) => error.as_str().into(),
            other => other
                .joined()
                .map_or_else(|error| error.as_str().into(), |text| text.to_string()),
        }
    }
}

/// Characters of a text that a listing shows.
const LISTED: usize = 8192;

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(LISTED).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Reads a text as a number, as arithmetic does: blanks around it, thousands, percent, exponents. Dates and
/// currencies depend on the machine's settings: they are unknown.
pub(super) fn number_of(text: &str) -> Result<Option<f64>, ErrorCode> {
    let trimmed = text.trim();
    let (plain, factor) = match trimmed.strip_suffix('%') {
        Some(rest) => (rest.trim_end(), 0.01),
        None => (trimmed, 1.0),
    };
    let numeric = plain
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-' | b'e' | b'E'));
    if numeric && let Ok(number) = plain.parse::<f64>() {
        return if number.is_finite() {
            Ok(Some(number * factor))
        } else {
            Err(ErrorCode::NUM)
        };
    }
    let settled = |c: char| matches!(c, '/' | '-' | ':' | ',' | '.' | '$' | '€' | '£' | ' ' | '(' | ')');
    let digits = plain.contains(|c: char| c.is_ascii_digit());
    if digits && plain.contains(settled) {
        return Ok(None);
    }
    Err(ErrorCode::VALUE)
}

/// Compares two values as `<`, `=` and `>` do: numbers before texts before truth values, texts without regard to
/// case; `None` where one is unknown.
pub(super) fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, ErrorCode> {
    let filled = |value: &Value, other: &Value| match (value, other) {
        (Value::Empty | Value::Missing, Value::Text(_)) => Value::text(""),
        (Value::Empty | Value::Missing, Value::Bool(_)) => Value::Bool(false),
        (Value::Empty | Value::Missing, _) => Value::Number(0.0),
        (value, _) => value.clone(),
    };
    Ok(match (filled(left, right), filled(right, left)) {
        (Value::Error(error), _) | (_, Value::Error(error)) => return Err(error),
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(&b),
        (Value::Text(a), Value::Text(b)) => Some(a.to_lowercase().cmp(&b.to_lowercase())),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(&b)),
        (Value::Number(_), Value::Text(_) | Value::Bool(_)) | (Value::Text(_), Value::Bool(_)) => {
            Some(Ordering::Less)
        }
        (Value::Text(_) | Value::Bool(_), Value::Number(_)) | (Value::Bool(_), Value::Text(_)) => {
            Some(Ordering::Greater)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_numbers_where_no_setting_decides() {
        assert_eq!(number_of(" 12.5 "), Ok(Some(12.5)));
        assert_eq!(number_of("50%"), Ok(Some(0.5)));
        assert_eq!(number_of("1e3"), Ok(Some(1000.0)));
        assert_eq!(number_of("1/2/2020"), Ok(None));
        assert_eq!(number_of("1,000"), Ok(None));
        assert_eq!(number_of("abc"), Err(ErrorCode::VALUE));
        assert_eq!(number_of("inf"), Err(ErrorCode::VALUE));
        assert_eq!(number_of(""), Err(ErrorCode::VALUE));
    }

    #[test]
    fn a_number_that_is_none_is_an_error() {
        // As a place it would be the one before the first.
        let none = Value::Number(f64::NAN);
        assert_eq!(none.number(), Err(ErrorCode::NUM));
        let arguments = [Value::text("a"), Value::text("aa"), none];
        let found = crate::xlm::library::call("FIND", &arguments);
        assert_eq!(found, Some(Err(ErrorCode::NUM)));
    }

    #[test]
    fn comparisons_go_by_kind_then_by_value() {
        let order = |a: Value, b: Value| compare(&a, &b).unwrap();
        assert_eq!(
            order(Value::text("ABC"), Value::text("abc")),
            Some(Ordering::Equal)
        );
        assert_eq!(order(Value::Number(9.0), Value::text("1")), Some(Ordering::Less));
        assert_eq!(order(Value::Empty, Value::text("")), Some(Ordering::Equal));
        assert_eq!(order(Value::unknown("x"), Value::Number(1.0)), None);
    }
}
