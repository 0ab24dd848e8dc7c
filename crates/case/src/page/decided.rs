//! Screenings for a decision, as a case's journal keeps them: what was asked of which lists, what the answer was, and who cleared
//! which hit and why. The answers are the screening room's JSON; what of them is not understood is not drawn, and never guessed.

use super::parts::{Pen, ROWS, cites, mark, moment, more, table};
use crate::asked::{Asked, Cleared};
use maud::{Markup, html};
use serde_json::Value;
use std::collections::BTreeMap;

/// Hits and candidates of one answer that are drawn.
const MATCHES: usize = 10;
/// Letters of a hash that tell versions apart for the eye; the whole hash stands in the table of lists.
const HASH: usize = "sha256:".len() + 12;

/// A version that an answer names: list, hash, date.
type Version = (String, String, String);

pub(super) fn decisions(pen: &Pen<'_>) -> Option<Markup> {
    let view = pen.view;
    if view.asked.is_empty() && view.cleared.is_empty() {
        return None;
    }
    // The latest first: what is cut is the oldest.
    let latest = view.asked.iter().rev().take(ROWS);
    let asked: Vec<Markup> = latest.map(|(seq, asked)| asked_row(pen, *seq, asked)).collect();
    let latest = view.cleared.iter().rev().take(ROWS);
    let cleared: Vec<Markup> = latest
        .map(|(seq, cleared)| cleared_row(pen, *seq, cleared))
        .collect();
    let lists = lists(pen);
    Some(html! {
        @if !asked.is_empty() {
            (table("Screenings for a decision", &ASKED, &asked))
            (more(view.asked.len(), asked.len(), "screenings"))
        }
        @if !cleared.is_empty() {
            h3 { "Hits that were cleared" }
            p.quiet { "A cleared hit comes back when the entry of the list or whom it is about changes." }
            (table("Cleared hits", &CLEARED, &cleared))
            (more(view.cleared.len(), cleared.len(), "clearings"))
        }
        @if !lists.is_empty() { h3 { "Lists that were asked" } (table("Versions of lists", &LISTS, &lists)) }
    })
}

const ASKED: [(&str, &str); 6] = [
    ("", "Asked for"),
    ("", "Outcome"),
    ("wide", "What answered"),
    ("", "Of these lists"),
    ("", "By"),
    ("", "Entry"),
];
const CLEARED: [(&str, &str); 5] = [
    ("", "Hit"),
    ("", "Of"),
    ("wide", "Why"),
    ("", "By"),
    ("", "Entry"),
];
const LISTS: [(&str, &str); 4] = [("", "List"), ("", "Date"), ("", "Hash"), ("num", "Screenings")];

fn asked_row(pen: &Pen<'_>, seq: u64, asked: &Asked) -> Markup {
    let answer: Value = serde_json::from_str(&asked.answer).unwrap_or_default();
    html! {
        td { code { (pen.text(subject(&answer))) }
            @if let Some(customer) = &asked.customer { div.quiet { "customer " (pen.text(customer)) } } }
        td { (outcome(&answer)) }
        td.wide { (answered(pen, &answer)) (clearings(pen, asked)) }
        td { @for (list, hash, date) in versions(&answer) {
            div { (pen.text(&list)) " " span.quiet { (pen.text(&date)) " " code.hash { (brief(&hash)) } } }
        } }
        td { (pen.text(&asked.by)) div.quiet { (moment(asked.at)) } }
        td { (cites(&[seq])) }
    }
}

fn cleared_row(pen: &Pen<'_>, seq: u64, cleared: &Cleared) -> Markup {
    html! {
        td { (pen.text(&cleared.list)) ", entry " (pen.text(&cleared.entry))
            div.quiet { code.hash { (brief(cleared.entry_fingerprint.as_str())) } } }
        td { code { (pen.text(&cleared.subject)) }
            div.quiet { code.hash { (brief(cleared.subject_fingerprint.as_str())) } } }
        td.wide { (pen.text(&cleared.why)) }
        td { (pen.text(&cleared.by)) div.quiet { (moment(cleared.at)) } }
        td { (cites(&[seq])) }
    }
}

