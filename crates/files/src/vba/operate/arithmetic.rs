//! The arithmetic operators (MS-VBAL 5.6.9.3): in which type each pair of operands is worked on, and what becomes of
//! a result that the type does not hold.

use super::{Mode, Operator, concat};
use crate::vba::convert::{currency, decimal, double, integer, single};
use crate::vba::date::DAYS;
use crate::vba::fault::{Eval, Stop};
use crate::vba::number::divided;
use crate::vba::value::Value;
use std::rc::Rc;

/// How wide a whole number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Width {
    Byte,
    Integer,
    Long,
    LongLong,
}

/// The type in which an operation works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effective {
    Whole(Width),
    Single,
    Double,
    Currency,
    Date,
    Decimal,
}

/// What an operand is, as far as the type of a result goes by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operand {
    Empty,
    Whole(Width),
    Single,
    /// Strings become Double.
    Double,
    Currency,
    Date,
    Decimal,
}

/// `+` joins two strings and adds anything else. With one string that is no number it can only join.
pub(super) fn add(left: &Value, right: &Value, mode: Mode) -> Eval<Option<Value>> {
    let joins = |one: &Value, other: &Value| match (one, other) {
        (Value::Text(_) | Value::Mixed(_), Value::Text(_) | Value::Mixed(_) | Value::Empty) => true,
        (Value::Text(_), Value::Unknown(_)) => double(one).is_err(),
        _ => false,
    };
    if joins(left, right) || joins(right, left) {
        return concat(left, right).map(Some);
    }
    arithmetic(Operator::Add, left, right, mode)
}

/// `+`, `-`, `*` and `/` of numbers.
pub(super) fn arithmetic(operator: Operator, left: &Value, right: &Value, mode: Mode) -> Eval<Option<Value>> {
    match effective(operator, operand(left), operand(right)) {
        Effective::Whole(width) => match (integer(left)?, integer(right)?) {
            (Some(a), Some(b)) => fit(exact(operator, a, b), width, mode.wide).map(Some),
            _ => Ok(None),
        },
        Effective::Single => match (single(left)?, single(right)?) {
            (Some(a), Some(b)) => in_single(floating(operator, a.into(), b.into())?, mode.wide).map(Some),
            _ => Ok(None),
        },
        Effective::Double | Effective::Date if operator == Operator::Divide => divide(left, right),
        Effective::Double => match (double(left)?, double(right)?) {
            (Some(a), Some(b)) => finite(floating(operator, a, b)?).map(Some),
            _ => Ok(None),
        },
        Effective::Date => match (double(left)?, double(right)?) {
            (Some(a), Some(b)) => in_date(floating(operator, a, b)?, mode.wide).map(Some),
            _ => Ok(None),
        },
        Effective::Currency => match (currency(left)?, currency(right)?) {
            (Some(a), Some(b)) => in_currency(operator, a, b).map(Some),
            _ => Ok(None),
        },
        Effective::Decimal => in_decimal(operator, left, right),
    }
}

fn operand(value: &Value) -> Operand {
    match value {
        Value::Empty | Value::Missing => Operand::Empty,
        Value::Byte(_) => Operand::Whole(Width::Byte),
        Value::Bool(_) | Value::Integer(_) => Operand::Whole(Width::Integer),
        Value::Long(_) => Operand::Whole(Width::Long),
        Value::LongLong(_) => Operand::Whole(Width::LongLong),
        Value::Single(_) => Operand::Single,
        Value::Currency(_) => Operand::Currency,
        Value::Decimal(_) => Operand::Decimal,
        Value::Date(_) => Operand::Date,
        _ => Operand::Double,
    }
}

/// Returns the effective value type: MS-VBAL 5.6.9.3, and 5.6.9.3.3 to 5 for what differs by operator.
fn effective(operator: Operator, left: Operand, right: Operand) -> Effective {
    let either = |kind: Operand| left == kind || right == kind;
    let both = |kind: Operand| left == kind && right == kind;
    if either(Operand::Decimal) {
        return Effective::Decimal;
    }
    if operator == Operator::Divide {
        let short = |kind: Operand| {
            !matches!(
                kind,
                Operand::Whole(Width::Long | Width::LongLong)
                    | Operand::Double
                    | Operand::Currency
                    | Operand::Date
            )
        };
        return match either(Operand::Single) && short(left) && short(right) {
            true => Effective::Single,
            false => Effective::Double,
        };
    }
    if either(Operand::Date) {
        let days = operator == Operator::Multiply || (operator == Operator::Subtract && both(Operand::Date));
        return if days { Effective::Double } else { Effective::Date };
    }
    if either(Operand::Currency) {
        let floats = either(Operand::Single) || either(Operand::Double);
        return match operator == Operator::Multiply && floats {
            true => Effective::Double,
            false => Effective::Currency,
        };
    }
    match (left, right) {
        (Operand::Double, _) | (_, Operand::Double) => Effective::Double,
        (Operand::Single, Operand::Whole(width)) | (Operand::Whole(width), Operand::Single)
            if width >= Width::Long =>
        {
            Effective::Double
        }
        (Operand::Single, _) | (_, Operand::Single) => Effective::Single,
        (Operand::Whole(a), Operand::Whole(b)) => Effective::Whole(a.max(b)),
        (Operand::Whole(width), _) | (_, Operand::Whole(width)) => Effective::Whole(width),
        _ => Effective::Whole(Width::Integer),
    }
}

