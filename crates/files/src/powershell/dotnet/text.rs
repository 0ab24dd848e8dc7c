//! Methods of strings.

use super::super::ast::Case;
use super::super::compare;
use super::super::engine::Engine;
use super::super::operate::ITEM;
use super::super::value::{Str, Value};
use super::Given;
use crate::script::{Part, Text};

pub(super) fn invoke(engine: &mut Engine<'_, '_>, value: &Value, name: &str, arguments: &[Value]) -> Given {
    let Value::Str(text) = value else {
        return Ok(partly(value, name, arguments));
    };
    engine.budget.work(text.as_str().len())?;
    if matches!(name, "split" | "tochararray" | "getenumerator") {
        engine.budget.build(text.units() * ITEM)?;
    }
    let result = known(engine, text, name, arguments);
    if let Some(Value::Str(result)) = &result {
        engine.budget.build(result.as_str().len())?;
    }
    Ok(result)
}

/// Methods that work on the known parts of a text too.
fn partly(value: &Value, name: &str, arguments: &[Value]) -> Option<Value> {
    let Value::Mixed(text) = value else { return None };
    match (name, arguments) {
        ("tostring" | "trim" | "clone" | "normalize", _) => Some(value.clone()),
        // A replacement is exact in the known parts as long as what is sought cannot span two parts: one character.
        ("replace", [from, to]) => {
            let (from, to) = (from.exact()?, to.exact()?);
            if from.chars().count() != 1 {
                return None;
            }
            let replaced = text
                .parts()
                .iter()
                .fold(Text::default(), |text, part| match part {
                    Part::Known(known) => text.then(Part::Known(known.replace(&from, &to))),
                    Part::Unknown(expression) => {
                        text.then(Part::Unknown(format!("{expression}.Replace('{from}','{to}')")))
                    }
                });
            Some(Value::of_text(replaced))
        }
        _ => None,
    }
}

fn known(engine: &mut Engine<'_, '_>, text: &Str, name: &str, arguments: &[Value]) -> Option<Value> {
    let s = text.as_str();
    let count = |index: usize| {
        arguments
            .get(index)
            .and_then(Value::integer_value)
            .and_then(|n| usize::try_from(n).ok())
    };
    let string = |index: usize| arguments.get(index).and_then(Value::exact);
    match (name, arguments.len()) {
        ("tostring" | "clone" | "normalize", _) => Some(Value::text(s)),
        ("tolower" | "tolowerinvariant", _) => Some(Value::text(s.to_lowercase())),
        ("toupper" | "toupperinvariant", _) => Some(Value::text(s.to_uppercase())),
        ("trim", 0) => Some(Value::text(s.trim())),
        ("trimstart", 0) => Some(Value::text(s.trim_start())),
        ("trimend", 0) => Some(Value::text(s.trim_end())),
        ("trim" | "trimstart" | "trimend", _) => trimmed(s, name, arguments),
        ("replace", 2) => {
            let (from, to) = (string(0)?, string(1)?);
            (!from.is_empty()).then(|| Value::text(s.replace(&from, &to)))
        }
        ("substring", 1) => slice(s, count(0)?, None),
        ("substring", 2) => slice(s, count(0)?, Some(count(1)?)),
        ("remove", 1) => slice(s, 0, Some(count(0)?)),
        ("remove", 2) => {
            let (start, length) = (count(0)?, count(1)?);
            spliced(s, start, start.checked_add(length)?, "")
        }
        ("insert", 2) => spliced(s, count(0)?, count(0)?, &string(1)?),
        ("padleft" | "padright", _) => padded(engine, text, name == "padleft", count(0)?, arguments.get(1)),
        ("split", _) => split(s, arguments),
        ("tochararray" | "getenumerator", 0) => {
            Some(Value::array(s.encode_utf16().map(Value::Char).collect()))
        }
        ("chars" | "get_chars", 1) => text.unit(count(0)?).map(Value::Char),
        ("indexof", 1) => place_of(s, s.find(&string(0)?)),
        ("lastindexof", 1) => place_of(s, s.rfind(&string(0)?)),
        ("contains", 1) => Some(Value::Bool(s.contains(&string(0)?))),
        ("startswith", 1) => Some(Value::Bool(s.starts_with(&string(0)?))),
        ("endswith", 1) => Some(Value::Bool(s.ends_with(&string(0)?))),
        ("equals", 1) => Some(Value::Bool(compare::same(s, &string(0)?, Case::Sensitive))),
        ("get_length", 0) => Some(Value::count(text.units())),
        _ => None,
    }
}

