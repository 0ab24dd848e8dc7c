//! A reader of hidden commands that shares no code with the engine: it knows no language, only how things look.

use base64::Engine as _;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use std::collections::BTreeSet;
use std::io::Read;

/// Whom a text calls.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    Url(String),
    Address(String, u16),
    Host(String),
}

impl Endpoint {
    pub fn text(&self) -> String {
        match self {
            Endpoint::Url(url) => url.clone(),
            Endpoint::Address(host, port) => format!("{host}:{port}"),
            Endpoint::Host(host) => host.clone(),
        }
    }

    /// Returns whether a reported value is this endpoint.
    pub fn is(&self, value: &str) -> bool {
        match self {
            Endpoint::Url(url) => plain_url(value) == *url,
            Endpoint::Address(host, port) => {
                value.eq_ignore_ascii_case(&format!("{host}:{port}"))
                    || host_of(value).is_some_and(|(own, at)| own == *host && at == *port)
            }
            Endpoint::Host(host) => {
                let bare = value.split_once("://").map_or(value, |(_, rest)| rest);
                bare.split(['/', ':', ' '])
                    .next()
                    .is_some_and(|own| own.trim_end_matches('.').eq_ignore_ascii_case(host))
            }
        }
    }
}

#[derive(Debug, Default)]
pub struct Expected {
    pub endpoints: BTreeSet<Endpoint>,
    /// Machine code that decodes itself stands there, and this reader cannot see into it.
    pub undecoded: bool,
}

/// One spelling of a URL: scheme and host in small letters, no default port, a path.
fn plain_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let scheme = scheme.to_ascii_lowercase();
    let (host, path) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    let host = host.to_ascii_lowercase();
    let default = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(default).unwrap_or(&host);
    let path = path.split('#').next().unwrap();
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{scheme}://{host}{slash}{path}")
}

fn host_of(url: &str) -> Option<(String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split('/').next()?;
    match host.split_once(':') {
        Some((host, port)) => Some((host.to_owned(), port.parse().ok()?)),
        None => Some((host.to_owned(), if scheme == "https" { 443 } else { 80 })),
    }
}

pub fn expected(text: &str) -> Expected {
    let mut all = Expected::default();
    read_text(text, &mut all, 0);
    all
}

fn read_text(text: &str, all: &mut Expected, depth: u32) {
    urls(text, all);
    addresses(text, all);
    named(text, all);
    for bytes in byte_lists(text) {
        machine_code(&bytes, all);
    }
    if depth >= 6 {
        return;
    }
    for bytes in base64_runs(text) {
        let mut packed = Vec::new();
        for unpacked in [
            unzip(MultiGzDecoder::new(&bytes[..])),
            unzip(DeflateDecoder::new(&bytes[..])),
        ] {
            packed.extend(unpacked);
        }
        for content in std::iter::once(bytes).chain(packed) {
            match readable(&content) {
                Some(inner) => read_text(&inner, all, depth + 1),
                None => machine_code(&content, all),
            }
        }
    }
}

fn unzip(mut reader: impl Read) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let result = reader.by_ref().take(8 << 20).read_to_end(&mut bytes);
    (result.is_ok() && bytes.len() > 16).then_some(bytes)
}

fn readable(bytes: &[u8]) -> Option<String> {
    let fits = |text: &str| {
        let odd = text
            .chars()
            .filter(|c| c.is_control() && !"\r\n\t".contains(*c) || *c as u32 > 0x2fff)
            .count();
        odd * 20 < text.chars().count()
    };
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|two| u16::from_le_bytes([two[0], two[1]]))
        .collect();
    let wide = String::from_utf16_lossy(&units);
    let narrow = String::from_utf8_lossy(bytes).into_owned();
    [narrow, wide]
        .into_iter()
        .find(|text| fits(text) && text.len() > 8)
}

