//! Output and signals: the answer goes to stdout, everything else to stderr.
//!
//! On a pipe or in a file, stdout carries exactly the bytes of the answer. On a terminal, characters are written whole,
//! and control characters of the answer are shown instead of obeyed: a model must not be able to retitle a window or
//! hide text.

pub mod markdown;
pub mod progress;
pub mod table;
pub mod write;

use std::io::{self, IsTerminal, Write};
#[cfg(unix)]
use std::sync::{Arc, OnceLock};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::cancel::{Cancel, Cause, Sink};
use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::secrets::redact;
use crate::term::markdown::Renderer;

/// How long an orderly exit after a signal may take. llama.cpp cannot be interrupted within a computation, and Ctrl-C
/// must work within a second.
const GRACE: Duration = Duration::from_millis(600);

/// How long one token may take once the time is up; 33B models on slow processors need seconds.
const PATIENCE: Duration = Duration::from_secs(10);

type Afterwards = Box<dyn FnOnce(&Term) + Send>;

/// stdout and stderr.
pub struct Term {
    /// When the program began.
    pub started: Instant,
    quiet: bool,
    verbose: bool,
    /// Set if stdout is a terminal.
    screen: Option<Screen>,
    // Behind a lock, since downloads use it from many threads.
    afterwards: Mutex<Vec<Afterwards>>,
}

/// Whether a stream may have colours: only on a terminal, and never with `NO_COLOR`, `CLICOLOR=0` or a dumb terminal.
#[must_use]
pub fn has_colours(is_terminal: bool) -> bool {
    is_terminal
        && environment::variable("NO_COLOR").is_none()
        && environment::variable("CLICOLOR").is_none_or(|value| value != "0")
        && environment::variable("TERM").is_some_and(|name| name != "dumb")
}

impl Term {
    /// Looks at stdout. `quiet` leaves only errors on stderr; `verbose` adds details.
    #[must_use]
    pub fn new(quiet: bool, verbose: bool) -> Term {
        let screen = io::stdout().is_terminal().then(Screen::default);
        Term { started: Instant::now(), quiet, verbose, screen, afterwards: Mutex::default() }
    }

    /// Writes a piece of the answer at once.
    ///
    /// # Errors
    /// [`Kind::Io`] if it cannot be written; a closed pipe is not an error but [`Sink::Closed`].
    pub fn answer(&mut self, piece: &[u8]) -> Result<Sink> {
        match &mut self.screen {
            None => write::stdout(piece),
            Some(screen) => write::stdout(&screen.push(piece)),
        }
    }

    /// Ends the answer: on a terminal, writes the pending rest and moves the cursor to a new line.
    ///
    /// # Errors
    /// As [`Term::answer`].
    pub fn end_answer(&mut self) -> Result<Sink> {
        match &mut self.screen {
            None => Ok(Sink::Open),
            Some(screen) => write::stdout(&screen.finish()),
        }
    }

    /// Separates this answer from the next: by a zero byte, or on a terminal by `title`.
    ///
    /// # Errors
    /// As [`Term::answer`].
    pub fn part(&mut self, title: &str, first: bool) -> Result<Sink> {
        match &self.screen {
            Some(_) => write::stdout(format!("--- {title}\n").as_bytes()),
            None if first => Ok(Sink::Open),
            None => write::stdout(b"\0"),
        }
    }

    /// Whether stdout is a terminal.
    #[must_use]
    pub fn is_screen(&self) -> bool {
        self.screen.is_some()
    }

    /// From now on, shows answers as Markdown if stdout is a terminal with colours.
    pub fn use_markdown(&mut self) {
        if let Some(screen) = &mut self.screen
            && has_colours(true)
        {
            screen.markdown = Some(Renderer::default());
        }
    }

