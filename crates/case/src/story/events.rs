//! Events: the entries that stand for something that happened, in the order of time.

use super::sentences::{coins, listed};
use super::{Event, Stage};
use crate::facts::{Beacon, Contact};
use crate::money::{Drain, End, Trace};
use crate::shown::{capital, grouped};
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Entity, Finding, Interval, Link, Place, Report, Verdict};

pub(super) fn events(view: &View<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    events.extend(
        view.reports
            .iter()
            .filter_map(|(seq, report)| arrival(*seq, report)),
    );
    events.extend(contacts(view));
    events.extend(view.beacons.iter().map(|(seq, beacon)| calls(view, *seq, beacon)));
    events.extend(view.drains.iter().map(|(seq, drain)| drained(view, *seq, drain)));
    events.extend(deposits(view));
    events.extend(human(view));
    events.sort_by(|a, b| (key(a), &a.title, &a.cites).cmp(&(key(b), &b.title, &b.cites)));
    events
}

fn key(event: &Event) -> (Option<Interval>, Stage) {
    (event.when, event.stage)
}

/// A piece of evidence that is at least suspicious; innocent files are no events.
fn arrival(seq: u64, report: &Report) -> Option<Event> {
    let verdict = report.verdict();
    if verdict < Verdict::Suspicious || is_log(report) {
        return None;
    }
    let findings = report.walk().into_iter().flat_map(|piece| &piece.findings);
    let when = findings
        .filter_map(|finding: &Finding| finding.when)
        .map(|when| when.first)
        .min();
    Some(Event {
        when: when.map(Interval::at),
        stage: Stage::Evidence,
        title: format!("{} is {}", report.evidence.name, verdict.as_str()),
        text: format!(
            "{} (score {} of 100).",
            capital(&report.because()),
            report.score()
        ),
        cites: vec![seq],
    })
}

/// Logs and reports tell of events and are none.
fn is_log(report: &Report) -> bool {
    let codes = report.findings.iter().map(|finding| finding.code.as_ref());
    codes.clone().any(|code| code.starts_with("network."))
        || codes.clone().any(|code| code.starts_with("intel."))
}

/// A contact that a link speaks of.
fn contacts(view: &View<'_>) -> Vec<Event> {
    let rules = ["c2-contacted", "indicator-contacted", "file-delivered"];
    let mut links: BTreeMap<(&str, &Place), Vec<(u64, &Link)>> = BTreeMap::new();
    for (seq, link) in rules.iter().flat_map(|rule| view.drawn_by(rule)) {
        if let Entity::Host { ip } = &link.from {
            for place in &link.at {
                links.entry((ip, place)).or_default().push((seq, link));
            }
        }
    }
    let told = view.contacts.iter().filter_map(|(seq, contact)| {
        let links = links.get(&(contact.host.as_str(), &contact.at))?;
        Some(reached(*seq, contact, links))
    });
    told.collect()
}

fn reached(seq: u64, contact: &Contact, links: &[(u64, &Link)]) -> Event {
    let named: BTreeSet<String> = links.iter().map(|(_, link)| link.to.to_string()).collect();
    let times = match contact.count {
        1 => "Once".to_owned(),
        count => format!("{} times", grouped(&count.to_string())),
    };
    Event {
        when: Some(contact.when),
        stage: Stage::Network,
        title: format!("Host {} reached {}", contact.host, contact.observable),
        text: format!("{times} ({}); evidence names {}.", contact.why, listed(named)),
        cites: std::iter::once(seq)
            .chain(links.iter().map(|(seq, _)| *seq))
            .collect(),
    }
}

fn calls(view: &View<'_>, seq: u64, beacon: &Beacon) -> Event {
    let links: Vec<(u64, &Link)> = ["beacon-to-c2", "indicator-contacted"]
        .iter()
        .flat_map(|rule| view.drawn_by(rule))
        .filter(|(_, link)| matches!(&link.from, Entity::Host { ip } if *ip == beacon.host))
        .filter(|(_, link)| link.at.contains(&beacon.at))
        .collect();
    let named = if links.is_empty() {
        "nothing else in the case names the destination".to_owned()
    } else {
        let named: BTreeSet<String> = links.iter().map(|(_, link)| link.to.to_string()).collect();
        format!("evidence names {}", listed(named))
    };
    Event {
        when: Some(beacon.when),
        stage: Stage::Network,
        title: format!(
            "Host {} calls {} at regular intervals",
            beacon.host, beacon.destination
        ),
        text: format!(
            "{} calls over {}, one every {} (score {}); {named}.",
            grouped(&beacon.calls.to_string()),
            duration(beacon.when),
            period(beacon.period_ms),
            permille(beacon.score_permille)
        ),
        cites: std::iter::once(seq)
            .chain(links.iter().map(|(seq, _)| *seq))
            .collect(),
    }
}

fn wallets(drain: &Drain) -> String {
    let wallets: BTreeSet<_> = drain.receivers.iter().map(|receiver| &receiver.wallet).collect();
    match wallets.len() {
        1 => "one wallet".to_owned(),
        count => format!("{count} wallets"),
    }
}

