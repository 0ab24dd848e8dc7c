//! The objects of a file by their numbers.
//!
//! The table of references is not believed: files that arrive have wrong ones. The file is searched for its objects
//! instead, and of two with one number the later counts, as an update means it.

use super::crypt::{Key, Shut};
use super::filter::{Decoded, decode};
use super::object::{Dict, Lexer, Object};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Objects that one file may have.
const MOST: usize = 1 << 20;
/// References after each other.
const CHAIN: usize = 16;
/// Bytes that are read in the time that the copy of a value takes, and that the decryption of a string takes, however short.
const COPY: usize = 8;
const STRING: usize = 64;

/// Where an object stands.
#[derive(Clone, Debug)]
enum Home {
    /// In the file, behind its `obj`: the place and the generation.
    File(usize, u16),
    /// In an object stream: its number and the place in what it unpacks to.
    Packed(u32, usize),
}

pub(super) struct Store<'a> {
    bytes: &'a [u8],
    homes: BTreeMap<u32, Home>,
    packed: RefCell<BTreeMap<u32, Vec<u8>>>,
    /// Bytes that may still be unpacked, or read again.
    left: Cell<usize>,
    /// Whether they were not enough.
    cut: Cell<bool>,
    /// Whether there was more of something than is read.
    dropped: Cell<bool>,
    /// Where the dictionaries stand that are a trailer or stand in for one.
    trailers: Vec<usize>,
    key: Option<Key>,
}

impl<'a> Store<'a> {
    /// Opens a file; an encrypted one under the empty password.
    pub(super) fn open(bytes: &'a [u8], unpacked: u64) -> Result<Self, Shut> {
        let mut store = Store {
            bytes,
            homes: BTreeMap::new(),
            packed: RefCell::default(),
            left: Cell::new(usize::try_from(unpacked).unwrap_or(usize::MAX)),
            cut: Cell::new(false),
            dropped: Cell::new(false),
            trailers: Vec::new(),
            key: None,
        };
        let streams = store.index();
        store.key = store.unlock()?;
        for number in streams {
            store.unpack(number);
        }
        Ok(store)
    }

    /// Returns whether the bytes that may be unpacked were not enough.
    pub(super) fn is_cut(&self) -> bool {
        self.cut.get()
    }

    /// Returns whether there was more of something than is read.
    pub(super) fn is_dropped(&self) -> bool {
        self.dropped.get()
    }

    /// Notes that more of something stands in the file than is read.
    pub(super) fn drop_rest(&self) {
        self.dropped.set(true);
    }

    /// Takes work that as many bytes make from what may be unpacked; returns whether there is any left.
    pub(super) fn spend(&self, bytes: usize) -> bool {
        self.left.set(self.left.get().saturating_sub(bytes));
        let is_left = self.left.get() > 0;
        self.cut.set(self.cut.get() || !is_left);
        is_left
    }

    /// Reads the object at a place. The same bytes may be read for many objects, so each time counts.
    fn read(&self, bytes: &[u8], at: usize) -> Option<Object> {
        if !self.spend(1) {
            return None;
        }
        let mut lexer = Lexer::new(bytes, at);
        let object = lexer.next();
        self.spend(lexer.at.saturating_sub(at));
        self.dropped.set(self.dropped.get() || lexer.is_cut);
        object
    }

    /// Returns the key of an encrypted file.
    fn unlock(&self) -> Result<Option<Key>, Shut> {
        let locks = |trailer: &Dict| trailer.get("Encrypt").is_some();
        let Some(trailer) = self.trailers().find(locks) else {
            return Ok(None);
        };
        let plain = |trailer: Dict| trailer.get("Root").is_some() && !locks(&trailer);
        if self.trailers().any(plain) {
            // Other readers may take what stands there as it is.
            return Err(Shut::Handler("trailers that do not agree".into()));
        }
        let Some(dict) = self.dict(&trailer, "Encrypt") else {
            return Err(Shut::Handler("no dictionary".into()));
        };
        let id = |trailer: &Dict| match self.field(trailer, "ID")?.array()?.first()? {
            Object::Text(id) => Some(id.clone()),
            _ => None,
        };
        let id = id(&trailer).or_else(|| self.trailers().find_map(|trailer| id(&trailer)));
        Key::open(self, &dict, &id.unwrap_or_default()).map(Some)
    }

