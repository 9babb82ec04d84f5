//! The socket of this user: in a private directory, of one server at a time. On Windows, the file at its path holds the name of
//! a pipe.

use std::fs::{self, File};
#[cfg(windows)]
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
#[cfg(unix)]
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

#[cfg(windows)]
use tokio::net::windows::named_pipe::{NamedPipeServer, ServerOptions};

use crate::error::{Error, Kind, Result, reason};
use crate::storage::{Locked, private_directory};

/// What connections come through.
#[cfg(unix)]
pub type Listener = std::os::unix::net::UnixListener;
/// The name of the pipe that connections come through.
#[cfg(windows)]
pub type Listener = String;

/// The device and number of a socket.
#[cfg(unix)]
type Contents = (u64, u64);
/// The name of a pipe.
#[cfg(windows)]
type Contents = Vec<u8>;

/// A socket that is listened on. It is removed at the end.
#[derive(Debug)]
pub struct Socket {
    path: PathBuf,
    /// What tells it from the file of another server.
    own: Option<Contents>,
    /// Held as long as the server runs, so that only what a dead one left is removed.
    _lock: Locked,
}

impl Socket {
    /// Listens at `path`.
    ///
    /// # Errors
    /// [`Kind::CantCreate`] if another server has it, if it or its directory belongs to somebody else, or if it cannot be
    /// made.
    pub fn listen(path: &Path) -> Result<(Socket, Listener)> {
        let refuse = |why: String| Error::new(Kind::CantCreate, format!("cannot listen on {}", path.display()), why);
        let io = |error: io::Error| refuse(reason(&error));
        let taken = |why: &str| refuse(why.to_owned()).hint("use it, or choose another socket with --socket PATH");
        let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
        private_directory(directory).map_err(io)?;
        #[cfg(unix)]
        check_directory(directory, &refuse)?;
        let Some(lock) = lock(path).map_err(io)? else { return Err(taken("a server is already listening there")) };
        let listener = bind(path, &refuse, &taken)?;
        Ok((Socket { path: path.to_owned(), own: contents(path), _lock: lock }, listener))
    }
}

/// The lock of the socket at `path`, for as long as it lives: one server uses it at a time. `None` if another server
/// has it.
///
/// # Errors
/// Errors from the file system.
pub fn lock(path: &Path) -> io::Result<Option<Locked>> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    let lock = File::options().create(true).truncate(false).write(true).open(path.with_file_name(name))?;
    Locked::take(lock)
}

/// Checks that only this user can put files into the directory.
#[cfg(unix)]
fn check_directory(directory: &Path, refuse: &dyn Fn(String) -> Error) -> Result<()> {
    let about = fs::metadata(directory).map_err(|error| refuse(reason(&error)))?;
    if about.uid() != rustix::process::geteuid().as_raw() {
        return Err(refuse(format!("{} belongs to another user", directory.display())));
    }
    if about.permissions().mode() & 0o022 != 0 {
        return Err(refuse(format!("others may write into {}", directory.display()))
            .hint(format!("chmod 700 {}", directory.display())));
    }
    Ok(())
}

#[cfg(unix)]
fn bind(path: &Path, refuse: &dyn Fn(String) -> Error, taken: &dyn Fn(&str) -> Error) -> Result<Listener> {
    let io = |error: io::Error| refuse(reason(&error));
    match fs::symlink_metadata(path) {
        Ok(about) if !about.file_type().is_socket() => {
            return Err(refuse("there is a file that is not a socket".to_owned()));
        }
        Ok(about) if about.uid() != rustix::process::geteuid().as_raw() => {
            return Err(refuse("it belongs to another user".to_owned()));
        }
        // Of a service manager, which starts a server for the first connection, or of a server whose lock somebody removed.
        Ok(_) if UnixStream::connect(path).is_ok() => return Err(taken("another program listens there")),
        // Of a server that was killed, since its lock is free.
        Ok(_) => fs::remove_file(path).map_err(io)?,
        Err(_) => {}
    }
    let listener = Listener::bind(path).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => refuse("the path is too long for a socket".to_owned()),
        _ => io(error),
    })?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(io)?;
    Ok(listener)
}

/// Where pipes are.
#[cfg(windows)]
const PIPES: &str = r"\\.\pipe\dscoder-";

#[cfg(windows)]
fn bind(path: &Path, refuse: &dyn Fn(String) -> Error, _taken: &dyn Fn(&str) -> Error) -> Result<Listener> {
    let io = |error: io::Error| refuse(reason(&error));
    match fs::read(path) {
        // Of a server that was killed, since its lock is free.
        Ok(old) if old.starts_with(PIPES.as_bytes()) => {}
        Ok(_) => return Err(refuse("there is a file that does not name a pipe".to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(io(error)),
    }
    // The standard library seeds its hash maps from the system's random numbers.
    let random = || RandomState::new().build_hasher().finish();
    let name = format!("{PIPES}{:016x}{:016x}", random(), random());
    crate::storage::replace(path, ".serve-", name.as_bytes()).map_err(io)?;
    Ok(name)
}

/// A named pipe, of which one instance waits for the next client.
#[cfg(windows)]
pub struct Pipes {
    name: String,
    next: NamedPipeServer,
}

#[cfg(windows)]
impl Pipes {
    /// The first instance; nobody else has the name.
    ///
    /// # Errors
    /// Errors from the system.
    pub fn listen(name: String) -> io::Result<Pipes> {
        // Windows lets only the user that makes a pipe, and administrators, write to it.
        let next = ServerOptions::new().first_pipe_instance(true).reject_remote_clients(true).create(&name)?;
        Ok(Pipes { name, next })
    }

    /// The next client.
    ///
    /// # Errors
    /// Errors from the system.
    pub async fn accept(&mut self) -> io::Result<NamedPipeServer> {
        // One whose client has gone again is not used a second time.
        let connected = self.next.connect().await;
        let next = ServerOptions::new().reject_remote_clients(true).create(&self.name)?;
        let stream = std::mem::replace(&mut self.next, next);
        connected.map(|()| stream)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Somebody may have removed the directory, and another server may have made it again.
        if self.own.is_some() && self.own == contents(&self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(unix)]
fn contents(path: &Path) -> Option<Contents> {
    fs::symlink_metadata(path).ok().map(|about| (about.dev(), about.ino()))
}

#[cfg(windows)]
fn contents(path: &Path) -> Option<Contents> {
    fs::read(path).ok()
}
