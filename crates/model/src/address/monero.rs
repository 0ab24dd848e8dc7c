//! Monero addresses: base58 in blocks of eight bytes, a network byte, the spend and the view key, in integrated
//! addresses a payment id, and four bytes of Keccak-256 (Monero, `cryptonote_basic/tx_extra` and `base58.cpp`).

use super::{AddressError, Reading};
use sha3::{Digest, Keccak256};

/// Characters of a block of eight bytes.
const BLOCK: usize = 11;
const KEYS: usize = 64;
const CHECKSUM: usize = 4;

/// Network byte, class, and bytes of payment id: main, stage and test network.
const NETWORKS: [(u8, &str, usize); 9] = [
    (18, "xmr", 0),
    (19, "xmr", 8),
    (42, "xmr-sub", 0),
    (24, "xmr", 0),
    (25, "xmr", 8),
    (36, "xmr-sub", 0),
    (53, "xmr", 0),
    (54, "xmr", 8),
    (63, "xmr-sub", 0),
];

pub(super) fn read(text: &str) -> Option<Reading> {
    // 69 bytes or, with a payment id, 77; the main network's with a character lost or doubled.
    let count = |test: fn(&u8) -> bool| text.bytes().filter(test).count();
    let strangers = count(|b| !b.is_ascii_alphanumeric());
    let mixed = count(u8::is_ascii_uppercase) > 0 && count(u8::is_ascii_lowercase) > 0;
    let near = text.starts_with(['4', '8']) && matches!(text.len(), 94 | 96);
    if !(near || matches!(text.len(), 95 | 106)) || strangers > 1 || !mixed {
        return None;
    }
    Some(match decode(text).as_deref().and_then(keys) {
        Some((class, keys)) => Reading::valid(text.to_owned(), class, keys),
        None => Reading::Malformed(AddressError::MoneroChecksum(text.to_owned())),
    })
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(77);
    for block in text.as_bytes().chunks(BLOCK) {
        // The last block of either length is five bytes in seven characters.
        let size: usize = if block.len() == BLOCK { 8 } else { 5 };
        let value = bs58::decode(block).into_vec().ok()?;
        let significant = value.iter().skip_while(|byte| **byte == 0).count();
        let padding = size.checked_sub(significant)?;
        bytes.resize(bytes.len() + padding, 0);
        bytes.extend(value.iter().skip(value.len() - significant));
    }
    Some(bytes)
}

/// Returns the class and both keys, if the checksum holds and the network is known.
fn keys(bytes: &[u8]) -> Option<(&'static str, &[u8])> {
    let (body, checksum) = bytes.split_last_chunk::<CHECKSUM>()?;
    if Keccak256::digest(body).get(..CHECKSUM)? != checksum {
        return None;
    }
    let (network, rest) = body.split_first()?;
    let (_, class, extra) = NETWORKS.iter().find(|(byte, _, _)| byte == network)?;
    (rest.len() == KEYS + extra).then_some((*class, rest.get(..KEYS)?))
}
