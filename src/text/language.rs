//! Languages by file extension: which files belong together, and the comment that heads a file.

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

/// Extensions and the language.
type Row = (&'static [&'static str], Language);

const TABLE: &[Row] = &[
    (&["c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "inl", "ipp", "cu", "cuh", "m", "mm"], Language::C),
    (&["go"], Language::Go),
    (&["java", "kt", "kts", "scala"], Language::Java),
    (&["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"], Language::JavaScript),
    (&["vue", "svelte"], Language::JavaScript),
    (&["py", "pyi", "pyx"], Language::Python),
    (&["rs"], Language::Rust),
    (&["rb"], Language::Other("ruby")),
    (&["php"], Language::Other("php")),
    (&["cs"], Language::Other("c#")),
    (&["swift"], Language::Other("swift")),
    (&["dart"], Language::Other("dart")),
    (&["zig"], Language::Other("zig")),
    (&["sh", "bash", "zsh"], Language::Other("shell")),
    (&["pl", "pm"], Language::Other("perl")),
    (&["r", "R"], Language::Other("r")),
    (&["jl"], Language::Other("julia")),
    (&["ex", "exs"], Language::Other("elixir")),
    (&["lua"], Language::Other("lua")),
    (&["sql"], Language::Other("sql")),
    (&["hs"], Language::Other("haskell")),
    (&["elm"], Language::Other("elm")),
    (&["erl", "hrl"], Language::Other("erlang")),
    (&["tex", "sty"], Language::Other("tex")),
    (&["clj", "cljs"], Language::Other("clojure")),
    (&["lisp", "el", "scm"], Language::Other("lisp")),
    (&["ml", "mli"], Language::Other("ocaml")),
    (&["css", "scss"], Language::Other("css")),
    (&["html", "xml"], Language::Other("html")),
];

fn row(path: &str) -> Option<&'static Row> {
    let end = Path::new(path).extension()?.to_str()?;
    TABLE.iter().find(|(ends, _)| ends.contains(&end))
}

/// The language of a file, by its name.
#[must_use]
pub fn of(path: &str) -> Option<Language> {
    row(path).map(|(_, language)| *language)
}

/// The name of a text without one.
#[must_use]
pub fn nameless(language: Option<Language>) -> String {
    match TABLE.iter().find(|(_, of)| Some(*of) == language) {
        Some((ends, _)) => format!("stdin.{}", ends[0]),
        None => "stdin".to_owned(),
    }
}

/// The line that heads a file: its path as a comment. If the language is unknown, the comment begins with `#`.
#[must_use]
pub fn heading(path: &str) -> String {
    // A name may hold a line end, which would end the comment.
    let shown: String = path.chars().map(|character| if character.is_control() { '?' } else { character }).collect();
    let (open, close) = dialect::of_path(Path::new(path)).and_then(Dialect::comment).unwrap_or(("#", ""));
    format!("{open}{shown}{close}\n")
}

/// Names of the same language, as code fences write them; the first one is the main one. Other than in
/// [`dialect::DIALECTS`], languages that only look alike have rows of their own.
const NAMES: &[&[&str]] = &[
    &["ada", "adb", "ads"],
    &["asm", "assembly", "assembler", "nasm", "gas", "s"],
    &["awk", "gawk"],
    &["bash", "sh", "shell", "zsh", "ksh", "dash", "ash", "shellscript", "shell-script"],
    &["batch", "bat", "cmd", "dosbatch"],
    &["c", "h"],
    &["c#", "csharp", "cs", "c-sharp"],
    &["c++", "cpp", "cc", "cxx", "hpp", "hh", "hxx", "cplusplus"],
    &["clojure", "clj", "cljs", "cljc"],
    &["cobol", "cob", "cbl"],
    &["coffeescript", "coffee", "coffee-script"],
    &["common-lisp", "commonlisp", "lisp", "cl"],
    &["console", "shell-session", "shellsession", "sh-session", "terminal"],
    &["crystal", "cr"],
    &["cuda", "cu"],
    &["diff", "patch", "udiff"],
    &["dockerfile", "docker", "containerfile"],
    &["elisp", "emacs-lisp", "emacs", "el"],
    &["elixir", "ex", "exs"],
    &["erlang", "erl"],
    &["f#", "fsharp", "fs"],
    &["fortran", "f77", "f90", "f95", "f03", "f08"],
    &["gdscript", "gd"],
    &["go", "golang"],
    &["graphql", "gql"],
    &["groovy", "gvy"],
    &["handlebars", "hbs"],
    &["haskell", "hs"],
    &["hcl", "terraform", "tf"],
    &["html", "htm"],
    &["ini", "cfg", "conf", "dosini"],
    &["javascript", "js", "jsx", "mjs", "cjs", "node", "nodejs", "ecmascript"],
    &["jinja", "jinja2", "j2"],
    &["jsonl", "ndjson", "json-lines"],
    &["julia", "jl"],
    &["kotlin", "kt", "kts"],
    &["makefile", "make", "mk", "gnumake", "mf"],
    &["markdown", "md"],
    &["objective-c", "objc", "objectivec", "obj-c"],
    &["objective-c++", "objcpp", "objectivec++", "obj-c++", "mm"],
    &["ocaml", "ml", "mli"],
    &["pascal", "delphi", "objectpascal", "pas"],
    &["perl", "pl", "pm"],
    &["powershell", "pwsh", "ps1", "ps", "posh"],
    &["prolog", "swipl"],
    &["protobuf", "proto", "protocol-buffers"],
    &["purescript", "purs"],
    &["python", "py", "py3", "python3", "python2", "pyi", "ipython"],
    &["r", "rscript"],
    &["racket", "rkt"],
    &["reason", "reasonml", "re"],
    &["rst", "restructuredtext", "rest"],
    &["ruby", "rb"],
    &["rust", "rs"],
    &["scala", "sc"],
    &["scheme", "scm"],
    &["solidity", "sol"],
    &["sql", "mysql", "postgresql", "postgres", "plpgsql", "sqlite", "plsql", "tsql"],
    &["systemverilog", "sv"],
    &["tex", "latex"],
    &["text", "txt", "plain", "plaintext"],
    &["typescript", "ts", "tsx", "mts", "cts"],
    &["vb", "vbnet", "vb.net", "visualbasic"],
    &["vhdl", "vhd"],
    &["vim", "viml", "vimscript"],
    &["yaml", "yml"],
];

/// The main name of the language that `name` means; `name` in lower case if there is no other.
#[must_use]
pub fn canonical(name: &str) -> String {
    let name = name.trim().trim_start_matches('.').to_lowercase();
    let main = |name: &str| NAMES.iter().find(|names| names.contains(&name)).map(|names| names[0]);
    // A version, as in python3.12 and c++20; the end of a file name.
    let bare = name.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    main(&name).or_else(|| main(bare)).or_else(|| main(end)).map_or(name.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_many_names() {
        for (names, main) in [
            (&["py", "Python", "python3", "python3.12", ".py", "main.py"][..], "python"),
            (&["js", "javascript", "jsx", "node"], "javascript"),
            (&["ts", "tsx", "typescript"], "typescript"),
            (&["sh", "bash", "shell", "zsh"], "bash"),
            (&["rs", "rust", "src.rs"], "rust"),
            (&["c++", "cpp", "C++20", "cpp17", "cc"], "c++"),
            (&["c#", "cs", "csharp"], "c#"),
            (&["c", "h"], "c"),
            (&["yml", "yaml"], "yaml"),
            (&["golang", "go"], "go"),
            (&["css"], "css"),
            (&["brainfuck"], "brainfuck"),
            (&[""], ""),
        ] {
            for name in names {
                assert_eq!(canonical(name), main, "{name}");
            }
        }
        let all: Vec<&str> = NAMES.concat();
        let distinct: std::collections::HashSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len(), "a name is in two rows");
    }

    #[test]
    fn headings_are_comments() {
        for (path, expected) in [
            ("utils.py", "#utils.py\n"),
            ("src/a.rs", "//src/a.rs\n"),
            ("a/b.hpp", "//a/b.hpp\n"),
            ("x.ml", "(*x.ml*)\n"),
            ("style.css", "/*style.css*/\n"),
            ("style.scss", "//style.scss\n"),
            ("a.el", ";;a.el\n"),
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
