//! The memory that a model needs, compared with the memory of the machine. Pure.

use crate::error::{Error, Kind};
use crate::model::catalog::{self, CatalogEntry};
use crate::model::family::{Flavour, Shape};
use crate::model::{Model, shards};
use crate::units::bytes;

/// Tokens computed at once.
const BATCH: u64 = 512;
/// llama.cpp rounds the context up to a multiple of this.
const CELLS: u32 = 256;
/// Reserved for the driver and the screen.
const GPU_RESERVE: u64 = 512 << 20;
/// The program itself, its tokenizer, and small allocations of llama.cpp.
const PROGRAM: u64 = 40_000_000;

/// The memory that a run takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The weights, which are mapped from the file.
    pub weights: u64,
    /// Keys and values of the context.
    pub context: u64,
    /// Compute buffers and the program.
    pub buffers: u64,
    /// The tokens of the context.
    pub tokens: u32,
}

impl Need {
    /// The need of a model with `shape`, `weights` bytes of files and a context of `tokens`.
    #[must_use]
    pub fn of(shape: &Shape, weights: u64, tokens: u32) -> Need {
        let cells = u64::from(tokens.max(1).checked_next_multiple_of(CELLS).unwrap_or(tokens));
        // The widest results of a batch: the logits, a layer's, and the scores of every head.
        let columns = u64::from(shape.vocabulary) + 4 * u64::from(shape.width) + 3 * u64::from(shape.feed_forward);
        let scores = u64::from(shape.heads) * cells;
        Need {
            weights,
            context: shape.kv_bytes().saturating_mul(cells),
            buffers: PROGRAM + BATCH * 4 * (columns + scores),
            tokens,
        }
    }

    /// The need of `model` with its draft model.
    fn of_all(model: &Model, tokens: u32) -> Need {
        let own = Need::of(&model.profile.shape, model.file_bytes, tokens);
        let Some(draft) = &model.draft else { return own };
        let draft = Need::of_all(draft, tokens);
        Need {
            weights: own.weights.saturating_add(draft.weights),
            context: own.context.saturating_add(draft.context),
            buffers: own.buffers.saturating_add(draft.buffers),
            tokens,
        }
    }

    /// The sum, in bytes.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.weights.saturating_add(self.context).saturating_add(self.buffers)
    }

    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        format!(
            "{} for a context of {} tokens: weights {}, context {}, buffers {}",
            bytes(self.total()),
            self.tokens,
            bytes(self.weights),
            bytes(self.context),
            bytes(self.buffers)
        )
    }
}

/// How many layers fit into `free` bytes of a GPU together with `contexts` of `tokens` each, for a model with `weights`
/// bytes of files; `None` if all fit. The output counts as a layer, as in llama.cpp.
#[must_use]
pub fn gpu_layers(shape: &Shape, weights: u64, (contexts, tokens): (u32, u32), free: u64) -> Option<u32> {
    let need = Need::of(shape, weights, tokens);
    let context = need.context.saturating_mul(u64::from(contexts));
    let layer = (need.weights / (u64::from(shape.layers) + 1) + context / u64::from(shape.layers.max(1))).max(1);
    let left = free.saturating_sub(need.buffers + GPU_RESERVE);
    let fitting = u32::try_from(left / layer).unwrap_or(u32::MAX);
    (fitting <= shape.layers).then_some(fitting)
}

/// Whether a second copy of the weights fits into `available` bytes in addition to everything that a context of
/// `tokens` needs. The mapped file stays in memory meanwhile.
#[must_use]
pub fn has_room_for_copy(model: &Model, tokens: u32, available: u64) -> bool {
    let need = Need::of_all(model, tokens);
    need.total().saturating_add(model.file_bytes) <= available
}

/// What a memory check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// There is enough.
    Fits,
    /// It will be slow: other programs must make room, or weights are read from the disk again and again.
    Tight(String),
    /// Not even the whole memory is enough.
    Impossible(Error),
}

/// Compares what `model` needs for a context of `tokens` with the total and the free memory of the machine.
#[must_use]
pub fn check(model: &Model, tokens: u32, (total, available): (u64, u64)) -> Verdict {
    let need = Need::of_all(model, tokens);
    if need.total() <= available {
        return Verdict::Fits;
    }
    let name = model.path.file_name().unwrap_or_default().to_string_lossy();
    let name = shards::whole_name(&name);
    let smaller = smaller(model.profile.flavour, model.file_bytes, tokens, available);
    let advice = smaller.map(|entry| format!("{} needs about {}", entry.name, bytes(estimate(entry, tokens))));
    if need.total() > total {
        let hint = advice.map_or_else(String::new, |advice| format!("{advice}; "));
        return Verdict::Impossible(
            Error::new(
                Kind::Engine,
                format!("{name} does not fit into memory"),
                format!("it needs {}, but this machine has {}", need.words(), bytes(total)),
            )
            .hint(format!("{hint}--force tries it anyway")),
        );
    }
    let advice = advice.map_or_else(String::new, |advice| format!("; {advice}"));
    Verdict::Tight(format!("{name} needs {}, and {} are free: it may be slow{advice}", need.words(), bytes(available)))
}

