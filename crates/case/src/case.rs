//! A case: one directory with a journal that is only appended to, its head, and a lock against a second writer.
//!
//! An append is acknowledged when the journal and then the head are on disk. After a failed write the case is
//! poisoned: it takes nothing more, because what is on disk is unknown until it is read again.

use crate::chain::{Chain, Digest, EntryId, OPENING, Recorded};
use crate::entry::Entry;
use crate::error::{CaseError, HeadDamage};
use crate::journal::{Judged, Verified, head_bytes, judge};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file of the entries, inside a case's folder.
pub const JOURNAL: &str = "journal";
/// The file of what was acknowledged, inside a case's folder.
pub const HEAD: &str = "head";
const LOCK: &str = "lock";

/// A case that is open for writing.
#[derive(Debug)]
pub struct Case {
    dir: PathBuf,
    journal: File,
    /// Held, never read: the lock goes with it.
    _lock: Held,
    chain: Chain,
    recorded: Vec<Recorded>,
    poisoned: bool,
}

/// What a run did to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Converged {
    /// All of it stood there already.
    Unchanged,
    /// The last run was the beginning of this one; what was missing was appended.
    Resumed {
        /// How many entries.
        appended: usize,
    },
    /// The case had no run, or its last run was another: this one was appended whole.
    Added {
        /// How many entries.
        appended: usize,
    },
}

/// A lock that is held until it is dropped, or until the process ends, however it ends.
#[derive(Debug)]
struct Held(File);

impl Drop for Held {
    /// Gives the lock back by name: closing the file is not enough while a child that another thread is just starting
    /// still has a copy of it.
    fn drop(&mut self) {
        // The lock goes with the process at the latest; there is nobody to tell here.
        let _ = self.0.unlock();
    }
}

impl Case {
    /// Makes a new case in a directory, which is made where it is absent.
    ///
    /// # Errors
    /// [`CaseError::AlreadyACase`] where the directory holds one.
    pub fn create(dir: &Path) -> Result<Case, CaseError> {
        fs::create_dir_all(dir).map_err(failed("make the directory", dir))?;
        let lock = locked(dir)?;
        if holds_a_case(dir)? {
            return Err(CaseError::AlreadyACase(dir.to_owned()));
        }
        replace(dir, JOURNAL, &[OPENING, b"\n"].concat())?;
        replace(dir, HEAD, &head_bytes(Chain::start()))?;
        Case::opened(dir, lock)
    }

    /// Opens a case for writing: a torn tail is cut, entries that a crash left unacknowledged are kept.
    ///
    /// # Errors
    /// [`CaseError::NotACase`], [`CaseError::Locked`], and [`CaseError::Damaged`] or [`CaseError::HeadDamaged`]
    /// where the journal is not what was written.
    pub fn open(dir: &Path) -> Result<Case, CaseError> {
        if !holds_a_case(dir)? {
            return Err(CaseError::NotACase(dir.to_owned()));
        }
        let lock = locked(dir)?;
        Case::opened(dir, lock)
    }

    /// Opens the case in a directory, or makes one where there is none.
    ///
    /// # Errors
    /// As [`Case::open`] and [`Case::create`].
    pub fn open_or_create(dir: &Path) -> Result<Case, CaseError> {
        match Case::open(dir) {
            Err(CaseError::NotACase(_)) => Case::create(dir),
            other => other,
        }
    }

    fn opened(dir: &Path, lock: Held) -> Result<Case, CaseError> {
        let judged = load(dir)?;
        let path = dir.join(JOURNAL);
        let journal = OpenOptions::new()
            .append(true)
            .open(&path)
            .map_err(failed("open", &path))?;
        if judged.verified.torn > 0 {
            journal
                .set_len(judged.whole_bytes)
                .and_then(|()| journal.sync_all())
                .map_err(failed("cut the torn tail of", &path))?;
        }
        // Written always: a crash may have left no head at all behind the opening line.
        replace(dir, HEAD, &head_bytes(judged.chain))?;
        Ok(Case {
            dir: dir.to_owned(),
            journal,
            _lock: lock,
            chain: judged.chain,
            recorded: judged.recorded,
            poisoned: false,
        })
    }

