//! Equations of the withdrawn editor (MTEF versions 1 to 3): read as far as its faults lie.
//!
//! Two records write past the room that the editor keeps for them: a font's name longer than the system's names can
//! be (CVE-2017-11882, CVE-2018-0802), and a matrix with more rows or columns than its partition lines have room for
//! (CVE-2018-0798). Both are told by their lengths alone. What stands in such a name is code, or the command that the
//! code starts.

use crate::examine::Walk;
use crate::{rules, scan, unfold};
use strongroom_model::{Finding, Report, Span};

/// Characters of a font's name, its zero included: `LF_FACESIZE`.
const NAME: usize = 32;
/// Rows or columns whose partition lines fit.
const LINES: u8 = 31;
/// Printable characters in a row that may be a command.
const COMMAND: usize = 6;

/// What overflows.
#[derive(Debug, PartialEq, Eq)]
enum Overflow<'a> {
    /// A font's name, with the bytes up to its zero.
    Font(&'a [u8]),
    Matrix,
}

/// Tells an equation, and what in it overflows.
pub(super) fn read_equation(bytes: &[u8], place: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let at = || Span::bytes(place, 0, bytes.len());
    report.find(Finding::of(&rules::EQUATION, at()));
    let Some(overflow) = overflow(body(bytes)) else {
        return;
    };
    let what = match overflow {
        Overflow::Font(name) => format!("a font name of {} bytes", name.len()),
        Overflow::Matrix => "a matrix beyond its bounds".to_owned(),
    };
    report.find(Finding::of(&rules::EQUATION_OVERFLOW, at()).fact("what", what));
    scan::note_bytes(bytes, report, walk);
    if let Overflow::Font(name) = overflow
        && let Some(command) = command(name)
    {
        unfold::read_started("equation", place, &command, report, walk);
    }
}

/// Returns the equation behind its header (`EQNOLEFILEHDR`), which some streams lack.
fn body(bytes: &[u8]) -> &[u8] {
    match bytes {
        [0x1C, 0, rest @ ..] => rest.get(26..).unwrap_or_default(),
        // A length before the header, as `Ole10Native` has it.
        [_, _, _, _, 0x1C, 0, rest @ ..] => rest.get(26..).unwrap_or_default(),
        _ => bytes,
    }
}

/// Walks the records. A version that is not one of the editor's is read like its own: the editor does so too, but
/// for 5, which is another program's.
fn overflow(mtef: &[u8]) -> Option<Overflow<'_>> {
    let (version, mut rest) = mtef.split_first()?;
    if *version == 5 {
        return None;
    }
    rest = rest.get(if *version == 1 { 0 } else { 4 }..)?;
    // Each record takes bytes: the walk is as long as the equation.
    loop {
        let (tag, behind) = rest.split_first()?;
        let (kind, options) = (tag & 15, tag >> 4);
        rest = match kind {
            8 => {
                let name = behind.get(2..)?;
                let name = name.split(|byte| *byte == 0).next().unwrap_or(name);
                if name.len() >= NAME {
                    return Some(Overflow::Font(name));
                }
                behind.get(2 + name.len() + 1..)?
            }
            5 => {
                let behind = nudged(behind, options)?;
                let [_, _, _, rows, columns, lines @ ..] = behind else {
                    return None;
                };
                if *rows > LINES || *columns > LINES {
                    return Some(Overflow::Matrix);
                }
                lines.get(partition(*rows) + partition(*columns)..)?
            }
            _ => behind.get(length(kind, options, behind)?..)?,
        };
    }
}

/// Bytes of the partition lines between so many rows, two bits each.
fn partition(count: u8) -> usize {
    (2 * usize::from(count) + 9) / 8
}

/// Passes over the offset of a record that is moved.
fn nudged(bytes: &[u8], options: u8) -> Option<&[u8]> {
    match bytes {
        _ if options & 8 == 0 => Some(bytes),
        [128, 128, _, _, _, _, rest @ ..] | [_, _, rest @ ..] => Some(rest),
        _ => None,
    }
}

