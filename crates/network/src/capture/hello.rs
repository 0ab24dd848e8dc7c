//! TLS client hellos (RFC 8446, 4.1.2) and their fingerprints: JA3 (Salesforce) and JA4 (FoxIO).

use crate::capture::bytes::Bytes;
use md5::{Digest, Md5};
use sha2::Sha256;
use std::fmt::Write;

/// A hello is no longer than this, over all its records.
pub(crate) const HELLO_BYTES: usize = 32 << 10;

/// What a client says first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The server name, where one is asked for.
    pub name: Option<String>,
    /// JA3, as 32 hexadecimal digits.
    pub ja3: String,
    /// JA4.
    pub ja4: String,
}

/// What the first bytes of a stream are as TLS.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    Hello(Hello),
    /// So far it may be a hello.
    More,
    No,
}

/// Reads the hello that a client's bytes begin with.
pub(crate) fn read(stream: &[u8]) -> Read {
    let mut handshake = Vec::new();
    let mut data = Bytes(stream);
    loop {
        let mut record = data;
        let Some(head) = record.array::<3>() else {
            return if data.is_empty() || data.0.first() == Some(&22) {
                Read::More
            } else {
                Read::No
            };
        };
        if !matches!(head, [22, 3, 0..=4]) {
            return Read::No;
        }
        let Some(length) = record.u16() else {
            return Read::More;
        };
        // A record that is cut still tells whether a hello begins.
        let body = record
            .take(usize::from(length).min(record.0.len()))
            .unwrap_or_default();
        handshake.extend_from_slice(body);
        if handshake.first().is_some_and(|kind| *kind != 1) || handshake.len() > HELLO_BYTES {
            return Read::No;
        }
        let mut message = Bytes(&handshake);
        if let Some([_, high, middle, low]) = message.array::<4>() {
            let wanted = u32::from_be_bytes([0, high, middle, low]) as usize;
            if wanted > HELLO_BYTES {
                return Read::No;
            }
            if let Some(body) = message.take(wanted) {
                return hello(Bytes(body)).map_or(Read::No, Read::Hello);
            }
        }
        if body.len() < usize::from(length) {
            return Read::More;
        }
        data = record;
        if data.is_empty() {
            return Read::More;
        }
    }
}

/// What of a hello goes into the fingerprints, reserved values (RFC 8701) left out.
#[derive(Default)]
struct Parts {
    version: u16,
    ciphers: Vec<u16>,
    extensions: Vec<u16>,
    groups: Vec<u16>,
    formats: Vec<u8>,
    signatures: Vec<u16>,
    versions: Vec<u16>,
    alpn: Option<Vec<u8>>,
    name: Option<String>,
}

fn hello(mut data: Bytes<'_>) -> Option<Hello> {
    let mut parts = Parts {
        version: data.u16()?,
        ..Parts::default()
    };
    data.take(32)?;
    data.sized8()?;
    parts.ciphers = words(data.sized16()?);
    data.sized8()?;
    // SSL 3.0 and some TLS 1.0 clients end here.
    let mut extensions = data.sized16().unwrap_or(Bytes(&[]));
    while !extensions.is_empty() {
        let (kind, body) = (extensions.u16()?, extensions.sized16()?);
        if is_reserved(kind) {
            continue;
        }
        parts.extensions.push(kind);
        parts.extension(kind, body);
    }
    Some(Hello {
        ja3: parts.ja3(),
        ja4: parts.ja4(),
        name: parts.name,
    })
}

impl Parts {
    /// Takes what counts of an extension; one that contradicts itself says nothing.
    fn extension(&mut self, kind: u16, mut body: Bytes<'_>) {
        match kind {
            0 => self.name = server_name(body),
            10 => self.groups = body.sized16().map(words).unwrap_or_default(),
            11 => {
                self.formats = body
                    .sized8()
                    .map(|formats| formats.0.to_vec())
                    .unwrap_or_default()
            }
            13 => self.signatures = body.sized16().map(words).unwrap_or_default(),
            16 => {
                let first = body.sized16().and_then(|mut list| list.sized8());
                self.alpn = first.map(|name| name.0.to_vec());
            }
            43 => self.versions = body.sized8().map(words).unwrap_or_default(),
            _ => {}
        }
    }

    fn ja3(&self) -> String {
        let formats: Vec<u16> = self.formats.iter().copied().map(u16::from).collect();
        let lists = [&self.ciphers, &self.extensions, &self.groups, &formats];
        let text = lists.iter().fold(self.version.to_string(), |text, list| {
            let numbers: Vec<String> = list.iter().map(u16::to_string).collect();
            format!("{text},{}", numbers.join("-"))
        });
        hexadecimal(&Md5::digest(text.as_bytes()), 16)
    }

