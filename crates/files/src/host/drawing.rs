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

/// Shapes of one part, and groups inside each other.
const SHAPES: usize = 16_384;
const DEPTH: usize = 32;

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
            let text = Datum::units(text);
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

/// Whether an element is a shape or a group of them.
fn is_shape(name: &str) -> bool {
    matches!(
        name,
        "sp" | "pic" | "graphicFrame" | "cxnSp" | "contentPart" | "grpSp"
    )
}

/// A shape or group that is being read.
struct Open {
    shape: Shape,
    /// The shapes of a group.
    inner: Option<Vec<Item>>,
    /// Some of the group's shapes are left out.
    cut: bool,
    paragraphs: usize,
}

impl Open {
    fn new(group: bool) -> Self {
        Open {
            shape: Shape::default(),
            inner: group.then(Vec::new),
            cut: false,
            paragraphs: 0,
        }
    }

    fn item(self) -> Item {
        let item = self.shape.item();
        match self.inner {
            Some(inner) => {
                let mut inner = Collection::counted(inner);
                inner.counted = !self.cut;
                item.holding("groupitems", inner)
            }
            None => item,
        }
    }
}

/// The shapes of a part while it is read.
#[derive(Default)]
struct Reader {
    top: Vec<Item>,
    open: Vec<Open>,
    /// Shapes inside of more groups than are followed.
    deeper: usize,
    inside_text: bool,
}

impl Reader {
    fn step(&mut self, step: Step<'_>) {
        match step {
            Step::Open(name, _) if is_shape(name) && self.open.len() >= DEPTH => {
                self.deeper += 1;
                if let Some(last) = self.open.last_mut() {
                    last.cut = true;
                }
            }
            Step::Close(name) if is_shape(name) && self.deeper > 0 => self.deeper -= 1,
            _ if self.deeper > 0 => {}
            Step::Open(name, _) if is_shape(name) => self.open.push(Open::new(name == "grpSp")),
            Step::Close(name) if is_shape(name) => self.close(),
            Step::Open("cNvPr", tag) => {
                if let Some(open) = self.open.last_mut() {
                    open.shape.describe(tag);
                }
            }
            Step::Open("txBody", _) => {
                if let Some(open) = self.open.last_mut() {
                    open.shape.text = Some(Vec::new());
                }
            }
            Step::Open("p", _) => {
                if let Some(open) = self.open.last_mut()
                    && let Some(text) = &mut open.shape.text
                {
                    if open.paragraphs > 0 {
                        text.push(0x0D);
                    }
                    open.paragraphs += 1;
                }
            }
            Step::Open("br", _) => self.put([0x0B]),
            Step::Open("t", _) => self.inside_text = true,
            Step::Close("t") => self.inside_text = false,
            Step::Text(part) if self.inside_text => self.put(part.encode_utf16()),
            _ => {}
        }
    }

    /// Puts characters into the text of the shape that is open.
    fn put(&mut self, units: impl IntoIterator<Item = u16>) {
        if let Some(text) = self.open.last_mut().and_then(|open| open.shape.text.as_mut()) {
            text.extend(units);
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else {
            return;
        };
        let item = open.item();
        match self.open.last_mut() {
            None if self.top.len() < SHAPES => self.top.push(item),
            None => {}
            Some(outer) => match &mut outer.inner {
                Some(inner) if inner.len() < SHAPES => inner.push(item),
                _ => outer.cut = true,
            },
        }
    }
}

/// Returns the shapes of a slide or drawing, groups among them, in the order of their depth.
pub(super) fn shapes(text: &str) -> Vec<Item> {
    let mut reader = Reader::default();
    walk(text, |step| reader.step(step));
    reader.top
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups inside each other without end are not followed: what holds them would be as deep.
    #[test]
    fn groups_that_do_not_end_are_cut() {
        let groups = 200_000;
        let text = format!(
            "<spTree>{}<sp><cNvPr name=\"deep\"/></sp>{}<sp><cNvPr name=\"last\"/></sp></spTree>",
            "<grpSp>".repeat(groups),
            "</grpSp>".repeat(groups)
        );
        let found = shapes(&text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].name, "last");
        let mut inner = found.first().and_then(|group| group.collection("groupitems"));
        let mut levels = 0;
        while let Some(collection) = inner {
            levels += 1;
            let next = collection.items.first();
            assert_eq!(collection.counted, next.is_some(), "what is cut is not counted");
            inner = next.and_then(|group| group.collection("groupitems"));
        }
        assert!(levels < 64, "{levels}");
    }
}
