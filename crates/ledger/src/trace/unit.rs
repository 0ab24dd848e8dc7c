//! What parcels count: base units, as wide as the ledger needs them. Every operation is exact or says `None`.

use std::fmt;
use strongroom_model::Amount;

mod sealed {
    pub trait Sealed {}
    impl Sealed for u64 {}
    impl Sealed for strongroom_model::Amount {}
}

/// A count of base units: `u64` for coins, whose values are 64 bits wide on every chain, and [`Amount`] for accounts.
pub trait Unit:
    Copy + Default + Ord + fmt::Debug + std::hash::Hash + From<u64> + Into<Amount> + sealed::Sealed
{
    /// Returns whether there is nothing.
    fn is_zero(self) -> bool {
        self == Self::default()
    }

    /// Returns the sum, or `None` above the range.
    fn checked_add(self, other: Self) -> Option<Self>;

    /// Returns the difference, or `None` below zero.
    fn checked_sub(self, other: Self) -> Option<Self>;

    /// Returns the difference, or zero where it would be negative.
    fn saturating_sub(self, other: Self) -> Self;

    /// Returns ⌊self·times/over⌋ and the remainder, through twice the width.
    ///
    /// `None` where `over` is zero or the quotient leaves the range.
    fn mul_div(self, times: Self, over: Self) -> Option<(Self, Self)>;

    /// Returns the sum of all, or `None` above the range.
    fn checked_sum(units: impl IntoIterator<Item = Self>) -> Option<Self> {
        units.into_iter().try_fold(Self::default(), Self::checked_add)
    }
}

impl Unit for u64 {
    fn checked_add(self, other: Self) -> Option<Self> {
        u64::checked_add(self, other)
    }

    fn checked_sub(self, other: Self) -> Option<Self> {
        u64::checked_sub(self, other)
    }

    fn saturating_sub(self, other: Self) -> Self {
        u64::saturating_sub(self, other)
    }

    fn mul_div(self, times: Self, over: Self) -> Option<(Self, Self)> {
        let product = u128::from(self) * u128::from(times);
        let quotient = product.checked_div(over.into())?;
        // The remainder is below `over`, so it fits.
        let rest = product.checked_rem(over.into())?;
        Some((quotient.try_into().ok()?, rest.try_into().ok()?))
    }
}

impl Unit for Amount {
    fn checked_add(self, other: Self) -> Option<Self> {
        Amount::checked_add(self, other)
    }

    fn checked_sub(self, other: Self) -> Option<Self> {
        Amount::checked_sub(self, other)
    }

    fn saturating_sub(self, other: Self) -> Self {
        Amount::saturating_sub(self, other)
    }

    fn mul_div(self, times: Self, over: Self) -> Option<(Self, Self)> {
        Amount::mul_div(self, times, over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_widths_divide_alike(a in any::<u64>(), b in any::<u64>(), over in any::<u64>()) {
            let wide = Amount::from(a).mul_div(b.into(), over.into());
            let narrow = Unit::mul_div(a, b, over);
            let fits = wide.filter(|(quotient, _)| *quotient <= u64::MAX.into());
            prop_assert_eq!(narrow.map(|(q, r)| (Amount::from(q), Amount::from(r))), fits);
        }
    }
}
