//! The examination of a text report: what it names, with its part, as a [`Report`].

use crate::extract::{Extraction, extract};
use crate::rules::INDICATORS;
use std::collections::BTreeMap;
use strongroom_model::{Evidence, Finding, Kind, Limits, Report, Role, Span};

/// Examines a report in plain text, Markdown or AsciiDoc; `name` is what it came under.
pub fn examine(name: &str, bytes: &[u8], limits: &Limits) -> Report {
    let Extraction { indicators, gaps } = extract(bytes, limits);
    let mut report = Report::new(Evidence::of_bytes(name, Kind::Text, bytes));
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let blamed = indicators.iter().filter(|one| one.role == Role::Indicator);
    for indicator in blamed.clone() {
        *counts.entry(indicator.observable.kind().as_str()).or_default() += 1;
    }
    if !counts.is_empty() {
        let types: Vec<String> = counts
            .iter()
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        let mut finding = Finding::of(&INDICATORS, Span::whole())
            .fact("indicators", counts.values().sum::<u64>())
            .fact("types", types.join(", "));
        finding.observables = blamed.map(|one| one.observable.clone()).collect();
        report.find(finding);
    }
    report.gaps = gaps;
    for indicator in indicators {
        report.sight(indicator.observable, indicator.role);
    }
    report
}
