//! `network`.

use crate::args::Network;
use crate::print;
use crate::terminal::Terminal;
use strongroom_desk::{InspectOptions, Outcome, known_from, network};

/// Reads network logs and prints what to look at first.
pub fn run(args: Network, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let options = InspectOptions::default();
    let (known, errors) = known_from(&args.known, &options, &|step| terminal.follow(step));
    let answer = network(&args.paths, &known, &options.limits, &|step| {
        terminal.follow(step)
    });
    let outcome = terminal.complain_of(errors.into_iter().chain(answer.errors));
    let network = &answer.network;
    // An answer about no log at all would read as "clean".
    anyhow::ensure!(!network.read.is_empty(), "no log was read");
    terminal.show(&print::NetworkLine::of(network), |_, paint| {
        print::network(network, paint)
    })?;
    let found = !network.beacons.is_empty() || !network.contacts.is_empty();
    let hides = network.report.gaps.iter().any(|gap| gap.hides);
    Ok(outcome.and(match (found, hides) {
        (true, _) => Outcome::Found,
        (false, true) => Outcome::NotCleared,
        (false, false) => Outcome::Nothing,
    }))
}
