//! A file packed into a document (MS-OLEDS 2.3.6 and the packager's own layout inside it), the same in the stream
//! `Ole10Native` of a compound file and in the native data of an OLE 1 object of the class `Package`.

use super::{embed, embed_package};
use crate::examine::Walk;
use crate::text::decode_text;
use crate::{names, rules};
use strongroom_model::{Finding, Gap, Observable, Report, Role, Span, Why};

/// A packed file.
#[derive(Debug, PartialEq, Eq)]
struct Native<'a> {
    /// What the reader is shown.
    label: String,
    /// Where the file came from, and where it is unpacked to: that name's extension decides what opens it.
    source: String,
    unpacked: String,
    content: &'a [u8],
    /// Whether less is there than claimed.
    cut: bool,
}

/// Reads the stream `Ole10Native`: a length, then the packed file or whatever another program keeps there.
pub(super) fn read_native(stream: &[u8], place: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let body = stream.get(4..).unwrap_or_default();
    if !read_packed(body, place, report, walk) {
        match stream.get(4..) {
            // Other programs keep their own data here, such as a bitmap.
            Some(raw) => embed(place, raw, report, walk),
            None => report.gap(Gap::new(place, Why::Damaged, "no packed file can be read here")),
        }
    }
}

/// Reads what the packager wrote; returns whether it is that.
pub(crate) fn read_packed(body: &[u8], place: &str, report: &mut Report, walk: &mut Walk<'_>) -> bool {
    if let Some(native) = unpack(body) {
        tell_packed(&native, place, report, walk);
    } else if let Some(target) = link(body) {
        tell_link(&target, place, report);
    } else {
        return false;
    }
    true
}

fn tell_packed(native: &Native<'_>, place: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let names = [&native.label, &native.unpacked, &native.source];
    let name = names.iter().find(|name| !name.is_empty()).map_or("", |name| name);
    let runs = names.iter().find(|name| names::runs(name));
    // What the reader sees is a document's name, and what is unpacked runs.
    if let Some(runs) = runs.filter(|_| names::claims_document(name)) {
        let at = Span::bytes(place, 0, 0);
        report.find(
            Finding::of(&rules::DISGUISED, at)
                .fact("kind", names::base(runs))
                .fact("name", name),
        );
    }
    for path in [&native.source, &native.unpacked] {
        if names::base(path).len() < path.len() {
            report.sight(Observable::path(path), Role::Mentioned);
        }
    }
    embed_package(
        runs.map_or(name, |runs| runs),
        place,
        native.content,
        report,
        walk,
    );
    if native.cut {
        report.gap(Gap::new(place, Why::Truncated, "the packed file ends before its length").harmless());
    }
}

fn unpack(body: &[u8]) -> Option<Native<'_>> {
    let rest = body.strip_prefix(&[2, 0])?;
    let (label, rest) = text(rest)?;
    let (source, rest) = text(rest)?;
    // Packed content has the mark 3; a link has 1.
    let rest = rest.strip_prefix(&[0, 0, 3, 0]).or_else(|| rest.get(4..))?;
    let (length, rest) = number(rest)?;
    let (unpacked, rest) = rest.split_at_checked(length)?;
    let unpacked = unpacked.split(|byte| *byte == 0).next().unwrap_or_default();
    let (size, rest) = number(rest)?;
    let content = rest.get(..size).unwrap_or(rest);
    let behind = rest.get(content.len()..).unwrap_or_default();
    // Behind the content stand the same three names in UTF-16; where they do, they are what was meant.
    let wide = wide_names(behind);
    let name = |at: usize, narrow: String| {
        wide.get(at)
            .filter(|name| !name.is_empty())
            .cloned()
            .unwrap_or(narrow)
    };
    Some(Native {
        label: name(1, label),
        source: name(2, source),
        unpacked: name(0, decode_text(unpacked)),
        content,
        cut: content.len() < size,
    })
}

/// The temporary path, the label and the source in UTF-16, each with its count of units.
fn wide_names(behind: &[u8]) -> Vec<String> {
    let mut rest = behind;
    let mut found = Vec::new();
    while found.len() < 3 {
        let Some((count, behind)) = number(rest) else {
            break;
        };
        let Some((units, behind)) = count
            .checked_mul(2)
            .and_then(|length| behind.split_at_checked(length))
        else {
            break;
        };
        let text = encoding_rs::UTF_16LE.decode_without_bom_handling(units).0;
        found.push(text.trim_end_matches('\0').to_owned());
        rest = behind;
    }
    // All three or none: other bytes may stand here.
    if found.len() < 3 { Vec::new() } else { found }
}

/// Reads a packed link: no content, but the path of a file that is opened in its place.
fn link(body: &[u8]) -> Option<String> {
    let (_, rest) = text(body.strip_prefix(&[2, 0])?)?;
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

    fn packed() -> Vec<u8> {
        b"\x02\0note.txt\0C:\\note.txt\0\0\0\x03\0\x0C\0\0\0C:\\t\\n.tmp\0\0\x05\0\0\0hello".to_vec()
    }

    #[test]
    fn a_packed_file_is_read_with_its_names() {
        let mut body = packed();
        let native = unpack(&body).unwrap();
        assert_eq!(
            (
                native.label.as_str(),
                native.source.as_str(),
                native.unpacked.as_str()
            ),
            ("note.txt", "C:\\note.txt", "C:\\t\\n.tmp")
        );
        assert_eq!((native.content, native.cut), (&b"hello"[..], false));
        body.truncate(body.len() - 1);
        assert!(unpack(&body).unwrap().cut);
    }

    #[test]
    fn wide_names_go_before_narrow_ones() {
        let mut body = packed();
        for name in ["C:\\t\\ü.tmp", "ü.txt", "C:\\ü.txt"] {
            let units: Vec<u16> = name.encode_utf16().collect();
            body.extend((units.len() as u32).to_le_bytes());
            body.extend(units.into_iter().flat_map(u16::to_le_bytes));
        }
        assert_eq!(unpack(&body).unwrap().label, "ü.txt");
    }

    #[test]
    fn a_packed_link_names_its_target() {
        for between in [&b""[..], b"\x01\0"] {
            let mut body = b"\x02\0x.exe\0C:\\x.exe\0\0\0\x01\0".to_vec();
            body.extend(between);
            body.extend(b"C:\\x.exe\0\0\0");
            assert_eq!(link(&body).as_deref(), Some("C:\\x.exe"));
        }
    }
}
