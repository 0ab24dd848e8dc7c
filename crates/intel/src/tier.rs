//! Why a report blames what it names, or does not: the part of the report in which a value stands, how it is
//! written, and what it is.

use crate::benign::{self, Benign};
use crate::scan::Found;
use crate::section::{Outline, Section};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr};
use strongroom_model::{Observable, ObservableType, Role};

/// Words around an observable in a line that is no prose.
const LIST_WORDS: usize = 4;

/// Why an observable is an indicator, or is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// A feed says that it is one: a STIX indicator, a MISP attribute for detection, a row of a typed table.
    Stated,
    /// It stands in a list or table under a heading of indicators.
    Listed,
    /// It stands in a list or table, and no heading says what that is for.
    Bare,
    /// The report broke it so that nobody clicks on it.
    Defanged,
    /// A hash or wallet in any part but the sources: nobody names one for its own sake.
    Named,
    /// It stands in a sentence.
    Prose,
    /// It stands among the sources.
    Cited,
    /// It is where a link leads to.
    Linked,
    /// Its host is a publisher, a vendor or a service that reports speak of for other reasons.
    Benign,
    /// No outsider can have that address.
    Unroutable,
    /// It is the end of a pattern for hosts (`server-{1,30}.c2.example`) and no host itself.
    Pattern,
    /// A page hides it from its readers.
    Hidden,
    /// The hash of no bytes.
    Empty,
    /// A feed gives it for context, and not for detection.
    Context,
}

impl Tier {
    /// Returns the part that an observable of this tier plays.
    pub const fn role(self) -> Role {
        match self {
            Tier::Stated | Tier::Listed | Tier::Bare | Tier::Defanged | Tier::Named => Role::Indicator,
            Tier::Prose
            | Tier::Cited
            | Tier::Linked
            | Tier::Benign
            | Tier::Unroutable
            | Tier::Pattern
            | Tier::Hidden
            | Tier::Empty
            | Tier::Context => Role::Mentioned,
        }
    }

    /// Returns whether its report says so itself, in a feed, under a heading or by breaking it: a list or hash without a
    /// word about it may be anything in a file that is no report.
    pub const fn is_attributed(self) -> bool {
        matches!(self, Tier::Stated | Tier::Listed | Tier::Defanged)
    }

    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Tier::Stated => "stated",
            Tier::Listed => "listed",
            Tier::Bare => "bare",
            Tier::Defanged => "defanged",
            Tier::Named => "named",
            Tier::Prose => "prose",
            Tier::Cited => "cited",
            Tier::Linked => "linked",
            Tier::Benign => "benign",
            Tier::Unroutable => "unroutable",
            Tier::Pattern => "pattern",
            Tier::Hidden => "hidden",
            Tier::Empty => "empty",
            Tier::Context => "context",
        }
    }

    /// Returns the tier of what a feed gives for detection, or for context: an innocent value stays one.
    pub(crate) fn of_feed(observable: &Observable, for_detection: bool) -> Self {
        if let Some(tier) = innocent(observable) {
            tier
        } else if is_bare_benign(observable) {
            Tier::Benign
        } else if for_detection {
            Tier::Stated
        } else {
            Tier::Context
        }
    }
}

/// What a line says about all that it names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    line: &'a [u8],
    section: Section,
    listed: bool,
}

impl<'a> Context<'a> {
    pub(crate) fn of(line: &'a [u8], outline: &Outline) -> Self {
        Context {
            line,
            section: outline.section(),
            listed: outline.is_fenced() || is_listed(line),
        }
    }

    /// Returns the context of a cell in a table, under its column's heading.
    pub(crate) fn of_cell(cell: &'a [u8], section: Section) -> Self {
        Context {
            line: cell,
            section,
            listed: is_listed(cell),
        }
    }

    /// Decides whether the report blames what it names, and why.
    pub(crate) fn tier(&self, found: &Found, defanged: bool) -> Tier {
        if let Some(tier) = innocent(&found.observable) {
            return tier;
        }
        let cited = self.section == Section::References;
        match found.observable.kind() {
            ObservableType::Hash | ObservableType::Wallet if cited => Tier::Cited,
            ObservableType::Hash | ObservableType::Wallet if self.is_listing() => Tier::Listed,
            ObservableType::Hash | ObservableType::Wallet => Tier::Named,
            ObservableType::Transaction => match self.section {
                Section::Indicators => Tier::Listed,
                Section::References => Tier::Cited,
                Section::Prose | Section::Unknown => Tier::Prose,
            },
            _ if found.observable.kind() == ObservableType::Domain
                && ends_pattern(self.line, found.start) =>
            {
                Tier::Pattern
            }
            _ => self.tier_of_host(found, defanged),
        }
    }

