//! Order statistics over sorted integers. Every sum runs in the order of its slice, so a result does not
//! depend on who computed it.

/// Returns the median of sorted values, the mean of the two middle ones where their count is even.
pub(crate) fn median(sorted: &[i64]) -> Option<f64> {
    let high = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(high as f64);
    }
    let low = *sorted.get(sorted.len() / 2 - 1)?;
    Some((low as f64 + high as f64) / 2.0)
}

/// Returns the quartiles of sorted values, the outer ones as the medians of the halves without the middle.
pub(crate) fn quartiles(sorted: &[i64]) -> Option<[f64; 3]> {
    let half = sorted.len() / 2;
    let low = sorted.get(..half)?;
    let high = sorted.get(sorted.len() - half..)?;
    Some([median(low)?, median(sorted)?, median(high)?])
}

/// Returns the median absolute deviation from the median of sorted values.
pub(crate) fn deviation(sorted: &[i64]) -> Option<f64> {
    let middle = median(sorted)?;
    let mut away: Vec<f64> = sorted
        .iter()
        .map(|value| (*value as f64 - middle).abs())
        .collect();
    away.sort_unstable_by(f64::total_cmp);
    let high = *away.get(away.len() / 2)?;
    if away.len() % 2 == 1 {
        return Some(high);
    }
    Some((away.get(away.len() / 2 - 1)? + high) / 2.0)
}

/// Returns the differences of neighbours in sorted values, themselves sorted.
pub(crate) fn sorted_gaps(times: &[i64]) -> Vec<i64> {
    let mut gaps: Vec<i64> = times
        .iter()
        .zip(times.iter().skip(1))
        .map(|(one, next)| next.saturating_sub(*one))
        .collect();
    gaps.sort_unstable();
    gaps
}

/// Returns a share of one as whole thousandths, 0 to 1000.
pub(crate) fn permille(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 1000.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_the_medians_of_the_halves() {
        assert_eq!(quartiles(&[1, 2, 3, 4]), Some([1.5, 2.5, 3.5]));
        assert_eq!(quartiles(&[1, 2, 3, 4, 5]), Some([1.5, 3.0, 4.5]));
        assert_eq!(quartiles(&[7]), None);
        assert_eq!(deviation(&[1, 2, 3, 4, 9]), Some(1.0));
        assert_eq!(deviation(&[]), None);
        assert_eq!(sorted_gaps(&[0, 10, 15]), [5, 10]);
    }
}
