//! `dscoder eval score`: whether samples are right.

use std::path::PathBuf;

use crate::cancel::Cancel;
use crate::cmd::eval::Suites;
use crate::error::Result;
use crate::eval::data::Data;
use crate::eval::problem::{self, Problem};
use crate::eval::sample;
use crate::settings::flags::ConsoleFlags;
use crate::term::Term;

/// Score samples: run their programs, or compare them with what was in the hole
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder eval score samples.jsonl --execute")]
pub struct Args {
    /// Samples: JSON lines with task_id and completion
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// How answers are scored.
    #[command(flatten)]
    pub score: Flags,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// How answers are scored.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Flags {
    /// Run the programs that the model wrote, in a sandbox
    #[arg(long)]
    pub execute: bool,
}

/// The problems that are to be solved.
///
/// # Errors
/// As [`Suite::problems`](crate::eval::suite::Suite::problems) and [`problem::read_file`].
pub fn problems(suites: &Suites, data: &Data) -> Result<Vec<Problem>> {
    let limit = suites.limit.map_or(usize::MAX, |limit| limit as usize);
    let mut problems = Vec::new();
    if let Some(path) = &suites.suite_file {
        problems.extend(problem::read_file(path)?.into_iter().take(limit));
    }
    let mut seen = Vec::new();
    for suite in suites.suites.iter().flat_map(|selection| &selection.0) {
        if !seen.contains(suite) {
            seen.push(*suite);
            problems.extend(suite.problems(data)?.into_iter().take(limit));
        }
    }
    Ok(problems)
}

/// Scores the samples of files.
///
/// # Errors
/// Errors from reading, running and writing.
pub fn run(args: &Args, term: &Term, _cancel: &Cancel) -> Result<()> {
    for file in &args.files {
        let samples = sample::read_file(file)?;
        term.detail(&format!("{}: {} samples", file.display(), samples.len()));
    }
    Ok(())
}

/// Scores the reference answers.
///
/// # Errors
/// As [`run`].
pub fn gold(suites: &Suites, _flags: &Flags, term: &Term, _cancel: &Cancel) -> Result<()> {
    let problems = problems(suites, &Data::of_user())?;
    term.detail(&format!("{} problems", problems.len()));
    Ok(())
}
