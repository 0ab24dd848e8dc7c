//! DNS tunnels: names under one domain that carry data.
//!
//! Under each domain and for each host are counted: different names (up to a bound), the length of what stands
//! before the domain and how its characters are spread, and question types that carry data back. Many names
//! alone are no tunnel: content networks and reputation services have as many, so that names must be long and
//! spread like data, or be asked for with types that hardly anything else asks for.

use crate::flow::At;
use crate::flow::Seen;
use std::collections::HashSet;

/// Different names that are counted under one domain.
pub(crate) const MOST_NAMES: usize = 2_000;
/// A tunnel has at least this many different names (RITA's first step).
const LEAST_NAMES: usize = 100;
/// Asked for with types that carry data, fewer are enough.
const LEAST_DATA_NAMES: usize = 40;
/// The mean length of what stands before the domain.
const LENGTH: f64 = 18.0;
/// Bits that a character carries: words have less, base 32 has 5, hexadecimal digits have 4.
const BITS: f64 = 3.4;
const DATA_SHARE: f64 = 0.5;
/// Letters, digits, and all else.
const CHARACTERS: usize = 38;

/// What a host asked under one domain.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub seen: Seen,
    names: HashSet<u32>,
    /// Questions of types that carry data.
    data: u64,
    length: u64,
    characters: [u64; CHARACTERS],
    answer_bytes: u64,
}

impl Names {
    pub(crate) fn new(at: At) -> Self {
        Names {
            seen: Seen {
                count: 0,
                ..Seen::once(at)
            },
            names: HashSet::new(),
            data: 0,
            length: 0,
            characters: [0; CHARACTERS],
            answer_bytes: 0,
        }
    }

    /// Takes in one question; returns how many keys more it weighs.
    pub(crate) fn ask(
        &mut self,
        above: &str,
        kind: Option<&str>,
        answer_bytes: u64,
        seen: Seen,
        files: &[String],
    ) -> u64 {
        self.seen.join(seen, files);
        self.data += u64::from(kind.is_some_and(carries_data));
        self.answer_bytes += answer_bytes;
        self.length += above.len() as u64;
        for byte in above.bytes() {
            if let Some(count) = self.characters.get_mut(place(byte)) {
                *count += 1;
            }
        }
        let fresh = self.names.len() < MOST_NAMES && self.names.insert(hash(above));
        u64::from(fresh)
    }

    /// Returns how many keys it weighs.
    pub(crate) fn weight(&self) -> u64 {
        self.names.len() as u64
    }

    /// Takes in what another reading saw of the same.
    pub(crate) fn join(&mut self, other: Names, files: &[String]) {
        self.seen.join(other.seen, files);
        self.data += other.data;
        self.length += other.length;
        self.answer_bytes += other.answer_bytes;
        for (count, more) in self.characters.iter_mut().zip(other.characters) {
            *count += more;
        }
        self.names.extend(other.names);
    }

    /// Returns what makes it a tunnel: different names (a bound is said as such), mean length, bits of a character
    /// in thousandths, share of data questions in thousandths.
    pub(crate) fn tunnel(&self) -> Option<Tunnel> {
        let names = self.names.len().min(MOST_NAMES);
        let questions = self.seen.count.max(1) as f64;
        let (length, data) = (self.length as f64 / questions, self.data as f64 / questions);
        let bits = self.bits();
        let spread = names >= LEAST_NAMES && length >= LENGTH && bits >= BITS;
        let carried = names >= LEAST_DATA_NAMES && data >= DATA_SHARE && bits >= BITS - 0.4;
        (spread || carried).then_some(Tunnel {
            names: names as u64,
            length: length.round() as u64,
            bits_milli: (bits * 1000.0).round() as u64,
            data_permille: (data * 1000.0).round() as u64,
            answer_bytes: self.answer_bytes,
        })
    }

    /// Shannon's entropy of the characters.
    fn bits(&self) -> f64 {
        let all = self.characters.iter().sum::<u64>().max(1) as f64;
        let some = self.characters.iter().filter(|count| **count > 0);
        some.map(|count| {
            let share = *count as f64 / all;
            -share * share.log2()
        })
        .sum()
    }
}

/// What is told of a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tunnel {
    pub names: u64,
    pub length: u64,
    pub bits_milli: u64,
    pub data_permille: u64,
    pub answer_bytes: u64,
}

fn carries_data(kind: &str) -> bool {
    matches!(
        kind,
        "TXT" | "NULL" | "CNAME" | "MX" | "PRIVATE" | "KEY" | "10" | "16" | "65399"
    )
}

fn place(byte: u8) -> usize {
    match byte.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => usize::from(letter - b'a'),
        digit @ b'0'..=b'9' => 26 + usize::from(digit - b'0'),
        b'-' | b'_' => 36,
        _ => 37,
    }
}

/// FNV-1a, the same in every run.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// Cuts a name into what stands above its registered domain and that domain, by the list of public suffixes, the
/// private part of it too: who has a name at a dynamic DNS service has that name alone.
pub(crate) fn split(name: &str) -> Option<(&str, &str)> {
    below(name, psl::domain_str(name)?)
}

/// Cuts a name into what stands above a domain and that domain; `None` where nothing does.
pub(crate) fn below<'n>(name: &'n str, domain: &str) -> Option<(&'n str, &'n str)> {
    let dot = name.len().checked_sub(domain.len() + 1)?;
    let (above, rest) = name.split_at_checked(dot)?;
    Some((above, rest.strip_prefix('.').filter(|rest| *rest == domain)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: At = At {
        micros: Some(1),
        file: 0,
        line: 1,
    };

    fn of(name: impl Fn(u32) -> String, kind: &str) -> Option<Tunnel> {
        let mut names = Names::new(AT);
        for number in 0..300 {
            names.ask(&name(number), Some(kind), 40, Seen::once(AT), &[]);
        }
        names.tunnel()
    }

    #[test]
    fn names_that_carry_data_are_a_tunnel_and_many_words_are_not() {
        let data = |number: u32| {
            format!(
                "{:08x}{:08x}{:08x}",
                number.wrapping_mul(2_654_435_761),
                number * 77_777,
                number.wrapping_mul(40_503 * 65_537)
            )
        };
        assert!(of(data, "A").is_some());
        assert!(of(|number| format!("cdn{number}"), "A").is_none());
        assert!(of(|number| format!("img.server-{number}"), "AAAA").is_none());
        let short = |number: u32| {
            format!(
                "{:05x}k{:04x}",
                number.wrapping_mul(2_654_435_761) >> 12,
                number * 77
            )
        };
        assert!(of(short, "TXT").is_some());
    }

    #[test]
    fn a_domain_is_what_somebody_registered() {
        assert_eq!(split("a.b.c2.example"), Some(("a.b", "c2.example")));
        assert_eq!(split("a.shop.co.uk"), Some(("a", "shop.co.uk")));
        assert_eq!(
            split("a.b.shop.city.kawasaki.jp"),
            Some(("a.b.shop", "city.kawasaki.jp"))
        );
        assert_eq!(split("a.b.mine.duckdns.org"), Some(("a.b", "mine.duckdns.org")));
        assert_eq!(split("c2.example"), None);
        assert_eq!(split("shop.co.uk"), None);
    }
}
