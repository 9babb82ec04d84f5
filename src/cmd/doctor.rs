//! `dscoder doctor`: checks the machine, the build and the settings, and reports problems.

use std::fs;
use std::path::Path;

use serde_json::json;
use strsim::levenshtein;

use crate::cmd::git::state;
use crate::cmd::{cache, models};
use crate::engine::{cpu, kernels, source};
use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::fetch::{http, unfinished};
use crate::model::digest::Remembered;
use crate::model::family::{Flavour, Infill};
use crate::model::library::{self, Installed};
use crate::model::memory::{self, Verdict};
use crate::model::{Model, store};
use crate::places::{self, Places};
use crate::settings;
use crate::settings::files::{self, SettingOrigin, SettingsFiles};
use crate::settings::flags::{ConsoleFlags, any_model};
use crate::settings::network::{self, Network};
use crate::settings::parse::Offering;
use crate::storage::free_space;
use crate::term;
use crate::term::table::table;
use crate::units::bytes;

/// Check the machine, the models and the settings, and say what to do next
///
/// Inside a repository, it also says which git hooks run and what they would do. With MODEL, only that model is checked:
/// its header, what dscoder mends in it, and whether it fits into memory. With -q, only notes and problems are printed. The
/// exit code is 0, or that of the first problem.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder doctor
  dscoder doctor 6.7b-base
  dscoder doctor --json | jq '.checks[] | select(.state != \"ok\")'")]
pub struct Args {
    /// A name, a path, or demo
    #[arg(value_parser = Offering(any_model), hide_possible_values = true)]
    pub model: Option<String>,

    /// The model, as for other commands
    #[arg(short = 'm', long = "model", value_name = "NAME|FILE", conflicts_with = "model",
          value_parser = Offering(any_model), hide_possible_values = true)]
    pub named: Option<String>,

    /// Print one JSON object
    #[arg(long)]
    pub json: bool,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// The result of a check.
#[derive(Debug)]
enum Outcome {
    Ok,
    /// It works, but could be better.
    Note,
    Problem(Error),
}

/// One line of the report.
#[derive(Debug)]
struct Check {
    section: &'static str,
    name: String,
    value: String,
    state: Outcome,
    /// What to do about it; may be empty.
    next: String,
}

/// The results so far.
#[derive(Debug, Default)]
struct Findings {
    checks: Vec<Check>,
}

impl Findings {
    fn add(&mut self, section: &'static str, name: &str, value: impl Into<String>, state: Outcome, next: &str) {
        let (name, value, next) = (name.to_owned(), value.into(), next.to_owned());
        self.checks.push(Check { section, name, value, state, next });
    }

    fn ok(&mut self, section: &'static str, name: &str, value: impl Into<String>) {
        self.add(section, name, value, Outcome::Ok, "");
    }

    fn note(&mut self, section: &'static str, name: &str, value: impl Into<String>, next: &str) {
        self.add(section, name, value, Outcome::Note, next);
    }

    fn problem(&mut self, section: &'static str, name: &str, error: Error) {
        let why = if error.why.is_empty() { String::new() } else { format!(": {}", error.why) };
        let (value, next) = (format!("{}{why}", error.what), error.hint.clone());
        self.add(section, name, value, Outcome::Problem(error), &next);
    }
}

/// Runs it; `command` is the whole command line, which knows all settings.
///
/// # Errors
/// The first problem.
pub fn run(args: &Args, command: &clap::Command) -> Result<()> {
    let places = Places::of_user();
    let mut report = Findings::default();
    let done = match args.model.as_ref().or(args.named.as_ref()) {
        Some(name) => one_model(name, &places, &mut report),
        None => everything(&places, command, &mut report),
    };
    let found = report.checks.iter().find_map(|check| match &check.state {
        Outcome::Problem(error) => Some(error.clone()),
        _ => None,
    });
    let mut next: Vec<&str> =
        report.checks.iter().map(|check| check.next.as_str()).filter(|it| !it.is_empty()).collect();
    if found.is_none() {
        next.push(&done);
    }
    if args.json {
        let code = found.as_ref().map_or(0, |error| error.kind.exit_code());
        let checks: Vec<_> = report.checks.iter().map(Check::json).collect();
        let value = json!({
            "version": env!("CARGO_PKG_VERSION"), "checks": checks, "next": next, "exit_code": code,
        });
        term::write::print(&format!("{value}\n"))?;
    } else {
        let is_shown = |check: &&Check| !args.console.quiet || !matches!(check.state, Outcome::Ok);
        let shown: Vec<_> = report.checks.iter().filter(is_shown).collect();
        if !args.console.quiet || !shown.is_empty() {
            term::write::print(&text(&shown, &next))?;
        }
    }
    found.map_or(Ok(()), Err)
}

