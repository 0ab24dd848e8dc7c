//! EVM addresses: 20 bytes in hexadecimal, the case of the letters a checksum (EIP-55).

use super::{Address, AddressError, Reading};
use sha3::{Digest, Keccak256};

const DIGITS: usize = 40;

pub(super) fn read(text: &str) -> Option<Reading> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) || digits.len() != DIGITS {
        return looks_like_one(digits).then(|| Reading::Malformed(AddressError::EvmDigits(text.to_owned())));
    }
    let lower = digits.to_ascii_lowercase();
    let mixed = digits != lower && digits.bytes().any(|b| b.is_ascii_lowercase());
    let checksum_mismatch = mixed && digits != eip55(&lower);
    let address = Address {
        spelling: format!("0x{lower}"),
        key: format!("evm:{lower}"),
    };
    Some(Reading::Address {
        address,
        checksum_mismatch,
    })
}

/// Returns whether one character is wrong, lost or doubled.
fn looks_like_one(digits: &str) -> bool {
    let strangers = digits.chars().filter(|c| !c.is_ascii_hexdigit()).count();
    digits.chars().count().abs_diff(DIGITS) + strangers <= 1
}

/// Returns the digits in the case of EIP-55: a letter is a capital where the hash of the digits has a nibble
/// of 8 or more.
fn eip55(lower: &str) -> String {
    let hash = Keccak256::digest(lower.as_bytes());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    let capital = |(digit, nibble): (char, u8)| match nibble {
        0..=7 => digit,
        _ => digit.to_ascii_uppercase(),
    };
    lower.chars().zip(nibbles).map(capital).collect()
}
