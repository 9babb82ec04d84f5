//! A light rendering of Markdown for terminals.

use crate::text::markdown::{LineKind, Outline};

fn begin(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Plain => "",
        LineKind::Heading => "\x1b[1m",
        LineKind::Fence => "\x1b[2m",
        LineKind::Code => "\x1b[36m",
    }
}

fn end(kind: LineKind) -> &'static str {
    if kind == LineKind::Plain { "" } else { "\x1b[0m" }
}

/// Longer lines of nothing but marks are written as they come.
const MARKS: usize = 80;

/// Highlights headings and code blocks on a terminal as the text arrives. Leaves out nothing of the text.
#[derive(Debug, Default)]
pub struct Renderer {
    /// The current line.
    line: String,
    /// The bytes of it that are written.
    written: usize,
    /// What it is, once that is known.
    kind: Option<LineKind>,
    /// The lines before it.
    outline: Outline,
}

impl Renderer {
    /// Takes a piece of text and returns what can be written.
    pub fn push(&mut self, text: &str) -> String {
        let mut out = String::new();
        for part in text.split_inclusive('\n') {
            let (part, ends) = part.strip_suffix('\n').map_or((part, false), |part| (part, true));
            self.line += part;
            if ends || !self.is_undecided() {
                self.write(&mut out);
            }
            if ends {
                self.end_line(&mut out);
                out.push('\n');
            }
        }
        out
    }

    /// The rest of the last line.
    pub fn finish(&mut self) -> String {
        let mut out = String::new();
        if !self.line.is_empty() {
            self.write(&mut out);
            self.end_line(&mut out);
        }
        self.outline = Outline::default();
        out
    }

    /// Whether what follows decides what the line is: behind marks of lists, quotations, headings and fences, and as long
    /// as it may be a fence, which one more character can undo.
    fn is_undecided(&self) -> bool {
        let is_mark = |character: char| character.is_ascii_digit() || " \t>-*+.)#`~".contains(character);
        let are_marks = self.line.len() < MARKS && self.line.chars().all(is_mark);
        self.kind.is_none() && (are_marks || self.outline.kind(&self.line) == LineKind::Fence)
    }

    fn write(&mut self, out: &mut String) {
        if self.kind.is_none() {
            let kind = self.outline.kind(&self.line);
            *out += begin(kind);
            self.kind = Some(kind);
        }
        *out += &self.line[self.written..];
        self.written = self.line.len();
    }

    fn end_line(&mut self, out: &mut String) {
        *out += self.kind.take().map_or("", end);
        self.outline.push(&self.line);
        self.line.clear();
        self.written = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_code_are_set_off_whatever_the_pieces() {
        let text = "# T\na `b`\n```py\n# x\n```\n#no\n``` a ``` b\n## U";
        let expected = "\x1b[1m# T\x1b[0m\na `b`\n\x1b[2m```py\x1b[0m\n\x1b[36m# x\x1b[0m\n\x1b[2m```\x1b[0m\n#no\n\
                        ``` a ``` b\n\x1b[1m## U\x1b[0m";
        let mut whole = Renderer::default();
        assert_eq!(whole.push(text) + &whole.finish(), expected);
        for size in 1..5 {
            let characters: Vec<char> = text.chars().collect();
            let mut renderer = Renderer::default();
            let mut out: String =
                characters.chunks(size).map(|chunk| renderer.push(&chunk.iter().collect::<String>())).collect();
            out += &renderer.finish();
            assert_eq!(out, expected, "pieces of {size}");
        }
    }
}
