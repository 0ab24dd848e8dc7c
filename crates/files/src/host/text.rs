//! A text by its paragraphs, as Word's object model counts them.

use crate::vba::{Collection, Datum, Item};

/// Properties that lead from a paragraph or text to itself.
pub(super) const SAME: &[&str] = &["range", "content", "formattedtext"];

/// A paragraph with the mark that ends it; no text where a macro may read another than the file stores: fields,
/// notes, pictures, changes that are not accepted.
pub(super) type Paragraph = Option<Vec<u16>>;

/// Paragraphs of one document.
const PARAGRAPHS: usize = 1 << 18;

/// The main text of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Story {
    /// The paragraphs in order.
    pub paragraphs: Vec<Paragraph>,
    /// More paragraphs follow that are not kept.
    cut: bool,
}

impl Story {
    /// Cuts a main text of MS-DOC at its paragraph, cell and section marks.
    pub(super) fn of_main_text(units: &[u16]) -> Self {
        const ENDS: [u16; 3] = [0x0D, 0x07, 0x0C];
        let mut story = Story::default();
        for piece in units.split_inclusive(|unit| ENDS.contains(unit)) {
            let mut text = piece.to_vec();
            if text.last() == Some(&0x07) {
                text.insert(text.len() - 1, 0x0D);
            }
            let plain = |unit: &u16| !matches!(*unit, 0..=6 | 8 | 0x0E..=0x15);
            story.push(text.iter().all(plain).then_some(text));
            if story.cut {
                break;
            }
        }
        story
    }

    /// Puts a paragraph behind the others.
    pub(super) fn push(&mut self, paragraph: Paragraph) {
        match self.paragraphs.len() < PARAGRAPHS {
            true => self.paragraphs.push(paragraph),
            false => self.cut = true,
        }
    }

    /// Adds the text and its paragraphs to a document.
    pub(super) fn describe(self, own: Item) -> Item {
        let whole: Option<Vec<&[u16]>> = self.paragraphs.iter().map(|text| text.as_deref()).collect();
        let own = match whole.filter(|_| !self.cut) {
            Some(parts) => own.with("text", Datum::units(parts.concat())),
            None => own,
        };
        let mut paragraphs = Collection::counted(self.paragraphs.into_iter().map(paragraph).collect());
        paragraphs.counted = !self.cut;
        own.through(SAME).holding("paragraphs", paragraphs)
    }
}

/// Returns a paragraph as macros see it.
pub(super) fn paragraph(text: Paragraph) -> Item {
    let item = Item::default().through(SAME).defaulting("text");
    match text {
        Some(text) => item.with("text", Datum::units(text)),
        None => item,
    }
}
