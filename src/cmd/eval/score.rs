//! `dscoder eval score`: whether samples are right.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cancel::Cancel;
use crate::cmd::eval::{Suites, report};
use crate::error::{Error, Kind, Result, reason};
use crate::eval::data::Data;
use crate::eval::judge;
use crate::eval::problem::{self, Problem};
use crate::eval::program::Program;
use crate::eval::report::percent;
use crate::eval::sample::{self, Sample};
use crate::eval::sandbox::{Mode, Sandbox};
use crate::eval::score::{Score, of_suite};
use crate::eval::suite::{Language, Span, Suite};
use crate::eval::tools::Machine;
use crate::settings::flags::ConsoleFlags;
use crate::settings::parse;
use crate::storage;
use crate::term::table::table;
use crate::term::{self, Term};

/// The problem of MBPP whose set-up code is not in the tested file: nothing passes it.
const WITHOUT_SET_UP: &str = "367";

/// Score samples: run their programs, or compare them with what was in the hole
///
/// Samples of other tools are read too: JSON lines with task_id and completion, as of human-eval.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder eval score samples.jsonl --execute
  dscoder eval score samples.jsonl --execute --scores scores.jsonl
  dscoder eval score other.jsonl --suite humaneval-cpp --execute")]
pub struct Args {
    /// Samples: JSON lines with task_id and completion, plain or packed by gzip
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// The suite of samples that do not name it
    #[arg(long, value_name = "SUITE",
          value_parser = PossibleValuesParser::new(Suite::ALL.map(Suite::name)).try_map(|name| name.parse::<Suite>()))]
    pub suite: Option<Suite>,

    /// Read the problems from FILE
    #[arg(long, value_name = "FILE", conflicts_with = "suite")]
    pub suite_file: Option<PathBuf>,

    /// How answers are scored.
    #[command(flatten)]
    pub score: Flags,

    /// How the report is printed.
    #[command(flatten)]
    pub report: report::Flags,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// How answers are scored.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Flags {
    /// Run the programs that the model wrote, in a sandbox
    ///
    /// dscoder help benchmarks says what protects this machine.
    #[arg(long, help_heading = "Scoring")]
    pub execute: bool,

    /// Write the samples with their scores into FILE, one JSON object per line
    #[arg(long, value_name = "FILE", hide_short_help = true, help_heading = "Scoring")]
    pub scores: Option<PathBuf>,

    /// What shuts programs in
    #[arg(long, value_name = "HOW", value_enum, default_value_t = Mode::Auto, hide_short_help = true, help_heading = "Scoring")]
    pub sandbox: Mode,

    /// Programs to run at the same time; one per processor by default
    #[arg(long, value_name = "N", hide_short_help = true, value_parser = clap::value_parser!(u16).range(1..=512),
          help_heading = "Scoring")]
    pub jobs: Option<u16>,

    /// Time limit of each program, instead of the published one: 10 seconds, for infilling 3
    #[arg(long, value_name = "SECONDS", hide_short_help = true, value_parser = parse::seconds, allow_negative_numbers = true,
          help_heading = "Scoring")]
    pub time_limit: Option<Duration>,
}

/// The scores, and what could not be scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The scores, in the order of the samples.
    pub scores: Vec<Score>,
    /// Why programs could not be run, and of how many samples of which suite.
    pub missing: BTreeMap<(Suite, String), usize>,
}

/// Scores the samples of files, and reports on them.
///
/// # Errors
/// Errors from reading, running and writing.
pub fn run(args: &Args, term: &Term, cancel: &Cancel) -> Result<()> {
    let Args { files, suite, suite_file, .. } = args;
    report(files, *suite, suite_file.as_deref(), &args.score, &args.report, term, cancel)
}

