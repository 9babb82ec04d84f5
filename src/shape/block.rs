//! The end of a block: by indentation, or by brackets.
//!
//! Which block it is depends on the line that the answer begins in. If that line, or the last one before an empty one,
//! opens a block (`def f():`, `fn f() {`), it is that block; else it is what is left of the block around. In a text
//! without any, a blank line ends it. An answer is ended between two lines, never within one.

use crate::shape::finish::Finish;
use crate::shape::stop::Released;
use crate::text::layout::{Layout, Scanner, indentation, is_blank};

/// Words that go on with a block at the indentation of the line that opened it.
const CONTINUATIONS: [&[u8]; 6] = [b"else", b"elif", b"except", b"finally", b"case", b"@"];

/// What a line is to the block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Part of it.
    Inside,
    /// The first line behind it.
    Behind,
    /// More of the line is needed.
    Open,
}

/// How far the block reaches by indentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Not known before the first line is whole.
    Unknown,
    /// Lines indented deeper than the one that opened the block.
    DeeperThan(usize),
    /// Lines indented at least so far.
    AtLeast(usize),
    /// Up to a blank line.
    Paragraph,
}

/// Watches an answer for the end of its block.
#[derive(Debug, Clone)]
pub struct Block {
    layout: Layout,
    /// Whether a bracket that closes the block around is part of the answer; else it stands behind the gap.
    takes_closer: bool,
    scanner: Scanner,
    reach: Reach,
    /// Brackets closed before the answer begins in its line.
    closed_before: usize,
    /// Whether a bracket was open at the end of an earlier line.
    was_open: bool,
    /// Whether the block is complete unless the next line begins with a brace.
    complete: bool,
    /// The current line so far; the first one begins with what is before the cursor.
    line: Vec<u8>,
    /// Whether the current line is decided to be inside.
    inside: bool,
    /// Blank lines and the beginning of a line that are not decided.
    held: Vec<u8>,
}

impl Block {
    /// A rule for an answer behind `prefix`. In an infill, the brackets that close the block around stand behind the gap.
    #[must_use]
    pub fn new(layout: Layout, prefix: &str, infill: bool) -> Block {
        let start = prefix.rfind('\n').map_or(0, |at| at + 1);
        let (above, before) = prefix.as_bytes().split_at(start);
        let mut scanner = Scanner::new(layout);
        let mut reach = Reach::Unknown;
        let mut was_open = false;
        if is_blank(before)
            && let Some(last) = above.split(|&byte| byte == b'\n').rfind(|line| !is_blank(line))
        {
            match layout {
                Layout::Indented if opens(last) => reach = Reach::DeeperThan(indentation(last)),
                // The bracket that closes it stands behind the gap.
                Layout::Braces if infill => {}
                Layout::Indented => {}
                Layout::Braces => {
                    scanner.scan(last);
                    scanner.brackets.closed = [0; 3];
                    was_open = scanner.brackets.depth() > 0;
                }
            }
        }
        // In an infill, brackets that are open before the gap are closed behind it.
        let before = if infill && layout == Layout::Braces { &before[..indentation(before)] } else { before };
        let own = crate::text::layout::brackets(layout, before);
        Block {
            layout,
            takes_closer: !infill,
            scanner,
            reach,
            closed_before: own.closed.iter().sum(),
            was_open: was_open || own.open.iter().sum::<usize>() > 0,
            complete: false,
            line: before.to_vec(),
            inside: true,
            held: Vec::new(),
        }
    }

    /// Takes the next piece of the answer.
    pub fn push(&mut self, piece: &[u8]) -> Released {
        let mut out = Vec::new();
        for &byte in piece {
            self.line.push(byte);
            self.held.push(byte);
            let whole = byte == b'\n';
            if !self.inside {
                match self.verdict(whole) {
                    Verdict::Inside => self.inside = true,
                    Verdict::Behind => {
                        self.held.clear();
                        return Released { bytes: out, stopped: Some(Finish::StopRule) };
                    }
                    Verdict::Open => {}
                }
            }
            if self.inside {
                out.append(&mut self.held);
            }
            if whole {
                let ended = self.end_line();
                if ended {
                    return Released { bytes: out, stopped: Some(Finish::StopRule) };
                }
            }
        }
        Released { bytes: out, stopped: None }
    }

