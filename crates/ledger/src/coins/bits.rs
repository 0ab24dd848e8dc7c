//! One bit for each output: whether somebody can still spend it.

use std::ops::Range;

#[derive(Clone, Debug, Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
    len: u64,
}

fn place(index: u64) -> (usize, u64) {
    ((index / 64) as usize, 1 << (index % 64))
}

impl Bits {
    pub(crate) fn push(&mut self, set: bool) {
        let (word, bit) = place(self.len);
        if word == self.words.len() {
            self.words.push(0);
        }
        if let Some(word) = self.words.get_mut(word).filter(|_| set) {
            *word |= bit;
        }
        self.len += 1;
    }

    pub(crate) fn get(&self, index: u64) -> bool {
        let (word, bit) = place(index);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    pub(crate) fn clear(&mut self, index: u64) {
        let (word, bit) = place(index);
        if let Some(word) = self.words.get_mut(word) {
            *word &= !bit;
        }
    }

    /// Returns the set ones of a range, ascending.
    pub(crate) fn set_in(&self, range: Range<u64>) -> impl Iterator<Item = u64> {
        range.filter(|index| self.get(*index))
    }

    /// Returns whether any of a range is set.
    pub(crate) fn any(&self, range: Range<u64>) -> bool {
        let Some(last) = range.end.checked_sub(1).filter(|last| *last >= range.start) else {
            return false;
        };
        let (first, last) = (range.start / 64, last / 64);
        (first..=last).any(|word| {
            let below = if word == first {
                (1 << (range.start % 64)) - 1
            } else {
                0
            };
            let above = match range.end % 64 {
                end if word == last && end > 0 => u64::MAX << end,
                _ => 0,
            };
            self.words
                .get(word as usize)
                .is_some_and(|bits| bits & !below & !above != 0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_is_what_looking_at_each_says(
            set in prop::collection::vec(prop::bool::weighted(0.03), 1..300), from in 0u64..300, count in 0u64..300
        ) {
            let mut bits = Bits::default();
            set.iter().for_each(|set| bits.push(*set));
            let range = from..from + count;
            prop_assert_eq!(bits.any(range.clone()), bits.set_in(range.clone()).next().is_some());
            let truth = (range.start..range.end).any(|at| set.get(at as usize) == Some(&true));
            prop_assert_eq!(bits.any(range), truth);
        }
    }
}
