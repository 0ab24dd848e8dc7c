//! Functions of texts. A text is counted in UTF-16 units, as Excel does.

use super::logic::flat;
use super::{Answer, known, number_at, number_or, text_at};
use crate::script::Text;
use crate::workbook::{ErrorCode, general};
use crate::xlm::value::{Value, number_of};
use encoding_rs::WINDOWS_1252;

/// Characters that one cell holds.
const CELL: usize = 32_767;

pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Answer> {
    Some(match name {
        "CHAR" => character(arguments),
        "CODE" => code(arguments),
        "UNICHAR" => unichar(arguments),
        "UNICODE" => unicode(arguments),
        "LEN" => one(arguments, |text| Value::Number(units(&text).len() as f64)),
        "LOWER" => one(arguments, |text| Value::text(text.to_lowercase())),
        "UPPER" => one(arguments, |text| Value::text(text.to_uppercase())),
        "PROPER" => one(arguments, |text| Value::text(proper(&text))),
        "TRIM" => one(arguments, |text| {
            let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
            Value::text(words.join(" "))
        }),
        "CLEAN" => one(arguments, |text| {
            Value::text(text.chars().filter(|c| *c >= ' ').collect::<String>())
        }),
        "MID" => mid(arguments),
        "LEFT" => side(arguments, true),
        "RIGHT" => side(arguments, false),
        "CONCATENATE" | "CONCAT" => joined(arguments),
        "TEXTJOIN" => textjoin(arguments),
        "REPT" => repeated(arguments),
        "SUBSTITUTE" => substitute(arguments),
        "REPLACE" => replace(arguments),
        "FIND" => find(arguments, true),
        "SEARCH" => find(arguments, false),
        "EXACT" => exact(arguments),
        "VALUE" => value(arguments),
        "TEXT" => formatted(arguments),
        "TEXTBEFORE" | "TEXTAFTER" => beside(name == "TEXTBEFORE", arguments),
        _ => return None,
    })
}

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn of_units(units: &[u16]) -> Value {
    Value::text(String::from_utf16_lossy(units))
}

fn one(arguments: &[Value], make: impl FnOnce(String) -> Value) -> Answer {
    Ok(Some(make(known!(text_at(arguments, 0)))))
}

/// `CHAR` goes by the code page of the machine; below 128 all agree, above it is the one of Western Europe.
fn character(arguments: &[Value]) -> Answer {
    let code = known!(number_at(arguments, 0)).trunc();
    if !(1.0..256.0).contains(&code) {
        return Err(ErrorCode::VALUE);
    }
    let byte = [code as u8];
    Ok(Some(Value::text(
        WINDOWS_1252.decode_without_bom_handling(&byte).0.as_ref(),
    )))
}

fn code(arguments: &[Value]) -> Answer {
    let text = known!(text_at(arguments, 0));
    let first = text.chars().next().ok_or(ErrorCode::VALUE)?;
    let mut buffer = [0; 4];
    let (bytes, _, lost) = WINDOWS_1252.encode(first.encode_utf8(&mut buffer));
    let code = if lost {
        b'?'
    } else {
        bytes.first().copied().unwrap_or(b'?')
    };
    Ok(Some(Value::Number(code.into())))
}

fn unichar(arguments: &[Value]) -> Answer {
    let code = known!(number_at(arguments, 0)).trunc();
    let c = (code >= 1.0).then_some(code as u32).and_then(char::from_u32);
    Ok(Some(Value::text(c.ok_or(ErrorCode::VALUE)?.to_string())))
}

fn unicode(arguments: &[Value]) -> Answer {
    let text = known!(text_at(arguments, 0));
    let first = text.chars().next().ok_or(ErrorCode::VALUE)?;
    Ok(Some(Value::Number(f64::from(u32::from(first)))))
}

fn count(number: f64) -> Result<usize, ErrorCode> {
    if number < 0.0 {
        return Err(ErrorCode::VALUE);
    }
    Ok(number.min(1e9) as usize)
}

