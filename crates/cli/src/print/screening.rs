//! A screening on the terminal: the answer, what matched, and what was not asked.

use crate::paint::{Paint, safe_line};
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
        paint.bold(&safe_line(&screening.query)),
        paint.dim(screening.scope)
    )];
    match &screening.form {
        QueryForm::Malformed(cause) => lines.push(format!("  {}", safe_line(cause))),
        QueryForm::Opaque => {
            lines.push("  in no address form that is known here: compared as text alone".to_owned())
        }
        QueryForm::Address | QueryForm::ChecksumMismatch | QueryForm::Name => {}
    }
    for hit in &screening.hits {
        let party = safe_line(hit.party.as_deref().unwrap_or("no party named"));
        let (list, programs) = (safe_line(&hit.list), safe_line(&hit.programs.join(", ")));
        lines.push(format!(
            "  {} {list}: {party} ({})",
            paint.severity(hit.severity),
            hit.how.as_str()
        ));
        lines.push(paint.dim(&format!(
            "           entry {}, as {:?} {programs}",
            safe_line(&hit.entry),
            hit.matched
        )));
    }
    for tag in &screening.tags {
        lines.push(format!(
            "  {} {} ({})",
            tag.service.as_str(),
            safe_line(&tag.label),
            safe_line(&tag.source)
        ));
    }
    let asked: Vec<String> = screening
        .lists
        .iter()
        .map(|list| format!("{} ({} entries)", safe_line(&list.name), list.entries))
        .collect();
    lines.push(paint.dim(&format!("  asked: {}", asked.join(", "))));
    lines.extend(screening.lacks().map(|gap| {
        let text = format!("{}: {}", gap.place, gap.why);
        format!("  {} {}", paint.warn("not asked"), safe_line(&text))
    }));
    lines.iter().map(|line| format!("{line}\n")).collect()
}
