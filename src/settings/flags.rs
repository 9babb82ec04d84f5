//! The flags that subcommands share. Their doc comments are the help text.

use clap::Args;
use clap::builder::FalseyValueParser;

use std::time::Duration;

use crate::engine::speed::Weights;
use crate::engine::{GpuLayers, MAX_SEQUENCES};
use crate::error::Result;
use crate::model::adapter::AdapterFile;
use crate::model::catalog;
use crate::settings::endpoint::EndpointFlags;
use crate::settings::{
    CacheSettings, ContextSize, DraftModel, EngineSettings, Format, Limits, OutputSettings, ResidentMode,
    SamplingSettings, Settings, parse,
};
use crate::shape::stop::Until;
use crate::units::size;

/// The flags of every subcommand that generates text.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct GenerateFlags {
    /// Which model answers.
    #[command(flatten)]
    pub model: ModelFlags,

    /// How long answers may be, and where they end.
    #[command(flatten)]
    pub answer: AnswerFlags,

    /// What is printed.
    #[command(flatten)]
    pub output: OutputFlags,

    /// How tokens are chosen.
    #[command(flatten)]
    pub sampling: SamplingFlags,

    /// How the model runs.
    #[command(flatten)]
    pub engine: EngineFlags,

    /// How prompts are evaluated.
    #[command(flatten)]
    pub prompt: PromptFlags,

    /// Which evaluated prompts are kept.
    #[command(flatten)]
    pub cache: CacheFlags,

    /// The server that computes answers.
    #[command(flatten)]
    pub endpoint: EndpointFlags,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,

    /// Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one
    ///
    /// One that was started ends when nothing was asked for ten minutes.
    #[arg(long, hide_short_help = true, value_name = "WHEN", value_enum, default_value_t = ResidentMode::Auto, env = "DSCODER_SERVE",
          hide_env_values = true, help_heading = "Engine")]
    pub serve: ResidentMode,

    /// Print token counts and timings on stderr
    #[arg(long, hide_short_help = true, env = "DSCODER_STATS", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub stats: bool,
}

/// Which model answers.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct ModelFlags {
    /// The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo
    ///
    /// A name is that of an installed model, optionally with a quantization. demo is built in and only for trying. By
    /// default, the largest installed model that fits into memory is used.
    #[arg(short, long, value_name = "NAME|FILE", env = "DSCODER_MODEL", hide_env_values = true,
          value_parser = parse::Offering(any_model), hide_possible_values = true)]
    pub model: Option<String>,

    /// Use the model with a LoRA adapter, a GGUF file (repeatable)
    ///
    /// The adapter must have been trained with this model. SCALE makes it count more or less, 1 by default; the changes of
    /// several adapters add up.
    #[arg(long, hide_short_help = true, value_name = "FILE[:SCALE]", env = "DSCODER_LORA", hide_env_values = true,
          value_parser = AdapterFile::parse, help_heading = "Engine")]
    pub lora: Vec<AdapterFile>,
}

