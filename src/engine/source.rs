//! Sources of answers: a model, a server or canned answers; and the devices to compute on.

use std::path::Path;
use std::sync::Arc;

use crate::cancel::Cancel;
use crate::engine::kernels::Kernels;
#[cfg(feature = "llama")]
use crate::engine::kernels::{COMMAND, Product};
#[cfg(feature = "llama")]
use crate::engine::llama;
use crate::engine::parallel::{self, Policy, Scheduler};
use crate::engine::resident::{Own, Resident, ResidentEngine};
use crate::engine::speed::{self, Chosen, Given, Measured, Way, Weights};
use crate::engine::{Device, Engine, GpuLayers, Job, remote, script};
use crate::error::{Error, Kind, Result};
use crate::kv;
use crate::model::adapter::AdapterFile;
use crate::model::family::CONTEXT;
use crate::model::store::{self, Found};
use crate::model::{self, Model, Task, memory};
use crate::vocabulary::Vocabulary;

/// The devices of this build and machine other than the processor.
///
/// # Errors
/// [`crate::error::Kind::Engine`] if llama.cpp does not start.
#[cfg(feature = "llama")]
pub fn devices() -> Result<Vec<Device>> {
    llama::devices()
}

/// The devices of this build and machine other than the processor: none without llama.cpp.
///
/// # Errors
/// None.
#[cfg(not(feature = "llama"))]
pub fn devices() -> Result<Vec<Device>> {
    Ok(Vec::new())
}

/// As `llama::catch_failures`.
///
/// # Errors
/// [`crate::error::Kind::Io`] if the system refuses the handlers.
pub fn catch_failures() -> Result<()> {
    #[cfg(all(feature = "llama", unix))]
    llama::catch_failures()?;
    Ok(())
}

/// Whether stdout was closed when the program began, so that answers would be lost. Only known with llama.cpp, on Unix.
#[must_use]
pub fn stdout_was_closed() -> bool {
    #[cfg(all(feature = "llama", unix))]
    return llama::streams::stdout_was_closed();
    #[cfg(not(all(feature = "llama", unix)))]
    false
}

/// An opened model that is not loaded yet: enough to make prompts for it.
#[derive(Debug)]
pub enum Source {
    /// A GGUF file for llama.cpp, and the kernels to use.
    Model(Box<Model>, Kernels),
    /// A server's model.
    Remote(Box<remote::Remote>),
    /// The model of a resident engine.
    Resident(Arc<Resident>),
    /// Canned answers.
    Script(script::Script),
}

impl Source {
    /// Opens the result of [`crate::model::store::find`], with `adapters`. A model runs with the `kernels` that passed their tests.
    ///
    /// # Errors
    /// As [`Model::open_with`], [`Kernels::check`] and [`script::Script::open`]; [`Kind::Usage`] for adapters of canned
    /// answers.
    pub fn open(found: &Found, adapters: &[AdapterFile], kernels: impl FnOnce() -> Kernels) -> Result<Source> {
        match found {
            Found::File(path) => {
                let (model, kernels) = (Model::open_with(path, adapters)?, kernels());
                kernels.check(&model)?;
                Ok(Source::Model(Box::new(model), kernels))
            }
            Found::Script(_) if !adapters.is_empty() => {
                Err(Error::new(Kind::Usage, "--lora needs a model", "canned answers have no weights to change"))
            }
            Found::Script(path) => script::Script::open(path).map(Source::Script),
        }
    }

    /// As [`model::require`]; canned answers are accepted for everything.
    ///
    /// # Errors
    /// As [`model::require`].
    pub fn require(&self, task: Task, force: bool) -> Result<()> {
        let (name, known) = match self {
            Source::Model(model, _) => {
                (model.path.display().to_string(), (Some(model.profile.flavour), Some(model.profile.infill)))
            }
            Source::Remote(remote) => (remote.name.clone(), (remote.flavour, remote.infill)),
            Source::Resident(resident) => {
                (resident.about.model.display().to_string(), (resident.about.flavour, resident.about.infill))
            }
            Source::Script(_) => return Ok(()),
        };
        model::require(&name, task, known, force)
    }

    /// The model, if it is loaded in this process.
    #[must_use]
    pub fn model(&self) -> Option<&Model> {
        match self {
            Source::Model(model, _) => Some(model),
            Source::Resident(resident) => resident.replaced()?.model(),
            Source::Remote(_) | Source::Script(_) => None,
        }
    }

