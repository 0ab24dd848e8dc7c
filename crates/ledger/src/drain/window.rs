//! Sliding windows of a fixed number of slots: sums, peaks, and the greatest value of the past.

use std::collections::VecDeque;
use strongroom_model::Amount;

/// Slots of one window: its edge is exact to this part of its length, and its memory bounded by it.
const SLOTS: i64 = 720;

fn slot(span: i64, micros: i64) -> i64 {
    micros.div_euclid((span / SLOTS).max(1))
}

/// The sum and count of what happened within a span.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    slots: VecDeque<(i64, Amount, u64)>,
}

impl Sum {
    pub(super) fn push(&mut self, span: i64, micros: i64, amount: Amount, times: u64) {
        let now = slot(span, micros);
        while self.slots.front().is_some_and(|(then, ..)| *then <= now - SLOTS) {
            self.slots.pop_front();
        }
        match self.slots.back_mut() {
            Some((then, sum, count)) if *then >= now => {
                // A sum beyond 256 bits stays at the bound: only shares are drawn from it.
                *sum = sum.saturating_add(amount);
                *count += times;
            }
            _ => self.slots.push_back((now, amount, times)),
        }
    }

    pub(super) fn total(&self) -> (Amount, u64) {
        let totals = self.slots.iter();
        totals.fold((Amount::ZERO, 0), |(sum, count), (_, amount, times)| {
            (sum.saturating_add(*amount), count + times)
        })
    }

    /// Returns the count from a moment on.
    pub(super) fn count_since(&self, span: i64, micros: i64) -> u64 {
        let from = slot(span, micros);
        let slots = self.slots.iter().filter(|(then, ..)| *then >= from);
        slots.map(|(.., times)| times).sum()
    }
}

/// The greatest balance within a span.
#[derive(Clone, Debug, Default)]
pub(super) struct Peak {
    /// Falling: a balance below a later one cannot be the peak any more.
    slots: VecDeque<(i64, Amount)>,
}

impl Peak {
    pub(super) fn push(&mut self, span: i64, micros: i64, balance: Amount) {
        let now = slot(span, micros);
        while self.slots.front().is_some_and(|(then, _)| *then <= now - SLOTS) {
            self.slots.pop_front();
        }
        while self.slots.back().is_some_and(|(_, lower)| *lower <= balance) {
            self.slots.pop_back();
        }
        // One entry for each slot: a later, lower balance of the same slot is no peak.
        if self.slots.back().is_none_or(|(then, _)| *then < now) {
            self.slots.push_back((now, balance));
        }
    }

    pub(super) fn highest(&self) -> Amount {
        self.slots.front().map_or(Amount::ZERO, |(_, balance)| *balance)
    }

    /// Takes away what left for good reason: no stranger could have it any more.
    pub(super) fn lower(&mut self, by: Amount) {
        self.slots
            .iter_mut()
            .for_each(|(_, balance)| *balance = balance.saturating_sub(by));
    }

    /// Adds what turns out to have been there all along.
    pub(super) fn raise(&mut self, by: Amount) {
        self.slots
            .iter_mut()
            .for_each(|(_, balance)| *balance = balance.saturating_add(by));
    }
}

/// The greatest value of the past, where the last span is not the past yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Past<T> {
    pending: VecDeque<(i64, T)>,
    greatest: T,
}

impl<T: Ord + Copy + Default> Past<T> {
    pub(super) fn push(&mut self, span: i64, micros: i64, value: T) {
        let now = slot(span, micros);
        match self.pending.back_mut() {
            Some((then, greatest)) if *then >= now => *greatest = value.max(*greatest),
            _ => self.pending.push_back((now, value)),
        }
    }

    pub(super) fn greatest(&mut self, span: i64, micros: i64) -> T {
        let now = slot(span, micros);
        while let Some((_, value)) = self.pending.pop_front_if(|(then, _)| *then <= now - SLOTS) {
            self.greatest = self.greatest.max(value);
        }
        self.greatest
    }
}

/// Returns part·1000/whole, at most 1000; 0 of nothing.
pub(super) fn permille(part: Amount, whole: Amount) -> u64 {
    let share = part.min(whole).mul_div(1000u64.into(), whole);
    share.map_or(0, |(share, _)| share.limbs().first().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    #[test]
    fn a_sum_forgets_what_left_its_window() {
        let mut sum = Sum::default();
        sum.push(HOUR, 0, 5u64.into(), 1);
        sum.push(HOUR, HOUR / 2, 7u64.into(), 1);
        assert_eq!(sum.total(), (12u64.into(), 2));
        sum.push(HOUR, HOUR, 1u64.into(), 1);
        assert_eq!(sum.total(), (8u64.into(), 2));
        (0..100_000).for_each(|at| sum.push(HOUR, HOUR + at, 1u64.into(), 1));
        assert!(sum.slots.len() <= SLOTS as usize);
    }

    #[test]
    fn a_peak_falls_when_its_time_is_over() {
        let mut peak = Peak::default();
        peak.push(HOUR, 0, 9u64.into());
        peak.push(HOUR, HOUR / 2, 4u64.into());
        assert_eq!(peak.highest(), 9u64.into());
        peak.push(HOUR, HOUR + 1, 2u64.into());
        assert_eq!(peak.highest(), 4u64.into());
        peak.raise(10u64.into());
        assert_eq!(peak.highest(), 14u64.into());
    }

    #[test]
    fn the_present_is_not_its_own_past() {
        let mut past = Past::default();
        past.push(HOUR, 0, 3u64);
        assert_eq!(past.greatest(HOUR, HOUR - 1), 0);
        assert_eq!(past.greatest(HOUR, HOUR), 3);
    }
}
