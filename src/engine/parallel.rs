//! Continuous batching: answers to many prompts at once, in one context.
//!
//! A sequence whose answer has ended is given the next prompt. A batch holds a part of one prompt or, once all prompts
//! are evaluated, the next token of every answer: the weights are then read once for all of them. The two are not
//! mixed: sequences have separate cells, and llama.cpp computes sequences of different lengths one by one anyway. Cells
//! are separate, since with a common store each token is compared with those of all prompts (eight prompts of 568
//! tokens of a 1.3B on two cores took 34 s to evaluate, 24 s with separate cells).
//!
//! The common beginning with an evaluated prompt is copied from there, and other parts of it too where the rules allow that.

use std::collections::VecDeque;
use std::path::Path;

pub use crate::engine::moves::Move;
use crate::engine::{Choice, Sampling, moves};
use crate::error::Result;
use crate::vocabulary::{TokenId, common};

/// Maximum number of tokens in a batch. A prompt of 1,177 tokens took 6.5 s in batches of 128, 6.2 s in batches of 256
/// and of 512 (1.3B, two cores), and Ctrl-C waits for the end of a batch.
pub const BATCH: usize = 256;
/// From this length on, the last token of an exact prompt is evaluated alone.
pub const LAST_ALONE: usize = 256;
/// Minimum length of a common beginning that is copied from another prompt, or waited for while that is evaluated.
pub const WORTH_COPYING: usize = 16;
/// Number of changed tokens after which those behind them are evaluated again instead of moved once more.
const MAX_DRIFT: usize = 4096;

/// How an answer is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// How its tokens are chosen.
    pub sampling: Sampling,
    /// As [`crate::engine::Job::log_probabilities`].
    pub log_probabilities: Option<u32>,
    /// Whether the prompt is evaluated in the same steps as by an engine for one prompt, so that the numbers are the same:
    /// a token that is computed alone is rounded differently from one in a batch.
    pub is_exact: bool,
    /// Minimum number of tokens that are moved to another position instead of evaluated anew ([`moves`]); 0 for none.
    pub reuse: usize,
    /// Whose prompt it is. Only between prompts of the same owner tokens are moved: their numbers tell of the text that was
    /// before them.
    pub owner: u64,
    /// Prompts of a lower rank are evaluated first.
    pub rank: u8,
    /// Whether its evaluated tokens are of no use for later prompts.
    pub is_brief: bool,
}

impl Rules {
    /// An answer like others, of an engine that is shared by nobody.
    #[must_use]
    pub fn new(sampling: Sampling, log_probabilities: Option<u32>) -> Rules {
        Rules { sampling, log_probabilities, is_exact: false, reuse: 0, owner: 0, rank: 0, is_brief: false }
    }
}

/// What it takes to evaluate a prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Tokens to evaluate.
    pub tokens: usize,
    /// Evaluated tokens to copy.
    pub cells: usize,
}

/// What comes first: the rest of a prompt, or the next tokens of answers in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Prompts: a batch of them costs as much as a token of the answers, so all are done sooner.
    PromptsFirst,
    /// In turn, so that a long prompt does not stall the answers that people are reading.
    InTurn,
}

/// A token to evaluate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The sequence that it belongs to.
    pub sequence: usize,
    /// Its position there, from 0.
    pub position: usize,
    /// Which.
    pub id: TokenId,
    /// Whether a token is chosen after it.
    pub is_last: bool,
}

/// The sequences without a row between those of `rows`, in gaps of at most `most`. llama.cpp computes sequences with
/// separate cells together if their numbers follow each other; after a gap it reads all weights again.
pub fn idle_between(rows: &[Row], most: usize) -> impl Iterator<Item = usize> {
    let gaps = rows.windows(2).map(|pair| pair[0].sequence + 1..pair[1].sequence);
    gaps.filter(move |gap| gap.len() <= most).flatten()
}

/// The engine's side of continuous batching: several sequences in one context.
pub trait Sequences {
    /// How many there are.
    fn count(&self) -> usize;

    /// The capacity of each, in tokens.
    fn capacity(&self) -> usize;

    /// Gives the sequence `to` the first `count` tokens of `from`, and nothing else; both may be the same.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if the engine cannot.
    fn share(&mut self, from: usize, to: usize, count: usize) -> Result<()>;

    /// Copies what `moves` names out of `from`, so that [`Sequences::splice`] adds it to `to`; what was copied for `to` before
    /// is forgotten. `false` if the engine cannot move tokens.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if not all of it is evaluated.
    fn lift(&mut self, from: usize, to: usize, moves: &[Move]) -> Result<bool>;

