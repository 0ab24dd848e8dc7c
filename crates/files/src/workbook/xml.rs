//! Parts of a workbook in XML (ECMA-376 part 1, 18.2 to 18.4 and 18.17).

use super::package::Listed;
use super::reference::parse_a1;
use super::{CELLS, Cell, CellValue, DefinedName, ErrorCode, Runs, Sheet, Source, Visibility, Workbook};
use crate::package::attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use std::collections::HashMap;
use std::sync::Arc;
use strongroom_model::{Gap, Why};

/// What a part is walked for: tags that open and close, and the text between.
trait Visit {
    fn open(&mut self, name: &str, tag: &BytesStart<'_>);
    fn close(&mut self, name: &str, text: &mut String);
}

/// Walks a part; the text of an element is what stands since its opening tag.
fn walk(text: &str, place: &str, gaps: &mut Vec<Gap>, visit: &mut impl Visit) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut words = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                words.clear();
                visit.open(tag.local_name().as_ref(), &tag);
            }
            Ok(Event::Empty(tag)) => {
                words.clear();
                visit.open(tag.local_name().as_ref(), &tag);
                visit.close(tag.local_name().as_ref(), &mut words);
            }
            Ok(Event::End(tag)) => {
                visit.close(tag.local_name().as_ref(), &mut words);
                words.clear();
            }
            Ok(Event::Text(part)) => words.push_str(&part.xml10_content()),
            Ok(Event::CData(part)) => words.push_str(&part.xml10_content()),
            Ok(Event::GeneralRef(entity)) => words.extend(character(&entity)),
            Ok(Event::Eof) => return,
            Ok(_) => {}
            Err(error) => return gaps.push(Gap::new(place, Why::Damaged, error)),
        }
    }
}

