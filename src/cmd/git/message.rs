//! `dscoder git message`: a commit message for a diff.

use clap::builder::FalseyValueParser;

use crate::cmd::answer::{Question, answer};
use crate::diff::Diff;
use crate::engine::{Cancel, Source};
use crate::error::{Error, Kind, Result};
use crate::git;
use crate::message::{Message, Style};
use crate::prompt::chat::encode;
use crate::prompt::commit::{self, Wishes};
use crate::prompt::line_endings::LineEndings;
use crate::settings::Shared;
use crate::shape::Shape;
use crate::stop::{StopRules, Until};
use crate::term::{self, Term};

/// Subjects that are shown to the model.
const SUBJECTS: usize = 8;

/// Write a commit message for the staged changes, or for a diff on stdin
///
/// Lock files, generated and binary files are shown to the model by name only; of a large diff, every file has its share.
/// The subject has at most 72 characters.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder git message
  dscoder git message --style conventional --body
  git diff HEAD~3 | dscoder git message
  git commit --edit -m \"$(dscoder git message)\"")]
pub struct Args {
    /// What is shared with the hook.
    #[command(flatten)]
    pub wanted: Wanted,
}

/// How the message is wanted.
#[derive(Debug, Clone, clap::Args)]
pub struct Wanted {
    /// How the subject looks: "Add a parser", or "feat(parser): add a parser"
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

    /// What all generating subcommands share.
    #[command(flatten)]
    pub shared: Shared,
}

/// Runs it.
///
/// # Errors
/// [`Kind::NoInput`] where nothing is staged; those of git, of the model and of writing.
pub fn run(args: &Args, term: &mut Term, cancel: &Cancel) -> Result<()> {
    let diff = match super::piped()? {
        Some(diff) => diff,
        None => staged()?,
    };
    let message = compose(&args.wanted, &diff, term, cancel)?;
    if args.wanted.shared.json || args.wanted.shared.json_lines {
        let line = serde_json::to_string(&message).unwrap_or_default();
        return term::print(&format!("{line}\n")).map(drop);
    }
    term::print(&message.text()).map(drop)
}

/// The staged changes.
///
/// # Errors
/// [`Kind::NoInput`] where there are none; those of git.
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
/// [`Kind::Nothing`] where it writes none; those of the model.
pub fn compose(wanted: &Wanted, diff: &Diff, term: &mut Term, cancel: &Cancel) -> Result<Message> {
    let source = super::open(&wanted.shared, term)?;
    let subjects = git::subjects(SUBJECTS);
    let wishes =
        Wishes { style: wanted.style, body: wanted.body, language: wanted.lang.as_deref(), subjects: &subjects };
    let instruct = super::is_instruct(&source);
    let text = |diff: &str| if instruct { commit::question(&wishes, diff) } else { commit::continued(&wishes, diff) };
    let ask = Ask { text: &text, budget: wanted.diff_tokens, numbered: false, many_lines: wanted.body };
    let answer = ask_about(&source, diff, &ask, &wanted.shared, term, cancel)?;
    let message = Message::of(&answer, wanted.style, wanted.body, wanted.lang.is_none(), diff);
    message.ok_or_else(|| Error::new(Kind::Nothing, "the model wrote no message", ""))
}

/// A question about a diff.
pub struct Ask<'a> {
    /// The question around the diff.
    pub text: &'a dyn Fn(&str) -> String,
    /// How many tokens of the diff are shown.
    pub budget: u32,
    /// Whether lines have their numbers.
    pub numbered: bool,
    /// Whether the answer of a Base model may have more than a line.
    pub many_lines: bool,
}

/// The answer to a question about as much of `diff` as fits.
///
/// # Errors
/// Those of the model.
pub fn ask_about(
    source: &Source,
    diff: &Diff,
    ask: &Ask<'_>,
    shared: &Shared,
    term: &mut Term,
    cancel: &Cancel,
) -> Result<String> {
    let instruct = super::is_instruct(source);
    let rest = encode(&commit::segments(instruct, &(ask.text)("")), source.vocabulary()).len();
    let room = super::room(ask.budget, source, rest + 16, shared)?;
    let shown = diff.shown(source.vocabulary(), room, ask.numbered);
    if shared.stats {
        super::report(&shown, term);
    }
    let text = (ask.text)(&shown.text);
    let mut stops = shared.stop.clone();
    let until = match (instruct, ask.many_lines) {
        (true, _) => Until::End,
        (false, false) => Until::Line,
        (false, true) => {
            stops.push(commit::NEXT.to_owned());
            Until::End
        }
    };
    let shape = Shape::plain(StopRules::new(&stops, shared.until.unless(until)));
    // The message is printed once it is whole.
    let shared = Shared { json: false, json_lines: false, logprobs: None, no_truncate: true, ..shared.clone() };
    let prompt = commit::segments(instruct, &text);
    let question =
        Question { prompt: &prompt, context_tokens: 0, endings: LineEndings::AsTheyAre, shape, print: false };
    let answer = answer(source, &question, &shared, term, cancel)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
