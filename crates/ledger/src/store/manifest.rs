//! The manifest: one line for each commit, each chained to the last by hash.
//!
//! A line is `HASH JSON\n`, where HASH is the SHA-256 of the previous line's HASH (64 zeros before the first)
//! followed by the JSON. The first line says what the ledger is; it is written aside and renamed, so it is
//! there whole or not at all. Every other line is one append. A process killed inside that append leaves a
//! line without its end; such a tail was never acknowledged and is cut off by the next writer. A whole line
//! that does not fit the chain is damage, and nothing is read beyond it.

use crate::LedgerError;
use crate::error::io;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use strongroom_model::Gap;

pub(crate) const SCHEMA: &str = "strongroom.ledger/2";
const FILE: &str = "manifest";
const HASH: usize = 64;

/// What the ledger is, in its first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) schema: String,
    pub(crate) rows_per_segment: u32,
}

/// A segment as it was committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sealed {
    pub(crate) file: String,
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
    pub(crate) rows: u64,
    pub(crate) transactions: u64,
    pub(crate) accounts: u32,
    pub(crate) assets: u32,
    /// The earliest and the latest moment, in microseconds.
    pub(crate) micros: (i64, i64),
}

/// How far a source has been read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Point {
    /// The SHA-256 of all its bytes.
    pub(crate) source: String,
    /// The shorter source that it begins with, whose rows were taken before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
    pub(crate) name: String,
    /// The first byte that was not read.
    pub(crate) byte: u64,
    /// The SHA-256 of the bytes before that.
    pub(crate) read: String,
    /// The number of the last line that was read, counted from 1.
    pub(crate) line: u64,
    /// Rows taken from it so far.
    pub(crate) rows: u64,
    pub(crate) complete: bool,
}

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Commit {
    pub(crate) segment: Option<Sealed>,
    pub(crate) point: Point,
    /// What could not be read since the last commit.
    pub(crate) gaps: Vec<Gap>,
    /// Gaps that were counted and not kept.
    pub(crate) more_gaps: u64,
}

/// The manifest as read.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    path: PathBuf,
    pub(crate) head: Head,
    pub(crate) commits: Vec<Commit>,
    last: String,
    /// Bytes of all whole lines.
    whole: u64,
}

fn hash(before: &str, json: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(before);
    hasher.update(json);
    hex(&hasher.finalize())
}

/// Returns lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn line<T: Serialize>(before: &str, value: &T) -> (String, Vec<u8>) {
    let json = serde_json::to_vec(value).expect("the manifest's types have string keys only");
    let hash = hash(before, &json);
    let mut line = format!("{hash} ").into_bytes();
    line.extend_from_slice(&json);
    line.push(b'\n');
    (hash, line)
}

/// Returns hash and JSON of a line (without its end) that fits the chain.
fn checked<'a>(before: &str, line: &'a [u8]) -> Option<(String, &'a [u8])> {
    let (said, rest) = line.split_at_checked(HASH)?;
    let json = rest.strip_prefix(b" ")?;
    let hash = hash(before, json);
    (said == hash.as_bytes()).then_some((hash, json))
}

impl Manifest {
    pub(crate) fn is_in(dir: &Path) -> bool {
        dir.join(FILE).exists()
    }

    pub(crate) fn create(dir: &Path, head: Head) -> Result<Self, LedgerError> {
        let (path, aside) = (dir.join(FILE), dir.join("manifest.aside"));
        let (last, bytes) = line(&"0".repeat(HASH), &head);
        let mut file = File::create(&aside).map_err(io("create", &aside))?;
        file.write_all(&bytes).map_err(io("write", &aside))?;
        file.sync_all().map_err(io("sync", &aside))?;
        fs::rename(&aside, &path).map_err(io("rename", &path))?;
        sync_folder(dir)?;
        Ok(Manifest {
            path,
            head,
            commits: Vec::new(),
            last,
            whole: bytes.len() as u64,
        })
    }

