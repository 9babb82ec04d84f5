//! Prompts: segments that stay separate until they are token ids.

pub mod budget;
pub mod chat;
pub mod commit;
pub mod context;
pub mod infill;

use crate::vocabulary::{Control, TokenId, Vocabulary};

/// A part of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// A control token.
    Special(Control),
    /// User text, which becomes text tokens whatever it spells.
    Text(&'a str, Spare),
}

/// Which end of a text may be left out if the prompt is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spare {
    /// The beginning: text close before the cursor matters most.
    Head,
    /// Nothing: it was chosen to fit.
    Nothing,
    /// The end: text close after the cursor matters most.
    Tail,
}

/// The prompt that continues `text`: begin-of-sentence and the text.
#[must_use]
pub fn complete(text: &str) -> [Segment<'_>; 2] {
    [Segment::Special(Control::Begin), Segment::Text(text, Spare::Head)]
}

/// How many control tokens a prompt has; its ids have as many.
#[must_use]
pub fn controls(prompt: &[Segment<'_>]) -> usize {
    prompt.iter().filter(|segment| matches!(segment, Segment::Special(_))).count()
}

/// The ids of `segments`, nothing left out. A control token that the vocabulary does not have is missing, which
/// [`crate::generate::check_controls`] notices.
#[must_use]
pub fn encode(segments: &[Segment<'_>], vocabulary: &dyn Vocabulary) -> Vec<TokenId> {
    let mut ids = Vec::new();
    for segment in segments {
        match *segment {
            Segment::Special(control) => ids.extend(vocabulary.controls().id(control)),
            Segment::Text(text, _) => ids.extend(vocabulary.encode(text)),
        }
    }
    ids
}
