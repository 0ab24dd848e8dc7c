//! The slides of a PowerPoint 97–2003 presentation (MS-PPT): their shapes with alternative texts and texts.

use super::allowance::Allowance;
use super::art::{self, Figure, Record, record, records};
use crate::crypt::presentation_places;
use crate::text::units;
use crate::vba::{Collection, Item};
use std::collections::BTreeMap;

/// Record types (MS-PPT 2.13.24).
const DOCUMENT: u16 = 0x03E8;
const SLIDE: u16 = 0x03EE;
const SLIDE_PLACE: u16 = 0x03F3;
const DRAWING: u16 = 0x040C;
const OUTLINE: u16 = 0x0F9E;
const TEXT_HEAD: u16 = 0x0F9F;
const WIDE: u16 = 0x0FA0;
const NARROW: u16 = 0x0FA8;
const LIST: u16 = 0x0FF0;

/// Slides of one presentation.
const SLIDES: usize = 4096;

/// A slide of the list: the number of its record, and the texts of its outline.
#[derive(Default)]
struct Listed {
    number: u32,
    texts: Vec<Vec<u16>>,
}

/// Adds the slides of a presentation's stream to a document.
pub(super) fn describe(stream: &[u8], own: Item) -> Item {
    let places = presentation_places(stream);
    let Some(listed) = listed(stream, &places) else {
        return own;
    };
    // Slides may lie over each other: together they are as long as the stream at most twice.
    let mut bytes = stream.len().saturating_mul(2);
    let mut left = Allowance::new();
    let slides = listed.into_iter().map(|listed| {
        let record = places.get(&listed.number).and_then(|at| record(stream, *at));
        let own = record.filter(|record| record.kind == SLIDE).and_then(|record| {
            bytes = bytes.checked_sub(record.data.len())?;
            Some(slide(&record, &listed.texts, &mut left))
        });
        // Without it, its place among the others is known.
        own.unwrap_or_default()
    });
    own.holding("slides", Collection::counted(slides.collect()))
}

/// Returns the slides in the order in which they are shown (MS-PPT 2.4.14.3).
fn listed(stream: &[u8], places: &BTreeMap<u32, usize>) -> Option<Vec<Listed>> {
    let document = places
        .values()
        .filter_map(|at| record(stream, *at))
        .find(|record| record.kind == DOCUMENT)?;
    let list = records(document.data).find(|record| record.kind == LIST && record.instance == 0)?;
    let mut found: Vec<Listed> = Vec::new();
    for part in records(list.data) {
        match part.kind {
            SLIDE_PLACE if found.len() < SLIDES => found.push(Listed {
                number: number(part.data, 0)?,
                texts: Vec::new(),
            }),
            SLIDE_PLACE => break,
            TEXT_HEAD => {
                if let Some(last) = found.last_mut() {
                    last.texts.push(Vec::new());
                }
            }
            _ => {
                let last = found.last_mut().and_then(|last| last.texts.last_mut());
                if let (Some(last), Some(text)) = (last, text(&part)) {
                    *last = text;
                }
            }
        }
    }
    Some(found)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// Returns the characters of a text record; those of one byte are the first of Unicode (MS-PPT 2.9.44).
fn text(record: &Record<'_>) -> Option<Vec<u16>> {
    match record.kind {
        WIDE => Some(units(record.data).collect()),
        NARROW => Some(record.data.iter().map(|byte| u16::from(*byte)).collect()),
        _ => None,
    }
}

fn slide(record: &Record<'_>, outline: &[Vec<u16>], left: &mut Allowance) -> Item {
    let drawing = records(record.data).find(|record| record.kind == DRAWING);
    let figures = drawing
        .map(|drawing| art::figures(drawing.data))
        .unwrap_or_default();
    let mut finish = |figure: &mut Figure<'_>| {
        figure.shape.text = figure.text.and_then(|own| box_text(own, outline, left));
    };
    let shapes = figures
        .into_iter()
        .map(|figure| figure.item(&mut finish))
        .collect();
    Item::default().holding("shapes", Collection::counted(shapes))
}

