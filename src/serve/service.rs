//! What all requests share: the model, the way to the engine, and who may ask.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::engine::source::Source;
use crate::error::{Error, Kind, Result};
use crate::model::family::{Flavour, Infill};
use crate::serve::guard::Guard;
use crate::serve::lines::Lines;
use crate::serve::log::Log;
use crate::serve::metrics::Metrics;
use crate::serve::queue::{Full, Queue, Work};
use crate::serve::trace::{Observer, Progress, Request};

/// What all requests share.
pub struct Service {
    /// The model.
    pub source: Arc<Source>,
    /// Lines that were encoded before.
    pub lines: Lines,
    /// The way to the engine.
    pub queue: Queue,
    /// Who may ask.
    pub guard: Guard,
    /// The model's name for clients.
    pub name: String,
    /// Room for a prompt and its answer, in tokens.
    pub capacity: usize,
    /// Answers at once.
    pub parallel: usize,
    /// What tells whether another process would compute the same.
    pub identity: Identity,
    /// The time in which the first token in a gap should come, where a request names none.
    pub prompt_limit: Option<Duration>,
    /// When it was started, in seconds since 1970.
    pub created: u64,
    /// What is counted.
    pub metrics: Metrics,
    /// Whether `/metrics` shows it.
    pub has_metrics: bool,
    /// Gets a line for each request.
    pub log: Option<Log>,
}

impl Observer for Service {
    fn begun(&self, status: u16) {
        self.metrics.response(status);
    }

    fn first_token(&self, after: Duration) {
        self.metrics.first_token(after);
    }

    fn ended(&self, request: &Request, progress: &Progress) {
        if let Some(log) = &self.log {
            log.line(request, progress);
        }
    }
}

impl Service {
    /// Gives work to the engine.
    ///
    /// # Errors
    /// [`Kind::TryLater`] if the queue is full, [`Kind::Engine`] if the model's file was written to.
    pub fn submit(&self, work: Work) -> Result<()> {
        if self.identity.files.iter().any(Stamped::was_written_to) {
            let why = "it was written to while it was in use";
            return Err(Error::new(Kind::Engine, format!("cannot use the model {}", self.name), why)
                .hint("end the server with `dscoder serve stop`, and start it again"));
        }
        self.queue.push(work).map_err(|Full| Error::new(Kind::TryLater, "the server is busy", "try again"))
    }

    /// Whether the model can fill gaps.
    ///
    /// # Errors
    /// [`Kind::Usage`] otherwise.
    pub fn can_fill(&self) -> Result<()> {
        let why = match self.source.model().map(|model| model.profile.infill) {
            None | Some(Infill::Trained) => return Ok(()),
            Some(Infill::OnlyBase) => "it is an Instruct model, which was trained to chat",
            Some(other) => other.why_not().unwrap_or_default(),
        };
        Err(Error::new(Kind::Usage, format!("{} does not fill gaps", self.name), why))
    }

    /// Whether the model was trained to chat.
    #[must_use]
    pub fn is_instruct(&self) -> bool {
        self.source.model().is_some_and(|model| model.profile.flavour == Flavour::Instruct)
    }

    /// The size of the model's file, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.source.model().map_or(0, |model| model.file_bytes)
    }
}

/// What a resident engine computes with.
#[derive(Debug)]
pub struct Identity {
    /// The file of the model.
    pub path: PathBuf,
    /// Its file, or those of its shards.
    pub files: Vec<Stamped>,
    /// The fingerprint of that file.
    pub fingerprint: String,
    /// Layers on the GPU, as they were asked for.
    pub gpu_layers: String,
}

/// A file that is in use: the engine reads the weights from its mapping, so what is written to it shows up there. Another file
/// that takes its place does not matter.
#[derive(Debug)]
pub struct Stamped {
    file: File,
    then: (u64, Option<SystemTime>),
}

impl Stamped {
    /// Opens the file.
    ///
    /// # Errors
    /// File system errors.
    pub fn open(path: &std::path::Path) -> io::Result<Stamped> {
        let file = File::open(path)?;
        let then = stamp(&file)?;
        Ok(Stamped { file, then })
    }

    /// Whether it was written to since.
    #[must_use]
    pub fn was_written_to(&self) -> bool {
        stamp(&self.file).is_ok_and(|now| now != self.then)
    }
}

/// The size of a file, and when it was last written to.
fn stamp(file: &File) -> io::Result<(u64, Option<SystemTime>)> {
    file.metadata().map(|about| (about.len(), about.modified().ok()))
}

/// The seconds since 1970.
#[must_use]
pub fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs()
}
