//! Types as values: assemblies that are loaded, private fields that are changed.

use super::super::convert::type_name;
use super::super::engine::Engine;
use super::super::value::{Object, Value};
use crate::script::Action;
use std::rc::Rc;

/// Members whose change switches a defence off.
const DEFENCES: &[(&str, &str)] = &[
    ("amsi", "AMSI"),
    ("cachedgrouppolicysettings", "script block logging"),
    ("etwprovider", "event tracing"),
    ("m_enabled", "event tracing"),
    ("scriptblocklogging", "script block logging"),
];

/// A property of a type itself: `[Ref].Assembly`. Its name is not known to the letter: types are held in small letters.
pub(super) fn type_member(name: &str) -> Option<Value> {
    match name {
        "assembly" => Some(Object::new("reflection.assembly").value()),
        _ => None,
    }
}

/// A method of a type value: `.GetField('amsiInitFailed', …)`, `.GetMethod(…)`.
pub(super) fn type_method(
    engine: &mut Engine<'_, '_>,
    class: &str,
    name: &str,
    arguments: &[Value],
) -> Option<Value> {
    if engine.is_enumeration(class) {
        return engine.enumeration_call(class, name, arguments);
    }
    let member = arguments.first().map(Value::display).unwrap_or_default();
    engine.note();
    match name {
        "getfield" | "getproperty" => {
            Some(Object::new(format!("reflection.member:{class}.{member}")).value())
        }
        "getmethod" | "getmethods" | "getconstructor" => {
            Some(Object::new(format!("reflection.method:{class}.{member}")).value())
        }
        "invokemember" => None,
        _ => None,
    }
}

/// `$assembly.GetType(name)`
pub(super) fn assembly(name: &str, arguments: &[Value]) -> Option<Value> {
    match name {
        "gettype" => {
            let class = arguments.first()?;
            Some(Value::Type(Rc::new(type_name(&class.exact()?))))
        }
        _ => None,
    }
}

/// `$field.SetValue($null, $true)`
pub(super) fn member_call(engine: &mut Engine<'_, '_>, member: &str, name: &str) -> Option<Value> {
    if name == "setvalue" {
        disarm(engine, member);
        return Some(Value::Null);
    }
    engine.note();
    None
}

/// Records that a defence's private member is changed.
pub(super) fn disarm(engine: &mut Engine<'_, '_>, member: &str) {
    let lower = member.to_lowercase();
    if let Some((_, defence)) = DEFENCES.iter().find(|(sign, _)| lower.contains(sign)) {
        engine.effect(Action::Disarm {
            what: format!("{defence}: {member}"),
        });
    }
}

/// `[Reflection.Assembly]::Load(bytes)`; well-known assemblies by name are no effect.
pub(super) fn load(
    engine: &mut Engine<'_, '_>,
    class: &str,
    name: &str,
    arguments: &[Value],
) -> Option<Value> {
    let first = arguments.first();
    match name {
        "load" | "loadfile" | "loadfrom" | "unsafeloadfrom" | "reflectiononlyload" => {
            let code = first.and_then(|value| match value {
                Value::Bytes(_) | Value::Array(_) => value.byte_list(),
                _ => None,
            });
            let named = matches!(first, Some(Value::Str(_))) && name == "load";
            if !named {
                let what = if code.is_some() {
                    String::new()
                } else {
                    format!(" of {}", first.map(Value::display).unwrap_or_default())
                };
                engine.effect(Action::LoadCode {
                    how: format!("[{class}]::{name}{what}"),
                    code,
                });
            }
            Some(Object::new("reflection.assembly").value())
        }
        "loadwithpartialname" => Some(Object::new("reflection.assembly").value()),
        _ => None,
    }
}
