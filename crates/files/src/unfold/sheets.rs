//! Sheets of Excel 4.0 macros, wherever a workbook has them: told, evaluated, judged.

use super::run;
use super::stages::Source;
use crate::examine::Walk;
use crate::formula::{self, Expr, Site};
use crate::text::decode_text;
use crate::workbook::{Sheet, SheetKind, Visibility, Workbook, column_letters, of_sylk};
use crate::{rules, scan};
use strongroom_model::{Finding, Gap, Report, Span};

/// Bytes of a link that a finding shows.
const SHOWN: usize = 200;

/// Reads the macro sheets of a workbook; one without any is nothing to read.
pub(crate) fn read_sheets(place: &str, book: Workbook, report: &mut Report, walk: &mut Walk<'_>) {
    if !book.has_macros() {
        return;
    }
    for sheet in book.sheets.iter().filter(|sheet| sheet.kind == SheetKind::Macro) {
        tell(sheet, place, report);
    }
    report.gaps.extend(book.gaps.iter().cloned());
    let document = true;
    run(place, Source::Sheets(Box::new(book)), document, report, walk);
}

fn tell(sheet: &Sheet, place: &str, report: &mut Report) {
    let at = || Span::bytes(place, 0, 0);
    report.find(Finding::of(&rules::MACRO_SHEET, at()).fact("name", sheet.name.as_str()));
    if sheet.visibility == Visibility::VeryHidden {
        report.find(Finding::of(&rules::MACRO_SHEET_HIDDEN, at()).fact("name", sheet.name.as_str()));
    }
}

/// Reads a SYLK text.
pub(crate) fn read_sylk(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let text = decode_text(bytes);
    scan::note_text(&text, report, walk);
    let book = of_sylk(&text, "content");
    for sheet in &book.sheets {
        tell_links(&book, sheet, walk.limits().nesting, report);
    }
    if book.has_macros() {
        read_sheets("content", book, report, walk);
    } else {
        report.gaps.extend(book.gaps.iter().cloned().map(Gap::harmless));
    }
}

/// Tells formulas that ask another program (DDE).
fn tell_links(book: &Workbook, sheet: &Sheet, nesting: u32, report: &mut Report) {
    for cell in &sheet.cells {
        let Some(source) = &cell.formula else { continue };
        let site = Site {
            book,
            sheet: Some(sheet),
            nesting,
        };
        if let Ok(expr) = formula::parse(source, &site)
            && let Some(link) = link_of(&expr)
        {
            let command: String = link.chars().take(SHOWN).collect();
            let at = format!("{}{}", column_letters(cell.column), u64::from(cell.row) + 1);
            report.find(Finding::of(&rules::DDE, Span::bytes(at, 0, 0)).fact("command", command));
        }
    }
}

fn link_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Foreign(text) if text.contains('|') => Some(text),
        Expr::Chain(first, rest) => {
            link_of(first).or_else(|| rest.iter().find_map(|(_, operand)| link_of(operand)))
        }
        Expr::Signed(_, inner) | Expr::Percent(inner) | Expr::Paren(inner) => link_of(inner),
        Expr::Call(_, arguments) => arguments.iter().find_map(link_of),
        _ => None,
    }
}
