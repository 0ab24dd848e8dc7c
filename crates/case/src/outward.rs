//! The case as data, schema `strongroom.case/1`: what the HTML report shows, for programs.
//!
//! | field | what |
//! |---|---|
//! | `schema` | `strongroom.case/1` |
//! | `journal` | `{entries, head, runs}`: how many entries, the hash of the last line, how many runs |
//! | `opened` | the last run's version, title and parameters |
//! | `story` | `{title, standing, headline, events[{when,stage,title,text,cites}], known[{text,cites}], unknown[…]}` |
//! | `evidence` | reports of schema `strongroom.report/1`, each under `report`, beside `entry` |
//! | `contacts` `beacons` `named` `drains` `traces` `screened` `lists` `gaps` `links` `unlinked` `notes` `decisions` | `[{entry, …}]` with the fields of the entry's body |
//! | `asked` | `[{entry, by, at, customer?, subject?, question, answer, cleared?}]`: screenings for a decision; question and answer are objects |
//! | `cleared` | `[{entry, hit}]`: hits of them that somebody cleared |
//!
//! `cites` and `entry` are the numbers of journal entries, counted from 1. Amounts are decimal strings of base units,
//! moments RFC 3339 in UTC, scores and shares whole thousandths. Values are exact: nothing is taken apart here.

use crate::asked::Asked;
use crate::chain::Recorded;
use crate::story::tell;
use crate::view::{Cited, View};
use serde::Serialize;
use serde_json::{Value, json};

/// The schema of [`report_json`].
pub const CASE_SCHEMA: &str = "strongroom.case/1";

/// Returns the last run of a case with all human entries as data. The module's page lists the fields.
pub fn report_json(recorded: &[Recorded]) -> Value {
    let view = View::of(recorded);
    json!({
        "schema": CASE_SCHEMA,
        "journal": {
            "entries": recorded.len(),
            "head": view.last.map(|last| last.id.hash.to_string()),
            "runs": view.runs,
        },
        "opened": view.opened.map(|(_, opened)| data(opened)),
        "story": data(&tell(&view)),
        "evidence": view.reports.iter().map(|(seq, report)| json!({"entry": seq, "report": data(report)})).collect::<Vec<_>>(),
        "contacts": rows(&view.contacts),
        "beacons": rows(&view.beacons),
        "named": rows(&view.named),
        "drains": rows(&view.drains),
        "traces": rows(&view.traces),
        "screened": rows(&view.screened),
        "lists": rows(&view.lists),
        "gaps": rows(&view.gaps),
        "links": rows(&view.links),
        "unlinked": rows(&view.unlinked),
        "notes": rows(&view.notes),
        "decisions": rows(&view.decisions),
        "asked": view.asked.iter().map(|(seq, asked)| screening(*seq, asked)).collect::<Vec<_>>(),
        "cleared": view.cleared.iter().map(|(seq, cleared)| json!({"entry": seq, "hit": data(cleared)})).collect::<Vec<_>>(),
    })
}

fn data(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("every word of a case has string keys and serializes to JSON")
}

/// Returns a screening with its question and answer as the objects that they are; as text where they are none.
fn screening(entry: u64, asked: &Asked) -> Value {
    let mut row = data(&Row { entry, body: asked });
    for key in ["question", "answer"] {
        if let Some(place) = row.get_mut(key)
            && let Some(object) = place.as_str().and_then(|text| serde_json::from_str(text).ok())
        {
            *place = object;
        }
    }
    row
}

#[derive(Serialize)]
struct Row<'a, T> {
    entry: u64,
    #[serde(flatten)]
    body: &'a T,
}

fn rows<T: Serialize>(cited: &[Cited<'_, T>]) -> Vec<Value> {
    cited
        .iter()
        .map(|(entry, body)| data(&Row { entry: *entry, body }))
        .collect()
}
