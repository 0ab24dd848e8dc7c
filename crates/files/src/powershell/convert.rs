//! Conversions: to numbers, characters, booleans, bytes; casts by type name.

use super::engine::number_of;
use super::scanner::Scanner;
use super::value::{IntKind, Object, State, Table, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// A number that arithmetic works on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Int(i64),
    Double(f64),
}

impl Number {
    pub(super) fn double(self) -> f64 {
        match self {
            Number::Int(n) => n as f64,
            Number::Double(n) => n,
        }
    }
}

impl Value {
    /// Returns the value as a number, as PowerShell converts operands; `None` where that fails or is unknown.
    pub(super) fn number(&self) -> Option<Number> {
        match self {
            Value::Null => Some(Number::Int(0)),
            Value::Bool(b) => Some(Number::Int(i64::from(*b))),
            Value::Int(_, n) => Some(Number::Int(*n)),
            Value::Double(n) => Some(Number::Double(*n)),
            Value::Char(unit) => Some(Number::Int(i64::from(*unit))),
            Value::Str(text) => parse_number(text.as_str()),
            Value::Object(_) => number_of(self).map(|(_, n)| Number::Int(n)),
            _ => None,
        }
    }

    /// Returns the value as an integer; doubles round half to even.
    pub(super) fn integer_value(&self) -> Option<i64> {
        match self.number()? {
            Number::Int(n) => Some(n),
            Number::Double(n) => {
                let rounded = n.round_ties_even();
                (rounded.abs() < 9e18).then_some(rounded as i64)
            }
        }
    }

    /// Returns the truth of the value; `None` where it is unknown.
    pub(super) fn truth(&self) -> Option<bool> {
        Some(match self {
            Value::Null => false,
            Value::Bool(b) => *b,
            Value::Int(_, n) => *n != 0,
            Value::Double(n) => *n != 0.0,
            Value::Char(unit) => *unit != 0,
            Value::Str(text) => !text.as_str().is_empty(),
            Value::Mixed(text) => {
                let some = text
                    .parts()
                    .iter()
                    .any(|part| matches!(part, crate::script::Part::Known(_)));
                return some.then_some(true);
            }
            Value::Unknown(_) => return None,
            Value::Bytes(bytes) => match bytes.borrow().as_slice() {
                [] => false,
                [one] => *one != 0,
                _ => true,
            },
            Value::Array(items) => return truth_of_list(&items.borrow()),
            Value::Object(object) if is_list_class(&object.borrow().class) => {
                return match &object.borrow().state {
                    State::List(items) => truth_of_list(items),
                    _ => None,
                };
            }
            // The enumerator that is zero may be either.
            Value::Object(_) if matches!(number_of(self), Some((_, 0))) => return None,
            Value::Hash(_) | Value::Block(_) | Value::Type(_) | Value::Object(_) => true,
        })
    }

    /// Returns the value as one UTF-16 unit.
    pub(super) fn unit(&self) -> Option<u16> {
        match self {
            Value::Char(unit) => Some(*unit),
            Value::Str(text) if text.units() == 1 => text.unit(0),
            Value::Str(_) => None,
            Value::Double(_) | Value::Bool(_) | Value::Null => None,
            other => u16::try_from(other.integer_value()?).ok(),
        }
    }

    /// Returns the bytes of a `byte[]`, or of a list in which every item is a byte.
    pub(super) fn byte_list(&self) -> Option<Vec<u8>> {
        match self {
            Value::Bytes(bytes) => Some(bytes.borrow().clone()),
            Value::Array(items) => items.borrow().iter().map(Value::one_byte).collect(),
            Value::Object(object) => match &object.borrow().state {
                State::List(items) => items.iter().map(Value::one_byte).collect(),
                _ => None,
            },
            other => other.one_byte().map(|byte| vec![byte]),
        }
    }

    fn one_byte(&self) -> Option<u8> {
        match self {
            Value::Null => Some(0),
            known => u8::try_from(known.integer_value()?).ok(),
        }
    }
}

/// A list is as true as its only item, of which a list is true where it is not empty.
fn truth_of_list(items: &[Value]) -> Option<bool> {
    match items {
        [] => Some(false),
        [one] if one.is_list() => Some(!one.items().is_empty()),
        [one] => one.truth(),
        _ => Some(true),
    }
}

/// Whether objects of a class are lists by their interface, as queues and stacks are not.
fn is_list_class(class: &str) -> bool {
    class == "collections.arraylist"
        || class.starts_with("collections.generic.list")
        || class == "collections.objectmodel.collection"
}

/// Returns the text of a globally unique identifier in its usual form.
fn guid(text: &str) -> Option<String> {
    let inner = text.trim();
    let braced = inner.strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
    let inner = braced.unwrap_or(inner);
    let parts: Vec<&str> = inner.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let hex = inner.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    (hex && lengths == [8, 4, 4, 4, 12]).then(|| inner.to_ascii_lowercase())
}

/// Reads a number as PowerShell converts a string: blanks around, a sign, hexadecimal, a unit.
fn parse_number(text: &str) -> Option<Number> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Number::Int(0));
    }
    let (negative, body) = match text.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut scan = Scanner::new(body);
    let number = scan.number()?;
    if !scan.at_end() {
        return None;
    }
    match number {
        Value::Int(_, n) if negative => Some(Number::Int(n.checked_neg()?)),
        Value::Int(_, n) => Some(Number::Int(n)),
        Value::Double(n) => Some(Number::Double(if negative { -n } else { n })),
        _ => None,
    }
}