    /// Returns the dictionaries that stand in for a trailer, the last first; each is read anew, for there may be many and large ones.
    pub(super) fn trailers(&self) -> impl Iterator<Item = Dict> {
        let places = self.trailers.iter().rev();
        places.filter_map(|at| match self.read(self.bytes, *at)? {
            Object::Dict(dict) => Some(dict),
            _ => None,
        })
    }

    /// Returns the numbers of all objects.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.homes.keys().copied()
    }

    /// Finds the objects; returns the numbers of those that are object streams.
    fn index(&mut self) -> Vec<u32> {
        let mut streams = Vec::new();
        for at in memchr::memmem::find_iter(self.bytes, b"obj") {
            let before = self.bytes.get(..at).unwrap_or_default();
            let Some((number, generation)) = numbered(before) else {
                continue;
            };
            if self.homes.len() >= MOST {
                self.drop_rest();
                break;
            }
            self.homes.insert(number, Home::File(at + 3, generation));
            if let Some(Object::Dict(dict)) = self.read(self.bytes, at + 3) {
                match dict.get("Type").and_then(Object::name) {
                    Some("ObjStm") => streams.push(number),
                    Some("XRef") => self.trailers.push(at + 3),
                    _ => {}
                }
            }
        }
        let trailers = memchr::memmem::find_iter(self.bytes, b"trailer");
        self.trailers.extend(trailers.map(|at| at + 7));
        streams
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
                self.drop_rest();
                break;
            }
            if !matches!(self.homes.get(&object), Some(Home::File(..))) {
                self.homes.insert(object, Home::Packed(number, first + place));
            }
        }
        self.packed.borrow_mut().insert(number, data);
    }

    /// Returns an object by its number.
    pub(super) fn get(&self, number: u32) -> Option<Object> {
        match self.homes.get(&number)? {
            Home::File(at, generation) => {
                let mut object = self.read(self.bytes, *at)?;
                if let Some(key) = &self.key {
                    self.spend(STRING * key.strings((number, *generation), &mut object));
                }
                Some(object)
            }
            Home::Packed(stream, at) => {
                let packed = self.packed.borrow();
                self.read(packed.get(stream)?, *at)
            }
        }
    }

    /// Follows references to what they mean.
    pub(super) fn resolve(&self, object: &Object) -> Option<Object> {
        if !self.spend(COPY * object.values()) {
            return None;
        }
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
        let Home::File(at, generation) = self.homes.get(&number)? else {
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
        if !self.spend(data.len() + (lexer.at - at)) {
            return None;
        }
        let filters = self.filters(&dict);
        let data = match &self.key {
            Some(key) if !is_plain(&dict, &filters) => key.stream((number, *generation), data),
            _ => data.to_vec(),
        };
        let (decoded, spent) = decode(data, &filters, self.left.get());
        self.spend(spent);
        let decoded = match decoded {
            Decoded::Bytes(bytes) => bytes,
            Decoded::Cut(bytes) => {
                self.cut.set(true);
                bytes
            }
            Decoded::Other => return None,
        };
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

/// Returns whether a stream of an encrypted file is not encrypted: a table of references, or one that says so.
fn is_plain(dict: &Dict, filters: &[(String, Dict)]) -> bool {
    let says = |(name, parameters): &(String, Dict)| {
        let filter = parameters.get("Name").and_then(Object::name);
        name == "Crypt" && matches!(filter, None | Some("Identity"))
    };
    dict.get("Type").and_then(Object::name) == Some("XRef") || filters.iter().any(says)
}

/// Returns the number and the generation in front of `obj`: `12 0 `.
fn numbered(before: &[u8]) -> Option<(u32, u16)> {
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
    let length = digits(text);
    let generation = parsed(text, length).unwrap_or_default();
    cut(&mut text, length)?;
    let gap = blank(text);
    cut(&mut text, gap)?;
    Some((parsed(text, digits(text))?, generation))
}

/// Returns the number that a text ends in.
fn parsed<T: std::str::FromStr>(text: &[u8], digits: usize) -> Option<T> {
    let number = text.get(text.len().checked_sub(digits)?..)?;
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
