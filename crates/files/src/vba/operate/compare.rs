//! The relational operators (MS-VBAL 5.6.9.5) and `Is`.

use super::{Mode, Operator};
use crate::vba::convert::{decimal, double, integer};
use crate::vba::fault::Eval;
use crate::vba::value::{Str, Value};
use std::cmp::Ordering;

pub(super) fn compare(operator: Operator, left: &Value, right: &Value, mode: Mode) -> Eval<Option<Value>> {
    let order = match (left, right) {
        (Value::Text(a), Value::Text(b)) => Some(strings(a, b, mode.text_compare)),
        (Value::Text(a), Value::Empty) => Some(strings(a, &Str::new(Vec::new(), 0), false)),
        (Value::Empty, Value::Text(b)) => Some(strings(&Str::new(Vec::new(), 0), b, false)),
        (Value::Mixed(a), Value::Text(b)) | (Value::Text(b), Value::Mixed(a)) => {
            return Ok(differs(operator, a.known_start(), a.known_len(), b));
        }
        // A string and a number of which both are Variant are never equal; the number is less.
        (Value::Text(_), _) if mode.wide && (mode.variants || double(left).is_err()) && is_number(right) => {
            Some(Ordering::Greater)
        }
        (_, Value::Text(_)) if mode.wide && (mode.variants || double(right).is_err()) && is_number(left) => {
            Some(Ordering::Less)
        }
        (a, b) => numbers(a, b)?,
    };
    Ok(order.map(|order| {
        Value::Bool(match operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Less => order.is_lt(),
            Operator::Greater => order.is_gt(),
            Operator::LessEqual => order.is_le(),
            _ => order.is_ge(),
        })
    }))
}

/// The order of two numbers: whole ones and those with a fixed point exactly, others as Double.
fn numbers(a: &Value, b: &Value) -> Eval<Option<Ordering>> {
    let fixed = |value: &Value| matches!(value, Value::Currency(_) | Value::Decimal(_));
    let floats = |value: &Value| matches!(value, Value::Single(_) | Value::Double(_) | Value::Date(_));
    if (fixed(a) && !floats(b)) || (fixed(b) && !floats(a)) {
        return Ok(match (decimal(a)?, decimal(b)?) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => None,
        });
    }
    if let (Value::LongLong(_), Value::LongLong(_)) = (a, b) {
        return Ok(Some(integer(a)?.cmp(&integer(b)?)));
    }
    let (Some(x), Some(y)) = (double(a)?, double(b)?) else {
        return Ok(None);
    };
    let order = x.partial_cmp(&y);
    // Readers of the specification differ in which of the two types a Single and a Double meet.
    let mixed = matches!(
        (a, b),
        (Value::Single(_), Value::Double(_)) | (Value::Double(_), Value::Single(_))
    );
    Ok(order.filter(|_| !mixed || order == (x as f32).partial_cmp(&(y as f32))))
}

fn is_number(value: &Value) -> bool {
    !matches!(
        value,
        Value::Unknown(_) | Value::Mixed(_) | Value::Object(_) | Value::Nothing
    )
}

/// A partly known string differs from a known one that is shorter than its known part.
fn differs(operator: Operator, start: &[u16], known: usize, other: &Str) -> Option<Value> {
    let shared = start.len().min(other.len());
    let unlike = known > other.len() || start.get(..shared) != other.units().get(..shared);
    match operator {
        Operator::Equal if unlike => Some(Value::Bool(false)),
        Operator::NotEqual if unlike => Some(Value::Bool(true)),
        _ => None,
    }
}

/// Returns the order of two strings, by code unit or without case.
pub(in crate::vba) fn strings(a: &Str, b: &Str, text_compare: bool) -> Ordering {
    if text_compare {
        a.show().to_lowercase().cmp(&b.show().to_lowercase())
    } else {
        a.units().cmp(b.units())
    }
}

pub(super) fn is(left: &Value, right: &Value) -> Option<Value> {
    match (left, right) {
        (Value::Nothing, Value::Nothing) => Some(Value::Bool(true)),
        (Value::Object(a), Value::Object(b)) => Some(Value::Bool(a == b)),
        (Value::Object(_), Value::Nothing) | (Value::Nothing, Value::Object(_)) => Some(Value::Bool(false)),
        _ => None,
    }
}
