//! `dscoder bench`: how fast a model runs on this machine.
//!
//! It measures the work of other subcommands: each repetition loads the model into a new engine, with a context of the
//! job's size, evaluates the prompt and takes the most likely tokens one by one, through the same [`Engine`]. Only the
//! rules that end an answer are off: the model is not allowed to stop early.
//!
//! Restored prefixes go through a store like the user's, in a temporary directory.
//!
//! The prompt is the beginning of a Python file, repeated if that is too short, in the model's vocabulary. Its text
//! does not matter: all tokens cost the same.

use std::fs;
use std::io;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::cancel::Cancel;
use crate::engine::source::Source;
use crate::engine::speed::{self, Measured, Rate, TUNED, Way, Weights};
use crate::engine::{Engine, Job, Sampling, cpu, gpu_interfaces, kernels, threads};
use crate::error::{Error, Kind, Result, reason};
use crate::kv::{New, Store};
use crate::model::family::Flavour;
use crate::places::Places;
use crate::run::model::gpus;
use crate::run::prefix;
use crate::run::report::{self, milliseconds};
use crate::settings::EngineSettings;
use crate::settings::flags::{ConsoleFlags, EngineFlags, ModelFlags};
use crate::term::table::table;
use crate::term::{self, Term};
use crate::units::bytes;
use crate::vocabulary::{TokenId, Vocabulary};

/// The text of the prompt.
const TEXT: &str = include_str!("../../examples/demo-model/train.py");
/// Shorter prompts say too little of other ones.
const LEAST_TUNED: u32 = 256;
/// The default depths, as far as the context allows.
const DEPTHS: [u32; 4] = [0, 512, 1024, 4096];

/// Measure how fast a model runs on this machine
///
/// Prints a table with the median, minimum and maximum of several repetitions, each of which loads the model again:
///
/// load: time from a checked file to a ready engine, in milliseconds.
///
/// prefill: prompt tokens per second. The depth is the length of the prompt in tokens, from a fixed Python text. Depth
/// 0 is an empty text without prefill.
///
/// decode: answer tokens per second after that prompt. The model is not allowed to stop early.
///
/// first token, cold: time to open the file, load, prefill and choose one token, in milliseconds, without the start of
/// the process.
///
/// first token, restored: the same with all but the last prompt token from the prefix cache. It is left out if
/// restoring would take longer than evaluating the prompt.
///
/// peak memory: peak resident memory of the cold runs, including mapped weights, in MB (1,000,000 bytes); on Linux
/// only.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder bench
  dscoder bench -m 6.7b-base --depths 2048 -r 5
  dscoder bench -m demo --json
  dscoder bench --tune")]
pub struct Args {
    /// Prompt lengths in tokens; by default 0,512,1024,4096, as far as they fit
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(0..=1_000_000),
          help_heading = "Measurement")]
    pub depths: Vec<u32>,

    /// Number of repetitions
    #[arg(short, long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000),
          help_heading = "Measurement")]
    pub repetitions: u32,

    /// Tokens to decode at each depth
    #[arg(short = 'n', long, value_name = "N", default_value_t = 32,
          value_parser = clap::value_parser!(u32).range(2..=100_000), help_heading = "Measurement")]
    pub tokens: u32,

    /// Measure the ways to compute on this machine, and keep the rates: later runs choose by them
    ///
    /// Weights from the file and copied, flash attention on and off, another micro-batch, and all cores of hybrid
    /// processors. Runs with --kernels auto choose by the rates.
    #[arg(long, conflicts_with_all = ["depths", "json"], help_heading = "Measurement")]
    pub tune: bool,

    /// Print one JSON object instead of the table
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// The model.
    #[command(flatten)]
    pub model: ModelFlags,

    /// How the model runs.
    #[command(flatten)]
    pub engine: EngineFlags,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// All results.
#[derive(Debug, Serialize)]
struct Measurements<'a> {
    /// The file name of the model.
    model: &'a str,
    /// The size of its file or files; none for canned answers.
    model_bytes: Option<u64>,
    machine: Machine,
    repetitions: u32,
    /// How many tokens were decoded at each depth.
    tokens: u32,
    /// Time to read the header and to build the tokenizer, once, in milliseconds.
    open_ms: f64,
    depths: Vec<Depth>,
}

