//! `dscoder eval generate`: the answers of a model to the problems of benchmarks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::cancel::Cancel;
use crate::cmd::bench::peak;
use crate::cmd::eval::Suites;
use crate::engine::MAX_SEQUENCES;
use crate::engine::source::Source;
use crate::error::{Error, Kind, Result};
use crate::eval::answer::{form, taken};
use crate::eval::data::Data;
use crate::eval::paper::Size;
use crate::eval::problem::{self, Problem, Question};
use crate::eval::prompt::{Asked, Mode, fence, max_tokens, stops};
use crate::eval::record::{Place, Plan, Record, Samples, Spent};
use crate::eval::sample::Sample;
use crate::eval::suite::Suite;
use crate::model;
use crate::model::digest::{Digest, Remembered};
use crate::model::family::Flavour;
use crate::places::{self, Places};
use crate::run::answer;
use crate::run::batch;
use crate::run::batch::local::Prepared;
use crate::run::report::Report;
use crate::settings::endpoint::EndpointFlags;
use crate::settings::flags::{ConsoleFlags, EngineFlags, ModelFlags};
use crate::settings::{
    CacheSettings, EngineSettings, Format, Limits, OutputSettings, SamplingSettings, Settings, parse,
};
use crate::shape::stop::{StopRules, Until};
use crate::shape::{Shape, ShapeOptions};
use crate::term::Term;
use crate::text::dialect::{self, Dialect};
use crate::text::line_endings::LineEndings;

/// The longest answers as dscoder's users get them, unless they say otherwise: of Base and of Instruct models.
const USED_BASE: u32 = 256;
const USED_INSTRUCT: u32 = 1024;
/// The name of the built-in model.
const BUILT_IN: &str = "demo";
/// Samples of one group, for each prompt that is computed in parallel: what a killed run may lose, and how seldom some of
/// the parallel prompts are idle.
const GROUP: usize = 8;

/// Generate samples: the answers of a model, as JSON lines
///
/// A run that was stopped continues where it was if it is started again. The file is then the same as that of a run that was
/// not stopped.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder eval generate humaneval -m 6.7b-base -o samples.jsonl
  dscoder eval generate mbpp --samples 20 -t 0.2 -o samples.jsonl")]
pub struct Args {
    /// The suites.
    #[command(flatten)]
    pub suites: Suites,

    /// Write the samples into FILE, and the settings into the file beside it that ends with .run.json
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,

    /// How samples are made.
    #[command(flatten)]
    pub flags: Flags,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// How samples are made.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Flags {
    /// Which model answers.
    #[command(flatten)]
    pub model: ModelFlags,

    /// Whose rules cut answers
    ///
    /// published is the evaluation of the models' authors, used what dscoder's users get.
    #[arg(long = "as", value_name = "RULES", value_enum, default_value_t = Mode::Published, help_heading = "Samples")]
    pub mode: Mode,

    /// Ask as a Base or as an Instruct model; by default, as which it was trained
    #[arg(long, value_name = "FLAVOUR", value_parser = flavour_names(), hide_short_help = true, help_heading = "Samples")]
    pub flavour: Option<Flavour>,

    /// Samples of each problem (more than one needs a temperature)
    #[arg(long, value_name = "N", default_value_t = 1, hide_short_help = true, value_parser = clap::value_parser!(u32).range(1..=10_000),
          help_heading = "Samples")]
    pub samples: u32,

    /// Sampling temperature; 0 always takes the most likely token, as the authors did
    #[arg(short, long, value_name = "X", default_value_t = 0.0, hide_short_help = true, value_parser = parse::number::<0, 10>,
          allow_negative_numbers = true, help_heading = "Samples")]
    pub temperature: f32,

    /// Sample from the most likely tokens with a total probability of P (needs a temperature)
    #[arg(long, value_name = "P", default_value_t = 0.95, value_parser = parse::number::<0, 1>,
          allow_negative_numbers = true, hide_short_help = true, help_heading = "Samples")]
    pub top_p: f32,

    /// Random seed of the first sample; that of each next one is one higher. For fim-exact it also chooses the lines
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=i64::from(u32::MAX / 2)),
          hide_short_help = true, help_heading = "Samples")]
    pub seed: u32,

    /// Maximum answer length in tokens, instead of the authors'
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000),
          hide_short_help = true, help_heading = "Samples")]
    pub max_tokens: Option<u32>,

    /// Prompts to evaluate in parallel
    #[arg(long, value_name = "N", default_value_t = 8, env = "DSCODER_PARALLEL", hide_env_values = true, hide_short_help = true,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SEQUENCES)), help_heading = "Engine")]
    pub parallel: u32,

    /// How the model runs.
    #[command(flatten)]
    pub engine: EngineFlags,

    /// The server that computes answers.
    #[command(flatten)]
    pub endpoint: EndpointFlags,
}

