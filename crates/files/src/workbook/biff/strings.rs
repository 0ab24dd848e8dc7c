//! Strings of BIFF 8 that run over several records (MS-XLS 2.4.265 and 2.5.293).

use super::super::cursor::latin;
use crate::text::wide;

/// The data of a record and of the records that continue it.
pub(super) struct Segments<'a> {
    parts: Vec<&'a [u8]>,
    part: usize,
}

impl<'a> Segments<'a> {
    pub fn new(first: &'a [u8], more: Vec<&'a [u8]>) -> Self {
        let mut parts = vec![first];
        parts.extend(more);
        Segments { parts, part: 0 }
    }

    /// Returns what is left of the part at hand, an exhausted one passed over.
    fn here(&mut self) -> Option<&mut &'a [u8]> {
        while self.parts.get(self.part)?.is_empty() {
            self.part += 1;
        }
        self.parts.get_mut(self.part)
    }

    fn byte(&mut self) -> Option<u8> {
        let here = self.here()?;
        let (byte, rest) = here.split_first()?;
        *here = rest;
        Some(*byte)
    }

    pub fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    pub fn u32(&mut self) -> Option<u32> {
        Some(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        let mut left = count;
        while left > 0 {
            let here = self.here()?;
            let step = left.min(here.len());
            *here = here.get(step..)?;
            left -= step;
        }
        Some(())
    }

    /// Reads an `XLUnicodeRichExtendedString`: what of it is no text is passed over.
    pub fn rich(&mut self) -> Option<String> {
        let count = self.u16()?;
        let flags = self.byte()?;
        let runs = if flags & 8 == 0 { 0 } else { self.u16()? };
        let more = if flags & 4 == 0 { 0 } else { self.u32()? };
        let text = self.chars(count.into(), flags)?;
        self.skip(usize::from(runs) * 4)?;
        self.skip(more as usize)?;
        Some(text)
    }

    /// Reads an `XLUnicodeString`.
    pub fn plain(&mut self) -> Option<String> {
        let count = self.u16()?;
        let flags = self.byte()?;
        self.chars(count.into(), flags)
    }

    /// Characters that go on in another record begin there with a byte of flags of their own.
    fn chars(&mut self, count: usize, flags: u8) -> Option<String> {
        let mut text = String::new();
        let (mut left, mut flags) = (count, flags);
        while left > 0 {
            let here = self.parts.get_mut(self.part)?;
            if here.is_empty() {
                self.part += 1;
                flags = self.byte()?;
                continue;
            }
            let width = if flags & 1 == 0 { 1 } else { 2 };
            let whole = (here.len() / width).min(left);
            let (chars, rest) = here.split_at_checked(whole * width)?;
            *here = if whole == 0 { &[] } else { rest };
            text.push_str(&if width == 1 { latin(chars) } else { wide(chars) });
            left -= whole;
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Segments;

    #[test]
    fn a_string_goes_on_in_the_next_record_with_its_own_width() {
        let mut segments = Segments::new(
            b"\x05\0\x08\x01\0ab",
            vec![b"\x01c\0d\0", b"\0e\x01\x02\x03\x04", b"\x01\0\0z"],
        );
        assert_eq!(segments.rich().as_deref(), Some("abcde"));
        assert_eq!(segments.rich().as_deref(), Some("z"));
        assert_eq!(segments.rich(), None);
    }
}