/// The part of a string from a UTF-16 unit on; outside the string the method throws.
fn slice(s: &str, start: usize, length: Option<usize>) -> Option<Value> {
    if s.is_ascii() {
        let end = match length {
            Some(length) => start.checked_add(length)?,
            None => s.len(),
        };
        return s.get(start..end).map(Value::text);
    }
    let units: Vec<u16> = s.encode_utf16().collect();
    let end = match length {
        Some(length) => start.checked_add(length)?,
        None => units.len(),
    };
    Value::of_units(units.get(start..end)?)
}

fn spliced(s: &str, start: usize, end: usize, middle: &str) -> Option<Value> {
    let units: Vec<u16> = s.encode_utf16().collect();
    let mut result = units.get(..start)?.to_vec();
    result.extend(middle.encode_utf16());
    result.extend_from_slice(units.get(end..)?);
    Value::of_units(&result)
}

fn padded(
    engine: &mut Engine<'_, '_>,
    text: &Str,
    left: bool,
    width: usize,
    with: Option<&Value>,
) -> Option<Value> {
    let with = match with {
        Some(value) => char::from_u32(u32::from(value.unit()?))?,
        None => ' ',
    };
    let missing = width.saturating_sub(text.units());
    engine.budget.build(missing).ok()?;
    let padding: String = std::iter::repeat_n(with, missing).collect();
    Some(Value::text(if left {
        padding + text.as_str()
    } else {
        text.as_str().to_owned() + &padding
    }))
}

/// The characters that a `char[]` parameter receives.
fn characters(value: &Value) -> Option<Vec<char>> {
    if value.is_list() {
        let units: Option<Vec<u16>> = value.items().iter().map(Value::unit).collect();
        return Some(String::from_utf16(&units?).ok()?.chars().collect());
    }
    Some(value.exact()?.chars().collect())
}

fn trimmed(s: &str, name: &str, arguments: &[Value]) -> Option<Value> {
    let mut set = Vec::new();
    for argument in arguments {
        set.extend(characters(argument)?);
    }
    let set = set.as_slice();
    Some(Value::text(match name {
        "trim" => s.trim_matches(set),
        "trimstart" => s.trim_start_matches(set),
        _ => s.trim_end_matches(set),
    }))
}

/// `Split` cuts at each of the characters, or at each of the strings of a `string[]` with an option.
fn split(s: &str, arguments: &[Value]) -> Option<Value> {
    let parts: Vec<&str> = match arguments {
        [] => s.split(char::is_whitespace).collect(),
        // At most so many parts. A separator of several characters is one for later versions alone.
        [first, Value::Int(_, count)] => {
            let set = characters(first)?;
            if set.len() > 1 && !first.is_list() {
                return None;
            }
            match usize::try_from(*count).ok()? {
                0 => Vec::new(),
                count => s.splitn(count, set.as_slice()).collect(),
            }
        }
        [Value::Str(first), option] if first.units() > 1 && is_option(option) => return None,
        [first, option] if matches!(option, Value::Str(_) | Value::Type(_)) && is_option(option) => {
            let strings: Option<Vec<String>> = first.items().iter().map(Value::exact).collect();
            let parts = cut(s, &strings?);
            let drops = option
                .exact()
                .is_some_and(|option| option.to_lowercase().starts_with("remove") || option == "1");
            if drops {
                parts.into_iter().filter(|part| !part.is_empty()).collect()
            } else {
                parts
            }
        }
        many => {
            let mut set = Vec::new();
            for argument in many {
                set.extend(characters(argument)?);
            }
            s.split(set.as_slice()).collect()
        }
    };
    Some(Value::array(parts.into_iter().map(Value::text).collect()))
}

fn is_option(option: &Value) -> bool {
    option.exact().is_some_and(|option| {
        ["none", "removeemptyentries", "0", "1"].contains(&option.to_lowercase().as_str())
    })
}

/// Cuts at the first of the separators that stands at each place.
fn cut<'s>(s: &'s str, separators: &[String]) -> Vec<&'s str> {
    let mut parts = Vec::new();
    let mut rest = s;
    loop {
        let next = separators
            .iter()
            .filter(|separator| !separator.is_empty())
            .filter_map(|separator| Some((rest.find(separator.as_str())?, separator.len())))
            .min_by_key(|(at, _)| *at);
        let Some((at, length)) = next else {
            parts.push(rest);
            return parts;
        };
        parts.push(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + length..).unwrap_or_default();
    }
}

fn place_of(s: &str, byte: Option<usize>) -> Option<Value> {
    match byte {
        None => Some(Value::int(-1)),
        Some(byte) => Some(Value::count(s.get(..byte)?.encode_utf16().count())),
    }
}
