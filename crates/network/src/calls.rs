//! The calls of one pair under a bound: what is over it is thinned by whole hours, so that what is kept
//! is still a run of neighbours, and memory grows with pairs and not with rows.
//!
//! Which hours are kept is a hash of the hour, each level half of the one before, and the level is the lowest
//! that fits: a matter of which calls there are, and not of the order in which they came or of who read them.

use std::collections::BTreeMap;

/// Calls of one pair that are kept.
pub(crate) const MOST: usize = 4_096;
/// Microseconds of an hour.
pub(crate) const HOUR: i64 = 3_600_000_000;
/// At this level hardly an hour is kept: a pair that needs more is a strobe.
const LEVELS: u8 = 32;

/// One call of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    /// Microseconds since the epoch.
    pub micros: i64,
    /// What the originator sent, [`Call::UNKNOWN`] where nothing says it.
    pub size: u32,
    /// A hash of the connection's uid, 0 where it has none.
    pub uid: u32,
}

impl Call {
    pub(crate) const UNKNOWN: u32 = u32::MAX;
}

/// The calls of one pair, in no order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls {
    kept: Vec<Call>,
    level: u8,
    /// How many calls each hour has, where not all are kept.
    hours: BTreeMap<i64, u64>,
}

impl Calls {
    /// Takes in a call.
    pub(crate) fn push(&mut self, call: Call) {
        if self.level > 0 {
            *self.hours.entry(hour(call.micros)).or_default() += 1;
            if !is_kept(hour(call.micros), self.level) {
                return;
            }
        }
        self.kept.push(call);
        self.thin();
    }

    /// Takes in the calls of another reading.
    pub(crate) fn join(&mut self, mut other: Calls) {
        if self.level > 0 || other.level > 0 {
            self.count();
            other.count();
            for (hour, count) in other.hours {
                *self.hours.entry(hour).or_default() += count;
            }
            self.level = self.level.max(other.level);
        }
        self.kept.append(&mut other.kept);
        self.drop_hours();
        self.thin();
    }

    fn count(&mut self) {
        if self.level == 0 {
            for call in &self.kept {
                *self.hours.entry(hour(call.micros)).or_default() += 1;
            }
        }
    }

    fn thin(&mut self) {
        while self.kept.len() > MOST && self.level < LEVELS {
            self.count();
            self.level += 1;
            self.drop_hours();
        }
    }

    fn drop_hours(&mut self) {
        let level = self.level;
        if level > 0 {
            self.kept.retain(|call| is_kept(hour(call.micros), level));
        }
    }

    /// Returns the calls that are kept.
    pub(crate) fn kept(&self) -> &[Call] {
        &self.kept
    }

    /// Returns how many keys it weighs: what is kept of calls and of hours.
    pub(crate) fn weight(&self) -> u64 {
        (self.kept.len() + self.hours.len()) as u64
    }

    /// Returns which hours are kept: all at level 0, half of them at each level more.
    pub(crate) fn level(&self) -> u8 {
        self.level
    }

    /// Returns how many calls each hour has; empty where all calls are kept.
    pub(crate) fn hours(&self) -> &BTreeMap<i64, u64> {
        &self.hours
    }

    /// Returns how many calls there are, kept or not.
    pub(crate) fn total(&self) -> u64 {
        match self.level {
            0 => self.kept.len() as u64,
            _ => self.hours.values().sum(),
        }
    }
}

/// Returns the hour of a moment, counted from the epoch.
pub(crate) fn hour(micros: i64) -> i64 {
    micros.div_euclid(HOUR)
}

/// Returns whether the calls of an hour are kept at a level.
pub(crate) fn is_kept(hour: i64, level: u8) -> bool {
    // The mixing of SplitMix64: neighbours share nothing.
    let mut mixed = (hour as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) & ((1u64 << level.min(63)) - 1) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(second: i64) -> Call {
        Call {
            micros: second * 1_000_000,
            size: 1,
            uid: 0,
        }
    }

    fn sorted(calls: &Calls) -> (u8, Vec<Call>, u64, BTreeMap<i64, u64>) {
        let mut kept = calls.kept.clone();
        kept.sort_unstable();
        (calls.level, kept, calls.total(), calls.hours.clone())
    }

    #[test]
    fn what_is_kept_depends_neither_on_order_nor_on_readers() {
        let mut forward = Calls::default();
        (0..50_000).for_each(|number| forward.push(call(number * 12)));
        let mut backward = Calls::default();
        (0..50_000)
            .rev()
            .for_each(|number| backward.push(call(number * 12)));
        let (mut even, mut odd) = (Calls::default(), Calls::default());
        (0..50_000).for_each(|number| {
            if number % 7 == 0 { &mut even } else { &mut odd }.push(call(number * 12));
        });
        even.join(odd);
        assert_eq!(sorted(&forward), sorted(&backward));
        assert_eq!(sorted(&forward), sorted(&even));
        let (level, kept, total, _) = sorted(&forward);
        assert_eq!(total, 50_000);
        assert!(
            level > 0 && kept.len() <= MOST && kept.len() >= 300,
            "{}",
            kept.len()
        );
    }

    #[test]
    fn every_hour_that_is_counted_weighs() {
        let mut calls = Calls::default();
        (0..40_000).for_each(|number| calls.push(call(number * 3_600)));
        assert!(calls.weight() >= 40_000, "{}", calls.weight());
    }

    #[test]
    fn what_fits_is_kept_whole() {
        let mut calls = Calls::default();
        (0..MOST as i64).for_each(|number| calls.push(call(number)));
        assert_eq!(
            (calls.level, calls.kept.len(), calls.total()),
            (0, MOST, MOST as u64)
        );
    }
}
