//! `--batch`: one JSON object per line in, one per line out, in the same order.
//!
//! Lines are read as they are needed, so the input may be endless, and an answer is printed once all earlier ones are.
//! A [`Backend`] answers: [`local`] is the engine of this process, [`requests`] a server, [`resident`] a resident engine.

pub mod backend;
pub mod local;
pub mod requests;
pub mod resident;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cancel::{Cancel, Sink};
use crate::engine::MAX_SEQUENCES;
use crate::engine::source::Source;
use crate::error::{Error, Kind, Result};
use crate::run::batch::backend::Backend;
use crate::run::{input, report, stdin};
use crate::settings::Settings;
use crate::term::{self, Term};
use crate::text::dialect::{self, Dialect};
use crate::units::limit;

/// Lines that are read ahead.
const READ_AHEAD: usize = 4;
/// Maximum number of lines whose output waits for an earlier line.
const WINDOW: usize = 256;
/// How long to wait for a line while there is other work, and while there is none: then signals are checked.
const BUSY: Duration = Duration::from_millis(1);
const IDLE: Duration = Duration::from_millis(50);

/// The flags.
#[derive(Debug, Clone, clap::Args)]
// As in `context::Args`.
#[group(skip)]
pub struct Args {
    /// Answer many prompts: one JSON object per line in FILE (- is stdin) and on stdout
    ///
    /// The output is that of --json, in the order of the input, with the line number and the input's "id". A line that
    /// fails gets an "error" instead, the others continue, and the exit code is 65.
    #[arg(long, hide_short_help = true, value_name = "FILE", conflicts_with_all = ["file", "json_lines"], help_heading = "Batch")]
    pub batch: Option<PathBuf>,

    /// Prompts to evaluate in parallel
    // Each takes memory for its context.
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = 8, env = "DSCODER_PARALLEL", hide_env_values = true,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SEQUENCES)), help_heading = "Batch")]
    pub parallel: u32,
}

/// The settings that a line may override.
#[derive(Debug, Default)]
pub struct Own {
    /// Instead of `--max-tokens`.
    pub max_tokens: Option<u32>,
    /// Instead of `--stop`.
    pub stop: Option<Vec<String>>,
    /// Instead of `--seed`.
    pub seed: Option<u32>,
}

impl Own {
    /// The settings of the line; `settings` are the defaults.
    ///
    /// # Errors
    /// [`Kind::Data`] if a number is out of bounds.
    pub fn over(self, settings: &Settings) -> Result<Settings> {
        let refuse = |name: &str, why: &str| Err(Error::new(Kind::Data, format!("cannot use \"{name}\""), why));
        // Statistics are for the whole batch.
        let mut settings = settings.clone();
        settings.output.stats = false;
        match self.max_tokens {
            None => {}
            Some(tokens @ 1..=1_000_000) => settings.limits.max_tokens = tokens,
            Some(_) => return refuse("max_tokens", "a number from 1 to 1000000"),
        }
        if self.seed == Some(u32::MAX) {
            return refuse("seed", "a number below 4294967295");
        }
        settings.sampling.seed = self.seed.or(settings.sampling.seed);
        settings.limits.stop = self.stop.unwrap_or(settings.limits.stop);
        Ok(settings)
    }
}

/// The language that a line names.
///
/// # Errors
/// [`Kind::Data`] if it is unknown.
pub fn language(name: &str) -> Result<&'static Dialect> {
    dialect::parse(name).map_err(|why| Error::new(Kind::Data, "cannot use \"language\"", why))
}

/// A line of output.
#[derive(Serialize)]
struct Done<'a, R> {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Value>,
    #[serde(flatten)]
    report: R,
}

/// What is printed instead of an answer.
#[derive(Serialize)]
struct Failed<'a> {
    error: Failure<'a>,
}

#[derive(Serialize)]
struct Failure<'a> {
    exit_code: u8,
    message: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    hint: &'a str,
}

/// Checks for settings that a batch cannot have.
///
/// # Errors
/// [`Kind::Usage`] if there is one.
pub fn check(settings: &Settings) -> Result<()> {
    if settings.limits.candidates > 1 {
        return Err(Error::new(Kind::Usage, "--batch gives one answer per prompt", "")
            .hint("for more, repeat the line with another \"seed\" each, and set a temperature with -t"));
    }
    Ok(())
}

/// Answers the lines of `path` with `source`, several in parallel; `prepare` makes their prompts.
///
/// # Errors
/// As [`run`].
pub fn answer<L: DeserializeOwned>(
    path: &Path,
    source: &Source,
    settings: &Settings,
    parallel: u32,
    term: &Term,
    cancel: &Cancel,
    prepare: impl FnMut(L) -> Result<local::Prepared>,
) -> Result<()> {
    let mut backend = backend(source, settings, parallel, 0, term, prepare);
    let done = run(path, backend.as_mut(), term, cancel);
    if settings.output.stats {
        backend.statistics().iter().for_each(|words| term.report(words));
    }
    done
}

