//! Parts of a binary workbook (MS-XLSB): the workbook, the shared strings, the sheets.

use super::biff_built_in as built_in;
use super::cursor::{Cursor, rk};
use super::links::{Book, Sheets};
use super::package::Listed;
use super::reference::{COLUMNS, ROWS};
use super::{CELLS, Cell, CellValue, DefinedName, ErrorCode, Runs, Sheet, Source, Visibility, Workbook};
use std::sync::Arc;
use strongroom_model::{Gap, Why};

/// Takes a record: a number and a size of seven bits a byte each (MS-XLSB 2.1.4), then its data.
///
/// The number keeps its continuation bit out: 360 is written E8 02.
pub(crate) fn record<'a>(bytes: &mut Cursor<'a>) -> Option<(u32, &'a [u8])> {
    let id = variable(bytes, 2)?;
    let size = variable(bytes, 4)?;
    Some((id, bytes.take(size as usize)?))
}

fn variable(bytes: &mut Cursor<'_>, most: u32) -> Option<u32> {
    let mut number = 0;
    for place in 0..most {
        let byte = bytes.u8()?;
        number |= u32::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(number)
}

/// Runs over the records of a part; a record that breaks off is a gap.
fn walk(bytes: &[u8], place: &str, gaps: &mut Vec<Gap>, mut take: impl FnMut(u32, &[u8]) -> Option<()>) {
    let mut cursor = Cursor::new(bytes);
    let mut faults = 0_u32;
    while !cursor.is_empty() {
        let Some((id, data)) = record(&mut cursor) else {
            gaps.push(Gap::new(place, Why::Damaged, "a record breaks off"));
            return;
        };
        if take(id, data).is_none() {
            faults += 1;
        }
    }
    if faults > 0 {
        let what = format!("{faults} records are shorter than what they hold");
        gaps.push(Gap::new(place, Why::Damaged, what));
    }
}

/// Reads the workbook's part.
pub(super) fn read_workbook(bytes: &[u8], place: &str, book: &mut Workbook, listed: &mut Vec<Listed>) {
    let mut gaps = Vec::new();
    walk(bytes, place, &mut gaps, |id, data| {
        let mut data = Cursor::new(data);
        match id {
            // BrtBundleSh
            156 => listed.push(sheet(data).or_else(|| {
                // A beta of Excel 2007 wrote four bytes more.
                data.take(4)?;
                sheet(data)
            })?),
            // BrtName
            39 => {
                let name = defined_name(&mut data);
                let whole = name.is_some();
                book.names.push(name.unwrap_or_else(DefinedName::unread));
                return whole.then_some(());
            }
            // BrtSupBookSrc, BrtSupSelf, BrtSupSame, BrtSupAddin
            355 => {
                let path = data.nullable_string()?.unwrap_or_default();
                book.links
                    .books
                    .push((Book::of_path(&path, Vec::new()), Vec::new()));
            }
            357 | 358 => book.links.books.push((Book::Own, Vec::new())),
            667 => book.links.books.push((Book::AddIn, Vec::new())),
            // BrtExternSheet
            362 => {
                let _count = data.u32()?;
                while !data.is_empty() {
                    book.links.ranges.push(Sheets {
                        book: data.u32()? as usize,
                        first: data.u32()?.cast_signed(),
                        last: data.u32()?.cast_signed(),
                    });
                }
            }
            _ => {}
        }
        Some(())
    });
    book.gaps.append(&mut gaps);
}

/// MS-XLSB 2.4.313 (BrtBundleSh).
fn sheet(mut data: Cursor<'_>) -> Option<Listed> {
    let state = data.u32()?;
    let _tab = data.u32()?;
    Some(Listed {
        relation: data.nullable_string()?.unwrap_or_default(),
        name: data.wide_string()?,
        visibility: match state {
            0 => Visibility::Visible,
            1 => Visibility::Hidden,
            _ => Visibility::VeryHidden,
        },
    })
}

/// MS-XLSB 2.4.711.
fn defined_name(data: &mut Cursor<'_>) -> Option<DefinedName> {
    let flags = data.u32()?;
    let _key = data.u8()?;
    let scope = match data.u32()? {
        u32::MAX => None,
        sheet => Some(sheet as usize),
    };
    let name = data.wide_string()?;
    Some(DefinedName {
        name: if flags & 0x20 != 0 { built_in(&name) } else { name },
        scope,
        hidden: flags & 1 != 0,
        runs: Runs::of(flags),
        formula: tokens(data)?,
    })
}

/// A parsed formula: sizes of four bytes before the tokens and before the data behind them. Nothing where there are to be
/// no tokens, `None` where there are fewer.
fn tokens(data: &mut Cursor<'_>) -> Option<Option<Source>> {
    let size = data.u32()?;
    let tokens: Arc<[u8]> = data.take(size as usize)?.into();
    let more = data.u32().unwrap_or(0);
    let extra: Arc<[u8]> = data.take(more as usize).unwrap_or(data.rest()).into();
    Some((!tokens.is_empty()).then_some(Source::Tokens { tokens, extra }))
}

/// Reads the shared strings.
pub(super) fn read_strings(bytes: &[u8], place: &str, gaps: &mut Vec<Gap>) -> Vec<Arc<str>> {
    let mut strings = Vec::new();
    walk(bytes, place, gaps, |id, data| {
        // BrtSSTItem: flags, then the text; what is rich stands behind it.
        if id == 19 {
            let text = rich(&mut Cursor::new(data));
            let read = text.is_some();
            strings.push(text.unwrap_or_default().into());
            return read.then_some(());
        }
        Some(())
    });
    strings
}

fn rich(data: &mut Cursor<'_>) -> Option<String> {
    let _flags = data.u8()?;
    data.wide_string()
}

/// Reads a sheet's part.
pub(super) fn read_sheet(
    bytes: &[u8],
    place: &str,
    strings: &[Arc<str>],
    sheet: &mut Sheet,
    book: &mut Workbook,
) {
    let mut gaps = Vec::new();
    let (mut row, mut column) = (0, 0);
    let room = CELLS.saturating_sub(book.cells());
    let mut full = false;
    walk(bytes, place, &mut gaps, |id, data| {
        let mut data = Cursor::new(data);
        match id {
            // BrtRowHdr
            0 => (row, column) = (data.u32()?, 0),
            1..=11 | 62 => {
                column = data.u32()?;
                data.take(4)?;
                put(sheet, id, (row, column), strings, &mut data)?;
            }
            // The short forms stand behind the cell before them.
            12..=18 => {
                column = column.saturating_add(1);
                data.take(4)?;
                put(sheet, id - 11, (row, column), strings, &mut data)?;
            }
            // BrtArrFmla, BrtShrFmla
            426 | 427 => {
                let at = (data.u32()?, data.take(4).and(data.u32())?);
                data.take(if id == 426 { 5 } else { 4 })?;
                if let Some(source) = tokens(&mut data)? {
                    sheet
                        .shared
                        .entry((row, column))
                        .or_insert_with(|| source.clone());
                    sheet.shared.insert(at, source);
                }
            }
            // BrtWsProp
            147 => {
                sheet.code_name = data
                    .take(19)
                    .and_then(|_| data.wide_string())
                    .filter(|name| !name.is_empty())
            }
            _ => {}
        }
        full |= sheet.cells.len() > room;
        if full {
            sheet.cells.truncate(room);
        }
        Some(())
    });
    book.gaps.append(&mut gaps);
    if full {
        book.full(place);
    }
}

fn put(
    sheet: &mut Sheet,
    id: u32,
    at: (u32, u32),
    strings: &[Arc<str>],
    data: &mut Cursor<'_>,
) -> Option<()> {
    let value = match id {
        1 => return Some(()),
        2 => CellValue::Number(rk(data.u32()?)),
        3 | 11 => CellValue::Error(ErrorCode(data.u8()?)),
        4 | 10 => CellValue::Bool(data.u8()? != 0),
        5 | 9 => CellValue::Number(data.f64()?),
        6 | 8 => CellValue::Text(data.wide_string()?.into()),
        7 => CellValue::Text(strings.get(data.u32()? as usize)?.clone()),
        _ => CellValue::Text(rich(data)?.into()),
    };
    if at.0 >= ROWS || at.1 >= COLUMNS {
        return None;
    }
    let formula = if (8..=11).contains(&id) {
        data.take(2)?;
        tokens(data)?
    } else {
        None
    };
    sheet.cells.push(Cell {
        row: at.0,
        column: at.1,
        value,
        formula,
    });
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::{Dialect, SheetKind};

    fn read(tokens: u32) -> (Sheet, Vec<Gap>) {
        let mut cell = vec![0; 8];
        cell.extend(1_f64.to_le_bytes());
        cell.extend([0; 2]);
        cell.extend(tokens.to_le_bytes());
        cell.extend([0x1E, 7, 0]);
        let mut part = vec![0, 4, 0, 0, 0, 0, 9, cell.len() as u8];
        part.extend(cell);
        let mut sheet = Sheet::new("a", SheetKind::Macro);
        let mut book = Workbook::new(Dialect::Biff12);
        read_sheet(&part, "part", &[], &mut sheet, &mut book);
        (sheet, book.gaps)
    }

    #[test]
    fn a_formula_that_breaks_off_is_no_cell_without_one() {
        let (sheet, gaps) = read(3);
        assert!(sheet.cells[0].formula.is_some() && gaps.is_empty(), "{gaps:?}");
        let (sheet, gaps) = read(30);
        assert!(sheet.cells.is_empty());
        assert!(gaps[0].why.contains("shorter"), "{gaps:?}");
    }

    #[test]
    fn a_name_that_cannot_be_read_still_counts() {
        let mut part = vec![39, 4, 0, 0, 0, 0, 39, 21];
        part.extend([0; 5]);
        part.extend([0xFF; 4]);
        part.extend([1, 0, 0, 0, b'b', 0]);
        part.extend([0; 6]);
        let mut book = Workbook::new(Dialect::Biff12);
        read_workbook(&part, "part", &mut book, &mut Vec::new());
        let names: Vec<&str> = book.names.iter().map(|name| name.name.as_str()).collect();
        assert_eq!(names, ["", "b"]);
        assert_eq!(book.gaps.len(), 1);
    }
}
