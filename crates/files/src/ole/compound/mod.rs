//! A compound file (MS-CFB) as a list of streams that can be read.
//!
//! A reader of our own, because evidence is often damaged and the `cfb` crate then refuses the whole file: here
//! each directory entry that stands is a stream, a broken chain is read on where nobody else's sectors stand, and what
//! no path reaches is listed too. Every repair is a fault that says so. Nothing is longer than the file, whatever its
//! numbers claim, and all streams together are no longer than twice the file.

mod chain;
mod directory;
mod table;

pub use chain::Ending;
pub use directory::EntryKind;

use chain::{Chain, Claims};
use directory::{ENTRY, Entry, dangles, entry, looks_like_directory, paths};
use std::collections::HashMap;
use std::ops::Range;
use strongroom_model::{Gap, Limit, Why};
use table::{LAST, NONE, Sectors, Table, half, word, words};

const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Streams shorter than this stand in mini sectors.
const MINI_CUTOFF: u64 = 4096;
const MINI_SECTOR: usize = 64;
/// Directory entries of one file; real ones stay far below.
const ENTRIES: usize = 1 << 16;

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

/// Whose sectors are whose, for those that are no stream's.
const DIRECTORY: u32 = 1;
const MINI_TABLE: u32 = 2;
const MINI_STREAM: u32 = 3;
const FIRST_STREAM: u32 = 4;

impl<'a> Compound<'a> {
    /// Opens a compound file as far as it can be read.
    pub fn open(file: &'a [u8]) -> Result<Self, CompoundError> {
        if !file.starts_with(MAGIC) || file.len() < 512 {
            return Err(CompoundError::Header);
        }
        let mut faults = Vec::new();
        let sectors = sectors_of(file, &mut faults);
        let table = Table::read(file, &sectors);
        if table.missing > 0 {
            let what = format!("{} sectors of the table of chains cannot be read", table.missing);
            faults.push(Gap::new("sectors", Why::Damaged, what).harmless());
        }
        let mut reader = Reader {
            file,
            wide: half(file, 26) == Some(4),
            claims: Claims::new(sectors.count()),
            sectors,
            table,
            faults,
        };
        reader.claims.mark(&reader.table.own);
        reader.read()
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

/// Returns the file as sectors of the size that its header says, or of the other one where a directory stands only
/// with that.
fn sectors_of<'a>(file: &'a [u8], faults: &mut Vec<Gap>) -> Sectors<'a> {
    let said = match (half(file, 30), half(file, 26)) {
        (Some(9), _) => 512,
        (Some(12), _) | (_, Some(4)) => 4096,
        _ => 512,
    };
    let begins = |size: usize| {
        let start = word(file, 48).unwrap_or(NONE);
        Sectors::new(file, size)
            .get(start)
            .is_some_and(looks_like_directory)
    };
    let other = if said == 512 { 4096 } else { 512 };
    let size = if !begins(said) && begins(other) {
        other
    } else {
        said
    };
    if size != said || !matches!(half(file, 30), Some(9 | 12)) {
        let what = format!("its size of sectors does not fit; they were read as {size} bytes each");
        faults.push(Gap::new("header", Why::Damaged, what).harmless());
    }
    Sectors::new(file, size)
}

/// What is known of a file while it is opened.
struct Reader<'a> {
    file: &'a [u8],
    wide: bool,
    sectors: Sectors<'a>,
    table: Table,
    claims: Claims,
    faults: Vec<Gap>,
}

