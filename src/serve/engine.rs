//! The engine's thread: takes work from the queue, and computes all answers side by side.
//!
//! Between two batches it admits new requests and drops those that nobody waits for, so a closed connection frees its place
//! within one batch, in the middle of a prompt too.
//!
//! The first token of an answer in a gap comes in time: from the measured pace the thread knows how much of a prompt it can
//! evaluate. If that is not all, it evaluates what is nearest to the gap, and the whole prompt later, when nothing is to be
//! done. After that a keystroke costs a few tokens.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::cancel::{Cancel, Sink};
use crate::engine::parallel::{Rules, Scheduler};
use crate::engine::{Choice, Sampling};
use crate::error::Result;
use crate::generate::Running;
use crate::serve::client::Client;
use crate::serve::excerpt;
use crate::serve::pace::{MANY, Pace};
use crate::serve::place::Place;
use crate::serve::prefixes::Prefixes;
use crate::serve::queue::{Ended, Event, Priority, State, Work};
use crate::shape::finish::Finish;
use crate::vocabulary::{TokenId, Vocabulary};

/// How often an idle thread looks whether it should end.
const LOOK: Duration = Duration::from_millis(100);
/// After this time without work, memory that only work in progress needs is given back.
const REST: Duration = Duration::from_secs(30);
/// Prompts that are to be evaluated as a whole when nothing else is to be done.
const MAX_LATER: usize = 4;
/// How long a batch of what is not urgent may take, unless it is so small that it would be slow.
const STALL: Duration = Duration::from_millis(250);
/// Of so few sequences none is left free for those at a cursor.
const FEW: usize = 2;
/// Clients that take turns; others come first.
const MAX_CLIENTS: usize = 64;
/// Tokens that are evaluated to measure how long that takes.
const TRIAL: usize = 64;

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
    /// Tokens of the prompt that is evaluated.
    prompt: usize,
    reused: usize,
    begun: Instant,
    first: Option<Instant>,
    /// The last byte that was sent, for line endings.
    last: Option<u8>,
}

/// A prompt to be evaluated when nothing else is to be done.
struct Later {
    prompt: Vec<TokenId>,
    rules: Rules,
    place: Option<Place>,
}

/// What the thread may do.
pub struct Options {
    /// It ends after this time without work.
    pub idle: Option<Duration>,
    /// Whether it first measures how long evaluation takes.
    pub measures: bool,
    /// Where long prompts are kept.
    pub prefixes: Option<Prefixes>,
}

/// Computes answers until `cancel` is set or no work has come for the time limit. An answer that is in progress then gets what
/// remains of the grace period.
///
/// # Errors
/// Errors from the engine that leave no sequence usable.
pub fn run(
    scheduler: Scheduler,
    vocabulary: &dyn Vocabulary,
    work: &Receiver<Work>,
    state: &Arc<State>,
    options: Options,
    cancel: &Cancel,
) -> Result<Ending> {
    let mut thread = Thread {
        scheduler,
        vocabulary,
        state: Arc::clone(state),
        waiting: Vec::new(),
        live: Vec::new(),
        later: VecDeque::new(),
        background: None,
        pace: Pace::default(),
        beginning: Begun::default(),
        turns: Vec::new(),
        prefixes: options.prefixes,
    };
    if options.measures {
        thread.measure()?;
    }
    let ended = thread.run(work, options.idle, cancel)?;
    thread.put_off();
    if let Some(prefixes) = &thread.prefixes {
        prefixes.keep(&mut thread.scheduler, &thread.pace);
    }
    Ok(ended)
}

/// What beginning the answers of the next batch took.
#[derive(Debug, Clone, Copy, Default)]
struct Begun {
    cells: usize,
    time: Duration,
}

struct Thread<'a> {
    scheduler: Scheduler,
    vocabulary: &'a dyn Vocabulary,
    state: Arc<State>,
    /// In the order of their arrival.
    waiting: Vec<Work>,
    live: Vec<Live>,
    /// The newest first.
    later: VecDeque<Later>,
    /// What is evaluated of the first one, in which sequence.
    background: Option<usize>,
    pace: Pace,
    beginning: Begun,
    /// The clients whose requests were begun last, the latest one at the end.
    turns: Vec<Client>,
    prefixes: Option<Prefixes>,
}