fn mid(arguments: &[Value]) -> Answer {
    let (start, length) = (known!(number_at(arguments, 1)), known!(number_at(arguments, 2)));
    if start < 1.0 {
        return Err(ErrorCode::VALUE);
    }
    let (start, length) = (count(start.trunc() - 1.0)?, count(length.trunc())?);
    let text = known!(text_at(arguments, 0));
    let units = units(&text);
    let from = units.get(start..).unwrap_or_default();
    Ok(Some(of_units(from.get(..length).unwrap_or(from))))
}

fn side(arguments: &[Value], left: bool) -> Answer {
    let length = count(known!(number_or(arguments, 1, 1.0)).trunc())?;
    let text = known!(text_at(arguments, 0));
    let units = units(&text);
    let length = length.min(units.len());
    let part = if left {
        units.get(..length)
    } else {
        units.get(units.len() - length..)
    };
    Ok(Some(of_units(part.unwrap_or_default())))
}

/// Joins what is known and what is not.
fn joined(arguments: &[Value]) -> Answer {
    let mut text = Text::default();
    for value in flat(arguments) {
        text = text.join(value.joined()?);
    }
    Ok(Some(Value::of_text(text)))
}

fn textjoin(arguments: &[Value]) -> Answer {
    let mark = known!(text_at(arguments, 0));
    let skips = known!(arguments.get(1).ok_or(ErrorCode::VALUE)?.truth());
    let mut text = Text::default();
    let mut first = true;
    for value in flat(arguments.get(2..).unwrap_or_default()) {
        let part = value.joined()?;
        if skips && part.is_empty() {
            continue;
        }
        if !std::mem::take(&mut first) {
            text = text.join(Text::known(mark.as_str()));
        }
        text = text.join(part);
        if text.len() > CELL * 4 {
            return Err(ErrorCode::VALUE);
        }
    }
    Ok(Some(Value::of_text(text)))
}

fn repeated(arguments: &[Value]) -> Answer {
    let text = known!(text_at(arguments, 0));
    let times = count(known!(number_at(arguments, 1)).trunc())?;
    if text.len().saturating_mul(times) > CELL * 4 {
        return Err(ErrorCode::VALUE);
    }
    Ok(Some(Value::text(text.repeat(times))))
}

fn substitute(arguments: &[Value]) -> Answer {
    let (text, old) = (known!(text_at(arguments, 0)), known!(text_at(arguments, 1)));
    let new = known!(text_at(arguments, 2));
    if old.is_empty() {
        return Ok(Some(Value::text(text)));
    }
    if text.matches(&old).count().saturating_mul(new.len()) > CELL * 4 {
        return Err(ErrorCode::VALUE);
    }
    let all = matches!(arguments.get(3), None | Some(Value::Missing));
    if all {
        return Ok(Some(Value::text(text.replace(&old, &new))));
    }
    let which = known!(number_at(arguments, 3)).trunc();
    if which < 1.0 {
        return Err(ErrorCode::VALUE);
    }
    let found = text.match_indices(&old).nth(which as usize - 1).map(|(at, _)| at);
    Ok(Some(match found {
        Some(at) => {
            let (before, behind) = text.split_at_checked(at).unwrap_or((&text, ""));
            Value::text(format!(
                "{before}{new}{}",
                behind.get(old.len()..).unwrap_or_default()
            ))
        }
        None => Value::text(text),
    }))
}

fn replace(arguments: &[Value]) -> Answer {
    let text = known!(text_at(arguments, 0));
    let (start, length) = (known!(number_at(arguments, 1)), known!(number_at(arguments, 2)));
    let new = known!(text_at(arguments, 3));
    if start < 1.0 {
        return Err(ErrorCode::VALUE);
    }
    let units = units(&text);
    let start = count(start.trunc() - 1.0)?.min(units.len());
    let end = start.saturating_add(count(length.trunc())?).min(units.len());
    let before = units.get(..start).unwrap_or_default();
    let behind = units.get(end..).unwrap_or_default();
    let whole: Vec<u16> = before
        .iter()
        .copied()
        .chain(new.encode_utf16())
        .chain(behind.iter().copied())
        .collect();
    Ok(Some(of_units(&whole)))
}

