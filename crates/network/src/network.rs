//! What a reading comes to: beacons, contacts, strobes, long connections, each told as a finding too.

use crate::aside::{Aside, Grounds, SafeCount};
use crate::beacon::{Beacon, Candidate, Standing, Unit, uncommon};
use crate::census::Census;
use crate::config::Config;
use crate::contact::{self, Contact, Forms};
use crate::flow::{Flow, Lasted};
use crate::gaplist::GapList;
use crate::log::LogSummary;
use crate::oddities::{self, Oddities};
use crate::place::Place;
use crate::rules::{BEACON, FALLBACK, LONG_CONNECTION, STROBE};
use crate::score::Series;
use crate::span_text::duration;
use crate::traffic::Traffic;
use serde::Serialize;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use strongroom_model::{
    Evidence, Finding, Gap, Interval, KnownLookup, Limit, Limits, Moment, Observable, ObservableType, Report,
    Role, Rule, Severity,
};

/// A connection that stands this long is told, in microseconds: RITA's second step, four hours.
const LONG: i64 = 4 * 3_600_000_000;

/// What a reading of network logs found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Network {
    /// Findings, observables and gaps.
    pub report: Report,
    /// Beacons that are alarms, the highest score first.
    pub beacons: Vec<Beacon>,
    /// Pairs as regular as beacons that are none: safe names, services that many hosts call, hosts inside.
    pub set_aside: Vec<Beacon>,
    /// What each entry of the safe list set aside, the beacons of `set_aside` among it.
    pub safe: Vec<SafeCount>,
    /// Contacts with known observables.
    pub contacts: Vec<Contact>,
    /// What was read of each file, by name.
    pub read: Vec<LogSummary>,
}

/// Makes the outcome of what a reading kept.
pub(crate) fn assemble(
    evidence: Evidence,
    mut files: Vec<(LogSummary, GapList)>,
    mut traffic: Traffic,
    (config, limits): (&Config, &Limits),
    lookup: &KnownLookup<'_>,
) -> Network {
    let mut report = Report::new(evidence);
    files.sort_unstable();
    let mut read = Vec::new();
    for (summary, gaps) in files {
        report.gaps.extend(gaps.into_gaps(&summary.file));
        read.push(summary);
    }
    let ips = std::mem::take(&mut traffic.ips).into_values();
    let names = canonical(std::mem::take(&mut traffic.names).into_values());
    let urls = std::mem::take(&mut traffic.urls).into_values();
    let seen = std::mem::take(&mut traffic.seen);
    let forms = Forms {
        ips: &ips,
        names: &names,
        urls: &urls,
        captures: &traffic.captures,
    };
    let mut contacts = contact::contacts(&seen, &traffic.files, &forms, lookup);
    drop((seen, urls));
    let known = known(&contacts);
    let oddities = Oddities::take(&mut traffic);
    let census = Census::of(traffic, ips, &names);
    let grounds = Grounds {
        census: &census,
        config,
        known: &known,
    };
    let mut pairs = Pairs::of(&grounds);
    pairs.others.extend(oddities.findings(&grounds, &mut pairs.aside));
    pairs.others.extend(oddities::uploads(&grounds, &mut pairs.aside));
    pairs.others.sort_by_key(|finding| Reverse(finding.severity));
    cut("contacts", &mut contacts, limits, &mut report);
    cut("beacons", &mut pairs.beacons, limits, &mut report);
    cut("pairs set aside", &mut pairs.set_aside, limits, &mut report);
    for contact in &contacts {
        report.find(contact.finding());
        report.sight(contact.observable.clone(), Role::C2);
    }
    for beacon in &pairs.beacons {
        let mut finding = with_fallback(beacon, &pairs.beacons);
        // Rhythm alone may be innocent, and one call to what is known a mistake: both together are neither.
        let ips = beacon.ips.iter().map(|ip| Observable::from_ip(*ip));
        if known.contains(&beacon.destination) || ips.into_iter().any(|ip| known.contains(&ip)) {
            finding.severity = Severity::Critical;
        }
        report.find(finding);
        report.sight(beacon.destination.clone(), Role::Beacon);
    }
    report.findings.append(&mut pairs.others);
    report.bound(limits.rows);
    Network {
        report,
        beacons: pairs.beacons,
        set_aside: pairs.set_aside,
        safe: pairs.aside.counts(),
        contacts,
        read,
    }
}

