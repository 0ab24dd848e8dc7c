//! Maps and sets whose keys are numbers of the ledger: dense, and nobody's to choose, so that one multiplication spreads them.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map by numbers of the ledger.
pub(super) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

/// A set of numbers of the ledger.
pub(super) type NumberSet<K> = HashSet<K, BuildHasherDefault<Mix>>;

/// Spreads a number over 64 bits (the odd number is 2⁶⁴ over the golden ratio).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // The map takes its place from the lowest bits, which a product mixes least.
        self.0 = mixed.rotate_right(32);
    }
}
