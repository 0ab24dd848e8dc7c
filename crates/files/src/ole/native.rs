//! `Ole10Native`: a file packed into a document (MS-OLEDS 2.3.6 and the packager's own layout inside it).

use super::{embed, embed_package};
use crate::examine::Walk;
use crate::text::decode_text;
use crate::{names, rules};
use strongroom_model::{Finding, Gap, Observable, Report, Role, Span, Why};

/// A packed file.
#[derive(Debug, PartialEq, Eq)]
struct Native<'a> {
    label: String,
    content: &'a [u8],
}

/// Reads a packed file as a child.
pub(super) fn read_native(stream: &[u8], place: &str, report: &mut Report, walk: &mut Walk<'_>) {
    match unpack(stream) {
        Some(native) => embed_package(&native.label, place, native.content, report, walk),
        None => match (link(stream), stream.get(4..)) {
            (Some(target), _) => tell_link(&target, place, report),
            // Other programs keep their own data here, such as a bitmap.
            (None, Some(raw)) => embed(place, raw, report, walk),
            (None, None) => report.gap(Gap::new(place, Why::Damaged, "no packed file can be read here")),
        },
    }
}

fn unpack(stream: &[u8]) -> Option<Native<'_>> {
    let rest = stream.get(6..)?;
    let (label, rest) = text(rest)?;
    let (source, rest) = text(rest)?;
    let rest = rest.get(4..)?;
    let (length, rest) = number(rest)?;
    let rest = rest.get(length..)?;
    let (size, rest) = number(rest)?;
    let name = if label.is_empty() { source } else { label };
    Some(Native {
        label: name,
        content: rest.get(..size)?,
    })
}

/// Reads a packed link: no content, but the path of a file that is opened in its place.
fn link(stream: &[u8]) -> Option<String> {
    let (_, rest) = text(stream.get(6..)?)?;
    let (_, rest) = text(rest)?;
    // Between the mark of a link and its target stand two further bytes, or none.
    let rest = rest
        .strip_prefix(&[0, 0, 1, 0])
        .filter(|target| target.first().is_some_and(|b| *b >= b' '))
        .or_else(|| rest.get(2..)?.strip_prefix(&[1, 0])?.get(2..))?;
    let (target, _) = text(rest)?;
    (!target.is_empty()).then_some(target)
}

fn tell_link(target: &str, place: &str, report: &mut Report) {
    let rule = if names::runs(target) {
        &rules::PACKAGE_RUNS
    } else {
        &rules::PACKAGE
    };
    report.find(Finding::of(rule, Span::bytes(place, 0, 0)).fact("name", target));
    report.sight(Observable::path(target), Role::Mentioned);
}

fn text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let end = bytes.iter().position(|b| *b == 0)?;
    Some((decode_text(bytes.get(..end)?), bytes.get(end + 1..)?))
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*number) as usize, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_file_is_read_with_its_name() {
        let mut stream = vec![0; 4];
        stream.extend(b"\x02\0note.txt\0C:\\note.txt\0\0\0\x03\0\x04\0\0\0C:\\\0\x05\0\0\0hello");
        assert_eq!(
            unpack(&stream),
            Some(Native {
                label: "note.txt".into(),
                content: b"hello"
            })
        );
        stream.truncate(stream.len() - 1);
        assert_eq!(unpack(&stream), None);
    }

    #[test]
    fn a_packed_link_names_its_target() {
        for between in [&b""[..], b"\x01\0"] {
            let mut stream = vec![0; 4];
            stream.extend(b"\x02\0x.exe\0C:\\x.exe\0\0\0\x01\0");
            stream.extend(between);
            stream.extend(b"C:\\x.exe\0\0\0");
            assert_eq!(link(&stream).as_deref(), Some("C:\\x.exe"));
        }
    }
}
