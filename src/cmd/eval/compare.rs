//! `dscoder eval compare`: which of two runs is better, and on which problems they differ.

use std::path::{Path, PathBuf};

use crate::cmd::eval::report::scores;
use crate::error::{Error, Kind, Result};
use crate::eval::compare::{Comparison, text};
use crate::eval::record;
use crate::run::report::line;
use crate::settings::flags::ConsoleFlags;
use crate::settings::parse::PathValue;
use crate::term;

/// Compare two runs problem by problem: two quantizations, two models, two settings
///
/// Only problems that one of the runs solves and the other does not say which is better. McNemar's exact test gives the
/// chance of a difference like theirs if neither is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder eval compare q4.scores.jsonl q8.scores.jsonl
  dscoder eval compare q4.scores.jsonl q8.scores.jsonl --json")]
pub struct Args {
    /// Scores of the first run
    #[arg(value_name = "A", value_parser = PathValue)]
    pub a: PathBuf,

    /// Scores of the second run
    #[arg(value_name = "B", value_parser = PathValue)]
    pub b: PathBuf,

    /// Print one JSON object
    #[arg(long)]
    pub json: bool,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// Runs it.
///
/// # Errors
/// [`Kind::Data`] if the runs have no problem in common; errors from reading and writing.
pub fn run(args: &Args) -> Result<()> {
    let (a, b) = (scores(&args.a)?, scores(&args.b)?);
    let comparison = Comparison::new((name(&args.a)?, &a), (name(&args.b)?, &b));
    if comparison.suites.is_empty() {
        let what = format!("cannot compare {} and {}", args.a.display(), args.b.display());
        return Err(Error::new(Kind::Data, what, "they have no scored problem in common"));
    }
    term::write::print(&if args.json { line(&comparison) } else { text(&comparison) }).map(drop)
}

/// A run in words: its model and its rules, and its file.
fn name(path: &Path) -> Result<String> {
    let file = path.display();
    Ok(match record::read(path)? {
        Some(record) => format!("{}, {} ({file})", record.settings.model, record.settings.mode.words()),
        None => file.to_string(),
    })
}
