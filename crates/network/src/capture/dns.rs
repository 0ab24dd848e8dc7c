//! DNS messages (RFC 1035), as far as the question and its answers go.

use crate::capture::bytes::Bytes;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Pointers that one name may follow.
const POINTERS: usize = 32;
/// The longest name as text.
const NAME_BYTES: usize = 255;
/// Answers that are looked at.
const ANSWERS: usize = 64;

/// A message's first question, with its answers where it is a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub id: u16,
    pub response: bool,
    pub name: String,
    pub kind: u16,
    /// Addresses as text, names of aliases.
    pub answers: Vec<String>,
    /// Bytes of all answers' data.
    pub answer_bytes: u64,
}

/// Reads a message; `None` where it is none, or asks nothing.
pub(crate) fn message(whole: &[u8]) -> Option<Message> {
    let mut data = Bytes(whole);
    let (id, flags) = (data.u16()?, data.u16()?);
    let (questions, answers) = (data.u16()?, data.u16()?);
    data.take(4)?;
    // A query or an update, and no reserved bit: other bytes are seldom so.
    let opcode = flags >> 11 & 0x0f;
    if questions != 1 || !matches!(opcode, 0 | 4) || flags & 0x0040 != 0 {
        return None;
    }
    let name = name(whole, &mut data)?;
    let (kind, class) = (data.u16()?, data.u16()?);
    if !matches!(class & 0x7fff, 1 | 3 | 255) {
        return None;
    }
    let mut message = Message {
        id,
        response: flags & 0x8000 != 0,
        name,
        kind,
        answers: Vec::new(),
        answer_bytes: 0,
    };
    for _ in 0..usize::from(answers).min(ANSWERS) {
        if answer(whole, &mut data, &mut message).is_none() {
            break;
        }
    }
    Some(message)
}

fn answer<'a>(whole: &'a [u8], data: &mut Bytes<'a>, message: &mut Message) -> Option<()> {
    name(whole, data)?;
    let kind = data.u16()?;
    data.take(6)?;
    let mut value = data.sized16()?;
    message.answer_bytes += value.0.len() as u64;
    let text = match kind {
        1 => Ipv4Addr::from(value.array::<4>()?).to_string(),
        28 => Ipv6Addr::from(value.array::<16>()?).to_string(),
        5 => name(whole, &mut value)?,
        _ => return Some(()),
    };
    message.answers.push(text);
    Some(())
}

/// Reads a name and moves behind it; a pointer leads back and is followed a bounded number of times.
fn name<'a>(whole: &'a [u8], data: &mut Bytes<'a>) -> Option<String> {
    let mut text = String::new();
    let (mut pointers, mut elsewhere) = (0, None::<Bytes<'a>>);
    loop {
        let from = elsewhere.as_mut().unwrap_or(data);
        let length = from.u8()?;
        match length {
            0 => return Some(text),
            1..=63 => {
                let label = from.take(usize::from(length))?;
                if text.len() + label.len() > NAME_BYTES {
                    return None;
                }
                if !text.is_empty() {
                    text.push('.');
                }
                text.extend(label.iter().map(|byte| match byte {
                    b'.' | b'\\' | 0..=0x20 | 0x7f.. => '?',
                    byte => char::from(byte.to_ascii_lowercase()),
                }));
            }
            192.. => {
                let low = from.u8()?;
                pointers += 1;
                if pointers > POINTERS {
                    return None;
                }
                let at = usize::from(length & 0x3f) << 8 | usize::from(low);
                elsewhere = Some(Bytes(whole.get(at..)?));
            }
            _ => return None,
        }
    }
}

/// Returns the name of a query type, its number where it has none here.
pub(crate) fn kind_name(kind: u16) -> String {
    let known = match kind {
        1 => "A",
        2 => "NS",
        5 => "CNAME",
        6 => "SOA",
        10 => "NULL",
        12 => "PTR",
        15 => "MX",
        16 => "TXT",
        28 => "AAAA",
        33 => "SRV",
        65 => "HTTPS",
        255 => "*",
        other => return other.to_string(),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_and_its_answers_are_read_through_pointers() {
        let mut bytes = vec![0, 7, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0];
        bytes.extend(b"\x02c2\x07example\0\0\x01\0\x01");
        bytes.extend(b"\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x06\x03www\xc0\x0c");
        bytes.extend(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xcb\0\x71\x07");
        let read = message(&bytes).unwrap();
        assert_eq!(read.name, "c2.example");
        assert_eq!(read.answers, ["www.c2.example", "203.0.113.7"]);
        assert_eq!((read.response, read.kind, read.answer_bytes), (true, 1, 10));
    }

    #[test]
    fn a_name_that_points_at_itself_ends() {
        let mut bytes = vec![0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        bytes.extend(b"\xc0\x0c\0\x01\0\x01");
        assert_eq!(message(&bytes), None);
    }
}
