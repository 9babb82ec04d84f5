//! llama.cpp, through the `llama-cpp-2` binding. The only file that names it, and the only one with `unsafe`.
//!
//! llama.cpp receives ids only, from files whose headers passed [`crate::model::family`]. The context is sized to the
//! job. On the CPU, flash attention is off: it costs a third of the decode speed at 1,000 tokens of context.

use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, anyhow};
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::{LlamaContextParams, RopeScalingType};
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::{LogOptions, send_logs_to_tracing};

use super::{Cancel, Engine, GpuLayers, Job, Sampling};
use crate::error::{Error, Kind, Result};
use crate::model::Model;
use crate::model::family::TokenId;

/// Tokens that are evaluated between two looks at Ctrl-C; also llama.cpp's own micro-batch.
const CHUNK: usize = 512;
/// The window of the repeat penalty, as in llama.cpp's tools.
const PENALTY_WINDOW: i32 = 64;
/// `LLAMA_FLASH_ATTN_TYPE_*` of `include/llama.h`.
const FLASH_ATTENTION_OFF: i32 = 0;
const FLASH_ATTENTION_ON: i32 = 1;

/// A loaded model with a context for one sequence.
pub struct Llama {
    // Before `model`: fields are dropped in this order, and the context points into the model.
    context: LlamaContext<'static>,
    model: Arc<LlamaModel>,
    batch: LlamaBatch<'static>,
    sampler: Option<LlamaSampler>,
    /// Tokens evaluated so far: the next one's position.
    position: usize,
    /// The row of the last batch that has the logits of the last token.
    row: i32,
    /// The token that was chosen and not evaluated yet.
    pending: Option<TokenId>,
}

fn backend(verbose: bool) -> anyhow::Result<&'static LlamaBackend> {
    static BACKEND: OnceLock<std::result::Result<LlamaBackend, String>> = OnceLock::new();
    let started = BACKEND.get_or_init(|| {
        if !verbose {
            // With logs off, the binding's logger drops every line; without this call ggml writes them to stderr.
            send_logs_to_tracing(LogOptions::default().with_logs_enabled(false));
        }
        LlamaBackend::init().map_err(|error| error.to_string())
    });
    started.as_ref().map_err(|error| anyhow!("{error}"))
}

impl Llama {
    /// Maps `model` and makes a context for `job`.
    ///
    /// # Errors
    /// [`Kind::Engine`] where llama.cpp cannot, [`Kind::Signal`] where `cancel` was set meanwhile.
    pub fn start(model: &Model, job: &Job, cancel: &Cancel) -> Result<Llama> {
        let started = Llama::try_start(model, job, cancel);
        if let Some(signal) = cancel.signal() {
            return Err(Error::new(Kind::Signal(signal), "", ""));
        }
        started.map_err(|error| {
            let hint = if job.verbose { "" } else { "run it again with -v for what llama.cpp says" };
            Error::engine(&error).hint(hint)
        })
    }

    fn try_start(model: &Model, job: &Job, cancel: &Cancel) -> anyhow::Result<Llama> {
        let backend = backend(job.verbose).context("cannot start llama.cpp")?;
        let offload = backend.supports_gpu_offload();
        let layers = match job.gpu_layers {
            GpuLayers::Auto | GpuLayers::All if offload => u32::from(u16::MAX),
            GpuLayers::Count(count) if offload => count.min(u32::from(u16::MAX)),
            _ => 0,
        };
        let cancelled = cancel.clone();
        let parameters =
            LlamaModelParams::default().with_n_gpu_layers(layers).with_progress_callback(move |_| !cancelled.is_set());
        let loaded = LlamaModel::load_from_file(backend, &model.path, &parameters)
            .with_context(|| format!("llama.cpp cannot load {}", model.path.display()))?;
        let loaded = Arc::new(loaded);

        let threads = threads(job.threads);
        // llama.cpp pads the context to 256 cells in any case.
        let cells = job.tokens.max(1).next_multiple_of(256);
        let flash_attention = if layers > 0 { FLASH_ATTENTION_ON } else { FLASH_ATTENTION_OFF };
        let mut parameters = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(cells))
            .with_n_batch(CHUNK as u32)
            .with_n_ubatch(CHUNK as u32)
            .with_n_threads(threads)
            .with_n_threads_batch(threads)
            .with_flash_attention_policy(flash_attention)
            .with_no_perf(true);
        if let Some((_, rope)) = &model.profile.mended {
            parameters = parameters
                .with_rope_scaling_type(RopeScalingType::Linear)
                .with_rope_freq_base(rope.base)
                .with_rope_freq_scale(rope.scale);
        }
        // SAFETY: the context borrows the model. The model is on the heap and does not move, `Llama` owns it as long as
        // the context, drops it after the context (the order of its fields), and gives neither away.
        let borrowed: &'static LlamaModel = unsafe { &*Arc::as_ptr(&loaded) };
        let context = borrowed
            .new_context(backend, parameters)
            .with_context(|| format!("llama.cpp has no memory for a context of {cells} tokens"))?;
        Ok(Llama {
            sampler: sampler(loaded.n_vocab(), job.sampling),
            context,
            model: loaded,
            batch: LlamaBatch::new(CHUNK, 1),
            position: 0,
            row: -1,
            pending: None,
        })
    }

    /// Evaluates at most [`CHUNK`] ids; the logits of the last one are kept if `want_logits`.
    fn evaluate(&mut self, ids: &[TokenId], want_logits: bool) -> anyhow::Result<()> {
        self.batch.clear();
        for (index, &id) in ids.iter().enumerate() {
            let position = i32::try_from(self.position + index).context("the context is too long")?;
            let last = index + 1 == ids.len();
            self.batch.add(LlamaToken(id.cast_signed()), position, &[0], want_logits && last)?;
        }
        self.context.decode(&mut self.batch).context("llama.cpp failed to evaluate the prompt")?;
        self.position += ids.len();
        self.row = if want_logits { self.batch.n_tokens() - 1 } else { -1 };
        Ok(())
    }

    fn choose(&mut self) -> anyhow::Result<TokenId> {
        if let Some(id) = self.pending {
            self.evaluate(&[id], true)?;
        }
        if self.row < 0 {
            return Err(anyhow!("there is no prompt to continue"));
        }
        let best = likeliest(self.context.get_logits_ith(self.row))
            .context("the model computes no numbers: its weights are damaged")?;
        let id = match &mut self.sampler {
            None => best,
            Some(sampler) => sampler.sample(&self.context, self.row).0.cast_unsigned(),
        };
        if id >= self.model.n_vocab().cast_unsigned() {
            return Err(anyhow!("llama.cpp chose no token"));
        }
        self.pending = Some(id);
        Ok(id)
    }
}

