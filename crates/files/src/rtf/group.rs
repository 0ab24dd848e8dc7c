//! The state of a group of a rich text: where its text goes, and what ends with it.

use super::prose::Prose;
use encoding_rs::Encoding;

/// Where text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    Words,
    Data(usize),
    Class(usize),
    /// `\oleclsid`
    Identifier(usize),
    Template,
    Instruction(usize),
    Result(usize),
    Fonts,
    Nowhere,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub destination: Destination,
    /// Behind `\*` stood a word that Word does not know.
    pub unknown: bool,
    pub object: Option<usize>,
    /// The field that ends with this group.
    pub field: Option<usize>,
    /// The data or template that ends with this group.
    pub ends: bool,
    /// Bytes that stand for one `\u`.
    pub stand_ins: u32,
    pub encoding: &'static Encoding,
}

pub(super) struct Open {
    pub start: usize,
    pub instruction: Prose,
    /// Where values of the fields inside belong, with their numbers.
    pub inner: Vec<(usize, usize)>,
    pub result: Prose,
    /// Its group has closed.
    pub done: bool,
}

impl Open {
    /// Begins a field at a byte.
    pub(super) fn new(start: usize, encoding: &'static Encoding) -> Self {
        Open {
            start,
            instruction: Prose::new(encoding),
            inner: Vec::new(),
            result: Prose::new(encoding),
            done: false,
        }
    }
}
