//! Bitcoin Cash's cashaddr, and eCash's: bech32's alphabet, a 40-bit BCH code over prefix and payload (CHIP cashaddr).
//! Same keys as Bitcoin's legacy form, so that is the canonical spelling, on the test networks theirs; script hashes of 32 bytes
//! (CHIP-2022-05) have no legacy form and keep their own.

use super::{Address, AddressError, Reading, base58};

/// Prefixes with the version bytes of the legacy form, of key hashes and of script hashes.
const NETWORKS: [(&str, u8, u8); 4] = [
    ("bitcoincash", 0x00, 0x05),
    ("ecash", 0x00, 0x05),
    ("bchtest", 0x6f, 0xc4),
    ("bchreg", 0x6f, 0xc4),
];
const ALPHABET: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// Characters of a 160-bit payload with version and checksum, and of a 256-bit one.
const LENGTHS: [usize; 2] = [42, 61];
/// The version byte of a script's hash of 32 bytes; the same with the mark of one that takes tokens.
const SCRIPT32: u8 = 0x0b;
const SCRIPT32_TOKENS: u8 = 0x1b;
const CHECKSUM: usize = 8;

pub(super) fn read(text: &str) -> Option<Reading> {
    let data = data(text)?;
    let lower = data.to_ascii_lowercase();
    let one_case =
        !text.bytes().any(|b| b.is_ascii_lowercase()) || !text.bytes().any(|b| b.is_ascii_uppercase());
    let values: Option<Vec<u8>> = lower
        .chars()
        .map(|c| ALPHABET.find(c).map(|at| at as u8))
        .collect();
    let holds = |network: &&(&str, u8, u8)| {
        let prefix_holds =
            data.len() == text.len() || text.eq_ignore_ascii_case(&format!("{}:{data}", network.0));
        prefix_holds
            && values
                .as_ref()
                .is_some_and(|values| polymod(network.0, values) == 0)
    };
    match NETWORKS.iter().find(holds).zip(values.as_ref()) {
        Some((network, values)) if one_case => Some(of_values(network, values)),
        _ => Some(Reading::Malformed(AddressError::CashaddrChecksum(
            text.to_owned(),
        ))),
    }
}

/// Returns what stands behind a prefix, or the whole text without one; nothing if nobody meant a cashaddr.
/// One wrong character, in the prefix too, does not hide what was meant.
fn data(text: &str) -> Option<&str> {
    if LENGTHS.first() == Some(&text.len())
        && strangers(text) <= 1
        && !text.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return Some(text);
    }
    NETWORKS.iter().find_map(|(prefix, _, _)| behind(text, prefix))
}

fn behind<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, data) = text.split_at_checked(prefix.len() + 1)?;
    let differing = format!("{prefix}:")
        .chars()
        .zip(head.chars())
        .filter(|(right, given)| !right.eq_ignore_ascii_case(given))
        .count();
    (differing == 0 || differing == 1 && LENGTHS.contains(&data.len()) && strangers(data) == 0)
        .then_some(data)
}

fn strangers(text: &str) -> usize {
    text.chars().filter(|c| !in_alphabet(*c)).count()
}

pub(super) fn in_alphabet(character: char) -> bool {
    ALPHABET.contains(character.to_ascii_lowercase())
}

/// Reads values whose checksum holds. Types and lengths that are not known here are another thing's.
fn of_values((prefix, key, script): &(&str, u8, u8), values: &[u8]) -> Reading {
    let Some((version, hash)) = payload(values) else {
        return Reading::Opaque;
    };
    match (version, <&[u8; 20]>::try_from(hash.as_slice())) {
        // The higher types are the same keys, able to take tokens (CHIP-2022-02).
        (0 | 16, Ok(hash)) => Reading::valid(base58::write(*key, hash), "p2pkh", hash),
        (8 | 24, Ok(hash)) => Reading::valid(base58::write(*script, hash), "p2sh", hash),
        (SCRIPT32 | SCRIPT32_TOKENS, Err(_)) if hash.len() == 32 => {
            Reading::valid(write(prefix, SCRIPT32, &hash), "p2sh32", &hash)
        }
        _ => Reading::Opaque,
    }
}

