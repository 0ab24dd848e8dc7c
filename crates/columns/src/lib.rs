//! Immutable files of fixed-width little-endian columns, memory-mapped and checksummed.
//!
//! One file holds any number of named columns. Opening maps it and checks the header, the directory and the
//! table of checksums (a few bytes per block of data), so it takes the same instant for a kilobyte and for
//! gigabytes. Each block of data is checked the first time that a value of it is asked for; a flipped byte
//! never answers as data, it answers as an error that names the file, the column and the block.
//!
//! This is no database: a file is written once, aside, made durable, renamed into place, and never changed.
//! It is the only crate of the house with `unsafe`, in the one line that maps a file.
//!
//! ```
//! use strongroom_columns::{Builder, ColumnFile};
//!
//! let dir = tempfile::tempdir().unwrap();
//! let path = dir.path().join("heights.columns");
//! let mut builder = Builder::new();
//! builder.u32s("height", [7u32, 8, 9]);
//! builder.strings("name", ["seven", "eight", "nine"]).unwrap();
//! builder.write_aside(&path, &mut |_| {}).unwrap();
//!
//! let file = ColumnFile::open(&path).unwrap();
//! assert_eq!(file.column("height").unwrap().u32(2).unwrap(), 9);
//! assert_eq!(file.strings("name").unwrap().get(1).unwrap(), "eight");
//! file.verify().unwrap();
//! ```

mod builder;
mod column;
mod error;
mod file;
mod layout;
mod mapped;
mod strings;

pub use builder::Builder;
pub use column::Column;
pub use error::ColumnsError;
pub use file::ColumnFile;
pub use layout::FORMAT_VERSION;
pub use strings::Strings;
