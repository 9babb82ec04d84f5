//! The resident engine of this user: `dscoder serve` with the same model, asked over its socket.
//!
//! The socket carries token ids, in HTTP/1.0: one connection for each answer, which ends with it. Until the answer is
//! there, every failure leads to an engine of this process, so that a resident engine can only save time. Texts are turned
//! into ids by the other side too, since building the tokenizer takes longer than a short answer.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::cancel::Cancel;
use crate::engine::connection::Connection;
use crate::engine::parallel::{Policy, Scheduler};
use crate::engine::speed::Chosen;
use crate::engine::{Choice, Engine, Job, Sampling};
use crate::error::{Error, Kind, Result};
use crate::model::Model;
use crate::model::family::{Flavour, Infill};
use crate::vocabulary::{Controls, LARGEST_VOCABULARY, TokenId, Vocabulary};

/// The version of what goes through the socket.
pub const PROTOCOL: u32 = 3;
/// The paths of what this module asks for.
pub const ABOUT: &str = "/dscoder/about";
/// An answer to token ids.
pub const ANSWER: &str = "/dscoder/answer";
/// The ids of a text.
pub const ENCODE: &str = "/dscoder/encode";
/// Ends the server.
pub const STOP: &str = "/dscoder/stop";

/// How long the first contact may take, before a command does without. A server needs less than a millisecond, unless other
/// programs keep all processors busy.
pub const CONTACT: Duration = Duration::from_millis(100);
/// How long a server that was there a moment ago may take until it has an answer's request, and until it has the ids of
/// a text. One that has ended refuses the connection at once.
const TAKING: Duration = Duration::from_secs(1);
const ENCODING: Duration = Duration::from_secs(5);
/// How often a waiting reader looks whether it should stop.
const LOOK: Duration = Duration::from_millis(50);
/// How often an editor's request does: a few milliseconds of an answer that nobody wants are enough.
const GLANCE: Duration = Duration::from_millis(5);
/// An answer to a small question is no longer than this.
const MAX_ANSWER: u64 = 256 << 20;
/// How many more of the likeliest tokens are asked for, as some may be control tokens.
const SPARE_FIRSTS: u32 = 32;

/// What a resident engine says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// See [`PROTOCOL`].
    pub protocol: u32,
    /// The version of dscoder.
    pub version: String,
    /// The id of its process.
    pub process: u32,
    /// The file of its model.
    pub model: PathBuf,
    /// The fingerprint of that file.
    pub fingerprint: String,
    /// What the model was trained for; `None` for canned answers.
    pub flavour: Option<Flavour>,
    /// Whether the model fills gaps; `None` for canned answers.
    pub infill: Option<Infill>,
    /// Its control tokens; `serve status --json` leaves them out.
    #[serde(default)]
    pub controls: Controls,
    /// The model's own context in tokens.
    pub context: u32,
    /// Room for a prompt and its answer, in tokens.
    pub capacity: u32,
    /// Answers at once.
    pub parallel: u32,
    /// Layers on the GPU, as they were asked for.
    pub gpu_layers: String,
    /// Answers in progress.
    pub live: usize,
    /// Requests that wait.
    pub waiting: usize,
    /// Answers since it was started.
    pub answered: usize,
    /// Answers that nobody read to their end.
    pub dropped: usize,
    /// Seconds since it was started.
    pub seconds: u64,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// See [`About::fingerprint`]: another server may have taken the place of the one that was found. `None` is any model.
    pub fingerprint: Option<String>,
    /// The prompt.
    pub ids: Vec<TokenId>,
    /// Maximum answer length in tokens.
    pub max_tokens: usize,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// See [`Job::log_probabilities`].
    pub log_probabilities: Option<u32>,
    /// Whether nobody waits for this answer alone, so that others come first.
    #[serde(default)]
    pub is_one_of_many: bool,
}

/// A line of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// The next token, the control token at the end included.
    Token {
        /// Which.
        id: TokenId,
        /// Its bytes in base64.
        bytes: String,
        /// See [`Choice`].
        log_probability: Option<f32>,
        /// See [`Choice`]; each with its bytes in base64.
        likeliest: Vec<(TokenId, f32, String)>,
    },
    /// There is no more.
    End,
    /// The engine failed.
    Failed {
        /// See [`Error`].
        what: String,
        /// See [`Error`].
        why: String,
    },
}

