//! `lists …`: the shelf of list versions, filled from files.

use crate::input::Inputs;
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use strongroom_model::{Limits, Moment};
use strongroom_screening::{Arrival, ListFile, Purpose, Shelf, Shelved};

/// What is to be put on the shelf.
#[derive(Clone, Debug)]
pub struct Shelving {
    /// The list's name.
    pub list: String,
    /// Its files: one, or OFAC's set of tables; a folder stands for the files in it.
    pub paths: Vec<PathBuf>,
    /// The date of publication, where the user knows it better than the file.
    pub date: Option<String>,
    /// What it means to stand in the list, if it is new; nothing for a new version of one that is known.
    pub purpose: Option<Purpose>,
    /// Whether a loss of many entries is expected.
    pub may_shrink: bool,
}

/// Puts a version of a list on the shelf.
///
/// # Errors
/// Where a file cannot be read whole, and where the shelf refuses: then the last good version stays.
pub fn shelve(folder: &Path, shelving: &Shelving, limits: &Limits) -> anyhow::Result<Shelved> {
    let inputs = Inputs::below(&shelving.paths);
    if let Some(error) = inputs.errors.into_iter().next() {
        return Err(error.into());
    }
    let mut held = Vec::new();
    for input in inputs.files {
        let content = input.read(limits)?;
        anyhow::ensure!(content.gap.is_none(), "{}: longer than a list may be", input.name);
        let name = input.name.rsplit('/').next().unwrap_or(&input.name).to_owned();
        held.push((name, content.bytes));
    }
    let files: Vec<ListFile<'_>> = held
        .iter()
        .map(|(name, bytes)| ListFile { name, bytes })
        .collect();
    let arrival = Arrival {
        list: &shelving.list,
        date: shelving.date.as_deref(),
        added: now().context("the clock is before 1970")?,
        files: &files,
        may_shrink: shelving.may_shrink,
    };
    let mut shelf = Shelf::open(folder)?;
    Ok(match shelving.purpose {
        Some(purpose) => shelf.add(&arrival, purpose)?,
        None => shelf.update(&arrival)?,
    })
}

/// Returns the time of the machine's clock.
pub(crate) fn now() -> Option<Moment> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_micros()).ok().map(Moment::from_micros)
}
