//! Real blocks of `../shared/data/ledger/bitcoin`, and blocks made here.

// A test that fails says so by panicking; each test file uses its own part.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, dead_code)]

use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;
use strongroom_ledger::{Chain, Id};

pub fn chain(name: &str) -> &'static Chain {
    Chain::named(name).unwrap()
}

/// Returns a shared file, unpacked if it is bzip2; nothing, with a word, where there is none.
pub fn shared(test: &str, name: &str) -> Option<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let path = root.join("../shared/data/ledger/bitcoin").join(name);
    if !path.exists() {
        assert!(
            std::env::var_os("CI").is_none(),
            "../shared/data is absent, and CI must have it"
        );
        eprintln!("SKIPPED: {test}: ../shared/data is absent");
        return None;
    }
    let bytes = std::fs::read(path).unwrap();
    if !name.ends_with(".bz2") {
        return Some(bytes);
    }
    let mut unpacked = Vec::new();
    bzip2::read::BzDecoder::new(bytes.as_slice())
        .read_to_end(&mut unpacked)
        .unwrap();
    Some(unpacked)
}

/// Returns the blocks of a file in which each stands behind the magic of Bitcoin and its length.
pub fn framed(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut blocks = Vec::new();
    while let [0xf9, 0xbe, 0xb4, 0xd9, rest @ ..] = bytes {
        let (length, rest) = rest.split_first_chunk().unwrap();
        let (block, rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
        blocks.push(block);
        bytes = rest;
    }
    assert_eq!(bytes, [0; 0]);
    blocks
}

/// Returns the bytes that hexadecimal digits spell, white space left out.
pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

/// Returns a block of transactions whose header stands for them.
pub fn block_of(transactions: &[Vec<u8>], ids: &[Id]) -> Vec<u8> {
    let mut bytes = vec![2, 0, 0, 0];
    bytes.extend([7; 32]);
    bytes.extend(root(ids).0);
    bytes.extend([0; 12]);
    bytes.push(u8::try_from(transactions.len()).unwrap());
    bytes.extend(transactions.concat());
    bytes
}

fn root(ids: &[Id]) -> Id {
    match ids {
        [id] => *id,
        _ => {
            let above: Vec<Id> = ids
                .chunks(2)
                .map(|pair| twice(&[pair[0].0, pair.last().unwrap().0].concat()))
                .collect();
            root(&above)
        }
    }
}

pub fn twice(bytes: &[u8]) -> Id {
    Id(Sha256::digest(Sha256::digest(bytes)).into())
}

/// A transaction in the plain form: inputs by the first byte of what they spend (0 is a coinbase), outputs by value and script.
pub fn transaction(inputs: &[u8], outputs: &[(u64, &[u8])]) -> Vec<u8> {
    let mut bytes = vec![1, 0, 0, 0, u8::try_from(inputs.len()).unwrap()];
    for input in inputs {
        bytes.extend([*input; 32]);
        bytes.extend(if *input == 0 { [0xff; 4] } else { [0; 4] });
        bytes.extend([2, 1, 9]);
        bytes.extend([0xff; 4]);
    }
    bytes.push(u8::try_from(outputs.len()).unwrap());
    for (value, script) in outputs {
        bytes.extend(value.to_le_bytes());
        bytes.push(u8::try_from(script.len()).unwrap());
        bytes.extend(*script);
    }
    bytes.extend([0; 4]);
    bytes
}

/// Returns a block of the regression test's difficulty that says its height; `salt` tells blocks of one height apart.
pub fn mined(previous: Id, height: u8, salt: u8) -> (Id, Vec<u8>) {
    let mut coinbase = transaction(&[0], &[(5_000_000_000, &[0x51, salt])]);
    coinbase.splice(41..44, [3, 1, height, salt]);
    let mut block = block_of(std::slice::from_ref(&coinbase), &[twice(&coinbase)]);
    block[4..36].copy_from_slice(&previous.0);
    block[72..76].copy_from_slice(&0x207f_ffff_u32.to_le_bytes());
    for nonce in 0_u32.. {
        block[76..80].copy_from_slice(&nonce.to_le_bytes());
        let id = twice(&block[..80]);
        if id.0[31] < 0x7f {
            return (id, block);
        }
    }
    unreachable!("one nonce of two will do")
}

/// Returns blocks that follow on each other, the first at a height.
pub fn mined_row(mut previous: Id, heights: std::ops::Range<u8>, salt: u8) -> Vec<(Id, Vec<u8>)> {
    let next = |height| {
        let block = mined(previous, height, salt);
        previous = block.0;
        block
    };
    heights.map(next).collect()
}

/// Returns a block in its frame.
pub fn frame(magic: [u8; 4], block: &[u8]) -> Vec<u8> {
    let length = u32::try_from(block.len()).unwrap();
    [magic.as_slice(), &length.to_le_bytes(), block].concat()
}
