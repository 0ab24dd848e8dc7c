//! Functions whose result their arguments alone decide.
//!
//! Each takes values; one that is unknown makes the result unknown, unless the function's meaning decides without it.
//! What is not exactly known here (settings of the machine, formats, statistics) is no result.

mod logic;
mod number;
mod radix;
mod text;
mod time;

use super::value::Value;
use crate::workbook::ErrorCode;

pub(super) use number::power;

/// How a function ended: a value, an unknown (`None`), an error of Excel's.
pub(super) type Answer = Result<Option<Value>, ErrorCode>;

/// Calls a function on single values and arrays; `None` where no function of this name is known here.
pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Answer> {
    logic::call(name, arguments)
        .or_else(|| text::call(name, arguments))
        .or_else(|| number::call(name, arguments))
        .or_else(|| radix::call(name, arguments))
        .or_else(|| time::call(name, arguments))
}

/// Returns the number at a place; `None` where it is unknown.
fn number_at(arguments: &[Value], at: usize) -> Result<Option<f64>, ErrorCode> {
    arguments.get(at).map_or(Err(ErrorCode::VALUE), Value::number)
}

/// Returns the number at a place, or what stands where it is left out.
fn number_or(arguments: &[Value], at: usize, default: f64) -> Result<Option<f64>, ErrorCode> {
    match arguments.get(at) {
        None | Some(Value::Missing) => Ok(Some(default)),
        Some(value) => value.number(),
    }
}

/// Returns the text at a place; `None` where it or a part of it is unknown.
fn text_at(arguments: &[Value], at: usize) -> Result<Option<String>, ErrorCode> {
    let value = arguments.get(at).ok_or(ErrorCode::VALUE)?;
    Ok(value.joined()?.exact().map(str::to_owned))
}

/// Takes what is known out of an [`Answer`]-like result, or ends the function with an unknown.
macro_rules! known {
    ($value:expr) => {
        match $value? {
            Some(value) => value,
            None => return Ok(None),
        }
    };
}
use known;
