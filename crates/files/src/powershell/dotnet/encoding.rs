//! Text encodings and base64.

use super::super::convert::Number;
use super::super::engine::Engine;
use super::super::value::{Object, Value};
use super::Given;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// .NET accepts padding where it belongs, and blanks anywhere.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

/// Base64 as a command line may carry it: cut, without padding.
const CUT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes base64 as `[Convert]::FromBase64String` does; `None` where that throws.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64
        .decode(text.chars().filter(|c| !c.is_whitespace()).collect::<String>())
        .ok()
}

/// Decodes the UTF-16 text of an `-EncodedCommand`, cut ones as far as they go; says whether it was whole.
pub(in super::super) fn base64_text(text: &str) -> Option<(String, bool)> {
    let is_base64 = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    let digits: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .take_while(is_base64)
        .collect();
    let rest: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .skip(digits.len())
        .collect();
    let (whole, kept) = match CUT_BASE64.decode(&digits) {
        Ok(bytes) => (rest.trim_end_matches('=').is_empty(), bytes),
        Err(_) => {
            let fitting = digits.get(..digits.len() - digits.len() % 4).unwrap_or_default();
            (false, CUT_BASE64.decode(fitting).ok()?)
        }
    };
    if kept.is_empty() {
        return None;
    }
    let units: Vec<u16> = pairs(&kept)
        .map(|(low, high)| u16::from_le_bytes([low, high]))
        .collect();
    Some((String::from_utf16_lossy(&units), whole && kept.len() % 2 == 0))
}

fn pairs(bytes: &[u8]) -> impl Iterator<Item = (u8, u8)> + '_ {
    bytes
        .chunks_exact(2)
        .filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)))
}

/// Whether a decoded text is one that a reader wants to see: long enough, and almost all printable.
pub(in super::super) fn is_worth_reading(text: &str) -> bool {
    let count = text.chars().count();
    let odd = text
        .chars()
        .filter(|c| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || *c == '\u{fffd}')
        .count();
    count >= 8 && odd * 50 <= count
}

/// Returns an encoding object by the name of its static property.
pub(super) fn named(name: &str) -> Option<Value> {
    let canonical = match name {
        "unicode" | "utf-16" | "utf-16le" | "unicodeencoding" | "1200" => "unicode",
        "bigendianunicode" | "utf-16be" | "1201" => "bigendianunicode",
        "utf8" | "utf-8" | "utf8encoding" | "65001" => "utf8",
        "ascii" | "us-ascii" | "asciiencoding" | "20127" => "ascii",
        "utf32" | "utf-32" | "utf32encoding" => "utf32",
        "iso-8859-1" | "28591" | "latin1" => "latin1",
        // The machine's code page: its lower half is ASCII everywhere.
        "default" | "windows-1252" | "1252" => "default",
        "utf7" | "utf-7" => "utf7",
        _ => return None,
    };
    Some(Object::new(format!("encoding:{canonical}")).value())
}

pub(super) fn invoke(engine: &mut Engine<'_, '_>, encoding: &str, name: &str, arguments: &[Value]) -> Given {
    match (name, arguments) {
        ("getstring", [bytes, rest @ ..]) => {
            let Some(bytes) = bytes.byte_list() else {
                return Ok(None);
            };
            let Some(bytes) = part(&bytes, rest) else {
                return Ok(None);
            };
            engine.budget.build(bytes.len())?;
            let Some(text) = decode(encoding, bytes) else {
                return Ok(None);
            };
            if engine.take_decoded() && is_worth_reading(&text) {
                engine.read_layer("base64", &text);
            }
            Ok(Some(engine.made_of_characters(Value::text(text))))
        }
        ("getbytes", [text]) => {
            let text = if text.is_list() {
                let units: Option<Vec<u16>> = text.items().iter().map(Value::unit).collect();
                units.and_then(|units| String::from_utf16(&units).ok())
            } else {
                text.exact()
            };
            Ok(text.and_then(|text| encode(encoding, &text)).map(Value::bytes))
        }
        ("getchars", [bytes]) => {
            let text = bytes.byte_list().and_then(|bytes| decode(encoding, &bytes));
            Ok(text.map(|text| Value::array(text.encode_utf16().map(Value::Char).collect())))
        }
        _ => Ok(None),
    }
}

/// The bytes that an index and a count name; `None` where the call is no such call, or fails.
fn part<'b>(bytes: &'b [u8], range: &[Value]) -> Option<&'b [u8]> {
    let number = |index: usize| match range.get(index).and_then(Value::number) {
        Some(Number::Int(n)) => usize::try_from(n).ok(),
        _ => None,
    };
    match (range.len(), number(0), number(1)) {
        (0, ..) => Some(bytes),
        (2, Some(start), Some(count)) => bytes.get(start..start.checked_add(count)?),
        _ => None,
    }
}

pub(super) fn decode(encoding: &str, bytes: &[u8]) -> Option<String> {
    match encoding {
        "unicode" => {
            let units: Vec<u16> = pairs(bytes)
                .map(|(low, high)| u16::from_le_bytes([low, high]))
                .collect();
            Some(String::from_utf16_lossy(&units))
        }
        "bigendianunicode" => {
            let units: Vec<u16> = pairs(bytes)
                .map(|(high, low)| u16::from_be_bytes([high, low]))
                .collect();
            Some(String::from_utf16_lossy(&units))
        }
        "utf8" => Some(String::from_utf8_lossy(bytes).into_owned()),
        "ascii" => Some(
            bytes
                .iter()
                .map(|&byte| if byte < 128 { char::from(byte) } else { '?' })
                .collect(),
        ),
        "latin1" => Some(bytes.iter().map(|&byte| char::from(byte)).collect()),
        "default" | "utf7" if bytes.is_ascii() && (encoding == "default" || !bytes.contains(&b'+')) => {
            String::from_utf8(bytes.to_vec()).ok()
        }
        "utf32" => bytes
            .chunks_exact(4)
            .map(|four| {
                let code = four
                    .iter()
                    .rev()
                    .fold(0_u32, |code, &byte| (code << 8) | u32::from(byte));
                char::from_u32(code)
            })
            .collect(),
        _ => None,
    }
}

fn encode(encoding: &str, text: &str) -> Option<Vec<u8>> {
    match encoding {
        "unicode" => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        "bigendianunicode" => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        "utf8" => Some(text.as_bytes().to_vec()),
        "ascii" => Some(
            text.encode_utf16()
                .map(|unit| u8::try_from(unit).ok().filter(u8::is_ascii).unwrap_or(b'?'))
                .collect(),
        ),
        "latin1" => text.chars().map(|c| u8::try_from(c).ok()).collect(),
        "default" if text.is_ascii() => Some(text.as_bytes().to_vec()),
        _ => None,
    }
}
