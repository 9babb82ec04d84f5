//! The output of `--json` and `--json-lines`.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::engine::Choice;
use crate::engine::source::Source;
use crate::generate::Answer;
use crate::prompt::budget::Fitted;
use crate::shape::finish::Finish;
use crate::vocabulary::TokenId;

/// Everything about a run.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    /// The answer; of several, the most likely.
    #[serde(flatten)]
    pub best: Candidate,
    /// The file name of the model.
    pub model: &'a str,
    /// The size of the prompt.
    pub prompt: PromptTokens,
    /// Tokens of the prompt that were already evaluated for an earlier one.
    pub reused: usize,
    /// Milliseconds.
    pub timings_ms: RunTimings,
    /// The random seed; none at temperature 0.
    pub seed: Option<u32>,
    /// All distinct answers, most likely first.
    pub candidates: Vec<Candidate>,
}

/// One answer.
#[derive(Debug, Clone, Serialize)]
pub struct Candidate {
    /// As it would be printed. Bytes that are not UTF-8 are replaced.
    pub text: String,
    /// The ids that the model chose, before trimming.
    pub tokens: Vec<TokenId>,
    /// Why it ended.
    pub stop_reason: Finish,
    /// The mean of its tokens' log probabilities, if they were computed.
    pub mean_logprob: Option<f32>,
    /// The log probability of each token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Vec<Logprob>>,
}

/// The log probability of a token.
#[derive(Debug, Clone, Serialize)]
pub struct Logprob {
    /// Its id.
    pub id: TokenId,
    /// Its text.
    pub text: String,
    /// The natural logarithm of its probability.
    pub logprob: f32,
    /// The most likely tokens in its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub top: Vec<Logprob>,
}

/// Counts of tokens.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PromptTokens {
    /// In the prompt.
    pub tokens: usize,
    /// Tokens of the prompt that are files of the repository.
    pub context: usize,
    /// Left out at the beginning of the prefix.
    pub left_out_of_prefix: usize,
    /// Left out at the end of the suffix.
    pub left_out_of_suffix: usize,
}

/// How long it took, in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct RunTimings {
    /// To load the model.
    pub load: f64,
    /// To evaluate the prompt.
    pub prefill: f64,
    /// To generate the answers.
    pub decode: f64,
    /// Since the program began.
    pub total: f64,
}

/// The times of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// To load the model.
    pub load: Duration,
    /// To evaluate the prompt.
    pub prefill: Duration,
    /// To generate the answers.
    pub decode: Duration,
    /// Tokens of the prompt that were already evaluated.
    pub reused: usize,
}

/// A line of `--json-lines`.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// Before the first piece.
    Start {
        /// The file name of the model.
        model: &'a str,
        /// The size of the prompt.
        prompt: PromptTokens,
    },
    /// A piece of an answer.
    Text {
        /// The index of the candidate, in the order in which they were begun.
        candidate: usize,
        /// The piece.
        text: &'a str,
    },
    /// After the last piece.
    End(&'a Report<'a>),
}

impl<'a> Report<'a> {
    /// The report of the most likely answer and of the `others`, which differ from it. The run began at `started`, and
    /// has a `seed` unless the temperature is 0.
    #[must_use]
    pub fn new(
        best: Candidate,
        others: impl IntoIterator<Item = Candidate>,
        source: &'a Source,
        prompt: PromptTokens,
        took: &Took,
        seed: Option<u32>,
        started: Instant,
    ) -> Report<'a> {
        Report {
            candidates: std::iter::once(best.clone()).chain(others).collect(),
            best,
            model: source.name(),
            prompt,
            reused: took.reused,
            timings_ms: RunTimings {
                load: milliseconds(took.load),
                prefill: milliseconds(took.prefill),
                decode: milliseconds(took.decode),
                total: milliseconds(started.elapsed()),
            },
            seed,
        }
    }
}

impl PromptTokens {
    /// The counts of a fitted prompt.
    #[must_use]
    pub fn of(fitted: &Fitted, context: usize) -> PromptTokens {
        PromptTokens {
            tokens: fitted.ids.len(),
            context,
            left_out_of_prefix: fitted.left_out_of_prefix,
            left_out_of_suffix: fitted.left_out_of_suffix,
        }
    }
}

impl Candidate {
    /// The report of `answer`, which is printed as `text`.
    #[must_use]
    pub fn of(answer: &Answer, text: &[u8], source: &Source, logprobs: bool, has_mean: bool) -> Candidate {
        let logprobs = logprobs.then(|| answer.choices.iter().map(|choice| logprob(choice, source)).collect());
        Candidate {
            text: String::from_utf8_lossy(text).into_owned(),
            tokens: answer.ids().collect(),
            stop_reason: answer.finish,
            mean_logprob: has_mean.then(|| answer.mean_log_probability()),
            logprobs,
        }
    }
}

fn logprob(choice: &Choice, source: &Source) -> Logprob {
    let one = |id: TokenId, logprob: f32, top: Vec<Logprob>| Logprob {
        id,
        text: String::from_utf8_lossy(source.vocabulary().bytes(id)).into_owned(),
        logprob,
        top,
    };
    let top = choice.likeliest.iter().map(|&(id, logprob)| one(id, logprob, Vec::new())).collect();
    one(choice.id, choice.log_probability.unwrap_or_default(), top)
}

/// A time in milliseconds, to the microsecond.
#[must_use]
pub fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1e3
}

/// One line of JSON.
#[must_use]
pub fn line(value: &impl Serialize) -> String {
    // Fails only for maps whose keys are not text, and there are none here.
    serde_json::to_string(value).unwrap_or_default() + "\n"
}