impl Line {
    /// The line for a token.
    #[must_use]
    pub fn token(choice: Choice, vocabulary: &dyn Vocabulary) -> Line {
        let bytes = |id: TokenId| BASE64_STANDARD.encode(vocabulary.bytes(id));
        Line::Token {
            id: choice.id,
            bytes: bytes(choice.id),
            log_probability: choice.log_probability,
            likeliest: choice.likeliest.into_iter().map(|(id, number)| (id, number, bytes(id))).collect(),
        }
    }
}

/// A text to encode, and its ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// As in [`Ask`].
    pub fingerprint: Option<String>,
    /// The text.
    pub text: String,
}

/// The body of an answer over the socket.
struct Body {
    stream: BufReader<Connection>,
}

/// Sends a request, with these header lines besides.
fn send(socket: &Path, path: &str, headers: &str, body: Option<&str>, time: Duration) -> io::Result<Connection> {
    let mut stream = Connection::open(socket, time)?;
    let method = if body.is_some() { "POST" } else { "GET" };
    let body = body.unwrap_or_default();
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.0\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    Ok(stream)
}

/// Sends a request, and returns the body of the answer.
fn request(socket: &Path, path: &str, body: Option<&str>, time: Duration) -> io::Result<Body> {
    let mut stream = BufReader::new(send(socket, path, "", body, time)?);
    let mut line = String::new();
    stream.by_ref().take(8192).read_line(&mut line)?;
    match line.split(' ').nth(1) {
        Some("200") => {}
        Some("503") => return Err(io::ErrorKind::ResourceBusy.into()),
        _ => return Err(io::Error::other(line.trim_end().to_owned())),
    }
    // The body begins behind an empty line, and ends with the connection.
    loop {
        line.clear();
        if stream.by_ref().take(8192).read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.trim_end().is_empty() {
            return Ok(Body { stream });
        }
    }
}

