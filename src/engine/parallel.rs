//! Continuous batching: answers to many prompts side by side, in one context.
//!
//! A sequence whose answer has ended is given the next prompt while the others go on. One batch has the next token of
//! every answer and a part of the prompts that are not evaluated yet: on the CPU, where a batch costs what its tokens
//! cost and the weights are read once for all of them, an answer's token then costs little more than a prompt's.
//!
//! What a prompt has in common with one that was evaluated is copied from there, which costs nothing: sequences share
//! the cells of the context. This module counts the cells, so that no answer that was begun runs out of them.

use super::{Choice, Sampling, common};
use crate::error::Result;
use crate::model::family::TokenId;

/// The most tokens of a batch. Larger ones are hardly faster on a CPU, and Ctrl-C waits for the end of one.
pub const BATCH: usize = 128;
/// A prompt waits for one that is being evaluated, if so many more of its tokens can be copied then.
pub const WORTH_WAITING: usize = 16;

/// A token to evaluate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The sequence that it belongs to.
    pub sequence: usize,
    /// Its place there, from 0 on.
    pub position: usize,
    /// Which.
    pub id: TokenId,
    /// Whether a token is chosen behind it.
    pub is_last: bool,
}

/// What continuous batching asks of an engine: some sequences in one context.
pub trait Sequences {
    /// How many there are.
    fn count(&self) -> usize;

    /// The tokens that all of them have room for together; what they share counts once.
    fn capacity(&self) -> usize;

    /// Gives the sequence `to` the first `count` tokens of `from`, and nothing else; both may be the same.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] where the engine cannot.
    fn share(&mut self, from: usize, to: usize, count: usize) -> Result<()>;

    /// From now on `sequence` answers `prompt`, by these rules.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] where there is no such sequence.
    fn begin(&mut self, sequence: usize, prompt: &[TokenId], sampling: Sampling) -> Result<()>;

    /// Evaluates at most [`BATCH`] tokens.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] where the computation fails.
    fn evaluate(&mut self, rows: &[Row]) -> Result<()>;

    /// Chooses the token of `sequence` behind the row with this number in the last batch.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] where the model computes no numbers.
    fn choose(&mut self, sequence: usize, row: usize) -> Result<Choice>;
}

/// Gives prompts to sequences, and counts cells.
pub struct Scheduler {
    sequences: Box<dyn Sequences>,
    slots: Vec<Slot>,
    cells: Cells,
    begun: u64,
}

/// What a sequence is at.
#[derive(Debug, Clone, Default)]
struct Slot {
    /// The prompt and the answer so far. Behind the cells are those that are not evaluated yet.
    ids: Vec<TokenId>,
    /// One for each token that was evaluated.
    cells: Vec<u32>,
    /// The length of the prompt.
    prompt: usize,
    /// The most tokens that will be evaluated.
    end: usize,
    /// Whether its answer has not ended; what it has evaluated is kept in any case, for prompts that begin alike.
    is_live: bool,
    /// The number of its prompt.
    begun: u64,
}

impl Slot {
    fn evaluated(&self) -> &[TokenId] {
        &self.ids[..self.cells.len()]
    }

    fn is_prefilling(&self) -> bool {
        self.is_live && self.cells.len() < self.prompt
    }
}

impl Scheduler {
    /// All of them without a prompt.
    #[must_use]
    pub fn new(sequences: Box<dyn Sequences>) -> Scheduler {
        let slots = vec![Slot::default(); sequences.count()];
        let cells = Cells::new(sequences.capacity());
        Scheduler { sequences, slots, cells, begun: 0 }
    }

