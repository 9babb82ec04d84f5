//! Scores: whether samples are right.

use serde::{Deserialize, Serialize};

use crate::eval::sample::Sample;
use crate::eval::suite::Suite;

/// What became of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Its program passed the tests, or it is what was in the hole.
    Passed,
    /// Its program failed, or it is something else.
    Failed,
    /// Its program did not end in time.
    TimedOut,
    /// Its program ended as if all were well, but before the end of the tests.
    NotFinished,
    /// Its program used more memory, space or processes than it may.
    TooMuch,
    /// Its program wrote more than is read.
    TooMuchOutput,
    /// Its program could not be run here, since a compiler or an interpreter is missing. It does not count.
    CannotRun,
}

impl Outcome {
    /// Whether the sample is right.
    #[must_use]
    pub fn is_passed(self) -> bool {
        self == Outcome::Passed
    }

    /// Whether it counts.
    #[must_use]
    pub fn counts(self) -> bool {
        self != Outcome::CannotRun
    }

    /// The outcome in words, for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::TimedOut => "timed out",
            Outcome::NotFinished => "ended before the tests did",
            Outcome::TooMuch => "used too much memory or space",
            Outcome::TooMuchOutput => "wrote too much",
            Outcome::CannotRun => "could not be run",
        }
    }
}

/// Whether a filled hole is what was in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exact {
    /// Whether its first line is the same, which is the rule of the DeepSeek-Coder-V2 paper.
    pub first_line: bool,
    /// Whether all of it is.
    pub whole: bool,
}

/// A sample with its score: a line of human-eval's result files, with more fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The sample.
    #[serde(flatten)]
    pub sample: Sample,
    /// What became of it.
    pub result: Outcome,
    /// Whether it is right.
    pub passed: bool,
    /// How long its program ran; 0 if nothing was run.
    pub seconds: f64,
    /// Whether it is what was in the hole, if the problem has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exact: Option<Exact>,
}

/// The scores of a suite.
#[must_use]
pub fn of_suite<'a>(scores: impl IntoIterator<Item = &'a Score>, suite: Suite) -> Vec<&'a Score> {
    scores.into_iter().filter(|score| score.sample.suite == Some(suite)).collect()
}
