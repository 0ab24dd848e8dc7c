//! The key that a text is looked up by: 64 bits, the same on every machine and in every version.
//!
//! SipHash-2-4 with a fixed key: quick on short texts, and no cheap way is known to make many texts share one
//! key. Texts that do share one stay correct, they only cost a comparison each.

use std::hash::Hasher;

/// Returns the key of a text.
pub(crate) fn key(text: &str) -> u64 {
    key_of(text.as_bytes())
}

/// Returns the key of bytes.
pub(crate) fn key_of(bytes: &[u8]) -> u64 {
    // Deprecated in favour of a hasher whose algorithm may change; here the algorithm is the file format.
    #[allow(deprecated)]
    let mut hasher = std::hash::SipHasher::new_with_keys(0x5374_726f_6e67_726f, 0x6f6d_206c_6564_6772);
    hasher.write(bytes);
    hasher.finish()
}

/// Passes a key on as its own hash.
#[derive(Clone, Copy, Default)]
pub(crate) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// Maps keys without hashing them again.
pub(crate) type ByKey<V> = std::collections::HashMap<u64, V, std::hash::BuildHasherDefault<AsIs>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_algorithm_is_part_of_the_format() {
        // The reference vector of the SipHash paper: key 00..0f, message 00..0e.
        #[allow(deprecated)]
        let mut hasher = std::hash::SipHasher::new_with_keys(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
        hasher.write(&(0..15).collect::<Vec<u8>>());
        assert_eq!(hasher.finish(), 0xa129_ca61_49be_45e5);
        assert_ne!(key("a"), key("b"));
    }
}
