//! A cursor over a block's bytes. Whatever the bytes claim, nothing is taken beyond their end.

use super::fault::{BlockFault, Fault};

/// What is left of some bytes, and how far it is from their beginning.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(all: &'a [u8]) -> Self {
        Bytes { all, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.all.get(self.at..).unwrap_or_default()
    }

    /// Returns the bytes between a place passed before and this one.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        self.all.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn fault(&self, fault: Fault) -> BlockFault {
        BlockFault {
            at: self.at as u64,
            fault,
        }
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], BlockFault> {
        let rest = self.rest();
        match rest.split_at_checked(length) {
            Some((taken, _)) => {
                self.at += length;
                Ok(taken)
            }
            None => Err(self.fault(Fault::Short {
                wanted: length as u64,
                left: rest.len() as u64,
            })),
        }
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], BlockFault> {
        match self.rest().first_chunk() {
            Some(array) => {
                self.at += N;
                Ok(*array)
            }
            None => Err(self.fault(Fault::Short {
                wanted: N as u64,
                left: self.rest().len() as u64,
            })),
        }
    }

    pub(super) fn byte(&mut self) -> Result<u8, BlockFault> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn u32(&mut self) -> Result<u32, BlockFault> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, BlockFault> {
        self.array().map(u64::from_le_bytes)
    }

    /// Reads a "compact size": one byte, or a mark and 2, 4 or 8 bytes. As in the nodes, a longer form than the number needs
    /// is refused.
    pub(super) fn compact(&mut self) -> Result<u64, BlockFault> {
        let start = self.at;
        let (number, least) = match self.byte()? {
            0xfd => (u64::from(u16::from_le_bytes(self.array()?)), 0xfd),
            0xfe => (u64::from(self.u32()?), 0x1_0000),
            0xff => (self.u64()?, 0x1_0000_0000),
            small => (u64::from(small), 0),
        };
        if number < least {
            return Err(BlockFault {
                at: start as u64,
                fault: Fault::NotShortest(number),
            });
        }
        Ok(number)
    }

    /// Reads how many things of at least `least` bytes follow; more than could is refused before memory is asked for.
    pub(super) fn count(&mut self, least: usize) -> Result<usize, BlockFault> {
        let start = self.at;
        let claimed = self.compact()?;
        let left = self.rest().len();
        match usize::try_from(claimed) {
            Ok(count) if count <= left / least => Ok(count),
            _ => Err(BlockFault {
                at: start as u64,
                fault: Fault::TooMany {
                    claimed,
                    left: left as u64,
                },
            }),
        }
    }

    /// Reads a length and as many bytes.
    pub(super) fn sized(&mut self) -> Result<&'a [u8], BlockFault> {
        let length = self.count(1)?;
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compact_size_is_read_in_its_shortest_form_alone() {
        let read = |bytes: &[u8]| Bytes::new(bytes).compact().map_err(|fault| fault.fault);
        assert_eq!(read(&[0xfc]), Ok(0xfc));
        assert_eq!(read(&[0xfd, 0xfd, 0]), Ok(0xfd));
        assert_eq!(read(&[0xfe, 0, 0, 1, 0]), Ok(0x1_0000));
        assert_eq!(read(&[0xff, 0, 0, 0, 0, 1, 0, 0, 0]), Ok(0x1_0000_0000));
        assert_eq!(read(&[0xfd, 0xfc, 0]), Err(Fault::NotShortest(0xfc)));
        assert_eq!(read(&[0xff, 1, 0, 0, 0, 0, 0, 0, 0]), Err(Fault::NotShortest(1)));
        assert_eq!(read(&[0xfe, 1]), Err(Fault::Short { wanted: 4, left: 1 }));
    }

    #[test]
    fn a_count_beyond_the_bytes_that_remain_is_refused() {
        let bytes = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3];
        let mut cursor = Bytes::new(&bytes);
        assert_eq!(
            cursor.count(1).map_err(|fault| fault.fault),
            Err(Fault::TooMany {
                claimed: u64::MAX,
                left: 3
            })
        );
        assert_eq!(
            Bytes::new(&[2, 0, 0, 0]).count(2).map_err(|fault| fault.at),
            Err(0)
        );
        assert_eq!(Bytes::new(&[2, 0, 0, 0, 0]).count(2), Ok(2));
    }
}
