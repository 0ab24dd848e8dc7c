//! A compound file (MS-CFB) as a list of streams that can be read.
//!
//! A reader of our own, because evidence is often damaged and the `cfb` crate then refuses the whole file: here
//! each directory entry that stands is a stream, a broken chain is read on where nobody else's sectors stand, and what
//! no path reaches is listed too. Every repair is a fault that says so. Nothing is longer than the file, whatever its
//! numbers claim, and all streams together are no longer than twice the file.

mod chain;
mod directory;
mod open;
mod table;

pub use chain::Ending;
pub use directory::EntryKind;

use chain::Chain;
use directory::Entry;
use std::collections::HashMap;
use std::ops::Range;
use strongroom_model::Gap;
use table::Sectors;

const MINI_SECTOR: usize = 64;

/// Why no compound file can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompoundError {
    /// The header is not one.
    #[error("no header of a compound file")]
    Header,
    /// No directory entry can be read.
    #[error("no directory can be read")]
    Directory,
}

/// A stream's place and claimed length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamEntry {
    /// The path from the root, `/`-separated, beginning with `/`.
    pub path: String,
    claimed: u64,
    mini: bool,
    chain: Chain,
}

/// What a stream held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRead {
    /// The bytes that could be read.
    pub bytes: Vec<u8>,
    /// How it ended.
    pub ending: Ending,
}

/// An entry of the directory as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its own name.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// The length that it claims.
    pub size: u64,
}

/// A compound file whose directory could be read.
#[derive(Debug)]
pub struct Compound<'a> {
    file: &'a [u8],
    sectors: Sectors<'a>,
    mini: Vec<u8>,
    entries: Vec<Entry>,
    streams: Vec<StreamEntry>,
    /// The first stream of each path, by the path as it stands and by the path in lower case.
    by_path: HashMap<String, usize>,
    by_lower: HashMap<String, usize>,
    /// What stands in the place of a stream, or nothing where it is withheld.
    replaced: HashMap<usize, Option<StreamRead>>,
    /// The first class of each storage's name.
    classes: HashMap<String, [u8; 16]>,
    faults: Vec<Gap>,
    free: Vec<Range<usize>>,
}

impl<'a> Compound<'a> {
    /// Opens a compound file as far as it can be read.
    pub fn open(file: &'a [u8]) -> Result<Self, CompoundError> {
        open::open(file)
    }

