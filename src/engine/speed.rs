//! Chooses how an engine computes by rates that were measured on this machine: with weights from the file as they are, or
//! with a copy in ggml's own layout for this processor (repacked, or for AMX); with flash attention or without; with
//! smaller or larger micro-batches; with fewer or more threads where the cores differ.
//!
//! A copy takes time once, and memory, and may save time per token. `dscoder bench --tune` measures all ways and keeps the
//! rates in `speed.json` in the cache directory, for this binary, this processor, this kind of weights and this number of
//! threads. Other runs keep the least time that their way took. Without rates:
//!
//! | processor | weights |
//! |---|---|
//! | AMX | copied from 256 tokens on: 114 instead of 73 to 89 tokens/s of 1.3B Q4_K_M, for 0.45 s |
//! | AVX2, AVX-512, VNNI | mapped: 200 tokens/s against 153 of a copy, which takes 0.3 s more to load |
//! | NEON | mapped, which was not measured |
//! | GPU | the GPU's own memory |
//!
//! By default, flash attention is off on the CPU (the measurements are in [`crate::engine`]'s `llama`), and there is one thread
//! for each fast core. A micro-batch has 256 tokens, of a mixture of experts 512. Tokens/s of prefill with 512, 256 and 128
//! (two cores of an AMD EPYC with AVX-512, medians of three, in turn): 186, 193 and 205 of 1,128 tokens with 1.3B Q4_K_M, and
//! 188, 197 and 182 another time; 143, 147 and 145 of 4,400 tokens; 59 and 60 of 1,024 tokens with 6.7B Q4_K_M. Peak memory
//! behind 4,400 tokens is 2,126, 2,022 and 1,930 MB.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::engine::{GpuLayers, Job, cores, gpu_interfaces, threads};
use crate::model::Model;
use crate::storage::{keep_for, kept};

/// Tokens to evaluate from which a copy for AMX pays, if nothing was measured. Making it takes as long as 100 tokens save.
const PACKS_FROM: u32 = 256;
/// Another way than the default must take less than this part of its time: measurements vary.
const MARGIN: (u64, u64) = (9, 10);
/// Answers are seldom as long as they may be.
const ANSWER: u32 = 64;
/// Tokens of a prompt that llama.cpp evaluates at once at most. More take more memory.
pub const MICRO_BATCH: u32 = 512;
/// The same by default, of models without experts: fewer rows stay nearer to the processor.
const SMALL_MICRO_BATCH: u32 = 256;
/// Tokens of the prompt that `bench --tune` measures with.
pub const TUNED: u32 = 1024;
/// Only prompts of about that length are compared with it: attention takes longer behind more tokens.
const TYPICAL: std::ops::RangeInclusive<usize> = 768..=1536;
/// Flash attention is not chosen for longer prompts: what it costs or saves grows with them.
const FLASH_UP_TO: u32 = 2 * TUNED;
/// Shorter answers say too little.
const SHORTEST_ANSWER: usize = 8;

/// How weights are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Weights {
    /// The faster way for the work, by measurement.
    #[default]
    Auto,
    /// From the file, without a copy.
    Mapped,
    /// As a copy in ggml's layout for this processor.
    Packed,
}

impl Weights {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Weights::Auto => "auto",
            Weights::Mapped => "mapped",
            Weights::Packed => "packed",
        }
    }
}

/// How an engine computes, as far as there is a choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// Whether the weights are copied.
    pub packed: bool,
    /// Whether flash attention is on. On a GPU it always is.
    pub flash: bool,
    /// Tokens of a prompt that are evaluated at once on the CPU; `None` is the default of [`micro_batch`].
    pub micro_batch: Option<u32>,
    /// Threads; `None` is the default of [`threads`].
    pub threads: Option<u32>,
}

impl Way {
    /// The ways that `bench --tune` compares for a job with these threads and a model with this [`micro_batch`]: the default, and
    /// one change of it each.
    #[must_use]
    pub fn all(can_pack: bool, wanted: Option<u32>, micro_batch: u32) -> Vec<Way> {
        let default = Way::default();
        let mut ways = vec![default];
        if can_pack {
            ways.push(Way { packed: true, ..default });
        }
        ways.push(Way { flash: true, ..default });
        let other = if micro_batch == MICRO_BATCH { SMALL_MICRO_BATCH } else { MICRO_BATCH };
        ways.push(Way { micro_batch: Some(other), ..default });
        let all = cores::physical();
        if wanted.is_none() && cores::fast() != all {
            ways.push(Way { threads: Some(all), ..default });
        }
        ways
    }