    /// Adds the next copied tokens to the end of `sequence`.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if nothing is left of them.
    fn splice(&mut self, sequence: usize) -> Result<()>;

    /// Nothing is to be done for a while: memory for work in progress may be given back.
    fn rest(&mut self);

    /// Saves `ids`, which are the first tokens of `sequence`, into a file for the prefix store. `false` if that is of no use.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if the engine cannot.
    fn save(&mut self, sequence: usize, ids: &[TokenId], path: &Path) -> Result<bool>;

    /// Gives `sequence` the tokens that were saved in this file, and nothing else. If it is `false`, the sequence has nothing.
    fn restore(&mut self, sequence: usize, path: &Path, ids: &[TokenId]) -> bool;

    /// From now on `sequence` answers `prompt`, by these rules.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if there is no such sequence.
    fn begin(&mut self, sequence: usize, prompt: &[TokenId], rules: Rules) -> Result<()>;

    /// Evaluates at most [`BATCH`] tokens.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if the computation fails.
    fn evaluate(&mut self, rows: &[Row]) -> Result<()>;

    /// Chooses the token of `sequence` after the row with this number in the last batch.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if the model computes no numbers.
    fn choose(&mut self, sequence: usize, row: usize) -> Result<Choice>;
}

/// Assigns prompts to sequences.
pub struct Scheduler {
    sequences: Box<dyn Sequences>,
    policy: Policy,
    slots: Vec<Slot>,
    begun: u64,
    /// Whether the last batch was a part of a prompt.
    was_prompt: bool,
    /// Tokens of the last batch.
    rows: usize,
    /// Maximum number of tokens in a batch of a prompt with a higher rank.
    most: usize,
}

/// The state of a sequence.
#[derive(Debug, Clone, Default)]
struct Slot {
    /// The prompt and the answer so far.
    ids: Vec<TokenId>,
    /// How many of them are evaluated.
    evaluated: usize,
    /// The length of the prompt.
    prompt: usize,
    /// Whether its answer is in progress. Its evaluated tokens are kept afterwards, for prompts with the same
    /// beginning.
    is_live: bool,
    /// The number of its prompt.
    begun: u64,
    /// See [`Rules`].
    is_exact: bool,
    owner: u64,
    rank: u8,
    is_brief: bool,
    /// What is still to be moved behind the tokens that are evaluated first.
    moves: VecDeque<Move>,
    /// The first token that was not evaluated behind exactly those before it, if there is one.
    moved: Option<usize>,
    /// Tokens that were added or left out before the moved ones since those were evaluated.
    drift: usize,
}

/// Where evaluated tokens come from.
#[derive(Debug, Clone, Default)]
struct Found {
    source: usize,
    /// The common beginning.
    kept: usize,
    moves: Vec<Move>,
    drift: usize,
}

impl Found {
    /// Tokens that are not evaluated.
    fn saved(&self) -> usize {
        self.kept + self.moves.iter().map(|one| one.count).sum::<usize>()
    }
}

impl Slot {
    /// Its tokens with the numbers that they would have in a prompt of their own.
    fn exact(&self) -> &[TokenId] {
        &self.ids[..self.moved.unwrap_or(self.evaluated).min(self.evaluated)]
    }

    /// What of it saves most of the evaluation of `prompt`.
    fn found(&self, source: usize, prompt: &[TokenId], rules: Rules) -> Found {
        let usable = match rules.is_exact {
            // In the same steps only prompts like it were evaluated, without their answers.
            true if self.is_exact => &self.exact()[..self.exact().len().min(self.prompt)],
            true => &[],
            false => self.exact(),
        };
        let exact = Found { source, kept: common(usable, prompt), ..Found::default() };
        if rules.reuse == 0 || rules.owner != self.owner {
            return exact;
        }
        let evaluated = &self.ids[..self.evaluated];
        let kept = common(evaluated, prompt);
        let moves = moves::find(evaluated, prompt, kept, rules.reuse);
        let found = Found { source, kept, moves, drift: 0 };
        if found.moves.is_empty() && self.moved.is_none_or(|moved| moved >= kept) {
            return found;
        }
        // What is left out counts like what is new, but for the tokens behind all that is moved.
        let end = found.moves.last().map_or((kept, kept), |last| (last.from + last.count, last.to + last.count));
        let drift = self.drift + end.0 + end.1 - 2 * found.saved();
        if drift > MAX_DRIFT { exact } else { Found { drift, ..found } }
    }