    /// What is still held back where the answer ends otherwise.
    pub fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    fn verdict(&self, whole: bool) -> Verdict {
        let paragraph = match self.layout {
            Layout::Indented => self.reach == Reach::Paragraph,
            Layout::Braces => self.reach == Reach::Paragraph && !self.was_open,
        };
        if is_blank(&self.line) {
            let ends = whole && paragraph && self.scanner.brackets.depth() <= 0 && !self.scanner.within_string();
            return if ends { Verdict::Behind } else { Verdict::Open };
        }
        let indent = indentation(&self.line);
        let text = &self.line[indent..];
        if self.scanner.within_string() || self.scanner.brackets.depth() > 0 {
            return Verdict::Inside;
        }
        match self.layout {
            Layout::Braces if self.complete && text[0] != b'{' => Verdict::Behind,
            Layout::Braces if !self.takes_closer && matches!(text[0], b')' | b']' | b'}') => Verdict::Behind,
            Layout::Braces => Verdict::Inside,
            Layout::Indented => match self.reach {
                Reach::Unknown | Reach::Paragraph => Verdict::Inside,
                Reach::AtLeast(least) if indent >= least => Verdict::Inside,
                Reach::AtLeast(_) => Verdict::Behind,
                Reach::DeeperThan(header) if indent > header => Verdict::Inside,
                Reach::DeeperThan(header) if indent < header => Verdict::Behind,
                Reach::DeeperThan(_) => continues(text, whole),
            },
        }
    }

    /// Looks at the line that has become whole; whether it ends the block.
    fn end_line(&mut self) -> bool {
        let line = std::mem::take(&mut self.line);
        let was_inside = std::mem::replace(&mut self.inside, false);
        if is_blank(&line) {
            return false;
        }
        debug_assert!(was_inside, "a whole line is decided");
        self.scanner.scan(&line);
        let depth = self.scanner.brackets.depth();
        let text = line.trim_ascii_end();
        if self.layout == Layout::Indented {
            if self.reach == Reach::Unknown && depth <= 0 && !line.trim_ascii_start().starts_with(b"@") {
                let indent = indentation(&line);
                self.reach = match (opens(text), indent) {
                    (true, indent) => Reach::DeeperThan(indent),
                    (false, 0) => Reach::Paragraph,
                    (false, indent) => Reach::AtLeast(indent),
                };
            }
            return false;
        }
        if self.reach == Reach::Unknown {
            self.reach = if indentation(&line) == 0 { Reach::Paragraph } else { Reach::AtLeast(0) };
        }
        let closed: usize = self.scanner.brackets.closed.iter().sum();
        if closed > self.closed_before {
            return true;
        }
        self.closed_before = 0;
        let open: usize = self.scanner.brackets.open.iter().sum();
        // Its baseline was that of the first line; from the second one on nothing may be closed that is not opened.
        self.scanner.brackets.closed = [0; 3];
        if open == 0 && (self.was_open || self.complete) {
            // `int f()` may go on with a brace in the next line.
            self.complete = text.ends_with(b")");
            return !self.complete;
        }
        self.complete = false;
        self.was_open = open > 0;
        false
    }
}

/// Whether a line of an indented language opens a block.
fn opens(line: &[u8]) -> bool {
    let code = line.trim_ascii_end();
    // A comment behind the colon.
    let code = code.iter().rposition(|&byte| byte == b'#').map_or(code, |at| match code[..at].trim_ascii_end() {
        before @ [.., b':'] => before,
        _ => code,
    });
    code.ends_with(b":")
}

