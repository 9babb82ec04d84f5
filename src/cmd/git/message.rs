//! `dscoder git message`: a commit message for a diff.

use clap::builder::FalseyValueParser;
use serde::Serialize;

use crate::cancel::Cancel;
use crate::cmd::git::Dash;
use crate::cmd::git::ask::{Ask, ask_about};
use crate::error::{Error, Kind, Result};
use crate::git;
use crate::git::comments::Comments;
use crate::git::diff::Diff;
use crate::git::message::{Form, Message, Style};
use crate::git::trailers::{self, Trailer};
use crate::prompt::commit::{self, Wishes};
use crate::settings::flags::GenerateFlags;
use crate::term::{self, Term};

/// Subjects that are shown to the model.
const SUBJECTS: usize = 8;

/// Write a commit message for the staged changes, or for a diff on stdin
///
/// Lock files, generated and binary files are shown to the model by name only; of a large diff, every file gets a
/// share. The subject has at most 72 characters, and the body is wrapped at 72 columns. No line begins with git's comment
/// string. Stdin is read if it begins like a diff.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder git message
  dscoder git message --style conventional --body
  dscoder git message --signoff --trailer Refs:#12
  git diff HEAD~3 | dscoder git message
  git commit --edit -m \"$(dscoder git message)\"")]
pub struct Args {
    /// Read the diff from stdin, whatever it begins with
    #[arg(value_enum, value_name = "-", hide_possible_values = true)]
    pub diff: Option<Dash>,

    /// The flags shared with the hook.
    #[command(flatten)]
    pub wanted: MessageFlags,
}

/// The form of the message.
#[derive(Debug, Clone, clap::Args)]
pub struct MessageFlags {
    /// Style of the subject: "Add a parser", or "feat(parser): add a parser"
    #[arg(long, value_enum, default_value_t = Style::Plain, env = "DSCODER_GIT_STYLE", hide_env_values = true,
          help_heading = "Message")]
    pub style: Style,

    /// Write a body too
    #[arg(long, env = "DSCODER_GIT_BODY", hide_env_values = true, value_parser = FalseyValueParser::new(),
          help_heading = "Message")]
    pub body: bool,

    /// Write it in this language
    #[arg(long, value_name = "LANGUAGE", env = "DSCODER_GIT_LANG", hide_env_values = true, help_heading = "Message")]
    pub lang: Option<String>,

    /// Add a trailer, a line at the end such as "Refs: #12"; may be repeated
    ///
    /// KEY=VALUE is the same. Git adds it, as `git commit --trailer` does: its settings trailer.* hold, except those that
    /// name programs.
    #[arg(long = "trailer", value_name = "KEY:VALUE", help_heading = "Message")]
    pub trailers: Vec<Trailer>,

    /// Add a Signed-off-by trailer with your name
    ///
    /// It is the same as that of `git commit --signoff`: the committer that git knows.
    #[arg(long, help_heading = "Message")]
    pub signoff: bool,

    /// Show the model at most N tokens of the diff
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = 2048, env = "DSCODER_GIT_DIFF_TOKENS",
          hide_env_values = true, help_heading = "Message",
          value_parser = clap::value_parser!(u32).range(64..=1_000_000))]
    pub diff_tokens: u32,

    /// The flags that all generating subcommands share.
    #[command(flatten)]
    pub flags: GenerateFlags,
}

/// A message as JSON.
#[derive(Serialize)]
struct Parts<'a> {
    subject: &'a str,
    body: &'a str,
}

/// Runs it.
///
/// # Errors
/// [`Kind::NoInput`] if nothing is staged; errors from git, from the model and from writing.
pub fn run(args: &Args, term: &mut Term, cancel: &Cancel) -> Result<()> {
    let diff = match args.diff {
        Some(Dash::Stdin) => crate::cmd::git::dashed(term)?,
        None => match crate::cmd::git::piped("the message is for what is staged", term)? {
            Some(diff) => diff,
            None => staged()?,
        },
    };
    let message = compose(&args.wanted, &diff, Comments::of_settings().known(), term, cancel)?;
    if args.wanted.flags.output.is_json() {
        let parts = Parts { subject: &message.subject, body: &message.below() };
        let line = serde_json::to_string(&parts).unwrap_or_default();
        return term::write::print(&format!("{line}\n")).map(drop);
    }
    term::write::print(&message.text()).map(drop)
}

/// The staged changes.
///
/// # Errors
/// [`Kind::NoInput`] if there are none; errors from git.
pub fn staged() -> Result<Diff> {
    let diff = git::diff(&["--cached"])?;
    if diff.is_empty() {
        return Err(Error::new(Kind::NoInput, "nothing is staged", "").hint("stage changes with `git add`"));
    }
    Ok(diff)
}

/// Asks the model for a message, of which no line begins with `comment`.
///
/// # Errors
/// [`Kind::Nothing`] if it writes none; errors from the model and from git.
pub fn compose(
    wanted: &MessageFlags,
    diff: &Diff,
    comment: Option<&str>,
    term: &mut Term,
    cancel: &Cancel,
) -> Result<Message> {
    // Before the model runs: it may take a while, and a missing name would be in vain.
    let none = trailers::added(&[], &wanted.trailers, wanted.signoff)?;
    let settings = wanted.flags.settings()?;
    let source = crate::cmd::git::ask::open(&settings.engine, term)?;
    let subjects = git::subjects(SUBJECTS);
    let wishes =
        Wishes { style: wanted.style, body: wanted.body, language: wanted.lang.as_deref(), subjects: &subjects };
    let instruct = crate::cmd::git::ask::is_instruct(&source);
    let text = |diff: &str| if instruct { commit::question(&wishes, diff) } else { commit::continued(&wishes, diff) };
    let ask = Ask { text: &text, budget: wanted.diff_tokens, numbered: false, many_lines: wanted.body };
    let answer = ask_about(&source, diff, &ask, &settings, term, cancel)?;
    let form = Form { style: wanted.style, body: wanted.body, english: wanted.lang.is_none(), comment };
    let message = Message::of(&answer, &form, diff);
    let mut message = message.ok_or_else(|| Error::new(Kind::Nothing, "the model wrote no message", ""))?;
    message.trailers = match message.trailers.as_slice() {
        [] => none,
        present => trailers::added(present, &wanted.trailers, wanted.signoff)?,
    };
    Ok(message)
}
