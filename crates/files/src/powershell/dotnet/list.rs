//! Methods of arrays, numbers and characters.

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
            let found = super::super::compare::compare(
                super::super::ast::Comparison::Contains,
                super::super::ast::Case::Sensitive,
                value,
                item,
            );
            return Ok(found.map(Value::Bool));
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
    let mut output = Vec::new();
    for item in value.items() {
        engine.set_variable("_", item.clone());
        if !filters {
            engine.call_block_here(closure, &mut output)?;
            continue;
        }
        let mut result = Vec::new();
        engine.call_block_here(closure, &mut result)?;
        if Value::collapse(result).truth() != Some(false) {
            output.push(item);
        }
    }
    Ok(Value::array(output))
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
