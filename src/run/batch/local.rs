//! Answers a batch with the engine of this process, many prompts in parallel.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::cancel::{Cancel, Sink};
use crate::engine::parallel::{BATCH, Policy, Rules, Scheduler};
use crate::engine::source::Source;
use crate::engine::{Choice, Job, Sampling};
use crate::error::Result;
use crate::generate::{Answer, Running, check_controls};
use crate::model::memory::{self, Verdict};
use crate::model::store;
use crate::prompt;
use crate::prompt::budget::Fitted;
use crate::run::answer::{self, Question, to_line_end};
use crate::run::batch::backend::Backend;
use crate::run::report::{self, Candidate, Report, Took};
use crate::settings::Settings;
use crate::shape::Shape;
use crate::shape::finish::Finish;
use crate::term::Term;
use crate::text::line_endings::LineEndings;

/// Prompts that are prepared in advance, per parallel sequence. The context is sized by them.
const LOOK_AHEAD: usize = 4;
/// No more are prepared while their lines have this many bytes.
const LOOK_AHEAD_BYTES: usize = 16 << 20;

/// A prompt that was made to fit.
pub struct Prepared {
    pub(super) fitted: Fitted,
    pub(super) controls: usize,
    pub(super) context_tokens: usize,
    pub(super) endings: LineEndings,
    pub(super) shape: Shape,
    pub(super) max_tokens: usize,
    pub(super) sampling: Sampling,
}

impl Prepared {
    /// The prompt of a question.
    ///
    /// # Errors
    /// [`crate::error::Kind::TooLong`] if it does not fit; errors from [`check_controls`].
    pub fn new(question: &Question<'_>, source: &Source, settings: &Settings) -> Result<Prepared> {
        let fitted = answer::fit(source, question.prompt, settings)?;
        let controls = prompt::controls(question.prompt);
        check_controls(&fitted.ids, controls, source.vocabulary())?;
        Ok(Prepared {
            fitted,
            controls,
            context_tokens: question.context_tokens,
            endings: question.endings,
            shape: question.shape.clone(),
            max_tokens: settings.limits.max_tokens as usize,
            sampling: settings.sampling.draw(),
        })
    }

    /// The tokens that are evaluated for it and its answer; the last token of an answer never is.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.fitted.ids.len() + self.max_tokens - 1
    }
}

/// A prompt that is waiting.
struct Waiting {
    number: usize,
    prompt: Prepared,
    bytes: usize,
}

/// An answer in progress.
struct Live {
    number: usize,
    sequence: usize,
    prompt: Prepared,
    reused: usize,
    running: Running,
    text: Vec<u8>,
    begun: Instant,
    /// When its first token came.
    first: Option<Instant>,
}

/// The engine and its work.
pub struct LocalBackend<'a, F> {
    source: &'a Source,
    settings: &'a Settings,
    term: &'a Term,
    /// Makes the prompt of a line.
    prepare: F,
    sequences: usize,
    /// The least room for a prompt and its answer, in tokens.
    least: usize,
    scheduler: Option<Scheduler>,
    waiting: VecDeque<Waiting>,
    live: Vec<Live>,
    failed: Vec<(usize, Result<Report<'a>>)>,
    load: Duration,
    counts: Counts,
}

/// The statistics for `--stats`.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    prompts: usize,
    tokens: usize,
    reused: usize,
    answered: usize,
    /// Time of the batches.
    computing: Duration,
}

