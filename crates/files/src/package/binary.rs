//! External links of a binary workbook (MS-XLSB): the one record that may start a program.

use super::tell_exchange;
use crate::workbook::{Cursor, binary_record};
use strongroom_model::{Gap, Report, Why};

/// `BrtBeginSupBook` (MS-XLSB 2.4.235).
const BEGIN_SUP_BOOK: u32 = 360;
/// `sbt` of a DDE link.
const EXCHANGE: u16 = 1;

/// Reads an external link's part.
pub(super) fn read_external_link(bytes: &[u8], name: &str, report: &mut Report) {
    let mut rest = Cursor::new(bytes);
    while let Some((id, data)) = binary_record(&mut rest) {
        let mut data = Cursor::new(data);
        if id == BEGIN_SUP_BOOK && data.u16() == Some(EXCHANGE) {
            let strings = data
                .wide_string()
                .zip(data.wide_string())
                .map(|(service, topic)| format!("{service} {topic}"));
            tell_exchange(&strings.unwrap_or_default(), name, report);
        }
    }
    if !rest.is_empty() {
        report.gap(Gap::new(name, Why::Damaged, "a record breaks off"));
    }
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
