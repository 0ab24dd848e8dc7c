//! The calls of one pair, in order of time, and RITA's score of them.

use crate::calls::{Call, Calls, HOUR, hour};
use crate::score::cuts::Cuts;
use crate::score::rita::{self, BARS, Day, RitaScore, WINDOW};
use crate::score::stats::{deviation, median};
use std::collections::BTreeMap;

const SECOND: i64 = 1_000_000;
/// More connections in 24 hours than this are no beacon but a strobe.
const STROBE: u64 = 86_400;
const HOURS_OF_A_DAY: i64 = 24;
/// Fewer calls of one size than these are no series of their own.
const SAME_SIZE: usize = 8;

/// The calls of one pair, in order of time.
pub(crate) struct Series {
    calls: Vec<Call>,
    /// Unique times in microseconds.
    times: Vec<i64>,
    level: u8,
    hours: BTreeMap<i64, u64>,
    total: u64,
}

impl Series {
    /// Takes calls in any order; `size_of` answers for calls whose connection says their size.
    pub(crate) fn new(of: &Calls, size_of: impl Fn(u32) -> Option<u32>) -> Self {
        let mut calls = of.kept().to_vec();
        for call in &mut calls {
            if call.size == Call::UNKNOWN {
                call.size = size_of(call.uid).unwrap_or(Call::UNKNOWN);
            }
        }
        calls.sort_unstable();
        let mut times: Vec<i64> = calls.iter().map(|call| call.micros).collect();
        times.dedup();
        Series {
            level: of.level(),
            hours: of.hours().clone(),
            total: of.total(),
            calls,
            times,
        }
    }

    /// Returns how many calls have a time of their own; all calls, where not all are kept.
    pub(crate) fn unique(&self) -> u64 {
        match self.level {
            0 => self.times.len() as u64,
            _ => self.total,
        }
    }

    /// Returns the unique times in microseconds that are kept.
    pub(crate) fn times(&self) -> &[i64] {
        &self.times
    }

    /// Returns where the calls that are not kept cut the times.
    pub(crate) fn cuts(&self) -> Cuts {
        Cuts {
            daily: None,
            level: self.level,
        }
    }

    /// Returns how many calls each hour of the day has, UTC, all days together.
    pub(crate) fn hours_of_day(&self) -> [u64; BARS] {
        let mut bars = [0; BARS];
        let mut add = |hour: i64, count: u64| {
            let place = usize::try_from(hour.rem_euclid(HOURS_OF_A_DAY));
            if let Some(bar) = place.ok().and_then(|place| bars.get_mut(place)) {
                *bar += count;
            }
        };
        if self.level == 0 {
            self.times.iter().for_each(|time| add(hour(*time), 1));
        } else {
            self.hours.iter().for_each(|(hour, count)| add(*hour, *count));
        }
        bars
    }

    /// Returns how many connections the busiest 24 hours hold, where that is a strobe; whole hours are counted.
    pub(crate) fn strobe(&self) -> Option<u64> {
        let day = |from: i64| -> u64 {
            let hours = self.hours.range(from..from.saturating_add(HOURS_OF_A_DAY));
            hours.map(|(_, count)| count).sum()
        };
        let most = self.hours.keys().map(|hour| day(*hour)).max()?;
        (most > STROBE).then_some(most)
    }

    /// Returns RITA's score over the best of the 24-hour windows that count from `start` microseconds.
    ///
    /// Where not all calls are kept, gaps and sizes are those of the kept hours, bars and coverage of all, to the
    /// hour.
    pub(crate) fn rita(&self, start: i64) -> Option<RitaScore> {
        let start = start.div_euclid(SECOND);
        let second = |call: &Call| call.micros.div_euclid(SECOND);
        let window = |call: &Call| second(call).saturating_sub(start).div_euclid(WINDOW);
        let days = self.calls.chunk_by(|a, b| window(a) == window(b));
        let scores = days.filter_map(|calls| {
            let begins = start.saturating_add(window(calls.first()?).saturating_mul(WINDOW));
            let times: Vec<i64> = calls.iter().map(second).collect();
            let sizes = sizes(calls);
            let day = match self.level {
                0 => Day::of(&times, &sizes, begins),
                _ => self.sampled_day(&times, &sizes, begins),
            };
            rita::score(&day)
        });
        // The first of equals.
        scores.fold(None, |best: Option<RitaScore>, next| match best {
            Some(best) if best.total >= next.total => Some(best),
            _ => Some(next),
        })
    }

    fn sampled_day<'a>(&self, times: &[i64], sizes: &'a [i64], begins: i64) -> Day<'a> {
        let mut day = Day::of(times, sizes, begins);
        let cuts = self.cuts();
        let mut unique = times.to_vec();
        unique.dedup();
        let neighbours = unique.iter().zip(unique.iter().skip(1));
        day.gaps = neighbours
            .filter(|(one, next)| !cuts.between(*one * SECOND, *next * SECOND))
            .map(|(one, next)| next - one)
            .collect();
        day.gaps.sort_unstable();
        day.bars = [0; BARS];
        let first = hour(begins.saturating_mul(SECOND));
        for (place, bar) in (0..).zip(day.bars.iter_mut()) {
            *bar = self.hours.get(&(first + place)).copied().unwrap_or(0);
        }
        let filled = self
            .hours
            .range(first..first + HOURS_OF_A_DAY)
            .map(|(hour, _)| *hour);
        let (low, high) = (filled.clone().min(), filled.max());
        if let (Some(low), Some(high)) = (low, high) {
            day.covered = (high + 1 - low) * HOUR / SECOND;
        }
        day
    }

    /// Returns how close to each other the originator's bytes are: 1 − (median absolute deviation / median), 0 to 1;
    /// `None` where no row says them.
    pub(crate) fn size_regularity(&self) -> Option<f64> {
        let sizes = sizes(&self.calls);
        let (middle, deviation) = (median(&sizes)?, deviation(&sizes)?);
        Some(if middle >= 1.0 {
            (1.0 - deviation / middle).max(0.0)
        } else {
            0.0
        })
    }

    /// Returns the times of the calls of the most frequent size, where they are some among others.
    pub(crate) fn of_one_size(&self) -> Option<Vec<i64>> {
        let sizes = sizes(&self.calls);
        let runs = sizes.chunk_by(|a, b| a == b);
        let most = runs.max_by_key(|run| run.len())?;
        let size = *most.first()?;
        if most.len() < SAME_SIZE || most.len() * 10 < sizes.len() || most.len() * 10 > self.calls.len() * 9 {
            return None;
        }
        let calls = self
            .calls
            .iter()
            .filter(|call| call.size != Call::UNKNOWN && i64::from(call.size) == size);
        let mut times: Vec<i64> = calls.map(|call| call.micros).collect();
        times.dedup();
        Some(times)
    }
}

fn sizes(calls: &[Call]) -> Vec<i64> {
    let known = calls.iter().filter(|call| call.size != Call::UNKNOWN);
    let mut sizes: Vec<i64> = known.map(|call| i64::from(call.size)).collect();
    sizes.sort_unstable();
    sizes
}
