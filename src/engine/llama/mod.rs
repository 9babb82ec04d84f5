//! llama.cpp, through the `llama-cpp-2` binding. Only this module and those below name it, and only they use `unsafe`.
//!
//! llama.cpp receives ids only, from files whose headers passed [`crate::model::family`]. The context is sized to the
//! job. On the CPU, flash attention is off by default. Tokens per second with it off and on, by `llama-bench` (1.3B Q4_K_M, two
//! cores): prefill after 4,096 tokens 90 and 70, after 8,192 tokens 62 and 43; decode 21 and 9, and 13 and 5.
//!
//! # V2-Lite
//!
//! Milliseconds of processor time per token, flash attention off and on, by `llama-server` (four layers of Lite's shapes with
//! random weights, `tests/bench/lite.py`, one thread):
//!
//! | file | prefill of 1,024 | prefill of 3,072 | decode at 1,024 | decode at 3,072 |
//! |---|---|---|---|---|
//! | latent keys and values (since April 2025) | 3.4, 3.7 | 4.0, 5.6 | 27.5, 21.9 | 37.2, 28.8 |
//! | keys and values of each head | 2.9, 2.8 | 3.2, 3.7 | 21.2, 23.4 | 27.2, 40.6 |
//!
//! On, it would save 6 ms per token of an answer from a latent file and cost 0.3 to 1.6 ms per token of its prompt, which is
//! longer: it is off there too. A micro-batch of 128 tokens takes 3.9 ms per token of a prompt, 512 take 3.3, 1,024 take 3.5.
//! The KV cache is as large as [`crate::model::family::Shape::kv_bytes`] says: 25.3 and 225 MiB for 2,304 cells of ten layers.
//!
//! # Where the time goes
//!
//! A run that restores a prompt of 1,177 tokens and generates one more takes 0.25 s (1.3B Q4_K_M, two cores): 28 ms for
//! the header, the tokenizer, the prompt and finding the entry; 100 ms to map the weights, while other threads check
//! the entry (22 ms) and allocate the pages of 240 MB of KV cache (100 ms in parallel, see `llama/pages.rs`), for which
//! the first thread waits 20 ms; 5 ms for the context; 35 ms to copy the entry; 38 ms for the last token, and about 20
//! ms until the kernel has freed all memory. Weights and pages are the kernel's work. Huge pages reduce it to a tenth,
//! but cost 0.4 s in every third run, when the kernel must make room for them. Loading the weights while the tokenizer
//! is built makes the run slower: the kernel's work for that blocks the other threads' allocations.
//!
//! Prefill is llama.cpp's products, and kernels of our own would gain little. 2048 x 5504 x 512 in one thread (AVX-512 VNNI;
//! a bare loop of `vpdpbusd` does 218 GMAC/s): Q4_K 250 GMAC/s, Q5_K 241, Q6_K 196, in tiles; F16 100, Q8_0 76, Q4_0 63,
//! Q5_0 57. A prototype for Q4_K did 181. Only the others could be faster, which would save 17 % of the prefill of 1.3B
//! Q4_K_M (31 % of it is Q8_0, since 256 does not divide 5504). 6.7B Q4_K_M would gain nothing.

mod adapters;
mod cells;
mod draft;
mod gpus;
pub mod kernels;
mod load;
mod pages;
#[cfg(unix)]
pub mod streams;
mod threads;

use std::collections::VecDeque;
#[cfg(unix)]
use std::ffi::{CStr, c_char};
use std::fs::File;
use std::io::Write as _;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use anyhow::{Context as _, anyhow};
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::{LlamaContextParams, RopeScalingType};
use llama_cpp_2::context::session::LlamaStateSeqFlags;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::{
    DecodeError, LlamaBackendDeviceType, LogOptions, list_llama_ggml_backend_devices, send_logs_to_tracing,
};
#[cfg(unix)]
use llama_cpp_sys_2::ggml_set_abort_callback;
use memmap2::MmapOptions;
#[cfg(unix)]
use signal_hook::consts::{SIGABRT, SIGBUS, SIGILL};

use self::cells::{Block, Outline, Values};
use self::draft::Draft;
use self::gpus::Gpu;
use self::load::load;
use self::pages::Pages;
use self::threads::Computing;

use crate::cancel::Cancel;
use crate::engine::lookup::{Lookup, Pace};
use crate::engine::parallel::{LAST_ALONE, Move, Row, Rules, Sequences, idle_between};
use crate::engine::speed::{MICRO_BATCH, Way, micro_batch};
use crate::engine::{Choice, Device, Engine, GpuLayers, Job, MAX_SEQUENCES, Sampling, threads};
use crate::error::{Error, Result};
use crate::model::family::Rotation;
use crate::model::files::OpenFiles;
use crate::model::{Model, memory, store};
use crate::units::bytes;
use crate::vocabulary::{Controls, TokenId, Vocabulary as _, common};

#[cfg(unix)]
use crate::error::{Kind, reason};

/// Maximum number of tokens evaluated between two checks for Ctrl-C.
const CHUNK: usize = MICRO_BATCH as usize;
/// The version of the crate that holds llama.cpp, and with it the format of its states; Cargo.toml pins the same.
const LLAMA_CPP: &str = "0.1.161";
/// The window of the repeat penalty, as in llama.cpp's tools.
const PENALTY_WINDOW: i32 = 64;
/// How many idle sequences get a row so that those around them are computed together, with all layers on a GPU: see
/// [`idle_between`]. With four of eight answers in progress, every other one, an H200 then takes 3.1 ms per step instead
/// of 11.2 (1.3B Q4_K_M); a row for each of eight takes 3.8 ms, one row 1.7. On a processor, a row costs too much.
const GAP: usize = 2;
/// No more control tokens than this are expected among the likeliest tokens.
const MOST_CONTROLS: usize = 256;
/// Minimum number of tokens that room is reserved for.
const SMALL_CHUNK: usize = 32;
/// The first bytes of the state of one sequence in memory: `io_magic` of `src/llama-context.cpp`, and the sequence's
/// number.
const STATE_HEAD: [u8; 8] = [0xd8, 0x3c, 0x14, 0xaf, 0, 0, 0, 0];
/// Offset of the number of ids in a saved state, after kind and version.
const STATE_COUNT: usize = 8;
/// The first numbers of the file of a sequence's state, in `include/llama.h`.
const LLAMA_STATE_SEQ_MAGIC: u32 = 0x6767_7371;
const LLAMA_STATE_SEQ_VERSION: u32 = 4;
/// `LLAMA_FLASH_ATTN_TYPE_*` of `include/llama.h`.
const FLASH_ATTENTION_OFF: i32 = 0;
const FLASH_ATTENTION_ON: i32 = 1;

