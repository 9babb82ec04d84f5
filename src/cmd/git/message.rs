//! `dscoder git message`: a commit message for a diff.

use clap::builder::FalseyValueParser;

use crate::cancel::Cancel;
use crate::cmd::git::Dash;
use crate::cmd::git::ask::{Ask, ask_about};
use crate::error::{Error, Kind, Result};
use crate::git;
use crate::git::diff::Diff;
use crate::git::message::{Message, Style};
use crate::prompt::commit::{self, Wishes};
use crate::settings::flags::GenerateFlags;
use crate::term::{self, Term};

/// Subjects that are shown to the model.
const SUBJECTS: usize = 8;

/// Write a commit message for the staged changes, or for a diff on stdin
///
/// Lock files, generated and binary files are shown to the model by name only; of a large diff, every file gets a
/// share. The subject has at most 72 characters. Stdin is read if it begins like a diff.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder git message
  dscoder git message --style conventional --body
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

    /// Show the model at most N tokens of the diff
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = 2048, env = "DSCODER_GIT_DIFF_TOKENS",
          hide_env_values = true, help_heading = "Message",
          value_parser = clap::value_parser!(u32).range(64..=1_000_000))]
    pub diff_tokens: u32,

    /// The flags that all generating subcommands share.
    #[command(flatten)]
    pub flags: GenerateFlags,
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
    let message = compose(&args.wanted, &diff, term, cancel)?;
    if args.wanted.flags.output.is_json() {
        let line = serde_json::to_string(&message).unwrap_or_default();
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

/// Asks the model for a message.
///
/// # Errors
/// [`Kind::Nothing`] if it writes none; errors from the model.
pub fn compose(wanted: &MessageFlags, diff: &Diff, term: &mut Term, cancel: &Cancel) -> Result<Message> {
    let settings = wanted.flags.settings()?;
    let source = crate::cmd::git::ask::open(&settings.engine, term)?;
    let subjects = git::subjects(SUBJECTS);
    let wishes =
        Wishes { style: wanted.style, body: wanted.body, language: wanted.lang.as_deref(), subjects: &subjects };
    let instruct = crate::cmd::git::ask::is_instruct(&source);
    let text = |diff: &str| if instruct { commit::question(&wishes, diff) } else { commit::continued(&wishes, diff) };
    let ask = Ask { text: &text, budget: wanted.diff_tokens, numbered: false, many_lines: wanted.body };
    let answer = ask_about(&source, diff, &ask, &settings, term, cancel)?;
    let message = Message::of(&answer, wanted.style, wanted.body, wanted.lang.is_none(), diff);
    message.ok_or_else(|| Error::new(Kind::Nothing, "the model wrote no message", ""))
}