    /// This way with every change of the others.
    #[must_use]
    pub fn with(self, others: &[Way]) -> Way {
        others.iter().fold(self, |way, other| Way {
            packed: way.packed || other.packed,
            flash: way.flash || other.flash,
            micro_batch: other.micro_batch.or(way.micro_batch),
            threads: other.threads.or(way.threads),
        })
    }

    /// What it is, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = format!("weights {}", if self.packed { "packed" } else { "mapped" });
        if self.flash {
            words += ", flash attention";
        }
        if let Some(tokens) = self.micro_batch {
            words += &format!(", micro-batch {tokens}");
        }
        if let Some(threads) = self.threads {
            words += &format!(", {threads} threads");
        }
        words
    }
}

/// The rates of one way, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// To load the model.
    pub load_us: u64,
    /// To evaluate a token of a prompt.
    pub prefill_us: u64,
    /// To generate a token.
    pub decode_us: u64,
}

impl Rate {
    /// The time for `job` in microseconds. A resident engine loads its model once for many.
    #[must_use]
    pub fn cost(&self, job: &Job) -> u64 {
        let answer = job.tokens.saturating_sub(job.prefill).min(ANSWER);
        let part = |each: u64, tokens: u32| each.saturating_mul(u64::from(tokens));
        let load = if job.resident { 0 } else { self.load_us };
        load.saturating_add(part(self.prefill_us, job.prefill)).saturating_add(part(self.decode_us, answer))
    }

    /// Whether it takes clearly less time for `job` than `other`.
    #[must_use]
    pub fn beats(&self, other: &Rate, job: &Job) -> bool {
        self.cost(job).saturating_mul(MARGIN.1) < other.cost(job).saturating_mul(MARGIN.0)
    }

    fn words(&self) -> String {
        let ms = |us: u64| us as f64 / 1e3;
        let (prefill, decode) = (ms(self.prefill_us), ms(self.decode_us));
        format!("{prefill:.1} ms a token of a prompt, {decode:.1} of an answer, {:.0} to load", ms(self.load_us))
    }

    /// These rates, after a run had the rates `new`. The least time counts, since other programs only add to it: a busy hour
    /// must not make the way that was used in it look slow.
    fn after(&self, new: &Rate) -> Rate {
        Rate {
            load_us: self.load_us.min(new.load_us),
            prefill_us: self.prefill_us.min(new.prefill_us),
            decode_us: self.decode_us.min(new.decode_us),
        }
    }
}

/// The measured rates of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// How the engine computed.
    #[serde(flatten)]
    pub way: Way,
    /// How long it took.
    #[serde(flatten)]
    pub rate: Rate,
}

/// All rates of this binary on this processor, by [`kind`].
pub type Speeds = BTreeMap<String, Vec<Measured>>;

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The way.
    pub way: Way,
    /// What was chosen and why, in words.
    pub why: String,
    /// Whether a copy was asked for and cannot be made.
    pub refused: bool,
}

/// What the choice depends on besides the job.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// Whether copies can be made at all.
    pub can_pack: bool,
    /// Whether they would be for AMX.
    pub has_amx: bool,
    /// Whether flash attention has to be on or off, since a saved state has other keys and values with it.
    pub flash: Option<bool>,
    /// What was measured.
    pub rates: &'a [Measured],
}

/// Why weights are not copied although that was asked for or would pay.
const NO_LAYOUT: &str = "no other layout works in this build and on this processor";
const NO_ROOM: &str = "free memory has no room for a copy";

/// Chooses for `job`; `has_room` tells whether a copy fits into free memory in addition to everything else. What was asked for
/// is not changed by measurements, so that answers can be repeated.
#[must_use]
pub fn choose(job: &Job, given: &Given<'_>, has_room: impl Fn() -> bool) -> Chosen {
    let chosen = |packed: bool, why: String| {
        let way = Way { packed, flash: given.flash.unwrap_or_default(), ..Way::default() };
        Chosen { way, why: format!("{}: {why}", way.words()), refused: !packed && job.weights == Weights::Packed }
    };
    match job.weights {
        Weights::Mapped => chosen(false, "by --kernels".to_owned()),
        Weights::Packed if !given.can_pack => chosen(false, NO_LAYOUT.to_owned()),
        Weights::Packed if !has_room() => chosen(false, NO_ROOM.to_owned()),
        Weights::Packed => chosen(true, "by --kernels".to_owned()),
        Weights::Auto => {
            let best = fastest(job, given, given.can_pack);
            if !best.way.packed || has_room() {
                return best;
            }
            let mapped = fastest(job, given, false);
            Chosen { why: format!("{}; {NO_ROOM}", mapped.why), ..mapped }
        }
    }
}

