//! `$object.PSObject`: the properties and methods of an object as things of their own.

use super::super::engine::Engine;
use super::super::value::{Object, State, Value};
use super::Given;
use std::cell::RefCell;
use std::rc::Rc;

/// What the classes of this file begin with.
pub(super) const CLASS: &str = "psobject";

/// The view of an object.
pub(super) fn of(value: &Value) -> Value {
    Object::new(CLASS).with("base", value.clone()).value()
}

/// A property of a view.
pub(super) fn member(object: &Rc<RefCell<Object>>, class: &str, name: &str) -> Option<Value> {
    let base = object.borrow().fields.get("base").cloned()?;
    match (class, name) {
        (CLASS, "baseobject" | "immediatebaseobject") => Some(base),
        (CLASS, "properties" | "members") => {
            let listed = listed(&base);
            let mut object = match listed {
                Some(properties) => Object::holding("psobject.properties", State::List(properties)),
                None => Object::new("psobject.properties"),
            };
            object = object.with("base", base);
            Some(object.value())
        }
        (CLASS, "methods") => Some(Object::new("psobject.methods").with("base", base).value()),
        _ => None,
    }
}

/// The properties of an object made of a table, where their order is known.
fn listed(base: &Value) -> Option<Vec<Value>> {
    let Value::Hash(table) = base else { return None };
    let table = table.borrow();
    let known = table.custom && (table.ordered || table.entries().len() < 2);
    known.then(|| {
        let entries = table.entries().iter();
        entries
            .map(|(name, value)| property(base, &name.display(), value.clone()))
            .collect()
    })
}

fn property(base: &Value, name: &str, value: Value) -> Value {
    Object::new("psobject.property")
        .with("base", base.clone())
        .with("name", Value::text(name))
        .with("value", value)
        .value()
}

/// `.Properties['Name']`, `.Methods['Name']`; `None` where that is no such thing.
pub(in super::super) fn item(held: &Object, index: &Value) -> Option<Value> {
    let name = match index {
        Value::Str(name) => name.as_str(),
        _ => return None,
    };
    let base = held.fields.get("base")?;
    match held.class.as_str() {
        "psobject.properties" => {
            let Value::Hash(table) = base else { return None };
            let table = table.borrow();
            if !table.custom {
                return None;
            }
            match table.get(index) {
                Some(value) => Some(property(base, name, value.clone())),
                None => Some(Value::Null),
            }
        }
        "psobject.methods" => Some(
            Object::new("psobject.method")
                .with("base", base.clone())
                .with("name", Value::text(name))
                .value(),
        ),
        _ => None,
    }
}

/// The object and the name of the property that a value stands for.
pub(in super::super) fn property_of(value: &Value) -> Option<(Value, String)> {
    let Value::Object(object) = value else { return None };
    let object = object.try_borrow().ok()?;
    if object.class != "psobject.property" {
        return None;
    }
    let name = object.fields.get("name")?.exact()?;
    Some((object.fields.get("base")?.clone(), name))
}

/// A method of a view; the outer `None` is "none of those".
pub(super) fn invoke(
    engine: &mut Engine<'_, '_>,
    object: &Rc<RefCell<Object>>,
    name: &str,
    arguments: &[Value],
) -> Option<Given> {
    let (class, base, own) = {
        let held = object.borrow();
        let field = |name: &str| held.fields.get(name).cloned();
        (held.class.clone(), field("base"), field("name"))
    };
    match (class.as_str(), name, arguments) {
        ("psobject.method", "invoke", _) => {
            let (Some(base), Some(own)) = (base, own.and_then(|own| own.exact())) else {
                return Some(Ok(None));
            };
            let called =
                engine.deeper(|engine| super::invoke(engine, &base, &own, false, arguments.to_vec()));
            Some(called.map(Some))
        }
        ("psobject.methods" | "psobject.properties", "item", [index]) => {
            Some(Ok(item(&object.borrow(), index)))
        }
        _ => None,
    }
}
