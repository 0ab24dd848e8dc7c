//! EOS public keys: `EOS…` and `PUB_K1_…`, the same key; `PUB_R1_…` on another curve. Their checksum is RIPEMD-160 over the key
//! and, in the newer form, the curve's name.

use super::{Address, AddressError, Reading};
use ripemd::{Digest, Ripemd160};

const KEY: usize = 33;
const CHECKSUM: usize = 4;
/// Prefix, class, and what is hashed behind the key.
const FORMS: [(&str, &str, &str); 3] = [
    ("PUB_K1_", "eos", "K1"),
    ("PUB_R1_", "eos-r1", "R1"),
    ("EOS", "eos", ""),
];
/// Characters of a key with its checksum in base58, one lost or doubled.
const CHARACTERS: std::ops::RangeInclusive<usize> = 49..=51;

pub(super) fn read(text: &str) -> Option<Reading> {
    let malformed = || Reading::Malformed(AddressError::EosChecksum(text.to_owned()));
    let found = FORMS
        .iter()
        .find_map(|form| Some((text.strip_prefix(form.0)?, form)));
    let Some((data, (_, class, curve))) = found else {
        return has_wrong_prefix(text).then(malformed);
    };
    if !CHARACTERS.contains(&data.len()) {
        return None;
    }
    Some(match key(data, curve) {
        Some(key) => Reading::Address {
            address: Address::new(write(class, &key), class, &key),
            checksum_mismatch: false,
        },
        None => malformed(),
    })
}

/// Returns whether the data is a key of the prefix that the text has but for one character.
fn has_wrong_prefix(text: &str) -> bool {
    FORMS.iter().any(|(prefix, _, curve)| {
        let Some((head, data)) = text.split_at_checked(prefix.len()) else {
            return false;
        };
        let differing = prefix
            .chars()
            .zip(head.chars())
            .filter(|(right, given)| right != given);
        differing.count() == 1 && CHARACTERS.contains(&data.len()) && key(data, curve).is_some()
    })
}

fn key(data: &str, curve: &str) -> Option<[u8; KEY]> {
    let mut bytes = [0; KEY + CHECKSUM];
    let length = bs58::decode(data).onto(&mut bytes).ok()?;
    let (key, said) = bytes.get(..length)?.split_at_checked(KEY)?;
    let key: [u8; KEY] = key.try_into().ok()?;
    // A point in its short form begins with the parity of y.
    let is_point = matches!(key, [2 | 3, ..]);
    (is_point && checksum(&key, curve).as_slice() == said).then_some(key)
}

fn checksum(key: &[u8; KEY], curve: &str) -> [u8; CHECKSUM] {
    let hash = Ripemd160::new().chain_update(key).chain_update(curve).finalize();
    let mut checksum = [0; CHECKSUM];
    for (to, from) in checksum.iter_mut().zip(hash) {
        *to = from;
    }
    checksum
}

#[cfg(test)]
pub(super) fn written(class: &str, key: &[u8; KEY]) -> String {
    write(class, key)
}

/// Returns the older spelling where a curve has one: explorers show it still.
fn write(class: &str, key: &[u8; KEY]) -> String {
    let (prefix, curve) = match class {
        "eos" => ("EOS", ""),
        _ => ("PUB_R1_", "R1"),
    };
    let bytes = [key.as_slice(), &checksum(key, curve)].concat();
    format!("{prefix}{}", bs58::encode(bytes).into_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_key_are_one() {
        // The key that every development chain begins with.
        let old = "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV";
        let new = "PUB_K1_6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5BoDq63";
        for text in [old, new] {
            match Address::read(text) {
                Reading::Address { address, .. } => assert_eq!(address.as_str(), old),
                other => panic!("{text}: {other:?}"),
            }
            let wrong = text.replace("qET5", "qET6");
            assert!(matches!(Address::read(&wrong), Reading::Malformed(_)), "{wrong}");
        }
        assert_eq!(Address::read("EOSIO"), Reading::Opaque);
    }
}
