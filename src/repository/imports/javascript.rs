//! JavaScript and TypeScript: `import … from './x'`, `export … from`, `import('./x')`, `require('./x')`.
//!
//! Paths that begin with `.` are relative to the file; `@/x` and `~/x` to `src/` of the package, then to the package.
//! `paths` and `baseUrl` of the nearest `tsconfig.json` or `jsconfig.json` come first. Other names are packages and not in
//! the tree.

use serde_json::Value;

use crate::repository::tree::{MAX_IMPORTS, Tree, join, parent, under, upwards, with_end};
use crate::text::dialect;
use crate::text::language::{self, Language};
use crate::text::structure::scan;

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
    let specifiers = scan(text);
    let has_names = specifiers.iter().any(|specifier| !specifier.starts_with('.'));
    let aliases = if has_names { Aliases::of(path, tree) } else { Aliases::default() };
    specifiers.iter().filter_map(|specifier| resolve(specifier, path, &aliases, tree)).collect()
}

/// What names mean by the configuration of TypeScript.
#[derive(Debug, Default)]
struct Aliases {
    /// Where names without a pattern are looked up.
    base: Option<String>,
    /// What is before and behind the `*` of a pattern, and the paths in its place, each with at most one `*`.
    patterns: Vec<(String, Option<String>, Vec<String>)>,
}

/// Configurations that extend each other.
const MAX_EXTENDS: usize = 4;

impl Aliases {
    fn of(path: &str, tree: &dyn Tree) -> Aliases {
        let nearest = upwards(parent(path)).find_map(|directory| {
            let names = ["tsconfig.json", "jsconfig.json"].map(|name| under(directory, name));
            names.into_iter().find(|file| tree.is_file(file))
        });
        let mut aliases = Aliases::default();
        let mut file = nearest;
        for _ in 0..MAX_EXTENDS {
            let Some(at) = file.take() else { break };
            let Some(config) = tree.small_text(&at).and_then(|text| json(&text)) else { break };
            aliases.add(parent(&at), &config);
            let extends = config.get("extends").and_then(Value::as_str).filter(|extends| extends.starts_with('.'));
            file = extends.and_then(|extends| join(parent(&at), extends)).and_then(|extended| {
                if tree.is_file(&extended) { Some(extended) } else { with_end(tree, &extended, &[".json"]) }
            });
        }
        aliases
    }

    /// Takes what is not known yet.
    fn add(&mut self, directory: &str, config: &Value) {
        let text = |key: &str| config.pointer(&format!("/compilerOptions/{key}")).and_then(Value::as_str);
        let base = text("baseUrl").and_then(|base| join(directory, base));
        let paths = config.pointer("/compilerOptions/paths").and_then(Value::as_object);
        if let Some(paths) = paths.filter(|_| self.patterns.is_empty()) {
            let root = base.as_deref().unwrap_or(directory);
            for (pattern, targets) in paths.iter().take(MAX_IMPORTS) {
                let (head, tail) = pattern.split_once('*').map_or((pattern.as_str(), None), |(a, b)| (a, Some(b)));
                let targets = targets.as_array().into_iter().flatten().filter_map(Value::as_str).take(16);
                let targets = targets.filter_map(|target| join(root, target)).collect();
                self.patterns.push((head.to_owned(), tail.map(str::to_owned), targets));
            }
        }
        self.base = self.base.take().or(base);
    }

    /// The paths that a name may mean.
    fn paths(&self, specifier: &str) -> Vec<String> {
        let matching = self.patterns.iter().filter_map(|(head, tail, targets)| {
            let star = match tail {
                None => (specifier == head).then_some("")?,
                Some(tail) => specifier.strip_prefix(head.as_str())?.strip_suffix(tail.as_str())?,
            };
            Some((
                head.len(),
                targets.iter().filter_map(|target| join("", &target.replacen('*', star, 1))).collect::<Vec<_>>(),
            ))
        });
        // The longest pattern counts.
        let found = matching.max_by_key(|(length, _)| *length).map(|(_, paths)| paths).unwrap_or_default();
        let base = self.base.as_ref().and_then(|base| join(base, specifier));
        found.into_iter().chain(base).collect()
    }
}

