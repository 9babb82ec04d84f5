//! JavaScript and TypeScript: `import … from './x'`, `export … from`, `import('./x')`, `require('./x')`.
//!
//! Paths that begin with `.` are relative to the file; `@/x` and `~/x` to `src/` of the package, then to the package.
//! Other names are packages and not in the tree.

use crate::repository::tree::{MAX_IMPORTS, Tree, join, parent, under, upwards, with_end};
use crate::text::language::{self, Language};

const ENDS: &[&str] = &[
    ".ts",
    ".tsx",
    ".mts",
    ".cts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".vue",
    ".svelte",
    ".d.ts",
    "/index.ts",
    "/index.tsx",
    "/index.js",
    "/index.jsx",
    "/index.mjs",
];

pub fn files(text: &str, path: &str, tree: &dyn Tree) -> Vec<String> {
    scan(text).iter().filter_map(|specifier| resolve(specifier, path, tree)).collect()
}

fn scan(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        let mut here = Vec::new();
        for keyword in ["from", "import", "require"] {
            for (at, _) in line.match_indices(keyword) {
                let in_word = line[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric());
                if let Some(specifier) = quoted(&line[at + keyword.len()..]).filter(|_| !in_word) {
                    here.push((at, specifier));
                }
            }
            if here.len() > MAX_IMPORTS {
                break;
            }
        }
        here.sort_unstable();
        found.extend(here.into_iter().map(|(_, specifier)| specifier));
        if found.len() > MAX_IMPORTS {
            found.truncate(MAX_IMPORTS);
            break;
        }
    }
    found
}

/// The string at the beginning of `text`, perhaps behind a parenthesis.
fn quoted(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let text = text.strip_prefix('(').unwrap_or(text).trim_start();
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"' | '`'))?;
    // No path is longer, and a line may be very long.
    let rest = text[1..].char_indices().take(1000);
    let end = rest.filter(|(_, character)| *character == quote).map(|(at, _)| at).next()?;
    Some(&text[1..=end])
}

fn resolve(specifier: &str, path: &str, tree: &dyn Tree) -> Option<String> {
    if specifier.starts_with('.') {
        return find(&join(parent(path), specifier)?, tree);
    }
    let inner = specifier.strip_prefix("@/").or_else(|| specifier.strip_prefix("~/"))?;
    let package = upwards(parent(path)).find(|directory| tree.is_file(&under(directory, "package.json"))).unwrap_or("");
    let bases = [under(package, "src"), package.to_owned()];
    bases.iter().find_map(|base| find(&join(base, inner)?, tree))
}

fn find(base: &str, tree: &dyn Tree) -> Option<String> {
    let is_exact = language::of(base) == Some(Language::JavaScript) && tree.is_file(base);
    if is_exact {
        return Some(base.to_owned());
    }
    if let Some(file) = with_end(tree, base, ENDS) {
        return Some(file);
    }
    // TypeScript names the file that it will become.
    let (stem, end) = base.rsplit_once('.')?;
    match end {
        "js" => with_end(tree, stem, &[".ts", ".tsx"]),
        "jsx" => with_end(tree, stem, &[".tsx"]),
        "mjs" => with_end(tree, stem, &[".mts"]),
        "cjs" => with_end(tree, stem, &[".cts"]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::tree::tests::Fake;

    #[test]
    fn table() {
        let tree = Fake::of(&[
            "web/package.json",
            "web/src/a.ts",
            "web/src/b.js",
            "web/src/c/index.tsx",
            "web/src/app.vue",
            "web/src/data.json",
            "web/other.js",
            "d.mts",
        ]);
        for (text, expected) in [
            ("import { x } from './a';", &["web/src/a.ts"][..]),
            ("import {\n  x,\n} from \"./a\"", &["web/src/a.ts"]),
            ("import './b'; const c = require('./c')", &["web/src/b.js", "web/src/c/index.tsx"]),
            ("export * from './a.js'", &["web/src/a.ts"]),
            ("const a = await import(`./a`)", &["web/src/a.ts"]),
            ("import App from './app.vue'", &["web/src/app.vue"]),
            ("import x from '@/a'; import y from '~/other'", &["web/src/a.ts", "web/other.js"]),
            ("import x from '../other'", &["web/other.js"]),
            ("import x from '../../d.mjs'", &["d.mts"]),
            ("import data from './data.json'", &[]),
            ("import React from 'react'; import x from '../../../etc/passwd'; x from '/d.mts'", &[]),
            ("// import x from './a'\ntransform './a'", &[]),
            ("import x from './main'", &[]),
            ("require('", &[]),
        ] {
            let found = crate::repository::imports::of(Language::JavaScript, text, "web/src/main.ts", &tree);
            assert_eq!(found, expected, "{text}");
        }
    }
}
