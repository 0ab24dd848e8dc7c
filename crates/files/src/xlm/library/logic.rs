//! Functions of truth values and of what kind a value is.

use super::Answer;
use crate::workbook::ErrorCode;
use crate::xlm::value::Value;

pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Answer> {
    let first = || arguments.first().unwrap_or(&Value::Missing);
    Some(match name {
        "TRUE" => Ok(Some(Value::Bool(true))),
        "FALSE" => Ok(Some(Value::Bool(false))),
        "NA" => Err(ErrorCode::NA),
        "NOT" => first()
            .truth()
            .map(|truth| truth.map(|truth| Value::Bool(!truth))),
        "AND" => fold(arguments, false),
        "OR" => fold(arguments, true),
        "XOR" => xor(arguments),
        "ISERROR" => kind(first(), |value| matches!(value, Value::Error(_))),
        "ISERR" => kind(
            first(),
            |value| matches!(value, Value::Error(error) if *error != ErrorCode::NA),
        ),
        "ISNA" => kind(first(), |value| matches!(value, Value::Error(ErrorCode::NA))),
        "ISNUMBER" => kind(first(), |value| matches!(value, Value::Number(_))),
        "ISTEXT" => kind(first(), |value| matches!(value, Value::Text(_))),
        "ISNONTEXT" => kind(first(), |value| !matches!(value, Value::Text(_))),
        "ISLOGICAL" => kind(first(), |value| matches!(value, Value::Bool(_))),
        "ISBLANK" => kind(first(), |value| matches!(value, Value::Empty)),
        "ERROR.TYPE" => error_type(first()),
        "TYPE" => type_of(first()),
        "N" => match first() {
            Value::Text(_) => Ok(Some(Value::Number(0.0))),
            Value::Error(error) => Err(*error),
            value if value.is_unknown() => Ok(None),
            value => value.number().map(|number| number.map(Value::Number)),
        },
        "T" => match first() {
            Value::Error(error) => Err(*error),
            text @ (Value::Text(_) | Value::Partial(_)) => Ok(Some(text.clone())),
            value if value.is_unknown() => Ok(None),
            _ => Ok(Some(Value::text(""))),
        },
        _ => return None,
    })
}

/// `AND` is decided by one that is false, `OR` by one that is true, whatever is unknown beside it; texts of cells and
/// empty ones do not count.
fn fold(arguments: &[Value], decides: bool) -> Answer {
    let mut unknown = false;
    let mut decided = false;
    for value in flat(arguments) {
        match value {
            Value::Empty | Value::Missing => {}
            value => match value.truth()? {
                Some(truth) => decided |= truth == decides,
                None => unknown = true,
            },
        }
    }
    Ok(match (decided, unknown) {
        (true, _) => Some(Value::Bool(decides)),
        (false, true) => None,
        (false, false) => Some(Value::Bool(!decides)),
    })
}

fn xor(arguments: &[Value]) -> Answer {
    let mut odd = false;
    for value in flat(arguments) {
        match value.truth()? {
            Some(truth) => odd ^= truth,
            None => return Ok(None),
        }
    }
    Ok(Some(Value::Bool(odd)))
}

/// Returns the values, those of arrays one by one.
pub(super) fn flat(arguments: &[Value]) -> impl Iterator<Item = &Value> {
    arguments.iter().flat_map(|value| {
        let (one, many) = match value {
            Value::Array(rows) => (None, Some(rows.iter().flatten())),
            value => (Some(value), None),
        };
        one.into_iter().chain(many.into_iter().flatten())
    })
}

fn kind(value: &Value, is: impl Fn(&Value) -> bool) -> Answer {
    let value = match value {
        // A text of which a part is unknown is a text still.
        Value::Partial(_) => &Value::text(""),
        value => value,
    };
    Ok((!value.is_unknown()).then(|| Value::Bool(is(value))))
}

fn error_type(value: &Value) -> Answer {
    const ORDER: [ErrorCode; 7] = [
        ErrorCode::NULL,
        ErrorCode::DIV0,
        ErrorCode::VALUE,
        ErrorCode::REF,
        ErrorCode::NAME,
        ErrorCode::NUM,
        ErrorCode::NA,
    ];
    match value {
        Value::Error(error) => match ORDER.iter().position(|known| known == error) {
            Some(at) => Ok(Some(Value::Number(at as f64 + 1.0))),
            None => Ok(None),
        },
        value if value.is_unknown() => Ok(None),
        _ => Err(ErrorCode::NA),
    }
}

fn type_of(value: &Value) -> Answer {
    Ok(Some(Value::Number(match value {
        Value::Number(_) | Value::Empty | Value::Missing => 1.0,
        Value::Text(_) | Value::Partial(_) => 2.0,
        Value::Bool(_) => 4.0,
        Value::Error(_) => 16.0,
        Value::Array(_) => 64.0,
        _ => return Ok(None),
    })))
}
