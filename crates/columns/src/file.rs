//! An open column file: the mapping, its layout, and which blocks have been checked.

use crate::layout::{self, Layout, Meta};
use crate::mapped::Mapped;
use crate::{Column, ColumnsError, Strings};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// An open column file. Cheap to clone; the mapping lives as long as any column of it.
#[derive(Clone)]
pub struct ColumnFile(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) name: String,
    pub(crate) bytes: Mapped,
    pub(crate) layout: Layout,
    /// One bit for each block: set once its checksum held.
    checked: Vec<AtomicU64>,
}

impl std::fmt::Debug for ColumnFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ColumnFile").field(&self.0.name).finish()
    }
}

impl ColumnFile {
    /// Maps a file and checks its header, directory and table of checksums, not its data.
    pub fn open(path: &Path) -> Result<Self, ColumnsError> {
        let name = path.display().to_string();
        let io = |source| ColumnsError::Io {
            action: "open",
            file: name.clone(),
            source,
        };
        let file = File::open(path).map_err(io)?;
        let bytes = Mapped::of_file(&file).map_err(io)?;
        Self::of(name, bytes)
    }

    /// Reads a file that is already in memory; `name` stands in errors.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self, ColumnsError> {
        Self::of(name.to_owned(), Mapped::Memory(bytes))
    }

    fn of(name: String, bytes: Mapped) -> Result<Self, ColumnsError> {
        let layout = Layout::read(&bytes).map_err(|why| ColumnsError::Unsound {
            file: name.clone(),
            why,
        })?;
        let checked = (0..layout.blocks.div_ceil(64))
            .map(|_| AtomicU64::new(0))
            .collect();
        Ok(ColumnFile(Arc::new(Inner {
            name,
            bytes,
            layout,
            checked,
        })))
    }

    /// Returns the column of that name, whatever its width.
    pub fn column(&self, name: &str) -> Result<Column, ColumnsError> {
        self.find(name, None)
    }

    /// Returns the column of that name if its values have `width` bytes.
    pub fn column_of(&self, name: &str, width: u32) -> Result<Column, ColumnsError> {
        self.find(name, Some(width))
    }

    fn find(&self, name: &str, width: Option<u32>) -> Result<Column, ColumnsError> {
        let fits = |meta: &&Meta| meta.name == name && width.is_none_or(|width| meta.width == width);
        let meta = self
            .0
            .layout
            .columns
            .iter()
            .find(fits)
            .ok_or_else(|| ColumnsError::NoColumn {
                file: self.0.name.clone(),
                column: name.to_owned(),
                width: width.unwrap_or_default(),
            })?;
        Ok(Column::new(self.clone(), meta))
    }

    /// Returns the strings of that name: a column of offsets and a column of bytes.
    pub fn strings(&self, name: &str) -> Result<Strings, ColumnsError> {
        Strings::of(self, name)
    }

    /// Returns the names, widths in bytes and counts of all columns, in file order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, u32, u64)> {
        let columns = &self.0.layout.columns;
        columns
            .iter()
            .map(|meta| (meta.name.as_str(), meta.width, meta.count))
    }

    /// Returns the bytes of the whole file.
    pub fn size(&self) -> u64 {
        self.0.bytes.len() as u64
    }

    /// Checks every block again, those that were checked before included.
    pub fn verify(&self) -> Result<(), ColumnsError> {
        for meta in &self.0.layout.columns {
            for block in 0..meta.bytes.div_ceil(self.0.layout.block) {
                self.0.check(meta.first_block + block)?;
            }
        }
        Ok(())
    }

    /// Returns the bytes of the whole file, as they lie on disk, unchecked: for hashing it.
    pub fn raw(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl Inner {
    /// Makes sure that a block, counted through the file, was checked.
    #[inline]
    pub(crate) fn touch(&self, block: usize) -> Result<(), ColumnsError> {
        match self.checked.get(block / 64) {
            Some(word) if word.load(Ordering::Relaxed) >> (block % 64) & 1 == 1 => Ok(()),
            _ => self.first_touch(block),
        }
    }

    #[cold]
    fn first_touch(&self, block: usize) -> Result<(), ColumnsError> {
        self.check(block)?;
        if let Some(word) = self.checked.get(block / 64) {
            word.fetch_or(1 << (block % 64), Ordering::Relaxed);
        }
        Ok(())
    }

    fn check(&self, block: usize) -> Result<(), ColumnsError> {
        let layout = &self.layout;
        let place = layout
            .columns
            .iter()
            .rfind(|meta| meta.first_block <= block && meta.bytes > 0);
        let bytes = place.and_then(|meta| {
            let from = (block - meta.first_block).checked_mul(layout.block)?;
            let to = meta.bytes.min(from.checked_add(layout.block)?);
            self.bytes.get(meta.start + from..meta.start + to)
        });
        let sum = bytes.map(|bytes| layout::sum(block, bytes));
        if sum.is_some() && sum == layout.stored_sum(&self.bytes, block) {
            return Ok(());
        }
        Err(ColumnsError::Damaged {
            file: self.name.clone(),
            column: place.map_or_else(String::new, |meta| meta.name.clone()),
            block: place.map_or(block, |meta| block - meta.first_block) as u64,
        })
    }
}
