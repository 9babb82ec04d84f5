//! `dscoder git`: commit messages, reviews and the hooks that ask for them.

pub mod hook;
pub mod install;
pub mod message;
pub mod review;

use std::io::{self, BufReader, IsTerminal, Read};

use crate::diff::Diff;
use crate::engine::{Cancel, Source};
use crate::error::{Error, Kind, Result, reason};
use crate::model::family::Flavour;
use crate::settings::Shared;
use crate::term::Term;

/// A longer diff on stdin is something else, or has no end.
const MAX_BYTES: u64 = 64 << 20;

/// Commit messages, reviews, and the hooks for them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder git message
  dscoder git install-hook")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Git,
}

/// What to do about git.
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
    pub fn shared(&self) -> Option<&Shared> {
        match self {
            Git::Message(args) => Some(&args.wanted.shared),
            Git::Review(args) => Some(&args.shared),
            Git::Hook(args) => Some(&args.wanted.shared),
            Git::InstallHook(_) | Git::UninstallHook(_) => None,
        }
    }
}

/// Runs it.
///
/// # Errors
/// Those of git, of the model and of writing.
pub fn run(args: &Args, term: &mut Term, cancel: &Cancel) -> Result<()> {
    match &args.command {
        Git::Message(args) => message::run(args, term, cancel),
        Git::Review(args) => review::run(args, term, cancel),
        Git::Hook(args) => {
            hook::run(args, term, cancel);
            Ok(())
        }
        Git::InstallHook(args) => install::install(args),
        Git::UninstallHook(args) => install::uninstall(args),
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
    // Scripts and hooks have an empty stdin, which is no diff.
    if stdin.read(&mut first).map_err(refuse)? == 0 {
        return Ok(None);
    }
    let mut stdin = (&first[..]).chain(stdin).take(MAX_BYTES);
    let diff = Diff::read(&mut stdin).map_err(refuse)?;
    if stdin.limit() == 0 {
        let why = format!("it is longer than {} MiB", MAX_BYTES >> 20);
        return Err(Error::new(Kind::Data, "cannot use stdin", why));
    }
    if diff.is_empty() {
        return Err(Error::new(Kind::Data, "cannot use stdin", "it is not a diff")
            .hint("pipe one in: git diff --cached | dscoder git message"));
    }
    Ok(Some(diff))
}

/// Opens the model: an Instruct model or, where none is named and none installed, a Base model.
fn open(shared: &Shared, term: &Term) -> Result<Source> {
    let instruct = crate::cmd::open(shared, "instruct", term);
    match &instruct {
        Err(error) if error.kind == Kind::NoInput && shared.model.as_deref().is_none_or(str::is_empty) => {
            match crate::cmd::open(shared, "base", term) {
                Err(error) if error.kind == Kind::NoInput => instruct,
                base => base,
            }
        }
        _ => instruct,
    }
}

/// Whether the model takes instructions. Canned answers are those of one that does.
fn is_instruct(source: &Source) -> bool {
    match source {
        Source::Model(model, _) => model.profile.flavour == Flavour::Instruct,
        Source::Remote(remote) => remote.flavour == Some(Flavour::Instruct),
        Source::Script(_) => true,
    }
}

/// Says how much of a diff the model was shown.
fn report(shown: &crate::diff::Shown, term: &Term) {
    let names = match shown.names_only {
        0 => String::new(),
        count => format!(" ({count} by name only)"),
    };
    term.report(&format!(
        "diff: {} files{names}, {} of {} lines, {} tokens",
        shown.files, shown.lines, shown.all_lines, shown.tokens
    ));
}

/// How many tokens of a diff fit beside `rest` tokens of the prompt and the answer.
fn room(wanted: u32, source: &Source, rest: usize, shared: &Shared) -> Result<usize> {
    let context = shared.context(source.context())? as usize;
    let room = context.saturating_sub(rest).saturating_sub(shared.max_tokens as usize);
    Ok(room.min(wanted as usize))
}
