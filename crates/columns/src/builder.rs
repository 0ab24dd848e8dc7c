//! The writer: gathers columns in memory, then writes the file aside, makes it durable and renames it.

use crate::ColumnsError;
use crate::layout::{self, Layout};
use crate::strings::{bytes_name, offsets_name};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

const BLOCK: usize = 8 << 10;

/// The columns of a file to be.
#[derive(Debug)]
pub struct Builder {
    block: usize,
    columns: Vec<(String, u32, Vec<u8>)>,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// Starts a file with blocks of 8 KiB.
    pub fn new() -> Self {
        Builder {
            block: BLOCK,
            columns: Vec::new(),
        }
    }

    /// Starts a file with blocks of the given bytes: 4096, 8192 or 16384.
    ///
    /// # Panics
    /// On any other number.
    pub fn with_block(block: usize) -> Self {
        assert!(layout::is_block(block), "blocks have 4, 8 or 16 KiB");
        Builder {
            block,
            columns: Vec::new(),
        }
    }

    /// Adds a column of values of `width` bytes, given as their little-endian bytes in order.
    ///
    /// # Panics
    /// Where the width is none of 1, 2, 4, 8, 16, 32, the bytes are no whole number of values, or the name is
    /// over 24 bytes: the program's own mistakes.
    pub fn column(&mut self, name: impl Into<String>, width: u32, bytes: Vec<u8>) -> &mut Self {
        let name = name.into();
        assert!(
            layout::is_width(width) && bytes.len().is_multiple_of(width as usize),
            "whole values"
        );
        assert!(name.len() <= layout::NAME, "a column's name has at most 24 bytes");
        self.columns.push((name, width, bytes));
        self
    }

    /// Adds a column of width 4.
    pub fn u32s(&mut self, name: &str, values: impl IntoIterator<Item = u32>) -> &mut Self {
        self.column(name, 4, values.into_iter().flat_map(u32::to_le_bytes).collect())
    }

    /// Adds a column of width 8.
    pub fn u64s(&mut self, name: &str, values: impl IntoIterator<Item = u64>) -> &mut Self {
        self.column(name, 8, values.into_iter().flat_map(u64::to_le_bytes).collect())
    }

    /// Adds strings: a column `NAME.at` of offsets and a column `NAME.text` of bytes.
    ///
    /// All strings of one name together must stay below 4 GiB.
    pub fn strings<S: AsRef<str>>(
        &mut self,
        name: &str,
        strings: impl IntoIterator<Item = S>,
    ) -> Result<&mut Self, ColumnsError> {
        let (mut offsets, mut text) = (vec![0u32], Vec::new());
        for string in strings {
            text.extend_from_slice(string.as_ref().as_bytes());
            let end = u32::try_from(text.len()).map_err(|_| ColumnsError::TooLong {
                column: name.to_owned(),
            })?;
            offsets.push(end);
        }
        self.u32s(&offsets_name(name), offsets);
        Ok(self.column(bytes_name(name), 1, text))
    }

    fn layout(&self) -> Layout {
        let entries = self.columns.iter();
        let entries = entries
            .map(|(name, width, bytes)| (name.clone(), *width, (bytes.len() / *width as usize) as u64));
        Layout::of(self.block, entries.collect()).expect("what is in memory has a length")
    }

    fn head(&self) -> Vec<u8> {
        let blocks = self
            .columns
            .iter()
            .flat_map(|(_, _, bytes)| bytes.chunks(self.block));
        let sums: Vec<u32> = blocks
            .enumerate()
            .map(|(at, bytes)| layout::sum(at, bytes))
            .collect();
        self.layout().write(&sums)
    }

    /// Returns the file as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.head();
        self.columns
            .iter()
            .for_each(|(_, _, bytes)| out.extend_from_slice(bytes));
        out
    }

    /// Writes the file as `PATH.aside`, makes it durable, and renames it to `path`; `seen` gets all its bytes
    /// in order, for hashing. Returns the bytes written.
    ///
    /// A process that is killed at any moment leaves either no file of that name or the whole one.
    pub fn write_aside(&self, path: &Path, seen: &mut dyn FnMut(&[u8])) -> Result<u64, ColumnsError> {
        let io = |action| {
            move |source| ColumnsError::Io {
                action,
                file: path.display().to_string(),
                source,
            }
        };
        let mut aside = path.as_os_str().to_owned();
        aside.push(".aside");
        let mut file = File::create(&aside).map_err(io("create"))?;
        let head = self.head();
        let parts =
            std::iter::once(head.as_slice()).chain(self.columns.iter().map(|(_, _, bytes)| bytes.as_slice()));
        let mut written = 0;
        for part in parts {
            seen(part);
            file.write_all(part).map_err(io("write"))?;
            written += part.len() as u64;
        }
        file.sync_all().map_err(io("sync"))?;
        fs::rename(&aside, path).map_err(io("rename"))?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = File::open(parent.unwrap_or(Path::new("."))).map_err(io("open the folder of"))?;
        parent.sync_all().map_err(io("sync the folder of"))?;
        Ok(written)
    }
}