impl Engine for Llama {
    fn prefill(&mut self, ids: &[TokenId], cancel: &Cancel) -> Result<()> {
        let chunks = ids.len().div_ceil(CHUNK);
        for (index, chunk) in ids.chunks(CHUNK).enumerate() {
            if cancel.is_set() {
                return Ok(());
            }
            self.evaluate(chunk, index + 1 == chunks).map_err(|error| Error::engine(&error))?;
        }
        if let Some(sampler) = &mut self.sampler {
            // The repeat penalty looks back into the prompt, as in llama.cpp's tools.
            let window = ids.len().saturating_sub(PENALTY_WINDOW as usize);
            sampler.accept_many(ids[window..].iter().map(|id| LlamaToken(id.cast_signed())));
        }
        Ok(())
    }

    fn sample(&mut self) -> Result<TokenId> {
        self.choose().map_err(|error| Error::engine(&error))
    }
}

/// The usual chain of llama.cpp's tools; `None` where the likeliest token is simply taken.
fn sampler(vocabulary: i32, sampling: Sampling) -> Option<LlamaSampler> {
    let penalty = (sampling.repeat_penalty != 1.0)
        .then(|| LlamaSampler::penalties(vocabulary, PENALTY_WINDOW, sampling.repeat_penalty, 0.0, 0.0));
    if sampling.temperature <= 0.0 {
        return penalty.map(|penalty| LlamaSampler::chain_simple([penalty, LlamaSampler::greedy()]));
    }
    let rest = [
        LlamaSampler::top_k(sampling.top_k),
        LlamaSampler::top_p(sampling.top_p, 1),
        LlamaSampler::min_p(sampling.min_p, 1),
        LlamaSampler::temp(sampling.temperature),
        LlamaSampler::dist(sampling.seed),
    ];
    Some(LlamaSampler::chain_simple(penalty.into_iter().chain(rest)))
}

/// The index of the largest logit, the first of equal ones as in llama.cpp's greedy sampler. `None` where one of them is
/// not a number or none is finite, on which llama.cpp's samplers would run into an assertion.
fn likeliest(logits: &[f32]) -> Option<TokenId> {
    let mut best = (0, f32::NEG_INFINITY);
    for (index, &logit) in logits.iter().enumerate() {
        if logit.is_nan() || logit == f32::INFINITY {
            return None;
        }
        if logit > best.1 {
            best = (index, logit);
        }
    }
    best.1.is_finite().then_some(best.0 as TokenId)
}

fn threads(wanted: Option<u32>) -> i32 {
    let allowed = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = wanted.map_or_else(|| num_cpus::get_physical().min(allowed), |threads| threads as usize);
    // GGML_MAX_N_THREADS
    threads.clamp(1, 512) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_logits_is_the_likeliest() {
        assert_eq!(likeliest(&[0.5, 2.0, 2.0, -1.0]), Some(1));
        assert_eq!(likeliest(&[f32::NEG_INFINITY, -3.0]), Some(1));
    }

    #[test]
    fn logits_of_damaged_weights_are_noticed() {
        assert_eq!(likeliest(&[1.0, f32::NAN]), None);
        assert_eq!(likeliest(&[1.0, f32::INFINITY]), None);
        assert_eq!(likeliest(&[f32::NEG_INFINITY; 3]), None);
        assert_eq!(likeliest(&[]), None);
    }
}
