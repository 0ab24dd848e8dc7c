//! Reading the main part step by step: what is open, and what goes into it.

use super::super::allowance::Allowance;
use super::super::drawing::Shape;
use super::super::text::Paragraph;
use super::super::xml::{Step, attribute};
use super::{ITEMS, Main};
use quick_xml::events::BytesStart;

/// Tables inside each other.
const TABLES: usize = 32;

/// Elements in a paragraph that make what a macro reads another text than what the file stores.
const DOUBTFUL: &[&str] = &[
    "ins",
    "del",
    "moveFrom",
    "moveTo",
    "fldChar",
    "fldSimple",
    "footnoteReference",
    "endnoteReference",
    "commentReference",
    "drawing",
    "pict",
    "object",
    "sym",
    "ruby",
    "oMath",
    "vanish",
    "ptab",
    "altChunk",
    "subDoc",
];

/// A text that is being read.
#[derive(Clone, Default)]
struct Open {
    text: Vec<u16>,
    doubtful: bool,
}

impl Open {
    /// What it reads as is not known.
    fn doubt(&mut self) {
        self.doubtful = true;
        self.text = Vec::new();
    }

    fn put(&mut self, units: &[u16], left: &mut Allowance) {
        if self.doubtful {
            return;
        }
        match left.take(units.len()) {
            Some(()) => self.text.extend_from_slice(units),
            None => self.doubt(),
        }
    }

    fn finished(self) -> Paragraph {
        (!self.doubtful).then_some(self.text)
    }
}

pub(super) struct Reader {
    pub main: Main,
    /// What may be kept beside the paragraphs themselves.
    left: Allowance,
    paragraphs: Vec<Open>,
    bookmarks: Vec<(String, String, Open)>,
    controls: Vec<Control>,
    tables: Vec<Table>,
    /// Tables inside of more tables than are followed.
    deeper: usize,
    /// The shapes that are open, whether each stands in the line of the text.
    shapes: Vec<(Shape, bool)>,
    in_text: bool,
    kept_blanks: bool,
    /// Depth inside of what repeats another form of the same content.
    fallback: usize,
    textbox: usize,
}

#[derive(Default)]
struct Control {
    title: Option<String>,
    tag: Option<String>,
    text: Open,
    told: bool,
}

#[derive(Default)]
struct Table {
    row: usize,
    column: usize,
    cell: Option<Open>,
    cells: Vec<(usize, usize, Paragraph)>,
    doubtful: bool,
}

impl Reader {
    pub(super) fn new() -> Self {
        Reader {
            main: Main::default(),
            left: Allowance::new(),
            paragraphs: Vec::new(),
            bookmarks: Vec::new(),
            controls: Vec::new(),
            tables: Vec::new(),
            deeper: 0,
            shapes: Vec::new(),
            in_text: false,
            kept_blanks: false,
            fallback: 0,
            textbox: 0,
        }
    }

    pub(super) fn step(&mut self, step: Step<'_>) {
        match step {
            Step::Open("Fallback", _) => self.fallback += 1,
            Step::Close("Fallback") => self.fallback = self.fallback.saturating_sub(1),
            _ if self.fallback > 0 => {}
            Step::Open(name, tag) => self.open(name, tag),
            Step::Close(name) => self.close(name),
            Step::Text(text) if self.in_text => {
                let text = if self.kept_blanks { text } else { text.trim() };
                self.put(&text.encode_utf16().collect::<Vec<_>>());
            }
            Step::Text(_) => {}
        }
    }

    /// Puts characters into all that is open here.
    fn put(&mut self, units: &[u16]) {
        if self.textbox > 0 {
            if let Some((Shape { text: Some(text), .. }, _)) = self.shapes.last_mut() {
                text.extend_from_slice(units);
            }
            return;
        }
        if let Some(paragraph) = self.paragraphs.last_mut()
            && !paragraph.doubtful
        {
            paragraph.text.extend_from_slice(units);
        }
        self.put_around(units);
    }

    /// Puts characters into all that is open around a paragraph.
    fn put_around(&mut self, units: &[u16]) {
        let around = self
            .bookmarks
            .iter_mut()
            .map(|(_, _, open)| open)
            .chain(self.controls.iter_mut().map(|control| &mut control.text))
            .chain(self.tables.iter_mut().filter_map(|table| table.cell.as_mut()));
        for open in around {
            open.put(units, &mut self.left);
        }
    }

