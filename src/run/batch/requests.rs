//! Answers a batch with a server or a resident engine: several requests in flight, each in a separate thread.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use std::sync::Arc;

use crate::cancel::Cancel;
use crate::engine::remote::Remote;
use crate::engine::resident::{Resident, ResidentEngine};
use crate::engine::source::Source;
use crate::engine::{Engine, Job};
use crate::error::{Error, Kind, Result};
use crate::generate::{Generated, Order, generate};
use crate::run::batch::backend::Backend;
use crate::run::batch::local::{Prepared, put, report};
use crate::run::report::{Report, Took};
use crate::settings::Settings;
use crate::term::Term;
use crate::vocabulary::Vocabulary;

/// How long to wait for an answer before lines and signals are checked again.
const TICK: Duration = Duration::from_millis(20);

/// The result of a request, and the text as the user gets it.
type Answered = Result<(Generated, Vec<u8>)>;

/// What can be asked by several threads at once.
pub trait Asked: Clone + Send + 'static {
    /// An engine for one answer.
    ///
    /// # Errors
    /// Failures of the connection.
    fn start(&self, job: &Job, cancel: &Cancel) -> Result<Box<dyn Engine>>;

    /// The vocabulary of its answers.
    fn vocabulary(&self) -> &dyn Vocabulary;

    /// Whether a prompt is given back if this was its answer, so that it is answered in another way.
    fn is_given_back(_error: &Error) -> bool {
        false
    }
}

impl Asked for Remote {
    fn start(&self, job: &Job, cancel: &Cancel) -> Result<Box<dyn Engine>> {
        Ok(Box::new(Remote::start(self, job, cancel)?))
    }

    fn vocabulary(&self) -> &dyn Vocabulary {
        Remote::vocabulary(self)
    }
}

impl Asked for Arc<Resident> {
    fn start(&self, job: &Job, _cancel: &Cancel) -> Result<Box<dyn Engine>> {
        Ok(Box::new(ResidentEngine::one_of_many(self, job)))
    }

    fn vocabulary(&self) -> &dyn Vocabulary {
        self.as_ref()
    }

    fn is_given_back(error: &Error) -> bool {
        matches!(error.kind, Kind::TryLater | Kind::Engine)
    }
}

/// A prompt without an answer, by the number of its line, and why.
pub(super) type GivenBack = (usize, Prepared, Error);

/// What is asked, and the requests.
pub struct RequestBackend<'a, A, F> {
    asked: A,
    source: &'a Source,
    settings: &'a Settings,
    term: &'a Term,
    /// Makes the prompt of a line.
    prepare: F,
    parallel: usize,
    waiting: VecDeque<(usize, Prepared)>,
    /// The requests in flight, by line number.
    live: Vec<(usize, Prepared)>,
    given_back: Vec<GivenBack>,
    sender: Sender<(usize, Answered)>,
    receiver: Receiver<(usize, Answered)>,
    failed: Vec<(usize, Result<Report<'a>>)>,
    prompts: usize,
    tokens: usize,
    answered: usize,
    begun: Option<Instant>,
}

