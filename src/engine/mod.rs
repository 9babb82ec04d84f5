//! Engines: token ids in, next token id out.
//!
//! [`llama`] is llama.cpp, [`remote`] asks a server, [`script`] gives canned answers for tests. All work on ids; text
//! is handled by the tokenizer. [`parallel`] answers many prompts at once.

#[forbid(unsafe_code)]
pub mod connection;
#[forbid(unsafe_code)]
pub mod cores;
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
pub mod moves;
pub mod parallel;
#[forbid(unsafe_code)]
pub mod remote;
#[forbid(unsafe_code)]
pub mod resident;
#[forbid(unsafe_code)]
pub mod script;
#[forbid(unsafe_code)]
pub mod source;
#[forbid(unsafe_code)]
pub mod speed;

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::cancel::Cancel;
use crate::error::Result;
use crate::vocabulary::TokenId;

/// Maximum number of parallel answers, below llama.cpp's `LLAMA_MAX_SEQ`.
pub const MAX_SEQUENCES: u32 = 64;

/// How the next token is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// 0 takes the most likely token; higher is more random.
    pub temperature: f32,
    /// Keep the `k` most likely tokens; 0 keeps all.
    pub top_k: i32,
    /// Keep the most likely tokens whose probabilities add up to this; 1 keeps all.
    pub top_p: f32,
    /// Keep tokens at least this fraction as likely as the most likely one; 0 keeps all.
    pub min_p: f32,
    /// Divides the logits of the last 64 tokens; 1 is off.
    pub repeat_penalty: f32,
    /// Seed of the random numbers.
    pub seed: u32,
}

impl Sampling {
    /// Always the most likely token.
    pub const GREEDY: Sampling =
        Sampling { temperature: 0.0, top_k: 0, top_p: 1.0, min_p: 0.0, repeat_penalty: 1.0, seed: 0 };
}

/// How much of the model is offloaded to the GPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GpuLayers {
    /// As many as fit if this build and machine have a GPU, otherwise none.
    Auto,
    /// All.
    All,
    /// This many layers.
    Count(u32),
}

impl GpuLayers {
    /// Whether a GPU is asked for, so that it is an error if there is one and it cannot be used.
    #[must_use]
    pub fn is_wanted(self) -> bool {
        !matches!(self, GpuLayers::Auto | GpuLayers::Count(0))
    }
}

impl std::fmt::Display for GpuLayers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            GpuLayers::Auto => f.write_str("auto"),
            GpuLayers::All => f.write_str("all"),
            GpuLayers::Count(count) => write!(f, "{count}"),
        }
    }
}

/// The work that an engine is started for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Job {
    /// Tokens of the prompt and of answers of maximum length together.
    pub tokens: u32,
    /// Tokens of the prompt to evaluate: buffers are sized for them.
    pub prefill: u32,
    /// Number of parallel answers.
    pub sequences: u32,
    /// Compute log probabilities, and return those of this many most likely tokens.
    pub log_probabilities: Option<u32>,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Threads; `None` is one for each physical core.
    pub threads: Option<u32>,
    /// Layers to offload to the GPU.
    pub gpu_layers: GpuLayers,
    /// How weights are used, as requested.
    pub weights: speed::Weights,
    /// How the engine computes; [`source::Source::with_way`] decides where nothing has.
    pub way: Option<speed::Way>,
    /// Whether the engine answers many prompts, so that the time to load its model counts for little.
    pub resident: bool,
    /// Draft text that occurs in the prompt; see [`lookup`].
    pub speculate: bool,
    /// Let llama.cpp write its log to stderr.
    pub verbose: bool,
}

impl Job {
    /// One answer with the defaults of the machine: `tokens` of prompt and answer, `prefill` of the prompt to evaluate.
    #[must_use]
    pub fn new(sampling: Sampling, tokens: u32, prefill: u32) -> Job {
        Job {
            tokens,
            prefill,
            sequences: 1,
            log_probabilities: None,
            sampling,
            threads: None,
            gpu_layers: GpuLayers::Auto,
            weights: speed::Weights::Auto,
            way: None,
            resident: false,
            speculate: false,
            verbose: false,
        }
    }
}

