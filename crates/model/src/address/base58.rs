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
/// Characters of an X-address, whatever its tag.
const X_CHARACTERS: usize = 47;

/// Version bytes and the class of the key. First letters in the comment.
const VERSIONS: [(&[u8], &str); 22] = [
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
    (&[0x1d, 0x25], "p2pkh"), // tm: Zcash test network
    (&[0x1c, 0xba], "p2sh"),  // t2: Zcash test network
    (&[0x41], "tron"),        // T: TRON
    (&[0x6f], "p2pkh"),       // m, n: test networks
    (&[0xc4], "p2sh"),        // 2: test networks
    (&[0x3a], "p2sh"),        // Q: Litecoin test network
    (&[0x21], "p2sh"),        // E: Verge
    (&[0x8c], "p2pkh"),       // y: Dash test network
    (&[0x13], "p2sh"),        // 8, 9: Dash test network
    (&[0x71], "p2pkh"),       // n: Dogecoin test network
];

pub(super) fn read(text: &str) -> Option<Reading> {
    if text.len() == X_CHARACTERS {
        return read_x(text);
    }
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
    (!is_unchecked(text) && (looks_like_one(text) || is_framed(text))).then(|| malformed(text))
}

fn malformed(text: &str) -> Reading {
    Reading::Malformed(match text.chars().find(|c| !in_alphabet(*c)) {
        None => AddressError::Base58Checksum(text.to_owned()),
        Some(character) => AddressError::Base58Character {
            text: text.to_owned(),
            character,
        },
    })
}

/// Reads the XRP Ledger's X-address (XLS-5d): two bytes of a network, an account, a flag, and the tag of the account's customer.
/// It keeps its spelling, and has the account's key.
fn read_x(text: &str) -> Option<Reading> {
    let Some(body) = checked(text, bs58::Alphabet::RIPPLE) else {
        return looks_like_one(text).then(|| malformed(text));
    };
    Some(match body.as_slice() {
        [0x05, 0x44, rest @ ..] | [0x04, 0x93, rest @ ..] if rest.len() == PAYLOAD + 9 => {
            let (account, tag) = rest.split_at(PAYLOAD);
            match tag {
                [0, 0, 0, 0, 0, 0, 0, 0, 0] | [1, _, _, _, _, 0, 0, 0, 0] => {
                    Reading::valid(text.to_owned(), "xrp", account)
                }
                _ => Reading::Opaque,
            }
        }
        _ => Reading::Opaque,
    })
}

/// Returns whether the text is 32 bytes, as Solana writes a key: there is no checksum that could have failed.
fn is_unchecked(text: &str) -> bool {
    super::bare::solana_key(text).is_some()
}

/// Returns the bytes before the checksum, if it holds.
pub(super) fn checked(text: &str, alphabet: &bs58::Alphabet) -> Option<Vec<u8>> {
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

/// Returns the spellings of a key of some class under every version byte, and as an X-address without a tag; TRON's bytes in
/// hexadecimal.
pub(super) fn spellings(class: &str, payload: &[u8]) -> Vec<String> {
    let versions = VERSIONS.iter().filter(|(_, of)| *of == class);
    let mut all: Vec<String> = versions
        .map(|(version, _)| spell([version, payload].concat()))
        .collect();
    match class {
        "tron" => all.push(format!("41{}", crate::evidence::hex(payload))),
        "xrp" => {
            let with = |prefix: &[u8], suffix: &[u8]| spell_ripple([prefix, payload, suffix].concat());
            all.extend([
                with(&[0x00], &[]),
                with(&[0x05, 0x44], &[0; 9]),
                with(&[0x04, 0x93], &[0; 9]),
            ]);
        }
        _ => {}
    }
    all
}

pub(super) fn spell_ripple(bytes: Vec<u8>) -> String {
    with_alphabet(bytes, bs58::Alphabet::RIPPLE)
}

/// Returns Zcash's address of a key hash under a version of two bytes.
pub(super) fn zcash(version: [u8; 2], payload: &[u8; PAYLOAD]) -> Address {
    Address::new(spell([&version, payload.as_slice()].concat()), "p2pkh", payload)
}

/// Writes a version and a payload with their checksum.
pub(super) fn write(version: u8, payload: &[u8]) -> String {
    spell([&[version], payload].concat())
}

fn spell(bytes: Vec<u8>) -> String {
    with_alphabet(bytes, bs58::Alphabet::BITCOIN)
}

fn with_alphabet(mut bytes: Vec<u8>, alphabet: &bs58::Alphabet) -> String {
    let digest = Sha256::digest(Sha256::digest(&bytes));
    bytes.extend(digest.iter().take(CHECKSUM));
    bs58::encode(bytes).with_alphabet(alphabet).into_string()
}