    /// Returns all entries in the order in which they were appended.
    pub fn entries(&self) -> &[Recorded] {
        &self.recorded
    }

    /// Returns the hash of the last line, which covers every byte of the journal before it.
    pub fn head(&self) -> Digest {
        self.chain.last
    }

    /// Appends one entry; when this returns, it is on disk.
    ///
    /// # Errors
    /// [`CaseError::NotKeepable`] leaves the case as it was; [`CaseError::Io`] poisons it.
    pub fn append(&mut self, entry: &Entry) -> Result<EntryId, CaseError> {
        let ids = self.append_all(std::slice::from_ref(entry))?;
        ids.last().copied().ok_or(CaseError::Poisoned)
    }

    /// Appends entries under one synchronisation; when this returns, all of them are on disk. After a crash inside
    /// it, a beginning of them may stand there.
    ///
    /// # Errors
    /// As [`Case::append`]; where one entry cannot be kept, none is appended.
    pub fn append_all(&mut self, entries: &[Entry]) -> Result<Vec<EntryId>, CaseError> {
        if self.poisoned {
            return Err(CaseError::Poisoned);
        }
        let mut chain = self.chain;
        let mut bytes = Vec::new();
        let mut added = Vec::with_capacity(entries.len());
        for entry in entries {
            let (line, recorded) = chain.write(entry)?;
            bytes.extend(line);
            added.push(recorded);
        }
        if added.is_empty() {
            return Ok(Vec::new());
        }
        self.poisoned = true;
        self.store(&bytes, chain)?;
        self.poisoned = false;
        self.chain = chain;
        let ids = added.iter().map(|recorded| recorded.id).collect();
        self.recorded.extend(added);
        Ok(ids)
    }

    /// Brings the case to hold a run, which begins with [`Entry::Opened`] and holds no human entry.
    ///
    /// A run that was cut short is a beginning of the same run made again: what is there is skipped, what is missing
    /// is appended. Where the last run differs (other evidence, lists, decisions or version) the run is appended
    /// whole, as a new section; the old one stays. Notes and decisions between do not count.
    ///
    /// # Errors
    /// As [`Case::append_all`].
    pub fn converge(&mut self, run: &[Entry]) -> Result<Converged, CaseError> {
        let standing = last_run(&self.recorded);
        let resumes = !standing.is_empty()
            && standing.len() <= run.len()
            && standing.iter().zip(run).all(|(old, new)| &old.entry == new);
        let have = if resumes { standing.len() } else { 0 };
        let missing = run.get(have..).unwrap_or_default();
        let appended = self.append_all(missing)?.len();
        Ok(match (resumes, appended) {
            (true, 0) => Converged::Unchanged,
            (true, _) => Converged::Resumed { appended },
            (false, _) => Converged::Added { appended },
        })
    }

    fn store(&mut self, bytes: &[u8], chain: Chain) -> Result<(), CaseError> {
        let path = self.dir.join(JOURNAL);
        self.journal
            .write_all(bytes)
            .and_then(|()| self.journal.sync_data())
            .map_err(failed("append to", &path))?;
        replace(&self.dir, HEAD, &head_bytes(chain))
    }
}

/// Reads the entries of a case without locking it; what another process is just appending may be missing.
///
/// # Errors
/// As [`Case::open`], but never [`CaseError::Locked`].
pub fn read(dir: &Path) -> Result<Vec<Recorded>, CaseError> {
    load(dir).map(|judged| judged.recorded)
}

/// Verifies every byte of a case's journal against its chain and its head. Changes nothing.
///
/// # Errors
/// [`CaseError::Damaged`] with line and cause, or [`CaseError::HeadDamaged`].
pub fn verify(dir: &Path) -> Result<Verified, CaseError> {
    load(dir).map(|judged| judged.verified)
}

/// Returns the machine's entries of the last run: [`Entry::Opened`] and what follows it, without human entries.
pub fn last_run(recorded: &[Recorded]) -> Vec<&Recorded> {
    let opened = recorded
        .iter()
        .rposition(|one| matches!(one.entry, Entry::Opened(_)))
        .unwrap_or(recorded.len());
    let from = recorded.get(opened..).unwrap_or_default();
    from.iter().filter(|one| !one.entry.is_human()).collect()
}

