//! From one type to another, as an assignment or a conversion function does it (MS-VBAL 5.5.1.2).

use super::decimal::Decimal;
use super::fault::{Eval, Stop};
use super::number;
use super::value::{Str, Type, Value, text_of};
use crate::script::Text;
use encoding_rs::WINDOWS_1252;
use std::rc::Rc;

/// Returns a number; `None` where the value is unknown.
pub(super) fn double(value: &Value) -> Eval<Option<f64>> {
    Ok(Some(match value {
        Value::Empty | Value::Missing => 0.0,
        Value::Bool(yes) => -f64::from(u8::from(*yes)),
        Value::Byte(number) => f64::from(*number),
        Value::Integer(number) => f64::from(*number),
        Value::Long(number) => f64::from(*number),
        Value::LongLong(number) => *number as f64,
        Value::Single(number) => f64::from(*number),
        Value::Double(number) | Value::Date(number) => *number,
        Value::Currency(number) => *number as f64 / 10_000.0,
        Value::Decimal(number) => number.real(),
        Value::Text(text) => number::parse(&text.show()).ok_or(Stop::MISMATCH)?,
        Value::Unknown(_) | Value::Mixed(_) | Value::Object(_) | Value::Record(_) => return Ok(None),
        Value::Null => return Err(Stop::Fault(94)),
        Value::Nothing => return Err(Stop::Fault(91)),
        Value::Array(_) => return Err(Stop::MISMATCH),
    }))
}

/// Returns a whole number, a half rounded to even; `None` where the value is unknown.
pub(super) fn integer(value: &Value) -> Eval<Option<i64>> {
    Ok(Some(match value {
        Value::Byte(number) => i64::from(*number),
        Value::Integer(number) => i64::from(*number),
        Value::Long(number) => i64::from(*number),
        Value::LongLong(number) => *number,
        Value::Currency(number) => number::divided((*number).into(), 10_000) as i64,
        Value::Decimal(number) => number.whole().ok_or(Stop::OVERFLOW)?,
        other => {
            let Some(number) = double(other)? else {
                return Ok(None);
            };
            let rounded = number::round(number);
            if rounded.abs() >= 9.2e18 {
                return Err(Stop::OVERFLOW);
            }
            rounded as i64
        }
    }))
}

/// Returns a Single; `None` where the value is unknown.
pub(super) fn single(value: &Value) -> Eval<Option<f32>> {
    if let Value::Single(number) = value {
        return Ok(Some(*number));
    }
    let Some(number) = double(value)? else {
        return Ok(None);
    };
    match number as f32 {
        single if single.is_finite() => Ok(Some(single)),
        _ => Err(Stop::OVERFLOW),
    }
}

/// Returns a Currency in ten-thousandths, a half rounded to even; `None` where the value is unknown.
pub(super) fn currency(value: &Value) -> Eval<Option<i64>> {
    let number = match value {
        Value::Currency(number) => return Ok(Some(*number)),
        Value::Text(text) => return ten_thousandths(parsed(text)?).map(Some),
        Value::Decimal(number) => return ten_thousandths(**number).map(Some),
        Value::Single(_) | Value::Double(_) | Value::Date(_) => {
            let Some(number) = double(value)? else {
                return Ok(None);
            };
            let product = number * 10_000.0;
            // A product that only looks like a half would be rounded by how wide the machine's registers are.
            let inexact = number.mul_add(10_000.0, -product) != 0.0;
            if inexact && (product.fract().abs() - 0.5).abs() < f64::EPSILON {
                return Ok(None);
            }
            number::round(product)
        }
        _ => {
            let Some(number) = integer(value)? else {
                return Ok(None);
            };
            let scaled = number.checked_mul(10_000).ok_or(Stop::OVERFLOW)?;
            return Ok(Some(scaled));
        }
    };
    match number.abs() < 9.223_372_036_854_775e18 {
        true => Ok(Some(number as i64)),
        false => Err(Stop::OVERFLOW),
    }
}

fn ten_thousandths(number: Decimal) -> Eval<i64> {
    let scaled = number.times(Decimal::scaled(10_000, 0));
    scaled.and_then(Decimal::whole).ok_or(Stop::OVERFLOW)
}

/// Returns a Decimal; `None` where the value is unknown.
pub(super) fn decimal(value: &Value) -> Eval<Option<Decimal>> {
    let real = |number: f64, digits: usize| Decimal::of_real(number, digits).ok_or(Stop::OVERFLOW);
    Ok(Some(match value {
        Value::Decimal(number) => **number,
        Value::Currency(number) => Decimal::scaled(*number, 4),
        Value::Single(number) => real(f64::from(*number), 7)?,
        Value::Double(number) | Value::Date(number) => real(*number, 15)?,
        Value::Text(text) => parsed(text)?,
        other => match integer(other)? {
            Some(number) => Decimal::scaled(number, 0),
            None => return Ok(None),
        },
    }))
}

