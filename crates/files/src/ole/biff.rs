//! Workbook streams (MS-XLS, BIFF 2 to 8): encryption, macro sheets, links that start programs.
//!
//! Cells and formulas are not read. An Excel 4.0 macro sheet is told, and what its macros do is a hiding gap.

use crate::rules;
use strongroom_model::{Finding, Gap, Report, Span, Why};

const BOUNDSHEET: u16 = 0x0085;
const FILEPASS: u16 = 0x002F;
const SUPBOOK: u16 = 0x01AE;
/// `dt` of a sheet that holds Excel 4.0 macros (MS-XLS 2.4.28); the same number is the BOF's of BIFF 2 to 4.
const MACRO_SHEET: u8 = 0x01;
const MACRO_BOF: u16 = 0x0040;
/// Separates program and topic in a link's path.
const LINK: char = '\u{3}';

/// Reads the records of a workbook stream.
pub(super) fn read_workbook(stream: &[u8], place: &str, report: &mut Report) {
    let mut rest = stream;
    let mut at = 0;
    let mut first = true;
    while let Some((id, data, after)) = record(rest) {
        match id {
            0x0009 | 0x0209 | 0x0409 if first && half(data, 2) == Some(MACRO_BOF) => {
                tell_macro_sheet(place, place, report);
            }
            // What could be opened has none any more; what could not was told when it was tried.
            FILEPASS => return,
            BOUNDSHEET if data.get(5) == Some(&MACRO_SHEET) => {
                tell_macro_sheet(&sheet_name(data), place, report)
            }
            SUPBOOK => tell_link(&supporting_path(data).unwrap_or_default(), place, at, report),
            _ => {}
        }
        first = false;
        at += 4 + data.len();
        rest = after;
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

/// Reads the name of a `BOUNDSHEET`: a count, in BIFF 8 a byte of flags, the characters.
fn sheet_name(data: &[u8]) -> String {
    let count = usize::from(data.get(6).copied().unwrap_or(0));
    let chars = data.get(7..).unwrap_or_default();
    text_of(chars, count).unwrap_or_else(|| crate::text::decode_text(chars.get(..count).unwrap_or(chars)))
}

/// Says that a sheet holds Excel 4.0 macros, and that they were not evaluated.
pub(crate) fn tell_macro_sheet(name: &str, place: &str, report: &mut Report) {
    report.find(Finding::of(&rules::MACRO_SHEET, Span::bytes(place, 0, 0)).fact("name", name));
    report.gap(Gap::new(
        place,
        Why::Unsupported,
        format!("the Excel 4.0 macros of {name:?} are not evaluated"),
    ));
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
        [1, chars @ ..] => {
            let units = chars
                .as_chunks::<2>()
                .0
                .iter()
                .take(count)
                .map(|unit| u16::from_le_bytes(*unit));
            Some(
                char::decode_utf16(units)
                    .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect(),
            )
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::{Evidence, Kind, Verdict};

    fn row(id: u16, data: &[u8]) -> Vec<u8> {
        let size = u16::try_from(data.len()).unwrap();
        [&id.to_le_bytes()[..], &size.to_le_bytes(), data].concat()
    }

    fn read(rows: &[Vec<u8>]) -> Report {
        let mut report = Report::new(Evidence::of_bytes("a", Kind::Xls, b""));
        read_workbook(&rows.concat(), "Workbook", &mut report);
        report
    }

    #[test]
    fn a_macro_sheet_is_told_and_not_cleared() {
        let report = read(&[
            row(0x0809, &[0; 16]),
            row(BOUNDSHEET, b"\0\0\0\0\x02\x01\x03\0xlm"),
        ]);
        assert_eq!(
            report.findings[0].title,
            "the workbook has an Excel 4.0 macro sheet: xlm"
        );
        assert_eq!(report.verdict(), Verdict::NotCleared);
        assert!(read(&[row(BOUNDSHEET, b"\0\0\0\0\0\0\x03\0abc")]).gaps.is_empty());
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
