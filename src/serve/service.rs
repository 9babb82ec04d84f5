//! What all requests share: the model, the way to the engine, and who may ask.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::source::Source;
use crate::error::{Error, Kind, Result};
use crate::model::family::Flavour;
use crate::serve::guard::Guard;
use crate::serve::log::Log;
use crate::serve::metrics::Metrics;
use crate::serve::queue::Queue;
use crate::serve::trace::{Observer, Progress, Request};

/// What all requests share.
pub struct Service {
    /// The model.
    pub source: Arc<Source>,
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
    /// Whether the model can fill gaps.
    ///
    /// # Errors
    /// [`Kind::Usage`] otherwise.
    pub fn can_fill(&self) -> Result<()> {
        if self.is_instruct() {
            let why = "it is an Instruct model, which was trained to chat";
            return Err(Error::new(Kind::Usage, format!("{} does not fill gaps", self.name), why));
        }
        Ok(())
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The file of the model.
    pub path: PathBuf,
    /// The fingerprint of that file.
    pub fingerprint: String,
    /// Layers on the GPU, as they were asked for.
    pub gpu_layers: String,
}

/// The seconds since 1970.
#[must_use]
pub fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs()
}