    /// Copies a text to the terminal's clipboard (control sequence OSC 52).
    ///
    /// # Errors
    /// As [`Term::answer`].
    pub fn copy(&self, text: &str) -> Result<Sink> {
        write::stdout(format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(text)).as_bytes())
    }

    /// Defers work until all output is written.
    pub fn afterwards(&mut self, work: impl FnOnce(&Term) + Send + 'static) {
        self.afterwards.get_mut().unwrap_or_else(PoisonError::into_inner).push(Box::new(work));
    }

    /// Does the deferred work.
    pub fn finish(&mut self) {
        let works = std::mem::take(self.afterwards.get_mut().unwrap_or_else(PoisonError::into_inner));
        for work in works {
            work(self);
        }
    }

    /// Something the user should know.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            write::say(&redact(&format!("note: {text}")));
        }
    }

    /// A progress display for the file called `name`.
    #[must_use]
    pub fn progress(&self, name: &str) -> progress::Progress {
        progress::Progress::new(name, self.quiet, io::stderr().is_terminal())
    }

    /// A progress display for work of `steps` steps.
    #[must_use]
    pub fn steps(&self, steps: usize) -> progress::Steps {
        progress::Steps::new(steps, self.quiet, io::stderr().is_terminal())
    }

    /// A progress display for a batch whose input has `size` bytes, if known. None if the output lines are on the
    /// terminal.
    #[must_use]
    pub fn lines(&self, size: Option<u64>) -> progress::LineProgress {
        progress::LineProgress::new(size, !self.quiet && io::stderr().is_terminal() && self.screen.is_none())
    }

    /// Something that the user asked for, such as `--stats`.
    pub fn report(&self, text: &str) {
        write::say(text);
    }

    /// A detail for `--verbose`.
    pub fn detail(&self, text: &str) {
        if self.verbose {
            write::say(&redact(text));
        }
    }
}

/// Asks a yes-or-no question. `None` without a terminal.
#[must_use]
pub fn ask(question: &str) -> Option<bool> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return None;
    }
    let _ = write!(io::stderr().lock(), "{} [y/N] ", write::visible(question));
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).ok()?;
    Some(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

/// The state of an answer on a terminal.
#[derive(Debug, Default)]
struct Screen {
    /// The first bytes of an incomplete character.
    held: Vec<u8>,
    /// Whether the cursor is after text on its line.
    in_line: bool,
    /// Set if the answer is Markdown.
    markdown: Option<Renderer>,
}

impl Screen {
    fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        self.held.extend(piece);
        let bytes = std::mem::take(&mut self.held);
        let mut out = String::new();
        let mut rest = bytes.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    out += text;
                    break;
                }
                Err(error) => {
                    let (text, behind) = rest.split_at(error.valid_up_to());
                    out += &String::from_utf8_lossy(text);
                    let Some(wrong) = error.error_len() else {
                        self.held = behind.to_vec();
                        break;
                    };
                    out.push(char::REPLACEMENT_CHARACTER);
                    rest = &behind[wrong..];
                }
            }
        }
        self.show(&out.replace("\r\n", "\n"))
    }

    fn finish(&mut self) -> Vec<u8> {
        let held = String::from_utf8_lossy(&std::mem::take(&mut self.held)).into_owned();
        let mut out = self.show(&held);
        out.extend(self.markdown.as_mut().map(Renderer::finish).unwrap_or_default().into_bytes());
        if std::mem::take(&mut self.in_line) {
            out.push(b'\n');
        }
        out
    }

    fn show(&mut self, text: &str) -> Vec<u8> {
        if let Some(last) = text.chars().next_back() {
            self.in_line = last != '\n';
        }
        let text = write::visible(text);
        match &mut self.markdown {
            None => text.into_bytes(),
            Some(renderer) => renderer.push(&text).into_bytes(),
        }
    }
}

/// Makes Ctrl-C, SIGTERM and SIGHUP set `cancel`. If the process has not ended shortly after, or on a second signal, it
/// ends at once with the signal's exit code. On Windows, Ctrl-C, Ctrl-Break and a closed window are all Ctrl-C.
///
/// # Errors
/// [`Kind::Io`] if the system refuses the handlers.
pub fn watch_signals(cancel: &Cancel) -> Result<()> {
    let cancel = cancel.clone();
    let react = move |number: u8| {
        if number == INTERRUPT && cancel.outlives_interrupts() {
            cancel.set(Cause::Signal(number));
            return;
        }
        if number == HANGUP && cancel.hang_up() {
            return;
        }
        let code = Kind::Signal(number).exit_code();
        if cancel.is_set() {
            leave(code);
        }
        cancel.set(Cause::Signal(number));
        let grace = cancel.grace().unwrap_or(GRACE);
        thread::spawn(move || {
            thread::sleep(grace);
            leave(code);
        });
    };
    listen(react).map_err(|error| Error::new(Kind::Io, "cannot listen for signals", reason(&error)))
}

/// The numbers of SIGHUP and SIGINT.
const HANGUP: u8 = 1;
const INTERRUPT: u8 = 2;

