//! Atomic writes, private directories, free space.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;

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
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(directory)?;
    let mut file = tempfile::Builder::new().prefix(prefix).tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.persist(path).map(drop).map_err(|error| error.error)
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

#[cfg(test)]
mod tests {
    use super::*;

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
