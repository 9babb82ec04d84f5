//! Settings: flags over environment over [`files`] over defaults, and where each value came from.
//!
//! The command line is read into [`flags`]; what runs gets the plain structs of this file, one for each concern.

pub mod endpoint;
pub mod files;
pub mod flags;
pub mod network;
pub mod parse;
pub mod variables;

use std::collections::hash_map::RandomState;
use std::ffi::OsStr;
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use std::time::Duration;

use clap::ArgMatches;
use clap::parser::ValueSource;

use endpoint::Server;
use files::{Setting, SettingOrigin, SettingsFiles};

use crate::engine::source::Source;
use crate::engine::speed::Weights;
use crate::engine::{GpuLayers, Job, Sampling};
use crate::environment;
use crate::error::{Error, Kind, Result};
use crate::model::adapter::AdapterFile;
use crate::places::{self, Places};
use crate::secrets::redact;
use crate::shape::ShapeOptions;
use crate::shape::stop::Until;

/// All settings of a run, made from the flags once.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The model and how it runs.
    pub engine: EngineSettings,
    /// The limits of prompts and answers, and what is kept of an answer.
    pub limits: Limits,
    /// How tokens are chosen.
    pub sampling: SamplingSettings,
    /// What is printed.
    pub output: OutputSettings,
    /// The prefix cache.
    pub cache: CacheSettings,
}

/// The model and how it runs.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// The name or the file of the model; the best installed one by default.
    pub model: Option<String>,
    /// The adapters to use it with.
    pub adapters: Vec<AdapterFile>,
    /// The server that computes answers instead of this machine.
    pub server: Option<Server>,
    /// The context size.
    pub context: ContextSize,
    /// Threads; one for each physical core by default.
    pub threads: Option<u32>,
    /// Layers to offload to the GPU.
    pub gpu_layers: GpuLayers,
    /// How weights are used.
    pub weights: Weights,
    /// Whether a resident engine answers.
    pub resident: ResidentMode,
    /// Whether tokens are drafted from the prompt.
    pub speculate: bool,
    /// The draft model.
    pub draft: Option<DraftModel>,
    /// Whether to run a model that needs too much memory or was trained for another task.
    pub force: bool,
    /// Whether llama.cpp's log is written to stderr.
    pub verbose: bool,
}

/// The model that drafts for another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftModel {
    /// The installed one of 1.3 billion parameters, for a model that is much larger and has the same vocabulary.
    Auto,
    /// The one with this name or file.
    Named(String),
}

impl From<&str> for DraftModel {
    fn from(text: &str) -> DraftModel {
        if text == "auto" { DraftModel::Auto } else { DraftModel::Named(text.to_owned()) }
    }
}

/// The limits of prompts and answers, and what is kept of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Maximum answer length in tokens.
    pub max_tokens: u32,
    /// Answers to compute in parallel.
    pub candidates: u32,
    /// Whether an oversized prompt is truncated, rather than refused.
    pub truncate: bool,
    /// Where the answer ends.
    pub until: Until,
    /// Texts that end the answer.
    pub stop: Vec<String>,
    /// Whether the answer is printed exactly as the model wrote it.
    pub raw: bool,
    /// The time limit of the whole run.
    pub timeout: Option<Duration>,
}

/// How tokens are chosen; see [`Sampling`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SamplingSettings {
    /// See [`Sampling::temperature`].
    pub temperature: f32,
    /// See [`Sampling::top_k`].
    pub top_k: i32,
    /// See [`Sampling::top_p`].
    pub top_p: f32,
    /// See [`Sampling::min_p`].
    pub min_p: f32,
    /// See [`Sampling::repeat_penalty`].
    pub repeat_penalty: f32,
    /// The random seed; a new one for each answer by default.
    pub seed: Option<u32>,
}

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputSettings {
    /// The form of the answer.
    pub format: Format,
    /// How many of the most likely tokens get log probabilities, if any are computed.
    pub logprobs: Option<u32>,
    /// Whether token counts and timings are printed on stderr.
    pub stats: bool,
}

/// The form of the answer on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The text alone.
    Text,
    /// One JSON object.
    Json,
    /// A JSON object for each event, one per line.
    JsonLines,
}

/// The prefix cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheSettings {
    /// Whether it is used.
    pub enabled: bool,
    /// Its size limit in bytes.
    pub size: u64,
    /// Prompts that took longer to evaluate are cached.
    pub after: Duration,
}

