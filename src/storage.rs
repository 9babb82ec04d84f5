//! Files and directories: written whole or not at all, private ones, and the space that is left.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;

/// Writes a file whole or not at all: beside its place under a name of its own, synced, then renamed. For files that one
/// process at a time writes: what a killed one leaves is written over by the next.
///
/// # Errors
/// Those of the file system.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

/// Writes a file whole or not at all, as [`write_whole`] does, where many processes may do so at once: each has a temporary
/// file of its own, whose name begins with `prefix`. The directory is made where it is missing.
///
/// # Errors
/// Those of the file system.
pub fn replace(path: &Path, prefix: &str, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(directory)?;
    let mut file = tempfile::Builder::new().prefix(prefix).tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Makes a directory that only the user can look into.
pub fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// The free bytes of the file system that holds `directory`; `None` where that is not known.
#[must_use]
#[cfg(unix)]
pub fn free_space(directory: &Path) -> Option<u64> {
    let about = rustix::fs::statvfs(directory).ok()?;
    Some(about.f_bavail.saturating_mul(about.f_frsize))
}

/// The free bytes of the file system that holds `directory`; `None` where that is not known.
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
        // Not one of the disks that the system lists.
        #[cfg(target_os = "linux")]
        assert_eq!(free_space(Path::new("/proc")), Some(0));
        assert_eq!(free_space(&directory.path().join("missing")), None);
    }
}
