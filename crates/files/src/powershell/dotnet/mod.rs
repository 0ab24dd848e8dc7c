//! The part of .NET and COM that the evaluator knows: members and methods by the kind of value.

mod binary;
mod cipher;
mod com;
mod construct;
mod derive;
mod encoding;
mod known;
mod list;
mod memory;
mod object;
mod psobject;
mod reflection;
mod regex;
mod statics;
mod stream;
mod table;
mod text;
mod web;
mod xml;

use super::cmdlet;
use super::engine::{Engine, Eval};
use super::value::{Closure, State, Value};
use crate::script::{Part, Text};
use std::rc::Rc;

pub(super) use cipher::{resized, unpadded};
pub(super) use construct::{construct, create_com};
pub(super) use encoding::{base64_text, is_worth_reading};
pub(super) use known::is_class;
pub(super) use psobject::{item as psobject_item, property_of};
pub(super) use regex::{named_group, object as pattern_object};
pub(super) use statics::set_static;
pub(super) use table::{in_some_order, loose, unordered, unsure};
pub(super) use xml::{Node, charge as charge_xml, document as xml_document};

/// What a method gives: `None` where it is not known.
type Given = Eval<Option<Value>>;

/// Returns a property; `fixed` for those of a type (`[X]::Y`).
pub(super) fn member(engine: &mut Engine<'_, '_>, value: &Value, name: &str, fixed: bool) -> Eval<Value> {
    let lower = name.to_lowercase();
    if lower == "psobject" && !fixed && value.is_known() {
        return Ok(psobject::of(value));
    }
    if let (Some(items), "count" | "length") = (unordered(value), lower.as_str()) {
        return Ok(Value::count(items.len()));
    }
    let result = match value {
        Value::Type(class) if fixed => statics::member(engine, &class.clone(), &lower),
        Value::Type(_) => reflection::type_member(&lower),
        Value::Hash(held) => table::member(&held.borrow(), name),
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
        // A list may hold itself.
        let value = engine.deeper(|engine| member(engine, item, name, false))?;
        // Lists that the items give become one.
        values.extend(value.items());
    }
    engine
        .budget
        .build(values.len().saturating_mul(super::operate::ITEM))?;
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
    if let Some(result) = engine.instance_call(value, &lower, &arguments) {
        return result;
    }
    if let Some(method) = script_method(value, &lower) {
        return engine.call_method(value, &method, arguments);
    }
    let result = match value {
        Value::Hash(held) => table::call(engine, &held.clone(), &lower, &arguments),
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

/// The block that `Add-Member` gave an object as a method.
fn script_method(value: &Value, name: &str) -> Option<Rc<Closure>> {
    let method = match value {
        Value::Hash(table) => {
            let key = Value::text(cmdlet::method_key(name));
            table.borrow().get(&key).cloned()
        }
        Value::Object(object) => object.borrow().fields.get(&cmdlet::method_key(name)).cloned(),
        _ => None,
    };
    match method {
        Some(Value::Block(closure)) => Some(closure),
        _ => None,
    }
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