/// `FIND` minds case; `SEARCH` does not, and knows `*`, `?` and `~`: a pattern with one of those is not decided here.
fn find(arguments: &[Value], case: bool) -> Answer {
    let what = known!(text_at(arguments, 0));
    let text = known!(text_at(arguments, 1));
    let start = known!(number_or(arguments, 2, 1.0)).trunc();
    if !case && what.contains(['*', '?', '~']) {
        return Ok(None);
    }
    let fold = |text: &str| {
        if case {
            units(text)
        } else {
            units(&text.to_lowercase())
        }
    };
    let (what, text) = (fold(&what), fold(&text));
    if start < 1.0 || start as usize > text.len() + 1 {
        return Err(ErrorCode::VALUE);
    }
    let start = start as usize - 1;
    if what.is_empty() {
        return Ok(Some(Value::Number(start as f64 + 1.0)));
    }
    let rest = text.get(start..).unwrap_or_default();
    let at = rest
        .windows(what.len())
        .position(|window| window == what)
        .ok_or(ErrorCode::VALUE)?;
    Ok(Some(Value::Number((start + at) as f64 + 1.0)))
}

fn exact(arguments: &[Value]) -> Answer {
    let (left, right) = (known!(text_at(arguments, 0)), known!(text_at(arguments, 1)));
    Ok(Some(Value::Bool(left == right)))
}

fn value(arguments: &[Value]) -> Answer {
    let first = arguments.first().ok_or(ErrorCode::VALUE)?;
    let number = match first {
        Value::Text(text) => number_of(text)?,
        Value::Bool(_) => return Err(ErrorCode::VALUE),
        value => value.number()?,
    };
    Ok(number.map(Value::Number))
}

/// `TEXT` in the formats that no setting decides: `0`, `00`, `@`, `General`, and `0.00` up to fifteen places.
fn formatted(arguments: &[Value]) -> Answer {
    let format = known!(text_at(arguments, 1));
    let first = arguments.first().ok_or(ErrorCode::VALUE)?;
    if let Value::Text(text) = first
        && number_of(text).is_err()
    {
        return Ok(matches!(&*format, "@" | "General").then(|| first.clone()));
    }
    let number = known!(first.number());
    if format.eq_ignore_ascii_case("general") || format == "@" {
        return Ok(Some(Value::text(general(number))));
    }
    let (whole, places) = format.split_once('.').unwrap_or((&format, ""));
    let zeros = |text: &str| text.bytes().all(|b| b == b'0');
    if whole.is_empty() || !zeros(whole) || !zeros(places) || places.len() > 15 || number.abs() >= 1e15 {
        return Ok(None);
    }
    let rounded = super::number::rounded(number, places.len() as i32);
    let shown = format!("{:.*}", places.len(), rounded.abs());
    let digits = shown.split('.').next().map_or(0, str::len);
    let fill = "0".repeat(whole.len().saturating_sub(digits));
    let sign = if rounded < 0.0 { "-" } else { "" };
    Ok(Some(Value::text(format!("{sign}{fill}{shown}"))))
}

fn beside(before: bool, arguments: &[Value]) -> Answer {
    let (text, mark) = (known!(text_at(arguments, 0)), known!(text_at(arguments, 1)));
    if arguments.len() > 2 || mark.is_empty() {
        return Ok(None);
    }
    let (left, right) = text.split_once(&mark).ok_or(ErrorCode::NA)?;
    Ok(Some(Value::text(if before { left } else { right })))
}

fn proper(text: &str) -> String {
    let mut proper = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if inside {
            proper.extend(c.to_lowercase());
        } else {
            proper.extend(c.to_uppercase());
        }
        inside = c.is_alphabetic();
    }
    proper
}
