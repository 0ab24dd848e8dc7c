//! `inspect`.

use crate::args::Inspect;
use crate::print;
use crate::terminal::Terminal;
use std::io::Read;
use std::path::{Path, PathBuf};
use strongroom_desk::{InspectOptions, Outcome, inspect, inspect_bytes};
use strongroom_model::{Gap, Limit, Report};

/// Inspects files and prints a report for each.
pub fn run(args: Inspect, terminal: &Terminal) -> anyhow::Result<Outcome> {
    anyhow::ensure!(
        !(terminal.json && (args.script || args.layers)),
        "--script and --layers print scripts, not JSON: `scripts` stands in the report that --json prints"
    );
    let options = InspectOptions {
        seconds: args.timeout,
        passwords: args.password.clone(),
        ..InspectOptions::default()
    };
    let (piped, paths): (Vec<PathBuf>, Vec<PathBuf>) = args
        .paths
        .iter()
        .cloned()
        .partition(|path| path == Path::new("-"));
    let mut outcome = Outcome::Nothing;
    if !piped.is_empty() {
        let report = standard_input(&options)?;
        outcome = outcome.and(show(&report, &args, terminal)?);
    }
    for answer in inspect(&paths, &options, &|step| terminal.follow(step)) {
        outcome = outcome.and(match answer {
            Ok(report) => show(&report, &args, terminal)?,
            Err(error) => terminal.complain_of([error]),
        });
    }
    Ok(outcome)
}

fn show(report: &Report, args: &Inspect, terminal: &Terminal) -> anyhow::Result<Outcome> {
    if args.script || args.layers {
        terminal.print(&print::scripts(report, args.layers))?;
    } else {
        terminal.show(report, print::report)?;
    }
    Ok(Outcome::of(report.verdict()))
}

fn standard_input(options: &InspectOptions) -> anyhow::Result<Report> {
    let allowed = options.limits.input_bytes;
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(allowed + 1)
        .read_to_end(&mut bytes)?;
    let over = bytes.len() as u64 > allowed;
    bytes.truncate(allowed as usize);
    let gap = over.then(|| Gap::limit("content", Limit::InputBytes, allowed));
    Ok(inspect_bytes("-", bytes, gap, options))
}
