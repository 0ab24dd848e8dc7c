//! base58check addresses: a version, a payload of 20 bytes, and four bytes of a double SHA-256.

use super::{AddressError, Reading};
use sha2::{Digest, Sha256};

const PAYLOAD: usize = 20;
const CHECKSUM: usize = 4;

/// Version bytes, the first letters that they give, and the class of the key.
const VERSIONS: [(&[u8], &[&str], &str); 17] = [
    (&[0x00], &["1"], "p2pkh"),        // Bitcoin, Bitcoin Cash, Bitcoin SV
    (&[0x05], &["3"], "p2sh"),         // Bitcoin, Bitcoin Cash, Litecoin (old)
    (&[0x30], &["L"], "p2pkh"),        // Litecoin
    (&[0x32], &["M"], "p2sh"),         // Litecoin
    (&[0x1e], &["D"], "p2pkh"),        // Dogecoin, Verge
    (&[0x16], &["9", "A"], "p2sh"),    // Dogecoin
    (&[0x4c], &["X"], "p2pkh"),        // Dash
    (&[0x10], &["7"], "p2sh"),         // Dash
    (&[0x26], &["G"], "p2pkh"),        // Bitcoin Gold
    (&[0x17], &["A"], "p2sh"),         // Bitcoin Gold
    (&[0x1c, 0xb8], &["t1"], "p2pkh"), // Zcash, transparent
    (&[0x1c, 0xbd], &["t3"], "p2sh"),  // Zcash, transparent
    (&[0x41], &["T"], "tron"),         // TRON
    (&[0x6f], &["m", "n"], "p2pkh"),   // test networks
    (&[0xc4], &["2"], "p2sh"),         // test networks
    (&[0x3a], &["Q"], "p2sh"),         // Litecoin test network
    (&[0x21], &["E"], "p2sh"),         // Verge
];

pub(super) fn read(text: &str) -> Option<Reading> {
    let shaped = VERSIONS
        .iter()
        .any(|(_, letters, _)| letters.iter().any(|l| text.starts_with(l)));
    // 25 bytes are 26 to 35 characters; below, a short name such as "Tom" would be taken for an address.
    if !shaped || !(26..=36).contains(&text.len()) {
        return None;
    }
    let bytes = bs58::decode(text).into_vec().ok()?;
    let bad = || Some(Reading::Malformed(AddressError::Base58Checksum(text.to_owned())));
    let Some((body, checksum)) = bytes.split_last_chunk::<CHECKSUM>() else {
        return bad();
    };
    if Sha256::digest(Sha256::digest(body)).get(..CHECKSUM) != Some(checksum.as_slice()) {
        return bad();
    }
    let Some((version, payload)) = body.split_last_chunk::<PAYLOAD>() else {
        return bad();
    };
    match VERSIONS.iter().find(|(bytes, _, _)| *bytes == version) {
        Some((_, _, class)) => Some(Reading::valid(text.to_owned(), class, payload)),
        None => Some(Reading::Opaque),
    }
}

/// Writes a version and a payload with their checksum.
pub(super) fn write(version: u8, payload: &[u8]) -> String {
    let mut bytes = vec![version];
    bytes.extend_from_slice(payload);
    let digest = Sha256::digest(Sha256::digest(&bytes));
    bytes.extend(digest.iter().take(CHECKSUM));
    bs58::encode(bytes).into_string()
}
