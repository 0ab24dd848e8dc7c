//! The directory of a compound file (MS-CFB 2.6): entries as they stand, and the paths that its trees give them.
//!
//! An entry is what is read, a path only its name: two entries of one path are two streams, and an entry that no
//! tree reaches is one too.

use super::table::{half, word};
use std::collections::HashSet;

/// Bytes of an entry.
pub(super) const ENTRY: usize = 128;
/// Storages inside storages.
const NESTING: usize = 64;
/// Bytes of all paths together; beyond, an entry goes by its own name.
const PATHS: usize = 16 << 20;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Nothing.
    Unused,
    /// A folder.
    Storage,
    /// A file; an entry of a kind that is not defined is taken for one, so that it is read.
    Stream,
    /// The root storage.
    Root,
}

/// A directory entry as it stands.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub name: String,
    pub kind: EntryKind,
    left: u32,
    right: u32,
    child: u32,
    pub class: [u8; 16],
    pub start: u32,
    pub size: u64,
}

/// Reads an entry. Only version 4 has sizes of 64 bits; others may have anything in the upper half.
pub(super) fn entry(raw: &[u8], wide: bool) -> Option<Entry> {
    let length = usize::from(half(raw, 64)?).clamp(2, 64) - 2;
    let name = crate::text::wide(raw.get(..length)?);
    let low = u64::from(word(raw, 120)?);
    let high = if wide { u64::from(word(raw, 124)?) << 32 } else { 0 };
    Some(Entry {
        name: name.trim_end_matches('\0').replace('/', "_"),
        kind: match *raw.get(66)? {
            0 => EntryKind::Unused,
            1 => EntryKind::Storage,
            5 => EntryKind::Root,
            _ => EntryKind::Stream,
        },
        left: word(raw, 68)?,
        right: word(raw, 72)?,
        child: word(raw, 76)?,
        class: *raw.get(80..96)?.first_chunk()?,
        start: word(raw, 116)?,
        size: high | low,
    })
}

/// Returns whether a sector looks like one of a directory: entries with a name that ends where its length says, and
/// unused ones.
pub(super) fn looks_like_directory(sector: &[u8]) -> bool {
    let (entries, _) = sector.as_chunks::<ENTRY>();
    let used = entries.iter().filter(|raw| stands(*raw)).count();
    let unused = |raw: &&[u8; ENTRY]| half(*raw, 64) == Some(0) && raw.get(66) == Some(&0);
    used > 0 && used + entries.iter().filter(unused).count() == entries.len()
}

/// Returns whether an entry is what a writer leaves behind.
fn stands(raw: &[u8]) -> bool {
    let Some(length) = half(raw, 64).map(usize::from) else {
        return false;
    };
    let kind = matches!(raw.get(66), Some(1 | 2 | 5)) && matches!(raw.get(67), Some(0 | 1));
    let ends = (4..=64).contains(&length) && length % 2 == 0 && half(raw, length - 2) == Some(0);
    let named = raw
        .get(..length.saturating_sub(2))
        .is_some_and(|name| name.as_chunks::<2>().0.iter().all(|unit| *unit != [0, 0]));
    kind && ends && named
}

/// Returns whether an entry leads to one that is not there.
pub(super) fn dangles(entries: &[Entry]) -> bool {
    let leads = |entry: &Entry| [entry.left, entry.right, entry.child];
    let used = entries.iter().filter(|entry| entry.kind != EntryKind::Unused);
    used.flat_map(leads)
        .any(|number| number < super::table::LAST && number as usize >= entries.len())
}

/// The paths of a directory.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// The path of each stream's entry, in the order of the trees, those that no tree reaches last.
    pub streams: Vec<(usize, String)>,
    /// How many entries the root's tree does not reach.
    pub lost: usize,
    /// Whether the paths together are longer than is kept.
    pub shortened: bool,
}

/// Walks the root's tree, then each tree that nothing leads to.
pub(super) fn paths(entries: &[Entry]) -> Paths {
    let mut walk = Walk {
        entries,
        seen: HashSet::new(),
        bytes: 0,
        found: Paths::default(),
    };
    let root = entries.first().filter(|entry| entry.kind == EntryKind::Root);
    if let Some(root) = root {
        walk.seen.insert(0);
        walk.tree(root.child);
    }
    let lost: Vec<u32> = walk.unseen();
    walk.found.lost = lost.len();
    let led_to: HashSet<u32> = lost
        .iter()
        .filter_map(|number| entries.get(*number as usize))
        .flat_map(|entry| [entry.left, entry.right, entry.child])
        .collect();
    let heads = lost.iter().filter(|number| !led_to.contains(number));
    // What goes in a circle has no head; it comes last, where it stands.
    for number in heads.chain(&lost).copied().collect::<Vec<_>>() {
        walk.tree(number);
    }
    walk.found
}

struct Walk<'e> {
    entries: &'e [Entry],
    seen: HashSet<u32>,
    bytes: usize,
    found: Paths,
}

impl Walk<'_> {
    fn unseen(&self) -> Vec<u32> {
        let numbers = (0u32..).zip(self.entries);
        numbers
            .filter(|(number, entry)| {
                matches!(entry.kind, EntryKind::Stream | EntryKind::Storage) && !self.seen.contains(number)
            })
            .map(|(number, _)| number)
            .collect()
    }

    fn tree(&mut self, head: u32) {
        let mut open: Vec<(u32, std::rc::Rc<str>, usize)> = vec![(head, "".into(), 0)];
        while let Some((number, above, depth)) = open.pop() {
            let Some(entry) = self.entries.get(number as usize) else {
                continue;
            };
            if !self.seen.insert(number) {
                continue;
            }
            open.push((entry.right, above.clone(), depth));
            match entry.kind {
                EntryKind::Stream => {
                    let path = self.path(&above, &entry.name);
                    self.found.streams.push((number as usize, path));
                }
                EntryKind::Storage | EntryKind::Root if depth < NESTING => {
                    let path = self.path(&above, &entry.name);
                    open.push((entry.child, path.into(), depth + 1));
                }
                // An unused entry may still lead on to others.
                EntryKind::Storage | EntryKind::Root | EntryKind::Unused => {}
            }
            open.push((entry.left, above, depth));
        }
    }

    fn path(&mut self, above: &str, name: &str) -> String {
        let path = format!("{above}/{name}");
        self.bytes += path.len();
        if self.bytes <= PATHS {
            return path;
        }
        self.found.shortened = true;
        format!("/{name}")
    }
}