/// A loaded model with a context for some sequences that begin with the same prompt.
pub struct Llama {
    // Before `model`: fields are dropped in this order, and the context points into the model.
    context: LlamaContext<'static>,
    model: Arc<LlamaModel>,
    batch: LlamaBatch<'static>,
    /// The capacity of the batch, in tokens.
    chunk: usize,
    threads: i32,
    sequences: Vec<Sequence>,
    /// The evaluated tokens of the first sequence.
    evaluated: Vec<TokenId>,
    /// Whether every sequence has the prompt.
    shared: bool,
    /// The mapped files.
    files: Arc<OpenFiles>,
    /// `None` if nothing is drafted.
    speculation: Option<Speculation>,
    /// How many idle sequences get a row so that those around them are computed together.
    gap: usize,
    /// Where the rows of [`Sequences::evaluate`] are in the last batch.
    places: Vec<i32>,
    /// How cells are copied; `None` if sequences share them, and on a GPU, which evaluates them faster than they can be fetched.
    cells: Option<Cells>,
    controls: Controls,
    /// Cells to be moved, for each sequence.
    lifted: Vec<VecDeque<Block>>,
    /// The state of a sequence, kept because the system takes longer to give new memory than it takes to fill it.
    scratch: Vec<u8>,
}

/// How the cells of sequences are copied.
#[derive(Clone, Copy)]
struct Cells {
    values: Values,
    /// How keys change when they are moved; `None` if they cannot be.
    rotation: Option<Rotation>,
}

impl Cells {
    fn of(model: &Model) -> Cells {
        let values = if model.profile.shape.is_latent() { Values::InKeys } else { Values::Apart };
        Cells { values, rotation: model.profile.rotation }
    }
}

/// The drafts of the only sequence.
struct Speculation {
    drafter: Drafter,
    pace: Pace,
    /// The tokens that may come next.
    ahead: VecDeque<TokenId>,
    /// Whether they were evaluated, so that the last batch has their logits and the KV cache their cells.
    evaluated: bool,
}

/// Where drafts come from.
enum Drafter {
    /// The prompt and the answer so far.
    Prompt(Lookup),
    /// A draft model.
    Model(Box<Draft>),
}

impl Speculation {
    fn new(drafter: Drafter) -> Speculation {
        Speculation { drafter, pace: Pace::default(), ahead: VecDeque::new(), evaluated: false }
    }

    /// Records that these tokens are part of the text.
    fn extend(&mut self, ids: &[TokenId]) {
        if let Drafter::Prompt(lookup) = &mut self.drafter {
            lookup.extend(ids);
        }
    }

    /// The tokens that may follow `before` and `id`, at most `room`, and how many of them to evaluate.
    fn draft(&mut self, before: &[TokenId], id: TokenId, room: usize) -> Result<(Vec<TokenId>, usize)> {
        match &mut self.drafter {
            Drafter::Prompt(lookup) => {
                let draft = lookup.draft();
                let draft = &draft[..draft.len().min(room)];
                Ok((draft.to_vec(), self.pace.length(draft.len())))
            }
            Drafter::Model(model) => {
                let draft = model.continuation(before, id, room, &mut self.pace)?;
                let length = draft.len();
                Ok((draft, length))
            }
        }
    }
}

/// One answer.
struct Sequence {
    /// `None` takes the most likely token.
    sampler: Option<LlamaSampler>,
    /// The next token's position.
    position: usize,
    /// The row of the last batch that has the logits of the last token; negative if there is none.
    row: i32,
    /// The chosen token that is not evaluated yet.
    pending: Option<TokenId>,
    /// As [`Job::log_probabilities`].
    log_probabilities: Option<usize>,
}

fn backend(verbose: bool) -> anyhow::Result<&'static LlamaBackend> {
    static BACKEND: OnceLock<std::result::Result<LlamaBackend, String>> = OnceLock::new();
    // Everything that reaches ggml begins here.
    crate::engine::cpu::check().map_err(|error| anyhow!("{error}"))?;
    let started = BACKEND.get_or_init(|| {
        if !verbose {
            // With logs off, the binding's logger drops every line; without this call ggml writes them to stderr.
            send_logs_to_tracing(LogOptions::default().with_logs_enabled(false));
        }
        LlamaBackend::init().map_err(|error| error.to_string())
    });
    started.as_ref().map_err(|error| anyhow!("{error}"))
}

/// The GPUs of this machine that this build knows.
///
/// # Errors
/// [`crate::error::Kind::Engine`] if llama.cpp does not start.
pub fn devices() -> Result<Vec<Device>> {
    backend(false).map_err(|error| Error::engine(&error.context("cannot start llama.cpp")))?;
    let is_gpu = |kind| matches!(kind, LlamaBackendDeviceType::Gpu | LlamaBackendDeviceType::IntegratedGpu);
    let gpus = list_llama_ggml_backend_devices().into_iter().filter(|device| is_gpu(device.device_type));
    Ok(gpus
        .map(|device| Device {
            name: device.description,
            backend: device.backend,
            total: device.memory_total as u64,
            free: device.memory_free as u64,
        })
        .collect())
}

impl Llama {
    /// Maps `model` and makes a context for `job`.
    ///
    /// # Errors
    /// [`crate::error::Kind::Engine`] if llama.cpp or this processor cannot, [`crate::error::Kind::Signal`] or [`crate::error::Kind::Deadline`] if `cancel` was set meanwhile.
    pub fn start(model: &Model, job: &Job, cancel: &Cancel) -> Result<Llama> {
        let mut started = Llama::begin(model, job, false, cancel)?;
        if let Some(draft) = model.draft.as_deref().filter(|_| job.sequences == 1 && !job.speculate) {
            started.speculation =
                Some(Speculation::new(Drafter::Model(Box::new(Draft::start(draft, model, job, cancel)?))));
        }
        Ok(started)
    }

    /// As [`Llama::start`], for sequences with separate prompts: each has the room that `job` asks for.
    ///
    /// # Errors
    /// As [`Llama::start`].
    pub fn start_parallel(model: &Model, job: &Job, cancel: &Cancel) -> Result<Llama> {
        Llama::begin(model, job, true, cancel)
    }

    fn begin(model: &Model, job: &Job, apart: bool, cancel: &Cancel) -> Result<Llama> {
        crate::engine::cpu::check()?;
        let started = Llama::try_start(model, job, apart, cancel);
        if let Some(cause) = cancel.cause() {
            return Err(Error::stopped(cause));
        }
        // The loaded files are the checked ones.
        model.files.in_place()?;
        model.adapter_files.in_place()?;
        started.map_err(|error| {
            let log = if job.verbose { "" } else { "run it again with -v to see llama.cpp's log" };
            let hint = full_gpu(model, job, contexts(job, apart)).unwrap_or_else(|| log.to_owned());
            Error::engine(&error).hint(hint)
        })
    }