fn base64_runs(text: &str) -> Vec<Vec<u8>> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c)))
        .map(|run| run.trim_matches('='))
        .filter(|run| run.len() >= 40)
        .filter_map(|run| {
            base64::engine::general_purpose::STANDARD_NO_PAD
                .decode(&run[..run.len() - usize::from(run.len() % 4 == 1)])
                .ok()
        })
        .collect()
}

fn urls(text: &str, all: &mut Expected) {
    let lower = text.to_ascii_lowercase();
    for scheme in ["http://", "https://", "ftp://"] {
        for (at, _) in lower.match_indices(scheme) {
            let rest = &text[at..];
            let end = rest
                .find(|c: char| c.is_whitespace() || "'\"`,;)(<>|{}’”‘“\\^".contains(c))
                .unwrap_or(rest.len());
            let url = rest[..end].trim_end_matches(['.', '*']);
            let host = url[scheme.len()..].split(['/', ':', '?']).next().unwrap();
            let whole = !url.contains('$') && !url.ends_with('=') && !url.contains('%');
            if host.contains('.')
                && host
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
            {
                // A port written twice: no URL, but host and port.
                let authority = url[scheme.len()..].split('/').next().unwrap();
                let mut parts = authority.split(':').skip(1);
                if let (Some(port), Some(_)) = (parts.next(), parts.next()) {
                    all.endpoints.insert(Endpoint::Address(
                        host.to_ascii_lowercase(),
                        port.parse().unwrap_or(0),
                    ));
                    continue;
                }
                all.endpoints.insert(if whole {
                    Endpoint::Url(plain_url(url))
                } else {
                    Endpoint::Host(host.to_ascii_lowercase())
                });
            }
        }
    }
}

fn is_public(ip: &str) -> bool {
    ip.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| {
        !ip.is_loopback() && !ip.is_unspecified() && !ip.is_broadcast() && ip.octets()[2..] != [0, 0]
    })
}

/// Addresses in quotes or behind a parameter, with the port that stands next to them.
fn addresses(text: &str, all: &mut Expected) {
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || "._-/:".contains(c)))
        .filter(|word| !word.is_empty())
        .collect();
    for (place, word) in words.iter().enumerate() {
        let (host, port) = word
            .split_once(':')
            .map_or((*word, None), |(host, port)| (host, port.parse().ok()));
        let before = place
            .checked_sub(1)
            .map_or("", |place| words[place])
            .to_ascii_lowercase();
        if is_public(host) && !before.contains("version") {
            let behind = words.get(place + 1).copied().unwrap_or("");
            let then = words.get(place + 2).copied().unwrap_or("");
            let next: Option<u16> = if behind.eq_ignore_ascii_case("-lport") {
                then.parse().ok()
            } else {
                behind.parse().ok()
            };
            match port.or(next
                .filter(|_| before.contains("client") || before.contains("connect") || before == "-lhost"))
            {
                Some(port) => all.endpoints.insert(Endpoint::Address(host.to_owned(), port)),
                None => all.endpoints.insert(Endpoint::Host(host.to_owned())),
            };
        }
        // `TcpClient('host', 4444)` with a name
        let opens = [
            "tcpclient",
            "system.net.sockets.tcpclient",
            "net.sockets.tcpclient",
            "udpclient",
            "connect",
        ]
        .iter()
        .any(|end| before.ends_with(end));
        if opens
            && is_domain(host)
            && let Some(port) = words.get(place + 1).and_then(|port| port.parse().ok())
        {
            all.endpoints
                .insert(Endpoint::Address(host.to_ascii_lowercase(), port));
        }
    }
}

fn is_domain(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    labels.len() >= 2
        && labels
            .iter()
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        && labels.last().is_some_and(|last| {
            [
                "com", "net", "org", "ru", "info", "biz", "onion", "pl", "pw", "xyz", "cc", "me", "in", "io",
                "de", "eu", "top", "no", "uk", "cn",
            ]
            .contains(&last.to_ascii_lowercase().as_str())
        })
}

