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
        b'}' =