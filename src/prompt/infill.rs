//! The layout of a fill-in-the-middle prompt.

use crate::prompt::{Segment, Spare};
use crate::vocabulary::Control;

/// The prompt that asks for the text between `prefix` and `suffix`: begin-of-sentence, begin, prefix, hole, suffix,
/// end. This is the only order the models were trained with (DeepSeek-Coder's README, "Code Insertion"; section 3.1.2
/// of the paper, arXiv 2401.14196; the same in V2, arXiv 2406.11931).
#[must_use]
pub fn segments<'a>(prefix: &'a str, suffix: &'a str) -> [Segment<'a>; 6] {
    [
        Segment::Special(Control::Begin),
        Segment::Special(Control::FimBegin),
        Segment::Text(prefix, Spare::Head),
        Segment::Special(Control::FimHole),
        Segment::Text(suffix, Spare::Tail),
        Segment::Special(Control::FimEnd),
    ]
}
