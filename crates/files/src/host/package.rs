//! What an Office Open XML document holds for its macros (ECMA-376): properties, variables, text, shapes.

use super::activex;
use super::drawing;
use super::properties::Properties;
use super::sheets::Objects;
use super::story;
use super::xml::{Step, attribute, unescaped, walk};
use crate::archive::Members;
use crate::examine::Walk;
use crate::text::decode_text;
use crate::vba::{Collection, Datum, Item};
use crate::workbook::{self, Workbook};

/// Bytes of parts that are read for a macro to read.
const BYTES: usize = 64 << 20;
/// Slides and drawings.
const PARTS: usize = 1024;

/// The parts of a package by name in lower case.
struct Parts<'m, 'a, 'w, 'l> {
    members: &'m mut Members<'a>,
    names: Vec<String>,
    walk: &'w mut Walk<'l>,
    left: usize,
}

impl<'m, 'a, 'w, 'l> Parts<'m, 'a, 'w, 'l> {
    fn of(members: &'m mut Members<'a>, walk: &'w mut Walk<'l>) -> Self {
        let mut names = Vec::with_capacity(members.len());
        for index in 0..members.len() {
            let name = members
                .member(index)
                .map(|member| member.name)
                .unwrap_or_default();
            names.push(name.trim_start_matches('/').to_ascii_lowercase());
        }
        Parts {
            members,
            names,
            walk,
            left: BYTES,
        }
    }

    fn read(&mut self, name: &str) -> Option<String> {
        self.bytes(name).map(|bytes| decode_text(&bytes))
    }

    fn bytes(&mut self, name: &str) -> Option<Vec<u8>> {
        let index = self.names.iter().position(|own| own == name)?;
        let bytes = self.members.read(index, name, self.walk).bytes;
        self.left = self.left.checked_sub(bytes.len())?;
        Some(bytes)
    }

    /// Returns the relations of a part whose type ends so: identifier and the part that each leads to.
    fn related(&mut self, part: &str, kind: &str) -> Vec<(String, String)> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let Some(relations) = self.read(&format!("{folder}/_rels/{file}.rels")) else {
            return Vec::new();
        };
        let found = targets(&relations, kind).into_iter();
        found
            .map(|(id, target)| (id, workbook::resolved(&target.to_ascii_lowercase(), folder)))
            .collect()
    }

    /// Returns the names of parts that start so and end in `.xml`, numbers in their order.
    fn numbered(&self, start: &str) -> Vec<String> {
        let number =
            |name: &str| -> Option<u32> { name.strip_prefix(start)?.strip_suffix(".xml")?.parse().ok() };
        let mut found: Vec<(u32, String)> = self
            .names
            .iter()
            .filter_map(|name| Some((number(name)?, name.clone())))
            .collect();
        found.sort();
        found.truncate(PARTS);
        found.into_iter().map(|(_, name)| name).collect()
    }
}

/// Returns what the parts of a package say of the document, and the tab that a workbook shows.
pub(super) fn read(members: &mut Members<'_>, walk: &mut Walk<'_>) -> (Item, Option<usize>) {
    let mut parts = Parts::of(members, walk);
    let mut own = super::with_properties(Item::default(), properties(&mut parts));
    if let Some(settings) = parts.read("word/settings.xml") {
        own = own.holding("variables", Collection::named(variables(&settings)));
    }
    if let Some(text) = parts.read("word/document.xml") {
        own = story::read(&text).describe(own);
        let controls = controls(&mut parts, "word/document.xml", &text);
        if !controls.is_empty() {
            own = own.holding("oleobjects", Collection::named(controls));
            own.members = Some("oleobjects");
        }
    }
    let slides = slides(&mut parts);
    if !slides.is_empty() {
        own = own.holding("slides", Collection::counted(slides));
    }
    let active = parts.read("xl/workbook.xml").and_then(|text| active(&text));
    (own, active)
}

/// Returns what stands on each sheet of a workbook beside its cells: the shapes of its drawing, its controls.
pub(super) fn of_sheets(members: &mut Members<'_>, walk: &mut Walk<'_>, book: &Workbook) -> Vec<Objects> {
    let mut parts = Parts::of(members, walk);
    let mut found = Vec::new();
    for sheet in &book.sheets {
        let mut objects = Objects::default();
        if let Some(part) = sheet.part.as_ref().map(|part| part.to_ascii_lowercase()) {
            for (_, drawing) in parts.related(&part, "/drawing").into_iter().take(1) {
                let shapes = parts.read(&drawing).map(|text| drawing::shapes(&text));
                objects.shapes = Collection::counted(shapes.unwrap_or_default());
            }
            let text = match parts.related(&part, "/control").is_empty() {
                true => None,
                false => parts.read(&part),
            };
            if let Some(text) = text {
                objects.controls = controls(&mut parts, &part, &text);
                // Controls are shapes as well, which the drawing lists among what older programs read.
                objects.shapes.counted = false;
            }
        }
        found.push(objects);
    }
    found
}

