//! `intel`.

use crate::args::Intel;
use crate::print;
use crate::terminal::Terminal;
use strongroom_desk::{Outcome, intel};
use strongroom_model::{Limits, Verdict};

/// Reads threat reports and prints the observables of each.
pub fn run(args: Intel, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Nothing;
    for answer in intel(&args.paths, &Limits::default(), &|step| terminal.follow(step)) {
        outcome = outcome.and(match answer {
            Ok(report) => {
                terminal.show(&report, print::intel)?;
                // What a report speaks of is no finding about whoever reads it; what it hides is.
                if report.verdict() == Verdict::NotCleared {
                    Outcome::NotCleared
                } else {
                    Outcome::Nothing
                }
            }
            Err(error) => terminal.complain_of([error]),
        });
    }
    Ok(outcome)
}