    fn doubt(&mut self) {
        if self.textbox > 0 {
            return;
        }
        let open = self
            .paragraphs
            .iter_mut()
            .chain(self.bookmarks.iter_mut().map(|(_, _, open)| open))
            .chain(self.controls.iter_mut().map(|control| &mut control.text))
            .chain(self.tables.iter_mut().filter_map(|table| table.cell.as_mut()));
        open.for_each(Open::doubt);
    }

    fn open(&mut self, name: &str, tag: &BytesStart<'_>) {
        if DOUBTFUL.contains(&name) {
            self.doubt();
        }
        match name {
            "p" if self.textbox > 0 => {
                if let Some((Shape { text: Some(text), .. }, _)) = self.shapes.last_mut()
                    && !text.is_empty()
                {
                    text.push(0x0D);
                }
            }
            "p" if self.paragraphs.len() < 64 => self.paragraphs.push(Open::default()),
            "t" => {
                self.in_text = true;
                self.kept_blanks = attribute(tag, "space").as_deref() == Some("preserve");
            }
            // Inside of a run's properties a tab is a stop and no character.
            "tab" if attribute(tag, "pos").is_none() => self.put(&[0x09]),
            "br" => {
                let page = attribute(tag, "type").as_deref() == Some("page");
                self.put(&[if page { 0x0C } else { 0x0B }]);
            }
            "cr" => self.put(&[0x0B]),
            "noBreakHyphen" => self.put(&[0x1E]),
            "softHyphen" => self.put(&[0x1F]),
            "bookmarkStart" if self.bookmarks.len() < 1024 => {
                let (id, name) = (attribute(tag, "id"), attribute(tag, "name"));
                self.bookmarks
                    .push((id.unwrap_or_default(), name.unwrap_or_default(), Open::default()));
            }
            "bookmarkEnd" => self.end_bookmark(&attribute(tag, "id").unwrap_or_default()),
            "sdt" if self.controls.len() < 64 => self.controls.push(Control::default()),
            "alias" => self.describe_control(|control| control.title = attribute(tag, "val")),
            "tag" => self.describe_control(|control| control.tag = attribute(tag, "val")),
            "sdtContent" => self.describe_control(|control| control.told = true),
            "tbl" if self.textbox == 0 && self.tables.len() >= TABLES => self.deeper += 1,
            "tbl" if self.textbox == 0 => self.tables.push(Table::default()),
            "tr" | "tc" | "vMerge" if self.deeper > 0 => {}
            "tr" => {
                if let Some(table) = self.tables.last_mut() {
                    table.row += 1;
                    table.column = 0;
                }
            }
            "tc" => {
                if let Some(table) = self.tables.last_mut() {
                    table.column += 1;
                    table.cell = Some(Open::default());
                }
            }
            "vMerge" => {
                if let Some(table) = self.tables.last_mut() {
                    table.doubtful = true;
                }
            }
            // What a text box reads as that holds a drawing is not known.
            "anchor" | "inline" if self.textbox > 0 => {
                if let Some((shape, _)) = self.shapes.last_mut() {
                    shape.text = None;
                }
            }
            "anchor" | "inline" => self.shapes.push((Shape::default(), name == "inline")),
            "docPr" if self.textbox == 0 => {
                if let Some((shape, _)) = self.shapes.last_mut() {
                    shape.describe(tag);
                }
            }
            "shape" | "rect" | "roundrect" | "oval" if self.textbox == 0 => self.open_shape(tag),
            "txbxContent" => {
                self.textbox += 1;
                if let Some((shape, _)) = self.shapes.last_mut()
                    && self.textbox == 1
                {
                    shape.text = Some(Vec::new());
                }
            }
            _ => {}
        }
    }

    /// A shape of VML: floating where its style gives it a place of its own.
    fn open_shape(&mut self, tag: &BytesStart<'_>) {
        let style = attribute(tag, "style").unwrap_or_default().replace(' ', "");
        let shape = Shape {
            name: attribute(tag, "id").unwrap_or_default(),
            description: Some(attribute(tag, "alt").unwrap_or_default()),
            title: attribute(tag, "title"),
            ..Shape::default()
        };
        self.shapes.push((shape, !style.contains("position:absolute")));
    }

