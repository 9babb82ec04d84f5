//! `/metrics`: counters in the text form of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::Response;
use hyper::header::{self, HeaderValue};

use crate::serve::queue::State;
use crate::serve::reply::Reply;

/// The path.
pub const PATH: &str = "/metrics";
/// The version of the text form is part of its type.
const TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Upper bounds of the times to the first token, in seconds.
const BOUNDS: [f64; 12] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// What is counted at the sockets; the engine's thread counts in [`State`].
#[derive(Debug)]
pub struct Metrics {
    started: Instant,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    /// Responses by their status.
    responses: BTreeMap<u16, u64>,
    /// Requests with a first token, by the index of the lowest bound that is not exceeded.
    first_tokens: [u64; BOUNDS.len() + 1],
    /// The sum of the times to them, in seconds.
    first_token_seconds: f64,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics { started: Instant::now(), counts: Mutex::default() }
    }
}

impl Metrics {
    /// Counts a response.
    pub fn response(&self, status: u16) {
        self.count(|counts| *counts.responses.entry(status).or_default() += 1);
    }

    /// Counts a first token that came after this time.
    pub fn first_token(&self, after: Duration) {
        let seconds = after.as_secs_f64();
        let index = BOUNDS.iter().position(|&bound| seconds <= bound).unwrap_or(BOUNDS.len());
        self.count(|counts| {
            counts.first_tokens[index] += 1;
            counts.first_token_seconds += seconds;
        });
    }

    fn count(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// All counters.
    #[must_use]
    pub fn text(&self, state: &State, parallel: usize) -> String {
        let mut text = String::new();
        let mut one = |name: &str, kind: &str, help: &str, values: &[(String, String)]| {
            // Writing into a string cannot fail.
            let _ = writeln!(text, "# HELP dscoder_{name} {help}\n# TYPE dscoder_{name} {kind}");
            for (labels, value) in values {
                let _ = writeln!(text, "dscoder_{name}{labels} {value}");
            }
        };
        let plain = |value: String| [(String::new(), value)];
        let version = concat!("{version=\"", env!("CARGO_PKG_VERSION"), "\"}");
        one("build_info", "gauge", "Version of this server; always 1.", &[(version.to_owned(), "1".to_owned())]);
        let uptime = self.started.elapsed().as_secs_f64();
        one("uptime_seconds", "gauge", "Time since the server was started.", &plain(format!("{uptime:.3}")));
        for (name, kind, help, value) in [
            ("answers_total", "counter", "Answers that have ended.", &state.answered),
            ("answers_dropped_total", "counter", "Answers whose client left before they ended.", &state.dropped),
            (
                "answers_superseded_total",
                "counter",
                "Answers that a newer request of the same editor replaced.",
                &state.superseded,
            ),
            ("answers_shared_total", "counter", "Answers that were computed for another request too.", &state.joined),
            ("answers_in_progress", "gauge", "Answers in progress.", &state.live),
            ("answers_waiting", "gauge", "Answers that wait for a sequence.", &state.waiting),
            ("prompt_tokens_evaluated_total", "counter", "Evaluated tokens of prompts.", &state.prompt_tokens),
            (
                "prompt_tokens_reused_total",
                "counter",
                "Tokens of prompts that were evaluated before.",
                &state.reused_tokens,
            ),
            ("answer_tokens_total", "counter", "Tokens of answers that have ended.", &state.answer_tokens),
        ] {
            one(name, kind, help, &plain(value.load(Ordering::Relaxed).to_string()));
        }
        one("parallel_limit", "gauge", "Answers that can be computed in parallel.", &plain(parallel.to_string()));
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let responses: Vec<_> = counts
            .responses
            .iter()
            .map(|(status, count)| (format!("{{code=\"{status}\"}}"), count.to_string()))
            .collect();
        one("http_responses_total", "counter", "HTTP responses by status.", &responses);
        let name = "time_to_first_token_seconds";
        let help = "Time from a request to the first token of its answer.";
        let _ = writeln!(text, "# HELP dscoder_{name} {help}\n# TYPE dscoder_{name} histogram");
        let bounds = BOUNDS.iter().map(ToString::to_string).chain(["+Inf".to_owned()]);
        let mut sum = 0;
        for (bound, count) in bounds.zip(counts.first_tokens) {
            sum += count;
            let _ = writeln!(text, "dscoder_{name}_bucket{{le=\"{bound}\"}} {sum}");
        }
        let seconds = counts.first_token_seconds;
        let _ = writeln!(text, "dscoder_{name}_sum {seconds:.6}\ndscoder_{name}_count {sum}");
        text
    }
}

/// A response with all counters.
#[must_use]
pub fn response(text: String) -> Response<Reply> {
    let mut response = Response::new(Reply::whole(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(TYPE));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_all_buckets_that_hold_them() {
        let metrics = Metrics::default();
        for millis in [5, 10, 11, 70_000] {
            metrics.first_token(Duration::from_millis(millis));
        }
        let text = metrics.text(&State::default(), 2);
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        for (bound, count) in [("0.01", "2"), ("0.025", "3"), ("60", "3"), ("+Inf", "4")] {
            let name = format!("dscoder_time_to_first_token_seconds_bucket{{le=\"{bound}\"}}");
            assert_eq!(value(&name), Some(count), "{text}");
        }
        assert_eq!(value("dscoder_time_to_first_token_seconds_sum"), Some("70.026000"));
        assert_eq!(value("dscoder_time_to_first_token_seconds_count"), Some("4"));
        assert_eq!(value("dscoder_parallel_limit"), Some("2"));
    }
}
