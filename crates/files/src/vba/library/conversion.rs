//! Functions between types, on numbers, and between numbers and characters.

use super::{Arguments, size};
use crate::vba::convert::{ansi_unit, double, integer, narrow, string, to_type, truth, unit_of_ansi};
use crate::vba::fault::{Eval, Stop};
use crate::vba::number;
use crate::vba::value::{Array, Type, Value};

/// The functions of this file that a variable might be mistaken for.
pub(super) const NAMES: &[&str] = &[
    "cstr", "clng", "cint", "cbyte", "cdbl", "val", "hex", "oct", "int", "abs", "fix",
];

type Outcome = Eval<Option<Value>>;

/// Calls the function of a name.
pub(super) fn call(name: &str, arguments: &Arguments<'_>) -> Option<Outcome> {
    Some(match name {
        "chr" => chr(arguments),
        "chrb" => chr_byte(arguments),
        "chrw" => chr_wide(arguments),
        "asc" => asc(arguments),
        "ascb" => asc_byte(arguments),
        "ascw" => asc_wide(arguments),
        "cstr" => converted(arguments, &Type::Text),
        "cint" => converted(arguments, &Type::Integer),
        "clng" => converted(arguments, &Type::Long),
        "clnglng" | "clngptr" => converted(arguments, &Type::LongLong),
        "cbyte" => converted(arguments, &Type::Byte),
        "cbool" => converted(arguments, &Type::Bool),
        "cdbl" | "cdec" => converted(arguments, &Type::Double),
        "ccur" => currency(arguments),
        "csng" => converted(arguments, &Type::Single),
        "cvar" => arguments.value(0).map(|value| Some(value.clone())),
        "val" => arguments
            .string(0)
            .map(|text| text.map(|text| Value::Double(number::val(&text.show())))),
        "str" => sign_led(arguments),
        "hex" => radix(arguments, 16),
        "oct" => radix(arguments, 8),
        "int" | "fix" | "abs" | "sgn" | "round" => rounded(name, arguments),
        "sqr" | "exp" | "log" | "sin" | "cos" | "tan" | "atn" => real(name, arguments),
        "iif" => chosen_by_truth(arguments),
        "choose" => chosen_by_number(arguments),
        "switch" => switched(arguments),
        "isnumeric" => is_numeric(arguments),
        "isempty" => is(arguments, |value| *value == Value::Empty),
        "isnull" => is(arguments, |value| *value == Value::Null),
        "isarray" => is(arguments, |value| matches!(value, Value::Array(_))),
        "isobject" => is(arguments, |value| {
            matches!(value, Value::Object(_) | Value::Nothing)
        }),
        "ismissing" => missing(arguments),
        "typename" | "vartype" => type_name(name, arguments),
        "rgb" => rgb(arguments),
        "format" => format(arguments),
        _ => return None,
    })
}

fn converted(arguments: &Arguments<'_>, kind: &Type) -> Outcome {
    to_type(arguments.value(0)?.clone(), kind).map(Some)
}

fn chr(arguments: &Arguments<'_>) -> Outcome {
    let Some(code) = arguments.whole(0)? else {
        return Ok(None);
    };
    let byte = u8::try_from(code).map_err(|_| Stop::INVALID)?;
    Ok(Some(Value::units(vec![unit_of_ansi(byte)], 1)))
}

/// A string of one byte.
fn chr_byte(arguments: &Arguments<'_>) -> Outcome {
    let Some(code) = arguments.whole(0)? else {
        return Ok(None);
    };
    let byte = u8::try_from(code).map_err(|_| Stop::INVALID)?;
    Ok(Some(Value::Array(std::rc::Rc::new(Array::bytes(&[byte])))))
}

/// The first byte of a string's memory.
fn asc_byte(arguments: &Arguments<'_>) -> Outcome {
    let byte = match arguments.value(0)? {
        Value::Array(array) if array.kind == Type::Byte => match array.items.first() {
            Some(Value::Byte(byte)) => Some(*byte),
            Some(_) => None,
            None => return Err(Stop::INVALID),
        },
        _ => first_unit(arguments)?.map(|unit| (unit & 0xff) as u8),
    };
    Ok(byte.map(|byte| Value::Integer(i16::from(byte))))
}

/// Four places behind the point, a half to the even one.
fn currency(arguments: &Arguments<'_>) -> Outcome {
    Ok(double(arguments.value(0)?)?.map(|number| Value::Double(number::round(number * 10_000.0) / 10_000.0)))
}

fn chr_wide(arguments: &Arguments<'_>) -> Outcome {
    let Some(code) = arguments.whole(0)? else {
        return Ok(None);
    };
    if !(-32768..=65535).contains(&code) {
        return Err(Stop::INVALID);
    }
    Ok(Some(Value::units(vec![(code & 0xffff) as u16], 1)))
}

