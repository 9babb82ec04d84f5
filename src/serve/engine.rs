//! The engine's thread: takes work from the queue, and computes all answers side by side.
//!
//! Between two batches it admits new requests and drops those that nobody waits for, so a closed connection frees its place
//! within one batch, in the middle of a prompt too.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::cancel::{Cancel, Sink};
use crate::engine::Choice;
use crate::engine::parallel::Scheduler;
use crate::error::Result;
use crate::generate::Running;
use crate::serve::queue::{Ended, Event, State, Work};
use crate::shape::finish::Finish;
use crate::vocabulary::Vocabulary;

/// How often an idle thread looks whether it should end.
const LOOK: Duration = Duration::from_millis(100);

/// Why the thread ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was asked to.
    Asked,
    /// Nothing came for the time limit.
    Idle,
}

/// An answer in progress.
struct Live {
    sequence: usize,
    work: Work,
    running: Running,
    reused: usize,
    begun: Instant,
    first: Option<Instant>,
    /// The last byte that was sent, for line endings.
    last: Option<u8>,
}

/// Computes answers until `cancel` is set or no work has come for `idle`. An answer that is in progress then gets what
/// remains of the grace period.
///
/// # Errors
/// Errors from the engine that leave no sequence usable.
pub fn run(
    scheduler: Scheduler,
    vocabulary: &dyn Vocabulary,
    work: &Receiver<Work>,
    state: &Arc<State>,
    idle: Option<Duration>,
    cancel: &Cancel,
) -> Result<Ending> {
    let mut thread = Thread { scheduler, vocabulary, state: Arc::clone(state), waiting: Vec::new(), live: Vec::new() };
    let mut used = Instant::now();
    loop {
        if cancel.is_set() {
            state.is_closing.store(true, Ordering::Relaxed);
        }
        thread.waiting.extend(work.try_iter());
        thread.forget();
        if thread.live.is_empty() && thread.waiting.is_empty() {
            if state.is_closing.load(Ordering::Relaxed) {
                return Ok(Ending::Asked);
            }
            if idle.is_some_and(|idle| used.elapsed() >= idle) {
                state.is_closing.store(true, Ordering::Relaxed);
                // What came in between is still answered.
                thread.waiting.extend(work.try_iter());
                if thread.waiting.is_empty() {
                    return Ok(Ending::Idle);
                }
            }
            match work.recv_timeout(LOOK) {
                Ok(next) => thread.waiting.push(next),
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return Ok(Ending::Asked),
            }
        }
        used = Instant::now();
        thread.admit()?;
        thread.step()?;
    }
}

struct Thread<'a> {
    scheduler: Scheduler,
    vocabulary: &'a dyn Vocabulary,
    state: Arc<State>,
    /// In the order of their arrival.
    waiting: Vec<Work>,
    live: Vec<Live>,
}

