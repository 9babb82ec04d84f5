//! Answers a batch with a resident engine, and with one of this process what that cannot answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cancel::Cancel;
use crate::engine::resident::Resident;
use crate::engine::source::Source;
use crate::error::{Kind, Result};
use crate::run::batch::backend::Backend;
use crate::run::batch::local::{LocalBackend, Prepared};
use crate::run::batch::requests::RequestBackend;
use crate::run::report::Report;
use crate::settings::Settings;
use crate::term::Term;

/// How long to wait before a full queue is asked again, and how long it may stay full.
const PAUSE: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(10);

/// Both engines.
pub struct ResidentBackend<'a, F> {
    resident: Arc<Resident>,
    term: &'a Term,
    /// Makes the prompt of a line.
    prepare: F,
    requests: RequestBackend<'a, Arc<Resident>, ()>,
    local: LocalBackend<'a, ()>,
    failed: Vec<(usize, Result<Report<'a>>)>,
    /// Whether the resident engine has failed, so that it is asked no more.
    is_lost: bool,
    /// Since when its queue is full, and when it is asked again.
    full: Option<(Instant, Instant)>,
}

impl<'a, F> ResidentBackend<'a, F> {
    /// Answers `parallel` prompts at once with `resident`, the engine of `source`, as far as that can; `prepare` makes them.
    pub fn new(
        resident: &Arc<Resident>,
        source: &'a Source,
        settings: &'a Settings,
        parallel: u32,
        term: &'a Term,
        prepare: F,
    ) -> ResidentBackend<'a, F> {
        // The last sequence is for somebody at a cursor.
        let requests = parallel.min(resident.about.parallel.saturating_sub(1)).max(1);
        ResidentBackend {
            resident: Arc::clone(resident),
            term,
            prepare,
            requests: RequestBackend::new(Arc::clone(resident), source, settings, requests, term, ()),
            local: LocalBackend::new(source, settings, parallel, term, ()),
            failed: Vec::new(),
            is_lost: false,
            full: None,
        }
    }

    /// Looks at the prompts that the resident engine has not answered.
    fn take_back(&mut self) {
        let given_back = self.requests.given_back();
        if given_back.is_empty() {
            return;
        }
        let now = Instant::now();
        let is_full = given_back.iter().all(|(.., error)| error.kind == Kind::TryLater);
        let since = self.full.map_or(now, |(since, _)| since);
        self.full = Some((since, now + PAUSE));
        let is_patient = is_full && now - since < PATIENCE;
        if !self.is_lost && !is_patient {
            self.is_lost = true;
            self.term.note("the resident engine does not answer, so this process computes the rest");
        }
        let mut given_back: Vec<_> = given_back.into_iter().map(|(number, prompt, _)| (number, prompt)).collect();
        given_back.extend(self.requests.take_waiting());
        given_back.sort_by_key(|(number, _)| *number);
        for (number, prompt) in given_back {
            self.put(number, prompt, 0);
        }
    }

    fn put(&mut self, number: usize, prompt: Prepared, bytes: usize) {
        if self.is_lost || !self.resident.takes(&self.requests.job(&prompt)) {
            self.local.push(number, prompt, bytes);
        } else {
            self.requests.push(number, prompt);
        }
    }
}

impl<'a, L, F: FnMut(L) -> Result<Prepared>> Backend<L> for ResidentBackend<'a, F> {
    type Report = Report<'a>;

    fn has_room(&self) -> bool {
        self.requests.has_room() && self.local.has_room()
    }

    fn is_idle(&self) -> bool {
        self.failed.is_empty() && self.requests.is_idle() && self.local.is_idle()
    }

    fn submit(&mut self, number: usize, line: L, bytes: usize) {
        match (self.prepare)(line) {
            Ok(prompt) => self.put(number, prompt, bytes),
            Err(error) => self.failed.push((number, Err(error))),
        }
    }

    fn advance(&mut self, cancel: &Cancel) -> Result<Vec<(usize, Result<Report<'a>>)>> {
        let is_paused = self.full.is_some_and(|(_, again)| Instant::now() < again);
        if !cancel.is_set() && !is_paused {
            self.requests.begin(cancel)?;
        }
        let mut ended = std::mem::take(&mut self.failed);
        let answers = self.requests.ended(!ended.is_empty() || !self.local.is_idle(), cancel);
        if answers.iter().any(|(_, answer)| answer.is_ok()) {
            self.full = None;
        }
        ended.extend(answers);
        if !cancel.is_set() {
            self.take_back();
        }
        if cancel.is_set() && !self.local.has_begun() {
            // Nothing begins any more.
        } else if !self.local.is_idle() {
            // Opened first, since its memory is looked at before it is loaded.
            self.resident.own()?;
            ended.extend(self.local.advance(cancel)?);
        } else if ended.is_empty() && !self.requests.is_asking() && !self.requests.is_idle() {
            // The queue is full.
            std::thread::sleep(PAUSE / 10);
        }
        Ok(ended)
    }

    /// A line for each engine that was used.
    fn statistics(&self) -> Vec<String> {
        let local = self.local.has_begun().then(|| self.local.statistics());
        std::iter::once(self.requests.statistics()).chain(local).collect()
    }
}
