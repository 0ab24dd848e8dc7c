//! Bitcoin Cash's cashaddr: bech32's alphabet, a 40-bit BCH code over prefix and payload (CHIP cashaddr).
//! Same keys as Bitcoin's legacy form, so that is the canonical spelling.

use super::{AddressError, Reading, base58};

const PREFIX: &str = "bitcoincash";
const ALPHABET: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// Characters of a 160-bit payload with version and checksum.
const LENGTH: usize = 42;

pub(super) fn read(text: &str) -> Option<Reading> {
    let lower = text.to_ascii_lowercase();
    if lower != text && text.to_ascii_uppercase() != text {
        return None;
    }
    let data = match lower.split_once(':') {
        Some((PREFIX, data)) => data,
        Some(_) => return None,
        None if lower.starts_with(['q', 'p']) && lower.len() == LENGTH => &lower,
        None => return None,
    };
    // A bare word with a letter outside the alphabet was never meant as one; behind the prefix it was.
    let values: Option<Vec<u8>> = data
        .chars()
        .map(|c| ALPHABET.find(c).map(|at| at as u8))
        .collect();
    match values.as_deref().and_then(payload) {
        Some((version, hash)) => {
            let class = if version == 0 { "p2pkh" } else { "p2sh" };
            Some(Reading::valid(
                base58::write(if version == 0 { 0x00 } else { 0x05 }, &hash),
                class,
                &hash,
            ))
        }
        None if values.is_none() && data.len() == lower.len() => None,
        None => Some(Reading::Malformed(AddressError::CashaddrChecksum(
            text.to_owned(),
        ))),
    }
}

/// Returns the type (0 key hash, 1 script hash) and the 20 bytes, if checksum, padding and type hold.
fn payload(values: &[u8]) -> Option<(u8, [u8; 20])> {
    if values.len() != LENGTH || polymod(values) != 0 {
        return None;
    }
    let mut bytes = Vec::with_capacity(21);
    let (mut bits, mut count) = (0u32, 0);
    for value in values.get(..LENGTH - 8)? {
        bits = (bits << 5 | u32::from(*value)) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    let (version, hash) = bytes.split_first()?;
    let padding_is_zero = bits & ((1 << count) - 1) == 0;
    let kind = match version {
        0 => 0,
        8 => 1,
        _ => return None,
    };
    padding_is_zero.then_some((kind, hash.try_into().ok()?))
}

fn polymod(values: &[u8]) -> u64 {
    const GENERATOR: [u64; 5] = [
        0x98f2bc8e61,
        0x79b76d99e2,
        0xf33e5fb3c4,
        0xae2eabe2a8,
        0x1e4f43e470,
    ];
    let prefix = PREFIX.bytes().map(|b| b & 0x1f).chain([0]);
    let mut code = 1u64;
    for value in prefix.chain(values.iter().copied()) {
        let top = code >> 35;
        code = (code & 0x07_ffff_ffff) << 5 ^ u64::from(value);
        for (bit, term) in GENERATOR.iter().enumerate() {
            if top >> bit & 1 == 1 {
                code ^= term;
            }
        }
    }
    code ^ 1
}