    fn ja4(&self) -> String {
        let version = self.versions.iter().max().copied().unwrap_or(self.version);
        let version = match version {
            0x0304 => "13",
            0x0303 => "12",
            0x0302 => "11",
            0x0301 => "10",
            0x0300 => "s3",
            0x0002 => "s2",
            _ => "00",
        };
        let named = if self.extensions.contains(&0) { 'd' } else { 'i' };
        let mut ciphers = self.ciphers.clone();
        ciphers.sort_unstable();
        let mut extensions: Vec<u16> = self
            .extensions
            .iter()
            .copied()
            .filter(|kind| !matches!(kind, 0 | 16))
            .collect();
        extensions.sort_unstable();
        let mut last = list(&extensions);
        if !self.signatures.is_empty() {
            last = format!("{last}_{}", list(&self.signatures));
        }
        format!(
            "t{version}{named}{:02}{:02}{}_{}_{}",
            self.ciphers.len().min(99),
            self.extensions.len().min(99),
            self.alpn_ends(),
            short(&list(&ciphers), self.ciphers.is_empty()),
            short(&last, extensions.is_empty()),
        )
    }

    /// The first and the last character of the first protocol; of its hexadecimal form, where they are none.
    fn alpn_ends(&self) -> String {
        let name = self.alpn.as_deref().unwrap_or_default();
        let (Some(first), Some(last)) = (name.first(), name.last()) else {
            return "00".to_owned();
        };
        if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
            return String::from_iter([char::from(*first), char::from(*last)]);
        }
        let text = hexadecimal(name, name.len());
        text.chars().take(1).chain(text.chars().last()).collect()
    }
}

fn server_name(mut body: Bytes<'_>) -> Option<String> {
    let mut list = body.sized16()?;
    let kind = list.u8()?;
    let name = list.sized16()?;
    (kind == 0 && name.0.len() <= 255).then(|| String::from_utf8_lossy(name.0).into_owned())
}

/// Returns whether a value is one of those that clients send to keep servers tolerant (RFC 8701).
const fn is_reserved(value: u16) -> bool {
    value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff
}

fn words(mut data: Bytes<'_>) -> Vec<u16> {
    let all = std::iter::from_fn(move || data.u16());
    all.filter(|word| !is_reserved(*word)).collect()
}

fn list(words: &[u16]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("{word:04x}")).collect();
    words.join(",")
}

fn short(text: &str, nothing: bool) -> String {
    if nothing {
        return "0".repeat(12);
    }
    hexadecimal(&Sha256::digest(text.as_bytes()), 6)
}

fn hexadecimal(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sized16(body: &[u8]) -> Vec<u8> {
        [&(body.len() as u16).to_be_bytes(), body].concat()
    }

    fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
        [&kind.to_be_bytes()[..], &sized16(body)].concat()
    }

    /// A hello as one record.
    pub(super) fn record() -> Vec<u8> {
        let ciphers = [0x0a0au16, 0x1301, 0xc02f, 0x009c]
            .iter()
            .flat_map(|c| c.to_be_bytes())
            .collect::<Vec<u8>>();
        let name = [&[0][..], &sized16(b"c2.example")].concat();
        let extensions = [
            extension(0x1a1a, b""),
            extension(0, &sized16(&name)),
            extension(10, &sized16(&[0x2a, 0x2a, 0, 29, 0, 23])),
            extension(11, &[1, 0]),
            extension(16, &sized16(b"\x02h2\x08http/1.1")),
            extension(13, &sized16(&[4, 3, 8, 4])),
            extension(43, &[4, 3, 4, 3, 3]),
        ]
        .concat();
        let body = [
            &[3, 3][..],
            &[7; 32],
            &[0],
            &sized16(&ciphers),
            &[1, 0],
            &sized16(&extensions),
        ]
        .concat();
        let message = [&[1, 0][..], &(body.len() as u16).to_be_bytes(), &body].concat();
        [&[22, 3, 1][..], &sized16(&message)].concat()
    }

    #[test]
    fn a_hello_has_a_name_and_two_fingerprints() {
        let Read::Hello(hello) = read(&record()) else {
            panic!("no hello")
        };
        assert_eq!(hello.name.as_deref(), Some("c2.example"));
        // md5 of "771,4865-49199-156,0-10-11-16-13-43,29-23,0".
        assert_eq!(hello.ja3, "d45d87c9c5eb24759cab9c44c0acdf9c");
        assert!(hello.ja4.starts_with("t13d0306h2_"), "{}", hello.ja4);
    }

    #[test]
    fn a_hello_in_pieces_waits_and_other_bytes_are_none() {
        let whole = record();
        for cut in 0..whole.len() {
            assert_eq!(read(&whole[..cut]), Read::More, "{cut}");
        }
        assert_eq!(read(b"GET / HTTP/1.1"), Read::No);
        assert_eq!(read(&[22, 3, 1, 0, 4, 1, 255, 255, 255]), Read::No);
    }
}