/// Returns the controls that a part names: its text, then a part that says the class, then the control's own bytes.
fn controls(parts: &mut Parts<'_, '_, '_, '_>, part: &str, text: &str) -> Vec<Item> {
    let mut named: Vec<(String, String)> = Vec::new();
    walk(text, |step| {
        if let Step::Open("control", tag) = step
            && let (Some(name), Some(id)) = (attribute(tag, "name"), attribute(tag, "id"))
            && named.len() < activex::CONTROLS
        {
            named.push((name, id));
        }
    });
    if named.is_empty() {
        return Vec::new();
    }
    let related = parts.related(part, "/control");
    let mut found: Vec<Item> = Vec::new();
    for (name, id) in named {
        // A part names a control again for programs that read it in another form.
        if found.iter().any(|item| item.name == name) {
            continue;
        }
        let Some((_, own)) = related.iter().find(|(other, _)| *other == id) else {
            continue;
        };
        let Some(described) = parts.read(own).map(|text| activex::Part::read(&text)) else {
            continue;
        };
        let binary = parts.related(own, "/activeXControlBinary");
        let binary = binary
            .into_iter()
            .find(|(id, _)| Some(id) == described.relation.as_ref());
        let bytes = binary
            .and_then(|(_, part)| parts.bytes(&part))
            .unwrap_or_default();
        found.push(described.item(&name, &bytes));
    }
    found
}

/// The tab that a workbook shows (ECMA-376 part 1, 18.2.30): the first where its view does not say.
fn active(text: &str) -> Option<usize> {
    let mut found = None;
    walk(text, |step| {
        if let Step::Open("workbookView", tag) = step
            && found.is_none()
        {
            found = attribute(tag, "activeTab").map_or(Some(0), |tab| tab.parse().ok());
        }
    });
    found
}

fn properties(parts: &mut Parts<'_, '_, '_, '_>) -> Properties {
    const CORE: &[(&str, &str)] = &[
        ("title", "Title"),
        ("subject", "Subject"),
        ("creator", "Author"),
        ("keywords", "Keywords"),
        ("description", "Comments"),
        ("lastModifiedBy", "Last Author"),
        ("revision", "Revision Number"),
        ("category", "Category"),
        ("contentStatus", "Content status"),
        ("contentType", "Content type"),
        ("language", "Language"),
        ("version", "Document version"),
    ];
    const APP: &[(&str, &str)] = &[
        ("Template", "Template"),
        ("Manager", "Manager"),
        ("Company", "Company"),
        ("PresentationFormat", "Format"),
        ("HyperlinkBase", "Hyperlink Base"),
    ];
    let mut found = Properties::default();
    for (part, table) in [("docprops/core.xml", CORE), ("docprops/app.xml", APP)] {
        if let Some(text) = parts.read(part) {
            found.built_in.extend(leaves(&text, table));
        }
    }
    if let Some(text) = parts.read("docprops/custom.xml") {
        found.custom = custom(&text);
    }
    found
}

/// Returns the texts of the elements that a table names, directly under the root.
fn leaves(text: &str, table: &[(&str, &str)]) -> Vec<(String, Datum)> {
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut open: Option<(&str, String)> = None;
    walk(text, |step| match step {
        Step::Open(name, _) => {
            depth += 1;
            if depth == 2 {
                let property = table.iter().find(|(own, _)| *own == name);
                open = property.map(|(_, property)| (*property, String::new()));
            }
        }
        Step::Text(part) => {
            if let Some((_, text)) = &mut open {
                text.push_str(part);
            }
        }
        Step::Close(_) => {
            depth = depth.saturating_sub(1);
            if depth == 1
                && let Some((property, text)) = open.take()
            {
                found.push((property.to_owned(), Datum::units(unescaped(&text))));
            }
        }
    });
    found
}

