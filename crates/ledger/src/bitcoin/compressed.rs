//! Unspent outputs in the short form in which nodes keep them: height and coinbase in one number, the amount without its zeros,
//! common scripts by their hash or key.
//!
//! Source: `compressor.cpp`, `coins.h` and `serialize.h` (`VARINT`) of Bitcoin Core.

use super::chain::Chain;
use crate::{Output, Owner};
use ruint::Uint;
use ruint::aliases::U256;
use std::io::{self, Read};

/// A script that is longer is read and can never be spent.
const LONGEST_SCRIPT: u64 = 10_000;
/// Kinds of scripts that have a form of their own; a longer number is a length, six too large.
const KINDS: u64 = 6;

/// What an unspent output's bytes say.
pub(super) struct Coin {
    pub(super) height: u32,
    pub(super) coinbase: bool,
    pub(super) output: Output,
}

impl Coin {
    /// Reads one; bytes that are none are an error of kind `InvalidData`.
    pub(super) fn read(reader: &mut impl Read, chain: &Chain) -> io::Result<Self> {
        let code = number(reader)?;
        let value = amount(number(reader)?).filter(|value| *value <= chain.supply);
        let value = value.ok_or_else(|| wrong("its value is over what the chain will ever have"))?;
        let owner = owner(reader, chain)?;
        Ok(Coin {
            height: u32::try_from(code >> 1).map_err(|_| wrong("its height is over 32 bits"))?,
            coinbase: code & 1 == 1,
            output: Output { value, owner },
        })
    }
}

