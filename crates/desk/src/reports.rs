//! The reports of a case: what people and programs read, drawn from the journal alone and written beside it.

use anyhow::{Context, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use strongroom_case::{self as case, Recorded};

/// The report for people, inside the case's folder.
pub const REPORT_HTML: &str = "report.html";
/// The report for programs, inside the case's folder.
pub const REPORT_JSON: &str = "report.json";
/// The folder of the pages of single files, inside the case's folder.
pub const FILES: &str = "files";

/// Writes the reports that the entries give, and takes away pages of files that the case no longer speaks of.
///
/// Each is written aside and renamed, so that a run that is broken off leaves whole files; the next makes up for it.
///
/// # Errors
/// Where they cannot be written.
pub fn write(case_folder: &Path, entries: &[Recorded]) -> anyhow::Result<()> {
    let reports = drawn(entries)?;
    let folder = case_folder.join(FILES);
    if reports.keys().any(|name| name.starts_with(FILES)) {
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    for (name, text) in &reports {
        let (aside, place) = (case_folder.join(format!("{name}.new")), case_folder.join(name));
        fs::write(&aside, text).with_context(|| format!("cannot write {}", aside.display()))?;
        fs::rename(&aside, &place).with_context(|| format!("cannot write {}", place.display()))?;
    }
    for name in strangers(case_folder, &reports)? {
        let path = case_folder.join(&name);
        fs::remove_file(&path).with_context(|| format!("cannot take away {}", path.display()))?;
    }
    Ok(())
}

/// Verifies that the reports are what the entries give, byte for byte, and that there is no page beside them.
///
/// # Errors
/// Names what is not.
pub fn verify(case_folder: &Path, entries: &[Recorded]) -> anyhow::Result<u64> {
    let reports = drawn(entries)?;
    for (name, text) in &reports {
        let path = case_folder.join(name);
        let there = fs::read(&path).with_context(|| path.display().to_string())?;
        ensure!(
            there == text.as_bytes(),
            "{}: not what the journal gives",
            path.display()
        );
    }
    if let Some(name) = strangers(case_folder, &reports)?.first() {
        anyhow::bail!(
            "{}: the journal gives no such page",
            case_folder.join(name).display()
        );
    }
    Ok(reports.len() as u64)
}

/// Returns those of the listed files that are reports which the entries give, byte for byte. No other file is opened.
pub(crate) fn matching(case_folder: &Path, entries: &[Recorded], listed: &BTreeSet<&Path>) -> Vec<PathBuf> {
    let reports = drawn(entries).unwrap_or_default().into_iter();
    let same = reports.filter_map(|(name, text)| {
        let path = case_folder.join(name);
        (listed.contains(path.as_path()) && holds(&path, text.as_bytes())).then_some(path)
    });
    same.collect()
}

/// Returns whether a file holds exactly these bytes; one of another length is not read.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    fs::metadata(path).is_ok_and(|there| there.len() == bytes.len() as u64)
        && fs::read(path).is_ok_and(|there| there == bytes)
}

/// Returns the reports that the entries give, by the names of their files.
fn drawn(entries: &[Recorded]) -> anyhow::Result<BTreeMap<String, String>> {
    let json = serde_json::to_string(&case::report_json(entries))? + "\n";
    let pages = case::file_pages(entries);
    Ok([
        (REPORT_HTML.to_owned(), case::report_html(entries)),
        (REPORT_JSON.to_owned(), json),
    ]
    .into_iter()
    .chain(pages)
    .collect())
}

/// Returns the files in the folder of pages that the entries do not give, sorted.
fn strangers(case_folder: &Path, reports: &BTreeMap<String, String>) -> anyhow::Result<Vec<String>> {
    let folder = case_folder.join(FILES);
    let listed = match fs::read_dir(&folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| folder.display().to_string()),
    };
    let mut strangers = Vec::new();
    for one in listed {
        let one = one.with_context(|| folder.display().to_string())?;
        let name = format!("{FILES}/{}", one.file_name().to_string_lossy());
        if !reports.contains_key(&name) {
            strangers.push(name);
        }
    }
    strangers.sort();
    Ok(strangers)
}