impl Thread<'_> {
    /// See [`run`].
    fn run(&mut self, work: &Receiver<Work>, idle: Option<Duration>, cancel: &Cancel) -> Result<Ending> {
        let (mut used, mut has_rested) = (Instant::now(), true);
        loop {
            if cancel.is_set() {
                self.state.is_closing.store(true, Ordering::Relaxed);
            }
            while let Ok(next) = work.try_recv() {
                self.arrive(next);
            }
            self.forget();
            if self.live.is_empty() && self.waiting.is_empty() {
                if self.state.is_closing.load(Ordering::Relaxed) {
                    return Ok(Ending::Asked);
                }
                if idle.is_some_and(|idle| used.elapsed() >= idle) {
                    self.state.is_closing.store(true, Ordering::Relaxed);
                    // What came in between is still answered.
                    while let Ok(next) = work.try_recv() {
                        self.arrive(next);
                    }
                    if self.waiting.is_empty() {
                        return Ok(Ending::Idle);
                    }
                }
                if self.waiting.is_empty() && self.catch_up()? {
                    continue;
                }
                if !has_rested && used.elapsed() >= REST {
                    self.scheduler.rest();
                    has_rested = true;
                }
                match work.recv_timeout(LOOK) {
                    Ok(next) => self.arrive(next),
                    Err(RecvTimeoutError::Timeout) => continue,
                    Err(RecvTimeoutError::Disconnected) => return Ok(Ending::Asked),
                }
            }
            (used, has_rested) = (Instant::now(), false);
            self.put_off();
            self.admit()?;
            self.step()?;
        }
    }

    /// Measures how long evaluation takes. The first prompt also reads the weights from the disk, which does not count.
    fn measure(&mut self) -> Result<()> {
        let rules = Rules { is_brief: true, ..Rules::new(Sampling::GREEDY, None) };
        let begin = self.vocabulary.controls().begin;
        for first in [1, 2] {
            self.pace = Pace::default();
            let ids: Vec<TokenId> = [begin, first].into_iter().chain(100..).take(TRIAL).collect();
            let Some((sequence, _)) = self.scheduler.begin(&ids, rules)? else { return Ok(()) };
            for _ in 0..2 {
                self.evaluate()?;
            }
            self.scheduler.end(sequence);
        }
        Ok(())
    }

    /// Takes a request. It joins one that asks the same, and replaces an older one of the same editor.
    fn arrive(&mut self, work: Work) {
        if let Some(place) = &work.place {
            let is_older = |other: &Work| {
                other.client == work.client && other.place.as_ref().is_some_and(|other| place.is_later(other))
            };
            let older = |index: usize| is_older(&self.waiting[index]);
            for index in (0..self.waiting.len()).rev().filter(|&index| older(index)).collect::<Vec<_>>() {
                let older = self.waiting.remove(index);
                self.less(&self.state.waiting, 1);
                self.more(&self.state.superseded, older.listeners.count());
                older.listeners.send(&Event::End(Ended::without(&older, Finish::Superseded)));
            }
            for index in (0..self.live.len()).rev() {
                if is_older(&self.live[index].work) {
                    let older = self.live.swap_remove(index);
                    self.scheduler.end(older.sequence);
                    self.less(&self.state.live, 1);
                    self.more(&self.state.superseded, older.work.listeners.count());
                    older.work.listeners.send(&Event::End(older.ended(Finish::Superseded)));
                }
            }
        }
        if work.question.is_some() {
            let is_same = |other: &Work| other.question == work.question && other.priority == work.priority;
            let begun = self.live.iter_mut().filter(|live| live.first.is_none()).map(|live| &mut live.work);
            if let Some(other) = self.waiting.iter_mut().chain(begun).find(|other| is_same(other)) {
                other.listeners.join(work.listeners);
                self.less(&self.state.waiting, 1);
                self.more(&self.state.joined, 1);
                return;
            }
        }
        if let Some(prefixes) = &self.prefixes {
            let tokens = self.scheduler.cost(&work.prompt, work.rules).tokens;
            prefixes.restore(&work.prompt, tokens, work.rules.is_exact, &mut self.scheduler);
        }
        self.waiting.push(work);
    }

    fn more(&self, counter: &AtomicUsize, count: usize) {
        counter.fetch_add(count, Ordering::Relaxed);
    }

    fn less(&self, counter: &AtomicUsize, count: usize) {
        counter.fetch_sub(count, Ordering::Relaxed);
    }

    /// Drops what nobody waits for.
    fn forget(&mut self) {
        let before = self.waiting.len();
        self.waiting.retain(|work| !work.listeners.is_closed());
        let gone = before - self.waiting.len();
        self.less(&self.state.waiting, gone);
        self.more(&self.state.dropped, gone);
        let mut at = 0;
        while let Some(live) = self.live.get(at) {
            if live.work.listeners.is_closed() {
                let live = self.live.swap_remove(at);
                self.scheduler.end(live.sequence);
                self.less(&self.state.live, 1);
                self.more(&self.state.dropped, 1);
            } else {
                at += 1;
            }
        }
    }

    /// Stops what is evaluated for later: what is evaluated by now is kept.
    fn put_off(&mut self) {
        if let Some(sequence) = self.background.take() {
            self.scheduler.end(sequence);
        }
    }

    /// Evaluates a batch for later. Returns whether there was something to do.
    fn catch_up(&mut self) -> Result<bool> {
        if self.background.is_none() {
            let Some(next) = self.later.front() else { return Ok(false) };
            let Some((sequence, _)) = self.scheduler.begin(&next.prompt, next.rules)? else { return Ok(false) };
            self.background = Some(sequence);
        }
        match self.evaluate() {
            Ok(choices) if choices.is_empty() => {}
            // It is done, or will never be.
            Ok(_) | Err(_) => {
                self.put_off();
                self.later.pop_front();
            }
        }
        Ok(true)
    }

    /// The waiting request that is begun next: by priority, then of the client whose turn was the longest ago, then the first.
    /// Only requests of somebody at a cursor may take the last sequence, where there are more than two.
    fn next(&self) -> Option<usize> {
        let at_cursor = |work: &Work| work.priority == Priority::Interactive;
        let others = self.live.iter().filter(|live| !at_cursor(&live.work)).count();
        let is_full = self.scheduler.count() > FEW && others + 1 >= self.scheduler.count();
        let turn = |work: &Work| self.turns.iter().position(|client| *client == work.client).map_or(0, |at| at + 1);
        let candidates = self.waiting.iter().enumerate().filter(|(_, work)| at_cursor(work) || !is_full);
        candidates.min_by_key(|(index, work)| (work.priority, turn(work), *index)).map(|(index, _)| index)
    }

    /// Begins what has a free sequence.
    fn admit(&mut self) -> Result<()> {
        // Looking for what can be used of earlier prompts takes a while, and this is called for each token.
        while self.scheduler.has_idle()
            && let Some(at) = self.next()
        {
            let work = &self.waiting[at];
            let excerpt = self.excerpt(work);
            let (prompt, rules) = match &excerpt {
                Some(ids) => (ids, Rules { is_brief: true, ..work.rules }),
                None => (&work.prompt, work.rules),
            };
            let cells = self.scheduler.cost(prompt, rules).cells;
            let begun = Instant::now();
            let Some((sequence, reused)) = self.scheduler.begin(prompt, rules)? else { return Ok(()) };
            if cells > 0 {
                self.beginning.cells += cells;
                self.beginning.time += begun.elapsed();
            }
            let prompt = prompt.len();
            let work = self.waiting.remove(at);
            self.turns.retain(|client| *client != work.client);
            self.turns.push(work.client);
            if self.turns.len() > MAX_CLIENTS {
                self.turns.remove(0);
            }
            if let Some(place) = &work.place {
                let is_here =
                    |later: &Later| later.place.as_ref().is_some_and(|other| other == place || place.is_later(other));
                self.later.retain(|later| !is_here(later));
            }
            if excerpt.is_some() {
                let rules = Rules { reuse: 0, rank: Priority::WarmUp as u8, ..work.rules };
                self.later.retain(|later| later.prompt != work.prompt);
                self.later.push_front(Later { prompt: work.prompt.clone(), rules, place: work.place.clone() });
                self.later.truncate(MAX_LATER);
            }
            self.less(&self.state.waiting, 1);
            self.more(&self.state.live, 1);
            self.more(&self.state.reused_tokens, reused);
            self.more(&self.state.prompt_tokens, prompt.saturating_sub(reused));
            let running = Running::new(work.shape.clone());
            self.live.push(Live { sequence, work, running, prompt, reused, begun, first: None, last: None });
        }
        Ok(())
    }

    /// The part of a prompt that there is time for; `None` if that is all of it.
    fn excerpt(&self, work: &Work) -> Option<Vec<TokenId>> {
        let left = work.prompt_limit?.saturating_sub(work.asked.elapsed());
        let cost = self.scheduler.cost(&work.prompt, work.rules);
        let affordable = self.pace.tokens(left)?.max(excerpt::LEAST);
        let time = self.pace.time(cost.tokens, cost.cells)?;
        if cost.tokens <= affordable && (time <= left || cost.cells == 0) {
            return None;
        }
        // An excerpt has no evaluated beginning, so it must be shorter than what is to be evaluated of the whole.
        excerpt::of(&work.prompt, affordable, self.vocabulary).filter(|ids| ids.len() < cost.tokens || time > left)
    }

    /// Evaluates a batch, and measures that.
    fn evaluate(&mut self) -> Result<Vec<(usize, Result<Choice>)>> {
        if let Some(tokens) = self.pace.tokens(STALL) {
            self.scheduler.limit(tokens.max(MANY));
        }
        let start = Instant::now();
        let choices = self.scheduler.step()?;
        let begun = std::mem::take(&mut self.beginning);
        match begun.cells {
            0 => self.pace.evaluated(self.scheduler.rows(), start.elapsed()),
            cells => self.pace.moved(cells, self.scheduler.rows(), begun.time + start.elapsed()),
        }
        Ok(choices)
    }

    /// Computes one batch.
    fn step(&mut self) -> Result<()> {
        let choices = match self.evaluate() {
            Ok(choices) => choices,
            // The failure of all answers in progress; later ones may succeed.
            Err(error) => {
                for live in self.live.drain(..) {
                    self.state.live.fetch_sub(1, Ordering::Relaxed);
                    live.work.listeners.send(&Event::Failed(error.clone()));
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
            self.less(&self.state.live, 1);
            self.more(&self.state.answered, live.work.listeners.count());
            self.more(&self.state.answer_tokens, live.running.tokens());
            live.work.listeners.send(&match taken {
                Ok(ended) => Event::End(ended.unwrap_or_else(|| live.ended(Finish::Closed))),
                Err(error) => Event::Failed(error),
            });
        }
        Ok(())
    }
}

impl Ended {
    /// The end of what was not begun.
    fn without(work: &Work, finish: Finish) -> Ended {
        Ended {
            finish,
            prompt: work.prompt.len(),
            reused: 0,
            left_out: 0,
            tokens: 0,
            queued: work.asked.elapsed(),
            prefill: Duration::ZERO,
            decode: Duration::ZERO,
        }
    }
}

impl Live {
    /// Takes the next token; returns the end of the answer, if this was its last.
    fn take(&mut self, choice: Choice, vocabulary: &dyn Vocabulary) -> Result<Option<Ended>> {
        let first = *self.first.get_or_insert_with(Instant::now);
        if self.work.max_tokens == 0 {
            return Ok(Some(self.ended(Finish::MaxTokens)));
        }
        let is_end = vocabulary.controls().is_control(choice.id);
        if self.work.is_raw {
            self.work.listeners.send(&Event::Token { choice: Some(choice.clone()), text: Vec::new(), is_end });
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
            self.work.listeners.send(&Event::Token { choice: Some(chosen), text, is_end });
        }
        Ok(self.running.finish().map(|finish| self.ended(finish)))
    }

    fn ended(&self, finish: Finish) -> Ended {
        let first = self.first.unwrap_or_else(Instant::now);
        Ended {
            finish,
            prompt: self.prompt,
            reused: self.reused,
            left_out: self.work.prompt.len() - self.prompt,
            tokens: self.running.tokens(),
            queued: self.begun - self.work.asked,
            prefill: first - self.begun,
            decode: first.elapsed(),
        }
    }
}
