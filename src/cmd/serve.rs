//! `dscoder serve`: keeps a model in memory and answers over sockets.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::cancel::Cancel;
use crate::engine::parallel::BATCH;
use crate::engine::resident;
use crate::engine::source::Source;
use crate::engine::{Job, MAX_SEQUENCES, Sampling};
use crate::error::{Error, Kind, Result, reason};
use crate::model::digest::fingerprint;
use crate::model::family::Flavour;
use crate::model::memory::{self, Verdict};
use crate::model::{shards, store};
use crate::places;
use crate::run;
use crate::serve::engine::Ending;
use crate::serve::guard::Guard;
use crate::serve::service::Identity;
use crate::serve::{self, Listener, Setup};
use crate::settings::flags::{ConsoleFlags, EngineFlags, ModelFlags};
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
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Server")]
    pub listen: Vec<SocketAddr>,

    /// Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory
    #[arg(long, value_name = "PATH", help_heading = "Server")]
    pub socket: Option<PathBuf>,

    /// Answers to compute in parallel; further requests wait
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SEQUENCES)),
          help_heading = "Server")]
    pub parallel: u32,

    /// Exit after SECONDS without a request
    #[arg(long, value_name = "SECONDS", value_parser = parse::seconds, allow_negative_numbers = true, help_heading = "Server")]
    pub idle: Option<Duration>,

    /// Require one of the keys in this file, one per line
    #[arg(long, value_name = "FILE", help_heading = "Server")]
    pub api_key_file: Option<PathBuf>,

    /// Accept requests for this host name too (repeatable)
    #[arg(long, value_name = "NAME", hide_short_help = true, help_heading = "Server")]
    pub allow_host: Vec<String>,

    /// Accept requests of web pages from this origin (repeatable)
    #[arg(long, value_name = "ORIGIN", hide_short_help = true, help_heading = "Server")]
    pub allow_origin: Vec<String>,

    /// The model.
    #[command(flatten)]
    pub model: ModelFlags,

    /// How the model runs.
    #[command(flatten)]
    pub engine: EngineFlags,

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
        return term::write::print(&format!("{}\n", serde_json::json!(about))).map(drop);
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
    while Instant::now() < end && resident::about(socket, PATIENCE).is_some_and(|still| still.process == about.process)
    {
        thread::sleep(Duration::from_millis(10));
    }
    term.note(&format!("ended process {}", about.process));
    Ok(())
}

/// Serves.
fn serve(args: &Args, socket: &Path, term: &Term, cancel: &Cancel) -> Result<()> {
    let settings = args.engine.settings(&args.model, &args.console);
    let keys = args.api_key_file.as_deref().map(keys).transpose()?.unwrap_or_default();
    if let Some(open) = args.listen.iter().find(|address| !address.ip().is_loopback()).filter(|_| keys.is_empty()) {
        let why = "other machines can reach it, and nothing asks them for a key";
        return Err(Error::new(Kind::Usage, format!("cannot listen on {open}"), why)
            .hint("give a file of keys with --api-key-file, or listen on 127.0.0.1"));
    }
    // Sockets first: a port that is taken should not cost the time to load a model.
    let mut listeners = Vec::new();
    let mut shown = Vec::new();
    for address in &args.listen {
        let listener = TcpListener::bind(address)
            .map_err(|error| Error::new(Kind::CantCreate, format!("cannot listen on {address}"), reason(&error)))?;
        let bound = listener.local_addr().map_or(*address, |bound| bound);
        shown.push(format!("http://{bound}"));
        listeners.push(Listener::Tcp(listener));
    }
    let (_socket, listener) = serve::socket::Socket::listen(socket)?;
    shown.push(socket.display().to_string());
    listeners.push(Listener::Own(listener));
    let source = run::model::open(&settings, Flavour::Base, term)?;
    let job = job(args, &settings, &source, term)?;
    let name = shards::whole_name(source.name()).trim_end_matches(".gguf").to_owned();
    let path = source.path().unwrap_or(Path::new("")).to_owned();
    let print = fingerprint(&shards::paths(&path)).map_err(|error| Error::reading(&path, &error))?;
    let identity = Identity { path, fingerprint: print.to_string(), gpu_layers: settings.gpu_layers.to_string() };
    let setup = Setup {
        identity,
        source: Arc::new(source),
        job,
        guard: Guard { keys, hosts: args.allow_host.clone(), origins: args.allow_origin.clone() },
        name: name.clone(),
        idle: args.idle,
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
    Ok(Job { sequences: parallel, ..settings.job(Sampling::GREEDY, tokens, BATCH as u32) })
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
