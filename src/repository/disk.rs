//! The tree on disk: look-ups, exclusion rules, and bounded reading.
//!
//! Nothing outside the tree is read: a link that leads out of it is not followed. Only regular files are opened, so
//! pipes and devices cannot block.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::io::Read;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::error;
use crate::repository::imports;
use crate::repository::tree::{Tree, name, parent, upwards};
use crate::text::generated;
use crate::text::language::Language;

/// A longer file is not shown: it would fill the context, and is mostly data.
const MAX_BYTES: u64 = 128 << 10;
/// The bound for `go.mod`, `Cargo.toml`, `.gitignore` and the like.
const MAX_SMALL: u64 = 256 << 10;
/// In a directory with more files, siblings say nothing about relevance.
const MAX_NAMES: usize = 50_000;
/// A line of a minified file, or of data.
const MAX_LINE: usize = 4000;

/// Why a file is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Git ignores it.
    Ignored,
    /// Its name, or a directory's, begins with a dot.
    Hidden,
    /// Its name or content is that of keys or passwords.
    Secret,
    /// A program wrote it.
    Generated,
    /// Its lines are too long for a person to have written them.
    Minified,
    /// It is too large.
    Size,
    /// It is not text.
    Binary,
    /// It is empty.
    Empty,
    /// A link leads out of the tree.
    Outside,
    /// It is a pipe, a device or a directory.
    NotAFile,
    /// It cannot be read.
    Unreadable(String),
}

impl Reason {
    pub(crate) fn unreadable(error: &io::Error) -> Reason {
        Reason::Unreadable(error::reason(error))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Ignored => "ignored by git",
            Reason::Hidden => "hidden",
            Reason::Secret => "may hold secrets",
            Reason::Generated => "generated",
            Reason::Minified => "minified",
            Reason::Size => "too large",
            Reason::Binary => "not text",
            Reason::Empty => "empty",
            Reason::Outside => "a link out of the tree",
            Reason::NotAFile => "not a regular file",
            Reason::Unreadable(why) => why,
        })
    }
}

/// A tree.
#[derive(Debug)]
pub struct Disk {
    /// The top, without links.
    top: PathBuf,
    /// The top of git's work tree, which may be above; its rules count too.
    work_tree: Option<PathBuf>,
    files: RefCell<HashMap<String, bool>>,
    rules: RefCell<HashMap<PathBuf, Option<Gitignore>>>,
}

impl Disk {
    /// The tree below `top`, which must be a directory's canonical path.
    #[must_use]
    pub fn new(top: PathBuf) -> Disk {
        Disk { work_tree: work_tree(&top), top, files: RefCell::default(), rules: RefCell::default() }
    }

    /// The top.
    #[must_use]
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// Whether git knows the tree.
    #[must_use]
    pub fn has_git(&self) -> bool {
        self.work_tree.is_some()
    }

    /// The text of a file that may be shown.
    ///
    /// # Errors
    /// Why it may not.
    pub fn text(&self, path: &str) -> Result<String, Reason> {
        let text = read(&self.place(path)?, MAX_BYTES)?;
        refuse(&text).map_or(Ok(text), Err)
    }

    /// Whether a file may be shown whose text is `text`, which it need not say on disk.
    ///
    /// # Errors
    /// Why it may not.
    pub fn check(&self, path: &str, text: &str) -> Result<(), Reason> {
        self.place(path)?;
        let is_large = text.len() as u64 > MAX_BYTES;
        is_large.then_some(Reason::Size).or_else(|| refuse(text)).map_or(Ok(()), Err)
    }

