//! Engines: what turns token ids into the next token id.
//!
//! [`llama`] is llama.cpp, [`remote`] asks a server, [`script`] gives canned answers for tests. All work on ids; text is
//! the tokenizer's matter. [`parallel`] has many prompts answered side by side.

#[forbid(unsafe_code)]
pub mod cpu;
#[forbid(unsafe_code)]
pub mod kernels;
#[cfg(feature = "llama")]
#[allow(unsafe_code)]
pub mod llama;
#[forbid(unsafe_code)]
pub mod lookup;
#[forbid(unsafe_code)]
pub mod parallel;
#[forbid(unsafe_code)]
pub mod remote;
#[forbid(unsafe_code)]
pub mod script;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::error::{Error, Kind as ErrorKind, Result};
use crate::kv;
use crate::model::family::{CONTEXT, Flavour, TokenId};
use crate::model::store::{self, Found};
use crate::model::{self, Model, memory};
use crate::tokenizer::Vocabulary;

use kernels::Kernels;
use parallel::Scheduler;

/// The most answers side by side, below llama.cpp's `LLAMA_MAX_SEQ`.
pub const MAX_SEQUENCES: u32 = 64;

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
    /// All that fit where this build and machine have a GPU, else none.
    Auto,
    /// All.
    All,
    /// This many layers.
    Count(u32),
}

/// What an engine is started for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Job {
    /// Tokens of the prompt and the longest answers together.
    pub tokens: u32,
    /// Tokens of the prompt that are to be evaluated, so that no more is reserved to compute with than they need.
    pub prefill: u32,
    /// How many answers are computed side by side.
    pub sequences: u32,
    /// Compute log probabilities, and give those of so many of the likeliest tokens.
    pub log_probabilities: Option<u32>,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Threads; `None` is one for each physical core.
    pub threads: Option<u32>,
    /// What goes to the GPU.
    pub gpu_layers: GpuLayers,
    /// Copy the weights for AMX; [`Source::start`] decides.
    pub packed: bool,
    /// Draft what the prompt has already; see [`lookup`].
    pub speculate: bool,
    /// Let llama.cpp write its log to stderr.
    pub verbose: bool,
}

/// Why something is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A signal, by its number (2 is Ctrl-C).
    Signal(u8),
    /// The time is up.
    Deadline,
}

/// What a [`Cancel`] holds for [`Cause::Deadline`]; no signal has this number.
const DEADLINE: u8 = u8::MAX;

/// Asks everything that looks at it to stop; shared with the signal handler.
#[derive(Debug, Clone, Default)]
pub struct Cancel {
    cause: Arc<AtomicU8>,
    answering: Arc<AtomicBool>,
    lasting: Arc<AtomicBool>,
    done: Arc<AtomicBool>,
}

impl Cancel {
    /// Why to stop, once there is a reason.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        match self.cause.load(Ordering::Relaxed) {
            0 => None,
            DEADLINE => Some(Cause::Deadline),
            signal => Some(Cause::Signal(signal)),
        }
    }

    /// Whether to stop.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.cause().is_some()
    }

    /// Asks everything that looks at this to stop.
    pub fn set(&self, cause: Cause) {
        let number = match cause {
            Cause::Signal(number) => number,
            Cause::Deadline => DEADLINE,
        };
        self.cause.store(number, Ordering::Relaxed);
    }

    /// From now on Ctrl-C stops an answer, and not the program.
    pub fn outlive_interrupts(&self) {
        self.lasting.store(true, Ordering::Relaxed);
    }

    /// Whether Ctrl-C stops an answer only.
    #[must_use]
    pub fn outlives_interrupts(&self) -> bool {
        self.lasting.load(Ordering::Relaxed)
    }

    /// Forgets the reason to stop, before the next answer.
    pub fn clear(&self) {
        self.cause.store(0, Ordering::Relaxed);
    }

    /// From now on there may be something of an answer that is not written yet.
    pub fn answer_begins(&self) {
        self.answering.store(true, Ordering::Relaxed);
    }

    /// From now on everything that was asked for is written, and the deadline is kept.
    pub fn set_done(&self) {
        self.done.store(true, Ordering::Relaxed);
    }

    /// Whether everything that was asked for is written.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done.load(Ordering::Relaxed)
    }

    /// Whether there may be something of an answer that is not written yet.
    #[must_use]
    pub fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Relaxed)
    }
}

/// A token that was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Which.
    pub id: TokenId,
    /// The natural logarithm of its probability before sampling settings, if [`Job::log_probabilities`] asks for it.
    pub log_probability: Option<f32>,
    /// The likeliest tokens and their log probabilities, as many as were asked for.
    pub likeliest: Vec<(TokenId, f32)>,
}

/// A device that llama.cpp can compute on, beside the processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What its maker calls it.
    pub name: String,
    /// What drives it: CUDA, Metal, Vulkan.
    pub backend: String,
    /// Its memory, in bytes.
    pub total: u64,
    /// What is free of it, in bytes.
    pub free: u64,
}

