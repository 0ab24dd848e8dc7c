//! A report on the terminal: the verdict first, then why, then what it does not know.

use crate::paint::{Paint, safe};
use std::fmt::Write;
use strongroom_model::{Gap, Report, Role};

/// Gaps of one report that are worth a line each; the rest are counted.
const GAPS: usize = 8;

/// Returns the report and its children as text.
pub fn report(report: &Report, paint: Paint) -> String {
    let mut out = String::new();
    write_report(&mut out, report, paint, 0);
    out
}

fn write_report(out: &mut String, report: &Report, paint: Paint, depth: usize) {
    let indent = "  ".repeat(depth);
    let evidence = &report.evidence;
    line(
        out,
        &indent,
        &format!(
            "{}  {}  {}",
            paint.verdict(report.verdict()),
            paint.bold(&safe(&evidence.name)),
            paint.dim(&format!(
                "{}, {} bytes, score {}",
                evidence.kind,
                evidence.size,
                report.score()
            ))
        ),
    );
    if depth == 0 {
        line(out, &indent, &format!("  {}", safe(&report.because())));
        line(out, &indent, &paint.dim(&format!("  {}", evidence.id)));
    }
    for finding in &report.findings {
        let techniques = finding.techniques.join(" ");
        line(
            out,
            &indent,
            &format!(
                "  {} {} {}",
                paint.severity(finding.severity),
                safe(&finding.title),
                paint.dim(&safe(&format!("{} at {} {techniques}", finding.code, finding.at)))
            ),
        );
    }
    for sighting in report
        .observables
        .iter()
        .filter(|sighting| sighting.role != Role::Mentioned)
    {
        let observable = &sighting.observable;
        line(
            out,
            &indent,
            &format!(
                "  {:12} {:11} {}",
                sighting.role.as_str(),
                observable.kind().as_str(),
                safe(observable.value())
            ),
        );
    }
    let mentioned = report
        .observables
        .iter()
        .filter(|sighting| sighting.role == Role::Mentioned)
        .count();
    if mentioned > 0 {
        line(
            out,
            &indent,
            &paint.dim(&format!(
                "  and {mentioned} observables that are merely mentioned"
            )),
        );
    }
    write_gaps(out, &report.gaps, paint, &indent);
    for child in &report.children {
        write_report(out, child, paint, depth + 1);
    }
}

fn write_gaps(out: &mut String, gaps: &[Gap], paint: Paint, indent: &str) {
    for gap in gaps.iter().take(GAPS) {
        let mark = if gap.hides {
            paint.warn("not read")
        } else {
            paint.dim("not read")
        };
        line(
            out,
            indent,
            &format!("  {mark} {}", safe(&format!("{}: {}", gap.place, gap.why))),
        );
    }
    if let Some(more) = gaps.len().checked_sub(GAPS).filter(|more| *more > 0) {
        line(
            out,
            indent,
            &paint.dim(&format!("  and {more} more gaps (--json shows all)")),
        );
    }
}

fn line(out: &mut String, indent: &str, text: &str) {
    // A sentence may carry line breaks out of the evidence; one entry stays one line.
    writeln!(out, "{indent}{}", text.replace('\n', "⏎")).expect("writing to a String cannot fail");
}
