//! The transfer of one file: in ranges, several at once, resumable, and hashed on the fly.
//!
//! The file grows as `<sha256>.partial` in its directory; `<sha256>.parts` maps the ranges that are safely on disk.
//! Workers fetch ranges; a hasher follows the contiguous part from the beginning and reads it back from disk; the
//! caller's thread syncs, writes the map and shows the progress. A server's description of a range must cover the
//! beginning of what was requested before a byte of it is written; the content counts only once the hash is right.
//!
//! Some servers cannot serve ranges, or mislabel them. After `MISFITS` such answers in a row, one worker requests the file
//! without a range and drops what is on disk already.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use reqwest::{Method, Url, header};
use sha2::Digest as _;

use crate::cancel::Cancel;
use crate::error::{Error, Kind, Result, reason};
use crate::fetch::http::{Address, Fault, Fetched, HttpClient, backoff, cause, shown};
use crate::fetch::parts::{Map, Parts};
use crate::model::digest::Digest;
use crate::storage::free_space;
use crate::units::bytes;
use crate::watch::Watch;

/// The longest range that is requested.
const LONGEST_SEGMENT: u64 = 64 << 20;
/// Read from a connection or the disk at once: small enough to stay in the processor's cache until written or hashed.
const BUFFER: usize = 64 << 10;
/// How often the server is asked again for the size if the hash is wrong.
const MAX_DOUBTS: u32 = 3;
/// Bytes written, and time passed, before other threads are notified.
const TELL: u64 = 1 << 20;
const LONGEST_SILENCE: Duration = Duration::from_millis(100);
/// Answers in a row that do not match the request before the file is requested without a range.
const MISFITS: u32 = 2;
/// Further ones, without a byte received, before the transfer fails.
const WHOLE_MISFITS: u32 = 2;
/// A range that begins this much too early is used; more would be received in vain for each range.
const LONGEST_SKIP: u64 = 1 << 20;
/// Space that stays free on the disk.
const SPARE_SPACE: u64 = 16 << 20;

/// The file to fetch.
pub struct WantedFile<'a> {
    /// Its name, for messages and the map.
    pub name: &'a str,
    /// The directory of partial files.
    pub directory: &'a Path,
    /// Its digest, which decides whether it is right.
    pub sha256: Digest,
    /// Its size according to the server.
    pub size: u64,
    /// Its address.
    pub address: Address,
    /// Asks the server again whether the file is unchanged; returns its size.
    pub ask: &'a (dyn Fn() -> std::result::Result<u64, Fault> + Sync),
}

/// The files of one transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadPaths {
    /// The partial file.
    pub partial: PathBuf,
    /// Its map.
    pub map: PathBuf,
    /// Held by the process that fetches it.
    pub lock: PathBuf,
    /// A complete file with a wrong hash.
    pub quarantine: PathBuf,
}

impl DownloadPaths {
    /// The files of a transfer with this digest.
    #[must_use]
    pub fn of(directory: &Path, sha256: &Digest) -> DownloadPaths {
        let path = |extension: &str| directory.join(format!("{sha256}.{extension}"));
        DownloadPaths {
            partial: path("partial"),
            map: path("parts"),
            lock: path("lock"),
            quarantine: path("quarantine"),
        }
    }

    /// Removes what a finished transfer leaves behind.
    pub fn clear(&self) {
        for path in [&self.partial, &self.map, &self.quarantine] {
            let _ = fs::remove_file(path);
        }
    }
}

