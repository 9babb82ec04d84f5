//! The resident engine of this user: `dscoder serve` with the same model, asked over its Unix socket.
//!
//! The socket carries token ids, in HTTP/1.0: one connection for each question, which ends with the answer. Until the
//! answer is there, every failure leads to an engine of this process, so that a resident engine can only save time. Texts
//! are turned into ids by the other side too, since building the tokenizer takes longer than a short answer.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::cancel::Cancel;
use crate::engine::parallel::{Policy, Scheduler};
use crate::engine::{Choice, Engine, Job, Sampling};
use crate::error::{Error, Kind, Result};
use crate::model::family::Flavour;
use crate::vocabulary::{TokenId, VOCABULARY, Vocabulary};

/// The version of what goes through the socket.
pub const PROTOCOL: u32 = 1;
/// The paths of what this module asks for.
pub const ABOUT: &str = "/dscoder/about";
/// An answer to token ids.
pub const ANSWER: &str = "/dscoder/answer";
/// The ids of a text.
pub const ENCODE: &str = "/dscoder/encode";
/// Ends the server.
pub const STOP: &str = "/dscoder/stop";

/// How long the first contact may take. A server that is alive needs less than a millisecond.
const CONTACT: Duration = Duration::from_millis(20);
/// How long the ids of a text may take.
const ENCODING: Duration = Duration::from_secs(5);
/// How often a waiting reader looks whether it should stop.
const LOOK: Duration = Duration::from_millis(50);
/// An answer to a small question is no longer than this.
const MAX_ANSWER: u64 = 256 << 20;

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
    /// The prompt.
    pub ids: Vec<TokenId>,
    /// Maximum answer length in tokens.
    pub max_tokens: usize,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// See [`Job::log_probabilities`].
    pub log_probabilities: Option<u32>,
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
        /// See [`Choice`].
        likeliest: Vec<(TokenId, f32)>,
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
        Line::Token {
            id: choice.id,
            bytes: BASE64_STANDARD.encode(vocabulary.bytes(choice.id)),
            log_probability: choice.log_probability,
            likeliest: choice.likeliest,
        }
    }
}

/// A text to encode, and its ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The text.
    pub text: String,
}

/// The body of an answer over the socket.
struct Body {
    stream: BufReader<UnixStream>,
}