    fn try_start(model: &Model, job: &Job, apart: bool, cancel: &Cancel) -> anyhow::Result<Llama> {
        let backend = backend(job.verbose).context("cannot start llama.cpp")?;
        let contexts = contexts(job, apart);
        let gpus = gpus_for(backend, job);
        let layers = gpu_layers(model, job, contexts, &gpus);
        if layers == 0 && job.gpu_layers.is_wanted() && backend.supports_gpu_offload() {
            return Err(anyhow!("no GPU can be used: its memory is full, or its driver fails"));
        }
        // llama.cpp pads the context to 256 cells anyway.
        let sequences = job.sequences.clamp(1, MAX_SEQUENCES);
        let cells = job.tokens.clamp(1, model.profile.context * MAX_SEQUENCES).next_multiple_of(256) * contexts;
        let kv_bytes = model.profile.shape.kv_bytes().saturating_mul(u64::from(cells));
        let pages = if layers == 0 { Pages::make(kv_bytes) } else { None };
        let way = job.way.unwrap_or_default();
        // Cells are copied in their layout without it.
        let way = Way { flash: way.flash && !apart, ..way };
        let loaded = Arc::new(load(model, layers, &gpus, way.packed && layers == 0, cancel)?);
        let threads = threads(job.threads.or(way.threads));
        // After restoring a prompt, only a few tokens are evaluated, so the buffers are small and quickly allocated.
        let least = SMALL_CHUNK.max(sequences as usize);
        let most =
            if layers > 0 || apart { MICRO_BATCH } else { way.micro_batch.unwrap_or_else(|| micro_batch(model)) };
        let chunk = (job.prefill as usize).clamp(least, (most as usize).clamp(least, CHUNK));
        let mut parameters = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(cells))
            .with_n_batch(chunk as u32)
            .with_n_ubatch(chunk as u32)
            .with_n_threads(threads)
            .with_n_threads_batch(threads)
            .with_n_seq_max(sequences)
            // One store for all sequences with the same prompt, so that they share its cells.
            .with_kv_unified(sequences > 1 && !apart)
            .with_flash_attention_policy(flash_attention(layers, way))
            // Otherwise the GPU also gets the large products of layers that are not offloaded.
            .with_op_offload(layers > 0)
            .with_no_perf(true);
        if let Some(rope) = &model.profile.rope {
            parameters = parameters
                .with_rope_scaling_type(RopeScalingType::Linear)
                .with_rope_freq_base(rope.base)
                .with_rope_freq_scale(rope.scale);
        }
        // SAFETY: the context borrows the model. The model is on the heap and does not move, `Llama` owns it as long as
        // the context, drops it after the context (the order of its fields), and gives neither away.
        let borrowed: &'static LlamaModel = unsafe { &*Arc::as_ptr(&loaded) };
        let ready = pages.map(Pages::give_to_malloc);
        let context = borrowed.new_context(backend, parameters);
        drop(ready);
        let context = context.with_context(|| format!("llama.cpp has no memory for a context of {cells} tokens"))?;
        adapters::apply(&context, &loaded, &model.adapters)?;
        let sequence = |index: u32| Sequence {
            sampler: sampler(loaded.n_vocab(), job.sampling, index),
            position: 0,
            row: -1,
            pending: None,
            log_probabilities: job.log_probabilities.map(|count| count as usize),
        };
        Ok(Llama {
            context,
            sequences: (0..sequences).map(sequence).collect(),
            model: loaded,
            batch: LlamaBatch::new(chunk, 1),
            chunk,
            threads,
            evaluated: Vec::new(),
            shared: sequences == 1,
            files: Arc::clone(&model.files),
            speculation: (job.speculate && sequences == 1)
                .then(|| Speculation::new(Drafter::Prompt(Lookup::default()))),
            gap: if layers > model.profile.shape.layers { GAP } else { 0 },
            places: Vec::new(),
            cells: (apart && layers == 0).then(|| Cells::of(model)),
            controls: *model.tokenizer.controls(),
            lifted: vec![VecDeque::new(); sequences as usize],
            scratch: Vec::new(),
        })
    }

    /// Copies the cells of `sequence` into the scratch memory, and says where they are.
    fn read_cells(&mut self, sequence: usize) -> anyhow::Result<Outline> {
        let Cells { values, .. } = self.cells.context("cells are not copied here")?;
        let sequence = i32::try_from(sequence)?;
        let size = self.context.state_seq_get_size_ext(sequence, LlamaStateSeqFlags::empty());
        // The tokens that are moved are copied once more.
        if size > self.scratch.capacity() && 2 * size as u64 > store::memories().1 {
            return Err(anyhow!("memory is too short to copy a sequence"));
        }
        self.scratch.clear();
        self.scratch.reserve(size);
        let start = self.scratch.as_mut_ptr();
        // SAFETY: there is room for the size that llama.cpp asks for, and nothing is evaluated in between.
        let written = unsafe { self.context.state_seq_get_data_ext(start, sequence, LlamaStateSeqFlags::empty()) };
        if written == 0 || written > size {
            return Err(anyhow!("llama.cpp cannot copy a sequence"));
        }
        // SAFETY: llama.cpp has initialized `written` bytes, which is at most the reserved size.
        unsafe { self.scratch.set_len(written) };
        Outline::of(&self.scratch, values)
    }

    /// Makes the scratch memory the cells of `sequence`.
    fn write_cells(&mut self, sequence: usize) -> anyhow::Result<()> {
        let sequence = i32::try_from(sequence)?;
        let flags = LlamaStateSeqFlags::empty();
        // SAFETY: llama.cpp looks whether each part lies within the bytes that it is given, and refuses them if not.
        let taken = unsafe { self.context.state_seq_set_data_ext(&self.scratch, sequence, flags) };
        if taken { Ok(()) } else { Err(anyhow!("llama.cpp refuses the cells of a sequence")) }
    }

    /// Writes the cells of `ids`, which are the first tokens of `sequence`, as llama.cpp writes those of an engine with one
    /// sequence.
    fn save_cells(&mut self, sequence: usize, ids: &[TokenId], path: &Path) -> anyhow::Result<()> {
        let Cells { values, .. } = self.cells.context("cells are not copied here")?;
        self.read_cells(sequence)?.truncate(&mut self.scratch, ids.len());
        let outline = Outline::of(&self.scratch, values)?;
        let numbers = [LLAMA_STATE_SEQ_MAGIC, LLAMA_STATE_SEQ_VERSION, u32::try_from(ids.len())?];
        let head: Vec<u8> = numbers.iter().chain(ids).flat_map(|number| number.to_le_bytes()).collect();
        let mut file = File::create(path)?;
        file.write_all(&head)?;
        file.write_all(&outline.among(&self.scratch, 1))?;
        Ok(())
    }

    /// Makes what was saved of `ids` the cells of `sequence`. `false` if the file has others.
    fn restore_cells(&mut self, sequence: usize, path: &Path, ids: &[TokenId]) -> anyhow::Result<bool> {
        let Some(Cells { values, .. }) = self.cells else { return Ok(false) };
        let file = File::open(path)?;
        // SAFETY: as in `take_up`, and nothing is written here.
        let bytes = unsafe { MmapOptions::new().map_copy_read_only(&file) }?;
        let count = u32::try_from(ids.len())?;
        let head: Vec<u8> = std::iter::once(&count).chain(ids).flat_map(|number| number.to_le_bytes()).collect();
        if bytes.get(STATE_COUNT..STATE_COUNT + head.len()) != Some(&head) {
            return Ok(false);
        }
        let state = &bytes[STATE_COUNT + head.len() - STATE_HEAD.len()..];
        let (outline, _) = Outline::at_beginning(state, values)?;
        let streams = u32::try_from(self.sequences.len())?;
        self.scratch.clear();
        self.scratch.extend_from_slice(&STATE_HEAD);
        self.scratch.extend_from_slice(&outline.among(state, streams));
        self.write_cells(sequence)?;
        Ok(true)
    }

    /// Gives the sequence `to` the first `count` tokens of `from`, on the CPU.
    fn copy_cells(&mut self, from: usize, to: usize, count: usize) -> anyhow::Result<()> {
        let outline = self.read_cells(from)?;
        outline.truncate(&mut self.scratch, count);
        self.write_cells(to)
    }

    /// Evaluates the batch.
    fn decode(&mut self) -> std::result::Result<(), DecodeError> {
        let _computing = Computing::begin(self.threads);
        self.context.decode(&mut self.batch)
    }

    /// Evaluates at most one chunk of the prompt; the logits of the last one are kept if `want_logits`.
    fn evaluate(&mut self, ids: &[TokenId], want_logits: bool) -> anyhow::Result<()> {
        self.batch.clear();
        for (index, &id) in ids.iter().enumerate() {
            let last = index + 1 == ids.len();
            self.batch.add(
                LlamaToken(id.cast_signed()),
                position(self.evaluated.len() + index)?,
                &[0],
                want_logits && last,
            )?;
        }
        self.decode().context("llama.cpp failed to evaluate the prompt")?;
        self.evaluated.extend(ids);
        let row = if want_logits { self.batch.n_tokens() - 1 } else { -1 };
        for sequence in &mut self.sequences {
            sequence.position = self.evaluated.len();
            sequence.row = row;
        }
        Ok(())
    }

    /// Evaluates a batch of sequences with separate cells.
    fn evaluate_rows(&mut self, rows: &[Row]) -> anyhow::Result<()> {
        let mut fillers = Vec::new();
        for sequence in idle_between(rows, self.gap) {
            let sequence = i32::try_from(sequence)?;
            let next = self.context.kv_cache_seq_pos_max(sequence) + 1;
            if usize::try_from(next)? < self.capacity() {
                fillers.push((sequence, next));
            }
        }
        self.batch.clear();
        self.places.clear();
        let mut waiting = fillers.iter().peekable();
        for row in rows {
            let (sequence, id) = (i32::try_from(row.sequence)?, LlamaToken(row.id.cast_signed()));
            // llama.cpp looks at the sequences in the order of the batch.
            while let Some(&(filler, next)) = waiting.next_if(|(filler, _)| *filler < sequence) {
                self.batch.add(id, next, &[filler], false)?;
            }
            self.places.push(self.batch.n_tokens());
            self.batch.add(id, position(row.position)?, &[sequence], row.is_last)?;
        }
        let evaluated = self.decode().context("llama.cpp failed to evaluate a batch");
        for (sequence, next) in fillers {
            self.context.clear_kv_cache_seq(Some(u32::try_from(sequence)?), Some(u32::try_from(next)?), None)?;
        }
        evaluated
    }

    /// As [`Llama::advance`] for the only sequence, with a draft evaluated in the same batch.
    fn advance_drafting(&mut self, speculation: &mut Speculation) -> anyhow::Result<()> {
        let sequence = &mut self.sequences[0];
        let Some(id) = sequence.pending.take() else { return Ok(()) };
        if let Some(next) = speculation.ahead.pop_front() {
            let right = next == id;
            speculation.pace.judge(right, speculation.evaluated);
            if right && speculation.evaluated {
                sequence.position += 1;
                sequence.row += 1;
                self.evaluated.push(id);
                speculation.extend(&[id]);
                return Ok(());
            }
            if !right {
                speculation.ahead.clear();
                if speculation.evaluated {
                    let start = u32::try_from(sequence.position)?;
                    self.context.clear_kv_cache_seq(Some(0), Some(start), None)?;
                }
            }
        }
        speculation.extend(&[id]);
        let room = (self.context.n_ctx() as usize).saturating_sub(sequence.position + 1).min(self.chunk - 1);
        let (mut draft, length) = speculation.draft(&self.evaluated, id, room).map_err(|error| anyhow!("{error}"))?;
        self.batch.clear();
        for (index, &id) in std::iter::once(&id).chain(&draft[..length]).enumerate() {
            self.batch.add(LlamaToken(id.cast_signed()), position(sequence.position + index)?, &[0], true)?;
        }
        let start = Instant::now();
        self.decode().context("llama.cpp failed to compute the next token")?;
        // A GPU is done when its results have arrived.
        let _ = self.context.get_logits_ith(0);
        speculation.pace.evaluated(length, start.elapsed());
        let sequence = &mut self.sequences[0];
        (sequence.position, sequence.row) = (sequence.position + 1, 0);
        self.evaluated.push(id);
        if length > 0 || speculation.ahead.is_empty() {
            // Without evaluation it is a guess, which shows how good drafts would be.
            draft.truncate(if length > 0 { length } else { draft.len() });
            speculation.ahead = draft.into();
        }
        speculation.evaluated = length > 0;
        Ok(())
    }

    /// Evaluates the last chosen token of each of the `live` sequences.
    fn advance(&mut self, live: &[usize]) -> anyhow::Result<()> {
        self.batch.clear();
        let mut first = None;
        for &index in live {
            let Some(sequence) = self.sequences.get_mut(index) else { continue };
            let Some(id) = sequence.pending.take() else { continue };
            let number = i32::try_from(index).context("too many sequences")?;
            self.batch.add(LlamaToken(id.cast_signed()), position(sequence.position)?, &[number], true)?;
            sequence.position += 1;
            sequence.row = self.batch.n_tokens() - 1;
            first = first.or((index == 0).then_some(id));
        }
        if self.batch.n_tokens() > 0 {
            self.decode().context("llama.cpp failed to compute the next token")?;
        }
        self.evaluated.extend(first);
        Ok(())
    }

    /// Copies a saved state of `ids` into the first sequence, from the mapped file: to read it, llama.cpp asks the system
    /// for a few hundred bytes at a time.
    fn take_up(&mut self, path: &Path, ids: &[TokenId]) -> anyhow::Result<bool> {
        let file = File::open(path)?;
        // SAFETY: files of the store are whole when they get their names, and nothing writes into them after that. One
        // that is truncated nevertheless ends the process (`catch_failures`). What we write stays in our memory.
        let mut bytes = unsafe { MmapOptions::new().map_copy(&file) }?;
        let count = u32::try_from(ids.len())?;
        let head: Vec<u8> = std::iter::once(&count).chain(ids).flat_map(|number| number.to_le_bytes()).collect();
        let start = STATE_COUNT + head.len() - STATE_HEAD.len();
        if bytes.get(STATE_COUNT..STATE_COUNT + head.len()) != Some(&head) {
            return Ok(false);
        }
        // The data after the ids is the same in a file and in memory; the data before it differs.
        bytes[start..start + STATE_HEAD.len()].copy_from_slice(&STATE_HEAD);
        // SAFETY: llama.cpp looks whether each part lies within the bytes that it is given, and refuses them if not.
        Ok(unsafe { self.context.state_seq_set_data_ext(&bytes[start..], 0, LlamaStateSeqFlags::empty()) })
    }

    /// Keeps the first `count` tokens of the first sequence.
    fn truncate(&mut self, count: usize) -> anyhow::Result<usize> {
        for index in 1..self.sequences.len() {
            self.context.clear_kv_cache_seq(Some(u32::try_from(index)?), None, None)?;
        }
        let partly = self.context.clear_kv_cache_seq(Some(0), Some(u32::try_from(count)?), None)?;
        let count = if partly { count } else { 0 };
        if !partly {
            self.context.clear_kv_cache_seq(Some(0), None, None)?;
        }
        self.evaluated.truncate(count);
        if let Some(speculation) = &mut self.speculation {
            speculation.ahead.clear();
        }
        self.shared = self.sequences.len() == 1;
        for sequence in &mut self.sequences {
            (sequence.position, sequence.row, sequence.pending) = (count, -1, None);
        }
        Ok(count)
    }

    fn choose(&mut self, live: &[usize]) -> anyhow::Result<Vec<Choice>> {
        // The first tokens of all sequences come from the same logits.
        let first = !self.shared;
        if first {
            for index in 1..self.sequences.len() {
                self.context.copy_kv_cache_seq(0, i32::try_from(index)?, None, None)?;
            }
            self.shared = true;
        }
        match self.speculation.take() {
            Some(mut speculation) => {
                let advanced = self.advance_drafting(&mut speculation);
                self.speculation = Some(speculation);
                advanced?;
            }
            None => self.advance(live)?,
        }
        live.iter().map(|&index| self.pick(index, if first { index } else { 0 })).collect()
    }

    /// Chooses the next token of a sequence from its row of the last batch. At temperature 0 this is the token of this
    /// `rank`, 0 being the most likely.
    fn pick(&mut self, index: usize, rank: usize) -> anyhow::Result<Choice> {
        let sequence = self.sequences.get_mut(index).context("there is no such sequence")?;
        if sequence.row < 0 {
            return Err(anyhow!("there is no prompt to continue"));
        }
        let logits = self.context.get_logits_ith(sequence.row);
        let best = likeliest(logits).context("the model computes NaN: its weights are damaged")?;
        let id = match &mut sequence.sampler {
            // Greedy answers would be identical, so they differ in their first token.
            None if rank > 0 => nth_text(logits, rank, &self.controls).unwrap_or(best),
            None => best,
            Some(sampler) => sampler.sample(&self.context, sequence.row).0.cast_unsigned(),
        };
        if id >= self.model.n_vocab().cast_unsigned() {
            return Err(anyhow!("llama.cpp chose no token"));
        }
        sequence.pending = Some(id);
        let logits = self.context.get_logits_ith(sequence.row);
        Ok(match sequence.log_probabilities {
            None => Choice { id, log_probability: None, likeliest: Vec::new() },
            Some(count) => with_probabilities(logits, id, count),
        })
    }
}

