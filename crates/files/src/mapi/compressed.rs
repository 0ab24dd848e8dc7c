//! Compressed rich text as Outlook stores it (MS-OXRTFCP): a dictionary of 4096 bytes that begins with common words.

use strongroom_model::{Gap, Why};

/// What the dictionary begins with (MS-OXRTFCP 2.1.2.1).
const BEGIN: &[u8; 207] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const DICTIONARY: usize = 4096;

/// What compressed rich text held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unpacked {
    /// The rich text, as far as it could be read.
    pub text: Vec<u8>,
    /// What speaks against its being whole.
    pub gap: Option<Gap>,
}

/// Reads compressed rich text up to `most` bytes; `None` where the header is not one.
pub(super) fn decompress(bytes: &[u8], place: &str, most: usize) -> Option<Unpacked> {
    let (head, rest) = bytes.split_first_chunk::<16>()?;
    let field = |at: usize| {
        let raw = head.get(at..).and_then(|rest| rest.first_chunk::<4>());
        raw.map_or(0, |raw| u32::from_le_bytes(*raw))
    };
    // The length counts from behind itself.
    let said = (field(0) as usize).saturating_sub(12);
    let data = rest.get(..said).unwrap_or(rest);
    let raw_size = field(4) as usize;
    let damaged = |what: &str| Some(Gap::new(place, Why::Damaged, what));
    let mut unpacked = match &field(8).to_le_bytes() {
        b"MELA" => Unpacked {
            text: data.get(..raw_size.min(most)).unwrap_or(data).to_vec(),
            gap: None,
        },
        b"LZFu" => {
            let (text, whole) = expand(data, most);
            let gap = if !whole || rest.len() < said {
                damaged("the compressed rich text breaks off")
            } else if checksum(data) != field(12) {
                // What was read may be what Outlook reads, which does not look at the checksum.
                damaged("the checksum of the compressed rich text is wrong").map(Gap::harmless)
            } else {
                None
            };
            Unpacked { text, gap }
        }
        _ => return None,
    };
    if rest.len() < said {
        unpacked.gap = damaged("the compressed rich text is shorter than it says");
    }
    Some(unpacked)
}

/// Expands runs of literals and references (MS-OXRTFCP 3.1.3); says whether the end mark was met.
fn expand(data: &[u8], most: usize) -> (Vec<u8>, bool) {
    let mut dictionary = [0u8; DICTIONARY];
    for (place, byte) in dictionary.iter_mut().zip(BEGIN) {
        *place = *byte;
    }
    let mut at = BEGIN.len();
    let mut text = Vec::new();
    let mut put = |byte: u8, at: &mut usize, dictionary: &mut [u8; DICTIONARY]| {
        text.push(byte);
        if let Some(place) = dictionary.get_mut(*at) {
            *place = byte;
        }
        *at = (*at + 1) % DICTIONARY;
        text.len() < most
    };
    let mut bytes = data.iter().copied();
    let whole = loop {
        let Some(control) = bytes.next() else { break false };
        let mut ended = None;
        for bit in 0..8 {
            if control >> bit & 1 == 0 {
                match bytes.next() {
                    Some(byte) if put(byte, &mut at, &mut dictionary) => {}
                    // Some writers leave the end mark out; a stop before a literal is then the end.
                    other => {
                        ended = Some(other.is_none() && bit > 0);
                        break;
                    }
                }
                continue;
            }
            let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else {
                ended = Some(false);
                break;
            };
            let from = usize::from(high) << 4 | usize::from(low >> 4);
            if from == at {
                ended = Some(true);
                break;
            }
            let length = usize::from(low & 0x0F) + 2;
            let room = (0..length).all(|step| {
                let byte = dictionary.get((from + step) % DICTIONARY).copied().unwrap_or(0);
                put(byte, &mut at, &mut dictionary)
            });
            if !room {
                ended = Some(false);
                break;
            }
        }
        if let Some(whole) = ended {
            break whole;
        }
    };
    (text, whole)
}

/// CRC-32 without the inversions at its ends (MS-OXRTFCP 3.1.3.2).
fn checksum(data: &[u8]) -> u32 {
    data.iter().fold(0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of MS-OXRTFCP, section 4.1.
    #[test]
    fn the_examples_of_the_specification_are_read() {
        let simple = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125\x42\x32\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0";
        let read = decompress(simple, "body", 1 << 16).unwrap();
        assert_eq!(read.text, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        assert_eq!(read.gap, None);
        let crossing = b"\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4KQA\0\x04 WXYZ\rn}\x01\x0e\xb0";
        let read = decompress(crossing, "body", 1 << 16).unwrap();
        assert_eq!(read.text, b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
        assert_eq!(read.gap, None);
    }

    #[test]
    fn what_is_broken_says_so() {
        let mut bytes = b"\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4KQA\0\x04 WXYZ\rn}\x01\x0e\xb0".to_vec();
        bytes[12] ^= 1;
        let gap = decompress(&bytes, "body", 1 << 16).unwrap().gap.unwrap();
        assert!(!gap.hides);
        bytes.truncate(22);
        assert!(decompress(&bytes, "body", 1 << 16).unwrap().gap.unwrap().hides);
        assert_eq!(decompress(b"\0\0\0\0\0\0\0\0ABCD\0\0\0\0", "body", 9), None);
        let stored = b"\x12\0\0\0\x06\0\0\0MELA\0\0\0\0{\\rtf}";
        assert_eq!(decompress(stored, "body", 1 << 16).unwrap().text, b"{\\rtf}");
    }
}
