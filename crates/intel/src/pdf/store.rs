//! The objects of a file by their numbers.
//!
//! The table of references is not believed: files that arrive have wrong ones. The file is searched for its objects
//! instead, and of two with one number the later counts, as an update means it.

use super::filter::{Decoded, decode};
use super::object::{Dict, Lexer, Object};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Objects that one file may have.
const MOST: usize = 1 << 20;
/// References after each other.
const CHAIN: usize = 16;

/// Where an object stands.
#[derive(Clone, Debug)]
enum Home {
    /// In the file, behind its `obj`.
    File(usize),
    /// In an object stream: its number and the place in what it unpacks to.
    Packed(u32, usize),
}

pub(super) struct Store<'a> {
    bytes: &'a [u8],
    homes: BTreeMap<u32, Home>,
    packed: RefCell<BTreeMap<u32, Vec<u8>>>,
    /// Bytes that may still be unpacked.
    left: Cell<usize>,
    /// Whether something was cut or left out.
    cut: Cell<bool>,
    trailers: Vec<Dict>,
}

impl<'a> Store<'a> {
    pub(super) fn open(bytes: &'a [u8], unpacked: u64) -> Self {
        let mut store = Store {
            bytes,
            homes: BTreeMap::new(),
            packed: RefCell::default(),
            left: Cell::new(usize::try_from(unpacked).unwrap_or(usize::MAX)),
            cut: Cell::new(false),
            trailers: Vec::new(),
        };
        store.index();
        store
    }

    /// Returns whether a limit left something out.
    pub(super) fn is_cut(&self) -> bool {
        self.cut.get()
    }

    /// Returns the dictionaries that stand in for a trailer, the last first.
    pub(super) fn trailers(&self) -> impl Iterator<Item = &Dict> {
        self.trailers.iter().rev()
    }