/// Fetches a file into [`DownloadPaths::partial`], complete, synced and with the right hash. The caller holds the lock.
///
/// A complete file with a wrong hash is moved aside and fetched once more.
///
/// # Errors
/// [`Kind::Network`] or [`Kind::TryLater`] if it could not be fetched, [`Kind::Data`] if the hash was wrong twice,
/// [`Kind::Io`] if the disk is full or fails, [`Kind::Signal`] if `cancel` was set.
pub fn fetch(client: &HttpClient, wanted: &WantedFile<'_>, cancel: &Cancel, watch: &dyn Watch) -> Result<PathBuf> {
    let files = DownloadPaths::of(wanted.directory, &wanted.sha256);
    let mut size = wanted.size;
    let mut damaged = false;
    let mut doubts = 0;
    loop {
        let transfer = Transfer::begin(client, wanted, &files, size, cancel)?;
        if damaged {
            // Perhaps its ranges are not what they claim to be.
            transfer.state().misfits = MISFITS;
        }
        let (found, length, had) = transfer.run(watch)?;
        if found == wanted.sha256 {
            transfer.finish(length)?;
            return Ok(files.partial);
        }
        // Perhaps only the size that the server named was wrong.
        if doubts < MAX_DOUBTS
            && let Ok(told) = (wanted.ask)()
            && told != had
        {
            size = told;
            doubts += 1;
            continue;
        }
        let aside = fs::rename(&files.partial, &files.quarantine);
        let _ = fs::remove_file(&files.map);
        let why = format!("its SHA-256 is {found}, expected {}", wanted.sha256);
        if damaged {
            let hint = match aside {
                Ok(()) => format!("the received data is in {}", files.quarantine.display()),
                Err(_) => String::new(),
            };
            return Err(Error::new(Kind::Data, format!("{} arrived damaged twice", wanted.name), why).hint(hint));
        }
        watch.note(&format!("{} arrived damaged: {why}; downloading it once more", wanted.name));
        damaged = true;
    }
}

/// Properties of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ranges {
    /// Unknown.
    Unknown,
    /// It sends the requested ranges.
    Served,
    /// It sends the whole file whatever is requested.
    Ignored,
}

struct TransferState {
    size: u64,
    /// The ranges written.
    done: Parts,
    /// The ranges in progress.
    taken: Parts,
    ranges: Ranges,
    /// Answers in a row that did not match the request.
    misfits: u32,
    /// The address after all redirects.
    address: Option<Url>,
    /// The server's tag of this version of the file.
    etag: Option<String>,
    /// Workers that have not retired.
    workers: usize,
    /// Bytes written by this process.
    gained: u64,
    /// Why nothing arrives, in words.
    reason: Option<String>,
    /// Something to tell the user.
    news: Option<String>,
    error: Option<Error>,
}

/// What a worker requests.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PartRequest {
    /// The bytes that are missing.
    range: Range<u64>,
    /// Whether the whole file is requested, of which these are the end.
    whole: bool,
}

/// What of an answer's body is written where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Body {
    /// Bytes to drop first.
    skip: u64,
    /// The place of those that follow.
    range: Range<u64>,
}

struct Transfer<'a> {
    client: &'a HttpClient,
    wanted: &'a WantedFile<'a>,
    files: &'a DownloadPaths,
    cancel: &'a Cancel,
    file: File,
    state: Mutex<TransferState>,
    changed: Condvar,
}

