//! The ledger on disk: immutable segments, and a manifest whose lines are the commit points.
//!
//! Rows are numbered in the order in which they were imported. **Ledger order is (time, row)**: an input that
//! is not sorted, or a second input that overlaps the first in time, is put in order when it is read, not
//! when it is written, so row numbers never change and no order of imports is wrong. Where inputs come
//! sorted, as they nearly always do, both orders are one and reading is a straight run through the segments.
//!
//! Accounts and assets have dense ids over the whole ledger, in order of first appearance; a segment holds
//! the names that appear in it first. Transactions are kept per segment, one for each run of rows that name
//! the same one.
//!
//! Rows of a chain stand in blocks, whose numbers and ids are kept. A chain that goes on takes its last segment into memory again
//! and writes it fuller under a new name, so where an import stopped changes no byte of a segment; a chain that was
//! reorganised is taken back to a block.

mod commit;
mod draft;
mod key;
mod order;
mod segment;
mod transfers;
mod truncate;
mod verify;
mod writer;

pub use transfers::Transfers;
pub use verify::Verified;

pub(crate) use commit::Point;
pub(crate) use draft::{Draft, Entry, MALFORMED, NOBODY};
pub(crate) use key::{ByKey, key, key_of};
pub(crate) use order::Place;
pub(crate) use truncate::chain_source;
pub(crate) use writer::{Gaps, Writer, why_malformed};

use crate::LedgerError;
use crate::error::io;
use crate::folder;
use crate::manifest::{self, Manifest};
pub(crate) use commit::SCHEMA;
use commit::{Commit, Head, Sealed};
use draft::First;
use segment::Segment;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use strongroom_columns::ColumnFile;
use strongroom_model::{Gap, Interval, Limit, Moment, Observable, Why};

/// The start of the names of segments.
const STARTS: [&str; 1] = ["segment-"];
/// How often opening is tried anew while a writer replaces a segment.
const TRIES: usize = 4;

/// How a new ledger is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Rows of one segment: what an import holds in memory (about 150 bytes each) and what a killed one reads
    /// again at most. Answers do not depend on it.
    pub rows_per_segment: u32,
}

impl Default for Layout {
    fn default() -> Self {
        Layout {
            rows_per_segment: 1 << 20,
        }
    }
}

/// What a ledger holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Info {
    /// Transfers.
    pub rows: u64,
    /// Distinct accounts.
    pub accounts: u64,
    /// Distinct assets.
    pub assets: u64,
    /// Sealed segments.
    pub segments: u64,
    /// Bytes of all segments.
    pub bytes: u64,
    /// From the first to the last transfer.
    pub when: Option<Interval>,
    /// The sources in order of import, each with the rows taken from it.
    pub sources: Vec<Source>,
}

/// A source of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Source {
    /// The name it was imported under.
    pub name: String,
    /// The SHA-256 of its bytes.
    pub id: String,
    /// Rows taken from it.
    pub rows: u64,
    /// Whether it was read to its end.
    pub complete: bool,
}

/// A ledger in a directory of its own.
///
/// Opening it reads the manifest and maps the segments; it takes no lock and changes nothing. Importing takes
/// the lock, and what was opened before goes on to see what was there.
#[derive(Debug)]
pub struct Ledger {
    dir: PathBuf,
    manifest: Manifest<Head, Commit>,
    segments: Vec<Segment>,
    /// Whether more lay there than is committed when it was opened.
    torn: bool,
    /// Set when a write failed: what is on disk is no longer known.
    failed: bool,
}

impl Ledger {
    /// Makes a ledger in `dir`, which is made too where it is missing.
    ///
    /// # Errors
    /// `AlreadyThere` where a ledger is there already.
    pub fn create(dir: &Path) -> Result<Self, LedgerError> {
        Self::create_with(dir, Layout::default())
    }

    /// Makes a ledger with the given layout.
    pub fn create_with(dir: &Path, layout: Layout) -> Result<Self, LedgerError> {
        fs::create_dir_all(dir).map_err(io("create", dir))?;
        let _lock = folder::lock(dir)?;
        if manifest::is_in(dir) {
            return Err(LedgerError::AlreadyThere {
                dir: dir.display().to_string(),
            });
        }
        let rows_per_segment = layout.rows_per_segment.clamp(1, 1 << 24);
        let head = Head {
            schema: SCHEMA.to_owned(),
            rows_per_segment,
        };
        let manifest = Manifest::create(dir, head)?;
        Ok(Ledger {
            dir: dir.to_owned(),
            manifest,
            segments: Vec::new(),
            torn: false,
            failed: false,
        })
    }

