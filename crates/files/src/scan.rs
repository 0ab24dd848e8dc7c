//! Observables that stand in texts as they are: URLs, network addresses, wallets.
//!
//! A scanner, no parser: it finds what is written out. What a script builds is the engines' work.

use crate::examine::Walk;
use strongroom_model::{Gap, Limit, Observable, Report, Role};

/// Bytes of the longest URL that is taken.
const URL: usize = 2048;
/// Tokens of one text that are tried as wallets; each costs a checksum.
const WALLETS: usize = 50_000;
/// Bytes of a text in which wallets are looked for.
const WALLET_TEXT: usize = 8 << 20;

/// An observable and the bytes of the text where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// What.
    pub observable: Observable,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// Returns the URLs of a text in their order, namespaces of XML left out.
pub(crate) fn urls(text: &str) -> impl Iterator<Item = Seen> + '_ {
    text.match_indices("://")
        .filter_map(|(at, _)| url_around(text, at))
}

fn url_around(text: &str, at: usize) -> Option<Seen> {
    let before = text.get(..at)?;
    let scheme = ["https", "http", "ftp", "wss", "ws"].into_iter().find(|scheme| {
        let from = at.checked_sub(scheme.len());
        from.and_then(|from| before.get(from..))
            .is_some_and(|word| word.eq_ignore_ascii_case(scheme))
    })?;
    let start = at - scheme.len();
    let inner = before.get(..start)?;
    if inner.ends_with(|c: char| c.is_ascii_alphanumeric()) || is_namespace(inner) {
        return None;
    }
    let rest = text.get(start..)?;
    let end = rest
        .char_indices()
        .find(|(place, c)| *place >= URL || ends_url(*c))
        .map_or(rest.len(), |(place, _)| place);
    let url = trimmed(rest.get(..end)?);
    // A port written twice makes it no URL; host and port stand there all the same.
    let observable = Observable::url(url).ok().or_else(|| {
        let host = url.get(scheme.len() + 3..)?.split('/').next()?;
        let mut parts = host.split(':');
        let (host, port) = (parts.next()?, parts.next()?);
        Observable::endpoint(&format!("{host}:{port}")).ok()
    })?;
    Some(Seen {
        observable,
        start,
        end: start + url.len(),
    })
}

/// An XML namespace is a name that looks like a URL.
fn is_namespace(before: &str) -> bool {
    let Some(before) = before.strip_suffix(['"', '\'']) else {
        return false;
    };
    let from = before.char_indices().rev().nth(40).map_or(0, |(place, _)| place);
    let tail = before.get(from..).unwrap_or_default();
    tail.rsplit([' ', '\n', '\t', '<'])
        .next()
        .is_some_and(|name| name.starts_with("xmlns") && name.ends_with('='))
}

fn ends_url(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '"' | '\'' | '<' | '>' | '`' | '\\' | '^' | '{' | '}' | '|' | '\u{fffd}'
        )
}

/// Returns the URL without the punctuation of the sentence it stands in.
fn trimmed(url: &str) -> &str {
    // Brackets that close more than what opens; each is counted once.
    let excess = |open, close| {
        let count = |c: char| url.matches(c).count();
        count(close).saturating_sub(count(open))
    };
    let (mut round, mut square) = (excess('(', ')'), excess('[', ']'));
    let mut url = url;
    loop {
        url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '*']);
        let (rest, excess) = match (url.strip_suffix(')'), url.strip_suffix(']')) {
            (Some(rest), _) => (rest, &mut round),
            (_, Some(rest)) => (rest, &mut square),
            _ => return url,
        };
        if *excess == 0 {
            return url;
        }
        *excess -= 1;
        url = rest;
    }
}

/// Returns the wallets of a text in their order: words that are a valid address on some chain.
pub(crate) fn wallets(text: &str) -> impl Iterator<Item = Seen> + '_ {
    let text = text.get(..WALLET_TEXT).unwrap_or(text);
    words(text, |c| c.is_ascii_alphanumeric() || c == ':')
        .filter(|(_, word)| (26..=110).contains(&word.len()))
        .take(WALLETS)
        .filter_map(|(start, word)| {
            let observable = Observable::wallet(word).ok()?;
            Some(Seen {
                observable,
                start,
                end: start + word.len(),
            })
        })
}

/// Returns the IPv4 addresses of a text, those with a port as endpoints. Version numbers and addresses of the
/// machine itself are no observables.
pub(crate) fn addresses(text: &str) -> impl Iterator<Item = Seen> + '_ {
    words(text, |c| c.is_ascii_digit() || matches!(c, '.' | ':')).filter_map(|(start, word)| {
        let word = word.trim_matches(['.', ':']);
        let host = word.split(':').next().unwrap_or(word);
        let ip: std::net::Ipv4Addr = host.parse().ok()?;
        let ours =
            ip.is_loopback() || ip.is_unspecified() || ip.is_broadcast() || matches!(ip.octets(), [.., 0, 0]);
        let before = text.get(..start).unwrap_or_default();
        let glued = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/'));
        if ours || glued || says_version(before) {
            return None;
        }
        let observable = Observable::endpoint(word)
            .or_else(|_| Observable::ip(host))
            .ok()?;
        Some(Seen {
            observable,
            start,
            end: start + word.len(),
        })
    })
}

fn says_version(before: &str) -> bool {
    let from = before.char_indices().rev().nth(12).map_or(0, |(place, _)| place);
    before
        .get(from..)
        .is_some_and(|tail| tail.to_ascii_lowercase().contains("version"))
}

fn words(text: &str, inside: impl Fn(char) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let base = text.as_ptr() as usize;
    text.split(move |c| !inside(c))
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - base, word))
}

