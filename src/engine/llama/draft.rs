//! A draft model: a smaller model with the same vocabulary writes a few tokens ahead, and the large one evaluates them in
//! one batch. Every token is still chosen from the large model's logits.
//!
//! The method is that of Leviathan, Kalman and Matias, *Fast Inference from Transformers via Speculative Decoding* (2023),
//! with the simplest rule of acceptance: a drafted token counts if it is the one that was chosen. So a seed gives the same
//! tokens as without a draft.
//!
//! To evaluate the whole prompt twice would cost more than most answers gain. The draft model gets its last part, as much as
//! [`LOSS`] of the large model's time allows, and of a prompt with a gap only what is before the gap. What it has not
//! evaluated when the answer begins, it evaluates once the answer has taken long enough for that.

use std::time::Instant;

use super::{Llama, likeliest, with_probabilities};

use crate::cancel::Cancel;
use crate::engine::lookup::{LONGEST_DRAFT, LOSS, Pace};
use crate::engine::{Engine, Job, Sampling};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::vocabulary::{Controls, TokenId, common};

/// The draft model gets this many tokens of a prompt in any case: a fifth of the model evaluates them in the time of a token.
const LEAST: usize = 32;
/// A draft model that is larger than this share of the model never pays.
const LARGEST_SHARE: f64 = 0.8;
/// After a draft that was right, it has not evaluated its last token and the one that was chosen behind it.
const USUALLY_BEHIND: usize = 2;

/// A loaded draft model.
pub struct Draft {
    engine: Llama,
    /// The file name of the model.
    name: String,
    /// Its size as a share of the large model's: about what a token costs.
    share: f64,
    controls: Controls,
    /// Stops the evaluation of the prompt.
    cancel: Cancel,
    /// What it gets of the prompt.
    beginning: Vec<TokenId>,
    /// The length of the whole prompt.
    prompt: usize,
    /// Whether the last draft was left out since it would not have paid.
    rests: bool,
}

impl Draft {
    /// Loads the draft model of `model` for an engine with this `job`.
    ///
    /// # Errors
    /// As [`Llama::start`].
    pub fn start(draft: &Model, model: &Model, job: &Job, cancel: &Cancel) -> Result<Draft> {
        let job = Job {
            // Also where the large model has its prompt from the prefix cache.
            prefill: job.tokens,
            tokens: job.tokens.min(draft.profile.context),
            log_probabilities: None,
            sampling: Sampling::GREEDY,
            way: None,
            speculate: false,
            ..*job
        };
        Ok(Draft {
            engine: Llama::start(draft, &job, cancel)?,
            name: draft.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            share: draft.file_bytes as f64 / model.file_bytes.max(1) as f64,
            controls: draft.profile.controls,
            cancel: cancel.clone(),
            beginning: Vec::new(),
            prompt: 0,
            rests: false,
        })
    }

    /// A new prompt, of which the large model has just evaluated the last `fresh` tokens.
    ///
    /// # Errors
    /// As [`Engine::prefill`].
    pub fn begin(&mut self, prompt: &[TokenId], fresh: usize) -> Result<()> {
        let affordable = (LOSS * fresh as f64 / self.share) as usize;
        (self.prompt, self.rests) = (prompt.len(), false);
        self.beginning = beginning(prompt, affordable.max(LEAST), &self.controls);
        // From the prefix cache, a prompt takes no time of which this could be a part.
        if self.share > LARGEST_SHARE || fresh <= 1 {
            return Ok(());
        }
        let beginning = self.beginning.clone();
        self.catch_up(&beginning)
    }

    /// Makes `ids` what it has evaluated.
    fn catch_up(&mut self, ids: &[TokenId]) -> Result<()> {
        let kept = self.engine.keep(ids)?;
        self.engine.prefill(&ids[kept..], &self.cancel)
    }

