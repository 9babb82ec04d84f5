//! Settings: flags over environment over [`files`] over defaults, and where each value came from.
//!
//! The doc comments of [`Shared`] are the help text that every generating subcommand shows.

pub mod endpoint;
pub mod files;
pub mod network;
pub mod parse;

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use std::time::Duration;

use clap::builder::{FalseyValueParser, PossibleValue, Resettable, StringValueParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, FromArgMatches};

use files::{Files, Origin, Setting};

use crate::engine::source::Source;
use crate::engine::{GpuLayers, Job, MAX_SEQUENCES, Sampling};
use crate::error::{Error, Kind, Result};
use crate::model::catalog;
use crate::places::{self, Places};
use crate::shape::Wanted;
use crate::shape::stop::Until;
use crate::units::size;

/// The flags that all generating subcommands share.
#[derive(Debug, Clone, Args)]
pub struct Shared {
    /// The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo
    ///
    /// Names are those of installed models; a quantization may follow. demo is built in and only for trying. Without this, the largest installed model that fits
    /// into memory is used.
    #[arg(short, long, value_name = "NAME|FILE", env = "DSCODER_MODEL", hide_env_values = true,
          value_parser = ModelName::Any, hide_possible_values = true)]
    pub model: Option<String>,

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
    /// auto, the default, is the line where the gap is within one, else the model's own end or, for complete, that of the block.
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
    /// They are separated by a zero byte. At temperature 0 they differ in their first token. Where only one can be used (--whole, --diff, --in-place), it
    /// is the likeliest.
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = 1, env = "DSCODER_CANDIDATES", hide_env_values = true,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SEQUENCES)), help_heading = "Answer")]
    pub candidates: u32,

    /// Stop after SECONDS, print the answer so far and exit with code 124
    ///
    /// The printed part ends with a whole line.
    #[arg(long, value_name = "SECONDS", env = "DSCODER_TIMEOUT", hide_env_values = true, value_parser = parse::seconds,
          allow_negative_numbers = true, help_heading = "Answer")]
    pub timeout: Option<Duration>,

    /// Print one JSON object: the text, its tokens, why it ended, the times
    #[arg(long, env = "DSCODER_JSON", hide_env_values = true, value_parser = FalseyValueParser::new(),
          help_heading = "Output")]
    pub json: bool,

    /// Print JSON objects as the answer comes, one a line: a start, pieces of text, and the object of --json as the end
    #[arg(long, hide_short_help = true, conflicts_with = "json", help_heading = "Output")]
    pub json_lines: bool,

    /// Add the log probability of each token to the JSON, and those of the N likeliest in its place
    #[arg(long, hide_short_help = true, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100), help_heading = "Output")]
    pub logprobs: Option<u32>,

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

    /// Context size in tokens, prompt and answer; auto is the model's own limit
    #[arg(long, hide_short_help = true, value_name = "N|auto", default_value = "auto", env = "DSCODER_CTX_SIZE", hide_env_values = true,
          value_parser = parse::context_size, help_heading = "Engine")]
    pub ctx_size: ContextSize,

    /// Fail with exit code 78 instead of truncating an oversized prompt
    #[arg(long, hide_short_help = true, env = "DSCODER_NO_TRUNCATE", hide_env_values = true,
          value_parser = FalseyValueParser::new(), help_heading = "Engine")]
    pub no_truncate: bool,

    /// Number of threads; one per physical core by default
    #[arg(long, hide_short_help = true, value_name = "N", env = "DSCODER_THREADS", hide_env_values = true,
          value_parser = clap::value_parser!(u32).range(1..=512), help_heading = "Engine")]
    pub threads: Option<u32>,

    /// Layers to offload to the GPU; auto offloads as many as fit, and -v says how many
    #[arg(long, hide_short_help = true, value_name = "N|auto|all", default_value = "auto", env = "DSCODER_GPU_LAYERS", hide_env_values = true,
          value_parser = parse::gpu_layers, help_heading = "Engine")]
    pub gpu_layers: GpuLayers,

    /// Draft what the prompt has already, and check the draft in one go: faster where the answer repeats much of it
    ///
    /// How much is drafted follows what it costs and brings on this machine. Tokens that are computed together are rounded
    /// differently, so that words which are all but equally likely may change places from run to run.
    #[arg(long, hide_short_help = true, env = "DSCODER_SPECULATE", hide_env_values = true, value_parser = FalseyValueParser::new(),
          help_heading = "Engine")]
    pub speculate: bool,

    /// Neither use nor fill the prefix cache
    ///
    /// A prompt that begins as an earlier one did need not be evaluated again; see dscoder cache. The same prompt gives the
    /// same answer; where only the beginning is the same, words that are all but equally likely may change places.
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

    /// Run even if the model needs more memory than there is, or was not trained for this
    #[arg(long, hide_short_help = true, help_heading = "Engine")]
    pub force: bool,

    /// The server that computes answers.
    #[command(flatten)]
    pub endpoint: endpoint::Endpoint,

    /// Print only errors on stderr
    #[arg(short, long, env = "DSCODER_QUIET", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub quiet: bool,

    /// Print the effective settings and llama.cpp's log on stderr
    #[arg(short, long, hide_short_help = true, conflicts_with = "quiet")]
    pub verbose: bool,

    /// Print token counts and timings on stderr
    #[arg(long, hide_short_help = true, env = "DSCODER_STATS", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub stats: bool,
}

