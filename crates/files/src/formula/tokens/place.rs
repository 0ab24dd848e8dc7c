//! Where references of tokens lead: rows and columns, and the sheets before them.

use super::super::{Site, Target};
use super::Parser;
use crate::workbook::{Book, Corner, Dialect, Extern, Place};
use std::sync::Arc;

impl Parser<'_, '_> {
    /// Reads the sheets of a reference.
    pub(super) fn target(&mut self) -> Option<Target> {
        match self.dialect() {
            Dialect::Biff12 | Dialect::Biff8 => {
                let range = self.tokens.u16()?;
                Some(target_of(range.into(), self.site))
            }
            _ => self.old_target(),
        }
    }

    /// BIFF 5 (tRef3d): a number of an `EXTERNSHEET`, negative for the own workbook, whose sheets then follow.
    fn old_target(&mut self) -> Option<Target> {
        let number = i16::from_le_bytes(self.tokens.array()?);
        self.tokens.take(8)?;
        let (first, last) = (self.tokens.u16()?, self.tokens.u16()?);
        if number < 0 {
            return Some(sheets(first.into(), last.into(), self.site));
        }
        let at = usize::from(number.unsigned_abs()).saturating_sub(1);
        Some(match self.site.book.links.book(at) {
            Some(Book::File { path, sheets }) if path.is_empty() => {
                Target::Sheet(sheets.first().map_or("", String::as_str).into())
            }
            Some(Book::File { path, .. }) => Target::Elsewhere(path.as_str().into()),
            _ => Target::Here,
        })
    }

    /// Reads a row and a column; `offset` says that relative ones count from the formula's cell.
    pub(super) fn corner(&mut self, offset: bool) -> Option<Corner> {
        let row = self.row()?;
        let column = self.column()?;
        Some(self.placed(row, column, offset))
    }

    pub(super) fn corners(&mut self, offset: bool) -> Option<(Corner, Corner)> {
        let rows = (self.row()?, self.row()?);
        let columns = (self.column()?, self.column()?);
        Some((
            self.placed(rows.0, columns.0, offset),
            self.placed(rows.1, columns.1, offset),
        ))
    }

    fn row(&mut self) -> Option<u32> {
        if self.dialect() == Dialect::Biff12 {
            self.tokens.u32()
        } else {
            self.tokens.u16().map(u32::from)
        }
    }

    fn column(&mut self) -> Option<u32> {
        if self.dialect() >= Dialect::Biff8 {
            self.tokens.u16().map(u32::from)
        } else {
            self.tokens.u8().map(u32::from)
        }
    }

    fn placed(&self, row: u32, column: u32, offset: bool) -> Corner {
        // BIFF 8 and 12 keep what is relative with the column, the others with the row.
        let (row, column, free_row, free_column, row_bits, column_bits) = match self.dialect() {
            Dialect::Biff12 => (
                row,
                column & 0x3FFF,
                column & 0x8000 != 0,
                column & 0x4000 != 0,
                20,
                14,
            ),
            Dialect::Biff8 => (
                row,
                column & 0x3FFF,
                column & 0x8000 != 0,
                column & 0x4000 != 0,
                16,
                8,
            ),
            _ => (row & 0x3FFF, column, row & 0x8000 != 0, row & 0x4000 != 0, 14, 8),
        };
        let place = |at: u32, free: bool, bits: u32| match (free, offset) {
            (false, _) => Place::Fixed(at),
            (true, false) => Place::Free(at),
            (true, true) => Place::Offset(at.wrapping_shl(32 - bits).cast_signed() >> (32 - bits)),
        };
        Corner {
            row: place(row, free_row, row_bits),
            column: place(column, free_column, column_bits),
        }
    }
}

/// Returns the sheets of a range of sheets.
fn target_of(range: usize, site: &Site<'_>) -> Target {
    let links: &Extern = &site.book.links;
    let Some(range) = links.ranges.get(range) else {
        return Target::Elsewhere("#REF".into());
    };
    match links.book(range.book) {
        Some(Book::Own) => sheets(range.first, range.last, site),
        Some(Book::File { path, sheets }) => {
            let sheet = usize::try_from(range.first)
                .ok()
                .and_then(|first| sheets.get(first));
            let name = format!("[{path}]{}", sheet.map_or("", String::as_str));
            Target::Elsewhere(name.into())
        }
        _ => Target::Elsewhere("#REF".into()),
    }
}

fn sheets(first: i32, last: i32, site: &Site<'_>) -> Target {
    // -2 is the whole workbook, -1 a sheet that is gone.
    let name = |number: i32| {
        let sheet = usize::try_from(number)
            .ok()
            .and_then(|number| site.book.sheets.get(number));
        sheet.map(|sheet| Arc::<str>::from(sheet.name.as_str()))
    };
    match (name(first), name(last)) {
        (Some(first_name), _) if first == last => Target::Sheet(first_name),
        (Some(first), Some(last)) => Target::Elsewhere(format!("{first}:{last}").into()),
        _ if first == -2 => Target::Here,
        _ => Target::Elsewhere("#REF".into()),
    }
}