impl<'a, A: Asked, F> RequestBackend<'a, A, F> {
    /// Keeps `parallel` requests to `asked`, which has the model of `source`, in flight; `prepare` makes their prompts.
    pub fn new(
        asked: A,
        source: &'a Source,
        settings: &'a Settings,
        parallel: u32,
        term: &'a Term,
        prepare: F,
    ) -> RequestBackend<'a, A, F> {
        let (sender, receiver) = channel();
        RequestBackend {
            asked,
            source,
            settings,
            term,
            prepare,
            parallel: parallel as usize,
            waiting: VecDeque::new(),
            live: Vec::new(),
            given_back: Vec::new(),
            sender,
            receiver,
            failed: Vec::new(),
            prompts: 0,
            tokens: 0,
            answered: 0,
            begun: None,
        }
    }

    /// One line with counts and speeds.
    pub fn statistics(&self) -> String {
        let seconds = self.begun.map_or(0.0, |begun| begun.elapsed().as_secs_f64());
        format!(
            "stats: {} prompts, {} tokens, answers {} tokens, {seconds:.2} s ({:.1} tokens/s of answers)",
            self.prompts,
            self.tokens,
            self.answered,
            self.answered as f64 / seconds.max(1e-9),
        )
    }

    /// The work for an engine that answers this prompt alone.
    pub(super) fn job(&self, prompt: &Prepared) -> Job {
        let count = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
        let (prefill, longest) = (prompt.fitted.ids.len(), prompt.fitted.ids.len() + prompt.max_tokens);
        Job {
            log_probabilities: self.settings.output.logprobs,
            sampling: prompt.sampling,
            speculate: false,
            ..self.settings.job(count(longest), count(prefill))
        }
    }

    /// Takes a prompt.
    pub(super) fn push(&mut self, number: usize, prompt: Prepared) {
        self.waiting.push_back((number, prompt));
    }

    /// Whether there is room for more prompts in advance.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() < self.parallel
    }

    /// Whether there is nothing to do.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.live.is_empty()
    }

    /// Whether a request is in flight.
    pub(super) fn is_asking(&self) -> bool {
        !self.live.is_empty()
    }

    /// The prompts that were given back since.
    pub(super) fn given_back(&mut self) -> Vec<GivenBack> {
        std::mem::take(&mut self.given_back)
    }

    /// The prompts that wait, and no longer do.
    pub(super) fn take_waiting(&mut self) -> impl Iterator<Item = (usize, Prepared)> {
        std::mem::take(&mut self.waiting).into_iter()
    }

    /// Sends as many requests as may be in flight.
    pub(super) fn begin(&mut self, cancel: &Cancel) -> Result<()> {
        while self.live.len() < self.parallel
            && let Some((number, prompt)) = self.waiting.pop_front()
        {
            self.begun.get_or_insert_with(Instant::now);
            self.prompts += 1;
            self.tokens += prompt.fitted.ids.len();
            let job = self.job(&prompt);
            let (ids, shape, endings) = (prompt.fitted.ids.clone(), prompt.shape.clone(), prompt.endings);
            let (asked, max_tokens, controls) = (self.asked.clone(), prompt.max_tokens, prompt.controls);
            let (cancel, sender) = (cancel.clone(), self.sender.clone());
            let ask = move || {
                let answer = || -> Answered {
                    let mut engine = asked.start(&job, &cancel)?;
                    let order = Order { prompt: &ids, controls, max_tokens, sequences: 1, shape };
                    let mut text = Vec::new();
                    let mut write = |_, piece: &[u8]| Ok(put(&mut text, endings, piece));
                    let generated = generate(engine.as_mut(), asked.vocabulary(), &order, &cancel, &mut write)?;
                    Ok((generated, text))
                };
                // If the run has ended, nobody waits for it.
                let _ = sender.send((number, answer()));
            };
            let started = thread::Builder::new().name("request".into()).spawn(ask);
            started.map_err(|error| Error::new(Kind::Engine, "cannot ask the server", error.to_string()))?;
            self.live.push((number, prompt));
        }
        Ok(())
    }

    fn finish(&mut self, number: usize, answer: Answered) -> Option<(usize, Result<Report<'a>>)> {
        let at = self.live.iter().position(|(live, _)| *live == number)?;
        let (_, prompt) = self.live.swap_remove(at);
        let answer = match answer {
            Err(error) if A::is_given_back(&error) => {
                self.prompts -= 1;
                self.tokens -= prompt.fitted.ids.len();
                self.given_back.push((number, prompt, error));
                return None;
            }
            answer => answer,
        };
        let report = answer.and_then(|(generated, text)| {
            let took = Took {
                load: Duration::ZERO,
                prefill: generated.prefill,
                decode: generated.decode,
                reused: generated.reused,
            };
            let answer = generated.answers.into_iter().next();
            let answer = answer.ok_or_else(|| Error::new(Kind::Engine, "the server sent no answer", ""))?;
            self.answered += answer.choices.len();
            Ok(report(&prompt, &answer, text, self.source, self.settings, &took, self.term))
        });
        Some((number, report))
    }

    /// The answers that have ended; waits for the first one, unless there is other work. Once all must end, waits for all.
    pub(super) fn ended(&mut self, has_other_work: bool, cancel: &Cancel) -> Vec<(usize, Result<Report<'a>>)> {
        let mut ended = std::mem::take(&mut self.failed);
        while !self.live.is_empty() {
            let is_waited_for = ended.is_empty() && self.given_back.is_empty() && !has_other_work;
            let tick = if is_waited_for || cancel.is_set() { TICK } else { Duration::ZERO };
            match self.receiver.recv_timeout(tick) {
                Ok((number, answer)) => ended.extend(self.finish(number, answer)),
                Err(RecvTimeoutError::Timeout) if cancel.is_set() => {}
                Err(_) => break,
            }
        }
        ended
    }
}

impl<'a, A: Asked, L, F: FnMut(L) -> Result<Prepared>> Backend<L> for RequestBackend<'a, A, F> {
    type Report = Report<'a>;

    fn has_room(&self) -> bool {
        RequestBackend::has_room(self)
    }

    fn is_idle(&self) -> bool {
        RequestBackend::is_idle(self)
    }

    fn submit(&mut self, number: usize, line: L, _bytes: usize) {
        match (self.prepare)(line) {
            Ok(prompt) => self.push(number, prompt),
            Err(error) => self.failed.push((number, Err(error))),
        }
    }

    fn advance(&mut self, cancel: &Cancel) -> Result<Vec<(usize, Result<Report<'a>>)>> {
        if !cancel.is_set() {
            self.begin(cancel)?;
        }
        Ok(self.ended(false, cancel))
    }

    fn statistics(&self) -> Vec<String> {
        vec![RequestBackend::statistics(self)]
    }
}
