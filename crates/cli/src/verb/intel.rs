//! `intel`.

use crate::args::{Intel, IntelFormat};
use crate::print;
use crate::terminal::Terminal;
use anyhow::Context;
use strongroom_desk::{IntelAnswer, Outcome, Source, WatchList, intel, to_csv, to_misp, to_stix, to_tagpack};
use strongroom_model::{Limits, Moment, Verdict};

/// Reads threat reports and prints the observables of each, or all of them for another program.
pub fn run(args: Intel, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let when: Option<Moment> = args.when.as_deref().map(str::parse).transpose()?;
    let mut list = args.watch.as_deref().map(WatchList::open).transpose()?;
    let mut outcome = Outcome::Nothing;
    let mut sources = Vec::new();
    for answer in intel(&args.paths, &Limits::default(), &|step| terminal.follow(step)) {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                outcome = outcome.and(terminal.complain_of([error]));
                continue;
            }
        };
        outcome = outcome.and(told(&answer));
        if args.format.is_some() || args.add {
            sources.push(source(&answer, when)?);
        }
        if args.format.is_some() {
            complain_of_gaps(&answer, terminal);
        } else {
            terminal.show(&answer, |answer, paint| {
                print::intel(answer, list.as_ref(), paint)
            })?;
        }
    }
    if let Some(format) = args.format {
        terminal.print(&written(format, &sources))?;
    }
    if let Some(list) = list.as_mut().filter(|_| args.add) {
        let count = list.add(&sources)?;
        terminal.complain(&format!("{count} added to the watch list"));
    }
    Ok(outcome)
}

/// What a report speaks of is no finding about whoever reads it; what it hides is.
fn told(answer: &IntelAnswer) -> Outcome {
    if answer.report.verdict() == Verdict::NotCleared {
        Outcome::NotCleared
    } else {
        Outcome::Nothing
    }
}

fn source(answer: &IntelAnswer, when: Option<Moment>) -> anyhow::Result<Source> {
    let when = when.or(answer.changed);
    let when = when.with_context(|| {
        format!(
            "{}: nothing says when it was written: give the time with --when",
            answer.report.evidence.name
        )
    })?;
    Ok(answer.source(when))
}

fn written(format: IntelFormat, sources: &[Source]) -> String {
    match format {
        IntelFormat::Stix => to_stix(sources),
        IntelFormat::Misp => to_misp(sources),
        IntelFormat::Tagpack => to_tagpack(sources),
        IntelFormat::Csv => to_csv(sources),
    }
}

/// What could not be read has no place in a form for other programs, and is told beside it.
fn complain_of_gaps(answer: &IntelAnswer, terminal: &Terminal) {
    for gap in &answer.report.gaps {
        let name = &answer.report.evidence.name;
        terminal.complain(&format!("{name}: not read: {}: {}", gap.place, gap.why));
    }
}
