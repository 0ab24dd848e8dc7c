//! Cardano addresses: Shelley's bytes (CIP-19), which [`super::bech`] takes out of bech32, and Byron's, base58 over CBOR with a CRC-32.
//!
//! Base, pointer and enterprise addresses of one payment key have one key: who holds it can spend from each of them.

use super::{Address, AddressError, Reading};

const HASH: usize = 28;
/// Characters of Byron's addresses: of main networks (Icarus, Daedalus) and of test networks.
const BYRON: std::ops::RangeInclusive<usize> = 58..=120;
/// How base58 begins for what every Byron address begins with: two items, a tag, and the bytes' length.
const BYRON_BEGINS: [&str; 3] = ["Ae2", "DdzFF", "37btjrVyb4K"];
/// Lengths that addresses of the main networks have.
const BYRON_USUAL: [usize; 2] = [59, 104];
/// The longest that is decoded.
const LONGEST: usize = 128;

/// Returns the address of Shelley's bytes under its spelling in lower case; nothing for a header that no address has.
pub(super) fn address(spelling: String, bytes: &[u8]) -> Option<Address> {
    let (header, rest) = bytes.split_first()?;
    let (hash, rest) = rest.split_at_checked(HASH)?;
    let class = match (header >> 4, rest.len()) {
        (0 | 2, HASH) | (4, 3..=15) | (6, 0) => "cardano",
        (1 | 3, HASH) | (5, 3..=15) | (7, 0) => "cardano-script",
        (14, 0) => "cardano-stake",
        (15, 0) => "cardano-stake-script",
        _ => return None,
    };
    let is_stake = header >> 4 >= 14;
    let test = if header & 0xf == 0 { "_test1" } else { "1" };
    let part = if is_stake { "stake" } else { "addr" };
    spelling
        .strip_prefix(part)?
        .starts_with(test)
        .then(|| Address::new(spelling, class, hash))
}

pub(super) fn read(text: &str) -> Option<Reading> {
    let count = |test: fn(&u8) -> bool| text.bytes().filter(test).count();
    let mixed = count(u8::is_ascii_uppercase) >= 3 && count(u8::is_ascii_lowercase) >= 3;
    let shaped = BYRON_USUAL.contains(&text.len()) && mixed
        || BYRON.contains(&text.len()) && BYRON_BEGINS.iter().any(|begin| text.starts_with(begin));
    let meant = shaped && count(|b| !b.is_ascii_alphanumeric()) <= 1;
    let root = || byron_root(&decode(text)?);
    match root() {
        Some(root) => Some(Reading::valid(text.to_owned(), "cardano-byron", &root)),
        None => meant.then(|| Reading::Malformed(AddressError::ByronChecksum(text.to_owned()))),
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    if !BYRON.contains(&text.len()) {
        return None;
    }
    let mut bytes = [0; LONGEST];
    let length = bs58::decode(text).onto(&mut bytes).ok()?;
    bytes.get(..length).map(<[u8]>::to_vec)
}

/// Returns the root hash of `[24(h'[root, attributes, type]'), crc32]`, if the checksum holds.
fn byron_root(bytes: &[u8]) -> Option<[u8; HASH]> {
    // An array of two, tag 24, a byte string with its length in one byte.
    let [0x82, 0xd8, 0x18, 0x58, length, rest @ ..] = bytes else {
        return None;
    };
    let (payload, crc) = rest.split_at_checked(usize::from(*length))?;
    let said = match crc {
        [0x1a, said @ ..] => u32::from_be_bytes(said.try_into().ok()?),
        // Small numbers are written short.
        [0x19, high, low] => u32::from(u16::from_be_bytes([*high, *low])),
        [0x18, low] => u32::from(*low),
        _ => return None,
    };
    let [0x83, 0x58, 0x1c, root @ ..] = payload else {
        return None;
    };
    (crc32(payload) == said).then_some(*root.first_chunk()?)
}

/// The checksum of zlib and Ethernet (reflected, 0xEDB88320), bit by bit: what it runs over is short.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// Writes a Byron address of the main network without attributes, as Icarus wallets have them.
#[cfg(test)]
pub(super) fn write_byron(root: &[u8; HASH]) -> String {
    let payload = [&[0x83, 0x58, 0x1c], root.as_slice(), &[0xa0, 0x00]].concat();
    let mut bytes = vec![0x82, 0xd8, 0x18, 0x58, payload.len() as u8];
    bytes.extend(&payload);
    bytes.push(0x1a);
    bytes.extend(crc32(&payload).to_be_bytes());
    bs58::encode(bytes).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Address {
        match Address::read(text) {
            Reading::Address { address, .. } => address,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn addresses_of_one_payment_key_have_one_key() {
        // The vectors of CIP-19: a payment key with a stake key, with a stake script, with a pointer, alone.
        let of_key = [
            "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x",
            "addr1yx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerkr0vd4msrxnuwnccdxlhdjar77j6lg0wypcc9uar5d2shs2z78ve",
            "addr1gx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer5pnz75xxcrzqf96k",
            "addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8",
        ];
        for text in of_key {
            assert_eq!(read(text).key(), read(of_key[0]).key());
            assert_eq!(read(&text.to_ascii_uppercase()).as_str(), text);
        }
        let of_script = "addr1z8phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gten0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgs9yc0hh";
        assert_eq!(read(of_script).class(), "cardano-script");
        let stake = "stake178phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gtcccycj5";
        assert_eq!(read(stake).class(), "cardano-stake-script");
    }

    #[test]
    fn byron_is_read_with_its_checksum() {
        for (text, root) in [
            (
                "Ae2tdPwUPEZFRbyhz3cpfC2CumGzNkFBN2L42rcUc2yjQpEkxDbkPodpMAi",
                None,
            ),
            (
                "37btjrVyb4KDXBNC4haBVPCrro8AQPHwvCMp3RFhhSVWwfFmZ6wwzSK6JK1hY6wHNmtrpTf1kdbva8TCneM2YsiXT7mrzT21EacHnPpz5YyUdj64na",
                Some("cardano-byron:7e9ee4a9527dea9091e2d580edd6716888c42f75d96276290f98fe0b"),
            ),
        ] {
            assert_eq!(read(text).class(), "cardano-byron");
            assert!(root.is_none_or(|root| read(text).key() == root));
            let wrong = text.replace("pz", "zp").replace("MAi", "MAj");
            assert!(matches!(Address::read(&wrong), Reading::Malformed(_)), "{wrong}");
        }
    }
}