fn exact(operator: Operator, a: i64, b: i64) -> i128 {
    let (a, b) = (i128::from(a), i128::from(b));
    match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        _ => a * b,
    }
}

fn floating(operator: Operator, a: f64, b: f64) -> Eval<f64> {
    Ok(match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        // Nothing divided by nothing is an overflow.
        _ if b == 0.0 && a == 0.0 => return Err(Stop::OVERFLOW),
        _ if b == 0.0 => return Err(Stop::DIVISION),
        _ => a / b,
    })
}

fn divide(left: &Value, right: &Value) -> Eval<Option<Value>> {
    match (double(left)?, double(right)?) {
        (Some(a), Some(b)) => finite(floating(Operator::Divide, a, b)?).map(Some),
        _ => Ok(None),
    }
}

/// Returns a whole result in its type, in the next wider one where that is allowed, or the overflow.
pub(super) fn fit(number: i128, width: Width, wide: bool) -> Eval<Value> {
    let narrow = match width {
        Width::Byte => u8::try_from(number).ok().map(Value::Byte),
        Width::Integer => i16::try_from(number).ok().map(Value::Integer),
        Width::Long => i32::try_from(number).ok().map(Value::Long),
        Width::LongLong => i64::try_from(number).ok().map(Value::LongLong),
    };
    match (narrow, wide, width) {
        (Some(value), _, _) => Ok(value),
        (None, true, Width::Byte) => fit(number, Width::Integer, true),
        (None, true, Width::Integer) => fit(number, Width::Long, true),
        (None, true, Width::Long) => Ok(Value::Double(number as f64)),
        (None, ..) => Err(Stop::OVERFLOW),
    }
}

fn finite(number: f64) -> Eval<Value> {
    if number.is_finite() {
        Ok(Value::Double(number))
    } else {
        Err(Stop::OVERFLOW)
    }
}

fn in_single(number: f64, wide: bool) -> Eval<Value> {
    match number as f32 {
        single if single.is_finite() => Ok(Value::Single(single)),
        _ if wide => finite(number),
        _ => Err(Stop::OVERFLOW),
    }
}

fn in_date(number: f64, wide: bool) -> Eval<Value> {
    match DAYS.contains(&(number.trunc() as i64)) {
        true => Ok(Value::Date(number)),
        false if wide => finite(number),
        false => Err(Stop::OVERFLOW),
    }
}

/// Ten-thousandths; a product is rounded to them, a half to the even one.
fn in_currency(operator: Operator, a: i64, b: i64) -> Eval<Value> {
    let result = match operator {
        Operator::Multiply => divided(i128::from(a) * i128::from(b), 10_000),
        _ => exact(operator, a, b),
    };
    i64::try_from(result)
        .map(Value::Currency)
        .map_err(|_| Stop::OVERFLOW)
}

fn in_decimal(operator: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
    let (Some(a), Some(b)) = (decimal(left)?, decimal(right)?) else {
        return Ok(None);
    };
    let result = match operator {
        Operator::Add => a.plus(b),
        Operator::Subtract => a.plus(b.negated()),
        Operator::Multiply => a.times(b),
        _ if b.is_zero() => return Err(Stop::DIVISION),
        _ => a.over(b),
    };
    Ok(Some(Value::Decimal(Rc::new(result.ok_or(Stop::OVERFLOW)?))))
}

/// `^` works on Double (MS-VBAL 5.6.9.3.7).
pub(super) fn power(left: &Value, right: &Value) -> Eval<Option<Value>> {
    let (Some(a), Some(b)) = (double(left)?, double(right)?) else {
        return Ok(None);
    };
    // Nothing to a negative power, and a root of a negative number.
    if (a == 0.0 && b < 0.0) || (a < 0.0 && b.fract() != 0.0) {
        return Err(Stop::INVALID);
    }
    finite(a.powf(b)).map(Some)
}

/// `\` and `Mod` work on whole numbers: fractions are rounded before (MS-VBAL 5.6.9.3.6).
pub(super) fn whole(operator: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
    let (Some(a), Some(b)) = (integer(left)?, integer(right)?) else {
        return Ok(None);
    };
    in_width(left, a)?;
    in_width(right, b)?;
    if b == 0 {
        return Err(Stop::DIVISION);
    }
    let result = match operator {
        Operator::WholeDivide => i128::from(a) / i128::from(b),
        _ => i128::from(a) % i128::from(b),
    };
    fit(result, integral_width(left).max(integral_width(right)), true).map(Some)
}