/// Sends a request, and returns the body of the answer.
fn request(socket: &Path, path: &str, body: Option<&str>, time: Duration) -> io::Result<Body> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(time))?;
    stream.set_write_timeout(Some(time))?;
    let method = if body.is_some() { "POST" } else { "GET" };
    let body = body.unwrap_or_default();
    let head = format!("{method} {path} HTTP/1.0\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.by_ref().take(8192).read_line(&mut line)?;
    if line.split(' ').nth(1) != Some("200") {
        return Err(io::Error::other(line.trim_end().to_owned()));
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

/// What the server at `socket` says about itself; `None` if there is none, or one of another version.
#[must_use]
pub fn about(socket: &Path) -> Option<About> {
    let about: About = ask(socket, ABOUT, None, CONTACT).ok()?;
    (about.protocol == PROTOCOL && about.version == env!("CARGO_PKG_VERSION")).then_some(about)
}

/// The model in this process.
pub trait Own: Send + Sync {
    /// Its vocabulary.
    fn vocabulary(&self) -> &dyn Vocabulary;
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
        let words = (0..VOCABULARY).map(|_| OnceLock::new()).collect();
        Resident { socket, about, words, open, own: OnceLock::new() }
    }

    /// Whether it can do this work exactly as an engine of this process would.
    #[must_use]
    pub fn takes(&self, job: &Job) -> bool {
        job.sequences == 1 && !job.speculate && job.tokens <= self.about.capacity
    }

    /// The model in this process, if the resident engine has failed.
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
}

impl Vocabulary for Resident {
    fn encode(&self, text: &str) -> Vec<TokenId> {
        if let Some(own) = self.replaced() {
            return own.vocabulary().encode(text);
        }
        let encoded = serde_json::to_string(&Text { text: text.to_owned() })
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
}

/// An answer of a resident engine.
pub struct ResidentEngine {
    resident: Arc<Resident>,
    job: Job,
    /// The prompt and the answer so far.
    ids: Vec<TokenId>,
    /// The first token, which was waited for.
    first: Option<Choice>,
    body: Option<Body>,
    /// The engine of this process, once the resident one has failed.
    own: Option<Box<dyn Engine>>,
}

impl ResidentEngine {
    /// An engine for `job`.
    #[must_use]
    pub fn new(resident: &Arc<Resident>, job: &Job) -> ResidentEngine {
        ResidentEngine {
            resident: Arc::clone(resident),
            job: *job,
            ids: Vec::new(),
            first: None,
            body: None,
            own: None,
        }
    }

    fn ask(&mut self, cancel: &Cancel) -> io::Result<Option<Choice>> {
        let ask = Ask {
            max_tokens: (self.job.tokens as usize).saturating_sub(self.ids.len()),
            ids: self.ids.clone(),
            sampling: self.job.sampling,
            log_probabilities: self.job.log_probabilities,
        };
        let body = request(&self.resident.socket, ANSWER, Some(&serde_json::to_string(&ask)?), CONTACT)?;
        body.stream.get_ref().set_read_timeout(Some(LOOK))?;
        self.body = Some(body);
        self.next(Some(cancel))
    }

    /// The next token; `None` if `cancel` was set meanwhile.
    fn next(&mut self, cancel: Option<&Cancel>) -> io::Result<Option<Choice>> {
        let Some(body) = &mut self.body else { return Err(io::ErrorKind::NotConnected.into()) };
        let mut line = Vec::new();
        loop {
            match body.stream.read_until(b'\n', &mut line) {
                Ok(_) if line.ends_with(b"\n") => break,
                Ok(_) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    if cancel.is_some_and(Cancel::is_set) {
                        return Ok(None);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        match serde_json::from_slice(&line)? {
            Line::Token { id, bytes, log_probability, likeliest } => {
                let bytes = BASE64_STANDARD.decode(bytes).map_err(io::Error::other)?;
                let place = self.resident.words.get(id as usize).ok_or(io::ErrorKind::InvalidData)?;
                place.get_or_init(|| bytes.into());
                Ok(Some(Choice { id, log_probability, likeliest }))
            }
            Line::End => Err(io::ErrorKind::UnexpectedEof.into()),
            Line::Failed { what, why } => Err(io::Error::other(format!("{what}: {why}"))),
        }
    }

    /// Continues with an engine of this process.
    fn replace(&mut self, cancel: &Cancel) -> Result<()> {
        self.body = None;
        let own = self.resident.own()?;
        let mut engine = own.start(&self.job, cancel)?;
        engine.prefill(&self.ids, cancel)?;
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
        self.ids = ids.to_vec();
        match self.ask(cancel) {
            Ok(first) => {
                self.first = first;
                Ok(())
            }
            Err(_) => self.replace(cancel),
        }
    }

    fn sample(&mut self, live: &[usize]) -> Result<Vec<Choice>> {
        if let Some(own) = &mut self.own {
            return own.sample(live);
        }
        let next = match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.next(None),
        };
        match next {
            Ok(Some(choice)) => {
                self.ids.push(choice.id);
                Ok(vec![choice])
            }
            Ok(None) => Err(Error::new(Kind::Engine, "the answer was given up", "")),
            Err(_) => {
                self.replace(&Cancel::default())?;
                self.sample(live)
            }
        }
    }

    fn rest(&mut self) {
        // The other side ends an answer that nobody reads.
        self.body = None;
        if let Some(own) = &mut self.own {
            own.rest();
        }
    }
}
