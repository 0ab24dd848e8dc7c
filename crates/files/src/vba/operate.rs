//! The operators (MS-VBAL 5.6.9): what they give for each pair of types.

use super::convert::{bytes_of_units, double, integer, known, string, truth, units_of_bytes};
use super::fault::{Eval, Stop};
use super::value::{Array, Str, Type, Value};
use strongroom_model::Limit;

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Power,
    Multiply,
    Divide,
    WholeDivide,
    Modulo,
    Add,
    Subtract,
    Concat,
    Equal,
    NotEqual,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    Like,
    Is,
    And,
    Or,
    Xor,
    Eqv,
    Imp,
}

impl Operator {
    /// Whether it compares.
    pub(super) fn compares(self) -> bool {
        matches!(
            self,
            Operator::Equal
                | Operator::NotEqual
                | Operator::Less
                | Operator::Greater
                | Operator::LessEqual
                | Operator::GreaterEqual
        )
    }
}

/// How an operation reads its operands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mode {
    /// A result that leaves its type goes on in the next wider one: an operand is declared Variant.
    pub wide: bool,
    /// Strings compare without case (`Option Compare Text`).
    pub text_compare: bool,
    /// Both operands are declared Variant: a number is less than any string.
    pub variants: bool,
}

/// How wide a whole number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Width {
    Byte,
    Integer,
    Long,
    LongLong,
}

/// A number as arithmetic sees it.
#[derive(Clone, Copy, Debug)]
enum Number {
    Whole(i64, Width),
    Real(f64),
}

impl Number {
    fn real(self) -> f64 {
        match self {
            Number::Whole(number, _) => number as f64,
            Number::Real(number) => number,
        }
    }
}

/// Returns what the operator gives; `None` where that is unknown.
pub(super) fn binary(operator: Operator, left: &Value, right: &Value, mode: Mode) -> Eval<Option<Value>> {
    let null = |value: &Value| matches!(value, Value::Null);
    if (null(left) || null(right)) && !matches!(operator, Operator::Concat | Operator::Is) {
        return Ok(with_null(operator, left, right));
    }
    match operator {
        Operator::Concat => concat(left, right).map(Some),
        Operator::Add => add(left, right, mode),
        Operator::Subtract | Operator::Multiply => arithmetic(operator, left, right, mode),
        Operator::Divide | Operator::Power => real(operator, left, right),
        Operator::WholeDivide | Operator::Modulo => whole(operator, left, right),
        Operator::And | Operator::Or | Operator::Xor | Operator::Eqv | Operator::Imp => {
            bits(operator, left, right)
        }
        Operator::Like => like(left, right, mode.text_compare),
        Operator::Is => Ok(is(left, right)),
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::Greater
        | Operator::LessEqual
        | Operator::GreaterEqual => compare(operator, left, right, mode),
    }
}

/// Null makes everything Null, but for what the other side of a logical operator settles alone (MS-VBAL 5.6.9.8).
fn with_null(operator: Operator, left: &Value, right: &Value) -> Option<Value> {
    let other = if matches!(left, Value::Null) { right } else { left };
    let settled = match (operator, other) {
        (Operator::And, Value::Bool(false)) | (Operator::Or, Value::Bool(true)) => true,
        (Operator::Imp, Value::Bool(yes)) => {
            // False before, or True behind it.
            return Some(match (*yes, matches!(right, Value::Null)) {
                (false, true) | (true, false) => Value::Bool(true),
                _ => Value::Null,
            });
        }
        (_, Value::Unknown(_) | Value::Mixed(_)) => return None,
        _ => false,
    };
    Some(if settled { other.clone() } else { Value::Null })
}

/// Returns the string with another behind it.
pub(super) fn concat(left: &Value, right: &Value) -> Eval<Value> {
    let side = |value: &Value| match value {
        Value::Null => Ok(Value::text("")),
        other => string(other),
    };
    if odd_bytes(left) || odd_bytes(right) {
        return joined_bytes(left, right);
    }
    let (left, right) = (side(left)?, side(right)?);
    let built = pieces_in(&left).saturating_add(pieces_in(&right));
    if let (Value::Text(left), Value::Text(right)) = (&left, &right) {
        let mut units = Vec::with_capacity(left.len() + right.len());
        units.extend_from_slice(left.units());
        units.extend_from_slice(right.units());
        return Ok(Value::units(units, built));
    }
    let mut pieces = left.pieces().ok_or(Stop::MISMATCH)?;
    pieces.extend(right.pieces().ok_or(Stop::MISMATCH)?);
    if pieces.len() > 4096 {
        return Err(Stop::Limit(Limit::ValueBytes));
    }
    Ok(Value::of_pieces(pieces, built))
}