/// JSON with comments, and with commas too many.
fn json(text: &str) -> Option<Value> {
    let dialect = dialect::named("json")?;
    let mut plain = text.as_bytes().to_vec();
    for literal in scan::scan(dialect, text.as_bytes(), 0).literals {
        if plain[literal.start] == b'/' {
            plain[literal].fill(b' ');
        }
    }
    let mut last = None;
    let mut is_text = false;
    for at in 0..plain.len() {
        match plain[at] {
            b'"' if at == 0 || plain[at - 1] != b'\\' => (is_text, last) = (!is_text, None),
            _ if is_text => {}
            b',' => last = Some(at),
            b'}' | b']' => {
                if let Some(comma) = last.take() {
                    plain[comma] = b' ';
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => last = None,
        }
    }
    serde_json::from_slice(&plain).ok()
}

fn scan(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let begin = start;
        start += line.len();
        if line.trim_start().starts_with("//") {
            continue;
        }
        let mut here = Vec::new();
        for keyword in ["from", "import", "require"] {
            for (at, _) in line.match_indices(keyword) {
                let in_word = line[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric());
                if let Some(specifier) = quoted(&text[begin + at + keyword.len()..]).filter(|_| !in_word) {
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
    // The path may be in the next line.
    let spaces = text.bytes().take(200).take_while(|byte| byte.is_ascii_whitespace() || *byte == b'(').count();
    let text = &text[spaces..];
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"' | '`'))?;
    // No path is longer, and a line may be very long.
    let rest = text[1..].char_indices().take(1000);
    let end = rest.filter(|(_, character)| *character == quote).map(|(at, _)| at).next()?;
    Some(&text[1..=end])
}

fn resolve(specifier: &str, path: &str, aliases: &Aliases, tree: &dyn Tree) -> Option<String> {
    if specifier.starts_with('.') {
        return find(&join(parent(path), specifier)?, tree);
    }
    if let Some(file) = aliases.paths(specifier).iter().find_map(|path| find(path, tree)) {
        return Some(file);
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
            ("import {\n  x\n}\n  from\n  './a'", &["web/src/a.ts"]),
            ("const a = import(\n  './a'\n)", &["web/src/a.ts"]),
        ] {
            let found = crate::repository::imports::of(Language::JavaScript, text, "web/src/main.ts", &tree);
            assert_eq!(found, expected, "{text}");
        }
    }
    #[test]
    fn paths_of_the_configuration() {
        let config = "{\n  // Why.\n  \"extends\": \"./base\",\n  \"compilerOptions\": {\n    \"baseUrl\": \"./src\", /* , */\n    \
                      \"paths\": { \"#lib/*\": [\"nowhere/*\", \"lib/*\"], \"#lib/ui/*\": [\"ui/*\"], \"one\": [\"lib/a\"], },\n  },\n}\n";
        let tree = Fake::of(&["web/src/lib/a.ts", "web/src/ui/b.tsx", "web/src/c.ts", "web/src/lib/ui/b.ts"])
            .with("web/tsconfig.json", config)
            .with("web/base.json", "{\"compilerOptions\": {\"baseUrl\": \"../other\"}}");
        for (text, expected) in [
            ("import x from '#lib/a'", &["web/src/lib/a.ts"][..]),
            ("import x from '#lib/ui/b'", &["web/src/ui/b.tsx"]),
            ("import x from 'one'", &["web/src/lib/a.ts"]),
            ("import x from 'c'", &["web/src/c.ts"]),
            ("import x from 'react'; import y from '#lib/../../../etc/passwd'", &[]),
        ] {
            let found = crate::repository::imports::of(Language::JavaScript, text, "web/src/main.ts", &tree);
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(json("{\"a\": \"//,}\", }"), Some(serde_json::json!({"a": "//,}"})));
        assert_eq!(json("{\"a\""), None);
    }
}