/// A text of plain digits keeps all of them; another goes through Double.
fn parsed(text: &Str) -> Eval<Decimal> {
    let shown = text.show();
    let plain = shown.trim().replace(',', "");
    if let Some(number) = Decimal::of_plain(plain.strip_prefix('+').unwrap_or(&plain)) {
        return Ok(number);
    }
    let number = number::parse(&shown).ok_or(Stop::MISMATCH)?;
    Decimal::of_real(number, 15).ok_or(Stop::OVERFLOW)
}

/// Returns the truth of a condition; `None` where it is unknown.
pub(super) fn truth(value: &Value) -> Eval<Option<bool>> {
    match value {
        Value::Bool(yes) => Ok(Some(*yes)),
        Value::Null => Ok(Some(false)),
        Value::Text(text) => match text.show().to_ascii_lowercase().as_str() {
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            other => number::parse(other)
                .map(|number| Some(number != 0.0))
                .ok_or(Stop::MISMATCH),
        },
        Value::Decimal(number) => Ok(Some(!number.is_zero())),
        other => Ok(double(other)?.map(|number| number != 0.0)),
    }
}

/// Returns a value as a string value: known, partly known or unknown.
pub(super) fn string(value: &Value) -> Eval<Value> {
    Ok(match value {
        Value::Text(_) | Value::Mixed(_) | Value::Unknown(_) => value.clone(),
        Value::Array(array) if array.kind == Type::Byte => match array.as_bytes() {
            Some(bytes) if bytes.len().is_multiple_of(2) => Value::units(units_of_bytes(&bytes), 3),
            // Half a character has no place in a string of characters.
            _ => Value::unknown("bytes"),
        },
        Value::Array(_) | Value::Record(_) => return Err(Stop::MISMATCH),
        Value::Object(_) => Value::unknown("object"),
        Value::Date(_) => Value::unknown("date"),
        Value::Null => return Err(Stop::Fault(94)),
        Value::Nothing => return Err(Stop::Fault(91)),
        plain => Value::text(&plain_text(plain)),
    })
}

fn plain_text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Byte(number) => number.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Long(number) => number.to_string(),
        Value::LongLong(number) => number.to_string(),
        Value::Single(number) => number::show_single(*number),
        Value::Double(number) => number::show(*number),
        Value::Currency(number) => number::show_currency(*number),
        Value::Decimal(number) => number.show(),
        _ => String::new(),
    }
}

/// Returns the known string of a value; `None` where any of it is unknown.
pub(super) fn known(value: &Value) -> Eval<Option<Str>> {
    match string(value)? {
        Value::Text(text) => Ok(Some(text)),
        _ => Ok(None),
    }
}

/// Returns a value as an effect carries it. What has no text is written as an expression.
pub(super) fn text(value: &Value) -> Text {
    match string(value) {
        Ok(value) => value
            .pieces()
            .map_or_else(Text::default, |pieces| text_of(&pieces)),
        Err(_) => Text::unknown(describe(value)),
    }
}

/// Returns a short word for a value inside an unknown expression.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("\"{}\"", text.show().replace('"', "\"\"")),
        Value::Mixed(mixed) => text_of(&mixed.pieces).to_string(),
        Value::Unknown(expression) => expression.to_string(),
        Value::Array(_) => "array".to_owned(),
        Value::Record(_) => "record".to_owned(),
        Value::Object(_) => "object".to_owned(),
        Value::Nothing => "Nothing".to_owned(),
        Value::Null => "Null".to_owned(),
        Value::Empty | Value::Missing => String::new(),
        Value::Date(_) => "date".to_owned(),
        plain => plain_text(plain),
    }
}

/// Returns a value in a declared type; an unknown value stays unknown.
pub(super) fn to_type(value: Value, kind: &Type) -> Eval<Value> {
    let whole = |value: &Value| integer(value);
    let unknown = |value: &Value| Ok(value.clone());
    match kind {
        Type::Variant | Type::Object | Type::Named(_) => Ok(value),
        Type::Bool => truth(&value)?.map_or_else(|| unknown(&value), |yes| Ok(Value::Bool(yes))),
        Type::Text => string(&value),
        Type::Fixed(length) => Ok(fixed(string(&value)?, *length)),
        Type::Double => double(&value)?.map_or_else(|| unknown(&value), |number| Ok(Value::Double(number))),
        Type::Single => single(&value)?.map_or_else(|| unknown(&value), |number| Ok(Value::Single(number))),
        Type::Currency => {
            currency(&value)?.map_or_else(|| as_unknown(&value), |number| Ok(Value::Currency(number)))
        }
        Type::Decimal => {
            decimal(&value)?.map_or_else(|| unknown(&value), |number| Ok(Value::Decimal(Rc::new(number))))
        }
        Type::Date => match value {
            Value::Text(text) => {
                Ok(super::date::everywhere(&text.show()).map_or_else(|| Value::unknown("date"), Value::Date))
            }
            value => match double(&value)? {
                Some(number) if !super::date::DAYS.contains(&(number.trunc() as i64)) => Err(Stop::OVERFLOW),
                Some(number) => Ok(Value::Date(number)),
                None => Ok(value),
            },
        },
        Type::Byte | Type::Integer | Type::Long | Type::LongLong => {
            whole(&value)?.map_or_else(|| unknown(&value), |number| narrow(number, kind))
        }
    }
}