impl Check {
    fn word(&self) -> &'static str {
        match self.state {
            Outcome::Ok => "ok",
            Outcome::Note => "note",
            Outcome::Problem(_) => "problem",
        }
    }

    fn json(&self) -> serde_json::Value {
        let code = match &self.state {
            Outcome::Problem(error) => Some(error.kind.exit_code()),
            _ => None,
        };
        json!({
            "section": self.section, "name": self.name, "value": self.value, "state": self.word(),
            "exit_code": code, "next": self.next,
        })
    }
}

fn text(checks: &[&Check], next: &[&str]) -> String {
    let rows: Vec<_> = checks
        .iter()
        .map(|check| vec![check.word().to_owned(), check.section.to_owned(), check.name.clone(), check.value.clone()])
        .collect();
    let steps: String = next.iter().map(|step| format!("next: {step}\n")).collect();
    format!("{}\n{steps}", table(&rows))
}

/// Checks everything. If nothing is wrong, returns what to do next.
fn everything(places: &Places, command: &clap::Command, report: &mut Findings) -> String {
    report.ok(
        "dscoder",
        "version",
        format!("{} ({}, {})", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH),
    );
    if instructions(report) {
        of_kernels(places, report);
        devices(report);
    }
    let (total, free) = store::memories();
    report.ok("machine", "memory", format!("{}, {} free", bytes(total), bytes(free)));
    let advice = installed(places, (total, free), report);
    directories(places, report);
    cache(report);
    of_files(command, report);
    of_network(report);
    of_hooks(command, report);
    advice
}

/// Whether the processor has the instructions that this build needs.
fn instructions(report: &mut Findings) -> bool {
    let allowed = std::thread::available_parallelism().map_or(1, usize::from);
    let physical = num_cpus::get_physical();
    let name = cpu::name();
    let name = if name.is_empty() { name } else { format!("{name}, ") };
    report.ok("machine", "processor", format!("{name}{physical} physical cores, {allowed} may be used at once"));
    let names = |compiled: bool, there: bool| -> Vec<&str> {
        let fitting = |feature: &cpu::Feature| {
            let matters = feature.kernels || (compiled && !there);
            matters && feature.ggml == compiled && feature.there == there
        };
        cpu::features().into_iter().filter(fitting).map(|feature| feature.name).collect()
    };
    report.ok("machine", "instructions used", names(true, true).join(" "));
    let unused = names(false, true);
    if !unused.is_empty() {
        let next = "a build on this machine (`cargo install --path .`) uses all instructions of its processor";
        report.note("machine", "instructions not used", unused.join(" "), next);
    }
    let lacking = names(true, false);
    if !lacking.is_empty() {
        let error = Error::new(Kind::Engine, "this build needs", lacking.join(" "))
            .hint("this processor needs another build: a release for older processors, or one built on this machine");
        report.problem("machine", "instructions missing", error);
    }
    lacking.is_empty()
}

/// Whether the kernels compute right sums, tested again.
fn of_kernels(places: &Places, report: &mut Findings) {
    match kernels::test(&places.cache) {
        None => report.note("machine", "kernels", "not tested: the test process could not run", ""),
        Some(kernels) => match kernels.failing() {
            None => report.ok("machine", "kernels", format!("{}: right", kernels.sets())),
            Some(words) => {
                let next =
                    "use a release, or build dscoder with another compiler; failing kernels are left out or refused";
                report.note("machine", "kernels", format!("{}: {words}", kernels.sets()), next);
            }
        },
    }
}