    /// Where a file is that its name does not exclude.
    fn place(&self, path: &str) -> Result<PathBuf, Reason> {
        if is_secret(path) {
            return Err(Reason::Secret);
        }
        if path.split('/').any(|part| part.starts_with('.')) {
            return Err(Reason::Hidden);
        }
        if generated::is_generated(path) || generated::is_lock(path) {
            return Err(Reason::Generated);
        }
        if self.is_ignored(path) {
            return Err(Reason::Ignored);
        }
        let real = fs::canonicalize(self.top.join(path)).map_err(|error| Reason::unreadable(&error))?;
        let Ok(inner) = real.strip_prefix(&self.top) else { return Err(Reason::Outside) };
        // The target of a link within the tree may be excluded by its own name.
        if inner != Path::new(path) && inner.to_str().is_none_or(|inner| is_secret(inner) || self.is_ignored(inner)) {
            return Err(Reason::Secret);
        }
        Ok(real)
    }

    /// Whether git ignores a file, by the rules of its directory and of those above, the nearest first. A file in an
    /// ignored directory is ignored.
    fn is_ignored(&self, path: &str) -> bool {
        let base = self.work_tree.as_ref().unwrap_or(&self.top);
        let full = self.top.join(path);
        let mut part = PathBuf::new();
        let Ok(inner) = full.strip_prefix(base) else { return false };
        inner.iter().any(|step| {
            part.push(step);
            let full_part = base.join(&part);
            let is_dir = part != inner;
            let directories = full_part.ancestors().skip(1).take_while(|directory| directory.starts_with(base));
            let files = directories.map(|directory| directory.join(".gitignore"));
            let verdict = files.chain([base.join(".git/info/exclude")]).find_map(|file| {
                let mut rules = self.rules.borrow_mut();
                let rules = rules.entry(file.clone()).or_insert_with(|| gitignore(base, &file)).as_ref()?;
                let found = rules.matched(&full_part, is_dir);
                (!found.is_none()).then(|| found.is_ignore())
            });
            verdict.unwrap_or(false)
        })
    }
}

impl Tree for Disk {
    fn is_file(&self, path: &str) -> bool {
        if let Some(known) = self.files.borrow().get(path) {
            return *known;
        }
        let is_file = fs::metadata(self.top.join(path)).is_ok_and(|about| about.is_file());
        self.files.borrow_mut().insert(path.to_owned(), is_file);
        is_file
    }

    fn is_dir(&self, path: &str) -> bool {
        fs::metadata(self.top.join(path)).is_ok_and(|about| about.is_dir())
    }

    fn names(&self, directory: &str) -> Vec<String> {
        let Ok(real) = fs::canonicalize(self.top.join(directory)) else { return Vec::new() };
        let Ok(entries) = fs::read_dir(&real) else { return Vec::new() };
        if !real.starts_with(&self.top) {
            return Vec::new();
        }
        let mut names = Vec::new();
        for entry in entries.flatten().take(MAX_NAMES + 1) {
            if entry.file_type().is_ok_and(|kind| kind.is_file() || kind.is_symlink()) {
                names.extend(entry.file_name().into_string());
            }
        }
        if names.len() > MAX_NAMES {
            return Vec::new();
        }
        names.sort_unstable();
        names
    }

    fn small_text(&self, path: &str) -> Option<String> {
        let real = fs::canonicalize(self.top.join(path)).ok()?;
        if real.starts_with(&self.top) { read(&real, MAX_SMALL).ok() } else { None }
    }
}

/// The git work tree that holds a directory.
#[must_use]
pub fn work_tree(directory: &Path) -> Option<PathBuf> {
    directory.ancestors().find(|above| above.join(".git").exists()).map(Path::to_owned)
}

/// A path as seen from `top`; `None` outside.
#[must_use]
pub fn within(top: &Path, place: &Path) -> Option<String> {
    let parts = place.strip_prefix(top).ok()?.iter().map(|part| part.to_string_lossy());
    Some(parts.collect::<Vec<_>>().join("/"))
}

