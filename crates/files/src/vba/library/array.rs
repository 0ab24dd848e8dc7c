//! Functions on arrays.

use super::Arguments;
use crate::script::Budget;
use crate::vba::convert::{known, truth};
use crate::vba::fault::{Eval, Stop};
use crate::vba::value::{Array, Value};
use std::rc::Rc;

type Outcome = Eval<Option<Value>>;

/// Calls the function of a name.
pub(super) fn call(name: &str, arguments: &Arguments<'_>, budget: &mut Budget<'_>) -> Option<Outcome> {
    Some(match name {
        "array" => array(arguments, budget),
        "ubound" | "lbound" => bound(arguments, name == "ubound"),
        "filter" => filter(arguments),
        _ => return None,
    })
}

fn array(arguments: &Arguments<'_>, budget: &mut Budget<'_>) -> Outcome {
    budget.build(arguments.len().saturating_mul(size_of::<Value>()))?;
    Ok(Some(Value::Array(Rc::new(Array::of(
        arguments.values.to_vec(),
        0,
    )))))
}

fn bound(arguments: &Arguments<'_>, upper: bool) -> Outcome {
    let Some(dimension) = arguments.whole_or(1, 1)? else {
        return Ok(None);
    };
    match arguments.value(0)? {
        Value::Array(array) => {
            let at = usize::try_from(dimension - 1).map_err(|_| Stop::RANGE)?;
            let (lower, length) = array.bounds.get(at).ok_or(Stop::RANGE)?;
            let high = i64::from(*lower) + *length as i64 - 1;
            let bound = if upper { high } else { i64::from(*lower) };
            Ok(Some(Value::Long(
                i32::try_from(bound).map_err(|_| Stop::OVERFLOW)?,
            )))
        }
        Value::Unknown(_) => Ok(None),
        _ => Err(Stop::MISMATCH),
    }
}

/// The strings that hold another, or that do not.
fn filter(arguments: &Arguments<'_>) -> Outcome {
    let (Value::Array(array), Some(part)) = (arguments.value(0)?, arguments.string(1)?) else {
        return Ok(None);
    };
    let keep = match arguments.get(2) {
        Some(value) => truth(value)?,
        None => Some(true),
    };
    let (Some(keep), Some(mode)) = (keep, arguments.whole_or(3, 0)?) else {
        return Ok(None);
    };
    let folded = super::text::folded(part.units());
    let mut kept = Vec::new();
    for item in &array.items {
        let Some(text) = known(item)? else {
            return Ok(None);
        };
        let found = match mode {
            0 => super::text::position(text.units(), part.units(), 0),
            _ => super::text::position(&super::text::folded(text.units()), &folded, 0),
        };
        if found.is_some() == keep {
            kept.push(item.clone());
        }
    }
    Ok(Some(Value::Array(Rc::new(Array::of(kept, 0)))))
}
