//! The ledger of a chain of coins: its directory, what stands in it, and where in it an id lies.

use super::commit::{Commit, Head, SCHEMA, Sealed, SealedSegment, Standing};
use super::draft::First;
use super::live::Live;
use super::segment::CoinSegment;
use super::{Id, spenders};
use crate::LedgerError;
use crate::error::io;
use crate::folder;
use crate::manifest::{self, Manifest};
use std::fs;
use std::path::{Path, PathBuf};
use strongroom_columns::{Column, ColumnFile};
use strongroom_model::{Gap, Interval, Moment, Why};

/// The starts of the names of all files but the manifest and the lock.
pub(crate) const STARTS: [&str; 2] = ["coins-", "spenders-"];

/// How often opening is tried anew while a writer replaces files.
const TRIES: usize = 4;

/// How a new ledger of coins is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoinLayout {
    /// Transactions, inputs or outputs, whichever are most, with which a segment is full: what an import holds in memory twice
    /// (about 120 bytes each) and what a killed one reads again at most. Answers do not depend on it.
    pub rows_per_segment: u32,
}

impl Default for CoinLayout {
    fn default() -> Self {
        CoinLayout {
            rows_per_segment: 1 << 20,
        }
    }
}

/// What a ledger of coins holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CoinInfo {
    /// The chain's name, as it was given when the ledger was made.
    pub chain: String,
    /// The heights of the first and the last block.
    pub heights: Option<(u32, u32)>,
    /// The id of the last block, as explorers write it.
    pub tip: Option<String>,
    /// From the earliest to the latest time of a block.
    pub when: Option<Interval>,
    /// Blocks.
    pub blocks: u64,
    /// Transactions.
    pub transactions: u64,
    /// Inputs, those whose output is not known included.
    pub inputs: u64,
    /// Outputs, those that are older than the ledger included.
    pub outputs: u64,
    /// Distinct owners.
    pub owners: u64,
    /// Outputs that are older than the ledger: the source said them along with what spends them.
    pub openings: u64,
    /// Inputs whose output is not known.
    pub unknown: u64,
    /// Segments.
    pub segments: u64,
    /// Bytes of all files.
    pub bytes: u64,
}

/// A ledger of a chain of coins, in a directory of its own.
///
/// Opening it reads the manifest and maps the files; it takes no lock and changes nothing. Appending and truncating take the
/// lock, and what was opened before goes on to see what was there.
///
/// ```
/// use strongroom_ledger::{Block, CoinLayout, CoinLedger, Fate, Id, Input, OutPoint, Output, Owner, Transaction};
/// use strongroom_model::Moment;
///
/// let coin = |value, owner| Output { value, owner: Owner::KeyHash([owner; 20]) };
/// let block = |height: u8, transactions| Block {
///     id: Id([height + 1; 32]),
///     previous: Id([height; 32]),
///     height: u32::from(height),
///     when: Moment::from_micros(0),
///     transactions,
/// };
/// let reward = |id| Transaction { id: Id([id; 32]), inputs: vec![], outputs: vec![coin(50, 1)] };
/// let spends = OutPoint { transaction: Id([100; 32]), vout: 0 };
/// let payment = Transaction {
///     id: Id([7; 32]),
///     inputs: vec![Input { spends, known: None }],
///     outputs: vec![coin(30, 2), coin(19, 1)],
/// };
/// let dir = tempfile::tempdir().unwrap();
/// let mut ledger = CoinLedger::create(dir.path(), "bitcoin", CoinLayout::default()).unwrap();
/// let blocks = [block(0, vec![reward(100)]), block(1, vec![reward(101), payment])];
/// ledger.append(&blocks, &mut |_| ()).unwrap();
///
/// let payment = ledger.find(&Id([7; 32])).unwrap()[0];
/// assert_eq!(ledger.fee(payment).unwrap(), Some(1));
/// let output = ledger.find_output(&spends).unwrap()[0];
/// assert_eq!(ledger.fate(output).unwrap(), Fate::Spent(payment));
/// ledger.truncate(1).unwrap();
/// assert_eq!(ledger.fate(output).unwrap(), Fate::Unspent);
/// ```
#[derive(Debug)]
pub struct CoinLedger {
    pub(crate) dir: PathBuf,
    pub(crate) manifest: Manifest<Head, Commit>,
    pub(crate) standing: Standing,
    pub(crate) segments: Vec<CoinSegment>,
    /// For the first segments: per output the transaction that spends it.
    pub(crate) spenders: Vec<Column>,
    /// What the last append knew, and the commit that it fits; none yet while that append is at work.
    pub(crate) live: Option<(String, Live)>,
    /// Whether more lay there than is committed when it was opened.
    pub(crate) torn: bool,
    /// Set when a write failed: what is on disk is no longer known.
    pub(crate) failed: bool,
}

