//! The main text of a WordprocessingML document: paragraphs, tables, bookmarks, content controls, shapes.

use super::drawing::Shape;
use super::text::{Paragraph, SAME, Story};
use super::xml::{Step, attribute, walk};
use crate::vba::{Collection, Datum, Item};
use quick_xml::events::BytesStart;

/// Items of one kind.
const ITEMS: usize = 1 << 18;

/// What the main part says.
#[derive(Default)]
pub(super) struct Main {
    story: Story,
    tables: Vec<Vec<(usize, usize, Paragraph)>>,
    bookmarks: Vec<(String, Paragraph)>,
    controls: Vec<(Option<String>, Option<String>, Paragraph)>,
    floating: Vec<Shape>,
    inline: Vec<Shape>,
}

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
    fn finished(self) -> Paragraph {
        (!self.doubtful).then_some(self.text)
    }
}

#[derive(Default)]
struct Reader {
    main: Main,
    paragraphs: Vec<Open>,
    bookmarks: Vec<(String, String, Open)>,
    controls: Vec<Control>,
    tables: Vec<Table>,
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

/// Reads the main part.
pub(super) fn read(text: &str) -> Main {
    let mut reader = Reader::default();
    let whole = walk(text, |step| reader.step(step));
    if !whole {
        reader.main.story.paragraphs.push(None);
    }
    reader.main
}

impl Reader {
    fn step(&mut self, step: Step<'_>) {
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
        let paragraph = self.paragraphs.last_mut();
        let open = paragraph
            .into_iter()
            .chain(self.bookmarks.iter_mut().map(|(_, _, open)| open))
            .chain(self.controls.iter_mut().map(|control| &mut control.text))
            .chain(self.tables.iter_mut().filter_map(|table| table.cell.as_mut()));
        for open in open {
            if open.text.len() < 1 << 24 {
                open.text.extend_from_slice(units);
            } else {
                open.doubtful = true;
            }
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
        open.for_each(|open| open.doubtful = true);
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
            "tbl" if self.textbox == 0 => self.tables.push(Table::default()),
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
            "anchor" | "inline" => self.shapes.push((Shape::default(), name == "inline")),
            "docPr" => {
                if let Some((shape, _)) = self.shapes.last_mut() {
                    shape.describe(tag);
                }
            }
            "shape" | "rect" | "roundrect" | "oval" if self.textbox == 0 => self.open_shape(tag),
            "txbxContent" => {
                self.textbox += 1;
                if let Some((shape, _)) = self.shapes.last_mut() {
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
            "tc" => self.end_cell(),
            "tbl" if self.textbox == 0 => {
                if let Some(table) = self.tables.pop() {
                    if table.doubtful || !self.tables.is_empty() {
                        self.tables.iter_mut().for_each(|outer| outer.doubtful = true);
                        self.main.tables.push(Vec::new());
                    } else {
                        self.main.tables.push(table.cells);
                    }
                }
            }
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

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else {
            return;
        };
        let text = paragraph.finished().map(|mut text| {
            text.push(0x0D);
            text
        });
        if self.main.story.paragraphs.len() < ITEMS {
            self.main.story.paragraphs.push(text);
        }
        let open = self
            .bookmarks
            .iter_mut()
            .map(|(_, _, open)| open)
            .chain(self.controls.iter_mut().map(|control| &mut control.text))
            .chain(self.tables.iter_mut().filter_map(|table| table.cell.as_mut()));
        open.for_each(|open| open.text.push(0x0D));
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

impl Main {
    /// Adds all of it to the document.
    pub(super) fn describe(self, own: Item) -> Item {
        let text = super::text::paragraph;
        let named = |name: &str, content: Paragraph| Item {
            name: name.to_owned(),
            ..text(content)
        };
        let tables = self.tables.into_iter().map(|cells| {
            let cells = cells
                .into_iter()
                .map(|(row, column, content)| named(&format!("{row},{column}"), content))
                .collect();
            Item::default().holding("cells", Collection::named(cells))
        });
        let bookmarks = self
            .bookmarks
            .into_iter()
            .map(|(name, content)| named(&name, content).with_text("name", &name));
        let controls = self.controls.into_iter().map(|(title, tag, content)| {
            let mut item = text(content).through(SAME);
            if let Some(title) = title {
                item.name.clone_from(&title);
                item = item.with_text("title", &title);
            }
            match tag {
                Some(tag) => item.with("tag", Datum::text(&tag)),
                None => item,
            }
        });
        let shapes = |shapes: Vec<Shape>| shapes.into_iter().map(Shape::item).collect::<Vec<_>>();
        let tables = Collection::counted(tables.collect());
        let bookmarks = Collection::named(bookmarks.collect());
        let controls = Collection::counted(controls.collect());
        // Floating shapes are counted by depth, which the order of the text does not say.
        let floating = Collection::named(shapes(self.floating));
        let inline = Collection::counted(shapes(self.inline));
        self.story
            .describe(own)
            .holding("tables", tables)
            .holding("bookmarks", bookmarks)
            .holding("contentcontrols", controls)
            .holding("shapes", floating)
            .holding("inlineshapes", inline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(item: &Item) -> Option<String> {
        match item.value("text") {
            Some(Datum::Text(units)) => Some(String::from_utf16_lossy(units)),
            _ => None,
        }
    }

    #[test]
    fn paragraphs_cells_bookmarks_and_shapes_are_told() {
        let xml = r#"<w:document><w:body>
            <w:p><w:bookmarkStart w:id="0" w:name="mark"/><w:r><w:t>one</w:t><w:tab/><w:t xml:space="preserve"> two</w:t></w:r><w:bookmarkEnd w:id="0"/></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            <w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>
            <w:p><w:r><w:drawing><wp:anchor><wp:docPr id="1" name="Box" descr="alt &amp; text"/><wps:txbx><w:txbxContent><w:p><w:r><w:t>inside</w:t></w:r></w:p></w:txbxContent></wps:txbx></wp:anchor></w:drawing></w:r></w:p>
            <w:sdt><w:sdtPr><w:alias w:val="Held"/><w:tag w:val="t"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>kept</w:t></w:r></w:p></w:sdtContent></w:sdt>
            </w:body></w:document>"#;
        let own = read(xml).describe(Item::default());
        let of = |name: &str| own.collection(name).unwrap().items.clone();
        let paragraphs: Vec<Option<String>> = of("paragraphs").iter().map(|p| text(p)).collect();
        assert_eq!(
            paragraphs,
            [
                Some("one\t two\r".to_owned()),
                Some("cell\r\u{7}".to_owned()),
                None,
                None,
                Some("kept\r".to_owned())
            ]
        );
        assert_eq!(text(&of("bookmarks")[0]).as_deref(), Some("one\t two"));
        let cells = of("tables")[0].collection("cells").unwrap().items.clone();
        assert_eq!(
            (cells[0].name.as_str(), text(&cells[0]).as_deref()),
            ("1,1", Some("cell\r\u{7}"))
        );
        let shape = &of("shapes")[0];
        assert_eq!(shape.value("alternativetext"), Some(&Datum::text("alt & text")));
        assert_eq!(text(shape).as_deref(), Some("inside"));
        assert_eq!(text(&of("contentcontrols")[0]).as_deref(), Some("kept"));
        assert!(own.value("text").is_none());
    }
}
