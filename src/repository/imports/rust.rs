//! Rust: `mod x;`, `#[path = "x.rs"] mod y;`, `use crate::a::b`, `use super::x`, `use own_crate::x`, `use neighbour_crate::x`.
//!
//! The crate is the nearest directory with `Cargo.toml`, its root is `src/`. The longest beginning of a path that leads
//! to a file counts. Another crate is found if it is in a sibling directory (`crates/a` and `crates/b`).

use crate::repository::tree::{
    MAX_IMPORTS, MAX_LINES, Tree, is_word, join, name, parent, stem, under, upwards, with_end,
};

/// Maximum nesting of braces in `use`.
const MAX_DEPTH: usize = 16;

pub fn files(text: &str, path: &str, tree: &dyn Tree) -> Vec<String> {
    let place = Place::of(path, tree);
    let mut found = Vec::new();
    let mut imports = 0;
    let mut lines = text.lines();
    // What `#[path]` says of the next module.
    let mut named = None;
    while let Some(line) = lines.next() {
        if imports >= MAX_IMPORTS {
            break;
        }
        let mut line = before_comment(line).trim();
        while let Some((attribute, behind)) = line.strip_prefix("#[").and_then(|rest| rest.split_once(']')) {
            named = path_of(attribute).or(named);
            line = behind.trim_start();
        }
        let line = without_visibility(line);
        if line.is_empty() {
            continue;
        }
        if let (Some(file), true) = (named.take(), line.starts_with("mod ")) {
            imports += 1;
            // In a file, the path is relative to its directory.
            found.extend(join(parent(path), file).filter(|file| tree.is_file(file)));
        } else if let Some(module) = line.strip_prefix("mod ").and_then(|rest| rest.trim().strip_suffix(';')) {
            imports += 1;
            found.extend(of_module(tree, &place.children, module.trim()));
        } else if let Some(first) = line.strip_prefix("use ") {
            let mut statement = first.to_owned();
            for _ in 0..MAX_LINES {
                if statement.contains(';') {
                    break;
                }
                let Some(next) = lines.next() else { break };
                statement += before_comment(next);
            }
            let statement = statement.split(';').next().unwrap_or_default();
            for path in expand(statement) {
                imports += 1;
                found.extend(place.resolve(&path, tree));
            }
        }
    }
    found
}

/// The path in `path = "x.rs"`, also within `cfg_attr`.
fn path_of(attribute: &str) -> Option<&str> {
    let value = &attribute[attribute.find("path")? + "path".len()..];
    value.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?.split('"').next()
}

fn before_comment(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

fn without_visibility(line: &str) -> &str {
    let Some(rest) = line.strip_prefix("pub") else { return line };
    match rest.strip_prefix('(') {
        Some(inner) => inner.split_once(')').map_or(line, |(_, rest)| rest.trim_start()),
        None if rest.starts_with(' ') => rest.trim_start(),
        None => line,
    }
}

/// The paths of a `use` with braces, such as `a::{b, c::d}`.
fn expand(statement: &str) -> Vec<Vec<&str>> {
    let mut paths = Vec::new();
    // The path so far, and how long it was where each brace opened.
    let mut path: Vec<&str> = Vec::new();
    let mut opened: Vec<usize> = Vec::new();
    let mut rest = statement;
    while paths.len() < MAX_IMPORTS {
        let end = rest.find(['{', '}', ',']).unwrap_or(rest.len());
        let word = rest[..end].split(" as ").next().unwrap_or_default();
        let base = opened.last().copied().unwrap_or(0);
        let parts = word.split("::").map(str::trim).filter(|part| !part.is_empty()).take(32);
        path.extend(parts);
        let symbol = rest[end..].chars().next();
        match symbol {
            Some('{') if opened.len() < MAX_DEPTH => opened.push(path.len()),
            Some('{') => return paths,
            _ => {
                if path.len() > base {
                    paths.push(path.clone());
                }
                if symbol == Some('}') {
                    opened.pop();
                }
                path.truncate(opened.last().copied().unwrap_or(0));
                if symbol == Some('}') && opened.is_empty() {
                    return paths;
                }
            }
        }
        if symbol.is_none() {
            return paths;
        }
        rest = &rest[end + 1..];
    }
    paths
}

/// The place of a file in its crate.
struct Place<'a> {
    /// The directory that holds the files of its child modules.
    children: String,
    /// The directory of the crate, with `Cargo.toml`.
    package: Option<&'a str>,
    /// The crate's name as code spells it.
    name: Option<String>,
    /// The directory of the crate's root module.
    root: String,
}

