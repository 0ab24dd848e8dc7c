//! Shapes of DrawingML and VML: names, alternative texts, the text inside.

use super::xml::{Step, attribute, walk};
use crate::vba::{Collection, Datum, Item};

/// Properties that lead from a shape to its text, or to itself.
const SAME: &[&str] = &[
    "textframe",
    "texteffect",
    "textrange",
    "characters",
    "oleformat",
    "object",
    "drawingobject",
    "range",
    "textframe2",
];

/// Shapes of one part.
const SHAPES: usize = 16_384;

/// What is known of a shape so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    pub name: String,
    pub description: Option<String>,
    pub title: Option<String>,
    pub text: Option<Vec<u16>>,
    /// The text of a text effect (WordArt).
    pub effect: Option<Vec<u16>>,
    /// It is no shape that a macro sees.
    pub hidden: bool,
}

impl Shape {
    /// Returns the shape as macros see it.
    pub(super) fn item(self) -> Item {
        let mut item = Item::named(&self.name)
            .through(SAME)
            .with_text("name", &self.name);
        if let Some(description) = self.description {
            item = item.with("alternativetext", Datum::text(&description));
        }
        if let Some(title) = self.title {
            item = item.with("title", Datum::text(&title));
        }
        if let Some(text) = self.text.or(self.effect) {
            let text = Datum::Text(text);
            item = item.with("text", text.clone()).with("caption", text);
            item.default = Some("text");
        }
        item
    }

    /// Takes what the element of non-visual properties says (ECMA-376 part 1, 20.1.2.2.8).
    pub(super) fn describe(&mut self, tag: &quick_xml::events::BytesStart<'_>) {
        self.name = attribute(tag, "name").unwrap_or_default();
        // Without a description the program gives an empty one.
        self.description = Some(attribute(tag, "descr").unwrap_or_default());
        self.title = Some(attribute(tag, "title").unwrap_or_default());
    }
}

/// Returns the shapes of a slide or drawing, groups among them, in the order of their depth.
pub(super) fn shapes(text: &str) -> Vec<Item> {
    let mut top: Vec<Item> = Vec::new();
    let mut open: Vec<(Shape, Vec<Item>, bool)> = Vec::new();
    let mut paragraphs = 0usize;
    let mut inside_text = false;
    walk(text, |step| match step {
        Step::Open("sp" | "pic" | "graphicFrame" | "cxnSp" | "contentPart", _) => {
            open.push((Shape::default(), Vec::new(), false));
            paragraphs = 0;
        }
        Step::Open("grpSp", _) => open.push((Shape::default(), Vec::new(), true)),
        Step::Open("cNvPr", tag) => {
            if let Some((shape, _, _)) = open.last_mut() {
                shape.describe(tag);
            }
        }
        Step::Open("txBody", _) => {
            if let Some((shape, _, _)) = open.last_mut() {
                shape.text = Some(Vec::new());
            }
        }
        Step::Open("p", _) => {
            if let Some((Shape { text: Some(text), .. }, _, _)) = open.last_mut() {
                if paragraphs > 0 {
                    text.push(0x0D);
                }
                paragraphs += 1;
            }
        }
        Step::Open("br", _) => {
            if let Some((Shape { text: Some(text), .. }, _, _)) = open.last_mut() {
                text.push(0x0B);
            }
        }
        Step::Open("t", _) => inside_text = true,
        Step::Close("t") => inside_text = false,
        Step::Text(part) if inside_text => {
            if let Some((Shape { text: Some(text), .. }, _, _)) = open.last_mut() {
                text.extend(part.encode_utf16());
            }
        }
        Step::Close("sp" | "pic" | "graphicFrame" | "cxnSp" | "contentPart" | "grpSp") => {
            let Some((shape, inner, group)) = open.pop() else {
                return;
            };
            let mut item = shape.item();
            if group {
                item = item.holding("groupitems", Collection::counted(inner));
            }
            let into = open.last_mut().map_or(&mut top, |(_, inner, _)| inner);
            if into.len() < SHAPES {
                into.push(item);
            }
        }
        _ => {}
    });
    top
}
