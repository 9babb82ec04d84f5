//! stdin that nobody named: whether it is meant for this program or for another one, such as the `read` of a loop.
//!
//! A look at it takes nothing away where the system allows that: in files everywhere, in sockets on Unix, in pipes on
//! Linux.

use std::io::{self, BufRead, IsTerminal, Read};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::git::diff::Likeness;
use crate::term::Term;

/// How long a wait may be before it is mentioned.
const SILENCE: Duration = Duration::from_millis(500);

/// What stdin is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stdin {
    /// A terminal.
    Terminal,
    /// A file from its beginning.
    File,
    /// A file that another program has read a part of. What is left may be meant for that program.
    Begun,
    /// A pipe, which a shell makes for `|`.
    Pipe,
    /// A socket, which programs make for those that they start, and often never close.
    Socket,
    /// Something else, mostly `/dev/null`. A closed stdin is that, too.
    Device,
}

/// What a look at stdin finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// It is at its end.
    Nothing,
    /// Nothing has come in time.
    Late,
    /// What is looked for.
    Wanted,
    /// Something else, of which nothing is taken.
    Other,
    /// It can only be read.
    Unknown,
}

impl Stdin {
    /// Looks at stdin without reading.
    #[must_use]
    pub fn now() -> Stdin {
        if io::stdin().is_terminal() { Stdin::Terminal } else { system::kind() }
    }

    /// Whether its beginning is `like` what is looked for. Waits for it, which `note` mentions; for a socket only for
    /// some seconds.
    ///
    /// # Errors
    /// Errors from the system.
    pub fn offers(self, like: &dyn Fn(&[u8]) -> Likeness, note: &str, term: &Term) -> io::Result<Offer> {
        match self {
            Stdin::Terminal | Stdin::Device => Ok(Offer::Nothing),
            _ => patiently(note, term, || system::offers(self, like)),
        }
    }

    /// Waits until something can be read, or until the end, which `note` mentions; for a socket only for some seconds.
    /// False if nothing has come.
    ///
    /// # Errors
    /// Errors from the system.
    pub fn comes(self, note: &str, term: &Term) -> io::Result<bool> {
        patiently(note, term, || match self {
            Stdin::Socket => system::wait(self),
            _ => Reader.wait().map(|()| true),
        })
    }
}

/// Waits until something can be read, however long, which `note` mentions.
///
/// # Errors
/// Errors from the system.
pub fn wait(note: &str, term: &Term) -> io::Result<()> {
    patiently(note, term, || Reader.wait())
}

/// Does what may wait for long, and then says so.
fn patiently<T: Send>(note: &str, term: &Term, wait: impl FnOnce() -> T) -> T {
    let (done, waiting) = channel::<()>();
    thread::scope(|scope| {
        let speak = move || {
            if waiting.recv_timeout(SILENCE) == Err(RecvTimeoutError::Timeout) {
                term.note(note);
            }
        };
        // Without a thread, the wait is silent.
        let _ = thread::Builder::new().name("patience".into()).spawn_scoped(scope, speak);
        let result = wait();
        drop(done);
        result
    })
}

/// Reads stdin, also where another program has set it to never wait.
#[derive(Debug, Clone, Copy)]
pub struct Reader;

impl Reader {
    fn wait(self) -> io::Result<()> {
        retried(|| io::stdin().lock().fill_buf().map(drop))
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        retried(|| io::stdin().lock().read(buffer))
    }
}

fn retried<T>(mut read: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match read() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => system::wait(Stdin::Pipe).map(drop)?,
            other => return other,
        }
    }
}

#[cfg(unix)]
mod system {
    use std::io;
    use std::thread;
    use std::time::{Duration, Instant};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::FileType;
    use rustix::io::Errno;
    use rustix::net::RecvFlags;
    use rustix::stdio::stdin;

    use super::{Offer, Stdin};
    use crate::git::diff::Likeness;

    /// How much of stdin is looked at: what a pipe holds.
    const HEAD: usize = 64 << 10;
    /// How long a socket is waited for.
    const SOCKET_PATIENCE: Duration = Duration::from_secs(3);
    /// Time for what is on its way to come. A program writes whole blocks.
    const GRACE: Duration = Duration::from_millis(100);

    pub fn kind() -> Stdin {
        let Ok(about) = rustix::fs::fstat(stdin()) else { return Stdin::Device };
        match FileType::from_raw_mode(about.st_mode) {
            FileType::RegularFile => match rustix::fs::tell(stdin()) {
                Ok(1..) => Stdin::Begun,
                _ => Stdin::File,
            },
            FileType::Fifo => Stdin::Pipe,
            FileType::Socket => Stdin::Socket,
            _ => Stdin::Device,
        }
    }