/// Whether the value is a string of an odd number of bytes, as `ChrB` and `MidB` make them.
fn odd_bytes(value: &Value) -> bool {
    matches!(value, Value::Array(array) if array.kind == Type::Byte && array.items.len() % 2 == 1)
}

/// Strings of bytes one behind the other; an even number of them is a string of characters again.
fn joined_bytes(left: &Value, right: &Value) -> Eval<Value> {
    let bytes = |value: &Value| -> Eval<Option<Vec<u8>>> {
        Ok(match value {
            Value::Array(array) if array.kind == Type::Byte => array.as_bytes(),
            Value::Null => Some(Vec::new()),
            other => known(other)?.map(|text| bytes_of_units(text.units())),
        })
    };
    let (Some(mut joined), Some(more)) = (bytes(left)?, bytes(right)?) else {
        return Ok(Value::unknown("bytes"));
    };
    joined.extend(more);
    Ok(if joined.len().is_multiple_of(2) {
        Value::units(units_of_bytes(&joined), 3)
    } else {
        Value::Array(std::rc::Rc::new(Array::bytes(&joined)))
    })
}

/// An empty string is no piece.
fn pieces_in(value: &Value) -> u32 {
    match value {
        Value::Text(text) if text.len() == 0 => 0,
        Value::Unknown(_) => 1,
        other => other.built(),
    }
}

/// `+` joins two strings and adds anything else. With one string that is no number it can only join.
fn add(left: &Value, right: &Value, mode: Mode) -> Eval<Option<Value>> {
    let joins = |one: &Value, other: &Value| match (one, other) {
        (Value::Text(_) | Value::Mixed(_), Value::Text(_) | Value::Mixed(_) | Value::Empty) => true,
        (Value::Text(text), Value::Unknown(_)) => double(&Value::Text(text.clone())).is_err(),
        _ => false,
    };
    if joins(left, right) || joins(right, left) {
        return concat(left, right).map(Some);
    }
    arithmetic(Operator::Add, left, right, mode)
}

fn number(value: &Value) -> Eval<Option<Number>> {
    Ok(match value {
        Value::Byte(number) => Some(Number::Whole(i64::from(*number), Width::Byte)),
        Value::Bool(yes) => Some(Number::Whole(-i64::from(*yes), Width::Integer)),
        Value::Empty => Some(Number::Whole(0, Width::Integer)),
        Value::Integer(number) => Some(Number::Whole(i64::from(*number), Width::Integer)),
        Value::Long(number) => Some(Number::Whole(i64::from(*number), Width::Long)),
        Value::LongLong(number) => Some(Number::Whole(*number, Width::LongLong)),
        other => double(other)?.map(Number::Real),
    })
}

fn arithmetic(operator: Operator, left: &Value, right: &Value, mode: Mode) -> Eval<Option<Value>> {
    // A date and days are a date; two dates are days apart (MS-VBAL 5.6.9.3).
    let dated = match (left, right) {
        (Value::Date(_), Value::Date(_)) => operator == Operator::Add,
        (Value::Date(_), _) | (_, Value::Date(_)) => operator != Operator::Multiply,
        _ => false,
    };
    let (Some(left), Some(right)) = (number(left)?, number(right)?) else {
        return Ok(None);
    };
    if let (Number::Whole(a, wide_a), Number::Whole(b, wide_b)) = (left, right) {
        let exact = match operator {
            Operator::Add => i128::from(a) + i128::from(b),
            Operator::Subtract => i128::from(a) - i128::from(b),
            _ => i128::from(a) * i128::from(b),
        };
        return fit(exact, wide_a.max(wide_b), mode.wide).map(Some);
    }
    let (a, b) = (left.real(), right.real());
    let result = finite(match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        _ => a * b,
    })?;
    Ok(match result {
        Some(Value::Double(days)) if dated => Some(Value::Date(days)),
        result => result,
    })
}

/// Returns a whole result in its type, in the next wider one where that is allowed, or the overflow.
fn fit(number: i128, width: Width, wide: bool) -> Eval<Value> {
    let narrow = match width {
        Width::Byte => u8::try_from(number).ok().map(Value::Byte),
        Width::Integer => i16::try_from(number).ok().map(Value::Integer),
        Width::Long => i32::try_from(number).ok().map(Value::Long),
        Width::LongLong => i64::try_from(number).ok().map(Value::LongLong),
    };
    match (narrow, wide, width) {
        (Some(value), _, _) => Ok(value),
        (None, true, Width::Byte) => fit(number, Width::Integer, true),
        (None, true, Width::Integer) => fit(number, Width::Long, true),
        (None, true, Width::Long) => Ok(Value::Double(number as f64)),
        (None, ..) => Err(Stop::OVERFLOW),
    }
}

fn finite(number: f64) -> Eval<Option<Value>> {
    if number.is_finite() {
        Ok(Some(Value::Double(number)))
    } else {
        Err(Stop::OVERFLOW)
    }
}

