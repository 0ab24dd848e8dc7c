//! External links of a binary workbook (MS-XLSB): the one record that may start a program.

use super::tell_exchange;
use strongroom_model::Report;

/// `BrtBeginSupBook` (MS-XLSB 2.4.235).
const BEGIN_SUP_BOOK: u32 = 360;
/// `sbt` of a DDE link.
const EXCHANGE: u16 = 1;

/// Reads an external link's part.
pub(super) fn read_external_link(bytes: &[u8], name: &str, report: &mut Report) {
    let mut rest = bytes;
    while let Some((id, data, after)) = record(rest) {
        rest = after;
        let kind = data.first_chunk::<2>().map(|kind| u16::from_le_bytes(*kind));
        if id == BEGIN_SUP_BOOK && kind == Some(EXCHANGE) {
            let strings = data.get(2..).and_then(|rest| {
                let (service, rest) = wide(rest)?;
                Some(format!("{service} {}", wide(rest)?.0))
            });
            tell_exchange(&strings.unwrap_or_default(), name, report);
        }
    }
}

fn record(bytes: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let (id, rest) = variable(bytes, 2)?;
    let (size, rest) = variable(rest, 4)?;
    // The id keeps its continuation bit (MS-XLSB 2.1.4): 360 is written E8 02.
    let (data, rest) = rest.split_at_checked(size as usize)?;
    Some((id, data, rest))
}

/// Reads a number of seven bits a byte, the low ones first.
fn variable(bytes: &[u8], most: usize) -> Option<(u32, &[u8])> {
    let mut number = 0;
    for place in 0..most {
        let byte = *bytes.get(place)?;
        number |= u32::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(place + 1..)?));
        }
    }
    Some((number, bytes.get(most..)?))
}

/// Reads an `XLWideString`.
fn wide(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (count, rest) = bytes.split_first_chunk::<4>()?;
    let (chars, rest) = rest.split_at_checked((u32::from_le_bytes(*count) as usize).checked_mul(2)?)?;
    let units = chars
        .as_chunks::<2>()
        .0
        .iter()
        .map(|unit| u16::from_le_bytes(*unit));
    Some((
        char::decode_utf16(units)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        rest,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::{Evidence, Kind};

    #[test]
    fn a_link_to_a_program_is_told() {
        let text = |text: &str| {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [&u32::try_from(text.len()).unwrap().to_le_bytes()[..], &units].concat()
        };
        let data = [&[1, 0][..], &text("cmd"), &text("/c calc")].concat();
        let part = [&[0xE8, 0x02, u8::try_from(data.len()).unwrap()][..], &data].concat();
        let mut report = Report::new(Evidence::of_bytes("a", Kind::Xlsb, b""));
        read_external_link(&part, "xl/externalLinks/externalLink1.bin", &mut report);
        assert_eq!(
            report.findings[0].title,
            "a field starts a program (DDE): cmd /c calc"
        );
    }
}