/// Whether a line at the indentation of the one that opened the block goes on with it.
fn continues(text: &[u8], whole: bool) -> Verdict {
    if matches!(text[0], b')' | b']' | b'}') {
        return Verdict::Inside;
    }
    let word = text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    if CONTINUATIONS.contains(&&text[..word]) && (word < text.len() || whole) {
        Verdict::Inside
    } else if word == text.len() && !whole && CONTINUATIONS.iter().any(|other| other.starts_with(text)) {
        Verdict::Open
    } else {
        Verdict::Behind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What of `answer` is inside the block, and whether it was ended; the same however it is cut.
    fn block(layout: Layout, prefix: &str, infill: bool, answer: &str) -> (String, bool) {
        let run = |size: usize| {
            let mut rule = Block::new(layout, prefix, infill);
            let mut out = Vec::new();
            for piece in answer.as_bytes().chunks(size) {
                let released = rule.push(piece);
                out.extend(released.bytes);
                if released.stopped.is_some() {
                    return (String::from_utf8(out).expect("text"), true);
                }
            }
            out.extend(rule.finish());
            (String::from_utf8(out).expect("text"), false)
        };
        let whole = run(answer.len().max(1));
        for size in 1..7 {
            assert_eq!(run(size), whole, "in pieces of {size}: {answer:?}");
        }
        whole
    }

    #[test]
    fn indentation() {
        // `|` is where the block ends.
        for (prefix, answer) in [
            ("def add(a, b):\n    return ", "a + b\n|\n\ndef sub():\n"),
            ("def add(a, b):\n    return ", "a + b"),
            ("def f():", "\n    x = 1\n\n    return x\n|\nf()\n"),
            ("def f():\n", "    x = 1\n    return x\n|f()\n"),
            ("def f():  # why: that\n", "    x = 1\n|f()\n"),
            ("def f", "(x):\n    if x:\n        y\n    z\n|g\n"),
            ("class A:\n    def f(self):\n        ", "x = 1\n        return x\n|\n    def g(self):\n"),
            ("def f():\n    if a:\n        b\n    ", "else:\n        c\n|    d\ne\n"),
            ("if a:\n", "    b\nelse:\n    c\nelif_x = 1\n".replace("elif_x", "|elif_x").as_str()),
            ("try:\n    a\n", "except E:\n    b\nfinally:\n    c\n|d\n"),
            ("def f(", "\n    a,\n):\n    return a\n|x\n"),
            ("", "@cache\ndef f():\n    return 1\n|\nx\n"),
            ("", "import a\nimport b\n|\nx = 1\n"),
            ("x = ", "[\n1,\n\n2]\ny = 1\n|\nz\n"),
            ("def f():\n    ", "\"\"\"Text\n\nmore\n\"\"\"\n    return 1\n|x\n"),
            ("    a\n    ", "b\n    c"),
        ] {
            let expected = answer.split('|').next().unwrap_or_default();
            let found = block(Layout::Indented, prefix, false, &answer.replace('|', ""));
            assert_eq!(found, (expected.to_owned(), answer.contains('|')), "{prefix:?} {answer:?}");
        }
    }

    #[test]
    fn braces() {
        for (prefix, answer) in [
            ("fn f() {\n", "    1\n}\n|\nfn g() {}\n"),
            ("fn f() {", " 1 }\n|x\n"),
            ("fn f(", "a: u8) -> u8 {\n    if a > 1 {\n        2\n    } else {\n        3\n    }\n}\n|x"),
            ("int f(", "int a)\n{\n    return a;\n}\n|int b;\n"),
            ("  let x = ", "1;\n  let y = 2;\n}\n|z"),
            ("  return add(", "1, 2);\n|}\n"),
            ("  x = ", "[\n 1,\n];\n|y"),
            ("} else {", "\n  x;\n}\n|y\n"),
            ("", "import a;\nimport b;\n|\nx;\n"),
            ("fn f() {\n    let s = ", "\"}\"; // }\n    2\n}\n|x"),
        ] {
            let expected = answer.split('|').next().unwrap_or_default();
            let found = block(Layout::Braces, prefix, false, &answer.replace('|', ""));
            assert_eq!(found, (expected.to_owned(), answer.contains('|')), "{prefix:?} {answer:?}");
        }
    }

    #[test]
    fn what_closes_the_block_around_stands_behind_a_gap() {
        for (prefix, answer) in [
            ("fn f() {\n  let x = ", "1;\n  y\n|}\nz"),
            ("fn f() {\n  ", "if a {\n    b\n  }\n|  c\n}\n"),
            ("fn f() {\n", "  a;\n  b;\n|}\n"),
            ("fn f() {", "\n  a;\n|}\n"),
            ("f(\n  a,\n  ", "b,\n|)\n"),
        ] {
            let expected = answer.split('|').next().unwrap_or_default();
            let found = block(Layout::Braces, prefix, true, &answer.replace('|', ""));
            assert_eq!(found, (expected.to_owned(), true), "{prefix:?} {answer:?}");
        }
    }
}
