//! What a Word 97–2003 document holds for its macros (MS-DOC): its text by paragraphs, its variables, its shapes.

use super::activex;
use super::allowance::Allowance;
use super::art;
use super::drawing::Shape;
use super::text::Story;
use crate::ole::Compound;
use crate::vba::{Collection, Datum, Item};
use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes of text that are read.
const TEXT: usize = 32 << 20;
/// Pieces of text, and variables.
const PIECES: usize = 1 << 20;
const VARIABLES: usize = 65_536;

/// Places in the file information block (MS-DOC 2.5.1).
const FLAGS: usize = 10;
const TEXT_LENGTH: usize = 0x4C;
/// The lengths of the stories in front of the text boxes', and of theirs (MS-DOC 2.5.4).
const OTHER_LENGTHS: [usize; 5] = [0x50, 0x54, 0x58, 0x5C, 0x60];
const BOX_LENGTH: usize = 0x64;
const CLX: usize = 0x1A2;
const DRAWINGS: usize = 0x22A;
const BOXES: usize = 0x25A;
const USER_VARIABLES: usize = 0x27A;

/// Inline pictures of one document.
const PICTURES: usize = 4096;

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
    let main = u32_at(&stream, TEXT_LENGTH).and_then(|length| text(&stream, &table, 0..length as usize));
    let own = match main {
        Some(units) => Story::of_main_text(&units).describe(own),
        None => own,
    };
    let own = match shapes(&stream, &table) {
        Some(shapes) => own.holding("shapes", Collection::named(shapes)),
        None => own,
    };
    let controls = activex::of_pool(compound, root);
    let own = match controls.is_empty() {
        true => own,
        false => Item {
            members: Some("oleobjects"),
            ..own.holding("oleobjects", Collection::named(controls))
        },
    };
    let own = match compound.read(&format!("{root}/Data")).map(|read| read.bytes) {
        Some(data) => with_pictures(&data, own),
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

/// Returns a range of the characters of all stories, put together from their pieces (MS-DOC 2.8.35).
fn text(stream: &[u8], table: &[u8], range: Range<usize>) -> Option<Vec<u16>> {
    let mut clx = part(stream, table, CLX)?;
    while clx.first() == Some(&1) {
        clx = clx.get(3 + usize::from(u16_at(clx, 1)?)..)?;
    }
    let pieces = (clx.first() == Some(&2)).then(|| clx.get(5..)?.get(..u32_at(clx, 1)? as usize))??;
    let count = (pieces.len().checked_sub(4)? / 12).min(PIECES);
    let wanted = range.len();
    if wanted > TEXT / 2 {
        return None;
    }
    let mut units = Vec::new();
    for at in 0..count {
        let (first, end) = (
            u32_at(pieces, 4 * at)? as usize,
            u32_at(pieces, 4 * at + 4)? as usize,
        );
        let (from, to) = (first.max(range.start), end.min(range.end));
        if from >= to {
            continue;
        }
        if units.len() + (to - from) > wanted {
            return None;
        }
        let place = u32_at(pieces, 4 * (count + 1) + 8 * at + 2)?;
        let begin = (place & 0x3fff_ffff) as usize;
        let skipped = from - first;
        if place & 0x4000_0000 != 0 {
            let bytes = stream.get(begin / 2 + skipped..)?.get(..to - from)?;
            units.extend(bytes.iter().map(|byte| compressed(*byte)));
        } else {
            let begin = begin.checked_add(skipped.checked_mul(2)?)?;
            let bytes = stream.get(begin..)?.get(..(to - from).checked_mul(2)?)?;
            units.extend(crate::text::units(bytes));
        }
    }
    (units.len() == wanted).then_some(units)
}

/// Returns the floating shapes of the main story (MS-DOC 2.9.172): behind the drawing group each drawing follows a
/// byte that says whose it is.
fn shapes(stream: &[u8], table: &[u8]) -> Option<Vec<Item>> {
    const MAIN: u8 = 0;
    let content = part(stream, table, DRAWINGS)?;
    let group = art::record(content, 0)?;
    let mut at = group.begin + group.data.len();
    let mut left = PIECES;
    while let (Some(owner), Some(drawing)) = (content.get(at), art::record(content, at + 1)) {
        at = drawing.begin + drawing.data.len();
        if *owner != MAIN {
            continue;
        }
        let mut boxes = boxes(stream, table).unwrap_or_default();
        let mut allowance = Allowance::new();
        let mut finish = |figure: &mut art::Figure<'_>| {
            // A box is one shape's.
            let own = boxes.remove(&figure.id);
            figure.shape.text = own.and_then(|range| box_text(stream, table, range, &mut allowance));
        };
        let found = art::figures_of(&drawing, &mut left);
        return Some(found.into_iter().map(|figure| figure.item(&mut finish)).collect());
    }
    None
}

