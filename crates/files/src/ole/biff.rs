//! Workbook streams (MS-XLS, BIFF 2 to 8): encryption, links that start programs, whether a sheet holds macros.
//!
//! Cells and formulas are read where a sheet holds Excel 4.0 macros, and by macros that look at them.

use crate::examine::Walk;
use crate::text::{of_units, units};
use crate::workbook::Workbook;
use crate::{rules, unfold};
use strongroom_model::{Finding, Gap, Report, Span, Why};

const BOUNDSHEET: u16 = 0x0085;
const FILEPASS: u16 = 0x002F;
const SUPBOOK: u16 = 0x01AE;
const EXTERNSHEET: u16 = 0x0017;
const EOF: u16 = 0x000A;
const BOF: [u16; 4] = [0x0009, 0x0209, 0x0409, 0x0809];
/// `dt` of a sheet that holds Excel 4.0 macros (MS-XLS 2.4.28), and that of its own `BOF` (2.4.21).
const MACRO_SHEET: u8 = 0x01;
const MACRO_BOF: u16 = 0x0040;
/// Separates program and topic in a link's path.
const LINK: char = '\u{3}';

/// Reads the records of a workbook stream.
pub(super) fn read_workbook(stream: &[u8], place: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let mut rest = stream;
    let mut at = 0;
    let (mut macros, mut sheets, mut ended) = (false, false, false);
    while let Some((id, data, after)) = record(rest) {
        match id {
            id if BOF.contains(&id) => macros |= half(data, 2) == Some(MACRO_BOF),
            // What could be opened has none any more; what could not was told when it was tried.
            FILEPASS => return,
            BOUNDSHEET => {
                sheets = true;
                macros |= data.get(5) == Some(&MACRO_SHEET);
            }
            SUPBOOK => tell_link(&supporting_path(data).unwrap_or_default(), place, at, report),
            // Before BIFF 8 the path stands here, behind a count and a byte that says what it is.
            EXTERNSHEET => {
                let path = crate::text::decode_text(data.get(1..).unwrap_or_default());
                tell_link(&path, place, at, report);
            }
            EOF => ended = true,
            _ => {}
        }
        at += 4 + data.len();
        rest = after;
    }
    if rest.iter().any(|byte| *byte != 0) {
        let gap = Gap::new(place, Why::Damaged, format!("the record at {at} breaks off"));
        // The workbook's own records name the sheets: behind their end cells alone are cut off, and without a sheet there
        // is none that could run.
        let hides = !ended && (sheets || half(rest, 0) == Some(BOUNDSHEET));
        report.gap(if hides { gap } else { gap.harmless() });
    }
    if macros {
        unfold::read_sheets(place, Workbook::of_stream(stream, place), report, walk);
    }
}

fn record(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    let [a, b, c, d] = *head;
    let (data, rest) = rest.split_at_checked(u16::from_le_bytes([c, d]).into())?;
    Some((u16::from_le_bytes([a, b]), data, rest))
}

fn half(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..)?
        .first_chunk::<2>()
        .map(|bytes| u16::from_le_bytes(*bytes))
}

/// Tells a link `program␃topic` (MS-XLS 2.5.277, VirtualPath) as DDE where the program is a plain name: a class
/// with dots is an OLE link, and an encoded path to a file begins with a control character.
fn tell_link(path: &str, place: &str, at: usize, report: &mut Report) {
    let Some((program, topic)) = path.split_once(LINK) else {
        return;
    };
    let plain = program
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '\\' | ':'));
    if plain && !program.is_empty() && !topic.is_empty() {
        let finding = Finding::of(&rules::DDE, Span::bytes(place, at, at));
        report.find(finding.fact("command", format!("{program} {topic}")));
    }
}

/// Reads the path of a `SUPBOOK`: a count of sheets, a count of characters, flags, the characters.
fn supporting_path(data: &[u8]) -> Option<String> {
    let count = usize::from(half(data, 2)?);
    text_of(data.get(4..)?, count)
}

/// Reads characters behind a byte of flags: 0 for one byte each, 1 for two.
fn text_of(data: &[u8], count: usize) -> Option<String> {
    match data {
        [0, chars @ ..] => Some(chars.iter().take(count).map(|b| char::from(*b)).collect()),
        [1, chars @ ..] => Some(of_units(units(chars).take(count))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::{Evidence, Kind, Limits, Verdict};

    fn row(id: u16, data: &[u8]) -> Vec<u8> {
        let size = u16::try_from(data.len()).unwrap();
        [&id.to_le_bytes()[..], &size.to_le_bytes(), data].concat()
    }

    fn read(rows: &[Vec<u8>]) -> Report {
        let mut report = Report::new(Evidence::of_bytes("a", Kind::Xls, b""));
        let limits = Limits::default();
        read_workbook(&rows.concat(), "Workbook", &mut report, &mut Walk::new(&limits));
        report
    }

    #[test]
    fn a_macro_sheet_is_told_and_not_cleared_where_it_cannot_be_read() {
        let report = read(&[
            row(0x0809, b"\0\x06\x05\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            row(BOUNDSHEET, b"\0\xFF\0\0\x02\x01\x03\0xlm"),
            row(EOF, b""),
        ]);
        let titles: Vec<&str> = report
            .findings
            .iter()
            .map(|finding| finding.title.as_str())
            .collect();
        assert!(
            titles.contains(&"the workbook has an Excel 4.0 macro sheet: xlm"),
            "{titles:?}"
        );
        assert_eq!(report.verdict(), Verdict::NotCleared);
        assert!(read(&[row(BOUNDSHEET, b"\0\0\0\0\0\0\x03\0abc")]).gaps.is_empty());
    }

    #[test]
    fn a_record_that_breaks_off_is_a_gap() {
        let report = read(&[row(0x0809, &[0; 16]), vec![0x85, 0, 200, 0, 1]]);
        assert_eq!(report.verdict(), Verdict::NotCleared);
        let behind = read(&[row(0x0809, &[0; 16]), row(EOF, b""), vec![3, 2, 200, 0, 1]]);
        assert_eq!((behind.gaps.len(), behind.verdict()), (1, Verdict::Clean));
    }

    #[test]
    fn a_link_to_a_program_is_told() {
        let report = read(&[row(SUPBOOK, b"\0\0\x0B\0\0cmd\x03/c calc")]);
        assert_eq!(
            report.findings[0].title,
            "a field starts a program (DDE): cmd /c calc"
        );
        assert!(
            read(&[row(SUPBOOK, b"\0\0\x15\0\0Word.Document.8\x03a.doc")])
                .findings
                .is_empty()
        );
    }
}
