//! Numbers and texts of a shortcut as they stand: little-endian, texts with a count or up to a zero.

use crate::text::{decode_text, of_units, units};

/// Bytes that are read from front to back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    /// What is left.
    pub rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub fn new(rest: &'a [u8]) -> Self {
        Cursor { rest }
    }

    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub fn half(&mut self) -> Option<u16> {
        let raw = self.take(2)?.first_chunk::<2>()?;
        Some(u16::from_le_bytes(*raw))
    }

    pub fn word(&mut self) -> Option<u32> {
        let raw = self.take(4)?.first_chunk::<4>()?;
        Some(u32::from_le_bytes(*raw))
    }

    pub fn long(&mut self) -> Option<u64> {
        let raw = self.take(8)?.first_chunk::<8>()?;
        Some(u64::from_le_bytes(*raw))
    }

    pub fn guid(&mut self) -> Option<[u8; 16]> {
        self.take(16)?.first_chunk::<16>().copied()
    }
}

/// Returns the text up to its zero, in single bytes.
pub(super) fn narrow(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    decode_text(text)
}

/// Returns the text up to its zero, in UTF-16.
pub(super) fn wide(bytes: &[u8]) -> String {
    of_units(units(bytes).take_while(|unit| *unit != 0))
}

/// Spells a GUID as it stands in a file (MS-DTYP 2.3.4.2).
pub(super) fn spell(guid: &[u8; 16]) -> String {
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let digits: Vec<String> = ORDER
        .iter()
        .filter_map(|at| guid.get(*at))
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default().concat();
    format!(
        "{}-{}-{}-{}-{}",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 16)
    )
}
