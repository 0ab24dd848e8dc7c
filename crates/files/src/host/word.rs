//! What a Word 97–2003 document holds for its macros (MS-DOC): its text by paragraphs, its variables.

use super::text::Story;
use crate::ole::Compound;
use crate::vba::{Collection, Datum, Item};

/// Bytes of text that are read.
const TEXT: usize = 32 << 20;
/// Pieces of text, and variables.
const PIECES: usize = 1 << 20;
const VARIABLES: usize = 65_536;

/// Places in the file information block (MS-DOC 2.5.1).
const FLAGS: usize = 10;
const TEXT_LENGTH: usize = 0x4C;
const CLX: usize = 0x1A2;
const USER_VARIABLES: usize = 0x27A;

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// Adds what the main stream and its table stream say to an item.
pub(super) fn read(compound: &Compound<'_>, root: &str, own: Item) -> Item {
    let Some(stream) = compound
        .read(&format!("{root}/WordDocument"))
        .map(|read| read.bytes)
    else {
        return own;
    };
    let flags = u16_at(&stream, FLAGS).unwrap_or(0);
    if u16_at(&stream, 0) != Some(0xA5EC) || flags & 0x0100 != 0 {
        return own;
    }
    let table = if flags & 0x0200 == 0 { "0Table" } else { "1Table" };
    let Some(table) = compound.read(&format!("{root}/{table}")).map(|read| read.bytes) else {
        return own;
    };
    let own = match text(&stream, &table) {
        Some(units) => Story::of_main_text(&units).describe(own),
        None => own,
    };
    let variables = part(&stream, &table, USER_VARIABLES).and_then(variables);
    match variables {
        Some(variables) => own.holding("variables", Collection::named(variables)),
        None => own,
    }
}

/// Returns the part of the table stream whose place and size stand in the block.
fn part<'t>(stream: &[u8], table: &'t [u8], at: usize) -> Option<&'t [u8]> {
    let (from, size) = (u32_at(stream, at)? as usize, u32_at(stream, at + 4)? as usize);
    table.get(from..)?.get(..size).filter(|part| !part.is_empty())
}

/// Returns the main text, put together from its pieces (MS-DOC 2.8.35).
fn text(stream: &[u8], table: &[u8]) -> Option<Vec<u16>> {
    let length = u32_at(stream, TEXT_LENGTH)? as usize;
    let mut clx = part(stream, table, CLX)?;
    while clx.first() == Some(&1) {
        clx = clx.get(3 + usize::from(u16_at(clx, 1)?)..)?;
    }
    let pieces = (clx.first() == Some(&2)).then(|| clx.get(5..)?.get(..u32_at(clx, 1)? as usize))??;
    let count = (pieces.len().checked_sub(4)? / 12).min(PIECES);
    let mut units = Vec::new();
    for at in 0..count {
        let (from, to) = (
            u32_at(pieces, 4 * at)? as usize,
            u32_at(pieces, 4 * at + 4)? as usize,
        );
        let place = u32_at(pieces, 4 * (count + 1) + 8 * at + 2)?;
        let wanted = to.checked_sub(from)?.min(length.saturating_sub(units.len()));
        if units.len().saturating_add(wanted) > TEXT / 2 {
            return None;
        }
        let begin = (place & 0x3fff_ffff) as usize;
        if place & 0x4000_0000 != 0 {
            let bytes = stream.get(begin / 2..)?.get(..wanted)?;
            units.extend(bytes.iter().map(|byte| compressed(*byte)));
        } else {
            let bytes = stream.get(begin..)?.get(..wanted.checked_mul(2)?)?;
            units.extend(crate::text::units(bytes));
        }
    }
    (units.len() == length).then_some(units)
}

/// Returns the character of a compressed byte (MS-DOC 2.9.73).
fn compressed(byte: u8) -> u16 {
    match byte {
        0x82 => 0x201A,
        0x83 => 0x0192,
        0x84 => 0x201E,
        0x85 => 0x2026,
        0x86 => 0x2020,
        0x87 => 0x2021,
        0x88 => 0x02C6,
        0x89 => 0x2030,
        0x8A => 0x0160,
        0x8B => 0x2039,
        0x8C => 0x0152,
        0x91 => 0x2018,
        0x92 => 0x2019,
        0x93 => 0x201C,
        0x94 => 0x201D,
        0x95 => 0x2022,
        0x96 => 0x2013,
        0x97 => 0x2014,
        0x98 => 0x02DC,
        0x99 => 0x2122,
        0x9A => 0x0161,
        0x9B => 0x203A,
        0x9C => 0x0153,
        0x9F => 0x0178,
        byte => u16::from(byte),
    }
}

/// Reads the document's variables (MS-DOC 2.9.293): a table of names, then the values in the same order.
fn variables(bytes: &[u8]) -> Option<Vec<Item>> {
    if u16_at(bytes, 0)? != 0xFFFF {
        return None;
    }
    let count = usize::from(u16_at(bytes, 2)?).min(VARIABLES);
    let extra = usize::from(u16_at(bytes, 4)?);
    let mut at = 6usize;
    let string = |at: &mut usize| -> Option<Vec<u16>> {
        let length = usize::from(u16_at(bytes, *at)?);
        let text = bytes.get(*at + 2..)?.get(..2 * length)?;
        *at += 2 + 2 * length;
        Some(crate::text::units(text).collect())
    };
    let mut names = Vec::with_capacity(count);
    for _ in 0..count {
        names.push(string(&mut at)?);
        at += extra;
    }
    let mut found = Vec::with_capacity(count);
    for name in names {
        let mut value = string(&mut at)?;
        if value.last() == Some(&0) {
            value.pop();
        }
        found.push(super::variable(
            &String::from_utf16_lossy(&name),
            Datum::Text(value),
        ));
    }
    Some(found)
}

/// Reads document variables, for fuzzing.
#[doc(hidden)]
pub fn variable_count(bytes: &[u8]) -> usize {
    variables(bytes).map_or(0, |found| found.len())
}
