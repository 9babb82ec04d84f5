//! Errors: their text on stderr and their exit codes.
//!
//! An error has up to three parts: what failed, why, and a hint at what to do. The codes follow `sysexits.h` where one
//! fits.

use std::fmt;
use std::io;
use std::path::Path;

use crate::cancel::Cause;
use crate::secrets::redact;

/// The result of everything that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// The kind of a failure; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The answer does not contain what was asked for.
    Nothing,
    /// Wrong flags, or flags that contradict each other.
    Usage,
    /// Input that cannot be used: a model file or a text.
    Data,
    /// A model or an input file that does not exist.
    NoInput,
    /// The network, or a server on it, did not give what was asked for.
    Network,
    /// llama.cpp could not load the model, or failed while computing.
    Engine,
    /// A file that cannot be created.
    CantCreate,
    /// Reading or writing failed.
    Io,
    /// A server is busy and says when to try again.
    TryLater,
    /// A server refuses access.
    NoPermission,
    /// The prompt does not fit into the context.
    TooLong,
    /// The time limit of `--timeout` was reached.
    Deadline,
    /// A signal asked the process to stop; its number (2 is Ctrl-C).
    Signal(u8),
}

/// The exit codes and what they mean, for man pages and `dscoder help exit-codes`.
pub const EXIT_CODES: [(&str, &str); 14] = [
    ("0", "done; also when the reader closed the pipe"),
    (
        "1",
        "the answer does not contain what was asked for, such as a code block; or a reference answer fails (`eval --gold`)",
    ),
    ("2", "wrong usage or settings"),
    ("65", "bad input: a model file or a text that cannot be used, or lines of a batch that failed"),
    ("66", "a model or an input file is missing, here or on the hub"),
    ("69", "the network failed"),
    ("70", "the engine or the server failed, or the model does not fit into memory"),
    ("73", "a file cannot be created"),
    ("74", "reading or writing failed, or the disk is full"),
    ("75", "a server is busy: try again later"),
    ("77", "no permission: a gated model, or a token or key is missing"),
    ("78", "the prompt does not fit"),
    ("124", "the time limit of `--timeout` was reached"),
    ("129, 130, 143", "ended by SIGHUP, Ctrl-C, SIGTERM"),
];

impl Kind {
    /// The exit code; [`EXIT_CODES`] says what it means.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Nothing => 1,
            Kind::Usage => 2,
            Kind::Data => 65,
            Kind::NoInput => 66,
            Kind::Network => 69,
            Kind::Engine => 70,
            Kind::CantCreate => 73,
            Kind::Io => 74,
            Kind::TryLater => 75,
            Kind::NoPermission => 77,
            Kind::TooLong => 78,
            Kind::Deadline => 124,
            Kind::Signal(number) => 128 + number,
        }
    }
}

/// A failure, in the user's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    /// Decides the exit code.
    pub kind: Kind,
    /// What failed, usually a file or a flag.
    pub what: String,
    /// Why it failed; may be empty.
    pub why: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

impl Error {
    /// An error of `kind`: `what` failed, `why` is the reason.
    pub fn new(kind: Kind, what: impl Into<String>, why: impl Into<String>) -> Self {
        Error { kind, what: what.into(), why: why.into(), hint: String::new() }
    }

    /// The same error with a hint at what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// A failure to read `path`. A missing file or a directory is [`Kind::NoInput`], anything else [`Kind::Io`].
    #[must_use]
    pub fn reading(path: &Path, error: &io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => Kind::NoInput,
            _ => Kind::Io,
        };
        Error::new(kind, format!("cannot read {}", path.display()), reason(error))
    }

    /// The error of a run that was asked to stop.
    #[must_use]
    pub fn stopped(cause: Cause) -> Self {
        match cause {
            Cause::Signal(number) => Error::new(Kind::Signal(number), "stopped by a signal", ""),
            Cause::Deadline => Error::new(Kind::Deadline, "the time is up", "")
                .hint("raise --timeout, or ask for fewer tokens with -n"),
        }
    }

    /// A failure of the engine, with the whole chain of its causes.
    #[must_use]
    pub fn engine(error: &anyhow::Error) -> Self {
        let mut causes = error.chain().map(ToString::to_string);
        let what = causes.next().unwrap_or_default();
        Error::new(Kind::Engine, what, causes.collect::<Vec<_>>().join(": "))
    }
}

/// An I/O error in words, without Rust's `(os error 2)`.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    // "No such file or directory" reads better in the middle of a line with a small letter.
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", redact(&self.what))?;
        if !self.why.is_empty() {
            write!(f, ": {}", redact(&self.why))?;
        }
        if !self.hint.is_empty() {
            write!(f, "\nhint: {}", redact(&self.hint))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_parts_are_printed_when_they_are_there() {
        let bare = Error::new(Kind::Usage, "what", "");
        assert_eq!(bare.to_string(), "error: what");
        let full = Error::new(Kind::Usage, "what", "why").hint("do this");
        assert_eq!(full.to_string(), "error: what: why\nhint: do this");
    }

    #[test]
    fn addresses_lose_what_is_secret() {
        let error = Error::new(Kind::Io, "http://a@b", "http://a@b").hint("http://a@b");
        assert_eq!(error.to_string(), "error: http://b: http://b\nhint: http://b");
    }

    #[test]
    fn a_missing_file_and_a_directory_are_missing_input() {
        for kind in [io::ErrorKind::NotFound, io::ErrorKind::IsADirectory, io::ErrorKind::NotADirectory] {
            assert_eq!(Error::reading(Path::new("x"), &kind.into()).kind.exit_code(), 66);
        }
        let denied = Error::reading(Path::new("x"), &io::Error::from_raw_os_error(13));
        assert_eq!(denied.kind.exit_code(), 74);
        assert_eq!(denied.to_string(), "error: cannot read x: permission denied");
    }

    #[test]
    fn the_table_for_users_has_every_code() {
        use Kind::*;
        let kinds = [
            Nothing,
            Usage,
            Data,
            NoInput,
            Network,
            Engine,
            CantCreate,
            Io,
            TryLater,
            NoPermission,
            TooLong,
            Deadline,
            Signal(1),
            Signal(2),
            Signal(15),
        ];
        // A new kind fails to compile here, and is then added above.
        let is_listed = |kind: Kind| match kind {
            Nothing | Usage | Data | NoInput | Network | Engine | CantCreate | Io | TryLater | NoPermission
            | TooLong | Deadline | Signal(_) => kinds.contains(&kind),
        };
        assert!(is_listed(Nothing));
        for kind in kinds {
            let code = kind.exit_code().to_string();
            let has = |row: &&(&str, &str)| row.0.split(", ").any(|one| one == code);
            assert_eq!(EXIT_CODES.iter().filter(has).count(), 1, "{kind:?}: {code}");
        }
    }

    #[test]
    fn signals_have_the_codes_that_shells_give_them() {
        assert_eq!(Kind::Signal(2).exit_code(), 130);
        assert_eq!(Kind::Signal(15).exit_code(), 143);
    }
}