pub(super) fn wrong(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

pub(super) fn array<const N: usize>(reader: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads a number in groups of seven bits, the highest first; all but the last are marked and count one more.
fn number(reader: &mut impl Read) -> io::Result<u64> {
    let mut number = 0_u64;
    loop {
        let [byte] = array(reader)?;
        if number >> 57 != 0 {
            return Err(wrong("a number of it is over 64 bits"));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Ok(number);
        }
        number = number
            .checked_add(1)
            .ok_or_else(|| wrong("a number of it is over 64 bits"))?;
    }
}

/// Returns the amount: its last digit is never zero, and how many zeros follow stands beside it, at most nine.
fn amount(short: u64) -> Option<u64> {
    let Some(rest) = short.checked_sub(1) else {
        return Some(0);
    };
    let (rest, zeros) = (rest / 10, (rest % 10) as u32);
    let digits = match zeros {
        9 => rest + 1,
        _ => (rest / 9) * 10 + rest % 9 + 1,
    };
    digits.checked_mul(10_u64.checked_pow(zeros)?)
}

fn owner(reader: &mut impl Read, chain: &Chain) -> io::Result<Owner> {
    match number(reader)? {
        0 => Ok(Owner::KeyHash(array(reader)?)),
        1 => Ok(Owner::ScriptHash(array(reader)?)),
        kind @ (2 | 3) => {
            let key = [&[kind as u8][..], &array::<32>(reader)?].concat();
            Ok(Owner::of_script(
                &[&[33], key.as_slice(), &[0xac]].concat(),
                chain,
            ))
        }
        kind @ (4 | 5) => {
            let x = array(reader)?;
            let y = other_half(x, kind == 5).ok_or_else(|| wrong("its key is no point of the curve"))?;
            Ok(Owner::of_script(&[&[65, 4][..], &x, &y, &[0xac]].concat(), chain))
        }
        longer if longer - KINDS > LONGEST_SCRIPT => {
            let passed = io::copy(&mut reader.take(longer - KINDS), &mut io::sink())?;
            match passed == longer - KINDS {
                true => Ok(Owner::Nobody),
                false => Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        longer => {
            let mut script = vec![0; (longer - KINDS) as usize];
            reader.read_exact(&mut script)?;
            Ok(Owner::of_script(&script, chain))
        }
    }
}

/// Returns the second coordinate of the point of secp256k1 (y² = x³ + 7, SEC 2) that has this first one; nothing where the
/// curve has none.
fn other_half(x: [u8; 32], odd: bool) -> Option<[u8; 32]> {
    let one = U256::from(1);
    // 2^256 - 2^32 - 977.
    let prime = U256::MAX - U256::from(0x1_0000_03d0_u64);
    let x = U256::from_be_bytes(x);
    if x >= prime {
        return None;
    }
    let cube = x.mul_mod(x, prime).mul_mod(x, prime);
    let square = cube.add_mod(U256::from(7), prime);
    // The prime is 3 modulo 4.
    let root: Uint<256, 4> = square.pow_mod((prime + one) >> 2, prime);
    if root.mul_mod(root, prime) != square {
        return None;
    }
    let root = if root.bit(0) == odd { root } else { prime - root };
    Some(root.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitcoin::hash::hash160;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn numbers_and_amounts_as_in_core_s_own_tests() {
        // `serialize_tests.cpp` and `compress_tests.cpp`.
        for (bytes, right) in [
            ("00", 0),
            ("7f", 0x7f),
            ("8000", 0x80),
            ("a334", 0x1234),
            ("82fe7f", 0xffff),
            ("c7e756", 0x12_3456),
            ("86ffc7e756", 0x8012_3456),
            ("8efefefe7f", 0xffff_ffff),
            ("80fefefefefefefefe7f", u64::MAX),
        ] {
            assert_eq!(number(&mut hex(bytes).as_slice()).unwrap(), right, "{bytes}");
        }
        for bytes in ["", "80", "81fefefefefefefefe7f", "ffffffffffffffffffff7f"] {
            assert!(number(&mut hex(bytes).as_slice()).is_err(), "{bytes}");
        }
        for (short, right) in [
            (0, 0),
            (1, 1),
            (7, 1_000_000),
            (9, 100_000_000),
            (50, 5_000_000_000),
            (0x1406f40, 2_100_000_000_000_000),
        ] {
            assert_eq!(amount(short), Some(right), "{short:#x}");
        }
        assert_eq!(amount(u64::MAX), None);
    }

    #[test]
    fn a_key_has_the_same_owner_in_both_of_its_lengths() {
        // The key of the first block's coinbase.
        let key = hex(
            "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6\
             49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f",
        );
        let chain = Chain::named("bitcoin").unwrap();
        let coin = |kind: u8, x: &[u8]| {
            let bytes = [&[1, 50, kind], x].concat();
            Coin::read(&mut bytes.as_slice(), chain)
        };
        let read = coin(5, &key[1..33]).unwrap();
        assert_eq!(
            (read.height, read.coinbase, read.output.value),
            (0, true, 5_000_000_000)
        );
        assert_eq!(read.output.owner, Owner::KeyHash(hash160(&key)));
        let short = coin(3, &key[1..33]).unwrap().output.owner;
        assert_eq!(short, Owner::KeyHash(hash160(&[&[3], &key[1..33]].concat())));
        // No point has this coordinate, and no coordinate is the prime or more.
        assert!(coin(4, &[&[0; 31][..], &[5]].concat()).is_err());
        assert!(coin(4, &[0xff; 32]).is_err());
    }

    #[test]
    fn scripts_without_a_form_of_their_own_are_read_whole() {
        let chain = Chain::named("bitcoin").unwrap();
        let coin = |bytes: &[u8]| Coin::read(&mut &*bytes, chain).map(|coin| coin.output.owner);
        let witness = [&[2, 50, 22 + 6, 0, 20][..], &[9; 20]].concat();
        assert!(matches!(
            coin(&witness).unwrap(),
            Owner::Witness { version: 0, .. }
        ));
        // 10,001 bytes: 10,007 as a number in groups of seven bits.
        let long = [&[2, 50, 0xcd, 0x17][..], &[0x51; 10_001]].concat();
        assert_eq!(coin(&long).unwrap(), Owner::Nobody);
        assert!(coin(&long[..5_000]).is_err());
        assert!(coin(&witness[..10]).is_err());
    }
}
