//! Progress reports of long work.

/// Receives the progress of a transfer.
pub trait Watch: Sync {
    /// `done` of `size` bytes have arrived.
    fn progress(&self, done: u64, size: u64);
    /// Something the user should know.
    fn note(&self, text: &str);
}

/// Ignores everything.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Watch for Silent {
    fn progress(&self, _done: u64, _size: u64) {}
    fn note(&self, _text: &str) {}
}