fn character(entity: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return Some(c);
    }
    Some(match &*entity.xml10_content() {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Resolves `_xHHHH_`, which stands for a character that XML cannot hold (ECMA-376 part 1, 22.4.2.4).
fn plain(text: &str) -> Arc<str> {
    if !text.contains("_x") {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("_x") {
        plain.push_str(before);
        let code = behind
            .get(..5)
            .and_then(|code| code.strip_suffix('_'))
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        match (code, behind.get(5..)) {
            (Some(c), Some(after)) => {
                plain.push(c);
                rest = after;
            }
            _ => {
                plain.push_str("_x");
                rest = behind;
            }
        }
    }
    plain.push_str(rest);
    plain.into()
}

struct Book<'a> {
    book: &'a mut Workbook,
    listed: &'a mut Vec<Listed>,
    name: Option<DefinedName>,
}

impl Visit for Book<'_> {
    fn open(&mut self, name: &str, tag: &BytesStart<'_>) {
        match name {
            "sheet" => self.listed.push(Listed {
                relation: attribute(tag, "id").unwrap_or_default(),
                name: attribute(tag, "name").unwrap_or_default(),
                visibility: match attribute(tag, "state").as_deref() {
                    Some("hidden") => Visibility::Hidden,
                    Some("veryHidden") => Visibility::VeryHidden,
                    _ => Visibility::Visible,
                },
            }),
            "definedName" => {
                let says = |key| attribute(tag, key).is_some_and(|value| value == "1" || value == "true");
                self.name = Some(DefinedName {
                    name: attribute(tag, "name").unwrap_or_default(),
                    scope: attribute(tag, "localSheetId").and_then(|id| id.parse().ok()),
                    hidden: says("hidden"),
                    runs: match () {
                        () if says("vbProcedure") => Runs::Procedure,
                        () if says("function") || says("xlm") => Runs::Macro,
                        () => Runs::Nothing,
                    },
                    formula: None,
                });
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str, text: &mut String) {
        if name == "definedName"
            && let Some(mut name) = self.name.take()
        {
            name.formula = (!text.is_empty()).then(|| Source::Text(text.as_str().into()));
            self.book.names.push(name);
        }
    }
}

/// Reads the workbook's part.
pub(super) fn read_workbook(text: &str, place: &str, book: &mut Workbook, listed: &mut Vec<Listed>) {
    let mut gaps = Vec::new();
    let mut visit = Book {
        book,
        listed,
        name: None,
    };
    walk(text, place, &mut gaps, &mut visit);
    book.gaps.append(&mut gaps);
}

#[derive(Default)]
struct Strings {
    strings: Vec<Arc<str>>,
    item: String,
    phonetic: bool,
}

impl Visit for Strings {
    fn open(&mut self, name: &str, _: &BytesStart<'_>) {
        match name {
            "si" => self.item.clear(),
            "rPh" => self.phonetic = true,
            _ => {}
        }
    }

    fn close(&mut self, name: &str, text: &mut String) {
        match name {
            "t" if !self.phonetic => self.item.push_str(text),
            "rPh" => self.phonetic = false,
            "si" => self.strings.push(plain(&self.item)),
            _ => {}
        }
    }
}

/// Reads the shared strings.
pub(super) fn read_strings(text: &str, place: &str, gaps: &mut Vec<Gap>) -> Vec<Arc<str>> {
    let mut strings = Strings::default();
    walk(text, place, gaps, &mut strings);
    strings.strings
}

struct Cells<'a> {
    sheet: &'a mut Sheet,
    strings: &'a [Arc<str>],
    /// Formulas that several cells share, by their number, with the cell that has the text.
    shared: HashMap<String, (Arc<str>, u32, u32)>,
    row: u32,
    /// The column behind the last cell.
    column: u32,
    kind: String,
    value: Option<CellValue>,
    text: String,
    formula: Option<Source>,
    /// The number of the shared formula that the cell has part in.
    number: Option<String>,
    phonetic: bool,
    room: usize,
    full: bool,
}

impl Visit for Cells<'_> {
    fn open(&mut self, name: &str, tag: &BytesStart<'_>) {
        match name {
            "sheetPr" => self.sheet.code_name = attribute(tag, "codeName"),
            "row" => {
                let row: Option<u32> = attribute(tag, "r").and_then(|row| row.parse().ok());
                self.row = row.map_or(self.row.wrapping_add(1), |row| row.saturating_sub(1));
                self.column = 0;
            }
            "c" => {
                let at = attribute(tag, "r").and_then(|at| parse_a1(&at));
                if let Some(at) = at {
                    (self.row, self.column) = (at.row.from(0, 0), at.column.from(0, 0));
                }
                self.kind = attribute(tag, "t").unwrap_or_default();
                (self.value, self.formula, self.number) = (None, None, None);
                self.text.clear();
            }
            "f" => {
                let shared = attribute(tag, "t").is_some_and(|kind| kind == "shared");
                self.number = attribute(tag, "si").filter(|_| shared);
            }
            "rPh" => self.phonetic = true,
            _ => {}
        }
    }

    fn close(&mut self, name: &str, text: &mut String) {
        match name {
            "v" => self.value = Some(self.value_of(text)),
            "t" if !self.phonetic => self.text.push_str(text),
            "rPh" => self.phonetic = false,
            "f" => self.formula = self.formula_of(text),
            "c" => self.cell(),
            _ => {}
        }
    }
}

impl Cells<'_> {
    fn value_of(&self, text: &str) -> CellValue {
        let number = |text: &str| text.trim().parse().ok();
        match self.kind.as_str() {
            "s" => {
                let string = number(text).and_then(|index: usize| self.strings.get(index));
                string.map_or(CellValue::Empty, |string| CellValue::Text(string.clone()))
            }
            "str" | "inlineStr" | "d" => CellValue::Text(plain(text)),
            "b" => CellValue::Bool(text.trim() == "1" || text.trim() == "true"),
            "e" => CellValue::Error(ErrorCode::named(text.trim()).unwrap_or(ErrorCode::VALUE)),
            // What claims to be a number and is none is a text that somebody wrote.
            _ => match text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => CellValue::Number(number),
                _ => CellValue::Text(plain(text)),
            },
        }
    }

    fn formula_of(&mut self, text: &str) -> Option<Source> {
        let Some(number) = self.number.take() else {
            return (!text.is_empty()).then(|| Source::Text(text.into()));
        };
        if !text.is_empty() {
            let source: Arc<str> = text.into();
            self.shared
                .insert(number, (source.clone(), self.row, self.column));
            return Some(Source::Text(source));
        }
        let (source, row, column) = self.shared.get(&number)?;
        let off = |here: u32, there: u32| here.cast_signed().wrapping_sub(there.cast_signed());
        Some(Source::Moved {
            text: source.clone(),
            rows: off(self.row, *row),
            columns: off(self.column, *column),
        })
    }

    fn cell(&mut self) {
        let value = match self.value.take() {
            Some(value) => value,
            None if self.kind == "inlineStr" || !self.text.is_empty() => CellValue::Text(plain(&self.text)),
            None => CellValue::Empty,
        };
        let formula = self.formula.take();
        if value != CellValue::Empty || formula.is_some() {
            self.full |= self.sheet.cells.len() >= self.room;
            if !self.full {
                self.sheet.cells.push(Cell {
                    row: self.row,
                    column: self.column,
                    value,
                    formula,
                });
            }
        }
        self.column = self.column.saturating_add(1);
    }
}

