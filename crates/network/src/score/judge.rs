//! The best regularity of a series over all tests, and what it is worth.

use crate::score::cuts::{Cuts, hole};
use crate::score::even::{self, Regularity, Silences};
use crate::score::{Series, Test, comb, echo, growth};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
/// Lengths within which calls are one. A length that joins no more than the one before it is no new test.
const JOINS: [i64; 3] = [SECOND, 10 * SECOND, 60 * SECOND];
/// A daily hole of this length is a night.
const NIGHT: i64 = 6 * HOUR;
/// From this period on a hole of [`HABIT_HOLE`] makes a rhythm one of people's days, unless it is closer than
/// [`HABIT_JITTER`]; from [`DAILY_FROM`] on it is one by itself, unless no step strays farther than
/// [`DAILY_STRAY`] over [`DAILY_STEPS`] steps.
const HABIT_FROM: i64 = 5 * HOUR;
const HABIT_HOLE: i64 = 8 * HOUR;
const HABIT_JITTER: f64 = 0.1;
const DAILY_FROM: i64 = 18 * HOUR;
const DAILY_STRAY: f64 = 0.01;
const DAILY_STEPS: usize = 9;
/// Chances below e to this need no further test.
const CERTAIN: f64 = -35.0;
/// Significances are ranked as if this many decades made an alarm.
const DECADES: f64 = 4.0;

/// What a series comes to, before anybody asks who else calls the same target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judgement {
    pub regularity: Regularity,
}

impl Judgement {
    /// Returns −log₁₀ of the chance.
    pub(crate) fn significance(&self) -> f64 {
        significance(&self.regularity)
    }

    /// Returns the score, 0 to 1, where a clear regularity of `decades` is an alarm: 0.7.
    pub(crate) fn score(&self, decades: f64) -> f64 {
        score(&self.regularity, decades)
    }
}

fn significance(of: &Regularity) -> f64 {
    -of.ln_p / std::f64::consts::LN_10
}

fn score(of: &Regularity, decades: f64) -> f64 {
    let significance = significance(of);
    if !significance.is_finite() {
        return clearness(of);
    }
    clearness(of) * significance / (significance + decades * 3.0 / 7.0)
}

/// Returns how far a regularity is one at all, however certain: 0 to 1.
fn clearness(of: &Regularity) -> f64 {
    let (none, all) = match of.test {
        Test::Even | Test::SameSize => (0.4, 0.6),
        Test::Comb => (0.5, 0.7),
        Test::Echo => (0.12, 0.3),
        Test::Growth => (0.5, 0.7),
    };
    ((of.share - none) / (all - none)).clamp(0.0, 1.0)
}

/// What is said where too few calls say anything.
const NOTHING: Regularity = Regularity {
    share: 0.0,
    ln_p: 0.0,
    period: 0,
    jitter: 0.0,
    farthest: f64::INFINITY,
    steps: 0,
    pauses: 0,
    test: Test::Even,
};

/// Returns the best regularity of a series, its chance multiplied by the number of tests that were made.
pub(crate) fn judge(series: &Series) -> Judgement {
    let mut tests = Vec::new();
    plain(series, &mut tests);
    if tests
        .iter()
        .all(|test| test.ln_p > CERTAIN || clearness(test) < 1.0)
    {
        further(series, &mut tests);
    }
    let made = tests.len() as f64;
    let hole = hole(series.times()).map_or(0, |(length, _)| length);
    let programs = tests.into_iter().filter(|test| is_a_programs(test, hole));
    let best = programs.fold(None, |best: Option<Regularity>, next| match best {
        Some(best) if score(&best, DECADES) >= score(&next, DECADES) => Some(best),
        _ => Some(next),
    });
    let regularity = best.map_or(NOTHING, |best| Regularity {
        ln_p: (best.ln_p + made.ln()).min(0.0),
        ..best
    });
    Judgement { regularity }
}

/// The tests of evenness and of the comb, at each joining length.
fn plain(series: &Series, tests: &mut Vec<Regularity>) {
    for (place, silences) in silences(series, &series.cuts()).iter().enumerate() {
        let even = even::test(silences);
        tests.extend(even);
        // The comb is dear, and the longest length joins what stands on one.
        if place < 2 && even.is_none_or(|even| clearness(&even) < 1.0) {
            tests.extend(comb::test(silences));
        }
    }
}

/// What is tried where the plain tests leave a doubt: nights cut out, one size alone, growth, echoes.
fn further(series: &Series, tests: &mut Vec<Regularity>) {
    let times = series.times();
    let cuts = series.cuts();
    let mut night = cuts;
    if let (Some((length, middle)), Some(first), Some(last)) = (hole(times), times.first(), times.last())
        && length >= NIGHT
        && last.saturating_sub(*first) > 24 * HOUR
    {
        night.daily = Some(middle);
        let combed = tests.iter().any(|test| test.test == Test::Comb);
        for silences in silences(series, &night) {
            tests.extend(even::test(&silences));
            tests.extend(Some(&silences).filter(|_| !combed).and_then(comb::test));
        }
    }
    if let Some(times) = series.of_one_size()
        && let Some(silences) = even::silences(&times, SECOND, &night)
        && let Some(even) = even::test(&silences)
    {
        tests.push(Regularity {
            test: Test::SameSize,
            ..even
        });
    }
    if let Some(silences) = even::unpaused(times, SECOND, &cuts) {
        tests.extend(growth::test(&silences));
    }
    tests.extend(echo::test(times, &cuts));
}

fn silences(series: &Series, cuts: &Cuts) -> Vec<Silences> {
    let mut all: Vec<Silences> = Vec::new();
    for join in JOINS {
        let Some(next) = even::silences(series.times(), join, cuts) else {
            continue;
        };
        let length = |silences: &Silences| silences.steps.len() + silences.pauses;
        if all.last().is_none_or(|last| length(last) != length(&next)) {
            all.push(next);
        }
    }
    all
}

/// Returns whether a program rather than a person's day makes a rhythm.
fn is_a_programs(regularity: &Regularity, hole: i64) -> bool {
    let exact = regularity.farthest <= DAILY_STRAY && regularity.steps >= DAILY_STEPS;
    let habit = hole >= HABIT_HOLE && regularity.jitter > HABIT_JITTER;
    match regularity.test {
        Test::Growth => true,
        Test::Even | Test::Comb | Test::SameSize | Test::Echo => {
            exact || (regularity.period < DAILY_FROM && (regularity.period < HABIT_FROM || !habit))
        }
    }
}
