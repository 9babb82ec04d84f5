//! The files of a repository that matter to one of its files.
//!
//! In the order of importance:
//!
//! 1. the files that the user names;
//! 2. those that the current file imports ([`imports`]);
//! 3. those that these import;
//! 4. files of the same language in the same directory, those with a similar name first;
//! 5. files of the same language that changed recently ([`crate::git::recent`]).
//!
//! The tree is never walked: imports are paths to look up, and the only directories listed are those of the current
//! file and of imported packages. Gathering ends as soon as there is more text than can be shown; the rest is not read.
//! Files that [`disk`] excludes (ignored by git, hidden, secrets, generated, large) are never shown unless the user
//! names them.
//!
//! The same tree, file and bounds give the same files in the same order ([`mod@order`]: dependencies first).

pub mod disk;
pub mod imports;
pub mod order;
pub mod tree;

use std::collections::{HashMap, HashSet};

use disk::{Disk, imported};
use tree::{Tree, name, parent, stem};

use crate::git::recent;
use crate::repository::disk::Reason;
use crate::text::language::{self, Language};

/// Maximum number of files from the same directory.
const MAX_SIBLINGS: usize = 16;
/// Maximum number of recently changed files.
const MAX_RECENT: usize = 16;
/// Maximum number of files shown.
const MAX_FILES: usize = 64;

/// A file that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path in the tree.
    pub path: String,
    /// Its content.
    pub text: String,
    /// Whether the user named it.
    pub is_named: bool,
}

/// The file whose gap is filled.
#[derive(Debug, Clone, Copy)]
pub struct Current<'a> {
    /// Its path in the tree.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Its language.
    pub language: Option<Language>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The files, the most important first.
    pub files: Vec<File>,
    /// Files that were considered and are not shown.
    pub left_out: Vec<(String, Reason)>,
}

impl Gathered {
    fn bytes(&self) -> usize {
        self.files.iter().map(|file| file.text.len()).sum()
    }
}

/// The language of a text without a name: the first whose imports lead to files of the tree.
#[must_use]
pub fn guess(text: &str, directory: &str, tree: &dyn Tree) -> Option<Language> {
    language::UNDERSTOOD.into_iter().find(|&language| {
        let name = language::nameless(Some(language));
        let path = if directory.is_empty() { name } else { format!("{directory}/{name}") };
        !imports::of(language, text, &path, tree).is_empty()
    })
}

/// Finds files that matter to `current`, besides the `named` ones, until there are more than `enough` bytes of text.
/// Skips those in `unwanted`.
#[must_use]
pub fn gather(
    tree: &Disk,
    current: Current<'_>,
    named: Vec<File>,
    unwanted: &HashSet<String>,
    enough: usize,
) -> Gathered {
    let mut seen = unwanted.clone();
    seen.insert(current.path.to_owned());
    seen.extend(named.iter().map(|file| file.path.clone()));
    let mut gathered = Gathered { files: named, left_out: Vec::new() };
    let mut add = |gathered: &mut Gathered, paths: Vec<String>| {
        for path in paths {
            if gathered.files.len() >= MAX_FILES || gathered.bytes() > enough {
                return false;
            }
            if seen.insert(path.clone()) {
                match tree.text(&path) {
                    Ok(text) => gathered.files.push(File { path, text, is_named: false }),
                    Err(reason) => gathered.left_out.push((path, reason)),
                }
            }
        }
        true
    };
    if !add(&mut gathered, imported(current.language, current.text, current.path, tree)) {
        return gathered;
    }
    // Imports of named files rank as imports of imports.
    let paths: Vec<String> = gathered
        .files
        .iter()
        .flat_map(|file| imported(language::of(&file.path), &file.text, &file.path, tree))
        .collect();
    if !add(&mut gathered, paths) || current.language.is_none() {
        return gathered;
    }
    if !add(&mut gathered, siblings(tree, current)) || !tree.has_git() {
        return gathered;
    }
    let recent = recent::recent(tree.top()).into_iter().filter(|path| language::of(path) == current.language);
    add(&mut gathered, recent.filter(|path| tree.is_file(path)).take(MAX_RECENT).collect());
    gathered
}