/// Returns what an answer is about: a query, or a book.
fn subject(answer: &Value) -> &str {
    let key = if answer.get("book").is_some() {
        "book"
    } else {
        "query"
    };
    text(answer, key)
}

fn outcome(answer: &Value) -> Markup {
    match text(answer, "verdict") {
        "hit" => mark("bad", "✕", "hit"),
        "possible" => mark("warn", "!", "possible"),
        "no-hit" => mark("good", "✓", "no hit"),
        "malformed" => mark("open", "?", "malformed"),
        _ => html! {},
    }
}

fn answered(pen: &Pen<'_>, answer: &Value) -> Markup {
    if answer.get("book").is_some() {
        return of_book(pen, answer);
    }
    if answer.get("received").is_some() {
        return of_exposure(pen, answer);
    }
    let (hits, candidates) = (elements(answer, "hits"), elements(answer, "candidates"));
    let why = answer
        .pointer("/form/malformed")
        .or_else(|| answer.get("malformed"));
    html! {
        @if let Some(why) = why.and_then(Value::as_str) { p { (pen.text(why)) } }
        @else if hits.is_empty() && candidates.is_empty() { span.quiet { "nothing" } }
        @for hit in hits.iter().take(MATCHES) { (matched(pen, hit, "")) }
        (more(hits.len(), MATCHES, "hits"))
        @for one in candidates.iter().take(MATCHES) { (matched(pen, one, "similar, ")) }
        (more(candidates.len(), MATCHES, "candidates"))
        @let algorithm = text(answer, "algorithm");
        @if !algorithm.is_empty() { div.quiet { "algorithm " (pen.text(algorithm))
            @if let Some(search) = answer.get("search") { ", " (pen.text(text(search, "algorithm"))) @if let Some(threshold) = search.get("threshold") { " from " (threshold) } } } }
    }
}

/// Draws an entry that matches; of an asset the row of the table stands under `listed`.
fn matched(pen: &Pen<'_>, one: &Value, how: &str) -> Markup {
    let listed = one.get("listed").unwrap_or(one);
    let names = ["party", "issuer", "matched"].map(|key| text(listed, key));
    let name = names
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or("no party named");
    let entry = text(one, "entry");
    html! {
        p.hit { strong { (pen.text(name)) } " "
            span.quiet { (how) (pen.text(text(one, "how")))
                @if !text(one, "list").is_empty() { " · " (pen.text(text(one, "list"))) }
                @if !entry.is_empty() { ", entry " (pen.text(entry)) }
                @if let Some(score) = one.get("score") { " · score " (score) } }
            @for key in ["matched", "reason"] { @if !text(listed, key).is_empty() { br; (pen.text(text(listed, key))) } }
        }
    }
}

fn of_book(pen: &Pen<'_>, answer: &Value) -> Markup {
    let counts = [
        "customers",
        "screened",
        "questions",
        "hits",
        "malformed",
        "unread_count",
    ];
    let counts = counts.iter().filter_map(|key| {
        let count = answer.get(key).and_then(Value::as_u64)?;
        Some(format!(
            "{count} {}",
            key.replace("unread_count", "rows not read")
        ))
    });
    let counts: Vec<String> = counts.collect();
    html! {
        p { (counts.join(", ")) }
        @for proof in elements(answer, "delta") {
            p { "change of " (pen.text(text(proof, "list"))) ": " code.hash { (brief(text(proof, "from"))) } " to " code.hash { (brief(text(proof, "to"))) } }
        }
        div.quiet { "book " code.hash { (brief(text(answer, "sha256"))) } ", answers " code.hash { (brief(text(answer, "answers"))) } }
    }
}

