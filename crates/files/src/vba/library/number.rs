//! Functions on numbers, and how they are written in other ways than `CStr` does.

use super::{Arguments, size};
use crate::vba::convert::{double, integer, narrow, string};
use crate::vba::decimal::Decimal;
use crate::vba::fault::{Eval, Stop};
use crate::vba::number;
use crate::vba::value::{Type, Value};
use std::rc::Rc;

type Outcome = Eval<Option<Value>>;

/// Calls the function of a name.
pub(super) fn call(name: &str, arguments: &Arguments<'_>) -> Option<Outcome> {
    Some(match name {
        "str" => sign_led(arguments),
        "hex" => radix(arguments, 16),
        "oct" => radix(arguments, 8),
        "abs" => absolute(arguments),
        "sgn" => sign(arguments),
        "int" | "fix" | "round" => rounded(name, arguments),
        "sqr" | "exp" | "log" | "sin" | "cos" | "tan" | "atn" => real(name, arguments),
        _ => return None,
    })
}

/// `Str` leaves a blank for the sign (MS-VBAL 6.1.2.3.1.20). Whether it writes the zero before a point is told in two
/// ways, so a fraction is unknown.
fn sign_led(arguments: &Arguments<'_>) -> Outcome {
    let value = arguments.value(0)?;
    let number = match value {
        Value::Null => return Ok(Some(Value::Null)),
        Value::Bool(_) | Value::Date(_) => return Ok(None),
        Value::Text(_) | Value::Empty => double(value)?.map(Value::Double),
        value => Some(value.clone()),
    };
    let Some(number) = number else {
        return Ok(None);
    };
    let Value::Text(text) = string(&number)? else {
        return Ok(None);
    };
    let shown = text.show();
    let fraction = shown.trim_start_matches('-').starts_with("0.");
    let sign = if shown.starts_with('-') { "" } else { " " };
    Ok((!fraction).then(|| Value::text(&format!("{sign}{shown}"))))
}

fn radix(arguments: &Arguments<'_>, base: u32) -> Outcome {
    let value = arguments.value(0)?;
    if matches!(value, Value::Null) {
        return Ok(Some(Value::Null));
    }
    let Some(number) = integer(value)? else {
        return Ok(None);
    };
    // A negative number shows its bits in the type that holds it.
    let bits = match value {
        Value::LongLong(_) => number as u64,
        Value::Integer(_) | Value::Bool(_) => u64::from(number as i16 as u16),
        _ => match narrow(number, &Type::Long)? {
            Value::Long(long) => u64::from(long as u32),
            _ => number as u64,
        },
    };
    let text = if base == 16 {
        format!("{bits:X}")
    } else {
        format!("{bits:o}")
    };
    Ok(Some(Value::text(&text)))
}

/// `Abs`: the type stays, and what it does not hold overflows.
fn absolute(arguments: &Arguments<'_>) -> Outcome {
    let value = arguments.value(0)?;
    let whole = |number: i64, kind: &Type| {
        let number = number.checked_abs().ok_or(Stop::OVERFLOW)?;
        narrow(number, kind).map(Some)
    };
    match value {
        Value::Null | Value::Byte(_) => Ok(Some(value.clone())),
        Value::Bool(yes) => Ok(Some(Value::Integer(i16::from(*yes)))),
        Value::Empty => Ok(Some(Value::Integer(0))),
        Value::Integer(number) => whole((*number).into(), &Type::Integer),
        Value::Long(number) => whole((*number).into(), &Type::Long),
        Value::LongLong(number) => whole(*number, &Type::LongLong),
        Value::Single(number) => Ok(Some(Value::Single(number.abs()))),
        Value::Currency(number) => {
            let number = number.checked_abs().ok_or(Stop::OVERFLOW)?;
            Ok(Some(Value::Currency(number)))
        }
        Value::Decimal(number) if number.is_negative() => Ok(Some(Value::Decimal(Rc::new(number.negated())))),
        Value::Decimal(_) => Ok(Some(value.clone())),
        Value::Date(days) => Ok(Some(Value::Date(days.abs()))),
        other => Ok(double(other)?.map(|number| Value::Double(number.abs()))),
    }
}

