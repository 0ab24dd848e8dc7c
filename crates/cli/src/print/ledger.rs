//! A ledger on the terminal.

use crate::paint::{Paint, safe_line};
use strongroom_desk::{Imported, LedgerInfo};

/// Returns what an import did.
pub fn imported(table: &str, imported: &Imported, paint: Paint) -> String {
    let resumed = match imported.resumed_after {
        0 => String::new(),
        rows => paint.dim(&format!(" after {rows} that were there already")),
    };
    let mut lines = vec![format!(
        "{}  {} rows{resumed}",
        paint.bold(&safe_line(table)),
        imported.rows
    )];
    lines.extend(imported.gaps.iter().map(|gap| {
        format!(
            "  {} {}",
            paint.warn("not read"),
            safe_line(&format!("{}: {}", gap.place, gap.why))
        )
    }));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Returns what a ledger holds.
pub fn ledger_info(ledger: &str, info: &LedgerInfo, paint: Paint) -> String {
    let when = info.when.map_or_else(
        || "no time".to_owned(),
        |when| format!("{} to {}", when.first, when.last),
    );
    let mut lines = vec![
        paint.bold(&safe_line(ledger)),
        format!(
            "  {} transfers, {} accounts, {} assets, {when}",
            info.rows, info.accounts, info.assets
        ),
        format!("  {} bytes in {} segments", info.bytes, info.segments),
    ];
    lines.extend(info.sources.iter().map(|source| {
        let state = if source.complete {
            ""
        } else {
            ", broken off: import it again to go on"
        };
        format!("  from {}: {} rows{state}", safe_line(&source.name), source.rows)
    }));
    lines.iter().map(|line| format!("{line}\n")).collect()
}
