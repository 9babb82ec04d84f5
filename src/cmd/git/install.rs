//! `dscoder git install-hook` and `uninstall-hook`.
//!
//! A foreign hook is never overwritten: it is an error, or with --chain it is kept, and ours runs it first. What a manager
//! of hooks writes is left to it: the error has the line for the manager's file.

use std::io;

use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::git::hooks::{self, Hook, HookName, Owner};
use crate::settings::flags::ConsoleFlags;
use crate::term::Term;

/// Install a git hook that writes commit messages or reviews changes
///
/// The message hook writes if `git commit` opens the editor on a message without text: empty, only comments, a template of
/// comments, only trailers (`-s`, `--trailer`), or a prefix of an earlier hook, such as a ticket. It leaves a message
/// alone that somebody wrote: -m, -F, --fixup, a template with text, merge, squash, --amend, -c, -C, rebase, cherry-pick,
/// revert; with -v, it says why.
///
/// A hook never stops a commit: if it fails or takes longer than --timeout, the message stays unchanged.
///
/// If husky, lefthook or pre-commit writes the hook, nothing is changed, and the error has the lines to add to your own
/// file. `dscoder doctor` says whether a hook runs and what it does.
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
///
/// A hook that was there before is put back.
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

/// Installs a hook.
///
/// # Errors
/// [`Kind::CantCreate`] if there is a hook already or it cannot be written, [`Kind::Usage`] for wrong options.
pub fn install(args: &Install, command: clap::Command, term: &Term) -> Result<()> {
    check(args, command)?;
    let hook = Hook::find(args.name)?;
    let shown = hook.path.display().to_string();
    let refuse = |error: io::Error| Error::new(Kind::CantCreate, format!("cannot write {shown}"), reason(&error));
    let program = environment::program().map_err(refuse)?.to_string_lossy().into_owned();
    let what = match (hook.owner(), hook.manager()) {
        (_, Some((manager, file))) => {
            if hooks::lists(&file, args.name) {
                term.note(&format!("{manager} runs dscoder already: {}", file.display()));
                return Ok(());
            }
            let program = if environment::is_in_path("dscoder") { "dscoder" } else { &program };
            let error = hooks::managed(&hook, manager, &file, &manager.lines(args.name, program, &args.options));
            return Err(match hook.owner() {
                // The first version chained hooks of managers, which do not run under another name.
                Owner::Dscoder => {
                    let undo = format!("run `dscoder git uninstall-hook {}`, then ", args.name.file());
                    let hint = format!("{undo}{}", error.hint);
                    error.hint(hint)
                }
                _ => error,
            });
        }
        (Owner::Dscoder, None) => "updated",
        (Owner::Nobody, None) => "installed",
        (Owner::Other | Owner::Manager(..), None) => {
            if !args.chain {
                return Err(Error::new(Kind::CantCreate, format!("cannot write {shown}"), "there is a hook already")
                    .hint("--chain keeps it and runs it first"));
            }
            if let Some(before) = hook.before().filter(|before| !hook.is_left_over(before)) {
                let why = format!("{} already exists", before.display());
                return Err(Error::new(Kind::CantCreate, format!("cannot write {shown}"), why).hint("move it away"));
            }
            "installed"
        }
    };
    hook.install(&program, &args.options).map_err(refuse)?;
    term.note(&format!("{what} {shown}"));
    if let Some(before) = hook.before() {
        term.note(&format!("the existing hook runs first: {}", before.display()));
    }
    Ok(())
}

/// Removes a hook.
///
/// # Errors
/// [`Kind::NoInput`] if there is none of ours, [`Kind::Io`] if it cannot be removed.
pub fn uninstall(args: &Uninstall, term: &Term) -> Result<()> {
    let mut hook = Hook::find(args.name)?;
    let shown = hook.path.display().to_string();
    let owner = hook.owner();
    if owner != Owner::Dscoder {
        hook = match (hook.moved(), owner) {
            (Some(moved), _) => moved,
            (None, Owner::Nobody) => return Err(Error::new(Kind::NoInput, format!("there is no hook {shown}"), "")),
            (None, Owner::Manager(manager, file)) => {
                let error = Error::new(Kind::NoInput, format!("cannot remove {shown}"), format!("{manager} writes it"));
                return Err(if hooks::lists(&file, args.name) {
                    error.hint(format!("remove what runs dscoder from {}", file.display()))
                } else {
                    error
                });
            }
            (None, _) => {
                return Err(Error::new(Kind::NoInput, format!("cannot remove {shown}"), "dscoder did not install it"));
            }
        };
    }
    let shown = hook.path.display().to_string();
    let refuse = |error: io::Error| Error::new(Kind::Io, format!("cannot remove {shown}"), reason(&error));
    if hook.uninstall().map_err(refuse)? {
        term.note(&format!("{shown} is the previous hook again"));
    } else {
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
