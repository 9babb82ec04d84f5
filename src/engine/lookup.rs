//! Prompt-lookup decoding: the model often writes text that is already in the prompt. If the last tokens occurred
//! before, the tokens that followed them there are a draft, and one batch shows how much of it is right. Every token is
//! still chosen from the model's own logits, so a draft changes the time and not the answer, except for rounding:
//! llama.cpp computes the rows of a batch with other kernels than a single row. Pure; `llama` evaluates the batches.
//!
//! The method is that of Saxena's *Prompt Lookup Decoding* (2023), which llama.cpp's `examples/lookup` has too. The
//! length of each draft depends on the cost of batches on this machine and on how good earlier drafts were.

use std::collections::HashMap;
use std::time::Duration;

use crate::vocabulary::TokenId;

/// Number of consecutive tokens that must have occurred before.
const NGRAM: usize = 3;
/// How many tokens back two places are compared to find the most similar one.
const LONGEST_CONTEXT: usize = 32;
/// Maximum number of places compared.
const PLACES: usize = 16;
/// The longest draft.
pub const LONGEST_DRAFT: usize = 15;
/// The share of plain decoding time that wrong drafts may cost.
const LOSS: f64 = 0.03;
/// Decay of the weight of older judgements.
const FADING: f64 = 0.95;
/// Weight of a new time in the moving average.
const NEWS: f64 = 0.25;

/// The tokens of prompt and answer, with an index of all triples.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    ids: Vec<TokenId>,
    /// For each triple of tokens the positions after it.
    places: HashMap<[TokenId; NGRAM], Vec<usize>>,
}

impl Lookup {
    /// Adds tokens.
    pub fn extend(&mut self, ids: &[TokenId]) {
        for &id in ids {
            self.ids.push(id);
            if let Some(last) = self.ids.last_chunk::<NGRAM>() {
                self.places.entry(*last).or_default().push(self.ids.len());
            }
        }
    }

    /// The tokens that followed the latest of the most similar earlier places.
    #[must_use]
    pub fn draft(&self) -> &[TokenId] {
        let Some(places) = self.ids.last_chunk::<NGRAM>().and_then(|last| self.places.get(last)) else { return &[] };
        // The last place is this one.
        let before = places.iter().rev().skip(1).take(PLACES);
        // Among equals, `max_by_key` takes the last: the latest place should win.
        let best = before.copied().rev().max_by_key(|&place| self.alike(place));
        best.map_or(&[], |place| &self.ids[place..self.ids.len().min(place + LONGEST_DRAFT)])
    }

    /// How many tokens before `place` equal those before the end.
    fn alike(&self, place: usize) -> usize {
        let (before, last) = (self.ids[..place].iter().rev(), self.ids.iter().rev());
        before.zip(last).take(LONGEST_CONTEXT).take_while(|(a, b)| a == b).count()
    }
}

/// Costs and gains of drafts.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Seconds for a batch of one token, once it is known.
    single: Option<f64>,
    /// Seconds for each further token, once it is known.
    more: Option<f64>,
    right: f64,
    wrong: f64,
    /// Seconds that plain decoding would have taken so far.
    plain: f64,
    /// Seconds gained minus seconds lost.
    balance: f64,
    /// Tokens that were evaluated as drafts.
    pub drafted: usize,
    /// How many of them were right.
    pub accepted: usize,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { single: None, more: None, right: 1.0, wrong: 1.0, plain: 0.0, balance: 0.0, drafted: 0, accepted: 0 }
    }
}

impl Pace {
    /// Records that a prompt of `tokens` tokens took `time`: a first estimate of the cost of a further token in a
    /// batch.
    pub fn prefilled(&mut self, tokens: usize, time: Duration) {
        if tokens >= LONGEST_DRAFT {
            self.more = self.more.or(Some(time.as_secs_f64() / tokens as f64));
        }
    }

    /// Records that a batch of one token and `drafted` more took `time`.
    pub fn evaluated(&mut self, drafted: usize, time: Duration) {
        let time = time.as_secs_f64();
        let mix = |old: Option<f64>, new: f64| Some(old.map_or(new, |old| old + (new - old) * NEWS));
        if drafted == 0 {
            self.single = mix(self.single, time);
            self.plain += time;
            return;
        }
        self.drafted += drafted;
        if let Some(single) = self.single {
            self.more = mix(self.more, (time - single).max(0.0) / drafted as f64);
            self.plain += single;
            self.balance -= time - single;
        }
    }