/// In machine code a dotted word in front of the call is a host, whatever its last label.
fn is_dotted(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap();
    text.len() >= 5
        && text.contains('.')
        && !text.starts_with('.')
        && last.len() >= 2
        && !["exe", "dll"].contains(&last)
        && last.chars().all(|c| c.is_ascii_alphabetic())
}

/// Names that `nslookup` asks for.
fn named(text: &str, all: &mut Expected) {
    let lower = text.to_ascii_lowercase();
    for (at, _) in lower.match_indices("nslookup") {
        let words = lower[at..]
            .split(|c: char| c.is_whitespace() || "\"')(;|".contains(c))
            .take(6);
        if let Some(name) = words
            .map(|word| word.trim_end_matches('.'))
            .find(|word| is_domain(word))
        {
            all.endpoints.insert(Endpoint::Host(name.to_owned()));
        }
    }
}

/// Runs of twenty and more `0x..` with commas between them.
fn byte_lists(text: &str) -> Vec<Vec<u8>> {
    let mut lists = Vec::new();
    let mut list = Vec::new();
    for word in text
        .split([
            ',', ' ', '\r', '\n', '(', ')', '=', ';', '{', '}', '@', '"', '\'', '\u{0}',
        ])
        .filter(|word| !word.is_empty())
    {
        let byte = word
            .strip_prefix("0x")
            .or(word.strip_prefix("0X"))
            .filter(|digits| digits.len() <= 2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(byte) => list.push(byte),
            None => lists.push(std::mem::take(&mut list)),
        }
    }
    lists.push(list);
    lists.retain(|list| list.len() >= 20);
    lists
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Metasploit's stagers by the bytes of their calls: `connect`, `bind`, `InternetConnectA`.
fn machine_code(bytes: &[u8], all: &mut Expected) {
    if find(bytes, &[0xd9, 0x74, 0x24, 0xf4]).is_some_and(|at| at < 60) {
        match shikata(bytes) {
            Some(inner) => return machine_code(&inner, all),
            None => all.undecoded = true,
        }
    }
    if find(bytes, &[0x99, 0xa5, 0x74, 0x61]).is_some() {
        // `gethostbyname`: the port stands in the code, the name in a text of its own.
        if find(bytes, &[0xa9, 0x28, 0x34, 0x80]).is_some() {
            let port = bytes
                .windows(5)
                .find(|five| five[..3] == [0x68, 2, 0])
                .map(|five| u16::from_be_bytes([five[3], five[4]]));
            for run in bytes.split(|byte| *byte == 0) {
                let from = run
                    .iter()
                    .rposition(|byte| !(byte.is_ascii_alphanumeric() || b".-".contains(byte)))
                    .map_or(0, |at| at + 1);
                if let (Ok(name), Some(port)) = (std::str::from_utf8(&run[from..]), port)
                    && (is_dotted(name) || is_public(name))
                {
                    all.endpoints
                        .insert(Endpoint::Address(name.to_ascii_lowercase(), port));
                }
            }
        }
        for at in 0..bytes.len().saturating_sub(10) {
            let named = find(bytes, &[0xa9, 0x28, 0x34, 0x80]).is_some();
            if !named && bytes[at] == 0x68 && bytes[at + 5..at + 8] == [0x68, 2, 0] {
                let ip = std::net::Ipv4Addr::new(bytes[at + 1], bytes[at + 2], bytes[at + 3], bytes[at + 4]);
                all.endpoints.insert(Endpoint::Address(
                    ip.to_string(),
                    u16::from_be_bytes([bytes[at + 8], bytes[at + 9]]),
                ));
            }
        }
        for at in 0..bytes.len().saturating_sub(10) {
            if bytes[at..at + 2] == [0x49, 0xbc] && bytes[at + 2..at + 4] == [2, 0] {
                let ip = std::net::Ipv4Addr::new(bytes[at + 6], bytes[at + 7], bytes[at + 8], bytes[at + 9]);
                all.endpoints.insert(Endpoint::Address(
                    ip.to_string(),
                    u16::from_be_bytes([bytes[at + 4], bytes[at + 5]]),
                ));
            }
        }
    }
    if let Some(call) = find(bytes, &[0x57, 0x89, 0x9f, 0xc6]) {
        let texts = bytes.split(|byte| *byte == 0).filter_map(|run| {
            let from = run
                .iter()
                .rposition(|byte| !(byte.is_ascii_alphanumeric() || b".-".contains(byte)))
                .map_or(0, |at| at + 1);
            std::str::from_utf8(&run[from..]).ok()
        });
        let port = bytes[..call]
            .windows(5)
            .rev()
            .find(|five| five[0] == 0x68 && five[3..] == [0, 0])
            .map(|five| u16::from_le_bytes([five[1], five[2]]));
        for host in texts.filter(|text| is_public(text) || is_dotted(text)) {
            all.endpoints.insert(match port {
                Some(port) => Endpoint::Address(host.to_ascii_lowercase(), port),
                None => Endpoint::Host(host.to_ascii_lowercase()),
            });
        }
    }
}

/// Decodes one round of Metasploit's `shikata_ga_nai` by the shape of its stub: a floating-point instruction, the
/// key, the length, and a loop of `xor [reg+disp], key`, `add key, [reg+disp]`, `add reg, 4` in some order.
fn shikata(bytes: &[u8]) -> Option<Vec<u8>> {
    let environment = find(bytes, &[0xd9, 0x74, 0x24, 0xf4])?;
    let float = (0..environment)
        .rev()
        .find(|&at| (0xd8..=0xdf).contains(&bytes[at]) && bytes[at + 1] >= 0xc0 && (0..at).all(|_| true))?;
    let head = &bytes[..environment + 40];
    // mov ecx, n: `b1 n` or `66 b9 n n`
    let xor = (environment..environment + 36).find(|&at| bytes[at] == 0x31 && bytes[at + 1] >> 6 == 1)?;
    let displacement = i64::from(bytes[xor + 2] as i8);
    let key_register = bytes[xor + 1] >> 3 & 7;
    let key_at = (0..xor).find(|&at| head[at] == 0xb8 + key_register && at + 5 <= xor)?;
    let mut key = u32::from_le_bytes(bytes[key_at + 1..key_at + 5].try_into().ok()?);
    let step_before = bytes[environment + 4..xor]
        .windows(3)
        .find(|three| three[0] == 0x83 && (three[2] == 4 || three[2] == 0xfc))
        .is_some();
    let count_at = (0..xor).find(|&at| {
        head[at] == 0xb1 && !(key_at..key_at + 5).contains(&at) || head[at] == 0x66 && head[at + 1] == 0xb9
    })?;
    let count = if head[count_at] == 0xb1 {
        usize::from(head[count_at + 1])
    } else {
        usize::from(u16::from_le_bytes([head[count_at + 2], head[count_at + 3]]))
    };
    let first = float as i64 + displacement + if step_before { 4 } else { 0 };
    let mut at = usize::try_from(first).ok()?;
    let mut decoded = bytes.to_vec();
    for _ in 0..count {
        let four: [u8; 4] = decoded.get(at..at + 4)?.try_into().ok()?;
        let plain = u32::from_le_bytes(four) ^ key;
        decoded[at..at + 4].copy_from_slice(&plain.to_le_bytes());
        key = key.wrapping_add(plain);
        at += 4;
    }
    let inner = decoded.split_off(usize::try_from(first).ok()?);
    // Another round, or code that calls.
    let again = find(&inner, &[0xd9, 0x74, 0x24, 0xf4]).is_some_and(|at| at < 60);
    let calls = find(&inner, &[0xff, 0xd5]).is_some();
    (again || calls).then_some(inner)
}