/// How many times the room that `job` asks for is allocated: once for each sequence that has a prompt of its own.
fn contexts(job: &Job, apart: bool) -> u32 {
    if apart { job.sequences.clamp(1, MAX_SEQUENCES) } else { 1 }
}

/// The GPUs for `job`. To ask them for their memory opens them.
fn gpus_for(backend: &LlamaBackend, job: &Job) -> Vec<Gpu> {
    if job.gpu_layers == GpuLayers::Count(0) || !backend.supports_gpu_offload() { Vec::new() } else { gpus::usable() }
}

/// How many layers to offload to `gpus`: as many as fit.
fn gpu_layers(model: &Model, job: &Job, contexts: u32, gpus: &[Gpu]) -> u32 {
    const ALL: u32 = u16::MAX as u32;
    if gpus.is_empty() {
        return 0;
    }
    match job.gpu_layers {
        GpuLayers::Auto => {
            let (room, free) = ((contexts, job.tokens), gpus.iter().map(|gpu| gpu.free).sum());
            memory::gpu_layers(&model.profile.shape, model.file_bytes, room, free).unwrap_or(ALL)
        }
        GpuLayers::All => ALL,
        GpuLayers::Count(count) => count.min(ALL),
    }
}

/// What to do if loading failed since the GPU has less free memory than the requested layers need; `None` otherwise.
fn full_gpu(model: &Model, job: &Job, contexts: u32) -> Option<String> {
    let backend = backend(job.verbose).ok().filter(|backend| backend.supports_gpu_offload())?;
    if !job.gpu_layers.is_wanted() {
        return None;
    }
    let gpus = gpus_for(backend, job);
    if gpus.is_empty() {
        return Some("free its memory, or compute on the processor with --gpu-layers auto".to_owned());
    }
    let layers = gpu_layers(model, job, contexts, &gpus);
    let fitting = gpu_layers(model, &Job { gpu_layers: GpuLayers::Auto, ..*job }, contexts, &gpus);
    (fitting < layers.min(model.profile.shape.layers + 1)).then(|| {
        let free: Vec<_> = gpus.iter().map(|gpu| format!("{} of {}", bytes(gpu.free), bytes(gpu.total))).collect();
        format!("the GPU has {} free: --gpu-layers auto offloads as many layers as fit", free.join(" and "))
    })
}