fn read(path: &Path, limit: u64) -> Result<String, Reason> {
    let unreadable = |error: std::io::Error| Reason::unreadable(&error);
    let about = fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err(Reason::NotAFile);
    }
    if about.len() > limit {
        return Err(Reason::Size);
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(Reason::Size);
    }
    String::from_utf8(bytes).map_err(|_| Reason::Binary)
}

/// Why a text is not worth showing, or must not be.
fn refuse(text: &str) -> Option<Reason> {
    if text.contains('\0') {
        return Some(Reason::Binary);
    }
    if text.trim().is_empty() {
        return Some(Reason::Empty);
    }
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some(Reason::Secret);
    }
    let lines = text.lines().count().max(1);
    if text.len() / lines > 200 || text.lines().any(|line| line.len() > MAX_LINE) {
        return Some(Reason::Minified);
    }
    text.lines().take(10).any(generated::says_generated).then_some(Reason::Generated)
}

/// Whether a file of this name holds keys, passwords or tokens.
fn is_secret(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let name = name(&path);
    let ends = [".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".asc", ".gpg", ".ppk", ".der", ".crt"];
    let starts = [".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "credentials", "secrets.", "secret."];
    let names =
        [".netrc", ".npmrc", ".pypirc", ".htpasswd", ".pgpass", ".git-credentials", "env.local", "passwords.txt"];
    let directories = [".ssh", ".gnupg", ".aws", ".kube", ".docker"];
    ends.iter().any(|end| name.ends_with(end))
        || starts.iter().any(|start| name.starts_with(start))
        || names.contains(&name)
        || upwards(parent(&path)).any(|above| directories.contains(&self::name(above)))
}

/// The rules of a `.gitignore` file; like git, a symbolic link is not followed.
fn gitignore(base: &Path, file: &Path) -> Option<Gitignore> {
    if !fs::symlink_metadata(file).is_ok_and(|about| about.is_file()) {
        return None;
    }
    let text = read(file, MAX_SMALL).ok()?;
    let is_exclude = file.ends_with(".git/info/exclude");
    let mut builder = GitignoreBuilder::new(if is_exclude { base } else { file.parent()? });
    for line in text.lines() {
        // An invalid pattern is ignored, as in git.
        let _ = builder.add_line(None, line);
    }
    builder.build().ok()
}

/// The files that a text imports, if its language is understood.
pub fn imported(language: Option<Language>, text: &str, path: &str, tree: &Disk) -> Vec<String> {
    // A file that the user named may be elsewhere.
    let is_inside = crate::repository::tree::join("", path).as_deref() == Some(path);
    language.filter(|_| is_inside).map(|language| imports::of(language, text, path, tree)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for path in [
            ".env",
            "a/.env.local",
            "id_rsa",
            "id_ed25519.pub",
            "x.pem",
            "server.KEY",
            "credentials.json",
            "credentials.py",
            "secrets.py",
            ".ssh/config.py",
            ".netrc",
            "a/.aws/x.py",
        ] {
            assert!(is_secret(path), "{path}");
        }
        for path in ["env.py", "keys.py", "monkey.py", "environment.rs", "secretary.py", "tokens.c"] {
            assert!(!is_secret(path), "{path}");
        }
    }

    #[test]
    fn texts_that_are_not_shown() {
        for (text, expected) in [
            ("x = 1\n", None),
            ("", Some(Reason::Empty)),
            (" \n\n", Some(Reason::Empty)),
            ("a\0b", Some(Reason::Binary)),
            ("// Code generated by protoc. DO NOT EDIT.\nx\n", Some(Reason::Generated)),
            ("K = '''-----BEGIN RSA PRIVATE KEY-----\n'''\n", Some(Reason::Secret)),
            (&"x".repeat(201), Some(Reason::Minified)),
            (&("x\n".repeat(100) + &"y".repeat(4001)), Some(Reason::Minified)),
            (&("x\n".repeat(20) + "# do not edit\n"), None),
        ] {
            assert_eq!(refuse(text), expected, "{text:?}");
        }
    }
}