    /// Returns a compound file of nothing but streams that were handed in.
    pub fn of_streams(streams: &[(&str, &[u8])]) -> Compound<'static> {
        let mut compound = Compound {
            file: &[],
            sectors: Sectors::new(&[], 512),
            mini: Vec::new(),
            entries: Vec::new(),
            streams: Vec::new(),
            by_path: HashMap::new(),
            by_lower: HashMap::new(),
            classes: HashMap::new(),
            replaced: HashMap::new(),
            faults: Vec::new(),
            free: Vec::new(),
        };
        for (path, bytes) in streams {
            compound.add((*path).to_owned(), bytes.to_vec());
        }
        compound
    }

    /// Returns the streams in the order of the directory tree, those that no path reaches last.
    pub fn streams(&self) -> &[StreamEntry] {
        &self.streams
    }

    /// Returns the entries of the directory that are used, in their order.
    pub fn listing(&self) -> Vec<Listed> {
        let used = self
            .entries
            .iter()
            .filter(|entry| entry.kind != EntryKind::Unused);
        let listed = used.map(|entry| Listed {
            name: entry.name.clone(),
            kind: entry.kind,
            size: entry.size,
        });
        listed.collect()
    }

    /// Returns what of the file itself is damaged, and how it was read all the same.
    pub fn faults(&self) -> &[Gap] {
        &self.faults
    }

    /// Returns the runs of bytes that no stream and no table has, those of zeros left out.
    pub fn free(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.free.iter().filter_map(|range| self.file.get(range.clone()))
    }

    /// Returns the storages that have a class, the root among them: name and class, as they stand in the file.
    pub fn classes(&self) -> impl Iterator<Item = (&str, [u8; 16])> {
        storages(&self.entries)
    }

    /// Returns the class of the first storage of a name; `None` where it has none.
    pub fn class_of(&self, name: &str) -> Option<[u8; 16]> {
        self.classes.get(name).copied()
    }

    /// Returns the class of the root storage, as it stands in the file.
    pub fn root_class(&self) -> [u8; 16] {
        let root = self
            .entries
            .first()
            .filter(|entry| entry.kind != EntryKind::Stream);
        root.map_or([0; 16], |entry| entry.class)
    }

    /// Returns whether a stream of this path stands in the file; upper and lower case are the same.
    pub fn has(&self, path: &str) -> bool {
        self.find(path).is_some()
    }

    /// Returns the place of the first stream of a path in [`Compound::streams`].
    pub fn find(&self, path: &str) -> Option<usize> {
        let at = self
            .by_path
            .get(path)
            .or_else(|| self.by_lower.get(&path.to_lowercase()));
        at.copied()
    }

    /// Reads the first stream of a path; `None` where there is none.
    pub fn read(&self, path: &str) -> Option<StreamRead> {
        self.read_at(self.find(path)?)
    }

    /// Reads a stream by its place in [`Compound::streams`].
    pub fn read_at(&self, place: usize) -> Option<StreamRead> {
        if let Some(replaced) = self.replaced.get(&place) {
            return replaced.clone();
        }
        let entry = self.streams.get(place)?;
        let mut bytes = Vec::new();
        for number in &entry.chain.sectors {
            let part = if entry.mini {
                self.mini_sector(*number)
            } else {
                self.sectors.get(*number)
            };
            bytes.extend_from_slice(part.unwrap_or_default());
        }
        let claimed = usize::try_from(entry.claimed).unwrap_or(usize::MAX);
        let short = bytes.len() < claimed;
        bytes.truncate(claimed);
        // The chain is whole, and its last sector is not.
        let ending = match entry.chain.ending {
            Ending::Whole if short => Ending::Cut,
            ending => ending,
        };
        Some(StreamRead { bytes, ending })
    }

    /// Puts the clear bytes of a stream in its place. How it ended stays as it was.
    pub fn replace(&mut self, place: usize, bytes: Vec<u8>) {
        let ending = self.streams.get(place).map_or(Ending::Whole, StreamEntry::ending);
        self.replaced.insert(place, Some(StreamRead { bytes, ending }));
    }

    /// Keeps a stream from every reader: it is there, and it cannot be read.
    pub fn withhold(&mut self, place: usize) {
        self.replaced.insert(place, None);
    }

    /// Returns whether a stream is kept from every reader.
    pub fn is_withheld(&self, place: usize) -> bool {
        matches!(self.replaced.get(&place), Some(None))
    }

    /// Adds a stream that stood inside another, behind all others; one of the same path stays the first.
    pub fn add(&mut self, path: String, bytes: Vec<u8>) {
        let place = self.streams.len();
        self.by_lower.entry(path.to_lowercase()).or_insert(place);
        self.by_path.entry(path.clone()).or_insert(place);
        self.streams.push(StreamEntry {
            path,
            claimed: bytes.len() as u64,
            mini: false,
            chain: Chain::empty(Ending::Whole),
        });
        self.replace(place, bytes);
    }

    fn mini_sector(&self, number: u32) -> Option<&[u8]> {
        let rest = self.mini.get((number as usize).checked_mul(MINI_SECTOR)?..)?;
        rest.get(..MINI_SECTOR).or(Some(rest))
    }
}

impl StreamEntry {
    /// Returns how the stream's chain of sectors ends.
    pub fn ending(&self) -> Ending {
        self.chain.ending
    }
}

