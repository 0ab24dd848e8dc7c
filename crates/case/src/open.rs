//! Screenings that somebody still has to look at: of each question the last answer counts, until what it found was cleared.

use crate::asked::Asked;
use crate::view::{Cited, View};
use serde_json::Value;
use std::collections::BTreeMap;

/// An answer that nobody settled.
pub(crate) struct Open {
    /// The entry that keeps it.
    pub(crate) seq: u64,
    /// What was asked for.
    pub(crate) query: String,
    /// What it came to.
    pub(crate) verdict: String,
}

/// Returns the answers that are open, in the order of their entries. What was asked of a customer whose row is another one now, or
/// gone, stands open still: somebody has to say that it is settled.
pub(crate) fn open(view: &View<'_>) -> Vec<Open> {
    let mut last: BTreeMap<_, Cited<'_, Asked>> = BTreeMap::new();
    for (seq, asked) in &view.asked {
        last.insert((&asked.customer, &asked.subject, &asked.question), (*seq, *asked));
    }
    let mut open: Vec<Open> = last.into_values().filter_map(|one| left(view, one)).collect();
    open.sort_by_key(|one| one.seq);
    open
}

fn left(view: &View<'_>, (seq, asked): Cited<'_, Asked>) -> Option<Open> {
    if asked.settled {
        return None;
    }
    let answer: Value = serde_json::from_str(&asked.answer).unwrap_or_default();
    let verdict = answer.get("verdict").and_then(Value::as_str)?;
    let found = matches!(verdict, "hit" | "possible" | "malformed");
    (found && !is_cleared_since(view, (seq, asked), &answer)).then(|| Open {
        seq,
        query: answer
            .get("query")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        verdict: verdict.to_owned(),
    })
}

/// Returns whether all that an answer names was cleared, before it or since.
fn is_cleared_since(view: &View<'_>, (seq, asked): Cited<'_, Asked>, answer: &Value) -> bool {
    let named = ["hits", "candidates"].into_iter();
    let mut named = named
        .filter_map(|key| answer.get(key)?.as_array())
        .flatten()
        .peekable();
    let is_cleared = |one: &Value| {
        let is = |key: &str, text: &str| one.get(key).and_then(Value::as_str) == Some(text);
        view.cleared.iter().any(|(at, cleared)| {
            let counts = asked.cleared.contains(at) || *at > seq;
            let about = asked.subject.as_ref() == Some(&cleared.subject_fingerprint);
            counts && about && is("list", &cleared.list) && is("entry", &cleared.entry)
        })
    };
    named.peek().is_some() && named.all(is_cleared)
}
