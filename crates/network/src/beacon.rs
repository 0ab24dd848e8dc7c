//! Beacons: which regular pairs are alarms, which are set aside, and why.

use crate::aside::Grounds;
use crate::config::Config;
use crate::flow::Flow;
use crate::place::Place;
use crate::plot::parts;
use crate::rules::{BEACON, ENCRYPTED, WEB};
use crate::score::{BARS, Judgement, RitaScore, Series, Test, judge, permille};
use crate::span_text::{duration, thousandths};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::IpAddr;
use strongroom_model::{Finding, Interval, Moment, Observable, ObservableType, Span};

/// Connections of its own time that a pair needs to be scored.
const LEAST_CONNECTIONS: u64 = 4;
/// The significance, as −log₁₀ of the chance, that an alarm needs in the smallest reading and in the largest: a
/// tenth of a pair without rhythm among all, or among a thousand.
const DECADES: (f64, f64) = (3.0, 4.0);
/// In a smaller network than this a share of the sources says nothing.
const POPULATION_FROM: u64 = 10;
/// The sources from which a destination counts down, and at which it has counted down to nothing: each the
/// larger of a number and a share of all sources.
const COMMON_FROM: (f64, f64) = (4.0, 0.004);
const COMMON_TO: (f64, f64) = (16.0, 0.04);

/// What the other end of a pair is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// An address, from the connection log.
    Ip,
    /// A name, from TLS server names and HTTP hosts.
    Name,
}

/// Whether a regular pair is an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is.
    Alarm,
    /// The destination falls under a safe name.
    Safe,
    /// So many hosts call the destination that it is a service.
    Common,
    /// The destination lies inside the house.
    Inside,
}

/// A pair that talks at regular intervals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Beacon {
    /// Who calls.
    pub source: IpAddr,
    /// Who is called: an address or a domain.
    pub destination: Observable,
    /// The port called most often.
    pub port: Option<u16>,
    /// What the destination is.
    pub unit: Unit,
    /// From the first to the last call.
    #[serde(flatten)]
    pub when: Interval,
    /// Calls with a time of their own.
    pub connections: u64,
    /// The period in microseconds.
    pub period_micros: i64,
    /// Half the width of the jitter, in thousandths of the period.
    pub jitter_permille: u32,
    /// Our score, 0 to 1000.
    pub score: u32,
    /// −log₁₀ of the chance that calls without rhythm look as regular, in thousandths, corrected for the number
    /// of tests.
    pub significance_milli: u32,
    /// The test that found it.
    pub test: Test,
    /// Nights and other long silences that were left out.
    pub pauses: u64,
    /// How close to each other the originator's bytes are, in thousandths: 1000 where all are equal; `None` where
    /// nothing says them.
    pub sizes_permille: Option<u32>,
    /// RITA's score over its best 24 hours; `None` where no such window has four calls.
    pub rita: Option<RitaScore>,
    /// The proxies that were asked to call it.
    pub proxies: Vec<IpAddr>,
    /// How many sources call the destination.
    pub prevalence: u64,
    /// How many sources there are.
    pub population: u64,
    /// Calls by hour of the day, UTC, all days together.
    pub histogram: [u64; BARS],
    /// Whether it is an alarm.
    pub standing: Standing,
    /// All of this in one sentence.
    pub why: String,
    /// The lines of the first and last call.
    pub at: Vec<Span>,
    /// Calls in each part of its span.
    #[serde(skip)]
    pub(crate) timeline: Vec<u64>,
    /// Whether it is HTTP or TLS, and whether TLS.
    #[serde(skip)]
    pub(crate) protocol: (bool, bool),
    /// The addresses that a name stood for.
    #[serde(skip)]
    pub(crate) ips: Vec<IpAddr>,
}

/// One pair on its way to a beacon.
pub(crate) struct Candidate<'c> {
    pub source: IpAddr,
    pub destination: &'c Observable,
    pub flow: &'c Flow,
    pub series: Series,
    pub judgement: Judgement,
}

