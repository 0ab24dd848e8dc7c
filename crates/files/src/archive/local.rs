//! Members of a ZIP archive found by their own headers (APPNOTE 4.3.7), for archives whose directory is damaged.

use flate2::bufread::DeflateDecoder;
use std::io::Read;

const SIGNATURE: &[u8] = b"PK\x03\x04";
/// Members that are looked for.
const MOST: usize = 1 << 16;
const ENCRYPTED: u16 = 1;
/// The sizes stand behind the data.
const SIZES_BEHIND: u16 = 8;

/// A member by its own header.
pub(super) struct Local<'a> {
    pub name: String,
    pub encrypted: bool,
    /// The packed bytes; where the header does not say how many, all up to the next header.
    pub data: &'a [u8],
    method: u16,
}

impl<'a> Local<'a> {
    /// Returns the unpacking stream, `None` where the compression is not read.
    pub fn open(&self) -> Option<Box<dyn Read + 'a>> {
        match self.method {
            0 => Some(Box::new(self.data)),
            8 => Some(Box::new(DeflateDecoder::new(self.data))),
            _ => None,
        }
    }
}

/// Returns the members in the order of the file.
pub(super) fn locals(bytes: &[u8]) -> Vec<Local<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = crate::scan::find(bytes, SIGNATURE, from).filter(|_| found.len() < MOST) {
        match local(bytes, at) {
            Some((local, end)) => {
                from = end.max(at + SIGNATURE.len());
                found.push(local);
            }
            None => from = at + SIGNATURE.len(),
        }
    }
    found
}

fn local(bytes: &[u8], at: usize) -> Option<(Local<'_>, usize)> {
    let half = |place: usize| {
        bytes
            .get(at + place..)?
            .first_chunk::<2>()
            .map(|raw| u16::from_le_bytes(*raw))
    };
    let packed = u32::from_le_bytes(*bytes.get(at + 18..)?.first_chunk::<4>()?) as usize;
    let (flags, method) = (half(6)?, half(8)?);
    let name_end = at + 30 + usize::from(half(26)?);
    let name = crate::text::decode_text(bytes.get(at + 30..name_end)?);
    let start = name_end + usize::from(half(28)?);
    let known = (flags & SIZES_BEHIND == 0)
        .then(|| start.saturating_add(packed))
        .filter(|end| *end <= bytes.len());
    let (data, end) = match known {
        Some(end) => (bytes.get(start..end)?, end),
        None => {
            let end = crate::scan::find(bytes, SIGNATURE, start).unwrap_or(bytes.len());
            (bytes.get(start..end)?, end)
        }
    };
    Some((
        Local {
            name,
            encrypted: flags & ENCRYPTED != 0,
            data,
            method,
        },
        end,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_without_a_directory() {
        let mut bytes =
            b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0\x05\0\0\0\x01\0\0\0ahello".to_vec();
        bytes
            .extend_from_slice(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\xFF\0\0\0\xFF\0\0\0\x01\0\0\0bcut");
        let members = locals(&bytes);
        let told: Vec<(&str, &[u8])> = members
            .iter()
            .map(|local| (local.name.as_str(), local.data))
            .collect();
        assert_eq!(told, [("a", &b"hello"[..]), ("b", b"cut")]);
    }
}
