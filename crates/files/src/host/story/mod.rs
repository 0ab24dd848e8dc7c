//! The main text of a WordprocessingML document: paragraphs, tables, bookmarks, content controls, shapes.

mod reader;

use super::drawing::Shape;
use super::text::{Paragraph, SAME, Story};
use super::xml::walk;
use crate::vba::{Collection, Datum, Item};
use reader::Reader;

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

/// Reads the main part.
pub(super) fn read(text: &str) -> Main {
    let mut reader = Reader::new();
    let whole = walk(text, |step| reader.step(step));
    if !whole {
        reader.main.story.push(None);
    }
    reader.main
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

    fn units(collection: &Collection) -> usize {
        let texts = collection.items.iter().filter_map(|item| item.value("text"));
        texts
            .map(|text| match text {
                Datum::Text(units) => units.len(),
                _ => 0,
            })
            .sum()
    }

    /// A text that stands inside of many bookmarks and tables is not kept for each of them.
    #[test]
    fn a_text_inside_of_many_has_a_bound() {
        let many = 200;
        let starts: String = (0..many)
            .map(|id| format!("<w:bookmarkStart w:id=\"{id}\" w:name=\"b{id}\"/>"))
            .collect();
        let ends: String = (0..many)
            .map(|id| format!("<w:bookmarkEnd w:id=\"{id}\"/>"))
            .collect();
        let long = "x".repeat(1 << 18);
        let own = read(&format!("<p>{starts}<r><t>{long}</t></r>{ends}</p>")).describe(Item::default());
        let bookmarks = own.collection("bookmarks").unwrap();
        assert_eq!(bookmarks.items.len(), many);
        let kept = units(bookmarks);
        assert!(kept <= 1 << 24, "{kept}");
        assert!(own.value("text").is_some(), "the text itself is whole");
    }

    /// A drawing inside of a text box belongs to the box.
    #[test]
    fn a_drawing_inside_of_a_text_box_is_not_the_box() {
        let inner = "<inline><docPr name=\"Inner\" descr=\"inner\"/><txbx><txbxContent><p><r><t>x</t></r></p></txbxContent></txbx></inline>";
        let text = format!(
            "<p><r><drawing><anchor><docPr name=\"Outer\" descr=\"outer\"/><txbx><txbxContent><p><r><t>own</t></r>\
             <r><drawing>{inner}</drawing></r></p></txbxContent></txbx></anchor></drawing></r></p>\
             <p><r><drawing><anchor><docPr name=\"Second\" descr=\"second\"/></anchor></drawing></r></p>"
        );
        let own = read(&text).describe(Item::default());
        let shapes = &own.collection("shapes").unwrap().items;
        let names: Vec<&str> = shapes.iter().map(|shape| shape.name.as_str()).collect();
        assert_eq!(names, ["Outer", "Second"]);
        assert_eq!(shapes[0].value("alternativetext"), Some(&Datum::text("outer")));
        assert_eq!(text_of(&shapes[0]), None, "what it reads as is not known");
    }

    /// Paragraphs beyond the bound leave none of them counted.
    #[test]
    fn paragraphs_that_are_cut_are_not_counted() {
        let own = read(&"<p/>".repeat(ITEMS + 1)).describe(Item::default());
        let paragraphs = own.collection("paragraphs").unwrap();
        assert!(!paragraphs.counted);
        assert!(own.value("text").is_none());
        let own = Story::of_main_text(&vec![0x0D; ITEMS + 1]).describe(Item::default());
        let paragraphs = own.collection("paragraphs").unwrap();
        assert_eq!((paragraphs.items.len(), paragraphs.counted), (ITEMS, false));
    }

    fn text_of(item: &Item) -> Option<String> {
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
        let paragraphs: Vec<Option<String>> = of("paragraphs").iter().map(|p| text_of(p)).collect();
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
        assert_eq!(text_of(&of("bookmarks")[0]).as_deref(), Some("one\t two"));
        let cells = of("tables")[0].collection("cells").unwrap().items.clone();
        assert_eq!(
            (cells[0].name.as_str(), text_of(&cells[0]).as_deref()),
            ("1,1", Some("cell\r\u{7}"))
        );
        let shape = &of("shapes")[0];
        assert_eq!(shape.value("alternativetext"), Some(&Datum::text("alt & text")));
        assert_eq!(text_of(shape).as_deref(), Some("inside"));
        assert_eq!(text_of(&of("contentcontrols")[0]).as_deref(), Some("kept"));
        assert!(own.value("text").is_none());
    }
}