/// The machine.
#[derive(Debug, Serialize)]
struct Machine {
    version: &'static str,
    system: String,
    /// The name of the processor.
    cpu: String,
    physical_cores: usize,
    threads: i32,
    /// Instruction sets beyond the architecture's base that the build uses.
    instructions: Vec<&'static str>,
    /// GPUs that can compute; empty if only the processor can.
    devices: Vec<String>,
    /// GPU interfaces in the build.
    gpu: Vec<&'static str>,
}

/// The results at one prompt length.
#[derive(Debug, Serialize)]
struct Depth {
    /// That length in tokens.
    depth: u32,
    /// How the engine computed, in words.
    way: String,
    load_ms: Spread,
    prefill_tokens_per_s: Option<Spread>,
    decode_tokens_per_s: Spread,
    first_token_cold_ms: Spread,
    /// None if restoring would save no time.
    first_token_restored_ms: Option<Spread>,
    /// None if the system does not report it.
    peak_memory_bytes: Option<u64>,
}

/// The median, minimum and maximum of some values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct Spread {
    median: f64,
    min: f64,
    max: f64,
}

impl Spread {
    /// The spread of `values`, at least one, to three decimal places.
    fn of(values: impl Iterator<Item = f64>) -> Spread {
        let mut values: Vec<f64> = values.map(|value| (value * 1e3).round() / 1e3).collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or_default();
        let (low, high) = (at(values.len().saturating_sub(1) / 2), at(values.len() / 2));
        Spread { median: (low + high) / 2.0, min: at(0), max: at(values.len().saturating_sub(1)) }
    }
}

/// The times of one repetition.
#[derive(Debug, Clone, Copy)]
struct Times {
    load: Duration,
    prefill: Duration,
    /// The choice of the first token.
    first: Duration,
    /// All further tokens.
    decode: Duration,
}

/// Runs it.
///
/// # Errors
/// [`Kind::TooLong`] if a depth does not fit into the context, [`Kind::Signal`] after Ctrl-C; errors from the model,
/// from the engine and from writing.
pub fn run(args: &Args, term: &Term, cancel: &Cancel) -> Result<()> {
    let settings = &args.engine.settings(&args.model, &args.console);
    let start = Instant::now();
    let source = crate::run::model::open(settings, Flavour::Base, term)?;
    let open = start.elapsed();
    if args.tune {
        return tune(args, settings, &source, term, cancel);
    }
    let depths = depths(&args.depths, settings.context(source.context())?, args.tokens)?;
    let deepest = depths.last().copied().unwrap_or_default();
    crate::run::model::fits(&source, deepest.saturating_add(args.tokens), settings.force, term)?;
    let prompt = prompt(source.vocabulary(), deepest as usize);

    let steps = term.steps(2 * depths.len() * args.repetitions as usize);
    let mut found = Vec::new();
    for depth in depths {
        let ids = &prompt[..prompt.len().min(depth.max(1) as usize)];
        // Chosen once: the key of states depends on it.
        let job = source.with_way(&job(settings, depth.max(1), args.tokens));
        forget_peak();
        let mut times = Vec::new();
        let mut last = None;
        for repetition in 1..=args.repetitions {
            // Only one engine at a time is in memory.
            drop(last.take());
            steps.begin(&format!("depth {depth}, repetition {repetition}"));
            let (time, engine) = cold(&source, &job, ids, args.tokens, cancel)?;
            times.push(time);
            last = Some(engine);
            steps.end();
        }
        let peak = peak();
        steps.begin(&format!("depth {depth}, restored"));
        let prefill = times.iter().map(|times| times.prefill).min().unwrap_or_default();
        let restored = match last {
            Some(engine) => restored(&source, &job, ids, (engine, prefill), args.repetitions, term, cancel)?,
            None => Vec::new(),
        };
        (0..args.repetitions).for_each(|_| steps.end());
        let spread = |value: &dyn Fn(&Times) -> f64| Spread::of(times.iter().map(value));
        let rate = |tokens: u32, time: Duration| f64::from(tokens) / time.as_secs_f64().max(1e-9);
        found.push(Depth {
            depth,
            way: job.way.map_or_else(|| "canned answers".to_owned(), |way| way.words()),
            load_ms: spread(&|times| milliseconds(times.load)),
            prefill_tokens_per_s: (depth > 0).then(|| spread(&|times| rate(depth, times.prefill))),
            decode_tokens_per_s: spread(&|times| rate(args.tokens - 1, times.decode)),
            first_token_cold_ms: spread(&|times| milliseconds(open + times.load + times.prefill + times.first)),
            first_token_restored_ms: (!restored.is_empty())
                .then(|| Spread::of(restored.iter().map(|time| milliseconds(open + *time)))),
            peak_memory_bytes: peak,
        });
    }
    drop(steps);

    let report = Measurements {
        model: source.name(),
        model_bytes: source.model().map(|model| model.file_bytes),
        machine: machine(settings),
        repetitions: args.repetitions,
        tokens: args.tokens,
        open_ms: milliseconds(open),
        depths: found,
    };
    term::write::print(&if args.json { report::line(&report) } else { text(&report) }).map(drop)
}

