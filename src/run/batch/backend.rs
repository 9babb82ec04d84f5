//! What answers the lines of a batch.

use serde::Serialize;

use crate::cancel::Cancel;
use crate::error::Result;

/// What answers the lines of a batch, each of which is an `L`.
pub trait Backend<L> {
    /// What an answer is printed as.
    type Report: Serialize;

    /// Whether it takes another line; it always does when there is nothing to do.
    fn has_room(&self) -> bool;

    /// Whether there is nothing to do.
    fn is_idle(&self) -> bool;

    /// Takes the line with this number, which was so many bytes long.
    fn submit(&mut self, number: usize, line: L, bytes: usize);

    /// Goes on for a moment, and gives the answers that have ended since. Once `cancel` is set, those that were begun
    /// end with what they have, and nothing else is begun.
    ///
    /// # Errors
    /// What makes further answers impossible. The failure of a single one is its answer.
    fn advance(&mut self, cancel: &Cancel) -> Result<Vec<(usize, Result<Self::Report>)>>;
}
