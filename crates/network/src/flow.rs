//! The calls between one source and one target, and the places where they stand.

use crate::calls::{Call, Calls};
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Interval, Moment};

/// A line of a file, by the file's number in this reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub micros: Option<i64>,
    pub file: u32,
    pub line: u64,
}

impl At {
    /// Returns the key that puts places in order whatever the files' numbers: time, name of file, line.
    pub(crate) fn key<'f>(&self, files: &'f [String]) -> (bool, Option<i64>, &'f str, u64) {
        let name = files.get(self.file as usize).map_or("", String::as_str);
        (self.micros.is_none(), self.micros, name, self.line)
    }

    /// Returns the interval of this one moment, where the row has one.
    pub(crate) fn when(&self) -> Option<Interval> {
        self.micros
            .map(|micros| Interval::at(Moment::from_micros(micros)))
    }
}

/// How long a connection stood.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lasted {
    /// Microseconds.
    pub micros: i64,
    /// Whether it stood open when that was written. One that a log of open connections tells ends in the connection log, and is longer
    /// there.
    pub open: bool,
    pub at: At,
}

/// The calls between one source and one target.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flow {
    /// The calls whose row has a time.
    pub calls: Calls,
    /// How often each port was called.
    pub ports: BTreeMap<u16, u64>,
    /// The addresses that a name stood for.
    pub ips: BTreeSet<u32>,
    /// The first call and the last.
    pub ends: Option<(At, At)>,
    /// The longest connection.
    pub longest: Option<Lasted>,
    /// Bytes that the originator sent in all connections.
    pub sent: u64,
    /// Whether a row of it is HTTP or TLS.
    pub web: bool,
    /// Whether a row of it is TLS.
    pub encrypted: bool,
    /// Whether a proxy was asked for it.
    pub proxied: bool,
}

impl Flow {
    /// Returns how many keys it weighs.
    pub(crate) fn weight(&self) -> u64 {
        self.calls.weight() + (self.ports.len() + self.ips.len()) as u64
    }

    /// Takes in one call: its port, the originator's bytes and the hash of its uid, where the row has them.
    pub(crate) fn call(
        &mut self,
        port: Option<u16>,
        (size, uid): (Option<u64>, Option<u32>),
        at: At,
        files: &[String],
    ) {
        if let Some(micros) = at.micros {
            self.sent = self.sent.saturating_add(size.unwrap_or(0));
            let size = size.map_or(Call::UNKNOWN, |size| {
                u32::try_from(size).unwrap_or(Call::UNKNOWN - 1)
            });
            let uid = uid.unwrap_or(0);
            self.calls.push(Call { micros, size, uid });
        }
        if let Some(port) = port {
            *self.ports.entry(port).or_default() += 1;
        }
        self.stretch(at, files);
    }

    fn stretch(&mut self, at: At, files: &[String]) {
        let (mut first, mut last) = self.ends.unwrap_or((at, at));
        if at.key(files) < first.key(files) {
            first = at;
        }
        if at.key(files) > last.key(files) {
            last = at;
        }
        self.ends = Some((first, last));
    }

    /// Takes in how long one connection stood.
    pub(crate) fn lasted(&mut self, one: Lasted, files: &[String]) {
        let longer = self.longest.is_none_or(|longest| {
            one.micros > longest.micros
                || (one.micros == longest.micros && one.at.key(files) < longest.at.key(files))
        });
        if longer {
            self.longest = Some(one);
        }
    }

    /// Takes in the calls of the same pair from another reading, its numbers already translated.
    pub(crate) fn join(&mut self, other: Flow, files: &[String]) {
        self.calls.join(other.calls);
        for (port, count) in other.ports {
            *self.ports.entry(port).or_default() += count;
        }
        self.ips.extend(other.ips);
        for at in other.ends.into_iter().flat_map(|(first, last)| [first, last]) {
            self.stretch(at, files);
        }
        if let Some(longest) = other.longest {
            self.lasted(longest, files);
        }
        self.sent = self.sent.saturating_add(other.sent);
        self.web |= other.web;
        self.encrypted |= other.encrypted;
        self.proxied |= other.proxied;
    }

    /// Returns the port called most often, the lowest among equals.
    pub(crate) fn port(&self) -> Option<u16> {
        let most = self.ports.values().max()?;
        self.ports
            .iter()
            .find(|(_, count)| *count == most)
            .map(|(port, _)| *port)
    }
}

/// How often and from when to when a host named or reached something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub when: Option<Interval>,
    pub count: u64,
    pub at: At,
}

impl Seen {
    pub(crate) fn once(at: At) -> Self {
        Seen {
            when: at.when(),
            count: 1,
            at,
        }
    }

    /// Takes in what was seen of the same elsewhere.
    pub(crate) fn join(&mut self, other: Seen, files: &[String]) {
        self.when = match (self.when, other.when) {
            (Some(one), Some(two)) => Some(one.join(two)),
            (one, two) => one.or(two),
        };
        self.count += other.count;
        if other.at.key(files) < self.at.key(files) {
            self.at = other.at;
        }
    }
}
