//! `Format` (MS-VBAL 6.1.2.11.1.4): values by a named or user-defined pattern.
//!
//! Marks and names are those of English settings, as everywhere in the evaluation; where a pattern hands the whole
//! form to the machine's settings (`Short Date`, `c`, `ddddd`), or means more than the documentation tells, the
//! result is unknown.

mod date;
mod number;
mod text;

use super::Arguments;
use super::calendar::moment;
use crate::vba::convert::{double, known, string};
use crate::vba::fault::Eval;
use crate::vba::number::parse;
use crate::vba::value::Value;
use number::Digits;

type Outcome = Eval<Option<Value>>;

/// The longest pattern that is read, in characters.
const PATTERN: usize = 256;

/// Calls the function of a name.
pub(super) fn call(name: &str, arguments: &Arguments<'_>) -> Option<Outcome> {
    (name == "format").then(|| format(arguments))
}

fn format(arguments: &Arguments<'_>) -> Outcome {
    let value = arguments.value(0)?;
    let Some(pattern) = arguments.get(1) else {
        return plain(value);
    };
    let Some(pattern) = known(pattern)? else {
        return Ok(None);
    };
    let pattern: Vec<char> = pattern.show().chars().collect();
    if pattern.is_empty() {
        return plain(value);
    }
    if pattern.len() > PATTERN {
        return Ok(None);
    }
    let lower = pattern.iter().collect::<String>().to_ascii_lowercase();
    let settings = arguments.get(2).is_some() || arguments.get(3).is_some();
    if let Some(words) = truth_words(&lower) {
        return Ok(
            number_of(value)?.map(|number| Value::text(if number.is_zero() { words.1 } else { words.0 }))
        );
    }
    let pattern = match named(&lower) {
        Some(Named::Plain) => return Ok(number_of(value)?.and_then(|_| string(value).ok())),
        Some(Named::Pattern(pattern)) => pattern.chars().collect(),
        Some(Named::Settings) => return Ok(None),
        None => pattern,
    };
    match kind(&pattern) {
        Some(Kind::Text) => text_by(value, &pattern),
        Some(Kind::Number) => number_by(value, &pattern),
        Some(Kind::Date) if !settings => Ok(date_of(value)?
            .and_then(|moment| date::written(&moment, &pattern))
            .map(|text| Value::text(&text))),
        _ => Ok(None),
    }
}

fn plain(value: &Value) -> Outcome {
    match value {
        Value::Null => Ok(Some(Value::text(""))),
        value => string(value).map(Some),
    }
}

/// What a pattern of one word stands for.
enum Named {
    /// Without any form.
    Plain,
    /// A user-defined pattern that gives the same.
    Pattern(&'static str),
    /// The machine's settings.
    Settings,
}

fn named(lower: &str) -> Option<Named> {
    Some(match lower {
        "general number" => Named::Plain,
        "fixed" => Named::Pattern("0.00"),
        "standard" => Named::Pattern("#,##0.00"),
        "percent" => Named::Pattern("0.00%"),
        "scientific" => Named::Pattern("0.00E+00"),
        "short time" => Named::Pattern("hh:nn"),
        "medium time" => Named::Pattern("hh:nn AM/PM"),
        "currency" | "general date" | "long date" | "medium date" | "short date" | "long time" => {
            Named::Settings
        }
        _ => return None,
    })
}

fn truth_words(lower: &str) -> Option<(&'static str, &'static str)> {
    Some(match lower {
        "yes/no" => ("Yes", "No"),
        "true/false" => ("True", "False"),
        "on/off" => ("On", "Off"),
        _ => return None,
    })
}

/// What a pattern is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Date,
    Text,
}

/// Returns what a pattern is for, where its marks leave no doubt.
fn kind(pattern: &[char]) -> Option<Kind> {
    let mut found = None;
    let mut at = 0;
    while let Some(c) = pattern.get(at) {
        let (kind, length) = match c.to_ascii_lowercase() {
            '\\' => (None, 2),
            '"' => (None, quoted(pattern.get(at + 1..)?)?.len() + 2),
            '0' | '#' | '%' => (Some(Kind::Number), 1),
            'e' if matches!(pattern.get(at + 1), Some('+' | '-')) => (Some(Kind::Number), 2),
            '@' | '&' | '<' | '>' | '!' => (Some(Kind::Text), 1),
            'a'..='z' | ':' | '/' => (Some(Kind::Date), 1),
            _ => (None, 1),
        };
        match (found, kind) {
            (Some(found), Some(kind)) if found != kind => return None,
            (None, kind) => found = kind,
            _ => {}
        }
        at += length;
    }
    found
}

/// Returns what stands up to the closing quote.
fn quoted(pattern: &[char]) -> Option<&[char]> {
    let close = pattern.iter().position(|c| *c == '"')?;
    pattern.get(..close)
}

/// Returns the digits of a number, or of a string that is one.
fn number_of(value: &Value) -> Eval<Option<Digits>> {
    Ok(match value {
        Value::Null | Value::Empty => None,
        Value::Text(text) if parse(&text.show()).is_none() => None,
        Value::Text(_) | Value::Date(_) | Value::Bool(_) => {
            double(value)?.and_then(|number| Digits::of(&Value::Double(number)))
        }
        value if value.is_number() => Digits::of(value),
        _ => None,
    })
}

fn number_by(value: &Value, pattern: &[char]) -> Outcome {
    match value {
        // A string that is no number stays as it is.
        Value::Text(text) if parse(&text.show()).is_none() => {
            let date = crate::vba::date::everywhere(&text.show()).is_some();
            Ok((!date && !text.show().contains(|c: char| c.is_ascii_digit())).then(|| value.clone()))
        }
        value => Ok(number_of(value)?
            .and_then(|digits| number::written(&digits, pattern))
            .map(|text| Value::text(&text))),
    }
}

fn date_of(value: &Value) -> Eval<Option<crate::vba::date::Moment>> {
    match value {
        Value::Null | Value::Empty | Value::Bool(_) => Ok(None),
        value => match moment(value) {
            Ok(moment) => Ok(moment),
            // What is no date has no form of one.
            Err(_) => Ok(None),
        },
    }
}

fn text_by(value: &Value, pattern: &[char]) -> Outcome {
    let text = match value {
        Value::Null => return Ok(Some(Value::text(""))),
        value => known(value)?,
    };
    Ok(text
        .and_then(|text| text::written(&text.show(), pattern))
        .map(|text| Value::text(&text)))
}
