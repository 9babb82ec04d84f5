//! `dscoder git`: commit messages, reviews and the hooks that ask for them.

pub mod ask;
mod hook;
pub mod install;
pub mod message;
pub mod review;

use std::io::{self, BufReader, IsTerminal, Read};

use crate::cancel::Cancel;
use crate::error::{Error, Kind, Result, reason};
use crate::git::diff::Diff;
use crate::settings::flags::{ConsoleFlags, GenerateFlags};
use crate::term::Term;
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

/// The diff that is piped in, if any.
fn piped() -> Result<Option<Diff>> {
    if io::stdin().is_terminal() {
        return Ok(None);
    }
    let mut stdin = BufReader::new(io::stdin().lock());
    let refuse = |error: io::Error| Error::new(Kind::Io, "cannot read stdin", reason(&error));
    let mut first = [0];
    // Scripts and hooks have an empty stdin, which is not a diff.
    if stdin.read(&mut first).map_err(refuse)? == 0 {
        return Ok(None);
    }
    let mut stdin = (&first[..]).chain(stdin).take(MAX_BYTES);
    let diff = Diff::read(&mut stdin).map_err(refuse)?;
    if stdin.limit() == 0 {
        let why = format!("it is longer than {}", limit(MAX_BYTES));
        return Err(Error::new(Kind::Data, "cannot use stdin", why));
    }
    if diff.is_empty() {
        return Err(Error::new(Kind::Data, "cannot use stdin", "it is not a diff")
            .hint("pipe one in: git diff --cached | dscoder git message"));
    }
    Ok(Some(diff))
}
