//! Segwit addresses: bech32 (BIP 173) and bech32m (BIP 350) under a chain's human-readable part.

use super::{AddressError, Reading, cashaddr};

/// Human-readable parts with their separator: Bitcoin, Litecoin and Groestlcoin with their test networks.
const PARTS: [&str; 7] = ["bc1", "tb1", "bcrt1", "ltc1", "tltc1", "rltc1", "grs1"];
/// Characters after the separator for programs of 20 and 32 bytes: version, program, checksum.
const DATA: [usize; 2] = [39, 59];

pub(super) fn read(text: &str) -> Option<Reading> {
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
