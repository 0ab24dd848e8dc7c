//! `&`: strings behind each other, whatever of them is known.

use crate::vba::convert::{bytes_of_units, known, string, units_of_bytes};
use crate::vba::fault::{Eval, Stop};
use crate::vba::value::{Array, Type, Value};
use strongroom_model::Limit;

/// Returns the string with another behind it.
pub(in crate::vba) fn concat(left: &Value, right: &Value) -> Eval<Value> {
    let side = |value: &Value| match value {
        Value::Null => Ok(Value::text("")),
        other => string(other),
    };
    if odd_bytes(left) || odd_bytes(right) {
        return joined_bytes(left, right);
    }
    let (left, right) = (side(left)?, side(right)?);
    let built = pieces_in(&left).saturating_add(pieces_in(&right));
    if let (Value::Text(left), Value::Text(right)) = (&left, &right) {
        let mut units = Vec::with_capacity(left.len() + right.len());
        units.extend_from_slice(left.units());
        units.extend_from_slice(right.units());
        return Ok(Value::units(units, built));
    }
    let mut pieces = left.pieces().ok_or(Stop::MISMATCH)?;
    pieces.extend(right.pieces().ok_or(Stop::MISMATCH)?);
    if pieces.len() > 4096 {
        return Err(Stop::Limit(Limit::ValueBytes));
    }
    Ok(Value::of_pieces(pieces, built))
}

/// Whether the value is a string of an odd number of bytes, as `ChrB` and `MidB` make them.
fn odd_bytes(value: &Value) -> bool {
    matches!(value, Value::Array(array) if array.kind == Type::Byte && array.items.len() % 2 == 1)
}

/// Strings of bytes one behind the other; an even number of them is a string of characters again.
fn joined_bytes(left: &Value, right: &Value) -> Eval<Value> {
    let bytes = |value: &Value| -> Eval<Option<Vec<u8>>> {
        Ok(match value {
            Value::Array(array) if array.kind == Type::Byte => array.as_bytes(),
            Value::Null => Some(Vec::new()),
            other => known(other)?.map(|text| bytes_of_units(text.units())),
        })
    };
    let (Some(mut joined), Some(more)) = (bytes(left)?, bytes(right)?) else {
        return Ok(Value::unknown("bytes"));
    };
    joined.extend(more);
    Ok(if joined.len().is_multiple_of(2) {
        Value::units(units_of_bytes(&joined), 3)
    } else {
        Value::Array(std::rc::Rc::new(Array::bytes(&joined)))
    })
}

/// An empty string is no piece.
fn pieces_in(value: &Value) -> u32 {
    match value {
        Value::Text(text) if text.len() == 0 => 0,
        Value::Unknown(_) => 1,
        other => other.built(),
    }
}
