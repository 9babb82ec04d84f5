//! Changing a file: in place without ever losing it, or as a unified diff.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::error::{Error, Kind, Result, reason};
use crate::storage::NewFile;

/// A file that will be changed in place.
#[derive(Debug)]
pub struct Target {
    /// The file itself: a symbolic link is followed, so that it stays one.
    path: PathBuf,
    old: String,
}

impl Target {
    /// Remembers the content that the change is made from, and checks early that the file may be written.
    ///
    /// # Errors
    /// [`Kind::CantCreate`] if it may not.
    pub fn new(path: &Path, old: &str) -> Result<Target> {
        let refuse = |why: String| Error::new(Kind::CantCreate, format!("cannot change {}", path.display()), why);
        let path = fs::canonicalize(path).map_err(|error| refuse(reason(&error)))?;
        let about = fs::metadata(&path).map_err(|error| refuse(reason(&error)))?;
        if !about.is_file() {
            return Err(refuse("it is not a regular file".to_owned()));
        }
        if about.permissions().readonly() {
            return Err(refuse("it is read-only".to_owned()));
        }
        Ok(Target { path, old: old.to_owned() })
    }

    /// Replaces the file by `new` atomically, with the old mode and owner. With `backup`, the old content is kept under
    /// the name with this suffix.
    ///
    /// # Errors
    /// [`Kind::Io`] if the file has changed since or anything cannot be written; the file is then unchanged.
    pub fn replace(&self, new: &str, backup: Option<&str>) -> Result<()> {
        let refuse = |why: String| Error::new(Kind::Io, format!("cannot change {}", self.path.display()), why);
        let current = fs::read(&self.path).map_err(|error| refuse(reason(&error)))?;
        if current != self.old.as_bytes() {
            return Err(refuse("it has changed since it was read".to_owned()).hint("run it again"));
        }
        self.write(new, backup).map_err(|error| refuse(reason(&error)))
    }

    fn write(&self, new: &str, backup: Option<&str>) -> io::Result<()> {
        let directory = self.path.parent().unwrap_or(Path::new("/"));
        let about = fs::metadata(&self.path)?;
        let write = |content: &str, to: &Path| -> io::Result<()> {
            let file = NewFile::beside(to, ".dscoder-")?.write(content.as_bytes())?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::{MetadataExt, fchown};
                // Only root may change the owner; for others the new file is theirs, as after any editor.
                let _ = fchown(file.file(), Some(about.uid()), Some(about.gid()));
            }
            // After the owner: a change of owner clears the set-user-ID bits of the mode.
            file.permissions(about.permissions())?.sync()?.replace(to)
        };
        if let Some(suffix) = backup {
            let mut name = OsString::from(&self.path);
            name.push(suffix);
            write(&self.old, Path::new(&name))?;
        }
        write(new, &self.path)?;
        // The rename itself; not every file system can sync a directory.
        let _ = File::open(directory).and_then(|directory| directory.sync_all());
        Ok(())
    }
}

/// How a diff names its file, and where it applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffName {
    /// The header's name, quoted where it must be.
    name: String,
    /// The directory that it is relative to, unless that is the current one.
    pub elsewhere: Option<PathBuf>,
}

impl DiffName {
    /// The name of the file at `path`, as seen from the directory `here`; outside of it, from the top of its repository,
    /// which `top` finds, or else from its own directory. A symbolic link is followed: neither `patch` nor `git apply`
    /// changes one.
    ///
    /// It begins with `./`, so that `patch` finds the file with -p0 and with -p1, and so does `git apply`.
    ///
    /// # Errors
    /// Errors from the system, if there is no such file.
    pub fn of(path: &Path, here: &Path, top: impl Fn(&Path) -> Option<PathBuf>) -> io::Result<DiffName> {
        let (file, here) = (fs::canonicalize(path)?, fs::canonicalize(here)?);
        let directory = file.parent().unwrap_or(Path::new("/"));
        let is_here = file.starts_with(&here);
        let base = if is_here { here } else { top(directory).unwrap_or_else(|| directory.to_owned()) };
        let inner = file.strip_prefix(&base).map_err(io::Error::other)?;
        // Below the top, git apply takes a name that begins with the current directory's for one from the top; a second
        // slash prevents that, and means nothing else.
        let repeats = top(&base).is_some_and(|top| {
            let prefix = base.strip_prefix(top).unwrap_or(Path::new(""));
            prefix != Path::new("") && inner.starts_with(prefix)
        });
        let mut bytes = if repeats { b".//".to_vec() } else { b"./".to_vec() };
        for (index, part) in inner.iter().enumerate() {
            bytes.extend(if index > 0 { &b"/"[..] } else { b"" });
            bytes.extend(part.as_encoded_bytes());
        }
        Ok(DiffName { name: quoted(&bytes), elsewhere: (!is_here).then_some(base) })
    }

