//! Runs programs of strangers.
//!
//! On Unix, a program has three ancestors between it and the scorer, all of them this binary again (`dscoder __sandbox`):
//! the [`keeper`](helper) enforces the limits and is out of the program's reach, the first process of the program's own
//! process namespace reaps what it leaves behind, and the last one gives up everything that the program must not have and
//! then becomes the program. What a system offers for that is tried once, in [`Sandbox::open`]. Nothing runs where the
//! file system or system calls cannot be restricted, unless the user says so.

#[cfg(unix)]
pub mod helper;
#[cfg(target_os = "linux")]
mod linux;
pub mod room;
#[cfg(unix)]
mod seatbelt;
#[cfg(unix)]
mod tree;

use std::io::Read;
use std::path::{Path, PathBuf};
#[cfg(not(unix))]
use std::process::Command;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cancel::Cancel;
use crate::environment;
use crate::error::{Error, Kind, Result, reason};

/// The first argument of the helper processes; the second is a task.
pub const COMMAND: &str = "__sandbox";

/// Bytes that are read of a program's stdout, and of its stderr.
const MAX_OUTPUT: u64 = 1 << 20;
/// How much later than its limit a helper ends a program at the latest, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the pipes may stay open after the end of a program.
const LEFTOVERS: Duration = Duration::from_secs(5);
/// How often signals are looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// Whether programs are shut in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// By what this system has; nothing runs without
    Auto,
    /// Not at all: only time, memory and output are limited
    None,
}

/// Which process of the chain a helper is.
#[cfg(unix)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Role {
    /// It enforces the limits.
    Keeper,
    /// It is the first process of a process namespace.
    First,
    /// It becomes the program.
    Last,
}

/// What a program must not use more of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Until all of it is ended.
    pub time: Duration,
    /// Whether the limit is on memory that is used, not on address space.
    pub may_reserve: bool,
    /// Bytes of memory, of each process and of all together.
    pub memory: u64,
    /// Bytes of a file.
    pub file: u64,
    /// Bytes and entries in the directory.
    pub room: (u64, usize),
    /// Processes and threads.
    pub threads: u64,
    /// Open files of a process.
    pub open_files: u64,
}

impl Limits {
    /// The limits of a program that may run for `time`.
    #[must_use]
    pub fn new(time: Duration) -> Limits {
        Limits {
            time,
            may_reserve: false,
            memory: 3 << 30,
            file: 64 << 20,
            room: (256 << 20, 4096),
            threads: 256,
            open_files: 256,
        }
    }
}

/// How a program is shut in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Walls {
    /// Whether files and system calls are restricted.
    restricted: bool,
    /// Whether it has its own processes, network and inter-process communication.
    namespaces: bool,
    /// The user that root becomes.
    user: Option<u32>,
    /// Whether that user may read what only root can, of the files that are not closed to it anyway.
    reads_all: bool,
}

/// A command to run, as the helpers get it.
#[cfg(unix)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Task {
    role: Role,
    walls: Walls,
    limits: Limits,
    job: Job,
}

/// A command to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The directory that it runs in, and may write to.
    pub directory: PathBuf,
    /// The program; `None` only tries the sandbox.
    pub program: Option<PathBuf>,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Its environment.
    pub variables: Vec<(String, String)>,
    /// What it may read besides the system's programs and libraries.
    pub readable: Vec<PathBuf>,
    /// Whether it is a compiler, which changes the modes of files.
    pub is_compiler: bool,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It exited with 0.
    Succeeded,
    /// It exited with another code, or a signal ended it.
    Failed,
    /// It took too long.
    TimedOut,
    /// It used too much memory, space, or too many processes.
    TooMuch,
    /// It wrote too much.
    TooMuchOutput,
}

impl End {
    /// The exit code by which the keeper says it.
    #[cfg(unix)]
    fn code(self) -> u8 {
        match self {
            End::Succeeded => 0,
            End::Failed => 1,
            End::TimedOut => 2,
            End::TooMuch => 3,
            End::TooMuchOutput => 4,
        }
    }

    fn from_code(code: Option<i32>) -> Option<End> {
        match code? {
            0 => Some(End::Succeeded),
            1 => Some(End::Failed),
            2 => Some(End::TimedOut),
            3 => Some(End::TooMuch),
            4 => Some(End::TooMuchOutput),
            _ => None,
        }
    }
}

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// How it ended.
    pub end: End,
    /// What it wrote to stdout.
    pub stdout: Vec<u8>,
    /// What it wrote to stderr.
    pub stderr: Vec<u8>,
    /// How long it took.
    pub time: Duration,
}

