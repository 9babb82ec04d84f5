//! Starting an engine with what the prefix store has of a prompt, and keeping what was evaluated for the next run.

use std::io;
use std::thread;
use std::time::Duration;

use crate::cancel::Cancel;
use crate::engine::source::Source;
use crate::engine::{Engine, Job};
use crate::error::Result;
use crate::kv::{Hit, Key, New, Store};
use crate::model::memory::{self, Verdict};
use crate::model::store;
use crate::places::Places;
use crate::settings::Settings;
use crate::term::Term;

/// The store, as far as one run is concerned with it.
pub struct Prefix {
    store: Store,
    key: Key,
    /// The file name of the model.
    model: String,
    /// A prompt that took longer than this is kept.
    after: Duration,
}

/// How a prompt was evaluated.
pub struct Evaluated {
    /// Its tokens.
    pub prompt: usize,
    /// Those of them that were evaluated, and not restored.
    pub fresh: usize,
    /// The time that they took.
    pub time: Duration,
    /// Bytes of KV cache that a token has.
    pub token_bytes: u64,
}

impl Prefix {
    /// Starts an engine for `job`, whose prompt is `ids`, with as much of it evaluated as the store has. A store that
    /// cannot be used is as good as an empty one.
    ///
    /// # Errors
    /// As [`Source::start`].
    pub fn start(
        source: &Source,
        job: &Job,
        ids: &[u32],
        settings: &Settings,
        term: &Term,
        cancel: &Cancel,
    ) -> Result<(Box<dyn Engine>, Option<Prefix>)> {
        let key = if settings.cache.enabled { source.key(job) } else { None };
        let Some(key) = key else { return Ok((crate::run::model::start(source, job, term, cancel)?, None)) };
        let store = Store::new(&Places::of_user().cache, settings.cache.size);
        let prefix = Prefix { store, key, model: source.name().to_owned(), after: settings.cache.after };
        let room = settings.engine.context(source.context())?;
        let hit = prefix.store.find(&prefix.key, ids, room as usize);
        let engine = match hit.filter(|hit| fits(source, hit)) {
            None => crate::run::model::start(source, job, term, cancel)?,
            Some(hit) => match restore(source, job, ids, &hit, cancel)? {
                Some(engine) => {
                    term.detail(&format!("{} of {} tokens from {}", hit.common, ids.len(), hit.entry.path.display()));
                    engine
                }
                None => {
                    term.detail(&format!("not usable: {}", hit.entry.path.display()));
                    crate::run::model::start(source, job, term, cancel)?
                }
            },
        };
        Ok((engine, Some(prefix)))
    }

    /// Keeps what `engine` has evaluated, where it took so long that it is worth it. Called when the answer is out; a failure
    /// is only told to those who want to know all.
    pub fn keep(&self, engine: &mut dyn Engine, evaluated: &Evaluated, term: &Term) {
        let ids = engine.evaluated().to_vec();
        // The last token is evaluated in any case.
        if evaluated.time <= self.after || evaluated.fresh <= 1 || ids.len() < evaluated.prompt {
            return;
        }
        let new = New {
            key: &self.key,
            model: &self.model,
            ids: &ids,
            prompt: evaluated.prompt,
            token_time: evaluated.time / u32::try_from(evaluated.fresh).unwrap_or(u32::MAX),
            about_bytes: evaluated.token_bytes.saturating_mul(ids.len() as u64),
        };
        let kept = self.store.put(&new, &mut |path| engine.save(path).map_err(io::Error::other));
        match kept {
            Ok(Some(bytes)) => term.detail(&format!("kept the evaluated prompt, {bytes} bytes")),
            Ok(None) => term.detail("there is no room to keep the evaluated prompt"),
            Err(error) => term.detail(&format!("cannot keep the evaluated prompt: {error}")),
        }
    }
}

/// Whether there is memory for all of an entry, of which a part may be dropped again.
fn fits(source: &Source, hit: &Hit) -> bool {
    let Some(model) = source.model() else { return false };
    let tokens = u32::try_from(hit.ids.len()).unwrap_or(u32::MAX);
    memory::check(model, tokens, store::memories()) == Verdict::Fits
}

/// Starts an engine with what `hit` has; `None` where it is damaged. It is read while the model is loaded.
pub fn restore(source: &Source, job: &Job, ids: &[u32], hit: &Hit, cancel: &Cancel) -> Result<Option<Box<dyn Engine>>> {
    let count = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
    let job = Job { tokens: job.tokens.max(count(hit.ids.len())), prefill: count(ids.len() - hit.common), ..*job };
    let (verified, engine) = thread::scope(|scope| {
        let verified = scope.spawn(|| hit.verify());
        let engine = source.start(&job, cancel);
        (verified.join().unwrap_or(false), engine)
    });
    let mut engine = engine?;
    Ok((verified && engine.restore(&hit.entry.path, &hit.ids)).then_some(engine))
}
