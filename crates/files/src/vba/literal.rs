//! Number and date literals (MS-VBAL 3.3.2, 3.3.3): their text and the type that the text says.

use super::convert::currency;
use super::date::literal;
use super::lexer::is_name_part;
use super::value::Value;

/// Returns the number that the text starts with and the bytes it stands on.
pub(super) fn number(text: &str) -> Option<(Value, usize)> {
    let (value, length) = match text.strip_prefix('&') {
        Some(behind) => radix(behind)?,
        None => decimal(text)?,
    };
    let follows_name = text.get(length..)?.starts_with(is_name_part);
    (!follows_name || !text.starts_with('&')).then_some((value, length))
}

fn radix(behind: &str) -> Option<(Value, usize)> {
    let (base, skipped) = match behind.chars().next()?.to_ascii_lowercase() {
        'h' => (16, 1),
        'o' => (8, 1),
        '0'..='7' => (8, 0),
        _ => return None,
    };
    let digits: String = behind
        .get(skipped..)?
        .chars()
        .take_while(|c| c.is_digit(base))
        .collect();
    let number = u64::from_str_radix(&digits, base).ok()?;
    let length = 1 + skipped + digits.len();
    let suffix = behind.get(skipped + digits.len()..)?.chars().next();
    match suffix {
        Some('&') => Some((wrapped_long(number)?, length + 1)),
        Some('^') => Some((Value::LongLong(number as i64), length + 1)),
        Some('%') => Some((Value::Integer(u16::try_from(number).ok()? as i16), length + 1)),
        _ => Some((wrapped(number), length)),
    }
}

/// A hexadecimal literal is a bit pattern: `&HFFFF` is −1 in 16 bits.
pub(super) fn wrapped(number: u64) -> Value {
    match (u16::try_from(number), u32::try_from(number)) {
        (Ok(short), _) => Value::Integer(short as i16),
        (_, Ok(long)) => Value::Long(long as i32),
        _ => Value::LongLong(number as i64),
    }
}

fn wrapped_long(number: u64) -> Option<Value> {
    u32::try_from(number).ok().map(|long| Value::Long(long as i32))
}

fn decimal(text: &str) -> Option<(Value, usize)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut length = digits(text);
    let mut whole = true;
    if text.get(length..)?.starts_with('.') {
        let fraction = digits(text.get(length + 1..)?);
        if fraction > 0 || length > 0 {
            whole = false;
            length += 1 + fraction;
        }
    }
    if let Some(exponent) = exponent_length(text.get(length..)?).filter(|_| length > 0) {
        whole = false;
        length += exponent;
    }
    let number: f64 = text.get(..length)?.replace(['d', 'D'], "e").parse().ok()?;
    let suffix = text.get(length..)?.chars().next();
    Some(match suffix {
        Some('%') => (small(number), length + 1),
        Some('&') if whole && !concatenates(text.get(length + 1..)?) => {
            (Value::Long(number as i32), length + 1)
        }
        Some('!') => (Value::Single(number as f32), length + 1),
        Some('@') => {
            let exact = currency(&Value::text(text.get(..length)?)).ok()??;
            (Value::Currency(exact), length + 1)
        }
        Some('^') if whole && !raises(text.get(length + 1..)?) => {
            (Value::LongLong(text.get(..length)?.parse().ok()?), length + 1)
        }
        Some('#') if !text.get(length + 1..)?.starts_with(is_name_part) => {
            (Value::Double(number), length + 1)
        }
        _ if whole => (small(number), length),
        _ => (Value::Double(number), length),
    })
}

/// Whether a circumflex with this behind it raises to a power: an operand follows.
fn raises(behind: &str) -> bool {
    let operand = |c: char| is_name_part(c) || matches!(c, '"' | '(' | '.');
    behind.starts_with(['-', '+', '&']) || behind.trim_start_matches([' ', '\t']).starts_with(operand)
}

/// Whether an ampersand with this behind it joins strings.
fn concatenates(behind: &str) -> bool {
    behind
        .trim_start_matches([' ', '\t'])
        .starts_with(|c: char| is_name_part(c) || c == '"')
}

fn exponent_length(text: &str) -> Option<usize> {
    let behind = text.strip_prefix(['e', 'E', 'd', 'D'])?;
    let signed = behind.strip_prefix(['+', '-']).unwrap_or(behind);
    let digits = signed.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| text.len() - signed.len() + digits)
}

/// Returns a whole literal in the narrowest type that VBA gives it.
fn small(number: f64) -> Value {
    if number <= f64::from(i16::MAX) {
        Value::Integer(number as i16)
    } else if number <= f64::from(i32::MAX) {
        Value::Long(number as i32)
    } else {
        Value::Double(number)
    }
}

/// Returns the date between two number signs, where the text starts with one; one that is not understood is unknown.
pub(super) fn date(text: &str) -> Option<(Value, usize)> {
    let line = text.get(1..)?.split(['\n', '\r']).next()?;
    let close = line.find('#')?;
    let inner = line.get(..close)?.trim();
    let plain = |c: char| c.is_ascii_digit() || " /-:,.".contains(c);
    let words = inner
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|w| !w.is_empty());
    let has_word = words.clone().next().is_some();
    let words_fit = words.clone().all(is_date_word);
    let marks_fit = inner.chars().all(|c| plain(c) || c.is_ascii_alphabetic());
    let separated = inner.contains(['/', '-', ':']) || has_word;
    let comma_fits = has_word || !inner.contains(',');
    (!inner.is_empty() && words_fit && marks_fit && separated && comma_fits).then(|| {
        let value = literal(inner).map_or_else(|| Value::unknown(&format!("#{inner}#")), Value::Date);
        (value, close + 2)
    })
}

fn is_date_word(word: &str) -> bool {
    const MONTHS: &[&str] = &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "am", "pm",
    ];
    let lower = word.to_ascii_lowercase();
    MONTHS.iter().any(|month| lower.starts_with(month))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_has_the_type_its_text_says() {
        let read = |text: &str| number(text).map(|(value, _)| value);
        assert_eq!(read("32767"), Some(Value::Integer(32767)));
        assert_eq!(read("32768"), Some(Value::Long(32768)));
        assert_eq!(read("&HFFFF"), Some(Value::Integer(-1)));
        assert_eq!(read("&HFFFF&"), Some(Value::Long(65535)));
        assert_eq!(read("&O17"), Some(Value::Integer(15)));
        assert_eq!(read("1.5E1"), Some(Value::Double(15.0)));
        assert_eq!(read("1D2"), Some(Value::Double(100.0)));
        assert_eq!(read("&Hello"), None);
    }

    #[test]
    fn a_date_counts_days_since_the_end_of_1899() {
        assert_eq!(date("#12/31/1899#").unwrap().0, Value::Date(1.0));
        assert_eq!(date("#1/1/2020#").unwrap().0, Value::Date(43831.0));
        assert!(date("#1, x: Put #2").is_none());
    }
}
