//! Watch lists: what reports blame, kept in a table that every reader of reports reads back.
//!
//! A case's own list lies in its folder, and an investigation takes it as evidence like any report.

use anyhow::Context;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use strongroom_intel::{CSV_HEADING, Source, extract, to_csv};
use strongroom_model::{Limits, Observable, Role};

/// The watch list inside a case's folder.
pub const WATCH_LIST: &str = "watch.csv";

/// A watch list on disk.
#[derive(Debug)]
pub struct WatchList {
    path: PathBuf,
    text: String,
    known: BTreeSet<Observable>,
}

impl WatchList {
    /// Opens a list; a folder stands for the list of the case in it, and one that does not exist is empty.
    ///
    /// # Errors
    /// Where it is there and cannot be read.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let path = if path.is_dir() {
            path.join(WATCH_LIST)
        } else {
            path.to_owned()
        };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        anyhow::ensure!(
            text.is_empty() || text.starts_with(CSV_HEADING),
            "{}: no watch list of ours: its first line is another",
            path.display()
        );
        // A list may grow past what one report may name.
        let limits = Limits {
            rows: u32::MAX,
            ..Limits::default()
        };
        let named = extract(text.as_bytes(), &limits).indicators;
        let blamed = named.into_iter().filter(|one| one.role() == Role::Indicator);
        Ok(WatchList {
            path,
            text,
            known: blamed.map(|one| one.observable).collect(),
        })
    }

    /// Returns whether an observable stands on the list.
    pub fn has(&self, observable: &Observable) -> bool {
        self.known.contains(observable)
    }

    /// Adds what the reports blame and the list does not have; returns how many that were.
    ///
    /// # Errors
    /// Where the list cannot be written; the old one stays then.
    pub fn add(&mut self, sources: &[Source]) -> anyhow::Result<usize> {
        let mut count = 0;
        for source in sources {
            let mut source = source.clone();
            let known = &mut self.known;
            source
                .indicators
                .retain(|one| one.role() == Role::Indicator && known.insert(one.observable.clone()));
            count += source.indicators.len();
            let rows = to_csv(&[source]);
            let rows = rows.strip_prefix(CSV_HEADING).unwrap_or(&rows);
            if self.text.is_empty() {
                self.text.push_str(CSV_HEADING);
            }
            self.text.push_str(rows);
        }
        if count > 0 {
            let aside = self.path.with_extension("csv.new");
            fs::write(&aside, &self.text).with_context(|| format!("cannot write {}", aside.display()))?;
            fs::rename(&aside, &self.path)
                .with_context(|| format!("cannot write {}", self.path.display()))?;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::{EvidenceId, Moment};

    fn source(text: &str) -> Source {
        Source {
            name: "a, \"b\".example".to_owned(),
            id: EvidenceId::of(text.as_bytes()),
            when: Moment::from_micros(0),
            indicators: extract(text.as_bytes(), &Limits::default()).indicators,
            objects: Vec::new(),
        }
    }

    #[test]
    fn a_list_takes_what_is_blamed_once_and_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut list = WatchList::open(folder.path()).unwrap();
        let first = source(
            "# IoCs\n\n- c2[.]example\n- 203.0.113[.]9:443\n\n# References\n\nhttps://blog.example/\n",
        );
        assert_eq!(list.add(std::slice::from_ref(&first)).unwrap(), 2);
        assert_eq!(list.add(&[first]).unwrap(), 0);
        let mut list = WatchList::open(&folder.path().join(WATCH_LIST)).unwrap();
        assert!(list.has(&Observable::domain("c2.example").unwrap()));
        assert!(!list.has(&Observable::url("https://blog.example/").unwrap()));
        assert_eq!(list.known.len(), 2);
        assert_eq!(list.add(&[source("c2[.]example d[.]example")]).unwrap(), 1);
        fs::write(folder.path().join("other.csv"), "a,b\n").unwrap();
        assert!(WatchList::open(&folder.path().join("other.csv")).is_err());
    }
}
