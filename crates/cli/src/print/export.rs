//! An export on the terminal.

use crate::paint::{Paint, safe_line};
use crate::print::ledger::not_read;
use strongroom_desk::Exported;

/// Returns what an export wrote.
pub fn exported(into: &str, exported: &Exported, paint: Paint) -> String {
    let mut text = format!("{}\n", paint.bold(&safe_line(into)));
    for table in &exported.tables {
        text += &format!("  {}  {} rows, {} bytes\n", table.file, table.rows, table.bytes);
    }
    for gap in not_read(&exported.gaps, paint) {
        text += &format!("{gap}\n");
    }
    text
}
