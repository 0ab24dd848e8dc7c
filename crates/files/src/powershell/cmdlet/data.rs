//! Cmdlets that make values and objects.

use super::super::convert::{cast, type_name};
use super::super::dotnet;
use super::super::engine::{Engine, Eval};
use super::super::value::{Object, Value};
use super::Invocation;
use super::secure;
use crate::script::{Action, Text};
use std::rc::Rc;

/// `New-Object Class arguments`, `New-Object -ComObject name`
pub(super) fn new_object(
    engine: &mut Engine<'_, '_>,
    call: &Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    if let Some(class) = call.bound.text("comobject") {
        output.push(dotnet::create_com(engine, class));
        return Ok(());
    }
    let Some(class) = call.bound.get("typename") else {
        return Ok(());
    };
    let class = match class {
        Value::Type(name) => name.as_str().to_owned(),
        other => match other.exact() {
            // The brackets of a type may stand around its name; those of an array stand behind it.
            Some(name) => {
                let inner = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
                engine.type_of(inner.unwrap_or(&name))
            }
            None => {
                let class = other.to_text();
                engine.effect(Action::CreateObject { class });
                let place = engine.place();
                output.push(engine.unknown(place));
                return Ok(());
            }
        },
    };
    let mut arguments = match call.bound.get("argumentlist") {
        Some(list) if matches!(list, Value::Array(_)) => list.items(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    arguments.extend(call.bound.rest.iter().cloned());
    let object = dotnet::construct(engine, &class, arguments)?;
    set_properties(&object, call.bound.get("property"));
    output.push(object);
    Ok(())
}

fn set_properties(object: &Value, properties: Option<&Value>) {
    let Some(Value::Hash(properties)) = properties else {
        return;
    };
    let properties = properties.borrow();
    match object {
        Value::Object(object) => {
            for (key, value) in properties.entries() {
                let name = key.display().to_lowercase();
                object.borrow_mut().fields.insert(name, value.clone());
            }
        }
        Value::Hash(table) => {
            let mut table = table.borrow_mut();
            table.ordered &= properties.ordered || properties.entries().len() < 2;
            for (key, value) in properties.entries() {
                table.set(key.clone(), value.clone());
            }
        }
        _ => {}
    }
}

/// `Add-Member NoteProperty name value`: a property, or a block that is a method. What else it adds is not known.
pub(super) fn add_member(
    engine: &mut Engine<'_, '_>,
    call: &mut Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let text = |name: &str| call.bound.exact(name);
    let mut added: Vec<(String, Value)> = Vec::new();
    if let Some(Value::Hash(table)) = call.bound.get("notepropertymembers") {
        let table = table.borrow();
        added.extend(
            table
                .entries()
                .iter()
                .map(|(key, value)| (key.display(), value.clone())),
        );
    }
    if let (Some(name), Some(value)) = (text("notepropertyname"), call.bound.get("notepropertyvalue")) {
        added.push((name, value.clone()));
    }
    if let (Some(kind), Some(name)) = (text("membertype"), text("name")) {
        let value = call.bound.get("value").cloned().unwrap_or(Value::Null);
        match kind.to_lowercase().as_str() {
            "noteproperty" => added.push((name, value)),
            "scriptmethod" => added.push((method_key(&name), value)),
            _ => added.push((name, Value::unknown(kind))),
        }
    }
    let passes = call.bound.has("passthru");
    for object in call.items("inputobject") {
        engine.save(&object);
        for (name, value) in &added {
            match &object {
                Value::Hash(table) => table.borrow_mut().set(Value::text(name.as_str()), value.clone()),
                Value::Object(held) => {
                    let name = name.to_lowercase();
                    held.borrow_mut().fields.insert(name, value.clone());
                }
                _ => {}
            }
        }
        if passes {
            output.push(object);
        }
    }
    Ok(())
}

/// The key under which an object keeps a method that a script gave it.
pub(in super::super) fn method_key(name: &str) -> String {
    format!("method:{}", name.to_lowercase())
}

/// `Add-Type`: compiled source and native functions are loaded code.
pub(super) fn add_type(engine: &mut Engine<'_, '_>, call: &Invocation, output: &mut Vec<Value>) -> Eval<()> {
    if call.bound.get("assemblyname").is_some() {
        return Ok(());
    }
    let source = ["typedefinition", "memberdefinition", "path"]
        .iter()
        .find_map(|name| call.bound.get(name));
    let Some(source) = source.cloned() else {
        return Ok(());
    };
    let natives = native_functions(&source.display());
    let how = if natives.is_empty() {
        "Add-Type".to_owned()
    } else {
        format!("Add-Type: {}", natives.join(", "))
    };
    let code = source.exact().map(String::into_bytes);
    engine.effect(Action::LoadCode { how, code });
    let name = call.bound.exact("name").unwrap_or_default();
    let space = call.bound.exact("namespace").unwrap_or_default();
    let class = if space.is_empty() {
        name
    } else {
        format!("{space}.{name}")
    };
    if call.bound.has("passthru") {
        output.push(Value::Type(Rc::new(type_name(&class))));
    }
    Ok(())
}

/// The names of the functions that C# source imports.
fn native_functions(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in source.match_indices("extern") {
        let rest = source.get(at..).unwrap_or_default();
        let head = rest.split('(').next().unwrap_or_default();
        if let Some(name) = head.split_whitespace().last()
            && head.len() < 200
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names.truncate(64);
    names
}

/// The clock, chance, the user: not known.
pub(super) fn from_machine(engine: &mut Engine<'_, '_>, output: &mut Vec<Value>) -> Eval<()> {
    let place = engine.place();
    output.push(engine.unknown(place));
    Ok(())
}

/// A secure string made of plain text keeps that text; one under a key that is known is decrypted. Without a key it is the
/// user's own, and not known.
pub(super) fn secure_string(
    engine: &mut Engine<'_, '_>,
    name: &str,
    call: Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let plain = name == "convertto-securestring" && call.bound.has("asplaintext");
    let value = call.value_or_input("string");
    if plain {
        output.push(Object::new("securestring").with("plain", value).value());
        return Ok(());
    }
    let key = call.bound.get("key").and_then(Value::byte_list);
    let decrypted = match (name, value.exact(), key) {
        ("convertto-securestring", Some(text), Some(key)) => {
            engine.budget.work(text.len())?;
            secure::decrypted(&text, &key)
        }
        _ => None,
    };
    if let Some(plain) = decrypted {
        if dotnet::is_worth_reading(&plain) {
            engine.read_layer("securestring", &plain);
        }
        let plain = Value::text(plain);
        output.push(Object::new("securestring").with("plain", plain).value());
        return Ok(());
    }
    let place = engine.place();
    output.push(engine.unknown(place));
    Ok(())
}

pub(super) fn join_path(call: &Invocation, output: &mut Vec<Value>) -> Eval<()> {
    let path = call.bound.text("path").unwrap_or_default();
    let child = call.bound.text("childpath").unwrap_or_default();
    output.push(Value::of_text(dotnet::joined_path(path, &child)));
    Ok(())
}

pub(super) fn split_path(
    engine: &mut Engine<'_, '_>,
    call: &Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let path = call.value_or_input("path");
    let part = path.exact().map(|path| {
        let (parent, leaf) = path.rsplit_once('\\').unwrap_or(("", &path));
        if call.bound.has("leaf") {
            leaf.to_owned()
        } else {
            parent.to_owned()
        }
    });
    match part {
        Some(part) => output.extend(cast(&Value::of_text(Text::known(part)), "string")),
        None => output.push(engine.unknown_text()),
    }
    Ok(())
}
