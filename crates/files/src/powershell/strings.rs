//! String operators: `-f`, `-join`, `-split`, `-replace`, `-match`.

use super::operate::ITEM;
use super::pattern::{Match, Options, Pattern, is_literal};
use super::value::{Value, join_text};
use crate::script::{Budget, Part, Text};
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
    let chars: Vec<char> = text.chars().collect();
    let matches = compiled.find_all(&chars, budget)?;
    let mut parts = Vec::new();
    let mut from = 0;
    for one in &matches {
        if most > 0 && parts.len() + 1 >= most {
            break;
        }
        let (start, end) = one.group(0).unwrap_or((from, from));
        parts.push(slice(&chars, from, start));
        for group in 1..one.groups() {
            parts.extend(one.group(group).map(|(start, end)| slice(&chars, start, end)));
        }
        from = end;
    }
    parts.push(slice(&chars, from, chars.len()));
    budget.build(text.len() + parts.len() * ITEM)?;
    Ok(Some(parts))
}

fn slice(chars: &[char], start: usize, end: usize) -> Value {
    Value::text(
        chars
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .collect::<String>(),
    )
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
    let chars: Vec<char> = text.chars().collect();
    let mut result = String::new();
    let mut from = 0;
    for one in compiled.find_all(&chars, budget)? {
        let (start, end) = one.group(0).unwrap_or((from, from));
        result.extend(chars.get(from..start).unwrap_or_default());
        let Some(substituted) = substitution(with, &one, compiled.names(), &chars) else {
            return Ok(None);
        };
        result.push_str(&substituted);
        budget.work(substituted.len())?;
        from = end;
        if result.len() as u64 > budget.limits().value_bytes {
            return Err(Limit::ValueBytes);
        }
    }
    result.extend(chars.get(from..).unwrap_or_default());
    budget.build(result.len())?;
    Ok(Some(Value::text(result)))
}

/// Fills `$1`, `${1}`, `$&`, `$$` of a replacement.
fn substitution(with: &str, found: &Match, names: &[(String, usize)], chars: &[char]) -> Option<String> {
    let mut result = String::new();
    let group = |index: usize| -> Option<String> {
        if index >= found.groups() {
            return None;
        }
        let (start, end) = found.group(index).unwrap_or((0, 0));
        Some(chars.get(start..end)?.iter().collect())
    };
    let mut rest = with;
    while let Some(at) = rest.find('$') {
        result.push_str(rest.get(..at)?);
        let after = rest.get(at + 1..)?;
        let digits = after.chars().take_while(char::is_ascii_digit).count();
        rest = match after.chars().next() {
            Some('$') => {
                result.push('$');
                after.get(1..)?
            }
            Some('&') => {
                result.push_str(&group(0)?);
                after.get(1..)?
            }
            Some('{') => {
                let (name, rest) = after.get(1..)?.split_once('}')?;
                let named = names
                    .iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, number)| *number);
                result.push_str(&group(named.or_else(|| name.parse().ok())?)?);
                rest
            }
            Some(c) if c.is_ascii_digit() => {
                result.push_str(&group(after.get(..digits)?.parse().ok()?)?);
                after.get(digits..)?
            }
            Some('`' | '\'' | '+' | '_') => return None,
            _ => {
                result.push('$');
                after
            }
        };
    }
    result.push_str(rest);
    Some(result)
}

/// `$text -match $pattern`: the groups of the first match, nothing where there is none.
pub(super) fn matched(
    text: &str,
    pattern: &str,
    options: Options,
    budget: &mut Budget<'_>,
) -> Worked<Option<Vec<Value>>> {
    let Some(compiled) = Pattern::with(pattern, options) else {
        return Ok(None);
    };
    let chars: Vec<char> = text.chars().collect();
    budget.work(text.len())?;
    let found = compiled.find(&chars, 0, budget)?;
    Ok(Some(found.map(|one| {
        (0..one.groups())
            .map(|group| {
                one.group(group)
                    .map_or(Value::Null, |(start, end)| slice(&chars, start, end))
            })
            .collect()
    })))
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
