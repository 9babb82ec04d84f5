//! Statistics of pass rates: pass@k, intervals, and the paired comparison of two runs.

use serde::Serialize;

/// The quantile of the normal distribution for intervals of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// An interval of 95 %, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The chance that of `k` of these `samples` at least one passes, of which `passed` do: the unbiased estimate of Chen et
/// al. (arXiv 2107.03374), 1 - C(samples - passed, k) / C(samples, k). `None` for fewer than `k` samples.
#[must_use]
pub fn pass_at_k(samples: usize, passed: usize, k: usize) -> Option<f64> {
    if k == 0 || k > samples || passed > samples {
        return None;
    }
    if samples - passed < k {
        return Some(1.0);
    }
    let none = (samples - passed + 1..=samples).map(|count| 1.0 - k as f64 / count as f64).product::<f64>();
    Some(1.0 - none)
}

/// Wilson's interval for a share that was measured with this many problems. Without problems, anything is possible.
#[must_use]
pub fn wilson(share: f64, problems: usize) -> Interval {
    if problems == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let count = problems as f64;
    let scale = 1.0 + Z * Z / count;
    let middle = (share + Z * Z / (2.0 * count)) / scale;
    let half = Z / scale * (share * (1.0 - share) / count + Z * Z / (4.0 * count * count)).sqrt();
    Interval { low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
}

/// McNemar's exact test, two-sided: the chance that problems which only one of two runs solves are split as unevenly as
/// `only_a` to `only_b`, or more so, if neither run is better.
#[must_use]
pub fn mcnemar(only_a: usize, only_b: usize) -> f64 {
    let differing = only_a + only_b;
    // As logarithms: the binomial coefficients of thousands of problems are no f64.
    let mut term = -(differing as f64) * std::f64::consts::LN_2;
    let mut sum = term.exp();
    for index in 1..=only_a.min(only_b) {
        term += ((differing - index + 1) as f64 / index as f64).ln();
        sum += term.exp();
    }
    (2.0 * sum).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 5e-5
    }

    #[test]
    fn pass_at_k_counts_draws_without_replacement() {
        // Of 5 samples 2 pass: C(3, 2) / C(5, 2) = 3 / 10 of the pairs have none of them.
        for (samples, passed, k, expected) in
            [(1, 1, 1, 1.0), (1, 0, 1, 0.0), (5, 2, 1, 0.4), (5, 2, 2, 0.7), (5, 2, 4, 1.0), (5, 0, 5, 0.0)]
        {
            let found = pass_at_k(samples, passed, k).expect("enough samples");
            assert!(is_near(found, expected), "{samples} {passed} {k}: {found}");
        }
        // C(150, 10) / C(200, 10) = 0.0521.
        assert!(is_near(pass_at_k(200, 50, 10).expect("enough samples"), 0.947_906));
        assert_eq!([pass_at_k(3, 1, 4), pass_at_k(3, 1, 0), pass_at_k(3, 4, 1)], [None; 3]);
    }

    #[test]
    fn intervals_are_wilsons() {
        // By hand: 8 of 10 has the middle (0.8 + 0.19207) / 1.38415 and the half 1.41601 * sqrt(0.016 + 0.0096036).
        for (share, problems, low, high) in [
            (0.8, 10, 0.490_16, 0.943_32),
            (0.5, 164, 0.424_36, 0.575_64),
            (0.0, 20, 0.0, 0.161_13),
            (1.0, 20, 0.838_87, 1.0),
            (0.348, 164, 0.279_33, 0.423_62),
        ] {
            let found = wilson(share, problems);
            assert!(is_near(found.low, low) && is_near(found.high, high), "{share} of {problems}: {found:?}");
        }
        assert_eq!(wilson(0.0, 0), Interval { low: 0.0, high: 1.0 });
    }

    #[test]
    fn mcnemars_test_is_exact() {
        for (only_a, only_b, expected) in [
            (0, 0, 1.0),
            (1, 1, 1.0),
            // 2 / 2^5.
            (0, 5, 0.0625),
            // 2 (1 + 10) / 2^10.
            (1, 9, 0.021_484),
            (9, 1, 0.021_484),
            // 2 (1 + 12 + 66 + 220) / 2^12.
            (3, 9, 0.145_996),
            (6, 6, 1.0),
        ] {
            let found = mcnemar(only_a, only_b);
            assert!(is_near(found, expected), "{only_a} {only_b}: {found}");
        }
        // Where 0.5^n is no f64 any more; in fractions of integers, 0.0046453.
        let found = mcnemar(2000 - 90, 2000 + 90);
        assert!((found - 0.004_645_3).abs() < 1e-7, "{found}");
        assert!(mcnemar(100, 3000) < 1e-300);
    }
}
