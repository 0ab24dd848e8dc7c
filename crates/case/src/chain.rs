//! The chain: how an entry becomes a line that names the line before it, and how a line is read back.
//!
//! A line is
//! `{"seq":7,"prev":"<64 digits>","kind":"note","body":{…},"hash":"<64 digits>"}` and the hash is SHA-256 over all
//! bytes of the line before `,"hash"`. `prev` stands among them, so each hash covers everything before it; the first
//! `prev` is the hash of the opening line. Bytes are compared, never values: a line that says the same in other
//! bytes is an altered line.
//!
//! What the chain cannot see: somebody who rewrites every line and the head too. The head's hash printed in a
//! report that has left the house is what such a journal no longer matches.

use crate::entry::Entry;
use crate::error::{CaseError, Damage};
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The first line of a journal: magic and version.
pub const OPENING: &[u8] = br#"{"schema":"strongroom.journal/1"}"#;

/// Bytes of the longest line that is written or read, its newline not counted.
pub(crate) const LONGEST: usize = 256 << 20;

/// A SHA-256, written as 64 hexadecimal digits in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    fn of(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What an entry is cited by: its number in the journal, counted from 1, and the hash of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct EntryId {
    /// The number.
    pub seq: u64,
    /// The hash of the line, which covers every line before it.
    pub hash: Digest,
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.seq)
    }
}

/// An entry with what it is cited by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// What it is cited by.
    pub id: EntryId,
    /// The entry.
    pub entry: Entry,
}

/// Returns the entries as a new journal would hold them, without any file.
///
/// # Errors
/// [`CaseError::NotKeepable`] where an entry has no line.
pub fn record(entries: &[Entry]) -> Result<Vec<Recorded>, CaseError> {
    let mut chain = Chain::start();
    entries
        .iter()
        .map(|entry| chain.write(entry).map(|(_, recorded)| recorded))
        .collect()
}

/// The end of a chain: how many entries there are, and the hash that the next one names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) count: u64,
    pub(crate) last: Digest,
}

impl Chain {
    /// Returns the chain of a journal without entries.
    pub(crate) fn start() -> Self {
        Chain {
            count: 0,
            last: Digest::of(OPENING),
        }
    }

    /// Returns the entry's line with its newline, and takes the entry into the chain.
    pub(crate) fn write(&mut self, entry: &Entry) -> Result<(Vec<u8>, Recorded), CaseError> {
        let refuse = |why: String| CaseError::NotKeepable {
            kind: entry.kind(),
            why,
        };
        let json = serde_json::to_string(entry).map_err(|error| refuse(error.to_string()))?;
        let fields = json
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .ok_or_else(|| refuse("not an object".into()))?;
        let hashed = format!("{}{fields}", self.opening_of_next());
        let hash = Digest::of(hashed.as_bytes());
        let line = format!("{hashed},\"hash\":\"{hash}\"}}\n").into_bytes();
        let mut next = *self;
        let recorded = next
            .read(line.strip_suffix(b"\n").unwrap_or(&line))
            .map_err(|damage| refuse(damage.to_string()))?;
        if recorded.entry != *entry {
            return Err(refuse("it reads back as another entry".into()));
        }
        *self = next;
        Ok((line, recorded))
    }

    /// Reads a line without its newline, and takes its entry into the chain.
    pub(crate) fn read(&mut self, line: &[u8]) -> Result<Recorded, Damage> {
        if line.len() > LONGEST {
            return Err(Damage::TooLong { limit: LONGEST });
        }
        let (hashed, said) = halves(line).ok_or(Damage::NotAnEntry)?;
        let hash = Digest::of(hashed);
        if said != hash.to_string().as_bytes() {
            return Err(Damage::Altered);
        }
        let fields = hashed
            .strip_prefix(self.opening_of_next().as_bytes())
            .ok_or(Damage::OutOfChain)?;
        let json = [b"{".as_slice(), fields, b"}"].concat();
        let entry = serde_json::from_slice(&json).map_err(|error| Damage::Unknown(error.to_string()))?;
        self.count += 1;
        self.last = hash;
        let id = EntryId {
            seq: self.count,
            hash,
        };
        Ok(Recorded { id, entry })
    }

    fn opening_of_next(&self) -> String {
        format!("{{\"seq\":{},\"prev\":\"{}\",", self.count + 1, self.last)
    }
}

/// Splits a line into the bytes that are hashed and the hash that it says.
fn halves(line: &[u8]) -> Option<(&[u8], &[u8])> {
    const MARK: &[u8] = b",\"hash\":\"";
    let line = line.strip_suffix(b"\"}")?;
    let (rest, hash) = line.split_at_checked(line.len().checked_sub(64)?)?;
    Some((rest.strip_suffix(MARK)?, hash))
}
