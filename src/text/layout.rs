//! How a text marks its blocks, and its brackets: as much of a language as stop rules and trimming need.
//!
//! This is a scanner and no parser. It skips comments and strings that end where they should, and whoever uses it keeps
//! text in doubt.

use std::path::Path;

use memchr::memmem;

/// What marks a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Indentation, as in Python; comments begin with `#`.
    Indented,
    /// Braces, as in C; comments begin with `//`.
    Braces,
}

const INDENTED: [&str; 14] =
    ["py", "pyi", "pyx", "pxd", "nim", "yaml", "yml", "coffee", "hs", "fs", "gd", "sh", "toml", "mk"];
const BRACED: [&str; 30] = [
    "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "cu", "cs", "java", "kt", "kts", "scala", "js", "jsx", "mjs", "cjs",
    "ts", "tsx", "go", "rs", "swift", "php", "dart", "json", "css", "scss", "proto", "zig", "m",
];

impl Layout {
    /// That of the file's language, or where its name does not tell, what most lines of `text` look like.
    #[must_use]
    pub fn of(path: Option<&Path>, text: &str) -> Layout {
        let extension = path.and_then(Path::extension).and_then(|extension| extension.to_str());
        if let Some(extension) = extension.map(str::to_ascii_lowercase) {
            if INDENTED.contains(&extension.as_str()) {
                return Layout::Indented;
            }
            if BRACED.contains(&extension.as_str()) {
                return Layout::Braces;
            }
        }
        let (mut colons, mut braces) = (0, 0);
        for line in text.lines().map(str::trim_end) {
            colons += usize::from(line.ends_with(':'));
            braces += usize::from(line.ends_with(['{', '}', ';']));
        }
        if braces > colons { Layout::Braces } else { Layout::Indented }
    }

    fn comment(self) -> &'static [u8] {
        match self {
            Layout::Indented => b"#",
            Layout::Braces => b"//",
        }
    }
}

/// Round and square brackets, and braces, each with its own count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Brackets {
    /// Of `()`, `[]` and `{}`: opened and not closed.
    pub open: [usize; 3],
    /// Of `()`, `[]` and `{}`: closed and never opened.
    pub closed: [usize; 3],
}

impl Brackets {
    /// More closed than opened, for each kind; negative where more are opened.
    #[must_use]
    pub fn net(&self) -> [isize; 3] {
        [0, 1, 2].map(|kind| self.closed[kind] as isize - self.open[kind] as isize)
    }

    /// How deep the text behind is nested, or by how much less deep where negative.
    #[must_use]
    pub fn depth(&self) -> isize {
        -self.net().iter().sum::<isize>()
    }
}

/// Which kind of bracket `byte` is, and whether it opens.
#[must_use]
pub fn bracket(byte: u8) -> Option<(usize, bool)> {
    Some(match byte {
        b'(' => (0, true),
        b')' => (0, false),
        b'[' => (1, true),
        b']' => (1, false),
        b'{' => (2, true),
        b'}' => (2, false),
        _ => return None,
    })
}

/// Counts brackets, line by line or all at once.
#[derive(Debug, Clone)]
pub struct Scanner {
    layout: Layout,
    /// What was counted so far.
    pub brackets: Brackets,
    /// The quotes of the string over many lines that the text is in.
    within: Option<&'static [u8]>,
}

/// Strings that may go on in the next line.
const LONG_QUOTES: [&[u8]; 2] = [b"\"\"\"", b"'''"];

impl Scanner {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(layout: Layout) -> Scanner {
        Scanner { layout, brackets: Brackets::default(), within: None }
    }

    /// Whether a string over many lines, or in braced languages a comment, is open.
    #[must_use]
    pub fn within_string(&self) -> bool {
        self.within.is_some()
    }

    /// Counts the brackets of `text`, which ends at the end of a line or of everything.
    pub fn scan(&mut self, text: &[u8]) {
        let mut rest = text;
        // For each kind of quote, how much is left behind the line in which it is known not to end.
        let mut unclosed = [usize::MAX; 3];
        while let Some(&byte) = rest.first() {
            if let Some(end) = self.within {
                match memmem::find(rest, end) {
                    Some(at) => {
                        rest = &rest[at + end.len()..];
                        self.within = None;
                    }
                    None => return,
                }
                continue;
            }
            let last = text[..text.len() - rest.len()].last().copied();
            if let Some(length) = self.skip(rest, last, &mut unclosed) {
                rest = &rest[length..];
                continue;
            }
            if let Some((kind, opens)) = bracket(byte) {
                let Brackets { open, closed } = &mut self.brackets;
                match (opens, open[kind]) {
                    (true, _) => open[kind] += 1,
                    (false, 0) => closed[kind] += 1,
                    (false, _) => open[kind] -= 1,
                }
            }
            rest = &rest[1..];
        }
    }