impl<'a> Transfer<'a> {
    fn begin(
        client: &'a HttpClient,
        wanted: &'a WantedFile<'a>,
        files: &'a DownloadPaths,
        size: u64,
        cancel: &'a Cancel,
    ) -> Result<Transfer<'a>> {
        let refuse = |error: &io::Error| {
            Error::new(Kind::CantCreate, format!("cannot create {}", files.partial.display()), reason(error))
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&files.partial)
            .map_err(|error| refuse(&error))?;
        let length = file.metadata().map_err(|error| refuse(&error))?.len();
        let mut done = Map::load(&files.map).map(|map| map.parts).unwrap_or_default();
        // Beyond the end of the file nothing was written, whatever the map says.
        done.remove(&(length..u64::MAX));
        let transfer = Transfer {
            client,
            wanted,
            files,
            cancel,
            file,
            state: Mutex::new(TransferState {
                size,
                done,
                taken: Parts::default(),
                ranges: Ranges::Unknown,
                misfits: 0,
                address: None,
                etag: None,
                workers: client.options.connections.max(1),
                gained: 0,
                reason: None,
                news: None,
                error: None,
            }),
            changed: Condvar::new(),
        };
        transfer.check_space()?;
        Ok(transfer)
    }

    fn check_space(&self) -> Result<()> {
        let state = self.state();
        let missing = state.size - state.done.bytes().min(state.size);
        let space = self.client.options.space.or_else(|| free_space(self.wanted.directory));
        match space {
            Some(space) if missing > 0 && space < missing.saturating_add(SPARE_SPACE) => Err(Error::new(
                Kind::Io,
                format!("no space for {}", self.wanted.name),
                format!(
                    "{} more are needed and {} are free in {}",
                    bytes(missing),
                    bytes(space),
                    self.wanted.directory.display()
                ),
            )
            .hint("make room, or set DSCODER_MODELS_DIR to a directory on another disk")),
            _ => Ok(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, TransferState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the transfer is complete or has failed.
    fn is_over(&self, state: &TransferState) -> bool {
        state.error.is_some() || self.cancel.is_set() || state.done.frontier() >= state.size
    }

    fn fail(&self, error: Error) {
        let mut state = self.state();
        state.error.get_or_insert(error);
        self.changed.notify_all();
    }

    /// Waits briefly for a change by other threads.
    fn wait<'b>(&self, state: MutexGuard<'b, TransferState>, time: Duration) -> MutexGuard<'b, TransferState> {
        self.changed.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Runs the workers and the hasher, and gives the digest of the whole file, how many bytes that is of,
    /// and how many the server says there are.
    fn run(&self, watch: &dyn Watch) -> Result<(Digest, u64, u64)> {
        let workers = self.client.options.connections.max(1);
        let (hashed, kept) = thread::scope(|scope| {
            for index in 0..workers {
                scope.spawn(move || self.work(index));
            }
            let hasher = scope.spawn(|| self.hash());
            let kept = self.keep(watch);
            if let Err(error) = &kept {
                self.fail(error.clone());
            }
            (hasher.join(), kept)
        });
        // Bytes written since the last checkpoint count, even after a failure.
        let saved = self.checkpoint();
        kept?;
        if let Some(cause) = self.cancel.cause() {
            return Err(Error::stopped(cause));
        }
        let (error, size) = {
            let mut state = self.state();
            (state.error.take(), state.size)
        };
        if let Some(error) = error {
            return Err(error);
        }
        saved?;
        let hashed = hashed.unwrap_or_else(|_| Err(Error::new(Kind::Io, "the hashing ended", "")));
        hashed.map(|(hasher, length)| (Digest::from(hasher), length, size))
    }

    /// Truncates the file to the hashed length, and syncs it.
    fn finish(&self, length: u64) -> Result<()> {
        self.file.set_len(length).and_then(|()| self.file.sync_all()).map_err(|error| self.cannot_write(&error))
    }

    fn cannot_write(&self, error: &io::Error) -> Error {
        Error::new(Kind::Io, format!("cannot write {}", self.files.partial.display()), reason(error))
    }

    /// Syncs periodically and shows the progress until the transfer ends.
    fn keep(&self, watch: &dyn Watch) -> Result<()> {
        // Sync a slow disk less often, or it would do little else.
        let mut next = Instant::now() + self.client.options.checkpoint;
        let mut pause = Pause::new(self.client.options.tell);
        let mut state = self.state();
        loop {
            watch.progress(state.done.bytes(), state.size);
            if let Some(news) = state.news.take() {
                watch.note(&news);
            }
            if let Some(reason) = pause.reason(state.gained, state.reason.as_deref()) {
                watch.note(&format!("the download of {} makes no progress: {reason}", self.wanted.name));
            }
            if self.is_over(&state) {
                return Ok(());
            }
            state = self.wait(state, self.client.options.checkpoint.min(Duration::from_millis(50)));
            if Instant::now() >= next && !self.is_over(&state) {
                drop(state);
                let start = Instant::now();
                self.checkpoint()?;
                next = Instant::now() + self.client.options.checkpoint.max(start.elapsed() * 4);
                state = self.state();
            }
        }
    }

    /// Syncs the file, then records the written ranges in the map.
    fn checkpoint(&self) -> Result<()> {
        let map = {
            let state = self.state();
            Map { name: self.wanted.name.to_owned(), size: state.size, parts: state.done.clone() }
        };
        self.file.sync_data().and_then(|()| map.save(&self.files.map)).map_err(|error| self.cannot_write(&error))
    }

    /// Hashes the contiguous beginning of the file as it grows.
    fn hash(&self) -> Result<(sha2::Sha256, u64)> {
        let hashed = self.follow();
        if let Err(error) = &hashed {
            self.fail(error.clone());
        }
        hashed
    }

    fn follow(&self) -> Result<(sha2::Sha256, u64)> {
        let path = &self.files.partial;
        let mut file = File::open(path).map_err(|error| Error::reading(path, &error))?;
        let mut hasher = sha2::Sha256::new();
        let mut buffer = vec![0; BUFFER];
        let mut position = 0;
        loop {
            let ready = {
                let mut state = self.state();
                loop {
                    let frontier = state.done.frontier();
                    if state.error.is_some() || self.cancel.is_set() || (frontier == position && frontier >= state.size)
                    {
                        return Ok((hasher, position));
                    }
                    if frontier > position {
                        break frontier - position;
                    }
                    state = self.wait(state, Duration::from_millis(50));
                }
            };
            let count = buffer.len().min(usize::try_from(ready).unwrap_or(usize::MAX));
            file.read_exact(&mut buffer[..count]).map_err(|error| Error::reading(path, &error))?;
            hasher.update(&buffer[..count]);
            position += count as u64;
        }
    }

    /// Fetches parts until there are none left.
    fn work(&self, index: usize) {
        let mut failures = 0;
        let mut gained = 0;
        while let Some(part) = self.take(index) {
            let before = self.state().gained;
            let result = self.part(&part);
            let mut state = self.state();
            // Its written part is in `done`.
            state.taken.remove(&part.range);
            self.changed.notify_all();
            let Err(fault) = result else {
                failures = 0;
                continue;
            };
            state.address = None;
            let is_misfit = matches!(fault, Fault::Doubtful(_));
            if is_misfit {
                state.misfits += 1;
                if state.misfits == MISFITS {
                    let why = fault.words();
                    state.news = Some(format!("{why}; downloading {} without ranges", self.wanted.name));
                }
            } else if part.whole && state.gained > before {
                // Perhaps a range can resume it after all.
                state.misfits = MISFITS - 1;
            }
            state.reason = Some(format!("{}; trying again", fault.words()));
            let is_hopeless = state.gained == 0 && state.misfits >= MISFITS + WHOLE_MISFITS;
            if state.gained >= gained + self.client.options.slowest {
                failures = 0;
            }
            gained = state.gained;
            failures += 1;
            if let Fault::Passing { busy: true, .. } = fault
                && state.workers > 1
                && index > 0
            {
                state.workers -= 1;
                return;
            }
            drop(state);
            let fault = match fault {
                // Only the server can tell whether the file still exists and is unchanged.
                Fault::Doubtful(error) | Fault::Refused { error, .. } => match self.ask() {
                    Ok(()) => Fault::Passing { error, after: None, busy: false },
                    Err(fault) => fault,
                },
                other => other,
            };
            let after = match &fault {
                Fault::Refused { .. } | Fault::Final(_) => return self.fail(fault.into_error()),
                Fault::Doubtful(_) => None,
                Fault::Passing { after, .. } => *after,
            };
            if failures > self.client.options.retries || is_hopeless {
                return self.give_up(fault.into_error());
            }
            // Waiting does not mend an answer that is wrong.
            self.rest(after, if is_misfit { failures.min(2) } else { failures });
        }
    }

    /// Fails for good, with what there is left to do.
    fn give_up(&self, error: Error) {
        let has_some = self.state().done.bytes() > 0;
        self.fail(error.hint(if has_some {
            "run the same command again; it resumes where it stopped"
        } else {
            "run the same command again later, or download the file from another server"
        }));
    }

    /// Asks the server again what the file is.
    fn ask(&self) -> std::result::Result<(), Fault> {
        let size = (self.wanted.ask)()?;
        let mut state = self.state();
        state.etag = None;
        // Keep bytes beyond a smaller size: the server may be wrong.
        state.size = size;
        Ok(())
    }

    fn rest(&self, after: Option<Duration>, failures: u32) {
        let options = &self.client.options;
        let wait = after.map_or_else(
            || backoff(options.backoff, failures, options.longest_wait),
            |after| after.min(options.longest_wait),
        );
        let end = Instant::now() + wait;
        let mut state = self.state();
        while !self.is_over(&state) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self.wait(state, left.min(Duration::from_millis(50)));
        }
    }

    /// The next part that no worker fetches. The first worker finds out whether the server sends ranges; if not, it
    /// works alone.
    fn take(&self, index: usize) -> Option<PartRequest> {
        let mut state = self.state();
        loop {
            if self.is_over(&state) {
                return None;
            }
            let whole = state.misfits >= MISFITS;
            let is_alone = whole || state.ranges == Ranges::Ignored;
            let range = if !is_alone && (index == 0 || state.ranges == Ranges::Served) {
                state.done.first_hole(&state.taken, state.size).map(|hole| {
                    let segment = (state.size / 64).clamp(1, LONGEST_SEGMENT).max(self.client.options.segment);
                    hole.start..hole.end.min(hole.start.saturating_add(segment))
                })
            } else if is_alone && index == 0 && state.taken.ranges().is_empty() {
                // Others have finished their parts.
                state.done.first_hole(&state.taken, state.size)
            } else {
                None
            };
            if let Some(range) = range {
                state.taken.add(range.clone());
                return Some(PartRequest { range, whole });
            }
            state = self.wait(state, Duration::from_millis(50));
        }
    }

    /// Fetches a part, or only its beginning.
    fn part(&self, part: &PartRequest) -> std::result::Result<(), Fault> {
        let known = self.state().address.clone();
        let address = match known {
            Some(url) if url.origin() != self.wanted.address.url.origin() => Address { url, token: None },
            Some(url) => Address { url, token: self.wanted.address.token.clone() },
            None => self.wanted.address.clone(),
        };
        let range = (header::RANGE, format!("bytes={}-{}", part.range.start, part.range.end - 1));
        let headers = if part.whole { &[][..] } else { &[range][..] };
        let answer = self.client.send(&Method::GET, &address, headers, |_| false)?;
        let body = self.judge(&answer, part)?;
        self.store(answer, body)
    }

    /// The meaning of an answer's body, if it covers the beginning of what was requested.
    fn judge(&self, answer: &Fetched, part: &PartRequest) -> std::result::Result<Body, Fault> {
        let host = answer.url.host_str().unwrap_or_default();
        let encoded = answer.header("content-encoding").is_some_and(|it| !it.eq_ignore_ascii_case("identity"));
        let misfit = |why: String| {
            let why = if encoded { "it is compressed, but that was not requested".to_owned() } else { why };
            Fault::Doubtful(Error::new(Kind::Network, format!("cannot use the data from {host}"), why))
        };
        let length: Option<u64> = answer.header("content-length").and_then(|length| length.parse().ok());
        let kind = answer.header("content-type").unwrap_or_default().to_lowercase();
        let mut state = self.state();
        let etag = answer.header("etag").map(|etag| etag.trim_start_matches("W/").trim_matches('"').to_owned());
        if let Some(etag) = &etag {
            let other = etag.parse::<Digest>().is_ok_and(|digest| digest != self.wanted.sha256);
            if other || state.etag.as_ref().is_some_and(|known| known != etag) {
                return Err(misfit("it is another version of the file".to_owned()));
            }
        }
        if kind.starts_with("text/html") {
            return Err(misfit("it is a web page".to_owned()));
        }
        if kind.starts_with("multipart/") {
            return Err(misfit("it comes in several parts".to_owned()));
        }
        let size = state.size;
        let sizes = |found: u64| format!("the file has {found} bytes there and should have {size}");
        let told = answer.header("content-range").and_then(content_range);
        let found = match (answer.response.status().as_u16(), told) {
            // Whatever it says: this can only be the whole file.
            (200, _) if length == Some(size) => 0..size,
            (200 | 206, Some((_, Some(total)))) if total != size => return Err(misfit(sizes(total))),
            // Some servers send a range with the status of a whole file.
            (200 | 206, Some((range, _))) => range,
            (200, None) => match length {
                Some(length) => return Err(misfit(sizes(length))),
                None => 0..size,
            },
            (206, None) => return Err(misfit("it does not say which range it is".to_owned())),
            _ => return Err(misfit("it is not the range that was asked for".to_owned())),
        };
        // A compressed body has another length; with the right one, only its label is wrong.
        let fits = |length: u64| length == found.end - found.start;
        if length.map_or(encoded, |length| !fits(length)) {
            return Err(misfit("its length does not match its range".to_owned()));
        }
        if found.start > part.range.start || found.end <= part.range.start {
            return Err(misfit("it is not the range that was asked for".to_owned()));
        }
        let skip = part.range.start - found.start;
        let is_alone = part.whole || state.ranges == Ranges::Ignored;
        if skip > LONGEST_SKIP && !is_alone {
            let is_all = found == (0..size);
            let why = if is_all { "it is the whole file instead of a range" } else { "it begins too early" };
            return Err(misfit(why.to_owned()));
        }
        let end = if part.whole {
            found.end
        } else if found == (0..size) && part.range != found && state.ranges != Ranges::Served {
            state.ranges = Ranges::Ignored;
            size
        } else {
            state.ranges = Ranges::Served;
            found.end.min(part.range.end)
        };
        if !part.whole {
            state.misfits = 0;
        }
        if skip > 0 {
            state.reason = Some(format!("the server sends {} again that are here already", bytes(skip)));
        }
        state.etag = etag;
        state.address = Some(answer.url.clone());
        self.changed.notify_all();
        Ok(Body { skip, range: part.range.start..end })
    }

    /// Writes a body to its place.
    fn store(&self, mut answer: Fetched, body: Body) -> std::result::Result<(), Fault> {
        let Body { skip, range } = body;
        let broken = |why: String| Fault::passing(format!("the transfer from {} broke off", shown(&answer.url)), why);
        let write = |error: io::Error| Fault::Final(self.cannot_write(&error));
        let mut file = OpenOptions::new().write(true).open(&self.files.partial).map_err(write)?;
        file.seek(SeekFrom::Start(range.start)).map_err(write)?;
        let mut buffer = vec![0; BUFFER];
        let mut to_skip = skip;
        // Pieces are small and each notification wakes all threads, so several are reported at once.
        let (mut told, mut position, mut last) = (range.start, range.start, Instant::now());
        let mut window = (Instant::now(), 0);
        let mut result = Ok(());
        while position < range.end && !self.cancel.is_set() && self.state().error.is_none() {
            let missing = if to_skip > 0 { to_skip } else { range.end - position };
            let most = buffer.len().min(usize::try_from(missing).unwrap_or(usize::MAX));
            let count = match answer.response.read(&mut buffer[..most]) {
                Ok(0) => Err(broken("the connection was closed too early".to_owned())),
                Ok(count) => Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::TimedOut => Err(broken(self.client.silence())),
                Err(error) => Err(broken(io_cause(&error))),
            };
            let written = count.and_then(|count| {
                window.1 += count as u64;
                if to_skip > 0 {
                    to_skip -= count as u64;
                    return Ok(());
                }
                file.write_all(&buffer[..count]).map_err(write)?;
                position += count as u64;
                Ok(())
            });
            if let Err(fault) = written {
                result = Err(fault);
                break;
            }
            if position - told >= TELL || last.elapsed() >= LONGEST_SILENCE {
                self.tell(told..position);
                (told, last) = (position, Instant::now());
            }
            if window.0.elapsed() >= self.client.options.stall {
                if window.1 < self.client.options.slowest {
                    let time = self.client.options.stall.as_secs_f32();
                    result = Err(broken(format!("only {} came in {time} seconds", bytes(window.1))));
                    break;
                }
                window = (Instant::now(), 0);
            }
        }
        // Bytes received before a failure are good.
        self.tell(told..position);
        result
    }

    /// Reports written bytes.
    fn tell(&self, range: Range<u64>) {
        let mut state = self.state();
        state.gained += range.end - range.start;
        state.done.add(range);
        self.changed.notify_all();
    }
}

