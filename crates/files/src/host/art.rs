//! OfficeArt drawings (MS-ODRAW): the shapes of a binary document, their names and alternative texts.
//!
//! A drawing is a tree of records. A shape's container holds its properties, of which those with text stand behind the
//! table in its order; where its own text stands is each program's own affair, so a shape keeps the bytes between which
//! its container lies and what its text record holds.

use super::drawing::Shape;
use crate::text::units;
use crate::vba::{Collection, Item};

/// Record types (MS-ODRAW 2.1.6).
const DRAWING: u16 = 0xF002;
const GROUP: u16 = 0xF003;
const SHAPE: u16 = 0xF004;
const SHAPE_HEAD: u16 = 0xF00A;
/// Tables of properties: primary, secondary, tertiary.
const TABLES: [u16; 3] = [0xF00B, 0xF121, 0xF122];
const TEXT: u16 = 0xF00D;
const CLIENT: u16 = 0xF011;

/// Properties (MS-ODRAW 2.3.22.1, 2.3.4.1, 2.3.4.3).
const WORD_ART: u16 = 0x00C0;
const NAME: u16 = 0x0380;
const DESCRIPTION: u16 = 0x0381;

/// Flags of a shape (MS-ODRAW 2.2.40).
const PATRIARCH: u32 = 1 << 2;
const DELETED: u32 = 1 << 3;

/// Shapes of one drawing, and groups inside each other.
const SHAPES: usize = 16_384;
const DEPTH: usize = 32;

/// A record: its instance, its type, what it holds, and where that begins.
pub(super) struct Record<'b> {
    pub instance: u16,
    pub kind: u16,
    pub data: &'b [u8],
    pub begin: usize,
}

/// Returns the record at a place (MS-ODRAW 2.2.1), cut where its bytes end.
pub(super) fn record(bytes: &[u8], at: usize) -> Option<Record<'_>> {
    let [a, b, c, d, e, f, g, h] = *bytes.get(at..)?.first_chunk::<8>()?;
    let head = u16::from_le_bytes([a, b]);
    let rest = bytes.get(at + 8..)?;
    let size = (u32::from_le_bytes([e, f, g, h]) as usize).min(rest.len());
    Some(Record {
        instance: head >> 4,
        kind: u16::from_le_bytes([c, d]),
        data: rest.get(..size)?,
        begin: at + 8,
    })
}

/// Returns the records of a container in order.
pub(super) fn records(bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let found = record(bytes, at)?;
        at = found.begin + found.data.len();
        Some(found)
    })
}

/// A shape of a drawing.
#[derive(Clone, Debug, Default)]
pub(super) struct Figure<'b> {
    /// The number by which other parts of the file name it.
    pub id: u32,
    /// What is known of it.
    pub shape: Shape,
    /// What its text record holds.
    pub text: Option<&'b [u8]>,
    /// What its client data holds.
    pub client: Option<&'b [u8]>,
    /// Where its container begins and ends.
    pub span: std::ops::Range<usize>,
    /// The shapes of a group; `None` for a single shape.
    pub inner: Option<Vec<Figure<'b>>>,
}

impl Figure<'_> {
    /// Returns the shape as macros see it, with what `finish` makes of its text.
    pub(super) fn item(self, finish: &mut impl FnMut(&mut Figure<'_>)) -> Item {
        let mut figure = self;
        finish(&mut figure);
        let item = figure.shape.item();
        match figure.inner {
            Some(inner) => {
                let inner = inner.into_iter().map(|figure| figure.item(finish)).collect();
                item.holding("groupitems", Collection::counted(inner))
            }
            None => item,
        }
    }
}

/// Returns the shapes of the first drawing among records, in the order of their depth.
pub(super) fn figures(bytes: &[u8]) -> Vec<Figure<'_>> {
    let mut left = SHAPES;
    records(bytes)
        .find(|record| record.kind == DRAWING)
        .map(|drawing| figures_of(&drawing, &mut left))
        .unwrap_or_default()
}

/// Returns the shape whose container stands first among records.
pub(super) fn single(bytes: &[u8]) -> Option<Shape> {
    let record = record(bytes, 0).filter(|record| record.kind == SHAPE)?;
    Some(figure(&record, record.begin).shape)
}

/// Returns the shapes of a drawing's container.
pub(super) fn figures_of<'b>(drawing: &Record<'b>, left: &mut usize) -> Vec<Figure<'b>> {
    let top = records(drawing.data).find(|record| record.kind == GROUP);
    let Some(top) = top else {
        return Vec::new();
    };
    let mut found = group(top.data, drawing.begin + top.begin, 0, left);
    // The first shape of the outermost group stands for the drawing itself.
    if found.first().is_some_and(|first| first.shape.hidden) {
        found.remove(0);
    }
    found.retain(|figure| !figure.shape.hidden);
    found
}

fn group<'b>(bytes: &'b [u8], begin: usize, depth: usize, left: &mut usize) -> Vec<Figure<'b>> {
    let mut found = Vec::new();
    for record in records(bytes) {
        let Some(rest) = left.checked_sub(1) else {
            break;
        };
        let at = begin + record.begin;
        match record.kind {
            SHAPE => {
                *left = rest;
                found.push(figure(&record, at));
            }
            GROUP if depth < DEPTH => {
                *left = rest;
                let mut inner = group(record.data, at, depth + 1, left);
                if inner.is_empty() {
                    continue;
                }
                // The first shape of a group is the group itself.
                let mut own = inner.remove(0);
                own.inner = Some(inner);
                found.push(own);
            }
            _ => {}
        }
    }
    found
}