    /// The tokens that all prompts and answers have room for together.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.cells.references.len()
    }

    /// Begins an answer of at most `max_tokens` to `prompt`, and gives its sequence and how many tokens need not be
    /// evaluated again. `None` where it is better begun later: there is no sequence or no room, or a prompt that begins
    /// alike is being evaluated.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn begin(
        &mut self,
        prompt: &[TokenId],
        max_tokens: usize,
        sampling: Sampling,
    ) -> Result<Option<(usize, usize)>> {
        let mut idle: Vec<usize> = (0..self.slots.len()).filter(|&index| !self.slots[index].is_live).collect();
        let alike = |slot: &Slot| common(slot.evaluated(), prompt);
        let Some(source) = (0..self.slots.len()).max_by_key(|&index| alike(&self.slots[index])) else {
            return Ok(None);
        };
        let kept = alike(&self.slots[source]);
        let soon =
            |slot: &Slot| slot.is_prefilling() && common(&slot.ids[..slot.prompt], prompt) >= kept + WORTH_WAITING;
        if idle.is_empty() || self.slots.iter().any(soon) {
            return Ok(None);
        }
        // The one that was not used for the longest time; the source last.
        idle.sort_by_key(|&index| (index == source, self.slots[index].begun));
        let end = prompt.len() + max_tokens.saturating_sub(1);
        let live = self.slots.iter().filter(|slot| slot.is_live);
        let promised: usize = live.map(|slot| slot.end.saturating_sub(slot.cells.len())).sum();
        for &index in &idle {
            if self.cells.free.len() >= promised + end - kept {
                break;
            }
            self.share(index, index, if index == source { kept } else { 0 })?;
        }
        if self.cells.free.len() < promised + end - kept {
            return Ok(None);
        }
        let index = idle[0];
        self.share(source, index, kept)?;
        self.sequences.begin(index, prompt, sampling)?;
        self.begun += 1;
        let slot = &mut self.slots[index];
        slot.ids = prompt.to_vec();
        (slot.prompt, slot.end, slot.is_live, slot.begun) = (prompt.len(), end, true, self.begun);
        Ok(Some((index, kept)))
    }

    /// The answer of this sequence has ended.
    pub fn end(&mut self, sequence: usize) {
        if let Some(slot) = self.slots.get_mut(sequence) {
            slot.is_live = false;
        }
    }

    /// Evaluates one batch, and gives the next token of each sequence whose prompt is evaluated.
    ///
    /// # Errors
    /// Those of the engine; then all sequences have ended and nothing is kept. An error beside a sequence is its own.
    pub fn step(&mut self) -> Result<Vec<(usize, Result<Choice>)>> {
        let rows = self.rows();
        let evaluated = if rows.is_empty() { Ok(()) } else { self.sequences.evaluate(&rows) };
        if let Err(error) = evaluated {
            for index in 0..self.slots.len() {
                self.end(index);
                self.share(index, index, 0)?;
            }
            return Err(error);
        }
        let mut choices = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            let slot = &mut self.slots[row.sequence];
            slot.cells.extend(self.cells.take());
            if row.is_last {
                let choice = self.sequences.choose(row.sequence, number);
                slot.ids.extend(choice.as_ref().ok().map(|choice| choice.id));
                choices.push((row.sequence, choice));
            }
        }
        Ok(choices)
    }

    /// The next batch: a token of every answer, then the prompts as they came.
    fn rows(&self) -> Vec<Row> {
        let mut live: Vec<usize> = (0..self.slots.len()).filter(|&index| self.slots[index].is_live).collect();
        live.sort_by_key(|&index| (self.slots[index].is_prefilling(), self.slots[index].begun));
        let mut rows = Vec::new();
        for sequence in live {
            let slot = &self.slots[sequence];
            let pending = slot.cells.len()..slot.ids.len();
            rows.extend(pending.take(BATCH - rows.len()).map(|position| Row {
                sequence,
                position,
                id: slot.ids[position],
                is_last: position + 1 == slot.ids.len(),
            }));
        }
        rows
    }

    fn share(&mut self, from: usize, to: usize, count: usize) -> Result<()> {
        self.sequences.share(from, to, count)?;
        let shared = self.slots[from].cells[..count].to_vec();
        self.cells.refer(&shared);
        let old = std::mem::replace(&mut self.slots[to].cells, shared);
        self.cells.release(&old);
        let ids = self.slots[from].ids[..count].to_vec();
        self.slots[to].ids = ids;
        Ok(())
    }
}

/// How many sequences each cell of the context belongs to.
struct Cells {
    references: Vec<u32>,
    free: Vec<u32>,
}

impl Cells {
    fn new(count: usize) -> Cells {
        Cells { references: vec![0; count], free: (0..).take(count).collect() }
    }

    fn take(&mut self) -> Option<u32> {
        let cell = self.free.pop();
        self.refer(cell.as_slice());
        cell
    }

    fn refer(&mut self, cells: &[u32]) {
        cells.iter().for_each(|&cell| self.references[cell as usize] += 1);
    }

