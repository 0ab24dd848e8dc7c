//! ActiveX controls that stand in a document and not on a form: their names, captions, texts and values.
//!
//! A control's own bytes are the same wherever it stands (MS-OFORMS); where they are kept differs: a storage of the
//! pool of objects in a Word document, one stream for all in a workbook, a part each in a package.

use super::forms::{describe, kind_of_class};
use super::xml::{Step, attribute, walk};
use crate::ole::Compound;
use crate::text::units;
use crate::vba::{Datum, Item};
use std::collections::BTreeSet;

/// Controls of one document.
pub(super) const CONTROLS: usize = 4096;

/// Properties that lead from a control in a document to itself.
const SAME: &[&str] = &["object", "oleformat"];

/// The length of a class identifier.
const CLASS: usize = 16;

fn named(name: &str) -> Item {
    Item::named(name).through(SAME).with_text("name", name)
}

/// Returns a control by its class and its own bytes.
fn control(name: &str, class: &[u8], bytes: &[u8]) -> Item {
    let item = named(name);
    let described = kind_of_class(class).and_then(|kind| describe(kind, bytes, item.clone()));
    described.unwrap_or(item)
}

/// Returns a control whose bytes follow its class.
pub(super) fn of_bytes(name: &str, bytes: &[u8]) -> Option<Item> {
    let (class, own) = bytes.split_at_checked(CLASS)?;
    Some(control(name, class, own))
}

/// Returns the controls in a Word document's pool of objects (MS-DOC 2.1.8), by name.
pub(super) fn of_pool(compound: &Compound<'_>, root: &str) -> Vec<Item> {
    /// Where the class stands in the stream that describes an object's class (MS-OLEDS 2.3.8).
    const OF_CLASS: usize = 12;
    let prefix = format!("{root}/ObjectPool/");
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for stream in compound.streams() {
        let own = stream
            .path
            .strip_prefix(&prefix)
            .and_then(|inner| inner.split_once('/'));
        let Some((storage, "\u{3}OCXNAME")) = own else {
            continue;
        };
        // Two entries of one path are one control.
        if !seen.insert(storage) {
            continue;
        }
        let read = |name: &str| {
            let read = compound.read(&format!("{prefix}{storage}/{name}"));
            read.map(|read| read.bytes).unwrap_or_default()
        };
        let name: Vec<u16> = units(&read("\u{3}OCXNAME"))
            .take_while(|unit| *unit != 0)
            .collect();
        let class = read("\u{1}CompObj");
        let class = class.get(OF_CLASS..OF_CLASS + CLASS).unwrap_or_default();
        found.push(control(
            &String::from_utf16_lossy(&name),
            class,
            &read("contents"),
        ));
        if found.len() >= CONTROLS {
            break;
        }
    }
    found
}

/// What the part of a control in a package says (ECMA-376 part 4, 6.2.2): its class, its properties as text, and
/// the relation to its bytes.
#[derive(Debug, Default)]
pub(super) struct Part {
    class: Vec<u8>,
    properties: Vec<(String, String)>,
    pub relation: Option<String>,
}

impl Part {
    pub(super) fn read(text: &str) -> Self {
        let mut part = Part::default();
        walk(text, |step| match step {
            Step::Open("ocx", tag) => {
                part.class = attribute(tag, "classid")
                    .and_then(|class| class_of(&class))
                    .unwrap_or_default();
                part.relation = attribute(tag, "id");
            }
            Step::Open("ocxPr", tag) => {
                if let (Some(name), Some(value)) = (attribute(tag, "name"), attribute(tag, "value")) {
                    part.properties.push((name, value));
                }
            }
            _ => {}
        });
        part
    }

    /// Returns the control with what its bytes say: behind its class, or in a compound file.
    pub(super) fn item(&self, name: &str, bytes: &[u8]) -> Item {
        let contents = Compound::open(bytes)
            .ok()
            .and_then(|compound| compound.read("/contents"));
        let own = match &contents {
            Some(read) => read.bytes.as_slice(),
            None => bytes.strip_prefix(self.class.as_slice()).unwrap_or(bytes),
        };
        let mut item = control(name, &self.class, own);
        for (name, value) in &self.properties {
            let property = match name.to_ascii_lowercase().as_str() {
                "caption" => "caption",
                "text" => "text",
                "value" => "value",
                _ => continue,
            };
            if item.value(property).is_none() {
                item = item.with(property, Datum::text(value));
            }
        }
        item
    }
}

/// Returns the bytes of a class identifier that is written as text.
fn class_of(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    if digits.len() != 2 * CLASS {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok();
    // The first three numbers have their lowest byte first.
    let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    order.into_iter().map(byte).collect()
}

#[cfg(test)]
#[path = "../../tests/label/mod.rs"]
pub(super) mod sample;

#[cfg(test)]
mod tests {
    use super::sample::label;
    use super::*;

    #[test]
    fn a_control_in_a_document_has_its_caption() {
        let item = of_bytes("Label1", &label("a caption")).unwrap();
        assert_eq!(item.value("caption"), Some(&Datum::text("a caption")));
        for length in 0..label("a").len() {
            of_bytes("Label1", &label("a")[..length]);
        }
    }

    #[test]
    fn a_part_of_a_package_says_class_and_properties() {
        let part = Part::read(
            "<ax:ocx ax:classid=\"{978C9E23-D4B0-11CE-BF2D-00AA003F40D0}\" ax:persistence=\"persistStreamInit\" r:id=\"rId1\"/>",
        );
        assert_eq!(part.relation.as_deref(), Some("rId1"));
        let item = part.item("Label1", &label("told"));
        assert_eq!(item.value("caption"), Some(&Datum::text("told")));
        let part = Part::read(
            "<ax:ocx ax:classid=\"{8BD21D10-EC42-11CE-9E0D-00AA006002F3}\" ax:persistence=\"persistPropertyBag\"><ax:ocxPr ax:name=\"Value\" ax:value=\"v\"/></ax:ocx>",
        );
        assert_eq!(part.item("TextBox1", b"").value("value"), Some(&Datum::text("v")));
    }
}