    /// Opens the ledger in `dir`.
    ///
    /// # Errors
    /// `NotALedger`; `Manifest`, `Segment` or `Columns` where something was damaged.
    pub fn open(dir: &Path) -> Result<Self, LedgerError> {
        if !manifest::is_in(dir) {
            return Err(LedgerError::NotALedger {
                dir: dir.display().to_string(),
            });
        }
        let mut tries = 0;
        loop {
            let mut ledger = Ledger {
                dir: dir.to_owned(),
                manifest: Manifest::read(dir, SCHEMA)?,
                segments: Vec::new(),
                torn: false,
                failed: false,
            };
            match ledger.map_segments() {
                // A segment that is gone may have been replaced since the manifest was read.
                Err(_) if tries < TRIES && ledger.lacks_files() => tries += 1,
                Err(error) => return Err(error),
                Ok(()) => {
                    ledger.torn = ledger.manifest.has_tail()? || !ledger.orphans()?.is_empty();
                    return Ok(ledger);
                }
            }
        }
    }

    fn lacks_files(&self) -> bool {
        self.manifest
            .segments()
            .any(|sealed| !self.dir.join(&sealed.file).exists())
    }

    fn files(&self) -> HashSet<&str> {
        self.manifest
            .segments()
            .map(|sealed| sealed.file.as_str())
            .collect()
    }

    /// Returns the segments that no commit names, any more or yet.
    fn orphans(&self) -> Result<Vec<PathBuf>, LedgerError> {
        folder::orphans(&self.dir, &STARTS, &self.files())
    }

    /// Maps the segments that the manifest has and this does not have yet, and lets go of those that it has no more.
    fn map_segments(&mut self) -> Result<(), LedgerError> {
        let standing: Vec<Sealed> = self.manifest.segments().cloned().collect();
        let known = self.segments.iter().zip(&standing);
        let known = known
            .take_while(|(segment, sealed)| segment.name == sealed.file)
            .count();
        self.segments.truncate(known);
        for sealed in standing.iter().skip(known) {
            let file = ColumnFile::open(&self.dir.join(&sealed.file))?;
            let segment = Segment::of(sealed.file.clone(), file, self.next())?;
            check(&segment, sealed)?;
            self.segments.push(segment);
        }
        Ok(())
    }

    /// Returns the ids at which the next segment starts.
    fn next(&self) -> First {
        self.segments.last().map_or_else(First::default, Segment::next)
    }

    /// Returns how many transfers there are.
    pub fn rows(&self) -> u64 {
        self.next().row
    }

    /// Returns how many accounts there are; their ids are 0 to this, exclusive.
    pub fn accounts(&self) -> u32 {
        self.next().account
    }

    /// Returns how many assets there are; their ids are 0 to this, exclusive.
    pub fn assets(&self) -> u32 {
        self.next().asset
    }

