//! Tests small products of every type of weights that ggml's CPU kernels may meet against plain arithmetic.
//!
//! The inputs are chosen so that the right result is known almost to the bit: ggml rounds the activations to 8 bits, so
//! they are whole numbers with 127 in every block of 32, which that leaves unchanged. Weights are decoded by ggml's own
//! plain code.

use std::ffi::{CStr, c_void};
use std::ptr::NonNull;

use anyhow::{Context as _, anyhow};
use llama_cpp_sys_2 as sys;

use crate::engine::kernels::{MAPPED, Product};

/// Values in a row of weights: two of the largest blocks.
const COLUMNS: usize = 512;
/// Rows of weights: two tiles.
const ROWS: usize = 32;
/// Tokens of a decode step and of a prefill, which have separate kernels; the last is not a multiple of a tile.
const TOKENS: [usize; 2] = [1, 37];
/// How far a sum may be off, as a part of the sum of its terms' absolute values. Wrong kernels are off by more than 0.01.
const TOLERANCE: f32 = 1e-3;
/// The types of weights that [`crate::model::gguf`] accepts, and how their bytes are made.
const KINDS: [(sys::ggml_type, Made); 25] = [
    (sys::GGML_TYPE_F32, Made::Quantized),
    (sys::GGML_TYPE_F16, Made::Quantized),
    (sys::GGML_TYPE_BF16, Made::Quantized),
    (sys::GGML_TYPE_Q4_0, Made::Quantized),
    (sys::GGML_TYPE_Q4_1, Made::Quantized),
    (sys::GGML_TYPE_Q5_0, Made::Quantized),
    (sys::GGML_TYPE_Q5_1, Made::Quantized),
    (sys::GGML_TYPE_Q8_0, Made::Quantized),
    (sys::GGML_TYPE_Q2_K, Made::Quantized),
    (sys::GGML_TYPE_Q3_K, Made::Quantized),
    (sys::GGML_TYPE_Q4_K, Made::Quantized),
    (sys::GGML_TYPE_Q5_K, Made::Quantized),
    (sys::GGML_TYPE_Q6_K, Made::Quantized),
    (sys::GGML_TYPE_IQ4_NL, Made::Quantized),
    (sys::GGML_TYPE_IQ4_XS, Made::Quantized),
    (sys::GGML_TYPE_MXFP4, Made::Quantized),
    (sys::GGML_TYPE_TQ1_0, Made::Quantized),
    (sys::GGML_TYPE_TQ2_0, Made::Quantized),
    // Quantizing to these needs tables that take long to build. Any bytes are valid weights, except for the scale.
    (sys::GGML_TYPE_IQ2_XXS, Made::Scale),
    (sys::GGML_TYPE_IQ2_XS, Made::Scale),
    (sys::GGML_TYPE_IQ2_S, Made::Scale),
    (sys::GGML_TYPE_IQ3_XXS, Made::Scale),
    (sys::GGML_TYPE_IQ3_S, Made::Scale),
    (sys::GGML_TYPE_IQ1_S, Made::Scale),
    (sys::GGML_TYPE_IQ1_M, Made::Scales),
];

/// How the bytes of weights are made.
#[derive(Clone, Copy)]
enum Made {
    /// By ggml, of random numbers.
    Quantized,
    /// Random, with the scale in the first two bytes of a block.
    Scale,
    /// Random, with the four parts of the scale in the highest bits of the last four 16-bit numbers of a block.
    Scales,
}

/// A buffer for weights.
struct Buffer {
    name: String,
    kind: sys::ggml_backend_buffer_type_t,
}

/// ggml's CPU device, without looking for others.
struct Processor {
    device: sys::ggml_backend_dev_t,
    backend: NonNull<sys::ggml_backend>,
    buffers: Vec<Buffer>,
}

impl Drop for Processor {
    fn drop(&mut self) {
        // SAFETY: `backend` is from `ggml_backend_dev_init`, and freed once.
        unsafe { sys::ggml_backend_free(self.backend.as_ptr()) };
    }
}

/// A ggml context with the tensors of a product, whose memory is elsewhere.
struct Tensors(NonNull<sys::ggml_context>);

