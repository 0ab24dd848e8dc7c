//! The document as the host of its macros: what it holds for them to read.
//!
//! A macro often keeps its payload outside of its source: in a form's text box, a property, a variable, the
//! alternative text of a picture. These strings are gathered here from where the file stores them, and handed to the
//! evaluation as values. What is not read stays unknown there.

mod activex;
mod allowance;
mod art;
mod cells;
mod drawing;
mod fields;
mod forms;
mod package;
mod properties;
mod sheets;
mod slides;
mod story;
mod text;
mod word;
mod xml;

pub use forms::form_strings;
pub use properties::property_count;
pub use word::variable_count;

pub(crate) use forms::read_forms;

use crate::archive::Members;
use crate::examine::Walk;
use crate::ole::Compound;
use crate::vba::{Collection, Datum, Item};
use crate::workbook::{self, Workbook};
use properties::{ORDER, Properties};

/// Returns what a compound file says of the document around the project in `storage` (`…/VBA`); its sheets only where
/// the project's source speaks of cells.
pub(crate) fn of_compound(compound: &Compound<'_>, storage: &str, cells: bool) -> Item {
    let root = around(storage);
    let stream = |name: &str| {
        compound
            .read(&format!("{root}/{name}"))
            .map(|read| read.bytes)
            .unwrap_or_default()
    };
    let properties = properties_of(compound, root);
    let own = word::read(compound, root, with_properties(Item::default(), properties));
    if !cells {
        return own;
    }
    match Workbook::of_compound(compound, root) {
        Some(book) => {
            let active = cells::active_of_compound(compound, root);
            let objects = sheets::of_stream(&stream("Workbook"), &stream("Ctls"));
            cells::describe(own, book, active, objects)
        }
        None => own,
    }
}

/// Reads bytes as each stream that a drawing stands in, for fuzzing: how many shapes that gives.
#[doc(hidden)]
pub fn shape_count(bytes: &[u8], table: &[u8]) -> usize {
    let sheets = sheets::of_stream(bytes, table);
    let slides = slides::describe(bytes, Item::default());
    let slides = slides.collection("slides").map_or(0, |slides| slides.items.len());
    let on_sheets: usize = sheets.iter().map(|objects| objects.shapes.items.len()).sum();
    on_sheets + slides + word::shape_count(bytes, table)
}

/// Returns what a presentation's stream in the folder `root`, and the properties beside it, say of the document.
pub(crate) fn of_presentation(compound: &Compound<'_>, root: &str, stream: &[u8]) -> Item {
    slides::describe(
        stream,
        with_properties(Item::default(), properties_of(compound, root)),
    )
}

fn properties_of(compound: &Compound<'_>, root: &str) -> Properties {
    let stream = |name: &str| {
        let read = compound.read(&format!("{root}/{name}"));
        read.map(|read| read.bytes).unwrap_or_default()
    };
    properties::read(
        &stream("\u{5}SummaryInformation"),
        &stream("\u{5}DocumentSummaryInformation"),
    )
}

/// Returns the storage of the document around a project's `storage` (`…/Macros/VBA`).
pub(crate) fn around(storage: &str) -> &str {
    let outer = |path: &'_ str| path.rfind('/').unwrap_or(0);
    let project = storage.get(..outer(storage)).unwrap_or_default();
    project.get(..outer(project)).unwrap_or_default()
}

