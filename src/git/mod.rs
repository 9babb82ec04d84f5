//! Calls of git for diffs, subjects and paths. Always a program with arguments, never a shell.

pub mod body;
pub mod comments;
pub mod diff;
pub mod draft;
pub mod hooks;
pub mod message;
pub mod recent;
pub mod trailers;

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::error::{Error, Kind, Result, reason};
use crate::git::diff::Diff;

/// Settings that would change what git prints, with git's own defaults. `-c` is stronger than every file and than the
/// variables that carry settings, and git versions that do not know a name ignore it.
const SETTINGS: [&str; 17] = [
    "attr.tree=",
    "color.ui=false",
    // Larger files count as binary.
    "core.bigFileThreshold=512m",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "diff.algorithm=default",
    // Without it, files that were touched and not changed are listed.
    "diff.autoRefreshIndex=true",
    "diff.external=",
    "diff.indentHeuristic=true",
    "diff.interHunkContext=0",
    "diff.mnemonicPrefix=false",
    "diff.noPrefix=false",
    "diff.relative=false",
    "diff.renameLimit=1000",
    "diff.suppressBlankEmpty=false",
    "log.showRoot=true",
    "log.showSignature=false",
];

/// Variables that would change a diff. GIT_DIFF_OPTS is even stronger than options.
const VARIABLES: [&str; 3] = ["GIT_ATTR_SOURCE", "GIT_DIFF_OPTS", "GIT_EXTERNAL_DIFF"];

/// The form of all diffs. Here an option says more than a setting: it also overrides the settings of one submodule or driver.
const DIFF: [&str; 12] = [
    "diff",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--unified=3",
    "--find-renames=50%",
    "--diff-algorithm=default",
    "--submodule=short",
    "--ignore-submodules=dirty",
    // No order file.
    "-O/dev/null",
];

/// The user's own attributes, which can declare any file binary. The filters that files are read with are among
/// them, so they are left out only where no file is read.
const NO_ATTRIBUTES: [&str; 2] = ["-c", "core.attributesFile="];

/// The diff that `arguments` ask for, read as it comes. The user's settings do not change its form.
///
/// # Errors
/// [`Kind::NoInput`] outside of a repository or if git is not installed; [`Kind::Usage`] for an unknown range.
pub fn diff(arguments: &[&str]) -> Result<Diff> {
    let staged = arguments.contains(&"--cached");
    let reads_files = !staged && !arguments.iter().any(|argument| argument.contains(".."));
    // Outside of a repository, git diff compares files and knows other options; in a bare one, all files seem deleted.
    let is_bare = output(&["rev-parse", "--is-bare-repository"])? == "true";
    if is_bare && (reads_files || staged) {
        let hint = "change to a work tree, pass the diff on stdin, or review commits: A..B";
        return Err(
            Error::new(Kind::NoInput, "this repository is bare", "it has no files and nothing staged").hint(hint)
        );
    }
    let attributes = if reads_files { &[][..] } else { &NO_ATTRIBUTES };
    let all = [attributes, &DIFF, arguments].concat();
    let mut diff = Ok(Diff::default());
    run(&all, &mut |stdout| diff = Diff::read(stdout))?;
    diff.map_err(|error| Error::new(Kind::Io, "cannot read git's output", reason(&error)))
}

/// Git's output without the final line end.
///
/// # Errors
/// As [`diff()`].
pub fn output(arguments: &[&str]) -> Result<String> {
    let mut bytes = Vec::new();
    run(arguments, &mut |stdout| {
        // No expected output is longer.
        let _ = stdout.take(1 << 20).read_to_end(&mut bytes);
    })?;
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned())
}

/// Git's output as a path.
///
/// # Errors
/// As [`diff()`].
pub fn path(arguments: &[&str]) -> Result<PathBuf> {
    let mut bytes = Vec::new();
    run(arguments, &mut |stdout| {
        let _ = stdout.take(1 << 20).read_to_end(&mut bytes);
    })?;
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Ok(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
    }
    #[cfg(not(unix))]
    Ok(PathBuf::from(String::from_utf8_lossy(bytes).into_owned()))
}

/// The subjects of the last commits, newest first; empty if there are none.
#[must_use]
pub fn subjects(count: usize) -> Vec<String> {
    let count = format!("--max-count={count}");
    let log = output(&["log", &count, "--no-merges", "--no-color", "--no-notes", "--encoding=UTF-8", "--format=%s"]);
    let usual = |line: &&str| !["fixup!", "squash!", "amend!", "Revert \""].iter().any(|head| line.starts_with(head));
    let shorten = |line: &str| line.chars().filter(|character| !character.is_control()).take(100).collect();
    log.unwrap_or_default().lines().filter(usual).filter(|line| !line.trim().is_empty()).map(shorten).collect()
}

/// A call of git that shows a program what it asks for and does nothing else: no pager, no program that the settings of
/// the repository name, no fetch, no prompt, no lock that a commit in progress may hold. Reasons are in
/// English, since some are matched.
fn command() -> Command {
    let mut command = Command::new("git");
    command
        .args(["--no-pager", "--no-optional-locks"])
        .args(SETTINGS.iter().flat_map(|setting| ["-c", setting]))
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .env("LANGUAGE", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    for name in VARIABLES {
        command.env_remove(name);
    }
    command
}

/// Runs git and passes its stdout to `read`. If it fails, its stderr is the reason.
fn run(arguments: &[&str], read: &mut dyn FnMut(&mut dyn BufRead)) -> Result<()> {
    let child = command().args(arguments).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| {
        Error::new(Kind::NoInput, "cannot run git", reason(&error)).hint("install git, or pass the diff on stdin")
    })?;
    // In a thread: git may print many warnings before it has written the diff.
    let stderr = child.stderr.take();
    let warnings = std::thread::spawn(move || {
        let mut text = Vec::new();
        let mut stderr = stderr?;
        let _ = (&mut stderr).take(1 << 16).read_to_end(&mut text);
        let _ = std::io::copy(&mut stderr, &mut std::io::sink());
        Some(text)
    });
    if let Some(stdout) = child.stdout.take() {
        let mut stdout = BufReader::new(stdout);
        read(&mut stdout);
        // Read on, so that git does not fail on a closed pipe.
        let _ = std::io::copy(&mut stdout, &mut std::io::sink());
    }
    let status = child.wait().map_err(|error| Error::new(Kind::Io, "cannot wait for git", reason(&error)))?;
    if status.success() {
        return Ok(());
    }
    let said = warnings.join().ok().flatten().unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().find(|line| line.starts_with("fatal: ") || line.starts_with("error: "));
    let line = line.or(said.lines().next()).unwrap_or_default();
    let why = line.trim_start_matches("fatal: ").trim_start_matches("error: ");
    if why.contains("ot a git repository") {
        return Err(Error::new(Kind::NoInput, "this is not a git repository", "")
            .hint("change to one, or pass the diff on stdin"));
    }
    if why.contains("dubious ownership") {
        let trust = said.lines().map(str::trim).find(|line| line.starts_with("git config "));
        let error = Error::new(Kind::NoInput, "git does not trust this repository", why);
        return Err(match trust {
            Some(line) => error.hint(line),
            None => error,
        });
    }
    let kind = match why {
        _ if why.contains("revision") || why.contains("ambiguous argument") => Kind::Usage,
        _ if why.contains("bare repository") || why.contains("work tree") => Kind::NoInput,
        _ => Kind::Io,
    };
    Err(Error::new(kind, "git fails", why))
}
