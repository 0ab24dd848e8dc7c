//! The manifest: one line for each commit, each chained to the last by hash.
//!
//! A line is `HASH JSON\n`, where HASH is the SHA-256 of the previous line's HASH (64 zeros before the first)
//! followed by the JSON. The first line says what the ledger is; it is written aside and renamed, so it is
//! there whole or not at all. Every other line is one append. A process killed inside that append leaves a
//! line without its end; such a tail was never acknowledged and is cut off by the next writer. A whole line
//! that does not fit the chain is damage, and nothing is read beyond it.

use crate::error::io;
use crate::folder::sync_folder;
use crate::{LedgerError, LedgerKind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

const FILE: &str = "manifest";
const HASH: usize = 64;
/// Bytes of a first line at most.
const FIRST_LINE: u64 = 1 << 16;

/// What every first line has, whatever the kind of ledger.
#[derive(Deserialize)]
struct Said {
    schema: String,
}

/// The manifest of one kind of ledger as read: what it is, and its commits.
#[derive(Clone, Debug)]
pub(crate) struct Manifest<H, C> {
    path: PathBuf,
    pub(crate) head: H,
    pub(crate) commits: Vec<C>,
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

/// Returns whether a ledger of whatever kind lies in a directory.
pub(crate) fn is_in(dir: &Path) -> bool {
    dir.join(FILE).exists()
}

/// Returns the schema that the first line of the manifest in a directory names.
pub(crate) fn schema_of(dir: &Path) -> Result<String, LedgerError> {
    let path = dir.join(FILE);
    let file = File::open(&path).map_err(io("open", &path))?;
    let mut first = Vec::new();
    let mut start = BufReader::new(file).take(FIRST_LINE);
    start.read_until(b'\n', &mut first).map_err(io("read", &path))?;
    let damaged = |why: &str| LedgerError::Manifest {
        line: 1,
        why: why.to_owned(),
    };
    let body = first
        .strip_suffix(b"\n")
        .ok_or_else(|| damaged("it is not whole"))?;
    let (_, json) = checked(&"0".repeat(HASH), body).ok_or_else(|| damaged("it does not fit the chain"))?;
    let said = serde_json::from_slice::<Said>(json);
    said.map(|said| said.schema)
        .map_err(|error| damaged(&error.to_string()))
}

impl<H: Serialize + DeserializeOwned, C: Serialize + DeserializeOwned> Manifest<H, C> {
    pub(crate) fn create(dir: &Path, head: H) -> Result<Self, LedgerError> {
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

    /// Reads the manifest in a directory, whose first line must name `schema`.
    pub(crate) fn read(dir: &Path, schema: &str) -> Result<Self, LedgerError> {
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
                None => {
                    let said = serde_json::from_slice::<Said>(json).map_err(unread)?.schema;
                    if said != schema {
                        return Err(other_kind(dir, &said, schema)
                            .unwrap_or_else(|| damaged(&format!("schema {said:?}, expected {schema:?}"))));
                    }
                    head = Some(serde_json::from_slice::<H>(json).map_err(unread)?);
                }
                Some(_) => commits.push(serde_json::from_slice::<C>(json).map_err(unread)?),
            }
            last = hash;
            whole += line.len() as u64;
        }
        let head = head.ok_or_else(|| LedgerError::Manifest {
            line: 1,
            why: "it is not whole".into(),
        })?;
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

    /// Returns the hash of the last line: equal where nothing was committed in between.
    pub(crate) fn hash(&self) -> &str {
        &self.last
    }

    /// Appends a commit and makes it durable.
    pub(crate) fn append(&mut self, commit: C) -> Result<(), LedgerError> {
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
}

/// Returns the error of a ledger of the other kind; none where the schema is of no kind.
fn other_kind(dir: &Path, said: &str, wanted: &str) -> Option<LedgerError> {
    let [holds, wanted] = [LedgerKind::of_schema(said)?, LedgerKind::of_schema(wanted)?];
    Some(LedgerError::OtherKind {
        dir: dir.display().to_string(),
        holds: holds.as_str(),
        wanted: wanted.as_str(),
    })
}

/// A tail without its end is torn, unless only its end was changed: a whole commit must not vanish so.
fn refuse_disguised(before: &str, tail: &[u8]) -> Result<(), &'static str> {
    match tail.split_last() {
        Some((_, body)) if checked(before, body).is_some() => Err("its last byte was changed"),
        _ => Ok(()),
    }
}
