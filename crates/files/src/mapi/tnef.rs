//! Outlook's winmail.dat (MS-OXTNEF): attributes, among them the properties of the message and of its attachments.

use super::property::{BINARY, NARROW, NULL, NUMBER, OBJECT, Properties, Value, WIDE, tag};
use super::{attach, bodies, by_reference, name_of, people};
use crate::examine::Walk;
use crate::text::decode_text;
use crate::{password, scan};
use encoding_rs::Encoding;
use strongroom_model::{Gap, Limit, Report, Why};

const HEAD: usize = 6;
const SUBJECT: u32 = 0x0001_8004;
const BODY: u32 = 0x0002_800C;
const RENDERING: u32 = 0x0006_9002;
const TITLE: u32 = 0x0001_8010;
const DATA: u32 = 0x0006_800F;
const MESSAGE: u32 = 0x0006_9003;
const RECIPIENTS: u32 = 0x0006_9004;
const ATTACHMENT: u32 = 0x0006_9005;
/// Bytes before an attached message or object: which interface it has.
const INTERFACE: usize = 16;

/// An attachment: attributes of its own, and properties.
#[derive(Default)]
struct Attachment<'a> {
    title: String,
    data: Vec<&'a [u8]>,
    properties: Properties,
}

/// Reads the attributes in their order; an attachment is complete where the next begins.
pub(crate) fn read_tnef(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let mut rest = bytes.get(HEAD..).unwrap_or_default();
    let mut message = Properties::default();
    let mut recipients: Vec<Properties> = Vec::new();
    let mut attachments: Vec<Attachment<'_>> = Vec::new();
    let mut texts = String::new();
    let most = walk.limits().children as usize;
    while let Some((id, value, after)) = attribute(rest) {
        rest = after;
        match id {
            SUBJECT | BODY => {
                let text = decode_text(value);
                scan::note_text(&text, report, walk);
                texts = texts + text.trim_end_matches('\0') + "\n";
            }
            MESSAGE | RECIPIENTS => {
                let read = if id == MESSAGE {
                    properties(value).map(|properties| message = properties)
                } else {
                    rows(value).map(|rows| recipients = rows)
                };
                if read.is_none() {
                    // They hold no code, and what they name is looked for in their bytes.
                    let what = "the properties of the message or its recipients cannot be read";
                    report.gap(Gap::new("properties", Why::Damaged, what).harmless());
                    scan::note_bytes(value, report, walk);
                }
            }
            RENDERING if attachments.len() >= most => {
                report.gap(Gap::limit("attachments", Limit::Children, most));
                break;
            }
            RENDERING => attachments.push(Attachment::default()),
            TITLE | DATA | ATTACHMENT => {
                if attachments.is_empty() {
                    attachments.push(Attachment::default());
                }
                let Some(attachment) = attachments.last_mut() else {
                    continue;
                };
                match id {
                    TITLE => attachment.title = decode_text(value).trim_end_matches('\0').to_owned(),
                    DATA => attachment.data.push(value),
                    _ => match properties(value) {
                        Some(properties) => attachment.properties = properties,
                        None => {
                            let what = "the properties of the attachment cannot be read";
                            report.gap(Gap::new("attachment", Why::Damaged, what));
                        }
                    },
                }
            }
            _ => {}
        }
    }
    if !rest.is_empty() {
        let what = "the attributes end before the file does";
        report.gap(Gap::new("attributes", Why::Damaged, what));
    }
    let page = message.encoding(tag::MESSAGE_PAGE);
    people(&message, &recipients, page, report);
    texts += &bodies(&message, page, report, walk);
    walk.offering(password::candidates(&texts), |walk| {
        for attachment in &attachments {
            read_attachment(attachment, page, report, walk);
        }
    });
}

