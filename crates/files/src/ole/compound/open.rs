//! A compound file while it is opened: what its header and tables say, and whose each sector is.

use super::chain::{Chain, Claims, Ending};
use super::directory::{ENTRY, Entry, EntryKind, Paths, dangles, entry, looks_like_directory, paths};
use super::table::{LAST, NONE, Sectors, Table, half, word, words};
use super::{Compound, CompoundError, MINI_SECTOR, StreamEntry, storages};
use std::collections::HashMap;
use std::ops::Range;
use strongroom_model::{Gap, Limit, Why};

const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Streams shorter than this stand in mini sectors.
const MINI_CUTOFF: u64 = 4096;
/// Directory entries of one file; real ones stay far below.
const ENTRIES: usize = 1 << 16;

/// Whose sectors are whose, for those that are no stream's.
const DIRECTORY: u32 = 1;
const MINI_TABLE: u32 = 2;
const MINI_STREAM: u32 = 3;
const FIRST_STREAM: u32 = 4;

/// Opens a compound file as far as it can be read.
pub(super) fn open(file: &[u8]) -> Result<Compound<'_>, CompoundError> {
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

    fn tell_trees(&mut self, found: &Paths) {
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
