//! `dscoder serve`: keeps a model in memory and answers over sockets.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use clap::builder::FalseyValueParser;
use sysinfo::{Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System};

use crate::cancel::Cancel;
use crate::engine::parallel::BATCH;
use crate::engine::resident;
use crate::engine::source::Source;
use crate::engine::{Job, MAX_SEQUENCES, Sampling};
use crate::error::{Error, Kind, Result, reason};
use crate::model::family::Flavour;
use crate::model::memory::{self, Verdict};
use crate::model::{fingerprint, shards, store};
use crate::places;
use crate::run;
use crate::serve::engine::Ending;
use crate::serve::guard::Guard;
use crate::serve::log::Log;
use crate::serve::service::{Identity, Stamped};
use crate::serve::{self, Listener, Setup};
use crate::settings::flags::{CacheFlags, ConsoleFlags, EngineFlags, ModelFlags};
use crate::settings::{EngineSettings, parse};
use crate::term::table::table;
use crate::term::{self, Term};

/// The context of each answer, where memory allows it and nothing else is asked for.
const CONTEXT: u32 = 8192;
/// Less than this is too little for a file and its answer.
const SMALL_CONTEXT: u32 = 2048;
/// How long answers in progress may take after SIGTERM.
const DRAIN: Duration = Duration::from_secs(10);
/// How long a request to end it may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// A file of keys is a few lines.
const MAX_KEYS: u64 = 64 << 10;

/// Keep a model in memory, and answer editors and other programs
///
/// It speaks the protocols of llama.cpp's server, OpenAI, DeepSeek, Mistral, Ollama and Tabby, for completion, infill and
/// chat. By default it listens on a socket that only you can use (on Windows, a named pipe); --listen adds a TCP port.
/// Evaluated prompts stay in memory, so that after a keystroke only the changed part is evaluated.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder serve -m 1.3b-base --listen 127.0.0.1:8012
  curl 127.0.0.1:8012/infill -d '{\"input_prefix\": \"def f(\", \"input_suffix\": \")\"}'
  dscoder serve --idle 600 --parallel 2
  dscoder serve status
  dscoder serve stop")]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Also listen on this TCP address (repeatable)
    ///
    /// An address that other machines can reach needs --api-key-file.
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        env = "DSCODER_SERVE_LISTEN",
        hide_env_values = true,
        help_heading = "Server"
    )]
    pub listen: Vec<SocketAddr>,

    /// Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory
    #[arg(long, global = true, value_name = "PATH", value_parser = parse::PathValue, env = "DSCODER_SERVE_SOCKET", hide_env_values = true,
          help_heading = "Server")]
    pub socket: Option<PathBuf>,

    /// Answers to compute in parallel; further requests wait
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SEQUENCES)),
          env = "DSCODER_SERVE_PARALLEL", hide_env_values = true, help_heading = "Server")]
    pub parallel: u32,

    /// Exit after SECONDS without a request
    #[arg(long, value_name = "SECONDS", value_parser = parse::seconds, allow_negative_numbers = true, env = "DSCODER_SERVE_IDLE",
          hide_env_values = true, help_heading = "Server")]
    pub idle: Option<Duration>,

    /// Time in which the first token in a gap should come, in milliseconds; 0 for none
    ///
    /// If there is no time for the whole prompt, the text nearest to the cursor is evaluated, and the rest as soon as nothing else
    /// is to be done. Requests can name another time in t_max_prompt_ms.
    #[arg(
        long,
        value_name = "MS",
        default_value_t = 500,
        env = "DSCODER_SERVE_MAX_PROMPT_MS",
        hide_env_values = true,
        help_heading = "Server"
    )]
    pub max_prompt_ms: u64,

    /// Require one of the keys in this file, one per line
    #[arg(long, value_name = "FILE", value_parser = parse::PathValue, env = "DSCODER_SERVE_API_KEY_FILE", hide_env_values = true,
          help_heading = "Server")]
    pub api_key_file: Option<PathBuf>,

    /// Accept requests for this host name too (repeatable)
    #[arg(
        long,
        value_name = "NAME",
        env = "DSCODER_SERVE_ALLOW_HOST",
        hide_env_values = true,
        hide_short_help = true,
        help_heading = "Server"
    )]
    pub allow_host: Vec<String>,

    /// Accept requests of web pages from this origin (repeatable)
    #[arg(
        long,
        value_name = "ORIGIN",
        env = "DSCODER_SERVE_ALLOW_ORIGIN",
        hide_env_values = true,
        hide_short_help = true,
        help_heading = "Server"
    )]
    pub allow_origin: Vec<String>,

    /// Append a line for each request to FILE, or to stderr if it is -
    ///
    /// It has counts of tokens and times, and neither prompts nor answers. SIGHUP opens the file again, and does not end the
    /// server then.
    #[arg(long, value_name = "FILE", value_parser = parse::PathValue, env = "DSCODER_SERVE_LOG", hide_env_values = true,
          hide_short_help = true, help_heading = "Server")]
    pub log: Option<PathBuf>,

    /// Answer GET /metrics with counters for Prometheus
    #[arg(long, env = "DSCODER_SERVE_METRICS", hide_env_values = true, value_parser = FalseyValueParser::new(),
          hide_short_help = true, help_heading = "Server")]
    pub metrics: bool,

    /// The model.
    #[command(flatten)]
    pub model: ModelFlags,

    /// How the model runs.
    #[command(flatten)]
    pub engine: EngineFlags,

    /// Which evaluated prompts are kept.
    #[command(flatten)]
    pub cache: CacheFlags,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// The subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show the resident engine of this user: its model, what it does, since when
    ///
    /// The exit code is 1 if none is running.
    #[command(after_help = "Examples:\n  dscoder serve status\n  dscoder serve status --json | jq .process")]
    Status {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// End the resident engine of this user, once it has answered what it is answering
    #[command(after_help = "Examples:\n  dscoder serve stop")]
    Stop,
}