/// The terminal's modes at program start.
#[cfg(unix)]
static MODES: OnceLock<Option<rustix::termios::Termios>> = OnceLock::new();

/// Restores the terminal's modes of program start.
#[cfg(unix)]
fn restore_modes() {
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
    let stdin = rustix::stdio::stdin();
    // Leave unchanged modes alone: a background process is stopped when it sets them.
    if let (Some(Some(modes)), Ok(now)) = (MODES.get(), tcgetattr(stdin))
        && now.local_modes != modes.local_modes
    {
        let _ = tcsetattr(stdin, OptionalActions::Now, modes);
    }
}

#[cfg(unix)]
fn listen(react: impl Fn(u8) + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    // The line editor of chat changes the modes, and a signal may end the process meanwhile.
    MODES.get_or_init(|| rustix::termios::tcgetattr(rustix::stdio::stdin()).ok());
    // With a handler, exceeding a file size limit (ulimit -f) is a write error instead of the end of the process.
    signal_hook::flag::register(SIGXFSZ, Arc::default())?;
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let watch = move || signals.forever().for_each(|signal| react(u8::try_from(signal).unwrap_or(0)));
    thread::Builder::new().name("signals".into()).spawn(watch).map(drop)
}

#[cfg(not(unix))]
fn listen(react: impl Fn(u8) + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(move || react(INTERRUPT)).map_err(io::Error::other)
}

/// Ends the process at once, whatever llama.cpp is doing.
fn leave(code: u8) -> ! {
    #[cfg(unix)]
    restore_modes();
    // Not std's exit: it runs C++ destructors while other threads still compute.
    #[cfg(unix)]
    signal_hook::low_level::exit(i32::from(code));
    #[cfg(not(unix))]
    #[allow(clippy::exit)]
    std::process::exit(i32::from(code));
}

/// Sets `cancel` at `deadline`. If the process has not ended shortly after, it ends at once with the exit code of a
/// timeout. If `patient` and part of an answer may not be written yet, it waits for the next token first.
///
/// # Errors
/// [`Kind::Io`] if the system refuses a thread.
pub fn watch_deadline(cancel: &Cancel, deadline: Instant, patient: bool) -> Result<()> {
    let cancel = cancel.clone();
    let watch = move || {
        thread::sleep(deadline.saturating_duration_since(Instant::now()));
        if cancel.is_done() {
            return;
        }
        cancel.set(Cause::Deadline);
        thread::sleep(GRACE);
        if patient && cancel.is_answering() {
            thread::sleep(PATIENCE);
        }
        if cancel.is_done() {
            return;
        }
        let error = Error::stopped(Cause::Deadline);
        write::say(&error.to_string());
        leave(error.kind.exit_code());
    };
    let started = thread::Builder::new().name("deadline".into()).spawn(watch);
    started.map(drop).map_err(|error| Error::new(Kind::Io, "cannot watch the time", reason(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[&[u8]]) -> Vec<String> {
        let mut screen = Screen::default();
        let mut out: Vec<_> = pieces.iter().map(|piece| screen.push(piece)).collect();
        out.push(screen.finish());
        out.into_iter().map(|bytes| String::from_utf8(bytes).expect("text")).collect()
    }

    #[test]
    fn characters_come_whole() {
        assert_eq!(shown(&[b"a\xC3", b"\xA9b\n"]), ["a", "éb\n", ""]);
        assert_eq!(shown(&[b"\xE2\x82", b"x"]), ["", "\u{FFFD}x", "\n"]);
        assert_eq!(shown(&[b"x\xE2\x82"]), ["x", "\u{FFFD}\n"]);
        assert_eq!(shown(&[b"\xFF\xFEx\n"]), ["\u{FFFD}\u{FFFD}x\n", ""]);
    }

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(shown(&[b"\x1b[2J\x07\t\r\n"]), ["\\u{1b}[2J\\u{7}\t\n", ""]);
        assert_eq!(shown(&["a\u{202e}b\u{9b}".as_bytes()]), ["a\\u{202e}b\\u{9b}", "\n"]);
    }

    #[test]
    fn the_cursor_ends_on_a_new_line() {
        assert_eq!(shown(&[]), [""]);
        assert_eq!(shown(&[b"a\n"]), ["a\n", ""]);
        assert_eq!(shown(&[b"a"]), ["a", "\n"]);
    }
}
