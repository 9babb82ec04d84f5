//! Chooses how weights are used by rates that were measured on this machine: from the file as they are, or as a copy in
//! ggml's own layout for this processor (repacked, or for AMX).
//!
//! A copy takes time once, and memory, and may save time per token. `dscoder bench --tune` measures both and keeps the
//! rates in `speed.json` in the cache directory, for this binary, this processor, this kind of weights and this number of
//! threads. Without rates:
//!
//! | processor | weights |
//! |---|---|
//! | AMX | copied from 256 tokens on: 114 instead of 73 to 89 tokens/s of 1.3B Q4_K_M, for 0.45 s |
//! | AVX2, AVX-512, VNNI | mapped: 200 tokens/s against 153 of a copy, which takes 0.3 s more to load |
//! | NEON | mapped, which was not measured |
//! | GPU | the GPU's own memory |

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::engine::{Job, threads};
use crate::model::Model;
use crate::storage::{keep_for, kept};

/// Tokens to evaluate from which a copy for AMX pays, if nothing was measured. Making it takes as long as 100 tokens save.
const PACKS_FROM: u32 = 256;
/// Another way than the default must take less than this part of its time: measurements vary.
const MARGIN: (u64, u64) = (9, 10);
/// Answers are seldom as long as they may be.
const ANSWER: u32 = 64;

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
    fn cost(&self, prefill: u32, answer: u32) -> u64 {
        let part = |each: u64, tokens: u32| each.saturating_mul(u64::from(tokens));
        self.load_us.saturating_add(part(self.prefill_us, prefill)).saturating_add(part(self.decode_us, answer))
    }
}

/// The measured rates of both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// Of weights used from the file.
    pub mapped: Rate,
    /// Of a copy.
    pub packed: Rate,
}

/// All rates of this binary on this processor, by [`kind`].
pub type Speeds = BTreeMap<String, Rates>;

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Whether the weights are copied.
    pub packed: bool,
    /// What was chosen and why, in words.
    pub why: String,
    /// Whether a copy was asked for and cannot be made.
    pub refused: bool,
}

/// What the choice depends on besides the job.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// Whether copies can be made at all.
    pub can_pack: bool,
    /// Whether they would be for AMX.
    pub has_amx: bool,
    /// What was measured.
    pub rates: Option<Rates>,
}

/// Chooses for `job`; `has_room` tells whether a copy fits into free memory in addition to everything else.
#[must_use]
pub fn choose(job: &Job, given: &Given, has_room: impl FnOnce() -> bool) -> Chosen {
    let chosen = |packed: bool, why: &str| {
        let way = if packed { "packed" } else { "mapped" };
        Chosen { packed, why: format!("weights {way}: {why}"), refused: !packed && job.weights == Weights::Packed }
    };
    if job.weights == Weights::Mapped {
        return chosen(false, "by --kernels");
    }
    if !given.can_pack {
        return chosen(false, "no other layout works in this build and on this processor");
    }
    let (packed, why) = match (job.weights, given.rates) {
        (Weights::Packed, _) => (true, "by --kernels".to_owned()),
        (_, None) => {
            (given.has_amx && job.prefill >= PACKS_FROM, "the default for this processor and prompt".to_owned())
        }
        (_, Some(rates)) => {
            let packed = is_packed_faster(&rates, job, given.has_amx);
            let (own, other) = if packed { (rates.packed, rates.mapped) } else { (rates.mapped, rates.packed) };
            let name = if packed { "mapped" } else { "packed" };
            let ms = |us: u64| us as f64 / 1e3;
            let why = format!(
                "{:.1} ms a token measured here, {name} {:.1}; to load {:.0} ms, {name} {:.0}",
                ms(own.prefill_us),
                ms(other.prefill_us),
                ms(own.load_us),
                ms(other.load_us)
            );
            (packed, why)
        }
    };
    if packed && !has_room() { chosen(false, "free memory has no room for a copy") } else { chosen(packed, &why) }
}

fn is_packed_faster(rates: &Rates, job: &Job, has_amx: bool) -> bool {
    let answer = job.tokens.saturating_sub(job.prefill).min(ANSWER);
    let (mapped, packed) = (rates.mapped.cost(job.prefill, answer), rates.packed.cost(job.prefill, answer));
    let is_less = |one: u64, other: u64| one.saturating_mul(MARGIN.1) < other.saturating_mul(MARGIN.0);
    if has_amx && job.prefill >= PACKS_FROM { !is_less(mapped, packed) } else { is_less(packed, mapped) }
}

