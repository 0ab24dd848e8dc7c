//! Functions on strings.

use super::occurrence::Occurrences;
use super::{Arguments, memory, size};
use crate::script::Budget;
use crate::vba::convert::{ansi, string, unit_of_ansi};
use crate::vba::fault::{Eval, Stop};
use crate::vba::operate::strings;
use crate::vba::value::{Array, Mixed, Piece, Str, Type, Value, expression_text};
use std::rc::Rc;

/// The functions of this file that a variable might be mistaken for.
pub(super) const NAMES: &[&str] = &[
    "mid",
    "left",
    "right",
    "instr",
    "replace",
    "split",
    "join",
    "strreverse",
    "ucase",
    "lcase",
    "trim",
    "chr",
    "asc",
];

/// A string that a function took apart or put together counts as built.
pub(super) const DECODED: u32 = 3;

/// Characters of a replacement that an unknown expression shows.
const SHOWN: usize = 40;

type Outcome = Eval<Option<Value>>;

/// Calls the function of a name.
pub(super) fn call(name: &str, arguments: &Arguments<'_>, budget: &mut Budget<'_>) -> Option<Outcome> {
    Some(match name {
        "mid" => mid(arguments),
        "midb" | "leftb" | "rightb" => memory::part(arguments, name),
        "left" | "right" => end(arguments, name),
        "instr" => find(arguments),
        "instrb" => memory::find(arguments),
        "instrrev" => find_last(arguments),
        "replace" => replace(arguments, budget),
        "strreverse" => on_pieces(arguments, name, true, |units| {
            units.iter().rev().copied().collect()
        }),
        "ucase" | "lcase" => on_pieces(arguments, name, false, |units| cased(units, name)),
        "trim" | "ltrim" | "rtrim" => trim(arguments, name),
        "space" => repeated(arguments.whole(0), Ok(Some(u16::from(b' '))), budget),
        "string" => repeated(arguments.whole(0), first_unit(arguments), budget),
        "len" | "lenb" => length(arguments, name == "lenb"),
        "strcomp" => compare(arguments),
        "strconv" => converted(arguments, budget),
        "split" => split(arguments, budget),
        "join" => join(arguments, budget),
        _ => return None,
    })
}

fn slice(text: &Str, from: usize, length: usize) -> Value {
    let from = from.min(text.len());
    let to = from.saturating_add(length).min(text.len());
    Value::units(text.units().get(from..to).unwrap_or_default().to_vec(), DECODED)
}

fn mid(arguments: &Arguments<'_>) -> Outcome {
    let value = string(arguments.value(0)?)?;
    let (Some(start), Some(length)) = (arguments.whole(1)?, arguments.whole_or(2, i64::from(i32::MAX))?)
    else {
        return Ok(None);
    };
    let (from, length) = (size(start - 1)?, size(length)?);
    match value {
        Value::Text(text) => Ok(Some(slice(&text, from, length))),
        // A part that lies wholly in what is known at the start.
        Value::Mixed(mixed) if from.saturating_add(length) <= mixed.known_start().len() => Ok(Some(slice(
            &Str::new(mixed.known_start().to_vec(), DECODED),
            from,
            length,
        ))),
        _ => Ok(None),
    }
}

fn end(arguments: &Arguments<'_>, name: &str) -> Outcome {
    let Some(length) = arguments.whole(1)? else {
        return Ok(None);
    };
    let length = size(length)?;
    match string(arguments.value(0)?)? {
        Value::Text(text) if name == "left" => Ok(Some(slice(&text, 0, length))),
        Value::Text(text) => Ok(Some(slice(&text, text.len().saturating_sub(length), length))),
        Value::Mixed(mixed) if name == "left" && length <= mixed.known_start().len() => Ok(Some(slice(
            &Str::new(mixed.known_start().to_vec(), DECODED),
            0,
            length,
        ))),
        _ => Ok(None),
    }
}

/// Returns where a string stands in another, from a position on.
pub(super) fn position(text: &[u16], part: &[u16], from: usize) -> Option<usize> {
    if part.is_empty() {
        return (from <= text.len()).then_some(from);
    }
    Occurrences::of(text, part, from).next()
}

fn find(arguments: &Arguments<'_>) -> Outcome {
    let shifted = arguments.len() > 2;
    let first = usize::from(shifted);
    let start = if shifted { arguments.whole(0)? } else { Some(1) };
    let (text, part) = (arguments.string(first)?, arguments.string(first + 1)?);
    let compare = arguments.whole_or(3, 0)?;
    let (Some(text), Some(part), Some(start), Some(compare)) = (text, part, start, compare) else {
        return Ok(None);
    };
    let from = size(start - 1)?;
    if text.len() == 0 || from > text.len() {
        return Ok(Some(Value::Long(0)));
    }
    let found = match compare {
        0 => position(text.units(), part.units(), from),
        _ => position(&folded(text.units()), &folded(part.units()), from),
    };
    Ok(Some(Value::count(found.map_or(0, |at| at + 1))))
}

