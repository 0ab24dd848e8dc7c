//! The hashes of Bitcoin.

use crate::Id;
use ripemd::Ripemd160;
use sha2::{Digest, Sha256};

/// Returns the double SHA-256 of parts in a row.
pub(super) fn twice(parts: &[&[u8]]) -> Id {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    Id(Sha256::digest(hasher.finalize()).into())
}

/// Returns the RIPEMD-160 of the SHA-256: what addresses have of keys and scripts.
pub(super) fn hash160(bytes: &[u8]) -> [u8; 20] {
    Ripemd160::digest(Sha256::digest(bytes)).into()
}

/// Returns the merkle root of ids, and whether a pair of equal hashes stood in the tree, which lets other lists have the same
/// root.
pub(super) fn merkle_root(ids: impl Iterator<Item = Id>) -> (Id, bool) {
    let mut level: Vec<Id> = ids.collect();
    let mut twins = false;
    while level.len() > 1 {
        let mut above = Vec::with_capacity(level.len().div_ceil(2));
        for pair in level.chunks(2) {
            let (left, right) = match pair {
                [left, right] => {
                    twins |= left == right;
                    (left, right)
                }
                // The last of an odd number stands beside itself.
                [alone] => (alone, alone),
                _ => continue,
            };
            above.push(twice(&[&left.0, &right.0]));
        }
        level = above;
    }
    (level.pop().unwrap_or_default(), twins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_repeated_at_its_end_has_the_same_root_and_is_told() {
        let id = |n: u8| Id([n; 32]);
        let (root, twins) = merkle_root([1, 2, 3].map(id).into_iter());
        assert!(!twins);
        assert_eq!(merkle_root([1, 2, 3, 3].map(id).into_iter()), (root, true));
        assert_ne!(merkle_root([1, 2, 3, 4].map(id).into_iter()).0, root);
        assert_eq!(merkle_root([7].map(id).into_iter()), (id(7), false));
    }

    #[test]
    fn the_key_of_the_first_block_hashes_to_its_address() {
        let key = "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6\
                   49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f";
        let bytes: Vec<u8> = (0..key.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&key[at..at + 2], 16).unwrap())
            .collect();
        let address = strongroom_model::Address::base58check(0, &hash160(&bytes)).unwrap();
        assert_eq!(address.as_str(), "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa");
    }
}
