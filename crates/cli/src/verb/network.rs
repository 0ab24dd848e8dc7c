//! `network`.

use crate::args::Network;
use crate::print;
use crate::terminal::Terminal;
use strongroom_desk::{InspectOptions, Outcome, Plots, SAFE_LIST, known_from, network, safe_list};
use strongroom_model::Verdict;

/// Reads network logs and prints what to look at first.
pub fn run(args: Network, terminal: &Terminal) -> anyhow::Result<Outcome> {
    if args.show_safe {
        terminal.print(SAFE_LIST)?;
        return Ok(Outcome::Nothing);
    }
    let options = InspectOptions::default();
    let safe = safe_list(&args.safe)?;
    let plots = args.plots.as_deref().map(Plots::into).transpose()?;
    let (known, errors) = known_from(&args.known, &options, &|step| terminal.follow(step));
    let answer = network(&args.paths, &known, (safe, &options.limits), &|step| {
        terminal.follow(step)
    });
    let mut outcome = terminal.complain_of(errors.into_iter().chain(answer.errors));
    let network = &answer.network;
    // An answer about no log at all would read as "clean".
    anyhow::ensure!(!network.read.is_empty(), "no log was read");
    // What was found is told even where its timelines cannot be written.
    let unwritten = plots.and_then(|plots| plots.write(&network.beacons).err());
    outcome = outcome.and(terminal.complain_of(unwritten));
    terminal.show(&print::NetworkLine::of(network), |_, paint| {
        print::network(network, paint)
    })?;
    let found = matches!(network.report.verdict(), Verdict::Suspicious | Verdict::Malicious)
        || !network.beacons.is_empty()
        || !network.contacts.is_empty();
    let hides = network.report.gaps.iter().any(|gap| gap.hides);
    Ok(outcome.and(match (found, hides) {
        (true, _) => Outcome::Found,
        (false, true) => Outcome::NotCleared,
        (false, false) => Outcome::Nothing,
    }))
}
