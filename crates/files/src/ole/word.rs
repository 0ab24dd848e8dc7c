//! The main stream of a Word 97–2003 document (MS-DOC): its flags, its fields.

use crate::examine::Walk;
use crate::{rules, scan};
use strongroom_model::{Finding, Gap, Report, Span, Why};

/// `fEncrypted` of the flags at byte 10 (MS-DOC 2.5.2).
const ENCRYPTED: u8 = 0x01;
/// The character that begins a field's instruction.
const FIELD: u8 = 0x13;

/// Reads the stream: encryption, fields that start programs, links.
pub(super) fn read_word(stream: &[u8], place: &str, report: &mut Report, walk: &mut Walk<'_>) {
    if stream.get(11).is_some_and(|flags| flags & ENCRYPTED != 0) {
        // What could be opened says so no more; what could not was told when it was tried.
        return;
    }
    if is_old_template(stream) {
        let what = "a template of Word 6 or 95 may have macros in WordBasic, which are not read";
        report.gap(Gap::new(place, Why::Unsupported, what));
    }
    for (at, command) in exchange_fields(stream) {
        let finding = Finding::of(&rules::DDE, Span::bytes(place, at, at + command.len()));
        report.find(finding.fact("command", command));
    }
    scan::note_bytes(stream, report, walk);
}

/// Returns whether a stream is of a Word before 97 (`nFib` below 0xC1) and a template (`fDot`): others have no macros
/// there, and later ones have Visual Basic.
fn is_old_template(stream: &[u8]) -> bool {
    const TEMPLATE: u8 = 0x01;
    const WORD_97: u16 = 0xC1;
    let Some([_, _, low, high, _, _, _, _, _, _, flags]) = stream.first_chunk::<11>() else {
        return false;
    };
    u16::from_le_bytes([*low, *high]) < WORD_97 && flags & TEMPLATE != 0
}

/// Returns the fields whose instruction is DDE or DDEAUTO, with their place; characters of one or two bytes.
fn exchange_fields(stream: &[u8]) -> Vec<(usize, String)> {
    let fields = stream
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == FIELD)
        .map(|(at, _)| at);
    let told = fields.filter_map(|at| {
        let rest = stream.get(at + 1..)?;
        let instruction = instruction(rest, 1).or_else(|| instruction(rest.get(1..)?, 2))?;
        Some((at, instruction))
    });
    told.take(64).collect()
}

fn instruction(bytes: &[u8], width: usize) -> Option<String> {
    let chars = bytes.chunks(width).map_while(|unit| match *unit {
        [b @ 0x20..=0x7E] | [b @ 0x20..=0x7E, 0] => Some(char::from(b)),
        _ => None,
    });
    let text: String = chars.take(200).collect();
    let word = text.split_whitespace().next()?.to_ascii_uppercase();
    (word == "DDE" || word == "DDEAUTO").then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{exchange_fields, is_old_template};

    #[test]
    fn templates_of_old_versions_may_hold_wordbasic() {
        let head = |version: u8, flags: u8| [0xDC, 0xA5, version, 0, 0, 0, 0, 0, 0, 0, flags, 0];
        assert!(is_old_template(&head(0x65, 1)) && is_old_template(&head(0x68, 5)));
        assert!(!is_old_template(&head(0x68, 4)) && !is_old_template(&head(0xC1, 1)));
        assert!(!is_old_template(b"\xDC\xA5\x65"));
    }

    #[test]
    fn fields_are_found_in_both_widths() {
        let narrow = b"x\x13 DDEAUTO c:\\\\x.exe \"a\" \x14y".to_vec();
        assert_eq!(
            exchange_fields(&narrow),
            [(1, "DDEAUTO c:\\\\x.exe \"a\"".to_owned())]
        );
        let wide: Vec<u8> = "\u{13}DDE cmd a\u{14}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(exchange_fields(&wide), [(0, "DDE cmd a".to_owned())]);
        assert!(exchange_fields(b"\x13 HYPERLINK \"x\"\x14").is_empty());
    }
}
