//! All the ways in which one key is written: on its own chain, and on the chains where the same key is somebody's too.

use super::{Address, base58, bech, cashaddr, evm, nem, segwit};
use std::collections::HashSet;

/// Returns the spellings, the canonical one first.
pub(super) fn of(address: &Address) -> Vec<String> {
    let payload = address.payload();
    let (class, payload) = (address.class(), payload.as_slice());
    let mut all = vec![address.as_str().to_owned()];
    all.extend(base58::spellings(class, payload));
    all.extend(evm::spellings(class, payload));
    all.extend(nem::spellings(address));
    // What has a checksum over small letters may stand in capitals throughout.
    let mut coded = [
        cashaddr::spellings(class, payload),
        segwit::spellings(class, payload),
        bech::spellings(class, payload),
    ]
    .concat();
    if matches!(class, "mweb" | "p2sh32")
        || class.starts_with("witness-")
        || class.starts_with("cardano") && class != "cardano-byron"
    {
        coded.push(address.as_str().to_owned());
    }
    all.extend(
        coded
            .iter()
            .flat_map(|text| [text.clone(), text.to_ascii_uppercase()]),
    );
    let mut seen = HashSet::new();
    all.retain(|text| seen.insert(text.clone()));
    all
}