/// What answers with `source`, at most `parallel` prompts at once; `prepare` makes these. An engine of this process has room
/// for prompts that take `room` tokens with their answers, from the start.
pub fn backend<'a, L>(
    source: &'a Source,
    settings: &'a Settings,
    parallel: u32,
    room: usize,
    term: &'a Term,
    prepare: impl FnMut(L) -> Result<local::Prepared> + 'a,
) -> Box<dyn Backend<L, Report = report::Report<'a>> + 'a> {
    match source {
        Source::Remote(remote) => {
            let remote = remote.as_ref().clone();
            Box::new(requests::RequestBackend::new(remote, source, settings, parallel, term, prepare))
        }
        Source::Resident(resident) => {
            Box::new(resident::ResidentBackend::new(resident, source, settings, parallel, term, prepare))
        }
        _ => Box::new(local::LocalBackend::new(source, settings, parallel, term, prepare).with_room(room)),
    }
}

/// Answers the lines of `path`.
///
/// # Errors
/// [`Kind::Data`] if some lines failed, [`Kind::Signal`] and [`Kind::Deadline`] if the run was asked to stop; errors
/// from reading, from writing and from the backend.
pub fn run<L: DeserializeOwned, B: Backend<L> + ?Sized>(
    path: &Path,
    backend: &mut B,
    term: &Term,
    cancel: &Cancel,
) -> Result<()> {
    let (lines, size) = InputLines::open(path)?;
    let mut batch = Batch { held: BTreeMap::new(), ids: BTreeMap::new(), printed: 0, failed: 0, first: None };
    let progress = term.lines(size);
    let (mut number, mut has_ended, mut unread) = (0, false, None);
    cancel.answer_begins();
    loop {
        while !has_ended && number < batch.printed + WINDOW && backend.has_room() && !cancel.is_set() {
            let line = match lines.next(if backend.is_idle() { IDLE } else { BUSY }) {
                Ok(Next::Line(line)) => line,
                Ok(Next::Later) => break,
                // Lines that were read before are answered.
                ended => {
                    (has_ended, unread) = (true, ended.err());
                    break;
                }
            };
            number += 1;
            batch.held.insert(number, (line.end, None));
            match parse(line.bytes) {
                Ok((id, parsed, bytes)) => {
                    batch.ids.extend(id.map(|id| (number, id)));
                    backend.submit(number, parsed, bytes);
                }
                Err((id, error)) => {
                    batch.ids.extend(id.map(|id| (number, id)));
                    batch.finish::<()>(number, Err(error));
                }
            }
        }
        let cause = cancel.cause();
        let advanced = backend.advance(cancel);
        let (answers, failure) = match advanced {
            Ok(answers) => (answers, cause.map(Error::stopped)),
            Err(error) => (Vec::new(), Some(error)),
        };
        for (number, answer) in answers {
            batch.finish(number, answer);
        }
        if batch.print(&progress)? == Sink::Closed {
            return Ok(());
        }
        if let Some(error) = failure {
            return Err(error);
        }
        if has_ended && backend.is_idle() && batch.held.is_empty() {
            break;
        }
    }
    match batch.first {
        _ if unread.is_some() => unread.map_or(Ok(()), Err),
        None => Ok(()),
        Some((line, message)) => Err(Error::new(
            Kind::Data,
            format!("{} of {number} lines failed", batch.failed),
            format!("the first is line {line}: {message}"),
        )),
    }
}

/// The lines between input and output.
struct Batch {
    /// For each line that was read but not printed: its end in the input, and its output.
    held: BTreeMap<usize, (u64, Option<String>)>,
    ids: BTreeMap<usize, Value>,
    printed: usize,
    failed: usize,
    /// The first line that failed, and how.
    first: Option<(usize, String)>,
}

impl Batch {
    fn finish<R: Serialize>(&mut self, number: usize, answer: Result<R>) {
        let id = self.ids.remove(&number);
        let line = match answer {
            Ok(report) => report::line(&Done { line: number, id: id.as_ref(), report }),
            Err(error) => {
                self.failed += 1;
                let why = if error.why.is_empty() { String::new() } else { format!(": {}", error.why) };
                let message = format!("{}{why}", error.what);
                if self.first.as_ref().is_none_or(|(first, _)| number < *first) {
                    self.first = Some((number, message.clone()));
                }
                let failure = Failure { exit_code: error.kind.exit_code(), message, hint: &error.hint };
                report::line(&Done { line: number, id: id.as_ref(), report: Failed { error: failure } })
            }
        };
        if let Some(held) = self.held.get_mut(&number) {
            held.1 = Some(line);
        }
    }

