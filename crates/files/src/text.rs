//! Texts: which encoding they are in, decided by their bytes.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// Bytes that are looked at for the zero bytes of UTF-16 without a mark.
const LOOK: usize = 1024;

/// Returns the text: by its byte order mark, as UTF-16 without one, as UTF-8, else as Windows-1252. A byte that
/// its encoding does not know becomes U+FFFD.
pub(crate) fn decode_text(bytes: &[u8]) -> String {
    let (encoding, rest) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, bytes.get(mark..).unwrap_or_default()),
        None => (without_mark(bytes), bytes),
    };
    if encoding == UTF_8 {
        lossy(rest).into_owned()
    } else {
        encoding.decode_without_bom_handling(rest).0.into_owned()
    }
}

/// Returns the units of UTF-16, little-endian; half a unit at the end is left out.
pub(crate) fn units(bytes: &[u8]) -> impl Iterator<Item = u16> + '_ {
    let pairs = bytes.as_chunks::<2>().0.iter();
    pairs.map(|unit| u16::from_le_bytes(*unit))
}

/// Returns units of UTF-16 as text; half of a surrogate pair becomes U+FFFD.
pub(crate) fn of_units(units: impl IntoIterator<Item = u16>) -> String {
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Returns bytes of UTF-16, little-endian, as text.
pub(crate) fn wide(bytes: &[u8]) -> String {
    of_units(units(bytes))
}

fn without_mark(bytes: &[u8]) -> &'static Encoding {
    let pairs = bytes.get(..LOOK).unwrap_or(bytes).as_chunks::<2>().0;
    let zeros = |place: usize| pairs.iter().filter(|pair| pair.get(place) == Some(&0)).count();
    let most = pairs.len() * 3 / 4;
    match (zeros(0), zeros(1)) {
        (0, low) if low > most && pairs.len() > 1 => UTF_16LE,
        (high, 0) if high > most && pairs.len() > 1 => UTF_16BE,
        _ => UTF_8,
    }
}

/// UTF-8 where all of it is; a text cut inside a character still is.
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(bytes),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

#[cfg(test)]
mod tests {
    use super::decode_text;

    #[test]
    fn the_encoding_is_told_by_the_bytes() {
        assert_eq!(decode_text("\u{feff}a\u{fc}".as_bytes()), "a\u{fc}");
        assert_eq!(decode_text(b"\xFF\xFEa\0b\0"), "ab");
        assert_eq!(decode_text(b"a\0b\0c\0d\0"), "abcd");
        assert_eq!(decode_text(b"\0a\0b\0c\0d"), "abcd");
        assert_eq!(decode_text(b"gr\xFCn"), "gr\u{fc}n");
    }
}