/// The devices that this build and machine have beside the processor.
///
/// # Errors
/// [`crate::error::Kind::Engine`] where llama.cpp does not start.
#[cfg(feature = "llama")]
pub fn devices() -> Result<Vec<Device>> {
    llama::devices()
}

/// The devices that this build and machine have beside the processor: none without llama.cpp.
///
/// # Errors
/// None.
#[cfg(not(feature = "llama"))]
pub fn devices() -> Result<Vec<Device>> {
    Ok(Vec::new())
}

/// As `llama::catch_failures`.
///
/// # Errors
/// [`crate::error::Kind::Io`] where the system refuses the handlers.
pub fn catch_failures() -> Result<()> {
    #[cfg(all(feature = "llama", unix))]
    llama::catch_failures()?;
    Ok(())
}

/// How many threads compute: those that are asked for, or one for each physical core that the process may use.
#[must_use]
pub fn threads(wanted: Option<u32>) -> i32 {
    let allowed = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = wanted.map_or_else(|| num_cpus::get_physical().min(allowed), |threads| threads as usize);
    // GGML_MAX_N_THREADS
    threads.clamp(1, 512) as i32
}

/// How much of `evaluated` need not be evaluated again for a prompt of `ids`.
#[must_use]
pub fn common(evaluated: &[TokenId], ids: &[TokenId]) -> usize {
    let same = evaluated.iter().zip(ids).take_while(|(a, b)| a == b).count();
    same.min(ids.len().saturating_sub(1))
}

/// Computes the next tokens of some sequences that begin with the same prompt.
pub trait Engine: Send {
    /// Keeps what was evaluated of the beginning of `ids`, forgets everything else, and gives the length of what is kept.
    /// The next [`Engine::prefill`] goes on behind it. The last of `ids` is never kept: the next token comes of it.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] where the engine cannot.
    fn keep(&mut self, _ids: &[TokenId]) -> Result<usize> {
        Ok(0)
    }

    /// What was evaluated for the first sequence.
    fn evaluated(&self) -> &[TokenId] {
        &[]
    }

    /// How many tokens were drafted, and how many of them were right.
    fn drafts(&self) -> (usize, usize) {
        (0, 0)
    }

    /// Writes the state of the first sequence to `path`, which is replaced. An engine that has none writes nothing.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] where it cannot be written.
    fn save(&mut self, _path: &Path) -> Result<()> {
        Ok(())
    }

    /// Takes up what [`Engine::save`] has written for `ids`, as if they had been evaluated. Says whether it could; after a
    /// refusal it is as if there had been nothing.
    fn restore(&mut self, _path: &Path, _ids: &[TokenId]) -> bool {
        false
    }

    /// Evaluates the prompt, or less of it where `cancel` is set meanwhile.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] where the computation fails.
    fn prefill(&mut self, ids: &[TokenId], cancel: &Cancel) -> Result<()>;

    /// Chooses the next token of each sequence in `live`, in this order. The ones chosen before are evaluated first, as
    /// one batch, so that the last one of an answer never is. A sequence that was left out once does not come back.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] where the computation fails.
    fn sample(&mut self, live: &[usize]) -> Result<Vec<Choice>>;

    /// Ends the answers: no more tokens are asked for until the next prompt.
    fn rest(&mut self) {}

    /// What the engine has measured itself, in words.
    fn measured(&self) -> Option<String> {
        None
    }
}

/// A model that was found and opened, and not yet loaded: enough to make prompts for it.
#[derive(Debug)]
pub enum Source {
    /// A GGUF file for llama.cpp, and the kernels that there are for it.
    Model(Box<Model>, Kernels),
    /// A server's model.
    Remote(Box<remote::Remote>),
    /// Canned answers.
    Script(script::Script),
}

impl Source {
    /// Opens what [`crate::model::store::find`] has found. A model is run with the `kernels` that are known to be right.
    ///
    /// # Errors
    /// As [`Model::open`], [`Kernels::check`] and [`script::Script::open`].
    pub fn open(found: &Found, kernels: impl FnOnce() -> Kernels) -> Result<Source> {
        match found {
            Found::File(path) => {
                let (model, kernels) = (Model::open(path)?, kernels());
                kernels.check(&model)?;
                Ok(Source::Model(Box::new(model), kernels))
            }
            Found::Script(path) => script::Script::open(path).map(Source::Script),
        }
    }

    /// As [`Model::require`]; canned answers are good for anything.
    ///
    /// # Errors
    /// As [`Model::require`], unless `force` is set.
    pub fn require(&self, wanted: Flavour, force: bool) -> Result<()> {
        match self {
            Source::Model(model, _) if !force => model.require(wanted),
            Source::Remote(remote) if !force && remote.flavour.is_some_and(|flavour| flavour != wanted) => {
                Err(model::mismatch(&remote.name, wanted))
            }
            _ => Ok(()),
        }
    }

