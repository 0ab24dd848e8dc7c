//! NEM addresses: a network byte, the RIPEMD-160 of the Keccak-256 of a public key, and four bytes of Keccak-256 over
//! both, in base32: forty characters, in groups of six with hyphens where people read them.

use super::{Address, AddressError, Reading, base32};
use ripemd::{Digest, Ripemd160};
use sha3::Keccak256;

const LENGTH: usize = 40;
const BODY: usize = 21;

/// Reads a text in the shape of an address: the network byte gives the first character and four choices for the second.
pub(super) fn read(text: &str) -> Option<Reading> {
    let hyphenated = text.contains('-') && text.len() != LENGTH;
    let bare: String = if hyphenated {
        text.chars()
            .filter(|c| *c != '-')
            .collect::<String>()
            .to_ascii_uppercase()
    } else {
        text.to_owned()
    };
    let begins = matches!(bare.as_bytes(), [b'N' | b'T' | b'M', b'A'..=b'D', ..]);
    // With its hyphens an address is one even where a character was lost or doubled.
    let long = match hyphenated {
        true => grouped(text) && bare.len().abs_diff(LENGTH) <= 1,
        false => bare.len() == LENGTH,
    };
    let mut strangers = bare.chars().filter(|c| !base32::is_digit(*c));
    let (stranger, second) = (strangers.next(), strangers.next());
    if !long || second.is_some() || !(begins || is_misbegun(&bare)) {
        return None;
    }
    let text = text.to_owned();
    Some(match (stranger, bare.len()) {
        (Some(character), _) => Reading::Malformed(AddressError::NemCharacter { text, character }),
        (None, LENGTH) => match payload(&bare) {
            Some(hash) => Reading::valid(bare, "nem", &hash),
            None => Reading::Malformed(AddressError::NemChecksum(text)),
        },
        (None, _) => Reading::Malformed(AddressError::NemLength(text)),
    })
}

/// Returns whether the text is an address but for one of its first two characters.
fn is_misbegun(bare: &str) -> bool {
    let mut characters = bare.chars();
    let (Some(first), Some(second)) = (characters.next(), characters.next()) else {
        return false;
    };
    let rest = characters.as_str();
    let firsts = ['N', 'T', 'M'].map(|right| format!("{right}{second}{rest}"));
    let seconds = ['A', 'B', 'C', 'D'].map(|right| format!("{first}{right}{rest}"));
    bare.is_ascii()
        && firsts
            .iter()
            .chain(&seconds)
            .any(|meant| payload(meant).is_some())
}

/// Returns whether hyphens stand after every six characters, give or take one.
fn grouped(text: &str) -> bool {
    text.split('-').count() == 7 && text.split('-').all(|group| (3..=7).contains(&group.len()))
}

/// Returns the hash of the key, if the checksum holds.
fn payload(text: &str) -> Option<Vec<u8>> {
    let (bytes, _) = base32::decode(text)?;
    let (body, checksum) = bytes.split_at_checked(BODY)?;
    (Keccak256::digest(body).get(..4)? == checksum).then(|| body.get(1..).unwrap_or_default().to_vec())
}

/// Returns the spelling with hyphens, as people read it.
pub(super) fn spellings(address: &Address) -> Option<String> {
    let characters: Vec<char> = address.as_str().chars().collect();
    let groups: Vec<String> = characters.chunks(6).map(|group| group.iter().collect()).collect();
    (address.class() == "nem").then(|| groups.join("-"))
}

impl Address {
    /// Returns the NEM address of a public key in a network: 0x68 is the main network, 0x98 the test network, 0x60 Mijin.
    pub fn of_nem_key(network: u8, key: &[u8; 32]) -> Address {
        let hash = Ripemd160::digest(Keccak256::digest(key));
        let mut bytes = vec![network];
        bytes.extend_from_slice(&hash);
        let checksum = Keccak256::digest(&bytes);
        bytes.extend(checksum.iter().take(4));
        Address::new(base32::encode(&bytes), "nem", &hash)
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