    /// Records whether a drafted token was right; `evaluated` is false if it was only a guess.
    pub fn judge(&mut self, right: bool, evaluated: bool) {
        (self.right, self.wrong) = (self.right * FADING, self.wrong * FADING);
        if right {
            self.right += 1.0;
        } else {
            self.wrong += 1.0;
        }
        if right && evaluated {
            let single = self.single.unwrap_or_default();
            self.accepted += 1;
            self.balance += single;
            self.plain += single;
        }
    }

    /// How many tokens of a draft to evaluate: the number that maximizes tokens per second, within the allowed loss.
    #[must_use]
    pub fn length(&self, longest: usize) -> usize {
        let Some(single) = self.single else { return 0 };
        let more = self.more.unwrap_or(single);
        let right = self.right / (self.right + self.wrong);
        let (mut best, mut best_rate) = (0, 1.0 / single);
        let (mut tokens, mut reached) = (1.0, 1.0);
        for length in 1..=longest.min(LONGEST_DRAFT) {
            reached *= right;
            tokens += reached;
            let cost = length as f64 * more;
            let rate = tokens / (single + cost);
            if cost <= LOSS * self.plain + self.balance && rate > best_rate {
                (best, best_rate) = (length, rate);
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(ids: &[TokenId]) -> Vec<TokenId> {
        let mut lookup = Lookup::default();
        lookup.extend(ids);
        lookup.draft().to_vec()
    }

    #[test]
    fn a_draft_is_what_followed_before() {
        assert_eq!(draft(&[1, 2, 3, 4, 5, 1, 2, 3]), [4, 5, 1, 2, 3]);
        assert!(draft(&[1, 2, 3, 4, 5, 2, 3]).is_empty() && draft(&[]).is_empty());
        // The latest place wins, unless an earlier one is more like this one.
        assert_eq!(draft(&[1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3])[0], 5);
        assert_eq!(draft(&[9, 1, 2, 3, 4, 8, 1, 2, 3, 5, 9, 1, 2, 3])[0], 4);
        // A text that repeats itself overlaps with the draft.
        assert_eq!(draft(&[7, 7, 7, 7]), [7]);
        assert_eq!(draft(&(0..40).chain(0..3).collect::<Vec<_>>()), (3..18).collect::<Vec<_>>());
    }

    const MS: Duration = Duration::from_millis(1);

    fn pace(single: u32, more: u32, steps: usize) -> Pace {
        let mut pace = Pace::default();
        pace.prefilled(100, MS * more * 100);
        (0..steps).for_each(|_| pace.evaluated(0, MS * single));
        pace
    }

    #[test]
    fn good_drafts_grow_and_bad_ones_end() {
        assert_eq!(Pace::default().length(9), 0, "nothing is known yet");
        let mut good = pace(40, 5, 30);
        let first = good.length(15);
        (0..10).for_each(|_| good.judge(true, false));
        assert!(first >= 1 && good.length(15) > first, "{first} {}", good.length(15));
        let mut bad = pace(40, 5, 30);
        (0..60).for_each(|_| bad.judge(false, false));
        assert_eq!(bad.length(15), 0);
        // Drafts that nobody evaluated were right: it is worth another try.
        (0..20).for_each(|_| bad.judge(true, false));
        assert!(bad.length(15) > 0);
        assert_eq!(pace(40, 40, 30).length(15), 0, "a batch that costs what its tokens cost alone brings nothing");
    }

    #[test]
    fn wrong_drafts_cost_three_percent_at_most() {
        // The worst: each draft looks good until it is evaluated.
        let mut pace = pace(40, 5, 1);
        let mut time = MS * 40;
        let mut tokens = 1;
        while tokens < 2000 {
            (0..5).for_each(|_| pace.judge(true, false));
            let length = pace.length(15);
            let cost = MS * (40 + 5 * length as u32);
            pace.evaluated(length, cost);
            if length > 0 {
                pace.judge(false, true);
            }
            time += cost;
            tokens += 1;
        }
        let plain = MS * 40 * tokens;
        assert!(pace.drafted > 100 && time > plain, "drafts were tried: {}", pace.drafted);
        assert!(time.as_secs_f64() <= plain.as_secs_f64() * (1.0 + LOSS) + 1e-9, "{time:?} {plain:?}");
    }
}
