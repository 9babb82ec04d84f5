//! `dscoder complete`: continues a text.

use std::path::PathBuf;

use crate::engine::Cancel;
use crate::error::Result;
use crate::layout::Layout;
use crate::place::BYTE_ORDER_MARK;
use crate::prompt;
use crate::prompt::line_endings::LineEndings;
use crate::settings::Shared;
use crate::shape::Shape;
use crate::stop::Until;
use crate::term::Term;

use super::answer::{Question, answer};
use super::context::{self, Context};
use super::input;

/// Continue a file or stdin
///
/// The answer is what follows the text, without the text. A Base model seldom ends by itself: the answer ends with the
/// block that it is in, unless --until, --stop or --max-tokens say otherwise.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder complete main.py
  printf 'def add(a, b):\\n    return ' | dscoder complete
  dscoder complete main.py --until line --json")]
pub struct Args {
    /// The text to continue; - or nothing is stdin
    #[arg(default_value = "-", hide_default_value = true)]
    pub file: PathBuf,

    /// Files beside the text.
    #[command(flatten)]
    pub context: context::Args,

    /// What all generating subcommands share.
    #[command(flatten)]
    pub shared: Shared,
}

/// Runs it.
///
/// # Errors
/// Those of reading, of the model and of writing.
pub fn run(args: &Args, term: &mut Term, cancel: &Cancel) -> Result<()> {
    let text = input::read(&args.file)?;
    if text.is_empty() {
        term.note("the text is empty; the answer is whatever the model likes");
    }
    let context = Context::read(&args.context, &[&args.file], term)?;
    let source = super::open(&args.shared, "base", term)?;
    let endings = LineEndings::of(&[&text]);
    let text = endings.for_model(&text);
    let shown = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
    // A word and the space before it are one token: after a space of its own, models write what never follows one.
    let healed = shown.strip_suffix(' ').filter(|rest| !args.shared.raw && !rest.ends_with(char::is_whitespace));
    let prompt = prompt::complete(healed.unwrap_or(shown));
    let context = context.fit(&prompt, &text, &source, &args.shared, term)?;
    let file = Some(args.file.as_path()).filter(|file| !input::is_stdin(file));
    let mut shape = Shape::new(Layout::of(file, shown), shown, None, &args.shared, Until::Block);
    shape.has_space = healed.is_some();
    let question =
        Question { prompt: &context.before(&prompt), context_tokens: context.tokens, endings, shape, print: true };
    answer(&source, &question, &args.shared, term, cancel).map(drop)
}
