//! Sockets of a service manager, such as systemd: it listens, and starts the server for the first connection.

use std::net::SocketAddr;
use std::os::fd::AsFd;

use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::serve::Listener;
use crate::serve::socket;
use crate::storage::Locked;

/// The sockets that this process was given.
#[derive(Debug, Default)]
pub struct Passed {
    /// The sockets.
    pub listeners: Vec<Listener>,
    /// Their addresses, for people.
    pub shown: Vec<String>,
    /// The addresses of those that are TCP.
    pub addresses: Vec<SocketAddr>,
    /// Locks of the paths of those that have one, so that no other server replaces them.
    pub locks: Vec<Locked>,
}

/// Takes the sockets that this process was given, if any. To be called before there are threads that read variables.
///
/// # Errors
/// [`Kind::Usage`] if one of them is no socket that connections come through, [`Kind::CantCreate`] if another server uses it.
pub fn take() -> Result<Passed> {
    let refuse = |why: String| Error::new(Kind::Usage, "cannot use the sockets of the service manager", why);
    let mut given = environment::passed_sockets().map_err(refuse)?;
    let mut passed = Passed::default();
    for index in 0..given.len() {
        let wrong = || refuse(format!("number {} is neither a TCP nor a Unix socket that listens", index + 1));
        if let Ok(Some(listener)) = given.take_unix_listener(index) {
            if !listens(&listener) {
                // It may be one of the program's own, which a drop would close.
                std::mem::forget(listener);
                return Err(wrong());
            }
            let address = listener.local_addr().ok();
            let path = address.as_ref().and_then(|address| address.as_pathname());
            if let Some(path) = path {
                match socket::lock(path) {
                    Ok(Some(lock)) => passed.locks.push(lock),
                    Ok(None) => {
                        let what = format!("cannot listen on {}", path.display());
                        return Err(Error::new(Kind::CantCreate, what, "a server is already listening there"));
                    }
                    // Where only the service manager may write, no other server can replace the socket.
                    Err(_) => {}
                }
            }
            passed.shown.push(path.map_or("a socket without a path".to_owned(), |path| path.display().to_string()));
            passed.listeners.push(Listener::Own(listener));
        } else if let Ok(Some(listener)) = given.take_tcp_listener(index) {
            if !listens(&listener) {
                // It may be one of the program's own, which a drop would close.
                std::mem::forget(listener);
                return Err(wrong());
            }
            let address = listener.local_addr().map_err(|error| refuse(reason(&error)))?;
            passed.shown.push(format!("http://{address}"));
            passed.addresses.push(address);
            passed.listeners.push(Listener::Tcp(listener));
        } else {
            return Err(wrong());
        }
    }
    Ok(passed)
}

/// Whether a socket takes connections. macOS does not say.
#[cfg(not(target_vendor = "apple"))]
fn listens(socket: impl AsFd) -> bool {
    rustix::net::sockopt::socket_acceptconn(socket).unwrap_or(false)
}

#[cfg(target_vendor = "apple")]
fn listens(_socket: impl AsFd) -> bool {
    true
}
