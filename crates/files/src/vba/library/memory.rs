//! Functions on the memory of strings, which is counted in bytes.

use super::occurrence::Occurrences;
use super::text::DECODED;
use super::{Arguments, size};
use crate::vba::convert::units_of_bytes;
use crate::vba::fault::Eval;
use crate::vba::value::{Array, Type, Value};
use std::rc::Rc;

type Outcome = Eval<Option<Value>>;

/// The memory of a string, two bytes for each character, or the bytes that stand for one.
fn memory(value: &Value) -> Eval<Option<Vec<u8>>> {
    Ok(match value {
        Value::Array(array) if array.kind == Type::Byte => array.as_bytes(),
        value => {
            crate::vba::convert::known(value)?.map(|text| crate::vba::convert::bytes_of_units(text.units()))
        }
    })
}

/// A string by its memory; half a character more stays bytes.
fn of_memory(bytes: &[u8]) -> Value {
    if bytes.len().is_multiple_of(2) {
        Value::units(units_of_bytes(bytes), DECODED)
    } else {
        Value::Array(Rc::new(Array::bytes(bytes)))
    }
}

/// `MidB`, `LeftB`, `RightB`: counted in bytes.
pub(super) fn part(arguments: &Arguments<'_>, name: &str) -> Outcome {
    let Some(bytes) = memory(arguments.value(0)?)? else {
        return Ok(None);
    };
    let Some(first) = arguments.whole(1)? else {
        return Ok(None);
    };
    let part = match name {
        "midb" => {
            let Some(length) = arguments.whole_or(2, i64::from(i32::MAX))? else {
                return Ok(None);
            };
            let from = size(first - 1)?.min(bytes.len());
            let to = from.saturating_add(size(length)?).min(bytes.len());
            bytes.get(from..to)
        }
        "leftb" => bytes.get(..size(first)?.min(bytes.len())),
        _ => bytes.get(bytes.len().saturating_sub(size(first)?)..),
    };
    Ok(part.map(of_memory))
}

/// `InStrB`: the place of one memory in another.
pub(super) fn find(arguments: &Arguments<'_>) -> Outcome {
    let shifted = usize::from(arguments.len() > 2);
    let start = if shifted == 1 {
        arguments.whole(0)?
    } else {
        Some(1)
    };
    let (text, part) = (
        memory(arguments.value(shifted)?)?,
        memory(arguments.value(shifted + 1)?)?,
    );
    let (Some(text), Some(part), Some(start), Some(0)) = (text, part, start, arguments.whole_or(3, 0)?)
    else {
        return Ok(None);
    };
    let from = size(start - 1)?;
    if part.is_empty() || from >= text.len() {
        return Ok(Some(Value::count(if part.is_empty() && from < text.len() {
            from + 1
        } else {
            0
        })));
    }
    let found = Occurrences::of(&text, &part, from).next();
    Ok(Some(Value::count(found.map_or(0, |at| at + 1))))
}
