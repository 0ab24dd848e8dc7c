//! Property sets of a compound file (MS-OLEPS), and the names under which macros ask for them.

use super::allowance::Allowance;
use crate::vba::{Datum, Item};
use encoding_rs::{Encoding, UTF_16LE, WINDOWS_1252};

/// Properties of one set.
const PROPERTIES: usize = 4096;

/// `SummaryInformation`, then the first set of `DocumentSummaryInformation`, by their identifiers.
const SUMMARY: &[(u32, &str)] = &[
    (2, "Title"),
    (3, "Subject"),
    (4, "Author"),
    (5, "Keywords"),
    (6, "Comments"),
    (7, "Template"),
    (8, "Last Author"),
    (9, "Revision Number"),
    (18, "Application Name"),
];
const DOCUMENT: &[(u32, &str)] = &[
    (2, "Category"),
    (3, "Format"),
    (14, "Manager"),
    (15, "Company"),
    (26, "Content type"),
    (27, "Content status"),
    (28, "Language"),
    (29, "Document version"),
];

/// Built-in and custom properties.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties {
    /// Those that every document has, under the names of `BuiltInDocumentProperties`.
    pub built_in: Vec<(String, Datum)>,
    /// Those that somebody added.
    pub custom: Vec<(String, Datum)>,
}

/// The order of `BuiltInDocumentProperties`, as `wdProperty…` counts it.
pub(super) const ORDER: &[&str] = &[
    "Title",
    "Subject",
    "Author",
    "Keywords",
    "Comments",
    "Template",
    "Last Author",
    "Revision Number",
    "Application Name",
    "Last Print Date",
    "Creation Date",
    "Last Save Time",
    "Total Editing Time",
    "Number of Pages",
    "Number of Words",
    "Number of Characters",
    "Security",
    "Category",
    "Format",
    "Manager",
    "Company",
    "Number of Bytes",
    "Number of Lines",
    "Number of Paragraphs",
    "Number of Slides",
    "Number of Notes",
    "Number of Hidden Slides",
    "Number of Multimedia Clips",
    "Hyperlink Base",
    "Number of Characters (with spaces)",
];

/// Returns a property as macros see it.
pub(super) fn item(name: &str, datum: Datum) -> Item {
    Item::named(name)
        .with_text("name", name)
        .with("value", datum)
        .defaulting("value")
}

/// Reads both streams; what is no property set gives nothing.
pub(super) fn read(summary: &[u8], document: &[u8]) -> Properties {
    let mut properties = Properties::default();
    let mut left = Allowance::new();
    for set in sets(summary).into_iter().take(1) {
        named(&set, SUMMARY, &mut left, &mut properties.built_in);
    }
    for (at, set) in sets(document).into_iter().enumerate() {
        match at {
            0 => named(&set, DOCUMENT, &mut left, &mut properties.built_in),
            _ => properties.custom.extend(custom(&set, &mut left)),
        }
    }
    properties
}

/// A set: its code page and the values by identifier.
struct Set<'b> {
    encoding: &'static Encoding,
    values: Vec<(u32, &'b [u8])>,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// Returns the sets of a stream (MS-OLEPS 2.21).
fn sets(stream: &[u8]) -> Vec<Set<'_>> {
    if u16_at(stream, 0) != Some(0xFFFE) {
        return Vec::new();
    }
    let count = u32_at(stream, 24).unwrap_or(0).min(2) as usize;
    (0..count)
        .filter_map(|at| set(stream.get(u32_at(stream, 28 + 20 * at + 16)? as usize..)?))
        .collect()
}

fn set(bytes: &[u8]) -> Option<Set<'_>> {
    let count = (u32_at(bytes, 4)? as usize).min(PROPERTIES);
    let mut values = Vec::new();
    for at in 0..count {
        let Some((id, offset)) = u32_at(bytes, 8 + 8 * at).zip(u32_at(bytes, 12 + 8 * at)) else {
            break;
        };
        if let Some(value) = bytes.get(offset as usize..) {
            values.push((id, value));
        }
    }
    let page = values
        .iter()
        .find(|(id, _)| *id == 1)
        .and_then(|(_, value)| u16_at(value, 4));
    Some(Set {
        encoding: page.map_or(WINDOWS_1252, crate::ovba::encoding_of),
        values,
    })
}

