//! The directory of a program, which is empty at first and is removed afterwards, whatever is in it then.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::eval::sandbox::Sandbox;

/// A directory for one program.
#[derive(Debug)]
pub struct Room {
    outer: Option<TempDir>,
    inner: PathBuf,
    #[cfg(unix)]
    user: Option<u32>,
}

impl Room {
    /// An empty directory that the user of the sandbox owns.
    ///
    /// # Errors
    /// [`Kind::CantCreate`] if it cannot be made.
    pub fn new(sandbox: &Sandbox) -> Result<Room> {
        let base = environment::temporary_directory();
        let refused = |error: io::Error| {
            Error::new(Kind::CantCreate, format!("cannot create a directory in {}", base.display()), reason(&error))
                .hint("set TMPDIR to a writable directory")
        };
        let outer = tempfile::Builder::new().prefix("dscoder-eval-").tempdir_in(&base).map_err(refused)?;
        // Programs see it under the name that the system gives it, as in a message.
        let inner = outer.path().canonicalize().map_err(refused)?.join("room");
        let room = Room {
            outer: Some(outer),
            inner,
            #[cfg(unix)]
            user: sandbox.user(),
        };
        let _ = sandbox;
        fs::create_dir(&room.inner).and_then(|()| room.give(&room.inner)).map_err(refused)?;
        #[cfg(unix)]
        if room.user.is_some()
            && let Some(outer) = &room.outer
        {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o711);
            fs::set_permissions(outer.path(), mode).map_err(refused)?;
        }
        Ok(room)
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner
    }

    /// Writes a file into it.
    ///
    /// # Errors
    /// [`Kind::Io`] if it cannot be written.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        let path = self.inner.join(name);
        let written = fs::write(&path, bytes).and_then(|()| self.give(&path));
        written.map_err(|error| Error::new(Kind::Io, format!("cannot write {}", path.display()), reason(&error)))
    }

    /// Gives a file to the user of the sandbox.
    fn give(&self, path: &Path) -> io::Result<()> {
        #[cfg(unix)]
        if let Some(user) = self.user {
            std::os::unix::fs::lchown(path, Some(user), Some(user))?;
        }
        let _ = path;
        Ok(())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Some(outer) = self.outer.take() {
            let path = outer.path().to_owned();
            // What cannot be removed is left to the system, which empties that directory now and then.
            let _ = flatten(&path);
            let _ = outer.close();
        }
    }
}

/// Removes all that is below `top`, however deep: the system's own ways recurse, and keep a file open for each level.
fn flatten(top: &Path) -> io::Result<()> {
    let mut next = 0_u64;
    loop {
        let mut found = Vec::new();
        for entry in fs::read_dir(top)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                found.push(entry.path());
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        for directory in found {
            open_to_owner(&directory)?;
            for entry in fs::read_dir(&directory)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    // A directory moves only if it may be written.
                    open_to_owner(&entry.path())?;
                    next += 1;
                    fs::rename(entry.path(), top.join(format!("moved-{next}")))?;
                } else {
                    fs::remove_file(entry.path())?;
                }
            }
            fs::remove_dir(&directory)?;
        }
    }
}

/// Lets the owner of a directory list and change it.
fn open_to_owner(directory: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(directory, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    let _ = directory;
    Ok(())
}

/// The bytes and the entries below `directory`, unless there are more of either.
#[cfg(unix)]
pub(super) fn fits(directory: &Path, (bytes, entries): (u64, usize)) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (mut used, mut count) = (0, 0);
    let mut waiting = vec![directory.to_owned()];
    while let Some(directory) = waiting.pop() {
        let list = match fs::read_dir(&directory) {
            Ok(list) => list,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            // What cannot be looked at, or lies deeper than a path is long, may be of any size.
            Err(_) => return false,
        };
        for entry in list.flatten() {
            count += 1;
            let Ok(about) = entry.metadata() else { continue };
            used += about.blocks() * 512;
            if about.is_dir() {
                waiting.push(entry.path());
            }
            if count > entries || used > bytes {
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_room_is_removed_whatever_is_in_it() {
        use std::os::unix::fs::PermissionsExt;
        let open = Sandbox {
            walls: crate::eval::sandbox::Walls { restricted: false, namespaces: false, user: None, reads_all: false },
            protections: Vec::new(),
        };
        let room = Room::new(&open).expect("a room");
        room.write("a.py", "x").expect("written");
        let outside = tempfile::tempdir().expect("a directory");
        fs::write(outside.path().join("kept"), "").expect("written");
        std::os::unix::fs::symlink(outside.path(), room.path().join("link")).expect("linked");
        let closed = room.path().join("closed");
        fs::create_dir(&closed).expect("created");
        fs::write(closed.join("file"), "x").expect("written");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o0)).expect("closed");
        // Deeper than a path may be long.
        let mut deep = room.path().join("deep");
        fs::create_dir(&deep).expect("created");
        for number in 0..3000 {
            let inner = room.path().join(format!("n{number}"));
            fs::create_dir(&inner).expect("created");
            fs::rename(&deep, inner.join("d")).expect("moved");
            deep = inner;
        }
        assert!(!fits(room.path(), (u64::MAX, usize::MAX)));
        assert!(fits(outside.path(), (u64::MAX, usize::MAX)));
        assert!(!fits(room.path(), (u64::MAX, 5)) && !fits(room.path(), (1, usize::MAX)));
        let path = room.outer.as_ref().expect("there").path().to_owned();
        drop(room);
        assert!(!path.exists());
        assert!(outside.path().join("kept").exists());
    }
}