/// Returns the address of a script's hash of 32 bytes; nothing for a prefix that is no network's.
pub(super) fn address(prefix: &str, hash: &[u8; 32]) -> Option<Address> {
    NETWORKS.iter().find(|(known, _, _)| *known == prefix)?;
    Some(Address::new(write(prefix, SCRIPT32, hash), "p2sh32", hash))
}

/// Returns the version byte and the hash, if the padding holds.
fn payload(values: &[u8]) -> Option<(u8, Vec<u8>)> {
    let mut bytes = Vec::with_capacity(33);
    let (mut bits, mut count) = (0u32, 0);
    for value in values.get(..values.len().checked_sub(CHECKSUM)?)? {
        bits = (bits << 5 | u32::from(*value)) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    // A whole character of padding would be another spelling of the same.
    let padded = count < 5 && bits & ((1 << count) - 1) == 0;
    let (version, hash) = bytes.split_first()?;
    padded.then(|| (*version, hash.to_vec()))
}

fn polymod(prefix: &str, values: &[u8]) -> u64 {
    const GENERATOR: [u64; 5] = [
        0x98f2bc8e61,
        0x79b76d99e2,
        0xf33e5fb3c4,
        0xae2eabe2a8,
        0x1e4f43e470,
    ];
    let prefix = prefix.bytes().map(|b| b & 0x1f).chain([0]);
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

/// Returns the spellings of a hash of some class under every prefix, with it and without.
pub(super) fn spellings(class: &str, hash: &[u8]) -> Vec<String> {
    let versions: &[u8] = match class {
        "p2pkh" => &[0, 16],
        "p2sh" => &[8, 24],
        "p2sh32" => &[SCRIPT32, SCRIPT32_TOKENS],
        _ => &[],
    };
    let written = versions
        .iter()
        .flat_map(|version| NETWORKS.map(|(prefix, _, _)| (prefix, write(prefix, *version, hash))));
    // The long form is not told without its prefix.
    written
        .flat_map(|(prefix, text)| {
            let bare = text
                .get(prefix.len() + 1..)
                .filter(|_| hash.len() == 20)
                .map(str::to_owned);
            [Some(text), bare]
        })
        .flatten()
        .collect()
}

/// Writes a version byte and a hash with a network's prefix.
pub(super) fn write(prefix: &str, version: u8, hash: &[u8]) -> String {
    let (mut bits, mut count, mut values) = (0u32, 0, Vec::new());
    for byte in [version].iter().chain(hash) {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            values.push((bits >> count & 0x1f) as u8);
        }
        bits &= 0xff;
    }
    if count > 0 {
        values.push((bits << (5 - count) & 0x1f) as u8);
    }
    spelled(prefix, values)
}

/// Writes values with their checksum behind a prefix.
fn spelled(prefix: &str, mut values: Vec<u8>) -> String {
    let code = polymod(prefix, &[values.as_slice(), &[0; CHECKSUM]].concat());
    values.extend((0..CHECKSUM).rev().map(|at| (code >> (5 * at) & 0x1f) as u8));
    let text: String = values
        .iter()
        .filter_map(|value| ALPHABET.get(usize::from(*value)..=usize::from(*value)))
        .collect();
    format!("{prefix}:{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_of_padding_more_is_no_address() {
        let text = write("bitcoincash", 0, &[5; 20]);
        assert!(matches!(read(&text), Some(Reading::Address { .. })), "{text}");
        let (_, data) = text.split_once(':').unwrap();
        let value = |c| ALPHABET.find(c).unwrap() as u8;
        let mut values: Vec<u8> = data.chars().take(data.len() - CHECKSUM).map(value).collect();
        values.push(0);
        let longer = spelled("bitcoincash", values);
        assert_eq!(read(&longer), Some(Reading::Opaque), "{longer}");
    }
}