/// Measures every way in which the engine may compute, and keeps the rates.
fn tune(args: &Args, settings: &EngineSettings, source: &Source, term: &Term, cancel: &Cancel) -> Result<()> {
    let Some(model) = source.model() else {
        return Err(Error::new(
            Kind::Usage,
            "--tune needs a model file",
            "nothing is computed here for canned answers",
        ));
    };
    if let Some(gpu) = gpus(settings.gpu_layers).first() {
        return term::write::print(&format!(
            "nothing to choose: {gpu} computes; --gpu-layers 0 measures the processor\n"
        ))
        .map(drop);
    }
    let depth = settings.context(source.context())?.saturating_sub(args.tokens).min(TUNED);
    if depth < LEAST_TUNED {
        let why = format!("the context has room for a prompt of {depth} tokens beside {} of an answer", args.tokens);
        return Err(Error::new(Kind::TooLong, format!("--tune needs a prompt of {LEAST_TUNED} tokens"), why)
            .hint("give a larger --ctx-size, or decode fewer tokens with -n"));
    }
    crate::run::model::fits(source, depth.saturating_add(args.tokens), settings.force, term)?;
    let ids = prompt(source.vocabulary(), depth as usize);
    let ids = &ids[..ids.len().min(depth as usize)];
    let job = job(settings, depth, args.tokens);
    let packed = source.chosen(&Job { weights: Weights::Packed, ..job });
    if let Some(chosen) = packed.iter().find(|chosen| chosen.refused) {
        term.note(&format!("nothing is measured with a copy of the weights: {}", chosen.why));
    }
    let ways = Way::all(packed.is_some_and(|chosen| chosen.way.packed), settings.threads, speed::micro_batch(model));
    let tuning = Tuning { source, job: &job, ids, tokens: args.tokens, repetitions: args.repetitions, cancel };
    let mut rates = tuning.measure(&ways, term)?;
    let better: Vec<_> = rates.iter().filter(|one| one.rate.beats(&rates[0].rate, &job)).map(|one| one.way).collect();
    if better.len() > 1 {
        // With the default again, so that another program's work slows both.
        let both = tuning.measure(&[Way::default(), Way::default().with(&better)], term)?;
        rates[0] = both[0];
        rates.extend(both.into_iter().skip(1));
    }

    let cache = Places::of_user().cache;
    let key = kernels::key().unwrap_or_default();
    let kind = speed::kind(model, &job);
    let head = ["WAY", "LOAD MS", "PREFILL MS/TOKEN", "DECODE MS/TOKEN"].map(str::to_owned).to_vec();
    let number = |us: u64| format!("{:>8.1}", us as f64 / 1e3);
    let row = |Measured { way, rate }: &Measured| {
        vec![way.words(), number(rate.load_us), number(rate.prefill_us), number(rate.decode_us)]
    };
    let rows = table(&std::iter::once(head).chain(rates.iter().map(row)).collect::<Vec<_>>());
    speed::remember(&cache, key, kind, rates).map_err(|error| {
        Error::new(Kind::Io, format!("cannot write {}", speed::file(&cache).display()), reason(&error))
    })?;
    term::write::print(&format!("{rows}\nkept in {}\n", speed::file(&cache).display())).map(drop)
}

/// Measuring ways to compute.
struct Tuning<'a> {
    source: &'a Source,
    job: &'a Job,
    ids: &'a [TokenId],
    tokens: u32,
    repetitions: u32,
    cancel: &'a Cancel,
}