    /// Prints the finished lines, up to the first unfinished one.
    fn print(&mut self, progress: &term::progress::LineProgress) -> Result<Sink> {
        while let Some(first) = self.held.first_entry()
            && first.get().1.is_some()
        {
            let (end, line) = first.remove();
            self.printed += 1;
            if term::write::print(&line.unwrap_or_default())? == Sink::Closed {
                return Ok(Sink::Closed);
            }
            progress.show(self.printed, end);
        }
        Ok(Sink::Open)
    }
}

/// The id of a line, its content, and its length.
type Parsed<L> = (Option<Value>, L, usize);

/// The content of a line, or why it cannot be used; with its id, if it has one.
fn parse<L: DeserializeOwned>(bytes: Option<Vec<u8>>) -> std::result::Result<Parsed<L>, (Option<Value>, Error)> {
    /// The rest of the line is checked later, or is wrong.
    #[derive(Deserialize)]
    struct Id {
        id: Option<Value>,
    }
    let refuse = |why: String| Error::new(Kind::Data, "cannot use this line", why);
    let Some(bytes) = bytes else {
        return Err((None, refuse(format!("it is longer than {}", limit(input::MAX_BYTES as u64)))));
    };
    let text = input::checked(bytes, "this line").map_err(|error| (None, error))?;
    let text = text.strip_prefix(crate::gap::BYTE_ORDER_MARK).unwrap_or(&text);
    if text.trim().is_empty() {
        return Err((None, refuse("it is empty".to_owned()).hint("write one JSON object per line")));
    }
    let id = serde_json::from_str::<Id>(text).ok().and_then(|line| line.id);
    match serde_json::from_str(text) {
        Ok(line) => Ok((id, line, text.len())),
        Err(error) => {
            let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
            // A line is always line 1 of its own text.
            let why = error.to_string().replace(" at line 1 column ", " at column ");
            Err((id, refuse(if is_json { why } else { format!("it is not JSON: {why}") })))
        }
    }
}

/// The lines of a file, read in a thread so that a slow writer does not delay answers.
struct InputLines(Receiver<Result<Line>>);

struct Line {
    /// `None` if it is too long.
    bytes: Option<Vec<u8>>,
    /// Where it ends in the file.
    end: u64,
}

enum Next {
    Line(Line),
    /// Not within the time.
    Later,
    End,
}

impl InputLines {
    /// Begins to read, and returns the size of the input if it is known.
    fn open(path: &Path) -> Result<(InputLines, Option<u64>)> {
        let (sender, receiver) = sync_channel(READ_AHEAD);
        let path = path.to_owned();
        let (reader, size): (Box<dyn Read + Send>, _) = if input::is_stdin(&path) {
            if io::stdin().is_terminal() {
                term::write::say("reading from the terminal; Ctrl-D ends the batch");
            }
            (Box::new(stdin::Reader), None)
        } else {
            let file = File::open(&path).map_err(|error| Error::reading(&path, &error))?;
            let about = file.metadata().map_err(|error| Error::reading(&path, &error))?;
            if about.is_dir() {
                return Err(Error::reading(&path, &io::ErrorKind::IsADirectory.into()));
            }
            let size = about.is_file().then_some(about.len());
            (Box::new(file), size)
        };
        let read = move || {
            if let Err(error) = read_lines(BufReader::new(reader), &sender) {
                let _ = sender.send(Err(Error::reading(&path, &error)));
            }
        };
        let started = thread::Builder::new().name("lines".into()).spawn(read);
        started.map_err(|error| Error::new(Kind::Io, "cannot read the batch", error.to_string()))?;
        Ok((InputLines(receiver), size))
    }

    fn next(&self, wait: Duration) -> Result<Next> {
        match self.0.recv_timeout(wait) {
            Ok(line) => line.map(Next::Line),
            Err(RecvTimeoutError::Timeout) => Ok(Next::Later),
            Err(RecvTimeoutError::Disconnected) => Ok(Next::End),
        }
    }
}

/// Sends lines until the input ends or the receiver is gone. A line that is too long is skipped, not kept in memory.
fn read_lines(mut reader: impl BufRead, sender: &SyncSender<Result<Line>>) -> io::Result<()> {
    let mut end = 0;
    loop {
        let mut bytes = Vec::new();
        let mut count = reader.by_ref().take(input::MAX_BYTES as u64 + 1).read_until(b'\n', &mut bytes)?;
        if count == 0 {
            return Ok(());
        }
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        } else if count > input::MAX_BYTES {
            bytes = Vec::new();
            count += skip_line(&mut reader)?;
        }
        let is_long = count > input::MAX_BYTES && bytes.is_empty();
        end += count as u64;
        if sender.send(Ok(Line { bytes: (!is_long).then_some(bytes), end })).is_err() {
            return Ok(());
        }
    }
}

fn skip_line(reader: &mut impl BufRead) -> io::Result<usize> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        let (length, is_end) = match buffer.iter().position(|&byte| byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(length);
        skipped += length;
        if is_end {
            return Ok(skipped);
        }
    }
}
