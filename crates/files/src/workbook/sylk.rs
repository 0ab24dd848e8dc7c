//! SYLK: a sheet as a text of records, its macro sheets included.
//!
//! `ID` begins the file, an option `E` of `O` makes it a macro sheet, `NN` defines a name, `C` a cell with its value (`K`)
//! and its formula (`E`, references as `R1C1`).

use super::{
    CELLS, Cell, CellValue, DefinedName, Dialect, ErrorCode, Runs, Sheet, SheetKind, Source, Workbook,
};

/// Reads a SYLK text. A file without the option for macros that names a macro is one still: Excel goes by the names.
pub(crate) fn of_sylk(text: &str, place: &str) -> Workbook {
    let mut book = Workbook::new(Dialect::R1C1);
    let mut sheet = Sheet::new("Sheet1", SheetKind::Work);
    let (mut row, mut column) = (0, 0);
    for line in text.split(['\r', '\n']) {
        let fields = fields(line);
        let mut fields = fields.iter().map(String::as_str);
        match fields.next() {
            Some("O") if fields.any(|field| field == "E") => sheet.kind = SheetKind::Macro,
            Some("NN") => book.names.extend(name(fields)),
            Some("C") if sheet.cells.len() >= CELLS => {
                book.full(place);
                break;
            }
            Some("C") => cell(fields, &mut row, &mut column, &mut sheet),
            Some("F") => fields.for_each(|field| {
                go(field, &mut row, &mut column);
            }),
            Some("E") => break,
            _ => {}
        }
    }
    sheet.order();
    book.sheets.push(sheet);
    book
}

/// Parts a line at its semicolons; two in a row are one that belongs to the text, inside quotes too.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.trim_start().chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ';' if chars.peek() == Some(&';') => {
                chars.next();
                fields.last_mut().into_iter().for_each(|field| field.push(';'));
            }
            ';' => fields.push(String::new()),
            c => fields.last_mut().into_iter().for_each(|field| field.push(c)),
        }
    }
    fields
}

fn go(field: &str, row: &mut u32, column: &mut u32) -> bool {
    let mut chars = field.chars();
    let kind = chars.next();
    let number: Option<u32> = chars.as_str().parse().ok();
    match (kind, number) {
        (Some('Y'), Some(number)) => *row = number.saturating_sub(1),
        (Some('X'), Some(number)) => *column = number.saturating_sub(1),
        _ => return false,
    }
    true
}

fn cell<'a>(fields: impl Iterator<Item = &'a str>, row: &mut u32, column: &mut u32, sheet: &mut Sheet) {
    let (mut value, mut formula) = (CellValue::Empty, None);
    let (mut shared_row, mut shared_column, mut is_shared) = (*row, *column, false);
    for field in fields {
        if go(field, row, column) {
            continue;
        }
        let rest = field.get(1..).unwrap_or_default();
        match field.chars().next() {
            Some('K') => value = value_of(rest),
            Some('E' | 'M') => formula = Some(Source::Text(rest.into())),
            Some('S') => is_shared = true,
            Some('R') => {
                shared_row = rest
                    .parse::<u32>()
                    .map_or(shared_row, |row| row.saturating_sub(1))
            }
            Some('C') => {
                shared_column = rest
                    .parse::<u32>()
                    .map_or(shared_column, |at| at.saturating_sub(1))
            }
            _ => {}
        }
    }
    if is_shared && formula.is_none() {
        formula = sheet.shared.get(&(shared_row, shared_column)).cloned();
    }
    if let Some(formula) = &formula {
        // Any cell's formula may be shared by those behind it.
        sheet.shared.insert((*row, *column), formula.clone());
    }
    if value != CellValue::Empty || formula.is_some() {
        sheet.cells.push(Cell {
            row: *row,
            column: *column,
            value,
            formula,
        });
    }
}

fn value_of(text: &str) -> CellValue {
    if let Some(text) = text.strip_prefix('"') {
        let text = text.strip_suffix('"').unwrap_or(text);
        return CellValue::Text(text.replace("\u{1b} :", "\n").into());
    }
    match text {
        "TRUE" => CellValue::Bool(true),
        "FALSE" => CellValue::Bool(false),
        _ if text.starts_with('#') => CellValue::Error(ErrorCode::named(text).unwrap_or(ErrorCode::VALUE)),
        _ => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => CellValue::Number(number),
            _ => CellValue::Text(text.into()),
        },
    }
}

fn name<'a>(fields: impl Iterator<Item = &'a str>) -> Option<DefinedName> {
    let mut name = DefinedName {
        name: String::new(),
        scope: None,
        hidden: false,
        runs: Runs::Macro,
        formula: None,
    };
    for field in fields {
        let rest = field.get(1..).unwrap_or_default();
        match field.chars().next() {
            Some('N') => name.name = rest.to_owned(),
            Some('E') => name.formula = Some(Source::Text(rest.into())),
            Some('H') => name.hidden = true,
            _ => {}
        }
    }
    (!name.name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_names_and_the_kind_are_read() {
        let book = of_sylk(
            "ID;P\nO;E\nNN;NAuto_Open;ER1C1\nC;Y1;X1;KFALSE;EALERT(\"a;;b\")\nC;Y2;K\"x;;y\"\nC;X3;K1.5\nE\nC;Y9;K1\n",
            "content",
        );
        let sheet = &book.sheets[0];
        assert_eq!(sheet.kind, SheetKind::Macro);
        assert_eq!(book.names[0].name, "Auto_Open");
        assert_eq!(
            sheet.cell(0, 0).unwrap().formula,
            Some(Source::Text("ALERT(\"a;b\")".into()))
        );
        assert_eq!(sheet.cell(1, 0).unwrap().value, CellValue::Text("x;y".into()));
        assert_eq!(sheet.cell(1, 2).unwrap().value, CellValue::Number(1.5));
        assert_eq!(sheet.cells.len(), 3);
    }
}
