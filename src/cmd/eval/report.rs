//! `dscoder eval report`: what runs have measured, beside the published figures.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result, reason};
use crate::eval::data::Data;
use crate::eval::page;
use crate::eval::problem::Question;
use crate::eval::record;
use crate::eval::report::{self, Report, Run};
use crate::eval::sample;
use crate::eval::score::{Outcome, Score};
use crate::eval::suite::Suite;
use crate::run::report::line;
use crate::settings::flags::ConsoleFlags;
use crate::settings::parse::PathValue;
use crate::storage;
use crate::term;

/// Report on scores: as a table, as Markdown, as JSON, or as a page with plots
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder eval report q4.scores.jsonl q8.scores.jsonl
  dscoder eval report q4.scores.jsonl --html report.html --markdown report.md")]
pub struct Args {
    /// Scores, as dscoder eval and dscoder eval score --scores write them; the settings are in the file beside that ends with
    /// .run.json
    #[arg(value_name = "FILE", required = true, value_parser = PathValue)]
    pub files: Vec<PathBuf>,

    /// How the report is printed.
    #[command(flatten)]
    pub report: Flags,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// How the report is printed.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Flags {
    /// Print the report as one JSON object
    #[arg(long, hide_short_help = true, help_heading = "Report")]
    pub json: bool,

    /// Write the report as Markdown into FILE
    #[arg(long, value_name = "FILE", value_parser = PathValue, hide_short_help = true, help_heading = "Report")]
    pub markdown: Option<PathBuf>,

    /// Write the report as one HTML page with plots into FILE
    #[arg(long, value_name = "FILE", value_parser = PathValue, help_heading = "Report")]
    pub html: Option<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// Errors from reading and writing.
pub fn run(args: &Args) -> Result<()> {
    let files = args.files.iter().map(|path| Ok((path, scores(path)?))).collect::<Result<Vec<_>>>()?;
    let runs = files.iter().map(|(path, scores)| {
        let mut missing = BTreeMap::new();
        let left = scores.iter().filter(|score| score.result == Outcome::CannotRun);
        for suite in left.filter_map(|score| score.sample.suite).filter(|suite| suite.runs_programs()) {
            let why = "scored without --execute, or without the tools that its language needs".to_owned();
            *missing.entry((suite, why)).or_default() += 1;
        }
        run_of(path, scores, missing)
    });
    show(&runs.collect::<Result<Vec<_>>>()?, &Data::of_user(), &args.report)
}

/// The scores of a file, or of the samples in a file, if they are in the file beside it.
///
/// # Errors
/// [`Kind::Data`] if it has none; errors from reading.
pub fn scores(path: &Path) -> Result<Vec<Score>> {
    let beside = record::scores(path);
    sample::read_file(path).or_else(|error| match error.kind {
        Kind::Data if beside.is_file() => sample::read_file(&beside),
        Kind::Data => {
            Err(error
                .hint(format!("score samples first: dscoder eval score {} --execute --scores FILE", path.display())))
        }
        _ => Err(error),
    })
}

/// A run to report on: the scores of samples in the file at `path`, or of the scores there.
///
/// # Errors
/// As [`record::read`].
pub fn run_of<'a>(path: &Path, scores: &'a [Score], missing: BTreeMap<(Suite, String), usize>) -> Result<Run<'a>> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(Run { name, record: record::read(path)?, scores: scores.iter().collect(), missing })
}

/// Prints and writes the report.
///
/// # Errors
/// Errors from writing.
pub fn show(runs: &[Run<'_>], data: &Data, flags: &Flags) -> Result<()> {
    let known: RefCell<HashMap<Suite, HashMap<String, String>>> = RefCell::default();
    let hole = |suite: Suite, id: &str| {
        let mut known = known.borrow_mut();
        // Without its problems, the lengths of holes are not shown.
        let own = known.entry(suite).or_insert_with(|| holes(suite, data));
        own.get(id).cloned()
    };
    let report = Report::new(runs, &hole);
    for (path, text) in [(&flags.markdown, report::markdown as fn(&Report) -> String), (&flags.html, page::page)] {
        if let Some(path) = path {
            storage::write_whole(path, text(&report).as_bytes()).map_err(|error| {
                Error::new(Kind::CantCreate, format!("cannot write {}", path.display()), reason(&error))
            })?;
        }
    }
    term::write::print(&if flags.json { line(&report) } else { report::text(&report) }).map(drop)
}

/// What was in the holes of a suite.
fn holes(suite: Suite, data: &Data) -> HashMap<String, String> {
    let problems = match suite {
        Suite::Infilling(_) => suite.problems(data).unwrap_or_default(),
        _ => Vec::new(),
    };
    let held = problems.into_iter().filter(|problem| matches!(problem.question, Question::Hole { .. }));
    held.filter_map(|problem| Some((problem.task_id, problem.reference?))).collect()
}
