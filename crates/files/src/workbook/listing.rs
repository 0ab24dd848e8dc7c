//! All cells of a workbook in a row: the door for fuzzers and for comparing with other readers.

use super::{CellValue, Workbook, column_letters, of_package, of_sylk};
use crate::archive::Members;
use crate::examine::Walk;
use crate::formula::{self, Site};
use crate::ole::Compound;
use crate::text::decode_text;
use strongroom_model::{Gap, Limits};

/// A cell of a workbook.
#[derive(Clone, Debug, PartialEq)]
pub struct CellRow {
    /// The sheet's name.
    pub sheet: String,
    /// Where it stands, as `A1`.
    pub at: String,
    /// `number`, `text`, `bool`, `error` or `empty`.
    pub kind: &'static str,
    /// What it shows in the format General.
    pub value: String,
    /// The formula as text, where there is one.
    pub formula: Option<String>,
}

/// Returns the workbook of a file that is not encrypted.
pub(crate) fn workbook_of(bytes: &[u8], limits: &Limits) -> Option<Workbook> {
    if bytes.starts_with(b"\xD0\xCF") {
        return Workbook::of_compound(&Compound::open(bytes).ok()?, "");
    }
    if bytes.starts_with(b"PK") {
        let mut members = Members::open(bytes).ok()?;
        return of_package(&mut members, &mut Walk::new(limits));
    }
    if bytes.starts_with(b"ID;") {
        return Some(of_sylk(&decode_text(bytes), "content"));
    }
    matches!(bytes, [9, 0 | 2 | 4 | 8, ..]).then(|| Workbook::of_stream(bytes, "content"))
}

/// Returns every cell of a workbook and what could not be read; `None` where the bytes are no workbook.
pub fn cells_of(bytes: &[u8], limits: &Limits) -> Option<(Vec<CellRow>, Vec<Gap>)> {
    let book = workbook_of(bytes, limits)?;
    let mut rows = Vec::new();
    for sheet in &book.sheets {
        for cell in &sheet.cells {
            rows.push(CellRow {
                sheet: sheet.name.clone(),
                at: format!("{}{}", column_letters(cell.column), u64::from(cell.row) + 1),
                kind: match cell.value {
                    CellValue::Empty => "empty",
                    CellValue::Number(_) => "number",
                    CellValue::Text(_) => "text",
                    CellValue::Bool(_) => "bool",
                    CellValue::Error(_) => "error",
                },
                value: cell.value.show(),
                formula: cell.formula.as_ref().map(|source| {
                    let site = Site {
                        book: &book,
                        sheet: Some(sheet),
                        nesting: limits.nesting,
                    };
                    match formula::parse(source, &site) {
                        Ok(expr) => formula::print(&expr, cell.row, cell.column),
                        Err(error) => format!("⟨{error}⟩"),
                    }
                }),
            });
        }
    }
    Some((rows, book.gaps))
}
