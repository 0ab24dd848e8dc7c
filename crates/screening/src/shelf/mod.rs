//! The shelf: every version of every list that was ever in force, in one directory.
//!
//! | file | what |
//! |---|---|
//! | `index` | JSON Lines: an opening line with the schema, then a [`Record`] for each version, in the order of arrival |
//! | `files/SHA256` | the files of the versions, each under the hash of its bytes, as they came |
//! | `lock` | held while a version is added |
//!
//! Files under their hashes and an index of lines rather than a database: a list is asked for whole, so nothing would be queried;
//! versions share what is the same; what is kept can be checked with `sha256sum`, and read in ten years by anything.
//! A version is on the shelf when the index says so: the index is written aside, brought to disk and renamed, after the files.
//! A list that is broken, or that lost more than a tenth of its entries, is refused, and the last good one stays.

mod record;

pub use record::{Kept, Record};

use crate::ListError;
use crate::diff::{ListDiff, diff};
use crate::list::{List, ListFile, Purpose};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use strongroom_model::{EvidenceId, Moment};

const INDEX: &str = "index";
const FILES: &str = "files";
const LOCK: &str = "lock";
const OPENING: &str = r#"{"schema":"strongroom.shelf/1"}"#;
/// Of this many entries one may be lost without a question.
const SHRINK: u64 = 10;

/// Why the shelf refuses.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShelfError {
    /// The disk refuses.
    #[error("cannot {doing} {path}", path = path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The list is broken; the last good one stays.
    #[error("the list {list:?} is refused whole, and the last good one stays")]
    Refused {
        /// The list.
        list: String,
        /// What is broken.
        #[source]
        cause: ListError,
    },
    /// The list has far fewer entries than before.
    #[error(
        "the list {list:?} had {before} entries and would have {after}: it stays as it was, unless a loss is expected"
    )]
    Shrunk {
        /// The list.
        list: String,
        /// Entries of the version in force.
        before: u64,
        /// Entries of the new one.
        after: u64,
    },
    /// The new version means something else: a list of parties would become a table of tags, and nobody in it a hit.
    #[error("the list {list:?} is one of {before:?} and would become one of {after:?}: it stays as it was")]
    Meaning {
        /// The list.
        list: String,
        /// What it means to stand in the version in force.
        before: Purpose,
        /// What it would mean.
        after: Purpose,
    },
    /// A list of this name is there already.
    #[error("a list {0:?} is on the shelf already: update it")]
    Known(String),
    /// No list of this name, or no such version of it.
    #[error("no such list on the shelf: {0:?}")]
    Unknown(String),
    /// A name that no list can have.
    #[error("{0:?} is no name for a list")]
    Name(String),
    /// A file is not what it was.
    #[error("the shelf is damaged: {what}")]
    Damaged {
        /// Where, and how that shows.
        what: String,
    },
}

/// What adding a version did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shelved {
    /// The version in force is this one already.
    Unchanged(Record),
    /// The version is in force now.
    New(Record),
}

/// What somebody wants to put on the shelf.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The list's name.
    pub list: &'a str,
    /// The date of publication, where the adder knows it better than the file.
    pub date: Option<&'a str>,
    /// When it is added.
    pub added: Moment,
    /// Its files.
    pub files: &'a [ListFile<'a>],
    /// Whether a loss of many entries is expected.
    pub may_shrink: bool,
}

/// A directory of lists.
#[derive(Debug)]
pub struct Shelf {
    dir: PathBuf,
    records: Vec<Record>,
}