fn named(
    set: &Set<'_>,
    names: &[(u32, &'static str)],
    left: &mut Allowance,
    into: &mut Vec<(String, Datum)>,
) {
    for (id, value) in &set.values {
        let name = names.iter().find(|(own, _)| own == id);
        if let Some((_, name)) = name
            && let Some(datum) = datum(value, set.encoding, left)
        {
            into.push(((*name).to_owned(), datum));
        }
    }
}

/// The set of a user's own properties: the dictionary at 0 names them (MS-OLEPS 2.17).
fn custom(set: &Set<'_>, left: &mut Allowance) -> Vec<(String, Datum)> {
    let Some((_, dictionary)) = set.values.iter().find(|(id, _)| *id == 0) else {
        return Vec::new();
    };
    let mut names: Vec<(u32, String)> = Vec::new();
    let count = (u32_at(dictionary, 0).unwrap_or(0) as usize).min(PROPERTIES);
    let wide = set.encoding == UTF_16LE;
    let mut at = 4usize;
    for _ in 0..count {
        let Some((id, length)) = u32_at(dictionary, at).zip(u32_at(dictionary, at + 4)) else {
            break;
        };
        let bytes = (length as usize).saturating_mul(if wide { 2 } else { 1 });
        let Some(text) = dictionary.get(at + 8..).and_then(|rest| rest.get(..bytes)) else {
            break;
        };
        names.push((id, String::from_utf16_lossy(&decoded(text, set.encoding))));
        at += 8 + bytes;
        if wide {
            at = at.next_multiple_of(4);
        }
    }
    let mut found = |id: u32| {
        let (_, value) = set.values.iter().find(|(own, _)| *own == id)?;
        datum(value, set.encoding, left)
    };
    names
        .into_iter()
        .filter_map(|(id, name)| Some((name, found(id)?)))
        .collect()
}

/// Returns a text up to its closing zero.
fn decoded(bytes: &[u8], encoding: &'static Encoding) -> Vec<u16> {
    let mut units: Vec<u16> = if encoding == UTF_16LE {
        crate::text::units(bytes).collect()
    } else {
        encoding
            .decode_without_bom_handling(bytes)
            .0
            .encode_utf16()
            .collect()
    };
    if let Some(end) = units.iter().position(|unit| *unit == 0) {
        units.truncate(end);
    }
    units
}

/// Returns a typed value (MS-OLEPS 2.15), where macros see it as a string, number or truth value.
fn datum(value: &[u8], encoding: &'static Encoding, left: &mut Allowance) -> Option<Datum> {
    let mut sized = |factor: usize| {
        let bytes = (u32_at(value, 4)? as usize).checked_mul(factor)?;
        let text = value.get(8..)?.get(..bytes)?;
        left.take(bytes)?;
        Some(text)
    };
    Some(match u16_at(value, 0)? {
        0x0002 => Datum::Whole(i64::from(u16_at(value, 4)? as i16)),
        0x0003 | 0x0016 => Datum::Whole(i64::from(u32_at(value, 4)? as i32)),
        0x0005 => Datum::Real(u64::from_le_bytes(*value.get(4..)?.first_chunk()?)),
        0x0008 | 0x001E => Datum::units(decoded(sized(1)?, encoding)),
        0x000B => Datum::Bool(u16_at(value, 4)? != 0),
        0x001F => Datum::units(decoded(sized(2)?, UTF_16LE)),
        _ => return None,
    })
}

/// Reads a stream of property sets, for fuzzing.
#[doc(hidden)]
pub fn property_count(stream: &[u8]) -> usize {
    let properties = read(stream, stream);
    properties.built_in.len() + properties.custom.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(sets: &[Vec<(u32, Vec<u8>)>]) -> Vec<u8> {
        let mut out = vec![0xFE, 0xFF, 0, 0];
        out.extend([0; 20]);
        out.extend((sets.len() as u32).to_le_bytes());
        let mut bodies = Vec::new();
        let head = 28 + 20 * sets.len();
        for set in sets {
            out.extend([0; 16]);
            out.extend(((head + bodies.len()) as u32).to_le_bytes());
            let mut at = 8 + 8 * set.len();
            let mut table = Vec::new();
            let mut values: Vec<u8> = Vec::new();
            for (id, value) in set {
                table.extend(id.to_le_bytes());
                table.extend((at as u32).to_le_bytes());
                values.extend(value);
                at += value.len();
            }
            bodies.extend((at as u32).to_le_bytes());
            bodies.extend((set.len() as u32).to_le_bytes());
            bodies.extend(table);
            bodies.extend(values);
        }
        out.extend(bodies);
        out
    }

    fn text(text: &str) -> Vec<u8> {
        let mut out = vec![0x1E, 0, 0, 0];
        out.extend((text.len() as u32 + 1).to_le_bytes());
        out.extend(text.as_bytes());
        out.push(0);
        out
    }

    #[test]
    fn names_and_dictionaries_are_read() {
        let summary = stream(&[vec![(1, vec![2, 0, 0, 0, 0xE4, 4, 0, 0]), (3, text("subject"))]]);
        let mut dictionary = 1u32.to_le_bytes().to_vec();
        dictionary.extend(2u32.to_le_bytes());
        dictionary.extend(4u32.to_le_bytes());
        dictionary.extend(b"own\0");
        let document = stream(&[
            vec![(15, text("company"))],
            vec![
                (0, dictionary),
                (1, vec![2, 0, 0, 0, 0xE4, 4, 0, 0]),
                (2, text("value")),
            ],
        ]);
        let read = read(&summary, &document);
        assert_eq!(
            read.built_in,
            [
                ("Subject".to_owned(), Datum::text("subject")),
                ("Company".to_owned(), Datum::text("company"))
            ]
        );
        assert_eq!(read.custom, [("own".to_owned(), Datum::text("value"))]);
    }

    /// One text that many properties name is not kept for each of them.
    #[test]
    fn properties_that_share_a_text_have_a_bound() {
        let shared = "x".repeat(1 << 20);
        let mut bytes = stream(&[vec![(2, text(&shared))]]);
        let set = 28 + 20;
        let many = 64_u32;
        let table: Vec<u8> = (0..many)
            .flat_map(|_| [2_u32.to_le_bytes(), (8 + 8 * many).to_le_bytes()].concat())
            .collect();
        let value = bytes.split_off(set + 16);
        bytes.truncate(set + 4);
        bytes.extend(many.to_le_bytes());
        bytes.extend(table);
        bytes.extend(value);
        let units = |datum: &Datum| match datum {
            Datum::Text(units) => units.len(),
            _ => 0,
        };
        let read = read(&bytes, &[]);
        let all: usize = read.built_in.iter().map(|(_, datum)| units(datum)).sum();
        assert!(
            read.built_in
                .first()
                .is_some_and(|(_, first)| units(first) == 1 << 20)
        );
        assert!(all <= 1 << 24, "{all}");
    }

    #[test]
    fn what_is_cut_gives_what_stands_there() {
        let whole = stream(&[vec![(2, text("title")), (3, text("subject"))]]);
        for length in 0..whole.len() {
            assert!(read(&whole[..length], &[]).built_in.len() <= 2);
        }
    }
}