impl Tensors {
    fn new(count: usize) -> anyhow::Result<Tensors> {
        // SAFETY: these take nothing and give sizes.
        let bytes = unsafe { count * sys::ggml_tensor_overhead() + sys::ggml_graph_overhead() };
        let parameters = sys::ggml_init_params { mem_size: bytes, mem_buffer: std::ptr::null_mut(), no_alloc: true };
        // SAFETY: ggml allocates `mem_size` bytes itself where no buffer is given.
        let context = unsafe { sys::ggml_init(parameters) };
        NonNull::new(context).map(Tensors).context("ggml has no memory")
    }
}

impl Drop for Tensors {
    fn drop(&mut self) {
        // SAFETY: the pointer is from `ggml_init`, and freed once.
        unsafe { sys::ggml_free(self.0.as_ptr()) };
    }
}

/// The memory of tensors.
struct Memory(NonNull<sys::ggml_backend_buffer>);

impl Memory {
    fn new(buffer: sys::ggml_backend_buffer_t) -> anyhow::Result<Memory> {
        NonNull::new(buffer).map(Memory).context("ggml has no memory")
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: the pointer is from ggml's allocator, and freed once, before the tensors that it belongs to are used again.
        unsafe { sys::ggml_backend_buffer_free(self.0.as_ptr()) };
    }
}

impl Processor {
    fn new() -> anyhow::Result<Processor> {
        crate::engine::cpu::check().map_err(|error| anyhow!("{error}"))?;
        // SAFETY: these take nothing, or what the others give, which lives as long as the program.
        let (registry, device, plain) = unsafe {
            let registry = sys::ggml_backend_cpu_reg();
            (registry, sys::ggml_backend_reg_dev_get(registry, 0), sys::ggml_backend_cpu_buffer_type())
        };
        // SAFETY: `device` is ggml's own one for the processor, which takes no parameters.
        let backend = unsafe { sys::ggml_backend_dev_init(device, std::ptr::null()) };
        let backend = NonNull::new(backend).context("ggml does not start")?;
        let mut buffers = vec![Buffer { name: MAPPED.to_owned(), kind: plain }];
        // SAFETY: the name is one that ggml documents in ggml-backend.h, with the type of the function.
        let extra = unsafe {
            let address =
                sys::ggml_backend_reg_get_proc_address(registry, c"ggml_backend_dev_get_extra_bufts".as_ptr());
            std::mem::transmute::<*mut c_void, sys::ggml_backend_dev_get_extra_bufts_t>(address)
        };
        if let Some(extra) = extra {
            // SAFETY: it gives a list that ends with a null pointer and lives as long as the program; or none.
            let mut next = unsafe { extra(device) };
            // SAFETY: as above: every element up to the null pointer may be read.
            while let Some(&kind) = unsafe { next.as_ref() }.filter(|kind| !kind.is_null()) {
                // SAFETY: ggml gives a text with a zero at its end, which lives as long as the program.
                let name = unsafe { CStr::from_ptr(sys::ggml_backend_buft_name(kind)) }.to_string_lossy().into_owned();
                buffers.push(Buffer { name, kind });
                // SAFETY: this element was not the last one.
                next = unsafe { next.add(1) };
            }
        }
        Ok(Processor { device, backend, buffers })
    }

    /// Whether products of weights of this type in this buffer are right; `None` if the buffer does not take such
    /// weights.
    fn is_right(&self, buffer: &Buffer, kind: sys::ggml_type, made: Made) -> anyhow::Result<Option<bool>> {
        let weights = Weights::new(kind, made)?;
        for tokens in TOKENS {
            match self.product(buffer, kind, &weights.bytes, tokens)? {
                None => return Ok(None),
                Some(sums) if !weights.fit(&sums, tokens) => return Ok(Some(false)),
                Some(_) => {}
            }
        }
        Ok(Some(true))
    }