fn flash_attention(layers: u32, way: Way) -> i32 {
    if layers > 0 || way.flash { FLASH_ATTENTION_ON } else { FLASH_ATTENTION_OFF }
}

/// What a saved state depends on, apart from the model's file.
#[must_use]
pub fn state_settings(model: &Model, job: &Job) -> String {
    let layers = backend(job.verbose).map_or(0, |backend| gpu_layers(model, job, 1, &gpus_for(backend, job)));
    let rope = model.profile.rope;
    let way = job.way.unwrap_or_default();
    // Copied weights round differently. Another micro-batch does too, but less than a prompt that is cached in part.
    let weights = if way.packed && layers == 0 { ", packed weights" } else { "" };
    format!(
        "llama.cpp of llama-cpp-sys-2 {LLAMA_CPP}, KV F16, flash attention {}, rope {rope:?}{weights}",
        flash_attention(layers, way)
    )
}

fn position(index: usize) -> anyhow::Result<i32> {
    i32::try_from(index).context("the context is too long")
}

impl Engine for Llama {
    fn keep(&mut self, ids: &[TokenId]) -> Result<usize> {
        if self.evaluated.is_empty() {
            return Ok(0);
        }
        self.truncate(common(&self.evaluated, ids)).map_err(|error| Error::engine(&error))
    }