/// Reads a sheet's part.
pub(super) fn read_sheet(
    text: &str,
    place: &str,
    strings: &[Arc<str>],
    sheet: &mut Sheet,
    book: &mut Workbook,
) {
    let mut gaps = Vec::new();
    let mut cells = Cells {
        sheet,
        strings,
        shared: HashMap::new(),
        row: u32::MAX,
        column: 0,
        kind: String::new(),
        value: None,
        text: String::new(),
        formula: None,
        number: None,
        phonetic: false,
        room: CELLS.saturating_sub(book.cells()),
        full: false,
    };
    walk(text, place, &mut gaps, &mut cells);
    if cells.full {
        book.full(place);
    }
    book.gaps.append(&mut gaps);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::{Dialect, SheetKind};

    fn read(text: &str) -> Sheet {
        let mut sheet = Sheet::new("a", SheetKind::Work);
        let strings = ["zero".into(), "one".into()];
        read_sheet(text, "p", &strings, &mut sheet, &mut Workbook::new(Dialect::A1));
        sheet.order();
        sheet
    }

    #[test]
    fn cells_of_every_type_are_read() {
        let sheet = read(
            "<worksheet><sheetPr codeName='Tab'/><sheetData><row r='2'><c r='B2' t='s'><v>1</v></c><c><v>2.5</v></c>\
             <c t='inlineStr'><is><r><t>a &amp; </t></r><r><t>b_x0041_</t></r></is></c><c t='b'><v>1</v></c>\
             <c t='e'><v>#N/A</v></c><c t='str'><f>B2&amp;&quot;x&quot;</f><v>onex</v></c></row>\
             <row><c><f t='shared' si='0' ref='A3:A4'>B2</f></c></row><row><c><f t='shared' si='0'/></c></row></sheetData></worksheet>",
        );
        let value = |row, column| sheet.cell(row, column).map(|cell| cell.value.clone());
        assert_eq!(sheet.code_name.as_deref(), Some("Tab"));
        assert_eq!(value(1, 1), Some(CellValue::Text("one".into())));
        assert_eq!(value(1, 2), Some(CellValue::Number(2.5)));
        assert_eq!(value(1, 3), Some(CellValue::Text("a & bA".into())));
        assert_eq!(value(1, 4), Some(CellValue::Bool(true)));
        assert_eq!(value(1, 5), Some(CellValue::Error(ErrorCode::NA)));
        let formula = |row, column| sheet.cell(row, column).and_then(|cell| cell.formula.clone());
        assert_eq!(formula(1, 6), Some(Source::Text("B2&\"x\"".into())));
        let moved = Source::Moved {
            text: "B2".into(),
            rows: 1,
            columns: 0,
        };
        assert_eq!(formula(3, 0), Some(moved));
    }
}