    fn describe_control(&mut self, describe: impl FnOnce(&mut Control)) {
        if let Some(control) = self.controls.last_mut().filter(|control| !control.told) {
            describe(control);
        }
    }

    fn end_bookmark(&mut self, id: &str) {
        let Some(at) = self.bookmarks.iter().position(|(own, _, _)| own == id) else {
            return;
        };
        let (_, name, open) = self.bookmarks.remove(at);
        if self.main.bookmarks.len() < ITEMS {
            self.main.bookmarks.push((name, open.finished()));
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "p" if self.textbox == 0 => self.end_paragraph(),
            "sdt" => {
                if let Some(control) = self.controls.pop()
                    && self.main.controls.len() < ITEMS
                {
                    let mut text = control.text;
                    if text.text.last() == Some(&0x0D) {
                        text.text.pop();
                    }
                    let found = (control.title, control.tag, text.finished());
                    self.main.controls.push(found);
                }
            }
            "tc" if self.deeper == 0 => self.end_cell(),
            "tbl" if self.textbox == 0 => self.end_table(),
            "anchor" | "inline" | "shape" | "rect" | "roundrect" | "oval" if self.textbox == 0 => {
                if let Some((shape, inline)) = self.shapes.pop() {
                    let into = if inline {
                        &mut self.main.inline
                    } else {
                        &mut self.main.floating
                    };
                    if into.len() < ITEMS {
                        into.push(shape);
                    }
                }
            }
            "txbxContent" => self.textbox = self.textbox.saturating_sub(1),
            _ => {}
        }
    }

    /// The cells of a table with another in it, or in another one, are not told.
    fn end_table(&mut self) {
        let cells = if self.deeper > 0 {
            self.deeper -= 1;
            Vec::new()
        } else {
            let Some(table) = self.tables.pop() else {
                return;
            };
            if !table.doubtful && self.tables.is_empty() {
                table.cells
            } else {
                Vec::new()
            }
        };
        self.tables.iter_mut().for_each(|outer| outer.doubtful = true);
        if self.main.tables.len() < ITEMS {
            self.main.tables.push(cells);
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else {
            return;
        };
        let text = paragraph.finished().map(|mut text| {
            text.push(0x0D);
            text
        });
        self.main.story.push(text);
        self.put_around(&[0x0D]);
    }

    /// The last paragraph of a cell ends in the cell's own mark.
    fn end_cell(&mut self) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let cell = table.cell.take().unwrap_or_default();
        let text = cell.finished().map(|mut text| {
            text.push(0x07);
            text
        });
        if table.cells.len() < ITEMS {
            table.cells.push((table.row, table.column, text));
        }
        if let Some(Some(last)) = self.main.story.paragraphs.last_mut() {
            last.push(0x07);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::xml::walk;
    use crate::vba::{Datum, Item};

    fn text_of(item: &Item) -> Option<String> {
        match item.value("text") {
            Some(Datum::Text(units)) => Some(String::from_utf16_lossy(units)),
            _ => None,
        }
    }

    /// Tables inside each other are followed so far; those that come behind keep their numbers.
    #[test]
    fn tables_that_do_not_end_are_cut() {
        let deep = 5_000;
        let cell = |text: &str| format!("<tc><p><r><t>{text}</t></r></p></tc>");
        let text = format!(
            "{}<tc><p><r><t>deep</t></r></p></tc>{}<tbl><tr>{}</tr></tbl>",
            "<tbl><tr><tc>".repeat(deep),
            "</tc></tr></tbl>".repeat(deep),
            cell("last")
        );
        let mut reader = Reader::new();
        let mut most = 0;
        assert!(walk(&text, |step| {
            reader.step(step);
            most = most.max(reader.tables.len());
        }));
        assert!(most < 100, "{most}");
        let own = reader.main.describe(Item::default());
        let tables = &own.collection("tables").unwrap().items;
        assert_eq!(tables.len(), deep + 1);
        let last = tables.last().and_then(|table| table.collection("cells")).unwrap();
        let last = last.items.first().and_then(|cell| text_of(cell));
        assert_eq!(last.as_deref(), Some("last\r\u{7}"));
    }
}
