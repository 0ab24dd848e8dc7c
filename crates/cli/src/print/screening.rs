//! A screening on the terminal: the answer, what matched, and what was not asked.

use crate::paint::{Paint, safe_line};
use strongroom_desk::{Candidate, Decided, QueryForm, Screening, ScreeningVerdict};

/// Candidates that are printed; `--json` has them all.
const CANDIDATES: usize = 20;

fn candidate(candidate: &Candidate) -> String {
    let party = safe_line(candidate.party.as_deref().unwrap_or(&candidate.matched));
    format!(
        "  {:.4} {}: {party} (OFAC's page {}, {} {:?}, entry {})",
        candidate.score,
        safe_line(&candidate.list),
        candidate.ofac,
        candidate.how.as_str(),
        candidate.matched,
        safe_line(&candidate.entry),
    )
}

/// Returns what the score is made of, a word after the other.
fn words(candidate: &Candidate) -> String {
    let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let parts = candidate.parts.iter().map(|part| {
        format!(
            "{}/{} {:.2}×{:.2} {}",
            word(&part.query),
            word(&part.listed),
            part.similarity,
            part.weight,
            part.how.as_str()
        )
    });
    let factors = candidate
        .factors
        .iter()
        .map(|factor| format!("{} {:.2}", factor.why.as_str(), factor.factor));
    let all: Vec<String> = parts.chain(factors).collect();
    format!("         {}", safe_line(&all.join(", ")))
}

fn screening(screening: &Screening, paint: Paint) -> String {
    let verdict = match screening.verdict {
        ScreeningVerdict::Hit => paint.bad("hit"),
        ScreeningVerdict::Possible => paint.warn("possible"),
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
    for similar in screening.candidates.iter().take(CANDIDATES) {
        lines.push(candidate(similar));
        lines.push(paint.dim(&words(similar)));
    }
    if let Some(more) = screening
        .candidates
        .len()
        .checked_sub(CANDIDATES)
        .filter(|more| *more > 0)
    {
        lines.push(format!("  and {more} more candidates: --json prints them all"));
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

/// Returns a screening with whom it is about and what was cleared before.
pub fn decided(decided: &Decided, paint: Paint) -> String {
    let mut text = decided
        .customer
        .iter()
        .map(|customer| format!("customer {}\n", paint.bold(&safe_line(customer))))
        .collect::<String>();
    text += &screening(&decided.screening, paint);
    for cleared in &decided.cleared {
        text += &format!(
            "  {} {} {} by {}, {}: {}\n",
            paint.good("cleared"),
            safe_line(&cleared.list),
            safe_line(&cleared.entry),
            safe_line(&cleared.by),
            cleared.at,
            safe_line(&cleared.why)
        );
    }
    text
}
