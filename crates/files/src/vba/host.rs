//! The document around a project, as far as a macro can read it.
//!
//! A document is a tree of items: the document itself, its forms, their controls, shapes, properties, paragraphs. An
//! item has values under names, and collections of further items. What the file does not say is not there, and a
//! macro that asks for it gets an unknown.

use crate::workbook::Workbook;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A value that a file stores for a macro to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datum {
    /// A string in UTF-16 code units, as the file has them. Who reads it shares it.
    Text(Rc<Vec<u16>>),
    /// A whole number.
    Whole(i64),
    /// A number with a fraction, by its bits.
    Real(u64),
    /// True or false.
    Bool(bool),
    /// Something stands there that is not known here.
    Unknown,
}

impl Datum {
    /// Returns the datum of a text.
    pub fn text(text: &str) -> Self {
        Datum::units(text.encode_utf16().collect())
    }

    /// Returns the datum of a string in code units.
    pub fn units(units: Vec<u16>) -> Self {
        Datum::Text(Rc::new(units))
    }

    /// Returns the datum of a floating-point number.
    pub fn real(number: f64) -> Self {
        Datum::Real(number.to_bits())
    }
}

/// Items under one name, counted from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collection {
    /// The items in order.
    pub items: Vec<Rc<Item>>,
    /// Whether the file gives all of them in the order in which the program counts them: only then a number names
    /// one.
    pub counted: bool,
}

impl Collection {
    /// Returns a collection whose order is the program's.
    pub fn counted(items: Vec<Item>) -> Self {
        Collection {
            items: items.into_iter().map(Rc::new).collect(),
            counted: true,
        }
    }

    /// Returns a collection whose items are known by name alone; a single one is its own order.
    pub fn named(items: Vec<Item>) -> Self {
        let counted = items.len() == 1;
        Collection {
            items: items.into_iter().map(Rc::new).collect(),
            counted,
        }
    }
}

/// The cells of a sheet, by row and column from zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// What each cell holds that holds something.
    pub cells: BTreeMap<(u32, u32), Datum>,
    /// Whether all of them were read, so that a cell that is not there is empty.
    pub whole: bool,
}

/// The workbook behind a document, for formulas that a macro hands to the application.
#[derive(Clone, Debug, Default)]
pub struct Book(Option<Rc<Workbook>>);

impl Book {
    /// Returns a workbook to be handed formulas.
    pub(crate) fn of(book: Workbook) -> Self {
        Book(Some(Rc::new(book)))
    }

    /// Returns the workbook.
    pub(super) fn get(&self) -> Option<&Rc<Workbook>> {
        self.0.as_ref()
    }
}

impl PartialEq for Book {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(mine), Some(theirs)) => Rc::ptr_eq(mine, theirs),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Eq for Book {}

/// Something of a document that a macro can name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// The name under which a collection holds it; empty where it has none.
    pub name: String,
    /// Values by property, in lower case.
    pub values: Vec<(&'static str, Datum)>,
    /// Collections by property, in lower case.
    pub collections: Vec<(&'static str, Collection)>,
    /// The property that stands for the item itself.
    pub default: Option<&'static str>,
    /// Properties that lead to the item's own text: `Range`, `TextFrame`.
    pub same: &'static [&'static str],
    /// The collection whose items are properties of the item: a form's controls.
    pub members: Option<&'static str>,
    /// A sheet's cells.
    pub grid: Option<Rc<Grid>>,
    /// The workbook, where the item is one.
    pub book: Book,
}

impl Item {
    /// Returns an item without values.
    pub fn named(name: impl Into<String>) -> Self {
        Item {
            name: name.into(),
            ..Item::default()
        }
    }

    /// Returns the item with a value.
    #[must_use]
    pub fn with(mut self, property: &'static str, datum: Datum) -> Self {
        self.values.push((property, datum));
        self
    }

    /// Returns the item with a text.
    #[must_use]
    pub fn with_text(self, property: &'static str, text: &str) -> Self {
        self.with(property, Datum::text(text))
    }

    /// Returns the item with the property that stands for it.
    #[must_use]
    pub fn defaulting(mut self, property: &'static str) -> Self {
        self.default = Some(property);
        self
    }

    /// Returns the item with properties that lead back to it.
    #[must_use]
    pub fn through(mut self, same: &'static [&'static str]) -> Self {
        self.same = same;
        self
    }

    /// Returns the item with a collection.
    #[must_use]
    pub fn holding(mut self, property: &'static str, collection: Collection) -> Self {
        self.collections.push((property, collection));
        self
    }

    /// Returns a value.
    pub fn value(&self, property: &str) -> Option<&Datum> {
        let found = self.values.iter().find(|(name, _)| *name == property);
        found.map(|(_, datum)| datum)
    }

    /// Returns a collection.
    pub fn collection(&self, property: &str) -> Option<&Collection> {
        let found = self.collections.iter().find(|(name, _)| *name == property);
        found.map(|(_, collection)| collection)
    }
}

/// The values of a document that its macros can read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The document itself: `ActiveDocument`, `ThisWorkbook`.
    pub own: Rc<Item>,
    /// The forms of its project, by the names of their modules.
    pub forms: Vec<Rc<Item>>,
}

impl Document {
    /// Returns the form of a name in lower case.
    pub(super) fn form(&self, name: &str) -> Option<&Rc<Item>> {
        self.forms.iter().find(|form| form.name.to_lowercase() == name)
    }

    /// Returns the sheet whose module has this name in lower case.
    pub(super) fn sheet(&self, name: &str) -> Option<&Rc<Item>> {
        let wanted = |item: &&Rc<Item>| match item.value("codename") {
            Some(Datum::Text(units)) => String::from_utf16_lossy(units).to_lowercase() == name,
            _ => false,
        };
        self.own.collection("sheets")?.items.iter().find(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::Datum;
    use crate::vba::value::Value;

    /// A macro may read a long text again and again.
    #[test]
    fn a_text_that_is_read_is_not_copied() {
        let datum = Datum::text("a text of a document");
        let place = |value: Value| match value {
            Value::Text(text) => Some(text.units().as_ptr()),
            _ => None,
        };
        assert!(place(Value::from(&datum)).is_some());
        assert_eq!(place(Value::from(&datum)), place(Value::from(&datum)));
    }
}
