//! String operators: `-f`, `-join`, `-split`, `-replace`, `-match`.

use super::operate::ITEM;
use super::pattern::{Found, Options, Pattern, Subject, is_literal};
use super::value::{Value, join_text};
use crate::script::{Budget, Part, Text};
use std::rc::Rc;
use strongroom_model::Limit;

type Worked<T> = Result<Option<T>, Limit>;

/// `$items -join $separator`
pub(super) fn join(items: &Value, separator: &Value, budget: &mut Budget<'_>) -> Worked<Value> {
    if matches!(items, Value::Unknown(_)) {
        return Ok(None);
    }
    let items = items.items();
    budget.work(items.len() * 8)?;
    let joined = join_text(&items, &separator.to_text());
    budget.build(joined.len())?;
    Ok(Some(Value::of_text(joined)))
}

/// `$format -f $arguments`
pub(super) fn format(format: &Value, arguments: &[Value], budget: &mut Budget<'_>) -> Worked<Value> {
    let Some(format) = format.exact() else {
        return Ok(None);
    };
    budget.work(format.len())?;
    let Some(text) = format_text(&format, arguments) else {
        return Ok(None);
    };
    budget.build(text.len())?;
    Ok(Some(Value::of_text(text)))
}

/// Fills `{index,width:format}` slots.
fn format_text(format: &str, arguments: &[Value]) -> Option<Text> {
    let mut text = Text::default();
    let mut rest = format;
    while let Some(at) = rest.find(['{', '}']) {
        text = text.then(Part::Known(rest.get(..at)?.to_owned()));
        let brace = rest.get(at..at + 1)?;
        let after = rest.get(at + 1..)?;
        if after.starts_with(brace) {
            text = text.then(Part::Known(brace.to_owned()));
            rest = after.get(1..)?;
            continue;
        }
        let end = (brace == "{").then(|| after.find('}')).flatten()?;
        text = text.join(slot(after.get(..end)?, arguments)?);
        rest = after.get(end + 1..)?;
    }
    Some(text.then(Part::Known(rest.to_owned())))
}

fn slot(slot: &str, arguments: &[Value]) -> Option<Text> {
    let (place, format) = match slot.split_once(':') {
        Some((place, format)) => (place, Some(format)),
        None => (slot, None),
    };
    let (index, width) = match place.split_once(',') {
        Some((index, width)) => (index, width.trim().parse::<i32>().ok()?),
        None => (place, 0),
    };
    let value = arguments.get(index.trim().parse::<usize>().ok()?)?;
    let text = match format {
        // The decimal point is the culture's, other than in a string that the language itself makes.
        None | Some("") if matches!(value, Value::Double(n) if n.fract() != 0.0 || n.abs() >= 1e15) => {
            return None;
        }
        None | Some("") => value.to_text(),
        Some(format) => Text::known(formatted(value, format)?),
    };
    pad(text, width)
}

/// A slot's width: positive aligns right, negative left.
fn pad(text: Text, width: i32) -> Option<Text> {
    if width == 0 {
        return Some(text);
    }
    let exact = text.exact()?;
    let blanks = Some(width.unsigned_abs() as usize)
        .filter(|width| *width <= 65_536)?
        .saturating_sub(exact.encode_utf16().count());
    let blanks = " ".repeat(blanks);
    Some(Text::known(if width > 0 {
        format!("{blanks}{exact}")
    } else {
        format!("{exact}{blanks}")
    }))
}

/// The numeric formats whose result no culture changes: `X`, `D`, and zeroes.
pub(super) fn formatted(value: &Value, format: &str) -> Option<String> {
    let (kind, digits) = format.split_at_checked(1)?;
    let Value::Int(int_kind, n) = value else {
        return matches!(value, Value::Str(_)).then(|| value.exact()).flatten();
    };
    let width: usize = if digits.is_empty() {
        0
    } else {
        digits.parse().ok().filter(|&w| w <= 99)?
    };
    let bits = match int_kind {
        super::value::IntKind::Int64 | super::value::IntKind::UInt64 => *n as u64,
        super::value::IntKind::Int16 => u64::from(*n as u16),
        super::value::IntKind::SByte => u64::from(*n as u8),
        _ => u64::from(*n as u32),
    };
    match kind {
        "X" => Some(format!("{bits:0width$X}")),
        "x" => Some(format!("{bits:0width$x}")),
        "D" | "d" if *n >= 0 => Some(format!("{n:0width$}")),
        "D" | "d" => Some(format!("-{:0width$}", n.unsigned_abs())),
        "0" if format.chars().all(|c| c == '0') && *n >= 0 => {
            let width = format.len();
            Some(format!("{n:0width$}"))
        }
        _ => None,
    }
}