    /// The model, where it is one that is loaded here.
    #[must_use]
    pub fn model(&self) -> Option<&Model> {
        match self {
            Source::Model(model, _) => Some(model),
            Source::Remote(_) | Source::Script(_) => None,
        }
    }

    /// The name of its file.
    #[must_use]
    pub fn name(&self) -> &str {
        let path = match self {
            Source::Model(model, _) => &model.path,
            Source::Remote(remote) => return &remote.name,
            Source::Script(script) => &script.path,
        };
        path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// Its vocabulary.
    #[must_use]
    pub fn vocabulary(&self) -> &dyn Vocabulary {
        match self {
            Source::Model(model, _) => &model.tokenizer,
            Source::Remote(remote) => remote.vocabulary(),
            Source::Script(script) => script,
        }
    }

    /// The longest context in tokens.
    #[must_use]
    pub fn context(&self) -> u32 {
        match self {
            Source::Model(model, _) => model.profile.context,
            Source::Remote(remote) => remote.context,
            Source::Script(_) => CONTEXT,
        }
    }

    /// What is wrong in the file and mended at load.
    #[must_use]
    pub fn mended(&self) -> Option<&str> {
        self.model()?.profile.mended.as_ref().map(|(words, _)| words.as_str())
    }

    /// What the states that an engine for `job` saves have in common; `None` where it saves none.
    #[must_use]
    pub fn key(&self, job: &Job) -> Option<kv::Key> {
        let model = self.model()?;
        Some(kv::Key::new(&model.fingerprint().ok()?, &state_settings(model, job)?))
    }

    /// `job`, with its weights copied for AMX where that pays: not for a prompt that is restored, of which a few tokens are
    /// evaluated, and only into memory that nothing else needs.
    #[must_use]
    pub fn with_weights(&self, job: &Job) -> Job {
        let packed = match self {
            Source::Model(model, kernels) => {
                let tokens = job.tokens.saturating_mul(job.sequences.max(1));
                kernels.packs(job.prefill, || memory::has_room_for_copy(model, tokens, store::memories().1))
            }
            Source::Remote(_) | Source::Script(_) => false,
        };
        Job { packed, ..*job }
    }

    /// Loads the model for `job`.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] where it cannot be loaded, [`crate::error::Kind::Signal`] where `cancel` was set.
    pub fn start(&self, job: &Job, cancel: &Cancel) -> Result<Box<dyn Engine>> {
        Ok(match self {
            Source::Model(model, _) => load(model, &self.with_weights(job), cancel)?,
            Source::Remote(remote) => Box::new(remote.start(job, cancel)?),
            Source::Script(script) => Box::new(script.start()),
        })
    }

    /// Loads the model for `job`, whose sequences have prompts of their own, each with room for [`Job::tokens`].
    ///
    /// # Errors
    /// As [`Source::start`].
    pub fn start_parallel(&self, job: &Job, cancel: &Cancel) -> Result<Scheduler> {
        Ok(Scheduler::new(match self {
            Source::Model(model, _) => load_parallel(model, &self.with_weights(job), cancel)?,
            Source::Remote(remote) => {
                let what = format!("{} keeps its sequences to itself", remote.name);
                return Err(Error::new(ErrorKind::Engine, what, "a server schedules what it is asked"));
            }
            Source::Script(script) => Box::new(script.start_parallel(job)),
        }))
    }
}

#[cfg(feature = "llama")]
fn state_settings(model: &Model, job: &Job) -> Option<String> {
    Some(llama::state_settings(model, job))
}

#[cfg(not(feature = "llama"))]
fn state_settings(_model: &Model, _job: &Job) -> Option<String> {
    None
}

#[cfg(feature = "llama")]
fn load(model: &Model, job: &Job, cancel: &Cancel) -> Result<Box<dyn Engine>> {
    Ok(Box::new(llama::Llama::start(model, job, cancel)?))
}

#[cfg(feature = "llama")]
fn load_parallel(model: &Model, job: &Job, cancel: &Cancel) -> Result<Box<dyn parallel::Sequences>> {
    Ok(Box::new(llama::Llama::start_parallel(model, job, cancel)?))
}

#[cfg(not(feature = "llama"))]
fn load(model: &Model, _job: &Job, _cancel: &Cancel) -> Result<Box<dyn Engine>> {
    Err(without_llama(model))
}

#[cfg(not(feature = "llama"))]
fn load_parallel(model: &Model, _job: &Job, _cancel: &Cancel) -> Result<Box<dyn parallel::Sequences>> {
    Err(without_llama(model))
}

#[cfg(not(feature = "llama"))]
fn without_llama(model: &Model) -> crate::error::Error {
    let what = format!("cannot run {}", model.path.display());
    crate::error::Error::new(crate::error::Kind::Engine, what, "this dscoder was built without llama.cpp")
        .hint("take a release, or build it with the feature llama, which is on unless --no-default-features says so")
}
