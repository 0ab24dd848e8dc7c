//! EVM addresses: 20 bytes in hexadecimal, the case of the letters a checksum (EIP-55). Some chains write another prefix
//! before the same digits, and some write the bytes in bech32 ([`super::bech`]).

use super::{Address, AddressError, Reading};
use sha3::{Digest, Keccak256};

const DIGITS: usize = 40;
/// What stands before the digits: on most chains, on XDC, on Ronin.
const PREFIXES: [&str; 5] = ["0x", "0X", "xdc", "XDC", "ronin:"];

pub(super) fn read(text: &str) -> Option<Reading> {
    let digits = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix))?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) || digits.len() != DIGITS {
        return looks_like_one(digits).then(|| Reading::Malformed(AddressError::EvmDigits(text.to_owned())));
    }
    let lower = digits.to_ascii_lowercase();
    let mixed = digits != lower && digits.bytes().any(|b| b.is_ascii_lowercase());
    let checksum_mismatch = mixed && digits != eip55(&lower);
    Some(Reading::Address {
        address: address(&lower),
        checksum_mismatch,
    })
}

/// Returns the address of 20 bytes in lower-case hexadecimal.
pub(super) fn address(digits: &str) -> Address {
    Address {
        spelling: format!("0x{digits}"),
        key: format!("evm:{digits}"),
    }
}

/// Returns the spellings of 20 bytes: in lower case, with EIP-55's checksum, in upper case, under other chains' prefixes.
pub(super) fn spellings(class: &str, bytes: &[u8]) -> Vec<String> {
    if class != "evm" {
        return Vec::new();
    }
    let lower = crate::evidence::hex(bytes);
    let prefixed = PREFIXES
        .iter()
        .flat_map(|prefix| [format!("{prefix}{lower}"), format!("{prefix}{}", eip55(&lower))]);
    prefixed
        .chain([format!("0x{}", lower.to_ascii_uppercase())])
        .collect()
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