impl<'c> Candidate<'c> {
    /// Judges one pair; `None` where it has fewer than four connections.
    pub(crate) fn of(key: &'c (IpAddr, Observable), flow: &'c Flow, series: Series) -> Option<Self> {
        (series.unique() >= LEAST_CONNECTIONS).then(|| Candidate {
            source: key.0,
            destination: &key.1,
            flow,
            judgement: judge(&series),
            series,
        })
    }

    /// Returns whether it is regular enough among `tested` pairs, before anybody asks who else calls the same.
    pub(crate) fn is_regular(&self, config: &Config, tested: usize) -> bool {
        permille(self.judgement.score(decades(tested))) >= config.alarm_permille
    }

    /// Returns the beacon; where somebody knows the destination, nothing sets it aside.
    pub(crate) fn beacon(&self, grounds: &Grounds<'_>, tested: usize) -> Option<Beacon> {
        let census = grounds.census;
        let known = grounds.known.contains(self.destination);
        let (first, last) = self.flow.ends?;
        let regularity = &self.judgement.regularity;
        let prevalence = census.sources.get(self.destination).copied().unwrap_or(0);
        let kept = if known {
            1.0
        } else {
            uncommon(prevalence, census.population)
        };
        let score = permille(self.judgement.score(decades(tested)) * kept);
        let ips = self.flow.ips.iter();
        let ips: BTreeSet<IpAddr> = ips
            .filter_map(|id| census.ips.get(*id as usize).copied())
            .collect();
        let mut beacon = Beacon {
            source: self.source,
            destination: self.destination.clone(),
            port: self.flow.port(),
            unit: unit(self.destination),
            when: Interval::between(moment(first.micros?), moment(last.micros?)),
            connections: self.series.unique(),
            period_micros: regularity.period,
            jitter_permille: permille(regularity.jitter),
            score,
            significance_milli: (self.judgement.significance().min(1e6) * 1000.0).round() as u32,
            test: regularity.test,
            pauses: regularity.pauses as u64,
            sizes_permille: self.series.size_regularity().map(permille),
            rita: self.series.rita(census.start),
            prevalence,
            population: census.population,
            histogram: self.series.hours_of_day(),
            timeline: parts(self.series.times()),
            standing: Standing::Alarm,
            why: String::new(),
            at: vec![census.span(&first), census.span(&last)],
            protocol: (self.flow.web, self.flow.encrypted),
            proxies: ips.intersection(&census.proxies).copied().collect(),
            ips: ips.into_iter().collect(),
        };
        if !known {
            beacon.standing = standing(&beacon, grounds);
        }
        beacon.why = beacon.sentence(regularity.pauses);
        Some(beacon)
    }
}

impl Beacon {
    fn sentence(&self, pauses: usize) -> String {
        let pauses = match pauses {
            0 => String::new(),
            1 => ", 1 pause left out".to_owned(),
            several => format!(", {several} pauses left out"),
        };
        let rhythm = match self.test {
            Test::Even => "calls",
            Test::Comb => "calls in multiples of the period",
            Test::SameSize => "calls, some of one size",
            Test::Echo => "calls, some echoing",
            Test::Growth => "calls, each gap longer by one factor, half the gaps under",
        };
        let every = if self.test == Test::Growth { "" } else { "every " };
        let sizes = match self.sizes_permille {
            Some(1000) => ", all of one size".to_owned(),
            Some(regular) => format!(", sizes {} % regular", regular / 10),
            None => String::new(),
        };
        let rita = self
            .rita
            .map_or("none".to_owned(), |rita| thousandths(rita.total));
        let proxies: Vec<String> = self.proxies.iter().map(ToString::to_string).collect();
        let through = match proxies.as_slice() {
            [] => String::new(),
            proxies => format!(", through {}", proxies.join(" and ")),
        };
        format!(
            "{} {rhythm} {every}{} (jitter {} %) over {}{pauses}{sizes}{through}; chance without rhythm 1 in 10^{}; {} of {} \
             hosts call it; RITA {rita}",
            self.connections,
            duration(self.period_micros),
            self.jitter_permille / 10,
            duration(self.when.last.micros().saturating_sub(self.when.first.micros())),
            self.significance_milli / 1000,
            self.prevalence,
            self.population,
        )
    }

