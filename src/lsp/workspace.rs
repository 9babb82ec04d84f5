//! What the model sees beside the document: other open documents, and the files of its repository that matter to it.
//!
//! It is chosen anew when documents are opened, closed or saved, and when another document gets the cursor; while the user
//! types, it stays, since a change at the beginning of a prompt costs the evaluation of all of it.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Url;

use crate::repository::disk::{self, Disk, within};
use crate::repository::{self, Current};
use crate::text::dialect;
use crate::text::language;

/// Maximum number of open documents that are shown.
const MAX_OPEN: usize = 8;
/// Files are gathered until they have this many bytes.
const ENOUGH: usize = 96 << 10;

/// Files as the model sees them, the most important first: their paths in the repository, and their texts.
pub type Files = Arc<Vec<(String, String)>>;

/// A document that may be shown with others.
#[derive(Debug, Clone)]
pub struct Open {
    /// Its file.
    pub file: PathBuf,
    /// Its text in the editor.
    pub text: String,
}

/// The chosen files of each document.
#[derive(Debug, Default)]
pub struct Workspace {
    /// The directories that the editor has opened.
    folders: Vec<PathBuf>,
    chosen: Mutex<HashMap<String, Files>>,
}

impl Workspace {
    /// The workspace in these directories.
    #[must_use]
    pub fn new(folders: Vec<PathBuf>) -> Workspace {
        let folders = folders.iter().filter_map(|folder| fs::canonicalize(folder).ok()).collect();
        Workspace { folders, chosen: Mutex::default() }
    }

    /// From now on, files are chosen anew.
    pub fn forget(&self) {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The files for the document at `uri`. `others` are the open documents, the one that was used last first.
    #[must_use]
    pub fn files(&self, uri: &str, text: &str, others: &[Open]) -> Files {
        let known = self.chosen.lock().unwrap_or_else(PoisonError::into_inner).get(uri).cloned();
        known.unwrap_or_else(|| {
            let files = Arc::new(path(uri).map(|path| self.choose(&path, text, others)).unwrap_or_default());
            self.chosen.lock().unwrap_or_else(PoisonError::into_inner).insert(uri.to_owned(), Arc::clone(&files));
            files
        })
    }

    fn choose(&self, file: &Path, text: &str, others: &[Open]) -> Vec<(String, String)> {
        // A new file is not on disk yet.
        let Some((directory, name)) = file.parent().zip(file.file_name()) else { return Vec::new() };
        let Ok(directory) = fs::canonicalize(directory) else { return Vec::new() };
        let Some(top) = self.top(&directory) else { return Vec::new() };
        let Some(own) = within(&top, &directory.join(name)) else { return Vec::new() };
        let tree = Disk::new(top);
        let language = language::of(&own);
        let dialect = dialect::of_path(file);
        let mut seen = HashSet::from([own.clone()]);
        let mut files = Vec::new();
        for open in others {
            let is_same =
                dialect::of_path(&open.file).map(dialect::Dialect::name) == dialect.map(dialect::Dialect::name);
            let place = fs::canonicalize(&open.file).ok().and_then(|place| within(tree.top(), &place));
            let Some(place) = place.filter(|_| is_same && files.len() < MAX_OPEN) else { continue };
            if tree.check(&place, &open.text).is_ok() && seen.insert(place.clone()) {
                files.push((place, open.text.clone()));
            }
        }
        let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
        if bytes < ENOUGH {
            let found =
                repository::gather(&tree, Current { path: &own, text, language }, Vec::new(), &seen, ENOUGH - bytes);
            files.extend(found.files.into_iter().map(|file| (file.path, file.text)));
        }
        files
    }

    /// The top of the tree that a directory's files are chosen from: its git work tree, or a folder of the workspace.
    fn top(&self, directory: &Path) -> Option<PathBuf> {
        let folder =
            || self.folders.iter().filter(|folder| directory.starts_with(folder)).max_by_key(|it| it.as_os_str().len());
        disk::work_tree(directory).or_else(|| folder().cloned())
    }

    /// The path of a document as the model sees it.
    #[must_use]
    pub fn shown(&self, uri: &str) -> Option<String> {
        let file = path(uri)?;
        let directory = fs::canonicalize(file.parent()?).ok();
        let place = directory.as_deref().zip(file.file_name()).map(|(directory, name)| directory.join(name));
        let top = directory.as_deref().and_then(|directory| self.top(directory));
        top.zip(place)
            .and_then(|(top, place)| within(&top, &place))
            .or_else(|| Some(file.file_name()?.to_string_lossy().into_owned()))
    }
}

/// The file that a URI names; `None` for a document without one.
#[must_use]
pub fn path(uri: &str) -> Option<PathBuf> {
    let url = Url::parse(uri).ok().filter(|url| url.scheme() == "file")?;
    url.to_file_path().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_of_all_editors() {
        for (uri, expected) in [
            ("file:///a/b.py", Some("/a/b.py")),
            ("file:///a/b%20c/%C3%A9.py", Some("/a/b c/é.py")),
            ("file:///a/b c/é.py", Some("/a/b c/é.py")),
            ("file://localhost/a", Some("/a")),
            ("untitled:Untitled-1", None),
            ("vscode-notebook-cell:/a/b.ipynb#X", None),
            ("", None),
            ("not a uri", None),
        ] {
            assert_eq!(path(uri).as_deref(), expected.map(Path::new), "{uri}");
        }
    }

    #[test]
    fn open_documents_come_first_and_secrets_never() {
        let directory = tempfile::tempdir().expect("a directory");
        let top = directory.path();
        for (name, text) in [
            ("main.py", "import util\n"),
            ("util.py", "U = 1\n"),
            ("far.py", "F = 1\n"),
            ("secrets.py", "S = 1\n"),
            ("ignored.py", "I = 1\n"),
            ("notes.md", "# N\n"),
            (".gitignore", "ignored.py\n"),
        ] {
            fs::write(top.join(name), text).expect("written");
        }
        fs::create_dir(top.join(".git")).expect("made");
        let open = |name: &str, text: &str| Open { file: top.join(name), text: text.to_owned() };
        let others = [
            open("secrets.py", "S = 2\n"),
            open("ignored.py", "I = 2\n"),
            open("notes.md", "# M\n"),
            open("far.py", "F = 2\n"),
            open("main.py", "import util\n"),
        ];
        let workspace = Workspace::default();
        let uri = Url::from_file_path(top.join("main.py")).expect("a path");
        let files = workspace.files(uri.as_str(), "import util\n", &others);
        let shown: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        assert_eq!(shown, [("far.py", "F = 2\n"), ("util.py", "U = 1\n")]);
        assert_eq!(workspace.shown(uri.as_str()).as_deref(), Some("main.py"));
        // It stays until something is opened, closed or saved.
        assert_eq!(workspace.files(uri.as_str(), "", &[]), files);
        workspace.forget();
        assert_eq!(workspace.files(uri.as_str(), "import util\n", &[])[0].0, "util.py");
    }
}