fn sign(arguments: &Arguments<'_>) -> Outcome {
    let value = arguments.value(0)?;
    if matches!(value, Value::Null) {
        return Err(Stop::Fault(94));
    }
    Ok(double(value)?.map(|number| Value::Integer(if number == 0.0 { 0 } else { number.signum() as i16 })))
}

/// `Int` goes down, `Fix` towards zero, `Round` to so many places with a half to the even one; the type stays.
fn rounded(name: &str, arguments: &Arguments<'_>) -> Outcome {
    let value = arguments.value(0)?;
    let Some(places) = (match name {
        "round" => arguments.whole_or(1, 0)?,
        _ => Some(0),
    }) else {
        return Ok(None);
    };
    let places = u32::try_from(size(places)?.min(22)).unwrap_or(22);
    match value {
        Value::Null | Value::Byte(_) | Value::Integer(_) | Value::Long(_) | Value::LongLong(_) => {
            Ok(Some(value.clone()))
        }
        Value::Bool(yes) => Ok(Some(Value::Integer(-i16::from(*yes)))),
        Value::Empty => Ok(Some(Value::Integer(0))),
        Value::Currency(number) => {
            let result = fixed(name, Decimal::scaled(*number, 4), places);
            let whole = result.and_then(|result| result.times(Decimal::scaled(10_000, 0)));
            let whole = whole.and_then(Decimal::whole).ok_or(Stop::OVERFLOW)?;
            Ok(Some(Value::Currency(whole)))
        }
        Value::Decimal(number) => {
            let result = fixed(name, **number, places).ok_or(Stop::OVERFLOW)?;
            Ok(Some(Value::Decimal(Rc::new(result))))
        }
        other => Ok(double(other)?
            .and_then(|number| floating(name, number, places))
            .map(|result| match other {
                Value::Single(_) => Value::Single(result as f32),
                Value::Date(_) => Value::Date(result),
                _ => Value::Double(result),
            })),
    }
}

fn fixed(name: &str, number: Decimal, places: u32) -> Option<Decimal> {
    let whole = number.truncated();
    match name {
        "round" => Some(number.rounded(places)),
        "int" if number.is_negative() && whole != number => whole.plus(Decimal::scaled(-1, 0)),
        _ => Some(whole),
    }
}

/// `None` where how wide the machine's registers are decides: a product that only looks like a half, or nearly.
fn floating(name: &str, number: f64, places: u32) -> Option<f64> {
    match name {
        "int" => Some(number.floor()),
        "fix" => Some(number.trunc()),
        _ => {
            let factor = 10f64.powi(places as i32);
            let product = number * factor;
            let inexact = number.mul_add(factor, -product) != 0.0;
            let near = (product.fract().abs() - 0.5).abs() <= product.abs() * 4.0 * f64::EPSILON;
            (!(inexact && near)).then(|| number::round(product) / factor)
        }
    }
}

fn real(name: &str, arguments: &Arguments<'_>) -> Outcome {
    let Some(number) = double(arguments.value(0)?)? else {
        return Ok(None);
    };
    let result = match name {
        "sqr" => number.sqrt(),
        "exp" => number.exp(),
        "log" if number <= 0.0 => return Err(Stop::INVALID),
        "log" => number.ln(),
        "sin" => number.sin(),
        "cos" => number.cos(),
        "tan" => number.tan(),
        _ => number.atan(),
    };
    if result.is_nan() {
        return Err(Stop::INVALID);
    }
    if result.is_infinite() {
        return Err(Stop::OVERFLOW);
    }
    Ok(Some(Value::Double(result)))
}
