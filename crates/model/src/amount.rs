//! Money: whole base units (satoshi, wei), 256 bits wide, with arithmetic that cannot wrap.
//!
//! Not a decimal and never a float: a decimal is a way to print base units, and [`Asset`] knows how many
//! places it has.

use ruint::aliases::{U256, U512};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A count of base units, 0 to 2²⁵⁶−1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(U256);

/// What is wrong with a text that should be an amount, or with a sum that left the range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// Not an unsigned decimal number.
    #[error("not an amount: {0:?}")]
    NotANumber(String),
    /// More fractional digits than the asset has places.
    #[error("{text:?} has more than {decimals} decimal places")]
    TooPrecise {
        /// The text as given.
        text: String,
        /// The places that the asset has.
        decimals: u8,
    },
    /// The value does not fit into 256 bits.
    #[error("amount over 256 bits")]
    Overflow,
}

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(U256::ZERO);

    /// Returns the amount of the given little-endian limbs, least significant first.
    pub const fn from_limbs(limbs: [u64; 4]) -> Self {
        Amount(U256::from_limbs(limbs))
    }

    /// Returns the four 64-bit limbs, least significant first.
    pub fn limbs(self) -> [u64; 4] {
        self.0.into_limbs()
    }

    /// Returns the 32 little-endian bytes, as they lie in a column.
    pub fn to_le_bytes(self) -> [u8; 32] {
        self.0.to_le_bytes()
    }

    /// Returns the amount that 32 little-endian bytes hold.
    pub fn from_le_bytes(bytes: [u8; 32]) -> Self {
        Amount(U256::from_le_bytes(bytes))
    }

    /// Returns whether there is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Returns the sum, or `None` above 2²⁵⁶−1.
    pub fn checked_add(self, other: Amount) -> Option<Amount> {
        self.0.checked_add(other.0).map(Amount)
    }

    /// Returns the sum, or 2²⁵⁶−1 where it would be more.
    pub fn saturating_add(self, other: Amount) -> Amount {
        Amount(self.0.saturating_add(other.0))
    }

    /// Returns the difference, or `None` below zero.
    pub fn checked_sub(self, other: Amount) -> Option<Amount> {
        self.0.checked_sub(other.0).map(Amount)
    }

    /// Returns the difference, or zero where it would be negative.
    pub fn saturating_sub(self, other: Amount) -> Amount {
        Amount(self.0.saturating_sub(other.0))
    }

    /// Returns ⌊self·times/over⌋ and the remainder, exact through 512 bits.
    ///
    /// `None` where `over` is zero or the quotient leaves 256 bits.
    pub fn mul_div(self, times: Amount, over: Amount) -> Option<(Amount, Amount)> {
        if over.is_zero() {
            return None;
        }
        let product: U512 = self.0.widening_mul(times.0);
        let over: U512 = U512::from(over.0);
        let (quotient, rest) = product.div_rem(over);
        Some((
            Amount(U256::checked_from_limbs_slice(quotient.as_limbs())?),
            Amount(rest.to::<U256>()),
        ))
    }

    /// Returns the nearest `f64`. For plots and scores only: no ledger sum goes through it.
    pub fn to_f64_lossy(self) -> f64 {
        self.0
            .into_limbs()
            .iter()
            .rev()
            .fold(0.0, |sum, limb| sum * 18_446_744_073_709_551_616.0 + *limb as f64)
    }

    /// Returns the sum of all, or `None` above 2²⁵⁶−1.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Amount>) -> Option<Amount> {
        amounts.into_iter().try_fold(Amount::ZERO, Amount::checked_add)
    }

    /// Reads a decimal number of whole coins ("12.5") as base units of an asset with `decimals` places.
    ///
    /// Trailing zeros beyond the places are accepted, any other digit there is refused: nothing is rounded.
    pub fn from_coins(text: &str, decimals: u8) -> Result<Amount, AmountError> {
        let not_a_number = || AmountError::NotANumber(text.to_owned());
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
            return Err(not_a_number());
        }
        let fraction = fraction.trim_end_matches('0');
        let places = usize::from(decimals);
        if fraction.len() > places {
            return Err(AmountError::TooPrecise {
                text: text.to_owned(),
                decimals,
            });
        }
        let whole = if whole.is_empty() { "0" } else { whole };
        format!("{whole}{fraction:0<places$}").parse()
    }

    /// Writes base units as whole coins of an asset with `decimals` places, without trailing zeros.
    pub fn to_coins(self, decimals: u8) -> String {
        let places = usize::from(decimals);
        let digits = format!("{:0>width$}", self.0.to_string(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() {
            whole.to_owned()
        } else {
            format!("{whole}.{fraction}")
        }
    }
}

impl From<u64> for Amount {
    fn from(units: u64) -> Self {
        Amount(U256::from(units))
    }
}

impl From<u128> for Amount {
    fn from(units: u128) -> Self {
        Amount(U256::from(units))
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    /// Reads base units in decimal digits only: no sign, no separator, no exponent.
    fn from_str(text: &str) -> Result<Self, AmountError> {
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(AmountError::NotANumber(text.to_owned()));
        }
        U256::from_str_radix(text, 10)
            .map(Amount)
            .map_err(|_| AmountError::Overflow)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Written as a decimal string: JSON numbers lose digits above 2⁵³.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// An asset as a ledger names it, with the places its unit is printed with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Asset {
    /// The symbol or contract, as the ledger writes it.
    pub name: String,
    /// Decimal places between the base unit and the coin; none where the ledger does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
}

impl Asset {
    /// Returns an amount in this asset's [unit](Asset::unit), without the unit.
    pub fn number(&self, amount: Amount) -> String {
        amount.to_coins(self.decimals.unwrap_or(0))
    }

    /// Returns what a number of this asset counts: coins, or base units where the ledger does not say how many of
    /// them make a coin.
    pub fn unit(&self) -> String {
        match self.decimals {
            Some(_) => self.name.clone(),
            None => format!("base units of {}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coins_and_base_units_are_the_same_thing() {
        let amount = Amount::from_coins("12.5", 18).unwrap();
        assert_eq!(amount.to_string(), "12500000000000000000");
        assert_eq!(amount.to_coins(18), "12.5");
        assert_eq!(Amount::from_coins("0.10", 1).unwrap().to_coins(1), "0.1");
        assert_eq!(Amount::from(7u64).to_coins(0), "7");
        assert_eq!(Amount::from(7u64).to_coins(2), "0.07");
    }

    #[test]
    fn base_units_are_never_called_coins() {
        let wei = Asset {
            name: "ETH".into(),
            decimals: None,
        };
        let ether = Asset {
            name: "ETH".into(),
            decimals: Some(18),
        };
        let amount = Amount::from(1_500_000_000_000_000_000u64);
        assert_eq!(
            format!("{} {}", wei.number(amount), wei.unit()),
            "1500000000000000000 base units of ETH"
        );
        assert_eq!(format!("{} {}", ether.number(amount), ether.unit()), "1.5 ETH");
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", ".", "-1", "1e3", "1,000", " 1", "0x1"] {
            assert!(Amount::from_coins(text, 8).is_err(), "{text:?}");
            assert!(text.parse::<Amount>().is_err(), "{text:?}");
        }
        assert_eq!(
            Amount::from_coins("0.123", 2),
            Err(AmountError::TooPrecise {
                text: "0.123".into(),
                decimals: 2
            })
        );
        assert_eq!("9".repeat(80).parse::<Amount>(), Err(AmountError::Overflow));
    }

    #[test]
    fn products_go_through_512_bits() {
        let big = Amount::from_limbs([u64::MAX; 4]);
        let (quotient, rest) = big.mul_div(big, big).unwrap();
        assert_eq!((quotient, rest), (big, Amount::ZERO));
        assert_eq!(big.mul_div(big, Amount::from(1u64)), None);
        assert_eq!(big.mul_div(big, Amount::ZERO), None);
        let (q, r) = Amount::from(7u64).mul_div(3u64.into(), 4u64.into()).unwrap();
        assert_eq!((q, r), (5u64.into(), 1u64.into()));
    }
}