/// Approximate need of an entry in its default quantization.
#[must_use]
pub fn estimate(entry: &CatalogEntry, tokens: u32) -> u64 {
    // The buffers are below a quarter of the weights.
    entry.about_bytes + entry.about_bytes / 8 + PROGRAM + entry.kv_bytes * u64::from(tokens)
}

/// The largest entry that is smaller than `weights` and fits.
fn smaller(flavour: Flavour, weights: u64, tokens: u32, available: u64) -> Option<&'static CatalogEntry> {
    let entries = catalog::entries().iter().filter(|entry| entry.is_choosable(flavour) && entry.about_bytes < weights);
    entries.filter(|entry| estimate(entry, tokens) <= available).max_by_key(|entry| entry.about_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::family::Experts;

    const SMALL: Shape = Shape {
        layers: 24,
        width: 2048,
        feed_forward: 5504,
        heads: 16,
        key_heads: 16,
        key_width: 128,
        value_width: 128,
        experts: None,
        vocabulary: 32256,
    };
    const LARGE: Shape = Shape { layers: 62, width: 7168, feed_forward: 19200, heads: 56, key_heads: 8, ..SMALL };
    const LITE: Shape = Shape {
        layers: 27,
        feed_forward: 10944,
        key_width: 192,
        experts: Some(Experts { total: 64, used: 6, shared: 2, feed_forward: 1408 }),
        vocabulary: 102_400,
        ..SMALL
    };

    #[test]
    fn a_token_of_context_takes_what_the_catalog_says() {
        let mqa = Shape { layers: 32, width: 4096, feed_forward: 11008, heads: 32, key_heads: 1, ..SMALL };
        let v15 = Shape { layers: 30, width: 4096, feed_forward: 11008, heads: 32, key_heads: 32, ..SMALL };
        let full = Shape { layers: 60, heads: 128, key_heads: 128, ..LITE };
        for (shape, name) in [
            (SMALL, "1.3b-base"),
            (mqa, "5.7b-base"),
            (LARGE, "33b-base"),
            (v15, "7b-v1.5-base"),
            (LITE, "v2-lite-base"),
            (full, "v2-instruct"),
        ] {
            let (entry, _) = catalog::find(name).expect("a name of the catalog");
            assert_eq!(shape.kv_bytes(), entry.kv_bytes, "{name}");
        }
        // What llama.cpp reports: 540 MiB for 2,048 tokens, and a ninth of it in files since April 2025.
        assert_eq!(LITE.kv_bytes() * 2048, 540 << 20);
        let latent = Shape { key_heads: 1, key_width: 576, value_width: 0, ..LITE };
        assert_eq!(latent.kv_bytes(), 31_104);
    }

    #[test]
    fn the_estimate_is_near_what_was_measured() {
        // 1.24 GB resident with a prompt of 1,166 tokens and an answer of 32.
        let need = Need::of(&SMALL, 873_582_624, 1198);
        assert!((1_150_000_000..1_450_000_000).contains(&need.total()), "{need:?}");
        assert_eq!(need.context, 1280 * 196_608);
    }

    #[test]
    fn as_many_layers_as_fit_go_to_the_gpu() {
        const GIB: u64 = 1 << 30;
        let large = |free| gpu_layers(&LARGE, 19_940_659_200, (1, 4096), free);
        assert_eq!((large(80 * GIB), large(0), large(GIB / 2)), (None, Some(0), Some(0)));
        let half = large(12 * GIB).expect("not all");
        // 62 layers and the output of some 316 MB each, and 16 MB of context.
        assert!((28..36).contains(&half), "{half}");
        assert!(large(24 * GIB).is_none_or(|layers| layers > 2 * half - 4));
        assert_eq!(gpu_layers(&SMALL, 873_582_624, (1, 2048), 8 * GIB), None);
        assert!(gpu_layers(&SMALL, 873_582_624, (1, 16_384), 3 * GIB).is_some_and(|layers| layers > 5));
        // Eight contexts of 800 MB, one of which would fit with all layers.
        assert_eq!(gpu_layers(&SMALL, 873_582_624, (1, 4096), 4 * GIB), None);
        assert!(gpu_layers(&SMALL, 873_582_624, (8, 4096), 4 * GIB).is_some_and(|layers| (7..12).contains(&layers)));
    }

    #[test]
    fn the_next_smaller_one_is_named() {
        assert_eq!(
            smaller(Flavour::Base, 19_940_659_200, 1024, 8_000_000_000).map(|entry| entry.name.as_str()),
            Some("6.7b-base")
        );
        assert_eq!(
            smaller(Flavour::Base, 19_940_659_200, 1024, 2_000_000_000).map(|entry| entry.name.as_str()),
            Some("1.3b-base")
        );
        assert_eq!(smaller(Flavour::Base, 800_000_000, 1024, 2_000_000_000), None);
        let huge = Need::of(&LARGE, u64::MAX, u32::MAX);
        assert_eq!(huge.total(), u64::MAX);
    }
}
