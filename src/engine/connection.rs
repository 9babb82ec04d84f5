//! A connection to the resident engine: a Unix socket, or a named pipe of Windows.

use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

/// The stream of this system.
#[cfg(windows)]
use self::pipe::Pipe as Stream;
#[cfg(unix)]
use std::os::unix::net::UnixStream as Stream;

/// An open connection.
pub struct Connection(Stream);

impl Connection {
    /// Connects to the server at `socket`. Whatever is read or written later takes at most `time`.
    ///
    /// # Errors
    /// Errors from the system, also if there is no server.
    pub fn open(socket: &Path, time: Duration) -> io::Result<Connection> {
        let mut connection = Connection(Stream::connect(socket)?);
        connection.set_time(time)?;
        Ok(connection)
    }

    /// From now on, reading and writing take at most `time`; then they fail with [`io::ErrorKind::WouldBlock`] or
    /// [`io::ErrorKind::TimedOut`].
    ///
    /// # Errors
    /// Errors from the system.
    pub fn set_time(&mut self, time: Duration) -> io::Result<()> {
        self.0.set_read_timeout(Some(time))?;
        self.0.set_write_timeout(Some(time))
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Named pipes. The file at the path of the socket holds the name of the pipe: it is the user's own, and the name is
/// random, so nobody else can have made the pipe before.
#[cfg(windows)]
mod pipe {
    use std::fs;
    use std::io::{self, Read, Write};
    use std::path::Path;
    use std::thread;
    use std::time::{Duration, Instant};

    use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient};
    use tokio::runtime::{Builder, Runtime};

    /// `ERROR_PIPE_BUSY`: all instances are connected, and the next one is about to be made.
    const BUSY: i32 = 231;
    /// How long a busy pipe is tried.
    const TRYING: Duration = Duration::from_millis(200);

    /// A client's end; reading and writing have time limits, which files do not have.
    pub struct Pipe {
        client: NamedPipeClient,
        runtime: Runtime,
        time: Option<Duration>,
    }

    impl Pipe {
        pub fn connect(socket: &Path) -> io::Result<Pipe> {
            let name = fs::read_to_string(socket)?;
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let end = Instant::now() + TRYING;
            let client = loop {
                let inside = runtime.enter();
                match ClientOptions::new().open(&name) {
                    Err(error) if error.raw_os_error() == Some(BUSY) && Instant::now() < end => {
                        drop(inside);
                        thread::sleep(Duration::from_millis(2));
                    }
                    opened => break opened?,
                }
            };
            Ok(Pipe { client, runtime, time: None })
        }

        pub fn set_read_timeout(&mut self, time: Option<Duration>) -> io::Result<()> {
            self.time = time;
            Ok(())
        }

        pub fn set_write_timeout(&mut self, time: Option<Duration>) -> io::Result<()> {
            self.time = time;
            Ok(())
        }
    }

    impl Read for Pipe {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Pipe { client, runtime, time } = self;
            let read = async {
                loop {
                    client.readable().await?;
                    match client.try_read(buffer) {
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                        // The other end is closed.
                        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(0),
                        done => return done,
                    }
                }
            };
            runtime.block_on(within(*time, read))
        }
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let Pipe { client, runtime, time } = self;
            let write = async {
                loop {
                    client.writable().await?;
                    match client.try_write(bytes) {
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                        done => return done,
                    }
                }
            };
            runtime.block_on(within(*time, write))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    async fn within(time: Option<Duration>, work: impl Future<Output = io::Result<usize>>) -> io::Result<usize> {
        match time {
            None => work.await,
            Some(time) => {
                tokio::time::timeout(time, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}
