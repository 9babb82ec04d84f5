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
pub const LOSS: f64 = 0.03;
/// Decay of the weight of older judgements.
const FADING: f64 = 0.95;
/// The same for each token that a draft model did not draft because that did not pay, and decay of what batches cost.
const FORGETTING: f64 = 0.97;
/// The first judgements of a draft model, which drafts only what it finds likely.
const HOPE: f64 = 3.0;
/// What a further token in a batch costs, as a share of a token alone, before it was measured.
const FURTHER: f64 = 0.5;
/// The same in a large batch.
const BATCHED: f64 = 0.15;
/// Weight of a new time in the moving average.
const NEWS: f64 = 0.25;
/// After this many batches with drafts, the time of a token alone is measured again: another program may have ended.
const STALE: usize = 64;

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

/// Costs and gains of drafts, from the prompt or from a draft model.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Seconds for a batch of one token behind another one, once it is known.
    single: Option<f64>,
    /// Whether the last batch had one token. If not, llama.cpp builds its graph again: of the built-in model, a token then
    /// takes 2.2 ms and not 1.5.
    repeats: bool,
    /// Batches with drafts since `single` was measured.
    unmeasured: usize,
    /// The first of two new times of a token alone, of which the smaller counts: a single one may be an accident.
    again: Option<f64>,
    /// Seconds for each further token, once it is known.
    more: Option<f64>,
    /// The same in a large batch, for which it is least; 0 if it is not known.
    least: f64,
    /// Seconds that it takes to draft a token; 0 for those of the prompt.
    draft: f64,
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
        Pace {
            single: None,
            repeats: false,
            unmeasured: 0,
            again: None,
            more: None,
            least: 0.0,
            draft: 0.0,
            right: 1.0,
            wrong: 1.0,
            plain: 0.0,
            balance: 0.0,
            drafted: 0,
            accepted: 0,
        }
    }
}

impl Pace {
    /// Records that a prompt of `tokens` tokens took `time`: a first estimate of the cost of a further token in a
    /// batch.
    pub fn prefilled(&mut self, tokens: usize, time: Duration) {
        self.repeats = false;
        if tokens >= LONGEST_DRAFT {
            self.least = time.as_secs_f64() / tokens as f64;
            self.more = self.more.or(Some(self.least));
        }
    }

    /// Records that a batch of one token and `drafted` more took `time`.
    pub fn evaluated(&mut self, drafted: usize, time: Duration) {
        let time = time.as_secs_f64();
        let mix = |old: Option<f64>, new: f64| Some(old.map_or(new, |old| old + (new - old) * NEWS));
        if drafted == 0 {
            let plain = if std::mem::replace(&mut self.repeats, true) {
                if !self.is_stale() {
                    self.single = mix(self.single, time);
                    self.unmeasured = 0;
                } else if let Some(first) = self.again.take() {
                    self.single = Some(time.min(first));
                    self.unmeasured = 0;
                } else {
                    self.again = Some(time);
                }
                time
            } else {
                self.single.unwrap_or(time)
            };
            self.plain += plain;
            self.balance -= time - plain;
            return;
        }
        self.repeats = false;
        self.unmeasured += 1;
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

    /// Records that a draft model took `time` to draft `tokens` tokens; if these are none, to evaluate what it had not.
    pub fn drafted_in(&mut self, tokens: usize, time: Duration) {
        let time = time.as_secs_f64();
        self.balance -= time;
        if tokens > 0 {
            self.draft += (time / tokens as f64 - self.draft) * NEWS;
        }
    }

    /// Whether nothing is drafted for some tokens, since the time of a token alone is measured again.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.unmeasured >= STALE
    }

    /// Seconds for a token alone; `None` while they are measured.
    fn known_single(&self) -> Option<f64> {
        self.single.filter(|_| !self.is_stale())
    }

    /// Seconds per token of plain decoding and per token of the draft model; `None` until both are known.
    #[must_use]
    pub fn prices(&self) -> Option<(f64, f64)> {
        self.single.filter(|_| self.draft > 0.0).map(|single| (single, self.draft))
    }

    /// Whether to evaluate a drafted token that is right with this probability, and whether to draft another one behind it.
    #[must_use]
    pub fn pays(&self, probability: f64) -> (bool, bool) {
        let single = self.single.unwrap_or_default();
        let gain = probability * single - self.further(single);
        (gain > 0.0, gain > self.draft)
    }

    /// How many tokens a draft model should draft, at most `longest`. Before it was timed, its tokens cost `share` of the
    /// model's own. It has to evaluate `behind` tokens first.
    #[must_use]
    pub fn length_by_model(&mut self, longest: usize, share: f64, behind: usize) -> usize {
        let Some(single) = self.known_single() else { return 0 };
        if self.draft == 0.0 {
            self.draft = single * share;
            self.right = HOPE;
        }
        let batched = if self.least > 0.0 { self.least } else { single * BATCHED };
        let length = self.best_length(longest, behind as f64 * batched * share);
        if length == 0 {
            // It is tried again: the text may have become easier, and other programs may have ended.
            self.wrong *= FORGETTING;
            if self.least > 0.0 {
                self.more = self.more.map(|more| (more * FORGETTING).max(self.least));
            }
        }
        length
    }