/// Runs it.
///
/// # Errors
/// [`Kind::Usage`] for an address that needs a key, [`Kind::CantCreate`] if a socket cannot be made; errors from the model.
pub fn run(args: &Args, term: &Term, cancel: &Cancel) -> Result<()> {
    let socket = args.socket.clone().unwrap_or_else(places::socket);
    match args.command {
        Some(Command::Status { json }) => status(&socket, json),
        Some(Command::Stop) => stop(&socket, term),
        None => serve(args, &socket, term, cancel),
    }
}

/// Shows the resident engine.
fn status(socket: &Path, json: bool) -> Result<()> {
    let none = || Error::new(Kind::Nothing, "no resident engine is running", "").hint("`dscoder serve` starts one");
    let about = resident::about(socket, PATIENCE).ok_or_else(none)?;
    if json {
        let mut json = serde_json::json!(about);
        // Ids are for other processes of dscoder.
        json.as_object_mut().and_then(|fields| fields.remove("controls"));
        return term::write::print(&format!("{json}\n")).map(drop);
    }
    let rows = [
        ("model", about.model.display().to_string()),
        ("process", format!("{}, for {} s", about.process, about.seconds)),
        ("answers", format!("{} so far, {} in progress, {} waiting", about.answered, about.live, about.waiting)),
        ("room", format!("{} answers at once, {} tokens each", about.parallel, about.capacity)),
        ("socket", socket.display().to_string()),
    ];
    let rows: Vec<_> = rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    term::write::print(&table(&rows)).map(drop)
}

/// Ends the resident engine.
fn stop(socket: &Path, term: &Term) -> Result<()> {
    let Some(about) = resident::about(socket, PATIENCE) else {
        term.note("no resident engine is running");
        return Ok(());
    };
    let asked: std::io::Result<serde_json::Value> = resident::ask(socket, resident::STOP, Some("{}"), PATIENCE);
    asked.map_err(|error| Error::new(Kind::Engine, "the resident engine does not answer", reason(&error)))?;
    let end = Instant::now() + DRAIN;
    // Not by asking the socket: a service manager would start the next server for that.
    while Instant::now() < end && is_running(about.process) {
        thread::sleep(Duration::from_millis(10));
    }
    term.note(&format!("ended process {}", about.process));
    Ok(())
}

/// Whether this process runs. One that has ended may be listed until its parent has asked for its exit code.
fn is_running(process: u32) -> bool {
    let id = Pid::from_u32(process);
    let mut system = System::new();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[id]), true, ProcessRefreshKind::nothing());
    system.process(id).is_some_and(|process| process.status() != ProcessStatus::Zombie)
}