fn drained(view: &View<'_>, seq: u64, drain: &Drain) -> Event {
    let moved = drain.moved.iter().map(|moved| {
        let share = moved.share_permille.map_or_else(String::new, |share| {
            format!(" ({} of the balance)", percent(share))
        });
        format!("{}{share}", coins(moved.amount, &moved.asset))
    });
    let account = drain.account.value();
    let about = |link: &Link| matches!(&link.from, Entity::Drain { account: a, when } if a == account && *when == drain.when);
    let links = view.drawn_by("drained-to").filter(|(_, link)| about(link));
    Event {
        when: Some(drain.when),
        stage: Stage::Theft,
        title: format!("{account} is drained"),
        text: format!(
            "{} left within {} to {}: {}.",
            listed(moved),
            duration(drain.when),
            wallets(drain),
            drain.why
        ),
        cites: std::iter::once(seq).chain(links.map(|(seq, _)| seq)).collect(),
    }
}

/// Stolen value that arrived at a named wallet, all policies in one event: none of them is the truth alone.
fn deposits(view: &View<'_>) -> Vec<Event> {
    type Ends<'a> = Vec<(u64, &'a Trace, &'a End)>;
    let mut by_party: BTreeMap<(&str, &str), Ends<'_>> = BTreeMap::new();
    for (seq, trace) in &view.traces {
        for end in &trace.ends {
            if let Some(party) = &end.party {
                let key = (party.label.as_str(), party.service.as_str());
                by_party.entry(key).or_default().push((*seq, trace, end));
            }
        }
    }
    by_party
        .into_iter()
        .map(|((party, service), ends)| deposit(party, service, &ends))
        .collect()
}

fn deposit(party: &str, service: &str, ends: &[(u64, &Trace, &End)]) -> Event {
    let arrivals = ends
        .iter()
        .filter_map(|(_, _, end)| end.path.last())
        .map(|hop| hop.when);
    let when = arrivals.clone().min().zip(arrivals.max());
    let mut sums: BTreeMap<(&str, bool, &strongroom_model::Asset), Option<strongroom_model::Amount>> =
        BTreeMap::new();
    for (_, trace, end) in ends {
        let sum = sums
            .entry((&trace.policy, trace.upper_bound, &end.asset))
            .or_insert(Some(strongroom_model::Amount::ZERO));
        *sum = sum.and_then(|sum| sum.checked_add(end.amount));
    }
    let amounts = sums.into_iter().map(|((policy, upper, asset), sum)| {
        let most = if upper { "at most " } else { "" };
        let sum = sum.map_or_else(|| "more than 256 bits".into(), |sum| coins(sum, asset));
        format!("{most}{sum} by {policy}")
    });
    Event {
        when: when.map(|(first, last)| Interval { first, last }),
        stage: Stage::Funds,
        title: format!("Stolen value reaches {party}"),
        text: format!("A tag names it as {service}. It is {}.", listed(amounts)),
        cites: ends
            .iter()
            .map(|(seq, _, _)| *seq)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
    }
}

fn human<'a>(view: &'a View<'a>) -> impl Iterator<Item = Event> + 'a {
    let notes = view.notes.iter().map(|(seq, note)| Event {
        when: Some(Interval::at(note.at)),
        stage: Stage::Human,
        title: format!("{} notes", note.by),
        text: note.text.clone(),
        cites: vec![*seq],
    });
    let decisions = view.decisions.iter().map(|(seq, decision)| Event {
        when: Some(Interval::at(decision.at)),
        stage: Stage::Human,
        title: format!("{} {} {}", decision.by, decision.ruling.as_str(), decision.about),
        text: format!("{}.", capital(decision.reason.trim_end_matches('.'))),
        cites: vec![*seq],
    });
    notes.chain(decisions)
}

/// Returns the length of an interval in its largest fitting unit, rounded down.
pub(crate) fn duration(when: Interval) -> String {
    let seconds = when.last.seconds().saturating_sub(when.first.seconds());
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        i64::MIN..=1 => "one second".into(),
        2..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{minutes} minutes"),
        7_200..172_800 if minutes % 60 > 0 => format!("{hours}\u{a0}h\u{a0}{}\u{a0}min", minutes % 60),
        7_200..172_800 => format!("{hours} hours"),
        _ => format!("{days} days"),
    }
}

/// Returns a period of milliseconds as seconds, minutes or hours, exactly where it is whole.
pub(crate) fn period(ms: u64) -> String {
    let (seconds, rest) = (ms / 1000, ms % 1000);
    match (seconds, rest) {
        (_, 1..) => format!("{seconds}.{rest:03} s"),
        (s, 0) if s >= 3600 && s % 3600 == 0 => format!("{} h", s / 3600),
        (s, 0) if s > 60 && s % 60 == 0 => format!("{} min", s / 60),
        (s, 0) => format!("{s} s"),
    }
}

/// Returns thousandths as a decimal fraction of one.
pub(crate) fn permille(score: u32) -> String {
    format!("{}.{:03}", score / 1000, score % 1000)
}

/// Returns thousandths as a percentage with one place.
pub(crate) fn percent(share: u32) -> String {
    format!("{}.{} %", share / 10, share % 10)
}
