//! NEM addresses: a network byte, the RIPEMD-160 of the Keccak-256 of a public key, and four bytes of Keccak-256 over
//! both, in base32: forty characters, in groups of six with hyphens where people read them.

use super::{Address, AddressError, Reading};
use ripemd::{Digest, Ripemd160};
use sha3::Keccak256;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LENGTH: usize = 40;
const BODY: usize = 21;

/// Reads a text in the shape of an address: the network byte gives the first character and four choices for the second.
pub(super) fn read(text: &str) -> Option<Reading> {
    let hyphenated = text.contains('-');
    let bare: String = text.chars().filter(|c| *c != '-').collect();
    let bare = if hyphenated {
        bare.to_ascii_uppercase()
    } else {
        bare
    };
    let begins = matches!(bare.as_bytes(), [b'N' | b'T' | b'M', b'A'..=b'D', ..]);
    // With its hyphens an address is one even where a character was lost or doubled.
    let long = match hyphenated {
        true => grouped(text) && bare.len().abs_diff(LENGTH) <= 1,
        false => bare.len() == LENGTH,
    };
    let strangers: Vec<char> = bare.chars().filter(|c| !is_digit(*c)).collect();
    let alphanumeric = bare.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if !begins || !long || strangers.len() > 1 || !alphanumeric {
        return None;
    }
    let text = text.to_owned();
    Some(match (strangers.first(), bare.len()) {
        (Some(character), _) => Reading::Malformed(AddressError::NemCharacter {
            text,
            character: *character,
        }),
        (None, LENGTH) => match payload(&bare) {
            Some(hash) => Reading::valid(bare, "nem", &hash),
            None => Reading::Malformed(AddressError::NemChecksum(text)),
        },
        (None, _) => Reading::Malformed(AddressError::NemLength(text)),
    })
}

fn is_digit(c: char) -> bool {
    matches!(c, 'A'..='Z' | '2'..='7')
}

/// Returns whether hyphens stand after every six characters, give or take one.
fn grouped(text: &str) -> bool {
    text.split('-').count() == 7 && text.split('-').all(|group| (3..=7).contains(&group.len()))
}

/// Returns the hash of the key, if the checksum holds.
fn payload(text: &str) -> Option<Vec<u8>> {
    let bytes = decode(text)?;
    let (body, checksum) = bytes.split_at_checked(BODY)?;
    (Keccak256::digest(body).get(..4)? == checksum).then(|| body.get(1..).unwrap_or_default().to_vec())
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(25);
    let (mut held, mut bits) = (0u32, 0u32);
    for character in text.bytes() {
        let value = ALPHABET.iter().position(|digit| *digit == character)? as u32;
        (held, bits) = (held << 5 | value, bits + 5);
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(LENGTH);
    let (mut held, mut bits) = (0u32, 0u32);
    for byte in bytes {
        (held, bits) = (held << 8 | u32::from(*byte), bits + 8);
        while bits >= 5 {
            bits -= 5;
            let digit = ALPHABET.get((held >> bits) as usize & 31);
            text.extend(digit.map(|digit| char::from(*digit)));
        }
        held &= (1 << bits) - 1;
    }
    text
}

impl Address {
    /// Returns the NEM address of a public key in a network: 0x68 is the main network, 0x98 the test network, 0x60 Mijin.
    pub fn of_nem_key(network: u8, key: &[u8; 32]) -> Address {
        let hash = Ripemd160::digest(Keccak256::digest(key));
        let mut bytes = vec![network];
        bytes.extend_from_slice(&hash);
        let checksum = Keccak256::digest(&bytes);
        bytes.extend(checksum.iter().take(4));
        Address::new(encode(&bytes), "nem", &hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling(text: &str) -> Option<String> {
        match Address::read(text) {
            Reading::Address { address, .. } => Some(address.to_string()),
            _ => None,
        }
    }

    #[test]
    fn an_address_has_one_spelling() {
        let bare = "TALICELCD3XPH4FFI5STGGNSNSWPOTG5E4DS2TOS";
        for text in [
            bare,
            "TALICE-LCD3XP-H4FFI5-STGGNS-NSWPOT-G5E4DS-2TOS",
            "talice-lcd3xp-h4ffi5-stggns-nswpot-g5e4ds-2tos",
        ] {
            assert_eq!(spelling(text).as_deref(), Some(bare), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_told() {
        let why = |text: &str| match Address::read(text) {
            Reading::Malformed(error) => error.to_string(),
            other => panic!("{text}: {other:?}"),
        };
        assert!(why("TALICELCD3XPH4FFI5STGGNSNSWPOTG5E4DS2TOT").contains("checksum"));
        assert!(why("TALICELCD3XPH4FFI5STGGNSNSWPOTG5E4DS2TO1").contains("'1'"));
        assert!(why("TALICE-LCD3XP-H4FFI5-STGGNS-NSWPOT-G5E4DS-2TO").contains("40 characters"));
        for text in ["TALICE-LCD3XP", "NOTHING TO SEE HERE", "NBANK-HOT-WALLET"] {
            assert_eq!(Address::read(text), Reading::Opaque, "{text}");
        }
    }

    #[test]
    fn a_public_key_has_its_address() {
        // Accounts that the documentation of the node's interface names with both.
        for (key, address) in [
            (
                "a1aaca6c17a24252e674d155713cdf55996ad00175be4af02a20c67b59f9fe8a",
                "TALICELCD3XPH4FFI5STGGNSNSWPOTG5E4DS2TOS",
            ),
            (
                "6083df7119d43e815ed2967c795f806f6b73f8f92a56a7611e3848816ec50958",
                "TBOBBSXX7BESJXDWGLP5Z7FM5HSTKUH5WIMPW562",
            ),
        ] {
            let mut bytes = [0; 32];
            for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
                *byte = u8::from_str_radix(&key[at..at + 2], 16).unwrap();
            }
            let derived = Address::of_nem_key(0x98, &bytes);
            assert_eq!(derived.as_str(), address);
            assert_eq!(spelling(address).as_deref(), Some(address));
        }
    }
}
