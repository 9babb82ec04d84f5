//! What answers the lines of a batch.

use serde::Serialize;

use crate::cancel::Cancel;
use crate::error::Result;

/// What answers the lines of a batch; each line is an `L`.
pub trait Backend<L> {
    /// The printed form of an answer.
    type Report: Serialize;

    /// Whether it accepts another line; if it is idle, it always does.
    fn has_room(&self) -> bool;

    /// Whether it is idle.
    fn is_idle(&self) -> bool;

    /// Takes the line with this number and this length in bytes.
    fn submit(&mut self, number: usize, line: L, bytes: usize);

    /// Works for a moment, and returns the answers that have ended since. Once `cancel` is set, answers in progress end
    /// as they are, and no others begin.
    ///
    /// # Errors
    /// Failures that make further answers impossible. The failure of a single line is its answer.
    fn advance(&mut self, cancel: &Cancel) -> Result<Vec<(usize, Result<Self::Report>)>>;

    /// Forgets all prompts that it has answered, so that the next answers are computed as those of a new backend. What is
    /// computed elsewhere may still depend on what was asked before.
    fn forget(&mut self) {}

    /// Lines with counts and speeds.
    fn statistics(&self) -> Vec<String>;
}
