//! Arithmetic and bit operators, as PowerShell promotes their operands.
//!
//! `None` stands for "not known": an operand is not known, or the operation fails.

use super::ast::{BinaryOp, UnaryOp};
use super::convert::Number;
use super::value::{IntKind, Value};
use crate::script::{Budget, Text};
use strongroom_model::Limit;

/// The bytes that one item of an array is charged for.
pub(super) const ITEM: usize = 16;

type Operated = Result<Option<Value>, Limit>;

/// Adds: strings and characters concatenate, arrays append, tables merge, all else is a number.
pub(super) fn add(left: &Value, right: &Value, budget: &mut Budget<'_>) -> Operated {
    match left {
        Value::Str(text) if right.is_known() => {
            let right = right.to_text();
            budget.build(text.as_str().len() + right.len())?;
            Ok(Some(Value::of_text(Text::known(text.as_str()).join(right))))
        }
        Value::Str(_) | Value::Mixed(_) | Value::Char(_) => {
            let (left, right) = (left.to_text(), right.to_text());
            budget.build(left.len() + right.len())?;
            Ok(Some(Value::of_text(left.join(right))))
        }
        Value::Unknown(_) => match right {
            Value::Str(_) | Value::Mixed(_) => {
                let (left, right) = (left.to_text(), right.to_text());
                budget.build(left.len() + right.len())?;
                Ok(Some(Value::of_text(left.join(right))))
            }
            _ => Ok(None),
        },
        Value::Null => Ok(Some(right.clone())),
        Value::Hash(table) => match right {
            Value::Hash(more) => {
                let mut merged = table.borrow().clone();
                for (key, value) in more.borrow().entries() {
                    merged.set(key.clone(), value.clone());
                }
                Ok(Some(Value::Hash(std::rc::Rc::new(std::cell::RefCell::new(
                    merged,
                )))))
            }
            _ => Ok(None),
        },
        list if list.is_list() => {
            if matches!(right, Value::Unknown(_)) {
                return Ok(None);
            }
            let mut items = list.items();
            items.extend(if right.is_list() {
                right.items()
            } else {
                vec![right.clone()]
            });
            budget.build(items.len() * ITEM)?;
            Ok(Some(Value::array(items)))
        }
        _ => Ok(numbers(left, right).and_then(|pair| arithmetic(BinaryOp::Add, pair, width(left, right)))),
    }
}

/// Multiplies: a string or array is repeated.
pub(super) fn multiply(left: &Value, right: &Value, budget: &mut Budget<'_>) -> Operated {
    let times = || right.integer_value().and_then(|n| usize::try_from(n).ok());
    match left {
        Value::Str(text) => {
            let Some(times) = times() else { return Ok(None) };
            budget.build(text.as_str().len().saturating_mul(times))?;
            Ok(Some(Value::text(text.as_str().repeat(times))))
        }
        list if list.is_list() => {
            let Some(times) = times() else { return Ok(None) };
            let items = list.items();
            budget.build(items.len().saturating_mul(times).saturating_mul(ITEM))?;
            let repeated = std::iter::repeat_n(items, times).flatten().collect();
            Ok(Some(Value::array(repeated)))
        }
        _ => Ok(
            numbers(left, right).and_then(|pair| arithmetic(BinaryOp::Multiply, pair, width(left, right)))
        ),
    }
}

/// Applies a numeric operator.
pub(super) fn numeric(operator: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    match operator {
        BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor
        | BinaryOp::ShiftLeft
        | BinaryOp::ShiftRight => bits(operator, left, right),
        _ => arithmetic(operator, numbers(left, right)?, width(left, right)),
    }
}

fn numbers(left: &Value, right: &Value) -> Option<(Number, Number)> {
    Some((left.number()?, right.number()?))
}

/// Whether an integer result is a long.
fn width(left: &Value, right: &Value) -> IntKind {
    let wide = |value: &Value| match value {
        Value::Int(IntKind::UInt32 | IntKind::Int64 | IntKind::UInt64, _) => true,
        Value::Str(_) => value.integer_value().is_some_and(|n| !IntKind::Int32.holds(n)),
        _ => false,
    };
    if wide(left) || wide(right) {
        IntKind::Int64
    } else {
        IntKind::Int32
    }
}

fn arithmetic(operator: BinaryOp, pair: (Number, Number), kind: IntKind) -> Option<Value> {
    if let (Number::Int(left), Number::Int(right)) = pair {
        return integers(operator, left, right, kind);
    }
    let (left, right) = (pair.0.double(), pair.1.double());
    let result = match operator {
        BinaryOp::Add => left + right,
        BinaryOp::Subtract => left - right,
        BinaryOp::Multiply => left * right,
        BinaryOp::Divide => left / right,
        BinaryOp::Remainder => left % right,
        _ => return None,
    };
    Some(Value::Double(result))
}

/// Integer arithmetic that overflows its type goes on as a double; a division that leaves a rest too.
fn integers(operator: BinaryOp, left: i64, right: i64, kind: IntKind) -> Option<Value> {
    let (exact, double) = match operator {
        BinaryOp::Add => (left.checked_add(right), left as f64 + right as f64),
        BinaryOp::Subtract => (left.checked_sub(right), left as f64 - right as f64),
        BinaryOp::Multiply => (left.checked_mul(right), left as f64 * right as f64),
        BinaryOp::Divide => {
            let rest = left.checked_rem(right)?;
            let whole = if rest == 0 { left.checked_div(right) } else { None };
            (whole, left as f64 / right as f64)
        }
        BinaryOp::Remainder => return Some(Value::Int(kind, left.checked_rem(right)?)),
        _ => return None,
    };
    Some(match exact {
        Some(n) if kind.holds(n) => Value::Int(kind, n),
        _ => Value::Double(double),
    })
}

