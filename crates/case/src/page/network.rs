//! The network: beacons with their calls over time, and who talked to what.

use super::parts::{Pen, cites, interval, table};
use crate::facts::Beacon;
use crate::shown::grouped;
use crate::story::{period, permille};
use maud::{Markup, html};

/// Bars of one histogram that are drawn.
const BARS: usize = 96;

pub(super) fn network(pen: &Pen<'_>) -> Option<Markup> {
    let view = pen.view;
    if view.beacons.is_empty() && view.contacts.is_empty() {
        return None;
    }
    let contacts: Vec<Markup> = view
        .contacts
        .iter()
        .map(|(seq, contact)| {
            html! {
                td { code { (pen.text(&contact.host)) } }
                td.wide { (pen.observable(&contact.observable)) div.quiet { (pen.text(&contact.why)) } }
                td { (interval(contact.when)) }
                td.num { (grouped(&contact.count.to_string())) }
                td { (cites(&[*seq])) }
            }
        })
        .collect();
    let head = [
        ("", "Host"),
        ("wide", "Talked to"),
        ("", "When (UTC)"),
        ("num", "Times"),
        ("", "Entry"),
    ];
    Some(html! {
        @if !view.beacons.is_empty() { div.beacons { @for (seq, beacon) in &view.beacons { (drawn(pen, *seq, beacon)) } } }
        @if !contacts.is_empty() { h3 { "Contacts" } (table("Contacts", &head, &contacts)) }
    })
}

fn drawn(pen: &Pen<'_>, seq: u64, beacon: &Beacon) -> Markup {
    let facts = [
        ("every", period(beacon.period_ms)),
        ("calls", grouped(&beacon.calls.to_string())),
        (
            "strays by",
            format!(
                "{}.{} %",
                beacon.jitter_permille / 10,
                beacon.jitter_permille % 10
            ),
        ),
        ("score", permille(beacon.score_permille)),
    ];
    html! {
        article.card.beacon {
            h3 { code { (pen.text(&beacon.host)) } span.arrow aria-label="calls" { " → " } code { (pen.value(&beacon.destination)) } " " (cites(&[seq])) }
            p.sub { (interval(beacon.when)) }
            (histogram(beacon))
            dl.inline { @for (name, value) in &facts { div { dt { (name) } dd { (value) } } } }
            p.quiet { (pen.text(&beacon.why)) }
        }
    }
}

/// The calls per slice as bars; all slices stand there, also the empty ones.
fn histogram(beacon: &Beacon) -> Markup {
    let bars = beacon.histogram.get(..BARS).unwrap_or(&beacon.histogram);
    let highest = bars.iter().copied().max().unwrap_or(0).max(1);
    let width = bars.len() * 10;
    html! {
        @if !bars.is_empty() {
            svg.histogram viewBox=(format!("0 0 {width} 48")) preserveAspectRatio="none" role="img"
                aria-label=(format!("calls over time in {} slices, at most {highest} in one", bars.len())) {
                @for (place, calls) in bars.iter().enumerate() {
                    // In tenths, so that the drawing needs no float.
                    @let tenths = u64::from(*calls) * 460 / u64::from(highest);
                    rect.base x=(place * 10 + 1) y="47" width="8" height="1" {}
                    @if tenths > 0 {
                        rect x=(place * 10 + 1) width="8" y=(tenth(470 - tenths)) height=(tenth(tenths)) { title { (calls) " calls" } }
                    }
                }
            }
        }
    }
}

fn tenth(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}