impl Tuning<'_> {
    /// The rates of `ways`, each measured in turn, so that another program's work slows all. Those that are slower than the
    /// first one are not measured again.
    fn measure(&self, ways: &[Way], term: &Term) -> Result<Vec<Measured>> {
        let steps = term.steps(ways.len() * self.repetitions as usize);
        let mut times: Vec<Vec<Times>> = vec![Vec::new(); ways.len()];
        let mut rates: Vec<Rate> = Vec::new();
        for repetition in 1..=self.repetitions {
            for (index, (way, times)) in ways.iter().zip(&mut times).enumerate() {
                steps.begin(&format!("{}, repetition {repetition}", way.words()));
                let may_win = |rate: &Rate| {
                    let lengths = [1, self.job.prefill, 8 * self.job.prefill];
                    let jobs = lengths.map(|prefill| Job { prefill, tokens: prefill + self.tokens, ..*self.job });
                    jobs.iter().any(|job| rate.cost(job) < rates[0].cost(job))
                };
                if index == 0 || rates.get(index).is_none_or(may_win) {
                    let job = Job { way: Some(*way), ..*self.job };
                    times.push(cold(self.source, &job, self.ids, self.tokens, self.cancel)?.0);
                }
                steps.end();
            }
            rates = times.iter().map(|times| self.rate(times)).collect();
        }
        Ok(ways.iter().zip(rates).map(|(&way, rate)| Measured { way, rate }).collect())
    }

    fn rate(&self, times: &[Times]) -> Rate {
        let median = |value: &dyn Fn(&Times) -> Duration, tokens: u32| {
            let each = times.iter().map(|times| milliseconds(value(times)) / f64::from(tokens.max(1)));
            (Spread::of(each).median * 1e3) as u64
        };
        Rate {
            load_us: median(&|times| times.load, 1),
            prefill_us: median(&|times| times.prefill, self.job.prefill),
            decode_us: median(&|times| times.decode, self.tokens - 1),
        }
    }
}

/// The depths to measure at, in ascending order: `asked`, or the default ones that fit.
fn depths(asked: &[u32], context: u32, tokens: u32) -> Result<Vec<u32>> {
    let fits = |depth: &u32| depth.max(&1).saturating_add(tokens) <= context;
    let mut depths = asked.to_vec();
    if asked.is_empty() {
        depths = DEPTHS.into_iter().filter(fits).collect();
    }
    depths.sort_unstable();
    depths.dedup();
    match depths.last() {
        Some(depth) if fits(depth) => Ok(depths),
        depth => Err(Error::new(
            Kind::TooLong,
            format!("depth {} does not fit", depth.copied().unwrap_or_default()),
            format!("the context has {context} tokens, of which the answer takes {tokens}"),
        )
        .hint("give smaller depths with --depths, or decode fewer tokens with -n")),
    }
}

/// A prompt of at least this many tokens.
fn prompt(vocabulary: &dyn Vocabulary, tokens: usize) -> Vec<TokenId> {
    let text = vocabulary.encode(TEXT);
    let mut ids = vec![vocabulary.controls().begin];
    while ids.len() < tokens && !text.is_empty() {
        ids.extend(&text);
    }
    ids
}

fn job(settings: &EngineSettings, depth: u32, tokens: u32) -> Job {
    settings.job(Sampling::GREEDY, depth + tokens, depth)
}

/// A run from the file to the last token, and the engine after it.
fn cold(source: &Source, job: &Job, ids: &[TokenId], tokens: u32, cancel: &Cancel) -> Result<(Times, Box<dyn Engine>)> {
    let start = Instant::now();
    let mut engine = source.start(job, cancel)?;
    let load = start.elapsed();
    let (prefill, first) = first_token(engine.as_mut(), ids, cancel)?;
    let start = Instant::now();
    for _ in 1..tokens {
        stop(cancel)?;
        engine.sample(&[0])?;
    }
    Ok((Times { load, prefill, first, decode: start.elapsed() }, engine))
}