/// Whether the operators of bits work on 32 bits without a sign: one operand is so, and none is wider or negative.
fn unsigned(left: &Value, right: &Value) -> bool {
    let fits = |value: &Value| match value {
        Value::Int(IntKind::Int64 | IntKind::UInt64, _) => false,
        other => other.integer_value().is_some_and(|n| IntKind::UInt32.holds(n)),
    };
    let is = |value: &Value| matches!(value, Value::Int(IntKind::UInt32, _));
    (is(left) || is(right)) && fits(left) && fits(right)
}

fn bits(operator: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    if let BinaryOp::ShiftLeft | BinaryOp::ShiftRight = operator {
        return shifted(operator, left, right.integer_value()? as u32);
    }
    let kind = if unsigned(left, right) {
        IntKind::UInt32
    } else {
        width(left, right)
    };
    let (left, right) = (left.integer_value()?, right.integer_value()?);
    let kind = match kind {
        IntKind::Int32 if !(IntKind::Int32.holds(left) && IntKind::Int32.holds(right)) => IntKind::Int64,
        kind => kind,
    };
    let result = match operator {
        BinaryOp::BitAnd => left & right,
        BinaryOp::BitOr => left | right,
        BinaryOp::BitXor => left ^ right,
        _ => return None,
    };
    Some(Value::Int(kind, result))
}

/// Shifts in the type of the left operand alone; bits that leave it are lost.
fn shifted(operator: BinaryOp, left: &Value, by: u32) -> Option<Value> {
    let is_left = operator == BinaryOp::ShiftLeft;
    let n = left.integer_value()?;
    let kind = match left {
        Value::Int(IntKind::UInt32, _) => IntKind::UInt32,
        // The bits of 64 without a sign are more than an integer here holds.
        Value::Int(IntKind::UInt64, _) => return None,
        Value::Int(IntKind::Int64, _) => IntKind::Int64,
        _ if IntKind::Int32.holds(n) => IntKind::Int32,
        _ => IntKind::Int64,
    };
    let result = match (kind, is_left) {
        (IntKind::UInt32, true) => i64::from((n as u32).wrapping_shl(by)),
        (IntKind::UInt32, false) => i64::from((n as u32).wrapping_shr(by)),
        (IntKind::Int32, true) => i64::from((n as i32).wrapping_shl(by)),
        (IntKind::Int32, false) => i64::from((n as i32).wrapping_shr(by)),
        (_, true) => n.wrapping_shl(by),
        (_, false) => n.wrapping_shr(by),
    };
    Some(Value::Int(kind, result))
}

/// Applies a unary operator on a number.
pub(super) fn unary(operator: UnaryOp, operand: &Value) -> Option<Value> {
    let zero = Value::int(0);
    match operator {
        UnaryOp::Minus => numeric(BinaryOp::Subtract, &zero, operand),
        UnaryOp::Plus => numeric(BinaryOp::Add, &zero, operand),
        UnaryOp::Not => operand.truth().map(|truth| Value::Bool(!truth)),
        UnaryOp::BitNot => match operand {
            Value::Int(IntKind::UInt32, n) => Some(Value::Int(IntKind::UInt32, !n & 0xFFFF_FFFF)),
            Value::Int(IntKind::UInt64, _) => None,
            _ => Some(Value::Int(width(operand, operand), !operand.integer_value()?)),
        },
        UnaryOp::Split | UnaryOp::Join | UnaryOp::Comma | UnaryOp::Increment | UnaryOp::Decrement => None,
    }
}

/// Returns the number that a text of one digit is.
fn parse_digit(value: &Value) -> Option<u16> {
    value.unit().filter(|unit| (0x30..=0x39).contains(unit))
}

/// The integers from one bound to the other, upwards or downwards.
pub(super) fn range(first: &Value, last: &Value, budget: &mut Budget<'_>) -> Operated {
    let bound = |value: &Value| match value {
        Value::Char(unit) => Some(i64::from(*unit)),
        other => other.integer_value().filter(|n| IntKind::Int32.holds(*n)),
    };
    let letter = |value: &Value| match value {
        Value::Str(_) | Value::Char(_) => value.unit().filter(|_| parse_digit(value).is_none()),
        _ => None,
    };
    if let (Some(first), Some(last)) = (letter(first), letter(last)) {
        // Only later versions know such a range, and no other version takes it for something else.
        let count = usize::from(first.abs_diff(last)) + 1;
        budget.build(count.saturating_mul(ITEM))?;
        let units: Vec<Value> = (first.min(last)..=first.max(last)).map(Value::Char).collect();
        return Ok(Some(Value::array(if first <= last {
            units
        } else {
            units.into_iter().rev().collect()
        })));
    }
    let (Some(first), Some(last)) = (bound(first), bound(last)) else {
        return Ok(None);
    };
    let count = first.abs_diff(last) as usize + 1;
    budget.build(count.saturating_mul(ITEM))?;
    let items = if first <= last {
        (first..=last).map(Value::integer).collect()
    } else {
        (last..=first).rev().map(Value::integer).collect()
    };
    Ok(Some(Value::array(items)))
}
