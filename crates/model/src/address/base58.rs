//! base58check addresses: a version, a payload of 20 bytes, and four bytes of a double SHA-256; and the XRP
//! Ledger's, which are the same under an alphabet of its own (XRPL, "base58 Encodings").

use super::{Address, AddressError, Reading};
use sha2::{Digest, Sha256};

const PAYLOAD: usize = 20;
const CHECKSUM: usize = 4;
/// Two version bytes, payload and checksum; other things in base58check are longer.
const LONGEST: usize = 64;
/// 25 or 26 bytes in base58, a lost or doubled character included.
const CHARACTERS: std::ops::RangeInclusive<usize> = 25..=36;

/// Version bytes and the class of the key. First letters in the comment.
const VERSIONS: [(&[u8], &str); 17] = [
    (&[0x00], "p2pkh"),       // 1: Bitcoin, Bitcoin Cash, Bitcoin SV
    (&[0x05], "p2sh"),        // 3: Bitcoin, Bitcoin Cash, Litecoin (old)
    (&[0x30], "p2pkh"),       // L: Litecoin
    (&[0x32], "p2sh"),        // M: Litecoin
    (&[0x1e], "p2pkh"),       // D: Dogecoin, Verge
    (&[0x16], "p2sh"),        // 9, A: Dogecoin
    (&[0x4c], "p2pkh"),       // X: Dash
    (&[0x10], "p2sh"),        // 7: Dash
    (&[0x26], "p2pkh"),       // G: Bitcoin Gold
    (&[0x17], "p2sh"),        // A: Bitcoin Gold
    (&[0x1c, 0xb8], "p2pkh"), // t1: Zcash, transparent
    (&[0x1c, 0xbd], "p2sh"),  // t3: Zcash, transparent
    (&[0x41], "tron"),        // T: TRON
    (&[0x6f], "p2pkh"),       // m, n: test networks
    (&[0xc4], "p2sh"),        // 2: test networks
    (&[0x3a], "p2sh"),        // Q: Litecoin test network
    (&[0x21], "p2sh"),        // E: Verge
];

pub(super) fn read(text: &str) -> Option<Reading> {
    if !CHARACTERS.contains(&text.len()) {
        return None;
    }
    let ripple = text
        .starts_with('r')
        .then(|| checked(text, bs58::Alphabet::RIPPLE));
    if let Some([0x00, payload @ ..]) = ripple.flatten().as_deref()
        && payload.len() == PAYLOAD
    {
        return Some(Reading::valid(text.to_owned(), "xrp", payload));
    }
    if let Some(body) = checked(text, bs58::Alphabet::BITCOIN) {
        return Some(of_body(text, &body));
    }
    let stranger = || text.chars().find(|c| !in_alphabet(*c));
    (looks_like_one(text) || is_framed(text)).then(|| {
        Reading::Malformed(match stranger() {
            None => AddressError::Base58Checksum(text.to_owned()),
            Some(character) => AddressError::Base58Character {
                text: text.to_owned(),
                character,
            },
        })
    })
}

/// Returns the bytes before the checksum, if it holds.
fn checked(text: &str, alphabet: &bs58::Alphabet) -> Option<Vec<u8>> {
    let mut bytes = [0; LONGEST];
    let length = bs58::decode(text).with_alphabet(alphabet).onto(&mut bytes).ok()?;
    let (body, checksum) = bytes.get(..length)?.split_last_chunk::<CHECKSUM>()?;
    let digest = Sha256::digest(Sha256::digest(body));
    (digest.get(..CHECKSUM)? == checksum).then(|| body.to_vec())
}

/// A checksum that holds over a version not known here is another thing's, not a damaged address.
fn of_body(text: &str, body: &[u8]) -> Reading {
    let Some((version, payload)) = body.split_last_chunk::<PAYLOAD>() else {
        return Reading::Opaque;
    };
    match VERSIONS.iter().find(|(bytes, _)| *bytes == version) {
        Some((_, class)) => Reading::valid(text.to_owned(), class, payload),
        None => Reading::Opaque,
    }
}

/// Returns whether somebody meant an address: capitals and small letters mixed as chance mixes them (or the
/// ones of many leading zero bytes), at most one character outside the alphabet. The first letter does not
/// count, for that may be the damaged one.
fn looks_like_one(text: &str) -> bool {
    let count = |test: fn(char) -> bool| text.chars().filter(|c| test(*c)).count();
    let mixed = count(|c| c.is_ascii_uppercase()) >= 3 && count(|c| c.is_ascii_lowercase()) >= 3;
    count(|c| !in_alphabet(c)) <= 1 && (mixed || text.contains("111111") || text.contains("rrrrrr"))
}

/// Returns whether the bytes have an address's length and begin with the version of one, in whatever case: the
/// case may be what was lost.
fn is_framed(text: &str) -> bool {
    let mut bytes = [0; LONGEST];
    let length = bs58::decode(text).onto(&mut bytes).unwrap_or_default();
    let body = bytes.get(..length.saturating_sub(CHECKSUM)).unwrap_or_default();
    body.split_last_chunk::<PAYLOAD>()
        .is_some_and(|(version, _)| VERSIONS.iter().any(|(bytes, _)| *bytes == version))
}

fn in_alphabet(character: char) -> bool {
    character.is_ascii_alphanumeric() && !matches!(character, '0' | 'O' | 'I' | 'l')
}

/// Returns the address of a version byte that a chain of the table uses; nothing for any other.
pub(super) fn address(version: u8, payload: &[u8; PAYLOAD]) -> Option<Address> {
    let (_, class) = VERSIONS.iter().find(|(bytes, _)| *bytes == [version])?;
    Some(Address::new(write(version, payload), class, payload))
}

/// Writes a version and a payload with their checksum.
pub(super) fn write(version: u8, payload: &[u8]) -> String {
    let mut bytes = vec![version];
    bytes.extend_from_slice(payload);
    let digest = Sha256::digest(Sha256::digest(&bytes));
    bytes.extend(digest.iter().take(CHECKSUM));
    bs58::encode(bytes).into_string()
}