    pub(crate) fn read(dir: &Path) -> Result<Self, LedgerError> {
        let path = dir.join(FILE);
        let bytes = fs::read(&path).map_err(io("read", &path))?;
        let mut last = "0".repeat(HASH);
        let (mut head, mut commits, mut whole) = (None, Vec::new(), 0);
        for (number, line) in (1u64..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
            let damaged = |why: &str| LedgerError::Manifest {
                line: number,
                why: why.to_owned(),
            };
            let Some(body) = line.strip_suffix(b"\n") else {
                refuse_disguised(&last, line).map_err(damaged)?;
                break;
            };
            let (hash, json) = checked(&last, body).ok_or_else(|| damaged("it does not fit the chain"))?;
            let unread = |error: serde_json::Error| damaged(&error.to_string());
            match head {
                None => head = Some(serde_json::from_slice::<Head>(json).map_err(unread)?),
                Some(_) => commits.push(serde_json::from_slice::<Commit>(json).map_err(unread)?),
            }
            last = hash;
            whole += line.len() as u64;
        }
        let head = head.ok_or_else(|| LedgerError::Manifest {
            line: 1,
            why: "it is not whole".into(),
        })?;
        if head.schema != SCHEMA {
            let why = format!("schema {:?}, expected {SCHEMA:?}", head.schema);
            return Err(LedgerError::Manifest { line: 1, why });
        }
        Ok(Manifest {
            path,
            head,
            commits,
            last,
            whole,
        })
    }

    /// Returns whether bytes follow the last whole line.
    pub(crate) fn has_tail(&self) -> Result<bool, LedgerError> {
        let length = fs::metadata(&self.path).map_err(io("read", &self.path))?.len();
        Ok(length > self.whole)
    }

    /// Cuts off a tail that was never acknowledged.
    pub(crate) fn cut_tail(&self) -> Result<(), LedgerError> {
        if self.has_tail()? {
            let file = OpenOptions::new()
                .write(true)
                .open(&self.path)
                .map_err(io("open", &self.path))?;
            file.set_len(self.whole).map_err(io("cut", &self.path))?;
            file.sync_all().map_err(io("sync", &self.path))?;
        }
        Ok(())
    }

    /// Appends a commit and makes it durable.
    pub(crate) fn append(&mut self, commit: Commit) -> Result<(), LedgerError> {
        let (hash, bytes) = line(&self.last, &commit);
        let mut file = OpenOptions::new()
            .append(true)
            .open(&self.path)
            .map_err(io("open", &self.path))?;
        file.write_all(&bytes).map_err(io("append to", &self.path))?;
        file.sync_all().map_err(io("sync", &self.path))?;
        self.last = hash;
        self.whole += bytes.len() as u64;
        self.commits.push(commit);
        Ok(())
    }

    /// Returns the segments in order.
    pub(crate) fn segments(&self) -> impl Iterator<Item = &Sealed> {
        self.commits.iter().filter_map(|commit| commit.segment.as_ref())
    }

    /// Returns how far each source has been read, in the order of the last commits.
    pub(crate) fn points(&self) -> Vec<&Point> {
        let mut known = HashSet::new();
        let points = self.commits.iter().rev().map(|commit| &commit.point);
        let mut last: Vec<&Point> = points.filter(|point| known.insert(&point.source)).collect();
        last.reverse();
        last
    }
}

/// A tail without its end is torn, unless only its end was changed: a whole commit must not vanish so.
fn refuse_disguised(before: &str, tail: &[u8]) -> Result<(), &'static str> {
    match tail.split_last() {
        Some((_, body)) if checked(before, body).is_some() => Err("its last byte was changed"),
        _ => Ok(()),
    }
}

pub(crate) fn sync_folder(dir: &Path) -> Result<(), LedgerError> {
    let folder = File::open(dir).map_err(io("open", dir))?;
    folder.sync_all().map_err(io("sync", dir))
}
