//! The logical operators (MS-VBAL 5.6.9.8), which work on the bits of whole numbers.

use super::Operator;
use super::arithmetic::Width;
use super::arithmetic::{fit, in_width, integral_width};
use crate::vba::convert::{integer, truth};
use crate::vba::fault::{Eval, Stop};
use crate::vba::value::Value;

pub(super) fn bits(operator: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
    if let (Value::Bool(a), Value::Bool(b)) = (left, right) {
        return Ok(Some(Value::Bool(
            apply(operator, -i64::from(*a), -i64::from(*b)) != 0,
        )));
    }
    if let Some(decided) = decided(operator, left, right)? {
        return Ok(Some(decided));
    }
    let (Some(a), Some(b)) = (integer(left)?, integer(right)?) else {
        return Ok(None);
    };
    in_width(left, a)?;
    in_width(right, b)?;
    let width = integral_width(left).max(integral_width(right));
    let result = i128::from(apply(operator, a, b));
    let result = if width == Width::Byte {
        result & 0xff
    } else {
        result
    };
    fit(result, width, false).map(Some)
}

/// One side may settle a logical operator, whatever the other would be.
fn decided(operator: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
    let other = |known: &Value, other: &Value| -> Eval<Option<Value>> {
        if !other.is_unknown() || !matches!(known, Value::Bool(_)) {
            return Ok(None);
        }
        Ok(match (operator, truth(known)?) {
            (Operator::And, Some(false)) => Some(Value::Bool(false)),
            (Operator::Or, Some(true)) => Some(Value::Bool(true)),
            _ => None,
        })
    };
    Ok(other(left, right)?.or(other(right, left)?))
}

fn apply(operator: Operator, a: i64, b: i64) -> i64 {
    match operator {
        Operator::And => a & b,
        Operator::Or => a | b,
        Operator::Xor => a ^ b,
        Operator::Eqv => !(a ^ b),
        _ => !a | b,
    }
}

/// Returns `Not value`.
pub(in crate::vba) fn not(value: &Value) -> Eval<Option<Value>> {
    Ok(match value {
        Value::Bool(yes) => Some(Value::Bool(!yes)),
        Value::Byte(number) => Some(Value::Byte(!number)),
        Value::Null => Some(Value::Null),
        other => match integer(other)? {
            Some(number) if in_width(other, number).is_err() => return Err(Stop::OVERFLOW),
            Some(number) => Some(fit(i128::from(!number), integral_width(other), false)?),
            None => None,
        },
    })
}
