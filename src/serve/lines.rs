//! The ids of lines that were encoded before: editors send the same file again with each key.
//!
//! Line breaks are tokens of their own in all series (`tokenizer.json` splits them off first), so lines can be encoded one by one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::vocabulary::{Controls, TokenId, Vocabulary};

/// Lines that are remembered; then all are forgotten. A line with its ids takes some 300 bytes.
const MAX_LINES: usize = 50_000;
/// A longer line is not remembered, in bytes.
const MAX_LINE: usize = 1000;

/// Remembered lines.
#[derive(Debug, Default)]
pub struct Lines(Mutex<HashMap<Box<str>, Box<[TokenId]>>>);

impl Lines {
    /// `vocabulary`, which encodes no line twice.
    #[must_use]
    pub fn of<'a>(&'a self, vocabulary: &'a dyn Vocabulary) -> impl Vocabulary + 'a {
        Encoder { vocabulary, lines: self }
    }
}

struct Encoder<'a> {
    vocabulary: &'a dyn Vocabulary,
    lines: &'a Lines,
}

impl Vocabulary for Encoder<'_> {
    fn encode(&self, text: &str) -> Vec<TokenId> {
        let mut ids = Vec::with_capacity(text.len() / 2);
        let mut unknown: Vec<(&str, Vec<TokenId>)> = Vec::new();
        for line in text.split_inclusive('\n') {
            let known = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = known.get(line) {
                ids.extend_from_slice(found);
                continue;
            }
            drop(known);
            let new = self.vocabulary.encode(line);
            ids.extend_from_slice(&new);
            unknown.push((line, new));
        }
        let mut known = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (line, ids) in unknown.into_iter().filter(|(line, _)| line.len() <= MAX_LINE) {
            if known.len() >= MAX_LINES {
                known.clear();
            }
            known.insert(line.into(), ids.into());
        }
        ids
    }

    fn bytes(&self, id: TokenId) -> &[u8] {
        self.vocabulary.bytes(id)
    }

    fn controls(&self) -> &Controls {
        self.vocabulary.controls()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Counts the bytes that it encodes.
    struct Counting(Cell<usize>);

    impl Vocabulary for Counting {
        fn encode(&self, text: &str) -> Vec<TokenId> {
            self.0.set(self.0.get() + text.len());
            text.bytes().map(TokenId::from).collect()
        }

        fn bytes(&self, _: TokenId) -> &[u8] {
            &[]
        }
    }

    #[test]
    fn a_line_is_encoded_once() {
        let (counting, lines) = (Counting(Cell::new(0)), Lines::default());
        let long = "x".repeat(MAX_LINE + 1);
        for (text, encoded) in
            [("a\nb\n\nb\nc", 8), ("a\nb\n\nb\nc", 0), ("b\nc\n", 2), ("", 0), (&long, long.len()), (&long, long.len())]
        {
            let before = counting.0.get();
            let ids = lines.of(&counting).encode(text);
            assert_eq!(ids, text.bytes().map(TokenId::from).collect::<Vec<_>>());
            assert_eq!(counting.0.get() - before, encoded, "{text:.20}");
        }
    }
}
