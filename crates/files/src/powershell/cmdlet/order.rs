//! `Sort-Object`, `Group-Object` and `Compare-Object`: items put in order and side by side.
//!
//! The order of texts is the culture's, and of items that are equal the release's: what either decides is not known.

use super::super::ast::Case;
use super::super::compare;
use super::super::engine::{Engine, Eval};
use super::super::operate::ITEM;
use super::super::value::{Object, State, Table, Value};
use super::Invocation;
use super::property::Property;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::VecDeque;
use std::rc::Rc;

/// An item and what it is ordered by.
struct Keyed {
    item: Value,
    keys: Vec<Value>,
}

fn case_of(call: &Invocation) -> Case {
    if call.bound.has("casesensitive") {
        Case::Sensitive
    } else {
        Case::Insensitive
    }
}

/// Puts what is not known out.
fn unknown(engine: &mut Engine<'_, '_>, output: &mut Vec<Value>) -> Eval<()> {
    let place = engine.place();
    output.push(engine.unknown(place));
    Ok(())
}

/// Asks each item for its keys; items that are null are dropped, as the cmdlets do.
fn keyed(engine: &mut Engine<'_, '_>, items: Vec<Value>, properties: &[Property]) -> Eval<Vec<Keyed>> {
    let mut all = Vec::new();
    for item in items.into_iter().filter(|item| !matches!(item, Value::Null)) {
        engine.budget.step()?;
        let keys: Eval<Vec<Value>> = properties
            .iter()
            .map(|property| property.value(engine, &item))
            .collect();
        all.push(Keyed { item, keys: keys? });
    }
    Ok(all)
}

/// `… | Sort-Object -Property Name -Descending -Unique`
pub(super) fn sort(engine: &mut Engine<'_, '_>, mut call: Invocation, output: &mut Vec<Value>) -> Eval<()> {
    let items = call.items_in_any_order("inputobject");
    let Some(properties) = Property::list(call.bound.get("property")) else {
        return unknown(engine, output);
    };
    let all = keyed(engine, items, &properties)?;
    let down = call.bound.has("descending");
    let falls: Vec<bool> = properties
        .iter()
        .map(|property| property.descending.unwrap_or(down))
        .collect();
    let unique = call.bound.has("unique");
    let count = |name: &str| match call.bound.get(name) {
        None => Some(None),
        Some(count) => usize::try_from(count.integer_value()?).ok().map(Some),
    };
    let (Some(top), Some(bottom)) = (count("top"), count("bottom")) else {
        return unknown(engine, output);
    };
    let Some(sorted) = sorted(engine, all, &falls, case_of(&call), unique)? else {
        return unknown(engine, output);
    };
    let kept = match (top, bottom) {
        (Some(top), _) => sorted.get(..top.min(sorted.len())),
        (None, Some(bottom)) => sorted.get(sorted.len().saturating_sub(bottom)..),
        (None, None) => Some(sorted.as_slice()),
    };
    output.extend_from_slice(kept.unwrap_or_default());
    Ok(())
}

/// Sorts; `None` where the order is not known.
fn sorted(
    engine: &mut Engine<'_, '_>,
    all: Vec<Keyed>,
    falls: &[bool],
    case: Case,
    unique: bool,
) -> Eval<Option<Vec<Value>>> {
    engine.budget.build(all.len().saturating_mul(ITEM))?;
    engine.budget.work(all.len().saturating_mul(64))?;
    let Some(all) = merged(all, &|one, other| order(one, other, falls, case)) else {
        return Ok(None);
    };
    let mut kept: Vec<Keyed> = Vec::new();
    for next in all {
        if let Some(last) = kept.last()
            && order(last, &next, falls, case) == Some(Ordering::Equal)
        {
            if !same(&last.item, &next.item) {
                return Ok(None);
            }
            if unique {
                continue;
            }
        }
        kept.push(next);
    }
    Ok(Some(kept.into_iter().map(|one| one.item).collect()))
}

