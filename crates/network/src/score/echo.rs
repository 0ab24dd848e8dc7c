//! Do calls echo after one time more often than shortly before and after it?
//!
//! Two rhythms in one, or a rhythm among a person's calls, leave silences of every length; yet a period shows
//! in how many calls have another one period later. For each candidate the calls with a successor in T(1 ± w)
//! are counted beside those with one in the neighbouring bands of the same width, the local expectation: what
//! comes in bursts, or at some hours only, has echoes everywhere alike. Under chance a third of all counted
//! falls into the middle band.

use crate::score::Test;
use crate::score::cuts::Cuts;
use crate::score::even::Regularity;
use crate::score::growth::tail;

/// Fewer calls than this say nothing.
const MIN_CALLS: usize = 20;
/// Calls that are looked at, the first in time.
const MAX_CALLS: usize = 600;
/// Half the widths of the band, as shares of the period.
const WIDTHS: [f64; 3] = [0.03, 0.06, 0.11];
/// Periods between these are tried, in microseconds: ten seconds and six hours.
const PERIODS: (f64, f64) = (10e6, 21_600e6);
/// Each candidate is longer than the one before by this factor.
const STEP: f64 = 1.05;
/// Candidates with the most echoes that are looked at closely.
const CLOSELY: usize = 6;
/// How many successors of a call are looked at.
const SUCCESSORS: usize = 12;

/// Returns how clear the best echo is.
pub(crate) fn test(times: &[i64], cuts: &Cuts) -> Option<Regularity> {
    let times = times.get(..times.len().min(MAX_CALLS))?;
    if times.len() < MIN_CALLS {
        return None;
    }
    let (candidates, bins) = candidates(times);
    let fits = candidates
        .iter()
        .flat_map(|period| WIDTHS.iter().map(move |width| (*period, *width)))
        .filter_map(|(period, width)| fit(times, cuts, period, width));
    let best = fits.fold(None, |best: Option<Fit>, next| match best {
        Some(best) if best.ln_p <= next.ln_p => Some(best),
        _ => Some(next),
    })?;
    let trials = bins as f64 * WIDTHS.len() as f64;
    Some(Regularity {
        share: best.share,
        ln_p: (best.ln_p + trials.ln()).min(0.0),
        period: best.period.round() as i64,
        jitter: best.width,
        farthest: f64::INFINITY,
        steps: times.len() - 1,
        pauses: 0,
        test: Test::Echo,
    })
}

/// Returns the lags that most calls share, by bins of equal quotient, and how many bins there are.
fn candidates(times: &[i64]) -> (Vec<f64>, usize) {
    let bins = ((PERIODS.1 / PERIODS.0).ln() / STEP.ln()).ceil() as usize;
    let mut counts = vec![0usize; bins];
    for (place, one) in times.iter().enumerate() {
        for next in times.iter().skip(place + 1).take(SUCCESSORS) {
            let lag = next.saturating_sub(*one) as f64;
            if (PERIODS.0..PERIODS.1).contains(&lag) {
                let bin = ((lag / PERIODS.0).ln() / STEP.ln()) as usize;
                if let Some(count) = counts.get_mut(bin) {
                    *count += 1;
                }
            }
        }
    }
    // By how far a bin stands over its neighbours three bins away.
    let at = |bin: usize| counts.get(bin).copied().unwrap_or(0) as f64;
    let mut ranked: Vec<(f64, usize)> = (0..bins)
        .map(|bin| {
            let around = (at(bin.wrapping_sub(3)) + at(bin + 3)) / 2.0;
            ((at(bin) - around) / (at(bin) + around + 4.0).sqrt(), bin)
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let centre = |bin: usize| PERIODS.0 * STEP.powf(bin as f64 + 0.5);
    let best = ranked.iter().take(CLOSELY).filter(|(excess, _)| *excess > 0.0);
    (best.map(|(_, bin)| centre(*bin)).collect(), bins)
}

struct Fit {
    ln_p: f64,
    share: f64,
    period: f64,
    width: f64,
}

fn fit(times: &[i64], cuts: &Cuts, near: f64, width: f64) -> Option<Fit> {
    let bursts = bursts(times, (near / 8.0) as i64);
    // The middle of the lags that fall near the candidate: bins are coarse.
    let mut lags: Vec<i64> = lags(&bursts, near * (1.0 - width), near * (1.0 + width));
    lags.sort_unstable();
    let period = crate::score::stats::median(&lags)?;
    let band = |from: f64, to: f64| {
        let first = first_after(&bursts, (period * from) as i64);
        let within = first.filter(|(one, next)| {
            (next.saturating_sub(*one) as f64) < period * to && !cuts.between(*one, *next)
        });
        within.count()
    };
    let middle = band(1.0 - width, 1.0 + width);
    let sides = band(1.0 - 3.0 * width, 1.0 - width) + band(1.0 + width, 1.0 + 3.0 * width);
    let all = (middle + sides) as f64;
    let excess = (middle as f64 - sides as f64 / 2.0) / bursts.len() as f64;
    (middle >= 8 && excess > 0.0).then(|| Fit {
        // A call is in up to two echoes, as first and as second: half as many trials.
        ln_p: tail(middle as f64 / all, all / 2.0, 1.0 / 3.0),
        share: excess,
        period,
        width,
    })
}

/// Returns the first call of each burst: what follows another by less than `join` is none of its own.
fn bursts(times: &[i64], join: i64) -> Vec<i64> {
    let mut starts: Vec<i64> = Vec::new();
    for time in times {
        if starts
            .last()
            .is_none_or(|last| time.saturating_sub(*last) >= join)
        {
            starts.push(*time);
        }
    }
    starts
}

/// Returns each time that has one at least `lag` later, with the first of those.
fn first_after(times: &[i64], lag: i64) -> impl Iterator<Item = (i64, i64)> + '_ {
    let mut later = times.iter().peekable();
    times.iter().map_while(move |one| {
        while later.next_if(|next| next.saturating_sub(*one) < lag).is_some() {}
        later.peek().map(|next| (*one, **next))
    })
}

/// Returns for each time the first lag of at least `from`, where it is below `to`.
fn lags(times: &[i64], from: f64, to: f64) -> Vec<i64> {
    let first = first_after(times, from as i64);
    first
        .map(|(one, next)| next.saturating_sub(one))
        .filter(|lag| (*lag as f64) < to)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn two_periods_in_one_echo() {
        let mut state = 3i64;
        let mut about = |seconds: i64| {
            state = (state * 7_141 + 54_773) % 259_200;
            seconds * (SECOND * 97 / 100 + SECOND * 6 / 100 * state / 259_200)
        };
        let mut times = Vec::new();
        for period in [600, 847] {
            let mut now = about(period);
            while now < 72_000 * SECOND {
                times.push(now);
                now += about(period);
            }
        }
        times.sort_unstable();
        let found = test(&times, &Cuts::default()).unwrap();
        assert!((found.period - 600 * SECOND).abs() < 20 * SECOND, "{found:?}");
        assert!(found.ln_p < -15.0 && found.share > 0.4, "{found:?}");
    }

    #[test]
    fn chance_has_no_echo() {
        let mut state = 5u64;
        let (mut now, mut times) = (0, Vec::new());
        for _ in 0..400 {
            times.push(now);
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            now += (-(1.0 - (state >> 33) as f64 / f64::from(1u32 << 31)).ln() * 300e6) as i64 + 1;
        }
        let found = test(&times, &Cuts::default());
        assert!(found.is_none_or(|found| found.ln_p > -6.0), "{found:?}");
    }
}