    /// The length of the comment or string that `rest` begins with; `last` is the byte before it. No line is looked
    /// through more than once for each kind of quote, however long it is.
    fn skip(&mut self, rest: &[u8], last: Option<u8>, unclosed: &mut [usize; 3]) -> Option<usize> {
        if rest.starts_with(self.layout.comment()) {
            return Some(rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()));
        }
        if self.layout == Layout::Braces && rest.starts_with(b"/*") {
            self.within = Some(b"*/");
            return Some(2);
        }
        if self.layout == Layout::Indented
            && let Some(quotes) = LONG_QUOTES.into_iter().find(|quotes| rest.starts_with(quotes))
        {
            self.within = Some(quotes);
            return Some(quotes.len());
        }
        if rest[0] == b'\'' && matches!(last, Some(b'<' | b'&')) && self.layout == Layout::Braces {
            return None; // a lifetime in Rust
        }
        let quote = rest[0];
        let kind = b"\"'`".iter().position(|&kind| kind == quote)?;
        // A quote in a line that an earlier one ran through was escaped for that one, which went on behind it as this one
        // would.
        if unclosed[kind] < rest.len() {
            return None;
        }
        let mut at = 1;
        while let Some(&byte) = rest.get(at) {
            match byte {
                b'\n' => break,
                // An escaped end of the line is its end all the same.
                b'\\' if rest.get(at + 1) != Some(&b'\n') => at += 2,
                _ if byte == quote => return Some(at + 1),
                _ => at += 1,
            }
        }
        // It does not end in its line: an apostrophe, perhaps.
        unclosed[kind] = rest.len().saturating_sub(at);
        None
    }
}

/// The brackets of `text`.
#[must_use]
pub fn brackets(layout: Layout, text: &[u8]) -> Brackets {
    let mut scanner = Scanner::new(layout);
    scanner.scan(text);
    scanner.brackets
}

/// The bytes of spaces and tabs that `line` begins with.
#[must_use]
pub fn indentation(line: &[u8]) -> usize {
    line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Whether there is nothing but white space in `line`.
#[must_use]
pub fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_layout_and_else_the_lines_do() {
        for (path, text, expected) in [
            (Some("a.py"), "{;\n", Layout::Indented),
            (Some("a.RS"), "x:\n", Layout::Braces),
            (Some("a"), "int f() {\n  return 1;\n}\n", Layout::Braces),
            (None, "def f():\n    d = {\n", Layout::Indented),
            (None, "", Layout::Indented),
        ] {
            assert_eq!(Layout::of(path.map(Path::new), text), expected, "{path:?}");
        }
    }

    #[test]
    fn brackets_are_counted_outside_of_strings_and_comments() {
        let count = |layout, text: &str| {
            let found = brackets(layout, text.as_bytes());
            (found.open, found.closed)
        };
        for (text, open, closed) in [
            ("f(a[1])", [0, 0, 0], [0, 0, 0]),
            ("f(a[", [1, 1, 0], [0, 0, 0]),
            (")]}", [0, 0, 0], [1, 1, 1]),
            (")(", [1, 0, 0], [1, 0, 0]),
            ("f(\")\", '(')", [0, 0, 0], [0, 0, 0]),
            ("f('\\')', x", [1, 0, 0], [0, 0, 0]),
            ("don't (", [1, 0, 0], [0, 0, 0]),
            ("(a // b) # )\n[", [0, 1, 0], [0, 0, 0]),
            ("\"\"\"(\n[\n\"\"\"(", [1, 0, 0], [0, 0, 0]),
        ] {
            assert_eq!(count(Layout::Indented, text), (open, closed), "{text:?}");
        }
        for (text, open, closed) in [
            ("f() { // }\n", [0, 0, 1], [0, 0, 0]),
            ("/* { \n { */ }", [0, 0, 0], [0, 0, 1]),
            ("fn f<'a>(x: &'a str) {", [0, 0, 1], [0, 0, 0]),
            ("case '{': \"}\"", [0, 0, 0], [0, 0, 0]),
        ] {
            assert_eq!(count(Layout::Braces, text), (open, closed), "{text:?}");
        }
    }

    #[test]
    fn long_lines_take_no_longer() {
        let start = std::time::Instant::now();
        for text in ["a", "\\'", "\\\"'", "a'b\\\"", "(\"", "`\\`"] {
            for layout in [Layout::Indented, Layout::Braces] {
                let _ = brackets(layout, text.repeat(200_000).as_bytes());
            }
        }
        // One look at a line for each of its bytes would be minutes.
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
        let count = |text: &str| brackets(Layout::Indented, text.as_bytes()).open;
        // What does not end in one line may end in the next.
        assert_eq!(count("don't (\n'(' ["), [1, 1, 0]);
        assert_eq!(count("'\\'(\\'(\n'('("), [3, 0, 0]);
    }

    #[test]
    fn lines_may_come_one_by_one() {
        let text = "f(\n'''(\n[''' {\n# (\n)\n";
        let mut scanner = Scanner::new(Layout::Indented);
        for line in text.split_inclusive('\n') {
            scanner.scan(line.as_bytes());
        }
        assert_eq!(scanner.brackets, brackets(Layout::Indented, text.as_bytes()));
        assert_eq!(scanner.brackets.depth(), 1);
    }
}
