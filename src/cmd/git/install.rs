//! `dscoder git install-hook` and `uninstall-hook`.
//!
//! A foreign hook is never overwritten: it is an error, or with --chain it is kept beside ours, which runs it first.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::git;
use crate::settings::flags::ConsoleFlags;
use crate::storage::NewFile;
use crate::term::Term;

/// The hooks that dscoder provides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HookName {
    /// Writes a message before the editor opens.
    PrepareCommitMsg,
    /// Prints a review before a commit.
    PreCommit,
}

impl HookName {
    fn file(self) -> &'static str {
        match self {
            HookName::PrepareCommitMsg => "prepare-commit-msg",
            HookName::PreCommit => "pre-commit",
        }
    }
}

/// Install a git hook that writes commit messages or reviews changes
///
/// The hook never stops a commit: if it fails or takes longer than --timeout, the message stays unchanged. It does
/// nothing if there is a message already (-m, merge, squash, amend, templates with text).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder git install-hook
  dscoder git install-hook -- -m 6.7b-instruct --style conventional --timeout 10")]
pub struct Install {
    /// Which hook
    #[arg(value_enum, default_value_t = HookName::PrepareCommitMsg)]
    pub name: HookName,

    /// Keep an existing hook and run it first
    #[arg(long)]
    pub chain: bool,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,

    /// Options for the command that the hook runs
    #[arg(last = true)]
    pub options: Vec<String>,
}

/// Remove a hook that install-hook installed
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder git uninstall-hook
  dscoder git uninstall-hook pre-commit")]
pub struct Uninstall {
    /// Which hook
    #[arg(value_enum, default_value_t = HookName::PrepareCommitMsg)]
    pub name: HookName,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// The second line of every hook of ours.
const MARK: &str = "# Installed by `dscoder git install-hook`; `dscoder git uninstall-hook` takes it away.";
/// The suffix of a chained hook's file name.
const BEFORE: &str = ".before-dscoder";

/// The paths of a hook and of the hook that it chains.
struct Hook {
    path: PathBuf,
    before: PathBuf,
}

impl Hook {
    fn find(name: HookName) -> Result<Hook> {
        // Respects core.hooksPath, and returns a path relative to the current directory.
        let hooks = git::path(&["rev-parse", "--git-path", "hooks"])?;
        let path = hooks.join(name.file());
        let before = hooks.join(format!("{}{BEFORE}", name.file()));
        Ok(Hook { path, before })
    }

