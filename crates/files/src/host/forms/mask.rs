//! Structures of which a mask says what fields they have (MS-OFORMS 2.1.1.2), and the strings whose lengths stand among
//! these fields.

use super::super::fields::Fields;
use crate::text::units;

/// The fields of a structure in their order: the bit of each and its size in bytes.
pub(super) type Layout<'l> = &'l [(u32, usize)];

/// Which fields a structure has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mask(pub u64);

impl Mask {
    /// Whether it has the field of a bit.
    pub(super) fn has(self, bit: u32) -> bool {
        self.0 >> bit & 1 == 1
    }

    /// Passes over fields, as far as they are there.
    pub(super) fn skip(self, fields: &mut Fields<'_>, layout: Layout<'_>) -> Option<()> {
        for (_, size) in layout.iter().filter(|(bit, _)| self.has(*bit)) {
            match size {
                1 => drop(fields.u8()?),
                2 => drop(fields.u16()?),
                4 => drop(fields.u32()?),
                size => drop(fields.take(*size)?),
            }
        }
        Some(())
    }

    /// Takes a number, 0 where it is not there.
    pub(super) fn number(self, fields: &mut Fields<'_>, bit: u32) -> Option<u32> {
        if self.has(bit) { fields.u32() } else { Some(0) }
    }

    /// Takes the length of a string.
    pub(super) fn length(self, fields: &mut Fields<'_>, bit: u32) -> Option<Length> {
        self.number(fields, bit).map(Length::of)
    }
}

/// The length of a string and whether its characters take one byte (MS-OFORMS 2.4.14.2).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Length {
    bytes: usize,
    narrow: bool,
}

impl Length {
    pub(super) fn of(field: u32) -> Self {
        Length {
            bytes: (field & 0x7fff_ffff) as usize,
            narrow: field & 0x8000_0000 != 0,
        }
    }

    /// Takes the string, padded to four bytes.
    pub(super) fn text(self, fields: &mut Fields<'_>) -> Option<Vec<u16>> {
        fields.align(4);
        let bytes = fields.take(self.bytes)?;
        fields.align(4);
        Some(if self.narrow {
            bytes.iter().map(|byte| u16::from(*byte)).collect()
        } else {
            units(bytes).collect()
        })
    }
}