/// Scores the samples of `files`, and reports on them. `suite` is that of samples that name none, and `suite_file` has the
/// problems if they are not those of suites.
///
/// # Errors
/// As [`run`].
pub fn report(
    files: &[PathBuf],
    suite: Option<Suite>,
    suite_file: Option<&Path>,
    flags: &Flags,
    report: &report::Flags,
    term: &Term,
    cancel: &Cancel,
) -> Result<()> {
    let data = Data::of_user();
    let (mut samples, mut counts) = (Vec::new(), Vec::new());
    for path in files {
        let own: Vec<Sample> = sample::read_file(path)?;
        counts.push(own.len());
        samples.extend(own.into_iter().map(|sample| (path.as_path(), sample)));
    }
    let mut known = Problems { own: None, read: HashMap::new() };
    if let Some(path) = suite_file {
        known.own =
            Some(problem::read_file(path)?.into_iter().map(|problem| (problem.task_id.clone(), problem)).collect());
    }
    for (path, sample) in &samples {
        known.load(path, sample, suite, &data)?;
    }
    let pairs = samples.into_iter().map(|(path, sample)| Ok((known.of(path, &sample, suite)?, sample)));
    let pairs = pairs.collect::<Result<Vec<_>>>()?;
    let scored = score(pairs, flags, term, cancel)?;
    let mut rest = &scored.scores[..];
    let mut runs = Vec::new();
    for (path, count) in files.iter().zip(counts) {
        let (own, behind) = rest.split_at(count);
        rest = behind;
        // Why something is missing is only known for all files together.
        let has = |suite: Suite| own.iter().any(|score| score.sample.suite == Some(suite));
        let missing = scored.missing.iter().filter(|((suite, _), _)| has(*suite));
        runs.push(report::run_of(path, own, missing.map(|(key, count)| (key.clone(), *count)).collect())?);
    }
    report::show(&runs, &data, report)
}

/// Problems by their names.
struct Problems {
    /// Those of the user's file.
    own: Option<HashMap<String, Problem>>,
    read: HashMap<Suite, HashMap<String, Problem>>,
}

impl Problems {
    fn load(&mut self, path: &Path, sample: &Sample, default: Option<Suite>, data: &Data) -> Result<()> {
        if self.own.is_some() {
            return Ok(());
        }
        let suite = suite_of(path, sample, default)?;
        if suite == Suite::FimExact {
            // Each sample of it has what was in the hole.
            let problem = held_out(path, sample)?;
            self.read.entry(suite).or_default().insert(problem.task_id.clone(), problem);
        } else if let Entry::Vacant(entry) = self.read.entry(suite) {
            let problems = suite.problems(data)?.into_iter().map(|problem| (problem.task_id.clone(), problem));
            entry.insert(problems.collect());
        }
        Ok(())
    }

    fn of(&self, path: &Path, sample: &Sample, default: Option<Suite>) -> Result<&Problem> {
        let id = sample.task_id.as_str();
        let (problems, name) = match &self.own {
            Some(own) => (Some(own), "the file of problems".to_owned()),
            None => {
                let suite = suite_of(path, sample, default)?;
                (self.read.get(&suite), suite.to_string())
            }
        };
        // DeepSeek's evaluation numbers the problems of HumanEval's Python file with another word before the number.
        let other = id.strip_prefix("Python/").map(|number| format!("HumanEval/{number}"));
        let problem = problems.and_then(|problems| problems.get(id).or_else(|| problems.get(&other?)));
        problem.ok_or_else(|| {
            Error::new(Kind::Data, format!("cannot use {}", path.display()), format!("{name} has no problem {id}"))
        })
    }
}

/// The suite that a sample is of: as it says, as its name tells, or `default`.
fn suite_of(path: &Path, sample: &Sample, default: Option<Suite>) -> Result<Suite> {
    let named = || {
        let id = sample.task_id.as_str();
        match id.split('/').next().filter(|word| *word != id) {
            Some("HumanEval" | "Python") => Some(Suite::HumanEval(Language::Python)),
            Some("SingleLineInfilling") => Some(Suite::Infilling(Span::SingleLine)),
            Some("MultiLineInfilling") => Some(Suite::Infilling(Span::MultiLine)),
            Some("RandomSpanInfilling") => Some(Suite::Infilling(Span::Random)),
            Some("RandomSpanInfillingLight") => Some(Suite::Infilling(Span::RandomLight)),
            None if id.parse::<u32>().is_ok() => Some(Suite::Mbpp),
            _ => None,
        }
    };
    sample.suite.or(default).or_else(named).ok_or_else(|| {
        let why = format!("nothing says which suite {} is a problem of", sample.task_id);
        Error::new(Kind::Data, format!("cannot use {}", path.display()), why).hint("name it with --suite")
    })
}

