//! ECMA-376 agile encryption (MS-OFFCRYPTO 2.3.4.10 to 2.3.4.15): a content key wrapped by the password, content in
//! segments, an integrity code over the whole stream.

use super::block::Block;
use super::descriptor::{Descriptor, Parameters};
use super::digest::wide;
use super::lock::Lock;

/// Bytes of a segment.
const SEGMENT: usize = 4096;

/// The block keys of 2.3.4.13 and 2.3.4.14, each the mark of one purpose.
const VERIFIER: [u8; 8] = [0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79];
const VERIFIER_HASH: [u8; 8] = [0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E];
const CONTENT_KEY: [u8; 8] = [0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6];
const MAC_KEY: [u8; 8] = [0x5F, 0xB2, 0xAD, 0x01, 0x0C, 0xB9, 0xE1, 0xF6];
const MAC_VALUE: [u8; 8] = [0xA0, 0x67, 0x7F, 0x02, 0xB2, 0x2C, 0x84, 0x33];

/// Agile encryption whose descriptor was read.
pub(super) struct Agile(pub Descriptor);

impl Lock for Agile {
    type Key = Vec<u8>;

    fn scheme(&self) -> String {
        let Descriptor { content, wrapped, .. } = &self.0;
        format!(
            "ECMA-376 agile, {}-{} {}, {}, {} rounds",
            content.cipher.as_str(),
            content.key_bytes * 8,
            content.chaining.as_str(),
            wrapped.parameters.hash.as_str(),
            wrapped.rounds
        )
    }

    fn rounds(&self) -> u64 {
        u64::from(self.0.wrapped.rounds) + 4
    }

    fn key(&self, password: &str) -> Option<Vec<u8>> {
        let wrapped = &self.0.wrapped;
        let own = &wrapped.parameters;
        let stretched = own.hash.stretch(&[&own.salt, &wide(password)], wrapped.rounds);
        let unwrap = |purpose: &[u8; 8], sealed: &[u8]| {
            let key = fit(own.hash.of(&[&stretched, purpose]), own.key_bytes);
            decrypt(own, &*own.cipher.keyed(&key)?, &own.salt, sealed)
        };
        let verifier = unwrap(&VERIFIER, &wrapped.verifier)?;
        let told = unwrap(&VERIFIER_HASH, &wrapped.verifier_hash)?;
        // The verifier is as long as the salt and padded to blocks; writers differ in whether they hash the padding.
        let bare = verifier.get(..own.salt.len()).unwrap_or(&verifier);
        let holds = |verifier: &[u8]| {
            let hash = own.hash.of(&[verifier]);
            told.get(..hash.len()) == Some(&hash[..])
        };
        if !holds(bare) && !holds(&verifier) {
            return None;
        }
        let mut key = unwrap(&CONTENT_KEY, &wrapped.key)?;
        key.truncate(self.0.content.key_bytes);
        Some(key)
    }
}

impl Agile {
    /// Decrypts what stands behind the package's length, segment by segment.
    pub fn decrypt(&self, key: &[u8], bytes: &mut [u8]) -> Option<()> {
        let own = &self.0.content;
        let block = own.cipher.keyed(key)?;
        for (number, segment) in bytes.chunks_mut(SEGMENT).enumerate() {
            let number = u32::try_from(number).ok()?.to_le_bytes();
            let vector = fit(own.hash.of(&[&own.salt, &number]), own.cipher.block());
            own.chaining.decrypt(&*block, &vector, segment);
        }
        Some(())
    }

    /// Returns whether the integrity code is that of the stream; `None` where there is none to compare.
    pub fn is_intact(&self, key: &[u8], stream: &[u8]) -> Option<bool> {
        let own = &self.0.content;
        let integrity = self.0.integrity.as_ref()?;
        let block = own.cipher.keyed(key)?;
        let unwrap = |purpose: &[u8; 8], sealed: &[u8]| {
            decrypt(own, &*block, &own.hash.of(&[&own.salt, purpose]), sealed)
        };
        let length = own.hash.of(&[]).len();
        let mac_key = unwrap(&MAC_KEY, &integrity.key)?;
        let told = unwrap(&MAC_VALUE, &integrity.value)?;
        let mac = own.hash.mac(mac_key.get(..length).unwrap_or(&mac_key), stream)?;
        Some(told.get(..length) == Some(&mac[..]))
    }
}

/// Decrypts a value of the descriptor.
fn decrypt(own: &Parameters, block: &dyn Block, vector: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let vector = fit(vector.to_vec(), own.cipher.block());
    let mut bytes = sealed.to_vec();
    own.chaining.decrypt(block, &vector, &mut bytes);
    (!bytes.is_empty()).then_some(bytes)
}

/// Cuts a hash to a length, or fills it up with 0x36 (2.3.4.11).
fn fit(mut hash: Vec<u8>, length: usize) -> Vec<u8> {
    hash.resize(length, 0x36);
    hash
}
