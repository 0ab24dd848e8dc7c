//! Safe lists: which names and networks are called at regular intervals by design, in the text that a user edits.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use strongroom_model::Observable;

/// The list that holds where no other is given: clocks, updates, certificate status, and domains with very many
/// names. It is text in the form that [`SafeList::read`] reads.
pub static SAFE_LIST: &str = include_str!("safe_list.txt");

/// What stands before a domain under which many names are normal.
const MANY: &str = "many-names";

/// A line of a safe list that says nothing that can be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

impl std::error::Error for BadLine {}

/// Names and networks that are set aside; [`SafeList::default`] reads [`SAFE_LIST`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeList {
    names: BTreeSet<String>,
    many: BTreeSet<String>,
    /// By length of the prefix; an address is a network of itself.
    networks: BTreeMap<u8, BTreeSet<IpAddr>>,
}

impl Default for SafeList {
    fn default() -> Self {
        SafeList::read(SAFE_LIST.as_bytes()).expect("a test reads the list of the program")
    }
}

impl SafeList {
    /// Returns the list on which nothing stands.
    pub fn empty() -> Self {
        SafeList {
            names: BTreeSet::new(),
            many: BTreeSet::new(),
            networks: BTreeMap::new(),
        }
    }

    /// Reads a list: on each line a domain, an address, a network, or `many-names` and a domain.
    ///
    /// # Errors
    /// At the first line that holds anything else: a list that is read in part would set aside less or more than
    /// its reader believes.
    pub fn read(text: &[u8]) -> Result<Self, BadLine> {
        let mut list = SafeList::empty();
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
            let bad = |why| BadLine {
                line: number + 1,
                why,
            };
            let line = std::str::from_utf8(line).map_err(|_| bad("no UTF-8".to_owned()))?;
            let entry = line.split('#').next().unwrap_or_default().trim();
            if !entry.is_empty() {
                list.add(entry).map_err(bad)?;
            }
        }
        Ok(list)
    }

    fn add(&mut self, entry: &str) -> Result<(), String> {
        let mut words = entry.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some(MANY), Some(name), None) => drop(self.many.insert(domain(name)?)),
            (Some(one), None, None) if one.contains('/') || one.parse::<IpAddr>().is_ok() => {
                let (ip, bits) = network(one)?;
                self.networks.entry(bits).or_default().insert(ip);
            }
            (Some(one), None, None) => drop(self.names.insert(domain(one)?)),
            _ => return Err(format!("{entry:?} is more than one entry")),
        }
        Ok(())
    }

    /// Takes in what another list holds.
    pub fn extend(&mut self, other: SafeList) {
        self.names.extend(other.names);
        self.many.extend(other.many);
        for (bits, networks) in other.networks {
            self.networks.entry(bits).or_default().extend(networks);
        }
    }

    /// Returns the entry that a canonical domain falls under, the closest one.
    pub fn name(&self, domain: &str) -> Option<&str> {
        above(&self.names, domain)
    }

    /// Returns the entry under which very many names below a canonical domain are normal.
    pub fn many_names(&self, domain: &str) -> Option<&str> {
        above(&self.many, domain)
    }

    /// Returns the entry that an address falls under, as the list writes it, the smallest network.
    pub fn address(&self, ip: IpAddr) -> Option<String> {
        let ip = ip.to_canonical();
        let mut closest = self.networks.iter().rev();
        closest.find_map(|(bits, networks)| {
            let network = masked(ip, *bits)?;
            networks.contains(&network).then(|| match whole(ip) == *bits {
                true => network.to_string(),
                false => format!("{network}/{bits}"),
            })
        })
    }
}

/// Returns the entry that is a domain or stands above it.
fn above<'l>(entries: &'l BTreeSet<String>, domain: &str) -> Option<&'l str> {
    let below = memchr::memchr_iter(b'.', domain.as_bytes()).filter_map(|dot| domain.get(dot + 1..));
    std::iter::once(domain)
        .chain(below)
        .find_map(|name| entries.get(name))
        .map(String::as_str)
}

