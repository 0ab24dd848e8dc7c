//! Filters of streams (ISO 32000-1, section 7.4) that text is kept in. Images have others, which hold no text.

use super::object::{Dict, Object, digit, is_blank};
use flate2::read::{DeflateDecoder, ZlibDecoder};
use std::io::Read;

/// Filters after each other.
const MOST: usize = 8;
/// Those that are undone, by both of their names; what `Crypt` says, [`super::store`] heeds.
const KNOWN: [&str; 11] = [
    "FlateDecode",
    "Fl",
    "LZWDecode",
    "LZW",
    "ASCIIHexDecode",
    "AHx",
    "ASCII85Decode",
    "A85",
    "RunLengthDecode",
    "RL",
    "Crypt",
];

/// What a stream came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    Bytes(Vec<u8>),
    /// More bytes than were allowed; what came before.
    Cut(Vec<u8>),
    /// A filter that text is not kept in.
    Other,
}

/// Undoes the filters of a stream; `allowed` bounds what comes out of all of them together.
pub(super) fn decode(data: Vec<u8>, filters: &[(String, Dict)], allowed: usize) -> (Decoded, usize) {
    // What is no text in the end is not unpacked at all.
    if filters.len() > MOST || !filters.iter().all(|(name, _)| KNOWN.contains(&name.as_str())) {
        return (Decoded::Other, 0);
    }
    let (mut bytes, mut spent) = (data, 0);
    for (name, parameters) in filters {
        let allowed = allowed - spent;
        let decoded = match name.as_str() {
            "FlateDecode" | "Fl" => predicted(flate(&bytes, allowed), parameters),
            "LZWDecode" | "LZW" => {
                let early = parameters.get("EarlyChange").and_then(Object::count) != Some(0);
                predicted(lzw(&bytes, early, allowed), parameters)
            }
            "ASCIIHexDecode" | "AHx" => hex(&bytes),
            "ASCII85Decode" | "A85" => ascii85(&bytes),
            "RunLengthDecode" | "RL" => run_length(&bytes, allowed),
            _ => bytes,
        };
        if decoded.len() >= allowed {
            return (Decoded::Cut(decoded), allowed + spent);
        }
        spent += decoded.len();
        bytes = decoded;
    }
    (Decoded::Bytes(bytes), spent)
}

/// Inflates as much as there is: streams that break off are read as far as they go.
fn flate(bytes: &[u8], allowed: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let _ = ZlibDecoder::new(bytes).take(allowed as u64).read_to_end(&mut out);
    if out.is_empty() && bytes.len() > 2 {
        // A damaged head alone.
        let _ = DeflateDecoder::new(bytes.get(2..).unwrap_or_default())
            .take(allowed as u64)
            .read_to_end(&mut out);
    }
    out
}

/// Undoes the predictor of PNG; that of TIFF is for images.
fn predicted(bytes: Vec<u8>, parameters: &Dict) -> Vec<u8> {
    let get = |key: &str, default: usize| parameters.get(key).and_then(Object::count).unwrap_or(default);
    if get("Predictor", 1) < 10 {
        return bytes;
    }
    let pixel = (get("Colors", 1).min(32) * get("BitsPerComponent", 8).min(16))
        .div_ceil(8)
        .max(1);
    let row =
        (get("Colors", 1).min(32) * get("BitsPerComponent", 8).min(16) * get("Columns", 1).min(1 << 20))
            .div_ceil(8)
            .clamp(1, bytes.len().max(1));
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut above = vec![0; row];
    for line in bytes.chunks(row + 1) {
        let Some((kind, line)) = line.split_first() else {
            break;
        };
        let mut current: Vec<u8> = Vec::with_capacity(row);
        for (at, byte) in line.iter().enumerate() {
            let back = |from: &[u8]| {
                at.checked_sub(pixel)
                    .and_then(|at| from.get(at))
                    .copied()
                    .unwrap_or(0)
            };
            let (left, up, corner) = (back(&current), above.get(at).copied().unwrap_or(0), back(&above));
            let guess = match kind {
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => 0,
            };
            current.push(byte.wrapping_add(guess));
        }
        out.extend_from_slice(&current);
        current.resize(row, 0);
        above = current;
    }
    out
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let guess = a + b - c;
    let (a, b, c) = ((guess - a).abs(), (guess - b).abs(), (guess - c).abs());
    if a <= b && a <= c {
        left
    } else if b <= c {
        up
    } else {
        corner
    }
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = bytes
        .iter()
        .take_while(|b| **b != b'>')
        .filter_map(|b| digit(*b))
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair.first().unwrap_or(&0) * 16 + pair.get(1).unwrap_or(&0))
        .collect()
}