/// Whether a resident engine answers; see [`crate::serve`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ResidentMode {
    /// If one with the same model and settings is running.
    Auto,
    /// Never.
    Never,
    /// Always: one is started if none is running, and ends when nothing was asked for ten minutes.
    Start,
}

/// The maximum context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextSize {
    /// The model's own limit.
    Auto,
    /// This many tokens.
    Tokens(u32),
}

impl EngineSettings {
    /// Whether answers are drafted, by a model or from the prompt.
    #[must_use]
    pub fn drafts(&self) -> bool {
        self.speculate || self.draft.is_some()
    }
}

impl Settings {
    /// A job with these settings for one answer: `tokens` of prompt and answer, `prefill` of the prompt to evaluate.
    #[must_use]
    pub fn job(&self, tokens: u32, prefill: u32) -> Job {
        Job { speculate: self.engine.speculate, ..self.engine.job(self.sampling.draw(), tokens, prefill) }
    }

    /// The tokens that a prompt may have besides the answer, with a model whose own limit is `limit` tokens.
    ///
    /// # Errors
    /// As [`EngineSettings::context`].
    pub fn prompt_room(&self, limit: u32) -> Result<usize> {
        Ok(self.engine.context(limit)?.saturating_sub(self.limits.max_tokens) as usize)
    }
}

impl SamplingSettings {
    /// How the tokens of one answer are chosen; draws a seed unless one is given.
    #[must_use]
    pub fn draw(&self) -> Sampling {
        Sampling {
            temperature: self.temperature,
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
            repeat_penalty: self.repeat_penalty,
            // The standard library seeds its hash maps from the system's random numbers.
            seed: self.seed.unwrap_or_else(|| (RandomState::new().build_hasher().finish() as u32).min(u32::MAX - 1)),
        }
    }
}

impl Limits {
    /// The shape of answers, which end at `fitting` unless the user says otherwise.
    #[must_use]
    pub fn shape(&self, fitting: Until) -> ShapeOptions<'_> {
        ShapeOptions { until: self.until.unless(fitting), stop: &self.stop, raw: self.raw }
    }
}

impl EngineSettings {
    /// A job for one answer without speculation: `tokens` of prompt and answer, `prefill` of the prompt to evaluate.
    #[must_use]
    pub fn job(&self, sampling: Sampling, tokens: u32, prefill: u32) -> Job {
        Job {
            threads: self.threads,
            gpu_layers: self.gpu_layers,
            weights: self.weights,
            verbose: self.verbose,
            ..Job::new(sampling, tokens, prefill)
        }
    }

    /// The longest context with a model whose own limit is `limit` tokens; `AUTO_CONTEXT` at most if none was requested.
    ///
    /// # Errors
    /// [`Kind::Usage`] if more was requested than the model has.
    pub fn context(&self, limit: u32) -> Result<u32> {
        match self.context {
            ContextSize::Auto => Ok(limit.min(AUTO_CONTEXT)),
            ContextSize::Tokens(tokens) => within(tokens, limit),
        }
    }

    /// The longest context with the model of `source`, and whose limit it is, in words.
    ///
    /// # Errors
    /// As [`EngineSettings::context`].
    pub fn context_words(&self, source: &Source) -> Result<String> {
        let tokens = self.context(source.context())?;
        let whose = match source {
            _ if tokens < source.context() => "a context",
            Source::Remote(_) => "the server's context",
            _ => "the model's context",
        };
        Ok(format!("{whose} of {tokens} tokens"))
    }
}

/// The requested context of `tokens`, with a model whose own limit is `limit` tokens.
///
/// # Errors
/// [`Kind::Usage`] if it is more than the model has.
pub fn within(tokens: u32, limit: u32) -> Result<u32> {
    if tokens > limit {
        let what = format!("--ctx-size {tokens} is too large");
        return Err(Error::new(Kind::Usage, what, format!("the model's context has {limit} tokens")));
    }
    Ok(tokens)
}

/// The longest context that is used unasked, in tokens: that of the first series. Longer ones take memory and time that
/// nobody expects.
const AUTO_CONTEXT: u32 = 16_384;

/// A setting that is not a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The long name of its option; of an argument without one, its name in capitals.
    pub name: String,
    /// Its values, without secrets; none for an option that takes none.
    pub values: Vec<String>,
    /// Where it comes from.
    pub origin: SettingOrigin,
}

