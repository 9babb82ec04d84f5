//! Starting an engine with the cached beginning of a prompt, and caching the evaluated prompt for the next run.

use std::io;
use std::thread;
use std::time::Duration;

use crate::cancel::Cancel;
use crate::engine::source::Source;
use crate::engine::speed::Chosen;
use crate::engine::{Engine, Job};
use crate::error::Result;
use crate::kv::{Hit, Key, New, Store};
use crate::model::memory::{self, Verdict};
use crate::model::store;
use crate::places::Places;
use crate::run::model::tell;
use crate::settings::Settings;
use crate::term::Term;

/// The store, as one run uses it.
pub struct Prefix {
    store: Store,
    key: Key,
    /// The file name of the model.
    model: String,
    /// A prompt that took longer than this is cached.
    after: Duration,
}

/// A started engine.
pub struct Started {
    /// The engine.
    pub engine: Box<dyn Engine>,
    /// Where its prompt is cached; `None` if nothing is.
    pub prefix: Option<Prefix>,
    /// How it computes; `None` for a model that is not loaded in this process.
    pub chosen: Option<Chosen>,
}

/// How a prompt was evaluated.
pub struct Evaluated {
    /// Its tokens.
    pub prompt: usize,
    /// The tokens that were evaluated, not restored.
    pub fresh: usize,
    /// The time that they took.
    pub time: Duration,
    /// Bytes of KV cache per token.
    pub token_bytes: u64,
}

impl Prefix {
    /// Starts an engine for `job`, whose prompt is `ids`, restoring as much of it as the store has, in the way that is chosen
    /// for what is left. An unusable store counts as an empty one.
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
    ) -> Result<Started> {
        let chosen = source.chosen(job);
        let way = chosen.as_ref().map(|chosen| chosen.way);
        let fresh = |prefix| {
            let engine = source.start(&Job { way, ..*job }, cancel)?;
            tell(source, job, chosen.as_ref(), term);
            Ok(Started { engine, prefix, chosen: chosen.clone() })
        };
        let keys = way.filter(|_| settings.cache.enabled).map(|way| source.keys(job, way)).unwrap_or_default();
        let Some((_, own)) = keys.first().cloned() else { return fresh(None) };
        let store = Store::new(&Places::of_user().cache, settings.cache.size);
        let room = settings.engine.context(source.context())?;
        let hits = keys.into_iter().filter_map(|(way, key)| Some((store.find(&key, ids, room as usize)?, key, way)));
        // Among equals that of the chosen way, which is the first.
        let best = hits.reduce(|best, other| if other.0.common > best.0.common { other } else { best });
        let prefix = |key| Prefix { store, key, model: source.name().to_owned(), after: settings.cache.after };
        let Some((hit, key, way)) = best.filter(|(hit, ..)| fits(source, hit)) else { return fresh(Some(prefix(own))) };
        let Some((engine, chosen)) = restore(source, &Job { way: Some(way), ..*job }, ids, &hit, cancel)? else {
            term.detail(&format!("not usable: {}", hit.entry.path.display()));
            return fresh(Some(prefix(own)));
        };
        tell(source, job, chosen.as_ref(), term);
        term.detail(&format!("{} of {} tokens from {}", hit.common, ids.len(), hit.entry.path.display()));
        Ok(Started { engine, prefix: Some(prefix(key)), chosen })
    }

    /// Caches what `engine` has evaluated if that took long enough. Called after the answer; only `-v` shows a failure.
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
            Ok(Some(bytes)) => term.detail(&format!("cached the evaluated prompt, {bytes} bytes")),
            Ok(None) => term.detail("no room to cache the evaluated prompt"),
            Err(error) => term.detail(&format!("cannot cache the evaluated prompt: {error}")),
        }
    }
}

/// An engine, and how it computes.
type Restored = (Box<dyn Engine>, Option<Chosen>);

/// Whether memory suffices for a whole entry, of which a part may be dropped again.
fn fits(source: &Source, hit: &Hit) -> bool {
    let Some(model) = source.model() else { return false };
    let tokens = u32::try_from(hit.ids.len()).unwrap_or(u32::MAX);
    memory::check(model, tokens, store::memories()) == Verdict::Fits
}

/// Starts an engine with the tokens of `hit`, which engines for `job` have saved; `None` if the entry is damaged. It is read
/// while the model loads.
pub fn restore(source: &Source, job: &Job, ids: &[u32], hit: &Hit, cancel: &Cancel) -> Result<Option<Restored>> {
    let count = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
    let rest = count(ids.len() - hit.common);
    let chosen = source.chosen_for_rest(job, rest);
    let way = chosen.as_ref().map(|chosen| chosen.way);
    let job = Job { tokens: job.tokens.max(count(hit.ids.len())), prefill: rest, way, ..*job };
    let (verified, engine) = thread::scope(|scope| {
        let verified = scope.spawn(|| hit.verify());
        let engine = source.start(&job, cancel);
        (verified.join().unwrap_or(false), engine)
    });
    let mut engine = engine?;
    Ok((verified && engine.restore(&hit.entry.path, &hit.ids)).then_some((engine, chosen)))
}
