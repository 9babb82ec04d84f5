//! One process at a time fetches a file. The system releases a lock when its holder dies, however it dies.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::cancel::Cancel;
use crate::error::{Error, Kind, Result, reason};
use crate::storage::Locked;
use crate::watch::Watch;

/// A held lock.
#[derive(Debug)]
pub struct Lock {
    _file: Locked,
    path: PathBuf,
}

impl Lock {
    /// Waits for the lock at `path`, with a note about its holder.
    ///
    /// # Errors
    /// [`Kind::CantCreate`] if the file cannot be created or locked, [`Kind::Signal`] if `cancel` was set.
    pub fn acquire(path: &Path, cancel: &Cancel, watch: &dyn Watch) -> Result<Lock> {
        let refuse = |why: String| {
            Error::new(Kind::CantCreate, format!("cannot lock {}", path.display()), why)
                .hint("set DSCODER_MODELS_DIR to a writable directory")
        };
        let mut told = false;
        loop {
            let open = || OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path);
            let failed = |error| refuse(reason(&error));
            if let Some(mut file) = Locked::take(open().map_err(failed)?).map_err(failed)? {
                // The previous holder removes the file when done: then this lock is stale.
                if !is_at(&file, path) {
                    continue;
                }
                let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
                return Ok(Lock { _file: file, path: path.to_owned() });
            }
            if let Some(cause) = cancel.cause() {
                return Err(Error::stopped(cause));
            }
            if !told {
                let mut holder = String::new();
                let _ = File::open(path).and_then(|file| file.take(20).read_to_string(&mut holder));
                let holder = holder.trim().parse().map(|pid: u32| format!(" (process {pid})")).unwrap_or_default();
                watch.note(&format!("another dscoder{holder} is downloading this file; waiting for it"));
                told = true;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is still locked: waiting processes notice and start again.
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether the open file is the one at `path`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |about: fs::Metadata| (about.dev(), about.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(file), Ok(path)) => identity(file) == identity(path),
        _ => false,
    }
}

/// Elsewhere lock files stay, so it always is.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Silent;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn one_at_a_time() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("lock");
        let inside = AtomicU32::new(0);
        let times = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        let _lock = Lock::acquire(&path, &Cancel::default(), &Silent).expect("a lock");
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        thread::sleep(Duration::from_millis(1));
                        inside.fetch_sub(1, Ordering::SeqCst);
                        times.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(times.into_inner(), 40);
        assert_eq!(path.exists(), !cfg!(unix));
    }

    #[test]
    fn a_file_of_a_dead_holder_does_not_hold() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("lock");
        fs::write(&path, "1").expect("written");
        let _lock = Lock::acquire(&path, &Cancel::default(), &Silent).expect("a lock");
        assert_eq!(fs::read_to_string(&path).ok(), Some(std::process::id().to_string()));
        let cancel = Cancel::default();
        cancel.set(crate::cancel::Cause::Signal(2));
        assert_eq!(Lock::acquire(&path, &cancel, &Silent).expect_err("held").kind, Kind::Signal(2));
    }
}
