//! `ledger export`.

use crate::print;
use crate::terminal::Terminal;
use crate::verb::of_gaps;
use serde::Serialize;
use std::path::Path;
use strongroom_desk::{Exported, Outcome, export_ledger};

/// The schema of the answer.
const EXPORT_SCHEMA: &str = "strongroom.export/1";

#[derive(Serialize)]
struct Line {
    schema: &'static str,
    ledger: String,
    into: String,
    #[serde(flatten)]
    exported: Exported,
}

/// Writes a ledger as Parquet files and prints which.
pub fn run(ledger: &Path, into: &Path, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let line = Line {
        schema: EXPORT_SCHEMA,
        ledger: ledger.display().to_string(),
        into: into.display().to_string(),
        exported: export_ledger(ledger, into, &|step| terminal.follow(step))?,
    };
    terminal.show(&line, |line, paint| {
        print::exported(&line.into, &line.exported, paint)
    })?;
    Ok(of_gaps(&line.exported.gaps))
}
