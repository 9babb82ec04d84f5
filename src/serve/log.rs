//! The log of requests: a line for each, with counts and times, and nothing that a client wrote but its path.
//!
//! A thread of its own writes, so that neither a full disk nor a slow terminal holds up answers.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use crate::error::{Error, Kind, Result, reason};
use crate::serve::trace::{Progress, Request};
use crate::shape::finish::Finish;
use crate::term::{self, Term};
use crate::units::rfc3339;

/// Lines that may wait to be written; further ones are lost.
const MAX_WAITING: usize = 4096;
/// Maximum length of a method or a path in the log.
const MAX_WORD: usize = 128;
/// How long the last lines may take at the end.
const LAST_LINES: Duration = Duration::from_secs(1);
/// The path that means stderr.
const STDERR: &str = "-";
/// The status of a request whose client left before there was a response, as nginx has it.
const CLIENT_LEFT: u16 = 499;

/// The log. Clones write to the same one.
#[derive(Debug, Clone)]
pub struct Log {
    is_file: bool,
    messages: SyncSender<Message>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// The file is opened again before the next line.
    reopens: AtomicBool,
    /// Lines that were lost.
    lost: AtomicUsize,
}

#[derive(Debug)]
enum Message {
    Line(String),
    Reopen,
    End(Sender<()>),
}

impl Log {
    /// Opens a log: a file that lines are appended to, or `-` for stderr. A new file can be read by its owner only. With
    /// `quiet`, nothing is said on stderr if writing fails.
    ///
    /// # Errors
    /// [`Kind::CantCreate`] if the file cannot be opened.
    pub fn open(path: &Path, quiet: bool) -> Result<Log> {
        let target = if path.as_os_str() == STDERR {
            Target::Stderr
        } else {
            let file = open(path).map_err(|error| {
                Error::new(Kind::CantCreate, format!("cannot write {}", path.display()), reason(&error))
            })?;
            Target::File { path: path.to_owned(), file }
        };
        let is_file = matches!(target, Target::File { .. });
        let (messages, received) = sync_channel(MAX_WAITING);
        let shared = Arc::new(Shared::default());
        let mut writer = Writer {
            target,
            shared: Arc::clone(&shared),
            term: Term::new(quiet, false),
            in_line: false,
            failed: false,
        };
        let started = thread::Builder::new().name("log".into()).spawn(move || writer.run(&received));
        started.map_err(|error| Error::new(Kind::Io, "cannot write a log", reason(&error)))?;
        Ok(Log { is_file, messages, shared })
    }