impl<'a> Place<'a> {
    fn of(path: &'a str, tree: &dyn Tree) -> Place<'a> {
        let directory = parent(path);
        let package = upwards(directory).find(|directory| tree.is_file(&under(directory, "Cargo.toml")));
        let root = match package.map(|package| under(package, "src")) {
            Some(root) if tree.is_dir(&root) => root,
            _ => upwards(directory)
                .find(|directory| ["lib.rs", "main.rs"].iter().any(|name| tree.is_file(&under(directory, name))))
                .unwrap_or(directory)
                .to_owned(),
        };
        let is_root = matches!(name(path), "lib.rs" | "main.rs" | "mod.rs" | "build.rs")
            || package.is_some_and(|package| {
                ["src/bin", "tests", "examples", "benches"].iter().any(|of| under(package, of) == directory)
            });
        let children = if is_root { directory.to_owned() } else { under(directory, stem(path)) };
        let name = package.and_then(|package| {
            let manifest = tree.small_text(&under(package, "Cargo.toml"))?;
            let name = manifest.lines().find_map(|line| line.trim().strip_prefix("name")?.trim().strip_prefix('='))?;
            Some(name.trim().trim_matches(['"', '\'']).replace('-', "_"))
        });
        Place { children, package, name, root }
    }

    fn resolve(&self, path: &[&str], tree: &dyn Tree) -> Option<String> {
        let first = *path.first()?;
        match first {
            "crate" => longest(tree, &self.root, &path[1..]),
            "self" => longest(tree, &self.children, &path[1..]),
            "super" => {
                let levels = path.iter().take_while(|part| **part == "super").count();
                let above = upwards(&self.children).nth(levels)?;
                longest(tree, above, &path[levels..]).or_else(|| with_end(tree, above, &[".rs", "/mod.rs"]))
            }
            _ if self.name.as_deref() == Some(first) => {
                longest(tree, &self.root, &path[1..]).or_else(|| with_end(tree, &under(&self.root, "lib"), &[".rs"]))
            }
            _ => longest(tree, &self.children, path).or_else(|| {
                let beside = parent(self.package.filter(|package| !package.is_empty())?);
                let mut names = [first.to_owned(), first.replace('_', "-")].into_iter().filter(|_| is_word(first));
                let root = names.find_map(|name| {
                    let package = under(beside, &name);
                    tree.is_file(&under(&package, "Cargo.toml")).then(|| under(&package, "src"))
                })?;
                longest(tree, &root, &path[1..]).or_else(|| with_end(tree, &under(&root, "lib"), &[".rs"]))
            }),
        }
    }
}

/// The file of the longest beginning of `path`, seen from `directory`.
fn longest(tree: &dyn Tree, directory: &str, path: &[&str]) -> Option<String> {
    let parts = path.iter().map(|part| part.strip_prefix("r#").unwrap_or(part)).take_while(|part| is_word(part));
    let mut found = None;
    let mut directory = directory.to_owned();
    for part in parts.take(32) {
        let here = of_module(tree, &directory, part);
        directory = under(&directory, part);
        match here {
            Some(file) => found = Some(file),
            None => break,
        }
    }
    found
}

fn of_module(tree: &dyn Tree, directory: &str, module: &str) -> Option<String> {
    let module = module.strip_prefix("r#").unwrap_or(module);
    is_word(module).then(|| with_end(tree, &under(directory, module), &[".rs", "/mod.rs"])).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::tree::tests::Fake;
    use crate::text::language::Language;

    #[test]
    fn braces_are_expanded() {
        for (statement, expected) in [
            ("a::b", &["a::b"][..]),
            ("a::{b, c::{d, e as f}, g}", &["a::b", "a::c::d", "a::c::e", "a::g"]),
            ("{a, b::c}", &["a", "b::c"]),
            ("a::{self, b}", &["a::self", "a::b"]),
            ("::a::b", &["a::b"]),
            ("a::*", &["a::*"]),
            ("}", &[]),
            ("", &[]),
            ("a::{b", &["a::b"]),
        ] {
            let paths: Vec<String> = expand(statement).iter().map(|path| path.join("::")).collect();
            assert_eq!(paths, expected, "{statement}");
        }
    }

    #[test]
    fn table() {
        let tree = Fake::of(&[
            "crates/app/src/main.rs",
            "crates/app/src/lib.rs",
            "crates/app/src/a.rs",
            "crates/app/src/b/mod.rs",
            "crates/app/src/b/c.rs",
            "crates/app/src/b/d.rs",
            "crates/app/tests/it/x.rs",
            "crates/my-util/Cargo.toml",
            "crates/my-util/src/lib.rs",
            "crates/my-util/src/text.rs",
        ])
        .with("crates/app/Cargo.toml", "[package]\nname = \"the-app\"\n");
        for (path, text, expected) in [
            ("src/main.rs", "mod a;\npub mod b;\npub(crate) mod q;\nmod inline {\n", &["src/a.rs", "src/b/mod.rs"][..]),
            ("src/main.rs", "use crate::a::Thing;", &["src/a.rs"]),
            (
                "src/main.rs",
                "use crate::{\n    a::X, // one\n    b::{c::Y, d},\n};",
                &["src/a.rs", "src/b/c.rs", "src/b/d.rs"],
            ),
            ("src/main.rs", "use crate::b::Name;\nuse std::fmt;", &["src/b/mod.rs"]),
            ("src/main.rs", "use the_app::a;", &["src/a.rs"]),
            ("src/main.rs", "use the_app::Thing;", &["src/lib.rs"]),
            ("src/b/mod.rs", "mod c;\nuse self::d::X;\nuse super::a::Y;", &["src/b/c.rs", "src/b/d.rs", "src/a.rs"]),
            (
                "src/b/c.rs",
                "use super::d;\nuse super::Thing;\nuse super::super::a;",
                &["src/b/d.rs", "src/b/mod.rs", "src/a.rs"],
            ),
            ("src/b.rs", "mod c;", &["src/b/c.rs"]),
            ("src/main.rs", "#[cfg(test)] mod a;\n#[macro_use]\npub mod b;", &["src/a.rs", "src/b/mod.rs"]),
            ("src/main.rs", "#[path = \"b/d.rs\"]\n// Why.\nmod e;\nmod a;", &["src/b/d.rs", "src/a.rs"]),
            ("src/a.rs", "#[cfg_attr(unix, path = \"b/c.rs\")] mod e;", &["src/b/c.rs"]),
            ("src/main.rs", "#[path = \"/etc/passwd\"] mod e;\n#[path = \"../../../../x\"] mod f;", &[]),
            (
                "src/a.rs",
                "use my_util::text::f;\nuse my_util::g;",
                &["../my-util/src/text.rs", "../my-util/src/lib.rs"],
            ),
            ("src/a.rs", "use super::super::super::super::super::super::x;\nuse super;\nmod ../x;\nmod a.b;", &[]),
        ] {
            let path = format!("crates/app/{path}");
            let expected: Vec<String> =
                expected.iter().filter_map(|file| crate::repository::tree::join("crates/app", file)).collect();
            assert_eq!(crate::repository::imports::of(Language::Rust, text, &path, &tree), expected, "{path}: {text}");
        }
    }
}
