//! Stellar addresses (SEP-23): a version byte, a key or a hash, and a CRC-16, in base32. A muxed account is an account with a
//! number of its holder's own: it keeps its spelling and has the account's key. Secret seeds are none of it.

use super::{AddressError, Reading, base32};

/// Version bytes: an account (`G`), a muxed account (`M`), a contract (`C`), a liquidity pool (`L`).
const ACCOUNT: u8 = 6 << 3;
const MUXED: u8 = 12 << 3;
const CONTRACT: u8 = 2 << 3;
const POOL: u8 = 11 << 3;
/// Characters of 32 bytes with version and checksum, and of 40.
const LENGTHS: [usize; 2] = [56, 69];

pub(super) fn read(text: &str) -> Option<Reading> {
    let whole = LENGTHS.contains(&text.len());
    let near = text.starts_with('G') && matches!(text.len(), 55 | 57);
    let mut strangers = text.chars().filter(|c| !base32::is_digit(*c));
    let (stranger, second) = (strangers.next(), strangers.next());
    if !(whole || near) || second.is_some() {
        return None;
    }
    // Letters and digits both, as chance mixes them, or zero bytes: a word of that length has neither, a hash more strangers.
    let meant = text.bytes().filter(u8::is_ascii_digit).count() >= 2 || text.contains("AAAAAAAA");
    if !meant && (stranger.is_some() || body(text).is_none()) {
        return None;
    }
    if let Some(character) = stranger {
        return Some(Reading::Malformed(AddressError::StellarCharacter {
            text: text.to_owned(),
            character,
        }));
    }
    Some(match body(text) {
        None => Reading::Malformed(AddressError::StellarChecksum(text.to_owned())),
        Some(body) => match body.split_first() {
            Some((&ACCOUNT, key)) if key.len() == 32 => Reading::valid(text.to_owned(), "stellar", key),
            Some((&MUXED, key)) if key.len() == 40 => {
                let key = key.get(..32).unwrap_or_default();
                Reading::valid(text.to_owned(), "stellar", key)
            }
            Some((&CONTRACT, hash)) if hash.len() == 32 => {
                Reading::valid(text.to_owned(), "stellar-contract", hash)
            }
            Some((&POOL, hash)) if hash.len() == 32 => Reading::valid(text.to_owned(), "stellar-pool", hash),
            _ => Reading::Opaque,
        },
    })
}

/// Returns version and payload, if the checksum holds and no bit is left over.
fn body(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, 0) = base32::decode(text)? else {
        return None;
    };
    let length = bytes.len().checked_sub(2)?;
    let said = bytes.split_off(length);
    (crc16(&bytes).to_le_bytes().as_slice() == said.as_slice()).then_some(bytes)
}

/// XMODEM's checksum (polynomial 0x1021, begun at zero).
fn crc16(bytes: &[u8]) -> u16 {
    let step = |crc: u16, byte: &u8| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            (crc << 1) ^ if crc & 0x8000 == 0 { 0 } else { 0x1021 }
        })
    };
    bytes.iter().fold(0, step)
}

#[cfg(test)]
pub(super) fn write(version: u8, payload: &[u8]) -> String {
    let mut bytes = [&[version], payload].concat();
    bytes.extend(crc16(&bytes).to_le_bytes());
    base32::encode(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Address;

    #[test]
    fn a_muxed_account_has_the_key_of_its_account() {
        // SEP-23's vectors.
        let account = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ";
        let muxed = [
            "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ",
            "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK",
        ];
        let key = |text: &str| match Address::read(text) {
            Reading::Address { address, .. } => {
                assert_eq!(address.as_str(), text);
                address.key().to_owned()
            }
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(key(muxed[0]), key(account));
        assert_eq!(key(muxed[1]), key(account));
        let contract = "CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE";
        assert!(key(contract).starts_with("stellar-contract:"));
    }

    #[test]
    fn a_secret_seed_is_no_address() {
        assert_eq!(Address::read(&write(18 << 3, &[7; 32])), Reading::Opaque);
        for text in ["ABCDEFGH".repeat(7), "0".repeat(56)] {
            assert_eq!(Address::read(&text), Reading::Opaque, "{text}");
        }
    }
}
