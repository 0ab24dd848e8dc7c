//! Methods of arrays, numbers and characters.

use super::super::cmdlet::Kept;
use super::super::compare::identical;
use super::super::engine::Engine;
use super::super::strings::formatted;
use super::super::value::{Closure, Value};
use super::Given;
use std::rc::Rc;

pub(super) fn invoke(engine: &mut Engine<'_, '_>, value: &Value, name: &str, arguments: Vec<Value>) -> Given {
    if let Value::Null | Value::Bool(_) = value {
        return Ok((name == "tostring").then(|| Value::of_text(value.to_text())));
    }
    match (name, arguments.as_slice()) {
        ("tostring", []) if !value.is_list() => return Ok(Some(Value::of_text(value.to_text()))),
        ("tostring", [format]) => {
            let format = format.exact().unwrap_or_default();
            return Ok(formatted(value, &format).map(Value::text));
        }
        ("getvalue" | "get", [index]) => {
            let place = index.integer_value().and_then(|n| usize::try_from(n).ok());
            return Ok(place.and_then(|place| value.items().get(place).cloned()));
        }
        ("clone", []) => return Ok(Some(copied(value))),
        ("getenumerator", []) => return Ok(Some(value.clone())),
        ("contains", [item]) => {
            return Ok(place_of(&value.items(), item).map(|place| Value::Bool(place.is_some())));
        }
        ("copyto", _) => return Ok(Some(Value::Null)),
        _ => {}
    }
    each(engine, value, name, arguments)
}

/// `.ForEach({ … })` and `.Where({ … })`
pub(super) fn each_item(
    engine: &mut Engine<'_, '_>,
    value: &Value,
    closure: &Rc<Closure>,
    filters: bool,
) -> super::Eval<Value> {
    let outer = engine.variable("_").unwrap_or(Value::Null);
    let result = match super::loose(value) {
        Some(items) => each_perhaps(engine, items, closure),
        None => each_in_order(engine, value.items(), closure, filters),
    };
    engine.set_variable("_", outer);
    result
}

fn each_in_order(
    engine: &mut Engine<'_, '_>,
    items: Vec<Value>,
    closure: &Rc<Closure>,
    filters: bool,
) -> super::Eval<Value> {
    let mut output = Vec::new();
    let mut kept = Kept::default();
    for item in items {
        engine.set_variable("_", item.clone());
        if !filters {
            engine.call_block_here(closure, &mut output)?;
            continue;
        }
        let mut result = Vec::new();
        engine.call_block_here(closure, &mut result)?;
        kept.take(item, Value::collapse(result).truth());
    }
    Ok(match (filters, kept.sure) {
        (false, _) => Value::array(output),
        (true, true) => Value::array(kept.items),
        (true, false) => super::unsure(kept.items),
    })
}

/// Items of which nobody knows which comes first, or at all: each is taken from where all began.
fn each_perhaps(engine: &mut Engine<'_, '_>, items: Vec<Value>, closure: &Rc<Closure>) -> super::Eval<Value> {
    for item in items {
        engine.set_variable("_", item);
        engine.perhaps_block(closure, &mut Vec::new())?;
    }
    let place = engine.place();
    Ok(engine.unknown(place))
}

/// Returns where an item stands in a list, as `IndexOf` says; the outer `None` is "not known".
pub(super) fn place_of(items: &[Value], wanted: &Value) -> Option<Option<usize>> {
    for (place, item) in items.iter().enumerate() {
        if identical(item, wanted)? {
            return Some(Some(place));
        }
    }
    Some(None)
}

fn copied(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::array(items.borrow().to_vec()),
        Value::Bytes(bytes) => Value::bytes(bytes.borrow().clone()),
        other => other.clone(),
    }
}

/// A method that a list does not have is called on each item.
fn each(engine: &mut Engine<'_, '_>, value: &Value, name: &str, arguments: Vec<Value>) -> Given {
    let Value::Array(items) = value else {
        return Ok(None);
    };
    let items = items.borrow().to_vec();
    if items.is_empty()
        || !items
            .iter()
            .all(|item| matches!(item, Value::Str(_) | Value::Object(_)))
    {
        return Ok(None);
    }
    let mut values = Vec::new();
    for item in &items {
        values.push(super::invoke(engine, item, name, false, arguments.clone())?);
    }
    Ok(Some(Value::array(values)))
}