/// Serves.
fn serve(args: &Args, socket: &Path, term: &Term, cancel: &Cancel) -> Result<()> {
    let settings = args.engine.settings(&args.model, &args.console);
    let keys = args.api_key_file.as_deref().map(keys).transpose()?.unwrap_or_default();
    // The log and the sockets first: a port that is taken should not cost the time to load a model.
    let log = args.log.as_deref().map(|path| Log::open(path, args.console.quiet)).transpose()?;
    if let Some(log) = log.clone().filter(Log::is_file) {
        cancel.on_hangup(move || log.reopen());
    }
    let has_keys = !keys.is_empty();
    #[cfg(unix)]
    let passed = serve::activation::take()?;
    #[cfg(unix)]
    let (listeners, shown, _held) = if passed.listeners.is_empty() {
        let (listeners, shown, held) = open(args, socket, has_keys)?;
        (listeners, shown, (Some(held), Vec::new()))
    } else {
        passed.addresses.iter().try_for_each(|&address| check(address, has_keys))?;
        if !args.listen.is_empty() || args.socket.is_some() {
            term.note("the service manager has opened the sockets: --listen and --socket open no others");
        }
        (passed.listeners, passed.shown, (None, passed.locks))
    };
    #[cfg(not(unix))]
    let (listeners, shown, _held) = open(args, socket, has_keys)?;
    let source = run::model::open(&settings, Flavour::Base, term)?;
    let job = job(args, &settings, &source, term)?;
    let name = shards::whole_name(source.name()).trim_end_matches(".gguf").to_owned();
    let path = source.path().unwrap_or(Path::new("")).to_owned();
    let reading = |error: io::Error| Error::reading(&path, &error);
    let print = fingerprint(&path, &settings.adapters).map_err(reading)?.to_string();
    let files =
        shards::paths(&path).iter().map(|path| Stamped::open(path)).collect::<io::Result<_>>().map_err(reading)?;
    let identity = Identity { path, files, fingerprint: print, gpu_layers: settings.gpu_layers.to_string() };
    let setup = Setup {
        identity,
        source: Arc::new(source),
        job,
        guard: Guard { keys, hosts: args.allow_host.clone(), origins: args.allow_origin.clone() },
        name: name.clone(),
        idle: args.idle,
        cache: args.cache.settings(),
        prompt_limit: Some(Duration::from_millis(args.max_prompt_ms)).filter(|limit| !limit.is_zero()),
        has_metrics: args.metrics,
        log,
    };
    cancel.set_grace(DRAIN);
    let ended = serve::run(setup, listeners, cancel, || {
        let (count, tokens) = (job.sequences, job.tokens);
        term.note(&format!("{name} listens on {}: {count} answers at once, {tokens} tokens each", shown.join(" and ")));
    })?;
    term.note(match ended {
        Ending::Asked => "ended",
        Ending::Idle => "ended, as nothing was asked",
    });
    Ok(())
}

/// Opens what is to be listened on; returns also what is shown of it, and what holds the socket.
fn open(args: &Args, socket: &Path, has_keys: bool) -> Result<(Vec<Listener>, Vec<String>, serve::socket::Socket)> {
    let (mut listeners, mut shown) = listen(&args.listen, has_keys)?;
    let (held, listener) = serve::socket::Socket::listen(socket)?;
    shown.push(socket.display().to_string());
    listeners.push(Listener::Own(listener));
    Ok((listeners, shown, held))
}

/// Listens on these addresses; returns the sockets, and their addresses for people.
fn listen(addresses: &[SocketAddr], has_keys: bool) -> Result<(Vec<Listener>, Vec<String>)> {
    addresses.iter().try_for_each(|&address| check(address, has_keys))?;
    let one = |address: &SocketAddr| {
        let listener = TcpListener::bind(address)
            .map_err(|error| Error::new(Kind::CantCreate, format!("cannot listen on {address}"), reason(&error)))?;
        let bound = listener.local_addr().map_or(*address, |bound| bound);
        Ok((Listener::Tcp(listener), format!("http://{bound}")))
    };
    addresses.iter().map(one).collect()
}

/// Refuses an address that others can reach, unless they are asked for a key.
fn check(address: SocketAddr, has_keys: bool) -> Result<()> {
    if has_keys || address.ip().is_loopback() {
        return Ok(());
    }
    let why = "other machines can reach it, and nothing asks them for a key";
    Err(Error::new(Kind::Usage, format!("cannot listen on {address}"), why)
        .hint("give a file of keys with --api-key-file, or listen on 127.0.0.1"))
}

/// The engine's job: as much context as was asked for or fits, for as many answers.
fn job(args: &Args, settings: &EngineSettings, source: &Source, term: &Term) -> Result<Job> {
    let limit = settings.context(source.context())?;
    let is_chosen = settings.context != crate::settings::ContextSize::Auto;
    let mut tokens = if is_chosen { limit } else { limit.min(CONTEXT) };
    let mut parallel = args.parallel;
    if let Some(model) = source.model().filter(|_| !settings.force) {
        let fits = |tokens: u32, parallel: u32| {
            memory::check(model, tokens.saturating_mul(parallel), store::memories()) == Verdict::Fits
        };
        while !is_chosen && tokens > SMALL_CONTEXT && !fits(tokens, parallel) {
            tokens = (tokens / 2).max(SMALL_CONTEXT);
        }
        while parallel > 1 && !fits(tokens, parallel) {
            parallel -= 1;
        }
        if parallel < args.parallel {
            term.note(&format!("memory is enough for {parallel} answers at once"));
        }
    }
    run::model::fits(source, tokens.saturating_mul(parallel), settings.force, term)?;
    let job = Job { sequences: parallel, resident: true, ..settings.job(Sampling::GREEDY, tokens, BATCH as u32) };
    Ok(run::model::in_way(source, &job, term))
}

/// The keys in a file.
fn keys(path: &Path) -> Result<Vec<String>> {
    let about = fs::metadata(path).map_err(|error| Error::reading(path, &error))?;
    let refuse = |why: &str| Error::new(Kind::Data, format!("cannot use {}", path.display()), why);
    if about.len() > MAX_KEYS {
        return Err(refuse("it is too long for a file of keys"));
    }
    let text = fs::read_to_string(path).map_err(|error| Error::reading(path, &error))?;
    let keys: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if keys.is_empty() {
        return Err(refuse("it has no key"));
    }
    Ok(keys)
}
