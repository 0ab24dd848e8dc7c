//! `ledger deposits`.

use crate::print;
use crate::terminal::Terminal;
use crate::verb::of_gaps;
use serde::Serialize;
use std::path::{Path, PathBuf};
use strongroom_desk::{DepositsAnswer, Ledger, Outcome, Purpose, deposits, load_lists};
use strongroom_model::Limits;

/// The schema of the answer.
const DEPOSITS_SCHEMA: &str = "strongroom.deposits/1";

#[derive(Serialize)]
struct Line {
    schema: &'static str,
    #[serde(flatten)]
    answer: DepositsAnswer,
}

/// Prints the deposit addresses of the exchanges that the lists name.
pub fn run(ledger: &Path, tags: Vec<PathBuf>, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let ledger = Ledger::open(ledger)?;
    let paths: Vec<_> = tags.into_iter().map(|path| (path, Purpose::Sanctions)).collect();
    let loaded = load_lists(&paths, &Limits::default());
    let refused = terminal.complain_of(loaded.refused);
    let line = Line {
        schema: DEPOSITS_SCHEMA,
        answer: deposits(&ledger, &loaded.lists)?,
    };
    terminal.show(&line, |line, paint| print::deposits(&line.answer, paint))?;
    Ok(refused.and(of_gaps(&line.answer.gaps)))
}
