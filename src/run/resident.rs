//! Finding a resident engine for a command, and starting one.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::resident::{self, About, CONTACT, Open, Resident, about};
use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::model::family::{Flavour, Infill};
use crate::model::fingerprint;
use crate::model::store::{self, Found};
use crate::places::{self, Places};
use crate::settings::{ContextSize, EngineSettings, ResidentMode};
use crate::term::Term;

/// How long a resident engine that was started lives without a request.
const IDLE: &str = "600";
/// How long it may take to load its model. Then the command uses an engine of its own.
const LOADING: Duration = Duration::from_secs(20);
/// The same for an editor, which has no engine of its own.
const LOADING_LONG: Duration = Duration::from_secs(180);
/// How long the first contact with it may take: a machine that is busy answers late, and one without it at once.
const MEETING: Duration = Duration::from_secs(1);
/// Its words if it fails are no longer than this.
const MAX_WORDS: u64 = 4096;
/// `CREATE_NEW_PROCESS_GROUP`
#[cfg(windows)]
const NEW_PROCESS_GROUP: u32 = 0x200;
/// `CREATE_NO_WINDOW`
#[cfg(windows)]
const NO_WINDOW: u32 = 0x0800_0000;

/// The resident engine that may answer for this process: it has the same model, and would compute the same. If it fails,
/// `open` opens the model here.
pub fn find(settings: &EngineSettings, found: &Found, open: Open, term: &Term) -> Option<Resident> {
    // Drafts are made here, and -v shows the log of an own engine.
    if settings.resident == ResidentMode::Never || settings.drafts() || settings.verbose {
        return None;
    }
    let socket = places::socket();
    let fits = |about: &About| is_same(about, settings, found.path());
    let running = about(&socket, CONTACT);
    let about = match running {
        Some(about) => fits(&about).then_some(about),
        None if settings.resident == ResidentMode::Start => start(settings, found, term).filter(|about| fits(about)),
        None => None,
    }?;
    Some(Resident::new(socket, about, open))
}

/// Whether it computes what an engine of this process would.
fn is_same(about: &About, settings: &EngineSettings, model: &Path) -> bool {
    let is_same_model = || fingerprint(model, &settings.adapters).is_ok_and(|own| own.to_string() == about.fingerprint);
    about.gpu_layers == settings.gpu_layers.to_string() && is_same_model()
}

/// Starts a resident engine in the background, and waits until it listens.
fn start(settings: &EngineSettings, found: &Found, term: &Term) -> Option<About> {
    let socket = places::socket();
    let mut command = server(settings, found, &socket).ok()?;
    command.stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    term.note("starting a resident engine, which ends after ten minutes without a request");
    wait(&mut child, &socket, LOADING, &|| true)
}

/// The command of a resident engine at `socket`.
fn server(settings: &EngineSettings, found: &Found, socket: &Path) -> io::Result<Command> {
    let model = match found {
        Found::File(path) => path.display().to_string(),
        Found::Script(path) => format!("script:{}", path.display()),
    };
    let mut command = Command::new(environment::program()?);
    command.args(["serve", "-q", "--idle", IDLE, "-m", &model, "--gpu-layers", &settings.gpu_layers.to_string()]);
    command.args(["--kernels", settings.weights.name()]);
    settings.adapters.iter().for_each(|adapter| {
        command.arg("--lora").arg(adapter.to_string());
    });
    // Where it is looked for, whatever the settings say.
    command.arg("--socket").arg(socket);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    // Ctrl-C in this terminal is not for it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, NEW_PROCESS_GROUP | NO_WINDOW);
    Ok(command)
}

/// Waits until a server listens at `socket`; `None` if it has ended, or is no longer wanted.
fn wait(child: &mut Child, socket: &Path, time: Duration, is_wanted: &dyn Fn() -> bool) -> Option<About> {
    let end = Instant::now() + time;
    while Instant::now() < end && is_wanted() {
        if let Some(about) = about(socket, CONTACT) {
            return Some(about);
        }
        if child.try_wait().is_ok_and(|status| status.is_some()) {
            return None;
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}

/// A resident engine that fills gaps for an editor, and its socket.
#[derive(Debug, Clone)]
pub struct Reached {
    /// Where it listens.
    pub socket: PathBuf,
    /// What it says about itself.
    pub about: About,
}

/// The resident engine with the model of `settings`, or with any model if they name none; it is started if there is none.
/// Next to one that listens at `socket` with another model, it listens at a socket of its own model.
///
/// # Errors
/// [`Kind::NoInput`] if there is no such model; why the engine does not start.
pub fn reach(settings: &EngineSettings, socket: &Path, is_wanted: &dyn Fn() -> bool) -> Result<Reached> {
    let reached = |socket: &Path, about| Ok(Reached { socket: socket.to_owned(), about });
    let running = resident::about(socket, MEETING);
    if settings.model.is_none()
        && settings.adapters.is_empty()
        && let Some(about) = running.clone().filter(|about| about.infill.is_none_or(|infill| infill == Infill::Trained))
    {
        return reached(socket, about);
    }
    let found = store::find(settings.model.as_deref(), Flavour::Base, store::memory(), &Places::of_user())?;
    let fits = |about: &About| is_same(about, settings, found.path());
    let mut socket = socket.to_owned();
    if let Some(about) = running {
        if fits(&about) {
            return reached(&socket, about);
        }
        let print = fingerprint(found.path(), &settings.adapters);
        let print = print.map_err(|error| Error::reading(found.path(), &error))?.to_string();
        socket.set_file_name(format!("serve-{}.sock", &print[..print.len().min(12)]));
        if let Some(about) = resident::about(&socket, MEETING).filter(fits) {
            return reached(&socket, about);
        }
    }
    let failed = |why: String| Error::new(Kind::Engine, "the resident engine does not start", why);
    let mut command = server(settings, &found, &socket).map_err(|error| failed(reason(&error)))?;
    if let ContextSize::Tokens(tokens) = settings.context {
        command.args(["--ctx-size", &tokens.to_string()]);
    }
    if let Some(threads) = settings.threads {
        command.args(["--threads", &threads.to_string()]);
    }
    if settings.force {
        command.arg("--force");
    }
    command.stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| failed(reason(&error)))?;
    if let Some(about) = wait(&mut child, &socket, LOADING_LONG, is_wanted) {
        return reached(&socket, about);
    }
    // Another one may have taken the socket meanwhile.
    if let Some(about) = resident::about(&socket, MEETING).filter(fits) {
        return reached(&socket, about);
    }
    if child.try_wait().is_ok_and(|status| status.is_none()) {
        return Err(failed(format!("it has not loaded its model in {} s", LOADING_LONG.as_secs())));
    }
    let mut words = String::new();
    if let Some(stderr) = child.stderr.take() {
        // What cannot be read is not said.
        let _ = stderr.take(MAX_WORDS).read_to_string(&mut words);
    }
    let words = words.trim().strip_prefix("error: ").unwrap_or(words.trim()).replace('\n', "; ");
    Err(failed(words))
}