    /// Whether it is a file, which can be opened again.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.is_file
    }

    /// Adds the line of a request.
    pub fn line(&self, request: &Request, progress: &Progress) {
        if self.messages.try_send(Message::Line(line(request, progress))).is_err() {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Opens the file again, which another program may have moved away.
    pub fn reopen(&self) {
        self.shared.reopens.store(true, Ordering::Relaxed);
        // If that is full, the next line comes soon.
        let _ = self.messages.try_send(Message::Reopen);
    }

    /// Waits for the lines so far, but not for long.
    pub fn finish(&self) {
        let (done, end) = channel();
        if self.messages.try_send(Message::End(done)).is_ok() {
            let _ = end.recv_timeout(LAST_LINES);
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.create(true).append(true).open(path)
}

enum Target {
    Stderr,
    File { path: PathBuf, file: File },
}

struct Writer {
    target: Target,
    shared: Arc<Shared>,
    term: Term,
    /// The file ends with a part of a line.
    in_line: bool,
    /// Writing failed, and this was said.
    failed: bool,
}

impl Writer {
    fn run(&mut self, messages: &Receiver<Message>) {
        for message in messages {
            if self.shared.reopens.swap(false, Ordering::Relaxed) {
                self.reopen();
            }
            match message {
                Message::Line(line) => self.write(&line),
                Message::Reopen => {}
                Message::End(done) => {
                    // An error is somebody who no longer waits.
                    let _ = done.send(());
                }
            }
            let lost = self.shared.lost.swap(0, Ordering::Relaxed);
            if lost > 0 {
                self.term.note(&format!("the log is too slow: {lost} lines are missing"));
            }
        }
    }

    fn write(&mut self, line: &str) {
        let Target::File { path, file } = &mut self.target else {
            term::write::say(line);
            return;
        };
        let text = if self.in_line { format!("\n{line}\n") } else { format!("{line}\n") };
        // In one piece, so that lines of several processes do not mix.
        let written = loop {
            match file.write(text.as_bytes()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let why = match written {
            Ok(size) if size == text.len() => {
                self.in_line = false;
                return;
            }
            Ok(size) => {
                self.in_line |= size > 0;
                "only a part of a line could be written".to_owned()
            }
            Err(error) => reason(&error),
        };
        if !self.failed {
            self.failed = true;
            self.term.note(&format!("cannot write {}: {why}; requests are still answered", path.display()));
        }
    }

    fn reopen(&mut self) {
        let Target::File { path, file } = &mut self.target else { return };
        match open(path) {
            Ok(new) => {
                *file = new;
                (self.in_line, self.failed) = (false, false);
            }
            Err(error) => {
                self.term.note(&format!(
                    "cannot open {} again: {}; the log goes to the file that was open",
                    path.display(),
                    reason(&error)
                ));
            }
        }
    }
}

/// The line of a request: `name=value`, separated by spaces.
fn line(request: &Request, progress: &Progress) -> String {
    let millis = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
    let mut line = format!(
        "time={} id={} method={} path={} via={} status={}",
        time(request.time.duration_since(UNIX_EPOCH).unwrap_or_default()),
        request.id,
        word(request.method.as_str()),
        word(&request.path),
        request.via.name(),
        progress.status.unwrap_or(CLIENT_LEFT),
    );
    // Writing into a string cannot fail.
    if let Some(work) = &progress.work {
        let (prompt, reused, answer) = (work.prompt, work.reused, work.answer);
        let _ = write!(line, " prompt_tokens={prompt} reused_tokens={reused} answer_tokens={answer}");
        for (name, time) in [("queued", work.queued), ("first_token", work.first)] {
            let _ = time.map_or(Ok(()), |time| write!(line, " {name}_ms={}", millis(time)));
        }
    }
    let _ = write!(line, " total_ms={}", millis(request.started.elapsed()));
    let reasons = progress.work.as_ref().map(|work| &work.finish).filter(|reasons| !reasons.is_empty());
    if let Some(reasons) = reasons {
        let names: Vec<_> = reasons.iter().map(|finish| finish.map_or("failed", Finish::name)).collect();
        let _ = write!(line, " finish={}", names.join(","));
    }
    if !progress.is_whole {
        line += " cancelled=true";
    }
    line
}

/// The time, to milliseconds.
fn time(since_1970: Duration) -> String {
    let text = rfc3339(since_1970.as_secs());
    format!("{}.{:03}Z", text.trim_end_matches('Z'), since_1970.subsec_millis())
}

/// A word of a client, in which only characters of plain paths stay.
fn word(text: &str) -> String {
    let mut word = String::new();
    for byte in text.bytes() {
        if word.len() >= MAX_WORD {
            return word + "...";
        }
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => word.push(char::from(byte)),
            _ if b"/._~%:@!$&'()*+,;-".contains(&byte) => word.push(char::from(byte)),
            _ => {
                let _ = write!(word, "%{byte:02X}");
            }
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_clients_stay_in_their_line() {
        for (text, expected) in [
            ("/v1/models/deepseek-coder:6.7b", "/v1/models/deepseek-coder:6.7b"),
            ("/a b\n\u{1b}[2J=\"\u{7f}é\\", "/a%20b%0A%1B%5B2J%3D%22%7F%C3%A9%5C"),
            ("/%0A", "/%0A"),
        ] {
            assert_eq!(word(text), expected);
        }
        assert_eq!(word(&"/".repeat(500)).len(), MAX_WORD + 3);
    }

    #[test]
    fn times_have_milliseconds() {
        assert_eq!(time(Duration::from_millis(1_709_208_000_007)), "2024-02-29T12:00:00.007Z");
        assert_eq!(time(Duration::ZERO), "1970-01-01T00:00:00.000Z");
    }
}