fn first_unit(arguments: &Arguments<'_>) -> Eval<Option<u16>> {
    match string(arguments.value(0)?)? {
        Value::Text(text) => Ok(Some(*text.units().first().ok_or(Stop::INVALID)?)),
        Value::Mixed(mixed) => Ok(mixed.known_start().first().copied()),
        _ => Ok(None),
    }
}

fn asc(arguments: &Arguments<'_>) -> Outcome {
    Ok(first_unit(arguments)?.map(|unit| Value::Integer(i16::from(ansi_unit(unit).unwrap_or(b'?')))))
}

fn asc_wide(arguments: &Arguments<'_>) -> Outcome {
    Ok(first_unit(arguments)?.map(|unit| Value::Integer(unit as i16)))
}

/// `Str` leaves a blank for the sign.
fn sign_led(arguments: &Arguments<'_>) -> Outcome {
    Ok(double(arguments.value(0)?)?.map(|number| {
        let sign = if number < 0.0 { "" } else { " " };
        Value::text(&format!("{sign}{}", number::show(number)))
    }))
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

fn rounded(name: &str, arguments: &Arguments<'_>) -> Outcome {
    let value = arguments.value(0)?;
    if matches!(value, Value::Null) {
        return Ok(Some(Value::Null));
    }
    let Some(number) = double(value)? else {
        return Ok(None);
    };
    let result = match name {
        "int" => number.floor(),
        "fix" => number.trunc(),
        "abs" => number.abs(),
        "sgn" => {
            return Ok(Some(Value::Integer(if number == 0.0 {
                0
            } else {
                number.signum() as i16
            })));
        }
        _ => {
            let Some(places) = arguments.whole_or(1, 0)? else {
                return Ok(None);
            };
            let factor = 10f64.powi(i32::try_from(size(places)?.min(22)).unwrap_or(22));
            number::round(number * factor) / factor
        }
    };
    // The type stays.
    Ok(Some(match value {
        Value::Byte(_) => narrow(result as i64, &Type::Byte)?,
        Value::Integer(_) | Value::Bool(_) | Value::Empty => narrow(result as i64, &Type::Integer)?,
        Value::Long(_) => narrow(result as i64, &Type::Long)?,
        Value::LongLong(_) => Value::LongLong(result as i64),
        Value::Date(_) => Value::Date(result),
        _ => Value::Double(result),
    }))
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

fn chosen_by_truth(arguments: &Arguments<'_>) -> Outcome {
    Ok(match truth(arguments.value(0)?)? {
        Some(true) => Some(arguments.value(1)?.clone()),
        Some(false) => Some(arguments.value(2)?.clone()),
        None => None,
    })
}

fn chosen_by_number(arguments: &Arguments<'_>) -> Outcome {
    let Some(index) = arguments.whole(0)? else {
        return Ok(None);
    };
    let at = usize::try_from(index).ok().filter(|at| *at > 0);
    Ok(Some(
        at.and_then(|at| arguments.get(at))
            .cloned()
            .unwrap_or(Value::Null),
    ))
}

fn switched(arguments: &Arguments<'_>) -> Outcome {
    for at in (0..arguments.len()).step_by(2) {
        match truth(arguments.value(at)?)? {
            Some(true) => return Ok(arguments.get(at + 1).cloned()),
            Some(false) => {}
            None => return Ok(None),
        }
    }
    Ok(Some(Value::Null))
}

fn is_numeric(arguments: &Arguments<'_>) -> Outcome {
    Ok(match arguments.value(0)? {
        Value::Text(text) => Some(Value::Bool(number::parse(&text.show()).is_some())),
        Value::Unknown(_) | Value::Mixed(_) | Value::Object(_) => None,
        Value::Array(_) | Value::Null | Value::Nothing | Value::Record(_) | Value::Date(_) => {
            Some(Value::Bool(false))
        }
        _ => Some(Value::Bool(true)),
    })
}

fn is(arguments: &Arguments<'_>, holds: impl Fn(&Value) -> bool) -> Outcome {
    let value = arguments.value(0)?;
    Ok((!value.is_unknown()).then(|| Value::Bool(holds(value))))
}

fn missing(arguments: &Arguments<'_>) -> Outcome {
    Ok(match arguments.get(0) {
        None => Some(Value::Bool(true)),
        Some(Value::Unknown(_)) => None,
        Some(_) => Some(Value::Bool(false)),
    })
}

fn type_name(name: &str, arguments: &Arguments<'_>) -> Outcome {
    let (number, text) = match arguments.value(0)? {
        Value::Empty => (0, "Empty"),
        Value::Null => (1, "Null"),
        Value::Integer(_) => (2, "Integer"),
        Value::Long(_) => (3, "Long"),
        Value::Double(_) => (5, "Double"),
        Value::Date(_) => (7, "Date"),
        Value::Text(_) | Value::Mixed(_) => (8, "String"),
        Value::Bool(_) => (11, "Boolean"),
        Value::Byte(_) => (17, "Byte"),
        Value::LongLong(_) => (20, "LongLong"),
        _ => return Ok(None),
    };
    Ok(Some(if name == "typename" {
        Value::text(text)
    } else {
        Value::Integer(number)
    }))
}

fn rgb(arguments: &Arguments<'_>) -> Outcome {
    let (Some(red), Some(green), Some(blue)) =
        (arguments.whole(0)?, arguments.whole(1)?, arguments.whole(2)?)
    else {
        return Ok(None);
    };
    let part = |number: i64| number.clamp(0, 255);
    Ok(Some(Value::Long(
        (part(red) | part(green) << 8 | part(blue) << 16) as i32,
    )))
}

/// `Format` without a pattern, of a number by digits, and of a string by case.
fn format(arguments: &Arguments<'_>) -> Outcome {
    let value = arguments.value(0)?;
    let Some(pattern) = arguments.get(1) else {
        return string(value).map(Some);
    };
    let Some(pattern) = crate::vba::convert::known(pattern)? else {
        return Ok(None);
    };
    let pattern = pattern.show();
    match value {
        _ if pattern.is_empty() || pattern == "@" => string(value).map(Some),
        Value::Text(text) if pattern == ">" || pattern == "<" => {
            let upper = pattern == ">";
            let shown = text.show();
            Ok(Some(Value::text(&if upper {
                shown.to_uppercase()
            } else {
                shown.to_lowercase()
            })))
        }
        Value::Text(_) | Value::Byte(_) | Value::Integer(_) | Value::Long(_) | Value::Double(_) => {
            let Ok(Some(number)) = double(value) else {
                return Ok(None);
            };
            Ok(digits(number, &pattern).map(|text| Value::text(&text)))
        }
        _ => Ok(None),
    }
}

/// A number by a pattern of `0`, `#`, one point and commas between thousands; `None` for any other pattern.
fn digits(number: f64, pattern: &str) -> Option<String> {
    let fits = |c: char| matches!(c, '0' | '#' | '.' | ',');
    if pattern.len() > 32 || !pattern.chars().all(fits) || pattern.matches('.').count() > 1 {
        return None;
    }
    let (whole, fraction) = pattern.split_once('.').unwrap_or((pattern, ""));
    let grouped = whole.contains(',');
    // Commas at the end of the digits divide by a thousand each, which is left out here.
    if whole.ends_with(',') || fraction.contains(',') || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let least = whole.chars().filter(|c| *c == '0').count();
    let kept = fraction.trim_end_matches('#').len();
    if number.abs() >= 1e15 || fraction.len() > 10 {
        return None;
    }
    // Halves go away from zero in a format, by the decimal digits that a Double shows.
    let scaled = number.abs() * 10f64.powi(i32::try_from(fraction.len()).ok()?);
    let near = (scaled * 1e3).round() / 1e3;
    let rounded = (near + 0.5).floor() as u64;
    let text = format!("{rounded:0width$}", width = fraction.len() + 1);
    let (before, after) = text.split_at(text.len() - fraction.len());
    let before = before.trim_start_matches('0');
    let mut before = format!("{before:0>least$}");
    if grouped {
        let mut parts = Vec::new();
        while before.len() > 3 {
            parts.push(before.split_off(before.len() - 3));
        }
        parts.push(before);
        parts.reverse();
        before = parts.join(",");
    }
    let mut after = after.to_owned();
    while after.len() > kept && after.ends_with('0') {
        after.pop();
    }
    let sign = if number < 0.0 && rounded > 0 { "-" } else { "" };
    let point = if pattern.contains('.') { "." } else { "" };
    Some(format!("{sign}{before}{point}{after}"))
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn numbers_are_written_by_their_pattern() {
        for (number, pattern, text) in [
            (7.0, "00", "07"),
            (1234.5, "#,##0.00", "1,234.50"),
            (0.5, "0", "1"),
            (-2.71, "0.#", "-2.7"),
            (2.0, "#.#", "2."),
            (0.0, "#", ""),
        ] {
            assert_eq!(digits(number, pattern).as_deref(), Some(text), "{pattern}");
        }
        assert_eq!(digits(1.0, "0%"), None);
        assert_eq!(digits(1.0, "dd"), None);
    }
}
