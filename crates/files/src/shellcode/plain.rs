//! What stands in the memory of code in plain: URLs, hosts and addresses, for code whose reading ended before it called
//! anybody. That they stand there does not say what the code does with them.

use crate::{names, scan};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use strongroom_model::Observable;

/// What is told of one code.
const MOST: usize = 64;
/// Characters of the shortest and the longest name of a host.
const NAME: std::ops::RangeInclusive<usize> = 6..=253;

/// Returns what stands in runs of bytes, each once, in its order.
pub(super) fn plain<'a>(runs: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let (mut found, mut known) = (Vec::new(), BTreeSet::new());
    for run in runs {
        let urls = scan::urls_in_bytes(run).map(|seen| seen.observable.value().to_owned());
        for text in urls.chain(hosts(run)).chain(sockets(run)) {
            if found.len() < MOST && known.insert(text.clone()) {
                found.push(text);
            }
        }
    }
    found
}

/// Texts up to a zero that are a host's name or address, with a port or without.
fn hosts(bytes: &[u8]) -> impl Iterator<Item = String> + '_ {
    let shown = |byte: &u8| byte.is_ascii_graphic();
    bytes.split(|byte| *byte == 0).filter_map(move |run| {
        // What stands in front of the last text is code.
        let from = run.iter().rposition(|byte| !shown(byte)).map_or(0, |at| at + 1);
        let text = std::str::from_utf8(run.get(from..)?).ok()?;
        let host = |text: &str| {
            let ip = Observable::ip(text)
                .ok()
                .filter(|_| text.parse::<Ipv4Addr>().is_ok_and(reaches));
            ip.or_else(|| Observable::domain(text).ok().filter(|_| is_name(text)))
        };
        let name = text.split_once(':').map_or(text, |(name, _)| name);
        let seen = NAME.contains(&text.len()).then(|| host(name)).flatten()?;
        let endpoint = Observable::endpoint(text).ok();
        Some(endpoint.as_ref().unwrap_or(&seen).value().to_owned())
    })
}

/// Names of files look like names of hosts.
fn is_name(text: &str) -> bool {
    let end = names::extension(text).unwrap_or_default();
    let letters = (2..=24).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_lowercase());
    let file = end != "com" && (names::runs(text) || names::claims_document(text));
    letters
        && !file
        && !matches!(
            end.as_str(),
            "sys" | "drv" | "ocx" | "dat" | "tmp" | "log" | "ini" | "bin"
        )
}

/// Socket addresses (`sockaddr_in`): with zeros behind them, as the instructions that push one, and as the one that loads
/// it whole.
fn sockets(bytes: &[u8]) -> impl Iterator<Item = String> + '_ {
    (0..bytes.len()).filter_map(|at| match bytes.get(at..)? {
        [2, 0, a, b, ip @ ..] if ip.get(4..12) == Some(&[0; 8]) => endpoint(ip.first_chunk()?, [*a, *b]),
        [0x68, i, j, k, l, 0x68, 2, 0, a, b, ..] => endpoint(&[*i, *j, *k, *l], [*a, *b]),
        [0x48 | 0x49, 0xb8..=0xbf, 2, 0, a, b, ip @ ..] => endpoint(ip.first_chunk()?, [*a, *b]),
        _ => None,
    })
}

fn endpoint(ip: &[u8; 4], port: [u8; 2]) -> Option<String> {
    let (ip, port) = (Ipv4Addr::from(*ip), u16::from_be_bytes(port));
    (port != 0 && reaches(ip)).then(|| format!("{ip}:{port}"))
}

/// Returns whether an address can be another machine's.
fn reaches(ip: Ipv4Addr) -> bool {
    let [first, .., last] = ip.octets();
    (1..224).contains(&first) && first != 127 && last != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_plain_is_told_once() {
        let mut bytes =
            b"\x90\x90http://a.example/x\0kernel32.dll\0\xE8c2.example\0c2.example:8443\0".to_vec();
        bytes.extend(b"198.51.100.7\0\x68\xC0\x00\x02\x07\x68\x02\x00\x11\x5C\x6A\x10");
        bytes.extend(b"\x49\xBC\x02\x00\x1F\x90\xCB\x00\x71\x09\x41\x54");
        bytes.extend(b"\x02\x00\x01\xBB\xC0\x00\x02\x08\0\0\0\0\0\0\0\0");
        assert_eq!(
            plain([&bytes[..], &bytes[..]].into_iter()),
            [
                "http://a.example/x",
                "c2.example",
                "c2.example:8443",
                "198.51.100.7",
                "192.0.2.7:4444",
                "203.0.113.9:8080",
                "192.0.2.8:443"
            ]
        );
        assert!(plain([&[0x90; 4096][..], b"report.pdf\0a.b\0".as_slice()].into_iter()).is_empty());
    }
}