/// Returns the bytes of a record behind its tag, without the records that it contains (MTEF 3). Tags beyond the
/// table have nothing behind them.
fn length(kind: u8, options: u8, bytes: &[u8]) -> Option<usize> {
    let body = nudged(bytes, options)?;
    let nudge = bytes.len() - body.len();
    Some(match kind {
        // A line; the options say that it is empty, that its spacing and that a ruler follows.
        1 => nudge + if options & 4 == 0 { 0 } else { 2 },
        // A character: its typeface and its code.
        2 => nudge + 3,
        // A template: selector, variation, options.
        3 => nudge + 3,
        // A pile: two alignments.
        4 => nudge + 2,
        // An embellishment.
        6 => nudge + 1,
        // A ruler: its tab stops.
        7 => 1 + 3 * usize::from(*bytes.first()?),
        // A size: in points, by difference, by name.
        9 => match bytes.first()? {
            101 => 3,
            100 => 4,
            _ => 2,
        },
        _ => 0,
    })
}

/// Returns the command that a name begins with, where it is text.
fn command(name: &[u8]) -> Option<String> {
    let text: Vec<u8> = name
        .iter()
        .copied()
        .take_while(|byte| (0x20..0x7F).contains(byte))
        .collect();
    let text = String::from_utf8(text).ok()?;
    // Filling characters stand behind the command.
    let last = text.chars().next_back()?;
    let filled = text.trim_end_matches(last);
    let text = if text.len() - filled.len() > 3 {
        filled
    } else {
        &text
    };
    (text.len() >= COMMAND && text.contains([' ', '.', '\\'])).then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equation(records: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x1C, 0, 0, 0, 2, 0];
        bytes.resize(28, 0);
        bytes.extend([3, 1, 1, 3, 10]);
        bytes.extend(records);
        bytes
    }

    #[test]
    fn a_name_of_the_systems_length_fits() {
        let font = |length: usize| [&[10, 1, 8, 0x88, 0][..], &vec![b'a'; length], &[0, 0]].concat();
        assert_eq!(overflow(body(&equation(&font(31)))), None);
        let long = equation(&font(44));
        assert!(matches!(overflow(body(&long)), Some(Overflow::Font(name)) if name.len() == 44));
    }

    #[test]
    fn no_number_of_records_hides_the_one_that_overflows() {
        let font = [&[8, 0x88, 0][..], &[b'a'; 44], &[0, 0]].concat();
        let records = [vec![10; 20_000], font].concat();
        assert!(overflow(body(&equation(&records))).is_some());
    }

    #[test]
    fn records_before_the_font_are_passed_over() {
        let mut records = vec![
            10, 0x01, 0x82, 200, 200, 0x88, b'x', 0, 9, 101, 1, 0, 3, 1, 2, 0, 4, 1, 1,
        ];
        records.extend([5, 0, 0, 0, 2, 2, 0, 0, 0, 0, 8, 1, 1]);
        // Two rows have two bytes of lines, as two columns have.
        records.drain(records.len() - 4..records.len() - 3);
        records.extend([b'y'; 50]);
        records.push(0);
        assert!(overflow(body(&equation(&records))).is_some());
    }

    #[test]
    fn a_matrix_has_bounds() {
        assert_eq!(
            overflow(body(&equation(&[5, 0, 0, 0, 60, 2]))),
            Some(Overflow::Matrix)
        );
    }

    #[test]
    fn a_command_stands_at_the_beginning_of_the_name() {
        let name = b"cmd.exe /c exampleAAAAAAAAAA\x12\x0c\x43";
        assert_eq!(command(name).as_deref(), Some("cmd.exe /c example"));
        assert_eq!(command(b"\xeb\x10cmd"), None);
        assert_eq!(command(b"Times New Roman"), Some("Times New Roman".into()));
    }
}