/// Returns what the look-up knows, and the address of each endpoint that it knows.
fn known(contacts: &[Contact]) -> BTreeSet<Observable> {
    let observables = contacts.iter().map(|contact| &contact.observable);
    let endpoints = observables
        .clone()
        .filter(|known| known.kind() == ObservableType::Endpoint);
    let addresses = endpoints.filter_map(Observable::host);
    observables.cloned().chain(addresses).collect()
}

/// Cuts a list to the rows of a report; a gap says how many were cut.
fn cut<T>(what: &str, list: &mut Vec<T>, limits: &Limits, report: &mut Report) {
    let rows = limits.rows as usize;
    if list.len() > rows {
        let detail = format!("{} of {} not shown", list.len() - rows, list.len());
        report.gap(Gap::limit(what, Limit::Rows, detail));
        list.truncate(rows);
    }
}

/// Returns the canonical form of each name: a domain or, in a Host header, an address.
fn canonical(names: Vec<Box<str>>) -> Vec<Option<Observable>> {
    let form = |name: &str| Observable::ip(name).or_else(|_| Observable::domain(name)).ok();
    names.iter().map(|name| form(name)).collect()
}

/// What all pairs come to.
#[derive(Default)]
struct Pairs {
    beacons: Vec<Beacon>,
    set_aside: Vec<Beacon>,
    others: Vec<Finding>,
    aside: Aside,
}

impl Pairs {
    fn of(grounds: &Grounds<'_>) -> Self {
        let Grounds { census, config, .. } = grounds;
        let mut pairs = Pairs::default();
        let (mut candidates, mut tested) = (Vec::new(), 0);
        for (key, flow) in &census.pairs {
            if place(&key.1) == Place::Nowhere {
                continue;
            }
            let long = long_connection(key, flow, census);
            pairs.tell(long, &LONG_CONNECTION, &key.1, grounds);
            let series = Series::new(&flow.calls, |uid| census.size_of(key.0, flow, uid));
            if let Some(count) = series.strobe() {
                let strobe = strobe(key, flow, census, count);
                pairs.tell(strobe, &STROBE, &key.1, grounds);
            } else if let Some(candidate) = Candidate::of(key, flow, series) {
                tested += 1;
                candidates.extend(Some(candidate).filter(|candidate| candidate.is_regular(config, 1)));
            }
        }
        candidates.retain(|candidate| candidate.is_regular(config, tested));
        let beacons: Vec<Beacon> = candidates
            .iter()
            .filter_map(|candidate| candidate.beacon(grounds, tested))
            .collect();
        pairs.sort_out(beacons, grounds);
        pairs
    }

    /// Keeps a finding, unless its destination is safe.
    fn tell(
        &mut self,
        finding: Option<Finding>,
        rule: &Rule,
        destination: &Observable,
        grounds: &Grounds<'_>,
    ) {
        let Some(finding) = finding else { return };
        match grounds.safe(destination) {
            Some(entry) => self.aside.count(entry, rule),
            None => self.others.push(finding),
        }
    }

    fn sort_out(&mut self, beacons: Vec<Beacon>, grounds: &Grounds<'_>) {
        let (names, addresses): (Vec<Beacon>, Vec<Beacon>) =
            beacons.into_iter().partition(|beacon| beacon.unit == Unit::Name);
        let unnamed = not_behind(&names, addresses, grounds);
        let mut all: Vec<Beacon> = names.into_iter().chain(unnamed).collect();
        all.sort_by_cached_key(|beacon| (Reverse(beacon.score), beacon.source, beacon.destination.clone()));
        (self.beacons, self.set_aside) = all
            .into_iter()
            .partition(|beacon| beacon.standing == Standing::Alarm);
        let safe = self
            .set_aside
            .iter()
            .filter(|beacon| beacon.standing == Standing::Safe);
        for entry in safe.filter_map(|beacon| grounds.safe(&beacon.destination)) {
            self.aside.count(entry, &BEACON);
        }
    }
}

