//! The bytes of a column file: mapped from disk, or held in memory for tests and fuzzing.

use std::fs::File;
use std::io;
use std::ops::Deref;

/// Bytes that do not change while they are held.
pub(crate) enum Mapped {
    Map(memmap2::Mmap),
    Memory(Vec<u8>),
}

impl Mapped {
    pub(crate) fn of_file(file: &File) -> io::Result<Self> {
        // SAFETY: a column file is sealed before it gets its name: it is written aside, made durable and
        // renamed, and this house never writes to or truncates one in place. Another program that truncates
        // it while it is mapped ends this process with SIGBUS; no value is read as anything but bytes.
        #[allow(unsafe_code)]
        let map = unsafe { memmap2::Mmap::map(file)? };
        Ok(Mapped::Map(map))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Mapped::Map(map) => map,
            Mapped::Memory(bytes) => bytes,
        }
    }
}
