//! The records of the workbook itself: sheets, names, shared strings, links.

use super::super::cursor::Cursor;
use super::super::links::{Book, Sheets};
use super::super::{DefinedName, Dialect, Runs, Sheet, SheetKind, Source, Visibility};
use super::strings::Segments;
use super::{EOF, Reading, Record, Records};
use crate::ovba::encoding_of;
use std::sync::Arc;

const BOUNDSHEET: u16 = 0x0085;
const CODEPAGE: u16 = 0x0042;
const SST: u16 = 0x00FC;
const NAME: [u16; 2] = [0x0018, 0x0218];
const EXTERNSHEET: u16 = 0x0017;
const EXTERNNAME: [u16; 2] = [0x0023, 0x0223];
const SUPBOOK: u16 = 0x01AE;

/// Names that are stored as a number (MS-XLS 2.5.129).
const BUILT_IN: [&str; 14] = [
    "Consolidate_Area",
    "Auto_Open",
    "Auto_Close",
    "Extract",
    "Database",
    "Criteria",
    "Print_Area",
    "Print_Titles",
    "Recorder",
    "Data_Form",
    "Auto_Activate",
    "Auto_Deactivate",
    "Sheet_Title",
    "_FilterDatabase",
];

/// Returns a built-in name by its number; what a writer puts behind the number does not change which it is.
pub(in crate::workbook) fn built_in(name: &str) -> String {
    let number = name.chars().next().map_or(usize::MAX, |c| c as usize);
    let rest: String = name.chars().skip(1).collect();
    match BUILT_IN.get(number) {
        Some(known) => format!("{known}{rest}"),
        None => name.to_owned(),
    }
}

impl Reading {
    /// Reads from the stream's start to the end of the workbook's own records.
    pub(super) fn globals(&mut self, records: &mut Records<'_>, place: &str) {
        let mut depth = 0_u32;
        while let Some(record) = records.next() {
            match record.id {
                _ if record.is_bof() => depth += 1,
                EOF if depth <= 1 => return,
                EOF => depth -= 1,
                _ if depth > 1 => {}
                SST => {
                    let more = records.continued();
                    self.strings(record.data, more, place);
                }
                _ => {
                    if self.global(&record).is_none() && record.id != CODEPAGE {
                        self.gap(
                            place,
                            &format!("record {:#06x} at {} cannot be read", record.id, record.at),
                        );
                    }
                }
            }
        }
        if records.broken {
            self.gap(place, "a record of the workbook breaks off");
        }
    }

    pub(super) fn global(&mut self, record: &Record<'_>) -> Option<()> {
        match record.id {
            BOUNDSHEET => self.bound_sheet(record.data)?,
            CODEPAGE => self.encoding = encoding_of(Cursor::new(record.data).u16()?),
            SUPBOOK => self.book.links.read_book(record.data),
            EXTERNSHEET if self.book.dialect == Dialect::Biff8 => self.book.links.read_ranges(record.data),
            EXTERNSHEET => self.external_sheet(record.data),
            id if EXTERNNAME.contains(&id) => {
                let name = self.external_name(record.data).unwrap_or_default();
                self.book.links.add_name(name);
            }
            id if NAME.contains(&id) => {
                let name = self.defined_name(record.data);
                let whole = name.is_some();
                self.book.names.push(name.unwrap_or_else(DefinedName::unread));
                return whole.then_some(());
            }
            _ => {}
        }
        Some(())
    }

    /// MS-XLS 2.4.28; BIFF 5 has no byte of flags before the name.
    fn bound_sheet(&mut self, data: &[u8]) -> Option<()> {
        let mut data = Cursor::new(data);
        let begin = data.u32()?;
        let [visible, kind, count] = data.array::<3>()?;
        let name = self.short_text(&mut data, count.into())?;
        let mut sheet = Sheet::new(
            name,
            match kind {
                0 => SheetKind::Work,
                1 => SheetKind::Macro,
                2 => SheetKind::Chart,
                _ => SheetKind::Other,
            },
        );
        sheet.visibility = match visible & 3 {
            0 => Visibility::Visible,
            1 => Visibility::Hidden,
            _ => Visibility::VeryHidden,
        };
        self.book.sheets.push(sheet);
        self.begins.push(begin as usize);
        Some(())
    }