/// A value that is known and whose conversion is not becomes an unknown.
fn as_unknown(value: &Value) -> Eval<Value> {
    Ok(match value {
        Value::Unknown(_) | Value::Mixed(_) | Value::Object(_) | Value::Record(_) => value.clone(),
        other => Value::unknown(&describe(other)),
    })
}

/// Returns a whole number in an integral type, or the overflow that VBA raises.
pub(super) fn narrow(number: i64, kind: &Type) -> Eval<Value> {
    let value = match kind {
        Type::Byte => u8::try_from(number).ok().map(Value::Byte),
        Type::Integer => i16::try_from(number).ok().map(Value::Integer),
        Type::Long => i32::try_from(number).ok().map(Value::Long),
        _ => Some(Value::LongLong(number)),
    };
    value.ok_or(Stop::OVERFLOW)
}

fn fixed(value: Value, length: usize) -> Value {
    match value {
        Value::Text(text) => {
            let mut units = text.units().to_vec();
            units.resize(length, u16::from(b' '));
            Value::units(units, text.built)
        }
        other => other,
    }
}

/// Returns the string whose memory is these bytes: two bytes make a character.
pub(super) fn units_of_bytes(bytes: &[u8]) -> Vec<u16> {
    bytes
        .chunks(2)
        .map(|pair| {
            u16::from_le_bytes([
                pair.first().copied().unwrap_or(0),
                pair.get(1).copied().unwrap_or(0),
            ])
        })
        .collect()
}

/// Returns the memory of a string: each character as two bytes.
pub(super) fn bytes_of_units(units: &[u16]) -> Vec<u8> {
    units.iter().flat_map(|unit| unit.to_le_bytes()).collect()
}

/// Returns a string in the code page 1252; what it lacks becomes `?`.
pub(super) fn ansi(units: &[u16]) -> Vec<u8> {
    units
        .iter()
        .map(|unit| ansi_unit(*unit).unwrap_or(b'?'))
        .collect()
}

/// Returns the byte of a character in the code page 1252.
pub(super) fn ansi_unit(unit: u16) -> Option<u8> {
    if let Ok(byte @ (0..=0x7f | 0xa0..=0xff)) = u8::try_from(unit) {
        return Some(byte);
    }
    (0x80..=0x9f).find(|byte| unit_of_ansi(*byte) == unit)
}

/// Returns the character of a byte in the code page 1252.
pub(super) fn unit_of_ansi(byte: u8) -> u16 {
    if !(0x80..=0x9f).contains(&byte) {
        return u16::from(byte);
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
    text.encode_utf16().next().unwrap_or(u16::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_overflows_where_vba_does() {
        assert_eq!(
            to_type(Value::Long(32767), &Type::Integer),
            Ok(Value::Integer(32767))
        );
        assert_eq!(to_type(Value::Long(32768), &Type::Integer), Err(Stop::OVERFLOW));
        assert_eq!(to_type(Value::Double(2.5), &Type::Integer), Ok(Value::Integer(2)));
        assert_eq!(to_type(Value::Integer(256), &Type::Byte), Err(Stop::OVERFLOW));
        assert_eq!(to_type(Value::Double(1e300), &Type::Date), Err(Stop::OVERFLOW));
    }

    #[test]
    fn an_unknown_value_stays_unknown_in_every_type() {
        for kind in [Type::Byte, Type::Text, Type::Bool, Type::Double, Type::Date] {
            assert!(
                to_type(Value::unknown("x"), &kind).unwrap().is_unknown(),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn the_code_page_is_1252() {
        assert_eq!(unit_of_ansi(0x80), 0x20ac);
        assert_eq!(ansi_unit(0x20ac), Some(0x80));
        assert_eq!(ansi(&[0x41, 0x3b1, 0xe9]), [0x41, b'?', 0xe9]);
        for byte in 0..=255u8 {
            assert_eq!(ansi_unit(unit_of_ansi(byte)), Some(byte));
        }
    }
}
