//! What changed between two versions of a list, on the terminal.

use crate::paint::{Paint, safe_line};
use strongroom_desk::{KeptAsset, KeptBook, ListDiff};

/// Returns a diff as text: `+` an entry that came, `-` one that went, `~` one that changed, with its fields.
pub fn list_diff(diff: &ListDiff, paint: Paint) -> String {
    let name = |entry: &str, party: &Option<String>| match party {
        Some(party) => format!("{} {}", safe_line(entry), safe_line(party)),
        None => safe_line(entry),
    };
    let mut lines = vec![format!(
        "{}: {} added, {} removed, {} changed, {} as they were",
        paint.bold(&safe_line(&diff.list)),
        diff.added.len(),
        diff.removed.len(),
        diff.changed.len(),
        diff.unchanged
    )];
    lines.extend(
        diff.added
            .iter()
            .map(|one| format!("+ {}", name(&one.entry, &one.party))),
    );
    lines.extend(
        diff.removed
            .iter()
            .map(|one| format!("- {}", name(&one.entry, &one.party))),
    );
    for change in &diff.changed {
        lines.push(format!("~ {}", name(&change.entry, &change.party)));
        for field in &change.fields {
            let removed = field
                .removed
                .iter()
                .map(|value| format!("    {} - {}", field.field, safe_line(value)));
            let added = field
                .added
                .iter()
                .map(|value| format!("    {} + {}", field.field, safe_line(value)));
            lines.extend(removed.chain(added));
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Returns what a book came to as text.
pub fn book(book: &KeptBook, paint: Paint) -> String {
    let answer = &book.answer;
    let cleared = book
        .cleared
        .map_or_else(String::new, |cleared| format!(" ({cleared} answers cleared)"));
    let mut lines = vec![format!(
        "{}: {} customers, {} screened ({} questions), {} hits{cleared}, {} malformed, {} rows not read",
        paint.bold(&safe_line(&answer.book)),
        answer.customers,
        answer.screened,
        answer.questions,
        answer.hits,
        answer.malformed,
        answer.unread_count
    )];
    lines.extend(
        answer
            .unread
            .iter()
            .map(|row| format!("  {} {}", paint.warn("not read"), safe_line(&row.why))),
    );
    let asked: Vec<String> = answer.lists.iter().map(|list| safe_line(&list.name)).collect();
    lines.push(paint.dim(&format!(
        "  asked: {}; answers {}",
        asked.join(", "),
        answer.answers
    )));
    if let Some(entry) = book.follows {
        lines.push(format!(
            "  whom it leaves out keep the answers of entry {entry} of the case"
        ));
    }
    lines.extend(
        book.uncovered
            .iter()
            .map(|why| format!("  {} {}", paint.warn("not complete"), safe_line(why))),
    );
    for proof in &answer.delta {
        lines.push(format!(
            "  {}: {} of {} entries are as they were ({}), {} added, {} removed, {} changed",
            safe_line(&proof.list),
            proof.unchanged,
            proof.entries_after,
            proof.unchanged_after,
            proof.added,
            proof.removed,
            proof.changed
        ));
        lines.push(if proof.everybody {
            "  what the versions lack is not the same: everybody was screened again".to_owned()
        } else {
            "  whom neither the old nor the new text of a changed entry concerns has the answer of before"
                .to_owned()
        });
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Returns the answer about an asset as text.
pub fn asset(kept: &KeptAsset, paint: Paint) -> String {
    let answer = &kept.screening;
    let verdict = match (answer.hits.is_empty(), &answer.malformed) {
        (true, None) => paint.good("no hit"),
        (true, Some(_)) => paint.warn("malformed"),
        (false, _) => paint.bad("hit"),
    };
    let mut lines = vec![format!("{verdict}  {}", paint.bold(&safe_line(&answer.query)))];
    lines.extend(answer.malformed.iter().map(|why| format!("  {}", safe_line(why))));
    for hit in &answer.hits {
        let how = match hit.how {
            strongroom_desk::AssetMatch::Contract => "by its contract",
            strongroom_desk::AssetMatch::Symbol => "by its symbol",
        };
        lines.push(format!(
            "  {} issued by {}, {how}: {} ({}, {})",
            paint.severity(hit.severity),
            safe_line(&hit.listed.issuer),
            safe_line(&hit.listed.reason),
            safe_line(&hit.listed.source),
            safe_line(&hit.listed.date)
        ));
    }
    lines.push(paint.dim(&format!("  asked: {}", safe_line(&answer.list))));
    lines.iter().map(|line| format!("{line}\n")).collect()
}
