//! Finding a resident engine for a command, and starting one.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::resident::{About, CONTACT, Open, Resident, about};
use crate::environment;
use crate::model::digest::fingerprint;
use crate::model::shards;
use crate::model::store::Found;
use crate::places;
use crate::settings::{EngineSettings, ResidentMode};
use crate::term::Term;

/// How long a resident engine that was started lives without a request.
const IDLE: &str = "600";
/// How long it may take to load its model. Then the command uses an engine of its own.
const LOADING: Duration = Duration::from_secs(20);
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
    if settings.resident == ResidentMode::Never || settings.speculate || settings.verbose {
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
    let is_same_model = || fingerprint(&shards::paths(model)).is_ok_and(|own| own.to_string() == about.fingerprint);
    about.gpu_layers == settings.gpu_layers.to_string() && is_same_model()
}

/// Starts a resident engine in the background, and waits until it listens.
fn start(settings: &EngineSettings, found: &Found, term: &Term) -> Option<About> {
    let model = match found {
        Found::File(path) => path.display().to_string(),
        Found::Script(path) => format!("script:{}", path.display()),
    };
    let mut command = Command::new(environment::program().ok()?);
    command.args(["serve", "-q", "--idle", IDLE, "-m", &model, "--gpu-layers", &settings.gpu_layers.to_string()]);
    // Where it is looked for below, whatever the settings say.
    command.arg("--socket").arg(places::socket());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C in this terminal is not for it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, NEW_PROCESS_GROUP | NO_WINDOW);
    let mut child = command.spawn().ok()?;
    term.note("starting a resident engine, which ends after ten minutes without a request");
    let end = Instant::now() + LOADING;
    while Instant::now() < end {
        if let Some(about) = about(&places::socket(), CONTACT) {
            return Some(about);
        }
        if child.try_wait().is_ok_and(|status| status.is_some()) {
            return None;
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}
