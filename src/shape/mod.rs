//! The shape of an answer: what of the model's text is given to the user.
//!
//! A piece goes through stop texts and line rules ([`crate::shape::stop`]), then through the end of the block, then through
//! trimming ([`crate::shape::trim`]). Each may hold bytes back and may end the answer.

pub mod block;
pub mod finish;
pub mod indent;
pub mod stop;
pub mod trim;

use std::sync::Arc;

use crate::shape::block::Block;
use crate::shape::indent::Indent;
use crate::shape::stop::{Released, StopRules, Until};
use crate::shape::trim::Trim;
use crate::text::dialect::Dialect;
use crate::text::structure::around::Around;

/// The shape that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ShapeOptions<'a> {
    /// Where the answer ends.
    pub until: Until,
    /// Texts that end it.
    pub stop: &'a [String],
    /// Whether nothing is trimmed.
    pub raw: bool,
}

/// Shapes one answer as it comes.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Stop texts and line rules.
    pub stop: StopRules,
    /// The end of the block, if the answer ends there.
    pub block: Option<Block>,
    /// The file's kind of indentation, unless the answer is wanted as it is.
    pub indent: Option<Indent>,
    /// Trimming, unless the answer is wanted as it is.
    pub trim: Option<Trim>,
    /// Whether the text before the gap ends with the space that the answer begins with.
    pub has_space: bool,
}

impl Shape {
    /// Only `stop`: the shape of a text without surroundings.
    #[must_use]
    pub fn plain(stop: StopRules) -> Shape {
        Shape { stop, block: None, indent: None, trim: None, has_space: false }
    }

    /// The shape of an answer behind `prefix` and, in an infill, before `suffix`.
    #[must_use]
    pub fn new(dialect: &'static Dialect, prefix: &str, suffix: Option<&str>, wanted: &ShapeOptions<'_>) -> Shape {
        let behind = suffix.unwrap_or_default();
        let around = Arc::new(Around::new(dialect, prefix, behind));
        Shape {
            stop: StopRules::new(wanted.stop, wanted.until),
            block: (wanted.until == Until::Block).then(|| Block::within(Arc::clone(&around), suffix.is_some())),
            indent: (!wanted.raw).then(|| Indent::new(Arc::clone(&around), prefix)),
            trim: (!wanted.raw).then(|| Trim::within(around, prefix, behind)),
            has_space: false,
        }
    }

    /// Takes the next piece of the model's text.
    pub fn push(&mut self, piece: &[u8]) -> Released {
        let piece = if piece.is_empty() || !std::mem::take(&mut self.has_space) {
            piece
        } else {
            piece.strip_prefix(b" ").unwrap_or(piece)
        };
        let released = self.stop.push(piece);
        self.behind_stop(released)
    }

    /// What is still held back where the answer ends otherwise.
    pub fn finish(&mut self) -> Vec<u8> {
        let held = self.stop.finish();
        let mut out = self.behind_stop(Released { bytes: held, stopped: None }).bytes;
        if let Some(block) = &mut self.block {
            let held = block.finish();
            out.extend(self.behind_block(Released { bytes: held, stopped: None }).bytes);
        }
        if let Some(indent) = &mut self.indent {
            let held = indent.finish();
            out.extend(self.behind_indent(Released { bytes: held, stopped: None }).bytes);
        }
        if let Some(trim) = &mut self.trim {
            out.extend(trim.finish());
        }
        out
    }

    fn behind_stop(&mut self, released: Released) -> Released {
        let Some(block) = &mut self.block else { return self.behind_block(released) };
        let mut inside = block.push(&released.bytes);
        inside.stopped = inside.stopped.or(released.stopped);
        self.behind_block(inside)
    }

    fn behind_block(&mut self, mut released: Released) -> Released {
        if let Some(indent) = &mut self.indent {
            released.bytes = indent.push(&released.bytes);
            if released.stopped.is_some() {
                released.bytes.extend(indent.finish());
            }
        }
        self.behind_indent(released)
    }

    fn behind_indent(&mut self, released: Released) -> Released {
        let Some(trim) = &mut self.trim else { return released };
        let mut trimmed = trim.push(&released.bytes);
        if released.stopped.is_some() {
            trim.ended_by_rule();
        }
        trimmed.stopped = trimmed.stopped.or(released.stopped);
        trimmed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_is_not_doubled() {
        for (pieces, expected) in [
            (&[" a", " + b"][..], "a + b"),
            (&["", " a"], "a"),
            (&["a", " b"], "a b"),
            (&["  a"], " a"),
            (&["\n a"], "\n a"),
        ] {
            let mut shape = Shape::plain(StopRules::new(&[], Until::End));
            shape.has_space = true;
            let mut out: Vec<u8> = pieces.iter().flat_map(|piece| shape.push(piece.as_bytes()).bytes).collect();
            out.extend(shape.finish());
            assert_eq!(String::from_utf8_lossy(&out), expected, "{pieces:?}");
        }
    }
}