fn devices(report: &mut Findings) {
    match source::devices() {
        Ok(devices) if devices.is_empty() => report.ok("machine", "GPU", "none that this build can use"),
        Ok(devices) => {
            for device in devices {
                if device.total == 0 {
                    let words =
                        format!("{} ({}): its memory is full, or its driver fails", device.name, device.backend);
                    report.note(
                        "machine",
                        "GPU",
                        words,
                        "free the memory of the GPU; until then, the processor computes",
                    );
                    continue;
                }
                let words = format!(
                    "{} ({}), {} of {} free",
                    device.name,
                    device.backend,
                    bytes(device.free),
                    bytes(device.total)
                );
                report.ok("machine", "GPU", words);
            }
        }
        Err(error) => report.problem("machine", "GPU", error),
    }
}

/// Checks the installed models. Returns what to do with them.
fn installed(places: &Places, memories: (u64, u64), report: &mut Findings) -> String {
    let remembered = Remembered::load(&places.cache);
    let all = library::all(places);
    for model in &all {
        let state = model.soundness(&remembered);
        let words = format!("{}, {}, {state}", bytes(model.bytes), model.origin.words());
        let name = model.full_name();
        if state.is_bad() {
            let hint = format!("`dscoder models remove {name}` and `dscoder download` download it again");
            report.problem("models", &name, Error::new(Kind::Data, words, "").hint(hint));
        } else if model.bytes > memories.0 {
            report.note("models", &name, format!("{words}, larger than the memory"), "");
        } else {
            report.ok("models", &name, words);
        }
    }
    for rest in unfinished::unfinished(&places.models) {
        let next = format!("`dscoder download` resumes {}", rest.name);
        report.note("models", &rest.name, format!("{} of {} fetched", bytes(rest.done), bytes(rest.size)), &next);
    }
    let usable = |flavour: Flavour| {
        let is_one = |model: &&Installed| {
            model.missing == 0
                && model.bytes <= memories.0
                && model.entry.is_some_and(|entry| entry.is_choosable(flavour))
        };
        all.iter().any(|model| is_one(&model))
    };
    if usable(Flavour::Base) {
        "all is well: dscoder infill FILE --at LINE:COL".to_owned()
    } else if usable(Flavour::Instruct) {
        "all is well: dscoder chat 'A question'; for infill, download a Base model".to_owned()
    } else {
        let missing = store::find(None, Flavour::Base, memories.0, places);
        let error = missing.err().unwrap_or_else(|| Error::new(Kind::NoInput, "no model to use", ""));
        report.problem("models", "to use", error);
        String::new()
    }
}

fn directories(places: &Places, report: &mut Findings) {
    for (name, path) in [("models", &places.models), ("cache", &places.cache), ("sessions", &places::sessions())] {
        let shown = path.display();
        match fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                report.ok("directories", name, format!("{shown} (not there yet)"));
            }
            Ok(about) if about.is_dir() => match tempfile::tempfile_in(path) {
                Ok(_) => {
                    let free =
                        free_space(path).map_or_else(String::new, |free| format!(", {} free there", bytes(free)));
                    report.ok("directories", name, format!("{shown}: {} used{free}", bytes(size(path))));
                }
                Err(error) => {
                    let next = format!("{shown} is not writable; check its permissions");
                    report.note("directories", name, format!("{shown}: {}", reason(&error)), &next);
                }
            },
            Ok(_) => {
                let error =
                    Error::new(Kind::CantCreate, shown.to_string(), "it is not a directory").hint("move it away");
                report.problem("directories", name, error);
            }
            Err(error) => {
                let error = Error::new(Kind::Io, shown.to_string(), reason(&error));
                report.problem("directories", name, error);
            }
        }
    }
}

/// The content of the prefix store.
fn cache(report: &mut Findings) {
    report.ok("cache", "evaluated prompts", cache::summary().unwrap_or_else(|| "none are kept".to_owned()));
}

/// The bytes of all files below a directory; links are not followed.
fn size(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let one = |entry: fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => size(&entry.path()),
        Ok(about) if about.is_file() => about.len(),
        _ => 0,
    };
    entries.map(one).fold(0, u64::saturating_add)
}

