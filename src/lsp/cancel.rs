//! Whether somebody still wants the answer to a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by the thread that computes an answer and the one that may give it up.
#[derive(Debug, Clone, Default)]
pub struct Wanted(Arc<AtomicBool>);

impl Wanted {
    /// Whether somebody does.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        !self.0.load(Ordering::Relaxed)
    }

    /// Nobody does any more.
    pub fn give_up(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