/// How long an answer may be, and where it ends.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct AnswerFlags {
    /// Maximum answer length in tokens
    #[arg(short = 'n', long, value_name = "N", default_value_t = 256, env = "DSCODER_MAX_TOKENS", hide_env_values = true,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000), help_heading = "Answer")]
    pub max_tokens: u32,

    /// Stop before TEXT (repeatable)
    #[arg(
        long,
        hide_short_help = true,
        value_name = "TEXT",
        env = "DSCODER_STOP",
        hide_env_values = true,
        help_heading = "Answer"
    )]
    pub stop: Vec<String>,

    /// Where the answer ends
    ///
    /// The default, auto, ends with the line if the gap is within one. Otherwise infill ends where the model stops, and
    /// complete ends with the block.
    #[arg(long, value_name = "RULE", value_enum, default_value_t = Until::Auto, hide_default_value = true, env = "DSCODER_UNTIL",
          hide_env_values = true, help_heading = "Answer")]
    pub until: Until,

    /// Print the answer exactly as the model wrote it
    ///
    /// By default, text that repeats the suffix, repeated lines and trailing spaces are trimmed.
    #[arg(long, hide_short_help = true, env = "DSCODER_RAW", hide_env_values = true, value_parser = FalseyValueParser::new(),
          help_heading = "Answer")]
    pub raw: bool,

    /// Compute N answers in parallel and print the distinct ones, most likely first
    ///
    /// They are separated by a NUL byte. At temperature 0 they differ in their first token. --whole, --diff and
    /// --in-place use only the most likely one.
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = 1, env = "DSCODER_CANDIDATES", hide_env_values = true,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SEQUENCES)), help_heading = "Answer")]
    pub candidates: u32,

    /// Stop after SECONDS, print the answer so far and exit with code 124
    ///
    /// The printed part ends with a whole line.
    #[arg(long, value_name = "SECONDS", env = "DSCODER_TIMEOUT", hide_env_values = true, value_parser = parse::seconds,
          allow_negative_numbers = true, help_heading = "Answer")]
    pub timeout: Option<Duration>,
}

/// What is printed of an answer.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct OutputFlags {
    /// Print one JSON object: text, token counts, finish reason, timings
    #[arg(long, env = "DSCODER_JSON", hide_env_values = true, value_parser = FalseyValueParser::new(),
          help_heading = "Output")]
    pub json: bool,

    /// Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end
    #[arg(long, hide_short_help = true, conflicts_with = "json", help_heading = "Output")]
    pub json_lines: bool,

    /// Add to the JSON each token's log probability and those of the N most likely alternatives
    #[arg(long, hide_short_help = true, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100), help_heading = "Output")]
    pub logprobs: Option<u32>,
}

/// How tokens are chosen.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct SamplingFlags {
    /// Sampling temperature; 0 always takes the most likely token
    #[arg(short, long, value_name = "X", default_value_t = 0.0, env = "DSCODER_TEMPERATURE", hide_env_values = true,
          value_parser = parse::number::<0, 10>, allow_negative_numbers = true, help_heading = "Answer")]
    pub temperature: f32,

    /// Sample from the K most likely tokens; 0 means all (needs a temperature)
    #[arg(long, hide_short_help = true, value_name = "K", default_value_t = 40, env = "DSCODER_TOP_K", hide_env_values = true,
          value_parser = clap::value_parser!(i32).range(0..), allow_negative_numbers = true, help_heading = "Sampling")]
    pub top_k: i32,

    /// Sample from the most likely tokens with a total probability of P (needs a temperature)
    #[arg(long, hide_short_help = true, value_name = "P", default_value_t = 0.95, env = "DSCODER_TOP_P", hide_env_values = true,
          value_parser = parse::number::<0, 1>, allow_negative_numbers = true, help_heading = "Sampling")]
    pub top_p: f32,

    /// Sample from tokens at least P times as likely as the most likely one (needs a temperature)
    #[arg(long, hide_short_help = true, value_name = "P", default_value_t = 0.05, env = "DSCODER_MIN_P", hide_env_values = true,
          value_parser = parse::number::<0, 1>, allow_negative_numbers = true, help_heading = "Sampling")]
    pub min_p: f32,

    /// Penalty for repeating one of the last 64 tokens; 1 is off
    #[arg(long, hide_short_help = true, value_name = "X", default_value_t = 1.0, env = "DSCODER_REPEAT_PENALTY", hide_env_values = true,
          value_parser = parse::penalty, allow_negative_numbers = true, help_heading = "Sampling")]
    pub repeat_penalty: f32,

    /// Random seed; a new one for each run by default (needs a temperature)
    // llama.cpp takes the largest 32-bit number for "no seed".
    #[arg(long, hide_short_help = true, value_name = "N", env = "DSCODER_SEED", hide_env_values = true,
          value_parser = clap::value_parser!(u32).range(..=i64::from(u32::MAX - 1)), help_heading = "Sampling")]
    pub seed: Option<u32>,
}

