//! How long evaluation takes on this machine, measured as it happens.

use std::time::Duration;

/// The weight of a new measurement.
const NEW: f64 = 0.3;
/// Batches of at most this many tokens take as long as one of a single token.
const FEW: usize = 4;
/// Batches of at least this many tokens tell the time per token.
pub const MANY: usize = 16;
/// The share of a time limit that is planned for: the rest is for what was not foreseen.
const SHARE: f64 = 0.9;

/// Measured times, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pace {
    /// Of a batch of one token.
    step: Option<f64>,
    /// Of each further token of a batch.
    token: Option<f64>,
    /// Of each cell that is copied to move tokens.
    cell: Option<f64>,
}

impl Pace {
    /// A batch of `tokens` took this long.
    pub fn evaluated(&mut self, tokens: usize, time: Duration) {
        let time = time.as_secs_f64();
        if (1..=FEW).contains(&tokens) {
            average(&mut self.step, time);
        } else if tokens >= MANY {
            let rest = (time - self.step.unwrap_or_default()).max(time / 4.0);
            average(&mut self.token, rest / tokens as f64);
        }
    }

    /// To move tokens took this long beside `tokens` that were evaluated, and `cells` were copied.
    pub fn moved(&mut self, cells: usize, tokens: usize, time: Duration) {
        let evaluation = self.time(tokens, 0).unwrap_or_default();
        let rest = time.saturating_sub(evaluation).as_secs_f64();
        if cells > 0 {
            average(&mut self.cell, rest / cells as f64);
        }
    }

    /// The time for `tokens` to evaluate, and `cells` to copy; `None` if nothing was measured yet.
    #[must_use]
    pub fn time(&self, tokens: usize, cells: usize) -> Option<Duration> {
        let batches = tokens as f64 * self.token? + cells as f64 * self.cell.unwrap_or_default();
        Some(Duration::from_secs_f64(self.step.unwrap_or_default() + batches))
    }

    /// How many tokens can be evaluated in `time`; `None` if nothing was measured yet.
    #[must_use]
    pub fn tokens(&self, time: Duration) -> Option<usize> {
        let token = self.token?;
        let left = SHARE * time.as_secs_f64() - self.step.unwrap_or_default();
        // `as` saturates.
        Some((left.max(0.0) / token) as usize)
    }
}

fn average(known: &mut Option<f64>, new: f64) {
    *known = Some(known.map_or(new, |known| known + NEW * (new - known)));
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Duration = Duration::from_millis(1);

    #[test]
    fn times_are_planned_as_they_were_measured() {
        let mut pace = Pace::default();
        assert_eq!((pace.time(100, 0), pace.tokens(500 * MILLI)), (None, None));
        pace.evaluated(1, 40 * MILLI);
        pace.evaluated(256, 40 * MILLI + 256 * 5 * MILLI);
        // Neither few nor many.
        pace.evaluated(8, 10_000 * MILLI);
        let close =
            |found: Option<Duration>, millis: u32| found.is_some_and(|found| found.abs_diff(millis * MILLI) < MILLI);
        assert!(close(pace.time(100, 0), 540), "{pace:?}");
        assert_eq!(pace.tokens(500 * MILLI), Some(82));
        assert_eq!((pace.tokens(30 * MILLI), pace.tokens(Duration::ZERO)), (Some(0), Some(0)));
        pace.moved(1000, 2, 150 * MILLI);
        assert!(close(pace.time(2, 1000), 150), "{pace:?}");
    }
}
