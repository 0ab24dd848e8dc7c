//! The records of one sheet: its cells (MS-XLS 2.1.7.20.5).

use super::super::cursor::{Cursor, rk};
use super::super::{CELLS, Cell, CellValue, Dialect, ErrorCode, Sheet, SheetKind, Source};
use super::globals::tokens;
use super::strings::Segments;
use super::{CONTINUE, EOF, Reading, Record, Records};

const CODE_NAME: u16 = 0x01BA;
const SHARED: [u16; 2] = [0x04BC, 0x00BC];
const ARRAY: [u16; 2] = [0x0221, 0x0021];
const STRING: [u16; 2] = [0x0207, 0x0007];
/// `dt` of a `BOF`.
const MACRO: u16 = 0x0040;

impl Reading {
    /// Reads a sheet from where the workbook says that it begins.
    pub(super) fn sheet(&mut self, stream: &[u8], index: usize, place: &str) {
        let Some(&begin) = self.begins.get(index) else {
            return;
        };
        let mut records = Records::at(stream, begin);
        let Some(sheet) = self.book.sheets.get(index) else {
            return;
        };
        let (name, kind) = (sheet.name.clone(), sheet.kind);
        if !records.peek().is_some_and(|record| record.is_bof()) {
            if matches!(kind, SheetKind::Work | SheetKind::Macro) {
                self.gap(
                    place,
                    &format!("the sheet {name:?} does not stand where it should"),
                );
            }
            return;
        }
        // What the sheet itself says counts, whatever the workbook calls it.
        let own = records
            .peek()
            .and_then(|bof| Cursor::new(bof.data.get(2..)?).u16());
        let kind = if own == Some(MACRO) {
            SheetKind::Macro
        } else {
            kind
        };
        let mut read = Sheet::new("", kind);
        self.cells(&mut records, &mut read, place);
        read.order();
        if let Some(sheet) = self.book.sheets.get_mut(index) {
            sheet.kind = kind;
            sheet.cells = read.cells;
            sheet.shared = read.shared;
            sheet.code_name = read.code_name;
        }
    }

    /// Reads a file of BIFF 2 to 4, which is one sheet; BIFF 4 workbooks of several are read as one.
    pub(super) fn single(&mut self, stream: &[u8], place: &str) {
        let mut records = Records::at(stream, 0);
        let kind = match records
            .peek()
            .and_then(|bof| Cursor::new(bof.data.get(2..)?).u16())
        {
            Some(MACRO) => SheetKind::Macro,
            _ => SheetKind::Work,
        };
        let mut sheet = Sheet::new("Sheet1", kind);
        self.cells(&mut records, &mut sheet, place);
        sheet.order();
        self.book.sheets.push(sheet);
    }

    fn cells(&mut self, records: &mut Records<'_>, sheet: &mut Sheet, place: &str) {
        let mut depth = 0_u32;
        while let Some(record) = records.next() {
            let Some(left) = self.bytes.checked_sub(4 + record.data.len()) else {
                self.book.full(place);
                return;
            };
            self.bytes = left;
            match record.id {
                _ if record.is_bof() => depth += 1,
                EOF if depth <= 1 => return,
                EOF => depth -= 1,
                _ if depth > 1 => {}
                id if STRING.contains(&id) => {
                    let more = records.continued();
                    let size: usize = more.iter().map(|part| 4 + part.len()).sum();
                    let Some(left) = self.bytes.checked_sub(size) else {
                        self.book.full(place);
                        return;
                    };
                    self.bytes = left;
                    self.result(sheet, record.data, more);
                }
                id if SHARED.contains(&id) || ARRAY.contains(&id) => self.shared(sheet, &record),
                CODE_NAME => sheet.code_name = Segments::new(record.data, Vec::new()).plain(),
                CONTINUE => {}
                _ => {
                    let before = sheet.cells.len();
                    if self.cells >= CELLS {
                        self.book.full(place);
                        return;
                    }
                    if self.cell(sheet, &record).is_none() {
                        self.gap(
                            place,
                            &format!("record {:#06x} at {} cannot be read", record.id, record.at),
                        );
                    }
                    self.cells += sheet.cells.len() - before;
                    if self.book.dialect < Dialect::Biff5 {
                        // These versions keep names and links among the cells.
                        self.global(&record);
                    }
                }
            }
        }
        if records.broken {
            self.gap(place, "a record of a sheet breaks off");
        }
    }

