//! The bytes of a report as UTF-8, with a way back to the places in the file.
//!
//! A byte order mark decides; without one the text is UTF-8, and bytes that are none are scanned past and told.

use encoding_rs::Encoding;
use strongroom_model::{Gap, Why};

/// Characters between two remembered places of a UTF-16 text.
const STRIDE: usize = 256;

/// A text that can be scanned as UTF-8, damaged or not.
pub(crate) struct Text<'a> {
    pub(crate) bytes: std::borrow::Cow<'a, [u8]>,
    origin: Origin<'a>,
}

/// Where a byte of the text stands in the file.
enum Origin<'a> {
    /// As many bytes later.
    Shifted(usize),
    /// Remembered pairs of places, text and file, every [`STRIDE`] characters.
    Wide(Vec<(usize, usize)>),
    /// Where each piece of the text begins, in the text and in another one, which it was put together from.
    Pieces(Vec<(usize, usize)>, Box<Text<'a>>),
}

impl<'a> Text<'a> {
    /// Reads bytes; the gap says what is no text.
    pub(crate) fn read(bytes: &'a [u8]) -> (Self, Option<Gap>) {
        if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
            return Self::wide(rest, u16::from_le_bytes);
        }
        if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
            return Self::wide(rest, u16::from_be_bytes);
        }
        let rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let shift = bytes.len() - rest.len();
        let gap = match (std::str::from_utf8(rest), memchr::memchr(0, rest)) {
            (Err(cause), _) => {
                let at = shift + cause.valid_up_to();
                Some(Gap::new(
                    "content",
                    Why::Damaged,
                    format!("not UTF-8 from byte {at} on"),
                ))
            }
            // Such is UTF-16 without its mark, in which every word is torn.
            (Ok(_), Some(at)) => {
                let at = shift + at;
                Some(Gap::new(
                    "content",
                    Why::Unsupported,
                    format!("no text: byte {at} is zero"),
                ))
            }
            (Ok(_), None) => None,
        };
        let text = Text {
            bytes: rest.into(),
            origin: Origin::Shifted(shift),
        };
        (text, gap)
    }

    /// Returns a text that was put together from pieces of another: where each begins, in it and in the other.
    pub(crate) fn of_pieces(text: Vec<u8>, pieces: Vec<(usize, usize)>, of: Text<'a>) -> Self {
        Text {
            bytes: text.into(),
            origin: Origin::Pieces(pieces, Box::new(of)),
        }
    }

    /// Reads bytes of another encoding than UTF-8, line by line, so that places stay exact where a line is ASCII or
    /// a character is one byte.
    pub(crate) fn decoded(bytes: &'a [u8], encoding: &'static Encoding) -> (Self, Option<Gap>) {
        let (mut text, mut pieces, mut damaged) = (String::new(), Vec::new(), false);
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let length = run(rest, encoding.is_single_byte());
            pieces.push((text.len(), at));
            let (part, bad) = encoding.decode_without_bom_handling(rest.get(..length).unwrap_or(rest));
            text.push_str(&part);
            damaged |= bad;
            at += length;
        }
        let gap = damaged.then(|| {
            Gap::new(
                "content",
                Why::Damaged,
                format!("not {} throughout", encoding.name()),
            )
        });
        let bare = Text {
            bytes: bytes.into(),
            origin: Origin::Shifted(0),
        };
        (Text::of_pieces(text.into_bytes(), pieces, bare), gap)
    }

    /// Returns a text that is its own origin.
    pub(crate) fn of_str(text: &'a str) -> Self {
        Text {
            bytes: text.as_bytes().into(),
            origin: Origin::Shifted(0),
        }
    }

    fn wide(rest: &[u8], unit: fn([u8; 2]) -> u16) -> (Self, Option<Gap>) {
        let (pairs, odd) = rest.as_chunks::<2>();
        let mut text = String::with_capacity(rest.len());
        let (mut places, mut place, mut damaged) = (Vec::new(), 2, !odd.is_empty());
        for (count, read) in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).enumerate() {
            if count % STRIDE == 0 {
                places.push((text.len(), place));
            }
            damaged |= read.is_err();
            let character = read.unwrap_or(char::REPLACEMENT_CHARACTER);
            place += 2 * character.len_utf16();
            text.push(character);
        }
        let gap = damaged.then(|| Gap::new("content", Why::Damaged, "not UTF-16 throughout"));
        let text = Text {
            bytes: text.into_bytes().into(),
            origin: Origin::Wide(places),
        };
        (text, gap)
    }

    /// Returns the place in the file of a place in the text.
    pub(crate) fn place(&self, at: usize) -> usize {
        match &self.origin {
            Origin::Shifted(shift) => at + shift,
            Origin::Pieces(pieces, of) => {
                let after = pieces.partition_point(|(text, _)| *text <= at);
                let (text, other) = pieces.get(after.wrapping_sub(1)).copied().unwrap_or((0, 0));
                of.place((other + (at - text)).min(of.bytes.len()))
            }
            Origin::Wide(places) => {
                let after = places.partition_point(|(text, _)| *text <= at);
                let (text, file) = places.get(after.wrapping_sub(1)).copied().unwrap_or((0, 2));
                let between = self.bytes.get(text..at).unwrap_or_default();
                let units: usize = String::from_utf8_lossy(between)
                    .chars()
                    .map(char::len_utf16)
                    .sum();
                file + 2 * units
            }
        }
    }
}

/// Returns how many bytes from here on are decoded together: a run of ASCII, one of the rest, or a line.
fn run(rest: &[u8], single: bool) -> usize {
    let line = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    let first = rest.first().is_some_and(u8::is_ascii);
    let same = rest
        .iter()
        .take(line)
        .take_while(|byte| byte.is_ascii() == first)
        .count();
    if single || same == line { same } else { line }
}

impl Text<'_> {
    /// Returns the place in the file after what ends at a place in the text.
    pub(crate) fn end(&self, at: usize) -> usize {
        match &self.origin {
            // What follows in the text may stand far away in the file.
            Origin::Pieces(pieces, of) if at > 0 => {
                let after = pieces.partition_point(|(text, _)| *text < at);
                let (text, other) = pieces.get(after.wrapping_sub(1)).copied().unwrap_or((0, 0));
                of.end((other + (at - text)).min(of.bytes.len()))
            }
            Origin::Pieces(..) | Origin::Shifted(_) | Origin::Wide(_) => self.place(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn places_lead_back_into_the_file() {
        let long = format!("{}é😀x", "ab".repeat(300));
        let file = wide(&long);
        let (text, gap) = Text::read(&file);
        assert_eq!(gap, None);
        assert_eq!(text.place(0), 2);
        let x = text.bytes.len() - 1;
        assert_eq!(file.get(text.place(x)..), Some(&b"x\0"[..]));
        let (text, _) = Text::read(b"\xef\xbb\xbfx");
        assert_eq!((text.bytes.as_ref(), text.place(0)), (&b"x"[..], 3));
    }

    #[test]
    fn what_is_no_text_is_told() {
        assert!(
            Text::read(b"a\xffb")
                .1
                .is_some_and(|gap| gap.why.contains("byte 1"))
        );
        assert!(Text::read(b"\xff\xfea").1.is_some());
        assert!(Text::read(b"\xfe\xff\xd8\x00\x00a").1.is_some());
    }
}
