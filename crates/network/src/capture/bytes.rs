//! A cursor over hostile bytes: each step is checked, and nothing is read twice.

/// Bytes that are read from the front.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    /// Returns the next `count` bytes, `None` where fewer are left.
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// Returns what stands behind a length of one byte.
    pub(crate) fn sized8(&mut self) -> Option<Bytes<'a>> {
        let length = self.u8()?;
        self.take(usize::from(length)).map(Bytes)
    }

    /// Returns what stands behind a length of two bytes.
    pub(crate) fn sized16(&mut self) -> Option<Bytes<'a>> {
        let length = self.u16()?;
        self.take(usize::from(length)).map(Bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