/// Base and Instruct, by their names.
fn flavour_names() -> impl clap::builder::TypedValueParser<Value = Flavour> {
    use clap::builder::TypedValueParser;
    let all = [Flavour::Base, Flavour::Instruct];
    clap::builder::PossibleValuesParser::new(all.map(Flavour::name))
        .map(move |name| all.into_iter().find(|flavour| flavour.name() == name).unwrap_or(Flavour::Base))
}

/// A sample to make.
struct Task<'a> {
    problem: &'a Problem,
    sample: u32,
}

/// What is asked, of whom, and how.
struct Run<'a> {
    source: &'a Source,
    settings: Settings,
    flags: &'a Flags,
    flavour: Flavour,
    shots: Vec<Problem>,
}

impl Run<'_> {
    fn asked(&self, problem: &Problem) -> Asked {
        Asked::new(problem, self.flavour, self.flags.mode, &self.shots, self.source.vocabulary())
    }

    fn max_tokens(&self, problem: &Problem) -> u32 {
        self.flags.max_tokens.unwrap_or(match (self.flags.mode, problem.suite, self.flavour) {
            (Mode::Used, Suite::Mbpp, Flavour::Base) | (Mode::Published, ..) => max_tokens(problem.suite, self.flavour),
            (Mode::Used, _, Flavour::Base) => USED_BASE,
            (Mode::Used, _, Flavour::Instruct) => USED_INSTRUCT,
        })
    }

    /// The shape of an answer.
    fn shape(&self, problem: &Problem, asked: &Asked) -> Shape {
        let options = |until| ShapeOptions { until, stop: &[], raw: false };
        match (self.flags.mode, asked) {
            (Mode::Used, Asked::Fill { prefix, suffix }) => {
                let until = Until::at_gap(prefix, suffix);
                Shape::new(dialect(problem), prefix, Some(suffix), &options(until))
            }
            (Mode::Used, Asked::Continue(text)) if problem.suite != Suite::Mbpp => {
                Shape::new(dialect(problem), text, None, &options(Until::Block))
            }
            _ => {
                let stops: Vec<_> = stops(problem.suite, self.flavour).iter().map(|text| (*text).to_owned()).collect();
                Shape::plain(StopRules::new(&stops, Until::End))
            }
        }
    }

    fn prepared(&self, task: &Task<'_>, number: usize) -> Result<Prepared> {
        let asked = self.asked(task.problem);
        let mut settings = self.settings.clone();
        settings.limits.max_tokens = self.max_tokens(task.problem);
        settings.sampling.seed = Some(self.flags.seed.wrapping_add(u32::try_from(number).unwrap_or(u32::MAX)));
        let question = answer::Question {
            prompt: &asked.segments(),
            context_tokens: 0,
            endings: LineEndings::AsTheyAre,
            shape: self.shape(task.problem, &asked),
            print: false,
        };
        Prepared::new(&question, self.source, &settings).map_err(|error| named(task.problem, error))
    }

    fn sample(&self, task: &Task<'_>, report: Report<'_>) -> Sample {
        let best = report.best;
        let completion = taken(task.problem, self.flavour, self.flags.mode, &best.text);
        let is_made = task.problem.suite == Suite::FimExact;
        Sample {
            task_id: task.problem.task_id.clone(),
            suite: Some(task.problem.suite),
            form: form(task.problem, self.flavour),
            sample: task.sample,
            seed: report.seed,
            finish: Some(best.stop_reason.name().to_owned()),
            tokens: Some(u32::try_from(best.tokens.len()).unwrap_or(u32::MAX)),
            raw: (best.text != completion).then_some(best.text),
            completion,
            reference: task.problem.reference.clone().filter(|_| is_made),
        }
    }
}

/// The language of a problem, for dscoder's own rules.
fn dialect(problem: &Problem) -> &'static Dialect {
    let named = problem.suite.language().and_then(|language| dialect::named(fence(language)));
    named.unwrap_or_else(|| {
        let path = problem.task_id.rsplit_once(':').map_or(problem.task_id.as_str(), |(path, _)| path);
        let text = match &problem.question {
            Question::Hole { prefix, suffix, .. } => format!("{prefix}{suffix}"),
            Question::Function { .. } | Question::Description { .. } => String::new(),
        };
        dialect::of(Some(Path::new(path)), &text)
    })
}

fn named(problem: &Problem, error: Error) -> Error {
    Error { what: format!("{}: {}", problem.task_id, error.what), ..error }
}

