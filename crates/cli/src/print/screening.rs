//! A screening on the terminal: the answer, what matched, and what was not asked.

use crate::paint::{Paint, safe};
use strongroom_desk::{QueryForm, Screening, ScreeningVerdict};

/// Returns a screening as text.
pub fn screening(screening: &Screening, paint: Paint) -> String {
    let verdict = match screening.verdict {
        ScreeningVerdict::Hit => paint.bad("hit"),
        ScreeningVerdict::NoHit => paint.good("no hit"),
        ScreeningVerdict::Malformed => paint.warn("malformed"),
    };
    let mut lines = vec![format!(
        "{verdict}  {}  {}",
        paint.bold(&safe(&screening.query)),
        paint.dim(screening.scope)
    )];
    if let QueryForm::Malformed(cause) = &screening.form {
        lines.push(format!("  {}", safe(cause)));
    }
    for hit in &screening.hits {
        let party = safe(hit.party.as_deref().unwrap_or("no party named"));
        let (list, programs) = (safe(&hit.list), safe(&hit.programs.join(", ")));
        lines.push(format!(
            "  {} {list}: {party} ({})",
            paint.severity(hit.severity),
            hit.how.as_str()
        ));
        lines.push(paint.dim(&format!(
            "           entry {}, as {:?} {programs}",
            safe(&hit.entry),
            hit.matched
        )));
    }
    for tag in &screening.tags {
        lines.push(format!(
            "  {} {} ({})",
            tag.service.as_str(),
            safe(&tag.label),
            safe(&tag.source)
        ));
    }
    let asked: Vec<String> = screening
        .lists
        .iter()
        .map(|list| format!("{} ({} entries)", safe(&list.name), list.entries))
        .collect();
    lines.push(paint.dim(&format!("  asked: {}", asked.join(", "))));
    lines.iter().map(|line| format!("{line}\n")).collect()
}
