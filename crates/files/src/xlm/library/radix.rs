//! Numbers in other bases: `DEC2HEX`, `HEX2DEC`, `BASE` and the like.

use super::{Answer, known, number_at, number_or, text_at};
use crate::workbook::ErrorCode;
use crate::xlm::value::Value;

/// Digits of a number in a base; ten of them hold a sign in two's complement.
const DIGITS: u32 = 10;

pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Answer> {
    let base = |name: &str| match name {
        "HEX" => Some(16),
        "OCT" => Some(8),
        "BIN" => Some(2),
        "DEC" => Some(10),
        _ => None,
    };
    if let Some((from, to)) = name.split_once('2')
        && let (Some(from), Some(to)) = (base(from), base(to))
    {
        return Some(converted(arguments, from, to));
    }
    Some(match name {
        "BASE" => based(arguments),
        "DECIMAL" => decimal(arguments),
        _ => return None,
    })
}

fn converted(arguments: &[Value], from: u32, to: u32) -> Answer {
    let number = if from == 10 {
        known!(number_at(arguments, 0)).trunc() as i64
    } else {
        read(&known!(text_at(arguments, 0)), from)?
    };
    if to == 10 {
        return Ok(Some(Value::Number(number as f64)));
    }
    let places = known!(number_or(arguments, 1, 0.0)) as usize;
    Ok(Some(Value::text(write(number, to, places)?)))
}

fn read(text: &str, base: u32) -> Result<i64, ErrorCode> {
    let text = if text.is_empty() { "0" } else { text };
    if text.len() > DIGITS as usize {
        return Err(ErrorCode::NUM);
    }
    let number = i64::from_str_radix(text, base).map_err(|_| ErrorCode::NUM)?;
    let all = i64::from(base).pow(DIGITS);
    // The upper half stands for the negative numbers.
    Ok(if number >= all / 2 { number - all } else { number })
}

fn write(number: i64, base: u32, places: usize) -> Result<String, ErrorCode> {
    let all = i64::from(base).pow(DIGITS);
    if number < -all / 2 || number >= all / 2 || places > DIGITS as usize {
        return Err(ErrorCode::NUM);
    }
    let shown = digits(number.rem_euclid(all).unsigned_abs(), base);
    if number >= 0 && places > 0 && shown.len() > places {
        return Err(ErrorCode::NUM);
    }
    let width = if number < 0 { 0 } else { places };
    Ok(format!("{shown:0>width$}"))
}

fn digits(mut number: u64, base: u32) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = (number % u64::from(base)) as u32;
        digits.push(char::from_digit(digit, base).unwrap_or('0').to_ascii_uppercase());
        number /= u64::from(base);
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

fn based(arguments: &[Value]) -> Answer {
    let (number, base) = (
        known!(number_at(arguments, 0)).trunc(),
        known!(number_at(arguments, 1)).trunc(),
    );
    let width = known!(number_or(arguments, 2, 0.0)) as usize;
    if !(2.0..=36.0).contains(&base) || !(0.0..9e15).contains(&number) || width > 255 {
        return Err(ErrorCode::NUM);
    }
    let shown = digits(number as u64, base as u32);
    Ok(Some(Value::text(format!("{shown:0>width$}"))))
}

fn decimal(arguments: &[Value]) -> Answer {
    let (text, base) = (
        known!(text_at(arguments, 0)),
        known!(number_at(arguments, 1)).trunc(),
    );
    if !(2.0..=36.0).contains(&base) {
        return Err(ErrorCode::NUM);
    }
    let number = u64::from_str_radix(text.trim(), base as u32).map_err(|_| ErrorCode::NUM)?;
    Ok(Some(Value::Number(number as f64)))
}

#[cfg(test)]
mod tests {
    use super::{read, write};

    #[test]
    fn negative_numbers_are_complements_of_ten_digits() {
        assert_eq!(write(255, 16, 4).unwrap(), "00FF");
        assert_eq!(write(-1, 16, 0).unwrap(), "FFFFFFFFFF");
        assert_eq!(read("FFFFFFFFFF", 16).unwrap(), -1);
        assert_eq!(read("1111111111", 2).unwrap(), -1);
        assert_eq!(write(5, 2, 0).unwrap(), "101");
        assert!(write(256, 2, 4).is_err() && read("G", 16).is_err());
    }
}