impl<'a> Reader<'a> {
    fn read(mut self) -> Result<Compound<'a>, CompoundError> {
        let start = self.directory_start();
        let directory = self.follow(DIRECTORY, start, None);
        let mut entries = self.entries_of(&directory.sectors);
        let root = entries
            .first()
            .filter(|entry| entry.kind == EntryKind::Root)
            .cloned();
        let mut mini_table = self.follow(MINI_TABLE, word(self.file, 60).unwrap_or(NONE), None);
        let mut mini = match &root {
            Some(root) => self.follow(MINI_STREAM, root.start, None),
            None => Chain::empty(Ending::Whole),
        };
        let mut chains: Vec<Chain> = Vec::new();
        self.claim(&entries, &mut chains);
        if root.is_none() || directory.ending != Ending::Whole {
            self.salvage(&mut entries, &mut chains, &directory);
            if mini.sectors.is_empty() {
                let root = entries.first().filter(|entry| entry.kind == EntryKind::Root);
                mini = root.map_or(mini, |root| self.follow(MINI_STREAM, root.start, None));
            }
        }
        if entries.len() >= ENTRIES {
            self.faults.push(Gap::limit("directory", Limit::Rows, ENTRIES));
        }
        if entries.iter().all(|entry| entry.kind == EntryKind::Unused) {
            return Err(CompoundError::Directory);
        }
        self.mend(&entries, &mut chains, &mut mini_table, &mut mini);
        let found = paths(&entries);
        self.tell_trees(&found);
        let mini_bytes = self.join(&mini.sectors);
        let mini_next: Vec<u32> = words(&self.join(&mini_table.sectors)).collect();
        self.claim_mini(&entries, &mut chains, &mini_bytes, &mini_next, mini.ending);
        self.tell_claims();
        let free = self.free();
        let streams: Vec<StreamEntry> = found
            .streams
            .into_iter()
            .filter_map(|(number, path)| {
                let claimed = entries.get(number)?.size;
                Some(StreamEntry {
                    path,
                    claimed,
                    mini: claimed < MINI_CUTOFF,
                    chain: std::mem::replace(chains.get_mut(number)?, Chain::empty(Ending::Whole)),
                })
            })
            .collect();
        let mut compound = Compound {
            file: self.file,
            sectors: self.sectors,
            mini: mini_bytes,
            entries,
            streams,
            by_path: HashMap::new(),
            by_lower: HashMap::new(),
            replaced: HashMap::new(),
            classes: HashMap::new(),
            faults: self.faults,
            free,
        };
        for (name, class) in storages(&compound.entries) {
            compound.classes.entry(name.to_owned()).or_insert(class);
        }
        for (at, stream) in compound.streams.iter().enumerate() {
            compound.by_path.entry(stream.path.clone()).or_insert(at);
            compound.by_lower.entry(stream.path.to_lowercase()).or_insert(at);
        }
        Ok(compound)
    }

    fn follow(&mut self, id: u32, start: u32, wanted: Option<usize>) -> Chain {
        let (table, sectors) = (&self.table, &self.sectors);
        let beyond = |number| table.could_name(number, sectors);
        self.claims.follow(id, start, wanted, &table.next, beyond)
    }

    /// Returns where the directory begins: where the header says, or at the first sector that begins with a root.
    fn directory_start(&mut self) -> u32 {
        let said = word(self.file, 48).unwrap_or(NONE);
        if self.sectors.get(said).is_some_and(looks_like_directory) {
            return said;
        }
        let begins = |number: &u32| {
            self.sectors
                .get(*number)
                .is_some_and(|sector| looks_like_directory(sector) && sector.get(66) == Some(&5))
        };
        let count = u32::try_from(self.sectors.count()).unwrap_or(LAST);
        match (0..count).find(begins) {
            Some(found) => {
                let what = "no directory stands where it says; the first root that was found begins it";
                self.faults
                    .push(Gap::new("header", Why::Damaged, what).harmless());
                found
            }
            None => said,
        }
    }

    fn entries_of(&self, numbers: &[u32]) -> Vec<Entry> {
        let sectors = numbers.iter().filter_map(|number| self.sectors.get(*number));
        let raw = sectors.flat_map(|sector| sector.as_chunks::<ENTRY>().0);
        raw.take(ENTRIES)
            .filter_map(|raw| entry(raw, self.wide))
            .collect()
    }

    /// Walks the chain of each stream that has sectors of its own; one chain for each entry.
    fn claim(&mut self, entries: &[Entry], chains: &mut Vec<Chain>) {
        for (number, entry) in entries.iter().enumerate().skip(chains.len()) {
            let regular = entry.kind == EntryKind::Stream && entry.size >= MINI_CUTOFF;
            let chain = if regular {
                let wanted = self.wanted(entry.size);
                self.follow(id_of(number), entry.start, Some(wanted))
            } else {
                Chain::empty(Ending::Whole)
            };
            chains.push(chain);
        }
    }

    /// Returns how many sectors a size takes; no more than one more than there are.
    fn wanted(&self, size: u64) -> usize {
        let most = self.sectors.count() + 1;
        usize::try_from(size.div_ceil(self.sectors.size as u64)).map_or(most, |wanted| wanted.min(most))
    }

    /// Adds the entries of all sectors that look like a directory's and are nobody's.
    fn salvage(&mut self, entries: &mut Vec<Entry>, chains: &mut Vec<Chain>, directory: &Chain) {
        let count = self.sectors.count();
        let mut found: Vec<u32> = (0..count)
            .filter(|number| self.claims.is_free(*number))
            .filter_map(|number| u32::try_from(number).ok())
            .filter(|number| self.sectors.get(*number).is_some_and(looks_like_directory))
            .take(ENTRIES)
            .collect();
        if entries.is_empty() {
            // The numbers of a tree count from the sector of the root.
            let root = |number: &u32| self.sectors.get(*number).and_then(|sector| sector.get(66)) == Some(&5);
            let first = found.iter().position(root).unwrap_or(0);
            found.rotate_left(first);
        }
        self.claims.mark(&found);
        entries.extend(self.entries_of(&found));
        entries.truncate(ENTRIES);
        self.claim(entries, chains);
        let gap = match directory.ending {
            Ending::Cut => Gap::new("directory", Why::Truncated, "the file ends inside it").harmless(),
            Ending::Broken if dangles(entries) => {
                let what = "its chain of sectors is broken, and entries that it names were not found";
                Gap::new("directory", Why::Damaged, what)
            }
            _ => {
                let what = format!(
                    "its chain of sectors or its root is broken; {} further sectors of it were found",
                    found.len()
                );
                Gap::new("directory", Why::Damaged, what).harmless()
            }
        };
        self.faults.push(gap);
    }

    /// Reads broken chains on, once each whole chain has its sectors.
    fn mend(&mut self, entries: &[Entry], chains: &mut [Chain], mini_table: &mut Chain, mini: &mut Chain) {
        let tables = (word(self.file, 64).unwrap_or(0) as usize).min(self.sectors.count());
        self.claims.mend(MINI_TABLE, mini_table, tables);
        let size = entries.first().map_or(0, |root| root.size);
        self.claims.mend(MINI_STREAM, mini, self.wanted(size));
        for (number, (entry, chain)) in entries.iter().zip(chains.iter_mut()).enumerate() {
            self.claims.mend(id_of(number), chain, self.wanted(entry.size));
        }
        for (place, chain) in [("mini table", mini_table), ("mini stream", mini)] {
            if chain.ending == Ending::Broken {
                let what = "its chain of sectors is broken";
                self.faults.push(Gap::new(place, Why::Damaged, what).harmless());
            }
        }
    }

    fn join(&self, numbers: &[u32]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(numbers.len() * self.sectors.size);
        for number in numbers {
            bytes.extend_from_slice(self.sectors.get(*number).unwrap_or_default());
        }
        bytes
    }

    /// Walks the chains of the streams in mini sectors (MS-CFB 2.4).
    fn claim_mini(
        &mut self,
        entries: &[Entry],
        chains: &mut [Chain],
        mini: &[u8],
        next: &[u32],
        ending: Ending,
    ) {
        let mut claims = Claims::new(mini.len().div_ceil(MINI_SECTOR));
        let small = |entry: &Entry| {
            let is = entry.kind == EntryKind::Stream && entry.size < MINI_CUTOFF;
            is.then_some(usize::try_from(entry.size).unwrap_or(0).div_ceil(MINI_SECTOR))
        };
        for (number, (entry, chain)) in entries.iter().zip(chains.iter_mut()).enumerate() {
            if let Some(wanted) = small(entry) {
                let beyond = |_| ending == Ending::Cut;
                *chain = claims.follow(id_of(number), entry.start, Some(wanted), next, beyond);
            }
        }
        for (number, (entry, chain)) in entries.iter().zip(chains.iter_mut()).enumerate() {
            if let Some(wanted) = small(entry) {
                claims.mend(id_of(number), chain, wanted);
            }
        }
        self.claims.crossed += claims.crossed;
        self.claims.exhausted |= claims.exhausted;
    }

    fn tell_trees(&mut self, found: &directory::Paths) {
        if found.lost > 0 {
            let what = format!(
                "{} entries that no path reaches were read all the same",
                found.lost
            );
            self.faults
                .push(Gap::new("directory", Why::Damaged, what).harmless());
        }
        if found.shortened {
            let what = "its paths are too long to be kept; entries go by their own names";
            self.faults
                .push(Gap::new("directory", Why::Damaged, what).harmless());
        }
    }

    fn tell_claims(&mut self) {
        if self.claims.crossed > 0 {
            let what = format!("{} streams share sectors with others", self.claims.crossed);
            self.faults
                .push(Gap::new("sectors", Why::Damaged, what).harmless());
        }
        if self.claims.exhausted {
            let what = "streams that share sectors are together longer than is read";
            self.faults.push(Gap::new("sectors", Why::Damaged, what));
        }
    }

    /// Returns the runs of bytes that nobody claims.
    fn free(&self) -> Vec<Range<usize>> {
        let size = self.sectors.size;
        let runs = self.claims.free_runs().into_iter();
        let bytes = runs.map(|(from, to)| (from + 1) * size..((to + 1) * size).min(self.file.len()));
        bytes
            .filter(|range| {
                let run = self.file.get(range.clone()).unwrap_or_default();
                run.iter().any(|byte| *byte != 0)
            })
            .collect()
    }
}

fn id_of(number: usize) -> u32 {
    u32::try_from(number).map_or(u32::MAX - 1, |number| number.saturating_add(FIRST_STREAM))
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
