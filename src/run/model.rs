//! Finding, opening and loading a model, with notes for the user.

use crate::cancel::Cancel;
use crate::engine::kernels::{self, Kernels};
use crate::engine::remote::Remote;
use crate::engine::resident::{Open, Own};
use crate::engine::source::{self, Source};
use crate::engine::speed::{self, Chosen};
use crate::engine::{GpuLayers, Job, threads};
use crate::error::{Error, Kind, Result};
use crate::model::adapter::AdapterFile;
use crate::model::family::Flavour;
use crate::model::memory::{self, Verdict};
use crate::model::{Model, catalog, demo, store};
use crate::places::Places;
use crate::run::download::{self, Order};
use crate::run::{draft, resident};
use crate::settings::endpoint::Server;
use crate::settings::{ContextSize, DraftModel, EngineSettings};
use crate::term::{self, Term};
use crate::units::bytes;

/// Finds and opens the model, or asks the server that computes answers.
pub fn open(settings: &EngineSettings, flavour: Flavour, term: &Term) -> Result<Source> {
    if let Some(server) = &settings.server {
        return ask(settings, server, term);
    }
    let find = || store::find(settings.model.as_deref(), flavour, store::memory(), &Places::of_user());
    let found = match find() {
        Err(error) if error.kind == Kind::NoInput && is_fetched(settings, flavour, &error, term)? => find()?,
        found => found?,
    };
    if let Some(resident) = resident::find(settings, &found, opening(&found, &settings.adapters), term) {
        return Ok(Source::Resident(std::sync::Arc::new(resident)));
    }
    let mut source = Source::open(&found, &settings.adapters, || known_kernels(|words| term.note(words)))?;
    for words in source.mended() {
        term.note(&format!("in the model file, {words}"));
    }
    if let Some(asked) = gpu_words(settings.gpu_layers)
        && source.model().is_some()
        && source::devices().is_ok_and(|devices| devices.is_empty())
    {
        term.note(&format!("--gpu-layers {asked}: there is no GPU that this build can use, so the processor computes"));
    }
    if let (Source::Model(model, _), Some(wanted)) = (&mut source, &settings.draft) {
        model.draft = draft::open(wanted, &*model, term)?.map(Box::new);
    }
    if let Some(model) = source.model() {
        term.detail(&format!(
            "model = {} ({:?}, {} bytes)",
            model.path.display(),
            model.profile.flavour,
            model.file_bytes
        ));
        model.adapters.iter().for_each(|adapter| term.detail(&format!("adapter = {adapter}")));
        model.draft.iter().for_each(|draft| term.detail(&format!("draft model = {}", draft.path.display())));
    }
    Ok(source)
}

/// Offers the user of a terminal to download the model that is missing. Returns whether it was downloaded.
fn is_fetched(settings: &EngineSettings, flavour: Flavour, missing: &Error, term: &Term) -> Result<bool> {
    let memory = store::memory();
    let Some(model) = store::downloadable(settings.model.as_deref(), flavour, memory) else { return Ok(false) };
    let Some((entry, _)) = catalog::find(&model) else { return Ok(false) };
    let licence = catalog::licence();
    let question = format!(
        "{}: download {model}, about {}, under the {} ({})?",
        missing.what,
        bytes(entry.about_bytes),
        licence.name,
        licence.url
    );
    if term::ask(&question) != Some(true) {
        return Ok(false);
    }
    let order = Order { model: &model, sha256: None, connections: download::CONNECTIONS, offline: false };
    // A signal ends the process; the next download resumes.
    download::download(&order, term, &Cancel::default())?;
    Ok(true)
}

/// Opens a model in this process later, without notes.
fn opening(found: &store::Found, adapters: &[AdapterFile]) -> Open {
    let (found, adapters) = (found.clone(), adapters.to_vec());
    Box::new(move || {
        let source = Source::open(&found, &adapters, || known_kernels(|_| ()))?;
        Ok(Box::new(source) as Box<dyn Own>)
    })
}

