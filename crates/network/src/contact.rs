//! Contacts: a host named or reached something that is known from elsewhere.

use crate::census::span;
use crate::flow::Seen;
use crate::rules::{CONTACT, DNS, ENCRYPTED, WEB};
use crate::traffic::Subject;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
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

/// What hosts named or reached, by observable.
pub(crate) struct Asked<'f> {
    files: &'f [String],
    by_observable: BTreeMap<Observable, BTreeMap<(IpAddr, What), Tally>>,
}

/// Rows of the connection log and of all others, apart: a connection stands in several logs and counts once.
#[derive(Default)]
struct Tally {
    connections: Option<Seen>,
    mentions: Option<Seen>,
}

impl<'f> Asked<'f> {
    /// Collects everything that was seen, in canonical form; what has none is known to nobody.
    pub(crate) fn of(
        seen: &HashMap<(u32, Subject), Seen>,
        files: &'f [String],
        ips: &[IpAddr],
        names: &[Option<Observable>],
        urls: &[Box<str>],
    ) -> Self {
        let mut asked = Asked {
            files,
            by_observable: BTreeMap::new(),
        };
        let ip = |id: u32| ips.get(id as usize).copied();
        let name = |id: u32| names.get(id as usize).cloned().flatten();
        for ((host, subject), seen) in seen {
            let Some(host) = ip(*host) else { continue };
            let mut add = |observable: Option<Observable>, what, connection| {
                if let Some(observable) = observable {
                    asked.add(observable, (host, what), *seen, connection);
                }
            };
            match *subject {
                Subject::Query(id) => add(name(id), What::DnsQuery, false),
                Subject::Host(id) => add(name(id), What::HttpHost, false),
                Subject::Sni(id) => add(name(id), What::Sni, false),
                Subject::Url(id) => {
                    let url = urls.get(id as usize).and_then(|url| Observable::url(url).ok());
                    add(url, What::HttpUrl, false);
                }
                Subject::Connection(id, port) | Subject::Mention(id, port) => {
                    let connection = matches!(subject, Subject::Connection(..));
                    add(ip(id).map(Observable::from_ip), What::Ip, connection);
                    add(endpoint(ip(id), port), What::Endpoint, connection);
                }
            }
        }
        asked
    }

    fn add(&mut self, observable: Observable, key: (IpAddr, What), seen: Seen, connection: bool) {
        let tally = self
            .by_observable
            .entry(observable)
            .or_default()
            .entry(key)
            .or_default();
        let side = if connection {
            &mut tally.connections
        } else {
            &mut tally.mentions
        };
        match side {
            Some(known) => known.join(seen, self.files),
            None => *side = Some(seen),
        }
    }

    /// Asks for each observable once and returns the contacts with those that are known, sorted.
    pub(crate) fn contacts(self, lookup: &KnownLookup<'_>) -> Vec<Contact> {
        let mut contacts = Vec::new();
        for (observable, hosts) in self.by_observable {
            let why = lookup(&observable);
            if why.is_empty() {
                continue;
            }
            for ((host, what), tally) in hosts {
                let Some(seen) = tally.seen(self.files) else {
                    continue;
                };
                contacts.push(Contact {
                    host,
                    observable: observable.clone(),
                    what,
                    when: seen.when,
                    count: seen.count,
                    why: why.clone(),
                    at: span(self.files, &seen.at),
                });
            }
        }
        contacts
    }
}

impl Tally {
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

fn endpoint(ip: Option<IpAddr>, port: Option<u16>) -> Option<Observable> {
    Observable::endpoint(&SocketAddr::new(ip?, port?).to_string()).ok()
}