    /// The tokens that may follow `before` and `id`, at most `room`; as many as pay.
    ///
    /// # Errors
    /// As [`Engine::prefill`].
    pub fn continuation(
        &mut self,
        before: &[TokenId],
        id: TokenId,
        room: usize,
        pace: &mut Pace,
    ) -> Result<Vec<TokenId>> {
        let mut ids = [&self.beginning, &before[self.prompt.min(before.len())..], &[id]].concat();
        let mut behind = ids.len() - common(&self.engine.evaluated, &ids);
        if behind > 2 * LEAST {
            // It would take long to catch up.
            ids = [&[self.controls.begin], &ids[ids.len() - LEAST..]].concat();
            behind = ids.len();
            (self.beginning, self.prompt) = (ids.clone(), before.len() + 1);
        }
        let room = room.min(LONGEST_DRAFT).min((self.engine.context.n_ctx() as usize).saturating_sub(ids.len()));
        let longest = if self.share > LARGEST_SHARE { 0 } else { pace.length_by_model(room, self.share, behind - 1) };
        self.rests = longest == 0 && !pace.is_stale();
        if longest == 0 {
            return Ok(Vec::new());
        }
        let mut start = Instant::now();
        self.catch_up(&ids)?;
        let (mut drafted, mut probability, mut evaluations) = (Vec::new(), 1.0, 0);
        if behind > USUALLY_BEHIND {
            pace.drafted_in(0, start.elapsed());
            start = Instant::now();
        }
        while !self.cancel.is_set() {
            evaluations += 1;
            let Some((id, own)) = self.likeliest() else { break };
            probability *= own;
            let (evaluate, draft_another) = pace.pays(probability);
            if !evaluate {
                break;
            }
            drafted.push(id);
            if drafted.len() == longest || !draft_another {
                break;
            }
            self.engine.evaluate(&[id], true).map_err(|error| Error::engine(&error))?;
        }
        pace.drafted_in(evaluations, start.elapsed());
        Ok(drafted)
    }

    /// Its most likely next token, with the probability; `None` if it computes none.
    fn likeliest(&self) -> Option<(TokenId, f64)> {
        let row = self.engine.sequences.first()?.row;
        let logits = (row >= 0).then(|| self.engine.context.get_logits_ith(row))?;
        let id = likeliest(logits)?;
        with_probabilities(logits, id, 0).log_probability.map(|log| (id, f64::from(log).exp()))
    }

    /// Its measurements, in words.
    pub fn measured(&self, pace: &Pace) -> String {
        let Draft { name, rests, .. } = self;
        let prices = pace.prices().filter(|_| !self.engine.evaluated.is_empty());
        match prices {
            None => format!("draft model {name}: not used, since it would not have paid"),
            Some((single, draft)) => format!(
                "draft model {name}: {} of {} tokens of the prompt, {:.1} ms per token, the model's own {:.1} ms{}",
                self.beginning.len(),
                self.prompt,
                draft * 1e3,
                single * 1e3,
                if *rests { "; off in the end, since drafts did not pay" } else { "" }
            ),
        }
    }
}

/// The last `count` tokens of a prompt, without what follows the gap, behind the token that begins every text.
fn beginning(prompt: &[TokenId], count: usize, controls: &Controls) -> Vec<TokenId> {
    if count >= prompt.len() {
        return prompt.to_vec();
    }
    let end = controls.fim.and_then(|fim| prompt.iter().rposition(|&id| id == fim.hole)).unwrap_or(prompt.len());
    let start = prompt[..end].iter().rposition(|&id| controls.is_control(id)).map_or(0, |place| place + 1);
    let text = &prompt[start.max(end.saturating_sub(count))..end];
    [&[controls.begin], text].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{BOS, FIM_BEGIN, FIM_END, FIM_HOLE};

    #[test]
    fn a_draft_model_gets_what_is_before_the_gap() {
        let of = |prompt: &[TokenId], count| beginning(prompt, count, &Controls::V1);
        assert_eq!(of(&[BOS, 1, 2, 3, 4], 2), [BOS, 3, 4]);
        assert_eq!(of(&[BOS, 1, 2, 3, 4], 4), [BOS, 1, 2, 3, 4]);
        let gap = [BOS, FIM_BEGIN, 1, 2, 3, FIM_HOLE, 4, 5, 6, FIM_END];
        assert_eq!(of(&gap, 2), [BOS, 2, 3]);
        assert_eq!(of(&gap, 5), [BOS, 1, 2, 3]);
        assert_eq!(of(&gap, 10), gap);
        assert_eq!(of(&[BOS, FIM_BEGIN, FIM_HOLE, 4, FIM_END], 2), [BOS]);
        assert!(of(&[], 0).is_empty());
    }
}