/// Files of the same language in the current file's directory, those with a similar name first.
fn siblings(tree: &dyn Tree, current: Current<'_>) -> Vec<String> {
    let directory = parent(current.path);
    let mut names = tree.names(directory);
    names.retain(|sibling| language::of(sibling) == current.language && sibling != name(current.path));
    let own = stem(current.path);
    let is_near = |sibling: &String| stem(sibling).contains(own) || own.contains(stem(sibling));
    names.sort_by_key(|sibling| !is_near(sibling));
    names.truncate(MAX_SIBLINGS);
    names.into_iter().map(|name| if directory.is_empty() { name } else { format!("{directory}/{name}") }).collect()
}

/// The order in which files, the most important first, are shown: dependencies first, otherwise the most important last,
/// next to the current file; those that the user named in the user's order.
#[must_use]
pub fn order(files: &[File], tree: &Disk, current: Current<'_>) -> Vec<usize> {
    // Files that are not named, least important first; then named ones; then the current file.
    let named = files.iter().take_while(|file| file.is_named).count();
    let list: Vec<usize> = (named..files.len()).rev().chain(0..named).collect();
    let place: HashMap<&str, usize> =
        list.iter().enumerate().map(|(place, &index)| (files[index].path.as_str(), place)).collect();
    let dependencies = |language, text, path: &str| -> Vec<usize> {
        imported(language, text, path, tree).iter().filter_map(|import| place.get(import.as_str()).copied()).collect()
    };
    let mut graph: Vec<Vec<usize>> = list
        .iter()
        .map(|&index| dependencies(language::of(&files[index].path), &files[index].text, &files[index].path))
        .collect();
    graph.push(dependencies(current.language, current.text, current.path));
    order::dependencies_first(&graph).into_iter().filter_map(|place| list.get(place).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gathered_and_how_it_is_shown() {
        let directory = tempfile::tempdir().expect("a directory");
        let top = std::fs::canonicalize(directory.path()).expect("there");
        for (path, text) in [
            ("main.py", "import a, c\nimport deep\n"),
            ("a.py", "import b\n"),
            ("b.py", "import a\nB = 1\n"),
            ("c.py", "C = 1\n"),
            ("deep.py", "import b, far\n"),
            ("far.py", "F = 1\n"),
            ("sib.py", "import main\n"),
            ("main_test.py", "import main\n"),
            ("named.txt", "N\n"),
        ] {
            std::fs::write(top.join(path), text).expect("written");
        }
        let tree = Disk::new(top);
        let text = "import a, c\nimport deep\n";
        let current = Current { path: "main.py", text, language: Some(Language::Python) };
        let named = vec![File { path: "named.txt".to_owned(), text: "N\n".to_owned(), is_named: true }];
        let found = gather(&tree, current, named, &HashSet::new(), 10_000);
        let paths = |files: &[File]| files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
        let importance = ["named.txt", "a.py", "c.py", "deep.py", "b.py", "far.py", "main_test.py", "sib.py"];
        assert_eq!(paths(&found.files), importance);
        let shown: Vec<&str> =
            order(&found.files, &tree, current).into_iter().map(|index| found.files[index].path.as_str()).collect();
        // a.py and b.py import each other: the one that is reached first comes last.
        assert_eq!(shown, ["sib.py", "main_test.py", "far.py", "a.py", "b.py", "deep.py", "c.py", "named.txt"]);
        // With enough text, nothing more is read.
        let found = gather(&tree, current, Vec::new(), &HashSet::from(["a.py".to_owned()]), 1);
        assert_eq!(paths(&found.files), ["c.py"]);
    }

    #[test]
    fn the_language_of_a_nameless_text() {
        let tree = tree::tests::Fake::of(&["d/util.py", "d/util.h"]);
        assert_eq!(guess("import util\n", "d", &tree), Some(Language::Python));
        assert_eq!(guess("#include \"util.h\"\n", "d", &tree), Some(Language::C));
        assert_eq!(guess("hello\n", "d", &tree), None);
    }
}
