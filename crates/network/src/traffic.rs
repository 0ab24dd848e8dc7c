//! What is kept of the rows: who called whom, when, with how many bytes, and who named what.
//!
//! Not the rows themselves: memory grows with distinct pairs, names and calls. Nothing here depends on the
//! order in which rows came, but which handshakes of one file stand behind a request to a proxy; the order is made when
//! the reading ends.

use crate::event::{Detail, Event};
use crate::flow::{At, Flow, Lasted, Seen};
use crate::intern::Interner;
use crate::permuted::{self, Permuted};
use crate::tunnel::{self, Names};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

/// Bytes of a kept text that weigh as much as one key.
const TEXT_OF_A_KEY: u64 = 64;
/// The longest text that can still be a domain name with its final dot (RFC 1035, 2.3.4).
const NAME_BYTES: usize = 254;
/// Longer user agents are not compared.
const SIGN_BYTES: usize = 1_024;

/// The other end of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// An address.
    Ip(u32),
    /// A name from SNI or Host.
    Name(u32),
}

/// What a host named or reached, to be asked for when the reading ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// An address and port that a connection went to.
    Connection(u32, Option<u16>),
    /// The same, from any other stream.
    Mention(u32, Option<u16>),
    Query(u32),
    Host(u32),
    Sni(u32),
    Url(u32),
}

/// What a client shows of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sign {
    Ja3(u32),
    Ja4(u32),
    Agent(u32),
    Ssh(u32),
}

/// All that is kept.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    pub files: Vec<String>,
    /// Which of the files are captures: their lines are packets.
    pub captures: BTreeSet<u32>,
    pub ips: Interner<IpAddr>,
    pub names: Interner<Box<str>>,
    pub urls: Interner<Box<str>>,
    pub flows: HashMap<(u32, Target), Flow>,
    pub seen: HashMap<(u32, Subject), Seen>,
    /// Addresses that DNS gave for a safe name, with that name.
    pub safe: HashMap<u32, Box<str>>,
    /// Domains, fingerprints and user agents.
    pub texts: Interner<Box<str>>,
    /// What each host asked under each domain.
    pub domains: HashMap<(u32, u32), Names>,
    /// Which host speaks how.
    pub signs: HashMap<(u32, Sign), Seen>,
    /// Requests of a host to another, the ten digits in some order in each.
    pub permuted: HashMap<(u32, u32), (Permuted, Seen)>,
    /// Addresses that took requests for others.
    pub proxies: HashSet<u32>,
    /// Whether a DNS row was read.
    pub resolved: bool,
    /// Calls and kept text, in keys.
    pub weight: u64,
}

impl Traffic {
    /// Returns how many keys are kept.
    pub(crate) fn kept(&self) -> u64 {
        let keys = self.ips.len() + self.names.len() + self.urls.len() + self.seen.len() + self.flows.len();
        let keys = keys + self.texts.len() + self.domains.len() + self.signs.len() + self.permuted.len();
        self.weight + keys as u64
    }

