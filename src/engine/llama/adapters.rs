//! LoRA adapters of a model. The binding sets only one of them.

use std::ffi::CString;
use std::ptr::NonNull;

use anyhow::{Context as _, anyhow};
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_sys_2::{
    llama_adapter_lora, llama_adapter_lora_init, llama_context, llama_get_model, llama_model, llama_set_adapters_lora,
};

use crate::model::adapter::AdapterFile;

/// Loads `adapters`, whose headers were compared with that of `model`, and makes `context` compute with them. llama.cpp frees
/// them with the model.
pub fn apply(context: &LlamaContext<'_>, model: &LlamaModel, adapters: &[AdapterFile]) -> anyhow::Result<()> {
    if adapters.is_empty() {
        return Ok(());
    }
    let model = model_of(model);
    let context = context_of(context, model).context("the binding has another form")?;
    let mut loaded: Vec<*mut llama_adapter_lora> = Vec::new();
    for adapter in adapters {
        let cannot = || format!("llama.cpp cannot load the adapter {}", adapter.path.display());
        let path = adapter.path.to_str().context("its path is not UTF-8").with_context(cannot)?;
        let path = CString::new(path).with_context(cannot)?;
        // SAFETY: the model is alive, and the path is a NUL-terminated text that llama.cpp does not keep.
        let adapter = unsafe { llama_adapter_lora_init(model, path.as_ptr()) };
        loaded.push(NonNull::new(adapter).with_context(cannot)?.as_ptr());
    }
    let mut scales: Vec<f32> = adapters.iter().map(|adapter| adapter.scale).collect();
    // SAFETY: as many adapters as scales, all of the model of this context, which is alive and used by nobody else.
    let code = unsafe { llama_set_adapters_lora(context, loaded.as_mut_ptr(), loaded.len(), scales.as_mut_ptr()) };
    if code == 0 { Ok(()) } else { Err(anyhow!("llama.cpp refuses the adapters")) }
}

/// The pointer that the binding wraps.
fn model_of(model: &LlamaModel) -> *mut llama_model {
    // SAFETY: as in `super::load::load`: `LlamaModel` is such a pointer, and no more.
    unsafe { std::mem::transmute_copy::<LlamaModel, *mut llama_model>(model) }
}

/// The pointer that the binding wraps, of a context of `model`. It has no name outside of the binding, but is the only
/// address in there, as long as the binding's list of samplers is empty.
fn context_of(context: &LlamaContext<'_>, model: *mut llama_model) -> Option<*mut llama_context> {
    const WORDS: usize = size_of::<LlamaContext<'_>>() / size_of::<usize>();
    // No address is in the first page; a list without elements has no other.
    const PAGE: usize = 4096;
    // SAFETY: it consists of a pointer and a list, which are words without gaps, and they are only read.
    let words = unsafe { std::ptr::from_ref(context).cast::<[usize; WORDS]>().read() };
    let mut addresses = words.into_iter().filter(|&word| word >= PAGE);
    let only = addresses.next().filter(|_| addresses.next().is_none())?;
    let context: *mut llama_context = std::ptr::with_exposed_provenance_mut(only);
    // SAFETY: it is a context, which is alive, and this reads its model.
    let own = unsafe { llama_get_model(context) };
    (own == model.cast_const()).then_some(context)
}