impl Thread<'_> {
    /// Drops what nobody waits for.
    fn forget(&mut self) {
        let before = self.waiting.len();
        self.waiting.retain(|work| !work.events.is_closed());
        let gone = before - self.waiting.len();
        self.state.waiting.fetch_sub(gone, Ordering::Relaxed);
        self.state.dropped.fetch_add(gone, Ordering::Relaxed);
        let mut at = 0;
        while let Some(live) = self.live.get(at) {
            if live.work.events.is_closed() {
                let live = self.live.swap_remove(at);
                self.scheduler.end(live.sequence);
                self.state.live.fetch_sub(1, Ordering::Relaxed);
                self.state.dropped.fetch_add(1, Ordering::Relaxed);
            } else {
                at += 1;
            }
        }
    }

    /// Begins what has a free sequence: by priority, then in order.
    fn admit(&mut self) -> Result<()> {
        while let Some(at) = (0..self.waiting.len()).min_by_key(|&index| (self.waiting[index].priority, index)) {
            let next = &self.waiting[at];
            let Some((sequence, reused)) = self.scheduler.begin(&next.prompt, next.rules)? else { return Ok(()) };
            let work = self.waiting.remove(at);
            self.state.waiting.fetch_sub(1, Ordering::Relaxed);
            self.state.live.fetch_add(1, Ordering::Relaxed);
            self.state.reused_tokens.fetch_add(reused, Ordering::Relaxed);
            self.state.prompt_tokens.fetch_add(work.prompt.len().saturating_sub(reused), Ordering::Relaxed);
            let running = Running::new(work.shape.clone());
            self.live.push(Live { sequence, work, running, reused, begun: Instant::now(), first: None, last: None });
        }
        Ok(())
    }

    /// Computes one batch.
    fn step(&mut self) -> Result<()> {
        let choices = match self.scheduler.step() {
            Ok(choices) => choices,
            // The failure of all answers in progress; later ones may succeed.
            Err(error) => {
                for live in self.live.drain(..) {
                    self.state.live.fetch_sub(1, Ordering::Relaxed);
                    let _ = live.work.events.send(Event::Failed(error.clone()));
                }
                return Ok(());
            }
        };
        for (sequence, choice) in choices {
            let Some(at) = self.live.iter().position(|live| live.sequence == sequence) else { continue };
            let live = &mut self.live[at];
            let taken = choice.and_then(|choice| live.take(choice, self.vocabulary));
            if matches!(taken, Ok(None)) {
                continue;
            }
            let live = self.live.swap_remove(at);
            self.scheduler.end(sequence);
            self.state.live.fetch_sub(1, Ordering::Relaxed);
            self.state.answered.fetch_add(1, Ordering::Relaxed);
            self.state.answer_tokens.fetch_add(live.running.tokens(), Ordering::Relaxed);
            // A receiver that is gone needs no answer.
            let _ = match taken {
                Ok(ended) => {
                    live.work.events.send(ended.map_or_else(|| Event::End(live.ended(Finish::Closed)), Event::End))
                }
                Err(error) => live.work.events.send(Event::Failed(error)),
            };
        }
        Ok(())
    }
}

impl Live {
    /// Takes the next token; returns the end of the answer, if this was its last.
    fn take(&mut self, choice: Choice, vocabulary: &dyn Vocabulary) -> Result<Option<Ended>> {
        let first = *self.first.get_or_insert_with(Instant::now);
        if self.work.max_tokens == 0 {
            return Ok(Some(self.ended(Finish::MaxTokens)));
        }
        if self.work.is_raw {
            let _ = self.work.events.send(Event::Token { choice: Some(choice.clone()), text: Vec::new() });
        }
        let mut text = Vec::new();
        let chosen = choice.clone();
        self.running.take(0, choice, vocabulary, &mut |_, piece| {
            text.extend_from_slice(piece);
            Ok(Sink::Open)
        })?;
        let is_late = self.work.line_limit.is_some_and(|limit| first.elapsed() > limit) && text.contains(&b'\n');
        if is_late && !self.running.is_finished() {
            // The rest of a line that has only begun is not asked for.
            let end = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
            text.truncate(end);
            self.running.end(0, Finish::Deadline, &mut |_, _| Ok(Sink::Open))?;
        }
        if !self.running.is_finished() && self.running.tokens() == self.work.max_tokens {
            self.running.end(0, Finish::MaxTokens, &mut |_, piece| {
                text.extend_from_slice(piece);
                Ok(Sink::Open)
            })?;
        }
        let text = {
            let shown = self.work.endings.for_user(&text, self.last).into_owned();
            self.last = text.last().copied().or(self.last);
            shown
        };
        // The control token that ends an answer comes too: clients that count probabilities count its own.
        if !self.work.is_raw {
            let _ = self.work.events.send(Event::Token { choice: Some(chosen), text });
        }
        Ok(self.running.finish().map(|finish| self.ended(finish)))
    }

    fn ended(&self, finish: Finish) -> Ended {
        let first = self.first.unwrap_or_else(Instant::now);
        Ended {
            finish,
            prompt: self.work.prompt.len(),
            reused: self.reused,
            tokens: self.running.tokens(),
            queued: self.begun - self.work.asked,
            prefill: first - self.begun,
            decode: first.elapsed(),
        }
    }
}
