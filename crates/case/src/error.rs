//! Errors: our own failures with a case directory, and what is wrong with a journal.

use std::path::PathBuf;

/// Why a case could not be opened, read or appended to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// The operating system refused.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// There is no journal in the directory.
    #[error("no case in {}", .0.display())]
    NotACase(PathBuf),
    /// There is a journal in the directory already.
    #[error("{} holds a case already", .0.display())]
    AlreadyACase(PathBuf),
    /// Another process writes to the case.
    #[error("{} is being written to by another process", .0.display())]
    Locked(PathBuf),
    /// An earlier write failed: what is on disk is unknown until the case is opened again.
    #[error("an earlier write to the case failed; it takes no more until it is opened again")]
    Poisoned,
    /// The entry cannot be written as a line that reads back as the same entry.
    #[error("the {kind} entry cannot be kept: {why}")]
    NotKeepable {
        /// The kind of entry.
        kind: &'static str,
        /// What stands against it.
        why: String,
    },
    /// The journal is not what was written.
    #[error("journal line {line}: {damage}")]
    Damaged {
        /// The line, counted from 1; line 1 is the journal's opening line.
        line: u64,
        /// What is wrong with it.
        damage: Damage,
    },
    /// The head file is not what was written.
    #[error("head: {0}")]
    HeadDamaged(HeadDamage),
}

/// What is wrong with a line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The first line is not that of a journal of this version.
    #[error("not a strongroom journal of a version that this program reads")]
    NotAJournal,
    /// The line has not the form of an entry.
    #[error("not an entry")]
    NotAnEntry,
    /// The line does not follow the one before it: lines were removed, added or moved.
    #[error("does not follow the line before it")]
    OutOfChain,
    /// The bytes of the line are not those that were hashed.
    #[error("its bytes are not those that were written")]
    Altered,
    /// The hash is right and the content is no entry that this version knows.
    #[error("an entry that this program cannot read: {0}")]
    Unknown(String),
    /// The line is longer than any that is written.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// The longest line in bytes.
        limit: usize,
    },
}

/// What is wrong with a head file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeadDamage {
    /// The file is gone.
    #[error("missing, though the journal has entries")]
    Missing,
    /// The file is there, and the journal is gone.
    #[error("the journal that it speaks of is missing")]
    Orphan,
    /// The file has not the form of a head.
    #[error("not a head")]
    NotAHead,
    /// The journal has fewer entries than were acknowledged.
    #[error("{acknowledged} entries were acknowledged, the journal has {present}")]
    Behind {
        /// Entries that were acknowledged.
        acknowledged: u64,
        /// Entries that the journal has.
        present: u64,
    },
    /// The last acknowledged entry is another one.
    #[error("entry {seq} of the journal is not the one that was acknowledged")]
    Other {
        /// Its number.
        seq: u64,
    },
}