/// An operand without a whole type becomes a Long, and overflows where it is none.
pub(super) fn in_width(value: &Value, number: i64) -> Eval<()> {
    match value {
        Value::LongLong(_) => Ok(()),
        _ => i32::try_from(number).map(drop).map_err(|_| Stop::OVERFLOW),
    }
}

/// The type in which whole division and the bit operators work.
pub(super) fn integral_width(value: &Value) -> Width {
    match value {
        Value::Byte(_) => Width::Byte,
        Value::Bool(_) | Value::Integer(_) | Value::Empty => Width::Integer,
        Value::LongLong(_) => Width::LongLong,
        _ => Width::Long,
    }
}

/// Returns `-value` (MS-VBAL 5.6.9.3.1): of a Byte as an Integer, of a string as a Double.
pub(in crate::vba) fn negate(value: &Value, wide: bool) -> Eval<Option<Value>> {
    Ok(match value {
        Value::Null => Some(Value::Null),
        Value::Single(number) => Some(Value::Single(-number)),
        Value::Currency(number) => Some(Value::Currency(number.checked_neg().ok_or(Stop::OVERFLOW)?)),
        Value::Decimal(number) => Some(Value::Decimal(Rc::new(number.negated()))),
        Value::Date(days) => Some(in_date(-days, wide)?),
        other => match operand(other) {
            Operand::Whole(width) => integer(other)?
                .map(|number| fit(-i128::from(number), width.max(Width::Integer), wide))
                .transpose()?,
            Operand::Empty => Some(Value::Integer(0)),
            _ => double(other)?.map(|number| Value::Double(-number)),
        },
    })
}

/// Returns `+value`: the value in its type, of a string as a Double, of nothing an Integer (MS-VBAL 5.6.9.3.1).
pub(in crate::vba) fn plus(value: &Value) -> Eval<Option<Value>> {
    Ok(match value {
        Value::Bool(yes) => Some(Value::Integer(-i16::from(*yes))),
        Value::Empty => Some(Value::Integer(0)),
        Value::Text(_) => double(value)?.map(Value::Double),
        other if double(other)?.is_some() => Some(other.clone()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MS-VBAL 5.6.9.3: operands, and the effective value type of each pair.
    #[test]
    fn the_type_of_a_result_is_the_specifications() {
        use Effective as E;
        use Operand::*;
        let (byte, integer, long, longlong) = (
            Whole(Width::Byte),
            Whole(Width::Integer),
            Whole(Width::Long),
            Whole(Width::LongLong),
        );
        let whole = |width| E::Whole(width);
        let sums = [
            (byte, byte, whole(Width::Byte)),
            (byte, Empty, whole(Width::Byte)),
            (byte, integer, whole(Width::Integer)),
            (integer, Empty, whole(Width::Integer)),
            (Empty, Empty, whole(Width::Integer)),
            (long, byte, whole(Width::Long)),
            (long, Empty, whole(Width::Long)),
            (longlong, integer, whole(Width::LongLong)),
            (longlong, long, whole(Width::LongLong)),
            (Single, byte, E::Single),
            (Single, integer, E::Single),
            (Single, Single, E::Single),
            (Single, Empty, E::Single),
            (Single, long, E::Double),
            (Single, longlong, E::Double),
            (Double, integer, E::Double),
            (Double, Single, E::Double),
            (Double, Empty, E::Double),
            (Currency, integer, E::Currency),
            (Currency, Double, E::Currency),
            (Currency, Empty, E::Currency),
            (Date, integer, E::Date),
            (Date, Double, E::Date),
            (Date, Currency, E::Date),
            (Date, Empty, E::Date),
            (Decimal, integer, E::Decimal),
            (Decimal, Double, E::Decimal),
            (Decimal, Currency, E::Decimal),
            (Decimal, Date, E::Decimal),
        ];
        for (a, b, expected) in sums {
            assert_eq!(effective(Operator::Add, a, b), expected, "{a:?} + {b:?}");
            assert_eq!(effective(Operator::Subtract, b, a), expected, "{b:?} - {a:?}");
        }
        let others = [
            (Operator::Add, Date, Date, E::Date),
            (Operator::Subtract, Date, Date, E::Double),
            (Operator::Multiply, Date, integer, E::Double),
            (Operator::Multiply, Currency, Single, E::Double),
            (Operator::Multiply, Currency, Double, E::Double),
            (Operator::Multiply, Currency, long, E::Currency),
            (Operator::Multiply, Single, long, E::Double),
            (Operator::Divide, integer, integer, E::Double),
            (Operator::Divide, long, Empty, E::Double),
            (Operator::Divide, Single, integer, E::Single),
            (Operator::Divide, Empty, Single, E::Single),
            (Operator::Divide, Single, long, E::Double),
            (Operator::Divide, Currency, Currency, E::Double),
            (Operator::Divide, Date, integer, E::Double),
            (Operator::Divide, Decimal, integer, E::Decimal),
        ];
        for (operator, a, b, expected) in others {
            assert_eq!(effective(operator, a, b), expected, "{a:?} {operator:?} {b:?}");
        }
    }
}
