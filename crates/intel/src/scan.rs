//! One pass over a line: words become candidates, and what a candidate is, its letters and neighbours decide.
//! No pattern is matched backwards; each byte is looked at a bounded number of times.

use crate::host::{self, Neighbours};
use crate::section::speaks_of_transactions;
use std::net::{IpAddr, Ipv6Addr};
use strongroom_model::{Observable, ObservableType};

/// Schemes whose addresses a network log could show.
const SCHEMES: [&str; 18] = [
    "ftp", "ftps", "http", "https", "ldap", "ldaps", "rtsp", "sftp", "smb", "socks5", "ssh", "ssl",
    "stratum", "tcp", "tftp", "udp", "ws", "wss",
];
/// Bytes of the longest word that can be anything; the longest is a hash in hexadecimal or a domain name.
const LONGEST: usize = 512;
/// Bytes of the longest URL.
const LONGEST_URL: usize = 8_192;
const LONGEST_LOCAL_PART: usize = 64;
/// Bytes of user, host and port in a URL.
const LONGEST_AUTHORITY: usize = 320;
/// Marks of a text's markup after each other.
const MARKS: usize = 3;
/// Bytes before a word that may say what it is.
const BEFORE: usize = 32;

/// Something found in a line, by its bytes there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) observable: Observable,
}

/// Scans one line; `transactions` says whether it stands under a heading that speaks of them, `defanged` says of
/// a range whether something in it was undone.
pub(crate) fn line(line: &[u8], transactions: bool, defanged: &dyn Fn(usize, usize) -> bool) -> Vec<Found> {
    let mut scan = Scan {
        line,
        transactions,
        defanged,
        found: Vec::new(),
    };
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        at = if is_word(*byte) || *byte == b':' {
            scan.word(at)
        } else {
            at + 1
        };
    }
    scan.found
}

struct Scan<'a> {
    line: &'a [u8],
    transactions: bool,
    defanged: &'a dyn Fn(usize, usize) -> bool,
    found: Vec<Found>,
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'.' | b'-' | b'_')
}

