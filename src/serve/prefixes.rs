//! The prefix store, as a resident engine uses it: long prompts are looked up there, and put there when it ends.
//!
//! The entries of other commands are used too. Those of a resident engine have a key of their own, since its prompts are
//! evaluated in other steps, and a command's answer is the same bit for bit whether its prompt was restored or not.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::engine::Job;
use crate::engine::parallel::Scheduler;
use crate::engine::source::Source;
use crate::kv::{Key, New, Store};
use crate::places::Places;
use crate::serve::pace::Pace;
use crate::settings::CacheSettings;
use crate::vocabulary::TokenId;

/// Minimum number of tokens that an entry must save to be worth reading.
const WORTH_READING: usize = 256;

/// The store, for one model.
pub struct Prefixes {
    store: Store,
    own: Key,
    /// Of an engine for one prompt.
    commands: Key,
    /// The file name of the model.
    model: String,
    /// A prompt that takes longer than this is kept.
    after: Duration,
    /// Bytes of each token.
    token_bytes: u64,
    /// Tokens of a sequence.
    room: usize,
}

impl Prefixes {
    /// The store of this user for the model of `source`; `None` if nothing is to be kept of it.
    #[must_use]
    pub fn new(source: &Source, job: &Job, settings: CacheSettings) -> Option<Prefixes> {
        let model = source.model().filter(|_| settings.enabled)?;
        Some(Prefixes {
            store: Store::new(&Places::of_user().cache, settings.size),
            own: source.key_for(job, "resident")?,
            commands: source.key(job)?,
            model: source.name().to_owned(),
            after: settings.after,
            token_bytes: model.profile.shape.kv_bytes(),
            room: job.tokens as usize,
        })
    }

    /// Restores what there is of `prompt` into a free sequence, if that saves many of the `tokens` that have to be evaluated.
    /// Anything that is wrong with an entry is a miss. `is_exact` as in [`Rules`](crate::engine::parallel::Rules).
    pub fn restore(&self, prompt: &[TokenId], tokens: usize, is_exact: bool, scheduler: &mut Scheduler) {
        if tokens < WORTH_READING {
            return;
        }
        let keys = [(&self.own, false), (&self.commands, true)].into_iter().filter(|(_, exact)| *exact || !is_exact);
        let hits = keys.filter_map(|(key, exact)| Some((self.store.find(key, prompt, self.room)?, exact)));
        let Some((hit, exact)) = hits.max_by_key(|(hit, _)| hit.common) else { return };
        if hit.common >= prompt.len() - tokens + WORTH_READING && hit.verify() {
            let _ = scheduler.restore(&hit.entry.path, &hit.ids, hit.entry.label.prompt, exact);
        }
    }

    /// Keeps the evaluated prompts that would take long to evaluate again.
    pub fn keep(&self, scheduler: &mut Scheduler, pace: &Pace) {
        for (sequence, ids) in scheduler.prompts() {
            let Some(time) = pace.time(ids.len(), 0).filter(|&time| time > self.after) else { continue };
            let is_kept = self.store.find(&self.own, &ids, self.room).is_some_and(|hit| hit.common + 1 >= ids.len());
            if ids.len() < WORTH_READING || is_kept {
                continue;
            }
            let new = New {
                key: &self.own,
                model: &self.model,
                ids: &ids,
                prompt: ids.len(),
                token_time: time / u32::try_from(ids.len()).unwrap_or(u32::MAX),
                about_bytes: self.token_bytes.saturating_mul(ids.len() as u64),
            };
            // A cache that cannot be written is none.
            let _ = self.store.put(&new, &mut |path: &Path| match scheduler.save(sequence, &ids, path) {
                Ok(true) => Ok(()),
                Ok(false) => Err(io::ErrorKind::Unsupported.into()),
                Err(error) => Err(io::Error::other(error)),
            });
        }
    }
}
