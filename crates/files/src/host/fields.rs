//! A cursor over the fields of a structure that are aligned to their own size (MS-OFORMS 2.1.1.1).

/// Reads little-endian numbers, each aligned to its size from the structure's first byte.
#[derive(Clone, Debug)]
pub(super) struct Fields<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Fields<'b> {
    /// Starts at a byte of a structure.
    pub(super) fn new(bytes: &'b [u8], at: usize) -> Self {
        Fields { bytes, at }
    }

    /// Returns the position from the structure's first byte.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes on at the next multiple of a size.
    pub(super) fn align(&mut self, size: usize) {
        self.at = self.at.next_multiple_of(size.max(1));
    }

    /// Takes bytes as they stand.
    pub(super) fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.align(2);
        self.take(2)?.first_chunk().copied().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.align(4);
        self.take(4)?.first_chunk().copied().map(u32::from_le_bytes)
    }
}