impl<'a> Scan<'a> {
    fn slice(&self, start: usize, end: usize) -> &'a [u8] {
        self.line.get(start..end).unwrap_or_default()
    }

    fn rest(&self, at: usize) -> &'a [u8] {
        self.line.get(at..).unwrap_or_default()
    }

    /// Returns the end of the run of word bytes.
    fn run(&self, start: usize) -> usize {
        start + self.rest(start).iter().take_while(|b| is_word(**b)).count()
    }

    fn push(&mut self, start: usize, end: usize, observable: Option<Observable>) -> bool {
        let found = observable.map(|observable| Found {
            start,
            end,
            observable,
        });
        let some = found.is_some();
        self.found.extend(found);
        some
    }

    /// Reads what begins here; returns where to go on.
    fn word(&mut self, start: usize) -> usize {
        let end = self.run(start);
        if let Some(end) = self.ipv6(start) {
            return end;
        }
        match self.rest(end) {
            [b':', b'/', b'/', ..] if end > start => self.url(start, end).unwrap_or(end + 3),
            [b'@', ..] if end > start => self.email(start, end).unwrap_or(end + 1),
            [b'+', b't', b'c', b'p', b':', b'/', b'/', ..] if end > start => {
                self.url(start, end + 4).unwrap_or(end + 7)
            }
            _ if end > start => {
                self.plain(start, end);
                end
            }
            _ => start + 1,
        }
    }

    fn url(&mut self, start: usize, colon: usize) -> Option<usize> {
        let word = self.slice(start, colon);
        let letters = |b: &u8| b.is_ascii_alphanumeric() || *b == b'+';
        let scheme = word.len() - word.iter().rev().take_while(|b| letters(b)).count();
        let name = std::str::from_utf8(word.get(scheme..)?)
            .ok()?
            .to_ascii_lowercase();
        let name = name.strip_suffix("+tcp").unwrap_or(&name);
        SCHEMES.binary_search(&name).ok()?;
        let begin = start + scheme;
        // The authority by itself first: it alone can be wrong, and it is short.
        let authority = self.rest(colon + 3).iter().take(LONGEST_AUTHORITY);
        let authority = authority.take_while(|b| !matches!(b, b'/' | b'?' | b'#')).count();
        let authority_end = url_end(self.rest(0).get(..colon + 3 + authority)?, colon + 3);
        let authority = std::str::from_utf8(self.slice(begin, authority_end)).ok()?;
        Observable::url(authority).ok().filter(names_host)?;
        let end = url_end(self.line, colon + 3);
        let end = end - self.marks(begin, end);
        let text = std::str::from_utf8(self.slice(begin, end)).ok()?;
        let url = Observable::url(text).ok();
        self.push(begin, end, url).then_some(end)
    }

    /// Returns how many marks at the end of a URL answer the same before it: AsciiDoc and Markdown put `+`, `++`, `_`
    /// on both sides.
    fn marks(&self, begin: usize, end: usize) -> usize {
        let before = self.slice(begin.saturating_sub(MARKS), begin);
        let Some(mark @ (b'+' | b'_' | b'~')) = before.last() else {
            return 0;
        };
        let count = |bytes: &mut dyn Iterator<Item = &u8>| bytes.take_while(|b| *b == mark).count();
        count(&mut before.iter().rev()).min(count(&mut self.slice(begin, end).iter().rev()))
    }

    fn email(&mut self, start: usize, at: usize) -> Option<usize> {
        // The local part may hold what a host may not.
        let local = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+' | b'%');
        let before = self.slice(at.saturating_sub(LONGEST_LOCAL_PART), at);
        let begin = at - before.iter().rev().take_while(|b| local(b)).count();
        let begin = begin
            .max(self.found.last().map_or(0, |found| found.end))
            .min(start.max(begin));
        let end = self.run(at + 1);
        let end = end
            - self
                .slice(at + 1, end)
                .iter()
                .rev()
                .take_while(|b| !is_edge(**b))
                .count();
        let host = std::str::from_utf8(self.slice(at + 1, end)).ok()?;
        let around = Neighbours {
            before: b" ",
            after: b" ",
            defanged: true,
        };
        host::domain(host, around)?;
        let text = std::str::from_utf8(self.slice(begin, end)).ok()?;
        let text = text.trim_start_matches(['.', '-', '%']);
        let email = Observable::email(text).ok();
        self.push(end - text.len(), end, email).then_some(end)
    }

    /// Reads an IPv6 address, or nothing: `::` stands in code and times as well, so three colons are asked for.
    fn ipv6(&mut self, start: usize) -> Option<usize> {
        let inside = |b: &&u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
        let rest = self.rest(start);
        let length = rest.iter().take(48).take_while(inside).count();
        let run = rest.get(..length)?;
        let run = run
            .strip_suffix(b".")
            .or_else(|| run.strip_suffix(b":"))
            .unwrap_or(run);
        if run.iter().filter(|b| **b == b':').count() < 3 {
            return None;
        }
        let end = start + run.len();
        let free = |b: Option<&u8>| b.is_none_or(|b| !is_word(*b) || *b == b'.');
        let before = start.checked_sub(1).and_then(|at| self.line.get(at));
        if !free(before) || !free(rest.get(length)) {
            return None;
        }
        let ip: Ipv6Addr = std::str::from_utf8(run).ok()?.parse().ok()?;
        let bracketed = before == Some(&b'[') && rest.get(run.len()) == Some(&b']');
        if bracketed && let Some(after) = self.port(end + 1) {
            let text = std::str::from_utf8(self.slice(start - 1, after)).ok()?;
            self.push(start - 1, after, Observable::endpoint(text).ok());
            return Some(after);
        }
        self.push(start, end, Some(Observable::from_ip(IpAddr::V6(ip))));
        Some(end)
    }

    /// Returns the end of `:443` at this place.
    fn port(&self, at: usize) -> Option<usize> {
        let digits = self.rest(at).strip_prefix(b":")?;
        let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
        let ends = digits
            .get(count)
            .is_none_or(|b| !is_word(*b) || matches!(b, b'.' | b'-'));
        ((1..=5).contains(&count) && ends).then_some(at + 1 + count)
    }

    /// Reads a word that is neither URL nor mail address.
    fn plain(&mut self, start: usize, end: usize) {
        let word = self.slice(start, end);
        let begin = start + word.iter().take_while(|b| !is_edge(**b)).count();
        let end = end - word.iter().rev().take_while(|b| !is_edge(**b)).count();
        let word = self.slice(begin, end.max(begin));
        if !(4..=LONGEST).contains(&word.len()) {
            return;
        }
        let Ok(text) = std::str::from_utf8(word) else {
            return;
        };
        match memchr::memchr(b'.', word) {
            Some(dot) => self.dotted(begin, text, dot),
            None => {
                let observable = self.transaction(begin, text).or_else(|| undotted(text));
                self.push(begin, end, observable);
            }
        }
    }

    /// Reads 64 digits as a transaction where `0x`, the words before them or the heading say so; elsewhere they
    /// are a file's SHA-256.
    fn transaction(&self, begin: usize, text: &str) -> Option<Observable> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        if digits.len() != 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let before = self.slice(begin.saturating_sub(BEFORE), begin);
        let said = digits.len() < text.len() || self.transactions || speaks_of_transactions(before);
        said.then(|| Observable::transaction(text))
    }

    fn dotted(&mut self, begin: usize, text: &str, dot: usize) {
        let end = begin + text.len();
        let around = Neighbours {
            before: self.slice(0, begin),
            after: self.rest(end),
            defanged: (self.defanged)(begin, end),
        };
        let host = match host::ipv4(text, around) {
            Some(ip) => Some(Observable::from_ip(IpAddr::V4(ip))),
            None => host::domain(text, around),
        };
        let Some(host) = host else {
            // 0123abcd….exe: samples are named by their hashes.
            let stem = text.get(..dot).unwrap_or_default();
            self.push(begin, begin + dot, hash(stem));
            return;
        };
        let endpoint = self.port(end).and_then(|after| {
            let port = std::str::from_utf8(self.slice(end, after)).ok()?;
            Some((after, Observable::endpoint(&format!("{host}{port}")).ok()?))
        });
        match endpoint {
            Some((after, endpoint)) => self.push(begin, after, Some(endpoint)),
            None => self.push(begin, end, Some(host)),
        };
    }
}

