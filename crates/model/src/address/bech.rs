//! Addresses in bech32 that are no witness programs: the 20 bytes of EVM chains, Cardano's (CIP-19), and Zcash's
//! transparent addresses that take no shielded funds (ZIP 320).

use super::{Address, AddressError, Reading, base58, cardano, cashaddr, evm};
use crate::evidence::hex;
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Bech32m, Hrp};

/// What the bytes behind a human-readable part are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Evm,
    Cardano,
    Zcash { version: [u8; 2] },
}

/// Human-readable parts with their separator: Harmony, Evmos, Injective, OKX, IoTeX; Cardano; Zcash.
const PARTS: [(&str, Meaning); 11] = [
    ("one1", Meaning::Evm),
    ("evmos1", Meaning::Evm),
    ("inj1", Meaning::Evm),
    ("ex1", Meaning::Evm),
    ("io1", Meaning::Evm),
    ("addr1", Meaning::Cardano),
    ("addr_test1", Meaning::Cardano),
    ("stake1", Meaning::Cardano),
    ("stake_test1", Meaning::Cardano),
    (
        "tex1",
        Meaning::Zcash {
            version: [0x1c, 0xb8],
        },
    ),
    (
        "textest1",
        Meaning::Zcash {
            version: [0x1d, 0x25],
        },
    ),
];
/// Characters after the separator of 20 bytes with their checksum.
const TWENTY: usize = 38;
/// Those of Cardano's: a header, one hash of 28 bytes and a checksum at least, two hashes at most.
const CARDANO: std::ops::RangeInclusive<usize> = 53..=98;

impl Meaning {
    fn has_length(self, length: usize) -> bool {
        match self {
            Meaning::Evm | Meaning::Zcash { .. } => length == TWENTY,
            Meaning::Cardano => CARDANO.contains(&length),
        }
    }

    fn bytes(self, text: &str) -> Result<Vec<u8>, String> {
        let data = match self {
            Meaning::Evm | Meaning::Cardano => CheckedHrpstring::new::<Bech32>(text),
            Meaning::Zcash { .. } => CheckedHrpstring::new::<Bech32m>(text),
        };
        let data = data.map_err(|cause| cause.to_string())?;
        data.validate_segwit_padding()
            .map_err(|cause| cause.to_string())?;
        Ok(data.byte_iter().collect())
    }

    fn address(self, text: &str, bytes: &[u8]) -> Option<Address> {
        let twenty = || <&[u8; 20]>::try_from(bytes).ok();
        match self {
            Meaning::Evm => Some(evm::address(&hex(twenty()?))),
            Meaning::Cardano => cardano::address(text.to_ascii_lowercase(), bytes),
            Meaning::Zcash { version } => Some(base58::zcash(version, twenty()?)),
        }
    }
}

pub(super) fn read(text: &str) -> Option<Reading> {
    let found = PARTS.iter().find(|(part, meaning)| {
        text.get(..part.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(part))
            && meaning.has_length(text.len() - part.len())
    });
    match found {
        // A word that begins so has other characters than bech32's.
        Some((part, _))
            if text
                .chars()
                .skip(part.len())
                .filter(|c| !cashaddr::in_alphabet(*c))
                .count()
                > 1 =>
        {
            None
        }
        Some((_, meaning)) => Some(decode(text, *meaning)),
        None => wrong_part(text),
    }
}

/// Returns the spellings of bytes of some class in bech32.
pub(super) fn spellings(class: &str, bytes: &[u8]) -> Vec<String> {
    let of = |wanted: fn(&Meaning) -> bool| PARTS.iter().filter(move |(_, meaning)| wanted(meaning));
    let part = |part: &str| Hrp::parse(part.strip_suffix('1')?).ok();
    match class {
        "evm" => of(|meaning| *meaning == Meaning::Evm)
            .filter_map(|(text, _)| bech32::encode::<Bech32>(part(text)?, bytes).ok())
            .collect(),
        "p2pkh" => of(|meaning| matches!(meaning, Meaning::Zcash { .. }))
            .filter_map(|(text, _)| bech32::encode::<Bech32m>(part(text)?, bytes).ok())
            .collect(),
        _ => Vec::new(),
    }
}

fn decode(text: &str, meaning: Meaning) -> Reading {
    let read = meaning.bytes(text).and_then(|bytes| {
        let address = meaning.address(text, &bytes);
        address.ok_or_else(|| "its bytes are no address".to_owned())
    });
    match read {
        Ok(address) => Reading::Address {
            address,
            checksum_mismatch: false,
        },
        Err(cause) => malformed(text, cause),
    }
}

fn malformed(text: &str, cause: String) -> Reading {
    Reading::Malformed(AddressError::Bech32 {
        text: text.to_owned(),
        cause,
    })
}

/// Tells an address whose part lost its spelling: the data is one under a part that differs in one character.
fn wrong_part(text: &str) -> Option<Reading> {
    let meant = PARTS.iter().find(|(part, meaning)| {
        let Some((head, data)) = text.split_at_checked(part.len()) else {
            return false;
        };
        let pairs = part.chars().zip(head.chars());
        let differing = pairs
            .filter(|(right, given)| !right.eq_ignore_ascii_case(given))
            .count();
        differing == 1
            && meaning.has_length(data.len())
            && meaning
                .bytes(&format!("{part}{}", data.to_ascii_lowercase()))
                .is_ok()
    });
    meant.map(|(part, _)| malformed(text, format!("{part} was meant before the data")))
}
