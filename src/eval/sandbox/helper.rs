//! The processes between the scorer and a program; each is this binary with [`COMMAND`] as its first argument.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Resource, Rlimit, Signal};

use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::eval::sandbox::{COMMAND, End, Role, Task, room, tree};

/// The exit code of a helper that cannot do its work; its stderr says why.
const BROKEN: u8 = 120;
/// How often the keeper looks at what a program uses.
const PAUSE: Duration = Duration::from_millis(20);
/// A user that no system gives to anybody, for programs that root runs.
const PRIVATE_USER: u32 = 1_900_000_000;
/// Users for each process that scores.
const MAX_NUMBER: u32 = 512;
/// The user `nobody`, where a container has no such high numbers.
const NOBODY: u32 = 65_534;

/// The users that programs may run as, the best first.
pub fn users() -> Vec<Option<u32>> {
    if rustix::process::geteuid().is_root() {
        // Programs that are scored at the same time by another process count for another user.
        let own = PRIVATE_USER + std::process::id() % 262_144 * MAX_NUMBER;
        vec![Some(own), Some(NOBODY), None]
    } else {
        vec![None]
    }
}

/// The user of the sandbox with this number, if `user` is that of the first.
pub(super) fn numbered(user: u32, number: usize) -> u32 {
    let number = u32::try_from(number).unwrap_or(0) % MAX_NUMBER;
    if user >= PRIVATE_USER { user + number } else { user }
}

/// The command that starts a helper.
pub(super) fn command(task: &Task) -> io::Result<Command> {
    let mut command = Command::new(environment::running_program()?);
    command.arg0("dscoder").arg(COMMAND).arg(serde_json::to_string(task)?).env_clear();
    // Some builds need libraries that are found by it.
    if let Some(path) = environment::variable("LD_LIBRARY_PATH") {
        command.env("LD_LIBRARY_PATH", path);
    }
    Ok(command)
}

/// Runs as a helper, whose argument is a task. Returns the exit code, and what to print on stderr.
pub fn run(argument: &str) -> (u8, String) {
    let done = serde_json::from_str::<Task>(argument)
        .map_err(|error| Error::new(Kind::Usage, "not a task of the sandbox", error.to_string()))
        .and_then(|task| match task.role {
            Role::Keeper => keep(&task),
            Role::First => first(&task),
            Role::Last => last(&task),
        });
    match done {
        Ok(code) => (code, String::new()),
        Err(error) => (BROKEN, format!("{}: {}\n", error.what, error.why)),
    }
}

/// The error for a step that failed.
pub(super) fn failed(step: &str, error: impl Into<io::Error>) -> Error {
    Error::new(Kind::Engine, step, reason(&error.into()))
}

/// Enforces the limits. Ends everything when its stdin is closed, which the death of the scorer does too.
fn keep(task: &Task) -> Result<u8> {
    close_inherited()?;
    // Ctrl-C is for the scorer.
    rustix::process::setsid().map_err(|error| failed("cannot start a session", error))?;
    #[cfg(target_os = "linux")]
    {
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
            .map_err(|error| failed("cannot adopt orphans", error))?;
        if task.walls.namespaces {
            super::linux::separate()?;
        }
    }
    let role = if task.walls.namespaces { Role::First } else { Role::Last };
    let mut child = command(&Task { role, ..task.clone() })
        .and_then(|mut command| command.stdin(Stdio::null()).process_group(0).spawn())
        .map_err(|error| failed("cannot start a process", error))?;
    let began = Instant::now();
    let mut looked = began;
    let line = io::stdin();
    #[cfg(target_os = "linux")]
    let process = rustix::process::Pid::from_child(&child);
    #[cfg(target_os = "linux")]
    let process = rustix::process::pidfd_open(process, rustix::process::PidfdFlags::empty())
        .map_err(|error| failed("cannot watch a process", error))?;
    let end = loop {
        let left = task.limits.time.saturating_sub(began.elapsed());
        if left.is_zero() {
            break End::TimedOut;
        }
        let pause = if cfg!(target_os = "linux") { left.min(PAUSE) } else { left.min(PAUSE / 10) };
        let pause = Timespec { tv_sec: 0, tv_nsec: pause.subsec_nanos().into() };
        let mut watched = vec![PollFd::from_borrowed_fd(line.as_fd(), PollFlags::IN)];
        #[cfg(target_os = "linux")]
        watched.push(PollFd::from_borrowed_fd(process.as_fd(), PollFlags::IN));
        let _ = poll(&mut watched, Some(&pause));
        if !watched[0].revents().is_empty() {
            break End::Failed;
        }
        match child.try_wait() {
            Ok(Some(status)) if status.success() => break End::Succeeded,
            Ok(Some(status)) if status.code() == Some(BROKEN.into()) && task.job.program.is_none() => {
                return Ok(BROKEN);
            }
            Ok(Some(_)) | Err(_) => break End::Failed,
            Ok(None) => {}
        }
        if looked.elapsed() >= PAUSE {
            looked = Instant::now();
            let usage = tree::usage();
            let is_within = usage.memory <= task.limits.memory && usage.threads <= task.limits.threads;
            if !is_within || !room::fits(&task.job.directory, task.limits.room) {
                break End::TooMuch;
            }
        }
    };
    // The first process of a namespace takes all others with it.
    let _ = child.kill();
    end_all(&child);
    // What a program leaves behind counts too.
    let is_full = end == End::Succeeded && !room::fits(&task.job.directory, task.limits.room);
    Ok(if is_full { End::TooMuch } else { end }.code())
}