impl<'a, F> LocalBackend<'a, F> {
    /// Answers `sequences` prompts in parallel with `source`; `prepare` makes them.
    pub fn new(
        source: &'a Source,
        settings: &'a Settings,
        sequences: u32,
        term: &'a Term,
        prepare: F,
    ) -> LocalBackend<'a, F> {
        LocalBackend {
            source,
            settings,
            term,
            prepare,
            sequences: sequences as usize,
            least: 0,
            scheduler: None,
            waiting: VecDeque::new(),
            live: Vec::new(),
            failed: Vec::new(),
            load: Duration::ZERO,
            counts: Counts::default(),
        }
    }

    /// With room for prompts that take this many tokens with their answers, from the start.
    #[must_use]
    pub fn with_room(self, tokens: usize) -> LocalBackend<'a, F> {
        LocalBackend { least: tokens, ..self }
    }

    /// One line with counts and speeds.
    pub fn statistics(&self) -> String {
        let Counts { prompts, tokens, reused, answered, computing } = self.counts;
        let seconds = computing.as_secs_f64();
        format!(
            "stats: {prompts} prompts, {tokens} tokens ({reused} reused), answers {answered} tokens, load {:.0} ms, \
             {seconds:.2} s ({:.1} tokens/s of answers, {:.0} of all)",
            self.load.as_secs_f64() * 1e3,
            answered as f64 / seconds.max(1e-9),
            (tokens - reused + answered) as f64 / seconds.max(1e-9),
        )
    }

    /// Whether it has begun an answer.
    pub(super) fn has_begun(&self) -> bool {
        self.counts.prompts > 0
    }

    /// Takes the prompt of the line with this number and this length in bytes.
    pub(super) fn push(&mut self, number: usize, prompt: Prepared, bytes: usize) {
        self.waiting.push_back(Waiting { number, prompt, bytes });
    }

    /// Whether there is room for more prompts in advance.
    pub(super) fn has_room(&self) -> bool {
        let bytes: usize = self.waiting.iter().map(|waiting| waiting.bytes).sum();
        self.waiting.len() < LOOK_AHEAD * self.sequences && bytes < LOOK_AHEAD_BYTES
    }

    /// Whether there is nothing to do.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.live.is_empty()
    }

    /// As [`Backend::advance`].
    ///
    /// # Errors
    /// As there.
    pub(super) fn advance(&mut self, cancel: &Cancel) -> Result<Vec<(usize, Result<Report<'a>>)>> {
        let mut ended = std::mem::take(&mut self.failed);
        if let Some(cause) = cancel.cause() {
            for mut live in std::mem::take(&mut self.live) {
                live.end(cause.into())?;
                ended.push((live.number, Ok(self.report(live))));
            }
            return Ok(ended);
        }
        self.start(cancel)?;
        self.begin()?;
        ended.extend(self.step());
        Ok(ended)
    }

    /// The number of tokens that each sequence has room for, and the number of sequences that fit into free memory, at
    /// least one.
    fn room(&self) -> (usize, usize) {
        let wanted = self.waiting.iter().map(|waiting| waiting.prompt.cells()).max().unwrap_or_default();
        // At least doubled, so that growing prompts restart the engine only a few times.
        let grown = self.scheduler.as_ref().map_or(0, |scheduler| scheduler.capacity() * 2);
        let cells = wanted.max(self.least).max(grown.min(self.source.context() as usize));
        let mut sequences = self.sequences;
        if let Some(model) = self.source.model() {
            let memory = store::memories();
            let fits = |sequences: usize| {
                let tokens = u32::try_from(cells.saturating_mul(sequences)).unwrap_or(u32::MAX);
                memory::check(model, tokens, memory) == Verdict::Fits
            };
            while sequences > 1 && !fits(sequences) {
                sequences -= 1;
            }
        }
        (cells, sequences)
    }

    /// Starts the engine, or restarts it with a larger context if the next prompt needs it and the engine is idle.
    fn start(&mut self, cancel: &Cancel) -> Result<()> {
        let Some(next) = self.waiting.front() else { return Ok(()) };
        let has_room = |scheduler: &Scheduler| scheduler.capacity() >= next.prompt.cells();
        if self.scheduler.as_ref().is_some_and(has_room) || !self.live.is_empty() {
            return Ok(());
        }
        let (cells, sequences) = self.room();
        let count = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
        self.scheduler = None;
        let job = Job {
            sequences: count(sequences),
            resident: true,
            log_probabilities: self.settings.output.logprobs,
            speculate: false,
            ..self.settings.job(count(cells), BATCH as u32)
        };
        crate::run::model::fits(
            self.source,
            count(cells.saturating_mul(sequences)),
            self.settings.engine.force,
            self.term,
        )?;
        let job = crate::run::model::in_way(self.source, &job, self.term);
        let start = Instant::now();
        self.scheduler = Some(self.source.start_parallel(&job, Policy::PromptsFirst, cancel)?);
        self.load += start.elapsed();
        self.term.detail(&format!("context = {cells} tokens for each of {sequences} parallel prompts"));
        Ok(())
    }

    /// Begins as many prompts as fit.
    fn begin(&mut self) -> Result<()> {
        let Some(scheduler) = &mut self.scheduler else { return Ok(()) };
        let rules = |prompt: &Prepared| Rules::new(prompt.sampling, self.settings.output.logprobs);
        while let Some(next) = self.waiting.front()
            && scheduler.capacity() >= next.prompt.cells()
            && let Some((sequence, reused)) = scheduler.begin(&next.prompt.fitted.ids, rules(&next.prompt))?
            && let Some(Waiting { number, prompt, .. }) = self.waiting.pop_front()
        {
            self.counts.prompts += 1;
            self.counts.tokens += prompt.fitted.ids.len();
            self.counts.reused += reused;
            let running = Running::new(prompt.shape.clone());
            let begun = Instant::now();
            self.live.push(Live { number, sequence, prompt, reused, running, text: Vec::new(), begun, first: None });
        }
        Ok(())
    }

    /// Computes one batch, and returns the answers that ended with it.
    fn step(&mut self) -> Vec<(usize, Result<Report<'a>>)> {
        let Some(scheduler) = &mut self.scheduler else { return Vec::new() };
        let start = Instant::now();
        let stepped = scheduler.step();
        self.counts.computing += start.elapsed();
        let choices = match stepped {
            Ok(choices) => choices,
            // The failure of all answers in progress; later ones may succeed.
            Err(error) => {
                return self.live.drain(..).map(|live| (live.number, Err(error.clone()))).collect();
            }
        };
        let mut ended = Vec::new();
        for (sequence, choice) in choices {
            let Some(at) = self.live.iter().position(|live| live.sequence == sequence) else { continue };
            match choice.and_then(|choice| self.live[at].take(choice, self.source)) {
                Ok(()) if !self.live[at].running.is_finished() => continue,
                Ok(()) => {
                    let live = self.live.remove(at);
                    ended.push((live.number, Ok(self.report(live))));
                }
                Err(error) => ended.push((self.live.remove(at).number, Err(error))),
            }
            if let Some(scheduler) = &mut self.scheduler {
                scheduler.end(sequence);
            }
        }
        ended
    }

    /// The output for an answer that has ended.
    fn report(&mut self, live: Live) -> Report<'a> {
        let Live { prompt, running, text, begun, first, reused, .. } = live;
        let answer = running.answer();
        self.counts.answered += answer.choices.len();
        let first = first.unwrap_or_else(Instant::now);
        let took = Took { load: self.load, prefill: first - begun, decode: first.elapsed(), reused };
        report(&prompt, &answer, text, self.source, self.settings, &took, self.term)
    }
}

