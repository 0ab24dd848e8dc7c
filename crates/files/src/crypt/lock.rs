//! What a password is tried on, and how the trying ends.

use crate::examine::Walk;
use crate::password::{Offered, PRESENTATION};
use strongroom_model::Gap;

/// An encryption whose verifier tells a right password.
pub(crate) trait Lock {
    /// What a right password gives.
    type Key;

    /// Returns the scheme in words, its parameters included.
    fn scheme(&self) -> String;

    /// Returns how many rounds of hashing one password costs.
    fn rounds(&self) -> u64;

    /// Returns the key, or `None` where the verifier says that the password is wrong.
    fn key(&self, password: &str) -> Option<Self::Key>;
}

/// How the trying ended.
pub(crate) enum Outcome<K> {
    /// A password is right.
    Open {
        /// What it gives.
        key: K,
        /// The password.
        word: Offered,
    },
    /// All were tried.
    Shut {
        /// How many.
        tried: usize,
    },
    /// The rounds that one input may cost were used up before all were tried.
    Spent(Gap),
}

/// Rounds of hashing that need no thought.
const CHEAP: u64 = 1000;

/// Tries the passwords on offer in their order.
pub(crate) fn try_all<L: Lock>(lock: &L, place: &str, walk: &mut Walk<'_>) -> Outcome<L::Key> {
    let mut offered = walk.offered();
    if lock.rounds() > CHEAP {
        // Only binary presentations have it, and those cost next to nothing.
        offered.sort_by_key(|offered| offered.word == PRESENTATION);
    }
    for (tried, word) in offered.iter().enumerate() {
        if let Err(gap) = walk.charge_rounds(place, lock.rounds(), tried) {
            return Outcome::Spent(gap);
        }
        if let Some(key) = lock.key(&word.word) {
            return Outcome::Open {
                key,
                word: word.clone(),
            };
        }
    }
    Outcome::Shut { tried: offered.len() }
}
