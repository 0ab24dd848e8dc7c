//! The score of RITA v5, written from its description, as the reference to compare with.
//!
//! The mean of four parts over one window of 24 hours: timestamps, sizes, histogram, duration. Known blind
//! spots: a beacon that is active for three hours or in working hours only is missed, and aperiodic traffic
//! of constant size in all hours scores high.
//!
//! Where the description leaves room: quartiles are medians of the halves, the coefficient of variation takes
//! the population's deviation over all 24 bars, and "bars" are those with a call in them.

use crate::score::stats::{deviation, median, permille, quartiles, sorted_gaps};
use serde::Serialize;

/// Seconds of the window.
pub(crate) const WINDOW: i64 = 86_400;
/// Bars of the histogram.
pub(crate) const BARS: usize = 24;
const BAR: i64 = WINDOW / BARS as i64;
/// Fewer unique times than this have no score.
const MIN_TIMES: usize = 4;

/// RITA's score and its four parts, each in thousandths, 0 to 1000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RitaScore {
    /// The mean of the parts.
    pub total: u32,
    /// Regularity of the gaps between unique times.
    pub timestamps: u32,
    /// Regularity of the originator's bytes; `None` where no row says them, and the total is then the mean of
    /// the other three.
    pub sizes: Option<u32>,
    /// Evenness over the 24 bars.
    pub histogram: u32,
    /// Persistence over the window.
    pub duration: u32,
}

/// What the score looks at of one pair in one window.
pub(crate) struct Day<'a> {
    /// Unique seconds.
    pub unique: usize,
    /// The gaps between them, sorted.
    pub gaps: Vec<i64>,
    /// The originator's bytes, sorted.
    pub sizes: &'a [i64],
    pub bars: [u64; BARS],
    /// Seconds from the first to the last.
    pub covered: i64,
}

impl<'a> Day<'a> {
    /// Takes the seconds of the calls and the originator's bytes, both sorted, in the window that begins at `start`
    /// seconds.
    pub(crate) fn of(times: &[i64], sizes: &'a [i64], start: i64) -> Self {
        let mut unique = times.to_vec();
        unique.dedup();
        let ends = unique.first().zip(unique.last());
        Day {
            unique: unique.len(),
            gaps: sorted_gaps(&unique),
            sizes,
            bars: bars(times, start),
            covered: ends.map_or(0, |(first, last)| last - first),
        }
    }
}

/// Returns the score of one pair over one window; `None` below four unique times.
pub(crate) fn score(day: &Day<'_>) -> Option<RitaScore> {
    if day.unique < MIN_TIMES {
        return None;
    }
    let timestamps = regularity(&day.gaps, 1.0);
    let sizes = (!day.sizes.is_empty()).then(|| regularity(day.sizes, 0.0));
    let histogram = histogram(&day.bars);
    let duration = duration(day.covered, &day.bars);
    let parts = [Some(timestamps), sizes, Some(histogram), Some(duration)];
    let known: Vec<f64> = parts.into_iter().flatten().collect();
    Some(RitaScore {
        total: permille(known.iter().sum::<f64>() / known.len() as f64),
        timestamps: permille(timestamps),
        sizes: sizes.map(permille),
        histogram: permille(histogram),
        duration: permille(duration),
    })
}

/// Returns how many calls fall into each of the 24 bars of the window that begins at `start` seconds.
fn bars(times: &[i64], start: i64) -> [u64; BARS] {
    let mut bars = [0; BARS];
    for time in times {
        let place = usize::try_from(time.saturating_sub(start).div_euclid(BAR));
        if let Some(bar) = place.ok().and_then(|place| bars.get_mut(place)) {
            *bar += 1;
        }
    }
    bars
}

/// The mean of 1−|Bowley skew| and (median−MAD)/median; `default` stands for the latter where the median is
/// under 1.
fn regularity(sorted: &[i64], default: f64) -> f64 {
    let middle = median(sorted).unwrap_or(0.0);
    let spread = match deviation(sorted) {
        Some(deviation) if middle >= 1.0 => ((middle - deviation) / middle).max(0.0),
        _ => default,
    };
    (1.0 - bowley_skew(sorted).abs() + spread) / 2.0
}

fn bowley_skew(sorted: &[i64]) -> f64 {
    match quartiles(sorted) {
        Some([low, middle, high]) if high - low >= 10.0 && middle != low && middle != high => {
            (low + high - 2.0 * middle) / (high - low)
        }
        _ => 0.0,
    }
}

fn histogram(bars: &[u64; BARS]) -> f64 {
    evenness(bars).max(bimodal_fit(bars))
}

fn evenness(bars: &[u64; BARS]) -> f64 {
    let mean = bars.iter().sum::<u64>() as f64 / BARS as f64;
    if mean == 0.0 {
        return 0.0;
    }
    let variance = bars.iter().map(|bar| (*bar as f64 - mean).powi(2)).sum::<f64>() / BARS as f64;
    (1.0 - variance.sqrt() / mean).max(0.0)
}

