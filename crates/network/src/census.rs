//! The traffic in canonical form: pairs by address and observable, in order, and how many sources each
//! destination has.

use crate::calls::Call;
use crate::flow::Flow;
use crate::place::Place;
use crate::traffic::{Target, Traffic};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use strongroom_model::{Moment, Observable, Span};

/// The pairs of a reading and what is needed to speak of them.
pub(crate) struct Census {
    /// The calls of each pair of a source and a destination (an address or a name).
    pub pairs: BTreeMap<(IpAddr, Observable), Flow>,
    /// How many sources of the population call a destination.
    pub sources: BTreeMap<Observable, u64>,
    /// How many sources there are: those inside the house, or all where none is.
    pub population: u64,
    /// The first moment of all calls, in microseconds.
    pub start: i64,
    pub ips: Vec<IpAddr>,
    pub files: Vec<String>,
    /// Which of them are captures.
    pub captures: BTreeSet<u32>,
    /// Addresses of safe names.
    pub safe: HashMap<IpAddr, Box<str>>,
    /// Addresses that took requests for others.
    pub proxies: BTreeSet<IpAddr>,
    /// Whether DNS rows were read.
    pub resolved: bool,
    /// Originator bytes of the connections of a source and an address that carry HTTP or TLS, by the hash of their
    /// uid.
    sizes: HashMap<(IpAddr, IpAddr), Vec<(u32, u32)>>,
}

impl Census {
    /// Takes what a reading kept; `names` are the canonical forms of its names.
    pub(crate) fn of(traffic: Traffic, ips: Vec<IpAddr>, names: &[Option<Observable>]) -> Self {
        let ip = |id: u32| ips.get(id as usize).copied();
        let mut pairs: BTreeMap<(IpAddr, Observable), Flow> = BTreeMap::new();
        for ((source, target), flow) in traffic.flows {
            let destination = match target {
                Target::Ip(id) => ip(id).map(Observable::from_ip),
                Target::Name(id) => names.get(id as usize).cloned().flatten(),
            };
            if let (Some(source), Some(destination)) = (ip(source), destination) {
                match pairs.entry((source, destination)) {
                    Entry::Vacant(place) => drop(place.insert(flow)),
                    Entry::Occupied(mut place) => place.get_mut().join(flow, &traffic.files),
                }
            }
        }
        let safe = traffic.safe.into_iter();
        let population = population(&pairs);
        Census {
            sources: count_sources(&pairs, &population),
            population: population.len() as u64,
            resolved: traffic.resolved,
            proxies: traffic.proxies.into_iter().filter_map(ip).collect(),
            start: start(&pairs),
            safe: safe.filter_map(|(id, name)| Some((ip(id)?, name))).collect(),
            sizes: sizes(&pairs),
            pairs,
            ips,
            files: traffic.files,
            captures: traffic.captures,
        }
    }

    /// Returns the originator's bytes of a connection of a pair, the fewest where several share the uid.
    pub(crate) fn size_of(&self, source: IpAddr, flow: &Flow, uid: u32) -> Option<u32> {
        let ips = flow.ips.iter().filter_map(|id| self.ips.get(*id as usize));
        let sizes = ips.filter_map(|ip| {
            let sizes = self.sizes.get(&(source, *ip))?;
            let place = sizes.partition_point(|(hash, _)| *hash < uid);
            let (hash, bytes) = sizes.get(place)?;
            (*hash == uid).then_some(*bytes)
        });
        sizes.min()
    }

    /// Returns the span of a place.
    pub(crate) fn span(&self, at: &crate::flow::At) -> Span {
        span((&self.files, &self.captures), at)
    }
}

/// Returns the span of a place in the files of a reading: a line, or of a capture a packet.
pub(crate) fn span((files, captures): (&[String], &BTreeSet<u32>), at: &crate::flow::At) -> Span {
    let name = files.get(at.file as usize).map_or("", String::as_str);
    if captures.contains(&at.file) {
        Span::file_packet(name, at.line)
    } else {
        Span::file_line(name, at.line)
    }
}

/// Returns the sources inside the house: a server's callers from all the world would make every destination
/// look rare. Where none lies inside, the house is not told from the world, and all count.
fn population(pairs: &BTreeMap<(IpAddr, Observable), Flow>) -> BTreeSet<IpAddr> {
    let all: BTreeSet<IpAddr> = pairs.keys().map(|(source, _)| *source).collect();
    let inside: BTreeSet<IpAddr> = all
        .iter()
        .copied()
        .filter(|ip| Place::of(*ip) == Place::Inside)
        .collect();
    if inside.is_empty() { all } else { inside }
}

fn count_sources(
    pairs: &BTreeMap<(IpAddr, Observable), Flow>,
    population: &BTreeSet<IpAddr>,
) -> BTreeMap<Observable, u64> {
    let mut sources: BTreeMap<Observable, u64> = BTreeMap::new();
    for (_, destination) in pairs.keys().filter(|(source, _)| population.contains(source)) {
        match sources.get_mut(destination) {
            Some(count) => *count += 1,
            None => drop(sources.insert(destination.clone(), 1)),
        }
    }
    sources
}

fn sizes(pairs: &BTreeMap<(IpAddr, Observable), Flow>) -> HashMap<(IpAddr, IpAddr), Vec<(u32, u32)>> {
    let mut all = HashMap::new();
    for ((source, destination), flow) in pairs {
        let Ok(ip) = destination.value().parse::<IpAddr>() else {
            continue;
        };
        let known = flow.calls.kept().iter();
        let known = known.filter(|call| call.uid != 0 && call.size != Call::UNKNOWN);
        let mut sizes: Vec<(u32, u32)> = known.map(|call| (call.uid, call.size)).collect();
        if !sizes.is_empty() {
            sizes.sort_unstable();
            all.insert((*source, ip), sizes);
        }
    }
    all
}

fn start(pairs: &BTreeMap<(IpAddr, Observable), Flow>) -> i64 {
    let firsts = pairs.values().filter_map(|flow| flow.ends?.0.micros);
    firsts.min().unwrap_or(Moment::from_micros(0).micros())
}
