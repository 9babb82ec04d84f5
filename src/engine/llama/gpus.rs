//! The GPUs that a model can be offloaded to.

use std::ffi::CStr;

use llama_cpp_sys_2 as sys;

/// A GPU.
pub struct Gpu {
    /// ggml's device, which lives as long as the process.
    pub device: sys::ggml_backend_dev_t,
    /// Its memory, in bytes.
    pub total: u64,
    /// The part of it that is free.
    pub free: u64,
    is_integrated: bool,
    /// Tells cards apart that several interfaces offer.
    id: Option<&'static CStr>,
    interface: sys::ggml_backend_reg_t,
}

/// The GPUs that llama.cpp would choose: a card that two interfaces offer counts once, and integrated GPUs only count
/// where there are no others. One that does not tell its memory is left out: it has none left for the driver itself, or
/// the driver fails, and llama.cpp would abort.
pub fn usable() -> Vec<Gpu> {
    let (mut cards, mut integrated): (Vec<Gpu>, Vec<Gpu>) = (Vec::new(), Vec::new());
    for gpu in all().into_iter().filter(|gpu| gpu.total > 0) {
        if gpu.is_integrated {
            if integrated.first().is_none_or(|first| first.interface == gpu.interface) {
                integrated.push(gpu);
            }
        } else if gpu.id.is_none() || cards.iter().all(|card| card.id != gpu.id) {
            cards.push(gpu);
        }
    }
    if cards.is_empty() { integrated } else { cards }
}

fn all() -> Vec<Gpu> {
    // SAFETY: it takes nothing, and gives a number.
    let count = unsafe { sys::ggml_backend_dev_count() };
    (0..count).filter_map(at).collect()
}

/// The device with this number, which is below the count, if it is a GPU.
fn at(number: usize) -> Option<Gpu> {
    // SAFETY: the number is below the count, and devices live as long as the process.
    let device = unsafe { sys::ggml_backend_dev_get(number) };
    // SAFETY: `device` is ggml's.
    let (kind, interface) = unsafe { (sys::ggml_backend_dev_type(device), sys::ggml_backend_dev_backend_reg(device)) };
    let is_integrated = kind == sys::GGML_BACKEND_DEVICE_TYPE_IGPU;
    if kind != sys::GGML_BACKEND_DEVICE_TYPE_GPU && !is_integrated {
        return None;
    }
    // SAFETY: `device` is ggml's. The structure has numbers, pointers and flags, all of which may be zero.
    let about = unsafe {
        let mut about: sys::ggml_backend_dev_props = std::mem::zeroed();
        sys::ggml_backend_dev_get_props(device, &raw mut about);
        about
    };
    // SAFETY: it is null or a string of the device.
    let id = (!about.device_id.is_null()).then(|| unsafe { CStr::from_ptr(about.device_id) });
    let (total, free) = (about.memory_total as u64, about.memory_free as u64);
    Some(Gpu { device, total, free, is_integrated, id, interface })
}
