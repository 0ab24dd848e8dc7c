//! A threat report's observables on the terminal.

use crate::paint::{Paint, safe_line};
use strongroom_model::Report;

/// Returns a line for each observable, by type, and what could not be read.
pub fn intel(report: &Report, paint: Paint) -> String {
    let name = paint.bold(&safe_line(&report.evidence.name));
    let mut lines = vec![format!("{name}  {} observables", report.observables.len())];
    lines.extend(report.observables.iter().map(|sighting| {
        let observable = &sighting.observable;
        let role = paint.dim(&format!("{:10}", sighting.role.as_str()));
        format!(
            "  {:11} {role} {}",
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