/// Returns the pairs of addresses that no pair of a name shows already, with the same source and period.
///
/// A name that is safe stands for its address only where DNS gave that address for it, or where no DNS log
/// was read: a handshake can claim any name. For an address that somebody knows only a name that is an alarm does.
fn not_behind(names: &[Beacon], addresses: Vec<Beacon>, grounds: &Grounds<'_>) -> Vec<Beacon> {
    let census = grounds.census;
    let mut by_ip: BTreeMap<(IpAddr, IpAddr), Vec<&Beacon>> = BTreeMap::new();
    for name in names {
        for ip in &name.ips {
            by_ip.entry((name.source, *ip)).or_default().push(name);
        }
    }
    let shown = |address: &Beacon| {
        let ip = address.ip()?;
        let trusted = !census.resolved || census.safe.contains_key(&ip);
        let known = grounds.known.contains(&address.destination);
        let stands_for = |name: &Beacon| match name.standing {
            Standing::Alarm => true,
            Standing::Safe => trusted && !known,
            Standing::Common | Standing::Inside => !known,
        };
        let names = by_ip.get(&(address.source, ip))?;
        names
            .iter()
            .find(|name| address.same_period(name, 10) && stands_for(name))
    };
    let mut addresses = addresses;
    addresses.retain(|address| shown(address).is_none());
    addresses
}

fn place(destination: &Observable) -> Place {
    destination
        .value()
        .parse()
        .map_or(Place::Outside, |ip: IpAddr| Place::of(ip))
}

/// Returns a beacon's finding; another of the same host with the same period at the same time is its fallback.
fn with_fallback(beacon: &Beacon, all: &[Beacon]) -> Finding {
    let mut finding = beacon.finding();
    let overlap = |other: &&Beacon| {
        other.source == beacon.source
            && other.destination != beacon.destination
            && other.same_period(beacon, 20)
            && other.when.first <= beacon.when.last
            && beacon.when.first <= other.when.last
    };
    if all.iter().any(|other| overlap(&other)) {
        finding.techniques.push(Cow::Borrowed(FALLBACK));
    }
    finding
}

fn strobe(key: &(IpAddr, Observable), flow: &Flow, census: &Census, count: u64) -> Option<Finding> {
    let (first, last) = flow.ends?;
    let mut finding = Finding::of(&STROBE, census.span(&first))
        .fact("source", key.0.to_string())
        .fact("connections", count)
        .fact("destination", key.1.value())
        .observing(&key.1);
    finding.when = first
        .when()
        .zip(last.when())
        .map(|(first, last)| first.join(last));
    Some(finding)
}

fn long_connection(key: &(IpAddr, Observable), flow: &Flow, census: &Census) -> Option<Finding> {
    let Lasted { micros, open, at } = flow.longest.filter(|longest| longest.micros >= LONG)?;
    let ip: IpAddr = key.1.value().parse().ok()?;
    let sources = census.sources.get(&key.1).copied().unwrap_or(0);
    let common = uncommon(sources, census.population) < 1.0;
    if common || Place::of(ip) != Place::Outside {
        return None;
    }
    let mut finding = Finding::of(&LONG_CONNECTION, census.span(&at))
        .fact("source", key.0.to_string())
        .fact("duration", duration(micros))
        .fact("open", if open { "yes" } else { "no" })
        .fact("duration_micros", micros)
        .fact("destination", key.1.value())
        .observing(&key.1);
    finding.when = at.micros.map(|first| {
        let last = first.saturating_add(micros);
        Interval::between(Moment::from_micros(first), Moment::from_micros(last))
    });
    Some(finding)
}