    /// Whether there is a hook, and whether it is ours.
    fn state(&self) -> Result<(bool, bool)> {
        if fs::symlink_metadata(&self.path).is_err() {
            return Ok((false, false));
        }
        let bytes = fs::read(&self.path).unwrap_or_default();
        Ok((true, String::from_utf8_lossy(&bytes).lines().nth(1) == Some(MARK)))
    }
}

/// Installs a hook.
///
/// # Errors
/// [`Kind::CantCreate`] if there is a hook already or it cannot be written, [`Kind::Usage`] for wrong options.
pub fn install(args: &Install, command: clap::Command, term: &Term) -> Result<()> {
    check(args, command)?;
    let hook = Hook::find(args.name)?;
    let shown = hook.path.display().to_string();
    let refuse = |error: io::Error| Error::new(Kind::CantCreate, format!("cannot write {shown}"), reason(&error));
    let (there, ours) = hook.state()?;
    let mut chained = fs::symlink_metadata(&hook.before).is_ok();
    if there && !ours {
        if !args.chain {
            return Err(Error::new(Kind::CantCreate, format!("cannot write {shown}"), "there is a hook already")
                .hint("--chain keeps it and runs it first"));
        }
        if chained {
            let why = format!("{} already exists", hook.before.display());
            return Err(Error::new(Kind::CantCreate, format!("cannot write {shown}"), why).hint("move it away"));
        }
        // The old one stays in place until the new one replaces it.
        fs::hard_link(&hook.path, &hook.before)
            .or_else(|_| fs::copy(&hook.path, &hook.before).map(drop))
            .map_err(refuse)?;
        chained = true;
    }
    let program = environment::program().map_err(refuse)?;
    let text = script(args, &program.to_string_lossy(), chained);
    if let Err(error) = write(&hook.path, &text, there) {
        if there && !ours {
            let _ = fs::remove_file(&hook.before);
        }
        return Err(refuse(error));
    }
    let what = if ours { "updated" } else { "installed" };
    term.note(&format!("{what} {shown}"));
    if chained {
        term.note(&format!("the existing hook runs first: {}", hook.before.display()));
    }
    Ok(())
}

/// Removes a hook.
///
/// # Errors
/// [`Kind::NoInput`] if there is none of ours, [`Kind::Io`] if it cannot be removed.
pub fn uninstall(args: &Uninstall, term: &Term) -> Result<()> {
    let hook = Hook::find(args.name)?;
    let shown = hook.path.display().to_string();
    let refuse = |error: io::Error| Error::new(Kind::Io, format!("cannot remove {shown}"), reason(&error));
    match hook.state()? {
        (false, _) => return Err(Error::new(Kind::NoInput, format!("there is no hook {shown}"), "")),
        (true, false) => {
            return Err(Error::new(Kind::NoInput, format!("cannot remove {shown}"), "dscoder did not install it"));
        }
        (true, true) => {}
    }
    if fs::symlink_metadata(&hook.before).is_ok() {
        fs::rename(&hook.before, &hook.path).map_err(refuse)?;
        term.note(&format!("{shown} is the previous hook again"));
    } else {
        fs::remove_file(&hook.path).map_err(refuse)?;
        term.note(&format!("removed {shown}"));
    }
    Ok(())
}

/// Refuses options that the hook would not understand.
fn check(args: &Install, command: clap::Command) -> Result<()> {
    let line = ["dscoder", "git", "hook", args.name.file()].into_iter().map(str::to_owned);
    let line = line.chain(args.options.iter().cloned());
    command.try_get_matches_from(line).map(drop).map_err(|error| {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Error::new(Kind::Usage, "wrong options for the hook", first)
    })
}

/// The hook, for any shell. It passes on dscoder's messages: all of them on success, only the first line on failure.
fn script(args: &Install, program: &str, chained: bool) -> String {
    let name = args.name.file();
    let options: String = args.options.iter().map(|option| format!(" {}", quoted(option))).collect();
    let before =
        format!("before=${{0%/*}}/{name}{BEFORE}\nif [ -x \"$before\" ]; then\n    \"$before\" \"$@\" || exit\nfi\n");
    let before = if chained { before.as_str() } else { "" };
    format!(
        "#!/bin/sh\n{MARK}\n# It never stops a commit: an error prints one line and leaves the message unchanged.\n{before}\
         dscoder={}\n\
         [ -x \"$dscoder\" ] || dscoder=$(command -v dscoder)\n\
         if [ -z \"$dscoder\" ]; then\n    echo 'dscoder: it is not installed any more' >&2\n    exit 0\nfi\n\
         # The shell may print its own message about a program that was killed.\n\
         said=$({{ \"$dscoder\" git hook {name}{options} -- \"$@\" 2>&1 </dev/null; exit $?; }} 2>/dev/null)\n\
         code=$?\n\
         if [ \"$code\" -ne 0 ]; then\n    \
             line_end='\n'\n    said=${{said%%\"$line_end\"*}}\n    said=${{said:-\"dscoder: it ended with code $code\"}}\nfi\n\
         [ -z \"$said\" ] || printf '%s\\n' \"$said\" >&2\n\
         exit 0\n",
        quoted(program)
    )
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Writes a program to a temporary file, then renames it.
fn write(path: &Path, text: &str, replace: bool) -> io::Result<()> {
    let file = NewFile::beside(path, ".dscoder-")?.write(text.as_bytes())?;
    #[cfg(unix)]
    let file = file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let file = file.sync()?;
    if replace { file.replace(path) } else { file.create(path).map_err(|(error, _)| error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell() {
        assert_eq!(quoted("a b$c"), "'a b$c'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }

    #[test]
    fn the_mark_is_the_second_line() {
        let args = Install {
            name: HookName::PreCommit,
            chain: false,
            console: ConsoleFlags::default(),
            options: vec!["-m".into(), "x y".into()],
        };
        let text = script(&args, "/bin/dscoder", true);
        assert_eq!(text.lines().nth(1), Some(MARK));
        assert!(text.contains("git hook pre-commit '-m' 'x y' -- \"$@\""), "{text}");
    }
}
