//! The closing: screening, links with their reasons, what people wrote, and what all of it stands on.

use super::parts::{Pen, cites, kind, mark, moment, strength, table};
use crate::chain::Recorded;
use crate::facts::{Outcome, Screened};
use crate::human::Ruling;
use crate::links::LINK_RULES;
use crate::story::permille;
use maud::{Markup, html};
use strongroom_model::{Entity, Link, Report};

pub(super) fn screening(pen: &Pen<'_>) -> Option<Markup> {
    let view = pen.view;
    let asked: Vec<Markup> = view
        .screened
        .iter()
        .map(|(seq, one)| screened(pen, *seq, one))
        .collect();
    let named: Vec<Markup> = view
        .named
        .iter()
        .map(|(seq, named)| {
            html! {
                td { code { (pen.value(&named.wallet)) } }
                td { (pen.text(&named.party)) }
                td { span.kind { (named.service.as_str()) } }
                td { (pen.text(&named.list)) " " span.quiet { "(" (named.how.as_str()) ")" } }
                td { (cites(&[*seq])) }
            }
        })
        .collect();
    let head = [
        ("", "Asked for"),
        ("", "Outcome"),
        ("wide", "What answered"),
        ("", "Entry"),
    ];
    let named_head = [
        ("", "Wallet"),
        ("", "Party"),
        ("", "Kind"),
        ("", "List"),
        ("", "Entry"),
    ];
    (!asked.is_empty() || !named.is_empty()).then(|| {
        html! {
            @if !asked.is_empty() { (table("Screening", &head, &asked)) }
            @if !named.is_empty() { h3 { "Wallets with a name" } (table("Named wallets", &named_head, &named)) }
        }
    })
}

fn screened(pen: &Pen<'_>, seq: u64, one: &Screened) -> Markup {
    let (class, sign) = match one.outcome {
        Outcome::Hit => ("bad", "✕"),
        Outcome::Review => ("warn", "!"),
        Outcome::NotCleared => ("open", "?"),
        Outcome::Clear => ("good", "✓"),
    };
    html! {
        td { code { (pen.text(&one.query)) } }
        td { (mark(class, sign, one.outcome.as_str())) }
        td.wide {
            @if one.hits.is_empty() { span.quiet { "nothing" } }
            @for hit in &one.hits {
                p.hit { strong { (pen.text(&hit.party)) } " " span.quiet { (pen.text(&hit.list)) " · score " (permille(hit.score_permille)) }
                    br; (pen.text(&hit.why)) }
            }
            div.quiet { "algorithm " (pen.text(&one.algorithm)) }
        }
        td { (cites(&[seq])) }
    }
}

pub(super) fn links(pen: &Pen<'_>) -> Option<Markup> {
    let view = pen.view;
    if view.links.is_empty() && view.unlinked.is_empty() {
        return None;
    }
    let mut sorted = view.links.clone();
    sorted.sort_by_key(|(seq, link)| (LINK_RULES.iter().position(|rule| rule.name == link.rule), *seq));
    let rows: Vec<Markup> = sorted
        .iter()
        .map(|(seq, link)| link_row(pen, *seq, link))
        .collect();
    let head = [
        ("", "From"),
        ("", "Link"),
        ("", "To"),
        ("wide", "Reason"),
        ("", "Entry"),
    ];
    let apart: Vec<Markup> = view
        .unlinked
        .iter()
        .map(|(seq, one)| {
            html! {
                td { (pen.entity(&one.what)) } td { (one.ground.as_str()) } td.num { (one.links) }
                td.wide { (pen.text(&one.why)) } td { (cites(&[*seq])) }
            }
        })
        .collect();
    let apart_head = [
        ("", "What"),
        ("", "Ground"),
        ("num", "Links"),
        ("wide", "Reason"),
        ("", "Entry"),
    ];
    Some(html! {
        (table("Links", &head, &rows))
        @if !apart.is_empty() {
            h3 { "Left apart" }
            p.quiet { "A rule would have joined these; none of them links to anything." }
            (table("Left apart", &apart_head, &apart))
        }
        details { summary { "The rules" }
            (table("Rules", &[("", "Rule"), ("", "Link"), ("", "At best"), ("wide", "Joins")], &LINK_RULES.iter().map(|rule| html! {
                td { code { (rule.name) } } td { (rule.kind.as_str()) } td { (strength(rule.strength)) } td.wide { (rule.joins) }
            }).collect::<Vec<_>>()))
        }
    })
}

