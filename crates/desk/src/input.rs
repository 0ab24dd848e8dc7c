//! Inputs: paths that somebody named, opened, listed and read under a bound.
//!
//! This is the only place that reads evidence from disk. A path that cannot be read is an error that names it;
//! a file over the bound is read up to there and leaves a gap, so that nothing is taken for absent.

use crate::hashing::Hashing;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use strongroom_model::{EvidenceId, Gap, Limit, Limits};

/// A path that could not be read, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}", .path.display())]
pub struct InputError {
    /// The path as it was named.
    pub path: PathBuf,
    /// What was being done.
    pub what: &'static str,
    /// What the system said.
    #[source]
    pub cause: io::Error,
}

/// A file that is evidence, with the name that it has in reports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// The name in reports: the path as named, or below the folder that was named, with `/` between its parts.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// The bytes of an input, at most as many as the limits allow.
#[derive(Debug)]
pub struct Content {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Says that the file is longer.
    pub gap: Option<Gap>,
}

/// The files below some paths, and the paths that could not be listed.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The files, in the order of the paths and inside a folder by name.
    pub files: Vec<Input>,
    /// What could not be listed.
    pub errors: Vec<InputError>,
}

impl Inputs {
    /// Lists the files that the paths name; folders are walked, links inside them are not followed.
    pub fn below(paths: &[PathBuf]) -> Self {
        let mut inputs = Inputs::default();
        for path in paths {
            inputs.add(path, &legible(path.as_os_str()), true);
        }
        inputs
    }

    /// Lists the files inside one folder, named by their place below it. What lies in `except` is left out.
    pub fn inside(folder: &Path, except: Option<&Path>) -> Self {
        let mut inputs = Inputs::default();
        let except = except.and_then(|path| fs::canonicalize(path).ok());
        inputs.add_folder(folder, "", except.as_deref());
        inputs
    }

    fn add(&mut self, path: &Path, name: &str, follow: bool) {
        let metadata = if follow {
            fs::metadata(path)
        } else {
            fs::symlink_metadata(path)
        };
        match metadata {
            Ok(metadata) if metadata.is_dir() => self.add_folder(path, name, None),
            Ok(metadata) if metadata.is_file() => self.files.push(Input {
                name: name.to_owned(),
                path: path.to_owned(),
            }),
            // Links, devices and pipes inside a folder are not evidence; one that was named is refused aloud.
            Ok(_) if !follow => {}
            Ok(_) => self.errors.push(InputError {
                path: path.to_owned(),
                what: "cannot be read",
                cause: io::Error::other("neither a file nor a folder"),
            }),
            Err(cause) => self.errors.push(InputError {
                path: path.to_owned(),
                what: "cannot be read",
                cause,
            }),
        }
    }

    fn add_folder(&mut self, folder: &Path, name: &str, except: Option<&Path>) {
        if except.is_some_and(|except| fs::canonicalize(folder).is_ok_and(|folder| folder == except)) {
            return;
        }
        let listed = fs::read_dir(folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
        let mut entries = match listed {
            Ok(entries) => entries,
            Err(cause) => {
                self.errors.push(InputError {
                    path: folder.to_owned(),
                    what: "cannot be listed",
                    cause,
                });
                return;
            }
        };
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let part = legible(&entry.file_name());
            let below = if name.is_empty() {
                part
            } else {
                format!("{}/{part}", name.trim_end_matches('/'))
            };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.add_folder(&entry.path(), &below, except),
                _ => self.add(&entry.path(), &below, false),
            }
        }
    }
}

/// Returns a name as text. Bytes that are no UTF-8, such as those of an old code page, stand as `\xE4`, so that two
/// names never become one.
fn legible(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02X}"));
        }
    }
    text
}

/// Room behind the told length in which the end of the file shows without a growing.
const PROBE: usize = 64;

impl Input {
    fn error(&self, what: &'static str) -> impl FnOnce(io::Error) -> InputError + '_ {
        move |cause| InputError {
            path: self.path.clone(),
            what,
            cause,
        }
    }

    /// Opens the file for streaming.
    pub fn open(&self) -> Result<BufReader<File>, InputError> {
        let file = File::open(&self.path).map_err(self.error("cannot be opened"))?;
        Ok(BufReader::with_capacity(1 << 18, file))
    }

    /// Reads the first bytes, `count` at most.
    pub fn head(&self, count: usize) -> Result<Vec<u8>, InputError> {
        let mut head = Vec::with_capacity(count);
        self.open()?
            .take(count as u64)
            .read_to_end(&mut head)
            .map_err(self.error("cannot be read"))?;
        Ok(head)
    }

    /// Reads the file up to the limit.
    pub fn read(&self, limits: &Limits) -> Result<Content, InputError> {
        let file = File::open(&self.path).map_err(self.error("cannot be opened"))?;
        let allowed = limits.input_bytes + 1;
        // The length that the system tells saves growing, no more: a file may grow, and some tell none.
        let told = file.metadata().map_or(0, |metadata| metadata.len().min(allowed));
        let mut bytes = Vec::with_capacity(usize::try_from(told).unwrap_or(0).saturating_add(PROBE));
        file.take(allowed)
            .read_to_end(&mut bytes)
            .map_err(self.error("cannot be read"))?;
        let over = bytes.len() as u64 > limits.input_bytes;
        bytes.truncate(limits.input_bytes as usize);
        let gap = over.then(|| Gap::limit("content", Limit::InputBytes, limits.input_bytes));
        Ok(Content { bytes, gap })
    }

    /// Returns the file's id and size, read as a stream.
    pub fn identify(&self) -> Result<(EvidenceId, u64), InputError> {
        Hashing::new(self.open()?)
            .finish()
            .map_err(self.error("cannot be read"))
    }

    /// Streams the file through a reading, and returns what came of it with the id and size of the very bytes.
    pub fn stream<T>(
        &self,
        reading: impl FnOnce(&mut dyn Read) -> T,
    ) -> Result<(T, EvidenceId, u64), InputError> {
        let mut hashing = Hashing::new(self.open()?);
        let read = reading(&mut hashing);
        let (id, size) = hashing.finish().map_err(self.error("cannot be read"))?;
        Ok((read, id, size))
    }
}
