//! What stands on the sheets of a BIFF 8 workbook: shapes with their texts, and controls (MS-XLS 2.1.7.20.3).
//!
//! The drawing of a sheet is cut into records; between them stand what a shape is and what its box says. Each of these
//! belongs to the shape in whose container the drawing has been cut.

use super::activex;
use super::art::{self, Figure};
use crate::text::units;
use crate::vba::{Collection, Item};
use std::ops::Range;

/// Record types (MS-XLS 2.3).
const BOUNDSHEET: u16 = 0x0085;
const DRAWING: u16 = 0x00EC;
const OBJECT: u16 = 0x005D;
const TEXT: u16 = 0x01B6;
const CONTINUE: u16 = 0x003C;
const EOF: u16 = 0x000A;
const BOF: u16 = 0x0809;

/// The kind of object that the arrow of a list is (MS-XLS 2.5.143).
const DROP_DOWN: u16 = 0x0014;

/// Bytes of all drawings and of all controls, and sheets.
const BYTES: usize = 32 << 20;
const SHEETS: usize = 4096;

/// What stands on a sheet beside its cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Objects {
    pub shapes: Collection,
    pub controls: Vec<Item>,
}

impl Objects {
    /// Adds them to a sheet.
    pub(super) fn describe(self, sheet: Item) -> Item {
        let mut sheet = sheet
            .holding("shapes", self.shapes)
            .holding("oleobjects", Collection::named(self.controls));
        sheet.members = Some("oleobjects");
        sheet
    }
}

/// Returns what stands on each sheet, in the order of their tabs; `controls` is the stream of all controls.
pub(super) fn of_stream(stream: &[u8], controls: &[u8]) -> Vec<Objects> {
    // Sheets may lie over each other: together they are as long as the stream at most twice.
    let mut left = Left {
        records: stream.len().saturating_mul(2),
        drawings: BYTES,
        controls: BYTES,
    };
    begins(stream)
        .into_iter()
        .map(|begin| objects(stream, begin, controls, &mut left))
        .collect()
}

/// Bytes that may still be read.
struct Left {
    records: usize,
    drawings: usize,
    controls: usize,
}

/// Takes bytes, or says that so many are not left.
fn take(left: &mut usize, bytes: usize) -> Option<()> {
    *left = left.checked_sub(bytes)?;
    Some(())
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// Returns the records from a place on: type and data.
fn records(stream: &[u8], mut at: usize) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (kind, size) = (u16_at(stream, at)?, usize::from(u16_at(stream, at + 2)?));
        let data = stream.get(at + 4..)?.get(..size)?;
        at += 4 + size;
        Some((kind, data))
    })
}

/// Returns where each sheet begins.
fn begins(stream: &[u8]) -> Vec<usize> {
    records(stream, 0)
        .take_while(|(kind, _)| *kind != EOF)
        .filter(|(kind, _)| *kind == BOUNDSHEET)
        .filter_map(|(_, data)| Some(u32_at(data, 0)? as usize))
        .take(SHEETS)
        .collect()
}

/// What stands between the pieces of a drawing, with how long the drawing was there.
#[derive(Default)]
struct Between<'b> {
    texts: Vec<(usize, Vec<u16>)>,
    kinds: Vec<u16>,
    controls: Vec<(usize, &'b [u8])>,
    /// Not all of it was read.
    cut: bool,
}

/// Returns the first of the things whose place lies inside of a container; places do not fall.
fn inside<'p, T>(placed: &'p [(usize, T)], span: &Range<usize>) -> Option<&'p T> {
    let first = placed.partition_point(|(at, _)| *at <= span.start);
    let (at, found) = placed.get(first)?;
    (*at <= span.end).then_some(found)
}

fn objects(stream: &[u8], begin: usize, controls: &[u8], left: &mut Left) -> Objects {
    let (drawing, between) = drawing(stream, begin, controls, left);
    let mut found = Vec::new();
    let mut finish = |figure: &mut Figure<'_>| {
        if figure.inner.is_some() {
            return;
        }
        figure.shape.text = inside(&between.texts, &figure.span).cloned();
        let control = inside(&between.controls, &figure.span);
        found.extend(control.and_then(|bytes| activex::of_bytes(&figure.shape.name, bytes)));
    };
    let figures = art::figures(&drawing);
    let items = figures
        .into_iter()
        .map(|figure| figure.item(&mut finish))
        .collect();
    // Whether the arrows of lists are counted among the shapes is told in two ways.
    let counted = !between.cut && !between.kinds.contains(&DROP_DOWN);
    let mut shapes = Collection::counted(items);
    shapes.counted = counted;
    Objects {
        shapes,
        controls: found,
    }
}