/// Returns the text of a box: its own, or the one of the slide's outline that it names.
fn box_text(own: &[u8], outline: &[Vec<u16>], left: &mut Allowance) -> Option<Vec<u16>> {
    records(own).find_map(|part| match part.kind {
        OUTLINE => {
            let named = outline.get(number(part.data, 0)? as usize)?;
            left.take(named.len())?;
            Some(named.clone())
        }
        _ => text(&part),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::art::tests::{drawing, row, shape};
    use crate::vba::Datum;

    /// A stream with a document, a slide of two boxes, a directory and an edit.
    fn presentation() -> Vec<u8> {
        let wide: Vec<u8> = "own text".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let own = row(0x000F, 0xF00D, &row(0, WIDE, &wide));
        let named = row(0x000F, 0xF00D, &row(0, OUTLINE, &0u32.to_le_bytes()));
        let shapes = drawing(&[
            shape(2050, 0, "", "alternative", &own),
            shape(2051, 0, "", "", &named),
        ]);
        let slide = row(0x000F, SLIDE, &row(0x000F, DRAWING, &shapes));
        let place = row(0, SLIDE_PLACE, &[&2u32.to_le_bytes()[..], &[0; 16]].concat());
        let texts = [place, row(0, TEXT_HEAD, &[0; 4]), row(0, NARROW, b"outline")].concat();
        stream_of(&texts, slide)
    }

    /// A stream with a document of this list, a slide, a directory and an edit.
    fn stream_of(list: &[u8], slide: Vec<u8>) -> Vec<u8> {
        let document = row(0x000F, DOCUMENT, &row(0x000F, LIST, list));
        let directory = row(
            0,
            0x1772,
            &[
                (1u32 | 2 << 20).to_le_bytes(),
                0u32.to_le_bytes(),
                u32::try_from(document.len()).unwrap().to_le_bytes(),
            ]
            .concat(),
        );
        let mut edit = [0; 28];
        let at = u32::try_from(document.len() + slide.len()).unwrap();
        edit[12..16].copy_from_slice(&at.to_le_bytes());
        edit[16..20].copy_from_slice(&1u32.to_le_bytes());
        [document, slide, directory, row(0, 0x0FF5, &edit)].concat()
    }

    /// Returns a stream of a document with so many places of one slide, its outline and its shapes.
    fn crowd(places: usize, outline: &[u8], shapes: &[Vec<u8>]) -> Vec<u8> {
        let slide = row(0x000F, SLIDE, &row(0x000F, DRAWING, &drawing(shapes)));
        let place = row(0, SLIDE_PLACE, &[&2u32.to_le_bytes()[..], &[0; 16]].concat());
        let texts = [row(0, TEXT_HEAD, &[0; 4]), row(0, NARROW, outline)].concat();
        stream_of(&[place.repeat(places), texts].concat(), slide)
    }

    /// A slide that the list names again and again, and an outline that many boxes name, are not kept for each.
    #[test]
    fn what_many_name_has_a_bound() {
        let plain: Vec<Vec<u8>> = (0..2_000).map(|id| shape(id, 0, "", "", b"")).collect();
        let own = describe(&crowd(400, b"", &plain), Item::default());
        let slides = &own.collection("slides").unwrap().items;
        let shapes = slides.iter().filter_map(|slide| slide.collection("shapes"));
        let all: usize = shapes.map(|shapes| shapes.items.len()).sum();
        assert_eq!(slides.len(), 400);
        assert!((2_000..=20_000).contains(&all), "{all}");

        let named = row(0x000F, 0xF00D, &row(0, OUTLINE, &0u32.to_le_bytes()));
        let boxes: Vec<Vec<u8>> = (0..100).map(|id| shape(id, 0, "", "", &named)).collect();
        let own = describe(&crowd(1, &vec![b'x'; 1 << 19], &boxes), Item::default());
        let slides = &own.collection("slides").unwrap().items;
        let shapes = &slides[0].collection("shapes").unwrap().items;
        let texts = shapes.iter().filter_map(|shape| shape.value("text"));
        let all: usize = texts
            .map(|text| match text {
                Datum::Text(units) => units.len(),
                _ => 0,
            })
            .sum();
        assert!((1 << 19..=1 << 24).contains(&all), "{all}");
    }

    #[test]
    fn shapes_of_slides_have_their_texts() {
        let stream = presentation();
        let own = describe(&stream, Item::default());
        let slides = &own.collection("slides").unwrap().items;
        let shapes = &slides[0].collection("shapes").unwrap().items;
        assert_eq!(
            shapes[0].value("alternativetext"),
            Some(&Datum::text("alternative"))
        );
        assert_eq!(shapes[0].value("text"), Some(&Datum::text("own text")));
        assert_eq!(shapes[1].value("text"), Some(&Datum::text("outline")));
        for length in 0..stream.len() {
            describe(&stream[..length], Item::default());
        }
    }
}
