//! `dscoder eval`: benchmarks.

pub mod compare;
pub mod fetch;
pub mod generate;
pub mod report;
pub mod score;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cancel::Cancel;
use crate::error::Result;
use crate::eval::data::Data;
use crate::eval::problem::{self, Problem};
use crate::eval::suite::{Selection, Suite};
use crate::eval::{holes, record};
use crate::settings::flags::ConsoleFlags;
use crate::term::Term;

/// Measure a model with the benchmarks of DeepSeek's papers
///
/// Generates samples, scores them, and prints the figures beside the published ones. A run that was stopped continues if
/// it is started again. Programs that a model wrote are only run with --execute, in a sandbox.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, arg_required_else_help = true)]
#[command(after_help = "Examples:
  dscoder eval infilling -m 1.3b-base --execute
  dscoder eval humaneval mbpp -m 6.7b-base --execute --html report.html
  dscoder eval fim-exact --code src --limit 500
  dscoder eval humaneval --gold --execute   # tests this machine, without a model")]
pub struct Args {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Option<Eval>,

    /// The suites.
    #[command(flatten)]
    pub suites: Suites,

    /// Score the reference answers instead of a model's: a test of this machine
    #[arg(long, conflicts_with_all = ["output", "json", "html", "markdown"])]
    pub gold: bool,

    /// Write the samples into FILE
    ///
    /// The settings are in the file beside it that ends with .run.json, the scores in the one that ends with .scores.jsonl. By
    /// default they are in your directory for data.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// How samples are made.
    #[command(flatten)]
    pub generate: generate::Flags,

    /// How answers are scored.
    #[command(flatten)]
    pub score: score::Flags,

    /// How the report is printed.
    #[command(flatten)]
    pub report: report::Flags,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// The subcommand.
// A doc comment on a variant would hide the longer one of its arguments from the help.
#[allow(missing_docs)]
#[derive(Debug, clap::Subcommand)]
pub enum Eval {
    Generate(Box<generate::Args>),
    Fetch(fetch::Args),
    Score(Box<score::Args>),
    Compare(compare::Args),
    Report(report::Args),
}

/// Which problems are to be solved.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Suites {
    /// The benchmarks, such as humaneval and infilling; dscoder help benchmarks lists them
    #[arg(value_name = "SUITE", hide_possible_values = true, required_unless_present = "suite_file",
          value_parser = PossibleValuesParser::new(Selection::names()).try_map(|name| name.parse::<Selection>()))]
    pub suites: Vec<Selection>,

    /// Read problems from FILE: JSON lines as those of HumanEval, MBPP or HumanEval-Infilling, plain or packed by gzip
    #[arg(long, value_name = "FILE", hide_short_help = true, conflicts_with = "suites")]
    pub suite_file: Option<PathBuf>,

    /// For fim-exact: take lines out of the code in DIR
    ///
    /// What git ignores is left out.
    #[arg(long, value_name = "DIR", default_value = ".", value_parser = crate::settings::parse::PathValue)]
    pub code: PathBuf,

    /// Only the first N problems of each suite
    ///
    /// For fim-exact, the number of holes, by default 200.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
}

impl Args {
    /// What is said on stderr.
    #[must_use]
    pub fn console(&self) -> &ConsoleFlags {
        match &self.command {
            None => &self.console,
            Some(Eval::Generate(args)) => &args.console,
            Some(Eval::Score(args)) => &args.console,
            Some(Eval::Fetch(args)) => &args.console,
            Some(Eval::Compare(args)) => &args.console,
            Some(Eval::Report(args)) => &args.console,
        }
    }
}

impl Suites {
    /// The problems that are to be solved. `seed` chooses the lines of fim-exact.
    ///
    /// # Errors
    /// As [`Suite::problems`], [`problem::read_file`] and [`holes::problems`].
    pub fn problems(&self, data: &Data, seed: u32) -> Result<Vec<Problem>> {
        let limit = self.limit.map(|limit| limit as usize);
        let mut problems = Vec::new();
        if let Some(path) = &self.suite_file {
            problems.extend(problem::read_file(path)?.into_iter().take(limit.unwrap_or(usize::MAX)));
        }
        let mut seen = Vec::new();
        for suite in self.suites.iter().flat_map(|selection| &selection.0) {
            if seen.contains(suite) {
                continue;
            }
            seen.push(*suite);
            problems.extend(match suite {
                Suite::FimExact => holes::problems(&self.code, limit.unwrap_or(holes::USUAL), seed)?,
                _ => suite.problems(data)?.into_iter().take(limit.unwrap_or(usize::MAX)).collect(),
            });
        }
        Ok(problems)
    }
}

/// Runs it.
///
/// # Errors
/// Errors from reading problems and samples, from the model, from scoring, and from writing.
pub fn run(args: &Args, term: &Term, cancel: &Cancel) -> Result<()> {
    match &args.command {
        None if args.gold => score::gold(&args.suites, &args.score, term, cancel),
        None => all(args, term, cancel),
        Some(Eval::Generate(args)) => generate::run(args, term, cancel),
        Some(Eval::Score(args)) => score::run(args, term, cancel),
        Some(Eval::Fetch(args)) => fetch::run(args, term, cancel),
        Some(Eval::Compare(args)) => compare::run(args),
        Some(Eval::Report(args)) => report::run(args),
    }
}

/// Generates samples, scores them, and reports on them.
fn all(args: &Args, term: &Term, cancel: &Cancel) -> Result<()> {
    // Before the model works for hours.
    let suites = args.suites.suites.iter().flat_map(|selection| &selection.0);
    score::check(suites.copied(), &args.score, cancel)?;
    let (path, _) =
        generate::samples(&args.suites, &args.generate, &args.console, args.output.as_deref(), term, cancel)?;
    let mut flags = args.score.clone();
    let scores = flags.scores.get_or_insert_with(|| record::scores(&path)).clone();
    score::report(&[path], None, args.suites.suite_file.as_deref(), &flags, &args.report, term, cancel)?;
    term.note(&format!("the scores are in {}", scores.display()));
    Ok(())
}
