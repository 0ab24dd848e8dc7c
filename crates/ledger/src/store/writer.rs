//! The writer: holds the lock, cleans up after a killed one, gathers rows and seals segments.

use super::commit::{Commit, SCHEMA, Sealed};
use super::{ByKey, Draft, Entry, Ledger, MALFORMED, NOBODY, Point, STARTS, key};
use crate::LedgerError;
use crate::folder::{self, Held};
use crate::manifest::{Manifest, hex};
use sha2::{Digest, Sha256};
use std::collections::hash_map;
use std::collections::{HashMap, HashSet};
use strongroom_model::{Address, AddressError, Gap, Observable, Reading};

/// Sealing comes before the texts of a draft reach this many bytes, whatever its rows.
const TEXT_BYTES: usize = 512 << 20;
/// Spellings remembered beside the canonical ones.
const SPELLINGS: usize = 1 << 20;

/// Ids by key; texts that share a key stand in `more`.
#[derive(Debug, Default)]
struct Ids {
    first: ByKey<u32>,
    more: ByKey<Vec<u32>>,
}

impl Ids {
    fn add(&mut self, key: u64, id: u32) {
        match self.first.entry(key) {
            hash_map::Entry::Occupied(_) => self.more.entry(key).or_default().push(id),
            hash_map::Entry::Vacant(free) => {
                free.insert(id);
            }
        }
    }

    fn find(
        &self,
        key: u64,
        mut is: impl FnMut(u32) -> Result<bool, LedgerError>,
    ) -> Result<Option<u32>, LedgerError> {
        let Some(first) = self.first.get(&key) else {
            return Ok(None);
        };
        if is(*first)? {
            return Ok(Some(*first));
        }
        for id in self.more.get(&key).into_iter().flatten() {
            if is(*id)? {
                return Ok(Some(*id));
            }
        }
        Ok(None)
    }
}

/// What an account's name turned out to be.
pub(crate) struct Named {
    pub(crate) id: u32,
    pub(crate) malformed: bool,
}

/// A ledger under its lock, with a segment in the making.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    ledger: &'a mut Ledger,
    _lock: Held,
    /// Segments that go on to stand whatever comes; the draft is what follows them.
    kept: usize,
    /// Whether a draft that is not full goes on after it was committed.
    chain: bool,
    draft: Draft,
    accounts: Ids,
    assets: Ids,
    malformed: HashSet<u32>,
    /// Spellings as given that are not canonical.
    spelt: HashMap<String, u32>,
    spelt_assets: HashMap<String, u32>,
}

impl Ledger {
    /// Takes the lock and brings the ledger to its last commit: cuts a torn tail, removes orphans.
    pub(super) fn begin(&mut self) -> Result<Held, LedgerError> {
        if self.failed {
            return Err(LedgerError::Refuses {
                dir: self.dir.display().to_string(),
            });
        }
        let lock = folder::lock(&self.dir)?;
        self.manifest = Manifest::read(&self.dir, SCHEMA)?;
        self.manifest.cut_tail()?;
        self.remove_orphans()?;
        self.map_segments()?;
        Ok(lock)
    }

    /// Removes segments that no commit names, any more or yet.
    pub(super) fn remove_orphans(&mut self) -> Result<(), LedgerError> {
        folder::remove_orphans(&self.dir, &STARTS, &self.files())?;
        self.torn = false;
        Ok(())
    }

    /// Writes a draft as the segment that comes after so many others.
    pub(super) fn seal(&self, draft: &Draft, before: usize) -> Result<Sealed, LedgerError> {
        let file = self.manifest.segment_name(before);
        let mut hasher = Sha256::new();
        let builder = draft.seal()?;
        let bytes = builder.write_aside(&self.dir.join(&file), &mut |part| hasher.update(part))?;
        Ok(Sealed {
            file,
            sha256: hex(&hasher.finalize()),
            bytes,
            rows: draft.rows() as u64,
            transactions: draft.transactions() as u64,
            accounts: draft.accounts.len() as u32,
            assets: draft.assets.len() as u32,
            micros: draft.span().unwrap_or_default(),
        })
    }

