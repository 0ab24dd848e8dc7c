//! Real blocks of `../shared/data/ledger/bitcoin`, and blocks made here.

// A test that fails says so by panicking; each test file uses its own part.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, dead_code)]

use std::io::Read;
use std::path::Path;
use strongroom_ledger::Chain;

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