/// The times to the first token with a prefix restored from a store with the state of `engine`, whose prefill took
/// `prefill`. There are none if restoring would save no time.
fn restored(
    source: &Source,
    job: &Job,
    ids: &[TokenId],
    (mut engine, prefill): (Box<dyn Engine>, Duration),
    repetitions: u32,
    term: &Term,
    cancel: &Cancel,
) -> Result<Vec<Duration>> {
    let Some((model, key)) = source.model().zip(source.key(job)) else { return Ok(Vec::new()) };
    let evaluated = engine.evaluated().to_vec();
    let new = New {
        key: &key,
        model: source.name(),
        ids: &evaluated,
        prompt: ids.len(),
        token_time: prefill / u32::try_from(ids.len()).unwrap_or(u32::MAX).max(1),
        about_bytes: model.profile.shape.kv_bytes().saturating_mul(evaluated.len() as u64),
    };
    let directory = tempfile::Builder::new().prefix("dscoder-bench-").tempdir();
    let kept = directory.and_then(|directory| {
        let store = Store::new(directory.path(), u64::MAX);
        let kept = store.put(&new, &mut |path| engine.save(path).map_err(io::Error::other))?;
        let why = io::ErrorKind::StorageFull;
        kept.map(|_| (directory, store)).ok_or_else(|| why.into())
    });
    let (_directory, store) = match kept {
        Ok(kept) => kept,
        Err(error) => {
            let tokens = ids.len();
            term.note(&format!("cannot measure restoring {tokens} tokens: no temporary file: {}", reason(&error)));
            return Ok(Vec::new());
        }
    };
    drop(engine);
    let mut times = Vec::new();
    for _ in 0..repetitions {
        stop(cancel)?;
        let start = Instant::now();
        // Computing the key is part of it: it inspects the model's file.
        let found = source.key(job).and_then(|key| store.find(&key, ids, evaluated.len()));
        let Some(hit) = found else { return Ok(Vec::new()) };
        let Some((mut engine, _)) = prefix::restore(source, job, ids, &hit, cancel)? else {
            return Err(Error::new(Kind::Engine, "llama.cpp rejects the state that it saved", ""));
        };
        first_token(engine.as_mut(), ids, cancel)?;
        times.push(start.elapsed());
    }
    Ok(times)
}

/// Evaluates the part of `ids` that the engine lacks and chooses a token; returns both times.
fn first_token(engine: &mut dyn Engine, ids: &[TokenId], cancel: &Cancel) -> Result<(Duration, Duration)> {
    let start = Instant::now();
    let kept = engine.keep(ids)?;
    engine.prefill(&ids[kept.min(ids.len())..], cancel)?;
    let prefill = start.elapsed();
    stop(cancel)?;
    let start = Instant::now();
    engine.sample(&[0])?;
    Ok((prefill, start.elapsed()))
}

fn stop(cancel: &Cancel) -> Result<()> {
    cancel.cause().map_or(Ok(()), |cause| Err(Error::stopped(cause)))
}

/// Resets the kernel's peak of the resident memory (proc(5), `clear_refs`; Linux only. If it is refused, the peak is
/// that of the whole process).
fn forget_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The peak of the resident memory in bytes (proc(5), `VmHWM`), if the system reports it.
#[must_use]
pub fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}

fn machine(settings: &EngineSettings) -> Machine {
    let cpus = sysinfo::RefreshKind::nothing().with_cpu(sysinfo::CpuRefreshKind::nothing());
    let system = sysinfo::System::new_with_specifics(cpus);
    let brand = system.cpus().first().map(|cpu| cpu.brand().trim().to_owned()).filter(|brand| !brand.is_empty());
    Machine {
        version: env!("CARGO_PKG_VERSION"),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        cpu: brand.unwrap_or_else(|| "unknown processor".to_owned()),
        physical_cores: num_cpus::get_physical(),
        threads: threads(settings.threads),
        instructions: cpu::features()
            .into_iter()
            .filter_map(|feature| (feature.ggml && feature.there).then_some(feature.name))
            .collect(),
        devices: gpus(settings.gpu_layers),
        gpu: gpu_interfaces(),
    }
}