/// Reads the container of one shape (MS-ODRAW 2.2.14).
fn figure<'b>(record: &Record<'b>, begin: usize) -> Figure<'b> {
    let mut figure = Figure {
        span: begin..begin + record.data.len(),
        ..Figure::default()
    };
    // Without a description the program gives an empty one.
    figure.shape.description = Some(String::new());
    for part in records(record.data) {
        match part.kind {
            SHAPE_HEAD => {
                let number = |at: usize| {
                    let four = part.data.get(at..)?.first_chunk::<4>()?;
                    Some(u32::from_le_bytes(*four))
                };
                figure.id = number(0).unwrap_or(0);
                figure.shape.hidden = number(4).unwrap_or(0) & (PATRIARCH | DELETED) != 0;
            }
            kind if TABLES.contains(&kind) => properties(&part, &mut figure.shape),
            TEXT => figure.text = Some(part.data),
            CLIENT => figure.client = Some(part.data),
            _ => {}
        }
    }
    figure
}

/// Reads a table of properties (MS-ODRAW 2.2.9): six bytes each, then what does not fit into them.
fn properties(record: &Record<'_>, shape: &mut Shape) {
    const ENTRY: usize = 6;
    let count = usize::from(record.instance);
    let Some((table, mut behind)) = record.data.split_at_checked(count.saturating_mul(ENTRY)) else {
        return;
    };
    for entry in table.chunks_exact(ENTRY) {
        let Some(&[a, b, c, d, e, f]) = entry.first_chunk::<ENTRY>() else {
            return;
        };
        let head = u16::from_le_bytes([a, b]);
        if head & 0x8000 == 0 {
            continue;
        }
        let size = u32::from_le_bytes([c, d, e, f]) as usize;
        let Some((data, rest)) = behind.split_at_checked(size) else {
            return;
        };
        behind = rest;
        let text = || units(data).take_while(|unit| *unit != 0).collect::<Vec<u16>>();
        match head & 0x3fff {
            NAME => shape.name = String::from_utf16_lossy(&text()),
            DESCRIPTION => shape.description = Some(String::from_utf16_lossy(&text())),
            WORD_ART => shape.effect = Some(text()),
            _ => {}
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::vba::Datum;

    /// Returns a record of a type; with `instance` 0xF as its low digit it is a container.
    pub(in crate::host) fn row(head: u16, kind: u16, data: &[u8]) -> Vec<u8> {
        let size = u32::try_from(data.len()).unwrap();
        [
            &head.to_le_bytes()[..],
            &kind.to_le_bytes(),
            &size.to_le_bytes(),
            data,
        ]
        .concat()
    }

    /// Returns the container of a shape with a name, an alternative text and further records.
    pub(in crate::host) fn shape(id: u32, flags: u32, name: &str, alternative: &str, more: &[u8]) -> Vec<u8> {
        let wide = |text: &str| -> Vec<u8> {
            text.encode_utf16()
                .chain([0])
                .flat_map(u16::to_le_bytes)
                .collect()
        };
        let (name, alternative) = (wide(name), wide(alternative));
        let entry = |property: u16, size: usize| {
            [
                &(property | 0x8000).to_le_bytes()[..],
                &u32::try_from(size).unwrap().to_le_bytes(),
            ]
            .concat()
        };
        let table = [
            entry(NAME, name.len()),
            entry(DESCRIPTION, alternative.len()),
            name,
            alternative,
        ]
        .concat();
        let head = [id.to_le_bytes(), flags.to_le_bytes()].concat();
        let parts = [
            row(0x0002, SHAPE_HEAD, &head),
            row(0x0023, TABLES[0], &table),
            more.to_vec(),
        ];
        row(0x000F, SHAPE, &parts.concat())
    }

    /// Returns the container of a drawing with these shapes.
    pub(in crate::host) fn drawing(shapes: &[Vec<u8>]) -> Vec<u8> {
        let patriarch = shape(1024, 1 | PATRIARCH, "", "", b"");
        let all = [patriarch, shapes.concat()].concat();
        row(0x000F, DRAWING, &row(0x000F, GROUP, &all))
    }

    #[test]
    fn names_alternative_texts_and_groups_are_told() {
        let inner = [
            shape(1026, 1, "Group 1", "", b""),
            shape(1027, 2, "Inner", "in a group", b""),
        ];
        let group = row(0x000F, GROUP, &inner.concat());
        let bytes = drawing(&[
            shape(1025, 0, "Box", "alternative", &row(0, TEXT, b"text")),
            group,
            shape(1028, DELETED, "Gone", "x", b""),
        ]);
        let found = figures(&bytes);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].id, 1025);
        assert_eq!(found[0].text, Some(&b"text"[..]));
        let items: Vec<Item> = found.into_iter().map(|figure| figure.item(&mut |_| {})).collect();
        assert_eq!(
            items[0].value("alternativetext"),
            Some(&Datum::text("alternative"))
        );
        let inside = &items[1].collection("groupitems").unwrap().items;
        assert_eq!(
            inside[0].value("alternativetext"),
            Some(&Datum::text("in a group"))
        );
        for length in 0..bytes.len() {
            assert!(figures(&bytes[..length]).len() <= 3);
        }
    }
}