    /// The name for a text that is no file.
    #[must_use]
    pub fn nameless() -> DiffName {
        DiffName { name: "./stdin".to_owned(), elsewhere: None }
    }
}

/// A name for the header of a diff: as git quotes it if it has quotes, backslashes, control characters, bytes beyond ASCII
/// or a blank at its end; else with a tab after it if it has a blank, where patch would see its end.
fn quoted(name: &[u8]) -> String {
    use std::fmt::Write;
    let is_plain = |&byte: &u8| (b' '..=b'~').contains(&byte) && !b"\"\\".contains(&byte);
    if name.iter().all(is_plain) && !name.ends_with(b" ") {
        let tab = if name.contains(&b' ') { "\t" } else { "" };
        return String::from_utf8_lossy(name).into_owned() + tab;
    }
    let mut text = String::from("\"");
    for &byte in name {
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
            b'\x07' => text.push_str("\\a"),
            b'\x08' => text.push_str("\\b"),
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\x0b' => text.push_str("\\v"),
            b'\x0c' => text.push_str("\\f"),
            b'\r' => text.push_str("\\r"),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => drop(write!(text, "\\{byte:03o}")),
        }
    }
    text.push('"');
    text
}

/// The change from `old` to `new` as a unified diff; empty if there is none.
#[must_use]
pub fn diff(name: &DiffName, old: &str, new: &str) -> String {
    // Lines end as patch sees them: a carriage return alone ends none.
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    TextDiff::configure()
        .newline_terminated(true)
        .diff_slices(&old, &new)
        .unified_diff()
        .context_radius(3)
        .header(&name.name, &name.name)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("a directory").flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[cfg(unix)]
    #[test]
    fn mode_links_and_backup() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let directory = tempfile::tempdir().expect("a directory");
        let (file, link) = (directory.path().join("f"), directory.path().join("link"));
        fs::write(&file, "old").expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o754)).expect("set");
        symlink("f", &link).expect("linked");
        Target::new(&link, "old").expect("may be written").replace("new", Some(".bak")).expect("replaced");
        assert_eq!(fs::read_to_string(&file).expect("there"), "new");
        assert_eq!(fs::read_to_string(directory.path().join("f.bak")).expect("there"), "old");
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o7777, 0o754);
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(names(directory.path()), ["f", "f.bak", "link"]);
    }

    #[test]
    fn a_file_that_changed_or_is_read_only_is_untouched() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("f");
        fs::write(&file, "old").expect("written");
        let target = Target::new(&file, "old").expect("may be written");
        fs::write(&file, "mine").expect("written");
        let error = target.replace("new", None).expect_err("it changed");
        assert_eq!((error.kind, error.why.as_str()), (Kind::Io, "it has changed since it was read"));
        assert_eq!(fs::read_to_string(&file).expect("there"), "mine");
        let mut permissions = fs::metadata(&file).expect("there").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&file, permissions).expect("set");
        assert_eq!(Target::new(&file, "mine").expect_err("read-only").kind, Kind::CantCreate);
        assert_eq!(names(directory.path()), ["f"]);
    }

    #[test]
    fn names_are_quoted_as_git_does() {
        for (name, expected) in [
            (&b"./f.py"[..], "./f.py"),
            (b"./my file.py", "./my file.py\t"),
            (b"./ends with ", "\"./ends with \""),
            (b"./q\"\\", "\"./q\\\"\\\\\""),
            (b"./\t\n\r\x01\x7f", "\"./\\t\\n\\r\\001\\177\""),
            ("./é ö".as_bytes(), "\"./\\303\\251 \\303\\266\""),
            (b"./\xff", "\"./\\377\""),
        ] {
            assert_eq!(quoted(name), expected);
        }
    }

    #[test]
    fn a_diff_names_the_file_and_the_missing_newline() {
        let name = DiffName { name: "f.py".to_owned(), elsewhere: None };
        let text = diff(&name, "a\nb", "a\nx\nb");
        assert_eq!(text, "--- f.py\n+++ f.py\n@@ -1,2 +1,3 @@\n a\n+x\n b\n\\ No newline at end of file\n");
        assert_eq!(diff(&name, "a\n", "a\n"), "");
        let text = diff(&name, "a\rb\nc\r\n", "a\rb\nd\r\n");
        assert_eq!(text, "--- f.py\n+++ f.py\n@@ -1,2 +1,2 @@\n a\rb\n-c\r\n+d\r\n");
    }
}
