//! Contacts: a host named or reached something that is known from elsewhere.

use crate::census::span;
use crate::flow::Seen;
use crate::rules::{CONTACT, DNS, ENCRYPTED, WEB};
use crate::traffic::Subject;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use strongroom_model::{Finding, Interval, KnownLookup, Observable, Span};

/// How a host named or reached something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It asked DNS for the name.
    DnsQuery,
    /// It named it in an HTTP Host header.
    HttpHost,
    /// It requested the URL.
    HttpUrl,
    /// It named it in a TLS handshake.
    Sni,
    /// It connected to the address.
    Ip,
    /// It connected to the address and port.
    Endpoint,
}

impl What {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            What::DnsQuery => "dns-query",
            What::HttpHost => "http-host",
            What::HttpUrl => "http-url",
            What::Sni => "sni",
            What::Ip => "ip",
            What::Endpoint => "endpoint",
        }
    }

    const fn techniques(self) -> &'static [&'static str] {
        match self {
            What::DnsQuery => &[DNS],
            What::HttpHost | What::HttpUrl => &[WEB],
            What::Sni => &[WEB, ENCRYPTED],
            What::Ip | What::Endpoint => &[],
        }
    }
}

/// A host's contact with a known observable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// Who contacted it.
    pub host: IpAddr,
    /// What is known, in the form in which the look-up was asked.
    pub observable: Observable,
    /// How it was contacted.
    pub what: What,
    /// From the first to the last time; `None` where no row of it has a readable time.
    #[serde(flatten)]
    pub when: Option<Interval>,
    /// How many rows show it: connections where the connection log has them, else rows of other logs.
    pub count: u64,
    /// What the look-up said.
    pub why: Vec<String>,
    /// The first line that shows it.
    pub at: Span,
}

impl Contact {
    /// Returns the finding that tells of it.
    pub(crate) fn finding(&self) -> Finding {
        let mut finding = Finding::of(&CONTACT, self.at.clone())
            .fact("host", self.host.to_string())
            .fact("what", self.what.as_str())
            .fact("count", self.count)
            .fact("observable", self.observable.value())
            .fact("why", self.why.join("; "))
            .observing(&self.observable);
        finding.techniques = self
            .what
            .techniques()
            .iter()
            .map(|id| Cow::Borrowed(*id))
            .collect();
        finding.when = self.when;
        finding
    }
}

/// The canonical forms of what a reading numbered.
pub(crate) struct Forms<'f> {
    pub ips: &'f [IpAddr],
    pub names: &'f [Option<Observable>],
    pub urls: &'f [Box<str>],
    /// The files that are captures.
    pub captures: &'f BTreeSet<u32>,
}

impl Forms<'_> {
    /// Returns what a subject can be known as; what has no canonical form is known to nobody.
    fn of(&self, subject: Subject) -> Vec<(Observable, What)> {
        let ip = |id: u32| self.ips.get(id as usize).copied();
        let name = |id: u32| self.names.get(id as usize).cloned().flatten();
        let all = match subject {
            Subject::Query(id) => [(name(id), What::DnsQuery), (None, What::DnsQuery)],
            Subject::Host(id) => [(name(id), What::HttpHost), (None, What::HttpHost)],
            Subject::Sni(id) => [(name(id), What::Sni), (None, What::Sni)],
            Subject::Url(id) => [
                (url(self.urls.get(id as usize).map(AsRef::as_ref)), What::HttpUrl),
                (None, What::HttpUrl),
            ],
            Subject::Connection(id, port) | Subject::Mention(id, port) => [
                (ip(id).map(Observable::from_ip), What::Ip),
                (endpoint(ip(id), port), What::Endpoint),
            ],
        };
        let known = all
            .into_iter()
            .filter_map(|(observable, what)| Some((observable?, what)));
        known.collect()
    }
}

/// Rows of the connection log and of all others, apart: a connection stands in several logs and counts once.
#[derive(Default)]
struct Tally {
    connections: Option<Seen>,
    mentions: Option<Seen>,
}

/// Asks once for each distinct observable and returns the contacts with those that are known, sorted by
/// observable, host and way.
pub(crate) fn contacts(
    seen: &HashMap<(u32, Subject), Seen>,
    files: &[String],
    forms: &Forms<'_>,
    lookup: &KnownLookup<'_>,
) -> Vec<Contact> {
    let subjects: HashSet<Subject> = seen.keys().map(|(_, subject)| *subject).collect();
    let mut asked: BTreeMap<Observable, Vec<(Subject, What)>> = BTreeMap::new();
    for subject in subjects {
        for (observable, what) in forms.of(subject) {
            asked.entry(observable).or_default().push((subject, what));
        }
    }
    let mut known = Vec::new();
    let mut wanted: HashMap<Subject, Vec<(usize, What)>> = HashMap::new();
    for (observable, subjects) in asked {
        let why = lookup(&observable);
        if why.is_empty() {
            continue;
        }
        for (subject, what) in subjects {
            wanted.entry(subject).or_default().push((known.len(), what));
        }
        known.push((observable, why));
    }
    let tallies = tally(seen, files, forms, &wanted);
    let contacts = tallies.into_iter().filter_map(|((place, host, what), tally)| {
        let ((observable, why), seen) = (known.get(place)?, tally.seen(files)?);
        Some(Contact {
            host,
            observable: observable.clone(),
            what,
            when: seen.when,
            count: seen.count,
            why: why.clone(),
            at: span((files, forms.captures), &seen.at),
        })
    });
    contacts.collect()
}

/// Adds up, for each wanted observable by its place, who contacted it how.
fn tally(
    seen: &HashMap<(u32, Subject), Seen>,
    files: &[String],
    forms: &Forms<'_>,
    wanted: &HashMap<Subject, Vec<(usize, What)>>,
) -> BTreeMap<(usize, IpAddr, What), Tally> {
    let mut tallies: BTreeMap<(usize, IpAddr, What), Tally> = BTreeMap::new();
    for ((host, subject), seen) in seen {
        let (Some(host), Some(places)) = (forms.ips.get(*host as usize), wanted.get(subject)) else {
            continue;
        };
        for (place, what) in places {
            let tally = tallies.entry((*place, *host, *what)).or_default();
            tally.add(*seen, matches!(subject, Subject::Connection(..)), files);
        }
    }
    tallies
}

impl Tally {
    fn add(&mut self, seen: Seen, connection: bool, files: &[String]) {
        let side = if connection {
            &mut self.connections
        } else {
            &mut self.mentions
        };
        match side {
            Some(known) => known.join(seen, files),
            None => *side = Some(seen),
        }
    }

    fn seen(self, files: &[String]) -> Option<Seen> {
        match (self.connections, self.mentions) {
            (Some(mut connections), Some(mentions)) => {
                let count = connections.count;
                connections.join(mentions, files);
                Some(Seen { count, ..connections })
            }
            (connections, mentions) => connections.or(mentions),
        }
    }
}

fn url(text: Option<&str>) -> Option<Observable> {
    Observable::url(text?).ok()
}

fn endpoint(ip: Option<IpAddr>, port: Option<u16>) -> Option<Observable> {
    Observable::endpoint(&SocketAddr::new(ip?, port?).to_string()).ok()
}
