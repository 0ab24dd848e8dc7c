//! What network logs say, on the terminal and as it goes out.

use crate::paint::{Paint, safe_line};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use strongroom_desk::{BEACON, Beacon, BeaconStanding as Standing, CONTACT, Contact, Network};
use strongroom_model::{Finding, Rule, Severity};

/// The schema of what `network` answers.
const SCHEMA: &str = "strongroom.network/1";

/// What network logs say, as it goes out.
#[derive(Serialize)]
pub struct NetworkLine<'a> {
    schema: &'static str,
    #[serde(flatten)]
    network: &'a Network,
}

impl<'a> NetworkLine<'a> {
    /// Returns the line of an answer.
    pub fn of(network: &'a Network) -> Self {
        NetworkLine {
            schema: SCHEMA,
            network,
        }
    }
}

/// Findings beside contacts and beacons that are shown, entries of the safe list, and gaps.
const OTHERS: usize = 20;
const ENTRIES: usize = 4;
const GAPS: usize = 8;

/// Returns what to look at first: the gravest findings, among equals contacts with what is known, then beacons by
/// score, then the others; and what was set aside, read and not read.
pub fn network(network: &Network, paint: Paint) -> String {
    let mut lines = vec![format!(
        "{}  {}",
        paint.verdict(network.report.verdict()),
        paint.bold(&safe_line(&network.report.evidence.name))
    )];
    lines.extend(findings(network, paint));
    lines.extend(set_aside(network, paint));
    lines.push(paint.dim(&format!("  {} logs read", network.read.len())));
    lines.extend(network.report.gaps.iter().take(GAPS).map(|gap| {
        let mark = if gap.hides {
            paint.warn("not read")
        } else {
            paint.dim("not read")
        };
        format!("  {mark} {}", safe_line(&format!("{}: {}", gap.place, gap.why)))
    }));
    lines.extend(more("gaps", network.report.gaps.len(), GAPS, paint));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn findings(network: &Network, paint: Paint) -> Vec<String> {
    let all = &network.report.findings;
    let of = |rule: &'static Rule| all.iter().filter(move |finding| finding.code == rule.code);
    let contacts = of(&CONTACT)
        .zip(&network.contacts)
        .map(|(finding, one)| (finding.severity, contact(one, paint)));
    let beacons = of(&BEACON)
        .zip(&network.beacons)
        .map(|(finding, one)| (finding.severity, beacon(one, paint)));
    let others: Vec<&Finding> = all
        .iter()
        .filter(|finding| finding.code != CONTACT.code && finding.code != BEACON.code)
        .collect();
    let told = others
        .iter()
        .take(OTHERS)
        .map(|finding| (finding.severity, safe_line(&finding.title)));
    let mut rows: Vec<(Severity, String)> = contacts.chain(beacons).chain(told).collect();
    // Stable: what is as grave stays in this order.
    rows.sort_by_key(|(severity, _)| Reverse(*severity));
    let mut lines: Vec<String> = rows
        .iter()
        .map(|(severity, text)| format!("  {} {text}", paint.severity(*severity)))
        .collect();
    if network.contacts.is_empty() && network.beacons.is_empty() {
        lines.push("  no beacon, and no contact with anything known".to_owned());
    }
    lines.extend(more("findings", others.len(), OTHERS, paint));
    lines
}

fn set_aside(network: &Network, paint: Paint) -> Vec<String> {
    let mut lines = Vec::new();
    let count = |standing: Standing| {
        let of = |beacon: &&Beacon| beacon.standing == standing;
        network.set_aside.iter().filter(of).count()
    };
    let (common, inside) = (count(Standing::Common), count(Standing::Inside));
    if common + inside > 0 {
        let text =
            format!("  {common} regular pairs set aside as common, {inside} as inside (--json shows them)");
        lines.push(paint.dim(&text));
    }
    let mut entries: BTreeMap<&str, u64> = BTreeMap::new();
    for one in &network.safe {
        *entries.entry(&one.entry).or_default() += one.count;
    }
    let mut entries: Vec<(&str, u64)> = entries.into_iter().collect();
    entries.sort_by_key(|(_, count)| Reverse(*count));
    let total: u64 = entries.iter().map(|(_, count)| count).sum();
    if total > 0 {
        let told = entries.iter().take(ENTRIES);
        let mut told: Vec<String> = told.map(|(entry, count)| format!("{entry} {count}")).collect();
        if entries.len() > ENTRIES {
            told.push(format!("{} more entries", entries.len() - ENTRIES));
        }
        let text = format!("  {total} set aside by the safe list: {}", told.join(", "));
        lines.push(paint.dim(&safe_line(&text)));
    }
    lines
}

fn more(what: &str, count: usize, shown: usize, paint: Paint) -> Option<String> {
    let more = count.checked_sub(shown).filter(|more| *more > 0)?;
    Some(paint.dim(&format!("  and {more} more {what} (--json shows all)")))
}

fn contact(contact: &Contact, paint: Paint) -> String {
    format!(
        "{} {} {} {} ({} times): {}",
        paint.bad("contact"),
        contact.host,
        contact.what.as_str(),
        paint.bold(&safe_line(contact.observable.value())),
        contact.count,
        safe_line(&contact.why.join("; "))
    )
}

fn beacon(beacon: &Beacon, paint: Paint) -> String {
    let rita = beacon
        .rita
        .as_ref()
        .map_or_else(|| "none".to_owned(), |rita| rita.total.to_string());
    format!(
        "{}  {} → {}  score {} (RITA {rita})  {}\n           {} {}",
        paint.bad("beacon"),
        beacon.source,
        paint.bold(&safe_line(beacon.destination.value())),
        beacon.score,
        safe_line(&beacon.why),
        hours(&beacon.histogram),
        paint.dim("calls by hour of the day, UTC")
    )
}

/// Draws counts as bars of a character each; an hour without a call is a dot.
fn hours(counts: &[u64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bar = |count: &u64| {
        let tall = (u128::from(*count) * BARS.len() as u128).div_ceil(u128::from(most));
        let place = usize::try_from(tall).ok().and_then(|tall| tall.checked_sub(1));
        place.and_then(|place| BARS.get(place)).copied().unwrap_or('·')
    };
    counts.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_bars_and_none_is_a_dot() {
        assert_eq!(hours(&[0, 1, 4, 8]), "·▁▄█");
        assert_eq!(hours(&[0, 0]), "··");
        assert_eq!(hours(&[u64::MAX, 1]), "█▁");
    }
}
