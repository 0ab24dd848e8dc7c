//! Cmdlets that work on what flows through a pipeline.

use super::super::ast::{BinaryOp, Case, Comparison};
use super::super::dotnet;
use super::super::engine::{Engine, Eval, Stop};
use super::super::value::{Closure, Value};
use super::Invocation;
use crate::script::Text;
use std::rc::Rc;

fn closure_of(value: &Value) -> Option<Rc<Closure>> {
    match value {
        Value::Block(closure) => Some(Rc::clone(closure)),
        _ => None,
    }
}

/// `… | % { … }` or `… | % Member`
pub(super) fn foreach(
    engine: &mut Engine<'_, '_>,
    mut call: Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let items = call.items("inputobject");
    let mut blocks: Vec<Value> = call.bound.get("begin").cloned().into_iter().collect();
    blocks.extend(call.bound.get("process").map(Value::items).unwrap_or_default());
    blocks.extend(std::mem::take(&mut call.bound.rest));
    if let [Value::Str(name)] = blocks.as_slice() {
        let name = name.as_str().to_owned();
        return each_member(engine, &items, &name, &call, output);
    }
    let named_end = call.bound.get("end").and_then(closure_of);
    let blocks: Vec<_> = blocks.iter().filter_map(closure_of).collect();
    // Of several blocks the first begins; of more than two the last ends, unless another one is named.
    let begins = usize::from(blocks.len() > 1);
    let ends = usize::from(blocks.len() > 2 && named_end.is_none());
    let (begin, rest) = blocks.split_at(begins);
    let (process, end) = rest.split_at(rest.len() - ends);
    for closure in begin {
        engine.call_block_here(closure, output)?;
    }
    let outer = engine.variable("_").unwrap_or(Value::Null);
    // Items in an order that is not known, or that may be missing, are taken one by one, each from where all began.
    let loose = match items.as_slice() {
        [only] => dotnet::loose(only),
        _ => None,
    };
    let in_order = loose.is_none();
    for item in loose.unwrap_or(items) {
        let sure = in_order && !matches!(item, Value::Unknown(_));
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
    for closure in end.iter().chain(&named_end) {
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

/// `… | ? { … }`: what is not surely dropped goes on, told to be unsure.
pub(super) fn filter(engine: &mut Engine<'_, '_>, mut call: Invocation, output: &mut Vec<Value>) -> Eval<()> {
    let items = call.items("inputobject");
    let Some(Value::Block(closure)) = call.bound.get("filterscript").cloned() else {
        return filter_by_property(engine, items, &call, output);
    };
    let outer = engine.variable("_").unwrap_or(Value::Null);
    let loose = match items.as_slice() {
        [only] => dotnet::loose(only),
        _ => None,
    };
    let unordered = items
        .first()
        .is_some_and(|item| dotnet::unordered(item).is_some());
    let mut kept = Kept {
        in_order: loose.is_none(),
        sure: loose.is_none() || unordered,
        ..Kept::default()
    };
    for item in loose.unwrap_or(items) {
        engine.set_variable("_", item.clone());
        let mut result = Vec::new();
        match engine.call_block_here(&closure, &mut result) {
            Ok(()) | Err(Stop::Return) => {}
            Err(other) => return Err(other),
        }
        kept.take(item, Value::collapse(result).truth());
    }
    engine.set_variable("_", outer);
    output.extend(kept.values());
    Ok(())
}

/// What a filter keeps.
pub(in super::super) struct Kept {
    pub(in super::super) items: Vec<Value>,
    /// All of them are surely kept.
    pub(in super::super) sure: bool,
    pub(in super::super) in_order: bool,
}

impl Default for Kept {
    fn default() -> Self {
        Kept {
            items: Vec::new(),
            sure: true,
            in_order: true,
        }
    }
}

impl Kept {
    pub(in super::super) fn take(&mut self, item: Value, truth: Option<bool>) {
        match truth {
            Some(false) => return,
            Some(true) => {}
            // What is not known may be nothing as well.
            None => self.sure &= matches!(item, Value::Unknown(_)),
        }
        self.items.push(item);
    }

    /// The items; where one may be missing, or none is known to be the first, one value that holds them.
    pub(in super::super) fn values(self) -> Vec<Value> {
        match (self.items.len(), self.sure) {
            (0, _) => self.items,
            (_, false) => vec![dotnet::unsure(self.items)],
            (1, true) => self.items,
            (_, true) if self.in_order => self.items,
            (_, true) => vec![dotnet::in_some_order(self.items, false)],
        }
    }
}

/// `… | ? Name -like x`
fn filter_by_property(
    engine: &mut Engine<'_, '_>,
    items: Vec<Value>,
    call: &Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let comparison = comparison(call);
    let property = call
        .bound
        .exact("filterscript")
        .or_else(|| call.bound.exact("property"))
        .unwrap_or_default();
    let mut kept = Kept::default();
    for item in items {
        let value = dotnet::member(engine, &item, &property, false)?;
        let truth = match &comparison {
            Some((comparison, case, wanted)) => {
                engine.compare_one(*comparison, *case, &value, wanted, false)?
            }
            None if call.bound.has("not") => value.truth().map(|truth| !truth),
            None => value.truth(),
        };
        kept.take(item, truth);
    }
    output.extend(kept.values());
    Ok(())
}

/// The operator of `Where-Object Name -like x`, and what stands on its right.
fn comparison(call: &Invocation) -> Option<(Comparison, Case, Value)> {
    let words = [
        "eq",
        "ne",
        "gt",
        "ge",
        "lt",
        "le",
        "like",
        "notlike",
        "match",
        "notmatch",
        "contains",
        "notcontains",
        "in",
        "notin",
    ];
    let spelled = words
        .iter()
        .flat_map(|word| ["", "i", "c"].map(|prefix| format!("{prefix}{word}")));
    for word in spelled {
        let (Some(given), Some(BinaryOp::Compare(comparison, case))) =
            (call.bound.get(&word), BinaryOp::of_word(&word))
        else {
            continue;
        };
        // As a switch it is followed by the value; as a name that the table lacks it has taken it.
        let value = match given {
            Value::Bool(true) => call.bound.get("value").cloned().unwrap_or(Value::Null),
            other => other.clone(),
        };
        return Some((comparison, case, value));
    }
    None
}

/// `Out-String`: each text on its line.
pub(super) fn out_string(
    engine: &mut Engine<'_, '_>,
    mut call: Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let items = call.items("inputobject");
    let mut text = Text::default();
    let end = if call.bound.has("nonewline") { "" } else { "\r\n" };
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
        text = text.join(item.to_text()).join(Text::known(end));
    }
    output.push(Value::of_text(text));
    Ok(())
}
