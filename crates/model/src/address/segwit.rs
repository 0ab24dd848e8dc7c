//! Segwit addresses: bech32 (BIP 173) and bech32m (BIP 350) under a chain's human-readable part.

use super::{AddressError, Reading};

/// Human-readable parts: Bitcoin and Litecoin with their test networks.
const PARTS: [&str; 7] = ["bc", "tb", "bcrt", "ltc", "tltc", "rltc", "grs"];

pub(super) fn read(text: &str) -> Option<Reading> {
    let (part, data) = text.rsplit_once('1')?;
    if !PARTS.contains(&part.to_ascii_lowercase().as_str()) || data.len() < 8 {
        return None;
    }
    Some(match bech32::segwit::decode(text) {
        Ok((_, version, program)) => {
            let class = format!("witness-v{}", version.to_u8());
            Reading::valid(text.to_ascii_lowercase(), &class, &program)
        }
        Err(cause) => Reading::Malformed(AddressError::Segwit {
            text: text.to_owned(),
            cause: cause.to_string(),
        }),
    })
}
