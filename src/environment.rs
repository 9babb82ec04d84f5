//! The environment of the process: its variables, its program file, its directory for temporary files.
//!
//! Nothing else asks the system for them, so that an empty variable counts as unset everywhere.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// The value of a variable; `None` if it is unset or empty.
#[must_use]
pub fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether a variable is set, but empty.
#[must_use]
pub fn is_empty(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| value.is_empty())
}

/// The trimmed text of a variable; `None` if it is unset, blank, or not UTF-8.
#[must_use]
pub fn text(name: &str) -> Option<String> {
    let text = variable(name)?.into_string().ok()?;
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The path that a variable holds.
#[must_use]
pub fn path(name: &str) -> Option<PathBuf> {
    variable(name).map(PathBuf::from)
}

/// The names of all variables, empty ones too.
pub fn names() -> impl Iterator<Item = String> {
    env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned())
}

/// The directory for temporary files.
#[must_use]
pub fn temporary_directory() -> PathBuf {
    env::temp_dir()
}

/// The file of this program.
///
/// # Errors
/// Errors from the system.
pub fn program() -> io::Result<PathBuf> {
    env::current_exe()
}

/// The current directory.
///
/// # Errors
/// Errors from the system, for example if it was deleted.
pub fn current_directory() -> io::Result<PathBuf> {
    env::current_dir()
}

/// Whether the shell finds a program of this name.
#[must_use]
pub fn is_in_path(name: &str) -> bool {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    variable("PATH").is_some_and(|path| env::split_paths(&path).any(|directory| directory.join(&name).is_file()))
}