    fn is_listing(&self) -> bool {
        self.listed && self.section == Section::Indicators
    }

    fn tier_of_host(&self, found: &Found, defanged: bool) -> Tier {
        let bare = matches!(
            found.observable.kind(),
            ObservableType::Domain | ObservableType::Ip
        );
        match (judge(&found.observable), defanged) {
            (Benign::Itself, true) if bare => Tier::Benign,
            (Benign::Itself | Benign::Below | Benign::No, true) => Tier::Defanged,
            (Benign::Itself | Benign::Below, false) => Tier::Benign,
            (Benign::No, false) if is_link(found, self.line) => Tier::Linked,
            (Benign::No, false) => match self.section {
                Section::References => Tier::Cited,
                Section::Indicators if self.listed => Tier::Listed,
                Section::Unknown if self.listed => Tier::Bare,
                Section::Indicators | Section::Unknown | Section::Prose => Tier::Prose,
            },
        }
    }
}

/// Returns why a value is no indicator wherever it stands.
fn innocent(observable: &Observable) -> Option<Tier> {
    if is_hash_of_nothing(observable) {
        Some(Tier::Empty)
    } else if is_unroutable(observable) {
        Some(Tier::Unroutable)
    } else {
        None
    }
}

fn judge(observable: &Observable) -> Benign {
    let host = observable.host();
    benign::judge(host.as_ref().unwrap_or(observable).value())
}

/// Returns whether it is the bare name of a well-known host: what is below it, or fetched from it, may be abused.
fn is_bare_benign(observable: &Observable) -> bool {
    matches!(observable.kind(), ObservableType::Domain | ObservableType::Ip)
        && judge(observable) == Benign::Itself
}

/// Returns whether what stands at the place follows a part that is no label: `server-{1,30}.`, `<random>.`.
fn ends_pattern(line: &[u8], start: usize) -> bool {
    let before = line.get(..start).unwrap_or_default();
    before
        .strip_suffix(b".")
        .and_then(<[u8]>::last)
        .is_some_and(|byte| matches!(byte, b'}' | b']' | b')' | b'>' | b'%'))
}

/// Returns whether it is the target of a link: `https://x[label]`, `[label](https://x)`, `link:x[…]`.
fn is_link(found: &Found, line: &[u8]) -> bool {
    let before = line.get(..found.start).unwrap_or_default();
    let after = line.get(found.end..).unwrap_or_default();
    before.ends_with(b"](") || before.ends_with(b"link:") || after.starts_with(b"[")
}

/// Returns whether the line is a row of a table, or has too few words to be prose.
fn is_listed(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let row = line.starts_with(b"|") || memchr::memchr_iter(b'|', line).take(2).count() == 2;
    let words = line
        .split(u8::is_ascii_whitespace)
        .filter(|word| is_letters(word))
        .count();
    row || line.contains(&b'\t') || words <= LIST_WORDS
}

fn is_letters(word: &[u8]) -> bool {
    word.len() > 1
        && word
            .iter()
            .all(|b| b.is_ascii_alphabetic() || matches!(b, b',' | b':' | b'\''))
}

/// Addresses that no outsider can have: private, shared behind a carrier, loopback, multicast, none at all.
fn is_unroutable(observable: &Observable) -> bool {
    if !matches!(
        observable.kind(),
        ObservableType::Ip | ObservableType::Endpoint | ObservableType::Url
    ) {
        return false;
    }
    let host = observable.host();
    match host.as_ref().unwrap_or(observable).value().parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => is_unroutable_v4(ip),
        Ok(IpAddr::V6(ip)) => match ip.to_ipv4_mapped() {
            Some(ip) => is_unroutable_v4(ip),
            None => {
                ip.is_loopback()
                    || ip.is_multicast()
                    || ip.is_unicast_link_local()
                    || ip.is_unique_local()
                    || ip.is_unspecified()
            }
        },
        Err(_) => false,
    }
}

fn is_unroutable_v4(ip: Ipv4Addr) -> bool {
    // RFC 6598 shares 100.64.0.0/10; of 0.0.0.0/8 nobody has an address (RFC 791).
    let special = matches!(ip.octets(), [0, ..] | [100, 64..=127, ..]);
    special
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
}

/// MD5, SHA-1 and SHA-256 of no bytes at all.
fn is_hash_of_nothing(observable: &Observable) -> bool {
    [
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ]
    .contains(&observable.value())
}