    pub fn offers(stdin: Stdin, like: &dyn Fn(&[u8]) -> Likeness) -> io::Result<Offer> {
        if stdin == Stdin::Pipe && !cfg!(target_os = "linux") {
            return Ok(Offer::Unknown);
        }
        if !wait(stdin)? {
            return Ok(Offer::Late);
        }
        let mut head = match peek(stdin) {
            // Some systems pretend to be Linux.
            Err(_) if stdin == Stdin::Pipe => return Ok(Offer::Unknown),
            head => head?,
        };
        let mut since = Instant::now();
        if head.is_empty() {
            return Ok(Offer::Nothing);
        }
        loop {
            let likeness = like(&head);
            if likeness == Likeness::Yes {
                return Ok(Offer::Wanted);
            }
            let is_all = head.len() >= HEAD || matches!(stdin, Stdin::File | Stdin::Begun) || is_closed();
            if is_all || (likeness == Likeness::No && since.elapsed() >= GRACE) {
                // The writer may have ended between the two looks.
                let last = peek(stdin)?;
                let is_it = last.len() > head.len() && like(&last) == Likeness::Yes;
                return Ok(if is_it { Offer::Wanted } else { Offer::Other });
            }
            thread::sleep(GRACE / 10);
            let longer = peek(stdin)?;
            if longer.len() != head.len() {
                (head, since) = (longer, Instant::now());
            }
        }
    }

    /// Waits until stdin can be read. False if it is a socket on which nothing comes.
    pub fn wait(kind: Stdin) -> io::Result<bool> {
        let patience = (kind == Stdin::Socket).then_some(SOCKET_PATIENCE);
        let end = patience.map(|patience| Instant::now() + patience);
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            match ready(left) {
                Ok(flags) => return Ok(!flags.is_empty()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether nothing more can come.
    fn is_closed() -> bool {
        ready(Some(Duration::ZERO)).is_ok_and(|flags| flags.contains(PollFlags::HUP))
    }

    fn ready(patience: Option<Duration>) -> rustix::io::Result<PollFlags> {
        let input = stdin();
        let mut polled = [PollFd::new(&input, PollFlags::IN)];
        let patience = patience.and_then(|patience| Timespec::try_from(patience).ok());
        poll(&mut polled, patience.as_ref())?;
        Ok(polled[0].revents())
    }

    /// The next bytes, which stay where they are; none at the end.
    fn peek(kind: Stdin) -> io::Result<Vec<u8>> {
        let mut head = vec![0; HEAD];
        let count = loop {
            let count = match kind {
                Stdin::Socket => rustix::net::recv(stdin(), &mut head[..], RecvFlags::PEEK | RecvFlags::DONTWAIT)
                    .map(|(count, _)| count),
                Stdin::Pipe => peek_pipe(&mut head),
                _ => rustix::fs::tell(stdin()).and_then(|offset| rustix::io::pread(stdin(), &mut head[..], offset)),
            };
            match count {
                Err(Errno::INTR) => {}
                // The second is a stdin that can only be written to.
                Err(Errno::AGAIN | Errno::BADF) => break 0,
                count => break count?,
            }
        };
        head.truncate(count);
        Ok(head)
    }

    /// Copies what is in the pipe into another one.
    #[cfg(target_os = "linux")]
    fn peek_pipe(head: &mut [u8]) -> rustix::io::Result<usize> {
        use rustix::pipe::{SpliceFlags, tee};

        let (copy, end) = rustix::pipe::pipe()?;
        let copied = tee(stdin(), &end, head.len(), SpliceFlags::NONBLOCK)?;
        drop(end);
        let mut count = 0;
        while count < copied {
            match rustix::io::read(&copy, &mut head[count..])? {
                0 => break,
                more => count += more,
            }
        }
        Ok(count)
    }

    #[cfg(not(target_os = "linux"))]
    fn peek_pipe(_: &mut [u8]) -> rustix::io::Result<usize> {
        Ok(0)
    }
}

#[cfg(not(unix))]
mod system {
    use std::io;

    use super::{Offer, Stdin};
    use crate::git::diff::Likeness;

    pub fn kind() -> Stdin {
        Stdin::Pipe
    }

    pub fn offers(_: Stdin, _: &dyn Fn(&[u8]) -> Likeness) -> io::Result<Offer> {
        Ok(Offer::Unknown)
    }

    pub fn wait(_: Stdin) -> io::Result<bool> {
        Ok(true)
    }
}
