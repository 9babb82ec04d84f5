//! Python: `import a.b`, `from a import b, c`, `from ..a import b`.
//!
//! Absolute modules are searched from the file's directory upwards, then in `src/` and `lib/` of the tree; the nearest
//! counts. A name imported from a package means its submodule if there is one, otherwise the package.

use crate::repository::tree::{MAX_IMPORTS, MAX_LINES, Tree, is_word, parent, under, upwards, with_end};

#[derive(Debug, PartialEq, Eq)]
struct Import<'a> {
    /// The dots before the module.
    level: usize,
    module: &'a str,
    names: Vec<&'a str>,
}

pub fn files(text: &str, path: &str, tree: &dyn Tree) -> Vec<String> {
    scan(text).iter().flat_map(|import| resolve(import, path, tree)).collect()
}

fn scan(text: &str) -> Vec<Import<'_>> {
    let mut imports = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        for statement in line.split(';').map(|statement| before_comment(statement).trim()) {
            if imports.len() >= MAX_IMPORTS {
                return imports;
            }
            if let Some(modules) = statement.strip_prefix("import ") {
                let modules = modules.split(',').take(MAX_IMPORTS).filter_map(first_word);
                imports.extend(modules.map(|module| Import { level: 0, module, names: Vec::new() }));
            } else if let Some((module, first)) =
                statement.strip_prefix("from ").and_then(|statement| statement.split_once(" import"))
            {
                let module = module.trim();
                let dots = module.len() - module.trim_start_matches('.').len();
                let names = names(first, &mut lines);
                imports.push(Import { level: dots, module: module[dots..].trim(), names });
            }
        }
    }
    imports
}

/// The imported names, which continue on the next lines within parentheses or after a backslash.
fn names<'a>(first: &'a str, lines: &mut std::str::Lines<'a>) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut line = first;
    let in_parentheses = first.trim_start().starts_with('(');
    for _ in 0..MAX_LINES {
        let part = line.trim().trim_start_matches('(').trim_end_matches(['\\', ')']);
        names.extend(part.split(',').filter_map(first_word).take(MAX_IMPORTS - names.len().min(MAX_IMPORTS)));
        let goes_on = if in_parentheses { !line.contains(')') } else { line.trim_end().ends_with('\\') };
        if !goes_on {
            break;
        }
        let Some(next) = lines.next() else { break };
        line = before_comment(next);
    }
    names
}

fn before_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or_default()
}

fn first_word(text: &str) -> Option<&str> {
    text.split_whitespace().next()
}

fn resolve(import: &Import<'_>, path: &str, tree: &dyn Tree) -> Vec<String> {
    let mut module = String::new();
    for part in import.module.split('.').filter(|part| !part.is_empty()) {
        if !is_word(part) {
            return Vec::new();
        }
        module = under(&module, part);
    }
    if import.level > 0 {
        let base = upwards(parent(path)).nth(import.level - 1);
        return base.map(|base| of_module(&joined(base, &module), &import.names, tree)).unwrap_or_default();
    }
    if module.is_empty() {
        return Vec::new();
    }
    let bases = upwards(parent(path)).chain(["src", "lib"]);
    let mut found = bases.map(|base| of_module(&joined(base, &module), &import.names, tree));
    found.find(|files| !files.is_empty()).unwrap_or_default()
}

fn joined(base: &str, module: &str) -> String {
    if module.is_empty() { base.to_owned() } else { under(base, module) }
}

/// The files that `names` of a module come from.
fn of_module(module: &str, names: &[&str], tree: &dyn Tree) -> Vec<String> {
    if !module.is_empty()
        && let Some(file) = with_end(tree, module, &[".py", ".pyx", ".pyi"])
    {
        return vec![file];
    }
    if !tree.is_dir(module) {
        return Vec::new();
    }
    let ends = [".py", "/__init__.py", ".pyx", ".pyi"];
    let submodules: Vec<_> =
        names.iter().map(|name| with_end(tree, &under(module, name), &ends).filter(|_| is_word(name))).collect();
    let mut files = Vec::new();
    if submodules.is_empty() || submodules.contains(&None) {
        files.extend(with_end(tree, &under(module, "__init__"), &[".py"]));
    }
    files.extend(submodules.into_iter().flatten());
    files
}

#[cfg(test)]
mod tests {
    use crate::repository::tree::tests::Fake;

    #[test]
    fn table() {
        let tree = Fake::of(&[
            "utils.py",
            "pkg/__init__.py",
            "pkg/a.py",
            "pkg/b.py",
            "pkg/sub/__init__.py",
            "pkg/sub/c.py",
            "pkg/sub/utils.py",
            "src/lib.py",
            "space/d.py",
        ]);
        for (path, text, expected) in [
            ("main.py", "import utils", &["utils.py"][..]),
            ("main.py", "import os, utils as u, pkg.a # x", &["utils.py", "pkg/a.py"]),
            ("main.py", "from pkg import a, b", &["pkg/a.py", "pkg/b.py"]),
            ("main.py", "from pkg import a, Name", &["pkg/__init__.py", "pkg/a.py"]),
            ("main.py", "from pkg import *", &["pkg/__init__.py"]),
            ("main.py", "from pkg.a import (\n    x,\n    y,\n)\nimport utils", &["pkg/a.py", "utils.py"]),
            ("main.py", "from pkg import (a, # one\n  b as c)", &["pkg/a.py", "pkg/b.py"]),
            ("main.py", "from pkg import a, \\\n    b", &["pkg/a.py", "pkg/b.py"]),
            ("main.py", "  import utils; import pkg", &["utils.py", "pkg/__init__.py"]),
            ("main.py", "import lib", &["src/lib.py"]),
            ("main.py", "from space import d", &["space/d.py"]),
            ("pkg/sub/c.py", "import utils", &["pkg/sub/utils.py"]),
            ("pkg/sub/c.py", "from . import utils", &["pkg/sub/utils.py"]),
            ("pkg/sub/c.py", "from .. import b", &["pkg/b.py"]),
            ("pkg/sub/c.py", "from ..a import x", &["pkg/a.py"]),
            ("pkg/sub/c.py", "from .... import x", &[]),
            ("pkg/sub/c.py", "from pkg.sub import c", &[]),
            (
                "main.py",
                "import pkg/a\nimport ../utils\nfrom pkg import ../utils\nimports utils\n",
                &["pkg/__init__.py"],
            ),
            ("main.py", "import os\nfrom sys import path\n", &[]),
        ] {
            let found = crate::repository::imports::of(crate::text::language::Language::Python, text, path, &tree);
            assert_eq!(found, expected, "{path}: {text}");
        }
    }
}
