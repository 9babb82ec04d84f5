//! Streams that were closed when the program began; see `compile/streams.c`.

use std::ffi::c_int;

unsafe extern "C" {
    fn dscoder_stdout_was_closed() -> c_int;
}

/// Whether stdout was closed when the program began.
#[must_use]
pub fn stdout_was_closed() -> bool {
    // SAFETY: it takes nothing, and reads a number that is written before `main`.
    unsafe { dscoder_stdout_was_closed() != 0 }
}
