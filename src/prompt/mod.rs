//! Prompts: what the model is shown, as segments that stay apart until they are token ids.

pub mod budget;
pub mod chat;
pub mod commit;
pub mod context;
pub mod infill;

use crate::vocabulary::{BOS, TokenId};

/// A part of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// A control token.
    Special(TokenId),
    /// Text of the user, which becomes plain tokens whatever it spells.
    Text(&'a str, Spare),
}

/// Which end of a text may be left out where the prompt is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spare {
    /// The beginning: what stands before the cursor matters most close to it.
    Head,
    /// Nothing: it was chosen to fit.
    Nothing,
    /// The end: what stands behind the cursor matters most close to it.
    Tail,
}

/// The prompt that continues `text`: begin-of-sentence and the text.
#[must_use]
pub fn complete(text: &str) -> [Segment<'_>; 2] {
    [Segment::Special(BOS), Segment::Text(text, Spare::Head)]
}

/// How many control tokens a prompt has; its ids have as many.
#[must_use]
pub fn controls(prompt: &[Segment<'_>]) -> usize {
    prompt.iter().filter(|segment| matches!(segment, Segment::Special(_))).count()
}
