//! A case's story on the terminal.

use crate::paint::{Paint, safe_line};
use strongroom_desk::{Event, Sentence, Standing, Story};

/// Sentences about what is not known that are worth a line each; the rest stand in the report.
const UNKNOWN: usize = 12;

/// Returns the story as text: the headline, the events in order, what is known, what is not.
pub fn story(story: &Story, paint: Paint) -> String {
    let mut lines = vec![format!(
        "{}  {}",
        standing(story.standing, paint),
        paint.bold(&safe_line(&story.headline))
    )];
    section(
        &mut lines,
        "What happened",
        story.events.iter().map(|one| event(one, paint)),
        paint,
    );
    section(
        &mut lines,
        "What the case shows",
        story.known.iter().map(|one| sentence(one, paint)),
        paint,
    );
    let unknown = story.unknown.iter().take(UNKNOWN).map(|one| sentence(one, paint));
    section(&mut lines, "What it does not know", unknown, paint);
    if let Some(more) = story.unknown.len().checked_sub(UNKNOWN).filter(|more| *more > 0) {
        lines.push(paint.dim(&format!("  and {more} more in the report")));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn section(lines: &mut Vec<String>, title: &str, items: impl Iterator<Item = String>, paint: Paint) {
    let items: Vec<String> = items.collect();
    if !items.is_empty() {
        lines.push(format!("\n{}", paint.bold(title)));
        lines.extend(items);
    }
}

fn standing(standing: Standing, paint: Paint) -> String {
    match standing {
        Standing::Quiet => paint.good(standing.as_str()),
        Standing::NotCleared | Standing::Suspicious => paint.warn(standing.as_str()),
        Standing::Hostile | Standing::Reached | Standing::Drained => paint.bad(standing.as_str()),
    }
}

fn event(event: &Event, paint: Paint) -> String {
    let when = event
        .when
        .map_or_else(|| "undated".to_owned(), |when| when.first.to_string());
    let head = format!(
        "  {:20}  {:8}  {}",
        when,
        event.stage.as_str(),
        paint.bold(&safe_line(&event.title))
    );
    format!(
        "{head}\n  {:20}  {:8}  {}{}",
        "",
        "",
        safe_line(&event.text),
        cites(&event.cites, paint)
    )
}

fn sentence(sentence: &Sentence, paint: Paint) -> String {
    format!("  {}{}", safe_line(&sentence.text), cites(&sentence.cites, paint))
}

/// Returns the entries that a sentence stands on; many are told by the first ones.
fn cites(cites: &[u64], paint: Paint) -> String {
    let shown: Vec<String> = cites.iter().take(4).map(u64::to_string).collect();
    let more = if cites.len() > shown.len() { ", …" } else { "" };
    if shown.is_empty() {
        String::new()
    } else {
        paint.dim(&format!(" [{}{more}]", shown.join(", ")))
    }
}
