//! The compression of MS-OVBA (section 2.4.1): chunks of at most 4096 bytes, each raw or a row of tokens.
//!
//! Reading is tolerant: what a damaged container still gives is returned together with the word that it was
//! damaged. Writing is greedy and deterministic; Office reads it, and so does [`decompress`].

use std::collections::HashMap;

const SIGNATURE: u8 = 0x01;
const CHUNK: usize = 4096;
/// Earlier places of the same three bytes that the writer looks at.
const CANDIDATES: usize = 32;

/// What a compressed container held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decompressed {
    /// The bytes that could be read.
    pub bytes: Vec<u8>,
    /// Whether all of the container was well formed, up to the bound that was given.
    pub whole: bool,
}

/// Reads a compressed container up to `bound` bytes of content; `None` where it does not begin as one.
pub fn decompress(container: &[u8], bound: usize) -> Option<Decompressed> {
    let mut rest = container.strip_prefix(&[SIGNATURE])?;
    let mut bytes = Vec::new();
    while let [low, high, body @ ..] = rest {
        let header = u16::from_le_bytes([*low, *high]);
        let size = usize::from(header & 0x0FFF) + 1;
        if header >> 12 & 0b111 != 0b011 {
            return Some(Decompressed { whole: false, bytes });
        }
        let chunk = body.get(..size).unwrap_or(body);
        let read = if header & 0x8000 == 0 {
            raw_chunk(chunk, &mut bytes)
        } else {
            token_chunk(chunk, &mut bytes)
        };
        // A chunk that is shorter than its header says may end at a token, and lacks the rest all the same.
        if read.is_none() || chunk.len() < size || bytes.len() > bound {
            bytes.truncate(bound);
            return Some(Decompressed { whole: false, bytes });
        }
        rest = body.get(size..).unwrap_or_default();
    }
    Some(Decompressed { whole: true, bytes })
}

fn raw_chunk(chunk: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.extend_from_slice(chunk);
    Some(())
}

fn token_chunk(chunk: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    let mut at = 0;
    while let Some(&flags) = chunk.get(at) {
        at += 1;
        for bit in 0..8 {
            if at >= chunk.len() {
                break;
            }
            if flags >> bit & 1 == 0 {
                out.push(*chunk.get(at)?);
                at += 1;
            } else {
                let token = u16::from_le_bytes([*chunk.get(at)?, *chunk.get(at + 1)?]);
                copy(token, start, out)?;
                at += 2;
            }
        }
    }
    Some(())
}

/// Returns how many bits of a copy token hold the offset, at this distance from the chunk's start (2.4.1.3.19.1).
fn offset_bits(distance: usize) -> u32 {
    (usize::BITS - distance.saturating_sub(1).leading_zeros()).clamp(4, 12)
}

fn copy(token: u16, start: usize, out: &mut Vec<u8>) -> Option<()> {
    let bits = offset_bits(out.len() - start);
    let length = usize::from(token & (0xFFFF >> bits)) + 3;
    let offset = usize::from(token >> (16 - bits)) + 1;
    let from = out.len().checked_sub(offset).filter(|from| *from >= start)?;
    if out.len() - start + length > CHUNK {
        return None;
    }
    for at in from..from + length {
        out.push(*out.get(at)?);
    }
    Some(())
}

/// Writes bytes as a compressed container.
pub fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut container = vec![SIGNATURE];
    for chunk in bytes.chunks(CHUNK) {
        let tokens = tokens_of(chunk);
        let (flag, body) = if tokens.len() < CHUNK {
            (0xB000, tokens)
        } else {
            let mut raw = chunk.to_vec();
            raw.resize(CHUNK, 0);
            (0x3000, raw)
        };
        let size = u16::try_from(body.len() - 1).expect("a chunk has 1 to 4096 bytes");
        container.extend_from_slice(&(flag | size).to_le_bytes());
        container.extend_from_slice(&body);
    }
    container
}