/// Runs it.
///
/// # Errors
/// As [`samples`].
pub fn run(args: &Args, term: &Term, cancel: &Cancel) -> Result<()> {
    samples(&args.suites, &args.flags, &args.console, Some(&args.output), term, cancel).map(drop)
}

/// Makes the samples, and returns the file that they are in, by default one of the user's directory for data, with its record.
///
/// # Errors
/// Errors from reading problems, from the model and from writing; as [`Samples::open`].
pub fn samples(
    suites: &Suites,
    flags: &Flags,
    console: &ConsoleFlags,
    output: Option<&Path>,
    term: &Term,
    cancel: &Cancel,
) -> Result<(PathBuf, Record)> {
    if flags.samples > 1 && flags.temperature == 0.0 {
        let why = "at temperature 0 all samples are the same";
        return Err(Error::new(Kind::Usage, format!("--samples {} needs a temperature", flags.samples), why)
            .hint("add one, such as -t 0.2"));
    }
    let data = Data::of_user();
    let problems = suites.problems(&data, flags.seed)?;
    let settings = settings(flags, console)?;
    let source = crate::run::model::open(&settings.engine, flags.flavour.unwrap_or(Flavour::Base), term)?;
    let flavour = flags.flavour.or_else(|| trained(&source)).unwrap_or(Flavour::Base);
    let fills = problems.iter().any(|problem| matches!(problem.question, Question::Hole { .. }));
    let task = match flavour {
        _ if fills => Some(model::Task::Infill),
        Flavour::Instruct => Some(model::Task::Chat),
        Flavour::Base => None,
    };
    task.map_or(Ok(()), |task| source.require(task, settings.engine.force))?;
    let has_shots = problems.iter().any(|problem| problem.suite == Suite::Mbpp);
    let shots = if has_shots { problem::shots(&data)? } else { Vec::new() };
    let run = Run { source: &source, settings, flags, flavour, shots };
    let tasks: Vec<_> =
        problems.iter().flat_map(|problem| (0..flags.samples).map(move |sample| Task { problem, sample })).collect();
    let (plan, room) = plan(&run, &problems, cancel)?;
    let path = output.map_or_else(|| usual(&plan), Path::to_owned);
    let places: Vec<_> = tasks
        .iter()
        .map(|task| Place { suite: task.problem.suite, task_id: &task.problem.task_id, sample: task.sample })
        .collect();
    let (mut file, done) = Samples::open(&path, plan, &places, group(flags))?;
    if done == tasks.len() {
        term.note(&format!("{} has all samples already", path.display()));
    } else {
        if done > 0 {
            term.note(&format!("continuing {} behind its first {done} of {} samples", path.display(), tasks.len()));
        }
        fill(&run, &tasks, done, room, &mut file, term, cancel).inspect_err(|error| {
            if matches!(error.kind, Kind::Signal(_)) {
                term.note("the same command continues");
            }
        })?;
    }
    Ok((path, file.record().clone()))
}

/// How many samples are computed independently of all others.
fn group(flags: &Flags) -> usize {
    GROUP * flags.parallel as usize
}