#[cfg(target_os = "linux")]
fn end_all(_: &std::process::Child) {
    tree::end_all();
}

/// Where orphans cannot be adopted, those that stayed in the program's group are ended.
#[cfg(not(target_os = "linux"))]
fn end_all(child: &std::process::Child) {
    let _ = rustix::process::kill_process_group(rustix::process::Pid::from_child(child), Signal::KILL);
}

/// Closes the files that the user's shell passed on.
fn close_inherited() -> Result<()> {
    let list = if cfg!(target_os = "linux") { "/proc/self/fd" } else { "/dev/fd" };
    let entries = std::fs::read_dir(list).map_err(|error| failed("cannot list open files", error))?;
    let open: Vec<i32> = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for file in open.into_iter().filter(|&file| file > 2) {
        // The list itself was one of them.
        let _ = nix::unistd::close(file);
    }
    Ok(())
}

/// The first process of a process namespace: all others end with it.
fn first(task: &Task) -> Result<u8> {
    end_with_parent()?;
    let child = command(&Task { role: Role::Last, ..task.clone() }).and_then(|mut command| command.spawn());
    let status = child.and_then(|mut child| child.wait()).map_err(|error| failed("cannot start a process", error))?;
    Ok(match status.code() {
        Some(code) => u8::try_from(code).unwrap_or(1),
        None => 1,
    })
}

fn end_with_parent() -> Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|error| failed("cannot end with the parent process", error))?;
    Ok(())
}

/// Gives up what the program must not have, and becomes it.
fn last(task: &Task) -> Result<u8> {
    let job = &task.job;
    limit(task)?;
    #[cfg(target_os = "linux")]
    let protections = super::linux::restrict(task)?;
    #[cfg(not(target_os = "linux"))]
    let protections = vec!["sandbox-exec".to_owned()];
    end_with_parent()?;
    let Some(program) = &job.program else {
        crate::term::write::print(&protections.iter().map(|one| format!("{one}\n")).collect::<String>())?;
        return Ok(0);
    };
    let mut command = enclosed(task, program);
    command.current_dir(&job.directory).env_clear().envs(job.variables.iter().map(|(name, value)| (name, value)));
    Err(failed(&format!("cannot run {}", program.display()), command.exec()))
}

/// The program, by way of the system's own sandbox where that is another program.
#[cfg(target_os = "macos")]
fn enclosed(task: &Task, program: &std::path::Path) -> Command {
    if !task.walls.restricted {
        let mut command = Command::new(program);
        command.args(&task.job.arguments);
        return command;
    }
    let readable: Vec<_> = task.job.readable.iter().map(std::path::PathBuf::as_path).collect();
    let mut command = Command::new(super::seatbelt::PROGRAM);
    command.arg("-p").arg(super::seatbelt::profile(&task.job.directory, &readable));
    command.arg(program).args(&task.job.arguments);
    command
}

#[cfg(not(target_os = "macos"))]
fn enclosed(task: &Task, program: &std::path::Path) -> Command {
    let mut command = Command::new(program);
    command.args(&task.job.arguments);
    command
}

/// Limits what each process may use.
fn limit(task: &Task) -> Result<()> {
    let limits = &task.limits;
    // A limit of a whole second: it is only for what the keeper cannot end.
    let mut all = vec![
        (Resource::Core, 0),
        (Resource::Cpu, limits.time.as_secs() + 2),
        (Resource::Fsize, limits.file),
        (Resource::Nofile, limits.open_files),
    ];
    // Reserved address space is no memory.
    all.push((if limits.may_reserve { Resource::Data } else { Resource::As }, limits.memory + (1 << 30)));
    // It counts all threads of the user, in a user namespace those there. For root it does not hold, and elsewhere than on
    // Linux it is not known how many there are.
    let user = rustix::process::geteuid();
    let is_alone = task.walls.user.is_some() || task.walls.namespaces && !user.is_root();
    if cfg!(target_os = "linux") {
        let others = if is_alone { 0 } else { tree::threads_of(user.as_raw()) };
        all.push((Resource::Nproc, limits.threads + others));
    }
    for (resource, value) in all {
        let current = rustix::process::getrlimit(resource);
        let value = current.maximum.map_or(value, |maximum| maximum.min(value));
        let wanted = Rlimit { current: Some(value), maximum: Some(value) };
        let done = rustix::process::setrlimit(resource, wanted);
        // Not every system has every limit.
        if cfg!(target_os = "linux") {
            done.map_err(|error| failed("cannot limit what a program uses", error))?;
        }
    }
    Ok(())
}
