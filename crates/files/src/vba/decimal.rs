//! Decimal (MS-OAUT 2.2.26): 96 bits of digits, a sign, and 0 to 28 places behind the point.
//!
//! Results that need more are rounded, a half to the even digit, and places are given up first; what has more than 96
//! bits before its point overflows.

use std::cmp::Ordering;

/// The largest count of places behind the point.
const PLACES: u32 = 28;

/// The largest digits.
const MOST: u128 = (1 << 96) - 1;

/// A number of the type Decimal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decimal {
    negative: bool,
    digits: u128,
    places: u32,
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Decimal {
    /// Returns a whole number divided by a power of ten.
    pub(super) fn scaled(number: i64, places: u32) -> Self {
        Decimal {
            negative: number < 0,
            digits: u128::from(number.unsigned_abs()),
            places,
        }
    }

    /// Returns a floating-point number with so many significant digits, as OLE Automation takes it.
    pub(super) fn of_real(number: f64, significant: usize) -> Option<Self> {
        let written = format!("{number:.*e}", significant.saturating_sub(1));
        let (mantissa, exponent) = written.split_once('e')?;
        let exponent: i32 = exponent.parse().ok()?;
        let plain = Decimal::of_plain(mantissa)?;
        plain.shifted(exponent)
    }

    /// Returns the number that a text of digits with one point says, rounded to what fits; `None` where it overflows
    /// or is no such text.
    pub(super) fn of_plain(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if text.len() > 64 || whole.len() + fraction.len() == 0 {
            return None;
        }
        let mut wide = Wide::default();
        for digit in whole.chars().chain(fraction.chars()) {
            wide.times(10);
            wide.plus(digit.to_digit(10)?);
        }
        wide.reduced(negative, u32::try_from(fraction.len()).ok()?)
    }

    /// Returns it times a power of ten.
    fn shifted(self, exponent: i32) -> Option<Self> {
        let places = i64::from(self.places) - i64::from(exponent);
        let mut wide = Wide::of(self.digits);
        for _ in places..0 {
            if wide.bits() > 200 {
                return None;
            }
            wide.times(10);
        }
        wide.reduced(self.negative, u32::try_from(places.max(0)).ok()?)
    }

    /// Returns the sum; `None` where it overflows.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let places = self.places.max(other.places);
        let (mine, theirs) = (self.wide(places), other.wide(places));
        if self.negative == other.negative {
            return mine.sum(&theirs).reduced(self.negative, places);
        }
        match mine.cmp(&theirs) {
            Ordering::Less => theirs.less(&mine).reduced(other.negative, places),
            _ => mine.less(&theirs).reduced(self.negative, places),
        }
    }

    /// Returns the number with the other sign.
    pub(super) fn negated(self) -> Self {
        Decimal {
            negative: !self.negative,
            ..self
        }
    }

    /// Returns the product; `None` where it overflows.
    pub(super) fn times(self, other: Self) -> Option<Self> {
        let product = Wide::of(self.digits).product(&Wide::of(other.digits));
        product.reduced(self.negative != other.negative, self.places + other.places)
    }

    /// Returns the quotient; `None` where it overflows or the divisor is zero.
    pub(super) fn over(self, other: Self) -> Option<Self> {
        let mut quotient = self.digits.checked_div(other.digits)?;
        let mut rest = self.digits.checked_rem(other.digits)?;
        let mut places = i64::from(self.places) - i64::from(other.places);
        while places < 0 || (rest != 0 && places < i64::from(PLACES)) {
            let ten = rest * 10;
            let next = quotient
                .checked_mul(10)
                .and_then(|next| next.checked_add(ten / other.digits))
                .filter(|next| *next <= MOST);
            let Some(next) = next else {
                break;
            };
            (quotient, rest, places) = (next, ten % other.digits, places + 1);
        }
        let places = u32::try_from(places).ok()?;
        let up = match (rest * 2).cmp(&other.digits) {
            Ordering::Less => false,
            Ordering::Equal => quotient % 2 == 1,
            Ordering::Greater => true,
        };
        Wide::of(quotient + u128::from(up)).reduced(self.negative != other.negative, places)
    }

    /// Returns the order of two numbers.
    pub(super) fn cmp(&self, other: &Self) -> Ordering {
        let places = self.places.max(other.places);
        let order = self.wide(places).cmp(&other.wide(places));
        match (self.is_negative(), other.is_negative()) {
            (false, false) => order,
            (true, true) => order.reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }

    /// Whether it is less than zero.
    pub(super) fn is_negative(&self) -> bool {
        self.negative && self.digits > 0
    }

    /// Whether it is zero.
    pub(super) fn is_zero(&self) -> bool {
        self.digits == 0
    }

    /// Returns the number rounded to so many places, a half to the even digit.
    pub(super) fn rounded(self, places: u32) -> Self {
        let mut wide = Wide::of(self.digits);
        let gone = self.places.saturating_sub(places);
        wide.give_up(gone);
        Decimal {
            digits: wide.narrow().unwrap_or(self.digits),
            places: self.places - gone,
            ..self
        }
    }

    /// Returns the whole number towards zero.
    pub(super) fn truncated(self) -> Self {
        Decimal {
            digits: self.digits / 10u128.pow(self.places),
            places: 0,
            ..self
        }
    }

    /// Returns the nearest 64-bit number, a half to the even one; `None` where it does not fit.
    pub(super) fn whole(self) -> Option<i64> {
        let rounded = self.rounded(0);
        let digits = i128::try_from(rounded.digits).ok()?;
        i64::try_from(if self.negative { -digits } else { digits }).ok()
    }

    /// Returns the floating-point number next to it.
    pub(super) fn real(self) -> f64 {
        self.show().parse().unwrap_or(0.0)
    }

    /// Returns it as `CStr` writes it, without zeros at the end of the fraction.
    pub(super) fn show(self) -> String {
        let places = self.places as usize;
        let digits = format!("{:0width$}", self.digits, width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let fraction = fraction.trim_end_matches('0');
        let sign = if self.is_negative() { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }

    /// The digits with more places, as wide as that makes them.
    fn wide(self, places: u32) -> Wide {
        let mut wide = Wide::of(self.digits);
        for _ in self.places..places {
            wide.times(10);
        }
        wide
    }
}

/// 256 bits, the lowest first: enough for the digits of a product and of a sum with aligned points.
#[derive(Clone, Copy, Debug, Default)]
struct Wide([u32; 8]);

impl Wide {
    fn of(mut number: u128) -> Self {
        let mut wide = Wide::default();
        for limb in &mut wide.0 {
            *limb = number as u32;
            number >>= 32;
        }
        wide
    }

    fn narrow(&self) -> Option<u128> {
        let (low, high) = self.0.split_at(4);
        let joined = low
            .iter()
            .rev()
            .fold(0u128, |all, limb| all << 32 | u128::from(*limb));
        (high.iter().all(|limb| *limb == 0) && joined <= MOST).then_some(joined)
    }

    fn bits(&self) -> u32 {
        let top = self.0.iter().rposition(|limb| *limb != 0);
        let limb = top.and_then(|top| self.0.get(top)).copied().unwrap_or(0);
        32 * top.map_or(0, |top| top as u32) + (32 - limb.leading_zeros())
    }

    fn times(&mut self, factor: u32) {
        let mut carry = 0;
        for limb in &mut self.0 {
            let product = u64::from(*limb) * u64::from(factor) + carry;
            (*limb, carry) = (product as u32, product >> 32);
        }
    }

    fn plus(&mut self, mut carry: u32) {
        for limb in &mut self.0 {
            let (sum, over) = limb.overflowing_add(carry);
            (*limb, carry) = (sum, u32::from(over));
        }
    }

    /// Divides by ten and returns the digit that falls off.
    fn tenth(&mut self) -> u32 {
        let mut rest = 0;
        for limb in self.0.iter_mut().rev() {
            let here = rest << 32 | u64::from(*limb);
            (*limb, rest) = ((here / 10) as u32, here % 10);
        }
        rest as u32
    }

    fn sum(mut self, other: &Self) -> Self {
        let mut carry = 0;
        for (limb, more) in self.0.iter_mut().zip(&other.0) {
            let sum = u64::from(*limb) + u64::from(*more) + carry;
            (*limb, carry) = (sum as u32, sum >> 32);
        }
        self
    }

    /// The difference to a number that is not larger.
    fn less(mut self, other: &Self) -> Self {
        let mut borrow = 0;
        for (limb, more) in self.0.iter_mut().zip(&other.0) {
            let taken = u64::from(*more) + borrow;
            let here = u64::from(*limb);
            borrow = u64::from(here < taken);
            *limb = ((here + (borrow << 32)) - taken) as u32;
        }
        self
    }

    fn product(&self, other: &Self) -> Self {
        let mut all = Wide::default();
        for limb in other.0.iter().rev() {
            let mut part = *self;
            part.times(*limb);
            all.0.rotate_right(1);
            if let Some(lowest) = all.0.first_mut() {
                *lowest = 0;
            }
            all = all.sum(&part);
        }
        all
    }

    fn cmp(&self, other: &Self) -> Ordering {
        self.0.iter().rev().cmp(other.0.iter().rev())
    }

    /// Gives up places: one rounding, a half to the even digit.
    fn give_up(&mut self, places: u32) {
        let (mut last, mut behind) = (0, false);
        for _ in 0..places {
            behind |= last != 0;
            last = self.tenth();
        }
        let odd = self.0.first().is_some_and(|lowest| lowest % 2 == 1);
        if last > 5 || (last == 5 && (behind || odd)) {
            self.plus(1);
        }
    }

    /// Returns the number that has these digits, with as many places as fit.
    fn reduced(self, negative: bool, places: u32) -> Option<Decimal> {
        let mut gone = places.saturating_sub(PLACES);
        loop {
            let mut wide = self;
            wide.give_up(gone);
            if let Some(digits) = wide.narrow() {
                return Some(Decimal {
                    negative,
                    digits,
                    places: places - gone,
                });
            }
            gone += 1;
            if gone > places {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Decimal {
        Decimal::of_plain(text).unwrap()
    }

    #[test]
    fn sums_and_products_keep_every_digit_that_fits() {
        assert_eq!(of("0.1").plus(of("0.2")).unwrap().show(), "0.3");
        assert_eq!(of("1").plus(of("-1.5")).unwrap().show(), "-0.5");
        assert_eq!(
            of("79228162514264337593543950335")
                .plus(of("-0.1"))
                .unwrap()
                .show(),
            "79228162514264337593543950335",
            "a place that does not fit is rounded away"
        );
        assert!(
            of("79228162514264337593543950335").plus(of("1")).is_none(),
            "overflow"
        );
        assert_eq!(
            of("12345678901234567890").times(of("1.00000001")).unwrap().show(),
            "12345679024691356902.3456789"
        );
        assert_eq!(
            of("0.00000000000001")
                .times(of("0.000000000000005"))
                .unwrap()
                .show(),
            "0",
            "29 places, a half to the even digit"
        );
    }

    #[test]
    fn a_quotient_has_as_many_places_as_fit() {
        assert_eq!(
            of("1").over(of("3")).unwrap().show(),
            "0.3333333333333333333333333333"
        );
        assert_eq!(
            of("2").over(of("3")).unwrap().show(),
            "0.6666666666666666666666666667"
        );
        assert_eq!(of("10").over(of("-4")).unwrap().show(), "-2.5");
        assert_eq!(of("1").over(of("0.001")).unwrap().show(), "1000");
        assert!(of("1").over(of("0")).is_none());
    }

    #[test]
    fn numbers_become_decimals_as_ole_takes_them() {
        assert_eq!(Decimal::of_real(0.1, 15).unwrap().show(), "0.1");
        assert_eq!(
            Decimal::of_real(1e20, 15).unwrap().show(),
            "100000000000000000000"
        );
        assert_eq!(
            Decimal::of_real(1.5e-20, 15).unwrap().show(),
            "0.000000000000000000015"
        );
        assert!(Decimal::of_real(1e30, 15).is_none());
        assert_eq!(of("2.5").whole(), Some(2));
        assert_eq!(of("-3.5").whole(), Some(-4));
    }
}