    fn evaluated(&self) -> &[TokenId] {
        &self.evaluated
    }

    fn drafts(&self) -> (usize, usize) {
        self.speculation.as_ref().map_or((0, 0), |speculation| (speculation.pace.drafted, speculation.pace.accepted))
    }

    fn save(&mut self, path: &Path) -> Result<()> {
        // Without what was drafted and not taken.
        self.truncate(self.evaluated.len()).map_err(|error| Error::engine(&error))?;
        let ids: Vec<LlamaToken> = self.evaluated.iter().map(|id| LlamaToken(id.cast_signed())).collect();
        let saved = self.context.state_seq_save_file(path, 0, &ids).context("llama.cpp cannot save its state");
        saved.map(drop).map_err(|error| Error::engine(&error))
    }

    fn restore(&mut self, path: &Path, ids: &[TokenId]) -> bool {
        let restored = self.take_up(path, ids).unwrap_or(false);
        self.evaluated.clear();
        if restored {
            self.evaluated.extend(ids);
        } else if self.truncate(0).is_err() {
            self.context.clear_kv_cache();
        }
        restored
    }

    fn prefill(&mut self, ids: &[TokenId], cancel: &Cancel) -> Result<()> {
        let start = Instant::now();
        // A token computed alone is rounded differently from one in a batch. With the last token computed alone, a
        // restored prompt, where only that token is evaluated, gives bit-identical numbers.
        let alone = usize::from(ids.len() >= LAST_ALONE);
        let (body, last) = ids.split_at(ids.len() - alone);
        let mut chunks = chunks(body, self.chunk).chain(last.chunks(1)).peekable();
        while let Some(chunk) = chunks.next() {
            if cancel.is_set() {
                return Ok(());
            }
            self.evaluate(chunk, chunks.peek().is_none()).map_err(|error| Error::engine(&error))?;
        }
        if let Some(speculation) = self.speculation.as_mut().filter(|_| !ids.is_empty()) {
            // Ended by the logits of the last token, for which a GPU is waited for.
            let _ = self.context.get_logits_ith(self.sequences[0].row);
            speculation.pace.prefilled(ids.len(), start.elapsed());
            match &mut speculation.drafter {
                Drafter::Prompt(lookup) => {
                    *lookup = Lookup::default();
                    lookup.extend(&self.evaluated);
                }
                Drafter::Model(draft) => draft.begin(&self.evaluated, ids.len())?,
            }
        }
        self.files.unchanged()?;
        for sampler in self.sequences.iter_mut().filter_map(|sequence| sequence.sampler.as_mut()) {
            look_back(sampler, &self.evaluated);
        }
        Ok(())
    }

    fn measured(&self) -> Option<String> {
        match self.speculation.as_ref()? {
            Speculation { drafter: Drafter::Model(draft), pace, .. } => Some(draft.measured(pace)),
            _ => None,
        }
    }

    fn sample(&mut self, live: &[usize]) -> Result<Vec<Choice>> {
        let choices = self.choose(live);
        // Report a changed file rather than damaged numbers.
        self.files.unchanged()?;
        choices.map_err(|error| Error::engine(&error))
    }

    fn correct(&mut self, sequence: usize, id: TokenId) {
        if let Some(sequence) = self.sequences.get_mut(sequence) {
            sequence.pending = Some(id);
        }
    }
}

impl Sequences for Llama {
    fn count(&self) -> usize {
        self.sequences.len()
    }

    fn capacity(&self) -> usize {
        self.context.n_ctx() as usize / self.sequences.len().max(1)
    }

    fn share(&mut self, from: usize, to: usize, count: usize) -> Result<()> {
        let mut share = || -> anyhow::Result<()> {
            let target = Some(u32::try_from(to)?);
            if from != to && count > 0 && self.cells.is_some() {
                // llama.cpp would copy all cells, and only with the next batch, when `from` may have others.
                return self.copy_cells(from, to, count);
            }
            if from != to && count > 0 {
                // Sequences with separate cells can only be copied as a whole.
                self.context.clear_kv_cache_seq(target, None, None)?;
                self.context.copy_kv_cache_seq(i32::try_from(from)?, i32::try_from(to)?, None, None)?;
            }
            self.context.clear_kv_cache_seq(target, Some(u32::try_from(count)?), None)?;
            Ok(())
        };
        share().map_err(|error| Error::engine(&error))
    }

    fn lift(&mut self, from: usize, to: usize, moves: &[Move]) -> Result<bool> {
        if moves.is_empty() {
            self.lifted[to].clear();
            return Ok(true);
        }
        let Some(rotation) = self.cells.and_then(|cells| cells.rotation) else { return Ok(false) };
        let mut lift = || -> anyhow::Result<VecDeque<Block>> {
            let outline = self.read_cells(from)?;
            let block = |one: &Move| outline.lift(&self.scratch, one.from..one.from + one.count, one.to, &rotation);
            moves.iter().map(block).collect()
        };
        self.lifted[to] = lift().map_err(|error| Error::engine(&error))?;
        Ok(true)
    }

