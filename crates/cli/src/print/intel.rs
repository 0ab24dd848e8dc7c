//! A threat report's observables on the terminal.

use crate::paint::{Paint, safe_line};
use strongroom_desk::{Indicator, IntelAnswer, WatchList};
use strongroom_model::Role;

/// Returns a line for each observable in the order of the report: where it stands, why it is an indicator or none, and
/// whether a watch list would take it; then what could not be read.
pub fn intel(answer: &IntelAnswer, list: Option<&WatchList>, paint: Paint) -> String {
    let report = &answer.report;
    let name = paint.bold(&safe_line(&report.evidence.name));
    let blamed = answer.named.iter().filter(|one| one.role() == Role::Indicator);
    let mut lines = vec![format!(
        "{name}  {} observables, {} of them indicators",
        answer.named.len(),
        blamed.count()
    )];
    lines.extend(answer.named.iter().map(|one| {
        let watched = list.map_or("", |list| standing(one, list));
        let reason = paint.dim(&format!(
            "{watched}{:10} {:10} {:>8}",
            one.role().as_str(),
            one.tier.as_str(),
            place(one)
        ));
        let observable = &one.observable;
        format!(
            "  {:11} {reason}  {}",
            observable.kind().as_str(),
            safe_line(observable.value())
        )
    }));
    lines.extend(report.gaps.iter().map(|gap| {
        format!(
            "  {} {}",
            paint.warn("not read"),
            safe_line(&format!("{}: {}", gap.place, gap.why))
        )
    }));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Returns `page:line`, or the line alone.
fn place(one: &Indicator) -> String {
    match one.page {
        Some(page) => format!("{page}:{}", one.line),
        None => one.line.to_string(),
    }
}

/// Returns what a watch list makes of an observable.
fn standing(one: &Indicator, list: &WatchList) -> &'static str {
    if list.has(&one.observable) {
        "watched  "
    } else if one.role() == Role::Indicator {
        "new      "
    } else {
        "         "
    }
}
