//! Atomic writes, locks, private directories, free space.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::ops::{Deref, DerefMut};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::NamedTempFile;

/// Keys in a file of [`keep_for`]: more than one binary or machine may share a cache directory.
const KEPT: usize = 16;

/// An open file that this process has locked. It is unlocked when it is dropped, and not only when it is closed: a process
/// that another thread is just starting has the file open too, and would keep the lock.
#[derive(Debug)]
pub struct Locked(File);

impl Locked {
    /// Locks `file`. `None` if somebody else has it locked.
    ///
    /// # Errors
    /// Errors from the file system.
    pub fn take(file: File) -> io::Result<Option<Locked>> {
        match file.try_lock() {
            Ok(()) => Ok(Some(Locked(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Deref for Locked {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut File {
        &mut self.0
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// A file that is written beside its target and then renamed, so that the target is the old file or the new one, never
/// half of one. Only the user may read it unless [`NewFile::permissions`] says otherwise. It is removed if it never
/// replaces anything.
#[derive(Debug)]
pub struct NewFile(NamedTempFile);

impl NewFile {
    /// Begins a file in the directory of `path`, which is created if missing. Its temporary name begins with `prefix`.
    ///
    /// # Errors
    /// Errors from the file system.
    pub fn beside(path: &Path, prefix: &str) -> io::Result<NewFile> {
        let directory = match path.parent() {
            Some(directory) if !directory.as_os_str().is_empty() => directory,
            _ => Path::new("."),
        };
        fs::create_dir_all(directory)?;
        tempfile::Builder::new().prefix(prefix).tempfile_in(directory).map(NewFile)
    }

    /// Its temporary name.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The open file.
    #[must_use]
    pub fn file(&self) -> &File {
        self.0.as_file()
    }

    /// Adds to it.
    ///
    /// # Errors
    /// Errors from the file system.
    pub fn write(mut self, bytes: &[u8]) -> io::Result<NewFile> {
        self.0.write_all(bytes)?;
        Ok(self)
    }

    /// Sets its mode.
    ///
    /// # Errors
    /// Errors from the file system.
    pub fn permissions(self, permissions: fs::Permissions) -> io::Result<NewFile> {
        self.file().set_permissions(permissions)?;
        Ok(self)
    }

    /// Syncs it, so that not even a power failure leaves half of it.
    ///
    /// # Errors
    /// Errors from the file system.
    pub fn sync(self) -> io::Result<NewFile> {
        self.file().sync_all()?;
        Ok(self)
    }

    /// Renames it to `path`, over whatever is there.
    ///
    /// # Errors
    /// Errors from the file system.
    pub fn replace(self, path: &Path) -> io::Result<()> {
        self.0.persist(path).map(drop).map_err(|error| error.error)
    }

    /// Renames it to `path` unless something is there.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] if the file exists; errors from the file system.
    pub fn create(self, path: &Path) -> Result<(), (io::Error, NewFile)> {
        self.0.persist_noclobber(path).map(drop).map_err(|error| (error.error, NewFile(error.file)))
    }
}

/// Writes a file atomically: to a temporary file beside the target, synced, then renamed. For files that only one
/// process at a time writes: the next one overwrites what a killed one left.
///
/// # Errors
/// File system errors.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

/// Writes a file atomically as [`write_whole`] does, but for files that several processes may write at once: each uses
/// its own temporary file, whose name begins with `prefix`. Creates the directory if it is missing.
///
/// # Errors
/// File system errors.
pub fn replace(path: &Path, prefix: &str, bytes: &[u8]) -> io::Result<()> {
    NewFile::beside(path, prefix)?.write(bytes)?.replace(path)
}

/// Creates a directory that only the user can read.
pub fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// The free bytes of the file system that holds `directory`; `None` if unknown.
#[must_use]
#[cfg(unix)]
pub fn free_space(directory: &Path) -> Option<u64> {
    let about = rustix::fs::statvfs(directory).ok()?;
    Some(about.f_bavail.saturating_mul(about.f_frsize))
}

/// The free bytes of the file system that holds `directory`; `None` if unknown.
#[must_use]
#[cfg(not(unix))]
pub fn free_space(directory: &Path) -> Option<u64> {
    let directory = directory.canonicalize().ok()?;
    let disks = sysinfo::Disks::new_with_refreshed_list();
    let holding = disks.list().iter().filter(|disk| directory.starts_with(disk.mount_point()));
    holding.max_by_key(|disk| disk.mount_point().as_os_str().len()).map(sysinfo::Disk::available_space)
}

/// The values in the file at `path`, by key: none if it is missing or damaged.
#[must_use]
pub fn kept<T: DeserializeOwned>(path: &Path) -> BTreeMap<String, T> {
    fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Adds `value` to the file at `path`, whose temporary name begins with `prefix`. Of many keys, the first in order are removed.
///
/// # Errors
/// Errors from the file system.
pub fn keep_for<T: Serialize + DeserializeOwned>(path: &Path, prefix: &str, key: String, value: T) -> io::Result<()> {
    let mut all = kept(path);
    while all.len() >= KEPT && !all.contains_key(&key) {
        all.pop_first();
    }
    all.insert(key, value);
    replace(path, prefix, &serde_json::to_vec_pretty(&all)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_ends_with_its_holder_and_not_with_a_copy_of_the_file() {
        let directory = tempfile::tempdir().expect("a directory");
        let open = || File::create(directory.path().join("lock")).expect("a file");
        let held = Locked::take(open()).expect("a lock").expect("free");
        assert!(Locked::take(open()).expect("a lock").is_none());
        // As a process that is being started has.
        let _copy = held.try_clone().expect("a copy");
        drop(held);
        assert!(Locked::take(open()).expect("a lock").is_some());
    }

    #[test]
    fn the_free_space_is_known() {
        let directory = tempfile::tempdir().expect("a directory");
        assert!(free_space(directory.path()).is_some_and(|space| space > 0));
        // Not on a disk that the system lists.
        #[cfg(target_os = "linux")]
        assert_eq!(free_space(Path::new("/proc")), Some(0));
        assert_eq!(free_space(&directory.path().join("missing")), None);
    }
}
