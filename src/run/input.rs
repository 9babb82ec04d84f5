//! Reading the user's text: whole, bounded, and UTF-8.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use crate::error::{Error, Kind, Result};
use crate::run::stdin;
use crate::term::{self, Term};
use crate::units::limit;

/// Far more text than any context holds (16,384 tokens are about 60 KB of code).
pub const MAX_BYTES: usize = 16 << 20;

const HINT: &str = "pass source code as UTF-8 text";

/// The text of a file, or of stdin for `-`. A long wait is mentioned.
///
/// # Errors
/// [`Kind::NoInput`] or [`Kind::Io`] if it cannot be read; [`Kind::Data`] if it is not text or too long.
pub fn read(path: &Path, term: &Term) -> Result<String> {
    if is_stdin(path) {
        if io::stdin().is_terminal() {
            term::write::say("reading from the terminal; Ctrl-D ends the text");
        } else {
            stdin::wait("waiting for text on stdin", term).map_err(|error| refused(&error))?;
        }
        return text(stdin::Reader, Path::new("stdin"));
    }
    let file = File::open(path).map_err(|error| Error::reading(path, &error))?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(Error::reading(path, &io::ErrorKind::IsADirectory.into()));
    }
    text(file, path)
}

/// A failure to read stdin.
#[must_use]
pub fn refused(error: &io::Error) -> Error {
    Error::reading(Path::new("stdin"), error)
}

/// Whether `path` means stdin.
pub fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn text(input: impl Read, path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    input.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| Error::reading(path, &error))?;
    let name = path.display().to_string();
    if bytes.len() > MAX_BYTES {
        let why = format!("it is longer than {}", limit(MAX_BYTES as u64));
        return Err(Error::new(Kind::Data, format!("cannot use {name}"), why));
    }
    checked(bytes, &name)
}

/// The text of `bytes`; messages call it `name`.
///
/// # Errors
/// [`Kind::Data`] if it is not text.
pub fn checked(bytes: Vec<u8>, name: &str) -> Result<String> {
    let refuse = |why: String| Error::new(Kind::Data, format!("cannot use {name}"), why);
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        refuse(format!("it is not UTF-8 at byte {offset}")).hint(HINT)
    })?;
    usable(&text, name)?;
    Ok(text)
}

/// `text`, if it is not binary; messages call it `name`.
///
/// # Errors
/// [`Kind::Data`] if it is binary.
pub fn usable<'a>(text: &'a str, name: &str) -> Result<&'a str> {
    match text.find('\0') {
        Some(offset) => {
            let why = format!("it is a binary file, with a NUL at byte {offset}");
            Err(Error::new(Kind::Data, format!("cannot use {name}"), why).hint(HINT))
        }
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(bytes: &[u8]) -> String {
        let error = text(bytes, Path::new("x")).expect_err("refused");
        assert_eq!(error.kind, Kind::Data);
        error.why
    }

    #[test]
    fn what_is_not_text_is_refused_with_its_place() {
        assert_eq!(error(b"ab\xFFc"), "it is not UTF-8 at byte 2");
        assert_eq!(error("é".repeat(3).as_bytes().split_last().expect("bytes").1), "it is not UTF-8 at byte 4");
        assert_eq!(error(b"\x7fELF\0"), "it is a binary file, with a NUL at byte 4");
        assert_eq!(error(&vec![b'a'; MAX_BYTES + 1]), "it is longer than 16 MiB");
        assert_eq!(text(&b"\xEF\xBB\xBFx"[..], Path::new("x")).as_deref(), Ok("\u{FEFF}x"));
    }
}
