//! Engines: what turns token ids into the next token id.
//!
//! [`llama`] is llama.cpp, [`script`] gives canned answers for tests. Both work on ids; text is the tokenizer's matter.

#[allow(unsafe_code)]
pub mod llama;
#[forbid(unsafe_code)]
pub mod script;

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::Result;
use crate::model::Model;
use crate::model::family::{CONTEXT, TokenId};
use crate::model::store::Found;
use crate::tokenizer::Vocabulary;

/// How the next token is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// 0 takes the likeliest token; higher is more random.
    pub temperature: f32,
    /// Keep the `k` likeliest tokens; 0 keeps all.
    pub top_k: i32,
    /// Keep the likeliest tokens whose probabilities add up to this; 1 keeps all.
    pub top_p: f32,
    /// Keep tokens at least this fraction as likely as the likeliest; 0 keeps all.
    pub min_p: f32,
    /// Divides the logits of the last 64 tokens; 1 is off.
    pub repeat_penalty: f32,
    /// Seed of the random numbers.
    pub seed: u32,
}

/// How much of the model is given to the GPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GpuLayers {
    /// All where this build and machine have a GPU, else none.
    Auto,
    /// All.
    All,
    /// This many layers.
    Count(u32),
}

/// What an engine is started for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Job {
    /// Tokens of the prompt and the longest answer together.
    pub tokens: u32,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Threads; `None` is one for each physical core.
    pub threads: Option<u32>,
    /// What goes to the GPU.
    pub gpu_layers: GpuLayers,
    /// Let llama.cpp write its log to stderr.
    pub verbose: bool,
}

/// The number of the signal that asked the process to stop, if any; shared with the signal handler.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicU8>);

impl Cancel {
    /// The signal, once it came.
    #[must_use]
    pub fn signal(&self) -> Option<u8> {
        Some(self.0.load(Ordering::Relaxed)).filter(|&number| number > 0)
    }

    /// Whether to stop.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.signal().is_some()
    }

    /// Asks everything that looks at this to stop.
    pub fn set(&self, signal: u8) {
        self.0.store(signal, Ordering::Relaxed);
    }
}

/// Computes the next token of one sequence.
pub trait Engine {
    /// Evaluates the prompt, or less of it where `cancel` is set meanwhile.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] where the computation fails.
    fn prefill(&mut self, ids: &[TokenId], cancel: &Cancel) -> Result<()>;

    /// Chooses the next token. The one chosen before is evaluated first, so that the last one of an answer never is.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] where the computation fails.
    fn sample(&mut self) -> Result<TokenId>;
}

/// A model that was found and opened, and not yet loaded: enough to make prompts for it.
#[derive(Debug)]
pub enum Source {
    /// A GGUF file for llama.cpp.
    Model(Box<Model>),
    /// Canned answers.
    Script(script::Script),
}

impl Source {
    /// Opens what [`crate::model::store::find`] has found.
    ///
    /// # Errors
    /// As [`Model::open`] and [`script::Script::open`].
    pub fn open(found: &Found) -> Result<Source> {
        match found {
            Found::File(path) => Ok(Source::Model(Box::new(Model::open(path)?))),
            Found::Script(path) => script::Script::open(path).map(Source::Script),
        }
    }

    /// Its vocabulary.
    #[must_use]
    pub fn vocabulary(&self) -> &dyn Vocabulary {
        match self {
            Source::Model(model) => &model.tokenizer,
            Source::Script(script) => script,
        }
    }

    /// The longest context in tokens.
    #[must_use]
    pub fn context(&self) -> u32 {
        match self {
            Source::Model(model) => model.profile.context,
            Source::Script(_) => CONTEXT,
        }
    }

    /// What is wrong in the file and mended at load.
    #[must_use]
    pub fn mended(&self) -> Option<&str> {
        match self {
            Source::Model(model) => model.profile.mended.as_ref().map(|(words, _)| words.as_str()),
            Source::Script(_) => None,
        }
    }

    /// Loads the model for `job`.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] where it cannot be loaded, [`crate::error::Kind::Signal`] where `cancel` was set.
    pub fn start(&self, job: &Job, cancel: &Cancel) -> Result<Box<dyn Engine>> {
        Ok(match self {
            Source::Model(model) => Box::new(llama::Llama::start(model, job, cancel)?),
            Source::Script(script) => Box::new(script.start()),
        })
    }
}