    fn splice(&mut self, sequence: usize) -> Result<()> {
        let mut splice = || -> anyhow::Result<()> {
            let block = self.lifted.get_mut(sequence).and_then(VecDeque::pop_front);
            let block = block.context("there are no cells to add")?;
            let outline = self.read_cells(sequence)?;
            outline.append(&mut self.scratch, &block)?;
            self.write_cells(sequence)
        };
        splice().map_err(|error| Error::engine(&error))
    }

    fn rest(&mut self) {
        self.scratch = Vec::new();
    }

    fn save(&mut self, sequence: usize, ids: &[TokenId], path: &Path) -> Result<bool> {
        if self.cells.is_none() {
            return Ok(false);
        }
        self.save_cells(sequence, ids, path).map_err(|error| Error::engine(&error))?;
        Ok(true)
    }

    fn restore(&mut self, sequence: usize, path: &Path, ids: &[TokenId]) -> bool {
        self.lifted[sequence].clear();
        self.restore_cells(sequence, path, ids).unwrap_or(false)
    }

    fn begin(&mut self, sequence: usize, prompt: &[TokenId], rules: Rules) -> Result<()> {
        let mut sampler = sampler(self.model.n_vocab(), rules.sampling, 0);
        if let Some(sampler) = &mut sampler {
            look_back(sampler, prompt);
        }
        let found = self.sequences.get_mut(sequence).context("there is no such sequence");
        let found = found.map_err(|error| Error::engine(&error))?;
        found.sampler = sampler;
        found.log_probabilities = rules.log_probabilities.map(|count| count as usize);
        Ok(())
    }

    fn evaluate(&mut self, rows: &[Row]) -> Result<()> {
        let evaluated = self.evaluate_rows(rows);
        self.files.unchanged()?;
        evaluated.map_err(|error| Error::engine(&error))
    }

    fn choose(&mut self, sequence: usize, row: usize) -> Result<Choice> {
        if let Some(found) = self.sequences.get_mut(sequence) {
            found.row = self.places.get(row).copied().unwrap_or(-1);
        }
        self.pick(sequence, 0).map_err(|error| Error::engine(&error))
    }
}

/// Chunks of at most `size` ids, none of a single one unless there are no others: that would be rounded differently.
fn chunks(mut ids: &[TokenId], size: usize) -> impl Iterator<Item = &[TokenId]> {
    std::iter::from_fn(move || {
        let length = if ids.len() == size + 1 && size > 2 { size - 1 } else { ids.len().min(size) };
        let (chunk, rest) = ids.split_at(length);
        ids = rest;
        (!chunk.is_empty()).then_some(chunk)
    })
}

/// The repeat penalty looks back into the prompt, as in llama.cpp's tools.
fn look_back(sampler: &mut LlamaSampler, prompt: &[TokenId]) {
    let window = prompt.len().saturating_sub(PENALTY_WINDOW as usize);
    sampler.accept_many(prompt[window..].iter().map(|id| LlamaToken(id.cast_signed())));
}

/// The usual chain of llama.cpp's tools, with separate random numbers for each sequence; `None` if the most likely
/// token is taken.
fn sampler(vocabulary: i32, sampling: Sampling, sequence: u32) -> Option<LlamaSampler> {
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
        // llama.cpp takes the largest number for "no seed".
        LlamaSampler::dist(sampling.seed.wrapping_add(sequence).min(u32::MAX - 1)),
    ];
    Some(LlamaSampler::chain_simple(penalty.into_iter().chain(rest)))
}

/// The index of the largest logit, the first among equals as in llama.cpp's greedy sampler. `None` if one of them is
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

/// The text token with the `rank`-th largest logit, from 0 on.
fn nth_text(logits: &[f32], rank: usize, controls: &Controls) -> Option<TokenId> {
    let text = |&(id, _): &(TokenId, f32)| !controls.is_control(id);
    // Control tokens may be among the likeliest, but there are only a few that answers have.
    best(logits, rank + 1 + MOST_CONTROLS).into_iter().filter(text).nth(rank).map(|(id, _)| id)
}

/// The `count` largest logits with their indices; among equals, the first comes first.
fn best(logits: &[f32], count: usize) -> Vec<(TokenId, f32)> {
    let mut all: Vec<(TokenId, f32)> = (0..).zip(logits.iter().copied()).collect();
    let count = count.min(all.len());
    let order = |a: &(TokenId, f32), b: &(TokenId, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if count < all.len() {
        all.select_nth_unstable_by(count, order);
        all.truncate(count);
    }
    all.sort_unstable_by(order);
    all
}

/// The choice of `id`, with its log probability and those of the `count` most likely tokens: the log-softmax of
/// `logits`.
fn with_probabilities(logits: &[f32], id: TokenId, count: usize) -> Choice {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|logit| f64::from((logit - largest).exp())).sum();
    let total = largest + sum.ln() as f32;
    let likeliest = if count == 0 { Vec::new() } else { best(logits, count) };
    Choice {
        id,
        log_probability: logits.get(id as usize).map(|logit| logit - total),
        likeliest: likeliest.into_iter().map(|(id, logit)| (id, logit - total)).collect(),
    }
}

/// From now on, crashes of llama.cpp print one line on stderr and exit with the code of a failed engine, instead of a
/// backtrace and a core dump: failed assertions, uncaught exceptions, abort(3), mapped model files that can no longer
/// be read, and illegal instructions. Segmentation faults (SIGSEGV) are left to the system.
///
/// # Errors
/// [`Kind::Io`] if the system refuses the handlers.
#[cfg(unix)]
pub fn catch_failures() -> Result<()> {
    // SAFETY: the callback is a function, so it lives as long as the program, and it does not unwind: it never returns.
    unsafe { ggml_set_abort_callback(Some(assertion)) };
    // SAFETY: as above; ggml has set its own one, which prints a backtrace, before `main`.
    unsafe { set_terminate(exception) };
    let signals: [(_, &[u8]); 2] = [
        (SIGABRT, b"llama.cpp aborted, or memory ran out"),
        (SIGBUS, b"cannot read a file in use: the model or a cached prompt was truncated, or its disk failed"),
    ];
    for (signal, words) in signals {
        // SAFETY: the action only calls write and _exit, which may be called in a signal handler, and does not panic.
        unsafe { signal_hook::low_level::register(signal, move || give_up(&[words])) }
            .map_err(|error| Error::new(Kind::Io, "cannot listen for signals", reason(&error)))?;
    }
    let words = [
        format!("{} does not support an instruction that was used", crate::engine::kernels::processor()),
        "; run `dscoder doctor`, and build dscoder on this machine".to_owned(),
    ];
    // SAFETY: as above. To return from the handler would meet the same instruction again, and it does not return.
    unsafe {
        signal_hook_registry::register_signal_unchecked(SIGILL, move || {
            give_up(&[words[0].as_bytes(), words[1].as_bytes()])
        })
    }
    .map_err(|error| Error::new(Kind::Io, "cannot listen for signals", reason(&error)))?;
    Ok(())
}

