//! What long work tells of itself.

/// Hears what a transfer does.
pub trait Watch: Sync {
    /// So many bytes of so many are there.
    fn progress(&self, done: u64, size: u64);
    /// Something the user should know.
    fn note(&self, text: &str);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Watch for Silent {
    fn progress(&self, _done: u64, _size: u64) {}
    fn note(&self, _text: &str) {}
}