    /// Takes in one row; `safe` tells the safe name that a queried name falls under.
    pub(crate) fn take<'s>(&mut self, event: &Event<'_>, at: At, safe: impl Fn(&str) -> Option<&'s str>) {
        let Some(source) = event.source else {
            return;
        };
        let source = self.ips.id(&source, |ip| *ip);
        let target = event.target.map(|ip| self.ips.id(&ip, |ip| *ip));
        match &event.detail {
            Detail::Conn { .. } => self.connection(event, source, target, at),
            Detail::Dns {
                query,
                answers,
                kind,
                answer_bytes,
            } => {
                self.resolved = true;
                if let Some(name) = query.as_deref().and_then(plain_name) {
                    let safe = safe(&name);
                    self.answered(safe, answers);
                    let split = match safe {
                        Some(entry) => tunnel::below(&name, entry),
                        None => tunnel::split(&name),
                    };
                    self.asked(source, split, (kind.as_deref(), *answer_bytes), at);
                    let name = self.name(&name);
                    self.see(source, Subject::Query(name), at);
                }
            }
            Detail::Http {
                host,
                uri,
                agent,
                proxied,
                fields,
                files,
            } => {
                self.sign(source, Sign::Agent, agent.as_deref(), at);
                if let Some(url) = url(event, host.as_deref(), uri.as_deref()) {
                    self.permutations(source, &url, (fields, files), at);
                    let url = self.url(&url);
                    self.see(source, Subject::Url(url), at);
                }
                if *proxied {
                    self.proxies.extend(target);
                }
                self.called_by_name(event, (source, target), host.as_deref(), at);
            }
            Detail::Ssl { name, ja3, ja4 } => {
                self.sign(source, Sign::Ja3, ja3.as_deref(), at);
                self.sign(source, Sign::Ja4, ja4.as_deref(), at);
                self.called_by_name(event, (source, target), name.as_deref(), at);
            }
            Detail::Open { duration } => {
                if let (Some(target), Some(micros)) = (target, *duration) {
                    let flow = self.flows.entry((source, Target::Ip(target))).or_default();
                    let open = true;
                    flow.lasted(Lasted { micros, open, at }, &self.files);
                }
            }
            Detail::Ssh { client } => self.sign(source, Sign::Ssh, client.as_deref(), at),
            Detail::Other => {}
        }
        if let Some(target) = target {
            let subject = match event.detail {
                Detail::Conn { .. } => Subject::Connection(target, event.port),
                _ => Subject::Mention(target, event.port),
            };
            self.see(source, subject, at);
        }
    }

    fn connection(&mut self, event: &Event<'_>, source: u32, target: Option<u32>, at: At) {
        let (
            Detail::Conn {
                duration,
                bytes,
                service,
                open,
            },
            Some(target),
        ) = (&event.detail, target)
        else {
            return;
        };
        let has = |name: &str| service.as_deref().is_some_and(|text| text.contains(name));
        let encrypted = has("ssl") || has("quic");
        let web = has("http") || encrypted;
        let uid = event.uid.as_deref().filter(|_| web).map(hash);
        let flow = self.flows.entry((source, Target::Ip(target))).or_default();
        let before = flow.weight();
        flow.call(event.port, (*bytes, uid), at, &self.files);
        self.weight = self.weight - before + flow.weight();
        flow.web |= web;
        flow.encrypted |= encrypted;
        if let Some(micros) = *duration {
            let open = *open;
            flow.lasted(Lasted { micros, open, at }, &self.files);
        }
    }

    /// Takes in a call under a name, with the port that it names. A Host that is an address names nothing that the pair
    /// of addresses does not say, unless a proxy was asked for it.
    fn called_by_name(
        &mut self,
        event: &Event<'_>,
        (source, ip): (u32, Option<u32>),
        name: Option<&str>,
        at: At,
    ) {
        let host = name.unwrap_or_default();
        let Some(name) = plain_name(without_port(host)) else {
            return;
        };
        let proxied = matches!(event.detail, Detail::Http { proxied: true, .. });
        let is_ip = name.parse::<IpAddr>().ok();
        let encrypted = matches!(event.detail, Detail::Ssl { .. });
        let port = if proxied { named_port(host) } else { event.port };
        let name = self.name(&name);
        let subject = if encrypted {
            Subject::Sni(name)
        } else {
            Subject::Host(name)
        };
        self.see(source, subject, at);
        let target = match is_ip {
            Some(ip) if proxied => Target::Ip(self.ips.id(&ip.to_canonical(), |ip| *ip)),
            Some(_) => return,
            None => Target::Name(name),
        };
        let uid = event.uid.as_deref();
        let flow = self.flows.entry((source, target)).or_default();
        let before = flow.weight();
        flow.proxied |= proxied;
        // The handshake behind a request to a proxy is the same call.
        let again = encrypted && flow.proxied && ip.is_some_and(|ip| self.proxies.contains(&ip));
        if !again {
            flow.call(port, (None, uid.map(hash)), at, &self.files);
        }
        flow.web = true;
        flow.encrypted |= encrypted || (proxied && port == Some(443));
        flow.ips.extend(ip);
        self.weight = self.weight - before + flow.weight();
    }

    /// Takes in a question for a name, cut into what stands above its domain and the domain.
    fn asked(
        &mut self,
        source: u32,
        split: Option<(&str, &str)>,
        (kind, answer_bytes): (Option<&str>, u64),
        at: At,
    ) {
        let Some((above, domain)) = split else {
            return;
        };
        let domain = self.text(domain);
        let names = self
            .domains
            .entry((source, domain))
            .or_insert_with(|| Names::new(at));
        self.weight += names.ask(above, kind, answer_bytes, Seen::once(at), &self.files);
    }

    /// Takes in what a client shows of itself.
    fn sign(&mut self, source: u32, sign: fn(u32) -> Sign, text: Option<&str>, at: At) {
        let Some(text) = text.filter(|text| !text.is_empty() && text.len() <= SIGN_BYTES) else {
            return;
        };
        let text = self.text(text);
        self.see_sign((source, sign(text)), Seen::once(at));
    }

    pub(crate) fn see_sign(&mut self, key: (u32, Sign), seen: Seen) {
        match self.signs.entry(key) {
            Entry::Vacant(place) => {
                place.insert(seen);
            }
            Entry::Occupied(mut place) => place.get_mut().join(seen, &self.files),
        }
    }

    fn permutations(&mut self, source: u32, url: &str, (fields, files): (&[String], &[String]), at: At) {
        let mut orders = permuted::orders(url);
        orders.extend(files.iter().flat_map(|file| permuted::orders(file)));
        let Some(host) = url
            .split_once("://")
            .map(|(_, rest)| rest.split(['/', '?']).next().unwrap_or(rest))
        else {
            return;
        };
        if orders.is_empty() || host.len() > NAME_BYTES {
            return;
        }
        let mut permuted = Permuted::default();
        permuted.take(&orders, fields);
        let host = self.text(host);
        self.permute((source, host), permuted, Seen::once(at));
    }

    pub(crate) fn permute(&mut self, key: (u32, u32), permuted: Permuted, seen: Seen) {
        match self.permuted.entry(key) {
            Entry::Vacant(place) => self.weight += place.insert((permuted, seen)).0.weight(),
            Entry::Occupied(mut place) => {
                let (known, known_seen) = place.get_mut();
                let before = known.weight();
                known.join(permuted);
                known_seen.join(seen, &self.files);
                self.weight = self.weight - before + known.weight();
            }
        }
    }

    /// Returns the number of a domain, fingerprint or user agent.
    pub(crate) fn text(&mut self, text: &str) -> u32 {
        let weight = &mut self.weight;
        self.texts.id(text, |text| weigh(text, weight))
    }

    fn answered(&mut self, safe: Option<&str>, answers: &[IpAddr]) {
        let Some(safe) = safe else {
            return;
        };
        for ip in answers {
            let ip = self.ips.id(&ip.to_canonical(), |ip| *ip);
            self.mark_safe(ip, safe.into());
        }
    }

    /// Remembers an address as one of a safe name, the first name in order where several share it.
    pub(crate) fn mark_safe(&mut self, ip: u32, name: Box<str>) {
        match self.safe.entry(ip) {
            Entry::Vacant(place) => {
                place.insert(name);
            }
            Entry::Occupied(mut place) if name < *place.get() => {
                place.insert(name);
            }
            Entry::Occupied(_) => {}
        }
    }

    fn see(&mut self, source: u32, subject: Subject, at: At) {
        self.see_all(source, subject, Seen::once(at));
    }

    /// Adds what was seen of a subject.
    pub(crate) fn see_all(&mut self, source: u32, subject: Subject, seen: Seen) {
        match self.seen.entry((source, subject)) {
            Entry::Vacant(place) => {
                place.insert(seen);
            }
            Entry::Occupied(mut place) => place.get_mut().join(seen, &self.files),
        }
    }

    /// Returns the number of a name.
    pub(crate) fn name(&mut self, name: &str) -> u32 {
        let weight = &mut self.weight;
        self.names.id(name, |name| weigh(name, weight))
    }

    /// Returns the number of a URL.
    pub(crate) fn url(&mut self, url: &str) -> u32 {
        let weight = &mut self.weight;
        self.urls.id(url, |url| weigh(url, weight))
    }
}