    /// Returns what the ledger holds.
    pub fn info(&self) -> Info {
        let with_rows = self.manifest.segments().filter(|sealed| sealed.rows > 0);
        let spans = with_rows.map(|sealed| sealed.micros);
        let span = spans.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)));
        let mut sources: Vec<Source> = Vec::new();
        for point in self.manifest.commits.iter().map(|commit| &commit.point) {
            // A source that grew stands for what it was before.
            sources.retain(|source| source.id != point.source && Some(&source.id) != point.after.as_ref());
            sources.push(Source {
                name: point.name.clone(),
                id: point.source.clone(),
                rows: point.rows,
                complete: point.complete,
            });
        }
        Info {
            rows: self.rows(),
            accounts: u64::from(self.accounts()),
            assets: u64::from(self.assets()),
            segments: self.segments.len() as u64,
            bytes: self.manifest.segments().map(|sealed| sealed.bytes).sum(),
            when: span.map(|(a, b)| Interval::between(Moment::from_micros(a), Moment::from_micros(b))),
            sources,
        }
    }

    /// Returns what could not be read of the sources; gaps that were counted only are one gap per source. A
    /// source whose import was broken off is a gap too, and so is a commit that was: what was being written
    /// when the ledger was opened.
    pub fn gaps(&self) -> Vec<Gap> {
        let commits = &self.manifest.commits;
        let kept = self.manifest.gaps().into_iter();
        let counted = commits.iter().filter(|commit| commit.more_gaps > 0);
        let counted = counted.map(|commit| more_gaps(&commit.point.name, commit.more_gaps));
        let sources = self.info().sources.into_iter();
        let broken_off = sources.filter(|source| !source.complete).map(|source| {
            let why = format!("its import was broken off after {} rows", source.rows);
            Gap::new(source.name, Why::Truncated, why)
        });
        let torn = self.torn.then(|| {
            let why = "a commit was broken off, is under way, or was cut off: import its table again";
            Gap::new("manifest", Why::Truncated, why)
        });
        kept.chain(counted).chain(broken_off).chain(torn).collect()
    }

    /// Returns the id of an account in any of its spellings.
    pub fn account_id(&self, account: &str) -> Result<Option<u32>, LedgerError> {
        let name = Observable::account(account);
        for segment in &self.segments {
            if let Some(id) = segment.accounts.find(name.value())?.first() {
                return Ok(Some(segment.first.account + id));
            }
        }
        Ok(None)
    }

    /// Returns the canonical name of an account; the empty name for an id that no account has.
    pub fn account(&self, id: u32) -> Result<&str, LedgerError> {
        let after = self
            .segments
            .partition_point(|segment| segment.first.account <= id);
        match after.checked_sub(1).and_then(|at| self.segments.get(at)) {
            Some(segment) if id < self.accounts() => Ok(segment
                .accounts
                .texts
                .get(u64::from(id - segment.first.account))?),
            _ => Ok(""),
        }
    }

    /// Returns whether an account's name has an address's shape and fails its checksum.
    pub fn is_malformed(&self, id: u32) -> Result<bool, LedgerError> {
        let after = self
            .segments
            .partition_point(|segment| segment.first.account <= id);
        match after.checked_sub(1).and_then(|at| self.segments.get(at)) {
            Some(segment) if id < self.accounts() => {
                Ok(segment.mark(id - segment.first.account)? & MALFORMED != 0)
            }
            _ => Ok(false),
        }
    }

    /// Returns the id of an asset in any of its spellings.
    pub fn asset_id(&self, asset: &str) -> Result<Option<u32>, LedgerError> {
        let name = Observable::asset(asset);
        for segment in &self.segments {
            if let Some(id) = segment.assets.find(name.value())?.first() {
                return Ok(Some(segment.first.asset + id));
            }
        }
        Ok(None)
    }

    /// Returns the name of an asset; the empty name for an id that no asset has.
    pub fn asset(&self, id: u32) -> Result<&str, LedgerError> {
        let after = self.segments.partition_point(|segment| segment.first.asset <= id);
        match after.checked_sub(1).and_then(|at| self.segments.get(at)) {
            Some(segment) if id < self.assets() => {
                Ok(segment.assets.texts.get(u64::from(id - segment.first.asset))?)
            }
            _ => Ok(""),
        }
    }

    /// Returns the rows of a transaction, ascending; none where the ledger has no such transaction.
    pub fn rows_of_transaction(&self, transaction: &str) -> Result<Vec<u64>, LedgerError> {
        let name = Observable::transaction(transaction);
        let mut rows = Vec::new();
        if name.value().is_empty() {
            // Rows of a table without transactions: they have none in common.
            return Ok(rows);
        }
        for segment in &self.segments {
            for found in segment.transactions.find(name.value())? {
                rows.extend(
                    segment
                        .rows_of_transaction(found)?
                        .map(|row| segment.first.row + row),
                );
            }
        }
        Ok(rows)
    }

    /// Returns how far each source has been read.
    pub(crate) fn points(&self) -> Vec<&Point> {
        self.manifest.points()
    }

    fn segment_of(&self, row: u64) -> Result<(&Segment, u64), LedgerError> {
        let after = self.segments.partition_point(|segment| segment.first.row <= row);
        let segment = after.checked_sub(1).and_then(|at| self.segments.get(at));
        let segment = segment.filter(|segment| row - segment.first.row < segment.rows);
        segment
            .map(|segment| (segment, row - segment.first.row))
            .ok_or(LedgerError::NoRow(row))
    }

    /// Returns a row with ids for names.
    pub(crate) fn entry(&self, row: u64) -> Result<Entry, LedgerError> {
        let (segment, local) = self.segment_of(row)?;
        Ok(segment.entry(local)?)
    }

    /// Returns the moment of a row in microseconds.
    pub(crate) fn micros(&self, row: u64) -> Result<i64, LedgerError> {
        let (segment, local) = self.segment_of(row)?;
        Ok(segment.micros(local)?)
    }

    /// Returns the transaction of a row.
    pub(crate) fn transaction(&self, row: u64) -> Result<&str, LedgerError> {
        let (segment, local) = self.segment_of(row)?;
        Ok(segment.transaction(local)?)
    }
}

fn check(segment: &Segment, sealed: &Sealed) -> Result<(), LedgerError> {
    let has = (
        segment.rows,
        segment.accounts.texts.len(),
        segment.assets.texts.len(),
    );
    let said = (sealed.rows, u64::from(sealed.accounts), u64::from(sealed.assets));
    if segment.file.size() == sealed.bytes && has == said {
        return Ok(());
    }
    Err(LedgerError::Segment {
        file: segment.name.clone(),
        why: "its length or counts differ from the manifest's".to_owned(),
    })
}

/// Returns the gap that stands for gaps that were counted and not kept.
pub(crate) fn more_gaps(name: &str, count: u64) -> Gap {
    Gap::limit(
        name,
        Limit::Rows,
        format!("{count} more rows with gaps were counted and not kept"),
    )
}