/// Takes every text, and offers the names of models to completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelName {
    /// Any model.
    Any,
    /// One that can be fetched.
    Fetched,
}

impl TypedValueParser for ModelName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> std::result::Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = catalog::entries().iter().map(|entry| entry.name.as_str());
        let demo = (*self == ModelName::Any).then_some("demo");
        Some(Box::new(names.chain(demo).map(PossibleValue::new)))
    }
}

/// The flags of [`Shared`] that say which model runs and how, for subcommands that generate nothing for a reader. The
/// others have their defaults.
#[derive(Debug, Clone)]
pub struct Running(pub Shared);

impl Running {
    const FLAGS: [&str; 7] = ["model", "ctx_size", "threads", "gpu_layers", "force", "quiet", "verbose"];
}

impl Args for Running {
    fn augment_args(command: clap::Command) -> clap::Command {
        let shared = Shared::augment_args(clap::Command::new(""));
        command.args(shared.get_arguments().filter(|flag| Self::FLAGS.contains(&flag.get_id().as_str())))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Running {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let command = Shared::augment_args(clap::Command::new("")).no_binary_name(true);
        let defaults = command.mut_args(|flag| flag.env(Resettable::Reset)).try_get_matches_from([""; 0])?;
        let mut running = Running(Shared::from_arg_matches(&defaults)?);
        running.update_from_arg_matches(matches)?;
        Ok(running)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), clap::Error> {
        let shared = &mut self.0;
        shared.model = matches.get_one("model").cloned();
        shared.ctx_size = matches.get_one("ctx_size").copied().unwrap_or(shared.ctx_size);
        shared.threads = matches.get_one("threads").copied();
        shared.gpu_layers = matches.get_one("gpu_layers").copied().unwrap_or(shared.gpu_layers);
        (shared.force, shared.quiet) = (matches.get_flag("force"), matches.get_flag("quiet"));
        shared.verbose = matches.get_flag("verbose");
        Ok(())
    }
}

/// The longest context that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextSize {
    /// The model's own limit.
    Auto,
    /// This many tokens.
    Tokens(u32),
}

impl Shared {
    /// How tokens are chosen; draws a seed where none is given.
    #[must_use]
    pub fn sampling(&self) -> Sampling {
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

    /// The shape of answers with these settings, which end at `fitting` unless the user says so.
    #[must_use]
    pub fn shape(&self, fitting: Until) -> Wanted<'_> {
        Wanted { until: self.until.unless(fitting), stop: &self.stop, raw: self.raw }
    }

    /// A job with these settings for one answer: `tokens` of prompt and answer, `prefill` of the prompt to evaluate.
    #[must_use]
    pub fn job(&self, tokens: u32, prefill: u32) -> Job {
        Job {
            tokens,
            prefill,
            sequences: 1,
            log_probabilities: None,
            sampling: self.sampling(),
            threads: self.threads,
            gpu_layers: self.gpu_layers,
            packed: false,
            speculate: self.speculate,
            verbose: self.verbose,
        }
    }

    /// The tokens that a prompt may have beside the answer, with a model whose own limit is `limit` tokens.
    ///
    /// # Errors
    /// As [`Shared::context`].
    pub fn prompt_room(&self, limit: u32) -> Result<usize> {
        Ok(self.context(limit)?.saturating_sub(self.max_tokens) as usize)
    }

    /// The longest context with a model whose own limit is `limit` tokens.
    ///
    /// # Errors
    /// [`Kind::Usage`] where more was asked for than the model has.
    pub fn context(&self, limit: u32) -> Result<u32> {
        match self.ctx_size {
            ContextSize::Auto => Ok(limit),
            ContextSize::Tokens(tokens) => within(tokens, limit),
        }
    }

