//! Paths within a tree, and what a tree must answer about them.
//!
//! Paths are relative to the top of the tree, with `/` between their parts; the top itself is the empty path.

/// Maximum number of imports looked up per text.
pub const MAX_IMPORTS: usize = 1000;
/// Maximum number of files of one imported package or directory.
pub const MAX_OF_PACKAGE: usize = 16;
/// Maximum number of lines of one import.
pub const MAX_LINES: usize = 200;

/// Look-ups of files and directories.
pub trait Tree {
    /// Whether there is a regular file.
    fn is_file(&self, path: &str) -> bool;
    /// Whether there is a directory.
    fn is_dir(&self, path: &str) -> bool;
    /// The names of the files in a directory, sorted.
    fn names(&self, directory: &str) -> Vec<String>;
    /// The text of a small file, such as `go.mod`.
    fn small_text(&self, path: &str) -> Option<String>;
}

/// The directory that holds a path.
#[must_use]
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// The last part of a path.
#[must_use]
pub fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// A name without its extension.
#[must_use]
pub fn stem(path: &str) -> &str {
    let name = name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
}

/// `path` relative to `directory`, without `.` and `..`; `None` if it leaves the tree or is absolute.
#[must_use]
pub fn join(directory: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains(['\0', '\\']) {
        return None;
    }
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A directory and all above it, the nearest first, the top of the tree last.
pub fn upwards(directory: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(directory), |directory| (!directory.is_empty()).then(|| parent(directory)))
}

/// `directory/name`, or `name` at the top.
pub fn under(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

/// `path` with the first of `ends` for which a file exists.
pub fn with_end(tree: &dyn Tree, path: &str, ends: &[&str]) -> Option<String> {
    ends.iter().map(|end| format!("{path}{end}")).find(|path| tree.is_file(path))
}

/// The files of a directory whose names `is_wanted`.
pub fn of_directory(tree: &dyn Tree, directory: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let names = tree.names(directory).into_iter().filter(|name| is_wanted(name));
    names.take(MAX_OF_PACKAGE).map(|name| under(directory, &name)).collect()
}

/// Whether a word can be one part of a path.
pub fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '$'))
}

#[cfg(test)]
#[allow(missing_docs)]
pub mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// A tree of files with their texts.
    #[derive(Default)]
    pub struct Fake(pub BTreeMap<String, String>);

    impl Fake {
        /// Empty files.
        pub fn of(paths: &[&str]) -> Fake {
            Fake(paths.iter().map(|path| ((*path).to_owned(), String::new())).collect())
        }

        pub fn with(mut self, path: &str, text: &str) -> Fake {
            self.0.insert(path.to_owned(), text.to_owned());
            self
        }
    }

    impl Tree for Fake {
        fn is_file(&self, path: &str) -> bool {
            self.0.contains_key(path)
        }

        fn is_dir(&self, path: &str) -> bool {
            path.is_empty() || self.0.keys().any(|file| upwards(parent(file)).any(|directory| directory == path))
        }

        fn names(&self, directory: &str) -> Vec<String> {
            self.0.keys().filter(|file| parent(file) == directory).map(|file| name(file).to_owned()).collect()
        }

        fn small_text(&self, path: &str) -> Option<String> {
            self.0.get(path).cloned()
        }
    }

    #[test]
    fn paths_stay_in_the_tree() {
        for (directory, path, expected) in [
            ("", "a", Some("a")),
            ("a/b", "./c", Some("a/b/c")),
            ("a/b", "../c.h", Some("a/c.h")),
            ("a/b", "../..", Some("")),
            ("a/b", "../../../c", None),
            ("a", "/etc/passwd", None),
            ("", "a//b", Some("a/b")),
            ("", "a\\..\\b", None),
        ] {
            assert_eq!(join(directory, path).as_deref(), expected, "{directory} {path}");
        }
        assert_eq!(upwards("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(upwards("").collect::<Vec<_>>(), [""]);
        assert_eq!((parent("a/b.c"), name("a/b.c"), stem("a/b.c"), stem(".env")), ("a", "b.c", "b", ".env"));
    }
}
