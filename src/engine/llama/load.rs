//! Loading a model without its vocabulary.
//!
//! llama.cpp builds tables of the vocabulary and the merges, which takes longer (25 ms) than mapping a small model and
//! is useless here: [`crate::model::tokenizer`] handles text. For a file whose tokenizer is called "none" it builds
//! none, and a key of the file can be overridden. The binding's function for that writes a line to stderr each time, so
//! this bypasses it.

use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr::NonNull;

use anyhow::Context as _;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_sys_2::{
    LLAMA_KV_OVERRIDE_TYPE_INT, LLAMA_KV_OVERRIDE_TYPE_STR, ggml_backend_dev_t, llama_model,
    llama_model_default_params, llama_model_kv_override, llama_model_kv_override__bindgen_ty_1,
    llama_model_load_from_file,
};

use super::gpus::Gpu;

use crate::cancel::Cancel;
use crate::model::Model;
use crate::vocabulary::Series;

/// Maps `model`, with `layers` offloaded to `gpus` and with copies of weights in other layouts where `packed` is set, unless `cancel` is set meanwhile. The backend was started.
pub fn load(model: &Model, layers: u32, gpus: &[Gpu], packed: bool, cancel: &Cancel) -> anyhow::Result<LlamaModel> {
    let vocab_size = match model.profile.controls.series {
        Series::V1 | Series::V15 => c"llama.vocab_size",
        Series::V2 => c"deepseek2.vocab_size",
    };
    let overrides = [
        with_text(c"tokenizer.ggml.model", c"none"),
        with_number(vocab_size, i64::from(model.profile.shape.vocabulary)),
        // The entry after the last has no name.
        with_number(c"", 0),
    ];
    let cannot = || format!("llama.cpp cannot load {}", model.path.display());
    let path = model.path.to_str().context("its path is not UTF-8").with_context(cannot)?;
    let path = CString::new(path).with_context(cannot)?;
    // Without layers for it, a GPU is not even opened, which takes time and some of its memory. A null pointer ends the list.
    let gpus = gpus.iter().filter(|_| layers > 0).map(|gpu| gpu.device);
    let mut devices: Vec<ggml_backend_dev_t> = gpus.chain([std::ptr::null_mut()]).collect();
    // SAFETY: it takes nothing, and gives numbers and null pointers.
    let mut parameters = unsafe { llama_model_default_params() };
    parameters.devices = devices.as_mut_ptr();
    parameters.n_gpu_layers = i32::try_from(layers).unwrap_or(i32::MAX);
    parameters.use_extra_bufts = packed;
    parameters.kv_overrides = overrides.as_ptr();
    parameters.progress_callback = Some(go_on);
    parameters.progress_callback_user_data = std::ptr::from_ref(cancel).cast_mut().cast();
    // SAFETY: `path`, `devices`, `overrides` and `cancel` outlive the call, and llama.cpp keeps none of them.
    let loaded = unsafe { llama_model_load_from_file(path.as_ptr(), parameters) };
    let loaded = NonNull::new(loaded).with_context(cannot)?;
    // SAFETY: `LlamaModel` is just such a pointer (`repr(transparent)`, as is the binding's `Ptr` within; its version is
    // pinned). It frees what the pointer leads to when it is dropped, which nothing else does.
    Ok(unsafe { std::mem::transmute::<NonNull<llama_model>, LlamaModel>(loaded) })
}

/// Called by llama.cpp while it loads, with the `Cancel` that was passed to [`load`].
unsafe extern "C" fn go_on(_progress: f32, cancel: *mut c_void) -> bool {
    // SAFETY: it outlives the load, and is only read.
    let cancel = unsafe { &*cancel.cast_const().cast::<Cancel>() };
    !cancel.is_set()
}

fn with_number(key: &CStr, number: i64) -> llama_model_kv_override {
    let value = llama_model_kv_override__bindgen_ty_1 { val_i64: number };
    llama_model_kv_override { tag: LLAMA_KV_OVERRIDE_TYPE_INT, key: array(key), __bindgen_anon_1: value }
}

fn with_text(key: &CStr, text: &CStr) -> llama_model_kv_override {
    let value = llama_model_kv_override__bindgen_ty_1 { val_str: array(text) };
    llama_model_kv_override { tag: LLAMA_KV_OVERRIDE_TYPE_STR, key: array(key), __bindgen_anon_1: value }
}

/// A string in the form of overrides: zero-terminated.
fn array(text: &CStr) -> [c_char; 128] {
    let mut array = [0; 128];
    for (place, &byte) in array[..127].iter_mut().zip(text.to_bytes()) {
        *place = byte as c_char;
    }
    array
}
