//! One function per verb: flags to a call of desk, its answer to the terminal.

mod case;
mod cluster;
mod completions;
mod demo;
mod deposits;
mod export;
mod inspect;
mod intel;
mod investigate;
mod ledger;
mod lists;
mod network;
mod peels;
mod screen;
mod trace;

use crate::args::Verb;
use crate::terminal::Terminal;
use strongroom_desk::{Gap, Outcome};

/// Runs a verb.
pub fn run(verb: Verb, terminal: &Terminal) -> anyhow::Result<Outcome> {
    match verb {
        Verb::Inspect(args) => inspect::run(args, terminal),
        Verb::Network(args) => network::run(args, terminal),
        Verb::Intel(args) => intel::run(args, terminal),
        Verb::Ledger(args) => ledger::run(args, terminal),
        Verb::Trace(args) => trace::run(args, terminal),
        Verb::Lists(args) => lists::run(args, terminal),
        Verb::Screen(args) => screen::run(*args, terminal),
        Verb::Investigate(args) => investigate::run(args, terminal),
        Verb::Case(args) => case::run(args, terminal),
        Verb::Demo(args) => demo::run(args, terminal),
        Verb::Completions(args) => completions::run(args, terminal),
        Verb::ReadReport => {
            strongroom_desk::read_report_from_stdin()?;
            Ok(Outcome::Nothing)
        }
    }
}

/// Returns what an answer with gaps comes to.
fn of_gaps(gaps: &[Gap]) -> Outcome {
    match gaps.iter().any(|gap| gap.hides) {
        true => Outcome::NotCleared,
        false => Outcome::Nothing,
    }
}
