//! The cells of a workbook for its macros to read, and the names that stand for some of them.

use super::sheets::Objects;
use crate::formula::{self, Site};
use crate::ole::Compound;
use crate::vba::{Book, Collection, Datum, Grid, Item};
use crate::workbook::{CellValue, Sheet, SheetKind, Workbook};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Names of a workbook, and levels of their formulas that are read.
const NAMES: usize = 16_384;
const NESTING: u32 = 32;
/// Bytes of a name's formula.
const FORMULA: usize = 65_536;

/// Adds the sheets to a document; `active` is the tab that the file shows, and `objects` is what stands on each sheet.
pub(super) fn describe(own: Item, book: Workbook, active: Option<usize>, objects: Vec<Objects>) -> Item {
    let whole = book.gaps.is_empty();
    let mut objects = objects.into_iter();
    let sheets: Vec<(Rc<Item>, SheetKind)> = book
        .sheets
        .iter()
        .map(|sheet| {
            let item = item(sheet, whole);
            let item = match objects.next() {
                Some(objects) => objects.describe(item),
                None => item,
            };
            (Rc::new(item), sheet.kind)
        })
        .collect();
    let own = own.holding("names", names(&book));
    let all = |wanted: fn(SheetKind) -> bool| Collection {
        items: sheets
            .iter()
            .filter(|(_, kind)| wanted(*kind))
            .map(|(item, _)| Rc::clone(item))
            .collect(),
        counted: whole,
    };
    let own = own
        .holding("sheets", all(|_| true))
        .holding("worksheets", all(|kind| kind == SheetKind::Work));
    let active = match sheets.as_slice() {
        [only] => Some(only),
        _ => active.and_then(|active| sheets.get(active)),
    };
    let mut own = match active {
        Some((sheet, _)) => own.holding(
            "activesheet",
            Collection {
                items: vec![Rc::clone(sheet)],
                counted: false,
            },
        ),
        None => own,
    };
    own.book = Book::of(book);
    own
}

/// Returns the names with what they refer to; one that holds on a sheet alone is called by that sheet as well.
fn names(book: &Workbook) -> Collection {
    let mut found = Vec::new();
    for name in book.names.iter().take(NAMES) {
        let site = Site {
            book,
            sheet: None,
            nesting: NESTING,
        };
        let Some(expr) = name
            .formula
            .as_ref()
            .and_then(|source| formula::parse(source, &site).ok())
        else {
            continue;
        };
        let refers = format!("={}", formula::print_short(&expr, 0, 0, FORMULA));
        let called = match name.scope.and_then(|scope| book.sheets.get(scope)) {
            Some(sheet) => format!("{}!{}", sheet.name, name.name),
            None => name.name.clone(),
        };
        found.push(
            Item::named(&called)
                .with_text("name", &called)
                .with_text("refersto", &refers)
                .with_text("value", &refers)
                .defaulting("value"),
        );
    }
    Collection {
        // The program counts them by their spelling.
        counted: false,
        items: found.into_iter().map(Rc::new).collect(),
    }
}

fn item(sheet: &Sheet, whole: bool) -> Item {
    let mut cells = BTreeMap::new();
    for cell in &sheet.cells {
        let datum = match &cell.value {
            CellValue::Text(text) => Datum::text(text),
            CellValue::Number(number) => Datum::real(*number),
            CellValue::Bool(yes) => Datum::Bool(*yes),
            // A formula without a saved result is calculated at opening; an error is a value of its own.
            CellValue::Empty | CellValue::Error(_) => Datum::Unknown,
        };
        cells.insert((cell.row, cell.column), datum);
    }
    let mut item = Item::named(&sheet.name).with_text("name", &sheet.name);
    if let Some(code_name) = &sheet.code_name {
        item = item.with_text("codename", code_name);
    }
    item.grid = Some(Rc::new(Grid { cells, whole }));
    item
}

/// Returns the tab that a BIFF workbook shows (MS-XLS 2.4.345, Window1).
pub(super) fn active_of_compound(compound: &Compound<'_>, root: &str) -> Option<usize> {
    const WINDOW: u16 = 0x003D;
    let stream = ["Workbook", "Book"]
        .iter()
        .find_map(|name| compound.read(&format!("{root}/{name}")))?
        .bytes;
    let mut at = 0usize;
    // It stands among the first records of the workbook's own.
    for _ in 0..4096 {
        let head: [u8; 4] = *stream.get(at..)?.first_chunk()?;
        let [kind_low, kind_high, size_low, size_high] = head;
        let size = usize::from(u16::from_le_bytes([size_low, size_high]));
        if u16::from_le_bytes([kind_low, kind_high]) == WINDOW {
            let tab: [u8; 2] = *stream.get(at + 4..at + 4 + size)?.get(10..)?.first_chunk()?;
            return Some(usize::from(u16::from_le_bytes(tab)));
        }
        at += 4 + size;
    }
    None
}
