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

/// `text` with `$NAME` and `${NAME}` replaced by variables, on Windows `%NAME%` too. As in Python's `os.path.expandvars`,
/// the name of an unset variable stays.
#[must_use]
pub fn with_variables(text: &str) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['$', '%']) {
        let (before, reference) = rest.split_at(at);
        expanded.push_str(before);
        let (name, length) = referenced(reference);
        match name.and_then(|name| env::var(name).ok()) {
            Some(value) => expanded.push_str(&value),
            None => expanded.push_str(&reference[..length]),
        }
        rest = &reference[length..];
    }
    expanded + rest
}

/// The variable that `text` begins with a reference to, and the length of the reference in bytes, at least 1.
fn referenced(text: &str) -> (Option<&str>, usize) {
    let (sign, rest) = text.split_at(1);
    let enclosed = |rest: &str, closer: char| rest.find(closer).filter(|&end| end > 0);
    if sign == "%" {
        return match enclosed(rest, '%').filter(|_| cfg!(windows)) {
            Some(end) => (Some(&rest[..end]), end + 2),
            None => (None, 1),
        };
    }
    if let Some(inner) = rest.strip_prefix('{') {
        return enclosed(inner, '}').map_or((None, 1), |end| (Some(&inner[..end]), end + 3));
    }
    let end = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    ((end > 0).then_some(&rest[..end]), end + 1)
}

/// The names of all variables, empty ones too.
pub fn names() -> impl Iterator<Item = String> {
    env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned())
}

/// The sockets that a service manager such as systemd passes to this process: `LISTEN_FDS`, `LISTEN_PID`. Those variables
/// are removed, as they are not for child processes; so no other thread may read variables meanwhile.
///
/// # Errors
/// Why the variables cannot be used, in words.
#[cfg(unix)]
pub fn passed_sockets() -> Result<listenfd::ListenFd, String> {
    // More than that many are not passed, and the sum of both must be the number of a file.
    const MAX: u16 = 1024;
    for name in ["LISTEN_FDS", "LISTEN_FDS_FIRST_FD"] {
        if let Some(value) = variable(name) {
            let number = value.to_str().and_then(|value| value.parse::<u16>().ok());
            number.filter(|&number| number <= MAX).ok_or_else(|| format!("{name} is {value:?}"))?;
        }
    }
    Ok(listenfd::ListenFd::from_env())
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

/// The file of this program, even if another one has replaced it meanwhile.
///
/// # Errors
/// Errors from the system.
pub fn running_program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { program() }
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
    find_program(name).is_some()
}

/// The file of a program that the shell finds by this name.
#[must_use]
pub fn find_program(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    let path = variable("PATH")?;
    env::split_paths(&path).map(|directory| directory.join(&name)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_within_a_text() {
        let path = env::var("PATH").expect("set");
        for (text, expected) in [
            ("/a/b", "/a/b".to_owned()),
            ("$PATH", path.clone()),
            ("/a/$PATH/b", format!("/a/{path}/b")),
            ("${PATH}x$PATH", format!("{path}x{path}")),
            ("$DSCODER_NOT_SET/x", "$DSCODER_NOT_SET/x".to_owned()),
            ("${DSCODER_NOT_SET}/x", "${DSCODER_NOT_SET}/x".to_owned()),
            ("$", "$".to_owned()),
            ("a$é${}$ ${PATH", "a$é${}$ ${PATH".to_owned()),
        ] {
            assert_eq!(with_variables(text), expected, "{text}");
        }
    }
}
