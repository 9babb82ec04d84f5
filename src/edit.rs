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

/// The change from `old` to `new` as a unified diff that `patch -p0` applies; empty if there is none.
#[must_use]
pub fn diff(path: &Path, old: &str, new: &str) -> String {
    let name = path.display().to_string();
    // Lines end as patch sees them: a carriage return alone ends none.
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    TextDiff::configure()
        .newline_terminated(true)
        .diff_slices(&old, &new)
        .unified_diff()
        .context_radius(3)
        .header(&name, &name)
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
    fn a_diff_names_the_file_and_the_missing_newline() {
        let text = diff(Path::new("f.py"), "a\nb", "a\nx\nb");
        assert_eq!(text, "--- f.py\n+++ f.py\n@@ -1,2 +1,3 @@\n a\n+x\n b\n\\ No newline at end of file\n");
        assert_eq!(diff(Path::new("f.py"), "a\n", "a\n"), "");
        let text = diff(Path::new("f.py"), "a\rb\nc\r\n", "a\rb\nd\r\n");
        assert_eq!(text, "--- f.py\n+++ f.py\n@@ -1,2 +1,2 @@\n a\rb\n-c\r\n+d\r\n");
    }
}
