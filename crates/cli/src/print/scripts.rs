//! The scripts of a report: their layers one after the other, or the unfolded text alone.

use crate::paint::{safe, safe_line};
use std::collections::BTreeSet;
use strongroom_model::{Report, Script, Severity, Span};

/// Findings that speak of how a layer is wrapped, not of what it does.
const WRAPPING: [&str; 5] = [
    "script.encoded-command",
    "script.hidden",
    "script.bypass",
    "script.run-unknown",
    "macro.auto-run",
];

/// Returns all layers of all scripts, each under a line with the rule that made it and the layer it came out of.
pub fn layers(report: &Report) -> String {
    let mut out = String::new();
    for part in report.walk() {
        for script in &part.scripts {
            for (number, layer) in script.layers.iter().enumerate() {
                let from = script
                    .base(number)
                    .map_or_else(String::new, |base| format!(" of {base}"));
                let (name, language) = (&part.evidence.name, &script.language);
                let head = format!(
                    "== {name} / {} / {language} {number} {}{from}",
                    script.name, layer.by
                );
                out.push_str(&safe_line(&head));
                out.push('\n');
                push(&mut out, &layer.text);
            }
        }
    }
    out
}

/// Returns the unfolded scripts and nothing else: of each stage its final texts, a blank line between them.
pub fn unfolded(report: &Report) -> String {
    let mut out = String::new();
    let mut told = BTreeSet::new();
    for part in report.walk() {
        for script in &part.scripts {
            let acting = acting(part, script);
            for number in script.unfolded(|number| acting.contains(&number)) {
                let text = script.layers.get(number).map_or("", |layer| layer.text.as_str());
                // What a macro writes and what it starts is one text.
                if text.trim().is_empty() || !told.insert(text) {
                    continue;
                }
                if !out.is_empty() {
                    out.push('\n');
                }
                push(&mut out, text);
            }
        }
    }
    out
}

/// Returns the layers of a script in which something of weight is done.
fn acting(part: &Report, script: &Script) -> BTreeSet<usize> {
    let findings = part
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::Info && !WRAPPING.contains(&finding.code.as_ref()));
    findings
        .filter_map(|finding| match &finding.at {
            Span::Bytes { layer, .. } => layer.strip_prefix(&script.name)?.strip_prefix('#')?.parse().ok(),
            _ => None,
        })
        .collect()
}

fn push(out: &mut String, text: &str) {
    // A line feed ends a line on every terminal; the carriage return before it would be seen as a mark.
    out.push_str(&safe(&text.replace("\r\n", "\n")));
    if !out.ends_with('\n') {
        out.push('\n');
    }
}
