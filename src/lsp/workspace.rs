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
use crate::text::dialect::{self, Dialect};
use crate::text::language;

/// Maximum number of open documents that are shown.
const MAX_OPEN: usize = 8;
/// Files are gathered until they have this many bytes.
const ENOUGH: usize = 96 << 10;

/// What the model sees of a document's surroundings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The path of the document in its repository, or its name; `None` if it has no file.
    pub path: Option<String>,
    /// Other files, the most important first: their paths in the repository, and their texts.
    pub files: Vec<(String, String)>,
}

/// A document that may be shown with others.
#[derive(Debug, Clone)]
pub struct Open {
    /// Its file.
    pub file: PathBuf,
    /// Its text in the editor.
    pub text: String,
}

/// What was chosen for each document.
#[derive(Debug, Default)]
pub struct Workspace {
    /// The directories that the editor has opened.
    folders: Vec<PathBuf>,
    chosen: Mutex<HashMap<String, Arc<Seen>>>,
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

    /// What was chosen for the document at `uri`.
    #[must_use]
    pub fn known(&self, uri: &str) -> Option<Arc<Seen>> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner).get(uri).cloned()
    }

    /// Chooses what is seen of the document at `uri`. `others` are the open documents, the one that was used last first; without
    /// them, no other file is seen.
    #[must_use]
    pub fn choose(&self, uri: &str, text: &str, others: Option<&[Open]>) -> Arc<Seen> {
        let seen = Arc::new(path(uri).map(|file| self.seen(&file, text, others)).unwrap_or_default());
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner).insert(uri.to_owned(), Arc::clone(&seen));
        seen
    }

    fn seen(&self, file: &Path, text: &str, others: Option<&[Open]>) -> Seen {
        let Some(name) = file.file_name() else { return Seen::default() };
        // A new file is not on disk yet, but its directory may be.
        let directory = file.parent().and_then(|directory| fs::canonicalize(directory).ok());
        let place = directory.and_then(|directory| {
            let top = self.top(&directory)?;
            let own = within(&top, &directory.join(name))?;
            Some((top, own))
        });
        match place {
            None => Seen { path: Some(name.to_string_lossy().into_owned()), files: Vec::new() },
            Some((top, own)) => {
                let files = others.map(|others| files(&Disk::new(top), &own, text, others)).unwrap_or_default();
                Seen { path: Some(own), files }
            }
        }
    }

    /// The top of the tree that a directory's files are chosen from: its git work tree, or a folder of the workspace.
    fn top(&self, directory: &Path) -> Option<PathBuf> {
        let folder =
            || self.folders.iter().filter(|folder| directory.starts_with(folder)).max_by_key(|it| it.as_os_str().len());
        disk::work_tree(directory).or_else(|| folder().cloned())
    }
}

/// The files that are seen with the one at `own`, whose text is `text`.
fn files(tree: &Disk, own: &str, text: &str, others: &[Open]) -> Vec<(String, String)> {
    let dialect = |path: &Path| dialect::of_path(path).map(Dialect::name);
    let mut seen = HashSet::from([own.to_owned()]);
    let mut files = Vec::new();
    for open in others {
        let is_same = dialect(&open.file) == dialect(Path::new(own));
        let place = fs::canonicalize(&open.file).ok().and_then(|place| within(tree.top(), &place));
        let Some(place) = place.filter(|_| is_same && files.len() < MAX_OPEN) else { continue };
        if tree.check(&place, &open.text).is_ok() && seen.insert(place.clone()) {
            files.push((place, open.text.clone()));
        }
    }
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    if bytes < ENOUGH {
        let current = Current { path: own, text, language: language::of(own) };
        let found = repository::gather(tree, current, Vec::new(), &seen, ENOUGH - bytes);
        files.extend(found.files.into_iter().map(|file| (file.path, file.text)));
    }
    files
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
        let seen = workspace.choose(uri.as_str(), "import util\n", Some(&others));
        let shown: Vec<_> = seen.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        assert_eq!(shown, [("far.py", "F = 2\n"), ("util.py", "U = 1\n")]);
        assert_eq!(seen.path.as_deref(), Some("main.py"));
        // It stays until something is opened, closed or saved.
        assert_eq!(workspace.known(uri.as_str()), Some(seen));
        workspace.forget();
        assert_eq!(workspace.known(uri.as_str()), None);
        assert_eq!(workspace.choose(uri.as_str(), "import util\n", Some(&[])).files[0].0, "util.py");
        assert_eq!(workspace.choose(uri.as_str(), "import util\n", None).files, []);
    }
}