impl CoinLedger {
    /// Makes a ledger of a chain in `dir`, which is made too where it is missing.
    ///
    /// # Errors
    /// `AlreadyThere` where a ledger is there already.
    pub fn create(dir: &Path, chain: &str, layout: CoinLayout) -> Result<Self, LedgerError> {
        fs::create_dir_all(dir).map_err(io("create", dir))?;
        let _lock = folder::lock(dir)?;
        if manifest::is_in(dir) {
            return Err(LedgerError::AlreadyThere {
                dir: dir.display().to_string(),
            });
        }
        let head = Head {
            schema: SCHEMA.to_owned(),
            chain: chain.to_owned(),
            rows_per_segment: layout.rows_per_segment.clamp(1, 1 << 24),
        };
        Ok(Self::over(dir, Manifest::create(dir, head)?))
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
            let mut ledger = Self::over(dir, Manifest::read(dir, SCHEMA)?);
            match ledger.map() {
                // A file that is gone may have been replaced since the manifest was read.
                Err(_) if tries < TRIES && ledger.lacks_files() => tries += 1,
                Err(error) => return Err(error),
                Ok(()) => {
                    ledger.torn = ledger.is_torn()?;
                    return Ok(ledger);
                }
            }
        }
    }

    /// Returns the chain's name, as it was given when the ledger was made.
    pub fn chain(&self) -> &str {
        &self.manifest.head.chain
    }

    fn over(dir: &Path, manifest: Manifest<Head, Commit>) -> Self {
        CoinLedger {
            dir: dir.to_owned(),
            standing: Standing::of(&manifest),
            manifest,
            segments: Vec::new(),
            spenders: Vec::new(),
            live: None,
            torn: false,
            failed: false,
        }
    }

    fn lacks_files(&self) -> bool {
        self.standing
            .files()
            .iter()
            .any(|file| !self.dir.join(file).exists())
    }

    fn is_torn(&self) -> Result<bool, LedgerError> {
        let orphans = folder::orphans(&self.dir, &STARTS, &self.standing.files())?;
        Ok(self.manifest.has_tail()? || !orphans.is_empty())
    }

    /// Maps all files that stand.
    pub(crate) fn map(&mut self) -> Result<(), LedgerError> {
        self.segments.clear();
        for sealed in self.standing.segments.clone() {
            self.map_segment(&sealed)?;
        }
        self.map_spenders()
    }

    /// Maps one segment after those that are mapped.
    pub(crate) fn map_segment(&mut self, sealed: &SealedSegment) -> Result<(), LedgerError> {
        let first = match self.segments.last() {
            Some(last) => last.next(),
            None => First {
                height: sealed.height,
                ..First::default()
            },
        };
        let segment = CoinSegment::of(&open(&self.dir, &sealed.file)?, first)?;
        let next = segment.next();
        let has = (
            (first.height, next.height - first.height),
            next.transaction - first.transaction,
            next.input - first.input,
            next.output - first.output,
            next.owner - first.owner,
        );
        let said = (
            (sealed.height, sealed.blocks),
            sealed.transactions,
            sealed.inputs,
            sealed.outputs,
            sealed.owners,
        );
        if has != said {
            return Err(differs(&sealed.file.file, "its counts differ"));
        }
        self.segments.push(segment);
        Ok(())
    }

    /// Maps who spends the outputs of the first segments.
    pub(crate) fn map_spenders(&mut self) -> Result<(), LedgerError> {
        self.spenders.clear();
        for (sealed, segment) in self.standing.spenders.iter().zip(&self.segments) {
            let column = open(&self.dir, sealed)?.column_of(spenders::COLUMN, 4)?;
            if column.len() != segment.values.len() {
                return Err(differs(&sealed.file, "its count differs"));
            }
            self.spenders.push(column);
        }
        Ok(())
    }

    /// Returns where the next segment would start.
    pub(crate) fn next(&self) -> First {
        self.segments
            .last()
            .map_or_else(First::default, CoinSegment::next)
    }

    /// Returns how many transactions there are; their ids are 0 to this, exclusive.
    pub fn transactions(&self) -> u32 {
        self.next().transaction
    }

    /// Returns how many inputs there are; they are counted from 0 to this, exclusive.
    pub fn inputs_count(&self) -> u64 {
        self.next().input
    }

    /// Returns how many outputs there are; their ids are 0 to this, exclusive.
    pub fn outputs(&self) -> u64 {
        self.next().output
    }

    /// Returns how many owners there are; their ids are 0 to this, exclusive.
    pub fn owners(&self) -> u32 {
        self.next().owner
    }

    /// Returns the heights of the first and the last block.
    pub fn heights(&self) -> Option<(u32, u32)> {
        let first = self.segments.first()?.first.height;
        Some((first, self.next().height.checked_sub(1)?))
    }

    /// Returns the id of the last block.
    pub fn tip(&self) -> Result<Option<Id>, LedgerError> {
        let Some(last) = self.segments.last() else {
            return Ok(None);
        };
        let id = last.block_id(u64::from(last.blocks()).saturating_sub(1))?;
        Ok(Some(id))
    }

    /// Returns what the ledger holds.
    pub fn info(&self) -> Result<CoinInfo, LedgerError> {
        let segments = &self.standing.segments;
        let spans = segments.iter().map(|sealed| sealed.micros);
        let span = spans.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)));
        let files = segments.iter().map(|sealed| sealed.file.bytes);
        let files = files.chain(self.standing.spenders.iter().map(|sealed| sealed.bytes));
        Ok(CoinInfo {
            chain: self.manifest.head.chain.clone(),
            heights: self.heights(),
            tip: self.tip()?.map(|id| id.to_string()),
            when: span.map(|(a, b)| Interval::between(Moment::from_micros(a), Moment::from_micros(b))),
            blocks: segments.iter().map(|sealed| u64::from(sealed.blocks)).sum(),
            transactions: u64::from(self.transactions()),
            inputs: self.inputs_count(),
            outputs: self.outputs(),
            owners: u64::from(self.owners()),
            openings: segments.iter().map(|sealed| sealed.openings).sum(),
            unknown: segments.iter().map(|sealed| sealed.unknown).sum(),
            segments: segments.len() as u64,
            bytes: files.sum(),
        })
    }

    /// Returns what the ledger does not know: outputs from before it begins, and what an append left that was broken off.
    pub fn gaps(&self) -> Vec<Gap> {
        let segments = &self.standing.segments;
        let unknown: u64 = segments.iter().map(|sealed| sealed.unknown).sum();
        let first = segments.first().map_or(0, |sealed| sealed.height);
        let unknown = (unknown > 0).then(|| {
            let why = format!("{unknown} inputs spend outputs from before block {first} that are not known");
            Gap::new(self.manifest.head.chain.clone(), Why::Truncated, why)
        });
        let torn = self.torn.then(|| {
            let why = "an append was broken off, is under way, or was cut off: append its blocks again";
            Gap::new("manifest", Why::Truncated, why)
        });
        unknown.into_iter().chain(torn).collect()
    }

    /// Returns the segment that an id lies in, `first` telling where each starts.
    #[inline]
    fn place<T: Ord>(&self, id: T, first: impl Fn(&First) -> T) -> Option<usize> {
        let after = self
            .segments
            .partition_point(|segment| first(&segment.first) <= id);
        after.checked_sub(1)
    }

    pub(crate) fn with_transaction(&self, id: u32) -> Result<&CoinSegment, LedgerError> {
        let place = self.place(id, |first| first.transaction);
        let segment = place.and_then(|at| self.segments.get(at));
        segment
            .filter(|_| id < self.transactions())
            .ok_or_else(|| absent("transaction", id))
    }

    pub(crate) fn place_of_output(&self, id: u64) -> Result<usize, LedgerError> {
        self.place(id, |first| first.output)
            .filter(|_| id < self.outputs())
            .ok_or_else(|| absent("output", id))
    }

    pub(crate) fn with_output(&self, id: u64) -> Result<&CoinSegment, LedgerError> {
        let segment = self.segments.get(self.place_of_output(id)?);
        segment.ok_or_else(|| absent("output", id))
    }

    pub(crate) fn with_owner(&self, id: u32) -> Result<&CoinSegment, LedgerError> {
        let place = self.place(id, |first| first.owner);
        let segment = place.and_then(|at| self.segments.get(at));
        segment
            .filter(|_| id < self.owners())
            .ok_or_else(|| absent("owner", id))
    }

    /// Returns the segment of a height, and the block's number in it.
    pub(crate) fn with_height(&self, height: u32) -> Result<(&CoinSegment, u64), LedgerError> {
        let place = self.place(height, |first| first.height);
        let segment = place.and_then(|at| self.segments.get(at));
        segment
            .filter(|_| height < self.next().height)
            .map(|segment| (segment, u64::from(height - segment.first.height)))
            .ok_or_else(|| absent("block of height", height))
    }
}

pub(crate) fn absent(what: &'static str, id: impl Into<u64>) -> LedgerError {
    LedgerError::Absent { what, id: id.into() }
}

pub(crate) fn differs(file: &str, what: &str) -> LedgerError {
    LedgerError::Segment {
        file: file.to_owned(),
        why: format!("{what} from the manifest's"),
    }
}

fn open(dir: &Path, sealed: &Sealed) -> Result<ColumnFile, LedgerError> {
    let file = ColumnFile::open(&dir.join(&sealed.file))?;
    if file.size() != sealed.bytes {
        return Err(differs(&sealed.file, "its length differs"));
    }
    Ok(file)
}