    /// The longest context with the model of `source`, and whose limit it is, in words.
    ///
    /// # Errors
    /// As [`Shared::context`].
    pub fn context_words(&self, source: &Source) -> Result<String> {
        let tokens = self.context(source.context())?;
        let whose = match source {
            _ if tokens < source.context() => "a context",
            Source::Remote(_) => "the server's context",
            Source::Model(..) | Source::Script(_) => "the model's context",
        };
        Ok(format!("{whose} of {tokens} tokens"))
    }
}

/// The context of `tokens` that was asked for, with a model whose own limit is `limit` tokens.
///
/// # Errors
/// [`Kind::Usage`] where it is more than the model has.
pub fn within(tokens: u32, limit: u32) -> Result<u32> {
    if tokens > limit {
        let what = format!("--ctx-size {tokens} is too large");
        return Err(Error::new(Kind::Usage, what, format!("the model's context has {limit} tokens")));
    }
    Ok(tokens)
}

/// One line for each setting that is not a default: its name, its value, where it came from. `used` is what came from
/// files.
#[must_use]
pub fn origins(command: &clap::Command, matches: &ArgMatches, used: &[&Setting]) -> Vec<String> {
    let describe = |argument: &clap::Arg| {
        let id = argument.get_id().as_str();
        let origin = match matches.value_source(id)? {
            ValueSource::CommandLine => Origin::Flag,
            ValueSource::EnvVariable => Origin::Environment(argument.get_env()?.to_string_lossy().into_owned()),
            _ => {
                let used = used.iter().find(|setting| argument.get_long() == Some(&setting.key))?;
                Origin::File(used.file.clone(), used.line)
            }
        };
        let name = argument.get_long().map_or(id.to_uppercase(), str::to_owned);
        let values: Vec<_> =
            matches.get_raw(id)?.map(|value| files::without_secrets(&value.to_string_lossy())).collect();
        let value = if values.is_empty() { "yes".to_owned() } else { values.join(", ") };
        Some(format!("{name} = {value} ({origin})"))
    };
    command.get_arguments().filter_map(describe).collect()
}

/// Files that matter to every subcommand, and what they are, for man pages.
pub const FILES: [(&str, &str); 5] = [
    ("~/.config/dscoder/config.toml", "Your settings; `dscoder config init` explains them."),
    (".dscoder.toml", "Settings of a project, from the current directory up to the top of its git repository."),
    ("~/.local/share/dscoder/models/", "Models that dscoder has fetched, and those that you put there."),
    ("~/.local/share/dscoder/sessions/", "Conversations of `dscoder chat --session`."),
    ("~/.cache/dscoder/", "What can be made again."),
];

/// A variable of the environment that no option stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// What holds.
    pub value: Option<String>,
    /// Where that comes from.
    pub origin: Origin,
}

/// Whether weights may be copied into the layout that fits the processor best: `DSCODER_KERNELS`, auto or mapped.
///
/// # Errors
/// [`Kind::Usage`] where it is something else.
pub fn may_copy_weights() -> Result<bool> {
    match env::var("DSCODER_KERNELS").unwrap_or_default().as_str() {
        "" | "auto" => Ok(true),
        "mapped" => Ok(false),
        other => {
            let what = format!("DSCODER_KERNELS is {other:?}");
            Err(Error::new(Kind::Usage, what, "it can be auto or mapped"))
        }
    }
}

/// The variables that no option stands for: where things are.
#[must_use]
pub fn variables() -> Vec<Variable> {
    let places = Places::of_user();
    let path = |path: &Path| Some(path.display().to_string());
    let all = [
        ("DSCODER_CONFIG", "your settings file", Files::of_user().user.as_deref().and_then(path)),
        ("DSCODER_MODELS_DIR", "the directory of models that dscoder has fetched", path(&places.models)),
        ("DSCODER_CACHE_DIR", "the directory of what can be made again", path(&places.cache)),
        ("DSCODER_SESSIONS_DIR", "the directory of conversations", path(&places::sessions())),
        ("DSCODER_KERNELS", "auto, or mapped to use weights as they are in the file and never copy them for AMX", None),
        ("DSCODER_MEMORY", "the memory to count with, such as 8GB, in place of what the machine has", None),
    ];
    let one = |(name, meaning, value): (&'static str, &'static str, Option<String>)| {
        let set = env::var_os(name).filter(|value| !value.is_empty());
        let origin = if set.is_some() { Origin::Environment(name.to_owned()) } else { Origin::Default };
        Variable { name, meaning, value: set.map(|it| it.to_string_lossy().into_owned()).or(value), origin }
    };
    all.map(one).into()
}