fn real(operator: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
    let (Some(a), Some(b)) = (double(left)?, double(right)?) else {
        return Ok(None);
    };
    match operator {
        Operator::Divide if b == 0.0 => Err(Stop::DIVISION),
        Operator::Divide => finite(a / b),
        _ => finite(a.powf(b)),
    }
}

fn whole(operator: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
    let (Some(a), Some(b)) = (integer(left)?, integer(right)?) else {
        return Ok(None);
    };
    in_width(left, a)?;
    in_width(right, b)?;
    if b == 0 {
        return Err(Stop::DIVISION);
    }
    let result = match operator {
        Operator::WholeDivide => i128::from(a) / i128::from(b),
        _ => i128::from(a) % i128::from(b),
    };
    fit(result, integral_width(left).max(integral_width(right)), true).map(Some)
}

/// An operand without a whole type becomes a Long, and overflows where it is none.
fn in_width(value: &Value, number: i64) -> Eval<()> {
    match value {
        Value::LongLong(_) => Ok(()),
        _ => i32::try_from(number).map(drop).map_err(|_| Stop::OVERFLOW),
    }
}

/// The type in which whole division and the bit operators work.
fn integral_width(value: &Value) -> Width {
    match value {
        Value::Byte(_) => Width::Byte,
        Value::Bool(_) | Value::Integer(_) => Width::Integer,
        Value::LongLong(_) => Width::LongLong,
        _ => Width::Long,
    }
}

fn bits(operator: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
    if let (Value::Bool(a), Value::Bool(b)) = (left, right) {
        return Ok(Some(Value::Bool(
            apply(operator, -i64::from(*a), -i64::from(*b)) != 0,
        )));
    }
    if let Some(decided) = decided(operator, left, right)? {
        return Ok(Some(decided));
    }
    let (Some(a), Some(b)) = (integer(left)?, integer(right)?) else {
        return Ok(None);
    };
    in_width(left, a)?;
    in_width(right, b)?;
    let width = integral_width(left).max(integral_width(right));
    let result = i128::from(apply(operator, a, b));
    let result = if width == Width::Byte {
        result & 0xff
    } else {
        result
    };
    fit(result, width, false).map(Some)
}

/// One side may settle a logical operator, whatever the other would be.
fn decided(operator: Operator, left: &Value, right: &Value) -> Eval<Option<Value>> {
    let other = |known: &Value, other: &Value| -> Eval<Option<Value>> {
        if !other.is_unknown() || !matches!(known, Value::Bool(_)) {
            return Ok(None);
        }
        Ok(match (operator, truth(known)?) {
            (Operator::And, Some(false)) => Some(Value::Bool(false)),
            (Operator::Or, Some(true)) => Some(Value::Bool(true)),
            _ => None,
        })
    };
    Ok(other(left, right)?.or(other(right, left)?))
}

fn apply(operator: Operator, a: i64, b: i64) -> i64 {
    match operator {
        Operator::And => a & b,
        Operator::Or => a | b,
        Operator::Xor => a ^ b,
        Operator::Eqv => !(a ^ b),
        _ => !a | b,
    }
}

/// Returns `Not value`.
pub(super) fn not(value: &Value) -> Eval<Option<Value>> {
    Ok(match value {
        Value::Bool(yes) => Some(Value::Bool(!yes)),
        Value::Byte(number) => Some(Value::Byte(!number)),
        Value::Null => Some(Value::Null),
        other => match integer(other)? {
            Some(number) if in_width(other, number).is_err() => return Err(Stop::OVERFLOW),
            Some(number) => Some(fit(i128::from(!number), integral_width(other), false)?),
            None => None,
        },
    })
}

/// Returns `-value`.
pub(super) fn negate(value: &Value, wide: bool) -> Eval<Option<Value>> {
    if matches!(value, Value::Null) {
        return Ok(Some(Value::Null));
    }
    Ok(match number(value)? {
        Some(Number::Whole(whole, Width::Byte)) => Some(fit(-i128::from(whole), Width::Integer, wide)?),
        Some(Number::Whole(whole, width)) => Some(fit(-i128::from(whole), width, wide)?),
        Some(Number::Real(real)) => Some(Value::Double(-real)),
        None => None,
    })
}

