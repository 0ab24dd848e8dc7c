//! The directory of an export: what lies in it, and how tables come into it whole or not at all.
//!
//! Tables are written aside. Only when all of them are on disk do they take the place of those that were there. `export.json`
//! says what the directory is: it is there before the first table, and says `complete` when the last one has its name.

use super::table::{Column, ExportedTable, TableFile};
use crate::LedgerError;
use crate::error::io;
use crate::folder::{Held, lock_folder, sync_folder};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// The schema of an export's tables, as `export.json` and every one of them name it.
pub const PARQUET_SCHEMA: &str = "strongroom.parquet/1";

const ABOUT: &str = "export.json";
/// Bytes that are read of it.
const ABOUT_BYTES: u64 = 1 << 16;
/// Every table that an export of either kind has.
const TABLES: [&str; 5] = [
    "blocks.parquet",
    "transactions.parquet",
    "outputs.parquet",
    "inputs.parquet",
    "transfers.parquet",
];

/// What every `export.json` has.
#[derive(Deserialize)]
struct Said {
    schema: String,
}

/// What lies in the directory of an export.
#[derive(Serialize)]
struct About<'a> {
    schema: &'static str,
    /// False until every table has its name.
    complete: bool,
    tables: &'a [ExportedTable],
}

/// A directory that an export is being written into.
#[derive(Debug)]
pub(super) struct Folder {
    dir: PathBuf,
    tables: Vec<ExportedTable>,
    _lock: Held,
}

impl Folder {
    /// Opens a directory, which is made where it is missing.
    ///
    /// # Errors
    /// `NotAnExport` where it holds something, and that is no earlier export.
    pub(super) fn open(dir: &Path) -> Result<Self, LedgerError> {
        fs::create_dir_all(dir).map_err(io("create", dir))?;
        let lock = lock_folder(dir)?;
        let folder = Folder {
            dir: dir.to_owned(),
            tables: Vec::new(),
            _lock: lock,
        };
        if is_empty(dir)? {
            folder.tell(false, &[])?;
        } else if !is_export(dir)? {
            return Err(LedgerError::NotAnExport {
                dir: dir.display().to_string(),
            });
        }
        Ok(folder)
    }

    /// Begins a table.
    pub(super) fn table(
        &self,
        file: &str,
        columns: Vec<Column>,
        notes: &[(&str, String)],
    ) -> Result<TableFile, LedgerError> {
        TableFile::create(&self.aside(file), columns, notes)
    }

    /// Takes a table that is whole.
    pub(super) fn take(&mut self, table: ExportedTable) {
        self.tables.push(table);
    }

    /// Gives every table its name in place of those that were there.
    pub(super) fn finish(self) -> Result<Vec<ExportedTable>, LedgerError> {
        self.tell(false, &[])?;
        for file in TABLES {
            let (aside, path) = (self.aside(file), self.dir.join(file));
            if self.tables.iter().any(|table| table.file == file) {
                fs::rename(&aside, &path).map_err(io("rename", &aside))?;
            } else {
                remove(&aside)?;
                remove(&path)?;
            }
        }
        sync_folder(&self.dir)?;
        self.tell(true, &self.tables)?;
        Ok(self.tables)
    }

    fn aside(&self, file: &str) -> PathBuf {
        self.dir.join(format!("{file}.aside"))
    }

    fn tell(&self, complete: bool, tables: &[ExportedTable]) -> Result<(), LedgerError> {
        let about = About {
            schema: PARQUET_SCHEMA,
            complete,
            tables,
        };
        let mut text = serde_json::to_vec_pretty(&about).expect("its types have string keys only");
        text.push(b'\n');
        let (aside, path) = (self.aside(ABOUT), self.dir.join(ABOUT));
        let mut file = File::create(&aside).map_err(io("create", &aside))?;
        file.write_all(&text).map_err(io("write", &aside))?;
        file.sync_all().map_err(io("sync", &aside))?;
        fs::rename(&aside, &path).map_err(io("rename", &aside))?;
        sync_folder(&self.dir)
    }
}

/// Whether a directory holds nothing, or nothing but the beginning of an export that was killed.
fn is_empty(dir: &Path) -> Result<bool, LedgerError> {
    let begun = format!("{ABOUT}.aside");
    for entry in fs::read_dir(dir).map_err(io("read", dir))? {
        if entry.map_err(io("read", dir))?.file_name() != begun.as_str() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_export(dir: &Path) -> Result<bool, LedgerError> {
    let path = dir.join(ABOUT);
    let file = match File::open(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        other => other.map_err(io("open", &path))?,
    };
    let mut text = Vec::new();
    let mut start = file.take(ABOUT_BYTES);
    start.read_to_end(&mut text).map_err(io("read", &path))?;
    Ok(is_about_export(&text))
}

/// Returns whether bytes are what an export says of its tables, `export.json`.
pub fn is_about_export(bytes: &[u8]) -> bool {
    let said = serde_json::from_slice::<Said>(bytes);
    said.is_ok_and(|said| said.schema == PARQUET_SCHEMA)
}

fn remove(path: &Path) -> Result<(), LedgerError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io("remove", path)(error)),
        _ => Ok(()),
    }
}