    /// How many tokens of a draft to evaluate: the number that maximizes tokens per second, within the allowed loss.
    #[must_use]
    pub fn length(&self, longest: usize) -> usize {
        self.best_length(longest, 0.0)
    }

    /// Seconds for a further token in a batch.
    fn further(&self, single: f64) -> f64 {
        self.more.unwrap_or(single * FURTHER)
    }

    /// As [`Pace::length`], where `owed` seconds have to be spent first, once.
    fn best_length(&self, longest: usize, owed: f64) -> usize {
        let Some(single) = self.known_single() else { return 0 };
        let more = self.further(single);
        let right = self.right / (self.right + self.wrong);
        let (mut best, mut best_rate) = (0, 1.0 / single);
        let (mut tokens, mut reached) = (1.0, 1.0);
        let allowed = LOSS * self.plain + self.balance;
        for length in 1..=longest.min(LONGEST_DRAFT) {
            reached *= right;
            tokens += reached;
            let cost = length as f64 * (more + self.draft);
            let rate = tokens / (single + cost);
            if owed + cost <= allowed && rate > best_rate {
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
    fn wrong_drafts_of_a_model_cost_three_percent_at_most() {
        for (single, draft, more) in [(200, 40, 10), (50, 10, 20), (30, 3, 4)] {
            let mut pace = pace(single, more, 1);
            let (mut time, mut behind) = (0.0, 64);
            for token in 1..2000 {
                let length = pace.length_by_model(15, f64::from(draft) / f64::from(single), behind);
                if length > 0 {
                    // Catching up costs what was estimated, and each token that is drafted is wrong.
                    let caught = MS.mul_f64(behind as f64 * f64::from(more * draft) / f64::from(single));
                    let drafted = MS * draft * length as u32;
                    pace.drafted_in(0, caught);
                    pace.drafted_in(length, drafted);
                    time += (caught + drafted).as_secs_f64();
                    behind = 0;
                }
                behind = 64.min(behind + 1);
                let cost = MS * (single + more * length as u32);
                pace.evaluated(length, cost);
                time += cost.as_secs_f64();
                if length > 0 {
                    pace.judge(false, true);
                }
                let plain = f64::from(single) * 1e-3 * f64::from(token + 1);
                assert!(time <= plain * (1.0 + LOSS) + 1e-9, "{token}: {time} {plain}");
            }
            assert!(pace.drafted > 0 && pace.accepted == 0, "{single}");
        }
    }

    #[test]
    fn good_drafts_of_a_model_are_used_and_end_where_they_do_not_pay() {
        let mut good = pace(200, 10, 2);
        assert_eq!(good.prices(), None);
        for _ in 0..20 {
            let length = good.length_by_model(15, 0.2, 1);
            good.drafted_in(length, MS * 40 * length as u32);
            good.evaluated(length, MS * (200 + 10 * length as u32));
            (0..length).for_each(|_| good.judge(true, true));
        }
        assert!(good.accepted > 20 && good.length_by_model(15, 0.2, 1) >= 5, "{good:?}");
        // A token that is hardly right is not worth its batch, and one that may be is not worth another.
        assert_eq!(
            [0.01, 0.2, 0.9].map(|probability| good.pays(probability)),
            [(false, false), (true, false), (true, true)]
        );
        // A draft model as slow as the model brings nothing.
        assert_eq!(pace(200, 10, 50).length_by_model(15, 1.0, 1), 0);
    }

    #[test]
    fn right_drafts_end_where_tokens_alone_take_less_time() {
        // Milliseconds of a token alone, first and later, of a further one in a batch and of one that is drafted. A batch of
        // another size than the one before takes 8 ms more. At last, how many tokens may be lost beyond the usual part: a batch
        // of two costs at most twice what they cost alone.
        for (first, later, further, draft, beyond) in [(20, 20, 16, 8, 1), (40, 10, 10, 8, 2 * STALE)] {
            let mut pace = pace(first, 4, 0);
            let (mut lost, mut tokens, mut last) = (0.0, 0, usize::MAX);
            while tokens < 2000 {
                let single = if tokens < 1000 { first } else { later };
                let length = pace.length_by_model(1, f64::from(draft) / f64::from(first), 1);
                let change = 8 * u32::from(length != last);
                let (drafting, cost) = (MS * draft * length as u32, MS * (single + change + further * length as u32));
                pace.drafted_in(length, drafting);
                pace.evaluated(length, cost);
                (0..length).for_each(|_| pace.judge(true, true));
                last = length;
                tokens += 1 + length;
                lost += (drafting + cost).as_secs_f64() - f64::from(single) * 1e-3 * (1 + length) as f64;
                lost = if tokens < 1000 { 0.0 } else { lost };
            }
            let most = 1e-3 * f64::from(later) * (1000.0 * LOSS + beyond as f64);
            assert!(pace.accepted > 0 && lost <= most, "{}: {lost} {most}", pace.accepted);
        }
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
