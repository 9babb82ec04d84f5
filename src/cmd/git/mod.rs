//! `dscoder git`: commit messages, reviews and the hooks that ask for them.

pub mod ask;
mod hook;
pub mod install;
pub mod message;
pub mod review;
pub mod state;

use std::io::{BufReader, Read};

use crate::cancel::Cancel;
use crate::error::{Error, Kind, Result};
use crate::git::diff::{Diff, Likeness};
use crate::run::input;
use crate::run::stdin::{self, Offer, Stdin};
use crate::settings::flags::{ConsoleFlags, GenerateFlags};
use crate::term::{self, Term};
use crate::units::limit;

/// A longer diff on stdin is something else, or endless.
const MAX_BYTES: u64 = 64 << 20;

/// Write commit messages, review changes, and install hooks for both
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder git message
  dscoder git install-hook")]
pub struct Args {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Git,
}

/// The subcommand.
// A doc comment on a variant would hide the longer one of its arguments from the help.
#[allow(missing_docs)]
#[derive(Debug, clap::Subcommand)]
pub enum Git {
    Message(message::Args),
    Review(review::Args),
    InstallHook(install::Install),
    UninstallHook(install::Uninstall),
    #[command(hide = true)]
    Hook(hook::Args),
}

impl Git {
    /// The flags that are shared with other subcommands.
    #[must_use]
    pub fn flags(&self) -> Option<&GenerateFlags> {
        match self {
            Git::Message(args) => Some(&args.wanted.flags),
            Git::Review(args) => Some(&args.flags),
            Git::Hook(args) => Some(&args.wanted.flags),
            Git::InstallHook(_) | Git::UninstallHook(_) => None,
        }
    }

    /// Whether git runs it as a hook.
    #[must_use]
    pub fn is_hook(&self) -> bool {
        matches!(self, Git::Hook(_))
    }

    /// What is said on stderr.
    #[must_use]
    pub fn console(&self) -> &ConsoleFlags {
        match self {
            Git::Message(args) => &args.wanted.flags.console,
            Git::Review(args) => &args.flags.console,
            Git::Hook(args) => &args.wanted.flags.console,
            Git::InstallHook(args) => &args.console,
            Git::UninstallHook(args) => &args.console,
        }
    }
}

/// Runs it; `command` is the whole command line, which checks the options of hooks.
///
/// # Errors
/// Errors from git, from the model and from writing.
pub fn run(args: &Args, command: clap::Command, term: &mut Term, cancel: &Cancel) -> Result<()> {
    match &args.command {
        Git::Message(args) => message::run(args, term, cancel),
        Git::Review(args) => review::run(args, term, cancel),
        Git::Hook(args) => {
            hook::run(args, term, cancel);
            Ok(())
        }
        Git::InstallHook(args) => install::install(args, command, term),
        Git::UninstallHook(args) => install::uninstall(args, term),
    }
}

/// `-`, which asks for stdin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Dash {
    /// Stdin.
    #[value(name = "-")]
    Stdin,
}

/// The diff on stdin, if it is one. What is for another program, such as the `read` of a loop, is left to it; notes say
/// what is used `instead`.
fn piped(instead: &str, term: &Term) -> Result<Option<Diff>> {
    let stdin = Stdin::now();
    let waiting = format!("waiting for a diff on stdin; with < /dev/null, {instead}");
    let offer = stdin.offers(&Likeness::of, &waiting, term).map_err(|error| input::refused(&error))?;
    match offer {
        Offer::Nothing => return Ok(None),
        Offer::Late => {
            term.note(&format!("nothing comes on stdin: {instead}"));
            return Ok(None);
        }
        Offer::Other => {
            if stdin != Stdin::Begun {
                term.note(&format!("stdin is not a diff and is left unread: {instead}"));
            }
            return Ok(None);
        }
        Offer::Wanted => return asked().map(Some),
        Offer::Unknown => {}
    }
    let (diff, is_empty) = read()?;
    if diff.is_empty() && !is_empty {
        term.note(&format!("stdin is not a diff: {instead}"));
    }
    Ok(Some(diff).filter(|diff| !diff.is_empty()))
}

/// The diff on stdin, which the user asks for.
fn dashed(term: &Term) -> Result<Diff> {
    if Stdin::now() == Stdin::Terminal {
        term::write::say("reading from the terminal; Ctrl-D ends the diff");
    } else {
        stdin::wait("waiting for a diff on stdin", term).map_err(|error| input::refused(&error))?;
    }
    asked()
}

fn asked() -> Result<Diff> {
    let (diff, _) = read()?;
    if diff.is_empty() {
        return Err(Error::new(Kind::Data, "cannot use stdin", "it is not a diff")
            .hint("pipe one in: git diff --cached | dscoder git message"));
    }
    Ok(diff)
}

/// Reads stdin, and says whether it is empty.
fn read() -> Result<(Diff, bool)> {
    let mut stdin = BufReader::new(stdin::Reader.take(MAX_BYTES));
    let diff = Diff::read(&mut stdin).map_err(|error| input::refused(&error))?;
    let left = stdin.into_inner().limit();
    if left == 0 {
        let why = format!("it is longer than {}", limit(MAX_BYTES));
        return Err(Error::new(Kind::Data, "cannot use stdin", why));
    }
    Ok((diff, left == MAX_BYTES))
}