fn ascii85(bytes: &[u8]) -> Vec<u8> {
    let bytes = bytes.strip_prefix(b"<~").unwrap_or(bytes);
    let (mut out, mut group) = (Vec::new(), Vec::new());
    for byte in bytes.iter().filter(|b| !is_blank(**b)) {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(byte - b'!'),
            _ => break,
        }
        if group.len() == 5 {
            out.extend(word85(&group));
            group.clear();
        }
    }
    if group.len() > 1 {
        let given = group.len();
        group.resize(5, 84);
        out.extend(word85(&group).into_iter().take(given - 1));
    }
    out
}

fn word85(group: &[u8]) -> [u8; 4] {
    let word = group.iter().fold(0u32, |word, digit| {
        word.wrapping_mul(85).wrapping_add(u32::from(*digit))
    });
    word.to_be_bytes()
}

fn run_length(bytes: &[u8], allowed: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let [length, tail @ ..] = rest {
        match usize::from(*length) {
            128 => break,
            length @ 0..=127 => {
                let run = tail.get(..length + 1).unwrap_or(tail);
                out.extend_from_slice(run);
                rest = tail.get(run.len()..).unwrap_or_default();
            }
            length => {
                let Some((byte, after)) = tail.split_first() else {
                    break;
                };
                out.resize(out.len() + 257 - length, *byte);
                rest = after;
            }
        }
        if out.len() > allowed {
            break;
        }
    }
    out
}

fn lzw(bytes: &[u8], early: bool, allowed: usize) -> Vec<u8> {
    const CLEAR: usize = 256;
    const END: usize = 257;
    let mut out = Vec::new();
    // Each entry is a run of what came out: where it begins, and how long it is.
    let mut table: Vec<(usize, usize)> = Vec::new();
    let (mut width, mut bits, mut have) = (9, 0u32, 0);
    let mut last: Option<(usize, usize)> = None;
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        have += 8;
        if have < width {
            continue;
        }
        have -= width;
        let code = (bits >> have) as usize & ((1 << width) - 1);
        let begin = out.len();
        match code {
            CLEAR => {
                table.clear();
                (width, last) = (9, None);
                continue;
            }
            END => break,
            0..CLEAR => out.push(code as u8),
            _ => {
                let (start, length) = match (table.get(code - 258), last) {
                    (Some(entry), _) => *entry,
                    // The entry that is just being made: the last one and its first byte.
                    (None, Some((start, length))) if code - 258 == table.len() => (start, length + 1),
                    (None, _) => break,
                };
                for at in start..start + length {
                    let byte = out.get(at).copied().unwrap_or(0);
                    out.push(byte);
                }
            }
        }
        if let Some((start, length)) = last
            && table.len() < 4096 - 258
        {
            table.push((start, length + 1));
        }
        last = Some((begin, out.len() - begin));
        // The decoder's table is one entry behind the encoder's.
        let next = table.len() + 258 + usize::from(early) + 1;
        width = if next > 2048 {
            12
        } else if next > 1024 {
            11
        } else if next > 512 {
            10
        } else {
            9
        };
        if out.len() > allowed {
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_filter_undoes_what_its_standard_shows() {
        // ISO 32000-1, 7.4.4.2, example 2.
        let packed = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        assert_eq!(lzw(&packed, true, 100), [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
        assert_eq!(ascii85(b"87cURD]i,\"Ebo80~>"), b"Hello World!");
        assert_eq!(hex(b"48 65 6C6>"), b"Hel`");
        assert_eq!(
            run_length(&[2, b'a', b'b', b'c', 254, b'x', 128, 1], 100),
            b"abcxxx"
        );
        assert_eq!(
            predicted(vec![2, 1, 2, 2, 1, 1], &dict("<</Predictor 12/Columns 2>>")),
            [1, 2, 2, 3]
        );
    }

    fn dict(text: &str) -> Dict {
        let object = super::super::object::Lexer::new(text.as_bytes(), 0)
            .next()
            .unwrap();
        object.dict().unwrap().clone()
    }
}