/// Sorts by merging. The order of a pair that is not known ends it: the standard library's sort may panic over an order that
/// is none. Items of which neither comes first may change their places.
fn merged<T>(items: Vec<T>, order: &impl Fn(&T, &T) -> Option<Ordering>) -> Option<Vec<T>> {
    let mut runs: VecDeque<VecDeque<T>> = items.into_iter().map(|item| VecDeque::from([item])).collect();
    loop {
        let Some(mut one) = runs.pop_front() else {
            return Some(Vec::new());
        };
        let Some(mut other) = runs.pop_front() else {
            return Some(one.into());
        };
        let mut run = VecDeque::with_capacity(one.len() + other.len());
        while let (Some(left), Some(right)) = (one.front(), other.front()) {
            let next = if order(left, right)?.is_gt() {
                other.pop_front()
            } else {
                one.pop_front()
            };
            run.extend(next);
        }
        run.append(&mut one);
        run.append(&mut other);
        runs.push_back(run);
    }
}

fn order(one: &Keyed, other: &Keyed, falls: &[bool], case: Case) -> Option<Ordering> {
    for ((left, right), falls) in one.keys.iter().zip(&other.keys).zip(falls) {
        let order = key_order(left, right, case)?;
        let order = if *falls { order.reverse() } else { order };
        if order.is_ne() {
            return Some(order);
        }
    }
    Some(Ordering::Equal)
}

/// Numbers compare with numbers and texts with texts; what a mixture comes to depends on the release.
fn key_order(left: &Value, right: &Value, case: Case) -> Option<Ordering> {
    let number = |value: &Value| matches!(value, Value::Int(..) | Value::Double(_));
    match (left, right) {
        (Value::Str(one), Value::Str(other)) if one == other => Some(Ordering::Equal),
        (Value::Str(_), Value::Str(_)) | (Value::Bool(_), Value::Bool(_)) => {
            compare::order(left, right, case)
        }
        _ if number(left) && number(right) => compare::order(left, right, case),
        _ => None,
    }
}

/// Whether two items are the same whichever of them comes first.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Str(one), Value::Str(other)) => one == other,
        (Value::Int(kind, one), Value::Int(other_kind, other)) => kind == other_kind && one == other,
        (Value::Object(one), Value::Object(other)) => Rc::ptr_eq(one, other),
        _ => false,
    }
}

/// A group of items with equal keys.
struct Group {
    keys: Vec<Value>,
    items: Vec<Value>,
}

/// `… | Group-Object -Property Name -AsHashTable`
pub(super) fn group(engine: &mut Engine<'_, '_>, mut call: Invocation, output: &mut Vec<Value>) -> Eval<()> {
    let items = call.items("inputobject");
    let Some(properties) = Property::list(call.bound.get("property")) else {
        return unknown(engine, output);
    };
    let case = case_of(&call);
    let all = keyed(engine, items, &properties)?;
    let Some(groups) = grouped(engine, all, case)? else {
        return unknown(engine, output);
    };
    if call.bound.has("ashashtable") {
        let mut table = Table::default();
        for group in groups {
            let key = match group.keys.as_slice() {
                [key] if !call.bound.has("asstring") => key.clone(),
                keys => Value::of_text(name_of(keys)),
            };
            table.set(key, Value::array(group.items));
        }
        output.push(Value::Hash(Rc::new(RefCell::new(table))));
        return Ok(());
    }
    // Windows PowerShell lists groups as they first come, later versions in the order of their keys.
    let in_order = groups.windows(2).all(|pair| match pair {
        [one, other] => {
            let mut keys = one.keys.iter().zip(&other.keys);
            keys.next()
                .is_some_and(|(one, other)| key_order(one, other, case) == Some(Ordering::Less))
        }
        _ => true,
    });
    if !in_order {
        return unknown(engine, output);
    }
    let bare = call.bound.has("noelement");
    output.extend(groups.into_iter().map(|group| object(group, bare)));
    Ok(())
}

fn grouped(engine: &mut Engine<'_, '_>, all: Vec<Keyed>, case: Case) -> Eval<Option<Vec<Group>>> {
    let mut groups: Vec<Group> = Vec::new();
    for next in all {
        engine.budget.work(groups.len().saturating_mul(64))?;
        let mut place = None;
        for (index, group) in groups.iter().enumerate() {
            match equal_keys(&group.keys, &next.keys, case) {
                Some(true) => {
                    place = Some(index);
                    break;
                }
                Some(false) => {}
                None => return Ok(None),
            }
        }
        match place.and_then(|index| groups.get_mut(index)) {
            Some(group) => group.items.push(next.item),
            None if next.keys.iter().all(Value::is_known) => groups.push(Group {
                keys: next.keys,
                items: vec![next.item],
            }),
            None => return Ok(None),
        }
    }
    Ok(Some(groups))
}

