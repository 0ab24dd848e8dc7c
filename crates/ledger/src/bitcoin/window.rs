//! A part of a block file in memory, without the key that lies over it on disk.

use std::io::{self, Read, Seek, SeekFrom};

/// The key that Bitcoin Core 28 and later lay over their block files: the file `xor.dat` beside them. Each byte is combined
/// with the key's byte of its place in the file, modulo 8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockKey([u8; 8]);

impl BlockKey {
    /// The key that changes nothing: of files without `xor.dat`.
    pub const NONE: Self = BlockKey([0; 8]);

    /// Returns the key that the bytes of `xor.dat` are; nothing if they are not eight.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(BlockKey)
    }

    /// Returns the key's byte for a place in a file.
    pub(super) fn at(self, place: u64) -> u8 {
        self.0
            .get((place % 8) as usize)
            .copied()
            .expect("modulo eight is under eight")
    }

    fn lift(self, bytes: &mut [u8], place: u64) {
        if self == BlockKey::NONE {
            return;
        }
        let mut key = self.0;
        key.rotate_left((place % 8) as usize);
        for chunk in bytes.chunks_mut(8) {
            chunk.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        }
    }
}

/// Bytes that are read at once where fewer are asked for: many small blocks, the head of a large one.
const READ_AHEAD: usize = 16 << 10;

/// A file and the part of it that was read last.
pub(super) struct Window<R> {
    reader: R,
    key: BlockKey,
    length: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl<R: Read + Seek> Window<R> {
    pub(super) fn new(mut reader: R, key: BlockKey) -> io::Result<Self> {
        let length = reader.seek(SeekFrom::End(0))?;
        Ok(Window {
            reader,
            key,
            length,
            start: 0,
            bytes: Vec::new(),
        })
    }

    pub(super) fn key(&self) -> BlockKey {
        self.key
    }

    /// Returns the length of the file.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Returns `wanted` bytes from a place on, fewer where the file ends.
    pub(super) fn at(&mut self, place: u64, wanted: usize) -> io::Result<&[u8]> {
        let wanted = wanted.min(usize::try_from(self.length.saturating_sub(place)).unwrap_or(usize::MAX));
        let rest = self.from(place, wanted, READ_AHEAD)?;
        Ok(rest.get(..wanted).unwrap_or(rest))
    }

    /// Returns `least` bytes from a place on, or fewer where the file ends, and what is in memory behind them; where they are
    /// not in memory, `ahead` bytes are read.
    pub(super) fn from(&mut self, place: u64, least: usize, ahead: usize) -> io::Result<&[u8]> {
        let inside = place
            .checked_sub(self.start)
            .and_then(|from| usize::try_from(from).ok())
            .filter(|from| from.saturating_add(least) <= self.bytes.len());
        let from = match inside {
            Some(from) => from,
            None => {
                self.fill(place, least.max(ahead))?;
                0
            }
        };
        Ok(self.bytes.get(from..).unwrap_or_default())
    }

    fn fill(&mut self, place: u64, wanted: usize) -> io::Result<()> {
        self.bytes.clear();
        self.reader.seek(SeekFrom::Start(place))?;
        (&mut self.reader)
            .take(wanted as u64)
            .read_to_end(&mut self.bytes)?;
        self.key.lift(&mut self.bytes, place);
        self.start = place;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn the_key_is_lifted_wherever_reading_begins() {
        let key = BlockKey::read(&[1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
        let plain: Vec<u8> = (0..40_000_u32).map(|n| (n / 7) as u8).collect();
        let covered: Vec<u8> = (0..)
            .zip(&plain)
            .map(|(place, byte)| byte ^ key.at(place))
            .collect();
        let mut window = Window::new(Cursor::new(covered), key).unwrap();
        for (place, wanted) in [
            (0, 10),
            (3, 20_000),
            (39_990, 100),
            (17, 3),
            (16_390, 8),
            (50_000, 4),
        ] {
            let end = (place + wanted).min(plain.len());
            let right = plain.get(place..end).unwrap_or_default();
            assert_eq!(window.at(place as u64, wanted).unwrap(), right, "{place}");
        }
        assert_eq!(BlockKey::read(&[1; 7]), None);
    }
}
