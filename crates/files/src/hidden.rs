//! Files inside or behind what is another file: found by how they begin or end.
//!
//! A signature of a few bytes stands in any long run of noise now and then; here it counts only with a header that
//! makes sense behind it.

use crate::examine::{Carrier, Walk};
use crate::{kind_of, rules, scan};
use strongroom_model::{Finding, Kind, Report, Span};

/// The end record of an archive, and the longest comment behind it (APPNOTE 4.3.16).
const END_RECORD: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const COMMENT: usize = 0xFFFF;

/// How files begin that programs of the system open.
static STARTS: [&[u8]; 7] = [
    b"PK\x03\x04",
    b"MZ",
    b"Rar!\x1A\x07",
    b"7z\xBC\xAF\x27\x1C",
    b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
    b"MSCF\0\0\0\0",
    b"%PDF-1.",
];

/// Returns where the first file begins in bytes that are none, and its kind.
pub(crate) fn first_file(bytes: &[u8]) -> Option<(usize, Kind)> {
    let found = STARTS.iter().filter_map(|start| {
        let mut from = 0;
        loop {
            let at = scan::find(bytes, start, from)?;
            let rest = bytes.get(at..)?;
            if makes_sense(rest) {
                let kind = kind_of(rest);
                if kind != Kind::Unknown {
                    return Some((at, kind));
                }
            }
            from = at + start.len();
        }
    });
    found.min_by_key(|(at, _)| *at)
}

/// Returns whether a header stands behind the signature.
fn makes_sense(bytes: &[u8]) -> bool {
    let half = |at: usize| {
        let raw = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>());
        raw.map(|raw| u16::from_le_bytes(*raw))
    };
    match bytes {
        [b'M', b'Z', ..] => {
            let at = bytes.get(0x3C..).and_then(|rest| rest.first_chunk::<4>());
            let header = at.and_then(|at| bytes.get(u32::from_le_bytes(*at) as usize..));
            header.is_some_and(|header| header.starts_with(b"PE\0\0"))
        }
        // The version that is needed, the method, a name of some length.
        [b'P', b'K', ..] => {
            let method = matches!(half(8), Some(0 | 8 | 9 | 12 | 14 | 93 | 95 | 98 | 99));
            matches!(half(4), Some(0..=63)) && method && matches!(half(26), Some(1..=1024))
        }
        _ => true,
    }
}

/// Returns where an archive begins that ends with the bytes: its end record says how long it is.
pub(crate) fn archive_at_end(bytes: &[u8]) -> Option<usize> {
    let from = bytes.len().saturating_sub(END_LENGTH + COMMENT);
    let tail = bytes.get(from..)?;
    let mut at = 0;
    loop {
        at = scan::find(tail, END_RECORD, at)?;
        let record = tail.get(at..).and_then(|rest| rest.first_chunk::<END_LENGTH>());
        if let Some([.., a, b, c, d, e, f, g, h, i, j]) = record
            && from + at + END_LENGTH + usize::from(u16::from_le_bytes([*i, *j])) == bytes.len()
        {
            let length = |raw: [u8; 4]| u32::from_le_bytes(raw) as usize;
            let directory = (from + at).checked_sub(length([*a, *b, *c, *d]))?;
            let stands = bytes
                .get(directory..)
                .is_some_and(|rest| rest.starts_with(b"PK\x01\x02"));
            // Places count from the archive's own beginning, or from that of the whole file.
            let start = directory.checked_sub(length([*e, *f, *g, *h]));
            let own = start.filter(|start| {
                bytes
                    .get(*start..)
                    .is_some_and(|rest| rest.starts_with(b"PK\x03\x04"))
            });
            return own
                .or_else(|| scan::find(bytes, b"PK\x03\x04", 0))
                .filter(|_| stands);
        }
        at += END_RECORD.len();
    }
}

/// Reads an archive behind a file of another kind.
pub(crate) fn read_appended(kind: Kind, bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let bears = matches!(
        kind,
        Kind::Exe
            | Kind::Elf
            | Kind::MachO
            | Kind::Pdf
            | Kind::Rtf
            | Kind::Html
            | Kind::Text
            | Kind::Unknown
            | Kind::Lnk
            | Kind::Batch
            | Kind::PowerShell
            | Kind::Vbs
            | Kind::Gif
            | Kind::Audio
            | Kind::Video
    );
    let Some(start) = bears.then(|| archive_at_end(bytes)).flatten() else {
        return;
    };
    let Some(tail) = bytes.get(start..).filter(|_| start > 0) else {
        return;
    };
    let at = Span::bytes("content", start, bytes.len());
    report.find(Finding::of(&rules::ARCHIVE_BEHIND, at).fact("kind", kind.as_str()));
    match walk.meter.charge_bytes("archive", tail.len() as u64) {
        Ok(()) => walk.child(report, Carrier::Archive, "archive", tail),
        Err(gap) => report.gap(gap),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use strongroom_model::Limits;

    fn archive() -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer
            .start_file("a.txt", zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(b"hello").unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn an_archive_behind_another_file_is_read() {
        let bytes = [b"%PDF-1.4\n%%EOF\n".to_vec(), archive()].concat();
        let report = crate::examine("a.pdf", &bytes, &Limits::default());
        assert!(
            report
                .findings
                .iter()
                .any(|finding| finding.code == "files.archive-behind")
        );
        assert_eq!(report.children.last().unwrap().children[0].evidence.name, "a.txt");
        assert_eq!(
            archive_at_end(b"a text about PK\x05\x06 and more than twenty-two bytes"),
            None
        );
    }

    #[test]
    fn a_signature_alone_is_no_file() {
        let noise = b"....PK\x03\x04 is how archives begin, MZ is how programs begin";
        assert_eq!(first_file(noise), None);
        assert_eq!(
            first_file(&[noise.to_vec(), archive()].concat()).map(|(_, kind)| kind),
            Some(Kind::Zip)
        );
    }
}
