//! Whose turn it is: numbers that wait, given out one after the other, the lowest first.
//!
//! They are dense, and a walk takes them in one direction, so that a set of bits over all of them costs less than a heap: one that
//! waits already is not put in again, and what is empty is passed over 4096 numbers at a time, once.

const WORD: u32 = u64::BITS;

/// Numbers below a bound that wait for their turn.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// A bit for each number.
    words: Vec<u64>,
    /// A bit for each word that is not empty.
    filled: Vec<u64>,
    /// Before this one, all of `filled` is empty.
    from: usize,
}

impl Turns {
    /// Returns nobody, of so many numbers.
    pub(super) fn of(numbers: u32) -> Self {
        let words = numbers.div_ceil(WORD);
        Turns {
            words: vec![0; words as usize],
            filled: vec![0; words.div_ceil(WORD) as usize],
            from: 0,
        }
    }

    /// Puts a number in. Returns false where it is not below the bound.
    pub(super) fn push(&mut self, number: u32) -> bool {
        let (word, place) = (number / WORD, (number / WORD / WORD) as usize);
        let (Some(bits), Some(filled)) = (self.words.get_mut(word as usize), self.filled.get_mut(place))
        else {
            return false;
        };
        *bits |= 1 << (number % WORD);
        *filled |= 1 << (word % WORD);
        self.from = self.from.min(place);
        true
    }

    /// Takes the lowest number out.
    pub(super) fn pop(&mut self) -> Option<u32> {
        let (place, filled) = loop {
            let filled = self.filled.get_mut(self.from)?;
            if *filled != 0 {
                break (self.from as u32, filled);
            }
            self.from += 1;
        };
        let word = place * WORD + filled.trailing_zeros();
        let bits = self.words.get_mut(word as usize)?;
        let number = word * WORD + bits.trailing_zeros();
        *bits &= *bits - 1;
        if *bits == 0 {
            *filled &= *filled - 1;
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn numbers_come_out_as_from_an_ordered_set(
            bound in 1u32..20_000,
            steps in prop::collection::vec(prop::option::weighted(0.6, any::<u32>()), 0..400)
        ) {
            let (mut turns, mut truth) = (Turns::of(bound), BTreeSet::new());
            for step in steps {
                match step {
                    // A later one may be lower than what has come out.
                    Some(number) => {
                        prop_assert!(turns.push(number % bound));
                        truth.insert(number % bound);
                    }
                    None => prop_assert_eq!(turns.pop(), truth.pop_first()),
                }
            }
            while let Some(number) = truth.pop_first() {
                prop_assert_eq!(turns.pop(), Some(number));
            }
            prop_assert_eq!(turns.pop(), None);
        }
    }

    #[test]
    fn a_number_beyond_the_bound_is_refused() {
        let mut turns = Turns::of(0);
        assert!(!turns.push(0) && turns.pop().is_none());
        assert!(!Turns::of(64).push(64) && Turns::of(65).push(64));
    }
}
