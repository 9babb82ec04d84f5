//! Languages by file extension: which files belong together, and how their comments look.

use std::path::Path;

use crate::text::dialect::{self, Dialect};

/// A language, or a family of languages whose files import each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// C, C++, Objective-C and CUDA.
    C,
    /// Go.
    Go,
    /// Java, Kotlin and Scala.
    Java,
    /// JavaScript and TypeScript.
    JavaScript,
    /// Python.
    Python,
    /// Rust.
    Rust,
    /// A language without import resolution, by its name.
    Other(&'static str),
}

/// The languages whose imports are understood, in the order in which a text without a name tries them.
pub const UNDERSTOOD: [Language; 6] =
    [Language::Python, Language::Rust, Language::Go, Language::JavaScript, Language::Java, Language::C];

/// Extensions, the language, and the marks that begin and end a comment.
type Row = (&'static [&'static str], Language, &'static str, &'static str);

const TABLE: &[Row] = &[
    (&["c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "inl", "ipp", "cu", "cuh", "m", "mm"], Language::C, "//", ""),
    (&["go"], Language::Go, "//", ""),
    (&["java", "kt", "kts", "scala"], Language::Java, "//", ""),
    (&["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"], Language::JavaScript, "//", ""),
    (&["vue", "svelte"], Language::JavaScript, "<!--", "-->"),
    (&["py", "pyi", "pyx"], Language::Python, "#", ""),
    (&["rs"], Language::Rust, "//", ""),
    (&["rb"], Language::Other("ruby"), "#", ""),
    (&["php"], Language::Other("php"), "//", ""),
    (&["cs"], Language::Other("c#"), "//", ""),
    (&["swift"], Language::Other("swift"), "//", ""),
    (&["dart"], Language::Other("dart"), "//", ""),
    (&["zig"], Language::Other("zig"), "//", ""),
    (&["sh", "bash", "zsh"], Language::Other("shell"), "#", ""),
    (&["pl", "pm"], Language::Other("perl"), "#", ""),
    (&["r", "R"], Language::Other("r"), "#", ""),
    (&["jl"], Language::Other("julia"), "#", ""),
    (&["ex", "exs"], Language::Other("elixir"), "#", ""),
    (&["lua"], Language::Other("lua"), "--", ""),
    (&["sql"], Language::Other("sql"), "--", ""),
    (&["hs"], Language::Other("haskell"), "--", ""),
    (&["elm"], Language::Other("elm"), "--", ""),
    (&["erl", "hrl"], Language::Other("erlang"), "%", ""),
    (&["tex", "sty"], Language::Other("tex"), "%", ""),
    (&["clj", "cljs"], Language::Other("clojure"), ";;", ""),
    (&["lisp", "el", "scm"], Language::Other("lisp"), ";;", ""),
    (&["ml", "mli"], Language::Other("ocaml"), "(*", "*)"),
    (&["css", "scss"], Language::Other("css"), "/*", "*/"),
    (&["html", "xml"], Language::Other("html"), "<!--", "-->"),
];

fn row(path: &str) -> Option<&'static Row> {
    let end = Path::new(path).extension()?.to_str()?;
    TABLE.iter().find(|(ends, ..)| ends.contains(&end))
}

/// The language of a file, by its name.
#[must_use]
pub fn of(path: &str) -> Option<Language> {
    row(path).map(|(_, language, ..)| *language)
}

/// The name of a text without one.
#[must_use]
pub fn nameless(language: Option<Language>) -> String {
    match TABLE.iter().find(|(_, of, ..)| Some(*of) == language) {
        Some((ends, ..)) => format!("stdin.{}", ends[0]),
        None => "stdin".to_owned(),
    }
}

/// The line that heads a file: its path as a comment. If the language is unknown, the comment begins with `#`.
#[must_use]
pub fn heading(path: &str) -> String {
    // A name may hold a line end, which would end the comment.
    let shown: String = path.chars().map(|character| if character.is_control() { '?' } else { character }).collect();
    let known = row(path).map(|(_, _, open, close)| (*open, *close));
    let marks = || dialect::of_path(Path::new(path)).and_then(Dialect::comment);
    let (open, close) = known.or_else(marks).unwrap_or(("#", ""));
    format!("{open}{shown}{close}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_comments() {
        for (path, expected) in [
            ("utils.py", "#utils.py\n"),
            ("src/a.rs", "//src/a.rs\n"),
            ("a/b.hpp", "//a/b.hpp\n"),
            ("x.ml", "(*x.ml*)\n"),
            ("style.css", "/*style.css*/\n"),
            ("page.vue", "<!--page.vue-->\n"),
            ("q.sql", "--q.sql\n"),
            ("Makefile", "#Makefile\n"),
            ("a.f90", "!a.f90\n"),
            ("a.ps1", "#a.ps1\n"),
            ("a.svelte", "<!--a.svelte-->\n"),
            ("a.proto", "//a.proto\n"),
            (".py", "#.py\n"),
            ("a\nb.py", "#a?b.py\n"),
        ] {
            assert_eq!(heading(path), expected, "{path}");
        }
    }

    #[test]
    fn families() {
        for (path, expected) in [
            ("a.h", Some(Language::C)),
            ("a.tsx", Some(Language::JavaScript)),
            ("a.kt", Some(Language::Java)),
            ("a.rb", Some(Language::Other("ruby"))),
            ("a.txt", None),
            ("a", None),
            ("", None),
        ] {
            assert_eq!(of(path), expected, "{path}");
        }
        assert_eq!(nameless(Some(Language::Python)), "stdin.py");
        assert_eq!(nameless(None), "stdin");
    }
}