/// Draws from and to whom value came and went through a ledger.
fn of_exposure(pen: &Pen<'_>, answer: &Value) -> Markup {
    let sides = [("received from", "received"), ("sent to", "sent")];
    let gaps = elements(answer, "gaps");
    html! {
        p.quiet { "exposure by " (pen.text(text(answer, "policy")))
            @match answer.get("hops") { Some(hops) => { ", within " (hops) " hops" } None => ", as far as the ledger goes" } }
        @for (what, key) in sides { @for side in elements(answer, key) {
            @let parts = elements(side, "parts");
            @if parts.is_empty() { p { (what) " nobody who is listed or tagged, in " (pen.text(text(side, "asset"))) } }
            @for part in parts.iter().take(MATCHES) { (exposed(pen, what, side, part)) }
            (more(parts.len(), MATCHES, "parties"))
        } }
        @for gap in gaps.iter().take(MATCHES) { p { strong { "Not seen: " } (pen.text(text(gap, "where"))) ": " (pen.text(text(gap, "why"))) } }
        (more(gaps.len(), MATCHES, "gaps"))
    }
}

fn exposed(pen: &Pen<'_>, what: &str, side: &Value, part: &Value) -> Markup {
    let tag = part.get("tag").unwrap_or(&Value::Null);
    let hops = part.get("hops").and_then(Value::as_u64).unwrap_or_default();
    let way: Vec<String> = elements(part, "path")
        .iter()
        .map(|hop| pen.text(text(hop, "by")))
        .collect();
    html! {
        p.hit { (what) " " strong { (pen.text(text(tag, "label"))) } " "
            span.quiet { (pen.text(text(tag, "service"))) " · " (pen.text(text(tag, "source"))) }
            br; (pen.text(text(part, "amount"))) " of " (pen.text(text(side, "followed"))) " base units of " (pen.text(text(side, "asset")))
            ", " (hops) @if hops == 1 { " transfer" } @else { " transfers" } " away"
            @if !way.is_empty() { br; span.quiet { "by " code { (way.join(", ")) } } } }
    }
}

/// Draws who had cleared hits of an answer when it was given.
fn clearings(pen: &Pen<'_>, asked: &Asked) -> Markup {
    let all = &pen.view.cleared;
    let of = |seq: &u64| {
        let at = all.binary_search_by_key(seq, |(seq, _)| *seq).ok()?;
        all.get(at)
    };
    html! {
        @for (seq, cleared) in asked.cleared.iter().filter_map(of) {
            p { (mark("calm", "✓", "cleared")) " " (pen.text(&cleared.list)) ", entry " (pen.text(&cleared.entry)) ", by " (pen.text(&cleared.by)) ", " (moment(cleared.at)) ": " (pen.text(&cleared.why)) " " (cites(&[*seq])) }
        }
    }
}

/// Draws every version that was asked, with its whole hash.
fn lists(pen: &Pen<'_>) -> Vec<Markup> {
    let mut counts: BTreeMap<Version, u64> = BTreeMap::new();
    for (_, asked) in &pen.view.asked {
        let answer: Value = serde_json::from_str(&asked.answer).unwrap_or_default();
        for version in versions(&answer) {
            *counts.entry(version).or_default() += 1;
        }
    }
    let rows = counts.iter().map(|((list, hash, date), count)| {
        html! { td { (pen.text(list)) } td { (pen.text(date)) } td { code.hash { (pen.text(hash)) } } td.num { (count) } }
    });
    rows.collect()
}

/// Returns the versions that an answer names; one about an asset names its table alone.
fn versions(answer: &Value) -> Vec<Version> {
    let of = |value: &Value, name: &str| {
        let [list, hash, date] = [name, "sha256", "date"].map(|key| text(value, key).to_owned());
        (list, hash, date)
    };
    match answer.get("lists").and_then(Value::as_array) {
        Some(lists) => lists.iter().map(|list| of(list, "name")).collect(),
        None if answer.get("list").is_some() => vec![of(answer, "list")],
        None => Vec::new(),
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn elements<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Returns the beginning of a hash; whatever stands there is hostile text until it is a hash.
fn brief(hash: &str) -> String {
    hash.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == ':')
        .take(HASH)
        .collect()
}