fn equal_keys(one: &[Value], other: &[Value], case: Case) -> Option<bool> {
    for (left, right) in one.iter().zip(other) {
        let equal = match (left, right) {
            // Here characters are compared by their numbers, whatever the case.
            (Value::Char(left), Value::Char(right)) => left == right,
            _ => compare::equal(left, right, case)?,
        };
        if !equal {
            return Some(false);
        }
    }
    Some(true)
}

/// The name of a group: its keys with commas between them.
fn name_of(keys: &[Value]) -> crate::script::Text {
    let keys: Vec<Value> = keys
        .iter()
        .filter(|key| !matches!(key, Value::Null))
        .cloned()
        .collect();
    super::super::value::join_text(&keys, &crate::script::Text::known(", "))
}

fn object(group: Group, bare: bool) -> Value {
    let mut object = Object::new("groupinfo")
        .with("name", Value::of_text(name_of(&group.keys)))
        .with("count", Value::count(group.items.len()))
        .with("values", Value::array(group.keys));
    if !bare {
        let items = Object::holding("collections.objectmodel.collection", State::List(group.items));
        object = object.with("group", items.value());
    }
    object.value()
}

/// `Compare-Object reference difference`: what only one side has; first the other's, then the reference's, as far as each is
/// alone of its kind.
pub(super) fn compare(
    engine: &mut Engine<'_, '_>,
    mut call: Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let reference = call
        .bound
        .get("referenceobject")
        .map(Value::items)
        .unwrap_or_default();
    let difference = call.items("differenceobject");
    let others = ["property", "syncwindow", "includeequal", "excludedifferent"];
    if others.iter().any(|name| call.bound.get(name).is_some()) {
        return unknown(engine, output);
    }
    let case = case_of(&call);
    engine.budget.work(
        reference
            .len()
            .saturating_mul(difference.len())
            .saturating_mul(16),
    )?;
    let (Some(left), Some(right)) = (
        without(&reference, &difference, case),
        without(&difference, &reference, case),
    ) else {
        return unknown(engine, output);
    };
    // With both sides the order of the result is the release's.
    if !left.is_empty() && !right.is_empty() || left.len() > 1 || right.len() > 1 {
        return unknown(engine, output);
    }
    let sides = left.iter().map(|item| (item, "<="));
    for (item, side) in sides.chain(right.iter().map(|item| (item, "=>"))) {
        if call.bound.has("passthru") {
            output.push(item.clone());
            continue;
        }
        let object = Object::new("comparison")
            .with("inputobject", item.clone())
            .with("sideindicator", Value::text(side));
        output.push(object.value());
    }
    Ok(())
}

/// The items of one list that have no equal in the other, each of which answers for one.
fn without(list: &[Value], other: &[Value], case: Case) -> Option<Vec<Value>> {
    let mut left: Vec<&Value> = other.iter().collect();
    let mut alone = Vec::new();
    for item in list {
        let mut found = None;
        for (index, one) in left.iter().enumerate() {
            if compare::equal(item, one, case)? {
                found = Some(index);
                break;
            }
        }
        match found {
            Some(index) => drop(left.remove(index)),
            None if item.is_known() => alone.push(item.clone()),
            None => return None,
        }
    }
    Some(alone)
}

#[cfg(test)]
mod tests {
    use super::merged;
    use std::cmp::Ordering;

    #[test]
    fn an_order_that_is_not_known_ends_the_sorting() {
        let order = |one: &u32, other: &u32| (one % 2 == other % 2).then(|| one.cmp(other));
        let even: Vec<u32> = (0..500).map(|n| (n * 7_919) % 1_000 * 2).collect();
        let mut wanted = even.clone();
        wanted.sort_unstable();
        assert_eq!(merged(even, &order), Some(wanted));
        let mixed: Vec<u32> = (0..500).map(|n| (n * 7_919) % 1_000).collect();
        assert_eq!(merged(mixed, &order), None);
        // Rock, paper, scissors: no order at all, and still an end.
        let round = |one: &u32, other: &u32| {
            Some(match (one % 3, other % 3) {
                (one, other) if one == other => Ordering::Equal,
                (one, other) if (one + 1) % 3 == other => Ordering::Less,
                _ => Ordering::Greater,
            })
        };
        assert_eq!(merged((0..500).collect(), &round).map(|all| all.len()), Some(500));
        assert_eq!(merged(vec![7], &round), Some(vec![7]));
    }
}