/// Makes the samples from number `done` on, with room for prompts that take `room` tokens with their answers.
fn fill(
    run: &Run<'_>,
    tasks: &[Task<'_>],
    done: usize,
    room: usize,
    file: &mut Samples,
    term: &Term,
    cancel: &Cancel,
) -> Result<()> {
    let prepare = |number: usize| run.prepared(&tasks[number], number);
    let mut backend = batch::backend(run.source, &run.settings, run.flags.parallel, room, term, prepare);
    let steps = term.steps(tasks.len());
    (0..done).for_each(|_| steps.end());
    let mut next = done;
    while next < tasks.len() {
        let end = tasks.len().min(next + group(run.flags));
        let (mut submitted, mut ready) = (next, BTreeMap::new());
        let begun = Instant::now();
        let mut spent = Spent::default();
        while next < end {
            while submitted < end && backend.has_room() {
                backend.submit(submitted, submitted, 0);
                submitted += 1;
            }
            steps.begin(tasks[next].problem.suite.name());
            let answers = backend.advance(cancel)?;
            if let Some(cause) = cancel.cause() {
                return Err(Error::stopped(cause));
            }
            for (number, report) in answers {
                let report = report.map_err(|error| named(tasks[number].problem, error))?;
                spent.prompt_tokens += report.prompt.tokens as u64;
                spent.tokens += report.best.tokens.len() as u64;
                ready.insert(number, run.sample(&tasks[number], report));
                steps.end();
            }
            while let Some(sample) = ready.remove(&next) {
                file.add(&sample)?;
                next += 1;
            }
        }
        spent.seconds = begun.elapsed().as_secs_f64();
        spent.peak_memory_bytes = peak().filter(|_| !matches!(run.source, Source::Remote(_)));
        file.spend(spent)?;
        backend.forget();
    }
    Ok(())
}

/// What decides about the samples, and how many tokens the largest prompt takes with its answer.
fn plan(run: &Run<'_>, problems: &[Problem], cancel: &Cancel) -> Result<(Plan, usize)> {
    let Run { source, flags, flavour, .. } = *run;
    let mut prompts = Vec::new();
    let mut room = 0;
    for (number, problem) in problems.iter().enumerate() {
        let asked = run.asked(problem);
        prompts.extend(format!("{}\n{}\n{asked:?}\n", problem.suite, problem.task_id).into_bytes());
        room = room.max(run.prepared(&Task { problem, sample: 0 }, number)?.cells());
        if let Some(cause) = cancel.cause() {
            return Err(Error::stopped(cause));
        }
    }
    let model = source.model();
    let mut suites: Vec<Suite> = Vec::new();
    for problem in problems {
        if !suites.contains(&problem.suite) {
            suites.push(problem.suite);
        }
    }
    let plan = Plan {
        dscoder: env!("CARGO_PKG_VERSION").to_owned(),
        model: name(source, flags),
        model_sha256: source.path().map(|path| digest(path, cancel)).transpose()?,
        model_bytes: model.map(|model| model.file_bytes),
        size: match source {
            Source::Remote(remote) => Size::of_name(&remote.name),
            _ => model.and_then(|model| Size::of_shape(&model.profile.shape)),
        },
        flavour,
        endpoint: flags.endpoint.endpoint.as_deref().map(crate::secrets::redact),
        gpu_layers: flags.engine.gpu_layers.to_string(),
        parallel: flags.parallel,
        suites,
        problems: problems.len(),
        prompts_sha256: Digest::of(&prompts),
        mode: flags.mode,
        samples: flags.samples,
        max_tokens: flags.max_tokens,
        temperature: flags.temperature,
        top_p: flags.top_p,
        seed: flags.seed,
    };
    Ok((plan, room))
}

/// The name of the model: that of its file, but the built-in one has no file that users know.
fn name(source: &Source, flags: &Flags) -> String {
    match (&flags.model.model, source) {
        (Some(name), Source::Model(..)) if name == BUILT_IN => name.clone(),
        _ => source.name().to_owned(),
    }
}

/// The digest of a model's file, computed once.
fn digest(path: &Path, cancel: &Cancel) -> Result<Digest> {
    let mut known = Remembered::load(&Places::of_user().cache);
    if let Some(digest) = known.get(path) {
        return Ok(digest);
    }
    let digest = Digest::of_file(path, cancel, &mut |_| ())?;
    known.put(path, digest);
    Ok(digest)
}

/// The flavour that the model was trained as, if it is known.
fn trained(source: &Source) -> Option<Flavour> {
    match source {
        Source::Remote(remote) => remote.flavour,
        _ => source.model().map(|model| model.profile.flavour),
    }
}

/// Where the samples of this plan are if the user names no file.
fn usual(plan: &Plan) -> PathBuf {
    let words = serde_json::to_string(plan).unwrap_or_default();
    let model = plan.model.trim_end_matches(".gguf");
    let model: String = model
        .chars()
        .map(|letter| if letter.is_alphanumeric() || "-._".contains(letter) { letter } else { '_' })
        .collect();
    let name = format!(
        "{}-{model}-{}.jsonl",
        plan.suites.first().map_or("", |suite| suite.name()),
        &Digest::of(words.as_bytes()).to_string()[..8]
    );
    places::eval().join("runs").join(name)
}

fn settings(flags: &Flags, console: &ConsoleFlags) -> Result<Settings> {
    Ok(Settings {
        // A resident engine computes for others too, and what is computed together decides about rounding.
        engine: EngineSettings { server: flags.endpoint.server()?, ..flags.engine.settings(&flags.model, console) },
        limits: Limits {
            max_tokens: 1,
            candidates: 1,
            truncate: false,
            until: Until::Auto,
            stop: Vec::new(),
            raw: false,
            timeout: None,
        },
        sampling: SamplingSettings {
            temperature: flags.temperature,
            top_k: 0,
            top_p: flags.top_p,
            min_p: 0.0,
            repeat_penalty: 1.0,
            seed: Some(flags.seed),
        },
        output: OutputSettings { format: Format::Json, logprobs: None, stats: false },
        cache: CacheSettings { enabled: false, size: 0, after: std::time::Duration::ZERO },
    })
}
