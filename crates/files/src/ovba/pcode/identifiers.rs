//! The identifiers of a project: the table at the end of its `_VBA_PROJECT` stream.
//!
//! Microsoft calls the stream's content implementation-specific (MS-OVBA 2.3.4.1). What stands before the table is
//! passed over by its lengths; each release lays it out a little differently.

use super::machine::{Machine, Release};
use super::reserved::reserved;
use super::table::{Cursor, Table};
use encoding_rs::Encoding;

/// The names of a project by their numbers.
#[derive(Clone, Debug)]
pub(super) struct Names {
    machine: Machine,
    own: Vec<String>,
    /// Whether the table could be read to its end.
    pub whole: bool,
}

impl Names {
    /// Reads the table; what of it cannot be read is missing.
    pub fn read(project: &[u8], machine: Machine, encoding: &'static Encoding) -> Names {
        let mut own = Vec::new();
        let whole = read(project, machine, encoding, &mut own).is_some();
        Names { machine, own, whole }
    }

    /// Returns the project's own identifiers.
    pub fn own(&self) -> &[String] {
        &self.own
    }

    /// Returns the project's own name of a number, where it is certain: from some number on, VBA 7 leaves one out, and
    /// from which is not the same in every version.
    pub fn certain(&self, number: u16) -> Option<&str> {
        let index = usize::from(number >> 1).checked_sub(0x100)?;
        let sure = self.machine.release < Release::Seven || index < SURE;
        self.get(number).filter(|_| sure)
    }

    /// Returns the name of a number, as p-code spells it.
    pub fn get(&self, number: u16) -> Option<&str> {
        let seven = self.machine.release == Release::Seven;
        let index = usize::from(number >> 1);
        let Some(index) = index.checked_sub(0x100) else {
            return reserved(index, seven);
        };
        let index = if seven {
            let behind = index.checked_sub(if self.machine.wide { 7 } else { 4 })?;
            if behind > 0xBE { behind - 1 } else { behind }
        } else {
            index
        };
        self.own.get(index).map(String::as_str)
    }
}

/// Numbers of own names below which VBA 7 leaves none out.
const SURE: usize = 0xBE;
/// Versions whose names come in the code page alone, though later ones come in UTF-16.
const NARROW: [u16; 3] = [0x60, 0x62, 0x63];
/// An early version that has the later layout.
const AHEAD: u16 = 0x4E;

fn read(project: &[u8], machine: Machine, encoding: &'static Encoding, own: &mut Vec<String>) -> Option<()> {
    let big = Table::new(project, false).word(5)? == 0x000E;
    let table = Table::new(project, big);
    let mut cursor = Cursor::new(table, 0x1E);
    let version = Table::new(project, false).word(2)?;
    references(&mut cursor, table, version)?;
    // Forms, constants of conditional compilation.
    cursor.skip_array(2)?;
    cursor.skip_array(4)?;
    cursor.skip(2)?;
    // Type information, description, help file.
    cursor.skip_run()?;
    cursor.skip_run()?;
    cursor.skip_run()?;
    cursor.skip(0x64)?;
    modules(&mut cursor, version)?;
    cursor.skip(6)?;
    cursor.skip_long_run()?;
    cursor.skip(6)?;
    let first = cursor.word()?;
    let all = cursor.word()?;
    let last = cursor.word()?;
    cursor.skip(4)?;
    // Some slots belong to names that are no longer used.
    let own_count = first.checked_sub(last)?;
    let stale = all.checked_sub(own_count)?;
    for _ in 0..stale {
        cursor.skip(4)?;
        let (kind, length) = head(&mut cursor, big)?;
        if kind > 0x7F {
            cursor.skip(6)?;
        }
        cursor.skip(length)?;
    }
    for _ in 0..own_count {
        identifier(&mut cursor, big, encoding, own)?;
    }
    let _ = machine;
    Some(())
}

fn references(cursor: &mut Cursor<'_>, table: Table<'_>, version: u16) -> Option<()> {
    let wide = version >= 0x5B && !NARROW.contains(&version) || version == AHEAD;
    let count = cursor.word()?;
    cursor.skip(2)?;
    for _ in 0..count {
        let length = usize::from(cursor.word()?);
        let least = if wide { 5 } else { 3 };
        if length == 0 {
            cursor.skip(6)?;
        } else {
            let letter = table.byte(cursor.at() + if wide { 4 } else { 2 });
            cursor.skip(length)?;
            // A library's or project's path says its kind by a letter.
            if length >= least && matches!(letter, Some(b'C' | b'D')) {
                cursor.skip_array(1)?;
            }
        }
        cursor.skip(10)?;
        if cursor.word()? != 0 {
            cursor.skip_array(1)?;
            let length = usize::from(cursor.word()?);
            cursor.skip(length + 30 + if length == 0 { 0 } else { 2 })?;
        }
    }
    Some(())
}

fn modules(cursor: &mut Cursor<'_>, version: u16) -> Option<()> {
    let wide = version >= 0x59 && !NARROW.contains(&version) || version == AHEAD;
    let narrow = version <= 0x59 && version != AHEAD || NARROW.contains(&version);
    let count = cursor.word()?;
    for _ in 0..count {
        let mut length = usize::from(cursor.word()?);
        if wide {
            cursor.skip(length)?;
        }
        if narrow {
            if wide && length != 0 {
                length = cursor.word()?.into();
            }
            cursor.skip(length)?;
        }
        cursor.skip_array(1)?;
        cursor.skip_run()?;
        cursor.skip(2)?;
        if version >= 0x6B {
            cursor.skip_run()?;
        }
        cursor.skip_run()?;
        cursor.skip(2)?;
        if version != 0x51 {
            cursor.skip(4)?;
        }
        cursor.skip_array(8)?;
        cursor.skip(11)?;
    }
    Some(())
}

/// Takes the two bytes before a name: its kind, and its length.
fn head(cursor: &mut Cursor<'_>, big: bool) -> Option<(u8, usize)> {
    let pair = cursor.take(2)?;
    let (kind, length) = match (pair, big) {
        ([kind, length], true) | ([length, kind], false) => (*kind, *length),
        _ => return None,
    };
    Some((kind, length.into()))
}

fn identifier(
    cursor: &mut Cursor<'_>,
    big: bool,
    encoding: &'static Encoding,
    own: &mut Vec<String>,
) -> Option<()> {
    let (mut kind, mut length) = head(cursor, big)?;
    let keyword = kind == 0 && length == 0;
    if keyword {
        cursor.skip(2)?;
        (kind, length) = head(cursor, big)?;
    }
    if kind & 0x80 != 0 {
        cursor.skip(6)?;
    }
    if length > 0 {
        own.push(
            encoding
                .decode_without_bom_handling(cursor.take(length)?)
                .0
                .into_owned(),
        );
    }
    // The last name's tail may be missing.
    if !keyword {
        cursor.skip(4)?;
    }
    Some(())
}