/// Returns whether there is a journal. A head that outlived its journal is a loss, not an empty directory.
fn holds_a_case(dir: &Path) -> Result<bool, CaseError> {
    let there = |name| {
        let path = dir.join(name);
        path.try_exists().map_err(failed("look for", &path))
    };
    match (there(JOURNAL)?, there(HEAD)?) {
        (false, true) => Err(CaseError::HeadDamaged(HeadDamage::Orphan)),
        (journal, _) => Ok(journal),
    }
}

/// The head is read first: a journal that grows meanwhile is ahead of it, which is no damage.
fn load(dir: &Path) -> Result<Judged, CaseError> {
    let head = dir.join(HEAD);
    let head = match fs::read(&head) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed("read", &head)(error)),
    };
    let path = dir.join(JOURNAL);
    let journal = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(match head {
                Some(_) => CaseError::HeadDamaged(HeadDamage::Orphan),
                None => CaseError::NotACase(dir.to_owned()),
            });
        }
        Err(error) => return Err(failed("read", &path)(error)),
    };
    judge(&journal, head.as_deref())
}

/// Takes the lock; the operating system gives it back when the process ends, however it ends.
fn locked(dir: &Path) -> Result<Held, CaseError> {
    let path = dir.join(LOCK);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(failed("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(Held(file)),
        Err(TryLockError::WouldBlock) => Err(CaseError::Locked(dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed("lock", &path)(error)),
    }
}

/// Writes a file aside, brings it to disk, and renames it into its place.
fn replace(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), CaseError> {
    let aside = dir.join(format!("{name}.new"));
    let place = dir.join(name);
    let mut file = File::create(&aside).map_err(failed("make", &aside))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(failed("write", &aside))?;
    fs::rename(&aside, &place).map_err(failed("put into its place", &place))?;
    sync_directory(dir)
}

#[cfg(unix)]
fn sync_directory(dir: &Path) -> Result<(), CaseError> {
    let sync = || File::open(dir)?.sync_all();
    sync().map_err(failed("bring to disk", dir))
}

/// Elsewhere a directory is no file that could be brought to disk.
#[cfg(not(unix))]
fn sync_directory(_dir: &Path) -> Result<(), CaseError> {
    Ok(())
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CaseError + use<> {
    let path = path.to_owned();
    move |source| CaseError::Io { doing, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::human::Note;
    use strongroom_model::Moment;

    fn note(text: &str) -> Entry {
        Entry::Note(Note {
            by: "an analyst".into(),
            at: Moment::from_micros(0),
            text: text.into(),
        })
    }

    #[test]
    fn after_a_failed_write_a_case_refuses_until_it_is_opened_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut case = Case::create(dir.path()).unwrap();
        case.append(&note("kept")).unwrap();
        // A handle that cannot write stands for a full disk.
        case.journal = File::open(dir.path().join(JOURNAL)).unwrap();
        assert!(matches!(case.append(&note("lost")), Err(CaseError::Io { .. })));
        assert!(matches!(case.append(&note("refused")), Err(CaseError::Poisoned)));
        assert_eq!(case.entries().len(), 1);
        drop(case);
        let mut case = Case::open(dir.path()).unwrap();
        assert_eq!(case.append(&note("kept again")).unwrap().seq, 2);
        assert_eq!(verify(dir.path()).unwrap().entries, 2);
    }

    #[test]
    fn a_head_that_cannot_be_written_poisons_and_loses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut case = Case::create(dir.path()).unwrap();
        fs::create_dir(dir.path().join("head.new")).unwrap();
        assert!(case.append(&note("on disk, not acknowledged")).is_err());
        assert!(matches!(case.append(&note("x")), Err(CaseError::Poisoned)));
        drop(case);
        assert_eq!(verify(dir.path()).unwrap().unacknowledged, 1);
        fs::remove_dir(dir.path().join("head.new")).unwrap();
        assert_eq!(Case::open(dir.path()).unwrap().entries().len(), 1);
        assert_eq!(verify(dir.path()).unwrap().unacknowledged, 0);
    }
}
