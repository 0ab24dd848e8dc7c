//! Addresses without a checksum: Solana's keys in base58, TRON's 21 bytes in hexadecimal as its nodes answer them.

use super::{AddressError, Reading, base58};

const SOLANA_KEY: usize = 32;
/// 32 bytes in base58; zero bytes in front make it shorter.
const SOLANA_CHARACTERS: std::ops::RangeInclusive<usize> = 32..=44;
/// Lengths that nearly all keys have.
const SOLANA_USUAL: [usize; 2] = [43, 44];
/// TRON's version byte in hexadecimal, and the digits of the 20 bytes behind it.
const TRON: (&str, u8, usize) = ("41", 0x41, 40);

pub(super) fn read(text: &str) -> Option<Reading> {
    if let Some(key) = solana_key(text) {
        return Some(Reading::valid(text.to_owned(), "solana", &key));
    }
    tron(text).or_else(|| mistyped(text))
}

/// Returns the 32 bytes of a text in base58.
pub(super) fn solana_key(text: &str) -> Option<[u8; SOLANA_KEY]> {
    if !SOLANA_CHARACTERS.contains(&text.len()) {
        return None;
    }
    let mut bytes = [0; SOLANA_KEY];
    let length = bs58::decode(text).onto(&mut bytes).ok()?;
    (length == SOLANA_KEY).then_some(bytes)
}

fn tron(text: &str) -> Option<Reading> {
    let digits = text.strip_prefix(TRON.0).filter(|rest| rest.len() == TRON.2)?;
    let mut hash = [0; 20];
    for (byte, at) in hash.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
    }
    let signed = digits.bytes().any(|b| !b.is_ascii_hexdigit());
    let address = base58::address(TRON.1, &hash).filter(|_| !signed)?;
    Some(Reading::Address {
        address,
        checksum_mismatch: false,
    })
}

/// Tells a key with one character that base58 leaves out. Text in base64 has that length too, and mostly more of them.
fn mistyped(text: &str) -> Option<Reading> {
    if !SOLANA_USUAL.contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let count = |test: fn(&u8) -> bool| text.bytes().filter(test).count();
    let mixed = count(u8::is_ascii_uppercase) >= 3 && count(u8::is_ascii_lowercase) >= 3;
    let mut strangers = text.chars().filter(|c| matches!(c, '0' | 'O' | 'I' | 'l'));
    match (strangers.next(), strangers.next()) {
        (Some(character), None) if mixed => Some(Reading::Malformed(AddressError::SolanaCharacter {
            text: text.to_owned(),
            character,
        })),
        _ => None,
    }
}