    /// The product: a row of [`ROWS`] sums for each token.
    fn product(
        &self,
        buffer: &Buffer,
        kind: sys::ggml_type,
        weights: &[u8],
        tokens: usize,
    ) -> anyhow::Result<Option<Vec<f32>>> {
        let (columns, rows) = (i64::try_from(COLUMNS)?, i64::try_from(ROWS)?);
        let (first, second) = (Tensors::new(1)?, Tensors::new(2)?);
        // SAFETY: the context has room for one tensor.
        let matrix = unsafe { sys::ggml_new_tensor_2d(first.0.as_ptr(), kind, columns, rows) };
        // SAFETY: both are what ggml gave, and live longer than the memory.
        let _matrix_memory =
            Memory::new(unsafe { sys::ggml_backend_alloc_ctx_tensors_from_buft(first.0.as_ptr(), buffer.kind) })?;
        // SAFETY: the context has room for two tensors and a graph; `matrix` is a tensor.
        let (input, output, graph) = unsafe {
            let input = sys::ggml_new_tensor_2d(second.0.as_ptr(), sys::GGML_TYPE_F32, columns, i64::try_from(tokens)?);
            let output = sys::ggml_mul_mat(second.0.as_ptr(), matrix, input);
            let graph = sys::ggml_new_graph(second.0.as_ptr());
            sys::ggml_build_forward_expand(graph, output);
            (input, output, graph)
        };
        // SAFETY: `device` is ggml's own one, `output` a tensor with its sources.
        if !unsafe { sys::ggml_backend_dev_supports_op(self.device, output) } {
            return Ok(None);
        }
        // SAFETY: both live longer than the memory.
        let _memory =
            Memory::new(unsafe { sys::ggml_backend_alloc_ctx_tensors(second.0.as_ptr(), self.backend.as_ptr()) })?;
        let activations: Vec<f32> = (0..tokens).flat_map(activations).collect();
        let mut sums = vec![0f32; tokens * ROWS];
        // SAFETY: all have memory; each slice has as many bytes as its tensor, whose sizes are those above.
        let status = unsafe {
            anyhow::ensure!(sys::ggml_nbytes(matrix) == weights.len(), "weights of another size");
            sys::ggml_backend_tensor_set(matrix, weights.as_ptr().cast(), 0, weights.len());
            sys::ggml_backend_tensor_set(input, activations.as_ptr().cast(), 0, size_of_val(&activations[..]));
            let status = sys::ggml_backend_graph_compute(self.backend.as_ptr(), graph);
            sys::ggml_backend_tensor_get(output, sums.as_mut_ptr().cast(), 0, size_of_val(&sums[..]));
            status
        };
        anyhow::ensure!(status == sys::GGML_STATUS_SUCCESS, "ggml cannot compute");
        Ok(Some(sums))
    }
}

/// Weights as bytes, and as numbers decoded by plain code.
struct Weights {
    bytes: Vec<u8>,
    values: Vec<f32>,
}

impl Weights {
    fn new(kind: sys::ggml_type, made: Made) -> anyhow::Result<Weights> {
        const COUNT: usize = ROWS * COLUMNS;
        let mut state = 0x2545_f491_4f6c_dd1d;
        // SAFETY: `kind` is one of ggml's.
        let (row, block, traits) = unsafe {
            let traits = sys::ggml_get_type_traits(kind).as_ref().context("no such kind")?;
            (sys::ggml_row_size(kind, i64::try_from(COLUMNS)?), traits.type_size, traits)
        };
        let mut bytes = vec![0u8; row * ROWS];
        match made {
            Made::Quantized => {
                let numbers: Vec<f32> = (0..COUNT).map(|_| (next(&mut state) as i16) as f32 / 32768.0).collect();
                // SAFETY: `bytes` has room for [`ROWS`] rows; these kinds need no importance matrix.
                unsafe {
                    sys::ggml_quantize_chunk(
                        kind,
                        numbers.as_ptr(),
                        bytes.as_mut_ptr().cast(),
                        0,
                        i64::try_from(ROWS)?,
                        i64::try_from(COLUMNS)?,
                        std::ptr::null(),
                    );
                }
            }
            Made::Scale | Made::Scales => {
                bytes.iter_mut().for_each(|byte| *byte = (next(&mut state) >> 24) as u8);
                for block in bytes.chunks_exact_mut(block) {
                    // 2^-6 in half precision.
                    let scale = 0x2400u16.to_le_bytes();
                    if let Made::Scale = made {
                        block[..2].copy_from_slice(&scale);
                    } else {
                        let digits = [scale[0] & 15, scale[0] >> 4, scale[1] & 15, scale[1] >> 4];
                        let start = block.len() - 8;
                        for (pair, digit) in block[start..].chunks_exact_mut(2).zip(digits) {
                            pair[1] = pair[1] & 15 | digit << 4;
                        }
                    }
                }
            }
        }
        let mut values = vec![0f32; COUNT];
        match traits.to_float {
            // SAFETY: `bytes` has the rows of `values`, which have a whole number of blocks.
            Some(to_float) => unsafe {
                to_float(bytes.as_ptr().cast(), values.as_mut_ptr(), i64::try_from(COUNT)?);
            },
            None => {
                for (value, four) in values.iter_mut().zip(bytes.chunks_exact(4)) {
                    *value = f32::from_le_bytes(four.try_into()?);
                }
            }
        }
        Ok(Weights { bytes, values })
    }