/// Puts the drawing of a sheet together from its pieces.
fn drawing<'b>(stream: &[u8], begin: usize, controls: &'b [u8], left: &mut Left) -> (Vec<u8>, Between<'b>) {
    let mut drawing = Vec::new();
    let mut between = Between::default();
    let mut depth = 0u32;
    let mut last = 0;
    let mut open: Option<Text> = None;
    for (kind, data) in records(stream, begin) {
        if take(&mut left.records, 4 + data.len()).is_none() {
            between.cut = true;
            break;
        }
        if let (CONTINUE, Some(text)) = (kind, &mut open) {
            text.more(data);
            continue;
        }
        if let Some(text) = open.take() {
            between.texts.push((drawing.len(), text.units));
        }
        match kind {
            BOF => depth += 1,
            EOF => depth = depth.saturating_sub(1),
            _ if depth != 1 => {}
            DRAWING | CONTINUE if kind == DRAWING || last == DRAWING => {
                if take(&mut left.drawings, data.len()).is_none() {
                    between.cut = true;
                    break;
                }
                drawing.extend_from_slice(data);
            }
            OBJECT => object(data, controls, drawing.len(), &mut left.controls, &mut between),
            TEXT => open = Text::of(data),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        last = if kind == CONTINUE { last } else { kind };
    }
    (drawing, between)
}

/// The text of a box: its characters stand in the records behind, each with a byte that says how wide they are
/// (MS-XLS 2.4.329).
struct Text {
    wanted: usize,
    units: Vec<u16>,
}

impl Text {
    fn of(data: &[u8]) -> Option<Self> {
        let wanted = usize::from(u16_at(data, 10)?);
        (wanted > 0).then_some(Text {
            wanted,
            units: Vec::new(),
        })
    }

    fn more(&mut self, data: &[u8]) {
        let left = self.wanted - self.units.len();
        match data.split_first() {
            Some((0, narrow)) => self
                .units
                .extend(narrow.iter().take(left).map(|byte| u16::from(*byte))),
            Some((_, wide)) => self.units.extend(units(wide).take(left)),
            None => {}
        }
    }
}

/// Reads what an object is (MS-XLS 2.4.181): parts with a type and a size, of which the picture's tells where among all
/// controls its own bytes stand.
fn object<'b>(data: &[u8], controls: &'b [u8], at: usize, left: &mut usize, between: &mut Between<'b>) {
    /// The parts that say what the object is, which flags it has, and which formula.
    const COMMON: u16 = 0x0015;
    const FLAGS: u16 = 0x0008;
    const FORMULA: u16 = 0x0009;
    /// A control (`fCtl`) in the stream of all controls (`fPrstm`).
    const CONTROL: u16 = 0x0030;
    let mut flags = 0;
    for (kind, part) in records(data, 0) {
        match kind {
            COMMON => between.kinds.extend(u16_at(part, 0)),
            FLAGS => flags = u16_at(part, 0).unwrap_or(0),
            FORMULA if flags & CONTROL == CONTROL => {
                let own = in_controls(part).and_then(|(from, size)| controls.get(from..)?.get(..size));
                let own = own.filter(|own| take(left, own.len()).is_some());
                between.controls.extend(own.map(|own| (at, own)));
            }
            _ => {}
        }
    }
}

