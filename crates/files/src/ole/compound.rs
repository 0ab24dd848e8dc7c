//! A compound file (MS-CFB) as a list of streams that can be read.
//!
//! A reader of our own, because evidence is often damaged and the `cfb` crate then refuses the whole file: here
//! each directory entry that stands is a stream, a chain ends where it leaves the file, and what no path reaches
//! is listed too. Nothing is longer than the file, whatever its numbers claim.

use std::collections::{BTreeSet, HashMap};

const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Numbers above this name no sector (MS-CFB 2.1).
const LAST_SECTOR: u32 = 0xFFFF_FFFA;
const NO_ENTRY: u32 = 0xFFFF_FFFF;
/// Streams shorter than this stand in mini sectors.
const MINI_CUTOFF: u64 = 4096;
const MINI_SECTOR: usize = 64;
const ENTRY: usize = 128;
/// Directory entries of one file; real ones stay far below.
const ENTRIES: usize = 1 << 16;
/// Storages inside storages.
const NESTING: usize = 64;

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
    start: u32,
    claimed: u64,
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Where its entry says.
    Whole,
    /// At the end of the file; what it claims beyond is not in the evidence.
    Cut,
    /// In a chain of sectors that contradicts itself.
    Broken,
}

/// What a stream held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRead {
    /// The bytes that could be read.
    pub bytes: Vec<u8>,
    /// How it ended.
    pub ending: Ending,
}

/// A compound file whose directory could be read.
#[derive(Debug)]
pub struct Compound<'a> {
    file: &'a [u8],
    sector: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini: Vec<u8>,
    streams: Vec<StreamEntry>,
    /// The first stream of each path, by the path as it stands and by the path in lower case.
    by_path: HashMap<String, usize>,
    by_lower: HashMap<String, usize>,
    root_class: [u8; 16],
}

/// A directory entry as it stands.
struct Entry {
    name: String,
    kind: u8,
    left: u32,
    right: u32,
    child: u32,
    class: [u8; 16],
    start: u32,
    size: u64,
}

impl<'a> Compound<'a> {
    /// Opens a compound file as far as it can be read.
    pub fn open(file: &'a [u8]) -> Result<Self, CompoundError> {
        if !file.starts_with(MAGIC) || file.len() < 512 {
            return Err(CompoundError::Header);
        }
        let wide = half(file, 30) == Some(12);
        let sector = if wide { 4096 } else { 512 };
        let mut compound = Compound {
            file,
            sector,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini: Vec::new(),
            streams: Vec::new(),
            by_path: HashMap::new(),
            by_lower: HashMap::new(),
            root_class: [0; 16],
        };
        compound.fat = compound.read_fat();
        let directory = compound.chain(word(file, 48).unwrap_or(NO_ENTRY), None).bytes;
        let entries: Vec<Entry> = directory
            .chunks_exact(ENTRY)
            .take(ENTRIES)
            .filter_map(|raw| entry(raw, wide))
            .collect();
        let root = entries.first().ok_or(CompoundError::Directory)?;
        compound.root_class = root.class;
        let mini_fat = compound.chain(word(file, 60).unwrap_or(NO_ENTRY), None).bytes;
        compound.mini_fat = words(&mini_fat).collect();
        compound.mini = compound.chain(root.start, Some(root.size)).bytes;
        compound.streams = paths(&entries);
        for (at, stream) in compound.streams.iter().enumerate() {
            compound.by_path.entry(stream.path.clone()).or_insert(at);
            compound.by_lower.entry(stream.path.to_lowercase()).or_insert(at);
        }
        Ok(compound)
    }

    fn read_fat(&self) -> Vec<u32> {
        let mut places: Vec<u32> = self
            .file
            .get(76..512)
            .map(|raw| words(raw).collect())
            .unwrap_or_default();
        let mut next = word(self.file, 68).unwrap_or(NO_ENTRY);
        let mut seen = BTreeSet::new();
        while next < LAST_SECTOR && seen.insert(next) {
            let Some(raw) = self.sector_at(next) else { break };
            let mut more: Vec<u32> = words(raw).collect();
            next = more.pop().unwrap_or(NO_ENTRY);
            places.extend(more);
        }
        let most = self.file.len() / self.sector + 1;
        let mut used = BTreeSet::new();
        let sectors = places
            .into_iter()
            .filter(|place| *place < LAST_SECTOR && used.insert(*place))
            .take(most);
        sectors
            .flat_map(|place| words(self.sector_at(place).unwrap_or_default()))
            .collect()
    }

    fn sector_at(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        let rest = self.file.get(start..)?;
        rest.get(..self.sector)
            .or(Some(rest))
            .filter(|rest| !rest.is_empty())
    }

    /// Follows a chain of sectors to its end, or to `size` bytes.
    fn chain(&self, start: u32, size: Option<u64>) -> StreamRead {
        let next = |number: u32| self.fat.get(number as usize).copied();
        follow(start, size, self.file.len(), next, |number| {
            self.sector_at(number)
        })
    }

    fn mini_chain(&self, start: u32, size: u64) -> StreamRead {
        let next = |number: u32| self.mini_fat.get(number as usize).copied();
        follow(start, Some(size), self.mini.len(), next, |number| {
            let at = (number as usize).checked_mul(MINI_SECTOR)?;
            let rest = self.mini.get(at..)?;
            rest.get(..MINI_SECTOR)
                .or(Some(rest))
                .filter(|rest| !rest.is_empty())
        })
    }