/// Returns where the text of each shape stands among that of the text boxes (MS-DOC 2.8.32, 2.9.102).
fn boxes(stream: &[u8], table: &[u8]) -> Option<BTreeMap<u32, Range<usize>>> {
    const ENTRY: usize = 22;
    const SHAPE: usize = 14;
    const REUSABLE: usize = 8;
    let plex = part(stream, table, BOXES)?;
    let count = (plex.len().checked_sub(4)? / (4 + ENTRY)).min(PICTURES);
    let mut found = BTreeMap::new();
    for at in 0..count {
        let range = u32_at(plex, 4 * at)? as usize..u32_at(plex, 4 * at + 4)? as usize;
        let entry = plex.get(4 * (count + 1) + ENTRY * at..)?.get(..ENTRY)?;
        if u16_at(entry, REUSABLE)? == 0 {
            found.entry(u32_at(entry, SHAPE)?).or_insert(range);
        }
    }
    Some(found)
}

/// Returns the text of a box; the mark that ends its last paragraph belongs to it, the one behind it does not.
fn box_text(stream: &[u8], table: &[u8], range: Range<usize>, allowance: &mut Allowance) -> Option<Vec<u16>> {
    let length = |at: &usize| u32_at(stream, *at).map(|length| length as usize);
    let before = OTHER_LENGTHS.iter().map(length).sum::<Option<usize>>()?;
    let begin = length(&TEXT_LENGTH)?.checked_add(before)?;
    if range.start > range.end || range.end > length(&BOX_LENGTH)? {
        return None;
    }
    // Each box passes over the list of pieces.
    let pieces = part(stream, table, CLX)?.len() / 64;
    allowance.take(range.len().checked_add(pieces)?)?;
    let mut text = text(stream, table, begin + range.start..begin.checked_add(range.end)?)?;
    if text.ends_with(&[0x0D, 0x0D]) {
        text.pop();
    }
    let plain = |unit: &u16| !matches!(*unit, 0..=8 | 0x0E..=0x15);
    text.iter().all(plain).then_some(text)
}

/// Adds the pictures in the line of the text, which stand one behind the other in the data stream (MS-DOC 2.9.190).
fn with_pictures(data: &[u8], own: Item) -> Item {
    /// The size of a picture's head, and the kinds of pictures that are a shape.
    const HEAD: u16 = 0x44;
    const SHAPE: u16 = 0x64;
    const SHAPE_OF_FILE: u16 = 0x66;
    let mut found = Vec::new();
    let mut at = 0usize;
    let picture = |at: usize| -> Option<(usize, Option<Shape>)> {
        let size = u32_at(data, at)? as usize;
        let own = data.get(at..)?.get(..size)?;
        let head = u16_at(own, 4)?;
        let begin = match (head, u16_at(own, 6)?) {
            (HEAD, SHAPE) => usize::from(HEAD),
            // The name of the file stands in between.
            (HEAD, SHAPE_OF_FILE) => {
                let name = usize::from(HEAD);
                name + 1 + usize::from(*own.get(name)?)
            }
            _ => return Some((size, None)),
        };
        Some((size, art::single(own.get(begin..)?)))
    };
    while let Some((size, shape)) = picture(at).filter(|(size, _)| *size > 6 && found.len() < PICTURES) {
        found.extend(shape.map(Shape::item));
        at += size;
    }
    let whole = at == data.len();
    // The stream may have the pictures in another order than the text has them.
    let pictures = Collection::named(found);
    let counted = pictures.counted && whole;
    match pictures.items.is_empty() {
        true => own,
        false => own.holding("inlineshapes", Collection { counted, ..pictures }),
    }
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
            Datum::units(value),
        ));
    }
    Some(found)
}

/// Reads the shapes of a document's two streams and the pictures of one, for fuzzing.
pub(super) fn shape_count(stream: &[u8], table: &[u8]) -> usize {
    let floating = shapes(stream, table).map_or(0, |shapes| shapes.len());
    let pictures = with_pictures(stream, Item::default());
    floating
        + pictures
            .collection("inlineshapes")
            .map_or(0, |pictures| pictures.items.len())
}

