//! `dscoder infill`: writes the middle between two texts.

use std::path::PathBuf;

use crate::engine::{Cancel, Source};
use crate::error::{Error, Kind, Result};
use crate::prompt;
use crate::prompt::line_endings::LineEndings;
use crate::settings::Shared;
use crate::term::Term;

use super::input;

/// Write the middle between two files
///
/// The prefix is the text before the gap, the suffix is the text behind it. The answer is what belongs between them,
/// and nothing else. Only Base models can do it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder infill --prefix before.py --suffix after.py
  head -n 20 main.py | dscoder infill --prefix - --suffix <(tail -n +30 main.py)")]
pub struct Args {
    /// The text before the gap; - is stdin
    #[arg(long, value_name = "FILE")]
    pub prefix: PathBuf,

    /// The text behind the gap; - is stdin
    #[arg(long, value_name = "FILE")]
    pub suffix: PathBuf,

    /// Use an Instruct model all the same, which was not trained for this
    #[arg(long, help_heading = "Model")]
    pub force: bool,

    /// What all generating subcommands share.
    #[command(flatten)]
    pub shared: Shared,
}

/// Runs it.
///
/// # Errors
/// Those of reading, of the model and of writing.
pub fn run(args: &Args, term: &mut Term, cancel: &Cancel) -> Result<()> {
    if input::is_stdin(&args.prefix) && input::is_stdin(&args.suffix) {
        return Err(Error::new(Kind::Usage, "--prefix and --suffix cannot both be stdin", "")
            .hint("put one of them into a file"));
    }
    let prefix = input::read(&args.prefix)?;
    let suffix = input::read(&args.suffix)?;
    if prefix.is_empty() && suffix.is_empty() {
        term.note("prefix and suffix are empty; the answer is whatever the model likes");
    }
    let source = super::open(&args.shared, "base", term)?;
    if let Source::Model(model) = &source
        && !args.force
    {
        model.require_base()?;
    }
    let endings = LineEndings::of(&[&prefix, &suffix]);
    let (prefix, suffix) = (endings.for_model(&prefix), endings.for_model(&suffix));
    super::answer(&source, &prompt::infill::segments(&prefix, &suffix), endings, &args.shared, term, cancel)
}
