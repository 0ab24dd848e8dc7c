//! ECMA-376 standard encryption (MS-OFFCRYPTO 2.3.4.5 to 2.3.4.9): AES without chaining, keys stretched with SHA-1.

use super::block::Cipher;
use super::digest::{Hash, wide};
use super::header::Header;
use super::lock::Lock;

/// Rounds of the stretching; the format has no others.
const ROUNDS: u32 = 50_000;

/// Standard encryption whose parameters are known here.
pub(super) struct Standard {
    header: Header,
    key_bytes: usize,
}

impl Standard {
    /// Takes a header; the error says what is not read.
    pub fn new(header: Header) -> Result<Standard, String> {
        if header.external {
            return Err("an extensible provider".to_owned());
        }
        // AlgID 0 leaves the choice to the flags: AES-128 (2.3.4.5).
        let key_bytes = match (header.cipher, header.key_bits) {
            (0x660E, 128 | 0) | (0, 128 | 0) => 16,
            (0x660F, 192 | 0) => 24,
            (0x6610, 256 | 0) => 32,
            (cipher, bits) => return Err(format!("cipher {cipher:#06x} with {bits} bits")),
        };
        match header.hash {
            0x8004 | 0 => Ok(Standard { header, key_bytes }),
            hash => Err(format!("hash {hash:#06x}")),
        }
    }

    /// Decrypts what stands behind the package's length. The last block is whole in a whole file.
    pub fn decrypt(key: &[u8], bytes: &mut [u8]) {
        if let Some(block) = Cipher::Aes.keyed(key) {
            block.decrypt(bytes);
        }
    }
}

impl Lock for Standard {
    type Key = Vec<u8>;

    fn scheme(&self) -> String {
        format!("ECMA-376 standard, AES-{}, SHA-1", self.key_bytes * 8)
    }

    fn rounds(&self) -> u64 {
        ROUNDS.into()
    }

    fn key(&self, password: &str) -> Option<Vec<u8>> {
        let stretched = Hash::Sha1.stretch(&[&self.header.salt, &wide(password)], ROUNDS);
        let last = Hash::Sha1.of(&[&stretched, &0u32.to_le_bytes()]);
        let mut key = spread(&last, 0x36);
        key.extend(spread(&last, 0x5C));
        key.truncate(self.key_bytes);
        let block = Cipher::Aes.keyed(&key)?;
        let mut verifier = self.header.verifier;
        block.decrypt(&mut verifier);
        let mut hash = self.header.verifier_hash.clone();
        block.decrypt(&mut hash);
        (hash.get(..20)? == Hash::Sha1.of(&[&verifier])).then_some(key)
    }
}

/// Hashes 64 bytes of a constant with the hash laid over their beginning (2.3.4.7).
fn spread(hash: &[u8], constant: u8) -> Vec<u8> {
    let mut bytes = [constant; 64];
    bytes.iter_mut().zip(hash).for_each(|(byte, mask)| *byte ^= mask);
    Hash::Sha1.of(&[&bytes])
}