/// The output for an answer.
pub(super) fn report<'a>(
    prompt: &Prepared,
    answer: &Answer,
    mut text: Vec<u8>,
    source: &'a Source,
    settings: &Settings,
    took: &Took,
    term: &Term,
) -> Report<'a> {
    if answer.finish == Finish::Deadline {
        to_line_end(&mut text);
    }
    let has_logprobs = settings.output.logprobs.is_some();
    let best = Candidate::of(answer, &text, source, has_logprobs, has_logprobs);
    let counts = report::PromptTokens::of(&prompt.fitted, prompt.context_tokens);
    let seed = (prompt.sampling.temperature > 0.0).then_some(prompt.sampling.seed);
    Report::new(best, [], source, counts, took, seed, term.started)
}

impl Live {
    /// Takes the next token.
    fn take(&mut self, choice: Choice, source: &Source) -> Result<()> {
        self.first.get_or_insert_with(Instant::now);
        let (text, endings) = (&mut self.text, self.prompt.endings);
        let mut write = |_, piece: &[u8]| Ok(put(text, endings, piece));
        self.running.take(0, choice, source.vocabulary(), &mut write)?;
        if !self.running.is_finished() && self.running.tokens() == self.prompt.max_tokens {
            self.end(Finish::MaxTokens)?;
        }
        Ok(())
    }

    fn end(&mut self, finish: Finish) -> Result<()> {
        let (text, endings) = (&mut self.text, self.prompt.endings);
        self.running.end(0, finish, &mut |_, piece| Ok(put(text, endings, piece)))
    }
}

/// Adds a piece to the text that the user gets.
pub(super) fn put(text: &mut Vec<u8>, endings: LineEndings, piece: &[u8]) -> Sink {
    let last = text.last().copied();
    text.extend_from_slice(&endings.for_user(piece, last));
    Sink::Open
}

impl<'a, L, F: FnMut(L) -> Result<Prepared>> Backend<L> for LocalBackend<'a, F> {
    type Report = Report<'a>;

    fn has_room(&self) -> bool {
        LocalBackend::has_room(self)
    }

    fn is_idle(&self) -> bool {
        LocalBackend::is_idle(self)
    }

    fn submit(&mut self, number: usize, line: L, bytes: usize) {
        match (self.prepare)(line) {
            Ok(prompt) => self.push(number, prompt, bytes),
            Err(error) => self.failed.push((number, Err(error))),
        }
    }

    fn advance(&mut self, cancel: &Cancel) -> Result<Vec<(usize, Result<Report<'a>>)>> {
        LocalBackend::advance(self, cancel)
    }

    fn forget(&mut self) {
        if let Some(scheduler) = &mut self.scheduler {
            // An engine that fails does so again, with its next prompt.
            let _ = scheduler.forget();
        }
    }

    fn statistics(&self) -> Vec<String> {
        vec![LocalBackend::statistics(self)]
    }
}