/// Adds what stands in a text to the report, as mentioned.
pub(crate) fn note_text(text: &str, report: &mut Report, walk: &Walk<'_>) {
    note_all(urls(text).chain(wallets(text)), report, walk);
}

/// Adds what stands in a script's layer to the report, as mentioned; there bare network addresses count too.
pub(crate) fn note_script(text: &str, report: &mut Report, walk: &Walk<'_>) {
    note_all(
        urls(text).chain(wallets(text)).chain(addresses(text)),
        report,
        walk,
    );
}

/// Adds the URLs that stand in bytes, in single bytes and in UTF-16.
pub(crate) fn note_bytes(bytes: &[u8], report: &mut Report, walk: &Walk<'_>) {
    note_all(urls_in_bytes(bytes), report, walk);
}

/// Returns the URLs that stand in bytes; their places count in the run of characters around each.
pub(crate) fn urls_in_bytes(bytes: &[u8]) -> impl Iterator<Item = Seen> + '_ {
    readable(bytes).flat_map(|text| urls(&text).collect::<Vec<_>>())
}

/// Returns the runs of readable characters with a `://` in them, in single bytes and in UTF-16; each from shortly before
/// its first.
fn readable(bytes: &[u8]) -> impl Iterator<Item = String> + '_ {
    let shown = |unit: &[u8]| match *unit {
        [b @ 0x20..=0x7E] | [b @ 0x20..=0x7E, 0] => Some(char::from(b)),
        _ => None,
    };
    let marks = [(&b"://"[..], 1), (b":\0/\0/\0", 2)];
    marks.into_iter().flat_map(move |(mark, width)| {
        let mut from = 0;
        std::iter::from_fn(move || {
            let at = find(bytes, mark, from)?;
            let start = at.saturating_sub(8 * width);
            let before = bytes.get(start + (at - start) % width..at)?.chunks(width);
            let run = bytes.get(at..)?.chunks(width).map_while(shown);
            let mut text: String = before.map(|unit| shown(unit).unwrap_or('\n')).collect();
            let lead = text.len();
            text.extend(run);
            // What else stands in this run was read with it.
            from = at + (text.len() - lead).max(1) * width;
            Some(text)
        })
    })
}

pub(crate) fn find(bytes: &[u8], mark: &[u8], from: usize) -> Option<usize> {
    let first = *mark.first()?;
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        at += rest.iter().position(|b| *b == first)?;
        if bytes.get(at..)?.starts_with(mark) {
            return Some(at);
        }
        at += 1;
    }
}

fn note_all(seen: impl Iterator<Item = Seen>, report: &mut Report, walk: &Walk<'_>) {
    let rows = walk.limits().rows as usize;
    for seen in seen {
        if report.observables.len() >= rows {
            report.gap(Gap::limit("observables", Limit::Rows, rows));
            return;
        }
        // What plays a part already is not merely mentioned.
        let at = report
            .observables
            .partition_point(|known| known.observable < seen.observable);
        if report
            .observables
            .get(at)
            .is_none_or(|known| known.observable != seen.observable)
        {
            report.sight(seen.observable, Role::Mentioned);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(seen: impl Iterator<Item = Seen>) -> Vec<String> {
        seen.map(|seen| seen.observable.value().to_owned()).collect()
    }

    #[test]
    fn urls_end_where_the_sentence_goes_on() {
        let text =
            "see (https://a.example/x(1)), 'HTTP://B.example' or xhttp://no.example; \"ftp://c.example/\".";
        assert_eq!(
            values(urls(text)),
            ["https://a.example/x(1)", "http://b.example/", "ftp://c.example/"]
        );
        let seen = urls(text).next().unwrap();
        assert_eq!(&text[seen.start..seen.end], "https://a.example/x(1)");
    }

    #[test]
    fn a_namespace_is_no_url() {
        let text =
            "<a xmlns=\"http://ns.example/a\" xmlns:b='http://ns.example/b' href=\"http://c.example/\">";
        assert_eq!(values(urls(text)), ["http://c.example/"]);
    }

    #[test]
    fn wallets_are_valid_addresses_alone() {
        let text = "pay 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa or 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb";
        assert_eq!(values(wallets(text)), ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"]);
    }

    #[test]
    fn network_addresses_are_not_version_numbers() {
        let text = "Version=4.0.30319.1 10.0.0.0 127.0.0.1 connect 192.0.2.7:8080, 198.51.100.3";
        assert_eq!(values(addresses(text)), ["192.0.2.7:8080", "198.51.100.3"]);
    }

    #[test]
    fn urls_in_bytes_are_found_in_both_widths() {
        let mut bytes = b"\0\x01http://a.example/\0".to_vec();
        bytes.extend("https://b.example/x".encode_utf16().flat_map(u16::to_le_bytes));
        let texts = readable(&bytes);
        let found: Vec<String> = texts.flat_map(|text| values(urls(&text))).collect();
        assert_eq!(found, ["http://a.example/", "https://b.example/x"]);
    }

    #[test]
    fn runs_of_marks_and_of_brackets_are_read_once() {
        let begun = std::time::Instant::now();
        assert_eq!(readable(&b"://".repeat(1 << 20)).count(), 1);
        let wide: Vec<u8> = b"x http://a.example/ http://b.example/\n"
            .iter()
            .flat_map(|b| [*b, 0])
            .collect();
        let found: Vec<String> = readable(&[&[7, 7, 7][..], &wide].concat()).collect();
        assert_eq!(found, ["\nx http://a.example/ http://b.example/"]);
        let bracketed = format!("http://a.example/{} ", ")".repeat(2000));
        assert_eq!(values(urls(&bracketed.repeat(500))).len(), 500);
        assert_eq!(trimmed("http://a.example/(b))].)"), "http://a.example/(b)");
        assert!(begun.elapsed().as_secs() < 20);
    }
}