/// How the model runs.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct EngineFlags {
    /// Context size in tokens, prompt and answer; auto is the model's own limit, 16384 at most
    #[arg(long, hide_short_help = true, value_name = "N|auto", default_value = "auto", env = "DSCODER_CTX_SIZE", hide_env_values = true,
          value_parser = parse::context_size, help_heading = "Engine")]
    pub ctx_size: ContextSize,

    /// Number of threads; by default one per physical core, without the slow cores of hybrid processors
    #[arg(long, hide_short_help = true, value_name = "N", env = "DSCODER_THREADS", hide_env_values = true,
          value_parser = clap::value_parser!(u32).range(1..=512), help_heading = "Engine")]
    pub threads: Option<u32>,

    /// Layers to offload to the GPU; auto offloads as many as fit, and -v says how many
    #[arg(long, hide_short_help = true, value_name = "N|auto|all", default_value = "auto", env = "DSCODER_GPU_LAYERS", hide_env_values = true,
          value_parser = parse::gpu_layers, help_heading = "Engine")]
    pub gpu_layers: GpuLayers,

    /// Use weights from the file (mapped), copied into the processor's layout (packed), or the faster way
    ///
    /// A copy takes time and memory once, and may save time per token. auto chooses by what dscoder bench --tune and earlier
    /// runs measured, flash attention, micro-batch and threads too; the others keep their defaults. -v and --stats say what
    /// was chosen and why.
    #[arg(long, hide_short_help = true, value_name = "WAY", value_enum, default_value_t = Weights::Auto, env = "DSCODER_KERNELS",
          hide_env_values = true, help_heading = "Engine")]
    pub kernels: Weights,

    /// Run even if the model does not fit into memory or was not trained for this task
    #[arg(long, hide_short_help = true, help_heading = "Engine")]
    pub force: bool,
}

/// How prompts are evaluated.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct PromptFlags {
    /// Fail with exit code 78 instead of truncating an oversized prompt
    #[arg(long, hide_short_help = true, env = "DSCODER_NO_TRUNCATE", hide_env_values = true,
          value_parser = FalseyValueParser::new(), help_heading = "Engine")]
    pub no_truncate: bool,

    /// Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt
    ///
    /// The draft length adapts to what it gains on this machine. Batched tokens are rounded differently, so a choice
    /// between almost equally likely tokens may vary from run to run.
    #[arg(long, hide_short_help = true, env = "DSCODER_SPECULATE", hide_env_values = true, value_parser = FalseyValueParser::new(),
          help_heading = "Engine")]
    pub speculate: bool,

    /// Let a smaller model draft tokens and check them in one batch: a name, a file, or auto
    ///
    /// auto takes an installed 1.3B model for models of 6.7B and more. The vocabularies must be the same. Drafts end where
    /// they do not pay; --stats shows how many tokens were drafted and accepted. Rounding is as with --speculate.
    #[arg(long, hide_short_help = true, value_name = "NAME|FILE|auto", env = "DSCODER_DRAFT", hide_env_values = true,
          value_parser = parse::Offering(draft_models), hide_possible_values = true, conflicts_with = "speculate",
          help_heading = "Engine")]
    pub draft: Option<String>,
}

