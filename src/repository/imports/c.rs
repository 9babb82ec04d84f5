//! C and C++: `#include "x.h"` and `#include <x.h>`.
//!
//! A path in quotes is relative to the file's directory, then to each directory above and its `include/` and `src/`;
//! one in angle brackets to the `include/` directories and the top of the tree.

use crate::repository::tree::{MAX_IMPORTS, Tree, join, parent, under, upwards};

pub fn files(text: &str, path: &str, tree: &dyn Tree) -> Vec<String> {
    let directory = parent(path);
    let resolve = |(include, is_quoted): (&str, bool)| {
        let mut bases: Vec<String> = Vec::new();
        for above in upwards(directory) {
            if is_quoted || above.is_empty() {
                bases.push(above.to_owned());
            }
            bases.push(under(above, "include"));
            if is_quoted {
                bases.push(under(above, "src"));
            }
        }
        bases.iter().filter_map(|base| join(base, include)).find(|file| tree.is_file(file))
    };
    scan(text).take(MAX_IMPORTS).filter_map(resolve).collect()
}

/// The paths, and whether they are in quotes.
fn scan(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.lines().filter_map(|line| {
        let directive = line.trim_start().strip_prefix('#')?.trim_start();
        let rest = directive.strip_prefix("include").or_else(|| directive.strip_prefix("import"))?.trim_start();
        let (rest, close) = match rest.strip_prefix('"') {
            Some(rest) => (rest, '"'),
            None => (rest.strip_prefix('<')?, '>'),
        };
        rest.split_once(close).map(|(path, _)| (path, close == '"')).filter(|(path, _)| path.len() < 1000)
    })
}

#[cfg(test)]
mod tests {
    use crate::repository::tree::tests::Fake;
    use crate::text::language::Language;

    #[test]
    fn table() {
        let tree = Fake::of(&["include/x/a.h", "src/a.h", "src/b/b.h", "src/b/detail/c.hpp", "top.h", "src/stdio.h"]);
        for (text, expected) in [
            ("#include \"b.h\"\n", &["src/b/b.h"][..]),
            ("  #  include \"detail/c.hpp\" // why", &["src/b/detail/c.hpp"]),
            ("#include \"a.h\"", &["src/a.h"]),
            ("#include \"../a.h\"", &["src/a.h"]),
            ("#include \"x/a.h\"\n#include <x/a.h>", &["include/x/a.h"]),
            ("#include <top.h>", &["top.h"]),
            ("#import \"top.h\"", &["top.h"]),
            ("#include <stdio.h>\n#include \"../../../etc/passwd\"\n#include \"/etc/passwd\"", &[]),
            ("#include \"b.h\n#include A\n// #include \"b.h\"", &[]),
        ] {
            assert_eq!(crate::repository::imports::of(Language::C, text, "src/b/main.cpp", &tree), expected, "{text}");
        }
    }
}