/// The fastest way by what was measured, if it is clearly faster than the default one.
fn fastest(job: &Job, given: &Given<'_>, can_pack: bool) -> Chosen {
    let default = Way {
        packed: can_pack && given.has_amx && job.prefill >= PACKS_FROM,
        flash: given.flash.unwrap_or_default(),
        ..Way::default()
    };
    let is_possible = |way: &Way| {
        (can_pack || !way.packed)
            && given.flash.map_or(!way.flash || job.prefill <= FLASH_UP_TO, |flash| way.flash == flash)
            // Cells are copied between the sequences of a resident engine, in their layout without flash attention, and it has
            // its own batches.
            && !(job.resident && (way.flash || way.micro_batch.is_some()))
            && (way.threads.is_none() || job.threads.is_none())
            && way.micro_batch.is_none_or(|tokens| (1..=MICRO_BATCH).contains(&tokens))
    };
    let mut possible: Vec<_> = given.rates.iter().filter(|measured| is_possible(&measured.way)).collect();
    possible.sort_by_key(|measured| measured.rate.cost(job));
    let measured = possible.iter().find(|measured| measured.way == default).and_then(|usual| {
        let first = possible.first()?;
        let is_faster = first.rate.beats(&usual.rate, job);
        let other = if is_faster { Some(usual) } else { possible.iter().find(|measured| measured.way != default) };
        Some((if is_faster { first } else { usual }, other?))
    });
    let (way, why) = match measured {
        None => (default, "the default for this processor and prompt".to_owned()),
        Some((own, other)) => {
            let (rate, way) = (other.rate.words(), other.way.words());
            (own.way, format!("{}, measured here; {way}: {rate}", own.rate.words()))
        }
    };
    Chosen { way, why: format!("{}: {why}", way.words()), refused: false }
}

/// Tokens of a prompt that are evaluated at once by default: each expert of a mixture gets only a part of them.
#[must_use]
pub fn micro_batch(model: &Model) -> u32 {
    if model.profile.shape.experts.is_some() { MICRO_BATCH } else { SMALL_MICRO_BATCH }
}

/// The kind of weights of `model`, and the threads of `job`.
#[must_use]
pub fn kind(model: &Model, job: &Job) -> String {
    let shape = &model.profile.shape;
    let types: Vec<_> = model.kinds.iter().map(u32::to_string).collect();
    let threads = threads(job.threads);
    // Rates of the processor say nothing about runs for which a GPU may compute.
    let may_offload = job.gpu_layers != GpuLayers::Count(0) && !gpu_interfaces().is_empty();
    let gpu = if may_offload { ", GPU" } else { "" };
    format!("{} layers of {}, types {}, {threads} threads{gpu}", shape.layers, shape.width, types.join(" "))
}

/// The rates that were measured by the binary and on the processor that `key` names: [`crate::engine::kernels::key`].
#[must_use]
pub fn remembered(cache: &Path, key: &str) -> Speeds {
    kept::<Speeds>(&file(cache)).remove(key).unwrap_or_default()
}

/// Keeps `rates` for this kind of weights, instead of all that were known.
///
/// # Errors
/// If the file cannot be written.
pub fn remember(cache: &Path, key: String, kind: String, rates: Vec<Measured>) -> io::Result<()> {
    let mut speeds = remembered(cache, &key);
    speeds.insert(kind, rates);
    keep_for(&file(cache), ".speed-", key, speeds)
}

/// Keeps what a run took that computed in this `way`, if it says something new.
///
/// # Errors
/// If the file cannot be written.
pub fn remember_run(cache: &Path, key: String, kind: String, way: Way, took: &Observed) -> io::Result<()> {
    // Read now and not at the start of the run: another one may have measured meanwhile.
    let known = remembered(cache, &key).remove(&kind).unwrap_or_default();
    learn(&known, way, took).map_or(Ok(()), |rates| remember(cache, key, kind, rates))
}

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub struct Observed {
    /// To load the model, in microseconds.
    pub load_us: u64,
    /// The evaluated tokens of the prompt, and the microseconds for them.
    pub prefill: (usize, u64),
    /// The tokens of the answer, and the microseconds for them.
    pub decode: (usize, u64),
}

