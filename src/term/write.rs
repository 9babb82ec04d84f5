//! Writes to stdout and stderr, made safe for terminals.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cancel::Sink;
use crate::error::{Error, Kind, Result, reason};

/// Set if stdout was closed when the program began: what is written there would be lost without an error.
static IS_CLOSED: AtomicBool = AtomicBool::new(false);

/// From now on, writing to stdout is an error.
pub fn close_stdout() {
    IS_CLOSED.store(true, Ordering::Relaxed);
}

/// Fails if stdout was closed from the start.
///
/// # Errors
/// [`Kind::Io`] then.
pub fn check_stdout() -> Result<()> {
    if IS_CLOSED.load(Ordering::Relaxed) {
        return Err(Error::new(Kind::Io, "cannot write to stdout", "it is closed")
            .hint("to discard the output, use > /dev/null"));
    }
    Ok(())
}

/// Writes requested text, such as a list, to stdout; on a terminal, control characters are shown.
///
/// # Errors
/// As [`crate::term::Term::answer`].
pub fn print(text: &str) -> Result<Sink> {
    if io::stdout().is_terminal() {
        return stdout(visible(&text.replace("\r\n", "\n")).as_bytes());
    }
    stdout(text.as_bytes())
}

/// Writes text of the program itself to stdout unchanged, with its colours.
///
/// # Errors
/// As [`crate::term::Term::answer`].
pub fn print_coloured(text: &str) -> Result<Sink> {
    stdout(text.as_bytes())
}

/// Writes a line to stderr. If that is not possible, there is nowhere to say so.
pub fn say(text: &str) {
    let shown: String = text.lines().map(|line| visible(line) + "\n").collect();
    let _ = io::stderr().lock().write_all(shown.as_bytes());
}

/// Writes these texts to stderr without formatting, for processors that lack instructions of this build.
pub fn plainly(parts: &[&str]) {
    for part in parts {
        let _ = io::stderr().write_all(part.as_bytes());
    }
}

/// Writes to stdout at once.
///
/// # Errors
/// As [`crate::term::Term::answer`].
pub fn stdout(bytes: &[u8]) -> Result<Sink> {
    if bytes.is_empty() {
        return Ok(Sink::Open);
    }
    check_stdout()?;
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(Sink::Open),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Sink::Closed),
        Err(error) => Err(Error::new(Kind::Io, "cannot write to stdout", reason(&error))),
    }
}

/// Escapes control characters, except tabs and line ends.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' | '\n' => out.push(character),
            // The second group changes the direction of text, which can make code look like other code.
            _ if character.is_control() || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}') => {
                out.extend(character.escape_default());
            }
            _ => out.push(character),
        }
    }
    out
}