    /// How many tokens the next batch takes of its prompt. Prompts of a higher rank are evaluated `most` tokens at a time.
    fn next(&self, most: usize) -> usize {
        let end = self.moves.front().map_or(self.ids.len(), |next| next.to);
        let rest = end - self.evaluated;
        let is_split = self.is_exact && self.is_prefilling() && self.prompt >= LAST_ALONE && rest > 1;
        let body = if is_split { rest - 1 } else { rest };
        // Only the last token may be alone.
        match self.is_exact {
            true if body == BATCH + 1 => BATCH - 1,
            false if self.rank > 0 => body.min(most),
            _ => body.min(BATCH),
        }
    }

    fn is_prefilling(&self) -> bool {
        self.is_live && self.evaluated < self.prompt
    }
}

impl Scheduler {
    /// All of them without a prompt.
    #[must_use]
    pub fn new(sequences: Box<dyn Sequences>, policy: Policy) -> Scheduler {
        let slots = vec![Slot::default(); sequences.count()];
        Scheduler { sequences, policy, slots, begun: 0, was_prompt: false, rows: 0, most: BATCH }
    }

    /// How many answers are possible at once.
    #[must_use]
    pub fn count(&self) -> usize {
        self.slots.len()
    }

    /// Capacity for a prompt and its answer, in tokens.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.sequences.capacity()
    }

    /// Forgets what idle sequences have evaluated, so that the next prompts are evaluated as by a new engine.
    ///
    /// # Errors
    /// Engine errors.
    pub fn forget(&mut self) -> Result<()> {
        for (index, slot) in self.slots.iter_mut().enumerate().filter(|(_, slot)| !slot.is_live) {
            *slot = Slot::default();
            self.sequences.share(index, index, 0)?;
        }
        self.was_prompt = false;
        Ok(())
    }

    /// Begins an answer to `prompt`. Returns its sequence and the number of tokens that need no evaluation. `None` if
    /// it should begin later: no sequence is free, or a prompt with the same beginning is being evaluated. The caller
    /// ensures that prompt and answer fit into [`Scheduler::capacity`].
    ///
    /// # Errors
    /// Engine errors.
    pub fn begin(&mut self, prompt: &[TokenId], rules: Rules) -> Result<Option<(usize, usize)>> {
        if !self.has_idle() {
            return Ok(None);
        }
        let mut found = self.found(prompt, rules);
        let most = match prompt.len() {
            short @ ..LAST_ALONE if rules.is_exact => short.saturating_sub(2),
            long => long,
        };
        found.kept = found.kept.min(most);
        if found.saved() < WORTH_COPYING {
            found.kept = 0;
        }
        let (source, kept) = (found.source, found.kept);
        let soon =
            |slot: &Slot| slot.is_prefilling() && common(&slot.ids[..slot.prompt], prompt) >= kept + WORTH_COPYING;
        // The source itself needs no copy.
        let chosen = self.spare(Some(source).filter(|_| found.saved() > 0));
        let Some(index) = chosen.filter(|_| !self.slots.iter().any(soon)) else { return Ok(None) };
        if !self.sequences.lift(source, index, &found.moves).unwrap_or(false) {
            found.moves.clear();
        }
        if self.sequences.share(source, index, found.kept).is_err() {
            // All of it is evaluated then. An engine that fails does so again.
            (found.kept, found.drift) = (0, 0);
            found.moves.clear();
            self.sequences.share(index, index, 0)?;
        }
        self.sequences.begin(index, prompt, rules)?;
        self.begun += 1;
        let moved = self.slots[source].moved.filter(|&moved| moved < found.kept);
        let saved = found.saved();
        self.slots[index] = Slot {
            ids: prompt.to_vec(),
            evaluated: found.kept,
            prompt: prompt.len(),
            is_live: true,
            begun: self.begun,
            is_exact: rules.is_exact,
            owner: rules.owner,
            rank: rules.rank,
            is_brief: rules.is_brief,
            drift: found.drift,
            moved,
            moves: found.moves.into(),
        };
        Ok(Some((index, saved)))
    }

    /// Whether an answer can be begun.
    #[must_use]
    pub fn has_idle(&self) -> bool {
        self.spare(None).is_some()
    }

    /// The idle sequence to use: `best` if that is one, else one that is of no use, else the least recently used one.
    fn spare(&self, best: Option<usize>) -> Option<usize> {
        let idle = (0..self.slots.len()).filter(|&index| !self.slots[index].is_live);
        idle.min_by_key(|&index| (Some(index) != best, !self.slots[index].is_brief, self.slots[index].begun))
    }

    /// What saves most of the evaluation of `prompt`.
    fn found(&self, prompt: &[TokenId], rules: Rules) -> Found {
        let all = self.slots.iter().enumerate().map(|(index, slot)| slot.found(index, prompt, rules));
        all.max_by_key(|found| (found.saved(), !self.slots[found.source].is_live)).unwrap_or_default()
    }

    /// What it would take to evaluate `prompt` now.
    #[must_use]
    pub fn cost(&self, prompt: &[TokenId], rules: Rules) -> Cost {
        let found = self.found(prompt, rules);
        let lifted = if found.moves.is_empty() { 0 } else { self.slots[found.source].evaluated };
        let cells = lifted + found.moves.iter().map(|one| one.to + one.count).sum::<usize>();
        Cost { tokens: prompt.len() - found.saved().min(prompt.len()), cells }
    }

    /// From now on a batch has at most `most` tokens of a prompt that is not of the first rank: what is urgent waits for it.
    pub fn limit(&mut self, most: usize) {
        self.most = most.clamp(1, BATCH);
    }

    /// Restores saved tokens into a sequence that is free. `prompt` of them are the prompt; `is_exact` as in [`Rules`]. Returns
    /// whether that was possible.
    ///
    /// # Errors
    /// Engine errors.
    pub fn restore(&mut self, path: &Path, ids: &[TokenId], prompt: usize, is_exact: bool) -> Result<bool> {
        let Some(index) = self.spare(None) else { return Ok(false) };
        self.slots[index] = Slot::default();
        let is_restored = self.sequences.restore(index, path, ids);
        if is_restored {
            self.begun += 1;
            let (ids, evaluated, begun) = (ids.to_vec(), ids.len(), self.begun);
            self.slots[index] = Slot { ids, evaluated, prompt, is_exact, begun, ..Slot::default() };
        } else {
            self.sequences.share(index, index, 0)?;
        }
        Ok(is_restored)
    }

    /// The evaluated prompts that are of use for later ones, each with its sequence.
    #[must_use]
    pub fn prompts(&self) -> Vec<(usize, Vec<TokenId>)> {
        let useful = self.slots.iter().enumerate().filter(|(_, slot)| !slot.is_brief);
        useful.map(|(index, slot)| (index, slot.exact()[..slot.exact().len().min(slot.prompt)].to_vec())).collect()
    }

    /// Saves the first tokens of a sequence; see [`Sequences::save`].
    ///
    /// # Errors
    /// Engine errors.
    pub fn save(&mut self, sequence: usize, ids: &[TokenId], path: &Path) -> Result<bool> {
        self.sequences.save(sequence, ids, path)
    }

    /// Tokens of the last batch.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Nothing is to be done for a while.
    pub fn rest(&mut self) {
        self.sequences.rest();
    }

    /// Ends the answer of this sequence.
    pub fn end(&mut self, sequence: usize) {
        if let Some(slot) = self.slots.get_mut(sequence) {
            slot.is_live = false;
        }
    }

    /// Evaluates one batch and returns the next token of each sequence whose last token is in it.
    ///
    /// # Errors
    /// Engine errors; then all sequences have ended and nothing is kept. An error next to a sequence concerns that
    /// sequence only.
    pub fn step(&mut self) -> Result<Vec<(usize, Result<Choice>)>> {
        self.splice();
        let rows = self.batch();
        self.rows = rows.len();
        let evaluated = if rows.is_empty() { Ok(()) } else { self.sequences.evaluate(&rows) };
        if let Err(error) = evaluated {
            for index in 0..self.slots.len() {
                self.slots[index] = Slot::default();
                self.sequences.share(index, index, 0)?;
            }
            return Err(error);
        }
        let mut choices = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            let slot = &mut self.slots[row.sequence];
            slot.evaluated += 1;
            if row.is_last {
                let choice = self.sequences.choose(row.sequence, number);
                slot.ids.extend(choice.as_ref().ok().map(|choice| choice.id));
                choices.push((row.sequence, choice));
            }
        }
        Ok(choices)
    }

    /// Adds what is moved behind the tokens that are evaluated by now.
    fn splice(&mut self) {
        for index in 0..self.slots.len() {
            let slot = &mut self.slots[index];
            while let Some(next) = slot.moves.front().copied().filter(|next| next.to == slot.evaluated) {
                slot.moves.pop_front();
                if self.sequences.splice(index).is_ok() {
                    slot.evaluated += next.count;
                    slot.moved = Some(slot.moved.unwrap_or(next.to).min(next.to));
                    continue;
                }
                // All of it is evaluated then. An engine that fails does so again.
                slot.moves.clear();
                (slot.evaluated, slot.moved) = (0, None);
                let _ = self.sequences.share(index, index, 0);
            }
        }
    }

    /// The next batch: a part of the prompt that came first, or a token of every answer, by the policy.
    fn batch(&mut self) -> Vec<Row> {
        let live = (0..self.slots.len()).filter(|&index| self.slots[index].is_live);
        let prefilling = live.clone().filter(|&index| self.slots[index].is_prefilling());
        let answering: Vec<usize> = live.filter(|&index| !self.slots[index].is_prefilling()).collect();
        let is_turn_of_answers = self.policy == Policy::InTurn && self.was_prompt && !answering.is_empty();
        let first = prefilling
            .min_by_key(|&index| (self.slots[index].rank, self.slots[index].begun))
            .filter(|_| !is_turn_of_answers);
        self.was_prompt = first.is_some();
        let most = self.most;
        let sequences = first.map_or(answering, |first| vec![first]);
        let rows = sequences.into_iter().flat_map(|sequence| {
            let slot = &self.slots[sequence];
            (slot.evaluated..slot.evaluated + slot.next(most)).map(move |position| Row {
                sequence,
                position,
                id: slot.ids[position],
                is_last: position + 1 == slot.ids.len(),
            })
        });
        rows.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::error::{Error, Kind};

    const RULES: Rules = Rules {
        sampling: Sampling::GREEDY,
        log_probabilities: None,
        is_exact: false,
        reuse: 0,
        owner: 0,
        rank: 0,
        is_brief: false,
    };

    #[test]
    fn small_gaps_between_sequences_are_found() {
        let row = |sequence| Row { sequence, position: 5, id: 1, is_last: true };
        let idle = |sequences: &[usize], most| {
            let rows: Vec<Row> = sequences.iter().copied().map(row).collect();
            idle_between(&rows, most).collect::<Vec<_>>()
        };
        assert_eq!(idle(&[0, 2, 4, 6], 2), [1, 3, 5]);
        assert_eq!(idle(&[1, 4, 8, 9, 11], 2), [2, 3, 10]);
        assert_eq!(idle(&[0, 2, 4, 6], 0), [0; 0]);
        // A part of one prompt.
        assert_eq!(idle(&[3, 3, 3], 2), [0; 0]);
        assert_eq!(idle(&[], 2), [0; 0]);
    }

    /// What an engine would hold: for each sequence its cells, each the number of its first evaluation and its token.
    #[derive(Default)]
    struct Held {
        sequences: Vec<Vec<(usize, TokenId)>>,
        capacity: usize,
        evaluated: usize,
        fails: bool,
        /// What is to be added to which sequence.
        lifted: Vec<(usize, Vec<(usize, TokenId)>)>,
    }

    struct Fake(Rc<RefCell<Held>>);

    impl Sequences for Fake {
        fn count(&self) -> usize {
            self.0.borrow().sequences.len()
        }

        fn capacity(&self) -> usize {
            self.0.borrow().capacity
        }

        fn share(&mut self, from: usize, to: usize, count: usize) -> Result<()> {
            let mut held = self.0.borrow_mut();
            held.sequences[to] = held.sequences[from][..count].to_vec();
            Ok(())
        }

        fn lift(&mut self, from: usize, to: usize, moves: &[Move]) -> Result<bool> {
            let mut held = self.0.borrow_mut();
            held.lifted.retain(|lifted| lifted.0 != to);
            for one in moves {
                let cells = held.sequences[from][one.from..one.from + one.count].to_vec();
                held.lifted.push((to, cells));
            }
            Ok(true)
        }

        fn splice(&mut self, sequence: usize) -> Result<()> {
            let mut held = self.0.borrow_mut();
            let next = held.lifted.iter().position(|lifted| lifted.0 == sequence);
            let cells = held.lifted.remove(next.expect("lifted")).1;
            held.sequences[sequence].extend(cells);
            Ok(())
        }

        fn rest(&mut self) {}

        fn save(&mut self, _sequence: usize, _ids: &[TokenId], _path: &Path) -> Result<bool> {
            Ok(false)
        }

        fn restore(&mut self, _sequence: usize, _path: &Path, _ids: &[TokenId]) -> bool {
            false
        }

        fn begin(&mut self, sequence: usize, prompt: &[TokenId], _rules: Rules) -> Result<()> {
            let held = self.0.borrow();
            assert!(held.sequences[sequence].iter().zip(prompt).all(|(cell, id)| cell.1 == *id), "what is kept fits");
            Ok(())
        }

        fn evaluate(&mut self, rows: &[Row]) -> Result<()> {
            let mut held = self.0.borrow_mut();
            if held.fails {
                return Err(Error::new(Kind::Engine, "it fails", ""));
            }
            assert!(rows.len() <= BATCH);
            for row in rows {
                let cell = (held.evaluated, row.id);
                held.evaluated += 1;
                assert_eq!(held.sequences[row.sequence].len(), row.position);
                held.sequences[row.sequence].push(cell);
            }
            let most = held.sequences.iter().map(Vec::len).max().unwrap_or_default();
            assert!(most <= held.capacity, "{most} tokens, and room for {}", held.capacity);
            Ok(())
        }

        /// The sum of all tokens so far: right only if the sequence has the right ones.
        fn choose(&mut self, sequence: usize, _row: usize) -> Result<Choice> {
            let id = self.0.borrow().sequences[sequence].iter().map(|cell| cell.1).sum::<TokenId>() % 1000;
            Ok(Choice { id, log_probability: None, likeliest: Vec::new() })
        }
    }

    /// The answers to all prompts, and what the engine has done.
    fn run(prompts: &[(Vec<TokenId>, usize)], count: usize, capacity: usize) -> (Vec<Vec<TokenId>>, Rc<RefCell<Held>>) {
        let held = Rc::new(RefCell::new(Held { sequences: vec![Vec::new(); count], capacity, ..Held::default() }));
        let mut scheduler = Scheduler::new(Box::new(Fake(Rc::clone(&held))), Policy::PromptsFirst);
        let mut answers = vec![Vec::new(); prompts.len()];
        let mut numbers = vec![0; count];
        let mut next = 0;
        for _ in 0..10_000 {
            while let Some((prompt, _)) = prompts.get(next)
                && let Some((sequence, _)) = scheduler.begin(prompt, RULES).expect("begun")
            {
                numbers[sequence] = next;
                next += 1;
            }
            for (sequence, choice) in scheduler.step().expect("stepped") {
                let number = numbers[sequence];
                answers[number].push(choice.expect("a token").id);
                if answers[number].len() == prompts[number].1 {
                    scheduler.end(sequence);
                }
            }
        }
        (answers, held)
    }

    /// The answer as it must be.
    fn expected((prompt, max_tokens): &(Vec<TokenId>, usize)) -> Vec<TokenId> {
        let mut ids = prompt.clone();
        for _ in 0..*max_tokens {
            ids.push(ids.iter().sum::<TokenId>() % 1000);
        }
        ids.split_off(prompt.len())
    }

    /// Answers one prompt after the other with one token. Gives the tokens that were evaluated for each.
    fn evaluated(prompts: &[Vec<TokenId>], count: usize, reuse: usize) -> Vec<usize> {
        let held = Held { sequences: vec![Vec::new(); count], capacity: 5000, ..Held::default() };
        let held = Rc::new(RefCell::new(held));
        let mut scheduler = Scheduler::new(Box::new(Fake(Rc::clone(&held))), Policy::InTurn);
        let mut all = Vec::new();
        for prompt in prompts {
            let rules = Rules { reuse, ..RULES };
            let (before, cost) = (held.borrow().evaluated, scheduler.cost(prompt, rules));
            let (sequence, saved) = scheduler.begin(prompt, rules).expect("begun").expect("a sequence");
            let mut choices = Vec::new();
            while choices.is_empty() {
                choices = scheduler.step().expect("stepped");
            }
            // The cells are those of this prompt, wherever they come from.
            let id = prompt.iter().sum::<TokenId>() % 1000;
            assert_eq!((choices[0].0, choices[0].1.as_ref().map(|choice| choice.id)), (sequence, Ok(id)));
            scheduler.end(sequence);
            let fresh = held.borrow().evaluated - before;
            let cost = cost.tokens;
            assert!(saved + fresh == prompt.len() && (cost == fresh || saved == 0), "{saved} {fresh} {cost}");
            all.push(fresh);
        }
        all
    }

    #[test]
    fn tokens_behind_a_change_are_moved() {
        let file: Vec<TokenId> = (0..3000).collect();
        let at = |cursor: usize, typed: usize| -> Vec<TokenId> {
            let typed: Vec<TokenId> = (0..typed).map(|index| 9000 + index as TokenId).collect();
            [&[8000, 8001][..], &file[cursor - 300..cursor], &typed, &[8002], &file[cursor..cursor + 100], &[8003]]
                .concat()
        };
        let typing = [at(500, 0), at(500, 1), at(500, 2), at(500, 1), at(512, 0)];
        assert_eq!(evaluated(&typing, 2, 0), [404, 103, 103, 102, 404]);
        assert_eq!(evaluated(&typing, 2, 32), [404, 18, 18, 17, 58]);
        assert_eq!(evaluated(&typing, 1, 32), [404, 18, 18, 17, 58]);
        // Those that were moved are not taken for exact ones.
        let rules = Rules { reuse: 32, ..RULES };
        let held = Held { sequences: vec![Vec::new()], capacity: 5000, ..Held::default() };
        let mut scheduler = Scheduler::new(Box::new(Fake(Rc::new(RefCell::new(held)))), Policy::InTurn);
        for prompt in &typing[..2] {
            let (sequence, _) = scheduler.begin(prompt, rules).expect("begun").expect("a sequence");
            while scheduler.step().expect("stepped").is_empty() {}
            scheduler.end(sequence);
        }
        let cost = |rules| scheduler.cost(&typing[1], rules).tokens;
        assert_eq!((cost(rules), cost(RULES)), (1, 86));
        // Nor are they moved for somebody else.
        assert_eq!(cost(Rules { owner: 1, ..rules }), 86);
        // After many changes they are evaluated anew.
        let far: Vec<Vec<TokenId>> = (0..180).map(|line| at(500 + 12 * line, 0)).collect();
        let fresh = evaluated(&far, 2, 32);
        let many = fresh[1..].iter().filter(|&&count| count > 58).count();
        assert!(fresh[1..].iter().all(|&count| count == 58 || count > 400) && (1..20).contains(&many), "{fresh:?}");
    }

    #[test]
    fn every_prompt_has_its_own_answer_however_they_are_packed() {
        let prompts: Vec<(Vec<TokenId>, usize)> = (0..60)
            .map(|number| {
                let length = 1 + number * 37 % 300;
                // Some begin alike, and differ at different places.
                let ids = (0..length).map(|at| if at < 40 * (number % 5) { 7 } else { number + at });
                (ids.map(|id| id as TokenId).collect(), 1 + number * 13 % 29)
            })
            .collect();
        let wanted: Vec<_> = prompts.iter().map(expected).collect();
        for count in [1, 2, 3, 8, 64] {
            let (answers, _) = run(&prompts, count, 330);
            assert_eq!(answers, wanted, "{count} sequences");
        }
    }

    #[test]
    fn what_prompts_share_is_evaluated_once() {
        let shared: Vec<TokenId> = (0..500).collect();
        let prompts: Vec<_> = (0..20).map(|number| ([&shared[..], &[number, 900, 901]].concat(), 4)).collect();
        let (answers, held) = run(&prompts, 8, 700);
        assert_eq!(answers, prompts.iter().map(expected).collect::<Vec<_>>());
        // Of each, its three separate tokens and the answer without its last token.
        assert_eq!(held.borrow().evaluated, 500 + 20 * (3 + 3));
        // The same prompt again needs its last token only.
        let (_, held) = run(&vec![(shared, 1); 5], 2, 600);
        assert_eq!(held.borrow().evaluated, 500 + 4);
    }

    #[test]
    fn what_is_forgotten_is_evaluated_again() {
        let held = Held { sequences: vec![Vec::new(); 2], capacity: 900, ..Held::default() };
        let held = Rc::new(RefCell::new(held));
        let mut scheduler = Scheduler::new(Box::new(Fake(Rc::clone(&held))), Policy::PromptsFirst);
        let prompt: Vec<TokenId> = (0..100).collect();
        let (live, _) = scheduler.begin(&prompt, RULES).expect("begun").expect("a sequence");
        scheduler.step().expect("stepped");
        // Nothing of an answer in progress.
        scheduler.forget().expect("forgotten");
        assert_eq!((scheduler.cost(&prompt, RULES).tokens, held.borrow().sequences[live].len()), (1, 100));
        scheduler.end(live);
        scheduler.forget().expect("forgotten");
        assert_eq!(scheduler.cost(&prompt, RULES).tokens, 100);
        assert_eq!(held.borrow().sequences, [vec![], vec![]]);
    }

    #[test]
    fn prompts_come_first_and_answers_go_on_together() {
        let held = Rc::new(RefCell::new(Held { sequences: vec![Vec::new(); 2], capacity: 900, ..Held::default() }));
        let mut scheduler = Scheduler::new(Box::new(Fake(Rc::clone(&held))), Policy::PromptsFirst);
        assert_eq!(scheduler.begin(&[1, 2], RULES), Ok(Some((0, 0))));
        assert_eq!(scheduler.step().expect("stepped").len(), 1);
        assert_eq!(scheduler.begin(&[3; 600], RULES), Ok(Some((1, 0))));
        assert_eq!(scheduler.begin(&[4], RULES), Ok(None));
        let steps = [256, 512, 600, 601].map(|evaluated| {
            let tokens = scheduler.step().expect("stepped").len();
            assert_eq!(held.borrow().sequences[1].len(), evaluated);
            tokens
        });
        assert_eq!(steps, [0, 0, 1, 2]);
        assert_eq!(held.borrow().sequences[0].len(), 3);
    }

    #[test]
    fn an_exact_prompt_is_split_as_by_a_single_engine() {
        let exact = Rules { is_exact: true, ..RULES };
        for (length, shared, steps) in [
            (600, 0, &[256, 512, 599, 600][..]),
            (600, 599, &[600]),
            (514, 0, &[256, 511, 513, 514]),
            (100, 0, &[100]),
            (100, 100, &[100]),
            (256, 0, &[255, 256]),
        ] {
            let held = Rc::new(RefCell::new(Held { sequences: vec![Vec::new(); 1], capacity: 900, ..Held::default() }));
            let mut scheduler = Scheduler::new(Box::new(Fake(Rc::clone(&held))), Policy::InTurn);
            let prompt: Vec<TokenId> = (0..length).collect();
            if shared > 0 {
                assert!(scheduler.begin(&prompt[..shared], exact).expect("begun").is_some());
                while scheduler.step().expect("stepped").is_empty() {}
                scheduler.end(0);
            }
            let (_, kept) = scheduler.begin(&prompt, exact).expect("begun").expect("free");
            assert_eq!(kept, if shared == 100 { 98 } else { shared });
            for &evaluated in steps {
                scheduler.step().expect("stepped");
                assert_eq!(held.borrow().sequences[0].len(), evaluated, "{length} {shared}");
            }
            // What was evaluated in other steps is not used.
            scheduler.end(0);
            let other: Vec<TokenId> = (1000..1300).collect();
            for (rules, expected) in [(RULES, 0), (exact, 0), (exact, 299), (RULES, 299)] {
                let (_, kept) = scheduler.begin(&other, rules).expect("begun").expect("free");
                while scheduler.step().expect("stepped").is_empty() {}
                scheduler.end(0);
                assert_eq!(kept, expected, "{rules:?}");
            }
        }
    }

    #[test]
    fn a_long_prompt_and_answers_take_turns() {
        let held = Rc::new(RefCell::new(Held { sequences: vec![Vec::new(); 2], capacity: 900, ..Held::default() }));
        let mut scheduler = Scheduler::new(Box::new(Fake(Rc::clone(&held))), Policy::InTurn);
        assert_eq!(scheduler.begin(&[1, 2], RULES), Ok(Some((0, 0))));
        assert_eq!(scheduler.step().expect("stepped").len(), 1);
        assert_eq!(scheduler.begin(&[3; 600], RULES), Ok(Some((1, 0))));
        let lengths: Vec<_> = (0..6)
            .map(|_| {
                scheduler.step().expect("stepped");
                let held = held.borrow();
                (held.sequences[0].len(), held.sequences[1].len())
            })
            .collect();
        assert_eq!(lengths, [(3, 0), (3, 256), (4, 256), (4, 512), (5, 512), (5, 600)]);
    }

    #[test]
    fn a_failure_leaves_room_for_the_next() {
        let held = Rc::new(RefCell::new(Held { sequences: vec![Vec::new(); 1], capacity: 50, ..Held::default() }));
        let mut scheduler = Scheduler::new(Box::new(Fake(Rc::clone(&held))), Policy::PromptsFirst);
        assert_eq!(scheduler.begin(&[1; 20], RULES), Ok(Some((0, 0))));
        scheduler.step().expect("stepped");
        assert_eq!(scheduler.begin(&[2; 20], RULES), Ok(None), "there is no sequence");
        held.borrow_mut().fails = true;
        assert!(scheduler.step().is_err());
        held.borrow_mut().fails = false;
        assert!(matches!(scheduler.begin(&[2; 30], RULES), Ok(Some(_))));
        assert_eq!(scheduler.step().expect("stepped").len(), 1);
    }
}
