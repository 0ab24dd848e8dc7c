//! Are the silences between calls more even than chance makes them?
//!
//! Calls that stand within a moment of each other are one (a retry, a second file). Between such bursts a
//! silence is measured from the last call to the next, less the length that joins: for calls that come by
//! chance (a Poisson process) this is exponential **exactly**, whatever the joining length, because such a
//! process has no memory. Silences over eight medians are pauses (night, weekend, a machine that was off):
//! they are left out, so that a beacon counts over the span in which it was active.
//!
//! The statistic is Moran's, M = Σ ln(mean / silence): 0 for a metronome, 0.577 per silence for chance. By
//! Bartlett's correction 2M/(1 + (n+1)/6n) is χ² with n−1 degrees, and the approximation holds far into the
//! lower tail, where the alarms are. A jitter of ±50 % gives 0.043 per silence, ±80 % gives 0.14, one call
//! in five missed gives 0.07.

use crate::score::Test;
use crate::score::cuts::Cuts;
use crate::score::gamma::ln_chi2_below;
use crate::score::stats::{deviation, median};

/// What chance gives per silence: Euler's constant.
const CHANCE: f64 = 0.577_215_664_901_532_9;
/// A silence counts as at least this share of the mean, so that a stray call does not outweigh hundreds.
const FLOOR: f64 = 0.05;
/// Silences longer than this many medians are pauses.
const PAUSE: f64 = 8.0;
/// Fewer silences than this say nothing.
const MIN_SILENCES: usize = 4;

/// The silences of one series of calls, pauses left out.
#[derive(Clone, Debug)]
pub(crate) struct Silences {
    /// From the last call of a burst to the first of the next, less the joining length; microseconds, in the
    /// order of time.
    pub silences: Vec<i64>,
    /// From the first call of a burst to the first of the next, likewise.
    pub steps: Vec<i64>,
    /// Silences that were left out as pauses.
    pub pauses: usize,
}

/// What a test says of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Regularity {
    /// 1 for a metronome, 0 for chance.
    pub share: f64,
    /// The logarithm of the chance that calls without rhythm look as regular.
    pub ln_p: f64,
    /// Microseconds.
    pub period: i64,
    /// Half the width of the jitter as a share of the period.
    pub jitter: f64,
    /// The largest distance of a step from the period, as a share of it.
    pub farthest: f64,
    /// Steps that were looked at.
    pub steps: usize,
    /// Pauses that were left out.
    pub pauses: usize,
    pub test: Test,
}

/// Returns the silences of sorted, unique times where calls within `join` microseconds are one, those left out
/// that are cut; `None` where too few remain or pauses are too many to be pauses.
pub(crate) fn silences(times: &[i64], join: i64, cuts: &Cuts) -> Option<Silences> {
    let (all, nights) = between(times, join, cuts)?;
    let mut sorted: Vec<i64> = all.iter().map(|(silence, _)| *silence).collect();
    sorted.sort_unstable();
    let longest = PAUSE * median(&sorted)?;
    let kept = all.iter().filter(|(silence, _)| *silence as f64 <= longest);
    let (silences, steps): (Vec<i64>, Vec<i64>) = kept.copied().unzip();
    let pauses = all.len() - silences.len();
    let enough = silences.len() >= MIN_SILENCES && pauses * 4 <= silences.len() && nights <= silences.len();
    enough.then_some(Silences {
        silences,
        steps,
        pauses: pauses + nights,
    })
}

/// Returns the same with no silence left out for its length.
pub(crate) fn unpaused(times: &[i64], join: i64, cuts: &Cuts) -> Option<Silences> {
    let (all, pauses) = between(times, join, cuts)?;
    let (silences, steps): (Vec<i64>, Vec<i64>) = all.into_iter().unzip();
    Some(Silences {
        silences,
        steps,
        pauses,
    })
}

/// Returns silences with their steps, and how many nights were cut out.
fn between(times: &[i64], join: i64, cuts: &Cuts) -> Option<(Vec<(i64, i64)>, usize)> {
    let mut all = Vec::new();
    let (mut begun, mut nights) = (*times.first()?, 0);
    for (one, next) in times.iter().zip(times.iter().skip(1)) {
        let quiet = next.saturating_sub(*one);
        if quiet <= join {
            continue;
        }
        if cuts.between(*one, *next) {
            nights += usize::from(cuts.daily.is_some());
        } else {
            all.push((quiet - join, next.saturating_sub(begun)));
        }
        begun = *next;
    }
    Some((all, nights))
}

/// Returns how even the silences are.
pub(crate) fn test(of: &Silences) -> Option<Regularity> {
    let count = of.silences.len() as f64;
    let mean = of.silences.iter().map(|silence| *silence as f64).sum::<f64>() / count;
    let moran: f64 = of
        .silences
        .iter()
        .map(|silence| -(*silence as f64 / mean).max(FLOOR).ln())
        .sum();
    let bartlett = 1.0 + (count + 1.0) / (6.0 * count);
    let mut steps = of.steps.clone();
    steps.sort_unstable();
    let period = median(&steps)?;
    Some(Regularity {
        share: 1.0 - (moran / count / CHANCE).clamp(0.0, 1.0),
        ln_p: ln_chi2_below(2.0 * moran.max(0.0) / bartlett, count - 1.0),
        period: period.round() as i64,
        jitter: (2.0 * deviation(&steps)? / period.max(1.0)).min(1.0),
        farthest: farthest(&steps, period),
        steps: steps.len(),
        pauses: of.pauses,
        test: Test::Even,
    })
}

fn farthest(sorted: &[i64], period: f64) -> f64 {
    let ends = [sorted.first(), sorted.last()].into_iter().flatten();
    ends.map(|step| (*step as f64 - period).abs() / period.max(1.0))
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    fn times(steps: &[i64]) -> Vec<i64> {
        let mut now = 0;
        let mut times = vec![0];
        for step in steps {
            now += step * SECOND;
            times.push(now);
        }
        times
    }

    #[test]
    fn a_metronome_is_certain_and_retries_and_nights_do_not_matter() {
        let mut steps = vec![60; 20];
        steps[10] = 16 * 3600;
        steps.insert(5, 1);
        let silences = silences(&times(&steps), SECOND, &Cuts::default()).unwrap();
        let found = test(&silences).unwrap();
        assert_eq!((found.period, found.pauses), (60 * SECOND, 1));
        assert!(found.share > 0.99, "{found:?}");
        assert!(found.ln_p < -20.0, "{found:?}");
    }

    #[test]
    fn silences_that_grow_at_random_are_no_rhythm() {
        // The quantiles of an exponential distribution: as random as silences get.
        let steps: Vec<i64> = (1..=60)
            .map(|k| (-(1.0 - f64::from(k) / 61.0).ln() * 600.0) as i64 + 2)
            .collect();
        let found = test(&silences(&times(&steps), SECOND, &Cuts::default()).unwrap()).unwrap();
        assert!(found.share < 0.2, "{found:?}");
        assert!(found.ln_p > -7.0, "{found:?}");
    }

    #[test]
    fn too_few_silences_say_nothing() {
        assert!(silences(&times(&[60; 3]), SECOND, &Cuts::default()).is_none());
        assert!(silences(&[], SECOND, &Cuts::default()).is_none());
    }
}
