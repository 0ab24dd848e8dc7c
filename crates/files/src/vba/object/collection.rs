//! Dictionaries and collections.

use super::invoke::Call;
use crate::vba::convert::{integer, known};
use crate::vba::evaluate::Evaluator;
use crate::vba::fault::{Eval, Stop};
use crate::vba::value::{Array, Value};
use std::rc::Rc;

impl Evaluator<'_, '_> {
    pub(super) fn dictionary_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        let Some(object) = self.state.object(call.object) else {
            return Ok(None);
        };
        let key = call.value(0);
        Ok(Some(match call.member {
            "add" => {
                if !key.is_unknown() && entry(&object.entries, &key).is_some() {
                    return Err(Stop::Fault(457));
                }
                self.charge_entry()?;
                self.set_entry(call.object, std::slice::from_ref(&key), call.value(1));
                Value::Empty
            }
            "exists" => match entry(&object.entries, &key) {
                Some(_) => Value::Bool(true),
                None if key.is_unknown() => self.unknown_member(call),
                None => Value::Bool(false),
            },
            "count" => Value::count(object.entries.len()),
            "keys" => list(object.entries.iter().map(|(key, _)| key.clone()), call)?,
            "items" => list(object.entries.iter().map(|(_, item)| item.clone()), call)?,
            "" | "item" if !call.values.is_empty() => match entry(&object.entries, &key) {
                Some(at) => object
                    .entries
                    .get(at)
                    .map_or(Value::Empty, |(_, item)| item.clone()),
                None if key.is_unknown() => self.unknown_member(call),
                None => Value::Empty,
            },
            "remove" => {
                let at = entry(&object.entries, &key);
                if let (Some(at), Some(object)) = (at, self.state.object_mut(call.object)) {
                    object.entries.remove(at);
                }
                Value::Empty
            }
            "removeall" => {
                if let Some(object) = self.state.object_mut(call.object) {
                    object.entries.clear();
                }
                Value::Empty
            }
            _ => return Ok(None),
        }))
    }

    fn charge_entry(&mut self) -> Eval<()> {
        Ok(self.budget.build(2 * size_of::<Value>())?)
    }

    /// Sets the item of a key.
    pub(super) fn set_entry(&mut self, object: usize, keys: &[Value], value: Value) {
        let key = keys.first().cloned().unwrap_or(Value::Empty);
        if self.budget.build(2 * size_of::<Value>()).is_err() {
            return;
        }
        if let Some(object) = self.state.object_mut(object) {
            match entry(&object.entries, &key) {
                Some(at) => {
                    if let Some((_, item)) = object.entries.get_mut(at) {
                        *item = value;
                    }
                }
                None => object.entries.push((key, value)),
            }
        }
    }

    pub(super) fn collection_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        let Some(object) = self.state.object(call.object) else {
            return Ok(None);
        };
        Ok(Some(match call.member {
            "add" => {
                let before = call.values.get(2).filter(|value| **value != Value::Missing);
                let after = call.values.get(3).filter(|value| **value != Value::Missing);
                let entries = &object.entries;
                let key = call.value(1);
                if let (Value::Text(_), Ok(_)) = (&key, collected(entries, &key)) {
                    return Err(Stop::Fault(457));
                }
                let at = match (before, after) {
                    (Some(before), _) => collected(entries, before)?,
                    (None, Some(after)) => collected(entries, after)? + 1,
                    (None, None) => entries.len(),
                };
                self.charge_entry()?;
                if let Some(object) = self
                    .state
                    .object_mut(call.object)
                    .filter(|object| at <= object.entries.len())
                {
                    object.entries.insert(at, (key, call.value(0)));
                }
                Value::Empty
            }
            "count" => Value::count(object.entries.len()),
            "" | "item" => {
                if call.value(0).is_unknown() {
                    return Ok(Some(self.unknown_member(call)));
                }
                let at = collected(&object.entries, &call.value(0))?;
                object
                    .entries
                    .get(at)
                    .map(|(_, item)| item.clone())
                    .ok_or(Stop::RANGE)?
            }
            "remove" => {
                let at = collected(&object.entries, &call.value(0))?;
                if let Some(object) = self
                    .state
                    .object_mut(call.object)
                    .filter(|object| at < object.entries.len())
                {
                    object.entries.remove(at);
                }
                Value::Empty
            }
            _ => return Ok(None),
        }))
    }
}

fn entry(entries: &[(Value, Value)], key: &Value) -> Option<usize> {
    entries.iter().position(|(held, _)| same_key(held, key))
}

/// Numbers of all types are one key where they are equal.
fn same_key(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Text(_), _) | (_, Value::Text(_)) => false,
        (a, b) => {
            let number = |value: &Value| crate::vba::convert::double(value).ok().flatten();
            match (number(a), number(b)) {
                (Some(a), Some(b)) => a == b,
                _ => a == b,
            }
        }
    }
}

/// Returns the position in a collection, counted from 1 or by key.
fn collected(entries: &[(Value, Value)], index: &Value) -> Eval<usize> {
    if let Value::Text(_) = index {
        let name = known(index)?.map(|name| name.show().to_lowercase());
        return entries
            .iter()
            .position(|(key, _)| known(key).ok().flatten().map(|key| key.show().to_lowercase()) == name)
            .ok_or(Stop::INVALID);
    }
    let index = integer(index)?.ok_or(Stop::RANGE)?;
    usize::try_from(index - 1).map_err(|_| Stop::RANGE)
}

/// Returns a list as an array, or the element that an index asks for.
fn list(items: impl Iterator<Item = Value>, call: &Call<'_>) -> Eval<Value> {
    let mut items = items;
    match call.values.first() {
        Some(index) => {
            let at = integer(index)?
                .and_then(|at| usize::try_from(at).ok())
                .ok_or(Stop::RANGE)?;
            items.nth(at).ok_or(Stop::RANGE)
        }
        None => Ok(Value::Array(Rc::new(Array::of(items.collect(), 0)))),
    }
}
