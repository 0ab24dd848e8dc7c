//! The examination of a report: what it names, with its part, as a [`Report`].

use crate::extract::{Extraction, extract};
use crate::format::Format;
use crate::rules::INDICATORS;
use std::collections::BTreeMap;
use strongroom_model::{Evidence, Finding, Kind, Limits, Report, Role, Span};

/// Examines a report of any format; `name` is what it came under.
pub fn examine(name: &str, bytes: &[u8], limits: &Limits) -> Report {
    report_of(name, bytes, &extract(bytes, limits))
}

/// Returns the report of what was read elsewhere in these bytes.
pub fn report_of(name: &str, bytes: &[u8], extraction: &Extraction) -> Report {
    let mut report = Report::new(Evidence::of_bytes(name, kind(Format::of(bytes)), bytes));
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let indicators = &extraction.indicators;
    let blamed = || indicators.iter().filter(|one| one.role() == Role::Indicator);
    for indicator in blamed() {
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
        finding.observables = blamed().map(|one| one.observable.clone()).collect();
        report.find(finding);
    }
    report.gaps = extraction.gaps.clone();
    for indicator in indicators {
        report.sight(indicator.observable.clone(), indicator.role());
    }
    report
}

const fn kind(format: Format) -> Kind {
    match format {
        Format::Text => Kind::Text,
        Format::Html => Kind::Html,
        Format::Pdf => Kind::Pdf,
        Format::Csv => Kind::Csv,
        Format::Stix | Format::Misp => Kind::Json,
    }
}
