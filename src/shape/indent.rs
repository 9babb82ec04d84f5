//! The kind of indentation: an answer that is indented by spaces gets tabs in a file of tabs, and the other way around.

use std::sync::Arc;

use crate::text::lines::{indentation, line_start};
use crate::text::structure::around::Around;

/// What indents the lines of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Tabs.
    Tabs,
    /// This many spaces per level.
    Spaces(usize),
}

/// Gives the lines of an answer the indentation of the file.
#[derive(Debug, Clone)]
pub struct Indent {
    /// `None` if the file has neither kind, or both.
    kind: Option<Kind>,
    /// Levels that the cursor's line is indented by, in a file of tabs.
    level: usize,
    /// The text before the gap, until it is known that its end is not within a string.
    around: Option<Arc<Around>>,
    /// Spaces a level in the answer, once that is known.
    unit: Option<usize>,
    /// Whether the next byte is at the beginning of a line or behind its indentation so far.
    at_start: bool,
    /// The indentation so far.
    held: Vec<u8>,
}

impl Indent {
    /// For an answer in a gap, before which is `prefix`.
    #[must_use]
    pub fn new(around: Arc<Around>, prefix: &str) -> Indent {
        let line = line_start(prefix.as_bytes(), prefix.len());
        let level = prefix[line..].bytes().take_while(|byte| *byte == b'\t').count();
        Indent {
            kind: kind(&around),
            level,
            around: Some(around),
            unit: None,
            at_start: line == prefix.len(),
            held: Vec::new(),
        }
    }

    /// Takes the next piece of the answer, and gives what of it is decided.
    pub fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        if self.kind.is_none() {
            let mut out = self.finish();
            out.extend(piece);
            return out;
        }
        let mut out = Vec::with_capacity(piece.len());
        for &byte in piece {
            if self.at_start && matches!(byte, b' ' | b'\t') {
                self.held.push(byte);
                continue;
            }
            if self.at_start {
                let held = std::mem::take(&mut self.held);
                out.extend(if matches!(byte, b'\n' | b'\r') { held } else { self.converted(held) });
            }
            out.push(byte);
            self.at_start = byte == b'\n';
        }
        out
    }

    /// What is still held back.
    pub fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    fn converted(&mut self, spaces: Vec<u8>) -> Vec<u8> {
        let has_tabs = spaces.contains(&b'\t');
        let Some(kind) = self.kind else { return spaces };
        // One space is no indentation.
        if !has_tabs && spaces.len() < 2 {
            return spaces;
        }
        let is_own = has_tabs == (kind == Kind::Tabs);
        let around = if is_own { None } else { self.around.take() };
        let is_string = around.is_some_and(|around| around.before().found.open.is_some());
        // The model knows the file's kind, or blanks are the content of a string: what follows is intended.
        if is_own || is_string {
            self.kind = None;
            return spaces;
        }
        match kind {
            Kind::Tabs => {
                let unit = *self.unit.get_or_insert_with(|| unit(spaces.len(), self.level));
                let mut out = vec![b'\t'; spaces.len() / unit];
                out.resize(out.len() + spaces.len() % unit, b' ');
                out
            }
            Kind::Spaces(unit) => {
                spaces.iter().flat_map(|byte| vec![b' '; if *byte == b'\t' { unit } else { 1 }]).collect()
            }
        }
    }
}

/// Spaces a level in an answer whose first indented line has `spaces` of them, at or one level below `level`.
fn unit(spaces: usize, level: usize) -> usize {
    let fits = |unit: &usize| spaces.is_multiple_of(*unit) && (level..=level + 1).contains(&(spaces / unit));
    [4, 2, 8, 3].into_iter().find(fits).unwrap_or(if spaces.is_multiple_of(4) { 4 } else { 2 })
}

/// What indents the lines around a gap, if nearly all agree.
fn kind(around: &Around) -> Option<Kind> {
    let (mut tabs, mut spaces, mut least) = (0, 0, usize::MAX);
    for line in around.lines() {
        let count = indentation(line);
        match line.first() {
            Some(b'\t') => tabs += 1,
            // One space is the margin of a comment.
            Some(b' ') if count > 1 && count < line.len() => {
                spaces += 1;
                least = least.min(count);
            }
            _ => {}
        }
    }
    match () {
        () if tabs > 4 * spaces => Some(Kind::Tabs),
        () if spaces > 4 * tabs => Some(Kind::Spaces(least.clamp(2, 8))),
        () => None,
    }
}
