//! Answers a batch with a server: several requests in flight, each in a separate thread.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::cancel::Cancel;
use crate::engine::source::Source;
use crate::engine::{Job, remote};
use crate::error::{Error, Kind, Result};
use crate::generate::{Generated, Order, generate};
use crate::run::batch::backend::Backend;
use crate::run::batch::local::{Prepared, put, report};
use crate::run::report::{Report, Took};
use crate::settings::Settings;
use crate::term::Term;

/// How long to wait for an answer before lines and signals are checked again.
const TICK: Duration = Duration::from_millis(20);

/// The result of a request, and the text as the user gets it.
type Answered = Result<(Generated, Vec<u8>)>;

/// The server and its requests.
pub struct RemoteBackend<'a, F> {
    remote: &'a remote::Remote,
    source: &'a Source,
    settings: &'a Settings,
    term: &'a Term,
    /// Makes the prompt of a line.
    prepare: F,
    parallel: usize,
    waiting: VecDeque<(usize, Prepared)>,
    /// The requests in flight, by line number.
    live: Vec<(usize, Prepared)>,
    sender: Sender<(usize, Answered)>,
    receiver: Receiver<(usize, Answered)>,
    failed: Vec<(usize, Result<Report<'a>>)>,
    prompts: usize,
    tokens: usize,
    answered: usize,
    begun: Option<Instant>,
}

impl<'a, F> RemoteBackend<'a, F> {
    /// Keeps `parallel` requests to `remote`, the server of `source`, in flight; `prepare` makes their prompts.
    pub fn new(
        remote: &'a remote::Remote,
        source: &'a Source,
        settings: &'a Settings,
        parallel: u32,
        term: &'a Term,
        prepare: F,
    ) -> RemoteBackend<'a, F> {
        let (sender, receiver) = channel();
        RemoteBackend {
            remote,
            source,
            settings,
            term,
            prepare,
            parallel: parallel as usize,
            waiting: VecDeque::new(),
            live: Vec::new(),
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

    /// Sends as many requests as may be in flight.
    fn begin(&mut self, cancel: &Cancel) -> Result<()> {
        while self.live.len() < self.parallel
            && let Some((number, prompt)) = self.waiting.pop_front()
        {
            self.begun.get_or_insert_with(Instant::now);
            self.prompts += 1;
            self.tokens += prompt.fitted.ids.len();
            let count = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
            let (prefill, longest) = (prompt.fitted.ids.len(), prompt.fitted.ids.len() + prompt.max_tokens);
            let job = Job {
                log_probabilities: self.settings.output.logprobs,
                sampling: prompt.sampling,
                speculate: false,
                ..self.settings.job(count(longest), count(prefill))
            };
            let (ids, shape, endings) = (prompt.fitted.ids.clone(), prompt.shape.clone(), prompt.endings);
            let (remote, max_tokens, controls) = (self.remote.clone(), prompt.max_tokens, prompt.controls);
            let (cancel, sender) = (cancel.clone(), self.sender.clone());
            let ask = move || {
                let answer = || -> Answered {
                    let mut engine = remote.start(&job, &cancel)?;
                    let order = Order { prompt: &ids, controls, max_tokens, sequences: 1, shape };
                    let mut text = Vec::new();
                    let mut write = |_, piece: &[u8]| Ok(put(&mut text, endings, piece));
                    let generated = generate(&mut engine, remote.vocabulary(), &order, &cancel, &mut write)?;
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
}

impl<'a, L, F: FnMut(L) -> Result<Prepared>> Backend<L> for RemoteBackend<'a, F> {
    type Report = Report<'a>;

    fn has_room(&self) -> bool {
        self.waiting.len() < self.parallel
    }

    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.live.is_empty()
    }

    fn submit(&mut self, number: usize, line: L, _bytes: usize) {
        match (self.prepare)(line) {
            Ok(prompt) => self.waiting.push_back((number, prompt)),
            Err(error) => self.failed.push((number, Err(error))),
        }
    }

    fn advance(&mut self, cancel: &Cancel) -> Result<Vec<(usize, Result<Report<'a>>)>> {
        let mut ended = std::mem::take(&mut self.failed);
        if !cancel.is_set() {
            self.begin(cancel)?;
        }
        // Waits for the first, and takes the others if they are ready; once all must end, waits for all.
        while !self.live.is_empty() {
            let tick = if ended.is_empty() || cancel.is_set() { TICK } else { Duration::ZERO };
            match self.receiver.recv_timeout(tick) {
                Ok((number, answer)) => ended.extend(self.finish(number, answer)),
                Err(RecvTimeoutError::Timeout) if cancel.is_set() => {}
                Err(_) => break,
            }
        }
        Ok(ended)
    }
}