/// The problem of a sample that brings what was in its hole.
fn held_out(path: &Path, sample: &Sample) -> Result<Problem> {
    let Some(reference) = &sample.reference else {
        let why = format!("{} has no \"reference\"", sample.task_id);
        return Err(Error::new(Kind::Data, format!("cannot use {}", path.display()), why));
    };
    Ok(Problem {
        suite: Suite::FimExact,
        task_id: sample.task_id.clone(),
        question: problem::Question::Hole { prefix: String::new(), suffix: String::new(), tests: None },
        reference: Some(reference.clone()),
    })
}

/// Checks whether samples of `suites` can be scored, before they are made.
///
/// # Errors
/// As [`score`].
pub fn check(suites: impl Iterator<Item = Suite>, flags: &Flags, cancel: &Cancel) -> Result<()> {
    for suite in suites.filter(|suite| suite.runs_programs()) {
        if flags.execute {
            return Sandbox::open(flags.sandbox, cancel).map(drop);
        }
        if !matches!(suite, Suite::Infilling(_)) {
            return Err(refused(suite));
        }
    }
    Ok(())
}

/// The refusal to run programs.
fn refused(suite: Suite) -> Error {
    Error::new(Kind::Usage, format!("scoring {suite} runs programs that a model wrote"), "")
        .hint("allow it with --execute; dscoder help benchmarks says what protects this machine")
}

/// Scores samples, each with its problem.
///
/// # Errors
/// [`Kind::Usage`] if programs would have to be run and `--execute` is not given; errors from running and writing.
pub fn score(samples: Vec<(&Problem, Sample)>, flags: &Flags, term: &Term, cancel: &Cancel) -> Result<Scored> {
    let program = |(problem, sample): &(&Problem, Sample)| Program::new(problem, &sample.completion, sample.form);
    let running = samples.iter().filter(|(problem, _)| problem.suite.runs_programs()).count();
    let mut missing = BTreeMap::new();
    let machine = if running == 0 {
        None
    } else if flags.execute {
        let mut languages: Vec<_> = samples.iter().filter_map(|(problem, _)| problem.suite.language()).collect();
        languages.sort_unstable();
        languages.dedup();
        let sandbox = Sandbox::open(flags.sandbox, cancel)?;
        term.note(&said(running, &sandbox));
        let machine = Machine::new(sandbox, &languages, Data::of_user().javatuples(), cancel)?;
        for pair in &samples {
            if let Some(why) = program(pair).and_then(|program| machine.lacks(&program)) {
                *missing.entry((pair.0.suite, why)).or_default() += 1;
            }
        }
        Some(machine)
    } else {
        let needs = samples.iter().find(|(problem, _)| !matches!(problem.question, problem::Question::Hole { .. }));
        if let Some((problem, _)) = needs {
            return Err(refused(problem.suite));
        }
        term.note(
            "programs are run only with --execute; without it, answers are only compared with what was in the hole",
        );
        None
    };
    let jobs = flags.jobs.map_or_else(processors, usize::from);
    let steps = OnceLock::new();
    let progress = |_: usize, all: usize| steps.get_or_init(|| term.steps(all)).end();
    let scores = judge::scores(samples, machine.as_ref(), jobs, flags.time_limit, cancel, &progress)?;
    if let Some(path) = &flags.scores {
        let mut bytes = Vec::new();
        for score in &scores {
            sample::write(score, &mut bytes).map_err(|error| writing(path, &error))?;
        }
        storage::replace(path, ".scores-", &bytes).map_err(|error| writing(path, &error))?;
    }
    Ok(Scored { scores, missing })
}

