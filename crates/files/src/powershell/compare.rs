//! Comparison operators: equality, order, wildcards, membership.

use super::ast::{Case, Comparison};
use super::convert::Number;
use super::engine::number_of;
use super::pattern::Pattern;
use super::value::Value;
use crate::script::Budget;
use std::cmp::Ordering;
use strongroom_model::Limits;

/// The steps that one wildcard may take; past them its result is not known.
const WILDCARD_STEPS: u64 = 20_000;

/// Compares one value with another (no list on the left); `None` where it is not known.
pub(super) fn compare(comparison: Comparison, case: Case, left: &Value, right: &Value) -> Option<bool> {
    match comparison {
        Comparison::Equal => equal(left, right, case),
        Comparison::NotEqual => equal(left, right, case).map(|equal| !equal),
        Comparison::Greater => order(left, right, case).map(Ordering::is_gt),
        Comparison::GreaterEqual => order(left, right, case).map(Ordering::is_ge),
        Comparison::Less => order(left, right, case).map(Ordering::is_lt),
        Comparison::LessEqual => order(left, right, case).map(Ordering::is_le),
        Comparison::Like => like(left, right, case),
        Comparison::NotLike => like(left, right, case).map(|like| !like),
        Comparison::Contains => contains(left, right, case),
        Comparison::NotContains => contains(left, right, case).map(|has| !has),
        Comparison::In => contains(right, left, case),
        Comparison::NotIn => contains(right, left, case).map(|has| !has),
        Comparison::Match | Comparison::NotMatch => None,
    }
}

fn contains(list: &Value, item: &Value, case: Case) -> Option<bool> {
    let mut unknown = false;
    for one in list.items() {
        match equal(&one, item, case) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(false)
}

pub(super) fn equal(left: &Value, right: &Value, case: Case) -> Option<bool> {
    match (left, right) {
        (Value::Unknown(_) | Value::Mixed(_), _) | (_, Value::Unknown(_) | Value::Mixed(_)) => None,
        (Value::Null, Value::Null) => Some(true),
        (Value::Null, _) | (_, Value::Null) => Some(false),
        (Value::Bool(left), right) => right.truth().map(|right| right == *left),
        (Value::Str(_) | Value::Char(_), right) => {
            let (left, right) = (left.exact()?, right.exact()?);
            Some(same(&left, &right, case))
        }
        (Value::Int(..) | Value::Double(_), right) => match right.number() {
            Some(right) => Some(numbers_equal(left.number()?, right)),
            None => right.is_known().then_some(false),
        },
        (Value::Type(left), Value::Type(right)) => Some(left == right),
        (Value::Object(_), right) => enumerators(left, right),
        _ => None,
    }
}

/// An enumerator equals its name, its number, and another of the same number.
fn enumerators(left: &Value, right: &Value) -> Option<bool> {
    let (class, n) = number_of(left)?;
    match right {
        Value::Str(name) => left
            .exact()
            .map(|own| same(&own, name.as_str(), Case::Insensitive)),
        Value::Int(_, other) => Some(n == *other),
        other => {
            let (other_class, other) = number_of(other)?;
            (class == other_class).then_some(n == other)
        }
    }
}

fn numbers_equal(left: Number, right: Number) -> bool {
    match (left, right) {
        (Number::Int(left), Number::Int(right)) => left == right,
        _ => left.double() == right.double(),
    }
}

pub(super) fn same(left: &str, right: &str, case: Case) -> bool {
    match case {
        Case::Sensitive => left == right,
        Case::Insensitive => left == right || left.to_lowercase() == right.to_lowercase(),
    }
}

pub(super) fn order(left: &Value, right: &Value, case: Case) -> Option<Ordering> {
    match left {
        Value::Str(_) | Value::Char(_) => text_order(&left.exact()?, &right.exact()?, case),
        Value::Int(..) | Value::Double(_) | Value::Null | Value::Bool(_) => {
            match (left.number()?, right.number()?) {
                (Number::Int(left), Number::Int(right)) => Some(left.cmp(&right)),
                (left, right) => left.double().partial_cmp(&right.double()),
            }
        }
        _ => None,
    }
}

/// The order of texts depends on the culture; it is known only for digits and letters of one case.
fn text_order(left: &str, right: &str, case: Case) -> Option<Ordering> {
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c.is_ascii_lowercase());
    let folded = |text: &str| match case {
        Case::Insensitive => text.to_ascii_lowercase(),
        Case::Sensitive => text.to_owned(),
    };
    let (left, right) = (folded(left), folded(right));
    (plain(&left) && plain(&right)).then(|| left.cmp(&right))
}

fn like(left: &Value, right: &Value, case: Case) -> Option<bool> {
    if !left.is_known() || !right.is_known() {
        return None;
    }
    wildcard(&right.exact()?, &left.exact()?, case)
}

/// Matches a wildcard pattern: `*`, `?`, `[a-z]`, backtick escapes.
pub(super) fn wildcard(pattern: &str, text: &str, case: Case) -> Option<bool> {
    let mut regex = String::from("^");
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' => regex.push_str("(?:.|\\n)*"),
            '?' => regex.push_str("(?:.|\\n)"),
            '[' => {
                regex.push('[');
                for inner in chars.by_ref() {
                    if matches!(inner, '\\' | '^' | '[') {
                        regex.push('\\');
                    }
                    regex.push(inner);
                    if inner == ']' {
                        break;
                    }
                }
            }
            '`' => push_literal(&mut regex, chars.next()?),
            c => push_literal(&mut regex, c),
        }
    }
    regex.push_str("\\z");
    let pattern = Pattern::compile(&regex, case)?;
    let text: Vec<char> = text.chars().collect();
    let limits = Limits {
        steps: WILDCARD_STEPS,
        ..Limits::default()
    };
    let found = pattern.find_at(&text, 0, &mut Budget::new(&limits)).ok()?;
    Some(found.is_some())
}

fn push_literal(regex: &mut String, c: char) {
    if !c.is_alphanumeric() && c.is_ascii() && c != ' ' && !c.is_ascii_control() {
        regex.push('\\');
    }
    regex.push(c);
}