    fn is_full(&self, draft: &Draft) -> bool {
        let rows = self.manifest.head.rows_per_segment as usize;
        draft.rows() >= rows || draft.block_count() >= rows || draft.text_bytes() >= TEXT_BYTES
    }
}

impl<'a> Writer<'a> {
    /// Takes the lock; rows of a table begin a segment of their own.
    pub(crate) fn begin(ledger: &'a mut Ledger) -> Result<Self, LedgerError> {
        let lock = ledger.begin()?;
        let mut writer = Writer {
            _lock: lock,
            kept: ledger.segments.len(),
            chain: false,
            draft: Draft::at(ledger.next()),
            ledger,
            accounts: Ids::default(),
            assets: Ids::default(),
            malformed: HashSet::new(),
            spelt: HashMap::new(),
            spelt_assets: HashMap::new(),
        };
        writer.load_names()?;
        Ok(writer)
    }

    /// Takes the lock to go on with a chain: a last segment of it that is not full goes on too.
    pub(crate) fn begin_chain(ledger: &'a mut Ledger, source: &str) -> Result<Self, LedgerError> {
        let mut writer = Self::begin(ledger)?;
        writer.chain = true;
        let ledger = &writer.ledger;
        let (standing, last) = (ledger.manifest.standing(), ledger.segments.last());
        let same = standing.last().is_some_and(|(_, of)| *of == source);
        let Some(last) = last.filter(|last| same && last.blocks.is_some()) else {
            return Ok(writer);
        };
        let draft = Draft::of(last)?;
        if !ledger.is_full(&draft) {
            (writer.draft, writer.kept) = (draft, writer.kept - 1);
        }
        Ok(writer)
    }

    fn load_names(&mut self) -> Result<(), LedgerError> {
        for segment in &self.ledger.segments {
            for found in segment.accounts.keys() {
                let (key, id) = found?;
                self.accounts.add(key, segment.first.account + id);
                if segment.mark(id)? & MALFORMED != 0 {
                    self.malformed.insert(segment.first.account + id);
                }
            }
            for found in segment.assets.keys() {
                let (key, id) = found?;
                self.assets.add(key, segment.first.asset + id);
            }
        }
        Ok(())
    }

    /// Returns how far each source has been read.
    pub(crate) fn points(&self) -> Vec<Point> {
        self.ledger.manifest.points().into_iter().cloned().collect()
    }