fn compare(operator: Operator, left: &Value, right: &Value, mode: Mode) -> Eval<Option<Value>> {
    use std::cmp::Ordering;
    let order = match (left, right) {
        (Value::Text(a), Value::Text(b)) => Some(strings(a, b, mode.text_compare)),
        (Value::Text(a), Value::Empty) => Some(strings(a, &Str::new(Vec::new(), 0), false)),
        (Value::Empty, Value::Text(b)) => Some(strings(&Str::new(Vec::new(), 0), b, false)),
        (Value::Mixed(a), Value::Text(b)) | (Value::Text(b), Value::Mixed(a)) => {
            return Ok(differs(operator, a.known_start(), a.known_len(), b));
        }
        // A string and a number of which both are Variant are never equal; the number is less.
        (Value::Text(_), _) if mode.wide && (mode.variants || double(left).is_err()) && is_number(right) => {
            Some(Ordering::Greater)
        }
        (_, Value::Text(_)) if mode.wide && (mode.variants || double(right).is_err()) && is_number(left) => {
            Some(Ordering::Less)
        }
        (a, b) => match (double(a)?, double(b)?) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => None,
        },
    };
    Ok(order.map(|order| {
        Value::Bool(match operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Less => order.is_lt(),
            Operator::Greater => order.is_gt(),
            Operator::LessEqual => order.is_le(),
            _ => order.is_ge(),
        })
    }))
}

fn is_number(value: &Value) -> bool {
    !matches!(
        value,
        Value::Unknown(_) | Value::Mixed(_) | Value::Object(_) | Value::Nothing
    )
}

/// A partly known string differs from a known one that is shorter than its known part.
fn differs(operator: Operator, start: &[u16], known: usize, other: &Str) -> Option<Value> {
    let shared = start.len().min(other.len());
    let unlike = known > other.len() || start.get(..shared) != other.units().get(..shared);
    match operator {
        Operator::Equal if unlike => Some(Value::Bool(false)),
        Operator::NotEqual if unlike => Some(Value::Bool(true)),
        _ => None,
    }
}

/// Returns the order of two strings, by code unit or without case.
pub(super) fn strings(a: &Str, b: &Str, text_compare: bool) -> std::cmp::Ordering {
    if text_compare {
        a.show().to_lowercase().cmp(&b.show().to_lowercase())
    } else {
        a.units().cmp(b.units())
    }
}

fn is(left: &Value, right: &Value) -> Option<Value> {
    match (left, right) {
        (Value::Nothing, Value::Nothing) => Some(Value::Bool(true)),
        (Value::Object(a), Value::Object(b)) => Some(Value::Bool(a == b)),
        (Value::Object(_), Value::Nothing) | (Value::Nothing, Value::Object(_)) => Some(Value::Bool(false)),
        _ => None,
    }
}

fn like(left: &Value, right: &Value, text_compare: bool) -> Eval<Option<Value>> {
    let (Some(text), Some(pattern)) = (known(left)?, known(right)?) else {
        return Ok(None);
    };
    let (text, pattern): (Vec<char>, Vec<char>) =
        (letters(&text, text_compare), letters(&pattern, text_compare));
    Ok(matches_pattern(&text, &pattern, 10_000).map(Value::Bool))
}

/// The characters of a string, in lower case where case does not count.
fn letters(text: &Str, folded: bool) -> Vec<char> {
    let text = text.show();
    if folded {
        text.to_lowercase().chars().collect()
    } else {
        text.chars().collect()
    }
}

/// Matches `?`, `#`, `*`, `[a-z]`, `[!a-z]`; `None` where that takes too many steps.
fn matches_pattern(text: &[char], pattern: &[char], mut steps: usize) -> Option<bool> {
    let (mut at, mut in_pattern) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        steps = steps.checked_sub(1)?;
        let step = match pattern.get(in_pattern) {
            Some('*') => {
                retry = Some((in_pattern, at));
                in_pattern += 1;
                continue;
            }
            None if at == text.len() => return Some(true),
            None => None,
            Some(_) => text.get(at).and_then(|c| one(*c, pattern.get(in_pattern..)?)),
        };
        match (step, retry) {
            (Some(length), _) => {
                at += 1;
                in_pattern += length;
            }
            (None, Some((star, from))) if from < text.len() => {
                retry = Some((star, from + 1));
                at = from + 1;
                in_pattern = star + 1;
            }
            _ => return Some(false),
        }
    }
}

/// Returns the length of the pattern's first element where it matches the character.
fn one(c: char, pattern: &[char]) -> Option<usize> {
    match pattern.first()? {
        '?' => Some(1),
        '#' => c.is_ascii_digit().then_some(1),
        '[' => {
            let close = pattern.iter().position(|p| *p == ']')?;
            let set = pattern.get(1..close)?;
            let (negated, set) = match set.split_first() {
                Some(('!', rest)) => (true, rest),
                _ => (false, set),
            };
            (in_set(c, set) != negated).then_some(close + 1)
        }
        literal => (*literal == c).then_some(1),
    }
}

fn in_set(c: char, set: &[char]) -> bool {
    let ranged = set.windows(3).any(|three| match three {
        [low, '-', high] => (*low..=*high).contains(&c),
        _ => false,
    });
    ranged || set.contains(&c)
}