fn find_last(arguments: &Arguments<'_>) -> Outcome {
    let (text, part) = (arguments.string(0)?, arguments.string(1)?);
    let (start, compare) = (arguments.whole_or(2, -1)?, arguments.whole_or(3, 0)?);
    let (Some(text), Some(part), Some(start), Some(compare)) = (text, part, start, compare) else {
        return Ok(None);
    };
    let end = match start {
        -1 => text.len(),
        start if start < 1 => return Err(Stop::INVALID),
        start if size(start)? > text.len() => return Ok(Some(Value::Long(0))),
        start => size(start)?,
    };
    let fold = |units: &[u16]| {
        if compare == 0 {
            units.to_vec()
        } else {
            folded(units)
        }
    };
    let (text, part) = (fold(text.units()), fold(part.units()));
    let text = text.get(..end).unwrap_or(&[]);
    if part.is_empty() {
        return Ok(Some(Value::count(end)));
    }
    let found = Occurrences::of(text, &part, 0).last();
    Ok(Some(Value::count(found.map_or(0, |at| at + 1))))
}

/// Upper case unit by unit, so that positions stay.
pub(super) fn folded(units: &[u16]) -> Vec<u16> {
    units
        .iter()
        .map(|unit| match char::from_u32(u32::from(*unit)) {
            Some(c) => single(c.to_uppercase()).unwrap_or(*unit),
            None => *unit,
        })
        .collect()
}

fn single(mut chars: impl Iterator<Item = char>) -> Option<u16> {
    let first = chars.next()?;
    match chars.next() {
        Some(_) => None,
        None => u16::try_from(u32::from(first)).ok(),
    }
}

fn cased(units: &[u16], name: &str) -> Vec<u16> {
    units
        .iter()
        .map(|unit| match char::from_u32(u32::from(*unit)) {
            Some(c) if name == "ucase" => single(c.to_uppercase()).unwrap_or(*unit),
            Some(c) => single(c.to_lowercase()).unwrap_or(*unit),
            None => *unit,
        })
        .collect()
}

/// Works on each known piece; an unknown piece becomes the function of itself.
fn on_pieces(
    arguments: &Arguments<'_>,
    name: &str,
    reverse: bool,
    work: impl Fn(&[u16]) -> Vec<u16>,
) -> Outcome {
    let value = string(arguments.value(0)?)?;
    let built = value.built().max(if reverse { DECODED } else { 1 });
    if value.is_unknown() {
        return Ok(None);
    }
    let Some(mut pieces) = value.pieces() else {
        return Ok(None);
    };
    if reverse {
        pieces.reverse();
    }
    let pieces = pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Known(units) => Piece::Known(Rc::new(work(&units))),
            Piece::Unknown(expression) => Piece::Unknown(expression_text(&format!("{name}({expression})"))),
        })
        .collect();
    Ok(Some(Value::of_pieces(pieces, built)))
}

fn trim(arguments: &Arguments<'_>, name: &str) -> Outcome {
    let Some(text) = arguments.string(0)? else {
        return Ok(None);
    };
    let blank = |unit: &u16| *unit == u16::from(b' ');
    let units = text.units();
    let from = match name {
        "rtrim" => 0,
        _ => units.iter().position(|unit| !blank(unit)).unwrap_or(units.len()),
    };
    let to = match name {
        "ltrim" => units.len(),
        _ => units.iter().rposition(|unit| !blank(unit)).map_or(0, |at| at + 1),
    };
    let kept = units.get(from..to.max(from)).unwrap_or(&[]);
    Ok(Some(Value::units(kept.to_vec(), text.built)))
}

fn first_unit(arguments: &Arguments<'_>) -> Eval<Option<u16>> {
    match arguments.value(1)? {
        Value::Text(text) => Ok(Some(*text.units().first().ok_or(Stop::INVALID)?)),
        other => Ok(crate::vba::convert::integer(other)?
            .map(|code| u8::try_from(code.rem_euclid(256)).map_or(0, unit_of_ansi))),
    }
}

fn repeated(count: Eval<Option<i64>>, unit: Eval<Option<u16>>, budget: &mut Budget<'_>) -> Outcome {
    let (Some(count), Some(unit)) = (count?, unit?) else {
        return Ok(None);
    };
    let count = size(count)?;
    budget.build(count.saturating_mul(2))?;
    Ok(Some(Value::units(vec![unit; count], 1)))
}

