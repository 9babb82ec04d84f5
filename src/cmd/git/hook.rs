//! The command that an installed hook runs. It never fails: a commit does not depend on a model.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::cancel::Cancel;
use crate::cmd::git::message::{self, MessageFlags};
use crate::cmd::git::review;
use crate::edit::Target;
use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::git;
use crate::git::comments::{self, Comments};
use crate::git::draft::{Draft, Left};
use crate::git::hooks::HookName;
use crate::secrets::redact;
use crate::term::{self, Term};

/// Run as a git hook
#[derive(Debug, clap::Args)]
#[command(mut_arg("timeout", |argument| argument.default_value("30")))]
pub struct Args {
    /// Which hook.
    #[arg(value_enum)]
    pub name: HookName,

    /// The form of the message.
    #[command(flatten)]
    pub wanted: MessageFlags,

    /// The arguments from git.
    #[arg(last = true)]
    pub arguments: Vec<OsString>,
}

/// Runs it. An error is one line on stderr.
pub fn run(args: &Args, term: &mut Term, cancel: &Cancel) {
    let (done, what) = match args.name {
        HookName::PrepareCommitMsg => (prepare(args, term, cancel), "no commit message"),
        HookName::PreCommit => (pre_commit(args, term, cancel), "no review"),
    };
    if let Err(error) = done {
        let why = if error.why.is_empty() { String::new() } else { format!(": {}", error.why) };
        let line = format!("dscoder: {what}: {}{why}", error.what);
        term::write::say(&redact(&line.replace('\n', " ")));
    }
}

/// Writes a message into the file that the editor will open, around what git and earlier hooks put there.
fn prepare(args: &Args, term: &mut Term, cancel: &Cancel) -> Result<()> {
    let Some((file, rest)) = args.arguments.split_first() else {
        return Err(Error::new(Kind::Usage, "git names no message file", ""));
    };
    let leave = |left: &Left, term: &Term| {
        term.detail(&format!("dscoder: the message is left alone: {left}"));
        Ok(())
    };
    // pre-commit names the source in a variable.
    let source = rest.first().map(|source| source.to_string_lossy().into_owned());
    let source = source.or_else(|| environment::text("PRE_COMMIT_COMMIT_MSG_SOURCE")).unwrap_or_default();
    if let Some(left) = Left::by_source(&source) {
        return leave(&left, term);
    }
    let file = Path::new(file);
    let refuse = |error| Error::new(Kind::Io, format!("cannot read {}", file.display()), reason(&error));
    let old = String::from_utf8(fs::read(file).map_err(refuse)?)
        .map_err(|_| Error::new(Kind::Data, format!("cannot use {}", file.display()), "it is not UTF-8"))?;
    let comment = Comments::of_settings().in_file(&old);
    let draft = match Draft::read(&old, &comment, comments::are_removed()) {
        Ok(draft) if draft.has_prefix() && source == "template" && template_has_text(&comment) => {
            return leave(&Left::Template, term);
        }
        Ok(draft) => draft,
        Err(_) if source == "template" && template_has_text(&comment) => return leave(&Left::Template, term),
        Err(left) => return leave(&left, term),
    };
    let target = Target::new(file, &old)?;
    let diff = message::staged()?;
    let message = message::compose(&args.wanted, &diff, Some(&comment), term, cancel)?;
    target.replace(&draft.filled(message), None)
}

/// Whether the template of the settings has more than comments and trailers.
fn template_has_text(comment: &str) -> bool {
    let text = git::path(&["config", "--type=path", "--get", "commit.template"]).map(fs::read);
    let text = text.ok().and_then(std::result::Result::ok).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    Draft::read(&text, comment, true).is_ok_and(|draft| draft.has_prefix())
        || Draft::read(&text, comment, true).is_err()
}

/// Prints a review of the staged changes.
fn pre_commit(args: &Args, term: &mut Term, cancel: &Cancel) -> Result<()> {
    let diff = git::diff(&["--cached"])?;
    if diff.is_empty() {
        return Ok(());
    }
    let wanted = &args.wanted;
    for finding in review::advise(&diff, wanted.diff_tokens, &wanted.flags.settings()?, term, cancel)? {
        term::write::say(&finding.text());
    }
    Ok(())
}
