//! Segwit addresses: bech32 (BIP 173) and bech32m (BIP 350) under a chain's human-readable part.

use super::{Address, AddressError, Reading, cashaddr};
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Fe32, Hrp};

/// Human-readable parts with their separator: Bitcoin, Litecoin, Bitcoin Gold and Groestlcoin with their test networks.
const PARTS: [&str; 8] = ["bc1", "tb1", "bcrt1", "ltc1", "tltc1", "rltc1", "btg1", "grs1"];
/// Litecoin's extension blocks: the main network, and both of its test networks. An address is two public keys of 33
/// bytes behind a version, in bech32 whatever its length (Litecoin, `key_io.cpp`).
const MWEB: [&str; 2] = ["ltcmweb1", "tmweb1"];
const MWEB_KEYS: usize = 66;
/// Characters after the separator for programs of 20 and 32 bytes: version, program, checksum.
const DATA: [usize; 2] = [39, 59];

pub(super) fn read(text: &str) -> Option<Reading> {
    if MWEB.into_iter().any(|part| begins(text, part)) {
        return Some(decode_mweb(text));
    }
    let part = PARTS.into_iter().find(|part| begins(text, part));
    if let Some(part) = part.filter(|part| text.len() >= part.len() + 8) {
        return Some(decode(text, part));
    }
    PARTS.iter().any(|part| nearly_begins(text, part)).then(|| {
        Reading::Malformed(AddressError::Segwit {
            text: text.to_owned(),
            cause: "the part before the data is no chain's".to_owned(),
        })
    })
}

fn decode(text: &str, part: &str) -> Reading {
    let malformed = |cause: String| {
        Reading::Malformed(AddressError::Segwit {
            text: text.to_owned(),
            cause,
        })
    };
    match bech32::segwit::decode(text) {
        // A second separator inside the data would make a longer part.
        Ok((hrp, _, _)) if hrp.len() + 1 != part.len() => malformed("a second separator".to_owned()),
        Ok((_, version, program)) => {
            let class = format!("witness-v{}", version.to_u8());
            Reading::valid(text.to_ascii_lowercase(), &class, &program)
        }
        Err(cause) => malformed(cause.to_string()),
    }
}

fn decode_mweb(text: &str) -> Reading {
    let malformed = |cause: String| {
        Reading::Malformed(AddressError::Segwit {
            text: text.to_owned(),
            cause,
        })
    };
    let mut data = match CheckedHrpstring::new::<Bech32>(text) {
        Ok(data) => data,
        Err(cause) => return malformed(cause.to_string()),
    };
    let version = data.remove_witness_version();
    let keys: Vec<u8> = data.byte_iter().collect();
    match version {
        Some(Fe32::Q) if keys.len() == MWEB_KEYS && data.validate_segwit_padding().is_ok() => {
            Reading::valid(text.to_ascii_lowercase(), "mweb", &keys)
        }
        _ => malformed("not two public keys of version 0".to_owned()),
    }
}

/// Returns the address of a witness program, in bech32 or, from version 1 on, bech32m; nothing for a part that is no
/// chain's, or a version or length that no program has (BIP 141).
pub(super) fn address(part: &str, version: u8, program: &[u8]) -> Option<Address> {
    PARTS
        .into_iter()
        .find(|known| known.strip_suffix('1') == Some(part))?;
    let field = Fe32::try_from(version).ok()?;
    let text = bech32::segwit::encode(Hrp::parse(part).ok()?, field, program).ok()?;
    Some(Address::new(text, &format!("witness-v{version}"), program))
}

/// Returns the spellings of a program of some class on every chain.
pub(super) fn spellings(class: &str, program: &[u8]) -> Vec<String> {
    let version = class
        .strip_prefix("witness-v")
        .and_then(|version| version.parse().ok());
    let parts = PARTS.iter().filter_map(|part| part.strip_suffix('1'));
    let on_chain = |part| Some(address(part, version?, program)?.as_str().to_owned());
    parts.filter_map(on_chain).collect()
}

fn begins(text: &str, part: &str) -> bool {
    text.get(..part.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(part))
}

/// Returns whether the text is an address but for one character before the data.
fn nearly_begins(text: &str, part: &str) -> bool {
    let mut characters = text.chars();
    let differing = part
        .chars()
        .zip(&mut characters)
        .filter(|(right, given)| !right.eq_ignore_ascii_case(given))
        .count();
    let data = characters.as_str();
    differing == 1 && DATA.contains(&data.len()) && data.chars().all(cashaddr::in_alphabet)
}