/// Returns the canonical name of a type as it is written between brackets: lower case, without `System.`, the
/// short names of the language resolved.
pub(super) fn type_name(written: &str) -> String {
    let lower = written.to_ascii_lowercase();
    let (body, arrays) = match lower.find("[]") {
        Some(at) => lower.split_at(at),
        None => (lower.as_str(), ""),
    };
    let body = body.split(',').next().unwrap_or(body).trim();
    let body = body.strip_prefix("system.").unwrap_or(body);
    let body = match body {
        "int" => "int32",
        "long" => "int64",
        "short" => "int16",
        "ushort" => "uint16",
        "uint" => "uint32",
        "ulong" => "uint64",
        "float" => "single",
        "bool" => "boolean",
        "ref" => "management.automation.psreference",
        "scriptblock" => "management.automation.scriptblock",
        "wmiclass" => "management.managementclass",
        "hashtable" => "collections.hashtable",
        "regex" => "text.regularexpressions.regex",
        "xml" => "xml.xmldocument",
        "array" => "array",
        "wmi" => "management.managementobject",
        "ipaddress" => "net.ipaddress",
        "pscustomobject" => "management.automation.pscustomobject",
        "psobject" => "management.automation.psobject",
        other => other,
    };
    format!("{body}{arrays}")
}

/// Returns the integer type of a canonical name.
pub(super) fn int_kind(name: &str) -> Option<IntKind> {
    Some(match name {
        "byte" => IntKind::Byte,
        "sbyte" => IntKind::SByte,
        "int16" => IntKind::Int16,
        "uint16" => IntKind::UInt16,
        "int32" => IntKind::Int32,
        "uint32" => IntKind::UInt32,
        "int64" => IntKind::Int64,
        "uint64" => IntKind::UInt64,
        _ => return None,
    })
}

/// Casts a value to a type by its canonical name; `None` where the cast fails, or its result is not known.
pub(super) fn cast(value: &Value, name: &str) -> Option<Value> {
    if let Some(item) = name.strip_suffix("[]") {
        return cast_list(value, item);
    }
    if let Some(kind) = int_kind(name) {
        let n = value.integer_value()?;
        return kind.holds(n).then_some(Value::Int(kind, n));
    }
    match name {
        "string" => Some(Value::of_text(value.to_text())),
        "char" => value.unit().map(Value::Char),
        "boolean" | "switch" => value.truth().map(Value::Bool),
        "double" => value.number().map(|n| Value::Double(n.double())),
        // A number that 32 bits do not hold is another number afterwards, and is written otherwise.
        "single" => value
            .number()
            .map(Number::double)
            .filter(|n| f64::from(*n as f32) == *n)
            .map(Value::Double),
        "array" => Some(if value.is_list() || matches!(value, Value::Null) {
            value.clone()
        } else {
            Value::array(vec![value.clone()])
        }),
        "void" => Some(Value::Null),
        "object" | "intptr" | "uintptr" | "management.automation.psreference" => Some(value.clone()),
        "type" => Some(Value::Type(Rc::new(type_name(value.as_str()?)))),
        "io.memorystream" => Some(memory_stream(value.byte_list())),
        "xml.xmldocument" => super::dotnet::xml_document(&value.exact()?),
        "uri" | "net.ipaddress" | "version" => {
            Some(Object::new(name).with("tostring", value.clone()).value())
        }
        // How a date is written is not how it was spelled.
        "datetime" => Some(Object::new(name).value()),
        "guid" => {
            let object = Object::new(name);
            Some(match value.exact().and_then(|text| guid(&text)) {
                Some(text) => object.with("tostring", Value::text(text)).value(),
                None => object.value(),
            })
        }
        "text.regularexpressions.regex" => super::dotnet::pattern_object(value, None),
        "ordered" => match value {
            Value::Hash(table) => {
                let mut table: Table = table.borrow().clone();
                table.ordered = true;
                Some(Value::Hash(Rc::new(RefCell::new(table))))
            }
            _ => None,
        },
        "management.automation.pscustomobject" => match value {
            Value::Hash(table) => {
                let mut table: Table = table.borrow().clone();
                table.custom = true;
                Some(Value::Hash(Rc::new(RefCell::new(table))))
            }
            other => Some(other.clone()),
        },
        "collections.hashtable" | "management.automation.scriptblock" | "management.automation.psobject" => {
            Some(value.clone())
        }
        _ => None,
    }
}

/// A stream over bytes.
pub(super) fn memory_stream(bytes: Option<Vec<u8>>) -> Value {
    let state = State::Stream {
        bytes,
        at: 0,
        by: None,
    };
    Object::holding("io.memorystream", state).value()
}

fn cast_list(value: &Value, item: &str) -> Option<Value> {
    match (item, value) {
        (_, Value::Null) => Some(Value::Null),
        ("byte", Value::Mixed(_) | Value::Unknown(_)) => None,
        ("byte", _) => value.byte_list().map(Value::bytes),
        ("char", Value::Str(text)) => {
            let units = text.as_str().encode_utf16().map(Value::Char).collect();
            Some(Value::array(units))
        }
        (_, Value::Mixed(_) | Value::Unknown(_)) => None,
        ("object", _) => Some(Value::array(value.items())),
        _ => {
            let items: Option<Vec<Value>> = value.items().iter().map(|one| cast(one, item)).collect();
            items.map(Value::array)
        }
    }
}