    /// Returns the numbers of all objects.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.homes.keys().copied()
    }

    fn index(&mut self) {
        let mut streams = Vec::new();
        for at in memchr::memmem::find_iter(self.bytes, b"obj") {
            let before = self.bytes.get(..at).unwrap_or_default();
            let Some(number) = numbered(before) else { continue };
            if self.homes.len() >= MOST {
                self.cut.set(true);
                break;
            }
            self.homes.insert(number, Home::File(at + 3));
            if let Some(Object::Dict(dict)) = Lexer::new(self.bytes, at + 3).next() {
                match dict.get("Type").and_then(Object::name) {
                    Some("ObjStm") => streams.push(number),
                    Some("XRef") => self.trailers.push(dict),
                    _ => {}
                }
            }
        }
        for at in memchr::memmem::find_iter(self.bytes, b"trailer") {
            if let Some(Object::Dict(dict)) = Lexer::new(self.bytes, at + 7).next() {
                self.trailers.push(dict);
            }
        }
        if self.trailers().any(|dict| dict.get("Encrypt").is_some()) {
            return;
        }
        for number in streams {
            self.unpack(number);
        }
    }

    /// Takes the objects of an object stream; those that stand in the file itself are newer or the same.
    fn unpack(&mut self, number: u32) {
        let Some((dict, data)) = self.stream(number) else {
            return;
        };
        let get = |key: &str| dict.get(key).and_then(Object::count);
        let (Some(count), Some(first)) = (get("N"), get("First")) else {
            return;
        };
        let mut heads = Lexer::new(&data, 0);
        for _ in 0..count.min(MOST) {
            let (Some(object), Some(place)) = (heads.next(), heads.next()) else {
                break;
            };
            let (Some(object), Some(place)) = (object.count(), place.count()) else {
                break;
            };
            let Ok(object) = u32::try_from(object) else { break };
            if self.homes.len() >= MOST {
                self.cut.set(true);
                break;
            }
            if !matches!(self.homes.get(&object), Some(Home::File(_))) {
                self.homes.insert(object, Home::Packed(number, first + place));
            }
        }
        self.packed.borrow_mut().insert(number, data);
    }

    /// Returns an object by its number.
    pub(super) fn get(&self, number: u32) -> Option<Object> {
        match self.homes.get(&number)? {
            Home::File(at) => Lexer::new(self.bytes, *at).next(),
            Home::Packed(stream, at) => {
                let packed = self.packed.borrow();
                Lexer::new(packed.get(stream)?, *at).next()
            }
        }
    }

    /// Follows references to what they mean.
    pub(super) fn resolve(&self, object: &Object) -> Option<Object> {
        let mut object = object.clone();
        for _ in 0..CHAIN {
            match object {
                Object::Reference(number) => object = self.get(number)?,
                other => return Some(other),
            }
        }
        None
    }

    /// Returns the value of a key, references followed.
    pub(super) fn field(&self, dict: &Dict, key: &str) -> Option<Object> {
        self.resolve(dict.get(key)?)
    }

    /// Returns a dictionary under a key.
    pub(super) fn dict(&self, dict: &Dict, key: &str) -> Option<Dict> {
        match self.field(dict, key)? {
            Object::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// Returns a stream's dictionary and its bytes, filters undone; nothing of an image.
    pub(super) fn stream(&self, number: u32) -> Option<(Dict, Vec<u8>)> {
        let Home::File(at) = self.homes.get(&number)? else {
            return None;
        };
        let mut lexer = Lexer::new(self.bytes, *at);
        let Some(Object::Dict(dict)) = lexer.next() else {
            return None;
        };
        if lexer.next() != Some(Object::Word(b"stream".to_vec())) {
            return None;
        }
        let rest = lexer.rest();
        let rest = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))
            .or_else(|| rest.strip_prefix(b"\r"))
            .unwrap_or(rest);
        let claimed = self.field(&dict, "Length").and_then(|length| length.count());
        let data = extent(rest, claimed);
        // Looking for an end costs too.
        self.left.set(self.left.get().saturating_sub(data.len()));
        if self.left.get() == 0 {
            self.cut.set(true);
            return None;
        }
        let filters = self.filters(&dict);
        let decoded = match decode(data, &filters, self.left.get()) {
            Decoded::Bytes(bytes) => bytes,
            Decoded::Cut(bytes) => {
                self.cut.set(true);
                bytes
            }
            Decoded::Other => return None,
        };
        self.left.set(self.left.get().saturating_sub(decoded.len()));
        Some((dict, decoded))
    }

    fn filters(&self, dict: &Dict) -> Vec<(String, Dict)> {
        let list = |object: Option<Object>| match object {
            Some(Object::Array(items)) => items.iter().filter_map(|item| self.resolve(item)).collect(),
            Some(other) => vec![other],
            None => Vec::new(),
        };
        let names = list(self.field(dict, "Filter").or_else(|| self.field(dict, "F")));
        let parameters = list(self.field(dict, "DecodeParms").or_else(|| self.field(dict, "DP")));
        let parameter = |at: usize| {
            parameters
                .get(at)
                .and_then(Object::dict)
                .cloned()
                .unwrap_or_default()
        };
        let name = |(at, name): (usize, &Object)| name.name().map(|name| (name.to_owned(), parameter(at)));
        names.iter().enumerate().filter_map(name).collect()
    }
}

/// Returns the number in front of `obj`: `12 0 `.
fn numbered(before: &[u8]) -> Option<u32> {
    let blank = |text: &'_ [u8]| {
        text.iter()
            .rev()
            .take_while(|b| super::object::is_blank(**b))
            .count()
    };
    let digits = |text: &'_ [u8]| {
        text.iter()
            .rev()
            .take(10)
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let cut = |text: &mut &[u8], count: usize| -> Option<()> {
        *text = text.get(..text.len().checked_sub(count)?)?;
        (count > 0).then_some(())
    };
    let mut text = before.get(before.len().saturating_sub(32)..)?;
    let gap = blank(text);
    text = text.get(..text.len() - gap)?;
    let generation = digits(text);
    cut(&mut text, generation)?;
    let gap = blank(text);
    cut(&mut text, gap)?;
    let count = digits(text);
    let number = text.get(text.len() - count..)?;
    std::str::from_utf8(number).ok()?.parse().ok()
}

/// Returns a stream's bytes: as many as it claims where its end stands there, else up to the next end.
fn extent(rest: &[u8], claimed: Option<usize>) -> &[u8] {
    let ends_at = |length: usize| {
        let tail = rest.get(length..)?;
        let tail = tail.get(..32).unwrap_or(tail).trim_ascii_start();
        tail.starts_with(b"endstream").then_some(())
    };
    if let Some(length) = claimed.filter(|length| ends_at(*length).is_some()) {
        return rest.get(..length).unwrap_or(rest);
    }
    let end = memchr::memmem::find(rest, b"endstream").unwrap_or(rest.len());
    rest.get(..end).unwrap_or(rest)
}
