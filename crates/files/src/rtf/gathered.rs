//! What one pass over a rich text gathers: data, objects, fields, templates, words.

use super::field::Spelled;
use super::nibbles::Readings;
use std::collections::BTreeSet;

/// What hexadecimal data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `\objdata`
    Object,
    /// `\datastore`: custom XML, in the shape of an object.
    Store,
    /// `\pict`
    Picture,
    /// `\themedata`, `\colorschememapping` and fonts that are embedded.
    Other,
}

/// A run of hexadecimal or binary data.
#[derive(Debug)]
pub(super) struct Data {
    pub kind: Kind,
    /// The byte behind its control word, and that where it ends.
    pub start: usize,
    pub end: usize,
    pub readings: Readings,
    /// What breaks its digits up.
    pub broken_by: BTreeSet<&'static str>,
    /// Whether all of it so far is one run of binary data, as the specification has it too.
    pub binary: bool,
    /// The object that it belongs to.
    pub object: Option<usize>,
}

impl Data {
    /// Notes what stands between the digits of an object.
    pub(super) fn breaks(&mut self, what: &'static str) {
        if self.kind == Kind::Object {
            self.broken_by.insert(what);
        }
    }
}

/// What the words around an object's data say.
#[derive(Debug, Default)]
pub(super) struct Object {
    pub class: String,
    /// The class's GUID where `\oleclsid` spells it.
    pub identifier: String,
    /// `\objupdate` or `\objautlink`: loaded with nobody asked.
    pub updates: bool,
}

/// A field.
#[derive(Debug)]
pub(crate) struct Field {
    pub start: usize,
    pub instruction: Spelled,
    pub result: String,
}

/// All that a rich text holds.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub data: Vec<Data>,
    pub objects: Vec<Object>,
    /// In the order in which they end, the inner before the outer.
    pub fields: Vec<Field>,
    /// Texts of `\template`, with their place.
    pub templates: Vec<(usize, String)>,
    /// The words of the text, its notes and properties.
    pub words: String,
    /// The byte behind the text's last group.
    pub end: Option<usize>,
    /// Groups that were not closed.
    pub unclosed: usize,
    /// Whether groups stood too deep, parts were too many, a `\bin` claims more than there is.
    pub too_deep: bool,
    pub too_many: bool,
    pub oversized: Option<usize>,
    /// Control characters that stand where a text has none.
    pub noise: usize,
}
