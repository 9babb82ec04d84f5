//! Stop rules: where an answer ends before the model ends it.
//!
//! The answer arrives in pieces. What could be the beginning of a stop text, or of a blank line that ends the answer, is
//! held back until it is decided. [`crate::shape::block`] is the rule for the end of a block.

use std::ops::Range;

use clap::ValueEnum;
use memchr::memmem::Finder;

use crate::shape::finish::Finish;

/// The end of an answer by its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Until {
    /// What fits the place.
    Auto,
    /// Where the model ends it.
    End,
    /// At the end of the line.
    Line,
    /// At the end of the block, by indentation or brackets.
    Block,
    /// Before the first blank line.
    Blank,
}

impl Until {
    /// Where an answer in a gap ends by default: at the end of the line if text follows the gap on its line. A gap at the
    /// beginning of a line lies between lines.
    #[must_use]
    pub fn at_gap(prefix: &str, suffix: &str) -> Until {
        let between_lines = prefix.is_empty() || prefix.ends_with('\n');
        let rest = suffix.split('\n').next().unwrap_or_default();
        if between_lines || rest.trim().is_empty() { Until::End } else { Until::Line }
    }

    /// This rule, or `fitting` for [`Until::Auto`].
    #[must_use]
    pub fn unless(self, fitting: Until) -> Until {
        if self == Until::Auto { fitting } else { self }
    }
}

/// Watches an answer for its end.
#[derive(Debug, Clone)]
pub struct StopRules {
    texts: Vec<Finder<'static>>,
    at_blank_line: bool,
    /// The smallest indentation of a line behind the first one, in characters.
    min_indent: usize,
    /// Whether the last released byte ended a line.
    after_line_end: bool,
    held: Vec<u8>,
}

/// What may be given out after a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// Bytes that are part of the answer for certain.
    pub bytes: Vec<u8>,
    /// Why the answer ends here, if it does.
    pub stopped: Option<Finish>,
}

impl StopRules {
    /// Stops before the first of `texts` that comes whole (of several that end there, the longest), empty ones ignored, or
    /// where `until` says.
    #[must_use]
    pub fn new(texts: &[String], until: Until) -> StopRules {
        let mut texts: Vec<_> =
            texts.iter().filter(|text| !text.is_empty()).map(|text| Finder::new(text).into_owned()).collect();
        if until == Until::Line {
            texts.push(Finder::new(b"\n"));
        }
        StopRules {
            texts,
            at_blank_line: until == Until::Blank,
            min_indent: 0,
            after_line_end: false,
            held: Vec::new(),
        }
    }

    /// Stops also before the first line, but the one that the answer begins in, with less indentation than this many
    /// characters, and before blank lines above it.
    #[must_use]
    pub fn indented(self, min_indent: usize) -> StopRules {
        StopRules { min_indent, ..self }
    }

    /// Takes the next piece of the answer.
    pub fn push(&mut self, piece: &[u8]) -> Released {
        self.held.extend(piece);
        // What is whole first decides, and of several such the longest: in larger pieces as byte by byte.
        let texts = self.texts.iter().filter_map(|text| text.find(&self.held).map(|at| at..at + text.needle().len()));
        if let Some(found) =
            texts.chain(self.blank_line()).chain(self.outdent()).min_by_key(|found| (found.end, found.start))
        {
            self.held.truncate(found.start);
            return Released { bytes: std::mem::take(&mut self.held), stopped: Some(Finish::StopRule) };
        }
        let undecided = self.texts.iter().map(|text| overlap(&self.held, text.needle())).max().unwrap_or(0);
        let undecided = undecided.max(self.blanks_at_end()).max(self.indentation_at_end());
        let rest = self.held.split_off(self.held.len() - undecided);
        let bytes = std::mem::replace(&mut self.held, rest);
        if let Some(last) = bytes.last() {
            self.after_line_end = *last == b'\n';
        }
        Released { bytes, stopped: None }
    }

    /// What is still held back where the answer ends otherwise: it is part of the answer after all.
    pub fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    /// Where the first blank line is, if the answer ends before one.
    fn blank_line(&self) -> Option<Range<usize>> {
        if !self.at_blank_line {
            return None;
        }
        let mut start = 0;
        for line in self.held.split_inclusive(|&byte| byte == b'\n') {
            let begins = start > 0 || self.after_line_end;
            if begins && line.ends_with(b"\n") && line.iter().all(u8::is_ascii_whitespace) {
                return Some(start..start + line.len());
            }
            start += line.len();
        }
        None
    }

