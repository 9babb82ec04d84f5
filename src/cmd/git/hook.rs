//! The command that an installed hook runs. It never fails: a commit does not depend on a model.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::cancel::Cancel;
use crate::cmd::git::install::HookName;
use crate::cmd::git::message::{self, MessageFlags};
use crate::cmd::git::review;
use crate::edit::Target;
use crate::error::{Error, Kind, Result, reason};
use crate::git;
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

/// Writes a message into the file that the editor will open, before what git put there.
fn prepare(args: &Args, term: &mut Term, cancel: &Cancel) -> Result<()> {
    let Some((file, rest)) = args.arguments.split_first() else {
        return Err(Error::new(Kind::Usage, "git names no message file", ""));
    };
    // The source is message, merge, squash or commit if there is a message already.
    if rest.first().is_some_and(|source| !source.is_empty() && source != "template") {
        return Ok(());
    }
    let file = Path::new(file);
    let refuse = |error| Error::new(Kind::Io, format!("cannot read {}", file.display()), reason(&error));
    let old = String::from_utf8(fs::read(file).map_err(refuse)?)
        .map_err(|_| Error::new(Kind::Data, format!("cannot use {}", file.display()), "it is not UTF-8"))?;
    if has_text(&old, &comment()) {
        return Ok(());
    }
    let target = Target::new(file, &old)?;
    let diff = message::staged()?;
    let message = message::compose(&args.wanted, &diff, term, cancel)?;
    target.replace(&format!("{}{old}", message.text()), None)
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

/// The comment prefix: git removes lines that begin with it.
fn comment() -> String {
    for name in ["core.commentString", "core.commentChar"] {
        match git::output(&["config", "--get", name]) {
            Ok(value) if !value.is_empty() && value != "auto" => return value,
            _ => {}
        }
    }
    "#".to_owned()
}

/// Whether a message has anything but comments, above git's cut line.
fn has_text(message: &str, comment: &str) -> bool {
    let scissors = format!("{comment} ------------------------ >8 ------------------------");
    let mut lines = message.lines().take_while(|line| *line != scissors);
    lines.any(|line| !line.trim().is_empty() && !line.starts_with(comment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_no_text() {
        assert!(!has_text("", "#") && !has_text("\n# a\n#b\n\n", "#") && !has_text("; a\n", ";"));
        assert!(has_text("\n# a\nb\n", "#") && has_text("# a\n", ";"));
        assert!(!has_text("# ------------------------ >8 ------------------------\n# x\ndiff --git\n", "#"));
    }
}
