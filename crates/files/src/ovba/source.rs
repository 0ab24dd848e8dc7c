//! The source of one module in its stream (MS-OVBA 2.3.4.3): where `dir` says, else where it is found.

use super::compress::{Decompressed, decompress};

/// How a compressed module source begins after its container and chunk header: a byte of flags, eight
/// literals, a byte of flags, one literal of `Attribute`.
pub(super) const SOURCE_START: &[u8] = b"\0Attribut\0e";
/// The bytes of signature and chunk header before it.
pub(super) const SOURCE_HEAD: usize = 3;
/// Containers that are tried in one stream.
const TRIED: usize = 64;

/// How the source of a module was come by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Where `dir` says it is, to its end.
    Whole(Vec<u8>),
    /// Well formed, though elsewhere than `dir` says.
    Elsewhere(Vec<u8>),
    /// It breaks off.
    Broken(Vec<u8>),
    /// There is none.
    Missing,
}

/// Reads the source of a module stream, up to `bound` bytes.
pub(super) fn read_source(stream: &[u8], offset: usize, bound: usize) -> Source {
    let said = stream
        .get(offset..)
        .and_then(|container| decompress(container, bound));
    match said {
        Some(source) if source.whole => Source::Whole(source.bytes),
        said => match (search(stream, bound), said) {
            (Some(found), _) if found.whole => Source::Elsewhere(found.bytes),
            (found, Some(said)) if !said.bytes.is_empty() => {
                let longer = found
                    .map(|found| found.bytes)
                    .filter(|bytes| bytes.len() > said.bytes.len());
                Source::Broken(longer.unwrap_or(said.bytes))
            }
            (Some(found), _) => Source::Broken(found.bytes),
            (None, _) => Source::Missing,
        },
    }
}

/// Finds a source in a module stream: by the text that every one begins with, else by a container that ends with
/// the stream and holds text.
pub(super) fn search(stream: &[u8], bound: usize) -> Option<Decompressed> {
    let by_text = stream
        .windows(SOURCE_START.len())
        .position(|window| window == SOURCE_START)
        .and_then(|at| at.checked_sub(SOURCE_HEAD))
        .and_then(|at| decompress(stream.get(at..)?, bound));
    if by_text.is_some() {
        return by_text;
    }
    let places = containers(stream);
    places
        .into_iter()
        .take(TRIED)
        .filter_map(|at| decompress(stream.get(at..)?, bound))
        .find(|source| source.whole && is_text(&source.bytes))
}

/// Returns the places from which the headers of chunks lead to the exact end of the stream, the first first.
fn containers(stream: &[u8]) -> Vec<usize> {
    let mut leads = vec![false; stream.len() + 1];
    if let Some(end) = leads.last_mut() {
        *end = true;
    }
    let mut found = Vec::new();
    for at in (0..stream.len().saturating_sub(2)).rev() {
        let Some([low, high]) = stream.get(at..).and_then(|rest| rest.first_chunk::<2>()) else {
            continue;
        };
        let header = u16::from_le_bytes([*low, *high]);
        let next = at + 3 + usize::from(header & 0x0FFF);
        let holds = header >> 12 & 0b111 == 0b011 && leads.get(next).copied().unwrap_or(false);
        if let Some(lead) = leads.get_mut(at) {
            *lead = holds;
        }
        let signed = at.checked_sub(1).filter(|at| stream.get(*at) == Some(&0x01));
        found.extend(signed.filter(|_| holds));
    }
    found.reverse();
    found
}

/// Returns whether bytes read as lines of source.
fn is_text(bytes: &[u8]) -> bool {
    let control = bytes
        .iter()
        .filter(|byte| **byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\n' | 0x0C));
    !bytes.is_empty() && control.count() * 50 < bytes.len()
}

#[cfg(test)]
mod tests {
    use super::super::compress::compress;
    use super::*;

    #[test]
    fn a_source_is_found_where_the_offset_is_wrong() {
        let source = b"Attribute VB_Name = \"M\"\r\nSub A()\r\nEnd Sub\r\n";
        let stream = [&[0xFF; 40][..], &compress(source)].concat();
        assert_eq!(read_source(&stream, 40, 1 << 20), Source::Whole(source.to_vec()));
        assert_eq!(
            read_source(&stream, 7, 1 << 20),
            Source::Elsewhere(source.to_vec())
        );
        assert_eq!(
            read_source(&stream, usize::MAX, 1 << 20),
            Source::Elsewhere(source.to_vec())
        );
        assert_eq!(read_source(&[0xFF; 40], 7, 1 << 20), Source::Missing);
    }

    #[test]
    fn a_source_without_attributes_is_found_by_its_container() {
        let source = b"Sub A()\r\n  B = 1\r\nEnd Sub\r\n";
        let stream = [&[0x01, 0x30, 0xB0, 0x55][..], &compress(source)].concat();
        assert_eq!(
            read_source(&stream, 2, 1 << 20),
            Source::Elsewhere(source.to_vec())
        );
    }
}