    /// Returns the id of an account, a new one where it is met for the first time. The empty name is nobody.
    pub(crate) fn account(&mut self, text: &str) -> Result<Named, LedgerError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Named {
                id: NOBODY,
                malformed: false,
            });
        }
        let known = match self.find_account(text)? {
            Some(id) => Some(id),
            None => self.spelt.get(text).copied(),
        };
        let id = match known {
            Some(id) => id,
            None => self.spell(text)?,
        };
        Ok(Named {
            id,
            malformed: self.malformed.contains(&id),
        })
    }

    fn find_account(&self, name: &str) -> Result<Option<u32>, LedgerError> {
        let first_new = self.draft.first.account;
        self.accounts
            .find(key(name), |id| match id.checked_sub(first_new) {
                Some(new) => Ok(self.draft.accounts.get(new as usize) == Some(name)),
                None => Ok(self.ledger.account(id)? == name),
            })
    }

    /// Canonicalises a spelling that was not met before.
    fn spell(&mut self, text: &str) -> Result<u32, LedgerError> {
        let name = Observable::account(text);
        let id = match self.find_account(name.value())? {
            Some(id) => id,
            None => self.add_account(name.value(), why_malformed(text).is_some())?,
        };
        if name.value() != text {
            if self.spelt.len() >= SPELLINGS {
                self.spelt.clear();
            }
            self.spelt.insert(text.to_owned(), id);
        }
        Ok(id)
    }

    fn add_account(&mut self, name: &str, malformed: bool) -> Result<u32, LedgerError> {
        let id = next_id(self.draft.first.account, self.draft.accounts.len())?;
        self.draft
            .add_account(name, if malformed { MALFORMED } else { 0 });
        self.accounts.add(key(name), id);
        if malformed {
            self.malformed.insert(id);
        }
        Ok(id)
    }

    /// Returns the id of an asset, a new one where it is met for the first time.
    pub(crate) fn asset(&mut self, text: &str) -> Result<u32, LedgerError> {
        if let Some(id) = self.spelt_assets.get(text) {
            return Ok(*id);
        }
        let name = Observable::asset(text);
        let first_new = self.draft.first.asset;
        let known = self
            .assets
            .find(key(name.value()), |id| match id.checked_sub(first_new) {
                Some(new) => Ok(self.draft.assets.get(new as usize) == Some(name.value())),
                None => Ok(self.ledger.asset(id)? == name.value()),
            })?;
        let id = match known {
            Some(id) => id,
            None => {
                let id = next_id(first_new, self.draft.assets.len())?;
                self.draft.assets.push(name.value());
                self.assets.add(key(name.value()), id);
                id
            }
        };
        if self.spelt_assets.len() >= SPELLINGS {
            self.spelt_assets.clear();
        }
        self.spelt_assets.insert(text.to_owned(), id);
        Ok(id)
    }

    pub(crate) fn push(&mut self, entry: Entry, transaction: &str) {
        self.draft.push(entry, transaction);
    }

    /// Begins the next block of a chain.
    pub(crate) fn begin_block(&mut self, number: u64, id: &str) {
        self.draft.begin_block(number, id);
    }

    /// Keeps a note with the block that began last.
    pub(crate) fn note(&mut self, note: &str) {
        self.draft.note(note);
    }

    /// Returns whether the draft has a segment's rows.
    pub(crate) fn is_full(&self) -> bool {
        self.ledger.is_full(&self.draft)
    }

    /// Returns how many rows are committed.
    pub(crate) fn committed(&self) -> u64 {
        self.ledger.rows()
    }

    /// Seals the draft and appends the commit; the next draft starts, unless a chain's goes on. A failure makes the ledger refuse.
    pub(crate) fn commit(&mut self, point: Point, gaps: Gaps) -> Result<(), LedgerError> {
        self.ledger.failed = true;
        let segment = match self.draft.is_empty() {
            true => None,
            false => Some(self.ledger.seal(&self.draft, self.kept)?),
        };
        let replaces = self.kept < self.ledger.segments.len();
        self.ledger.manifest.append(Commit {
            keep: replaces.then_some(self.kept as u32),
            cut: None,
            segment,
            point,
            gaps: gaps.kept,
            gap_blocks: gaps.blocks,
            more_gaps: gaps.more,
        })?;
        self.ledger.map_segments()?;
        if replaces {
            self.ledger.remove_orphans()?;
        }
        if !self.chain || self.is_full() {
            self.kept = self.ledger.segments.len();
            self.draft = Draft::at(self.ledger.next());
        }
        self.ledger.failed = false;
        Ok(())
    }
}

/// What could not be read since the last commit.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    pub(crate) kept: Vec<Gap>,
    /// For a chain: per gap the number of its block.
    pub(crate) blocks: Vec<u64>,
    /// Those that were counted and not kept.
    pub(crate) more: u64,
}

fn next_id(first_new: u32, new: usize) -> Result<u32, LedgerError> {
    let id = u32::try_from(new).ok().and_then(|new| first_new.checked_add(new));
    id.filter(|id| *id < NOBODY)
        .ok_or(LedgerError::TooManyNames(NOBODY))
}

/// Returns which check a text in an address's shape fails.
pub(crate) fn why_malformed(text: &str) -> Option<AddressError> {
    match Address::read(text) {
        Reading::Malformed(error) => Some(error),
        Reading::Address { .. } | Reading::Opaque => None,
    }
}
