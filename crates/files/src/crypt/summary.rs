//! The encrypted summary of RC4 CryptoAPI (MS-OFFCRYPTO 2.3.5.4): property streams packed into one stream.

use super::Stream;
use super::header::{half, word};
use super::legacy::Key;
use crate::examine::Walk;
use crate::ole::Compound;
use crate::text::wide;
use strongroom_model::{Gap, Report, Why};

/// Streams of one summary; real ones hold two or three.
const MOST: usize = 64;

/// Puts the streams of a summary beside it.
pub(super) fn unlock(
    compound: &mut Compound<'_>,
    main: &Stream<'_>,
    name: &str,
    key: &Key,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let path = main.beside(name);
    let Some(stream) = compound.read(&path) else {
        return;
    };
    let place = path.trim_start_matches('/');
    let Some(streams) = streams(&stream.bytes, key) else {
        // Properties run nothing.
        report.gap(Gap::new(place, Why::Damaged, "the encrypted properties cannot be read").harmless());
        return;
    };
    for (name, bytes) in streams {
        if let Err(gap) = walk.meter.charge_bytes(place, bytes.len() as u64) {
            return report.gap(gap);
        }
        compound.add(main.beside(&name.replace('/', "_")), bytes);
    }
}

/// Reads the list at the end, then each stream by its place, size and block (2.3.5.3). The head that tells the list's
/// place is encrypted as well, which the specification does not say; the keystream begins anew for each part.
fn streams(bytes: &[u8], key: &Key) -> Option<Vec<(String, Vec<u8>)>> {
    let mut head = *bytes.first_chunk::<8>()?;
    key.cipher(0)?.apply(&mut head);
    let at = usize::try_from(word(&head, 0)?).ok()?;
    let mut list = bytes.get(at..)?.to_vec();
    key.cipher(0)?.apply(&mut list);
    let count = usize::try_from(word(&list, 0)?).ok()?.min(MOST);
    let mut rest = list.get(4..)?;
    let mut found = Vec::new();
    let mut budget = bytes.len();
    for _ in 0..count {
        let (offset, size) = (word(rest, 0)? as usize, word(rest, 4)? as usize);
        let block = half(rest, 8)?;
        let length = usize::from(*rest.get(10)?);
        let is_stream = rest.get(11)? & 1 != 0;
        let name = wide(rest.get(16..)?.get(..length * 2)?);
        rest = rest.get(16 + length * 2 + 2..)?;
        // What overlaps is listed to cost more than it holds.
        budget = budget.checked_sub(size)?;
        let mut content = bytes.get(offset..)?.get(..size)?.to_vec();
        key.cipher(block.into())?.apply(&mut content);
        if is_stream {
            found.push((name, content));
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_come_out_with_their_names_and_nothing_beyond_the_end() {
        let key = Key::CryptoApi {
            hash: vec![7; 20],
            key_bytes: 5,
        };
        let seal = |block: u32, bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            key.cipher(block).unwrap().apply(&mut bytes);
            bytes
        };
        let name: Vec<u8> = "\u{5}Summary".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let build = |size: u32| {
            let entry = [
                &8u32.to_le_bytes()[..],
                &size.to_le_bytes(),
                &[3, 0, 8, 1, 0, 0, 0, 0],
                &name,
                &[0, 0],
            ]
            .concat();
            let list = [&1u32.to_le_bytes()[..], &entry].concat();
            [
                &seal(0, &[13, 0, 0, 0, 40, 0, 0, 0])[..],
                &seal(3, b"hello"),
                &seal(0, &list),
            ]
            .concat()
        };
        let found = streams(&build(5), &key).unwrap();
        assert_eq!(found, [("\u{5}Summary".to_owned(), b"hello".to_vec())]);
        assert_eq!(streams(&build(5000), &key), None);
        assert_eq!(streams(&build(5), &Key::Xor([0; 16])), None);
    }
}