impl Shelf {
    /// Opens the shelf in a directory; one that is absent or empty is an empty shelf.
    ///
    /// # Errors
    /// [`ShelfError::Damaged`] where the index is not what was written.
    pub fn open(dir: &Path) -> Result<Self, ShelfError> {
        let path = dir.join(INDEX);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                return Ok(Shelf {
                    dir: dir.to_owned(),
                    records: Vec::new(),
                });
            }
            Err(cause) => return Err(failed("read", &path)(cause)),
        };
        let damaged = |line: usize, cause: &str| ShelfError::Damaged {
            what: format!("index, line {line}: {cause}"),
        };
        let mut lines = text.lines();
        if lines.next() != Some(OPENING) {
            return Err(damaged(1, "no index of a shelf"));
        }
        let records = (2..).zip(lines).map(|(number, line)| {
            serde_json::from_str(line).map_err(|cause| damaged(number, &cause.to_string()))
        });
        Ok(Shelf {
            dir: dir.to_owned(),
            records: records.collect::<Result<_, _>>()?,
        })
    }

    /// Returns every version, in the order of arrival.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Returns the versions that are in force: the last of each list, in the order of the lists' names.
    pub fn in_force(&self) -> Vec<&Record> {
        let mut last: Vec<&Record> = Vec::new();
        for record in self.records.iter().rev() {
            if !last.iter().any(|known| known.list == record.list) {
                last.push(record);
            }
        }
        last.sort_by(|a, b| a.list.cmp(&b.list));
        last
    }

    /// Returns a version of a list, the last one without a number.
    ///
    /// # Errors
    /// [`ShelfError::Unknown`].
    pub fn record(&self, list: &str, version: Option<u64>) -> Result<&Record, ShelfError> {
        let is_it =
            |record: &&Record| record.list == list && version.is_none_or(|version| record.version == version);
        let unknown =
            || ShelfError::Unknown(version.map_or_else(|| list.to_owned(), |at| format!("{list} {at}")));
        self.records.iter().rev().find(is_it).ok_or_else(unknown)
    }

    /// Puts the first version of a list on the shelf.
    ///
    /// # Errors
    /// [`ShelfError::Known`], and as [`Shelf::update`].
    pub fn add(&mut self, arrival: &Arrival<'_>, purpose: Purpose) -> Result<Shelved, ShelfError> {
        let name = arrival.list;
        if name.is_empty() || name.chars().any(|c| c.is_control() || c == '/') {
            return Err(ShelfError::Name(name.to_owned()));
        }
        let _lock = self.locked()?;
        match self.record(name, None) {
            Ok(_) => Err(ShelfError::Known(name.to_owned())),
            Err(_) => self.put(arrival, purpose, None),
        }
    }

    /// Puts a new version of a list on the shelf.
    ///
    /// # Errors
    /// [`ShelfError::Refused`] where the list is broken, [`ShelfError::Meaning`] where it is a list of something else, [`ShelfError::Shrunk`]
    /// where it lost too much; the last good version stays.
    pub fn update(&mut self, arrival: &Arrival<'_>) -> Result<Shelved, ShelfError> {
        let _lock = self.locked()?;
        let last = self.record(arrival.list, None)?.clone();
        self.put(arrival, last.purpose, Some(last))
    }

    fn put(
        &mut self,
        arrival: &Arrival<'_>,
        purpose: Purpose,
        last: Option<Record>,
    ) -> Result<Shelved, ShelfError> {
        let list = List::of_files(arrival.list, arrival.date, purpose, arrival.files);
        let list = list.map_err(|cause| ShelfError::Refused {
            list: arrival.list.to_owned(),
            cause,
        })?;
        let entries = list.version().entries;
        if let Some(last) = last {
            if last.sha256 == list.version().sha256 {
                return Ok(Shelved::Unchanged(last));
            }
            let after = list.version().purpose;
            if last.purpose != after {
                return Err(ShelfError::Meaning {
                    list: arrival.list.to_owned(),
                    before: last.purpose,
                    after,
                });
            }
            let lost = last.entries.saturating_sub(entries);
            if !arrival.may_shrink && lost.saturating_mul(SHRINK) > last.entries {
                return Err(ShelfError::Shrunk {
                    list: arrival.list.to_owned(),
                    before: last.entries,
                    after: entries,
                });
            }
            return self.shelve(&list, last.version + 1, arrival);
        }
        self.shelve(&list, 1, arrival)
    }

    fn shelve(&mut self, list: &List, version: u64, arrival: &Arrival<'_>) -> Result<Shelved, ShelfError> {
        let record = Record::of(list, version, arrival.added);
        let folder = self.dir.join(FILES);
        fs::create_dir_all(&folder).map_err(failed("make the directory", &folder))?;
        for file in arrival.files {
            let name = file_name(&EvidenceId::of(file.bytes));
            if !folder.join(&name).exists() {
                replace(&folder, &name, file.bytes)?;
            }
        }
        let mut records = self.records.clone();
        records.push(record.clone());
        let mut text = format!("{OPENING}\n");
        for record in &records {
            text += &serde_json::to_string(record).expect("a record has a JSON form");
            text.push('\n');
        }
        replace(&self.dir, INDEX, text.as_bytes())?;
        self.records = records;
        Ok(Shelved::New(record))
    }

    /// Reads a version of a list from its files; each must be what it was.
    ///
    /// # Errors
    /// [`ShelfError::Damaged`] where a file is absent or altered, or the list reads otherwise than when it was added.
    pub fn load(&self, record: &Record) -> Result<List, ShelfError> {
        let mut held = Vec::new();
        for kept in &record.files {
            let path = self.dir.join(FILES).join(file_name(&kept.sha256));
            let bytes = fs::read(&path).map_err(failed("read", &path))?;
            if EvidenceId::of(&bytes) != kept.sha256 {
                return Err(ShelfError::Damaged {
                    what: format!("{} is not what was kept under its hash", path.display()),
                });
            }
            held.push((kept.name.as_str(), bytes));
        }
        let files: Vec<ListFile<'_>> = held
            .iter()
            .map(|(name, bytes)| ListFile { name, bytes })
            .collect();
        let list = List::of_files(&record.list, record.date.as_deref(), record.purpose, &files);
        let list = list.map_err(|cause| ShelfError::Refused {
            list: record.list.clone(),
            cause,
        })?;
        if (&list.version().sha256, list.version().entries) != (&record.sha256, record.entries) {
            return Err(ShelfError::Damaged {
                what: format!(
                    "version {} of {:?} reads otherwise than when it was added",
                    record.version, record.list
                ),
            });
        }
        Ok(list)
    }

    /// Reads all lists that are in force.
    ///
    /// # Errors
    /// As [`Shelf::load`].
    pub fn load_in_force(&self) -> Result<Vec<List>, ShelfError> {
        self.in_force()
            .into_iter()
            .map(|record| self.load(record))
            .collect()
    }

    /// Returns what changed between two versions of a list: by default the last two.
    ///
    /// # Errors
    /// [`ShelfError::Unknown`] where there are no such versions, and as [`Shelf::load`].
    pub fn diff(&self, list: &str, from: Option<u64>, to: Option<u64>) -> Result<ListDiff, ShelfError> {
        let (from, to) = self.between(list, from, to)?;
        Ok(diff(&self.load(from)?, &self.load(to)?))
    }

    /// Returns two versions of a list: by default the last two.
    ///
    /// # Errors
    /// [`ShelfError::Unknown`].
    pub fn between(
        &self,
        list: &str,
        from: Option<u64>,
        to: Option<u64>,
    ) -> Result<(&Record, &Record), ShelfError> {
        let to = self.record(list, to)?;
        let from = from.unwrap_or(to.version.saturating_sub(1));
        Ok((self.record(list, Some(from))?, to))
    }

    /// Takes the lock, and reads the index again: another process may have added a version meanwhile.
    fn locked(&mut self) -> Result<File, ShelfError> {
        fs::create_dir_all(&self.dir).map_err(failed("make the directory", &self.dir))?;
        let path = self.dir.join(LOCK);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path);
        let file = file.map_err(failed("open", &path))?;
        file.lock().map_err(failed("lock", &path))?;
        self.records = Shelf::open(&self.dir)?.records;
        Ok(file)
    }
}

fn file_name(id: &EvidenceId) -> String {
    // No file of an index that somebody wrote leads out of the folder.
    id.as_str().chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Writes a file aside, brings it to disk, and renames it into its place.
fn replace(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), ShelfError> {
    let (aside, place) = (dir.join(format!("{name}.new")), dir.join(name));
    let mut file = File::create(&aside).map_err(failed("make", &aside))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(failed("write", &aside))?;
    fs::rename(&aside, &place).map_err(failed("put into its place", &place))
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ShelfError + use<> {
    let path = path.to_owned();
    move |source| ShelfError::Io { doing, path, source }
}
