//! What is told beside beacons and contacts: DNS tunnels, requests of the ten digits, clients that no other host
//! has, uploads out of pattern.

use crate::aside::{Aside, Grounds};
use crate::beacon::uncommon;
use crate::census::Census;
use crate::flow::Seen;
use crate::permuted::{LEAST, MOST as MOST_ORDERS, Permuted};
use crate::place::Place;
use crate::rules::{DIGITS, DNS_TUNNEL, RARE_CLIENT, UPLOAD};
use crate::traffic::{Sign, Traffic};
use crate::tunnel::{MOST_NAMES, Names};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use strongroom_model::{Finding, Observable};

/// Hosts that must show a sign of a kind before one of a single host is rare.
const HOSTS: usize = 20;
/// Rare signs that are told.
const RARE: usize = 100;
/// Bytes from which an upload is told.
const UPLOAD_BYTES: u64 = 50_000_000;

/// What was kept for these.
pub(crate) struct Oddities {
    texts: Vec<Box<str>>,
    domains: Vec<((u32, u32), Names)>,
    signs: Vec<((u32, Sign), Seen)>,
    permuted: Vec<((u32, u32), (Permuted, Seen))>,
}

impl Oddities {
    /// Takes out what a reading kept for these.
    pub(crate) fn take(traffic: &mut Traffic) -> Self {
        Oddities {
            texts: std::mem::take(&mut traffic.texts).into_values(),
            domains: std::mem::take(&mut traffic.domains).into_iter().collect(),
            signs: std::mem::take(&mut traffic.signs).into_iter().collect(),
            permuted: std::mem::take(&mut traffic.permuted).into_iter().collect(),
        }
    }

    /// Returns what they show, in an order of its own.
    pub(crate) fn findings(&self, grounds: &Grounds<'_>, aside: &mut Aside) -> Vec<Finding> {
        let mut all = self.tunnels(grounds, aside);
        all.extend(self.digits(grounds.census));
        all.extend(self.rare(grounds.census));
        all
    }

    fn text(&self, id: u32) -> &str {
        self.texts.get(id as usize).map_or("", AsRef::as_ref)
    }

    fn tunnels(&self, grounds: &Grounds<'_>, aside: &mut Aside) -> Vec<Finding> {
        let census = grounds.census;
        let mut hosts: BTreeMap<u32, u64> = BTreeMap::new();
        for ((_, domain), _) in &self.domains {
            *hosts.entry(*domain).or_default() += 1;
        }
        let asking: BTreeSet<u32> = self.domains.iter().map(|((source, _), _)| *source).collect();
        let mut found = BTreeMap::new();
        for ((source, id), names) in &self.domains {
            let domain = self.text(*id);
            let common = uncommon(hosts.get(id).copied().unwrap_or(0), asking.len() as u64) == 0.0;
            let Some(tunnel) = names.tunnel().filter(|_| !common) else {
                continue;
            };
            let Some(source) = census.ips.get(*source as usize) else {
                continue;
            };
            let observable = Observable::domain(domain).ok();
            if let Some(entry) = safe_domain(grounds, observable.as_ref(), domain) {
                aside.count(entry, &DNS_TUNNEL);
                continue;
            }
            let count = match tunnel.names as usize {
                MOST_NAMES => format!("{MOST_NAMES} or more"),
                names => names.to_string(),
            };
            let mut finding = Finding::of(&DNS_TUNNEL, census.span(&names.seen.at))
                .fact("source", source.to_string())
                .fact("names", count)
                .fact("domain", domain)
                .fact("length", tunnel.length)
                .fact("bits_milli", tunnel.bits_milli)
                .fact("data_permille", tunnel.data_permille)
                .fact("answer_bytes", tunnel.answer_bytes);
            if let Some(observable) = &observable {
                finding = finding.observing(observable);
            }
            finding.when = names.seen.when;
            found.insert((*source, domain), finding);
        }
        found.into_values().collect()
    }

    fn digits(&self, census: &Census) -> Vec<Finding> {
        let mut found = BTreeMap::new();
        for ((source, host), (permuted, seen)) in &self.permuted {
            let Some(source) = census.ips.get(*source as usize) else {
                continue;
            };
            if permuted.orders.len() < LEAST {
                continue;
            }
            let host = self.text(*host);
            let orders = match permuted.orders.len() {
                MOST_ORDERS => format!("{MOST_ORDERS} or more"),
                orders => orders.to_string(),
            };
            let mut finding = Finding::of(&DIGITS, census.span(&seen.at))
                .fact("source", source.to_string())
                .fact("destination", host)
                .fact("orders", orders);
            if !permuted.fields.is_empty() {
                let fields: Vec<&str> = permuted.fields.iter().map(AsRef::as_ref).collect();
                finding = finding.fact("fields", fields.join(" "));
            }
            if let Ok(observable) = Observable::ip(host).or_else(|_| Observable::domain(host)) {
                finding = finding.observing(&observable);
            }
            finding.when = seen.when;
            found.insert((*source, host), finding);
        }
        found.into_values().collect()
    }

