//! Are the steps between calls multiples of one period?
//!
//! A program that sleeps for a minute and then calls one of three servers by lot leaves, at each of them,
//! steps of one, two, three, … minutes: as spread as chance, yet all on one comb. Each step is an angle on a
//! circle of one period, so a clock that drifts does not blur it; Rayleigh's statistic is the length of the
//! mean of the angles. Chance itself leans a little to the short steps: what exponential steps of the same
//! mean would give is taken off before the chance is computed. The period is tried at the median and the
//! lower quartile and their first fractions, each with its neighbours, and the chance is multiplied by the
//! number of trials.

use crate::score::Test;
use crate::score::even::{Regularity, Silences};
use crate::score::stats::quartiles;
use std::f64::consts::TAU;

/// Fewer steps than this cannot outweigh the trials.
const MIN_STEPS: usize = 24;
/// Steps that are looked at, the first in time.
const MAX_STEPS: usize = 400;
/// Periods below this are as fine as logs of whole seconds.
const MIN_PERIOD: f64 = 10_000_000.0;
/// Neighbours of each candidate, on either side, and how far apart they stand.
const NEIGHBOURS: i32 = 6;
const APART: f64 = 0.01;
const CANDIDATES: usize = 4;
const TRIALS: f64 = (CANDIDATES * (2 * NEIGHBOURS as usize + 1)) as f64;

/// Returns how well the steps fit the best comb.
pub(crate) fn test(of: &Silences) -> Option<Regularity> {
    let steps = of.steps.get(..of.steps.len().min(MAX_STEPS))?;
    if steps.len() < MIN_STEPS {
        return None;
    }
    let mut sorted = steps.to_vec();
    sorted.sort_unstable();
    let [low, middle, _] = quartiles(&sorted)?;
    let mean = steps.iter().map(|step| *step as f64).sum::<f64>() / steps.len() as f64;
    let candidates: [f64; CANDIDATES] = [low, middle, middle / 2.0, middle / 3.0];
    let periods = candidates.iter().flat_map(|candidate| {
        (-NEIGHBOURS..=NEIGHBOURS).map(move |place| candidate * (1.0 + APART * f64::from(place)))
    });
    let fits = periods
        .filter(|period| *period >= MIN_PERIOD)
        .filter_map(|period| fit(steps, period));
    let (period, length) = fits.fold(None, |best: Option<(f64, f64)>, next| match best {
        Some(best) if best.1 >= next.1 => Some(best),
        _ => Some(next),
    })?;
    let excess = (length - lean(period, mean)).max(0.0);
    Some(Regularity {
        share: length,
        ln_p: (TRIALS.ln() - steps.len() as f64 * excess * excess).min(0.0),
        period: period.round() as i64,
        jitter: jitter(length),
        // Steps on a comb are multiples, so most are far from one period by nature.
        farthest: f64::INFINITY,
        steps: steps.len(),
        pauses: of.pauses,
        test: Test::Comb,
    })
}

/// Returns the length of the mean angle; `None` where too many steps are shorter than half the period, which
/// would crowd at zero without any rhythm.
fn fit(steps: &[i64], period: f64) -> Option<(f64, f64)> {
    let short = steps.iter().filter(|step| (**step as f64) < period / 2.0).count();
    if short * 20 > steps.len() {
        return None;
    }
    let (mut sines, mut cosines) = (0.0, 0.0);
    for step in steps {
        let (sine, cosine) = (TAU * (*step as f64 / period).fract()).sin_cos();
        sines += sine;
        cosines += cosine;
    }
    Some((period, sines.hypot(cosines) / steps.len() as f64))
}

/// What exponential steps of this mean give by themselves.
fn lean(period: f64, mean: f64) -> f64 {
    1.0 / 1f64.hypot(TAU * mean / period)
}

/// The half width of a uniform jitter that leaves angles of this mean length, to two terms of the series of
/// sin(2πj)/2πj.
fn jitter(length: f64) -> f64 {
    ((6.0 * (1.0 - length.min(1.0))).sqrt() / TAU).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::cuts::Cuts;
    use crate::score::even::silences;

    const SECOND: i64 = 1_000_000;

    /// Numbers without rhythm, the same in every run (Knuth's MMIX generator).
    fn lot(count: usize) -> impl Iterator<Item = u64> {
        let mut state = 7u64;
        std::iter::repeat_with(move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        })
        .take(count)
    }

    fn times(steps: impl Iterator<Item = i64>) -> Vec<i64> {
        let mut now = 0;
        std::iter::once(0)
            .chain(steps.map(|step| {
                now += step;
                now
            }))
            .collect()
    }

    #[test]
    fn one_of_three_servers_by_lot_is_on_the_comb() {
        // One minute after the other, of which this server gets every third by lot.
        let calls: Vec<i64> = lot(600)
            .enumerate()
            .filter(|(_, lot)| lot % 3 == 0)
            .map(|(minute, lot)| minute as i64 * 60 * SECOND + (lot % 5) as i64 * SECOND)
            .collect();
        let found = test(&silences(&calls, SECOND, &Cuts::default()).unwrap()).unwrap();
        assert!((found.period - 60 * SECOND).abs() < 2 * SECOND, "{found:?}");
        assert!(found.share > 0.9, "{found:?}");
        assert!(found.ln_p < -50.0, "{found:?}");
    }

    #[test]
    fn chance_is_on_no_comb() {
        let steps = lot(400).map(|lot| {
            let share = (lot % 1_000_000) as f64 / 1_000_000.0;
            (-(1.0 - share).ln() * 300e6) as i64 + 2 * SECOND
        });
        // Too many of its steps are shorter than half of any period.
        assert_eq!(
            test(&silences(&times(steps), SECOND, &Cuts::default()).unwrap()),
            None
        );
    }
}