/// What shuts programs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sandbox {
    walls: Walls,
    /// In words.
    protections: Vec<String>,
}

impl Sandbox {
    /// Finds out what shuts programs in on this system.
    ///
    /// # Errors
    /// [`Kind::Engine`] if nothing does; errors from starting processes.
    pub fn open(mode: Mode, cancel: &Cancel) -> Result<Sandbox> {
        if mode == Mode::None {
            let walls = Walls { restricted: false, namespaces: false, user: None, reads_all: false };
            return Ok(Sandbox { walls, protections: Vec::new() });
        }
        let mut why = "it has none that dscoder knows".to_owned();
        for walls in candidates() {
            let tried = Sandbox { walls, protections: Vec::new() };
            match tried.attempt(cancel) {
                Ok(protections) => return Ok(Sandbox { protections, ..tried }),
                Err(error) if matches!(error.kind, Kind::Signal(_)) => return Err(error),
                Err(error) => why = error.why,
            }
        }
        Err(Error::new(Kind::Engine, "cannot shut programs in on this system", why)
            .hint("score on another machine, or in a virtual machine or container with --sandbox none"))
    }

    /// Tries it without a program. Returns what protects this machine, in words.
    fn attempt(&self, cancel: &Cancel) -> Result<Vec<String>> {
        let room = room::Room::new(self)?;
        let job = Job {
            directory: room.path().to_owned(),
            program: None,
            arguments: Vec::new(),
            variables: Vec::new(),
            readable: Vec::new(),
            is_compiler: false,
        };
        let ran = self.run(&job, Limits::new(PATIENCE), cancel)?;
        let said = String::from_utf8_lossy(&ran.stdout);
        if ran.end == End::Succeeded && said.ends_with('\n') {
            return Ok(said.lines().map(str::to_owned).collect());
        }
        let why = String::from_utf8_lossy(&ran.stderr).lines().next().unwrap_or("the helper process ended").to_owned();
        Err(Error::new(Kind::Engine, "cannot shut programs in", why))
    }

    /// What protects this machine, in words.
    #[must_use]
    pub fn protections(&self) -> &[String] {
        &self.protections
    }

    /// Whether programs are shut in.
    #[must_use]
    pub fn is_restricted(&self) -> bool {
        self.walls.restricted
    }

    /// The user that programs run as, if it is another one.
    #[must_use]
    pub fn user(&self) -> Option<u32> {
        self.walls.user
    }

    /// The same for one of several that run at the same time, so that none counts for another's limits.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Sandbox {
        #[cfg(unix)]
        let user = self.walls.user.map(|user| helper::numbered(user, number));
        #[cfg(not(unix))]
        let user = self.walls.user.filter(|_| number == 0);
        Sandbox { walls: Walls { user, ..self.walls }, ..self.clone() }
    }

    /// The same, but for programs that were installed for root alone.
    #[must_use]
    pub fn reading_all(&self) -> Sandbox {
        Sandbox { walls: Walls { reads_all: true, ..self.walls }, ..self.clone() }
    }

    /// Runs a command, whose children all end with it.
    ///
    /// # Errors
    /// [`Kind::Signal`] if `cancel` was set, [`Kind::Engine`] if the sandbox could not be made.
    pub fn run(&self, job: &Job, limits: Limits, cancel: &Cancel) -> Result<Ran> {
        let failed = |why: String| Error::new(Kind::Engine, "cannot run a program in the sandbox", why);
        let began = Instant::now();
        let mut child = self.start(job, limits).map_err(|error| failed(reason(&error)))?;
        // The keeper ends everything when this pipe is closed.
        let mut line = child.stdin.take();
        let (sender, receiver) = mpsc::channel();
        read(child.stdout.take(), Pipe::Stdout, sender.clone());
        read(child.stderr.take(), Pipe::Stderr, sender);
        let (mut stdout, mut stderr, mut end) = (Vec::new(), Vec::new(), None);
        let mut until = began + limits.time + if cfg!(unix) { PATIENCE } else { Duration::ZERO };
        let mut ended = None;
        loop {
            match receiver.recv_timeout(PAUSE) {
                Ok(Event::Full) => {
                    end = Some(End::TooMuchOutput);
                    stop(&mut child, &mut line);
                }
                Ok(Event::Whole(Pipe::Stdout, bytes)) => stdout = bytes,
                Ok(Event::Whole(Pipe::Stderr, bytes)) => stderr = bytes,
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) if cancel.is_set() => stop(&mut child, &mut line),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let now = Instant::now();
            if now > until {
                end = end.or(Some(End::TimedOut));
                let _ = child.kill();
                until = now + PATIENCE;
            }
            // Where children can get away, they may hold the pipes.
            if ended.is_none() && child.try_wait().is_ok_and(|status| status.is_some()) {
                ended = Some(now);
            }
            if ended.is_some_and(|ended| now > ended + LEFTOVERS) {
                break;
            }
        }
        let status = child.wait().map_err(|error| failed(reason(&error)))?;
        let time = began.elapsed();
        if let Some(cause) = cancel.cause() {
            return Err(Error::stopped(cause));
        }
        let code = if cfg!(unix) { status.code() } else { Some(i32::from(!status.success())) };
        let end = end.or_else(|| End::from_code(code)).ok_or_else(|| {
            let said = String::from_utf8_lossy(&stderr);
            failed(said.lines().next().unwrap_or("the helper process ended").to_owned())
        })?;
        Ok(Ran { end, stdout, stderr, time })
    }

    #[cfg(unix)]
    fn start(&self, job: &Job, limits: Limits) -> std::io::Result<Child> {
        let task = Task { role: Role::Keeper, walls: self.walls, limits, job: job.clone() };
        helper::command(&task)?.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
    }

    #[cfg(not(unix))]
    fn start(&self, job: &Job, _: Limits) -> std::io::Result<Child> {
        let program = job.program.as_deref().unwrap_or(Path::new(""));
        Command::new(program)
            .args(&job.arguments)
            .current_dir(&job.directory)
            .envs(job.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    }
}

