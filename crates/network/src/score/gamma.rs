//! The lower tail of the χ² distribution, in logarithms: the chances asked for here go far below what a
//! float can hold as a number.

/// Returns ln P(χ² with `freedom` degrees ≤ `value`); 0 (certainty) from the middle on, where no test cares.
pub(crate) fn ln_chi2_below(value: f64, freedom: f64) -> f64 {
    let (shape, x) = (freedom / 2.0, value / 2.0);
    if x <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if x >= shape + 1.0 {
        return 0.0;
    }
    // P(a, x) = xᵃ e⁻ˣ / Γ(a+1) · Σ xᵏ / ((a+1)…(a+k)), Abramowitz and Stegun 6.5.29.
    let (mut sum, mut term, mut divisor) = (1.0, 1.0, shape);
    for _ in 0..100_000 {
        divisor += 1.0;
        term *= x / divisor;
        sum += term;
        if term < sum * 1e-12 {
            break;
        }
    }
    (shape * x.ln() - x - ln_gamma(shape + 1.0) + sum.ln()).min(0.0)
}

/// Returns ln Γ(x) for x ≥ 1: Stirling's series after a shift to where it is exact to ten places.
fn ln_gamma(x: f64) -> f64 {
    const FROM: f64 = 10.0;
    let (mut x, mut shift) = (x, 0.0);
    while x < FROM {
        shift += x.ln();
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0))) / x;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gamma_function_is_the_factorial() {
        assert!((ln_gamma(6.0) - 120f64.ln()).abs() < 1e-9);
        assert!((ln_gamma(1.0)).abs() < 1e-9);
        assert!((ln_gamma(1.5) - (std::f64::consts::PI.sqrt() / 2.0).ln()).abs() < 1e-9);
    }

    #[test]
    fn the_tail_is_as_in_tables() {
        // Two degrees: 1 − e^(−x/2).
        assert!((ln_chi2_below(1.0, 2.0) - (1.0 - (-0.5f64).exp()).ln()).abs() < 1e-9);
        // The 1 % point for ten degrees is 2.558.
        assert!((ln_chi2_below(2.558_212, 10.0) - 0.01f64.ln()).abs() < 1e-4);
        assert_eq!(ln_chi2_below(50.0, 10.0), 0.0);
        assert_eq!(ln_chi2_below(0.0, 10.0), f64::NEG_INFINITY);
    }
}
