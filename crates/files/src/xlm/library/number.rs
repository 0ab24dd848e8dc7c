//! Functions of numbers.

use super::logic::flat;
use super::{Answer, known, number_at, number_or};
use crate::workbook::ErrorCode;
use crate::xlm::value::Value;

pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Answer> {
    let one = |make: fn(f64) -> f64| single(arguments, |number| Ok(make(number)));
    Some(match name {
        "ABS" => one(f64::abs),
        "INT" => one(f64::floor),
        "SIGN" => one(|number| if number == 0.0 { 0.0 } else { number.signum() }),
        "EXP" => one(f64::exp),
        "SIN" => one(f64::sin),
        "COS" => one(f64::cos),
        "TAN" => one(f64::tan),
        "ATAN" => one(f64::atan),
        "EVEN" => one(|number| number.signum() * (number.abs() / 2.0).ceil() * 2.0),
        "ODD" => one(|number| {
            let sign = if number < 0.0 { -1.0 } else { 1.0 };
            sign * (((number.abs() - 1.0) / 2.0).ceil().max(0.0) * 2.0 + 1.0)
        }),
        "SQRT" => single(arguments, |number| {
            if number < 0.0 {
                Err(ErrorCode::NUM)
            } else {
                Ok(number.sqrt())
            }
        }),
        "LN" => single(arguments, |number| {
            if number <= 0.0 {
                Err(ErrorCode::NUM)
            } else {
                Ok(number.ln())
            }
        }),
        "LOG10" => single(arguments, |number| {
            if number <= 0.0 {
                Err(ErrorCode::NUM)
            } else {
                Ok(number.log10())
            }
        }),
        "FACT" => single(arguments, factorial),
        "PI" => Ok(Some(Value::Number(std::f64::consts::PI))),
        "ISODD" => single(arguments, |number| Ok(number.trunc().rem_euclid(2.0))).map(as_truth),
        "ISEVEN" => single(arguments, |number| Ok(1.0 - number.trunc().rem_euclid(2.0))).map(as_truth),
        "MOD" => pair(arguments, |number, by| {
            if by == 0.0 {
                Err(ErrorCode::DIV0)
            } else {
                Ok(number - by * (number / by).floor())
            }
        }),
        "QUOTIENT" => pair(arguments, |number, by| {
            if by == 0.0 {
                Err(ErrorCode::DIV0)
            } else {
                Ok((number / by).trunc())
            }
        }),
        "POWER" => pair(arguments, power),
        "ROUND" => pair(arguments, |number, places| Ok(rounded(number, places as i32))),
        "ROUNDUP" => pair(arguments, |number, places| {
            Ok(scaled(number, places as i32, |n| n.signum() * n.abs().ceil()))
        }),
        "ROUNDDOWN" => pair(arguments, |number, places| {
            Ok(scaled(number, places as i32, f64::trunc))
        }),
        "TRUNC" => truncated(arguments),
        "CEILING" => pair(arguments, |number, to| {
            Ok(if to == 0.0 { 0.0 } else { (number / to).ceil() * to })
        }),
        "FLOOR" => pair(arguments, |number, to| {
            if to == 0.0 {
                Err(ErrorCode::DIV0)
            } else {
                Ok((number / to).floor() * to)
            }
        }),
        "MROUND" => pair(arguments, |number, to| {
            Ok(if to == 0.0 {
                0.0
            } else {
                rounded(number / to, 0) * to
            })
        }),
        "BITAND" => bits(arguments, |a, b| a & b),
        "BITOR" => bits(arguments, |a, b| a | b),
        "BITXOR" => bits(arguments, |a, b| a ^ b),
        "BITLSHIFT" => shifted(arguments, false),
        "BITRSHIFT" => shifted(arguments, true),
        "SUM" => folded(arguments, 0.0, |sum, number| sum + number),
        "PRODUCT" => folded(arguments, 1.0, |product, number| product * number),
        "SUMSQ" => folded(arguments, 0.0, |sum, number| sum + number * number),
        "MIN" => least(arguments, f64::min),
        "MAX" => least(arguments, f64::max),
        "AVERAGE" => average(arguments),
        "COUNT" => counted(arguments, |value| matches!(value, Value::Number(_))),
        "COUNTA" => counted(arguments, |value| !matches!(value, Value::Empty)),
        "COUNTBLANK" => counted(arguments, |value| matches!(value, Value::Empty)),
        "GCD" => gcd(arguments),
        _ => return None,
    })
}

fn as_truth(value: Option<Value>) -> Option<Value> {
    value.map(|value| Value::Bool(value == Value::Number(1.0)))
}

/// A result that is no number of Excel's is `#NUM!`.
fn finite(number: f64) -> Result<Option<Value>, ErrorCode> {
    if number.is_finite() {
        Ok(Some(Value::Number(number)))
    } else {
        Err(ErrorCode::NUM)
    }
}

fn single(arguments: &[Value], make: impl Fn(f64) -> Result<f64, ErrorCode>) -> Answer {
    finite(make(known!(number_at(arguments, 0)))?)
}