fn read_attachment(
    attachment: &Attachment<'_>,
    page: Option<&'static Encoding>,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let titled = Some(attachment.title.as_str()).filter(|title| !title.is_empty());
    let named = name_of(&attachment.properties, page);
    let name = named.as_deref().or(titled).unwrap_or("attachment");
    by_reference(&attachment.properties, page, report);
    // An attached message is a stream of attributes again, an object a compound file.
    let inner = attachment
        .properties
        .bytes(tag::CONTENT)
        .and_then(|object| object.get(INTERFACE..));
    // Readers differ in which they show where there are several.
    let contents = inner.into_iter().chain(attachment.data.iter().copied());
    for content in contents.filter(|content| !content.is_empty()) {
        attach(name, content, report, walk);
    }
}

/// Reads an attribute: level, id, length, data, checksum.
fn attribute(bytes: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<9>()?;
    let [_, a, b, c, d, e, f, g, h] = *head;
    let (value, rest) = rest.split_at_checked(u32::from_le_bytes([e, f, g, h]) as usize)?;
    Some((u32::from_le_bytes([a, b, c, d]), value, rest.get(2..)?))
}

/// Reads rows of properties (MS-OXTNEF 2.1.3.5.1).
fn rows(bytes: &[u8]) -> Option<Vec<Properties>> {
    let (count, mut rest) = number(bytes)?;
    let mut rows = Vec::new();
    for _ in 0..count {
        let (row, after) = list(rest)?;
        rows.push(row);
        rest = after;
    }
    Some(rows)
}

fn properties(bytes: &[u8]) -> Option<Properties> {
    Some(list(bytes)?.0)
}

/// Reads a list of properties (MS-OXTNEF 2.1.3.4): a count, then each with its type, its id and its values.
fn list(bytes: &[u8]) -> Option<(Properties, &[u8])> {
    let (count, mut rest) = number(bytes)?;
    let mut properties = Properties::default();
    for _ in 0..count {
        let (head, after) = rest.split_first_chunk::<4>()?;
        let [a, b, c, d] = *head;
        let (kind, id) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        rest = if id >= 0x8000 { name(after)? } else { after };
        let (value, after) = values(kind, rest)?;
        rest = after;
        if let Some(value) = value {
            properties.add(id, value);
        }
    }
    Some((properties, rest))
}

/// Steps over the name of a property: a set, and a number or a text.
fn name(bytes: &[u8]) -> Option<&[u8]> {
    let (kind, rest) = number(bytes.get(16..)?)?;
    let (length, rest) = number(rest)?;
    if kind == 0 {
        Some(rest)
    } else {
        rest.get(padded(length)..)
    }
}

/// Reads the values of a property; the first is the one that counts.
fn values(kind: u16, bytes: &[u8]) -> Option<(Option<Value>, &[u8])> {
    const MANY: u16 = 0x1000;
    let single = kind & !MANY;
    let sized = matches!(single, NARROW | WIDE | BINARY | OBJECT);
    let (count, mut rest) = if sized || kind & MANY != 0 {
        number(bytes)?
    } else {
        (1, bytes)
    };
    let mut first = None;
    // Values without bytes are as many as their count likes.
    let count = if single == NULL { count.min(1) } else { count };
    for _ in 0..count {
        let (value, after) = if sized {
            sized_value(single, rest)?
        } else {
            fixed_value(single, rest)?
        };
        rest = after;
        first = first.or(value);
    }
    Some((first.filter(|_| kind & MANY == 0), rest))
}

fn sized_value(kind: u16, bytes: &[u8]) -> Option<(Option<Value>, &[u8])> {
    let (size, rest) = number(bytes)?;
    let value = rest.get(..size)?.to_vec();
    // The last value of a list need not be padded.
    let rest = rest.get(padded(size)..).unwrap_or_default();
    Some((Some(Value::Bytes { kind, bytes: value }), rest))
}

fn fixed_value(kind: u16, bytes: &[u8]) -> Option<(Option<Value>, &[u8])> {
    let size = match kind {
        NULL => 0,
        0x0002 | NUMBER | 0x0004 | 0x000A | 0x000B => 4,
        0x0005..=0x0007 | 0x0014 | 0x0040 => 8,
        0x0048 => 16,
        _ => return None,
    };
    let (raw, rest) = bytes.split_at_checked(size)?;
    let mut value = [0; 8];
    for (place, byte) in value.iter_mut().zip(raw) {
        *place = *byte;
    }
    Some((Some(Value::Fixed(value)).filter(|_| size == 4 || size == 8), rest))
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*number) as usize, rest))
}

