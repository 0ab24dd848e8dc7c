//! The directory of a ledger: its lock, and the files that no commit names.

use crate::LedgerError;
use crate::error::io;
use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// Takes the lock of a ledger's directory; it is free again when the file is dropped.
pub(crate) fn lock(dir: &Path) -> Result<Held, LedgerError> {
    let path = dir.join("lock");
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(io("open", &path))?;
    hold(file, dir)
}

/// Takes the lock of a directory that has no file for it: that of the directory itself.
pub(crate) fn lock_folder(dir: &Path) -> Result<Held, LedgerError> {
    let folder = File::open(dir).map_err(io("open", dir))?;
    hold(folder, dir)
}

fn hold(file: File, dir: &Path) -> Result<Held, LedgerError> {
    match file.try_lock() {
        Ok(()) => Ok(Held(file)),
        Err(TryLockError::WouldBlock) => Err(LedgerError::Locked {
            dir: dir.display().to_string(),
        }),
        Err(TryLockError::Error(error)) => Err(io("lock", dir)(error)),
    }
}

/// A lock that is held until it is dropped, or until the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Held(File);

impl Drop for Held {
    /// Gives the lock back by name: closing the file is not enough while a child that another thread is just starting
    /// still has a copy of it.
    fn drop(&mut self) {
        // The lock goes with the process at the latest; there is nobody to tell here.
        let _ = self.0.unlock();
    }
}

pub(crate) fn sync_folder(dir: &Path) -> Result<(), LedgerError> {
    let folder = File::open(dir).map_err(io("open", dir))?;
    folder.sync_all().map_err(io("sync", dir))
}

/// Returns the files that a writer of this house makes, by the starts of their names, and no commit names: what a killed
/// one left, or one at work is making.
pub(crate) fn orphans(
    dir: &Path,
    starts: &[&str],
    named: &HashSet<&str>,
) -> Result<Vec<PathBuf>, LedgerError> {
    let mut orphans = Vec::new();
    for entry in fs::read_dir(dir).map_err(io("read", dir))? {
        let path = entry.map_err(io("read", dir))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let sealed = starts.iter().any(|start| name.starts_with(start)) && name.ends_with(".columns");
        if name.ends_with(".aside") || (sealed && !named.contains(name)) {
            orphans.push(path);
        }
    }
    orphans.sort();
    Ok(orphans)
}

/// Removes them.
pub(crate) fn remove_orphans(dir: &Path, starts: &[&str], named: &HashSet<&str>) -> Result<(), LedgerError> {
    orphans(dir, starts, named)?
        .iter()
        .try_for_each(|path| fs::remove_file(path).map_err(io("remove", path)))
}