fn length(arguments: &Arguments<'_>, bytes: bool) -> Outcome {
    let factor = if bytes { 2 } else { 1 };
    Ok(match arguments.value(0)? {
        Value::Byte(_) => Some(Value::Long(1)),
        Value::Integer(_) | Value::Bool(_) => Some(Value::Long(2)),
        Value::Long(_) | Value::Single(_) => Some(Value::Long(4)),
        Value::Double(_) | Value::LongLong(_) | Value::Date(_) | Value::Currency(_) => Some(Value::Long(8)),
        Value::Decimal(_) => None,
        Value::Array(array) if array.kind == Type::Byte && bytes => Some(Value::count(array.items.len())),
        value => crate::vba::convert::known(value)?.map(|text| Value::count(text.len() * factor)),
    })
}

fn compare(arguments: &Arguments<'_>) -> Outcome {
    let (a, b) = (arguments.string(0)?, arguments.string(1)?);
    let mode = arguments.whole_or(2, 0)?;
    let (Some(a), Some(b), Some(mode)) = (a, b, mode) else {
        return Ok(None);
    };
    Ok(Some(Value::Integer(strings(&a, &b, mode == 1) as i16)))
}

fn replace(arguments: &Arguments<'_>, budget: &mut Budget<'_>) -> Outcome {
    let value = string(arguments.value(0)?)?;
    let (part, with) = (arguments.string(1)?, string(arguments.value(2)?)?);
    let (start, count, mode) = (
        arguments.whole_or(3, 1)?,
        arguments.whole_or(4, -1)?,
        arguments.whole_or(5, 0)?,
    );
    let (Some(part), Some(start), Some(count), Some(mode)) = (part, start, count, mode) else {
        return Ok(None);
    };
    if part.len() == 0 {
        return Ok(Some(value));
    }
    let (skipped, count) = (size(start - 1)?, usize::try_from(count).unwrap_or(usize::MAX));
    match (value, with) {
        (Value::Text(text), with) => {
            let kept = text.units().get(skipped..).unwrap_or(&[]);
            let places = places(kept, part.units(), count, mode != 0);
            let grown = with
                .pieces()
                .map_or(0, |pieces| piece_len(&pieces))
                .saturating_mul(places.len());
            budget.build(kept.len().saturating_add(grown))?;
            let pieces = with.pieces().ok_or(Stop::MISMATCH)?;
            if places.len().saturating_mul(pieces.len()) > 1 << 20 {
                return Ok(None);
            }
            Ok(Some(put_in(kept, part.len(), &places, &pieces, text.built)))
        }
        // One character cannot lie across the border of a known piece.
        (Value::Mixed(mixed), Value::Text(with))
            if part.len() == 1 && skipped == 0 && count == usize::MAX =>
        {
            budget.build(mixed.known_len().saturating_mul(with.len().max(1)))?;
            Ok(Some(in_pieces(&mixed, &part, &with, mode != 0)))
        }
        _ => Ok(None),
    }
}

fn piece_len(pieces: &[Piece]) -> usize {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Known(units) => units.len(),
            Piece::Unknown(_) => 1,
        })
        .sum()
}

fn places(text: &[u16], part: &[u16], count: usize, fold: bool) -> Vec<usize> {
    let (text, part) = match fold {
        true => (folded(text), folded(part)),
        false => (text.to_vec(), part.to_vec()),
    };
    let mut at = 0;
    let apart = Occurrences::of(&text, &part, 0).filter(|found| {
        let behind = *found >= at;
        if behind {
            at = found + part.len();
        }
        behind
    });
    apart.take(count).collect()
}

fn put_in(text: &[u16], length: usize, places: &[usize], with: &[Piece], built: u32) -> Value {
    let mut pieces = Vec::new();
    let mut at = 0;
    let known = |from: usize, to: usize| Piece::Known(Rc::new(text.get(from..to).unwrap_or(&[]).to_vec()));
    for place in places {
        pieces.push(known(at, *place));
        pieces.extend_from_slice(with);
        at = place + length;
    }
    pieces.push(known(at, text.len()));
    let built = if places.is_empty() {
        built
    } else {
        built.max(DECODED)
    };
    Value::of_pieces(pieces, built)
}

fn in_pieces(mixed: &Mixed, part: &Str, with: &Str, fold: bool) -> Value {
    let shown = with.show();
    let shown: String = shown.chars().take(SHOWN).collect();
    let pieces = mixed
        .pieces
        .iter()
        .flat_map(|piece| match piece {
            Piece::Known(units) => {
                let places = places(units, part.units(), usize::MAX, fold);
                let with = [Piece::Known(Rc::new(with.units().to_vec()))];
                put_in(units, 1, &places, &with, 1).pieces().unwrap_or_default()
            }
            Piece::Unknown(expression) => vec![Piece::Unknown(expression_text(&format!(
                "Replace({expression}, \"{}\", \"{shown}\")",
                part.show(),
            )))],
        })
        .collect();
    Value::of_pieces(pieces, mixed.built.max(DECODED))
}

