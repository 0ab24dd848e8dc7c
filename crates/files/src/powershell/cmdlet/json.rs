//! `ConvertFrom-Json` and `ConvertTo-Json`, as far as all releases agree.

use super::super::engine::{Engine, Eval};
use super::super::operate::ITEM;
use super::super::value::{Table, Value};
use super::Invocation;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Levels that every release reads.
const MOST_DEPTH: usize = 64;

/// Levels that may be asked for (about `ConvertTo-Json -Depth`).
const MOST_LEVELS: i64 = 100;

/// Levels that are written where nothing else is asked for.
const DEFAULT_DEPTH: i64 = 2;

/// A text of JSON, read. The order of an object's members is kept.
enum Node {
    Null,
    Bool(bool),
    Integer(i64),
    /// Releases read fractions as different types, which show different digits.
    Fraction,
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

struct Reader;

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(i64::try_from(value).map_or(Node::Fraction, Node::Integer))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Fraction)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Node::Object(object))
    }
}

/// `$text | ConvertFrom-Json`: several lines are one text, unless the first is one by itself.
pub(super) fn read(engine: &mut Engine<'_, '_>, mut call: Invocation, output: &mut Vec<Value>) -> Eval<()> {
    let tables = call.bound.has("ashashtable");
    let texts: Option<Vec<String>> = call.items("inputobject").iter().map(Value::exact).collect();
    let place = engine.place();
    let Some(texts) = texts else {
        output.push(engine.unknown(place));
        return Ok(());
    };
    let length = texts.iter().map(String::len).sum();
    engine.budget.work(length)?;
    engine.budget.build(length)?;
    let alone = texts.first().is_some_and(|first| parsed(first).is_some());
    let texts = if alone { texts } else { vec![texts.join("\r\n")] };
    for text in texts {
        let value = match parsed(&text) {
            Some(node) => value_of(engine, node, tables, 0)?,
            None => None,
        };
        output.push(value.unwrap_or_else(|| engine.unknown(place)));
    }
    Ok(())
}

fn parsed(text: &str) -> Option<Node> {
    serde_json::from_str(text).ok()
}

/// What an evaluation holds for a node; `None` where releases differ or refuse it.
fn value_of(engine: &mut Engine<'_, '_>, node: Node, tables: bool, depth: usize) -> Eval<Option<Value>> {
    if depth > MOST_DEPTH {
        return Ok(None);
    }
    engine.budget.step()?;
    engine.budget.build(ITEM)?;
    Ok(Some(match node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(value),
        Node::Integer(n) => Value::integer(n),
        Node::Fraction => Value::unknown("a fraction in JSON"),
        Node::Text(text) if is_date(&text) => Value::unknown("a date in JSON"),
        Node::Text(text) => Value::text(text),
        Node::List(nodes) => {
            let mut items = Vec::new();
            for node in nodes {
                match value_of(engine, node, tables, depth + 1)? {
                    Some(item) => items.push(item),
                    None => return Ok(None),
                }
            }
            Value::array(items)
        }
        Node::Object(members) => {
            let mut table = if tables { Table::default() } else { Table::custom() };
            for (name, node) in members {
                let name = Value::text(name);
                let refused = name.as_str() == Some("") || table.get(&name).is_some();
                match value_of(engine, node, tables, depth + 1)? {
                    Some(value) if !refused => table.set(name, value),
                    _ => return Ok(None),
                }
            }
            Value::table(table)
        }
    }))
}

/// Whether some release takes a text for a date.
fn is_date(text: &str) -> bool {
    let shape = |text: &str| {
        text.chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .take(11)
            .collect::<String>()
    };
    text.starts_with("/Date(") || shape(text) == "0000-00-00T"
}

/// `$value | ConvertTo-Json -Compress`: how other texts are laid out is the release's.
pub(super) fn write(engine: &mut Engine<'_, '_>, mut call: Invocation, output: &mut Vec<Value>) -> Eval<()> {
    let piped = call.input.is_some();
    let value = match call.bound.get("inputobject") {
        Some(value) if !piped => value.clone(),
        _ => Value::collapse(call.items("inputobject")),
    };
    let depth = match call.bound.get("depth") {
        Some(depth) => depth
            .integer_value()
            .filter(|depth| (0..=MOST_LEVELS).contains(depth)),
        None => Some(DEFAULT_DEPTH),
    };
    let others = ["asarray", "escapehandling"];
    let others = others.iter().any(|name| call.bound.get(name).is_some());
    let simple = matches!(
        value,
        Value::Str(_) | Value::Int(..) | Value::Bool(_) | Value::Null
    );
    let mut text = String::new();
    engine.budget.work(value.weight())?;
    let written = match depth {
        Some(depth) if !others && (simple || call.bound.has("compress")) => {
            let most = engine.budget.limits().value_bytes;
            put(&value, depth, most, &mut text)
        }
        _ => None,
    };
    engine.budget.build(text.len())?;
    let text = match written {
        Some(()) => Value::text(text),
        None => engine.unknown_text(),
    };
    output.push(text);
    Ok(())
}

/// Writes a value; `None` where its form is not known.
fn put(value: &Value, depth: i64, most: u64, text: &mut String) -> Option<()> {
    if text.len() as u64 > most {
        return None;
    }
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Int(_, n) => text.push_str(&n.to_string()),
        Value::Str(known) => put_text(known.as_str(), text)?,
        Value::Char(_) => put_text(&value.exact()?, text)?,
        Value::Array(items) => {
            let inner = depth.checked_sub(1).filter(|inner| *inner >= -1)?;
            text.push('[');
            for (place, item) in items.borrow().iter().enumerate() {
                text.push_str(if place > 0 { "," } else { "" });
                put_inside(item, inner, most, text)?;
            }
            text.push(']');
        }
        Value::Hash(table) => {
            let table = table.borrow();
            if !(table.ordered || table.entries().len() < 2) {
                return None;
            }
            let inner = depth.checked_sub(1).filter(|inner| *inner >= -1)?;
            text.push('{');
            for (place, (name, value)) in table.entries().iter().enumerate() {
                text.push_str(if place > 0 { "," } else { "" });
                put_text(name.as_str()?, text)?;
                text.push(':');
                put_inside(value, inner, most, text)?;
            }
            text.push('}');
        }
        _ => return None,
    }
    Some(())
}

/// Below the last level that is asked for, lists and objects become texts of another form.
fn put_inside(value: &Value, depth: i64, most: u64, text: &mut String) -> Option<()> {
    let holds = matches!(value, Value::Array(_) | Value::Hash(_));
    if holds && depth < 0 {
        return None;
    }
    put(value, depth, most, text)
}

/// Writes a text in quotes. Releases differ in what else they escape.
fn put_text(known: &str, text: &mut String) -> Option<()> {
    text.push('"');
    for c in known.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\'' | '<' | '>' | '&' => return None,
            c if c.is_ascii_graphic() || c == ' ' => text.push(c),
            _ => return None,
        }
    }
    text.push('"');
    Some(())
}