    /// Returns the streams in the order of the directory tree, those that no path reaches last.
    pub fn streams(&self) -> &[StreamEntry] {
        &self.streams
    }

    /// Returns the class of the root storage, as it stands in the file.
    pub fn root_class(&self) -> [u8; 16] {
        self.root_class
    }

    /// Returns whether a stream of this path stands in the file; upper and lower case are the same.
    pub fn has(&self, path: &str) -> bool {
        self.find(path).is_some()
    }

    fn find(&self, path: &str) -> Option<&StreamEntry> {
        let at = self
            .by_path
            .get(path)
            .or_else(|| self.by_lower.get(&path.to_lowercase()))?;
        self.streams.get(*at)
    }

    /// Reads a stream; `None` where there is none of this path.
    pub fn read(&self, path: &str) -> Option<StreamRead> {
        let entry = self.find(path)?;
        Some(if entry.claimed < MINI_CUTOFF {
            self.mini_chain(entry.start, entry.claimed)
        } else {
            self.chain(entry.start, Some(entry.claimed))
        })
    }
}

fn follow<'s>(
    start: u32,
    size: Option<u64>,
    most: usize,
    next: impl Fn(u32) -> Option<u32>,
    sector: impl Fn(u32) -> Option<&'s [u8]>,
) -> StreamRead {
    let mut bytes = Vec::new();
    let wanted = size.unwrap_or(u64::MAX);
    let mut at = start;
    let ended = |bytes: Vec<u8>, ending| StreamRead { bytes, ending };
    while (bytes.len() as u64) < wanted {
        if at >= LAST_SECTOR {
            let whole = size.is_none();
            return ended(bytes, if whole { Ending::Whole } else { Ending::Broken });
        }
        let Some(part) = sector(at) else {
            return ended(bytes, Ending::Cut);
        };
        let rest = usize::try_from(wanted - bytes.len() as u64).unwrap_or(usize::MAX);
        bytes.extend_from_slice(part.get(..rest).unwrap_or(part));
        // A chain longer than the file goes in a circle.
        if bytes.len() > most {
            return ended(bytes, Ending::Broken);
        }
        match next(at) {
            Some(after) => at = after,
            None if bytes.len() as u64 >= wanted => break,
            // The sector stands in the file, and the table that should lead on from it does not.
            None => return ended(bytes, Ending::Broken),
        }
    }
    ended(bytes, Ending::Whole)
}

/// Reads an entry of the directory (MS-CFB 2.6); an unused one has no kind.
fn entry(raw: &[u8], wide: bool) -> Option<Entry> {
    let length = usize::from(half(raw, 64)?).clamp(2, 64) - 2;
    let units = raw
        .get(..length)?
        .as_chunks::<2>()
        .0
        .iter()
        .map(|unit| u16::from_le_bytes(*unit));
    let name = char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect::<String>();
    let low = u64::from(word(raw, 120)?);
    // A file of version 3 may have anything in the upper half.
    let high = if wide { u64::from(word(raw, 124)?) << 32 } else { 0 };
    Some(Entry {
        name: name.trim_end_matches('\0').replace('/', "_"),
        kind: *raw.get(66)?,
        left: word(raw, 68)?,
        right: word(raw, 72)?,
        child: word(raw, 76)?,
        class: *raw.get(80..96)?.first_chunk()?,
        start: word(raw, 116)?,
        size: high | low,
    })
}

/// Returns every stream with its path: by the tree, then what the tree does not reach.
fn paths(entries: &[Entry]) -> Vec<StreamEntry> {
    const STREAM: u8 = 2;
    let mut found = Vec::new();
    let mut seen = BTreeSet::from([0]);
    let mut open: Vec<(u32, String, usize)> = entries
        .first()
        .map(|root| (root.child, String::new(), 0))
        .into_iter()
        .collect();
    while let Some((number, above, depth)) = open.pop() {
        let Some(entry) = entries.get(number as usize).filter(|_| seen.insert(number)) else {
            continue;
        };
        let path = format!("{above}/{}", entry.name);
        open.push((entry.right, above.clone(), depth));
        if entry.kind == STREAM {
            found.push(StreamEntry {
                path,
                start: entry.start,
                claimed: entry.size,
            });
        } else if depth < NESTING {
            open.push((entry.child, path, depth + 1));
        }
        open.push((entry.left, above, depth));
    }
    let lost = entries.iter().enumerate().filter(|(number, entry)| {
        entry.kind == STREAM && !seen.contains(&u32::try_from(*number).unwrap_or(NO_ENTRY))
    });
    found.extend(lost.map(|(_, entry)| StreamEntry {
        path: format!("/{}", entry.name),
        start: entry.start,
        claimed: entry.size,
    }));
    found
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..)?
        .first_chunk::<2>()
        .map(|raw| u16::from_le_bytes(*raw))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk::<4>()
        .map(|raw| u32::from_le_bytes(*raw))
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|raw| u32::from_le_bytes(*raw))
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
        assert_eq!(compound.read("/small").unwrap().bytes, b"hello");
    }
}