fn storages(entries: &[Entry]) -> impl Iterator<Item = (&str, [u8; 16])> {
    let storages = entries
        .iter()
        .filter(|entry| matches!(entry.kind, EntryKind::Storage | EntryKind::Root));
    storages
        .filter(|entry| entry.class != [0; 16])
        .map(|entry| (entry.name.as_str(), entry.class))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    fn file(streams: &[(&str, &[u8])]) -> Vec<u8> {
        let mut file =
            cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).unwrap();
        file.create_storage("/a").unwrap();
        for (path, bytes) in streams {
            file.create_stream(path).unwrap().write_all(bytes).unwrap();
        }
        file.flush().unwrap();
        file.into_inner().into_inner()
    }

    #[test]
    fn small_and_large_streams_are_read() {
        let large = vec![7; 9000];
        let bytes = file(&[("/a/small", b"hello"), ("/large", &large)]);
        let compound = Compound::open(&bytes).unwrap();
        assert_eq!(
            compound.read("/A/SMALL").unwrap(),
            StreamRead {
                bytes: b"hello".to_vec(),
                ending: Ending::Whole
            }
        );
        assert_eq!(
            compound.read("/large").unwrap(),
            StreamRead {
                bytes: large,
                ending: Ending::Whole
            }
        );
        assert_eq!(compound.read("/none"), None);
    }

    #[test]
    fn a_cut_file_gives_what_is_there() {
        let bytes = file(&[("/a/small", b"hello"), ("/large", &[7; 90000])]);
        let compound = Compound::open(&bytes[..bytes.len() - 4096]).unwrap();
        let read = compound.read("/large").unwrap();
        assert!(read.bytes.len() >= 80000 && read.bytes.len() < 90000);
        assert_eq!(read.ending, Ending::Cut);
    }

    #[test]
    fn what_the_tree_does_not_reach_is_listed() {
        let mut bytes = file(&[("/a/small", b"hello")]);
        let root = bytes.windows(8).position(|w| w == b"R\0o\0o\0t\0").unwrap();
        bytes[root + 76..root + 80].fill(0xFF);
        let compound = Compound::open(&bytes).unwrap();
        // The storage is lost with its streams, and leads to them still.
        assert_eq!(compound.read("/a/small").unwrap().bytes, b"hello");
        assert_eq!(compound.faults().len(), 1);
    }

    /// Opens a file after `damage`, and returns what its large stream and its small one give.
    fn damaged(damage: impl Fn(&mut Vec<u8>)) -> (Vec<u8>, Vec<u8>, Vec<String>) {
        let large: Vec<u8> = (0..9000u32).map(|n| n.to_le_bytes()[0]).collect();
        let mut bytes = file(&[("/a/small", b"hello"), ("/large", &large)]);
        damage(&mut bytes);
        let compound = Compound::open(&bytes).unwrap();
        let read = |path: &str| compound.read(path).map_or_else(Vec::new, |read| read.bytes);
        let faults = compound.faults().iter().map(|gap| gap.place.clone()).collect();
        assert!(
            compound
                .read("/large")
                .is_none_or(|read| read.bytes == large[..read.bytes.len()])
        );
        (read("/large"), read("/a/small"), faults)
    }

    #[test]
    fn what_a_damaged_header_or_table_still_tells_is_read() {
        let whole = |(large, small, _): &(Vec<u8>, Vec<u8>, Vec<String>)| (large.len(), small.len());
        assert_eq!(damaged(|_| ()).2, Vec::<String>::new());
        let shift = damaged(|bytes| bytes[30] = 12);
        assert_eq!((whole(&shift), shift.2), ((9000, 5), vec!["header".to_owned()]));
        let start = damaged(|bytes| bytes[48..52].fill(0xEE));
        assert_eq!(whole(&start), (9000, 5));
        assert!(start.2.contains(&"header".to_owned()));
        let table = damaged(|bytes| bytes[76..80].fill(0xFF));
        assert_eq!(whole(&table), (9000, 5));
        let zeroed = damaged(|bytes| {
            let at = 512 * (1 + u32::from_le_bytes(bytes[76..80].try_into().unwrap()) as usize);
            bytes[at..at + 512].fill(0);
        });
        assert_eq!(whole(&zeroed), (9000, 5));
    }

    #[test]
    fn two_entries_of_one_path_are_two_streams() {
        let mut bytes = file(&[("/aa", b"first"), ("/ab", b"second")]);
        let at = bytes.windows(4).position(|w| w == b"a\0b\0").unwrap();
        bytes[at + 2] = b'a';
        let compound = Compound::open(&bytes).unwrap();
        let found: Vec<Vec<u8>> = (0..2).map(|at| compound.read_at(at).unwrap().bytes).collect();
        assert!(found.contains(&b"first".to_vec()) && found.contains(&b"second".to_vec()));
        assert!(compound.streams().iter().all(|entry| entry.path == "/aa"));
    }

    #[test]
    fn what_no_stream_has_is_free() {
        let mut bytes = file(&[("/large", &[7; 5000])]);
        bytes.extend_from_slice(b"behind the end");
        let compound = Compound::open(&bytes).unwrap();
        assert!(compound.free().any(|run| run.ends_with(b"behind the end")));
    }
}