fn of_files(command: &clap::Command, report: &mut Findings) {
    let files = SettingsFiles::of_user();
    let mut settings = Vec::new();
    for (name, path, is_project) in [("your file", &files.user, false), ("project's file", &files.project, true)] {
        let Some(path) = path else {
            report.ok("settings", name, "none");
            continue;
        };
        let is_there = fs::symlink_metadata(path).is_ok();
        if !is_there && !files.is_chosen {
            report.ok("settings", name, format!("{} (not there)", path.display()));
            continue;
        }
        match files::read_one(path, is_project, command) {
            Ok(mut found) => {
                report.ok("settings", name, format!("{}: {} settings", path.display(), found.len()));
                settings.append(&mut found);
            }
            Err(error) => report.problem("settings", name, error),
        }
    }
    match files::effective(command, &settings) {
        Ok(effective) => {
            for one in effective.into_iter().filter(|one| one.origin != SettingOrigin::Default) {
                let commands = if one.is_all { String::new() } else { format!(", for {}", one.commands.join(", ")) };
                report.ok("settings", &one.key, format!("{} (from {}{commands})", one.shown(), one.origin));
            }
        }
        Err(error) => report.problem("settings", "environment", error),
    }
    let variables = settings::variables();
    for variable in variables.iter().filter(|variable| variable.origin != SettingOrigin::Default) {
        report.ok("settings", variable.name, variable.value.clone().unwrap_or_default());
    }
    let mut known = files::variables(command);
    known.extend(variables.iter().map(|variable| variable.name.to_owned()));
    let names = environment::names();
    for name in names.filter(|name| name.starts_with("DSCODER_") && !known.contains(name)) {
        if let Some(similar) = known.iter().find(|known| levenshtein(&name, known) <= 2) {
            report.note("settings", &name, "there is no such setting", &format!("did you mean {similar}?"));
        }
    }
}

fn of_network(report: &mut Findings) {
    match Network::of_user() {
        Err(error) => report.problem("network", "hub", error),
        Ok(network) => {
            report.ok("network", "hub", http::shown(&network.endpoint));
            let mode = if network.offline { "off: nothing is fetched" } else { "on, for download only" };
            report.ok("network", "mode", mode);
            report.ok("network", "token", if network.token.is_some() { "there is one" } else { "none" });
            let proxies = network::proxies();
            report.ok("network", "proxies", if proxies.is_empty() { "none".to_owned() } else { proxies.join(", ") });
        }
    }
}

/// The hooks of the repository, if there is one.
fn of_hooks(command: &clap::Command, report: &mut Findings) {
    for line in state::lines(command) {
        match line.next {
            None => report.ok("git hooks", &line.name, line.value),
            Some(next) => report.note("git hooks", &line.name, line.value, &next),
        }
    }
}

/// Checks one model. If nothing is wrong, returns what to do with it.
fn one_model(name: &str, places: &Places, report: &mut Findings) -> String {
    match models::about(name, None, places) {
        Err(error) => report.problem("model", name, error),
        Ok(rows) => rows.into_iter().for_each(|(name, value)| report.ok("model", name, value)),
    }
    let opened = models::find(name, places).and_then(|path| Model::open(&path));
    let Ok(model) = opened else { return String::new() };
    let memories = store::memories();
    match memory::check(&model, models::usual_context(&model.profile), memories) {
        Verdict::Fits => report.ok("machine", "memory", format!("it fits: {} are free", bytes(memories.1))),
        Verdict::Tight(words) => report.note("machine", "memory", words, ""),
        Verdict::Impossible(error) => report.problem("machine", "memory", error),
    }
    match model.profile.flavour {
        Flavour::Base if model.profile.infill != Infill::Trained => {
            format!("all is well: dscoder complete -m {name} FILE")
        }
        Flavour::Base => format!("all is well: dscoder infill -m {name} FILE --at LINE:COL"),
        Flavour::Instruct => format!("all is well: dscoder chat -m {name} 'A question'"),
    }
}
