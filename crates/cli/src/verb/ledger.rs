//! `ledger …`.

use crate::args::Ledger as Args;
use crate::paint::safe_line;
use crate::print;
use crate::terminal::Terminal;
use serde::Serialize;
use std::path::{Path, PathBuf};
use strongroom_desk::{Gap, Imported, Inputs, Ledger, Outcome, import, open_or_create_ledger};

/// The schema of what an import answers.
const IMPORT_SCHEMA: &str = "strongroom.import/1";
/// The schema of what `info` and `verify` answer.
const LEDGER_SCHEMA: &str = "strongroom.ledger/1";

/// What an import did, as it goes out.
#[derive(Serialize)]
pub struct ImportLine<'a> {
    schema: &'static str,
    /// The table's name.
    pub table: &'a str,
    /// What became of it.
    #[serde(flatten)]
    pub imported: &'a Imported,
}

/// What a ledger holds, as it goes out.
#[derive(Serialize)]
pub struct LedgerLine<T> {
    schema: &'static str,
    /// The ledger's folder.
    pub ledger: String,
    /// What it holds.
    #[serde(flatten)]
    pub holds: T,
}

/// Imports into a ledger, or looks at it.
pub fn run(args: Args, terminal: &Terminal) -> anyhow::Result<Outcome> {
    match args {
        Args::Import { ledger, tables } => import_tables(&ledger, &tables, terminal),
        Args::Info { ledger } => {
            let info = Ledger::open(&ledger)?.info();
            terminal.show(&line(&ledger, info), |line, paint| {
                print::ledger_info(&line.ledger, &line.holds, paint)
            })?;
            Ok(Outcome::Nothing)
        }
        Args::Verify { ledger } => {
            let verified = Ledger::open(&ledger)?.verify()?;
            terminal.show(&line(&ledger, verified), |line, _| {
                format!("{}: every checksum holds\n", safe_line(&line.ledger))
            })?;
            Ok(Outcome::Nothing)
        }
    }
}

fn line<T>(ledger: &Path, holds: T) -> LedgerLine<T> {
    LedgerLine {
        schema: LEDGER_SCHEMA,
        ledger: ledger.display().to_string(),
        holds,
    }
}

fn import_tables(folder: &Path, tables: &[PathBuf], terminal: &Terminal) -> anyhow::Result<Outcome> {
    let mut ledger = open_or_create_ledger(folder)?;
    let inputs = Inputs::below(tables);
    let mut outcome = terminal.complain_of(inputs.errors);
    for input in &inputs.files {
        match import(&mut ledger, input, &|step| terminal.follow(step)) {
            Ok(imported) => {
                let line = ImportLine {
                    schema: IMPORT_SCHEMA,
                    table: &input.name,
                    imported: &imported,
                };
                terminal.show(&line, |line, paint| {
                    print::imported(line.table, line.imported, paint)
                })?;
                outcome = outcome.and(of_gaps(&imported.gaps));
            }
            Err(error) => outcome = outcome.and(terminal.complain_of([error])),
        }
    }
    Ok(outcome)
}

fn of_gaps(gaps: &[Gap]) -> Outcome {
    if gaps.iter().any(|gap| gap.hides) {
        Outcome::NotCleared
    } else {
        Outcome::Nothing
    }
}
