//! Does each gap grow by the same factor?
//!
//! A program that backs off (each sleep 1.618 or 2 times the one before) has no period, yet the logarithms of
//! its gaps climb by equal steps. For calls by chance the logarithm of the quotient of two gaps that follow
//! each other is logistic, whatever their rate: its density is nowhere over a quarter, so that a quotient
//! falls into a band of width 2d by chance with at most d/2. Falls back to the first gap are allowed.

use crate::score::Test;
use crate::score::even::{Regularity, Silences};
use crate::score::stats::median;

/// Fewer quotients than this say nothing.
const MIN_QUOTIENTS: usize = 6;
/// The smallest and the largest factor that is growth, as logarithms: 1.2 and 4.
const FACTORS: (f64, f64) = (0.182, 1.386);
/// Half the width of the band around the common factor.
const BANDS: [f64; 3] = [0.05, 0.12, 0.25];
/// The share of quotients that must lie in the band.
const SHARE: f64 = 0.7;

/// Returns how well the gaps grow by one factor; the period is the median gap.
pub(crate) fn test(of: &Silences) -> Option<Regularity> {
    let pairs = of.steps.iter().zip(of.steps.iter().skip(1));
    let quotients: Vec<f64> = pairs
        .filter(|(one, _)| **one > 0)
        .map(|(one, next)| (*next as f64 / *one as f64).ln())
        .collect();
    if quotients.len() < MIN_QUOTIENTS {
        return None;
    }
    let best = BANDS.iter().filter_map(|band| fit(&quotients, *band)).fold(
        None,
        |best: Option<(f64, f64, f64)>, next| match best {
            Some(best) if best.0 <= next.0 => Some(best),
            _ => Some(next),
        },
    );
    let (ln_p, share, band) = best?;
    let mut steps = of.steps.clone();
    steps.sort_unstable();
    Some(Regularity {
        share,
        ln_p,
        period: median(&steps)?.round() as i64,
        jitter: band / 2.0,
        farthest: f64::INFINITY,
        steps: of.steps.len(),
        pauses: of.pauses,
        test: Test::Growth,
    })
}

/// Returns the logarithm of the chance, the share of quotients in the best band, and the band.
fn fit(quotients: &[f64], band: f64) -> Option<(f64, f64, f64)> {
    let count = quotients.len();
    let growing = quotients
        .iter()
        .filter(|factor| (FACTORS.0..=FACTORS.1).contains(*factor));
    let inside = |centre: &f64| {
        quotients
            .iter()
            .filter(|one| (*one - centre).abs() <= band)
            .count()
    };
    let most = growing.map(inside).max()?;
    let share = most as f64 / count as f64;
    if share < SHARE {
        return None;
    }
    // The centre is one of the quotients: it is in its own band by nature, and was chosen among all. Neighbouring
    // quotients share a gap, so only every second one is a trial of its own.
    let trials = (count as f64 - 1.0) / 2.0;
    let ln_p = (count as f64 * BANDS.len() as f64).ln() + tail(share, trials, band / 2.0);
    Some((ln_p.min(0.0), share, band))
}

/// Chernoff's bound on the upper tail of a binomial distribution: ln P(share of `trials` ≥ `share`).
pub(crate) fn tail(share: f64, trials: f64, chance: f64) -> f64 {
    if share <= chance {
        return 0.0;
    }
    let part = |a: f64, b: f64| if a > 0.0 { a * (a / b).ln() } else { 0.0 };
    -trials * (part(share, chance) + part(1.0 - share, 1.0 - chance))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::cuts::Cuts;
    use crate::score::even::unpaused;

    #[test]
    fn gaps_that_grow_by_the_golden_ratio_are_growth() {
        let (mut now, mut gap) = (0.0, 60e6);
        let times: Vec<i64> = (0..16)
            .map(|_| {
                now += gap;
                gap *= 1.618;
                now as i64
            })
            .collect();
        let silences = unpaused(&times, 1_000_000, &Cuts::default()).unwrap();
        let found = test(&silences).unwrap();
        assert!(found.ln_p < -12.0, "{found:?}");
        assert_eq!(found.share, 1.0);
    }

    #[test]
    fn the_bound_is_over_the_tail() {
        // Ten of ten at one half: 2^-10 exactly.
        assert!((tail(1.0, 10.0, 0.5) - 10.0 * 0.5f64.ln()).abs() < 1e-12);
        assert_eq!(tail(0.2, 10.0, 0.5), 0.0);
    }
}