    /// Reads characters whose count stood before.
    pub(super) fn short_text(&self, data: &mut Cursor<'_>, count: usize) -> Option<String> {
        if self.book.dialect == Dialect::Biff8 {
            data.flagged(count)
        } else {
            Some(self.text(data.take(count)?))
        }
    }

    /// Returns bytes as text in the workbook's code page.
    pub(super) fn text(&self, bytes: &[u8]) -> String {
        self.encoding.decode_without_bom_handling(bytes).0.into_owned()
    }

    fn strings(&mut self, first: &[u8], more: Vec<&[u8]>, place: &str) {
        let mut segments = Segments::new(first, more);
        let (_total, Some(unique)) = (segments.u32(), segments.u32()) else {
            return self.gap(place, "the shared strings cannot be read");
        };
        for _ in 0..unique {
            match segments.rich() {
                Some(text) => self.strings.push(text.into()),
                None => {
                    let read = self.strings.len();
                    return self.gap(
                        place,
                        &format!("the shared strings break off behind {read} of {unique}"),
                    );
                }
            }
        }
    }

    /// MS-XLS 2.4.150 (Lbl).
    fn defined_name(&self, data: &[u8]) -> Option<DefinedName> {
        let mut data = Cursor::new(data);
        let flags = data.u16()?;
        let _key = data.u8()?;
        let count = data.u8()?;
        let size = data.u16()?;
        let scope = match self.book.dialect {
            Dialect::Biff8 | Dialect::Biff5 => {
                let _sheet = data.u16()?;
                let scope = data.u16()?;
                data.take(4)?;
                usize::from(scope).checked_sub(1)
            }
            _ => None,
        };
        let mut name = self.short_text(&mut data, count.into())?;
        if flags & 0x20 != 0 {
            name = built_in(&name);
        }
        Some(DefinedName {
            name,
            scope,
            hidden: flags & 1 != 0,
            runs: Runs::of(flags.into()),
            formula: tokens(&mut data, size.into())?,
        })
    }

    /// BIFF 5 names one sheet in each record: of this workbook behind a 3, of another behind its path.
    fn external_sheet(&mut self, data: &[u8]) {
        let mut data = Cursor::new(data);
        let count = data.u8().unwrap_or(0);
        let kind = data.rest().first().copied();
        let text = self.text(data.take(count.into()).unwrap_or(data.rest()));
        let number = self.book.links.books.len();
        let book = match kind {
            Some(3) => Book::File {
                path: String::new(),
                sheets: vec![text.chars().skip(1).collect()],
            },
            Some(2 | 4) => Book::Own,
            Some(b':') => Book::AddIn,
            _ => Book::of_path(&text, Vec::new()),
        };
        self.book.links.books.push((book, Vec::new()));
        self.book.links.ranges.push(Sheets {
            book: number,
            first: 0,
            last: 0,
        });
    }

    /// MS-XLS 2.4.105: four bytes that matter to links alone stand before the name.
    fn external_name(&self, data: &[u8]) -> Option<String> {
        let mut data = Cursor::new(data);
        let flags = data.u16()?;
        if self.book.dialect == Dialect::Biff8 || self.book.dialect == Dialect::Biff5 {
            data.take(4)?;
        }
        let count = data.u8()?;
        let name = self.short_text(&mut data, count.into())?;
        Some(if flags & 1 != 0 { built_in(&name) } else { name })
    }
}

/// Takes so many bytes of tokens and what stands behind them: nothing where there are to be none, `None` where there
/// are fewer.
pub(super) fn tokens(data: &mut Cursor<'_>, size: usize) -> Option<Option<Source>> {
    let tokens: Arc<[u8]> = data.take(size)?.into();
    Some((!tokens.is_empty()).then(|| Source::Tokens {
        tokens,
        extra: data.rest().into(),
    }))
}
