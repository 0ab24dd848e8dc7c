//! `Select-Object` and `Get-Unique`: some of the items, or some of their properties.

use super::super::ast::Case;
use super::super::compare;
use super::super::engine::{Engine, Eval};
use super::super::operate::ITEM;
use super::super::value::{Table, Value};
use super::Invocation;
use super::property::Property;
use std::cell::RefCell;
use std::rc::Rc;

/// `Select-Object -First 2 -Property Name`
pub(super) fn select(engine: &mut Engine<'_, '_>, mut call: Invocation, output: &mut Vec<Value>) -> Eval<()> {
    let items = call.items("inputobject");
    let items: Vec<Value> = items
        .into_iter()
        .filter(|item| !matches!(item, Value::Null))
        .collect();
    let Some(picked) = picked(&items, &call) else {
        return unknown(engine, output);
    };
    let made = match call.bound.get("expandproperty") {
        Some(property) => expanded(engine, picked, property)?,
        None => shaped(engine, picked, call.bound.get("property"))?,
    };
    let Some(made) = made else {
        return unknown(engine, output);
    };
    if !call.bound.has("unique") {
        output.extend(made);
        return Ok(());
    }
    let case = if call.bound.has("caseinsensitive") {
        Case::Insensitive
    } else {
        Case::Sensitive
    };
    match distinct(engine, made, case)? {
        Some(distinct) => output.extend(distinct),
        None => return unknown(engine, output),
    }
    Ok(())
}

fn unknown(engine: &mut Engine<'_, '_>, output: &mut Vec<Value>) -> Eval<()> {
    let place = engine.place();
    output.push(engine.unknown(place));
    Ok(())
}

/// The items that their places choose; `None` where a number is not known.
fn picked<'i>(items: &'i [Value], call: &Invocation) -> Option<Vec<&'i Value>> {
    let others = ["skipindex", "excludeproperty"];
    if others.iter().any(|name| call.bound.get(name).is_some()) {
        return None;
    }
    let count = |name: &str| match call.bound.get(name) {
        None => Some(None),
        Some(value) => usize::try_from(value.integer_value()?).ok().map(Some),
    };
    let (first, last) = (count("first")?, count("last")?);
    let (skip, skip_last) = (count("skip")?.unwrap_or(0), count("skiplast")?.unwrap_or(0));
    // An item that is not known may be none or many: behind it places are not known, nor before it from the end.
    let unknown = |items: &[Value]| items.iter().any(|item| matches!(item, Value::Unknown(_)));
    if unknown(items) {
        let one_end = match (first, last) {
            (Some(first), None) => items.get(..first.min(items.len()))?,
            (None, Some(last)) => items.get(items.len().saturating_sub(last)..)?,
            _ => items,
        };
        let plain = skip == 0 && skip_last == 0 && call.bound.get("index").is_none();
        let all = first.is_none() && last.is_none();
        if !plain || (!all && unknown(one_end)) {
            return None;
        }
    }
    if let Some(indexes) = call.bound.get("index") {
        let wanted: Option<Vec<i64>> = indexes.items().iter().map(Value::integer_value).collect();
        let wanted = wanted?;
        let places = items.iter().zip(0_i64..);
        let chosen = places.filter(|(_, place)| wanted.contains(place));
        return Some(chosen.map(|(item, _)| item).collect());
    }
    // With `-Last` alone what is skipped stands at the end.
    let (from, to) = match (first, last) {
        (None, Some(_)) => (0, items.len().saturating_sub(skip)),
        _ => (skip.min(items.len()), items.len().saturating_sub(skip_last)),
    };
    let rest = items.get(from..to).unwrap_or_default();
    let chosen = match (first, last) {
        (None, None) => rest.iter().collect(),
        (first, last) => {
            let head = first.unwrap_or(0).min(rest.len());
            let tail = rest.len().saturating_sub(last.unwrap_or(0)).max(head);
            let ends = rest.get(..head)?.iter().chain(rest.get(tail..)?);
            ends.collect()
        }
    };
    Some(chosen)
}

/// `-ExpandProperty`: the values themselves, item by item; those that are null are dropped.
fn expanded(engine: &mut Engine<'_, '_>, items: Vec<&Value>, property: &Value) -> Eval<Option<Vec<Value>>> {
    let Some(properties) = Property::list(Some(property)) else {
        return Ok(None);
    };
    let [property] = properties.as_slice() else {
        return Ok(None);
    };
    let mut values = Vec::new();
    for item in items {
        let value = property.value(engine, item)?;
        values.extend(
            value
                .items()
                .into_iter()
                .filter(|one| !matches!(one, Value::Null)),
        );
    }
    Ok(Some(values))
}

/// `-Property`: new objects with these properties.
fn shaped(
    engine: &mut Engine<'_, '_>,
    items: Vec<&Value>,
    properties: Option<&Value>,
) -> Eval<Option<Vec<Value>>> {
    let Some(given) = properties else {
        return Ok(Some(items.into_iter().cloned().collect()));
    };
    let Some(properties) = Property::list(Some(given)) else {
        return Ok(None);
    };
    let mut objects = Vec::new();
    for item in items {
        let mut table = Table::custom();
        for property in &properties {
            engine.budget.build(ITEM)?;
            let value = property.value(engine, item)?;
            table.set(Value::text(property.label.as_str()), value);
        }
        objects.push(Value::Hash(Rc::new(RefCell::new(table))));
    }
    Ok(Some(objects))
}

/// The items of which no equal came before; `None` where that is not known.
fn distinct(engine: &mut Engine<'_, '_>, items: Vec<Value>, case: Case) -> Eval<Option<Vec<Value>>> {
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        engine.budget.work(kept.len().saturating_mul(16))?;
        let mut fresh = Some(item.is_known());
        for one in &kept {
            match compare::equal(&item, one, case) {
                Some(true) => {
                    fresh = Some(false);
                    break;
                }
                Some(false) => {}
                None => fresh = None,
            }
        }
        match fresh {
            Some(true) => kept.push(item),
            Some(false) if item.is_known() => {}
            _ => return Ok(None),
        }
    }
    Ok(Some(kept))
}

/// `Get-Unique`: of items that follow each other and are equal, the first.
pub(super) fn adjacent(
    engine: &mut Engine<'_, '_>,
    mut call: Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let items = call.items("inputobject");
    let mut kept: Vec<Value> = Vec::new();
    if call.bound.has("ontype") {
        return unknown(engine, output);
    }
    for item in items {
        engine.budget.step()?;
        let equal = match kept.last() {
            Some(last) => compare::equal(&item, last, Case::Sensitive),
            None => item.is_known().then_some(false),
        };
        match equal {
            Some(true) => {}
            Some(false) => kept.push(item),
            None => return unknown(engine, output),
        }
    }
    output.extend(kept);
    Ok(())
}
