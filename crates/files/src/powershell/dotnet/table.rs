//! Members of hash tables and of the objects that are made of them.

use super::super::engine::Engine;
use super::super::value::{Object, Table, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// A property: an entry, or one that every hash table has.
pub(super) fn member(table: &Table, name: &str) -> Option<Value> {
    if let Some(value) = table.get(&Value::text(name)) {
        return Some(value.clone());
    }
    let in_order = table.ordered || table.entries().len() < 2;
    let lower = name.to_lowercase();
    match lower.as_str() {
        // Newer versions count every object, the first ones none; a script that asks means one.
        "count" | "length" if table.custom => Some(Value::int(1)),
        _ if table.custom => Some(Value::Null),
        "count" => Some(Value::count(table.entries().len())),
        "keys" => {
            let keys = table.entries().iter().map(|(key, _)| key.clone()).collect();
            Some(in_some_order(keys, in_order))
        }
        "values" => {
            let values = table.entries().iter().map(|(_, value)| value.clone()).collect();
            Some(in_some_order(values, in_order))
        }
        _ => Some(Value::Null),
    }
}

/// The class of items that come in an order which is not known.
const UNORDERED: &str = "unordered";

/// The class of items of which some may be missing.
const UNSURE: &str = "unsure";

/// The field that holds them; no script names one like it.
const ITEMS: &str = "items:";

/// A list, or where its order is not known one value that holds its items.
pub(in super::super) fn in_some_order(items: Vec<Value>, known: bool) -> Value {
    if known {
        return Value::array(items);
    }
    Object::new(UNORDERED).with(ITEMS, Value::array(items)).value()
}

/// One value for items of which some may be missing.
pub(in super::super) fn unsure(items: Vec<Value>) -> Value {
    Object::new(UNSURE).with(ITEMS, Value::array(items)).value()
}

/// Returns the items of a value of which only the order is not known.
pub(in super::super) fn unordered(value: &Value) -> Option<Vec<Value>> {
    held(value, &[UNORDERED])
}

/// Returns the items of a value of which the order is not known, or whether each is among them.
pub(in super::super) fn loose(value: &Value) -> Option<Vec<Value>> {
    held(value, &[UNORDERED, UNSURE])
}

fn held(value: &Value, classes: &[&str]) -> Option<Vec<Value>> {
    let Value::Object(object) = value else { return None };
    let object = object.try_borrow().ok()?;
    let is_it = classes.contains(&object.class.as_str());
    is_it
        .then(|| object.fields.get(ITEMS).map(Value::items))
        .flatten()
}

/// Methods of a hash table. A method that is not known may change it: then nothing of it is known.
pub(super) fn call(
    engine: &mut Engine<'_, '_>,
    table: &Rc<RefCell<Table>>,
    name: &str,
    arguments: &[Value],
) -> Option<Value> {
    if table.borrow().custom {
        return (name == "tostring").then(|| Value::of_text(Value::Hash(Rc::clone(table)).to_text()));
    }
    match (name, arguments) {
        ("add" | "set_item", [key, value]) if key.is_known() => {
            engine.save(&Value::Hash(Rc::clone(table)));
            table.borrow_mut().set(key.clone(), value.clone());
            Some(Value::Null)
        }
        ("item" | "get_item", [key]) if key.is_known() => {
            Some(table.borrow().get(key).cloned().unwrap_or(Value::Null))
        }
        ("containskey" | "contains", [key]) if key.is_known() => {
            Some(Value::Bool(table.borrow().get(key).is_some()))
        }
        ("getenumerator", []) => {
            let table = table.borrow();
            let entry = |(key, value): &(Value, Value)| {
                Object::new("dictionaryentry")
                    .with("key", key.clone())
                    .with("name", key.clone())
                    .with("value", value.clone())
                    .value()
            };
            // Without an order of its own only one entry has a known place.
            let in_order = table.ordered || table.entries().len() < 2;
            let entries = table.entries().iter().map(entry).collect();
            Some(in_some_order(entries, in_order))
        }
        ("tostring" | "gethashcode" | "gettype" | "clone", _) => None,
        _ => {
            let all = Value::Hash(Rc::clone(table));
            engine.forget_buffer(&all);
            None
        }
    }
}
