//! The calls of one pair, scored.

use crate::flow::{Call, Size};
use crate::score::comb;
use crate::score::even::{self, Regularity};
use crate::score::rita::{self, RitaScore, WINDOW};
use crate::score::stats::{deviation, median};

const SECOND: i64 = 1_000_000;
/// Lengths within which calls are one. A length that joins no more than the one before it is no new test.
const JOINS: [i64; 3] = [SECOND, 10 * SECOND, 60 * SECOND];
/// From this period on, people's days are a rhythm too.
const DAILY_FROM: i64 = 12 * 3600 * SECOND;
/// Such a period is a program's where no step strays farther than this share of it, over this many steps.
const DAILY_STRAY: f64 = 0.01;
const DAILY_STEPS: usize = 9;
/// The share from which constant sizes may add to it.
const SUPPORTED_FROM: f64 = 0.5;
/// How much of what is missing they add.
const SUPPORT: f64 = 0.25;
/// More connections in 24 hours than this are no beacon but a strobe.
const STROBE: usize = 86_400;
/// From this share on a regularity outranks one of smaller chance.
const CLEAR: f64 = 0.7;

/// The calls of one pair, in order of time.
pub(crate) struct Series {
    calls: Vec<Call>,
    /// Unique times in microseconds.
    times: Vec<i64>,
}

/// What a series comes to, before anybody asks who else calls the same target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judgement {
    pub regularity: Regularity,
    /// The regularity with the support of constant sizes, 0 to 1.
    pub score: f64,
}

impl Series {
    /// Takes calls in any order; `size_of` answers for calls whose connection says their size.
    pub(crate) fn new(mut calls: Vec<Call>, size_of: impl Fn(u64) -> Option<u64>) -> Self {
        for call in &mut calls {
            if let Size::OfConnection(uid) = call.size {
                call.size = size_of(uid).map_or(Size::Unknown, Size::Known);
            }
        }
        calls.sort_unstable();
        let mut times: Vec<i64> = calls.iter().map(|call| call.micros).collect();
        times.dedup();
        Series { calls, times }
    }

    /// Returns how many calls have a time of their own.
    pub(crate) fn unique(&self) -> usize {
        self.times.len()
    }

    /// Returns the unique times in microseconds.
    pub(crate) fn times(&self) -> &[i64] {
        &self.times
    }

    pub(crate) fn first(&self) -> Option<i64> {
        self.times.first().copied()
    }

    pub(crate) fn last(&self) -> Option<i64> {
        self.times.last().copied()
    }

    /// Returns how many connections the busiest 24 hours hold, where that is a strobe.
    pub(crate) fn strobe(&self) -> Option<u64> {
        let (mut most, mut from) = (0, 0);
        for (place, call) in self.calls.iter().enumerate() {
            let begins = call.micros.saturating_sub(WINDOW * SECOND);
            while self.calls.get(from).is_some_and(|call| call.micros <= begins) {
                from += 1;
            }
            most = most.max(place + 1 - from);
        }
        (most > STROBE).then_some(most as u64)
    }

    /// Returns RITA's score over the best of the 24-hour windows that count from `start` microseconds.
    pub(crate) fn rita(&self, start: i64) -> Option<RitaScore> {
        let start = start.div_euclid(SECOND);
        let second = |call: &Call| call.micros.div_euclid(SECOND);
        let window = |call: &Call| second(call).saturating_sub(start).div_euclid(WINDOW);
        let mut best: Option<RitaScore> = None;
        for calls in self.calls.chunk_by(|a, b| window(a) == window(b)) {
            let Some(first) = calls.first() else { continue };
            let begins = start.saturating_add(window(first).saturating_mul(WINDOW));
            let times: Vec<i64> = calls.iter().map(second).collect();
            let score = rita::score(&times, &sizes(calls), begins);
            best = match (best, score) {
                (Some(best), Some(score)) if score.total > best.total => Some(score),
                (best, score) => best.or(score),
            };
        }
        best
    }

    fn constant_sizes(&self) -> bool {
        const CONSTANT: f64 = 0.05;
        let sizes = sizes(&self.calls);
        match (median(&sizes), deviation(&sizes)) {
            (Some(middle), Some(deviation)) => middle >= 1.0 && deviation <= CONSTANT * middle,
            _ => false,
        }
    }
}

fn sizes(calls: &[Call]) -> Vec<i64> {
    let known = calls.iter().filter_map(|call| match call.size {
        Size::Known(bytes) => Some(i64::try_from(bytes).unwrap_or(i64::MAX)),
        Size::OfConnection(_) | Size::Unknown => None,
    });
    let mut sizes: Vec<i64> = known.collect();
    sizes.sort_unstable();
    sizes
}

/// Returns the best regularity of a series over all joining lengths and tests, its chance multiplied by the
/// number of tests that were made; `None` where too few calls say anything.
pub(crate) fn judge(series: &Series) -> Option<Judgement> {
    let mut tests = Vec::new();
    let mut steps = usize::MAX;
    for silences in JOINS
        .iter()
        .filter_map(|join| even::silences(&series.times, *join))
    {
        if silences.steps.len() + silences.pauses == steps {
            continue;
        }
        steps = silences.steps.len() + silences.pauses;
        let even = even::test(&silences);
        tests.extend(even);
        if even.is_none_or(|even| even.share < CLEAR) {
            tests.extend(comb::test(&silences));
        }
    }
    let made = tests.len() as f64;
    let programs = tests.into_iter().filter(is_a_programs);
    let best = programs.fold(None, |best: Option<Regularity>, next| match best {
        Some(best) if rank(&best) >= rank(&next) => Some(best),
        _ => Some(next),
    })?;
    let regularity = Regularity {
        ln_p: (best.ln_p + made.ln()).min(0.0),
        ..best
    };
    let support = if best.share >= SUPPORTED_FROM && series.constant_sizes() {
        SUPPORT
    } else {
        0.0
    };
    Some(Judgement {
        regularity,
        score: best.share + support * (1.0 - best.share),
    })
}

fn is_a_programs(regularity: &Regularity) -> bool {
    let exact = regularity.farthest <= DAILY_STRAY && regularity.steps >= DAILY_STEPS;
    regularity.period < DAILY_FROM || exact
}

fn rank(of: &Regularity) -> (bool, f64) {
    (of.share >= CLEAR, -of.ln_p)
}