    /// Where a line with too little indentation comes: from the end of the line above to its first character.
    fn outdent(&self) -> Option<Range<usize>> {
        if self.min_indent == 0 {
            return None;
        }
        let mut above = None;
        let mut start = 0;
        for line in self.held.split_inclusive(|&byte| byte == b'\n') {
            let indent = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if indent < line.len() {
                if let Some(above) = above.take().filter(|_| indent < self.min_indent) {
                    return Some(above..start + indent + 1);
                }
                above = line.ends_with(b"\n").then(|| start + line.trim_ascii_end().len());
            } else if start == 0 && line.ends_with(b"\n") {
                above = Some(0);
            }
            start += line.len();
        }
        None
    }

    /// How many bytes at the end may turn out to be above a line with too little indentation.
    fn indentation_at_end(&self) -> usize {
        if self.min_indent > 0 { self.held.len() - self.held.trim_ascii_end().len() } else { 0 }
    }

    /// How many bytes at the end may turn out to be a blank line.
    fn blanks_at_end(&self) -> usize {
        if !self.at_blank_line {
            return 0;
        }
        let line = self.held.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
        let begins = line.len() < self.held.len() || self.after_line_end;
        if begins && line.iter().all(u8::is_ascii_whitespace) { line.len() } else { 0 }
    }
}

/// The longest end of `text` that is a true beginning of `stop`.
fn overlap(text: &[u8], stop: &[u8]) -> usize {
    (1..stop.len().min(text.len() + 1)).rev().find(|&length| text.ends_with(&stop[..length])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `pieces` and gives what came out after each, and whether it stopped.
    fn feed(stops: &[&str], until: Until, pieces: &[&str]) -> (Vec<String>, bool) {
        let mut rule = StopRules::new(&stops.iter().map(ToString::to_string).collect::<Vec<_>>(), until);
        let mut out = Vec::new();
        for piece in pieces {
            let released = rule.push(piece.as_bytes());
            out.push(String::from_utf8(released.bytes).expect("text"));
            if released.stopped.is_some() {
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
            // In pieces as at once.
            (&["b", "abc"], &["xabc"], &["xa"], true),
            (&["é"], &["x", "é"], &["x", ""], true),
            (&[""], &["a"], &["a", ""], false),
        ];
        for (stops, pieces, expected, stopped) in cases {
            let (out, found) = feed(stops, Until::End, pieces);
            assert_eq!(
                (out, found),
                (expected.iter().map(ToString::to_string).collect(), *stopped),
                "{stops:?} {pieces:?}"
            );
        }
    }

    #[test]
    fn lines_with_too_little_indentation() {
        for (answer, expected) in [
            ("a + b", "a + b"),
            ("a + b\n", "a + b\n"),
            ("a + b\n\nprint()", "a + b"),
            ("a + b \r\nprint()", "a + b"),
            ("a\n    b\n\n    c\n  d", "a\n    b\n\n    c"),
            ("a\n     b\n\tc", "a\n     b"),
            ("\n\n  a", ""),
            ("  \n    a\n", "  \n    a\n"),
            ("\n    a\n }", "\n    a"),
        ] {
            for size in 1..=answer.len() {
                let mut rule = StopRules::new(&[], Until::End).indented(4);
                let (mut out, mut stopped) = (Vec::new(), None);
                for piece in answer.as_bytes().chunks(size) {
                    let released = rule.push(piece);
                    out.extend(released.bytes);
                    stopped = released.stopped;
                    if stopped.is_some() {
                        break;
                    }
                }
                if stopped.is_none() {
                    out.extend(rule.finish());
                }
                assert_eq!(String::from_utf8_lossy(&out), expected, "{answer:?} in pieces of {size}");
                assert_eq!(stopped.is_some(), expected.len() < answer.len(), "{answer:?}");
            }
        }
    }

    #[test]
    fn lines_and_blank_lines() {
        type Case<'a> = (Until, &'a [&'a str], &'a str, bool);
        let cases: &[Case<'_>] = &[
            (Until::Line, &["a", "b\nc"], "ab", true),
            (Until::Line, &["\n"], "", true),
            (Until::Line, &["ab"], "ab", false),
            (Until::Blank, &["a\nb\n\nc"], "a\nb\n", true),
            (Until::Blank, &["a\n", "  ", "\t", "\nc"], "a\n", true),
            (Until::Blank, &["a\n", "  ", "b"], "a\n  b", false),
            (Until::Blank, &["a\r\n", "\r\nc"], "a\r\n", true),
            (Until::Blank, &["\n", "\n", "c"], "\n", true),
            (Until::Blank, &["  \n", "c"], "  \nc", false),
            (Until::Blank, &["a\n  "], "a\n  ", false),
        ];
        for (until, pieces, expected, stopped) in cases {
            let (out, found) = feed(&[], *until, pieces);
            assert_eq!((out.concat().as_str(), found), (*expected, *stopped), "{until:?} {pieces:?}");
        }
    }
}
