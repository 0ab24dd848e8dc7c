//! `ledger peels`.

use crate::print;
use crate::terminal::Terminal;
use crate::verb::of_gaps;
use serde::Serialize;
use std::path::Path;
use strongroom_desk::{CoinLedger, Outcome, PeelsAnswer, coin_seed, peels};

/// The schema of the answer.
const PEELS_SCHEMA: &str = "strongroom.peels/1";

#[derive(Serialize)]
struct Line {
    schema: &'static str,
    #[serde(flatten)]
    answer: PeelsAnswer,
}

/// Prints the peeling chains of what is asked for.
pub fn run(ledger: &Path, from: &[String], links: usize, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let ledger = CoinLedger::open(ledger)?;
    let seeds: Vec<_> = from
        .iter()
        .map(|text| coin_seed(text, ledger.rules(), None, None))
        .collect::<anyhow::Result<_>>()?;
    let line = Line {
        schema: PEELS_SCHEMA,
        answer: peels(&ledger, &seeds, links)?,
    };
    terminal.show(&line, |line, paint| print::peels(&line.answer, paint))?;
    Ok(of_gaps(&line.answer.gaps))
}
