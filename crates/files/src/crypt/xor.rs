//! XOR obfuscation (MS-OFFCRYPTO 2.3.7): sixteen bytes made of the password, laid over the content again and again.

/// `PadArray` of 2.3.7.2: what fills the password up.
const PAD: [u8; 15] = [
    0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0x00, 0xBE, 0x0F, 0x00, 0xBF, 0x0F, 0x00,
];
/// Where the register of [`key_of`] begins, by the password's length: the first of `InitialCode`, stepped on.
const INITIAL: [u16; 15] = [
    0xE1F0, 0x1D0F, 0xCC9C, 0x84C0, 0x110C, 0x0E10, 0xF1CE, 0x313E, 0x1872, 0xE139, 0xD40F, 0x84F9, 0x280C,
    0xA96A, 0x4EC3,
];
/// `XorMatrix` of 2.3.7.2: seven words for each of fifteen characters, the last character's first.
const MATRIX: [[u16; 7]; 15] = [
    [0xAEFC, 0x4DD9, 0x9BB2, 0x2745, 0x4E8A, 0x9D14, 0x2A09],
    [0x7B61, 0xF6C2, 0xFDA5, 0xEB6B, 0xC6F7, 0x9DCF, 0x2BBF],
    [0x4563, 0x8AC6, 0x05AD, 0x0B5A, 0x16B4, 0x2D68, 0x5AD0],
    [0x0375, 0x06EA, 0x0DD4, 0x1BA8, 0x3750, 0x6EA0, 0xDD40],
    [0xD849, 0xA0B3, 0x5147, 0xA28E, 0x553D, 0xAA7A, 0x44D5],
    [0x6F45, 0xDE8A, 0xAD35, 0x4A4B, 0x9496, 0x390D, 0x721A],
    [0xEB23, 0xC667, 0x9CEF, 0x29FF, 0x53FE, 0xA7FC, 0x5FD9],
    [0x47D3, 0x8FA6, 0x0F6D, 0x1EDA, 0x3DB4, 0x7B68, 0xF6D0],
    [0xB861, 0x60E3, 0xC1C6, 0x93AD, 0x377B, 0x6EF6, 0xDDEC],
    [0x45A0, 0x8B40, 0x06A1, 0x0D42, 0x1A84, 0x3508, 0x6A10],
    [0xAA51, 0x4483, 0x8906, 0x022D, 0x045A, 0x08B4, 0x1168],
    [0x76B4, 0xED68, 0xCAF1, 0x85C3, 0x1BA7, 0x374E, 0x6E9C],
    [0x3730, 0x6E60, 0xDCC0, 0xA9A1, 0x4363, 0x86C6, 0x1DAD],
    [0x3331, 0x6662, 0xCCC4, 0x89A9, 0x0373, 0x06E6, 0x0DCC],
    [0x1021, 0x2042, 0x4084, 0x8108, 0x1231, 0x2462, 0x48C4],
];

/// The verifier that a document stores: a key and a hash of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verifier {
    pub key: u16,
    pub hash: u16,
}

/// Returns the array of a password that the verifier accepts. Both ways of writing a password in single bytes are
/// tried, as 2.3.7.4 asks.
pub(super) fn array(verifier: Verifier, password: &str) -> Option<[u8; 16]> {
    let (ansi, _, _) = encoding_rs::WINDOWS_1252.encode(password);
    [low_bytes(password), ansi.into_owned()]
        .into_iter()
        .find_map(|mut bytes| {
            bytes.truncate(15);
            let own = Verifier {
                key: key_of(&bytes)?,
                hash: hash_of(&bytes),
            };
            (own == verifier).then(|| array_of(&bytes, own.key))
        })
}

/// Takes the low byte of each unit, or the high one where the low is zero.
fn low_bytes(password: &str) -> Vec<u8> {
    let units = password.encode_utf16().map(u16::to_le_bytes);
    units
        .map(|[low, high]| if low == 0 { high } else { low })
        .collect()
}

/// `CreatePasswordVerifier_Method1` (2.3.7.1).
fn hash_of(password: &[u8]) -> u16 {
    let length = u8::try_from(password.len()).unwrap_or(15);
    let folded = password.iter().rev().chain(&[length]).fold(0u16, |hash, byte| {
        let high = u16::from(hash & 0x4000 != 0);
        high ^ ((hash << 1) & 0x7FFF) ^ u16::from(*byte)
    });
    folded ^ 0xCE4B
}

/// `CreateXorKey_Method1` (2.3.7.2): the words of the matrix whose bit is set in a character.
fn key_of(password: &[u8]) -> Option<u16> {
    let mut key = *INITIAL.get(password.len().checked_sub(1)?)?;
    for (byte, words) in password.iter().rev().zip(MATRIX.iter().rev()) {
        for (bit, word) in words.iter().rev().enumerate() {
            if byte & (0x40 >> bit) != 0 {
                key ^= word;
            }
        }
    }
    Some(key)
}

/// The password and its padding, each byte laid over one of the key's and rotated right by one. Both methods make the
/// same array (2.3.7.2, 2.3.7.5).
fn array_of(password: &[u8], key: u16) -> [u8; 16] {
    let [low, high] = key.to_le_bytes();
    let mut filled = password.iter().chain(&PAD).copied();
    std::array::from_fn(|place| {
        let mask = if place % 2 == 0 { low } else { high };
        (filled.next().unwrap_or(0) ^ mask).rotate_right(1)
    })
}

/// Decrypts the body of a workbook's record by method 1; `place` counts from the array's beginning.
pub(super) fn decrypt_record(array: &[u8; 16], place: usize, bytes: &mut [u8]) {
    lay(array, place, bytes, |byte, mask| (byte ^ mask).rotate_right(5));
}

/// Decrypts a stream of a Word document from its beginning by method 2: zeros, and what would become one, are kept.
pub(super) fn decrypt_stream(array: &[u8; 16], bytes: &mut [u8]) {
    let keeps = |byte: u8, mask: u8| byte == 0 || byte == mask;
    lay(array, 0, bytes, |byte, mask| {
        if keeps(byte, mask) { byte } else { byte ^ mask }
    });
}

/// Lays the array over bytes, from a place in it on.
fn lay(array: &[u8; 16], place: usize, bytes: &mut [u8], clear: impl Fn(u8, u8) -> u8) {
    let masks = array.iter().cycle().skip(place % array.len());
    for (byte, mask) in bytes.iter_mut().zip(masks) {
        *byte = clear(*byte, *mask);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_those_of_the_specification() {
        let verifier = Verifier {
            key: 0xB359,
            hash: 0x9A0A,
        };
        let told = [
            0x87, 0x6B, 0x9A, 0xE2, 0x1E, 0xE3, 0x05, 0x62, 0x1E, 0x69, 0x96, 0x60, 0x98, 0x6E, 0x94, 0x04,
        ];
        assert_eq!(array(verifier, "VelvetSweatshop"), Some(told));
        assert_eq!(array(verifier, "velvetsweatshop"), None);
        assert_eq!(array(verifier, ""), None);
        let short = Verifier {
            key: 0x514A,
            hash: 0xCC1A,
        };
        let told = [
            0x95, 0x99, 0x94, 0x75, 0xDA, 0x57, 0x78, 0x57, 0xDA, 0x74, 0x65, 0xA8, 0x7A, 0x2F, 0x25, 0x77,
        ];
        assert_eq!(array(short, "abc"), Some(told));
    }
}