/// Which evaluated prompts are kept on disk.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct CacheFlags {
    /// Neither use nor fill the prefix cache
    ///
    /// The cache skips evaluating a beginning shared with an earlier prompt; see dscoder cache. The same prompt gives
    /// the same answer. If only the beginning is shared, a choice between almost equally likely tokens may vary.
    #[arg(long, hide_short_help = true, env = "DSCODER_NO_CACHE", hide_env_values = true, value_parser = FalseyValueParser::new(),
          help_heading = "Engine")]
    pub no_cache: bool,

    /// Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first
    #[arg(long, hide_short_help = true, value_name = "SIZE", default_value = "4GiB", env = "DSCODER_CACHE_SIZE", hide_env_values = true,
          value_parser = size, help_heading = "Engine")]
    pub cache_size: u64,

    /// Cache prompts that took longer than this to evaluate
    #[arg(long, hide_short_help = true, value_name = "SECONDS", default_value = "1", env = "DSCODER_CACHE_AFTER", hide_env_values = true,
          value_parser = parse::seconds, allow_negative_numbers = true, help_heading = "Engine")]
    pub cache_after: Duration,
}

impl CacheFlags {
    /// The settings from these flags.
    #[must_use]
    pub fn settings(&self) -> CacheSettings {
        CacheSettings { enabled: !self.no_cache, size: self.cache_size, after: self.cache_after }
    }
}

/// What is said on stderr.
#[derive(Debug, Clone, Default, Args)]
#[group(skip)]
pub struct ConsoleFlags {
    /// Print only errors on stderr
    #[arg(short, long, global = true, env = "DSCODER_QUIET", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub quiet: bool,

    /// Print the effective settings and llama.cpp's log on stderr
    #[arg(short, long, global = true, hide_short_help = true, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// The names that can draft, for shell completions.
#[must_use]
pub fn draft_models() -> Vec<String> {
    std::iter::once("auto".to_owned()).chain(any_model()).collect()
}

/// The names of all models, for shell completions.
#[must_use]
pub fn any_model() -> Vec<String> {
    downloadable_model().into_iter().chain(["demo".to_owned()]).collect()
}

/// The names of models that can be downloaded, for shell completions.
#[must_use]
pub fn downloadable_model() -> Vec<String> {
    catalog::entries().iter().map(|entry| entry.name.clone()).collect()
}

impl GenerateFlags {
    /// The settings from these flags.
    ///
    /// # Errors
    /// As [`EndpointFlags::server`].
    pub fn settings(&self) -> Result<Settings> {
        let format = match (self.output.json, self.output.json_lines) {
            (_, true) => Format::JsonLines,
            (true, false) => Format::Json,
            (false, false) => Format::Text,
        };
        Ok(Settings {
            engine: EngineSettings {
                server: self.endpoint.server()?,
                resident: self.serve,
                speculate: self.prompt.speculate,
                draft: self.prompt.draft.as_deref().filter(|name| !name.is_empty()).map(DraftModel::from),
                ..self.engine.settings(&self.model, &self.console)
            },
            limits: Limits {
                max_tokens: self.answer.max_tokens,
                candidates: self.answer.candidates,
                truncate: !self.prompt.no_truncate,
                until: self.answer.until,
                stop: self.answer.stop.clone(),
                raw: self.answer.raw,
                timeout: self.answer.timeout,
            },
            sampling: SamplingSettings {
                temperature: self.sampling.temperature,
                top_k: self.sampling.top_k,
                top_p: self.sampling.top_p,
                min_p: self.sampling.min_p,
                repeat_penalty: self.sampling.repeat_penalty,
                seed: self.sampling.seed,
            },
            output: OutputSettings { format, logprobs: self.output.logprobs, stats: self.stats },
            cache: self.cache.settings(),
        })
    }
}

impl OutputFlags {
    /// Whether the answer is JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.json || self.json_lines
    }
}

impl EngineFlags {
    /// The settings from these flags for an engine on this machine.
    #[must_use]
    pub fn settings(&self, model: &ModelFlags, console: &ConsoleFlags) -> EngineSettings {
        EngineSettings {
            model: model.model.clone(),
            adapters: model.lora.clone(),
            server: None,
            resident: ResidentMode::Never,
            context: self.ctx_size,
            threads: self.threads,
            gpu_layers: self.gpu_layers,
            weights: self.kernels,
            speculate: false,
            draft: None,
            force: self.force,
            verbose: console.verbose,
        }
    }
}