/// Returns the properties that somebody added (ECMA-376 part 1, 22.3).
fn custom(text: &str) -> Vec<(String, Datum)> {
    let mut found = Vec::new();
    let mut name: Option<String> = None;
    let mut kind = String::new();
    let mut value = String::new();
    walk(text, |step| match step {
        Step::Open("property", tag) => {
            name = attribute(tag, "name");
            value.clear();
            kind.clear();
        }
        Step::Open(element, _) if name.is_some() => element.clone_into(&mut kind),
        Step::Text(part) if !kind.is_empty() => value.push_str(part),
        Step::Close("property") => {
            let datum = match kind.as_str() {
                "lpwstr" | "lpstr" | "bstr" => Some(Datum::units(unescaped(&value))),
                "i1" | "i2" | "i4" | "int" | "i8" => value.trim().parse().ok().map(Datum::Whole),
                "r4" | "r8" | "decimal" => value.trim().parse().ok().map(Datum::real),
                "bool" => match value.trim() {
                    "true" | "1" => Some(Datum::Bool(true)),
                    "false" | "0" => Some(Datum::Bool(false)),
                    _ => None,
                },
                _ => None,
            };
            if let (Some(name), Some(datum)) = (name.take(), datum) {
                found.push((name, datum));
            }
        }
        _ => {}
    });
    found
}

/// Returns the variables of a Word document (ECMA-376 part 1, 17.15.1.30).
fn variables(text: &str) -> Vec<Item> {
    let mut found = Vec::new();
    walk(text, |step| {
        if let Step::Open("docVar", tag) = step
            && let (Some(name), Some(value)) = (attribute(tag, "name"), attribute(tag, "val"))
        {
            found.push(super::variable(&name, Datum::units(unescaped(&value))));
        }
    });
    found
}

/// Returns the slides of a presentation in the order in which it shows them, with their shapes and tags.
fn slides(parts: &mut Parts<'_, '_, '_, '_>) -> Vec<Item> {
    let Some(order) = slide_order(parts) else {
        return Vec::new();
    };
    let mut slides = Vec::new();
    for name in order {
        let Some(text) = parts.read(&name) else {
            slides.push(Item::default());
            continue;
        };
        let shapes = drawing::shapes(&text);
        let mut slide = Item::default().holding("shapes", Collection::counted(shapes));
        let base = name.rsplit('/').next().unwrap_or(&name);
        if let Some(relations) = parts.read(&format!("ppt/slides/_rels/{base}.rels")) {
            let tags = targets(&relations, "/tags");
            let mut found = Vec::new();
            for (_, target) in tags.iter().take(8) {
                let part = format!("ppt/{}", target.trim_start_matches("../").to_ascii_lowercase());
                if let Some(text) = parts.read(&part) {
                    found.extend(tag_list(&text));
                }
            }
            slide = slide.holding("tags", Collection::named(found));
        }
        slides.push(slide);
    }
    slides
}

fn slide_order(parts: &mut Parts<'_, '_, '_, '_>) -> Option<Vec<String>> {
    let numbered = parts.numbered("ppt/slides/slide");
    if numbered.is_empty() {
        return None;
    }
    let presentation = parts.read("ppt/presentation.xml")?;
    let relations = parts.read("ppt/_rels/presentation.xml.rels")?;
    let targets = targets(&relations, "/slide");
    let mut order = Vec::new();
    walk(&presentation, |step| {
        if let Step::Open("sldId", tag) = step {
            // Of `id` and `r:id`, the one that names a relation.
            let relation = tag
                .attributes()
                .with_checks(false)
                .flatten()
                .map(|attribute| attribute.value.to_string())
                .find_map(|value| targets.iter().find(|(id, _)| *id == value));
            if let Some((_, target)) = relation {
                order.push(format!("ppt/{}", target.to_ascii_lowercase()));
            }
        }
    });
    order.truncate(PARTS);
    Some(order)
}

/// Returns the relations whose type ends so: identifier and target.
fn targets(relations: &str, kind: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(relations, |step| {
        if let Step::Open("Relationship", tag) = step
            && attribute(tag, "Type").is_some_and(|own| own.ends_with(kind))
            && let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target"))
        {
            found.push((id, target));
        }
    });
    found
}

fn tag_list(text: &str) -> Vec<Item> {
    let mut found = Vec::new();
    walk(text, |step| {
        if let Step::Open("tag", tag) = step
            && let (Some(name), Some(value)) = (attribute(tag, "name"), attribute(tag, "val"))
        {
            found.push(super::variable(&name, Datum::units(unescaped(&value))));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_property_has_the_type_its_element_says() {
        let text = "<Properties><property name=\"a\"><vt:lpwstr>x&lt;_x000A_</vt:lpwstr></property>\
                    <property name=\"b\"><vt:i4>7</vt:i4></property>\
                    <property name=\"c\"><vt:filetime>2020</vt:filetime></property></Properties>";
        assert_eq!(
            custom(text),
            [
                ("a".to_owned(), Datum::text("x<\n")),
                ("b".to_owned(), Datum::Whole(7))
            ]
        );
    }
}
