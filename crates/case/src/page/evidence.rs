//! The evidence: each piece with its findings, what it names, its scripts layer by layer, and what it contains.

use super::file;
use super::parts::{Pen, ROWS, cites, more, severity, table, verdict};
use crate::shown::{capital, grouped, shortened};
use maud::{Markup, html};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Finding, Gap, Kind, Layer, Observable, Report, Role, Script, Verdict};

/// Characters of one layer that are shown.
const LAYER_CHARS: usize = 20_000;
/// Pieces of evidence that are drawn, all levels together.
const PIECES: usize = 300;

pub(super) fn evidence(pen: &Pen<'_>) -> Option<Markup> {
    let reports = &pen.view.reports;
    if reports.is_empty() {
        return None;
    }
    let mut grave: Vec<_> = reports.iter().collect();
    grave.sort_by_key(|(seq, report)| (std::cmp::Reverse(report.verdict()), *seq));
    let left = Cell::new(PIECES);
    let pieces = grave.iter().map(|(seq, report)| (*report, Some(*seq)));
    Some(html! {
        (techniques(pen))
        div.tree { (pieces_of(pen, pieces, 0, &left)) }
    })
}

/// Draws pieces as long as some may be drawn, and counts the others.
fn pieces_of<'a>(
    pen: &Pen<'_>,
    pieces: impl ExactSizeIterator<Item = (&'a Report, Option<u64>)>,
    depth: usize,
    left: &Cell<usize>,
) -> Markup {
    let total = pieces.len();
    let mut drawn = Vec::new();
    for (report, seq) in pieces {
        let Some(fewer) = left.get().checked_sub(1) else {
            break;
        };
        left.set(fewer);
        drawn.push(piece(pen, report, seq, depth, left));
    }
    html! {
        @for piece in &drawn { (piece) }
        (more(total, drawn.len(), "pieces of evidence"))
    }
}

/// All ATT&CK techniques of the findings, with how many findings speak of each.
fn techniques(pen: &Pen<'_>) -> Markup {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, report) in &pen.view.reports {
        for finding in report.walk().into_iter().flat_map(|piece| &piece.findings) {
            for technique in &finding.techniques {
                *counts.entry(technique).or_default() += 1;
            }
        }
    }
    html! {
        @if !counts.is_empty() {
            p.techniques { span.quiet { "ATT&CK techniques: " }
                @for (id, count) in counts { span.chip { (pen.text(id)) @if count > 1 { span.quiet { " ×" (count) } } } " " } }
        }
    }
}

fn piece(pen: &Pen<'_>, report: &Report, seq: Option<u64>, depth: usize, left: &Cell<usize>) -> Markup {
    let found = report.verdict();
    let open = depth < 4 && found >= Verdict::Suspicious;
    html! {
        details.piece open[open] {
            summary {
                (verdict(found))
                span.file { (pen.text(&report.evidence.name)) }
                span.quiet.facts { (kind_name(report.evidence.kind)) " · " (grouped(&report.evidence.size.to_string())) " bytes" }
                @if let Some(seq) = seq { (cites(&[seq])) }
            }
            div.inside {
                p.because { (capital(&pen.text(&report.because()))) }
                p.hash { code { (report.evidence.id) } }
                @if seq.is_some() && file::has_page(report) {
                    p.page-link { a href=(file::path(&report.evidence.id)) { "Open the file’s page" } span.quiet { " – its scripts side by side, step by step" } }
                }
                (findings(pen, &report.findings))
                (observables(pen, report))
                (gaps(pen, &report.gaps))
                @for script in &report.scripts { (unfolded(pen, script)) }
                (pieces_of(pen, report.children.iter().map(|child| (child, None)), depth + 1, left))
            }
        }
    }
}

/// Returns the kind's name as it stands in data, which is the one people know it by.
pub(super) fn kind_name(kind: Kind) -> String {
    let value = serde_json::to_value(kind).unwrap_or_default();
    value.as_str().unwrap_or("unknown").to_owned()
}

pub(super) fn findings(pen: &Pen<'_>, findings: &[Finding]) -> Markup {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let rows: Vec<Markup> = sorted
        .iter()
        .map(|finding| {
            html! {
                td { (severity(finding.severity)) }
                td.wide { (pen.text(&finding.title)) div.code-line { code { (pen.text(&finding.code)) } } }
                td { @for id in &finding.techniques { span.chip { (pen.text(id)) } " " } }
                td { code.at { (pen.text(&finding.at.to_string())) } }
            }
        })
        .collect();
    let head = [("", "Weight"), ("wide", "Finding"), ("", "ATT&CK"), ("", "Where")];
    html! { @if !rows.is_empty() { (table("Findings", &head, &rows)) } }
}

pub(super) fn observables(pen: &Pen<'_>, report: &Report) -> Markup {
    let mut by_role: BTreeMap<&str, BTreeSet<&Observable>> = BTreeMap::new();
    for sighting in &report.observables {
        by_role
            .entry(role(sighting.role))
            .or_default()
            .insert(&sighting.observable);
    }
    html! {
        @if !by_role.is_empty() {
            dl.observables { @for (role, all) in by_role {
                dt { (role) }
                dd { ul { @for one in all.iter().take(ROWS) { li { (pen.observable(one)) } } } (more(all.len(), ROWS, "observables")) }
            } }
        }
    }
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::C2 => "takes orders from",
        Role::Download => "downloads from",
        Role::Dropped => "writes or starts",
        Role::Sender => "sent from",
        Role::Recipient => "sent to",
        Role::Indicator => "lists as indicator",
        Role::Beacon => "is called at intervals",
        Role::Theft => "stolen value went to",
        Role::End => "stolen value ends at",
        Role::Listed => "listed",
        _ => "mentions",
    }
}

pub(super) fn gaps(pen: &Pen<'_>, gaps: &[Gap]) -> Markup {
    html! {
        @if !gaps.is_empty() {
            ul.gaps { @for gap in gaps.iter().take(ROWS) {
                li { strong { "Not read: " } (pen.text(&gap.place)) " – " (pen.text(&gap.why))
                     @if !gap.hides { span.quiet { " (hides nothing)" } } }
            } }
            (more(gaps.len(), ROWS, "gaps"))
        }
    }
}

fn unfolded(pen: &Pen<'_>, script: &Script) -> Markup {
    html! {
        details.script {
            summary { span.kind { (pen.text(&script.language)) } " " (pen.text(&script.name)) " "
                span.quiet { (script.layers.len()) @if script.layers.len() == 1 { " layer" } @else { " layers" } } }
            ol.layers { @for layer in &script.layers { (unfolded_layer(pen, layer)) } }
        }
    }
}

fn unfolded_layer(pen: &Pen<'_>, layer: &Layer) -> Markup {
    let total = layer.text.chars().count();
    let drawn = pen.draws(total.min(LAYER_CHARS));
    let shown: String = layer.text.chars().take(drawn).collect();
    html! {
        li {
            p.by { (pen.text(&shortened(&layer.by, 60))) span.quiet { " · " (grouped(&total.to_string())) " characters, addresses taken apart" } }
            pre tabindex="0" { code { (pen.text(&shown)) } }
            (more(total, drawn, "characters"))
        }
    }
}
