//! Which files of a tree a text imports.
//!
//! Each language has a small scanner of lines, which knows neither strings nor comments that span lines, and a resolver
//! that looks paths up. A line that only looks like an import does no harm: it counts only if it leads to a file.

mod c;
mod go;
mod java;
mod javascript;
mod python;
mod rust;

use crate::repository::tree::Tree;
use crate::text::language::Language;

/// The files that `text`, the (possible) content of `path`, imports: in the order of the imports, each once, without
/// the file itself.
pub fn of(language: Language, text: &str, path: &str, tree: &dyn Tree) -> Vec<String> {
    let found = match language {
        Language::C => c::files(text, path, tree),
        Language::Go => go::files(text, path, tree),
        Language::Java => java::files(text, path, tree),
        Language::JavaScript => javascript::files(text, path, tree),
        Language::Python => python::files(text, path, tree),
        Language::Rust => rust::files(text, path, tree),
        Language::Other(_) => Vec::new(),
    };
    let mut seen = std::collections::HashSet::new();
    found.into_iter().filter(|file| file != path && seen.insert(file.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::tree::tests::Fake;
    use crate::text::language::UNDERSTOOD;

    #[test]
    fn no_text_makes_a_scanner_fail() {
        let tree = Fake::of(&["a.py", "a.rs", "a.ts", "a.h", "a.java"]);
        let pieces = [
            "import ",
            "from ",
            "use ",
            "mod ",
            "#include ",
            "require(",
            "(",
            ")",
            "{",
            "}",
            "\"",
            "'",
            "`",
            "<",
            ">",
            ";",
            ",",
            "\n",
            "\\\n",
            "::",
            ".",
            "..",
            "/",
            "*",
            " as ",
            "a",
            "é",
            "crate",
            "super",
            "package ",
            "//",
            " ",
        ];
        // A simple generator of numbers: the same ones each time.
        let mut state = 1_u32;
        for _ in 0..3000 {
            let mut text = String::new();
            for _ in 0..40 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text += pieces[(state >> 16) as usize % pieces.len()];
            }
            for language in UNDERSTOOD {
                of(language, &text, "d/x", &tree);
            }
        }
    }

    #[test]
    fn large_texts_take_no_time() {
        let tree = Fake::of(&["a.py"]);
        let start = std::time::Instant::now();
        for text in [
            "import a, b\n".repeat(100_000),
            "from a import (".to_owned() + &"b, ".repeat(300_000),
            "use a::{".repeat(200_000),
            "use ".to_owned() + &"{a,".repeat(200_000) + ";",
            "import '".repeat(200_000),
            "require(\n".repeat(200_000),
            "import (\n".repeat(200_000),
            "#include \"".repeat(200_000),
            "from a import \\\n".repeat(200_000),
        ] {
            for language in UNDERSTOOD {
                of(language, &text, "x", &tree);
            }
        }
        assert!(start.elapsed().as_secs() < 20, "it took {:?}", start.elapsed());
    }
}
