//! Functions between types, between numbers and characters, and that choose.

use super::Arguments;
use crate::vba::convert::{ansi_unit, string, to_type, truth, unit_of_ansi};
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
        "cdbl" => converted(arguments, &Type::Double),
        "cdec" => converted(arguments, &Type::Decimal),
        "ccur" => converted(arguments, &Type::Currency),
        "csng" => converted(arguments, &Type::Single),
        "cvar" => arguments.value(0).map(|value| Some(value.clone())),
        "val" => arguments
            .string(0)
            .map(|text| text.map(|text| Value::Double(number::val(&text.show())))),
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
        Value::Text(text) => {
            let shown = text.show();
            match number::parse(&shown) {
                Some(_) => Some(Value::Bool(true)),
                // Signs behind it, parentheses and the currency's own are the settings'.
                None if is_like_number(&shown) => None,
                None => Some(Value::Bool(false)),
            }
        }
        Value::Unknown(_) | Value::Mixed(_) | Value::Object(_) => None,
        Value::Array(_) | Value::Null | Value::Nothing | Value::Record(_) | Value::Date(_) => {
            Some(Value::Bool(false))
        }
        _ => Some(Value::Bool(true)),
    })
}

/// Whether some setting may take a text for a number: digits, and no letter but the exponent's.
fn is_like_number(text: &str) -> bool {
    let mark = |c: char| !c.is_alphabetic() || matches!(c, 'e' | 'E' | 'd' | 'D');
    text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(mark)
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
        Value::Single(_) => (4, "Single"),
        Value::Double(_) => (5, "Double"),
        Value::Currency(_) => (6, "Currency"),
        Value::Date(_) => (7, "Date"),
        Value::Text(_) | Value::Mixed(_) => (8, "String"),
        Value::Bool(_) => (11, "Boolean"),
        Value::Decimal(_) => (14, "Decimal"),
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