/// The kind of weights of `model`, and the threads of `job`.
#[must_use]
pub fn kind(model: &Model, job: &Job) -> String {
    let shape = &model.profile.shape;
    let types: Vec<_> = model.kinds.iter().map(u32::to_string).collect();
    let threads = threads(job.threads);
    format!("{} layers of {}, types {}, {threads} threads", shape.layers, shape.width, types.join(" "))
}

/// The rates that were measured by the binary and on the processor that `key` names: [`crate::engine::kernels::key`].
#[must_use]
pub fn remembered(cache: &Path, key: &str) -> Speeds {
    kept::<Speeds>(&file(cache)).remove(key).unwrap_or_default()
}

/// Keeps `rates` for this kind of weights.
///
/// # Errors
/// If the file cannot be written.
pub fn remember(cache: &Path, key: String, kind: String, rates: Rates) -> io::Result<()> {
    let mut speeds = remembered(cache, &key);
    speeds.insert(kind, rates);
    keep_for(&file(cache), ".speed-", key, speeds)
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

    fn given(has_amx: bool, packed: Option<Rate>) -> Given {
        Given { can_pack: true, has_amx, rates: packed.map(|packed| Rates { mapped: MAPPED, packed }) }
    }

    fn packs(weights: Weights, prefill: u32, given: &Given) -> bool {
        choose(&job(weights, prefill), given, || true).packed
    }

    #[test]
    fn the_default_is_a_copy_for_amx_and_long_prompts() {
        assert!(packs(Weights::Auto, 256, &given(true, None)) && !packs(Weights::Auto, 255, &given(true, None)));
        assert!(!packs(Weights::Auto, 9999, &given(false, None)));
        assert!(!choose(&job(Weights::Auto, 256), &given(true, None), || false).packed);
    }

    #[test]
    fn the_flag_decides_where_it_can() {
        assert!(packs(Weights::Packed, 1, &given(false, None)) && !packs(Weights::Mapped, 9999, &given(true, None)));
        let full = choose(&job(Weights::Packed, 1), &given(false, None), || false);
        assert!(full.refused && full.why.ends_with("no room for a copy"), "{full:?}");
        let none = choose(&job(Weights::Packed, 1), &Given { can_pack: false, ..given(false, None) }, || true);
        assert!(none.refused && none.why.starts_with("weights mapped: no other layout"), "{none:?}");
        assert!(!choose(&job(Weights::Auto, 999), &Given { can_pack: false, ..given(true, None) }, || true).refused);
    }

    #[test]
    fn measured_rates_decide_beyond_a_margin() {
        // A copy that saves half of the prefill pays from some hundred tokens on.
        let fast = given(false, Some(Rate { load_us: 2_000_000, prefill_us: 5_000, ..MAPPED }));
        assert!(!packs(Weights::Auto, 100, &fast) && packs(Weights::Auto, 2000, &fast));
        let why = choose(&job(Weights::Auto, 2000), &fast, || true).why;
        assert_eq!(why, "weights packed: 5.0 ms a token measured here, mapped 10.0; to load 2000 ms, mapped 100");
        // Noise changes no default, neither way.
        let same = Rate { prefill_us: 9_500, ..MAPPED };
        assert!(!packs(Weights::Auto, 2000, &given(false, Some(same))));
        let slower = Rate { prefill_us: 10_500, ..MAPPED };
        assert!(packs(Weights::Auto, 2000, &given(true, Some(slower))));
        assert!(!packs(Weights::Auto, 2000, &given(true, Some(Rate { prefill_us: 20_000, ..MAPPED }))));
    }

    #[test]
    fn rates_are_kept_and_damage_is_none() {
        let cache = tempfile::tempdir().expect("a directory");
        let rates = Rates { mapped: MAPPED, packed: MAPPED };
        remember(cache.path(), "key".into(), "one".into(), rates).expect("written");
        remember(cache.path(), "key".into(), "two".into(), rates).expect("written");
        assert_eq!(remembered(cache.path(), "key").len(), 2);
        fs::write(file(cache.path()), "{").expect("written");
        assert!(remembered(cache.path(), "key").is_empty());
    }
}
