//! The part of .NET and COM that the evaluator knows: members and methods by the kind of value.

mod cipher;
mod construct;
mod encoding;
mod list;
mod memory;
mod object;
mod reflection;
mod regex;
mod statics;
mod stream;
mod text;

use super::engine::{Engine, Eval};
use super::value::{State, Value};
use crate::script::{Part, Text};

pub(super) use cipher::{resized, unpadded};
pub(super) use construct::{construct, create_com};
pub(super) use encoding::{base64_text, is_worth_reading};
pub(super) use regex::{named_group, object as pattern_object};
pub(super) use statics::set_static;

/// What a method gives: `None` where it is not known.
type Given = Eval<Option<Value>>;

/// Returns a property; `fixed` for those of a type (`[X]::Y`).
pub(super) fn member(engine: &mut Engine<'_, '_>, value: &Value, name: &str, fixed: bool) -> Eval<Value> {
    let lower = name.to_lowercase();
    let result = match value {
        Value::Type(class) if fixed => statics::member(engine, &class.clone(), &lower),
        Value::Type(_) => reflection::type_member(&lower),
        Value::Hash(table) => {
            let table = table.borrow();
            let entry = table.get(&Value::text(name)).cloned();
            match (entry, lower.as_str()) {
                (Some(value), _) => Some(value),
                (None, "count") => Some(Value::count(table.entries().len())),
                (None, "keys") if table.ordered || table.entries().len() < 2 => Some(Value::array(
                    table.entries().iter().map(|(key, _)| key.clone()).collect(),
                )),
                (None, "values") if table.ordered || table.entries().len() < 2 => Some(Value::array(
                    table.entries().iter().map(|(_, value)| value.clone()).collect(),
                )),
                (None, "keys" | "values") => None,
                (None, _) => Some(Value::Null),
            }
        }
        Value::Object(object) => object::member(engine, object, &lower)?,
        Value::Block(_) if lower == "invoke" => None,
        Value::Null => Some(Value::Null),
        Value::Unknown(_) => None,
        Value::Mixed(_) => None,
        known => match lower.as_str() {
            "length" | "longlength" => Some(match known {
                Value::Str(text) => Value::count(text.units()),
                Value::Array(items) => Value::count(items.borrow().len()),
                Value::Bytes(bytes) => Value::count(bytes.borrow().len()),
                _ => Value::int(1),
            }),
            "count" => Some(match known {
                Value::Array(items) => Value::count(items.borrow().len()),
                Value::Bytes(bytes) => Value::count(bytes.borrow().len()),
                _ => Value::int(1),
            }),
            _ => each_member(engine, known, name)?,
        },
    };
    let place = engine.place();
    Ok(result.unwrap_or_else(|| engine.unknown(place)))
}

/// A member that a list does not have is asked of its items.
fn each_member(engine: &mut Engine<'_, '_>, value: &Value, name: &str) -> Given {
    if !value.is_list() {
        return Ok(None);
    }
    let items = value.items();
    if !items
        .iter()
        .all(|item| matches!(item, Value::Object(_) | Value::Hash(_)))
    {
        return Ok(None);
    }
    let mut values = Vec::new();
    for item in &items {
        values.push(member(engine, item, name, false)?);
    }
    Ok(Some(Value::collapse(values)))
}

/// Calls a method; `fixed` for those of a type (`[X]::Y()`).
pub(super) fn invoke(
    engine: &mut Engine<'_, '_>,
    value: &Value,
    name: &str,
    fixed: bool,
    arguments: Vec<Value>,
) -> Eval<Value> {
    let lower = name.to_lowercase();
    let weight = arguments.iter().fold(value.weight(), |sum, argument| {
        sum.saturating_add(argument.weight())
    });
    engine.budget.work(weight)?;
    if let ("foreach" | "where", Some(Value::Block(closure))) = (lower.as_str(), arguments.first())
        && !matches!(value, Value::Unknown(_) | Value::Mixed(_) | Value::Type(_))
    {
        return list::each_item(engine, value, &closure.clone(), lower == "where");
    }
    let result = match value {
        Value::Hash(table) => list::table_call(engine, &table.clone(), &lower, &arguments),
        Value::Type(class) if fixed => statics::invoke(engine, &class.clone(), &lower, arguments)?,
        Value::Type(class) => reflection::type_method(engine, &class.clone(), &lower, &arguments),
        Value::Str(_) | Value::Mixed(_) => text::invoke(engine, value, &lower, &arguments)?,
        Value::Object(object) => object::invoke(engine, &object.clone(), &lower, arguments)?,
        Value::Block(closure) => match lower.as_str() {
            "invoke" | "invokereturnasis" => {
                let mut output = Vec::new();
                engine.call_block(&closure.clone(), arguments, &mut output)?;
                return Ok(Value::collapse(output));
            }
            "getnewclosure" => Some(value.clone()),
            "tostring" => Some(Value::of_text(value.to_text())),
            _ => None,
        },
        Value::Unknown(expression) => {
            memory::unknown_call(engine, expression, &lower, &arguments);
            None
        }
        known => list::invoke(engine, known, &lower, arguments)?,
    };
    let place = engine.place();
    Ok(result.unwrap_or_else(|| engine.unknown(place)))
}

/// Whether `% Name` calls a method of this value.
pub(super) fn is_method(value: &Value, name: &str) -> bool {
    let methods = [
        "tostring",
        "tolower",
        "toupper",
        "trim",
        "tochararray",
        "invoke",
        "readtoend",
        "close",
    ];
    matches!(
        value,
        Value::Str(_) | Value::Object(_) | Value::Int(..) | Value::Char(_)
    ) && methods.contains(&name.to_lowercase().as_str())
}

/// Puts a path and its child together with one backslash between them.
pub(super) fn joined_path(path: Text, child: &Text) -> Text {
    let slash = match path.parts().last() {
        Some(Part::Known(text)) => text.ends_with('\\'),
        _ => false,
    };
    let first = child.known_start();
    let child = match (first.strip_prefix('\\'), child.exact()) {
        (Some(rest), Some(_)) => Text::known(rest),
        _ => child.clone(),
    };
    let path = if slash {
        path
    } else {
        path.then(Part::Known("\\".to_owned()))
    };
    path.join(child)
}

/// Returns the bytes that a stream object still holds.
fn stream_rest(value: &Value) -> Option<Vec<u8>> {
    let Value::Object(object) = value else { return None };
    match &object.borrow().state {
        State::Stream { bytes, at, .. } => bytes.as_ref()?.get(*at..).map(<[u8]>::to_vec),
        _ => None,
    }
}