fn domain(name: &str) -> Result<String, String> {
    let domain =
        Observable::domain(name).map_err(|_| format!("{name:?} is no domain, address or network"))?;
    Ok(domain.value().to_owned())
}

fn network(text: &str) -> Result<(IpAddr, u8), String> {
    let (ip, bits) = text
        .split_once('/')
        .map_or((text, None), |(ip, bits)| (ip, Some(bits)));
    let no_network = || format!("{text:?} is no network");
    let ip: IpAddr = ip.parse().map_err(|_| no_network())?;
    // An IPv4-mapped address counts its bits as one of version 6.
    if bits.is_some() && ip.to_canonical() != ip {
        return Err(no_network());
    }
    let ip = ip.to_canonical();
    let bits = match bits {
        Some(bits) => bits
            .parse()
            .ok()
            .filter(|bits| *bits <= whole(ip))
            .ok_or_else(no_network)?,
        None => whole(ip),
    };
    match masked(ip, bits) {
        _ if bits == 0 => Err(format!("{text:?} is every address")),
        Some(network) if network == ip => Ok((ip, bits)),
        Some(network) => Err(format!(
            "{text:?} has bits behind its prefix: {network}/{bits} is meant?"
        )),
        None => Err(no_network()),
    }
}

const fn whole(ip: IpAddr) -> u8 {
    match ip {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// Returns an address with nothing behind its first bits; `None` where it has fewer.
fn masked(ip: IpAddr, bits: u8) -> Option<IpAddr> {
    let behind = u32::from(whole(ip).checked_sub(bits)?);
    Some(match ip {
        IpAddr::V4(ip) => IpAddr::V4((ip.to_bits() & u32::MAX.checked_shl(behind).unwrap_or(0)).into()),
        IpAddr::V6(ip) => IpAddr::V6((ip.to_bits() & u128::MAX.checked_shl(behind).unwrap_or(0)).into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_covers_what_is_below_it_and_nothing_else() {
        let list = SafeList::default();
        assert_eq!(list.name("2.pool.ntp.org"), Some("pool.ntp.org"));
        assert_eq!(list.name("pool.ntp.org"), Some("pool.ntp.org"));
        assert_eq!(list.name("evilpool.ntp.org"), None);
        assert_eq!(list.name("pool.ntp.org.c2.example"), None);
        assert_eq!(list.many_names("7.in-addr.arpa"), Some("in-addr.arpa"));
        assert_eq!(list.many_names("c2.example"), None);
    }

    #[test]
    fn a_network_holds_its_addresses_and_the_smallest_is_named() {
        let list = SafeList::read(b"198.51.100.0/24\r\n198.51.100.7 # ours\n\n2001:db8::/32").unwrap();
        let entry = |ip: &str| list.address(ip.parse().unwrap());
        assert_eq!(entry("198.51.100.7").as_deref(), Some("198.51.100.7"));
        assert_eq!(entry("::ffff:198.51.100.8").as_deref(), Some("198.51.100.0/24"));
        assert_eq!(entry("2001:db8:7::1").as_deref(), Some("2001:db8::/32"));
        assert_eq!((entry("198.51.101.7"), entry("2001:db9::1")), (None, None));
    }

    #[test]
    fn a_line_that_says_nothing_is_named() {
        for (text, line, why) in [
            ("pool.ntp.org\nnot a name", 2, "more than one entry"),
            ("# a\n\nnonsense", 3, "no domain, address or network"),
            ("198.51.100.7/24", 1, "198.51.100.0/24 is meant"),
            ("198.51.100.0/33", 1, "is no network"),
            ("::ffff:198.51.100.0/120", 1, "is no network"),
            ("0.0.0.0/0", 1, "every address"),
            ("many-names", 1, "no domain"),
            ("*.example", 1, "no domain"),
        ] {
            let bad = SafeList::read(text.as_bytes()).unwrap_err();
            assert_eq!(bad.line, line, "{text}");
            assert!(bad.to_string().contains(why), "{bad}");
        }
        assert_eq!(SafeList::read(b"a.example\n\xff").unwrap_err().line, 2);
    }
}