/// `$text -split $pattern, $most`: with no pattern, at runs of blanks.
pub(super) fn split(
    text: &str,
    pattern: Option<&str>,
    most: usize,
    options: Options,
    budget: &mut Budget<'_>,
) -> Worked<Vec<Value>> {
    budget.work(text.len())?;
    let Some(pattern) = pattern else {
        let parts: Vec<Value> = text.split_whitespace().map(Value::text).collect();
        budget.build(text.len() + parts.len() * ITEM)?;
        return Ok(Some(parts));
    };
    let Some(compiled) = Pattern::with(pattern, options) else {
        return Ok(None);
    };
    let subject = Subject::new(text);
    let from = compiled.origin(subject.chars());
    Ok(Some(cut(&compiled, &subject, most, from, budget)?))
}

/// Cuts a text at the matches of a pattern from a place on; what groups take stands between the parts. `most` is the greatest
/// number of parts, 0 for any. The order is that of the text, whichever way the pattern runs.
pub(super) fn cut(
    pattern: &Pattern,
    subject: &Subject,
    most: usize,
    from: usize,
    budget: &mut Budget<'_>,
) -> Result<Vec<Value>, Limit> {
    let backwards = pattern.is_right_to_left();
    let found = pattern.find_some(subject.chars(), from, most.checked_sub(1), budget)?;
    let mut parts = Vec::new();
    let (mut low, mut high) = (0, subject.chars().len());
    for one in &found {
        let (start, end) = one.group(0).unwrap_or((low, low));
        if backwards {
            parts.push(Value::text(subject.piece(end, high)));
            high = start;
        } else {
            parts.push(Value::text(subject.piece(low, start)));
            low = end;
        }
        for group in 1..one.groups() {
            let taken = one.group(group);
            parts.extend(taken.map(|(start, end)| Value::text(subject.piece(start, end))));
        }
    }
    parts.push(Value::text(subject.piece(low, high)));
    if backwards {
        parts.reverse();
    }
    budget.build(subject.chars().len() + parts.len() * ITEM)?;
    Ok(parts)
}

/// `$text -replace $pattern, $with`
pub(super) fn replace(
    text: &str,
    pattern: &str,
    with: &str,
    options: Options,
    budget: &mut Budget<'_>,
) -> Worked<Value> {
    budget.work(text.len())?;
    if is_literal(pattern) && !with.contains('$') && options == Options::default() && !pattern.is_empty() {
        let replaced = text.replace(pattern, with);
        budget.build(replaced.len())?;
        return Ok(Some(Value::text(replaced)));
    }
    let Some(compiled) = Pattern::with(pattern, options) else {
        return Ok(None);
    };
    let subject = Subject::new(text);
    let from = compiled.origin(subject.chars());
    let replaced = compiled.replaced(&subject, with, None, from, budget)?;
    Ok(replaced.map(Value::of_text))
}

/// `$text -match $pattern`: the first match, nothing where there is none.
pub(super) fn matched(
    text: &str,
    pattern: &str,
    options: Options,
    budget: &mut Budget<'_>,
) -> Worked<Option<Found>> {
    let Some(compiled) = Pattern::with(pattern, options).map(Rc::new) else {
        return Ok(None);
    };
    let subject = Subject::new(text);
    budget.work(text.len())?;
    let from = compiled.origin(subject.chars());
    let found = compiled.find(subject.chars(), from, budget)?;
    Ok(Some(found.map(|one| Found::new(&compiled, &subject, Some(one)))))
}

/// `[regex]::Escape`
pub(super) fn escaped(text: &str) -> String {
    let mut result = String::new();
    for c in text.chars() {
        match c {
            '\\' | '*' | '+' | '?' | '|' | '{' | '[' | '(' | ')' | '^' | '$' | '.' | '#' | ' ' => {
                result.push('\\');
                result.push(c);
            }
            '\t' => result.push_str("\\t"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\u{c}' => result.push_str("\\f"),
            c => result.push(c),
        }
    }
    result
}

/// `[regex]::Unescape`; `None` where that throws or is outside the known part.
pub(super) fn unescaped(text: &str) -> Option<String> {
    let mut result = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            result.push(c);
            continue;
        }
        result.push(match chars.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'a' => '\u{7}',
            'e' => '\u{1b}',
            sign @ ('x' | 'u') => {
                let digits: String = chars.by_ref().take(if sign == 'x' { 2 } else { 4 }).collect();
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
            }
            c if c.is_alphanumeric() => return None,
            c => c,
        });
    }
    Some(result)
}

/// `[Uri]::UnescapeDataString`, and with blanks for `+` what web pages send.
pub(super) fn percent_decoded(text: &str, plus: bool) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let pair = behind.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let code = pair
            .filter(|_| byte == b'%')
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if plus && byte == b'+' { b' ' } else { byte });
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// `HtmlDecode`: numbers and the five names that every version knows; any other name is outside the known part.
pub(super) fn entities_decoded(text: &str) -> Option<String> {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        result.push_str(before);
        let (name, behind) = after.split_once(';')?;
        result.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            name => {
                let digits = name.strip_prefix('#')?;
                let code = match digits.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => digits.parse().ok()?,
                };
                char::from_u32(code)?
            }
        });
        rest = behind;
    }
    result.push_str(rest);
    Some(result)
}
