//! Which VBA compiled a project: its release, whether for 64 bits, and in which byte order.

use super::op::Op;
use super::table::Table;
use std::fmt;

/// A release of VBA, as far as p-code differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Release {
    /// Office 97.
    Five,
    /// Office 2000 to 2007.
    Six,
    /// Office 2010 and later.
    Seven,
}

/// What a project was compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Machine {
    /// The version that `_VBA_PROJECT` says (MS-OVBA 2.3.4.1).
    pub version: u16,
    /// The release it belongs to.
    pub release: Release,
    /// Whether it is 64-bit Office (`SysKind` 3).
    pub wide: bool,
}

/// The first two bytes of a `_VBA_PROJECT` stream.
const MAGIC: u16 = 0x61CC;
/// The version that says "no performance cache here".
const NO_CACHE: u16 = 0xFFFF;

impl Machine {
    /// Reads the head of a `_VBA_PROJECT` stream; `None` where it holds no performance cache.
    pub fn of(project: &[u8], big: bool, wide: bool) -> Option<Machine> {
        let table = Table::new(project, big);
        let magic = Table::new(project, false).word(0)?;
        let version = table.word(2)?;
        let release = match version {
            0 | NO_CACHE => return None,
            version if version >= 0x97 => Release::Seven,
            version if version >= 0x6B => Release::Six,
            _ => Release::Five,
        };
        (magic == MAGIC).then_some(Machine {
            version,
            release,
            wide: wide && release > Release::Five,
        })
    }

    /// Returns the instruction that a number stands for in this release.
    pub fn op(&self, number: u16) -> Option<Op> {
        let shift = match (self.release, self.wide) {
            (Release::Five, _) => match number {
                0..=68 => 0,
                69..=71 => 1,
                72..=112 => 3,
                113..=151 => 7,
                152..=165 => 8,
                166..=167 => 9,
                168..=170 => 10,
                _ => 11,
            },
            (_, false) => match number {
                0..=173 => 0,
                174..=175 => 1,
                176..=178 => 2,
                _ => 3,
            },
            (_, true) => 0,
        };
        Op::of(number + shift)
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let release = match self.release {
            Release::Five => 5,
            Release::Six => 6,
            Release::Seven => 7,
        };
        let bits = if self.wide { 64 } else { 32 };
        write!(f, "VBA {release} of {bits} bits, version {:#06x}", self.version)
    }
}
