//! The Unix socket: in a private directory, of one server at a time.

use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result, reason};
use crate::storage::private_directory;

/// A socket that is listened on. It is removed at the end.
#[derive(Debug)]
pub struct Socket {
    path: PathBuf,
    /// Which file it is: its device and number.
    own: Option<(u64, u64)>,
    /// Held as long as the server runs, so that only what a dead one left is removed.
    _lock: File,
}

impl Socket {
    /// Listens at `path`.
    ///
    /// # Errors
    /// [`Kind::CantCreate`] if another server has it, if it or its directory belongs to somebody else, or if it cannot be
    /// made.
    pub fn listen(path: &Path) -> Result<(Socket, UnixListener)> {
        let refuse = |why: String| Error::new(Kind::CantCreate, format!("cannot listen on {}", path.display()), why);
        let io = |error: io::Error| refuse(reason(&error));
        let taken = || {
            refuse("a server is already listening there".to_owned())
                .hint("use it, or choose another socket with --socket PATH")
        };
        let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
        private_directory(directory).map_err(io)?;
        let about = fs::metadata(directory).map_err(io)?;
        let own = rustix::process::geteuid().as_raw();
        if about.uid() != own {
            return Err(refuse(format!("{} belongs to another user", directory.display())));
        }
        if about.permissions().mode() & 0o022 != 0 {
            return Err(refuse(format!("others may write into {}", directory.display()))
                .hint(format!("chmod 700 {}", directory.display())));
        }
        let Some(lock) = lock(path).map_err(io)? else { return Err(taken()) };
        match fs::symlink_metadata(path) {
            Ok(about) if !about.file_type().is_socket() => {
                return Err(refuse("there is a file that is not a socket".to_owned()));
            }
            Ok(about) if about.uid() != own => return Err(refuse("it belongs to another user".to_owned())),
            // Of a service manager, which starts a server for the first connection, or of a server whose lock somebody removed.
            Ok(_) if UnixStream::connect(path).is_ok() => return Err(taken()),
            // Of a server that was killed, since its lock is free.
            Ok(_) => fs::remove_file(path).map_err(io)?,
            Err(_) => {}
        }
        let listener = UnixListener::bind(path).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput => refuse("the path is too long for a socket".to_owned()),
            _ => io(error),
        })?;
        fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(io)?;
        Ok((Socket { path: path.to_owned(), own: number(path), _lock: lock }, listener))
    }
}

/// The lock of the socket at `path`, for as long as the file is open: one server uses it at a time. `None` if another server
/// has it.
///
/// # Errors
/// Errors from the file system.
pub fn lock(path: &Path) -> io::Result<Option<File>> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    let lock = File::options().create(true).truncate(false).write(true).open(path.with_file_name(name))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Somebody may have removed the directory, and another server may have made it again.
        if self.own.is_some() && number(&self.path) == self.own {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The device and the number of a file.
fn number(path: &Path) -> Option<(u64, u64)> {
    fs::symlink_metadata(path).ok().map(|about| (about.dev(), about.ino()))
}
