//! Cmdlets that work on what flows through a pipeline.

use super::super::ast::{Case, Comparison};
use super::super::compare;
use super::super::dotnet;
use super::super::engine::{Engine, Eval, Stop};
use super::super::value::Value;
use super::Invocation;
use crate::script::Text;
use std::rc::Rc;

/// `… | % { … }` or `… | % Member`
pub(super) fn foreach(
    engine: &mut Engine<'_, '_>,
    mut call: Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let items = call.items("inputobject");
    let mut blocks: Vec<Value> = call.bound.get("begin").cloned().into_iter().collect();
    let before = blocks.len();
    blocks.extend(call.bound.get("process").map(Value::items).unwrap_or_default());
    blocks.extend(std::mem::take(&mut call.bound.rest));
    blocks.extend(call.bound.get("end").cloned());
    if let [Value::Str(name)] = blocks.as_slice() {
        let name = name.as_str().to_owned();
        return each_member(engine, &items, &name, &call, output);
    }
    let blocks: Vec<_> = blocks
        .iter()
        .filter_map(|block| {
            if let Value::Block(closure) = block {
                Some(Rc::clone(closure))
            } else {
                None
            }
        })
        .collect();
    // Of several blocks, the first begins and the last ends.
    let (begin, rest) = if before > 0 || blocks.len() > 1 {
        blocks.split_at(1)
    } else {
        blocks.split_at(0)
    };
    let ends = usize::from(rest.len() > 1);
    let (process, end) = rest.split_at(rest.len() - ends);
    for closure in begin {
        engine.call_block_here(closure, output)?;
    }
    let outer = engine.variable("_").unwrap_or(Value::Null);
    for item in items {
        let sure = !matches!(item, Value::Unknown(_));
        for closure in process {
            engine.set_variable("_", item.clone());
            let result = if sure {
                engine.call_block_here(closure, output)
            } else {
                engine.perhaps_block(closure, output)
            };
            match result {
                Ok(()) | Err(Stop::Return) => {}
                Err(other) => return Err(other),
            }
        }
    }
    engine.set_variable("_", outer);
    for closure in end {
        engine.call_block_here(closure, output)?;
    }
    Ok(())
}

fn each_member(
    engine: &mut Engine<'_, '_>,
    items: &[Value],
    name: &str,
    call: &Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let arguments = call.bound.get("argumentlist").map(Value::items);
    for item in items {
        let value = if arguments.is_some() || dotnet::is_method(item, name) {
            dotnet::invoke(engine, item, name, false, arguments.clone().unwrap_or_default())?
        } else {
            dotnet::member(engine, item, name, false)?
        };
        output.extend(value.items());
    }
    Ok(())
}

/// `… | ? { … }`: what is not surely dropped goes on.
pub(super) fn filter(engine: &mut Engine<'_, '_>, mut call: Invocation, output: &mut Vec<Value>) -> Eval<()> {
    let items = call.items("inputobject");
    let Some(Value::Block(closure)) = call.bound.get("filterscript").cloned() else {
        return filter_by_property(engine, items, &call, output);
    };
    let outer = engine.variable("_").unwrap_or(Value::Null);
    for item in items {
        engine.set_variable("_", item.clone());
        let mut result = Vec::new();
        match engine.call_block_here(&closure, &mut result) {
            Ok(()) | Err(Stop::Return) => {}
            Err(other) => return Err(other),
        }
        if Value::collapse(result).truth() != Some(false) {
            output.push(item);
        }
    }
    engine.set_variable("_", outer);
    Ok(())
}