fn padded(size: usize) -> usize {
    size.saturating_add(3) & !3
}

#[cfg(test)]
mod tests {
    use strongroom_model::{Kind, Limits, Role};

    fn row(id: u32, value: &[u8]) -> Vec<u8> {
        let length = u32::try_from(value.len()).unwrap().to_le_bytes();
        [&[2][..], &id.to_le_bytes(), &length, value, &[0, 0]].concat()
    }

    fn property(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
        let size = u32::try_from(value.len()).unwrap().to_le_bytes();
        let mut bytes = [
            &kind.to_le_bytes()[..],
            &id.to_le_bytes(),
            &[1, 0, 0, 0],
            &size,
            value,
        ]
        .concat();
        while bytes.len() % 4 != 0 {
            bytes.push(0);
        }
        bytes
    }

    fn list(properties: &[Vec<u8>]) -> Vec<u8> {
        let count = u32::try_from(properties.len()).unwrap().to_le_bytes();
        [&count[..], &properties.concat()].concat()
    }

    #[test]
    fn many_values_without_bytes_cost_nothing() {
        let nothing = [&0x1001u16.to_le_bytes()[..], &[1, 0], &[0xFF; 4]].concat();
        let properties = vec![nothing; 1000];
        let bytes = [
            b"\x78\x9F\x3E\x22\0\0".to_vec(),
            row(super::MESSAGE, &list(&properties)),
        ]
        .concat();
        let begun = std::time::Instant::now();
        assert_eq!(crate::examine("winmail.dat", &bytes, &Limits::default()).gaps, []);
        assert!(begun.elapsed().as_secs() < 10);
    }

    #[test]
    fn every_content_of_an_attachment_is_read() {
        let bytes = [
            b"\x78\x9F\x3E\x22\0\0".to_vec(),
            row(super::RENDERING, &[0; 14]),
            row(super::DATA, b"%PDF-1.4"),
            row(super::DATA, b"hello"),
        ]
        .concat();
        let report = crate::examine("winmail.dat", &bytes, &Limits::default());
        let kinds: Vec<Kind> = report.children.iter().map(|child| child.evidence.kind).collect();
        assert_eq!(kinds, [Kind::Pdf, Kind::Text]);
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

    #[test]
    fn properties_name_people_bodies_and_attached_messages() {
        let inner = [
            b"\x78\x9F\x3E\x22\0\0".to_vec(),
            row(super::BODY, b"see https://inner.example/\0"),
        ]
        .concat();
        let object = [&[0; 16][..], &inner].concat();
        let wide: Vec<u8> = "deep.msg\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let message = list(&[
            property(super::NARROW, 0x0C1F, b"a@b.example\0"),
            property(
                super::BINARY,
                0x1013,
                b"<p>the password is <b>x9-y8</b> https://outer.example/</p>",
            ),
        ]);
        let attachment = list(&[
            property(super::OBJECT, 0x3701, &object),
            property(super::WIDE, 0x3707, &wide),
        ]);
        let bytes = [
            b"\x78\x9F\x3E\x22\0\0".to_vec(),
            row(super::MESSAGE, &message),
            row(super::RENDERING, &[0; 14]),
            row(super::ATTACHMENT, &attachment),
        ]
        .concat();
        let report = crate::examine("winmail.dat", &bytes, &Limits::default());
        assert!(report.gaps.is_empty(), "{:?}", report.gaps);
        let values: Vec<(&str, Role)> = report
            .observables
            .iter()
            .map(|seen| (seen.observable.value(), seen.role))
            .collect();
        assert!(values.contains(&("a@b.example", Role::Sender)), "{values:?}");
        assert!(values.contains(&("https://outer.example/", Role::Mentioned)));
        let child = &report.children[0];
        assert_eq!(
            (child.evidence.name.as_str(), child.evidence.kind),
            ("deep.msg", Kind::Tnef)
        );
        assert_eq!(child.observables[0].observable.value(), "https://inner.example/");
    }
}
