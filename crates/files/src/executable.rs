//! Programs: told, weighed by how they came, and not read inside yet.

use crate::examine::{Carrier, Walk};
use crate::names::{claims_document, hides_extension};
use crate::rules;
use strongroom_model::{Finding, Gap, Report, Rule, Span, Why};

/// Tells a program by the way it came.
pub(crate) fn read_executable(report: &mut Report, walk: &Walk<'_>) {
    let name = report.evidence.name.clone();
    let kind = report.evidence.kind;
    let tell = |rule: &'static Rule| {
        Finding::of(rule, Span::whole())
            .fact("kind", kind.as_str())
            .fact("name", name.as_str())
    };
    let rule = match walk.above() {
        [] => &rules::EXECUTABLE,
        above if above.contains(&Carrier::Mail) => &rules::EXECUTABLE_BY_MAIL,
        [.., Carrier::Archive] => &rules::EXECUTABLE_IN_ARCHIVE,
        _ => &rules::EXECUTABLE_INSIDE,
    };
    report.find(tell(rule));
    if claims_document(&name) || hides_extension(&name) {
        report.find(tell(&rules::DISGUISED));
    }
    report.gap(Gap::new(
        "content",
        Why::Unsupported,
        format!("the inside of a program ({kind}) is not read"),
    ));
}