    /// Its file; `None` for a server's model.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Source::Model(model, _) => Some(&model.path),
            Source::Remote(_) => None,
            Source::Resident(resident) => Some(&resident.about.model),
            Source::Script(script) => Some(&script.path),
        }
    }

    /// The name of its file.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Source::Remote(remote) => &remote.name,
            _ => self.path().and_then(|path| path.file_name()?.to_str()).unwrap_or_default(),
        }
    }

    /// Its vocabulary.
    #[must_use]
    pub fn vocabulary(&self) -> &dyn Vocabulary {
        match self {
            Source::Model(model, _) => &model.tokenizer,
            Source::Remote(remote) => remote.vocabulary(),
            Source::Resident(resident) => resident.as_ref(),
            Source::Script(script) => script,
        }
    }

    /// The longest context in tokens.
    #[must_use]
    pub fn context(&self) -> u32 {
        match self {
            Source::Model(model, _) => model.profile.context,
            Source::Remote(remote) => remote.context,
            Source::Resident(resident) => resident.about.context,
            Source::Script(_) => CONTEXT,
        }
    }

    /// Defects of the file that are mended at load.
    #[must_use]
    pub fn mended(&self) -> &[String] {
        self.model().map_or(&[], |model| &model.profile.mended)
    }

    /// The key of states that an engine for `job` saves; `None` if it saves none.
    #[must_use]
    pub fn key(&self, job: &Job) -> Option<kv::Key> {
        self.key_for(job, "")
    }

    /// As [`Source::key`], for prompts that are evaluated in this way.
    #[must_use]
    pub fn key_for(&self, job: &Job, way: &str) -> Option<kv::Key> {
        let model = self.model()?;
        let settings = state_settings(model, &self.with_way(job))?;
        Some(kv::Key::new(&model.fingerprint().ok()?, &(settings + way)))
    }

    /// How an engine for `job` computes; `None` for a model that is not loaded in this process.
    #[must_use]
    pub fn chosen(&self, job: &Job) -> Option<Chosen> {
        self.choose(job, None)
    }

    /// As [`Source::chosen`], for a prompt of which all but `rest` tokens are restored. They were saved by an engine for `job`,
    /// in its way.
    #[must_use]
    pub fn chosen_for_rest(&self, job: &Job, rest: u32) -> Option<Chosen> {
        self.choose(&Job { prefill: rest, ..*job }, Some(job.way.unwrap_or_default().flash))
    }

    fn choose(&self, job: &Job, flash: Option<bool>) -> Option<Chosen> {
        let (model, kernels) = match self {
            Source::Model(model, kernels) => (model, kernels),
            Source::Resident(resident) => return resident.replaced()?.choose(job, flash),
            Source::Remote(_) | Source::Script(_) => return None,
        };
        let tokens = job.tokens.saturating_mul(job.sequences.max(1));
        let rates = rates(model, kernels, job);
        let given = Given { can_pack: kernels.can_pack(), has_amx: kernels.has_amx(), flash, rates };
        Some(speed::choose(job, &given, || memory::has_room_for_copy(model, tokens, store::memories().1)))
    }

    /// `job`, with the way chosen in which its engine computes.
    #[must_use]
    pub fn with_way(&self, job: &Job) -> Job {
        Job { way: job.way.or_else(|| self.chosen(job).map(|chosen| chosen.way)), ..*job }
    }

    /// The keys under which states of the prompt of `job` may be kept: first that of the `chosen` way, then those of other ways
    /// in which runs with other rates or a longer text may have evaluated it. None if nothing is saved.
    #[must_use]
    pub fn keys(&self, job: &Job, chosen: Way) -> Vec<(Way, kv::Key)> {
        let Some(model) = self.model() else { return Vec::new() };
        // It reads samples of the file: once for all keys.
        let Ok(fingerprint) = model.fingerprint() else { return Vec::new() };
        let mut keys: Vec<(Way, kv::Key)> = Vec::new();
        for way in std::iter::once(chosen).chain(self.other_ways(job)) {
            let Some(settings) = state_settings(model, &Job { way: Some(way), ..*job }) else { continue };
            let key = kv::Key::new(&fingerprint, &settings);
            if keys.iter().all(|(_, known)| *known != key) {
                keys.push((way, key));
            }
        }
        keys
    }

    /// The ways that `job` may be given by measurement or for a longer text.
    fn other_ways(&self, job: &Job) -> Vec<Way> {
        let Source::Model(model, kernels) = self else { return Vec::new() };
        if job.weights != Weights::Auto {
            return Vec::new();
        }
        let amx = (kernels.can_pack() && kernels.has_amx()).then_some(Way { packed: true, ..Way::default() });
        let measured = rates(model, kernels, job).iter().map(|measured| measured.way);
        measured.chain(amx).chain([Way::default()]).collect()
    }

    /// The kind of weights for which rates of `job` are kept. `None` where a run says nothing about others: adapters take time,
    /// and a GPU is not the processor.
    #[must_use]
    pub fn measured_kind(&self, job: &Job) -> Option<String> {
        let Source::Model(model, _) = self else { return None };
        let offloads = job.gpu_layers != GpuLayers::Count(0) && devices().is_ok_and(|devices| !devices.is_empty());
        (!offloads && model.adapters.is_empty()).then(|| speed::kind(model, job))
    }

    /// Loads the model for `job`.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if it cannot be loaded, [`crate::error::Kind::Signal`] if `cancel` was set.
    pub fn start(&self, job: &Job, cancel: &Cancel) -> Result<Box<dyn Engine>> {
        Ok(match self {
            Source::Model(model, _) => load(model, &self.with_way(job), cancel)?,
            Source::Remote(remote) => Box::new(remote.start(job, cancel)?),
            Source::Resident(resident) => match resident.replaced() {
                None if resident.takes(job) => Box::new(ResidentEngine::new(resident, job)),
                _ => resident.own()?.start(job, cancel)?,
            },
            Source::Script(script) => Box::new(script.start()),
        })
    }

    /// Loads the model for `job`, whose sequences have separate prompts, each with room for [`Job::tokens`].
    ///
    /// # Errors
    /// As [`Source::start`].
    pub fn start_parallel(&self, job: &Job, policy: Policy, cancel: &Cancel) -> Result<Scheduler> {
        let sequences: Box<dyn parallel::Sequences> = match self {
            Source::Model(model, _) => load_parallel(model, &self.with_way(job), cancel)?,
            Source::Remote(remote) => {
                let what = format!("{} keeps its sequences to itself", remote.name);
                return Err(Error::new(Kind::Engine, what, "a server schedules its requests"));
            }
            Source::Resident(resident) => return resident.own()?.start_parallel(job, policy, cancel),
            Source::Script(script) => Box::new(script.start_parallel(job)),
        };
        Ok(Scheduler::new(sequences, policy))
    }
}