    /// Whether `sums` equal the results of plain arithmetic.
    fn fit(&self, sums: &[f32], tokens: usize) -> bool {
        let rows = || self.values.chunks_exact(COLUMNS);
        (0..tokens).zip(sums.chunks_exact(ROWS)).all(|(token, sums)| {
            let activations = activations(token);
            rows().zip(sums).all(|(row, sum)| {
                let (mut right, mut size) = (0f64, 0f64);
                for (value, activation) in row.iter().zip(&activations) {
                    let term = f64::from(value * activation);
                    right += term;
                    size += term.abs();
                }
                // Not a number is not right.
                (f64::from(*sum) - right).abs() <= f64::from(TOLERANCE) * size
            })
        })
    }
}

/// Whole numbers from -127 to 127, and 127 at the beginning of each block of 32.
fn activations(token: usize) -> [f32; COLUMNS] {
    let number = |column| ((token * 97 + column * 61) % 255) as f32 - 127.0;
    std::array::from_fn(|column| if column % 32 == 0 { 127.0 } else { number(column) })
}

/// The next of a row of random numbers (xorshift64).
fn next(state: &mut u64) -> u32 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 32) as u32
}

/// Goes through all products from the `from`-th on, except those in `skipped` buffers. Calls `begin` before each is
/// computed, since that may crash the process, and `end` with whether it was right; `None` if there is no such product.
///
/// # Errors
/// If ggml cannot be used at all.
pub fn each(
    from: usize,
    skipped: &[String],
    begin: &mut dyn FnMut(&Product),
    end: &mut dyn FnMut(Option<bool>),
) -> anyhow::Result<()> {
    let processor = Processor::new()?;
    let all = processor.buffers.iter().flat_map(|buffer| KINDS.iter().map(move |kind| (buffer, kind)));
    for (number, (buffer, &(kind, made))) in all.enumerate().skip(from) {
        if skipped.contains(&buffer.name) {
            continue;
        }
        // SAFETY: `kind` is one of ggml's, whose names live as long as the program.
        let name = unsafe { CStr::from_ptr(sys::ggml_type_name(kind)) }.to_string_lossy().to_uppercase();
        begin(&Product { number, buffer: buffer.name.clone(), kind, name });
        end(processor.is_right(buffer, kind, made)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_sums_are_noticed() {
        let processor = Processor::new().expect("ggml");
        let weights = Weights::new(sys::GGML_TYPE_Q4_K, Made::Quantized).expect("weights");
        for tokens in TOKENS {
            let sums = processor.product(&processor.buffers[0], sys::GGML_TYPE_Q4_K, &weights.bytes, tokens);
            let right = sums.expect("computed").expect("a product");
            assert!(weights.fit(&right, tokens));
            for place in [0, right.len() / 2, right.len() - 1] {
                let mut wrong = right.clone();
                wrong[place] = f32::NAN;
                assert!(!weights.fit(&wrong, tokens));
                wrong[place] = right[place] + 3000.0;
                assert!(!weights.fit(&wrong, tokens));
            }
            assert!(!weights.fit(&vec![0.0; right.len()], tokens));
        }
        // As if a kernel took one value of a row for another.
        let mut other = Weights::new(sys::GGML_TYPE_Q4_K, Made::Quantized).expect("weights");
        let sums = processor.product(&processor.buffers[0], sys::GGML_TYPE_Q4_K, &other.bytes, 1);
        other.values.swap(1, 2);
        other.values[5] += 1.0;
        assert!(!other.fit(&sums.expect("computed").expect("a product"), 1));
    }

    #[test]
    fn the_kernels_of_this_build_are_right() {
        let mut count = 0;
        let mut names = Vec::new();
        each(0, &[], &mut |product| names.push(format!("{} {}", product.buffer, product.name)), &mut |right| {
            assert_ne!(right, Some(false), "{count}");
            count += usize::from(right == Some(true));
        })
        .expect("ggml");
        assert!(count >= KINDS.len(), "{names:?}");
        assert_eq!(names[..2], ["mapped F32", "mapped F16"]);
    }
}