impl std::fmt::Display for Chosen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let values = if self.values.is_empty() { "yes".to_owned() } else { self.values.join(", ") };
        write!(f, "{} = {values} ({})", self.name, self.origin)
    }
}

/// The settings of `command` that are not defaults. `used` are the settings from files.
#[must_use]
pub fn chosen(command: &clap::Command, matches: &ArgMatches, used: &[&Setting]) -> Vec<Chosen> {
    let describe = |argument: &clap::Arg| {
        let id = argument.get_id().as_str();
        let origin = match matches.value_source(id)? {
            ValueSource::CommandLine => SettingOrigin::Flag,
            ValueSource::EnvVariable => SettingOrigin::Environment(argument.get_env()?.to_string_lossy().into_owned()),
            _ => {
                let used = used.iter().find(|setting| argument.get_long() == Some(&setting.key))?;
                SettingOrigin::File(used.file.clone(), used.line)
            }
        };
        let name = argument.get_long().map_or(id.to_uppercase(), str::to_owned);
        let one = |value: &OsStr| {
            let value = value.to_string_lossy();
            // As its option reads it.
            let is_variable = matches!(origin, SettingOrigin::Environment(_));
            let expanded = is_variable.then(|| files::with_home(argument, &value).ok()).flatten();
            redact(&expanded.unwrap_or_else(|| value.into_owned()))
        };
        let values = matches.get_raw(id)?.map(one).collect();
        Some(Chosen { name, values, origin })
    };
    command.get_arguments().filter_map(describe).collect()
}

/// `error`, which says where the setting that caused it comes from, unless that is the command line.
#[must_use]
pub fn with_origin(mut error: Error, chosen: &[Chosen]) -> Error {
    let is_named = |one: &&Chosen| {
        let flag = format!("--{}", one.name);
        let names_thing = ["model", "endpoint", "context"].contains(&one.name.as_str());
        error.what.contains(&flag) || (names_thing && one.values.iter().any(|value| error.what.contains(value)))
    };
    let words = chosen.iter().filter(is_named).find_map(|one| match &one.origin {
        SettingOrigin::Environment(variable) => Some(format!("{} is set by {variable}", one.name)),
        SettingOrigin::File(..) => Some(format!("{} is set in {}", one.name, one.origin)),
        SettingOrigin::Flag | SettingOrigin::Default => None,
    });
    if let Some(words) = words.filter(|words| !error.what.contains(words)) {
        error.why = if error.why.is_empty() { words } else { format!("{} ({words})", error.why) };
    }
    error
}

/// Files that matter to every subcommand, and what they are, for man pages.
pub const FILES: [(&str, &str); 5] = [
    ("~/.config/dscoder/config.toml", "Your settings; `dscoder config init` explains them."),
    (".dscoder.toml", "Settings of a project, from the current directory up to the top of its git repository."),
    ("~/.local/share/dscoder/models/", "Models that dscoder downloaded, and any that you put there."),
    ("~/.local/share/dscoder/sessions/", "Conversations of `dscoder chat --session`."),
    ("~/.cache/dscoder/", "Data that dscoder can recreate."),
];

/// An environment variable without an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// Its effective value.
    pub value: Option<String>,
    /// The origin of the value.
    pub origin: SettingOrigin,
}

/// The variables without an option: mostly directories.
#[must_use]
pub fn variables() -> Vec<Variable> {
    let places = Places::of_user();
    let path = |path: &Path| Some(path.display().to_string());
    let all = [
        ("DSCODER_CONFIG", "your settings file", SettingsFiles::of_user().user.as_deref().and_then(path)),
        ("DSCODER_MODELS_DIR", "the directory of downloaded models", path(&places.models)),
        ("DSCODER_CACHE_DIR", "the directory of caches", path(&places.cache)),
        ("DSCODER_SESSIONS_DIR", "the directory of conversations", path(&places::sessions())),
        ("DSCODER_EVAL_DIR", "the directory of downloaded benchmarks", path(&places::eval())),
        ("DSCODER_MEMORY", "the memory to assume, such as 8GB, instead of what the machine has", None),
    ];
    let one = |(name, meaning, value): (&'static str, &'static str, Option<String>)| {
        let set = environment::variable(name);
        let origin = if set.is_some() { SettingOrigin::Environment(name.to_owned()) } else { SettingOrigin::Default };
        Variable { name, meaning, value: value.or(set.map(|it| it.to_string_lossy().into_owned())), origin }
    };
    all.map(one).into()
}