/// What was measured with this kind of weights.
fn rates<'a>(model: &Model, kernels: &'a Kernels, job: &Job) -> &'a [Measured] {
    kernels.speeds.get(&speed::kind(model, job)).map(Vec::as_slice).unwrap_or_default()
}

impl Own for Source {
    fn model(&self) -> Option<&Model> {
        Source::model(self)
    }

    fn vocabulary(&self) -> &dyn Vocabulary {
        Source::vocabulary(self)
    }

    fn choose(&self, job: &Job, flash: Option<bool>) -> Option<Chosen> {
        Source::choose(self, job, flash)
    }

    fn start(&self, job: &Job, cancel: &Cancel) -> Result<Box<dyn Engine>> {
        Source::start(self, job, cancel)
    }

    fn start_parallel(&self, job: &Job, policy: Policy, cancel: &Cancel) -> Result<Scheduler> {
        Source::start_parallel(self, job, policy, cancel)
    }
}

#[cfg(feature = "llama")]
fn state_settings(model: &Model, job: &Job) -> Option<String> {
    Some(llama::state_settings(model, job))
}

#[cfg(not(feature = "llama"))]
fn state_settings(_model: &Model, _job: &Job) -> Option<String> {
    None
}

#[cfg(feature = "llama")]
fn load(model: &Model, job: &Job, cancel: &Cancel) -> Result<Box<dyn Engine>> {
    Ok(Box::new(llama::Llama::start(model, job, cancel)?))
}

#[cfg(feature = "llama")]
fn load_parallel(model: &Model, job: &Job, cancel: &Cancel) -> Result<Box<dyn parallel::Sequences>> {
    Ok(Box::new(llama::Llama::start_parallel(model, job, cancel)?))
}

#[cfg(not(feature = "llama"))]
fn load(model: &Model, _job: &Job, _cancel: &Cancel) -> Result<Box<dyn Engine>> {
    Err(without_llama(model))
}

#[cfg(not(feature = "llama"))]
fn load_parallel(model: &Model, _job: &Job, _cancel: &Cancel) -> Result<Box<dyn parallel::Sequences>> {
    Err(without_llama(model))
}

#[cfg(not(feature = "llama"))]
fn without_llama(model: &Model) -> crate::error::Error {
    let what = format!("cannot run {}", model.path.display());
    crate::error::Error::new(crate::error::Kind::Engine, what, "this build of dscoder has no llama.cpp")
        .hint("use a release, or build it with the feature llama, which is on by default")
}

/// The work of the child process: prints a line per product, starting at the number in `arguments`, skipping the
/// buffers named after it.
///
/// # Errors
/// [`Kind::Usage`] if the arguments are wrong, [`Kind::Engine`] if ggml cannot be used.
#[cfg(feature = "llama")]
pub fn try_kernels(arguments: &[String], write: &mut dyn FnMut(&str)) -> Result<()> {
    let from = arguments.first().and_then(|number| number.parse().ok());
    let from = from.ok_or_else(|| Error::new(Kind::Usage, format!("{COMMAND} needs a number"), ""))?;
    let write = std::cell::RefCell::new(write);
    crate::engine::llama::kernels::each(
        from,
        arguments.get(1..).unwrap_or_default(),
        &mut |product| {
            let Product { number, buffer, kind, name } = product;
            write.borrow_mut()(&format!("{number}\t{buffer}\t{kind}\t{name}\t"));
        },
        &mut |right| {
            write.borrow_mut()(match right {
                Some(true) => "right\n",
                Some(false) => "wrong\n",
                None => "none\n",
            });
        },
    )
    .map_err(|error| Error::engine(&error))?;
    write.into_inner()("done\n");
    Ok(())
}

/// As above: there are no kernels.
///
/// # Errors
/// None.
#[cfg(not(feature = "llama"))]
pub fn try_kernels(_arguments: &[String], write: &mut dyn FnMut(&str)) -> Result<()> {
    write("done\n");
    Ok(())
}