    /// Returns whether two periods are the same within one part in `parts`.
    pub(crate) fn same_period(&self, other: &Beacon, parts: i64) -> bool {
        let (one, two) = (self.period_micros, other.period_micros);
        one.abs_diff(two) <= (one.max(two) / parts).unsigned_abs()
    }

    /// Returns the address that is called, where it is one.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        self.destination.value().parse().ok()
    }

    /// Returns the finding that tells of it.
    pub(crate) fn finding(&self) -> Finding {
        let at = self.at.first().cloned().unwrap_or(Span::whole());
        let mut finding = Finding::of(&BEACON, at)
            .fact("source", self.source.to_string())
            .fact("period", duration(self.period_micros))
            .fact("connections", self.connections)
            .fact("score", u64::from(self.score))
            .fact("period_micros", self.period_micros)
            .fact("jitter_permille", u64::from(self.jitter_permille))
            .fact("significance_milli", u64::from(self.significance_milli))
            .fact("prevalence", self.prevalence)
            .fact("destination", self.destination.value())
            .fact("why", self.why.clone())
            .observing(&self.destination)
            .during(self.when);
        if let Some(port) = self.port {
            finding = finding.fact("port", u64::from(port));
            if let Ok(endpoint) = Observable::endpoint(&endpoint_text(&self.destination, port)) {
                finding = finding.observing(&endpoint);
            }
        }
        let (web, encrypted) = self.protocol;
        let techniques = [web.then_some(WEB), encrypted.then_some(ENCRYPTED)];
        finding.techniques = techniques.into_iter().flatten().map(Cow::Borrowed).collect();
        finding
    }
}

fn unit(destination: &Observable) -> Unit {
    match destination.kind() {
        ObservableType::Ip => Unit::Ip,
        _ => Unit::Name,
    }
}

fn moment(micros: i64) -> Moment {
    Moment::from_micros(micros)
}

fn endpoint_text(destination: &Observable, port: u16) -> String {
    match destination.value() {
        ip if ip.contains(':') => format!("[{ip}]:{port}"),
        host => format!("{host}:{port}"),
    }
}

/// Returns the significance that an alarm needs among `tested` pairs.
fn decades(tested: usize) -> f64 {
    ((tested.max(1) as f64).log10() + 1.0).clamp(DECADES.0, DECADES.1)
}

/// Returns 1 for a destination that few call, down to 0 for one that many call, by the order of magnitude.
pub(crate) fn uncommon(sources: u64, population: u64) -> f64 {
    if population < POPULATION_FROM {
        return 1.0;
    }
    let at_least = |(count, share): (f64, f64)| count.max(share * population as f64).ln();
    let (from, to) = (at_least(COMMON_FROM), at_least(COMMON_TO));
    1.0 - (((sources.max(1) as f64).ln() - from) / (to - from)).clamp(0.0, 1.0)
}

fn standing(beacon: &Beacon, grounds: &Grounds<'_>) -> Standing {
    let inside = match beacon.ip() {
        Some(ip) => Place::of(ip) != Place::Outside,
        // Where a proxy stands says nothing of whom it calls.
        None => {
            let mut own = beacon
                .ips
                .iter()
                .filter(|ip| !beacon.proxies.contains(ip))
                .peekable();
            own.peek().is_some() && own.all(|ip| Place::of(*ip) != Place::Outside)
        }
    };
    if grounds.safe(&beacon.destination).is_some() {
        Standing::Safe
    } else if inside {
        Standing::Inside
    } else if beacon.score < grounds.config.alarm_permille {
        Standing::Common
    } else {
        Standing::Alarm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_call_counts_down_and_what_few_call_does_not() {
        assert_eq!(uncommon(1, 200), 1.0);
        assert_eq!(uncommon(4, 200), 1.0);
        assert!((uncommon(8, 200) - 0.5).abs() < 1e-9);
        assert_eq!(uncommon(100, 200), 0.0);
        assert_eq!(uncommon(8, 2_000), 1.0);
        assert_eq!(uncommon(80, 2_000), 0.0);
        assert_eq!(uncommon(9, 9), 1.0);
    }
}