    /// Reads a record that holds cells; `None` where it breaks off, nothing where it is another.
    fn cell(&self, sheet: &mut Sheet, record: &Record<'_>) -> Option<()> {
        let old = self.book.dialect == Dialect::Biff2;
        let mut data = Cursor::new(record.data);
        let mut head = || -> Option<(u32, u32)> {
            let (row, column) = (data.u16()?, data.u16()?);
            data.take(if old { 3 } else { 2 })?;
            Some((row.into(), column.into()))
        };
        let mut put = |(row, column): (u32, u32), value, formula| {
            sheet.cells.push(Cell {
                row,
                column,
                value,
                formula,
            });
        };
        match record.id {
            0x0203 | 0x0003 => put(head()?, CellValue::Number(data.f64()?), None),
            0x0002 if old => put(head()?, CellValue::Number(data.u16()?.into()), None),
            0x027E => put(head()?, CellValue::Number(rk(data.u32()?)), None),
            0x00BD => return many(record.data, &mut put),
            0x0205 | 0x0005 => {
                let at = head()?;
                let [value, is_error] = data.array()?;
                put(at, truth(value, is_error != 0), None);
            }
            0x00FD => {
                let at = head()?;
                let text = self.strings.get(data.u32()? as usize)?;
                put(at, CellValue::Text(text.clone()), None);
            }
            0x0204 | 0x00D6 | 0x0004 => {
                let at = head()?;
                let count = if old { data.u8()?.into() } else { data.u16()? };
                let text = self.short_text(&mut data, count.into())?;
                put(at, CellValue::Text(text.into()), None);
            }
            0x0006 | 0x0206 | 0x0406 => {
                let at = head()?;
                let (value, formula) = self.formula(&mut data)?;
                put(at, value, formula);
            }
            _ => {}
        }
        Some(())
    }

    /// MS-XLS 2.4.127: the result, flags, the formula.
    fn formula(&self, data: &mut Cursor<'_>) -> Option<(CellValue, Option<Source>)> {
        let value = match data.array::<8>()? {
            [0 | 3, .., 0xFF, 0xFF] => CellValue::Empty,
            [1, _, value, .., 0xFF, 0xFF] => CellValue::Bool(value != 0),
            [2, _, code, .., 0xFF, 0xFF] => CellValue::Error(ErrorCode(code)),
            number => CellValue::Number(f64::from_le_bytes(number)),
        };
        let size = match self.book.dialect {
            Dialect::Biff2 => {
                data.u8()?;
                data.u8()?.into()
            }
            Dialect::Biff3 | Dialect::Biff4 => {
                data.take(2)?;
                data.u16()?
            }
            _ => {
                data.take(6)?;
                data.u16()?
            }
        };
        Some((value, tokens(data, size.into())?))
    }

    /// A `STRING` record is the result of the formula before it.
    fn result(&self, sheet: &mut Sheet, first: &[u8], more: Vec<&[u8]>) {
        let text = match self.book.dialect {
            Dialect::Biff8 => Segments::new(first, more).plain(),
            Dialect::Biff2 => first.split_first().map(|(_, text)| self.text(text)),
            _ => first.get(2..).map(|text| self.text(text)),
        };
        if let (Some(cell), Some(text)) = (sheet.cells.last_mut(), text)
            && cell.formula.is_some()
        {
            cell.value = CellValue::Text(text.into());
        }
    }

    /// A formula that a range shares (MS-XLS 2.4.277) or that fills it as an array (2.4.4); cells of the range point to
    /// its first.
    fn shared(&self, sheet: &mut Sheet, record: &Record<'_>) {
        let mut data = Cursor::new(record.data);
        let mut read = || {
            let row = data.u16()?;
            let _last_row = data.u16()?;
            let [column, _last_column] = data.array::<2>()?;
            let before = match (ARRAY.contains(&record.id), self.book.dialect) {
                (true, Dialect::Biff8 | Dialect::Biff5) => 6,
                (true, Dialect::Biff2) => 1,
                _ => 2,
            };
            data.take(before)?;
            let size = if self.book.dialect == Dialect::Biff2 {
                data.u8()?.into()
            } else {
                data.u16()?
            };
            Some((
                (u32::from(row), u32::from(column)),
                tokens(&mut data, size.into())??,
            ))
        };
        if let Some((at, source)) = read() {
            sheet.shared.insert(at, source);
            // The cell that the formula record before it describes is the first of the range in most files, yet not in all.
            if let Some(cell) = sheet.cells.last() {
                let own = (cell.row, cell.column);
                let source = sheet.shared.get(&at).cloned();
                if let Some(source) = source {
                    sheet.shared.entry(own).or_insert(source);
                }
            }
        }
    }
}

/// MS-XLS 2.4.175 (MulRk): a row, a column, numbers with their formats, the last column.
fn many(data: &[u8], put: &mut impl FnMut((u32, u32), CellValue, Option<Source>)) -> Option<()> {
    let mut data = Cursor::new(data);
    let (row, first) = (data.u16()?, data.u16()?);
    for column in u32::from(first).. {
        let Some([_, _, a, b, c, d]) = data.array::<6>() else {
            break;
        };
        put(
            (row.into(), column),
            CellValue::Number(rk(u32::from_le_bytes([a, b, c, d]))),
            None,
        );
    }
    Some(())
}

fn truth(value: u8, is_error: bool) -> CellValue {
    if is_error {
        CellValue::Error(ErrorCode(value))
    } else {
        CellValue::Bool(value != 0)
    }
}
