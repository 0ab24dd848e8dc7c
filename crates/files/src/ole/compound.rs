//! A compound file as a list of streams that can be read.
//!
//! A stream is never longer than the file that holds it, whatever its entry claims; one that breaks off gives
//! what could be read.

use std::io::{Cursor, Read};

/// A stream's place and claimed length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamEntry {
    /// The path from the root, `/`-separated, beginning with `/`.
    pub path: String,
    /// The length in bytes that the directory claims.
    pub claimed: u64,
}

/// What a stream held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRead {
    /// The bytes that could be read.
    pub bytes: Vec<u8>,
    /// Whether all claimed bytes were there.
    pub whole: bool,
}

/// A compound file that could be opened.
#[derive(Debug)]
pub struct Compound<'a> {
    file: cfb::CompoundFile<Cursor<&'a [u8]>>,
    size: u64,
    streams: Vec<StreamEntry>,
    root_class: [u8; 16],
}

impl<'a> Compound<'a> {
    /// Opens a compound file; the error says what its directory or allocation table lacks.
    pub fn open(bytes: &'a [u8]) -> std::io::Result<Self> {
        let file = cfb::CompoundFile::open(Cursor::new(bytes))?;
        let streams = file
            .walk()
            .filter(cfb::Entry::is_stream)
            .map(|entry| StreamEntry {
                path: entry.path().to_string_lossy().into_owned(),
                claimed: entry.len(),
            });
        let streams = streams.collect();
        let root_class = file.root_entry().clsid().to_bytes_le();
        Ok(Compound {
            file,
            size: bytes.len() as u64,
            streams,
            root_class,
        })
    }

    /// Returns the streams in the order of the directory tree.
    pub fn streams(&self) -> &[StreamEntry] {
        &self.streams
    }

    /// Returns the class of the root storage, as it stands in the file.
    pub fn root_class(&self) -> [u8; 16] {
        self.root_class
    }

    /// Returns whether a stream of this path stands in the file; upper and lower case are the same.
    pub fn has(&self, path: &str) -> bool {
        self.streams
            .iter()
            .any(|entry| entry.path.eq_ignore_ascii_case(path))
    }

    /// Reads a stream; `None` where there is none of this path.
    pub fn read(&mut self, path: &str) -> Option<StreamRead> {
        let mut stream = self.file.open_stream(path).ok()?;
        let claimed = stream.len();
        let mut bytes = Vec::new();
        let bound = self.size.min(claimed);
        let ended = stream.by_ref().take(bound).read_to_end(&mut bytes);
        Some(StreamRead {
            whole: ended.is_ok() && bytes.len() as u64 == claimed,
            bytes,
        })
    }
}
