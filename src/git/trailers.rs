//! Trailers, the lines `Key: value` at the end of a message: recognized as git does, and added by git itself.

use std::io::Write;
use std::process::Stdio;
use std::str::FromStr;

use crate::error::{Error, Kind, Result, reason};
use crate::git;

/// Keys that nobody begins a sentence with, in small letters. So are all that end in `-by`.
const KEYS: [&str; 22] = [
    "addresses",
    "breaking-change",
    "bug",
    "cc",
    "change-id",
    "close",
    "closes",
    "depends-on",
    "fixes",
    "git-dch",
    "issue",
    "link",
    "message-id",
    "ref",
    "references",
    "refs",
    "related",
    "release-notes",
    "resolves",
    "reviewed-on",
    "see-also",
    "skip-checks",
];

/// The types of conventional commits.
const TYPES: [&str; 11] =
    ["build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"];

/// Words that refer to an issue.
const REFERRING: [&str; 16] = [
    "addresses",
    "close",
    "closed",
    "closes",
    "fix",
    "fixed",
    "fixes",
    "implements",
    "part of",
    "ref",
    "references",
    "refs",
    "related to",
    "resolve",
    "resolves",
    "see",
];

/// A trailer of the command line, `KEY:VALUE` or `KEY=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trailer {
    key: String,
    value: String,
}

impl FromStr for Trailer {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Trailer, String> {
        let Some(at) = text.find([':', '=']) else {
            return Err("it has no colon; write KEY:VALUE, as in Refs:#12".to_owned());
        };
        let (key, value) = (text[..at].trim(), text[at + 1..].trim());
        if key.is_empty() || !key.chars().all(|character| character.is_ascii_alphanumeric() || character == '-') {
            return Err("its key may have letters, digits and hyphens only, as in Reviewed-by".to_owned());
        }
        if value.is_empty() || value.contains(char::is_control) {
            return Err("its value must be one line of text".to_owned());
        }
        Ok(Trailer { key: key.to_owned(), value: value.to_owned() })
    }
}

/// The key and the value of a line that has the form of a trailer.
#[must_use]
pub fn parts(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let fits = key.starts_with(|first: char| first.is_ascii_alphabetic())
        && key.chars().all(|character| character.is_ascii_alphanumeric() || character == '-');
    // An address is none, nor is `a::b`.
    let is_value = !value.starts_with(['/', ':']) && !value.trim().is_empty();
    // The subject of a conventional commit is none.
    (fits && is_value && !TYPES.contains(&key)).then_some((key, value.trim()))
}

/// Splits `type(scope)!: text`.
#[must_use]
pub fn conventional(line: &str) -> Option<(&str, &str)> {
    let (kind, rest) = line.split_once(':')?;
    let word = kind.trim_end_matches('!').split('(').next()?;
    let scope = &kind.trim_end_matches('!')[word.len()..];
    let fits = TYPES.contains(&word.to_lowercase().as_str()) && (scope.is_empty() || scope.ends_with(')'));
    fits.then_some((kind, rest.trim()))
}

/// Whether a line is a trailer for certain, wherever it is.
#[must_use]
pub fn is_known(line: &str) -> bool {
    let breaking = line.starts_with("BREAKING CHANGE: ");
    breaking
        || parts(line).is_some_and(|(key, value)| {
            let key = key.to_lowercase();
            (key.ends_with("-by") || KEYS.contains(&key.as_str())) && (key.contains('-') || !is_sentence(value))
        })
        || is_reference(line)
        || (line.starts_with("(cherry picked from commit ") && line.ends_with(')'))
}

/// Whether a line names a person or a change, and so belongs to the end of a message.
#[must_use]
pub fn is_signature(line: &str) -> bool {
    parts(line).is_some_and(|(key, value)| {
        let key = key.to_lowercase();
        key == "change-id" || (key.ends_with("-by") && value.contains('@'))
    })
}

/// Whether a line has the form of a trailer.
#[must_use]
pub fn is_trailer(line: &str) -> bool {
    parts(line).is_some() || is_known(line)
}

/// `Closes #12, #13`, with or without a colon.
#[must_use]
pub fn is_reference(line: &str) -> bool {
    let lower = line.to_lowercase();
    let rest = REFERRING.iter().filter_map(|word| lower.strip_prefix(word)).find(|rest| rest.starts_with([' ', ':']));
    let Some(rest) = rest else { return false };
    let mut words = rest.trim_start_matches(':').split([' ', ',', ';']).filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && words.all(|word| matches!(word, "and" | "&") || is_issue(word.trim_end_matches('.')))
}

/// `#12`, `GH-12`, `owner/name#12`, or the address of something.
fn is_issue(word: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|character| character.is_ascii_digit());
    word.starts_with("https://")
        || word.rsplit_once(['#', '!']).is_some_and(|(_, number)| is_number(number))
        || word.rsplit_once('-').is_some_and(|(head, number)| {
            is_number(number) && !head.is_empty() && head.chars().all(|character| character.is_ascii_alphanumeric())
        })
}