fn writing(path: &Path, error: &std::io::Error) -> Error {
    Error::new(Kind::CantCreate, format!("cannot write {}", path.display()), reason(error))
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// What is done, and what protects this machine meanwhile.
fn said(programs: usize, sandbox: &Sandbox) -> String {
    let answers = if programs == 1 { "1 answer".to_owned() } else { format!("{programs} answers") };
    if sandbox.is_restricted() {
        let by = sandbox.protections().join(", ");
        format!("running {answers} as programs, without network and outside of your files ({by}, limits)")
    } else {
        format!("running {answers} as programs that may do all that you may; only time, memory and output are limited")
    }
}

/// Scores the reference answers.
///
/// # Errors
/// [`Kind::Nothing`] if one of them does not pass; errors as of [`score`].
pub fn gold(suites: &Suites, flags: &Flags, term: &Term, cancel: &Cancel) -> Result<()> {
    let problems = suites.problems(&Data::of_user(), 0)?;
    let gold = |problem: &Problem| {
        let completion = problem.reference.clone().ok_or_else(|| {
            Error::new(Kind::Usage, format!("{} has no reference answers", problem.suite), "")
                .hint("--gold is for humaneval-python, mbpp and the infilling suites")
        })?;
        Ok(Sample { task_id: problem.task_id.clone(), completion, ..Sample::default() })
    };
    let samples = problems.iter().map(|problem| Ok((problem, gold(problem)?))).collect::<Result<Vec<_>>>()?;
    let scored = score(samples, flags, term, cancel)?;
    show(&scored)?;
    let is_known = |score: &&Score| score.sample.suite == Some(Suite::Mbpp) && score.sample.task_id == WITHOUT_SET_UP;
    let wrong: Vec<_> = scored.scores.iter().filter(|score| score.result.counts() && !score.passed).collect();
    if wrong.iter().any(is_known) {
        term.note("the problem 367 of MBPP cannot be passed: the published file lacks its set-up");
    }
    let wrong: Vec<_> = wrong.into_iter().filter(|score| !is_known(score)).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    const SHOWN: usize = 5;
    let name = |score: &&Score| format!("{} ({})", score.sample.task_id, score.result.words());
    let mut names = wrong.iter().take(SHOWN).map(name).collect::<Vec<_>>().join(", ");
    if wrong.len() > SHOWN {
        names += &format!(" and {} more", wrong.len() - SHOWN);
    }
    let what = if wrong.len() == 1 { "a reference answer does not pass" } else { "reference answers do not pass" };
    Err(Error::new(Kind::Nothing, what, names).hint("if programs timed out on a busy machine, raise --time-limit"))
}

/// Prints how many samples of each suite are right, and why some were not run.
fn show(scored: &Scored) -> Result<()> {
    let mut suites: Vec<Suite> = scored.scores.iter().filter_map(|score| score.sample.suite).collect();
    suites.sort_unstable();
    suites.dedup();
    let mut rows = vec![["suite", "passed", "of", "rate", "exact line"].map(str::to_owned).to_vec()];
    for suite in suites {
        let own = of_suite(&scored.scores, suite);
        let counted: Vec<_> = own.iter().filter(|score| score.result.counts()).collect();
        let passed = counted.iter().filter(|score| score.passed).count();
        let exact: Vec<_> = own.iter().filter_map(|score| score.exact).collect();
        let lines = exact.iter().filter(|exact| exact.first_line).count();
        rows.push(vec![
            suite.words(),
            passed.to_string(),
            counted.len().to_string(),
            rate(passed, counted.len()),
            rate(lines, exact.len()),
        ]);
    }
    let mut text = table(&rows);
    for ((suite, why), count) in &scored.missing {
        text += &format!("{}: {count} not run: {why}\n", suite.words());
    }
    term::write::print(&text).map(drop)
}

/// A part in percent.
fn rate(part: usize, whole: usize) -> String {
    if whole == 0 { "-".to_owned() } else { percent(part as f64 / whole as f64) }
}