#[cfg(unix)]
// SAFETY: std::set_terminate as the C++ ABI of Linux and macOS names it. It takes and gives a pointer to a function
// without arguments; the one that it gives, which may be null, is not used.
unsafe extern "C" {
    #[link_name = "_ZSt13set_terminatePFvvE"]
    fn set_terminate(handler: extern "C" fn() -> !) -> *const ();
}

#[cfg(unix)]
extern "C" fn exception() -> ! {
    give_up(&[b"llama.cpp aborted: an exception"])
}

/// Called by ggml before it aborts, with the location and the text of the assertion.
#[cfg(unix)]
unsafe extern "C" fn assertion(message: *const c_char) {
    // SAFETY: ggml_abort passes a NUL-terminated text that lives during the call.
    let message = unsafe { CStr::from_ptr(message) }.to_bytes();
    // Without the directories of the machine that built it, and without what a terminal may obey.
    let start = message.iter().take_while(|&&byte| byte != b':').count();
    let start = message[..start].iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
    let mut line = [0; 512];
    let mut length = 0;
    for &byte in b"llama.cpp aborted: ".iter().chain(&message[start..]).take(line.len()) {
        line[length] = if matches!(byte, b' '..=b'~') { byte } else { b'?' };
        length += 1;
    }
    give_up(&[&line[..length]])
}

/// Writes an error to stderr and ends the process at once. Safe in signal handlers: it calls write and _exit only.
#[cfg(unix)]
fn give_up(words: &[&[u8]]) -> ! {
    let (begin, end): (&[u8], &[u8]) = (b"error: ", b"\n");
    for part in std::iter::once(&begin).chain(words).chain([&end]) {
        let _ = rustix::io::write(rustix::stdio::stderr(), part);
    }
    signal_hook::low_level::exit(i32::from(Kind::Engine.exit_code()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binding_is_the_one_that_states_are_kept_for() {
        assert!(
            include_str!("../../../Cargo.toml").contains(&format!("llama-cpp-sys-2 = {{ version = \"={LLAMA_CPP}\""))
        );
    }

    #[test]
    fn no_chunk_has_a_single_token() {
        let lengths = |count: TokenId| -> Vec<usize> {
            let ids: Vec<TokenId> = (0..count).collect();
            let all: Vec<&[TokenId]> = chunks(&ids, 4).collect();
            assert_eq!(all.concat(), ids);
            all.iter().map(|chunk| chunk.len()).collect()
        };
        assert_eq!([lengths(4), lengths(5), lengths(9)], [vec![4], vec![3, 2], vec![4, 3, 2]]);
        assert_eq!([lengths(0), lengths(1)], [vec![], vec![1]]);
    }

    #[test]
    fn the_first_of_equal_logits_is_the_likeliest() {
        assert_eq!(likeliest(&[0.5, 2.0, 2.0, -1.0]), Some(1));
        assert_eq!(likeliest(&[f32::NEG_INFINITY, -3.0]), Some(1));
    }

    #[test]
    fn log_probabilities_are_those_of_the_softmax() {
        let choice = with_probabilities(&[1.0f32.ln(), 2.0f32.ln(), 5.0f32.ln()], 1, 2);
        let close = |found: f32, expected: f32| (found - expected).abs() < 1e-6;
        assert!(choice.log_probability.is_some_and(|found| close(found, 0.25f32.ln())));
        assert_eq!(choice.likeliest.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [2, 1]);
        assert!(close(choice.likeliest[0].1, 0.625f32.ln()));
        assert_eq!(best(&[1.0, 3.0, 3.0, 2.0], 3).iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn logits_of_damaged_weights_are_noticed() {
        assert_eq!(likeliest(&[1.0, f32::NAN]), None);
        assert_eq!(likeliest(&[1.0, f32::INFINITY]), None);
        assert_eq!(likeliest(&[f32::NEG_INFINITY; 3]), None);
        assert_eq!(likeliest(&[]), None);
    }

    /// Runs in a child process, which dies in the way that the environment names.
    #[test]
    #[ignore = "it ends the process"]
    fn meet_an_end() {
        // SAFETY: std::terminate takes nothing and never returns.
        unsafe extern "C" {
            #[link_name = "_ZSt9terminatev"]
            fn terminate() -> !;
        }
        catch_failures().expect("handlers");
        match std::env::var("DSCODER_TEST_END").as_deref() {
            Ok("assertion") => {
                let model = tempfile::tempdir().expect("a directory");
                let model = crate::model::demo::file(model.path()).expect("written");
                let model = Model::open(&model).expect("a sound model");
                let gpu_layers = GpuLayers::Count(0);
                let job = Job { threads: Some(1), gpu_layers, ..Job::new(Sampling::GREEDY, 2048, 2048) };
                let mut llama = Llama::start(&model, &job, &Cancel::default()).expect("loaded");
                llama.batch = LlamaBatch::new(2 * CHUNK, 1);
                let _ = llama.evaluate(&vec![1; CHUNK + 1], true);
            }
            // SAFETY: nothing to hold.
            Ok("exception") => unsafe { terminate() },
            Ok("abort") => std::process::abort(),
            #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
            Ok("illegal") => {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: an instruction that no processor has; it touches nothing.
                unsafe {
                    std::arch::asm!("ud2")
                };
                #[cfg(target_arch = "aarch64")]
                // SAFETY: as above.
                unsafe {
                    std::arch::asm!("udf #0")
                };
            }
            Ok("bus") => signal_hook::low_level::raise(SIGBUS).expect("raised"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn no_end_is_a_crash() {
        use crate::engine::kernels::processor;

        for (end, words) in [
            ("assertion", "error: llama.cpp aborted: llama-context.cpp:"),
            ("exception", "error: llama.cpp aborted: an exception\n"),
            ("abort", "error: llama.cpp aborted, or memory ran out\n"),
            ("bus", "error: cannot read a file in use: the model or a cached prompt was truncated, or its disk"),
            #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
            ("illegal", &format!("error: {} does not support an instruction that was used; ", processor())),
        ] {
            let run = std::process::Command::new(std::env::current_exe().expect("this program"))
                .args(["--exact", "engine::llama::tests::meet_an_end", "--ignored", "--nocapture", "--test-threads=1"])
                .env("DSCODER_TEST_END", end)
                .output()
                .expect("started");
            let stderr = String::from_utf8_lossy(&run.stderr);
            assert_eq!(run.status.code(), Some(70), "{end}: {stderr}");
            assert!(stderr.starts_with(words) && stderr.lines().count() == 1, "{end}: {stderr}");
        }
    }
}
