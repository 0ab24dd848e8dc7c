//! A reader that hashes what passes through it, so that what was read and what was named are the same bytes.

use sha2::{Digest, Sha256};
use std::io::{self, Read};
use strongroom_model::EvidenceId;

/// Hashes and counts all bytes that are read through it.
#[derive(Debug)]
pub struct Hashing<R> {
    inner: R,
    hash: Sha256,
    size: u64,
}

impl<R: Read> Hashing<R> {
    /// Starts with nothing read.
    pub fn new(inner: R) -> Self {
        Hashing {
            inner,
            hash: Sha256::new(),
            size: 0,
        }
    }

    /// Reads what is left and returns the id and length of all bytes.
    ///
    /// # Errors
    /// Where the rest cannot be read.
    pub fn finish(mut self) -> io::Result<(EvidenceId, u64)> {
        io::copy(&mut self, &mut io::sink())?;
        Ok((EvidenceId::from_digest(self.hash.finalize().into()), self.size))
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Some(read) = buffer.get(..count) {
            self.hash.update(read);
            self.size += count as u64;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bytes_count_whoever_reads_them() {
        let mut hashing = Hashing::new(&b"abcdef"[..]);
        hashing.read_exact(&mut [0; 2]).unwrap();
        assert_eq!(hashing.finish().unwrap(), (EvidenceId::of(b"abcdef"), 6));
    }
}