/// `… | ? Name -like x`
fn filter_by_property(
    engine: &mut Engine<'_, '_>,
    items: Vec<Value>,
    call: &Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let comparison = [
        ("eq", Comparison::Equal),
        ("ne", Comparison::NotEqual),
        ("like", Comparison::Like),
        ("notlike", Comparison::NotLike),
        ("match", Comparison::Match),
        ("gt", Comparison::Greater),
        ("ge", Comparison::GreaterEqual),
        ("lt", Comparison::Less),
        ("le", Comparison::LessEqual),
    ]
    .into_iter()
    .find(|(name, _)| call.bound.has(name))
    .map(|(_, comparison)| comparison);
    let property = call
        .bound
        .exact("filterscript")
        .or_else(|| call.bound.exact("property"))
        .unwrap_or_default();
    let wanted = call.bound.get("value").cloned().unwrap_or(Value::Null);
    for item in items {
        let value = dotnet::member(engine, &item, &property, false)?;
        let kept = match comparison {
            Some(comparison) => compare::compare(comparison, Case::Insensitive, &value, &wanted),
            None => value.truth(),
        };
        if kept != Some(false) {
            output.push(item);
        }
    }
    Ok(())
}

/// `Select-Object -First 2`, `Sort-Object -Descending`, …
pub(super) fn select(
    engine: &mut Engine<'_, '_>,
    name: &str,
    mut call: Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let items = call.items("inputobject");
    if let Some(property) = call.bound.exact("expandproperty") {
        for item in &items {
            let value = dotnet::member(engine, item, &property, false)?;
            output.extend(value.items());
        }
        return Ok(());
    }
    if name != "select-object" || call.bound.has("unique") {
        return sort(engine, items, &call, output);
    }
    let count = |name: &str| {
        call.bound
            .get(name)
            .and_then(Value::integer_value)
            .and_then(|n| usize::try_from(n).ok())
    };
    let skipped = items.len().min(count("skip").unwrap_or(0));
    let rest = items.get(skipped..).unwrap_or_default();
    if let Some(indexes) = call.bound.get("index") {
        let wanted = indexes.items();
        let wanted: Vec<i64> = wanted.iter().filter_map(Value::integer_value).collect();
        let picked = rest
            .iter()
            .enumerate()
            .filter(|(place, _)| wanted.contains(&(*place as i64)));
        output.extend(picked.map(|(_, item)| item.clone()));
        return Ok(());
    }
    let rest = match (count("first"), count("last")) {
        (Some(first), _) => rest.get(..first.min(rest.len())),
        (None, Some(last)) => rest.get(rest.len().saturating_sub(last)..),
        (None, None) => Some(rest),
    };
    output.extend_from_slice(rest.unwrap_or_default());
    Ok(())
}

/// Numbers sort by value; the order of texts depends on the culture and stays unknown.
fn sort(
    engine: &mut Engine<'_, '_>,
    items: Vec<Value>,
    call: &Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let numbers: Option<Vec<i64>> = items
        .iter()
        .map(|item| {
            if let Value::Int(_, n) = item {
                Some(*n)
            } else {
                None
            }
        })
        .collect();
    let simple = numbers.is_some() && call.bound.get("property").is_none();
    if !simple || call.bound.has("unique") {
        let place = engine.place();
        output.push(engine.unknown(place));
        return Ok(());
    }
    let mut items = items;
    items.sort_by_key(|item| item.integer_value().unwrap_or(0));
    if call.bound.has("descending") {
        items.reverse();
    }
    output.extend(items);
    Ok(())
}

/// A cmdlet whose result is not computed.
pub(super) fn opaque(engine: &mut Engine<'_, '_>, _call: Invocation, output: &mut Vec<Value>) -> Eval<()> {
    let place = engine.place();
    output.push(engine.unknown(place));
    Ok(())
}

/// `Out-String`: each text on its line.
pub(super) fn out_string(
    engine: &mut Engine<'_, '_>,
    mut call: Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let items = call.items("inputobject");
    let mut text = Text::default();
    if call.bound.has("stream") {
        for item in items {
            let text = if matches!(item, Value::Str(_) | Value::Mixed(_)) {
                item
            } else {
                engine.unknown_text()
            };
            output.push(text);
        }
        return Ok(());
    }
    for item in &items {
        if !matches!(item, Value::Str(_) | Value::Mixed(_)) {
            output.push(engine.unknown_text());
            return Ok(());
        }
        text = text.join(item.to_text()).join(Text::known("\r\n"));
    }
    output.push(Value::of_text(text));
    Ok(())
}
