//! Hexadecimal text as nodes write it: `0x` and digits. A quantity has no leading zeros by its specification; readers here
//! accept them, since some nodes pad.

use std::fmt;
use strongroom_model::Amount;

/// Returns the bytes of `0x…`, two digits each.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))?
        .as_bytes();
    if digits.len() % 2 != 0 {
        return None;
    }
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    digits.chunks(2).map(pair).collect()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// Returns the quantity of `0x…`, at most 256 bits.
pub(super) fn amount(text: &str) -> Option<Amount> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    let digits = match digits.trim_start_matches('0') {
        "" if digits.is_empty() => return None,
        significant => significant,
    };
    let mut limbs = [0u64; 4];
    if digits.len() > 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (limb, chunk) in limbs.iter_mut().zip(digits.as_bytes().rchunks(16)) {
        let chunk = std::str::from_utf8(chunk).ok()?;
        *limb = u64::from_str_radix(chunk, 16).ok()?;
    }
    Some(Amount::from_limbs(limbs))
}

/// Returns the quantity that 32 bytes hold, the highest first.
pub(super) fn amount_of_word(word: &[u8; 32]) -> Amount {
    let mut bytes = *word;
    bytes.reverse();
    Amount::from_le_bytes(bytes)
}

/// Returns the quantity of `0x…`, at most 64 bits.
pub fn number(text: &str) -> Option<u64> {
    match amount(text)?.limbs() {
        [number, 0, 0, 0] => Some(number),
        _ => None,
    }
}

pub(super) fn write(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    f.write_str("0x")?;
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_exact_to_256_bits() {
        assert_eq!(amount("0x0"), Some(Amount::ZERO));
        assert_eq!(amount("0x00ff"), Some(255u64.into()));
        let all = format!("0x{}", "f".repeat(64));
        assert_eq!(amount(&all), Some(Amount::from_limbs([u64::MAX; 4])));
        let word: [u8; 32] = bytes(&all).unwrap().try_into().unwrap();
        assert_eq!(amount(&all), Some(amount_of_word(&word)));
        for text in ["", "0x", "12", "0x1g", &format!("{all}f"), "0x+1"] {
            assert_eq!(amount(text), None, "{text}");
        }
        assert_eq!(number("0x10000000000000000"), None);
        assert_eq!(bytes("0x123"), None);
    }
}