fn pair(arguments: &[Value], make: impl Fn(f64, f64) -> Result<f64, ErrorCode>) -> Answer {
    finite(make(
        known!(number_at(arguments, 0)),
        known!(number_at(arguments, 1)),
    )?)
}

pub(in crate::xlm) fn power(base: f64, exponent: f64) -> Result<f64, ErrorCode> {
    match (base, exponent) {
        (0.0, 0.0) => Err(ErrorCode::NUM),
        (0.0, negative) if negative < 0.0 => Err(ErrorCode::DIV0),
        (base, exponent) => Ok(base.powf(exponent)),
    }
}

/// Rounds half away from zero, as `ROUND` does.
pub(super) fn rounded(number: f64, places: i32) -> f64 {
    scaled(number, places, f64::round)
}

fn scaled(number: f64, places: i32, round: impl Fn(f64) -> f64) -> f64 {
    let places = places.clamp(-300, 300);
    let factor = 10_f64.powi(places.abs());
    let scaled = if places >= 0 {
        number * factor
    } else {
        number / factor
    };
    if !scaled.is_finite() {
        return number;
    }
    // 15 digits count: 1.005 * 100 is 100.49999… in doubles and 100.5 in Excel.
    let scaled: f64 = format!("{scaled:.14e}").parse().unwrap_or(scaled);
    let rounded = round(scaled);
    if places >= 0 {
        rounded / factor
    } else {
        rounded * factor
    }
}

fn truncated(arguments: &[Value]) -> Answer {
    let (number, places) = (
        known!(number_at(arguments, 0)),
        known!(number_or(arguments, 1, 0.0)),
    );
    finite(scaled(number, places as i32, f64::trunc))
}

fn factorial(number: f64) -> Result<f64, ErrorCode> {
    if !(0.0..171.0).contains(&number) {
        return Err(ErrorCode::NUM);
    }
    Ok((1..=number as u32).map(f64::from).product())
}

const BITS: f64 = 281_474_976_710_656.0;

fn whole(number: f64) -> Result<u64, ErrorCode> {
    if number.fract() == 0.0 && (0.0..BITS).contains(&number) {
        Ok(number as u64)
    } else {
        Err(ErrorCode::NUM)
    }
}

fn bits(arguments: &[Value], make: impl Fn(u64, u64) -> u64) -> Answer {
    pair(arguments, |a, b| Ok(make(whole(a)?, whole(b)?) as f64))
}

fn shifted(arguments: &[Value], right: bool) -> Answer {
    pair(arguments, |number, by| {
        let number = whole(number)?;
        if by.abs() > 53.0 {
            return Err(ErrorCode::NUM);
        }
        let by = if right { -by.trunc() } else { by.trunc() } as i32;
        let moved = if by >= 0 {
            number.checked_shl(by as u32).unwrap_or(0)
        } else {
            number >> by.unsigned_abs()
        };
        if moved as f64 >= BITS || (by >= 0 && number != moved >> by) {
            Err(ErrorCode::NUM)
        } else {
            Ok(moved as f64)
        }
    })
}

/// Returns the numbers; texts and truth values of arrays do not count, those that stand by themselves do.
fn numbers(arguments: &[Value]) -> Result<Option<Vec<f64>>, ErrorCode> {
    let mut numbers = Vec::new();
    for value in arguments {
        match value {
            Value::Array(rows) => {
                for value in rows.iter().flatten() {
                    match value {
                        Value::Number(number) => numbers.push(*number),
                        Value::Error(error) => return Err(*error),
                        value if value.is_unknown() => return Ok(None),
                        _ => {}
                    }
                }
            }
            Value::Empty => {}
            value => match value.number()? {
                Some(number) => numbers.push(number),
                None => return Ok(None),
            },
        }
    }
    Ok(Some(numbers))
}

fn folded(arguments: &[Value], start: f64, fold: impl Fn(f64, f64) -> f64) -> Answer {
    let numbers = known!(numbers(arguments));
    if numbers.is_empty() {
        return finite(0.0);
    }
    finite(numbers.into_iter().fold(start, fold))
}

fn least(arguments: &[Value], choose: impl Fn(f64, f64) -> f64) -> Answer {
    finite(
        known!(numbers(arguments))
            .into_iter()
            .reduce(choose)
            .unwrap_or(0.0),
    )
}

fn average(arguments: &[Value]) -> Answer {
    let numbers = known!(numbers(arguments));
    if numbers.is_empty() {
        return Err(ErrorCode::DIV0);
    }
    finite(numbers.iter().sum::<f64>() / numbers.len() as f64)
}

fn counted(arguments: &[Value], counts: impl Fn(&Value) -> bool) -> Answer {
    if flat(arguments).any(|value| matches!(value, Value::Unknown(_))) {
        return Ok(None);
    }
    Ok(Some(Value::Number(
        flat(arguments).filter(|value| counts(value)).count() as f64,
    )))
}

fn gcd(arguments: &[Value]) -> Answer {
    let mut divisor = 0_u64;
    for number in known!(numbers(arguments)) {
        let (mut a, mut b) = (divisor, whole(number.trunc())?);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        divisor = a;
    }
    Ok(Some(Value::Number(divisor as f64)))
}