/// Notices that nothing arrives, and when to say so.
struct Pause {
    /// The time without progress, and between two reasons.
    limit: Duration,
    since: Instant,
    gained: u64,
    told: Option<String>,
}

impl Pause {
    fn new(limit: Duration) -> Pause {
        Pause { limit, since: Instant::now(), gained: 0, told: None }
    }

    /// The reason, if it is time to tell it and it is not the one told last.
    fn reason(&mut self, gained: u64, reason: Option<&str>) -> Option<String> {
        if gained != self.gained {
            *self = Pause { gained, ..Pause::new(self.limit) };
        }
        let reason = reason.unwrap_or("the server does not answer");
        if self.since.elapsed() < self.limit || self.told.as_deref() == Some(reason) {
            return None;
        }
        self.since = Instant::now();
        self.told = Some(reason.to_owned());
        self.told.clone()
    }
}

/// The innermost cause of a failed read, which the HTTP client wraps several times.
fn io_cause(error: &io::Error) -> String {
    error.get_ref().map_or_else(|| reason(error), |inner| cause(inner as &(dyn std::error::Error + 'static)))
}

/// The range and the size of a `Content-Range`.
fn content_range(text: &str) -> Option<(Range<u64>, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.trim().split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    let range = first..last.checked_add(1)?;
    (!range.is_empty() && total.is_none_or(|total| range.end <= total)).then_some((range, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges_are_read_strictly() {
        for (text, expected) in [
            ("bytes 0-9/10", Some((0..10, Some(10)))),
            ("bytes 5-5/*", Some((5..6, None))),
            ("bytes 9-5/10", None),
            ("bytes 0-10/10", None),
            ("bytes */10", None),
            ("bytes 0-9", None),
            ("items 0-9/10", None),
            ("bytes -1-9/10", None),
            ("bytes 0-18446744073709551615/*", None),
        ] {
            assert_eq!(content_range(text), expected, "{text}");
        }
    }
}
