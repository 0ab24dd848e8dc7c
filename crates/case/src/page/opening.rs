//! The opening: the sentence it comes to, the figures, the time line, what is known and what is not.

use super::parts::{Pen, cites, interval, mark};
use crate::story::{Event, Sentence, Stage, Standing, Story, coins};
use maud::{Markup, html};
use std::collections::BTreeSet;
use strongroom_model::{Entity, Verdict};

pub(super) fn masthead(pen: &Pen<'_>, story: &Story) -> Markup {
    html! {
        header.masthead {
            div.inner {
                p.eyebrow { "Strongroom" span aria-hidden="true" { " / " } "case report" }
                p.title { (pen.text(&story.title)) " " (standing(story.standing)) }
                h1 { (pen.text(&story.headline)) }
                dl.figures {
                    @for (label, value, note) in figures(pen, story) {
                        div { dt { (label) } dd { span.value { (value) } @if !note.is_empty() { span.note { (note) } } } }
                    }
                }
            }
        }
    }
}

fn standing(standing: Standing) -> Markup {
    let (class, sign) = match standing {
        Standing::Quiet => ("good", "✓"),
        Standing::NotCleared => ("open", "?"),
        Standing::Suspicious => ("warn", "!"),
        Standing::Hostile | Standing::Reached | Standing::Drained => ("bad", "✕"),
    };
    mark(class, sign, standing.as_str())
}

/// The figures under the headline: label, value, and what it is of.
fn figures(pen: &Pen<'_>, story: &Story) -> Vec<(&'static str, String, String)> {
    let view = pen.view;
    let malicious = view
        .reports
        .iter()
        .filter(|(_, r)| r.verdict() == Verdict::Malicious);
    let mut figures = vec![(
        "Malicious evidence",
        malicious.count().to_string(),
        format!("of {} examined", view.reports.len()),
    )];
    if !view.contacts.is_empty() || !view.beacons.is_empty() {
        figures.push((
            "Hosts reached it",
            hosts(pen).to_string(),
            format!("{} beacons seen", view.beacons.len()),
        ));
    }
    let moved = view.drains.iter().flat_map(|(_, drain)| &drain.moved);
    let mut moved: Vec<_> = moved.collect();
    moved.sort_by_key(|moved| std::cmp::Reverse(moved.share_permille));
    if let Some(first) = moved.first() {
        let others = match moved.len() - 1 {
            0 => "in one asset".to_owned(),
            1 => "and 1 other asset".to_owned(),
            more => format!("and {more} other assets"),
        };
        figures.push(("Drained", coins(first.amount, &first.asset), others));
    }
    if !view.traces.is_empty() {
        let parties: BTreeSet<&str> = view
            .traces
            .iter()
            .flat_map(|(_, trace)| trace.ends.iter().filter_map(|end| end.party.as_ref()))
            .map(|party| party.label.as_str())
            .collect();
        figures.push((
            "Named ends",
            parties.len().to_string(),
            format!("by {} policies", view.traces.len()),
        ));
    }
    figures.push((
        "Not known",
        story.unknown.len().to_string(),
        "gaps and open questions".into(),
    ));
    figures
}

fn hosts(pen: &Pen<'_>) -> usize {
    let reached = ["c2-contacted", "beacon-to-c2", "indicator-contacted"];
    let links = pen
        .view
        .links
        .iter()
        .filter(|(_, link)| reached.contains(&link.rule.as_str()));
    let hosts = links.filter_map(|(_, link)| match &link.from {
        Entity::Host { ip } => Some(ip),
        _ => None,
    });
    hosts.collect::<BTreeSet<_>>().len()
}

pub(super) fn timeline(pen: &Pen<'_>, story: &Story) -> Option<Markup> {
    if story.events.is_empty() {
        return Some(html! { p.quiet { "Nothing that happened stands in this case." } });
    }
    Some(html! {
        ol.timeline { @for event in &story.events { (happened(pen, event)) } }
    })
}

fn happened(pen: &Pen<'_>, event: &Event) -> Markup {
    html! {
        li.(stage_class(event.stage)) {
            div.when {
                @match event.when { Some(when) => (interval(when)), None => span.quiet { "no time in the evidence" } }
            }
            div.what {
                p.stage { (event.stage.as_str()) }
                h3 { (pen.text(&event.title)) }
                p { (pen.text(&event.text)) " " (cites(&event.cites)) }
            }
        }
    }
}

const fn stage_class(stage: Stage) -> &'static str {
    match stage {
        Stage::Evidence => "s-evidence",
        Stage::Network => "s-network",
        Stage::Theft => "s-theft",
        Stage::Funds => "s-funds",
        Stage::Human => "s-human",
    }
}

pub(super) fn known_and_not(pen: &Pen<'_>, story: &Story) -> Option<Markup> {
    Some(html! {
        div.two {
            div.known {
                h3 { "What the case shows" }
                (sentences(pen, &story.known, "No rule joined anything."))
            }
            div.unknown {
                h3 { "What it does not know" }
                (sentences(pen, &story.unknown, "Nothing that was handed in was left unread."))
            }
        }
    })
}

fn sentences(pen: &Pen<'_>, sentences: &[Sentence], none: &str) -> Markup {
    html! {
        @if sentences.is_empty() { p.quiet { (none) } }
        @else { ul { @for one in sentences.iter().take(super::parts::ROWS) { li { (pen.text(&one.text)) " " (cites(&one.cites)) } } } }
        (super::parts::more(sentences.len(), super::parts::ROWS, "sentences"))
    }
}