/// `StrConv`: case, and between characters and the bytes of the code page.
fn converted(arguments: &Arguments<'_>, budget: &mut Budget<'_>) -> Outcome {
    let Some(mode) = arguments.whole(1)? else {
        return Ok(None);
    };
    let value = arguments.value(0)?;
    match (mode, value) {
        (64, Value::Array(array)) => {
            budget.build(array.items.len().saturating_mul(2))?;
            Ok(array.as_bytes().map(|bytes| widened(&bytes)))
        }
        (64, _) => {
            let Some(text) = arguments.string(0)? else {
                return Ok(None);
            };
            budget.build(text.len().saturating_mul(4))?;
            let memory = crate::vba::convert::bytes_of_units(text.units());
            Ok(Some(widened(&memory)))
        }
        (128, _) => {
            let Some(text) = arguments.string(0)? else {
                return Ok(None);
            };
            let bytes = ansi(text.units());
            budget.build(bytes.len().saturating_mul(size_of::<Value>()))?;
            Ok(Some(Value::Array(Rc::new(Array::bytes(&bytes)))))
        }
        (1, _) => on_pieces(arguments, "ucase", false, |units| cased(units, "ucase")),
        (2, _) => on_pieces(arguments, "lcase", false, |units| cased(units, "lcase")),
        (3, _) => Ok(arguments.string(0)?.map(|text| proper(&text))),
        _ => Ok(None),
    }
}

fn widened(bytes: &[u8]) -> Value {
    Value::units(bytes.iter().map(|byte| unit_of_ansi(*byte)).collect(), DECODED)
}

fn proper(text: &Str) -> Value {
    let mut starts = true;
    let units = text
        .units()
        .iter()
        .map(|unit| {
            let case = if starts { "ucase" } else { "lcase" };
            starts = matches!(*unit, 0 | 9 | 10 | 11 | 12 | 13 | 32);
            cased(&[*unit], case).first().copied().unwrap_or(*unit)
        })
        .collect();
    Value::units(units, text.built)
}

fn split(arguments: &Arguments<'_>, budget: &mut Budget<'_>) -> Outcome {
    let text = arguments.string(0)?;
    let separator = match arguments.get(1) {
        Some(value) => crate::vba::convert::known(value)?,
        None => Some(Str::new(vec![u16::from(b' ')], 1)),
    };
    let (count, mode) = (arguments.whole_or(2, -1)?, arguments.whole_or(3, 0)?);
    let (Some(text), Some(separator), Some(count), Some(mode)) = (text, separator, count, mode) else {
        return Ok(None);
    };
    if text.len() == 0 {
        return Ok(Some(Value::Array(Rc::new(Array::of(Vec::new(), 0)))));
    }
    let limit = usize::try_from(count - 1).unwrap_or(usize::MAX);
    let places = match separator.len() {
        0 => Vec::new(),
        _ => places(text.units(), separator.units(), limit, mode != 0),
    };
    budget.build((places.len() + 1).saturating_mul(size_of::<Value>()) + text.len())?;
    let mut items = Vec::with_capacity(places.len() + 1);
    let mut at = 0;
    for place in places.iter().copied().chain([text.len()]) {
        let units = text.units().get(at..place).unwrap_or(&[]).to_vec();
        items.push(Value::units(units, text.built));
        at = place + separator.len();
    }
    let mut array = Array::of(items, 0);
    array.kind = Type::Text;
    Ok(Some(Value::Array(Rc::new(array))))
}

fn join(arguments: &Arguments<'_>, budget: &mut Budget<'_>) -> Outcome {
    let Value::Array(array) = arguments.value(0)? else {
        return Ok(None);
    };
    let separator = match arguments.get(1) {
        Some(value) => string(value)?,
        None => Value::text(" "),
    };
    let separator = separator.pieces().ok_or(Stop::MISMATCH)?;
    let mut pieces = Vec::with_capacity(array.items.len() * 2);
    for (at, item) in array.items.iter().enumerate() {
        if at > 0 {
            pieces.extend_from_slice(&separator);
        }
        pieces.extend(string(item)?.pieces().ok_or(Stop::MISMATCH)?);
    }
    budget.build(piece_len(&pieces))?;
    Ok(Some(Value::of_pieces(pieces, DECODED)))
}