/// Ends a program.
fn stop(child: &mut Child, line: &mut Option<std::process::ChildStdin>) {
    *line = None;
    if !cfg!(unix) {
        let _ = child.kill();
    }
}

/// Which pipe of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pipe {
    Stdout,
    Stderr,
}

/// What is read of a program.
enum Event {
    /// There is more than is read.
    Full,
    /// All of it.
    Whole(Pipe, Vec<u8>),
}

/// Reads a pipe in a thread.
fn read(pipe: Option<impl Read + Send + 'static>, which: Pipe, sender: mpsc::Sender<Event>) {
    let Some(mut pipe) = pipe else { return };
    // Nobody receives any more if a process that got away holds the pipe.
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.by_ref().take(MAX_OUTPUT).read_to_end(&mut bytes);
        if bytes.len() as u64 == MAX_OUTPUT && pipe.read(&mut [0]).is_ok_and(|count| count > 0) {
            let _ = sender.send(Event::Full);
            // Nobody blocks on the pipe until the program is ended.
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        let _ = sender.send(Event::Whole(which, bytes));
    });
}

/// What to try on this system, the best first.
fn candidates() -> Vec<Walls> {
    let walls = |namespaces, user| Walls { restricted: true, namespaces, user, reads_all: false };
    if cfg!(target_os = "linux") {
        #[cfg(unix)]
        let users = helper::users();
        #[cfg(not(unix))]
        let users = vec![None];
        users.iter().map(|&user| walls(true, user)).chain(users.iter().map(|&user| walls(false, user))).collect()
    } else if cfg!(target_os = "macos") {
        vec![walls(false, None)]
    } else {
        Vec::new()
    }
}

/// The environment of programs: nothing of the user's, and a home in `directory`.
#[must_use]
pub fn variables(directory: &Path) -> Vec<(String, String)> {
    let home = directory.display().to_string();
    let fixed = [
        ("LANG", "C.UTF-8"),
        ("LC_ALL", "C.UTF-8"),
        // Without it, numpy starts a thread for each processor, and these are counted.
        ("OPENBLAS_NUM_THREADS", "1"),
        ("OMP_NUM_THREADS", "1"),
    ];
    let mut variables: Vec<_> = fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let usual = if cfg!(windows) {
        environment::text("PATH").unwrap_or_default()
    } else {
        "/usr/local/bin:/usr/bin:/bin".to_owned()
    };
    variables.push(("PATH".to_owned(), usual));
    variables.extend(["HOME", "TMPDIR", "TMP", "TEMP"].map(|name| (name.to_owned(), home.clone())));
    if cfg!(windows) {
        variables.extend(environment::text("SystemRoot").map(|root| ("SystemRoot".to_owned(), root)));
    }
    variables
}
