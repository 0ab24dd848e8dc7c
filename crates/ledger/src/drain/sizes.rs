//! How large an account's payments usually are: a histogram of fixed size, four classes for each doubling.

use strongroom_model::Amount;

const CLASSES: usize = 4 * 256;

/// Counts of payments by class of size.
#[derive(Clone, Debug, Default)]
pub(super) struct Sizes {
    /// Only as long as the largest class seen.
    counts: Vec<u64>,
    all: u64,
}

/// Returns the class of an amount: four times its bits, and the two bits below the highest.
fn class(amount: Amount) -> usize {
    let limbs = amount.limbs();
    let Some(at) = limbs.iter().rposition(|limb| *limb != 0) else {
        return 0;
    };
    let limb = |at: usize| limbs.get(at).copied().unwrap_or_default();
    let bits = 64 - limb(at).leading_zeros() as usize;
    let shifted = limb(at) << (64 - bits);
    let below = (shifted << 1) >> 62;
    ((at * 64 + bits - 1) * 4 + below as usize).min(CLASSES - 1)
}

impl Sizes {
    pub(super) fn push(&mut self, amount: Amount) {
        let class = class(amount);
        if self.counts.len() <= class {
            self.counts.resize(class + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(class) {
            *count += 1;
            self.all += 1;
        }
    }

    /// Returns whether at least 19 of 20 payments were of a smaller class or the same.
    pub(super) fn is_large(&self, amount: Amount) -> bool {
        let upto: u64 = self.counts.iter().take(class(amount) + 1).sum();
        upto.saturating_mul(20) >= self.all.saturating_mul(19)
    }

    pub(super) fn payments(&self) -> u64 {
        self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_rise_with_amounts() {
        let amounts: Vec<Amount> = (1..2_000u64)
            .map(Amount::from)
            .chain([Amount::from_limbs([u64::MAX; 4])])
            .collect();
        assert!(amounts.is_sorted_by_key(|amount| class(*amount)));
        assert_eq!(class(Amount::from_limbs([u64::MAX; 4])), CLASSES - 1);
    }

    #[test]
    fn large_is_what_nineteen_of_twenty_are_not() {
        let mut sizes = Sizes::default();
        (0..95).for_each(|_| sizes.push(100u64.into()));
        (0..5).for_each(|_| sizes.push(10_000u64.into()));
        assert!(!sizes.is_large(50u64.into()));
        assert!(sizes.is_large(5_000u64.into()));
    }
}