/// Reads document variables, for fuzzing.
#[doc(hidden)]
pub fn variable_count(bytes: &[u8]) -> usize {
    variables(bytes).map_or(0, |found| found.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::art::tests::{drawing, row, shape};

    /// A block with the parts that are read, and a table stream; the text stands behind the block.
    fn document(main: &str, boxed: &str) -> (Vec<u8>, Vec<u8>) {
        let mut block = vec![0; 0x400];
        let mut table = Vec::new();
        let text: Vec<u8> = format!("{main}{boxed}").into_bytes();
        let put = |block: &mut Vec<u8>, at: usize, number: usize| {
            let number = u32::try_from(number).unwrap().to_le_bytes();
            block[at..at + 4].copy_from_slice(&number);
        };
        put(&mut block, TEXT_LENGTH, main.len());
        put(&mut block, BOX_LENGTH, boxed.len());
        let begin = block.len();
        block.extend_from_slice(&text);
        let number = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        let pieces = [
            &number(0)[..],
            &number(text.len()),
            &[0, 0],
            &number((2 * begin) | 0x4000_0000),
            &[0, 0],
        ]
        .concat();
        let clx = [&[2][..], &number(pieces.len()), &pieces].concat();
        let mut entry = [0; 22];
        entry[14..18].copy_from_slice(&1025u32.to_le_bytes());
        let boxes = [&number(0)[..], &number(boxed.len()), &entry].concat();
        let shapes = drawing(&[shape(1025, 0, "Box", "alternative", b"")]);
        let drawings = [row(0x000F, 0xF000, b""), vec![0], shapes].concat();
        for (at, part) in [(CLX, clx), (BOXES, boxes), (DRAWINGS, drawings)] {
            put(&mut block, at, table.len());
            put(&mut block, at + 4, part.len());
            table.extend_from_slice(&part);
        }
        (block, table)
    }

    #[test]
    fn a_floating_shape_has_its_alternative_text_and_the_text_of_its_box() {
        let (block, table) = document("main\r", "boxed\r\r");
        let found = shapes(&block, &table).unwrap();
        let text = |property: &str| found[0].value(property).cloned();
        assert_eq!(text("name"), Some(Datum::text("Box")));
        assert_eq!(text("alternativetext"), Some(Datum::text("alternative")));
        assert_eq!(text("text"), Some(Datum::text("boxed\r")));
        for length in 0..table.len() {
            shapes(&block, &table[..length]);
        }
    }

    /// A box whose text many shapes name gives it to one.
    #[test]
    fn a_box_has_one_shape() {
        let boxed = format!("{}\r\r", "x".repeat(1 << 19));
        let (mut block, mut table) = document("main\r", &boxed);
        let many: Vec<Vec<u8>> = (0..100).map(|_| shape(1025, 0, "Box", "", b"")).collect();
        let drawings = [row(0x000F, 0xF000, b""), vec![0], drawing(&many)].concat();
        for (at, number) in [(DRAWINGS, table.len()), (DRAWINGS + 4, drawings.len())] {
            block[at..at + 4].copy_from_slice(&u32::try_from(number).unwrap().to_le_bytes());
        }
        table.extend(drawings);
        let found = shapes(&block, &table).unwrap();
        assert_eq!(found.len(), 100);
        let all = found.iter().filter(|shape| shape.value("text").is_some()).count();
        assert_eq!(all, 1);
    }

    #[test]
    fn a_picture_in_the_line_has_its_alternative_text() {
        let own = shape(1026, 0, "", "of a picture", b"");
        let mut head = vec![0; 0x44];
        head[..4].copy_from_slice(&u32::try_from(0x44 + own.len()).unwrap().to_le_bytes());
        head[4] = 0x44;
        head[6] = 0x64;
        let data = [head, own].concat();
        let told = |data: &[u8]| {
            let item = with_pictures(data, Item::default());
            let pictures = item.collection("inlineshapes")?;
            Some((
                pictures.counted,
                pictures.items.first()?.value("alternativetext").cloned(),
            ))
        };
        assert_eq!(told(&data), Some((true, Some(Datum::text("of a picture")))));
        assert_eq!(
            told(&[data.clone(), vec![1, 2]].concat()).map(|(counted, _)| counted),
            Some(false)
        );
        assert_eq!(told(&data[..data.len() - 1]), None);
    }
}