/// The results of the kernel tests. The first run on this processor tests them, and says which are left out.
fn known_kernels(note: impl Fn(&str)) -> Kernels {
    let cache = Places::of_user().cache;
    let mut kernels = kernels::remembered(&cache).unwrap_or_else(|| {
        let kernels = kernels::test(&cache).unwrap_or_default();
        if let Some(words) = kernels.failing() {
            note(&format!("on {}, {words}: left out, see `dscoder doctor`", kernels::processor()));
        }
        kernels
    });
    kernels.speeds = kernels::key().map(|key| speed::remembered(&cache, &key)).unwrap_or_default();
    kernels
}

/// Asks a server for its model.
fn ask(settings: &EngineSettings, server: &Server, term: &Term) -> Result<Source> {
    if !settings.adapters.is_empty() {
        let why = "the server decides which adapters its model has";
        return Err(Error::new(Kind::Usage, "--lora cannot be used with --endpoint", why)
            .hint("start the server with the adapter"));
    }
    if let Some(DraftModel::Named(_)) = settings.draft {
        let why = "the server decides how its model drafts";
        return Err(Error::new(Kind::Usage, "--draft cannot be used with --endpoint", why)
            .hint("start the server with a draft model"));
    }
    let vocabulary = Model::open(&demo::file(&Places::of_user().cache)?)?.tokenizer;
    let context = match settings.context {
        ContextSize::Auto => None,
        ContextSize::Tokens(tokens) => Some(tokens),
    };
    let Server { target, kind } = server.clone();
    let remote = Remote::open(target, kind, settings.model.as_deref(), context, settings.force, vocabulary)?;
    remote.notes.iter().for_each(|note| term.note(note));
    term.detail(&format!("model = {} on {}", remote.name, remote.words()));
    Ok(Source::Remote(Box::new(remote)))
}

/// `job`, with the way chosen in which its engine computes; `-v` shows it.
#[must_use]
pub fn in_way(source: &Source, job: &Job, term: &Term) -> Job {
    let chosen = source.chosen(job);
    tell_way(chosen.as_ref(), term);
    Job { way: chosen.map(|chosen| chosen.way), ..*job }
}

/// Says how an engine that was started for `job` computes, and on what.
pub fn tell(source: &Source, job: &Job, chosen: Option<&Chosen>, term: &Term) {
    tell_way(chosen, term);
    // Not before the start, since whoever asks for devices first decides whether llama.cpp's log is shown.
    if job.verbose && source.model().is_some() {
        let threads = threads(job.threads.or(chosen.and_then(|chosen| chosen.way.threads)));
        let all: Vec<_> = gpus(job.gpu_layers)
            .into_iter()
            .chain([format!("{} with {threads} threads", kernels::processor())])
            .collect();
        term.detail(&format!("devices = {}", all.join(", ")));
    }
}

/// Says how an engine computes, and that it cannot as it was asked to.
fn tell_way(chosen: Option<&Chosen>, term: &Term) {
    let Some(chosen) = chosen else { return };
    term.detail(&chosen.why);
    if chosen.refused {
        term.note(&format!("--kernels packed: {}", chosen.why));
    }
}

/// GPUs that layers can be offloaded to, in words; none if no layers are to be.
#[must_use]
pub fn gpus(layers: GpuLayers) -> Vec<String> {
    let known = if layers == GpuLayers::Count(0) { Vec::new() } else { source::devices().unwrap_or_default() };
    let usable = known.into_iter().filter(|device| device.total > 0);
    usable.map(|device| format!("{} ({})", device.name, device.backend)).collect()
}

/// A request for a GPU, as it is written.
fn gpu_words(layers: GpuLayers) -> Option<String> {
    match layers {
        GpuLayers::Auto | GpuLayers::Count(0) => None,
        GpuLayers::All | GpuLayers::Count(_) => Some(layers.to_string()),
    }
}

/// Checks whether a model fits into memory with a context of this many tokens.
pub fn fits(source: &Source, tokens: u32, force: bool, term: &Term) -> Result<()> {
    let Some(model) = source.model() else { return Ok(()) };
    match memory::check(model, tokens, store::memories()) {
        Verdict::Fits => Ok(()),
        Verdict::Impossible(error) if !force => Err(error),
        Verdict::Impossible(error) => {
            term.note(&format!("{}: {}", error.what, error.why));
            Ok(())
        }
        Verdict::Tight(words) => {
            term.note(&words);
            Ok(())
        }
    }
}