/// The report for people.
fn text(report: &Measurements<'_>) -> String {
    let machine = &report.machine;
    let or = |words: &[&str], none: &str| if words.is_empty() { none.to_owned() } else { words.join(" ") };
    let size = report.model_bytes.map_or_else(String::new, |size| format!(", {}", bytes(size)));
    let about = [
        ("model", format!("{}{size}", report.model)),
        (
            "device",
            if machine.devices.is_empty() {
                machine.cpu.clone()
            } else {
                format!("{}, --gpu-layers decides how much", machine.devices.join(", "))
            },
        ),
        ("machine", format!("{}, {} physical cores, {}", machine.cpu, machine.physical_cores, machine.system)),
        (
            "build",
            format!(
                "dscoder {}, instructions {}, GPU {}",
                machine.version,
                or(&machine.instructions, "of the base"),
                or(&machine.gpu, "none")
            ),
        ),
        (
            "runs",
            format!(
                "{} at each depth, {} threads, {} tokens decoded; opened in {:.1} ms",
                report.repetitions, machine.threads, report.tokens, report.open_ms
            ),
        ),
    ];
    let mut ways: Vec<_> = report.depths.iter().map(|depth| (&depth.way, depth.depth)).collect();
    // Each way once, with the first depth that it was chosen for.
    ways.dedup_by_key(|(way, _)| *way);
    let ways: Vec<_> = ways.iter().map(|(way, depth)| format!("{way} from depth {depth} on")).collect();
    let about = about.into_iter().chain([("computed", ways.join("; "))]);
    let about: Vec<_> = about.map(|(name, value)| vec![name.to_owned(), value]).collect();
    let mut rows = vec![["MEASURE", "DEPTH", "MEDIAN", "MIN", "MAX", "UNIT"].map(str::to_owned).to_vec()];
    let mut add = |name: &str, unit: &str, value: &dyn Fn(&Depth) -> Option<Spread>| {
        for depth in &report.depths {
            let Some(spread) = value(depth) else { continue };
            let numbers = [spread.median, spread.min, spread.max].map(|number| format!("{number:.1}"));
            let [median, min, max] = numbers;
            rows.push(vec![name.to_owned(), depth.depth.to_string(), median, min, max, unit.to_owned()]);
        }
    };
    add("load", "ms", &|depth| Some(depth.load_ms));
    add("prefill", "tokens/s", &|depth| depth.prefill_tokens_per_s);
    add("decode", "tokens/s", &|depth| Some(depth.decode_tokens_per_s));
    add("first token, cold", "ms", &|depth| Some(depth.first_token_cold_ms));
    add("first token, restored", "ms", &|depth| depth.first_token_restored_ms);
    for depth in &report.depths {
        let (peak, unit) = depth.peak_memory_bytes.map_or_else(
            || ("unknown".to_owned(), String::new()),
            |peak| (format!("{:.1}", peak as f64 / 1e6), "MB".to_owned()),
        );
        let dash = || "-".to_owned();
        rows.push(vec!["peak memory".to_owned(), depth.depth.to_string(), dash(), dash(), peak, unit]);
    }
    // Numbers end in one column.
    for column in 1..5 {
        let width = rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
        rows.iter_mut().for_each(|row| row[column] = format!("{:>width$}", row[column]));
    }
    format!("{}\n{}", table(&about), table(&rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{BOS, Bytes};

    #[test]
    fn the_median_lies_in_the_middle() {
        let of = |values: &[f64]| Spread::of(values.iter().copied());
        assert_eq!(of(&[3.0, 1.0, 2.0]), Spread { median: 2.0, min: 1.0, max: 3.0 });
        assert_eq!(of(&[4.0, 1.0, 2.0, 3.0]), Spread { median: 2.5, min: 1.0, max: 4.0 });
        assert_eq!(of(&[0.123_456]), Spread { median: 0.123, min: 0.123, max: 0.123 });
    }

    #[test]
    fn depths_fit_the_context() {
        assert_eq!(depths(&[], 16_384, 32), Ok(vec![0, 512, 1024, 4096]));
        assert_eq!(depths(&[], 1056, 32), Ok(vec![0, 512, 1024]));
        assert_eq!(depths(&[], 1055, 32), Ok(vec![0, 512]));
        assert_eq!(depths(&[9, 3, 9], 41, 32), Ok(vec![3, 9]));
        let error = depths(&[10, 3], 41, 32).expect_err("too deep");
        assert_eq!((error.kind, error.what.as_str()), (Kind::TooLong, "depth 10 does not fit"));
        assert_eq!(depths(&[], 32, 32).expect_err("no room at all").kind, Kind::TooLong);
    }

    #[test]
    fn the_prompt_is_as_long_as_it_must_be() {
        let ids = prompt(&Bytes, 20_000);
        assert!(ids.len() >= 20_000 && TEXT.len() < 20_000);
        assert_eq!(
            (ids[0], ids[1], ids[1 + TEXT.len()]),
            (BOS, ids[1 + TEXT.len()], TokenId::from(TEXT.as_bytes()[0]))
        );
        assert_eq!(prompt(&Bytes, 0), [BOS]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_peak_of_memory_is_read() {
        // An optimising compiler leaves out what it can see through.
        let filled = std::hint::black_box(vec![1u8; 64 << 20]);
        let peak = peak().expect("Linux says");
        assert!(peak > 64 << 20 && peak < 1 << 40, "{peak}");
        drop(std::hint::black_box(filled));
    }
}