/// Returns whether a source speaks of the cells of a sheet, or hands a formula over.
pub(crate) fn speaks_of_cells(source: &str) -> bool {
    let lower = source.to_ascii_lowercase();
    [
        "range",
        "cells",
        "sheet",
        "[",
        "names",
        "evaluate",
        "excel4macro",
        ".run",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// Returns what the parts of a package say of the document.
pub(crate) fn of_package(members: &mut Members<'_>, walk: &mut Walk<'_>) -> Item {
    let (own, active) = package::read(members, walk);
    match workbook::of_package(members, walk) {
        Some(book) => {
            let objects = package::of_sheets(members, walk, &book);
            cells::describe(own, book, active, objects)
        }
        None => own,
    }
}

/// Adds properties to a document, the built-in ones in the order in which the program counts them.
fn with_properties(own: Item, properties: Properties) -> Item {
    let find = |name: &str| properties.built_in.iter().find(|(own, _)| own == name);
    let mut built_in: Vec<Item> = Vec::new();
    for name in ORDER {
        built_in.push(match find(name) {
            Some((_, datum)) => properties::item(name, datum.clone()),
            // Its place is known and its value is not.
            None => Item::named(*name).with_text("name", name).defaulting("value"),
        });
    }
    let further = properties
        .built_in
        .iter()
        .filter(|(name, _)| !ORDER.contains(&name.as_str()));
    built_in.extend(further.map(|(name, datum)| properties::item(name, datum.clone())));
    let custom = properties
        .custom
        .iter()
        .map(|(name, datum)| properties::item(name, datum.clone()));
    let mut own = own;
    // A workbook has some of them as its own.
    for (name, property) in [
        ("Title", "title"),
        ("Subject", "subject"),
        ("Author", "author"),
        ("Keywords", "keywords"),
    ] {
        if let Some((_, datum)) = find(name) {
            own = own.with(property, datum.clone());
        }
    }
    own.holding("builtindocumentproperties", Collection::counted(built_in))
        .holding("customdocumentproperties", Collection::counted(custom.collect()))
}

/// Returns a variable or tag as macros see it.
fn variable(name: &str, datum: Datum) -> Item {
    Item::named(name)
        .with_text("name", name)
        .with("value", datum)
        .defaulting("value")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vba::Collection;
    use std::path::{Path, PathBuf};

    /// What was found in documents of one kind.
    #[derive(Debug, Default)]
    struct Found {
        documents: usize,
        shapes: usize,
        named: usize,
        alternative: usize,
        texts: usize,
        controls: usize,
        names: usize,
    }

    impl Found {
        fn count(&mut self, own: &Item) {
            for (property, collection) in &own.collections {
                match *property {
                    "shapes" | "inlineshapes" | "groupitems" => self.shapes(collection),
                    "slides" | "sheets" => collection.items.iter().for_each(|item| self.count(item)),
                    "oleobjects" => self.controls += collection.items.len(),
                    "names" => self.names += collection.items.len(),
                    _ => {}
                }
            }
        }

        fn shapes(&mut self, collection: &Collection) {
            for shape in &collection.items {
                let told = |property: &str| match shape.value(property) {
                    Some(Datum::Text(units)) => usize::from(!units.is_empty()),
                    _ => 0,
                };
                self.shapes += 1;
                self.named += usize::from(!shape.name.is_empty());
                self.alternative += told("alternativetext");
                self.texts += told("text");
                self.count(shape);
            }
        }
    }

    fn files(folder: &Path, into: &mut Vec<PathBuf>) {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if path.is_dir() {
                files(&path, into);
            } else {
                into.push(path);
            }
        }
    }

    /// Real binary documents of every kind have shapes, and none of them breaks a reader.
    #[test]
    fn real_documents_give_their_shapes() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/office");
        let mut all = Vec::new();
        files(&root, &mut all);
        if all.is_empty() {
            assert!(std::env::var_os("CI").is_none(), "../shared/data is absent");
            eprintln!("SKIPPED: real_documents_give_their_shapes: ../shared/data is absent");
            return;
        }
        let mut kinds: std::collections::BTreeMap<&str, Found> = std::collections::BTreeMap::new();
        for path in all {
            let Ok(bytes) = std::fs::read(&path) else { continue };
            let Ok(compound) = Compound::open(&bytes) else {
                continue;
            };
            let (kind, own) = if compound.has("/WordDocument") {
                ("doc", of_compound(&compound, "/Macros/VBA", false))
            } else if compound.has("/Workbook") {
                ("xls", of_compound(&compound, "/_VBA_PROJECT_CUR/VBA", true))
            } else if let Some(stream) = compound.read("/PowerPoint Document") {
                ("ppt", of_presentation(&compound, "", &stream.bytes))
            } else {
                continue;
            };
            let found = kinds.entry(kind).or_default();
            found.documents += 1;
            found.count(&own);
        }
        for (kind, found) in &kinds {
            println!("values of binary documents, {kind}: {found:?}");
            assert!(found.shapes > 0, "{kind}");
        }
        assert_eq!(kinds.len(), 3);
    }
}
