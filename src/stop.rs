//! Stop texts: where an answer ends before the model ends it.
//!
//! The answer arrives in pieces. What could be the beginning of a stop text is held back until it is decided.

/// Watches an answer for stop texts.
#[derive(Debug, Clone)]
pub struct StopTexts {
    texts: Vec<Vec<u8>>,
    held: Vec<u8>,
}

/// What may be given out after a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// Bytes that are part of the answer for certain.
    pub bytes: Vec<u8>,
    /// Whether a stop text was found; the answer ends before it.
    pub stopped: bool,
}

impl StopTexts {
    /// Stops at the first of `texts`; empty ones are ignored.
    #[must_use]
    pub fn new(texts: &[String]) -> StopTexts {
        let texts = texts.iter().filter(|text| !text.is_empty()).map(|text| text.clone().into_bytes()).collect();
        StopTexts { texts, held: Vec::new() }
    }

    /// Takes the next piece of the answer.
    pub fn push(&mut self, piece: &[u8]) -> Released {
        self.held.extend(piece);
        let first = self.texts.iter().filter_map(|text| find(&self.held, text)).min();
        if let Some(at) = first {
            self.held.truncate(at);
            return Released { bytes: std::mem::take(&mut self.held), stopped: true };
        }
        let undecided = self.texts.iter().map(|text| overlap(&self.held, text)).max().unwrap_or(0);
        let rest = self.held.split_off(self.held.len() - undecided);
        Released { bytes: std::mem::replace(&mut self.held, rest), stopped: false }
    }

    /// What is still held back where the answer ends otherwise: it is part of the answer after all.
    pub fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }
}

/// Where `needle`, which is not empty, first stands in `haystack`.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// The longest end of `text` that is a true beginning of `stop`.
fn overlap(text: &[u8], stop: &[u8]) -> usize {
    (1..stop.len().min(text.len() + 1)).rev().find(|&length| text.ends_with(&stop[..length])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `pieces` and gives what came out after each, and whether it stopped.
    fn feed(stops: &[&str], pieces: &[&str]) -> (Vec<String>, bool) {
        let mut rule = StopTexts::new(&stops.iter().map(ToString::to_string).collect::<Vec<_>>());
        let mut out = Vec::new();
        for piece in pieces {
            let released = rule.push(piece.as_bytes());
            out.push(String::from_utf8(released.bytes).expect("text"));
            if released.stopped {
                return (out, true);
            }
        }
        out.push(String::from_utf8(rule.finish()).expect("text"));
        (out, false)
    }

    #[test]
    fn table() {
        type Case<'a> = (&'a [&'a str], &'a [&'a str], &'a [&'a str], bool);
        let cases: &[Case<'_>] = &[
            (&[], &["a", "b"], &["a", "b", ""], false),
            (&["\n"], &["a\nb"], &["a"], true),
            (&["END"], &["aEN", "Db"], &["a", ""], true),
            (&["END"], &["aEN", "Xb"], &["a", "ENXb", ""], false),
            (&["END"], &["aE", "END"], &["a", "E"], true),
            (&["END"], &["aEN"], &["a", "EN"], false),
            (&["aab"], &["aa", "ab"], &["", "a"], true),
            (&["bc", "abc"], &["xabc"], &["x"], true),
            (&["é"], &["x", "é"], &["x", ""], true),
            (&[""], &["a"], &["a", ""], false),
        ];
        for (stops, pieces, expected, stopped) in cases {
            let (out, found) = feed(stops, pieces);
            assert_eq!(
                (out, found),
                (expected.iter().map(ToString::to_string).collect(), *stopped),
                "{stops:?} {pieces:?}"
            );
        }
    }

    #[test]
    fn the_pieces_do_not_matter() {
        let text = "ab\n\ndef f():\n  return 1\n\nclass C";
        for stop in ["\n\n", "\nclass", "def", "return 2", "C", "a"] {
            let whole = feed(&[stop], &[text]).0.concat();
            assert_eq!(whole, text.split(stop).next().unwrap_or_default());
            for size in 1..6 {
                let characters: Vec<char> = text.chars().collect();
                let pieces: Vec<String> = characters.chunks(size).map(|chunk| chunk.iter().collect()).collect();
                let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
                assert_eq!(feed(&[stop], &pieces).0.concat(), whole, "{stop:?} in pieces of {size}");
            }
        }
    }
}