    fn rare(&self, census: &Census) -> Vec<Finding> {
        let mut hosts: BTreeMap<Sign, (u64, u32, Seen)> = BTreeMap::new();
        let mut showing: [BTreeSet<u32>; 4] = Default::default();
        let [ja3, ja4, agent, ssh] = &mut showing;
        for ((source, sign), seen) in &self.signs {
            hosts.entry(*sign).or_insert((0, *source, *seen)).0 += 1;
            match sign {
                Sign::Ja3(_) => ja3.insert(*source),
                Sign::Ja4(_) => ja4.insert(*source),
                Sign::Agent(_) => agent.insert(*source),
                Sign::Ssh(_) => ssh.insert(*source),
            };
        }
        let mut found = BTreeMap::new();
        for (sign, (_, source, seen)) in hosts.iter().filter(|(_, (count, ..))| *count == 1) {
            let (what, text, all) = match sign {
                Sign::Ja3(text) => ("JA3", text, ja3.len()),
                Sign::Ja4(text) => ("JA4", text, ja4.len()),
                Sign::Agent(text) => ("user agent", text, agent.len()),
                Sign::Ssh(text) => ("SSH banner", text, ssh.len()),
            };
            let Some(source) = census.ips.get(*source as usize).filter(|_| all >= HOSTS) else {
                continue;
            };
            let mut finding = Finding::of(&RARE_CLIENT, census.span(&seen.at))
                .fact("source", source.to_string())
                .fact("hosts", all as u64)
                .fact("what", what)
                .fact("client", self.text(*text))
                .fact("count", seen.count);
            finding.when = seen.when;
            found.insert(
                (std::cmp::Reverse(seen.count), *source, what, self.text(*text)),
                finding,
            );
        }
        found.into_values().take(RARE).collect()
    }
}

/// Returns the entry of the safe list under which very many names below a domain are normal.
fn safe_domain(grounds: &Grounds<'_>, observable: Option<&Observable>, domain: &str) -> Option<String> {
    let known = observable.is_some_and(|domain| grounds.known.contains(domain));
    let safe = &grounds.config.safe;
    let entry = safe.many_names(domain).or_else(|| safe.name(domain));
    entry.filter(|_| !known).map(str::to_owned)
}

/// Returns the uploads out of pattern: most of what a host sends outside, to a place that few call.
pub(crate) fn uploads(grounds: &Grounds<'_>, aside: &mut Aside) -> Vec<Finding> {
    let census = grounds.census;
    let outside = |destination: &Observable| -> Option<IpAddr> {
        let ip: IpAddr = destination.value().parse().ok()?;
        (Place::of(ip) == Place::Outside).then_some(ip)
    };
    let mut sent: BTreeMap<IpAddr, u64> = BTreeMap::new();
    for ((source, destination), flow) in &census.pairs {
        if outside(destination).is_some() && Place::of(*source) == Place::Inside {
            let all = sent.entry(*source).or_default();
            *all = all.saturating_add(flow.sent);
        }
    }
    let uploads = census.pairs.iter().filter_map(|((source, destination), flow)| {
        outside(destination)?;
        let all = sent.get(source)?;
        let sources = census.sources.get(destination).copied().unwrap_or(0);
        let told =
            flow.sent >= UPLOAD_BYTES && flow.sent > all / 2 && uncommon(sources, census.population) == 1.0;
        let (first, last) = flow.ends.filter(|_| told)?;
        if let Some(entry) = grounds.safe(destination) {
            aside.count(entry, &UPLOAD);
            return None;
        }
        let mut finding = Finding::of(&UPLOAD, census.span(&first))
            .fact("source", source.to_string())
            .fact("bytes", flow.sent)
            .fact("destination", destination.value())
            .fact("all_bytes", *all)
            .observing(destination);
        finding.when = first
            .when()
            .zip(last.when())
            .map(|(first, last)| first.join(last));
        Some(finding)
    });
    uploads.collect()
}