/// A chosen token.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Its id.
    pub id: TokenId,
    /// The natural logarithm of its probability before sampling settings, if [`Job::log_probabilities`] asks for it.
    pub log_probability: Option<f32>,
    /// The most likely tokens and their log probabilities, as many as requested.
    pub likeliest: Vec<(TokenId, f32)>,
}

/// A GPU that llama.cpp can compute on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The maker's name for it.
    pub name: String,
    /// Its interface: CUDA, Metal, Vulkan.
    pub backend: String,
    /// Its memory, in bytes; 0 if it has not told it, and then it cannot be used now.
    pub total: u64,
    /// Its free memory, in bytes.
    pub free: u64,
}

/// The GPU interfaces in this build.
#[must_use]
pub fn gpu_interfaces() -> Vec<&'static str> {
    let known = [
        ("CUDA", cfg!(feature = "cuda")),
        ("Metal", cfg!(any(feature = "metal", target_os = "macos"))),
        ("Vulkan", cfg!(feature = "vulkan")),
        ("ROCm", cfg!(feature = "rocm")),
    ];
    known.iter().filter(|(_, is_built)| *is_built).map(|(name, _)| *name).collect()
}

/// The number of compute threads: as requested, or one per physical core that the process may use. Where cores differ, only
/// the fast ones count: [`cores`].
#[must_use]
pub fn threads(wanted: Option<u32>) -> i32 {
    let threads = wanted.unwrap_or_else(cores::fast);
    // GGML_MAX_N_THREADS
    threads.clamp(1, 512) as i32
}

/// Computes the next tokens of some sequences that begin with the same prompt.
pub trait Engine: Send {
    /// Keeps the evaluated beginning of `ids`, forgets everything else, and returns the number of tokens kept. The next
    /// [`Engine::prefill`] continues after it. The last of `ids` is never kept: its evaluation yields the next token.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if the engine cannot.
    fn keep(&mut self, _ids: &[TokenId]) -> Result<usize> {
        Ok(0)
    }

    /// The evaluated tokens of the first sequence.
    fn evaluated(&self) -> &[TokenId] {
        &[]
    }

    /// Numbers of drafted and of accepted tokens.
    fn drafts(&self) -> (usize, usize) {
        (0, 0)
    }

    /// Writes the state of the first sequence to `path`, replacing it. An engine without a state writes nothing.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if it cannot be written.
    fn save(&mut self, _path: &Path) -> Result<()> {
        Ok(())
    }

    /// Restores what [`Engine::save`] has written for `ids`, as if they had been evaluated. Returns whether it could;
    /// after a refusal, nothing counts as evaluated.
    fn restore(&mut self, _path: &Path, _ids: &[TokenId]) -> bool {
        false
    }

    /// Evaluates the prompt, or part of it if `cancel` is set meanwhile.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if the computation fails.
    fn prefill(&mut self, ids: &[TokenId], cancel: &Cancel) -> Result<()>;

    /// Chooses the next token of each sequence in `live`, in this order. The previously chosen tokens are evaluated
    /// first, as one batch, so the last token of an answer is never evaluated. A sequence that was left out once does
    /// not return.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if the computation fails.
    fn sample(&mut self, live: &[usize]) -> Result<Vec<Choice>>;

    /// The last token of `sequence` is this one, whatever was chosen: for an answer that another engine has begun.
    fn correct(&mut self, _sequence: usize, _id: TokenId) {}

    /// Ends the answers: no more tokens are asked for until the next prompt.
    fn rest(&mut self) {}

    /// The engine's own measurements, in words.
    fn measured(&self) -> Option<String> {
        None
    }
}