fn link_row(pen: &Pen<'_>, seq: u64, link: &Link) -> Markup {
    html! {
        td { (pen.entity(&link.from)) }
        td.tight { (link.kind.as_str()) div { (strength(link.strength)) } }
        td { (pen.entity(&link.to)) }
        td.wide { (pen.text(&link.why)) div.code-line { code { (link.rule) } @match link.at.len() { 0 => {}, 1 => span.quiet { " · 1 place" }, many => span.quiet { " · " (many) " places" } } } }
        td { (cites(&[seq])) }
    }
}

pub(super) fn people(pen: &Pen<'_>) -> Option<Markup> {
    let view = pen.view;
    let begun = view.opened.map_or(0, |(seq, _)| seq);
    (!view.notes.is_empty() || !view.decisions.is_empty()).then(|| {
        html! {
            @for (seq, note) in &view.notes {
                blockquote { p { (pen.text(&note.text)) }
                    footer { (pen.text(&note.by)) ", " (moment(note.at)) " " (cites(&[*seq])) } }
            }
            @for (seq, decision) in &view.decisions {
                blockquote { p { (mark(ruling(decision.ruling), "§", decision.ruling.as_str())) " " (pen.entity(&decision.about)) ": " (pen.text(&decision.reason)) }
                    footer { (pen.text(&decision.by)) ", " (moment(decision.at)) " " (cites(&[*seq])) @if *seq > begun { " · counts from the next run on" } } }
            }
        }
    })
}

const fn ruling(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Confirmed => "warn",
        Ruling::Dismissed => "calm",
    }
}

pub(super) fn provenance(pen: &Pen<'_>, recorded: &[Recorded]) -> Option<Markup> {
    let view = pen.view;
    let evidence: Vec<Markup> = view
        .reports
        .iter()
        .map(|(seq, report)| evidence_row(pen, *seq, report))
        .collect();
    let lists: Vec<Markup> = view
        .lists
        .iter()
        .map(|(seq, list)| {
            html! {
                td { (pen.text(&list.name)) } td { (pen.text(&list.edition)) } td.num { (list.entries) }
                td { code.hash { (pen.text(&list.hash)) } } td { (cites(&[*seq])) }
            }
        })
        .collect();
    Some(html! {
        dl.provenance {
            @if let Some(last) = view.last {
                dt { "Journal head" } dd { code.hash { (last.id.hash) } }
            }
            dt { "Entries" } dd { (recorded.len()) " in " (view.runs) @if view.runs == 1 { " run" } @else { " runs, the last of them drawn here" } }
            @if let Some((_, opened)) = view.opened {
                dt { "Version" } dd { "Strongroom " (pen.text(&opened.version)) }
                @for (name, value) in &opened.parameters { dt { (pen.text(name)) } dd { code { (pen.text(value)) } } }
            }
        }
        p.quiet { "Each entry is chained to the one before it by SHA-256. Keep the head outside the house: a journal that was written anew does not match it." }
        @if !evidence.is_empty() { h3 { "Evidence" } (table("Evidence hashes", &[("", "Name"), ("num", "Bytes"), ("", "Hash"), ("", "Entry")], &evidence)) }
        @if !lists.is_empty() { h3 { "Lists" } (table("List hashes", &[("", "List"), ("", "Edition"), ("num", "Entries"), ("", "Hash"), ("", "Entry")], &lists)) }
    })
}

fn evidence_row(pen: &Pen<'_>, seq: u64, report: &Report) -> Markup {
    html! {
        td { (pen.text(&report.evidence.name)) } td.num { (report.evidence.size) }
        td { code.hash { (report.evidence.id) } } td { (cites(&[seq])) }
    }
}

pub(super) fn colophon(pen: &Pen<'_>) -> Markup {
    let version = pen.view.opened.map_or("", |(_, opened)| opened.version.as_str());
    html! { p { "Drawn by Strongroom " (pen.text(version)) " from the case's journal alone. Times are UTC. Addresses from evidence are taken apart and cannot be followed." } }
}

/// Returns the sentence that a diagram's line is read as.
pub(super) fn read_aloud(pen: &Pen<'_>, link: &Link) -> String {
    let name = |entity: &Entity| format!("{} {}", kind(entity), pen.name(entity));
    format!(
        "{} – {} ({}, {}) – {}: {}",
        name(&link.from),
        link.kind.as_str(),
        link.strength.as_str(),
        link.rule,
        name(&link.to),
        pen.text(&link.why)
    )
}