fn weigh(text: &str, weight: &mut u64) -> Box<str> {
    *weight += text.len() as u64 / TEXT_OF_A_KEY;
    text.into()
}

/// Returns the hash that joins a connection with its HTTP and TLS rows; the same in every run.
fn hash(uid: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    uid.hash(&mut hasher);
    // Never 0, which stands for no uid.
    (hasher.finish() >> 32) as u32 | 1
}

/// Returns the name in lower case without its final dot, or `None` where it is none or too long for one.
fn plain_name(text: &str) -> Option<String> {
    let name = text.trim().trim_end_matches('.');
    (!name.is_empty() && name.len() <= NAME_BYTES).then(|| name.to_lowercase())
}

/// Returns the port that a proxy is asked to call: the one that the target names, or HTTP's.
fn named_port(host: &str) -> Option<u16> {
    let name = without_port(host);
    let named = host
        .rsplit_once(':')
        .filter(|_| name.len() < host.trim_matches(['[', ']']).len());
    named.map_or(Some(80), |(_, port)| port.parse().ok())
}

/// Returns the host of a `Host` header (RFC 9110, 7.2).
fn without_port(host: &str) -> &str {
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match (bracketed, host.rsplit_once(':')) {
        (Some((ip, _)), _) => ip,
        (None, Some((name, port))) if !name.contains(':') && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Returns the URL of a request: the target itself where it is absolute, else host, port and path.
fn url(event: &Event<'_>, host: Option<&str>, uri: Option<&str>) -> Option<String> {
    let uri = uri?;
    if uri.contains("://") && !uri.starts_with('/') {
        return Some(uri.to_owned());
    }
    if !uri.starts_with('/') {
        return None;
    }
    let host = match (host.filter(|host| !host.is_empty()), event.target?) {
        (Some(host), _) => host.to_owned(),
        (None, IpAddr::V4(ip)) => ip.to_string(),
        (None, IpAddr::V6(ip)) => format!("[{ip}]"),
    };
    let has_port = without_port(&host).len() < host.trim_matches(['[', ']']).len();
    Some(match event.port {
        Some(port) if port != 80 && !has_port => format!("http://{host}:{port}{uri}"),
        _ => format!("http://{host}{uri}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(port: u16, host: Option<&str>, uri: &str) -> Option<String> {
        let event = Event {
            at: None,
            uid: None,
            source: None,
            target: Some("2001:db8::1".parse().unwrap()),
            port: Some(port),
            detail: Detail::Other,
        };
        url(&event, host, Some(uri))
    }

    #[test]
    fn a_request_has_one_url() {
        let is = |port, host, uri, url: &str| assert_eq!(request(port, host, uri).as_deref(), Some(url));
        is(80, Some("c2.example"), "/a?b", "http://c2.example/a?b");
        is(8080, Some("c2.example"), "/", "http://c2.example:8080/");
        is(8080, Some("c2.example:8080"), "/", "http://c2.example:8080/");
        is(80, None, "/x", "http://[2001:db8::1]/x");
        is(
            3128,
            Some("c2.example"),
            "http://c2.example/y",
            "http://c2.example/y",
        );
        assert_eq!(request(80, Some("c2.example"), "*"), None);
    }

    #[test]
    fn a_host_loses_its_port_only() {
        for (host, name) in [
            ("c2.example:8080", "c2.example"),
            ("c2.example", "c2.example"),
            ("[2001:db8::1]:80", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("c2.example:x", "c2.example:x"),
        ] {
            assert_eq!(without_port(host), name);
        }
        assert_eq!(plain_name(" C2.Example. ").as_deref(), Some("c2.example"));
        assert_eq!(plain_name("."), None);
    }
}