/// Returns where a control's bytes stand and how many they are (MS-XLS 2.5.193, PictFmla).
fn in_controls(part: &[u8]) -> Option<(usize, usize)> {
    let formula = usize::from(u16_at(part, 0)?);
    let behind = 2 + formula;
    Some((u32_at(part, behind)? as usize, u32_at(part, behind + 4)? as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::activex::sample::label;
    use crate::host::art::tests::{drawing, row as art_row, shape};
    use crate::vba::Datum;

    fn row(kind: u16, data: &[u8]) -> Vec<u8> {
        let size = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &size.to_le_bytes(), data].concat()
    }

    /// A workbook of one sheet with a text box and a label; the drawing is cut behind each shape.
    fn book() -> (Vec<u8>, Vec<u8>) {
        let box_text = art_row(0, 0xF00D, b"");
        let client = art_row(0, 0xF011, b"");
        let first = shape(
            1025,
            0,
            "Box",
            "alternative",
            &[client.clone(), box_text].concat(),
        );
        let second = shape(1026, 0, "Label1", "", &client);
        let whole = drawing(&[first, second.clone()]);
        let (head, tail) = whole.split_at(whole.len() - second.len());
        let mut text = [0; 18];
        text[10] = 4;
        let control = label("a caption");
        let formula = [
            &2u16.to_le_bytes()[..],
            &[0, 0],
            &3u32.to_le_bytes(),
            &u32::try_from(control.len()).unwrap().to_le_bytes(),
        ]
        .concat();
        let object = |kind: u8, more: &[u8]| {
            let common = row(0x15, &[kind, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            row(OBJECT, &[&common[..], more].concat())
        };
        let sheet = [
            row(BOF, &[0; 16]),
            row(DRAWING, head),
            object(6, b""),
            row(TEXT, &text),
            row(CONTINUE, b"\0box!"),
            row(CONTINUE, &[0; 16]),
            row(DRAWING, tail),
            object(8, &[row(8, &[0x30, 0]), row(9, &formula)].concat()),
            row(EOF, b""),
        ]
        .concat();
        let globals = |begin: usize| {
            let place = u32::try_from(begin).unwrap().to_le_bytes();
            [
                row(BOF, &[0; 16]),
                row(BOUNDSHEET, &[&place[..], b"\0\0\x01\0a"].concat()),
                row(EOF, b""),
            ]
            .concat()
        };
        let begin = globals(0).len();
        ([globals(begin), sheet].concat(), [vec![9; 3], control].concat())
    }

    /// Sheets that begin at one place do not each hold all of it.
    #[test]
    fn sheets_that_share_their_records_have_a_bound() {
        let (stream, controls) = book();
        let (globals, sheet) = stream.split_at(20 + 13 + 4);
        let many = 500;
        let begin = u32::try_from(20 + 13 * many + 4).unwrap().to_le_bytes();
        let place = row(BOUNDSHEET, &[&begin[..], b"\0\0\x01\0a"].concat());
        let stream = [&globals[..20], &place.repeat(many), &row(EOF, b""), sheet].concat();
        let found = of_stream(&stream, &controls);
        assert_eq!(found.len(), many);
        let told = |objects: &Objects| objects.shapes.items.len();
        assert_eq!(told(&found[0]), 2);
        let all: usize = found.iter().map(told).sum();
        assert!(all < 200, "{all}");
        assert!(!found[many - 1].shapes.counted, "what is not read is not counted");
    }

    /// One control that many objects name is not kept for each of them.
    #[test]
    fn objects_that_share_a_control_have_a_bound() {
        let control = label(&"x".repeat(1 << 20));
        let size = u32::try_from(control.len()).unwrap().to_le_bytes();
        let formula = [&2u16.to_le_bytes()[..], &[0, 0], &0u32.to_le_bytes(), &size].concat();
        let object = row(OBJECT, &[row(8, &[0x30, 0]), row(9, &formula)].concat());
        let client = art_row(0, 0xF011, b"");
        let shapes: Vec<Vec<u8>> = (0..100).map(|id| shape(id, 0, "Label", "", &client)).collect();
        let whole = drawing(&shapes);
        let one = shapes[0].len();
        let (head, mut rest) = whole.split_at(whole.len() - 99 * one);
        let mut sheet = [row(BOF, &[0; 16]), row(DRAWING, head), object.clone()].concat();
        while !rest.is_empty() {
            let (next, behind) = rest.split_at(one);
            sheet.extend([row(DRAWING, next), object.clone()].concat());
            rest = behind;
        }
        sheet.extend(row(EOF, b""));
        let begin = u32::try_from(20 + 13 + 4).unwrap().to_le_bytes();
        let place = row(BOUNDSHEET, &[&begin[..], b"\0\0\x01\0a"].concat());
        let stream = [row(BOF, &[0; 16]), place, row(EOF, b""), sheet].concat();
        let found = of_stream(&stream, &control);
        assert_eq!(found[0].shapes.items.len(), 100);
        let controls = &found[0].controls;
        let captions = controls
            .iter()
            .filter(|control| control.value("caption").is_some());
        assert!((1..=32).contains(&captions.count()));
    }

    #[test]
    fn boxes_and_controls_of_a_sheet_are_told() {
        let (stream, controls) = book();
        let found = of_stream(&stream, &controls);
        let objects = &found[0];
        let shapes = &objects.shapes.items;
        assert_eq!((shapes.len(), objects.shapes.counted), (2, true));
        assert_eq!(
            shapes[0].value("alternativetext"),
            Some(&Datum::text("alternative"))
        );
        assert_eq!(shapes[0].value("text"), Some(&Datum::text("box!")));
        assert_eq!(shapes[1].value("text"), None);
        let label = &objects.controls[0];
        assert_eq!(label.name, "Label1");
        assert_eq!(label.value("caption"), Some(&Datum::text("a caption")));
        for length in 0..stream.len() {
            of_stream(&stream[..length], &controls);
        }
    }
}
