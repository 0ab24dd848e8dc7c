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
        (Value::Str(_), right) => texts_equal(&left.exact()?, &right.exact()?, case),
        (Value::Char(unit), right) => unit_equals(*unit, right, case),
        (Value::Int(..) | Value::Double(_), right) => match right.number() {
            Some(right) => Some(numbers_equal(left.number()?, right)),
            None if matches!(right, Value::Str(text) if is_like_number(text.as_str())) => None,
            None => right.is_known().then_some(false),
        },
        (Value::Type(left), Value::Type(right)) => Some(left == right),
        (Value::Object(_), right) => enumerators(left, right),
        _ => None,
    }
}

/// Texts are compared as the culture does: what it leaves out or takes for several characters makes the result unknown.
fn texts_equal(left: &str, right: &str, case: Case) -> Option<bool> {
    let odd = |text: &str| text.chars().any(is_odd);
    match same(left, right, case) {
        true => Some(true),
        false => (!odd(left) && !odd(right)).then_some(false),
    }
}

/// Whether a culture may leave a character out of a comparison, or take it for others.
fn is_odd(c: char) -> bool {
    match c {
        '\t'..='\r' => false,
        c if c.is_ascii() => c.is_control(),
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => true,
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fb00}'..='\u{fb06}' => true,
        c => "ßẞæÆœŒıİſ".contains(c),
    }
}

/// A character equals another one, a text of one character, and its number.
fn unit_equals(unit: u16, right: &Value, case: Case) -> Option<bool> {
    let folded = |unit: u16| match (case, char::from_u32(u32::from(unit))) {
        (Case::Insensitive, Some(c)) => c.to_uppercase().collect(),
        _ => vec![char::from_u32(u32::from(unit)).unwrap_or('\u{fffd}')],
    };
    match right {
        Value::Char(other) if *other == unit => Some(true),
        Value::Char(other) => Some(folded(unit) == folded(*other)),
        Value::Str(text) => match (text.units(), text.unit(0)) {
            (1, Some(other)) => unit_equals(unit, &Value::Char(other), case),
            _ => Some(false),
        },
        Value::Int(_, n) => Some(i64::from(unit) == *n),
        _ => None,
    }
}

/// Whether some conversion may take a text for a number that is not one here: `1,000`, `(5)`.
fn is_like_number(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || c.is_whitespace() || ",.()+-eE".contains(c))
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
    if !left.is_known() || !right.is_known() {
        return None;
    }
    match (left, right) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Null, right) => Some(against_null(right).reverse()),
        (left, Value::Null) => Some(against_null(left)),
        (Value::Str(_), _) => text_order(&left.exact()?, &right.exact()?, case),
        // Characters are ordered by their numbers, whatever the case.
        (Value::Char(unit), Value::Int(_, n)) => Some(i64::from(*unit).cmp(n)),
        (Value::Char(unit), Value::Char(_) | Value::Str(_)) => Some(unit.cmp(&right.unit()?)),
        (Value::Bool(left), _) => Some(left.cmp(&right.truth()?)),
        (Value::Int(..) | Value::Double(_), _) => match (left.number()?, right.number()?) {
            (Number::Int(left), Number::Int(right)) => Some(left.cmp(&right)),
            (left, right) => left.double().partial_cmp(&right.double()),
        },
        _ => None,
    }
}

/// Anything but a negative number is greater than nothing.
fn against_null(value: &Value) -> Ordering {
    match value {
        Value::Int(_, n) if *n < 0 => Ordering::Less,
        Value::Double(n) if *n < 0.0 => Ordering::Less,
        _ => Ordering::Greater,
    }
}

/// Whether an item of a list is another value, as `Equals` of .NET says: of one type and value. `None` where that is not known.
pub(super) fn identical(one: &Value, other: &Value) -> Option<bool> {
    match (one, other) {
        (Value::Unknown(_) | Value::Mixed(_), _) | (_, Value::Unknown(_) | Value::Mixed(_)) => None,
        (Value::Null, Value::Null) => Some(true),
        (Value::Bool(one), Value::Bool(other)) => Some(one == other),
        // A list of bytes may take a number of another type for a byte.
        (Value::Int(kind, one), Value::Int(other_kind, other)) => match one == other {
            true if kind != other_kind => None,
            equal => Some(equal),
        },
        (Value::Double(one), Value::Double(other)) => Some(one == other),
        (Value::Char(one), Value::Char(other)) => Some(one == other),
        (Value::Str(one), Value::Str(other)) => Some(one == other),
        (Value::Object(_) | Value::Hash(_) | Value::Array(_) | Value::Bytes(_), _)
        | (_, Value::Object(_) | Value::Hash(_) | Value::Array(_) | Value::Bytes(_)) => None,
        (Value::Type(_) | Value::Block(_), _) | (_, Value::Type(_) | Value::Block(_)) => None,
        _ => Some(false),
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