fn bimodal_fit(bars: &[u64; BARS]) -> f64 {
    const MIN_BARS: usize = 11;
    let filled: Vec<u64> = bars.iter().copied().filter(|bar| *bar > 0).collect();
    if filled.len() < MIN_BARS {
        return 0.0;
    }
    let width = (filled.iter().max().copied().unwrap_or(0) * 5)
        .div_ceil(100)
        .max(1);
    let mut bins: Vec<u64> = filled.iter().map(|bar| bar / width).collect();
    bins.sort_unstable();
    let mut frequencies: Vec<usize> = bins.chunk_by(|a, b| a == b).map(<[u64]>::len).collect();
    frequencies.sort_unstable_by(|a, b| b.cmp(a));
    let largest: usize = frequencies.iter().take(2).sum();
    (largest as f64 / (filled.len() - 1) as f64).min(1.0)
}

fn duration(covered: i64, bars: &[u64; BARS]) -> f64 {
    const MIN_BARS: usize = 6;
    if bars.iter().filter(|bar| **bar > 0).count() < MIN_BARS {
        return 0.0;
    }
    let coverage = covered as f64 / WINDOW as f64;
    let runs = bars.chunk_by(|a, b| (*a > 0) == (*b > 0));
    let longest = runs.filter(|run| run.first() > Some(&0)).map(<[u64]>::len).max();
    coverage.max(longest.unwrap_or(0) as f64 / 12.0).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(times: &[i64], sizes: &[i64], start: i64) -> Option<RitaScore> {
        super::score(&Day::of(times, sizes, start))
    }

    /// Calls every `period` seconds from `from` to before `to`.
    fn every(period: i64, from: i64, to: i64) -> Vec<i64> {
        (from..to).step_by(period as usize).collect()
    }

    #[test]
    fn a_perfect_beacon_over_the_whole_day_scores_everything() {
        let times = every(60, 0, WINDOW);
        let score = score(&times, &vec![300; times.len()], 0).unwrap();
        assert_eq!(
            score,
            RitaScore {
                total: 1000,
                timestamps: 1000,
                sizes: Some(1000),
                histogram: 1000,
                duration: 1000
            }
        );
    }

    #[test]
    fn three_hours_of_a_perfect_beacon_are_half_a_score() {
        let times = every(60, 0, 3 * 3600);
        let score = score(&times, &vec![300; times.len()], 0).unwrap();
        assert_eq!((score.histogram, score.duration, score.total), (0, 0, 500));
    }

    #[test]
    fn eight_hours_of_a_perfect_beacon_persist_for_eight_twelfths() {
        let times = every(60, 9 * 3600, 17 * 3600);
        let score = score(&times, &vec![300; times.len()], 0).unwrap();
        // Eight bars of 60 among 24: mean 20, deviation √800 = 28.3, so the coefficient is over 1.
        assert_eq!((score.histogram, score.duration), (0, 667));
        // (1 + 1 + 0 + 2/3) / 4.
        assert_eq!(score.total, 667);
    }

    #[test]
    fn six_calls_in_a_day_are_counted_by_their_coverage() {
        let score = score(&every(4 * 3600, 0, WINDOW), &[5; 6], 0).unwrap();
        // Six bars; last − first is 20 of 24 hours. (1 + 1 + 0 + 5/6) / 4.
        assert_eq!((score.duration, score.total), (833, 708));
    }

    #[test]
    fn skew_and_dispersion_are_as_computed_by_hand() {
        // Gaps 10 20 40 100: quartiles 15, 30, 70; skew (15+70−60)/55 = 5/11; deviations 10 10 20 70, MAD 15.
        let score = score(&[0, 10, 30, 70, 170], &[0, 0, 0, 0, 0], 0).unwrap();
        // (6/11 + 1/2) / 2 = 0.5227.
        assert_eq!(score.timestamps, 523);
        // Sizes of nothing: skew 0, dispersion defaults to 0.
        assert_eq!(score.sizes, Some(500));
    }

    #[test]
    fn a_second_mode_fits_the_histogram() {
        // Twelve bars of 10 and twelve of 1: frequency bins of width 1 hold 12 and 12, over 24 − 1.
        let mut bars = [10; BARS];
        bars.iter_mut().step_by(2).for_each(|bar| *bar = 1);
        assert_eq!(bimodal_fit(&bars), 1.0);
        // Mean 5.5, deviation 4.5.
        assert!((evenness(&bars) - (1.0 - 4.5 / 5.5)).abs() < 1e-12);
    }

    #[test]
    fn calls_by_chance_with_constant_sizes_score_high_which_is_its_false_alarm() {
        let mut state = 9u64;
        let mut now = 0.0;
        let mut times = Vec::new();
        while now < WINDOW as f64 {
            times.push(now as i64);
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            now += -(1.0 - (state >> 33) as f64 / f64::from(1u32 << 31)).ln() * 60.0;
        }
        let score = score(&times, &vec![512; times.len()], 0).unwrap();
        // Measured on RITA itself: .849.
        assert!(score.total.abs_diff(849) <= 15, "{score:?}");
    }

    #[test]
    fn fewer_than_four_times_have_no_score_and_unknown_sizes_no_part() {
        assert_eq!(score(&[0, 0, 1, 2], &[], 0), None);
        let score = score(&every(60, 0, WINDOW), &[], 0).unwrap();
        assert_eq!((score.sizes, score.total), (None, 1000));
    }
}