/// Sends a request, and returns the JSON of the answer.
///
/// # Errors
/// Errors from the socket, and an answer that is none.
pub fn ask<T: DeserializeOwned>(socket: &Path, path: &str, body: Option<&str>, time: Duration) -> io::Result<T> {
    let mut text = Vec::new();
    request(socket, path, body, time)?.stream.take(MAX_ANSWER).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

/// The response to a request of a client.
#[derive(Debug)]
pub struct Response {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

/// Asks as any client does, in the name of `agent`, and waits as long as `is_wanted`; `None` if it no longer is. Giving up
/// closes the connection, and the server stops computing.
///
/// # Errors
/// Errors from the socket.
pub fn post(
    socket: &Path,
    path: &str,
    agent: &str,
    body: &str,
    is_wanted: impl Fn() -> bool,
) -> io::Result<Option<Response>> {
    let mut stream = send(socket, path, &format!("User-Agent: {agent}\r\n"), Some(body), TAKING)?;
    stream.set_time(GLANCE)?;
    let mut response = Vec::new();
    let mut piece = [0; 16 << 10];
    // The response ends with the connection.
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => response.extend_from_slice(&piece[..count]),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if !is_wanted() {
            return Ok(None);
        }
        if response.len() as u64 > MAX_ANSWER {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    let end = response.windows(4).position(|four| four == b"\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = std::str::from_utf8(&response[..end]).ok().and_then(|head| head.split(' ').nth(1)?.parse().ok());
    let status = status.ok_or(io::ErrorKind::InvalidData)?;
    Ok(Some(Response { status, body: response.split_off(end + 4) }))
}

/// What the server at `socket` says about itself within this time; `None` if there is none, or one of another version.
#[must_use]
pub fn about(socket: &Path, time: Duration) -> Option<About> {
    let about: About = ask(socket, ABOUT, None, time).ok()?;
    (about.protocol == PROTOCOL && about.version == env!("CARGO_PKG_VERSION")).then_some(about)
}

/// The model in this process.
pub trait Own: Send + Sync {
    /// Its file and header; `None` for canned answers.
    fn model(&self) -> Option<&Model>;
    /// Its vocabulary.
    fn vocabulary(&self) -> &dyn Vocabulary;
    /// How an engine of it computes, with `flash` attention on or off where that is given.
    fn choose(&self, job: &Job, flash: Option<bool>) -> Option<Chosen>;
    /// Loads it; see [`crate::engine::source::Source::start`].
    ///
    /// # Errors
    /// As there.
    fn start(&self, job: &Job, cancel: &Cancel) -> Result<Box<dyn Engine>>;
    /// Loads it; see [`crate::engine::source::Source::start_parallel`].
    ///
    /// # Errors
    /// As there.
    fn start_parallel(&self, job: &Job, policy: Policy, cancel: &Cancel) -> Result<Scheduler>;
}

/// Opens the model in this process.
pub type Open = Box<dyn Fn() -> Result<Box<dyn Own>> + Send + Sync>;

/// A resident engine, and the way to an own one.
pub struct Resident {
    socket: PathBuf,
    /// What it says about itself.
    pub about: About,
    words: Vec<OnceLock<Box<[u8]>>>,
    open: Open,
    own: OnceLock<Result<Box<dyn Own>>>,
}

impl std::fmt::Debug for Resident {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resident").field("socket", &self.socket).field("about", &self.about).finish_non_exhaustive()
    }
}

impl Resident {
    /// The server at `socket` that `about` is from; `open` opens the model in this process.
    #[must_use]
    pub fn new(socket: PathBuf, about: About, open: Open) -> Resident {
        let words = (0..about.controls.size.min(LARGEST_VOCABULARY)).map(|_| OnceLock::new()).collect();
        Resident { socket, about, words, open, own: OnceLock::new() }
    }

    /// Whether it can do this work as an engine of this process would: all answers at once, and each with enough room.
    #[must_use]
    pub fn takes(&self, job: &Job) -> bool {
        let answers = job.tokens.saturating_sub(job.prefill).div_ceil(job.sequences.max(1));
        let room = job.prefill.saturating_add(answers);
        job.sequences <= self.about.parallel && !job.speculate && room <= self.about.capacity
    }

    /// The model in this process, if it was needed.
    #[must_use]
    pub fn replaced(&self) -> Option<&dyn Own> {
        self.own.get().and_then(|own| own.as_deref().ok())
    }

    /// The model in this process.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub fn own(&self) -> Result<&dyn Own> {
        self.own.get_or_init(|| (self.open)()).as_deref().map_err(Clone::clone)
    }

    /// Remembers what a token means.
    fn learn(&self, id: TokenId, bytes: &str) -> io::Result<()> {
        let bytes = BASE64_STANDARD.decode(bytes).map_err(io::Error::other)?;
        let place = self.words.get(id as usize).ok_or(io::ErrorKind::InvalidData)?;
        place.get_or_init(|| bytes.into());
        Ok(())
    }
}

impl Vocabulary for Resident {
    fn encode(&self, text: &str) -> Vec<TokenId> {
        if let Some(own) = self.replaced() {
            return own.vocabulary().encode(text);
        }
        let question = Text { fingerprint: Some(self.about.fingerprint.clone()), text: text.to_owned() };
        let encoded = serde_json::to_string(&question)
            .map_err(io::Error::from)
            .and_then(|body| ask(&self.socket, ENCODE, Some(&body), ENCODING));
        match encoded {
            Ok(ids) => ids,
            // If the model cannot be opened either, the engine's start says so.
            Err(_) => self.own().map(|own| own.vocabulary().encode(text)).unwrap_or_default(),
        }
    }

    fn bytes(&self, id: TokenId) -> &[u8] {
        if let Some(own) = self.replaced() {
            return own.vocabulary().bytes(id);
        }
        self.words.get(id as usize).and_then(OnceLock::get).map_or(&[], |bytes| bytes)
    }

    fn controls(&self) -> &Controls {
        &self.about.controls
    }
}

/// The tokens of an answer, as they arrive.
struct Stream {
    body: Body,
    line: Vec<u8>,
}

impl Stream {
    fn ask(resident: &Resident, ask: &Ask) -> io::Result<Stream> {
        let mut body = request(&resident.socket, ANSWER, Some(&serde_json::to_string(ask)?), TAKING)?;
        body.stream.get_mut().set_time(LOOK)?;
        Ok(Stream { body, line: Vec::new() })
    }

    /// The next token; `None` if `cancel` was set meanwhile.
    fn next(&mut self, resident: &Resident, cancel: &Cancel) -> io::Result<Option<Choice>> {
        self.line.clear();
        loop {
            match self.body.stream.read_until(b'\n', &mut self.line) {
                Ok(_) if self.line.ends_with(b"\n") => break,
                Ok(_) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    if cancel.is_set() {
                        return Ok(None);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        match serde_json::from_slice(&self.line)? {
            Line::Token { id, bytes, log_probability, likeliest } => {
                resident.learn(id, &bytes)?;
                for (id, _, bytes) in &likeliest {
                    resident.learn(*id, bytes)?;
                }
                let likeliest = likeliest.into_iter().map(|(id, number, _)| (id, number)).collect();
                Ok(Some(Choice { id, log_probability, likeliest }))
            }
            Line::End => Err(io::ErrorKind::UnexpectedEof.into()),
            Line::Failed { what, why } => Err(io::Error::other(format!("{what}: {why}"))),
        }
    }
}

/// What happens if the resident engine fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Otherwise {
    /// An engine of this process continues.
    Own,
    /// The answer fails: with [`Kind::TryLater`] if the queue is full, with [`Kind::Engine`] otherwise.
    Fail,
}

/// Answers of a resident engine to one prompt: a request for each.
pub struct ResidentEngine {
    resident: Arc<Resident>,
    job: Job,
    otherwise: Otherwise,
    cancel: Cancel,
    prompt: Vec<TokenId>,
    sequences: Vec<Sequence>,
    /// The engine of this process, once the resident one has failed.
    own: Option<Box<dyn Engine>>,
}

/// One answer.
#[derive(Default)]
struct Sequence {
    stream: Option<Stream>,
    /// A token that has arrived and was not taken yet.
    ready: Option<Choice>,
    /// The tokens that were taken.
    ids: Vec<TokenId>,
}

impl ResidentEngine {
    /// An engine for `job`, which an engine of this process replaces if the resident one fails.
    #[must_use]
    pub fn new(resident: &Arc<Resident>, job: &Job) -> ResidentEngine {
        ResidentEngine {
            resident: Arc::clone(resident),
            job: *job,
            otherwise: Otherwise::Own,
            cancel: Cancel::default(),
            prompt: Vec::new(),
            sequences: Vec::new(),
            own: None,
        }
    }

    /// An engine for `job`, one of many: if the resident one fails, so does this one, with [`Kind::TryLater`] if only the
    /// queue is full.
    #[must_use]
    pub fn one_of_many(resident: &Arc<Resident>, job: &Job) -> ResidentEngine {
        ResidentEngine { otherwise: Otherwise::Fail, ..ResidentEngine::new(resident, job) }
    }

    /// Asks for all answers, and waits for the first token.
    fn begin(&mut self) -> io::Result<()> {
        let count = self.job.sequences.max(1);
        let room = (self.job.tokens as usize).saturating_sub(self.prompt.len()) / count as usize;
        // Greedy answers would be identical, so they differ in their first token.
        let is_greedy = self.job.sampling.temperature <= 0.0 && self.job.sampling.repeat_penalty == 1.0;
        let mut firsts = VecDeque::new();
        if count > 1 && is_greedy {
            firsts = self.firsts(count)?;
            if firsts.is_empty() {
                // Cancelled.
                return Ok(());
            }
        }
        for index in 0..count {
            let mut sequence = Sequence { ready: firsts.pop_front(), ..Sequence::default() };
            let mut ids = self.prompt.clone();
            ids.extend(sequence.ready.as_ref().map(|first| first.id));
            let rest = room + self.prompt.len() - ids.len();
            if rest > 0
                && sequence.ready.as_ref().is_none_or(|first| !self.resident.about.controls.is_control(first.id))
            {
                let seed = self.job.sampling.seed.wrapping_add(index).min(u32::MAX - 1);
                let sampling = Sampling { seed, ..self.job.sampling };
                sequence.stream = Some(Stream::ask(&self.resident, &self.question(ids, rest, sampling))?);
            }
            self.sequences.push(sequence);
        }
        if let Some(first) = self.sequences.first_mut().filter(|first| first.ready.is_none())
            && let Some(stream) = &mut first.stream
        {
            first.ready = stream.next(&self.resident, &self.cancel)?;
        }
        Ok(())
    }

    /// The first tokens of different answers: the likeliest one, then the likeliest texts. None if it was cancelled.
    fn firsts(&self, count: u32) -> io::Result<VecDeque<Choice>> {
        let mut ask = self.question(self.prompt.clone(), 1, self.job.sampling);
        ask.log_probabilities = Some(count + SPARE_FIRSTS);
        let Some(mut best) = Stream::ask(&self.resident, &ask)?.next(&self.resident, &self.cancel)? else {
            return Ok(VecDeque::new());
        };
        let likeliest = std::mem::take(&mut best.likeliest);
        let shown = self.job.log_probabilities.unwrap_or_default() as usize;
        best.likeliest = likeliest.iter().copied().take(shown).collect();
        let controls = self.resident.about.controls;
        let texts = likeliest.iter().filter(|(id, _)| !controls.is_control(*id)).skip(1);
        let others = texts.map(|&(id, log_probability)| Choice {
            id,
            log_probability: Some(log_probability),
            likeliest: best.likeliest.clone(),
        });
        // Where there are no more, the likeliest again: equal answers are shown once.
        let others = others.chain(std::iter::repeat(best.clone())).take(count as usize - 1).collect::<Vec<_>>();
        Ok(std::iter::once(best).chain(others).collect())
    }

    fn question(&self, ids: Vec<TokenId>, max_tokens: usize, sampling: Sampling) -> Ask {
        Ask {
            fingerprint: Some(self.resident.about.fingerprint.clone()),
            ids,
            max_tokens,
            sampling,
            log_probabilities: self.job.log_probabilities,
            is_one_of_many: self.otherwise == Otherwise::Fail,
        }
    }

    /// The next token of each of the `live` answers; `None` if it was cancelled.
    fn next(&mut self, live: &[usize]) -> io::Result<Option<Vec<Choice>>> {
        let mut choices = Vec::new();
        for &index in live {
            let sequence = self.sequences.get_mut(index).ok_or(io::ErrorKind::NotConnected)?;
            let next = match (sequence.ready.take(), &mut sequence.stream) {
                (Some(ready), _) => Some(ready),
                (None, Some(stream)) => stream.next(&self.resident, &self.cancel)?,
                (None, None) => return Err(io::ErrorKind::NotConnected.into()),
            };
            let Some(next) = next else { return Ok(None) };
            choices.push(next);
        }
        for (&index, choice) in live.iter().zip(&choices) {
            self.sequences[index].ids.push(choice.id);
        }
        Ok(Some(choices))
    }

    /// Continues the `live` answers with an engine of this process.
    fn replace(&mut self, live: &[usize], error: &io::Error) -> Result<()> {
        for sequence in &mut self.sequences {
            sequence.stream = None;
        }
        if self.otherwise == Otherwise::Fail {
            let kind = if error.kind() == io::ErrorKind::ResourceBusy { Kind::TryLater } else { Kind::Engine };
            return Err(Error::new(kind, "the resident engine does not answer", error.to_string()));
        }
        let mut engine = self.resident.own()?.start(&self.job, &self.cancel)?;
        if let ([sequence], 1) = (&self.sequences[..], self.job.sequences) {
            engine.prefill(&[&self.prompt[..], &sequence.ids].concat(), &self.cancel)?;
        } else {
            engine.prefill(&self.prompt, &self.cancel)?;
            // All live answers have the same length. A token may be rounded differently here.
            let length = live.first().map_or(0, |&first| self.sequences[first].ids.len());
            for number in 0..length {
                engine.sample(live)?;
                for &index in live {
                    engine.correct(index, self.sequences[index].ids[number]);
                }
            }
        }
        self.own = Some(engine);
        Ok(())
    }
}

impl Engine for ResidentEngine {
    fn keep(&mut self, ids: &[TokenId]) -> Result<usize> {
        self.own.as_mut().map_or(Ok(0), |own| own.keep(ids))
    }

    fn prefill(&mut self, ids: &[TokenId], cancel: &Cancel) -> Result<()> {
        if let Some(own) = &mut self.own {
            return own.prefill(ids, cancel);
        }
        self.cancel = cancel.clone();
        self.prompt = ids.to_vec();
        self.sequences.clear();
        match self.begin() {
            Ok(()) => Ok(()),
            Err(error) => {
                self.sequences.resize_with(self.job.sequences.max(1) as usize, Sequence::default);
                self.replace(&[], &error)
            }
        }
    }

    fn sample(&mut self, live: &[usize]) -> Result<Vec<Choice>> {
        if let Some(own) = &mut self.own {
            return own.sample(live);
        }
        // The other side ends an answer that nobody reads.
        for (index, sequence) in self.sequences.iter_mut().enumerate() {
            if !live.contains(&index) {
                sequence.stream = None;
            }
        }
        match self.next(live) {
            Ok(Some(choices)) => Ok(choices),
            Ok(None) => Err(Error::new(Kind::Engine, "the answer was given up", "")),
            Err(error) => {
                self.replace(live, &error)?;
                self.sample(live)
            }
        }
    }

    fn rest(&mut self) {
        self.sequences.clear();
        if let Some(own) = &mut self.own {
            own.rest();
        }
    }
}