/// A value that is longer than a few words and ends as a sentence does.
fn is_sentence(value: &str) -> bool {
    value.split_whitespace().count() > 6 && value.ends_with('.')
}

/// The committer as git writes it after `Signed-off-by:`.
///
/// # Errors
/// [`Kind::NoInput`] if git knows no name; errors from git.
pub fn committer() -> Result<String> {
    let ident = git::output(&["var", "GIT_COMMITTER_IDENT"]).map_err(|error| match error.kind {
        Kind::Io => Error::new(Kind::NoInput, "cannot sign off", "git knows no name and address of yours")
            .hint("set them: git config --global user.name NAME; git config --global user.email ADDRESS"),
        _ => error,
    })?;
    // Behind the address are a time and a time zone.
    Ok(ident.rfind('>').map_or(ident.as_str(), |end| &ident[..=end]).to_owned())
}

/// These trailers and those of the command line, by git's rules and the user's `trailer.*` settings, without the
/// programs that these may name. A sign-off comes first, as in `git commit`.
///
/// # Errors
/// [`Kind::NoInput`] if git is not installed or knows no name; [`Kind::Io`] if it fails.
pub fn added(present: &[String], wanted: &[Trailer], signoff: bool) -> Result<Vec<String>> {
    if wanted.is_empty() && !signoff {
        return Ok(present.to_vec());
    }
    let mut command = git::command();
    for setting in settings() {
        command.args(["-c", &setting]);
    }
    command.args(["interpret-trailers", "--no-divider"]);
    if signoff {
        command.args(["--if-exists", "addIfDifferentNeighbor", "--if-missing", "add", "--where", "end"]);
        command.arg("--trailer").arg(format!("Signed-off-by: {}", committer()?));
        command.args(["--no-if-exists", "--no-if-missing", "--no-where"]);
    }
    for Trailer { key, value } in wanted {
        command.arg("--trailer").arg(format!("{key}: {value}"));
    }
    // No other settings: `trailer.*.cmd` would run a program.
    for name in ["GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_CONFIG_SYSTEM"] {
        command.env_remove(name);
    }
    for name in ["GIT_DIR", "GIT_CONFIG_GLOBAL"] {
        command.env(name, "/dev/null");
    }
    command.env("GIT_CONFIG_NOSYSTEM", "1").stdin(Stdio::piped()).stderr(Stdio::piped());
    let refuse = |error: std::io::Error| Error::new(Kind::NoInput, "cannot run git", reason(&error));
    let mut child = command.spawn().map_err(refuse)?;
    let text = format!("subject\n\n{}\n", present.join("\n"));
    if let Some(mut stdin) = child.stdin.take() {
        // If git ends early, its status says so.
        let _ = stdin.write_all(text.as_bytes());
    }
    let output = child.wait_with_output().map_err(refuse)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let why = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ").trim_start_matches("error: ");
        return Err(Error::new(Kind::Io, "git fails", why));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().skip(1).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// The settings `trailer.*` as values of `-c`, except programs.
fn settings() -> Vec<String> {
    let listed = git::output(&["config", "-z", "--get-regexp", "^trailer\\."]).unwrap_or_default();
    let one = |entry: &str| {
        let (name, value) = entry.split_once('\n')?;
        let is_program = name.ends_with(".cmd") || name.ends_with(".command");
        (!is_program && !name.contains('=')).then(|| format!("{name}={value}"))
    };
    listed.split('\0').filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailers_are_told_from_text() {
        for line in [
            "Signed-off-by: A <a@example.org>",
            "Refs: 7",
            "Fixes: abc1234def (\"net: drop it\")",
            "Closes #12",
            "fixes #12, #13 and owner/name#4",
            "Resolves: GH-7",
            "Change-Id: I0123",
            "Link: https://example.org/a",
            "BREAKING CHANGE: the format is another one",
            "(cherry picked from commit abc)",
        ] {
            assert!(is_known(line), "{line}");
        }
        for line in
            ["fix: drop it", "feat(a): b", "see #12 for more", "https://example.org", "a::b", "Key:", "12:30 it", ""]
        {
            assert!(!is_trailer(line), "{line}");
        }
        assert!(is_trailer("Note: slow") && !is_known("Note: slow"));
        assert!(is_signature("Co-authored-by: B <b@example.org>") && !is_signature("Refs: 7"));
    }

    #[test]
    fn trailers_of_the_command_line() {
        let trailer = |key: &str, value: &str| Ok(Trailer { key: key.to_owned(), value: value.to_owned() });
        assert_eq!("Refs:#7".parse(), trailer("Refs", "#7"));
        assert_eq!("Reviewed-by = A <a@b>".parse(), trailer("Reviewed-by", "A <a@b>"));
        assert_eq!("Link: https://a/?b=c".parse(), trailer("Link", "https://a/?b=c"));
        for wrong in ["", "Refs", ": x", "a b: c", "Refs:", "Refs: a\nb"] {
            assert!(wrong.parse::<Trailer>().is_err(), "{wrong:?}");
        }
    }
}