fn tokens_of(chunk: &[u8]) -> Vec<u8> {
    let mut seen: HashMap<[u8; 3], Vec<usize>> = HashMap::new();
    let mut out = Vec::new();
    let (mut at, mut flags_at, mut bit) = (0, 0, 8);
    while at < chunk.len() {
        if bit == 8 {
            (flags_at, bit) = (out.len(), 0);
            out.push(0);
        }
        let (offset, length) = longest(chunk, at, &seen);
        if length >= 3 {
            let bits = offset_bits(at);
            let token = ((offset - 1) << (16 - bits)) | (length - 3);
            out.extend_from_slice(&u16::try_from(token).expect("12 and 4 bits at most").to_le_bytes());
            if let Some(flags) = out.get_mut(flags_at) {
                *flags |= 1 << bit;
            }
        } else {
            out.extend(chunk.get(at));
        }
        let step = length.max(1);
        for place in at..at + step {
            if let Some(&[a, b, c]) = chunk.get(place..place + 3) {
                seen.entry([a, b, c]).or_default().push(place);
            }
        }
        at += step;
        bit += 1;
    }
    out
}

/// Returns offset and length of the longest earlier run equal to what stands at `at`; length 0 or 1 where there is none.
fn longest(chunk: &[u8], at: usize, seen: &HashMap<[u8; 3], Vec<usize>>) -> (usize, usize) {
    let Some(&[a, b, c]) = chunk.get(at..at + 3) else {
        return (0, 1);
    };
    let most = (0xFFFF_usize >> offset_bits(at)) + 3;
    let run = |from: usize| {
        let pairs = chunk.iter().skip(from).zip(chunk.iter().skip(at));
        pairs.take(most).take_while(|(old, new)| old == new).count()
    };
    let places = seen
        .get(&[a, b, c])
        .into_iter()
        .flat_map(|places| places.iter().rev());
    let best = places.take(CANDIDATES).map(|&from| (at - from, run(from)));
    best.max_by_key(|&(offset, length)| (length, usize::MAX - offset))
        .unwrap_or((0, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_examples_of_the_specification_are_read() {
        // MS-OVBA 3.2.2 and 3.2.3.
        let normal = [
            0x01, 0x2F, 0xB0, 0x00, 0x23, 0x61, 0x61, 0x61, 0x62, 0x63, 0x64, 0x65, 0x82, 0x66, 0x00, 0x70,
            0x61, 0x67, 0x68, 0x69, 0x6A, 0x01, 0x38, 0x08, 0x61, 0x6B, 0x6C, 0x00, 0x30, 0x6D, 0x6E, 0x6F,
            0x70, 0x06, 0x71, 0x02, 0x70, 0x04, 0x10, 0x72, 0x73, 0x74, 0x75, 0x76, 0x10, 0x77, 0x78, 0x79,
            0x7A, 0x00, 0x3C,
        ];
        let read = decompress(&normal, 1 << 20).unwrap();
        assert!(read.whole);
        assert_eq!(
            read.bytes,
            b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"
        );
        let most = [0x01, 0x03, 0xB0, 0x02, 0x61, 0x45, 0x00];
        assert_eq!(decompress(&most, 1 << 20).unwrap().bytes, [b'a'; 73]);
    }

    #[test]
    fn damage_is_told_and_what_was_read_is_kept() {
        let mut container = compress(&b"Attribute VB_Name\r\n".repeat(900));
        container.truncate(container.len() - 2);
        let cut = container.len() / 2;
        container[cut] ^= 0x7F;
        let read = decompress(&container, 1 << 20).unwrap();
        assert!(read.bytes.starts_with(b"Attribute VB_Name\r\n"));
        // The cut is between two tokens.
        let cut = compress(b"abcdefghijklmnop");
        let read = decompress(&cut[..cut.len() - 3], 1 << 20).unwrap();
        assert_eq!(
            (read.bytes.as_slice(), read.whole),
            (&b"abcdefghijklm"[..], false)
        );
        assert_eq!(decompress(b"\x02", 10), None);
        assert!(!decompress(b"\x01\x00\x00", 10).unwrap().whole);
        assert!(!decompress(&compress(&[7; 100]), 10).unwrap().whole);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes in prop::collection::vec(prop_oneof![Just(b'a'), Just(b'b'), any::<u8>()], 0..9000)) {
            let read = decompress(&compress(&bytes), 1 << 20).unwrap();
            prop_assert!(read.whole);
            let (body, padding) = read.bytes.split_at(bytes.len());
            prop_assert_eq!(body, &bytes[..]);
            prop_assert!(padding.iter().all(|b| *b == 0));
        }
    }
}
