//! The content inside its signature (RFC 5652 section 5): a walk through the lengths, in DER and in BER.

/// Bytes of `1.2.840.113549.1.7.2`, signed data, and of what other content types begin with.
const SIGNED: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";
const SEQUENCE: u8 = 0x30;
const EXPLICIT: u8 = 0xA0;
const IDENTIFIER: u8 = 0x06;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PARTS: u8 = 0x24;
/// Parts inside parts.
const NESTING: usize = 16;

/// An element: its tag, its content, what stands behind it.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

/// Returns the content of a signed message, `None` where there is none inside.
pub(crate) fn content_of(bytes: &[u8]) -> Option<Vec<u8>> {
    let info = element(bytes).filter(|info| info.tag == SEQUENCE)?;
    let class = element(info.content).filter(|class| class.tag == IDENTIFIER && class.content == SIGNED)?;
    let explicit = element(class.rest).filter(|explicit| explicit.tag == EXPLICIT)?;
    let signed = element(explicit.content).filter(|signed| signed.tag == SEQUENCE)?;
    // A version, a set of digests, then what is signed.
    let version = element(signed.content)?;
    let digests = element(version.rest)?;
    let inner = element(digests.rest).filter(|inner| inner.tag == SEQUENCE)?;
    let class = element(inner.content).filter(|class| class.tag == IDENTIFIER)?;
    let content = element(class.rest).filter(|content| content.tag == EXPLICIT)?;
    let mut bytes = Vec::new();
    octets(content.content, 0, &mut bytes)?;
    Some(bytes)
}

/// Joins octet strings, whole or in parts.
fn octets(bytes: &[u8], depth: usize, into: &mut Vec<u8>) -> Option<()> {
    if depth >= NESTING {
        return None;
    }
    let mut rest = bytes;
    while let Some(part) = element(rest) {
        match part.tag {
            OCTETS => into.extend_from_slice(part.content),
            OCTETS_IN_PARTS => octets(part.content, depth + 1, into)?,
            _ => return None,
        }
        rest = part.rest;
    }
    Some(())
}

/// Reads an element; one without a length goes to its two zero bytes, or to the end where those are missing.
fn element(bytes: &[u8]) -> Option<Element<'_>> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *tag == 0 && *first == 0 {
        return None;
    }
    if *first == 0x80 {
        let end = end_of(rest, 0)?;
        let content = rest.get(..end)?;
        return Some(Element {
            tag: *tag,
            content,
            rest: rest.get(end + 2..).unwrap_or_default(),
        });
    }
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (digits, rest) = rest
            .split_at_checked(usize::from(first & 0x7F))
            .filter(|(digits, _)| digits.len() <= 4)?;
        let length = digits
            .iter()
            .fold(0usize, |length, digit| length << 8 | usize::from(*digit));
        (length, rest)
    };
    let content = rest.get(..length).unwrap_or(rest);
    Some(Element {
        tag: *tag,
        content,
        rest: rest.get(length..).unwrap_or_default(),
    })
}

/// Returns where the two zero bytes stand that end elements without a length.
fn end_of(bytes: &[u8], depth: usize) -> Option<usize> {
    if depth > NESTING {
        return None;
    }
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        match rest {
            [] | [0, 0, ..] => return Some(at),
            [_, 0x80, inner @ ..] => at += 2 + end_of(inner, depth + 1)? + 2,
            _ => {
                let element = element(rest)?;
                at += rest.len() - element.rest.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    }

    #[test]
    fn the_content_stands_inside_in_both_forms() {
        let data = der(IDENTIFIER, b"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01");
        let build = |content: Vec<u8>| {
            let inner = der(SEQUENCE, &[data.clone(), content].concat());
            let signed = der(SEQUENCE, &[b"\x02\x01\x01\x31\0".to_vec(), inner].concat());
            der(
                SEQUENCE,
                &[der(IDENTIFIER, SIGNED), der(EXPLICIT, &signed)].concat(),
            )
        };
        let whole = build(der(EXPLICIT, &der(OCTETS, b"Subject: x\r\n\r\nhi")));
        assert_eq!(content_of(&whole).unwrap(), b"Subject: x\r\n\r\nhi");
        let parts = [&b"\xA0\x80\x24\x80"[..], b"\x04\x02ab", b"\x04\x01c", b"\0\0\0\0"].concat();
        assert_eq!(content_of(&build(parts)).unwrap(), b"abc");
        assert_eq!(content_of(&build(Vec::new())), None);
        assert_eq!(content_of(&whole[..20]), None);
    }

    #[test]
    fn parts_inside_too_many_parts_are_no_content() {
        let nested = |depth: usize| {
            (0..depth).fold(vec![OCTETS, 1, b'x'], |inner, _| {
                [&[OCTETS_IN_PARTS, inner.len() as u8][..], &inner].concat()
            })
        };
        let read = |depth| {
            let mut into = Vec::new();
            octets(&nested(depth), 0, &mut into).map(|()| into)
        };
        assert_eq!(read(NESTING - 1), Some(b"x".to_vec()));
        assert_eq!(read(NESTING), None);
    }
}
