//! The performance cache of one module: the tables that its instructions point into, and the lines.
//!
//! It stands before the compressed source in the module's stream (MS-OVBA 2.3.4.3), undocumented. Lines are the
//! logical lines of the source, blank ones and comments included.

use super::machine::{Machine, Release};
use super::table::{Cursor, Table};

/// The mark before the table of lines.
const LINES: u16 = 0xCAFE;
/// Bytes between an offset that a header says and the mark.
const BEFORE_LINES: usize = 0x3C;
/// Bytes of one entry of the table of lines.
const ENTRY: usize = 12;

/// The tables of a module.
#[derive(Clone, Debug)]
pub(super) struct Cache<'a> {
    /// Libraries and aliases of declared procedures.
    pub declarations: Table<'a>,
    /// Variables, procedures, parameters, types.
    pub indirect: Table<'a>,
    /// Names of objects' types.
    pub objects: Table<'a>,
    /// Names of types that have several parts (`Excel.Range`).
    pub qualified: Table<'a>,
    /// The code of each line, in order; empty for a line that is blank.
    pub lines: Vec<Table<'a>>,
    /// Whether every line that the table names stands in the stream.
    pub whole: bool,
}

/// Returns whether a module stream is of a big-endian project.
pub(super) fn is_big(module: &[u8]) -> bool {
    Table::new(module, false).word(2).is_some_and(|word| word > 0xFF)
}

impl<'a> Cache<'a> {
    /// Reads the tables of a module stream; `None` where it holds no table of lines.
    pub fn read(module: &'a [u8], machine: Machine) -> Option<Cache<'a>> {
        let table = Table::new(module, is_big(module));
        let (mut cache, lines_at) = if machine.release == Release::Five {
            tables_of_five(table)?
        } else {
            tables(table, machine.wide)?
        };
        let mark = table.place(lines_at)?.checked_add(BEFORE_LINES)?;
        cache.read_lines(table, mark)?;
        Some(cache)
    }

    fn read_lines(&mut self, table: Table<'a>, mark: usize) -> Option<()> {
        let mut cursor = Cursor::new(table, mark);
        if cursor.word()? != LINES {
            return None;
        }
        cursor.skip(2)?;
        let count = usize::from(cursor.word()?);
        let code = cursor.at() + count * ENTRY + 10;
        self.whole = true;
        // Lines lie side by side. Those of a table that lays them over each other are read until they have as many
        // bytes as the stream.
        let mut left = table.len();
        for _ in 0..count {
            cursor.skip(4)?;
            let Some(length) = cursor.word().map(usize::from) else {
                self.whole = false;
                break;
            };
            cursor.skip(2)?;
            let offset = cursor.long().map_or(usize::MAX, |offset| offset as usize);
            let line = code
                .checked_add(offset)
                .filter(|_| length > 0)
                .map_or(table.part(0, 0), |at| table.part(at, length));
            self.whole &= line.len() == length;
            let Some(after) = left.checked_sub(line.len()) else {
                self.whole = false;
                break;
            };
            left = after;
            self.lines.push(line);
        }
        Some(())
    }
}

fn tables(table: Table<'_>, wide: bool) -> Option<(Cache<'_>, usize)> {
    const DECLARATIONS: usize = 0x3F;
    let indirect = table.place(0x11)?.checked_add(if wide { 12 } else { 10 })?;
    let objects = table.place(0x05)?.checked_add(0x8A)?;
    let none = table.part(0, 0);
    let cache = Cache {
        declarations: table.counted(DECLARATIONS).unwrap_or(none),
        indirect: table.counted(indirect).unwrap_or(none),
        objects: table.counted(objects).unwrap_or(none),
        qualified: behind(table, objects).unwrap_or(none),
        lines: Vec::new(),
        whole: false,
    };
    Some((cache, 0x19))
}

/// Returns the table behind that of the objects; between them stands a mark of four bytes.
fn behind(table: Table<'_>, objects: usize) -> Option<Table<'_>> {
    let length = table.place(objects)?;
    table.counted(objects.checked_add(length)?.checked_add(8)?)
}

fn tables_of_five(table: Table<'_>) -> Option<(Cache<'_>, usize)> {
    let mut cursor = Cursor::new(table, 11);
    let declarations = table.counted(11);
    cursor.skip_long_run()?;
    cursor.skip(64)?;
    cursor.skip_array(16)?;
    cursor.skip_long_run()?;
    cursor.skip(6)?;
    cursor.skip_long_run()?;
    let at = cursor.at();
    let indirect = table.place(at + 8)?.checked_add(10)?;
    let objects = table.place(at)?.checked_add(0x8A)?;
    let none = table.part(0, 0);
    let cache = Cache {
        declarations: declarations.unwrap_or(none),
        indirect: table.counted(indirect).unwrap_or(none),
        objects: table.counted(objects).unwrap_or(none),
        qualified: none,
        lines: Vec::new(),
        whole: false,
    };
    Some((cache, at + 77))
}
