//! Outlook's winmail.dat (MS-OXTNEF): attachments as children, the plain body for what it names.
//!
//! Properties in the MAPI block are not read but for one thing: an attached message stands there, and leaves a gap.

use crate::examine::{Carrier, Walk};
use crate::scan;
use crate::text::decode_text;
use strongroom_model::{Gap, Report, Why};

const HEAD: usize = 6;
const BODY: u32 = 0x0002_800C;
const RENDERING: u32 = 0x0006_9002;
const TITLE: u32 = 0x0001_8010;
const DATA: u32 = 0x0006_800F;
const PROPERTIES: u32 = 0x0006_9005;
/// `PidTagAttachDataObject`: the attachment is a message or an object, not a file.
const DATA_OBJECT: &[u8] = &[0x0D, 0x00, 0x01, 0x37];

/// Reads the attributes in their order; an attachment is complete where the next begins.
pub(crate) fn read_tnef(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let mut rest = bytes.get(HEAD..).unwrap_or_default();
    let (mut title, mut data): (String, Option<&[u8]>) = (String::new(), None);
    while let Some((id, value, after)) = attribute(rest) {
        rest = after;
        match id {
            BODY => scan::note_text(&decode_text(value), report, walk),
            RENDERING => attach(&std::mem::take(&mut title), data.take(), report, walk),
            TITLE => title = decode_text(value).trim_end_matches('\0').to_owned(),
            DATA => data = Some(value),
            PROPERTIES if scan::find(value, DATA_OBJECT, 0).is_some() => {
                report.gap(Gap::new(
                    "attachment",
                    Why::Unsupported,
                    "an attached message is not read inside",
                ));
            }
            _ => {}
        }
    }
    attach(&title, data, report, walk);
    if !rest.is_empty() {
        report.gap(Gap::new(
            "attributes",
            Why::Damaged,
            "the attributes end before the file does",
        ));
    }
}

fn attach(title: &str, data: Option<&[u8]>, report: &mut Report, walk: &mut Walk<'_>) {
    let Some(data) = data.filter(|data| !data.is_empty()) else {
        return;
    };
    let name = if title.is_empty() { "attachment" } else { title };
    match walk.meter.charge_bytes(name, data.len() as u64) {
        Ok(()) => walk.child(report, Carrier::Mail, name, data),
        Err(gap) => report.gap(gap),
    }
}

/// Reads an attribute: level, id, length, data, checksum.
fn attribute(bytes: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<9>()?;
    let [_, a, b, c, d, e, f, g, h] = *head;
    let (value, rest) = rest.split_at_checked(u32::from_le_bytes([e, f, g, h]) as usize)?;
    Some((u32::from_le_bytes([a, b, c, d]), value, rest.get(2..)?))
}

#[cfg(test)]
mod tests {
    use strongroom_model::{Kind, Limits};

    fn row(id: u32, value: &[u8]) -> Vec<u8> {
        let length = u32::try_from(value.len()).unwrap().to_le_bytes();
        [&[2][..], &id.to_le_bytes(), &length, value, &[0, 0]].concat()
    }

    #[test]
    fn attachments_are_children_under_their_titles() {
        let bytes = [
            b"\x78\x9F\x3E\x22\0\0".to_vec(),
            row(super::RENDERING, &[0; 14]),
            row(super::TITLE, b"a.txt\0"),
            row(super::DATA, b"hello"),
            row(super::RENDERING, &[0; 14]),
            row(super::DATA, b"%PDF-1.4"),
        ]
        .concat();
        let report = crate::examine("winmail.dat", &bytes, &Limits::default());
        let told: Vec<(&str, Kind)> = report
            .children
            .iter()
            .map(|child| (child.evidence.name.as_str(), child.evidence.kind))
            .collect();
        assert_eq!(told, [("a.txt", Kind::Text), ("attachment", Kind::Pdf)]);
    }
}
