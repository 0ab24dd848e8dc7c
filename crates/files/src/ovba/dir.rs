//! The `dir` stream of a VBA project (MS-OVBA 2.3.4.2): code page, and where each module's source stands.
//!
//! It is a row of records `id, size, data`. Records of no interest are passed over by their size, so references
//! of any form need no parser here.

use encoding_rs::Encoding;

/// `PROJECTVERSION` says four bytes and has six.
const VERSION: u16 = 0x0009;
/// Modules that one project may name; real ones stay far below.
const MODULES: usize = 4096;

/// Where a module's source stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleEntry {
    /// The module's name.
    pub name: String,
    /// The stream in the `VBA` storage.
    pub stream: String,
    /// The first byte of the compressed source in the stream.
    pub offset: usize,
}

/// What the `dir` stream says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dir {
    /// The encoding of every source.
    pub encoding: &'static Encoding,
    /// The modules in the order of the stream.
    pub modules: Vec<ModuleEntry>,
    /// Whether the stream came to its end record.
    pub whole: bool,
}

/// Reads the decompressed `dir` stream as far as it goes.
pub fn read_dir(stream: &[u8]) -> Dir {
    let mut dir = Dir {
        encoding: encoding_rs::WINDOWS_1252,
        modules: Vec::new(),
        whole: false,
    };
    let mut module = ModuleEntry::default();
    let mut rest = stream;
    while let Some((id, data, after)) = record(rest) {
        rest = after;
        match id {
            0x0003 => dir.encoding = number(data).map_or(dir.encoding, |page| encoding_of(page as u16)),
            0x0019 => {
                module = ModuleEntry {
                    name: decode(data, dir.encoding),
                    ..ModuleEntry::default()
                }
            }
            0x0047 => module.name = wide(data),
            0x001A => module.stream = decode(data, dir.encoding),
            0x0032 => module.stream = wide(data),
            0x0031 => module.offset = number(data).unwrap_or(u32::MAX) as usize,
            0x002B if dir.modules.len() < MODULES => dir.modules.push(std::mem::take(&mut module)),
            0x0010 => {
                dir.whole = true;
                break;
            }
            _ => {}
        }
    }
    dir
}

fn record(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<6>()?;
    let [a, b, c, d, e, f] = *head;
    let id = u16::from_le_bytes([a, b]);
    let size = u32::from_le_bytes([c, d, e, f]) as usize;
    let size = if id == VERSION { 6 } else { size };
    let (data, rest) = rest.split_at_checked(size)?;
    Some((id, data, rest))
}

/// Reads a little-endian number of two or four bytes.
fn number(data: &[u8]) -> Option<u32> {
    match *data {
        [a, b] => Some(u16::from_le_bytes([a, b]).into()),
        [a, b, c, d] => Some(u32::from_le_bytes([a, b, c, d])),
        _ => None,
    }
}

fn wide(data: &[u8]) -> String {
    let units = data
        .as_chunks::<2>()
        .0
        .iter()
        .map(|unit| u16::from_le_bytes(*unit));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Returns text in the given encoding; what it cannot hold becomes U+FFFD.
pub fn decode(data: &[u8], encoding: &'static Encoding) -> String {
    encoding.decode_without_bom_handling(data).0.into_owned()
}

/// Returns the encoding of a Windows code page; one that is not known reads as 1252.
pub(crate) fn encoding_of(page: u16) -> &'static Encoding {
    match page {
        874 => encoding_rs::WINDOWS_874,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        10000 => encoding_rs::MACINTOSH,
        65001 => encoding_rs::UTF_8,
        _ => encoding_rs::WINDOWS_1252,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u16, data: &[u8]) -> Vec<u8> {
        let size = u32::try_from(data.len()).unwrap();
        [&id.to_le_bytes()[..], &size.to_le_bytes(), data].concat()
    }

    #[test]
    fn a_cut_stream_keeps_the_modules_before_the_cut() {
        let mut stream = [
            row(0x0003, &949u16.to_le_bytes()),
            row(0x0009, &[0; 4]),
            vec![0, 0],
            row(0x0019, b"\xB8\xF0\xB5\xE2"),
            row(0x001A, b"M1"),
            row(0x0031, &7u32.to_le_bytes()),
            row(0x002B, b""),
        ]
        .concat();
        stream.extend(b"\x19\x00\xFF\xFF\xFF\xFF");
        let dir = read_dir(&stream);
        assert!(!dir.whole);
        assert_eq!(
            dir.modules,
            [ModuleEntry {
                name: "\u{baa8}\u{b4c8}".into(),
                stream: "M1".into(),
                offset: 7
            }]
        );
    }
}
