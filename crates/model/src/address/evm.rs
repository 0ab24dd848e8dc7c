//! EVM addresses: 20 bytes in hexadecimal, the case of the letters a checksum (EIP-55).

use super::{Address, Reading};
use sha3::{Digest, Keccak256};

pub(super) fn read(text: &str) -> Option<Reading> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    if digits.len() != 40 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let lower = digits.to_ascii_lowercase();
    let mixed = digits != lower && digits != digits.to_ascii_uppercase();
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

/// Returns the digits in the case of EIP-55: a letter is a capital where the hash of the digits has a nibble
/// of 8 or more.
fn eip55(lower: &str) -> String {
    let hash = crate::evidence::hex(&Keccak256::digest(lower.as_bytes()));
    let capital = |(digit, nibble): (char, char)| match nibble {
        '0'..='7' => digit,
        _ => digit.to_ascii_uppercase(),
    };
    lower.chars().zip(hash.chars()).map(capital).collect()
}
