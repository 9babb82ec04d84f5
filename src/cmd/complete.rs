//! `dscoder complete`: continues a text.

use std::path::PathBuf;

use crate::engine::Cancel;
use crate::error::Result;
use crate::layout::Layout;
use crate::prompt;
use crate::prompt::line_endings::LineEndings;
use crate::settings::Shared;
use crate::shape::Shape;
use crate::stop::block::Block;
use crate::stop::{StopRules, Until};
use crate::term::Term;
use crate::trim::Trim;

use super::answer::{Question, answer};
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
    let source = super::open(&args.shared, "base", term)?;
    let endings = LineEndings::of(&[&text]);
    let text = endings.for_model(&text);
    let path = (!input::is_stdin(&args.file)).then_some(args.file.as_path());
    let layout = Layout::of(path, &text);
    let until = args.shared.until.unless(Until::Block);
    let shape = Shape {
        stop: StopRules::new(&args.shared.stop, until),
        block: (until == Until::Block).then(|| Block::new(layout, &text, false)),
        trim: (!args.shared.raw).then(|| Trim::new(layout, &text, "")),
    };
    let question = Question { prompt: &prompt::complete(&text), endings, shape, print: true };
    answer(&source, &question, &args.shared, term, cancel).map(drop)
}
