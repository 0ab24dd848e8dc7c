//! Base32 without padding (RFC 4648, section 6), as NEM and Stellar write it.

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

pub(super) fn is_digit(c: char) -> bool {
    matches!(c, 'A'..='Z' | '2'..='7')
}

/// Returns the whole bytes and the bits that are left over, which no writer sets; nothing for a foreign character.
pub(super) fn decode(text: &str) -> Option<(Vec<u8>, u32)> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0u32, 0u32);
    for character in text.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'2'..=b'7' => character - b'2' + 26,
            _ => return None,
        };
        (held, bits) = (held << 5 | u32::from(value), bits + 5);
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    Some((bytes, held))
}

pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity((bytes.len() * 8).div_ceil(5));
    let (mut held, mut bits) = (0u32, 0u32);
    let mut push = |value: u32| {
        let digit = ALPHABET.get(value as usize & 31);
        text.extend(digit.map(|digit| char::from(*digit)));
    };
    for byte in bytes {
        (held, bits) = (held << 8 | u32::from(*byte), bits + 8);
        while bits >= 5 {
            bits -= 5;
            push(held >> bits);
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        push(held << (5 - bits));
    }
    text
}
