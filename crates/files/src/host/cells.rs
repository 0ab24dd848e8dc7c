//! The cells of a workbook for its macros to read.

use crate::ole::Compound;
use crate::vba::{Collection, Datum, Grid, Item};
use crate::workbook::{CellValue, Sheet, SheetKind, Workbook};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Adds the sheets to a document; `active` is the tab that the file shows.
pub(super) fn describe(own: Item, book: &Workbook, active: Option<usize>) -> Item {
    let whole = book.gaps.is_empty();
    let sheets: Vec<(Rc<Item>, SheetKind)> = book
        .sheets
        .iter()
        .map(|sheet| (Rc::new(item(sheet, whole)), sheet.kind))
        .collect();
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
    match active {
        Some((sheet, _)) => own.holding(
            "activesheet",
            Collection {
                items: vec![Rc::clone(sheet)],
                counted: false,
            },
        ),
        None => own,
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