/// A URL in a report names a host that has a dot or is an address; templates and host-local ones do not.
fn names_host(url: &Observable) -> bool {
    url.host().is_some_and(|host| match host.kind() {
        ObservableType::Domain => {
            let around = Neighbours {
                before: b" ",
                after: b" ",
                defanged: true,
            };
            host::domain(host.value(), around).is_some()
        }
        _ => true,
    })
}

/// Returns whether a host or hash may begin or end with the byte.
fn is_edge(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

fn undotted(text: &str) -> Option<Observable> {
    if text.len() < 25 || text.contains(['-', '_']) {
        return None;
    }
    hash(text).or_else(|| Observable::wallet(text).ok())
}

/// A file hash: hexadecimal of a known length, and by its letters not a number.
fn hash(text: &str) -> Option<Observable> {
    let mixed = text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic());
    mixed.then(|| Observable::hash(text).ok()).flatten()
}

/// Returns the end of a URL that begins its host at `start`: at white space, at what quotes or tables put
/// around it, before the punctuation of the sentence.
fn url_end(line: &[u8], start: usize) -> usize {
    let rest = line.get(start..).unwrap_or_default();
    let host_is_ipv6 = rest.first() == Some(&b'[');
    let mut depth = 0i32;
    let mut end = start;
    for (at, byte) in rest.iter().enumerate().take(LONGEST_URL) {
        match byte {
            b'[' | b']' if host_is_ipv6 && at < 48 => {}
            b'(' => depth += 1,
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            0..=b' '
            | b'<'
            | b'>'
            | b'"'
            | b'\''
            | b'`'
            | b'|'
            | b'\\'
            | b'^'
            | b'{'
            | b'}'
            | b'['
            | b']'
            | 0x7f => break,
            _ if ends_foreign(rest.get(at..).unwrap_or_default()) => break,
            _ => {}
        }
        end = start + at + 1;
    }
    let url = line.get(start..end).unwrap_or_default();
    let url = url.get(..first_of_list(url)).unwrap_or(url);
    let trailing = |b: &&u8| matches!(b, b'.' | b',' | b';' | b':' | b'!' | b'?' | b'*' | b'(');
    start + url.len() - url.iter().rev().take_while(trailing).count()
}

/// Returns where the next URL of a list without blanks begins: `http://a,http://b`.
fn first_of_list(url: &[u8]) -> usize {
    memchr::memmem::find(url, b"://").map_or(url.len(), |next| {
        let before = url.get(..next).unwrap_or_default();
        memchr::memrchr2(b',', b';', before).unwrap_or(url.len())
    })
}

/// Typographic quotes, ellipses, and the full stops and commas of CJK text.
fn ends_foreign(rest: &[u8]) -> bool {
    matches!(
        rest,
        [0xe2, 0x80, 0x98..=0x9f | 0xa6, ..] | [0xe3, 0x80, 0x80..=0x82, ..] | [0xc2, 0xa0 | 0xbb, ..]
    )
}