/// The rates of this kind of weights after a run that computed in this `way`: none if they stay as they are, or if the run
/// says too little.
fn learn(known: &[Measured], way: Way, took: &Observed) -> Option<Vec<Measured>> {
    let ((prompt, prefill), (answer, decode)) = (took.prefill, took.decode);
    if !TYPICAL.contains(&prompt) || answer < SHORTEST_ANSWER {
        return None;
    }
    // The first token of an answer comes from the prompt.
    let each = |time: u64, tokens: usize| time / tokens as u64;
    let rate = Rate { load_us: took.load_us, prefill_us: each(prefill, prompt), decode_us: each(decode, answer - 1) };
    let mut rates = known.to_vec();
    match rates.iter_mut().find(|measured| measured.way == way) {
        None => rates.push(Measured { way, rate }),
        Some(measured) => {
            let after = measured.rate.after(&rate);
            // A change of some percent is not worth a file.
            let is_near = |old: u64, new: u64| old.abs_diff(new) <= old / 25;
            let old = measured.rate;
            if is_near(old.load_us, after.load_us)
                && is_near(old.prefill_us, after.prefill_us)
                && is_near(old.decode_us, after.decode_us)
            {
                return None;
            }
            measured.rate = after;
        }
    }
    Some(rates)
}

/// The file of all rates.
#[must_use]
pub fn file(cache: &Path) -> PathBuf {
    cache.join("speed.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Sampling;
    use std::fs;

    const MAPPED: Rate = Rate { load_us: 100_000, prefill_us: 10_000, decode_us: 50_000 };

    fn job(weights: Weights, prefill: u32) -> Job {
        Job { weights, ..Job::new(Sampling::GREEDY, prefill + 32, prefill) }
    }

    const PACKED: Way = Way { packed: true, flash: false, micro_batch: None, threads: None };
    const FLASH: Way = Way { packed: false, flash: true, micro_batch: None, threads: None };

    fn measured(rates: &[(Way, Rate)]) -> Vec<Measured> {
        let mapped = Measured { way: Way::default(), rate: MAPPED };
        std::iter::once(mapped).chain(rates.iter().map(|&(way, rate)| Measured { way, rate })).collect()
    }

    fn given(has_amx: bool, rates: &[Measured]) -> Given<'_> {
        Given { can_pack: true, has_amx, flash: None, rates }
    }

    fn packs(weights: Weights, prefill: u32, given: &Given<'_>) -> bool {
        choose(&job(weights, prefill), given, || true).way.packed
    }

    #[test]
    fn the_default_is_a_copy_for_amx_and_long_prompts() {
        let (amx, other) = (given(true, &[]), given(false, &[]));
        assert!(
            packs(Weights::Auto, 256, &amx) && !packs(Weights::Auto, 255, &amx) && !packs(Weights::Auto, 9999, &other)
        );
        assert!(!choose(&job(Weights::Auto, 256), &amx, || false).way.packed);
        assert_eq!(choose(&job(Weights::Auto, 999), &other, || true).way, Way::default());
    }

    #[test]
    fn the_flag_decides_where_it_can() {
        let (amx, other) = (given(true, &[]), given(false, &[]));
        assert!(packs(Weights::Packed, 1, &other) && !packs(Weights::Mapped, 9999, &amx));
        let full = choose(&job(Weights::Packed, 1), &other, || false);
        assert!(full.refused && full.why.ends_with("no room for a copy"), "{full:?}");
        let none = choose(&job(Weights::Packed, 1), &Given { can_pack: false, ..other }, || true);
        assert!(none.refused && none.why.starts_with("weights mapped: no other layout"), "{none:?}");
        assert!(!choose(&job(Weights::Auto, 999), &Given { can_pack: false, ..amx }, || true).refused);
        // Whatever was measured.
        let rates = measured(&[(FLASH, Rate { load_us: 1, prefill_us: 1, decode_us: 1 })]);
        let chosen = |weights| choose(&job(weights, 999), &given(false, &rates), || true).way;
        assert_eq!([Weights::Mapped, Weights::Packed, Weights::Auto].map(chosen), [Way::default(), PACKED, FLASH]);
    }

    #[test]
    fn measured_rates_decide_beyond_a_margin() {
        // A copy that saves half of the prefill pays from some hundred tokens on.
        let fast = measured(&[(PACKED, Rate { load_us: 2_000_000, prefill_us: 5_000, ..MAPPED })]);
        let fast = given(false, &fast);
        assert!(!packs(Weights::Auto, 100, &fast) && packs(Weights::Auto, 2000, &fast));
        let resident = choose(&Job { resident: true, ..job(Weights::Auto, 100) }, &fast, || true);
        assert!(resident.way.packed, "a resident engine loads once: {resident:?}");
        assert_eq!(
            choose(&job(Weights::Auto, 2000), &fast, || true).why,
            "weights packed: 5.0 ms a token of a prompt, 50.0 of an answer, 2000 to load, measured here; \
             weights mapped: 10.0 ms a token of a prompt, 50.0 of an answer, 100 to load"
        );
        assert!(
            choose(&job(Weights::Auto, 2000), &fast, || false).why.ends_with("; free memory has no room for a copy")
        );
        // Noise changes no default, neither way.
        let chosen = |has_amx, prefill_us| {
            let rates = measured(&[(PACKED, Rate { prefill_us, ..MAPPED })]);
            packs(Weights::Auto, 2000, &given(has_amx, &rates))
        };
        assert_eq!((chosen(false, 9_500), chosen(true, 10_500), chosen(true, 20_000)), (false, true, false));
    }

    #[test]
    fn flash_attention_micro_batches_and_threads_are_chosen_where_they_may_be() {
        let quick = Rate { prefill_us: 5_000, ..MAPPED };
        let rates = measured(&[(FLASH, quick)]);
        let chosen = |job: &Job, flash| choose(job, &Given { flash, ..given(false, &rates) }, || true).way;
        let job = job(Weights::Auto, 1000);
        assert_eq!(chosen(&job, None), FLASH);
        assert_eq!(
            chosen(&Job { prefill: 9000, tokens: 9032, ..job }, None),
            Way::default(),
            "it was not measured there"
        );
        // Not where cells are copied, and a saved state has one kind of cells only.
        assert_eq!(chosen(&Job { resident: true, ..job }, None), Way::default());
        assert_eq!((chosen(&job, Some(false)), chosen(&job, Some(true))), (Way::default(), FLASH));
        assert_eq!(choose(&job, &Given { flash: Some(true), ..given(false, &[]) }, || true).way, FLASH);
        // Threads that were asked for are used.
        let threads = Way { threads: Some(6), ..Way::default() };
        let rates = measured(&[(threads, quick)]);
        let chosen = |job: &Job| choose(job, &given(false, &rates), || true).way;
        assert_eq!((chosen(&job), chosen(&Job { threads: Some(2), ..job })), (threads, Way::default()));
        // A damaged file cannot ask for what llama.cpp refuses.
        let rates = measured(&[(Way { micro_batch: Some(0), ..Way::default() }, quick)]);
        assert_eq!(choose(&job, &given(false, &rates), || true).way, Way::default());
    }

    #[test]
    fn changes_that_pay_are_tried_together() {
        let all = Way::all(true, Some(2), 256);
        assert_eq!(all.len(), 4);
        assert_eq!(Way::default().with(&all).words(), "weights packed, flash attention, micro-batch 512");
        assert!(Way::all(false, None, 512).iter().all(|way| !way.packed && way.micro_batch != Some(512)));
    }

    #[test]
    fn runs_keep_the_least_time() {
        let took = |ms: u64| Observed { load_us: 100_000, prefill: (1000, 1_000_000 * ms), decode: (11, 50_000 * 10) };
        let first = learn(&[], FLASH, &took(10)).expect("the first rates");
        assert_eq!(first, [Measured { way: FLASH, rate: MAPPED }]);
        assert_eq!(learn(&first, FLASH, &took(10)), None);
        let faster = learn(&first, FLASH, &took(8)).expect("better ones");
        assert_eq!(faster[0].rate.prefill_us, 8_000);
        assert_eq!(learn(&first, FLASH, &took(100)), None, "other programs may have been busy");
        assert_eq!(learn(&first, PACKED, &took(10)).map(|rates| rates.len()), Some(2));
        // Runs that say little.
        assert_eq!(learn(&[], FLASH, &Observed { prefill: (100, 1), ..took(1) }), None);
        assert_eq!(learn(&[], FLASH, &Observed { decode: (1, 1), ..took(1) }), None);
    }

    #[test]
    fn rates_are_kept_and_damage_is_none() {
        let cache = tempfile::tempdir().expect("a directory");
        let rates = || measured(&[]);
        remember(cache.path(), "key".into(), "one".into(), rates()).expect("written");
        remember(cache.path(), "key".into(), "two".into(), rates()).expect("written");
        assert_eq!(remembered(cache.path(), "key").len(), 2);
        fs::write(file(cache.path()), "{").expect("written");
        assert!(remembered(cache.path(), "key").is_empty());
    }
}