    fn release(&mut self, cells: &[u32]) {
        for &cell in cells {
            let references = &mut self.references[cell as usize];
            *references -= 1;
            if *references == 0 {
                self.free.push(cell);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::HashSet;
    use std::rc::Rc;

    use super::*;
    use crate::error::{Error, Kind};

    const SAMPLING: Sampling =
        Sampling { temperature: 0.0, top_k: 0, top_p: 1.0, min_p: 0.0, repeat_penalty: 1.0, seed: 0 };

    /// What an engine would hold: for each sequence its cells, each the number of its first evaluation and its token.
    #[derive(Default)]
    struct Held {
        sequences: Vec<Vec<(usize, TokenId)>>,
        capacity: usize,
        evaluated: usize,
        most: usize,
        fails: bool,
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

        fn begin(&mut self, sequence: usize, prompt: &[TokenId], _sampling: Sampling) -> Result<()> {
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
            let cells: HashSet<_> = held.sequences.iter().flatten().map(|cell| cell.0).collect();
            assert!(cells.len() <= held.capacity, "{} cells of {}", cells.len(), held.capacity);
            held.most = held.most.max(cells.len());
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
        let mut scheduler = Scheduler::new(Box::new(Fake(Rc::clone(&held))));
        let mut answers = vec![Vec::new(); prompts.len()];
        let mut numbers = vec![0; count];
        let mut next = 0;
        for _ in 0..10_000 {
            while let Some((prompt, max_tokens)) = prompts.get(next)
                && let Some((sequence, _)) = scheduler.begin(prompt, *max_tokens, SAMPLING).expect("begun")
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
        for (count, capacity) in [(1, 330), (3, 330), (8, 700), (8, 5000), (64, 20_000)] {
            let (answers, held) = run(&prompts, count, capacity);
            assert_eq!(answers, wanted, "{count} sequences, {capacity} cells");
            assert!(held.borrow().most <= capacity);
        }
    }

    #[test]
    fn what_prompts_share_is_evaluated_once() {
        let shared: Vec<TokenId> = (0..500).collect();
        let prompts: Vec<_> = (0..20).map(|number| ([&shared[..], &[number, 900, 901]].concat(), 4)).collect();
        let (answers, held) = run(&prompts, 8, 700);
        assert_eq!(answers, prompts.iter().map(expected).collect::<Vec<_>>());
        // Of each, the three tokens of its own and the answer without its last token.
        assert_eq!(held.borrow().evaluated, 500 + 20 * (3 + 3));
        // The same prompt again needs its last token only.
        let (_, held) = run(&vec![(shared, 1); 5], 2, 600);
        assert_eq!(held.borrow().evaluated, 500 + 4);
    }

    #[test]
    fn answers_and_prompts_are_evaluated_together() {
        let held = Rc::new(RefCell::new(Held { sequences: vec![Vec::new(); 2], capacity: 900, ..Held::default() }));
        let mut scheduler = Scheduler::new(Box::new(Fake(Rc::clone(&held))));
        assert_eq!(scheduler.begin(&[1, 2], 9, SAMPLING), Ok(Some((0, 0))));
        assert_eq!(scheduler.step().expect("stepped").len(), 1);
        assert_eq!(scheduler.begin(&[3; 300], 9, SAMPLING), Ok(Some((1, 0))));
        assert_eq!(scheduler.begin(&[4], 9, SAMPLING), Ok(None));
        let lengths = [127, 254, 300].map(|evaluated| {
            let tokens = scheduler.step().expect("stepped").len();
            assert_eq!(held.borrow().sequences[1].len(), evaluated);
            tokens
        });
        assert_eq!(lengths, [1, 1, 2]);
        assert_eq!(held.borrow().sequences[0].len(), 5);
    }

    #[test]
    fn a_failure_leaves_room_for_the_next() {
        let held = Rc::new(RefCell::new(Held { sequences: vec![Vec::new(); 2], capacity: 50, ..Held::default() }));
        let mut scheduler = Scheduler::new(Box::new(Fake(Rc::clone(&held))));
        assert_eq!(scheduler.begin(&[1; 20], 11, SAMPLING), Ok(Some((0, 0))));
        scheduler.step().expect("stepped");
        assert_eq!(scheduler.begin(&[2; 20], 11, SAMPLING), Ok(None), "there is no room");
        held.borrow_mut().fails = true;
        assert!(scheduler.step().is_err());
        held.borrow_mut().fails = false;
        assert!(matches!(scheduler.begin(&[2; 30], 21, SAMPLING), Ok(Some(_))));
        assert_eq!(scheduler.step().expect("stepped").len(), 1);
    }
}
