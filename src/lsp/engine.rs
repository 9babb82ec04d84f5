//! The resident engine as the editor's requests find it: it is started when it is needed, and again if it has ended.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::resident::{self, Response};
use crate::error::{Error, Kind, Result, reason};
use crate::lsp::cancel::Wanted;
use crate::lsp::workspace::Seen;
use crate::run::resident::{Reached, reach};
use crate::settings::EngineSettings;

/// How often a waiting request looks whether it should end.
const LOOK: Duration = Duration::from_millis(20);
/// After a failure, the engine is not tried again for this time, unless the settings change.
const PAUSE: Duration = Duration::from_secs(10);
/// How long an editor may take to answer a question about its settings.
const HOLD: Duration = Duration::from_secs(3);

/// What happens to the engine.
#[derive(Debug, Clone)]
pub enum News {
    /// It is being started, or looked for.
    Starting,
    /// It answers, with the model of this name.
    Ready(String),
    /// It cannot be started.
    Failed(Error),
}

enum State {
    /// The editor's settings may yet name another model.
    Held(Instant),
    /// Nobody needed it yet.
    Unknown,
    /// A thread is starting it; later settings make its work void.
    Starting(u64),
    Ready(Reached),
    Failed(Error, Instant),
}

/// The engine; clones are the same one.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    state: Mutex<(State, EngineSettings, u64)>,
    changed: Condvar,
    socket: PathBuf,
    agent: String,
    tell: Box<dyn Fn(News) + Send + Sync>,
}

/// A gap to fill.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Question {
    /// The text before it.
    pub prefix: String,
    /// The text behind it.
    pub suffix: String,
    /// What the model sees beside them.
    pub seen: Arc<Seen>,
    /// dscoder's name of the language, if it is known.
    pub language: Option<String>,
    /// How many answers.
    pub count: u32,
    /// Maximum length of each in tokens.
    pub max_tokens: u32,
    /// The rule for its end, by name.
    pub until: Option<&'static str>,
    /// Texts that end it.
    pub stop: Vec<String>,
    /// See [`crate::lsp::settings::Settings::max_prompt_ms`].
    pub max_prompt_ms: Option<u64>,
    /// Time for the answer in milliseconds; then it ends with its line.
    pub max_answer_ms: Option<u64>,
    /// The seed of an answer that should differ from the likeliest one.
    pub seed: Option<u32>,
}

/// The temperature of answers that should differ from the likeliest one.
const VARIED: f32 = 1.0;

/// A file of a request.
#[derive(Serialize)]
struct Extra<'a> {
    filename: &'a str,
    text: &'a str,
}

/// What only dscoder understands of a request.
#[derive(Serialize)]
struct Own<'a> {
    path: Option<&'a str>,
    language: Option<&'a str>,
    until: Option<&'static str>,
}

/// A request as it is sent. A field that is null counts as missing.
#[derive(Serialize)]
struct Body<'a> {
    input_prefix: &'a str,
    input_suffix: &'a str,
    input_extra: Vec<Extra<'a>>,
    n_predict: u32,
    n_cmpl: u32,
    stop: &'a [String],
    response_fields: [&'static str; 1],
    t_max_prompt_ms: Option<u64>,
    t_max_predict_ms: Option<u64>,
    seed: Option<u32>,
    temperature: Option<f32>,
    dscoder: Own<'a>,
}

impl Question {
    /// The request.
    fn body(&self) -> Result<String> {
        let extra = self.seen.files.iter().map(|(filename, text)| Extra { filename, text });
        let body = Body {
            input_prefix: &self.prefix,
            input_suffix: &self.suffix,
            input_extra: extra.collect(),
            n_predict: self.max_tokens,
            n_cmpl: self.count.max(1),
            stop: &self.stop,
            response_fields: ["content"],
            t_max_prompt_ms: self.max_prompt_ms,
            t_max_predict_ms: self.max_answer_ms,
            seed: self.seed,
            temperature: self.seed.map(|_| VARIED),
            dscoder: Own { path: self.seen.path.as_deref(), language: self.language.as_deref(), until: self.until },
        };
        let failed = |error: serde_json::Error| Error::new(Kind::Engine, "cannot ask the engine", error.to_string());
        serde_json::to_string(&body).map_err(failed)
    }
}

#[derive(Deserialize)]
struct Answer {
    content: String,
}

/// One answer is an object, several are a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answers {
    One(Answer),
    Many(Vec<Answer>),
}

impl Engine {
    /// The engine for these settings, at `socket` unless one with another model listens there. `tell` hears what happens to it.
    #[must_use]
    pub fn new(settings: EngineSettings, socket: PathBuf, tell: impl Fn(News) + Send + Sync + 'static) -> Engine {
        let agent = format!("dscoder-lsp/{} ({})", env!("CARGO_PKG_VERSION"), std::process::id());
        let state = Mutex::new((State::Held(Instant::now()), settings, 0));
        Engine { inner: Arc::new(Inner { state, changed: Condvar::new(), socket, agent, tell: Box::new(tell) }) }
    }

    /// From now on, another model answers.
    pub fn set_model(&self, model: Option<String>) {
        let mut held = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        if held.1.model != model {
            held.1.model = model;
            if !matches!(held.0, State::Held(_)) {
                held.0 = State::Unknown;
            }
            held.2 += 1;
            self.inner.changed.notify_all();
        }
    }

    /// The settings are known, so it is started.
    pub fn release(&self) {
        let mut held = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(held.0, State::Held(_)) {
            held.0 = State::Unknown;
        }
        drop(held);
        self.prepare();
    }

    /// Starts it, if that was not done.
    fn prepare(&self) {
        let mut held = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = match &held.0 {
            State::Held(since) => since.elapsed() > HOLD,
            State::Unknown => true,
            State::Failed(_, since) => since.elapsed() > PAUSE,
            State::Starting(_) | State::Ready(_) => false,
        };
        if is_due {
            held.2 += 1;
            let (number, settings) = (held.2, held.1.clone());
            held.0 = State::Starting(number);
            let inner = Arc::clone(&self.inner);
            thread::spawn(move || inner.start(number, &settings));
        }
    }

    /// The answers to a question; `None` if it is no longer wanted.
    ///
    /// # Errors
    /// Why there is no engine, or what the engine says.
    pub fn ask(&self, question: &Question, wanted: &Wanted) -> Result<Option<Vec<String>>> {
        let body = question.body()?;
        // The engine may have ended after a time without requests: then it is started again, once.
        for is_last in [false, true] {
            let Some(reached) = self.reached(wanted)? else { return Ok(None) };
            match resident::post(&reached.socket, "/infill", &self.inner.agent, &body, || wanted.is_wanted()) {
                Ok(None) => return Ok(None),
                Ok(Some(response)) => return answers(&response).map(Some),
                Err(error) if is_last => {
                    return Err(Error::new(Kind::Engine, "the resident engine does not answer", reason(&error)));
                }
                Err(_) => self.forget(&reached),
            }
        }
        Ok(None)
    }

    /// The running engine, as soon as there is one; `None` if nobody wants it any more.
    fn reached(&self, wanted: &Wanted) -> Result<Option<Reached>> {
        loop {
            self.prepare();
            let held = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
            match &held.0 {
                State::Ready(reached) => return Ok(Some(reached.clone())),
                State::Failed(error, _) => return Err(error.clone()),
                State::Held(_) | State::Unknown | State::Starting(_) => {}
            }
            if !wanted.is_wanted() {
                return Ok(None);
            }
            drop(self.inner.changed.wait_timeout(held, LOOK));
        }
    }

    /// It has ended.
    fn forget(&self, reached: &Reached) {
        let mut held = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(&held.0, State::Ready(ready) if ready.about.process == reached.about.process) {
            held.0 = State::Unknown;
        }
    }
}

impl Inner {
    fn start(&self, number: u64, settings: &EngineSettings) {
        (self.tell)(News::Starting);
        let is_current = || {
            let held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            matches!(held.0, State::Starting(current) if current == number)
        };
        let reached = reach(settings, &self.socket, &is_current);
        let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(held.0, State::Starting(current) if current == number) {
            return;
        }
        let news = match reached {
            Ok(reached) => {
                let name = reached.about.model.file_name().unwrap_or_default().to_string_lossy().into_owned();
                held.0 = State::Ready(reached);
                News::Ready(name)
            }
            Err(error) => {
                held.0 = State::Failed(error.clone(), Instant::now());
                News::Failed(error)
            }
        };
        self.changed.notify_all();
        drop(held);
        (self.tell)(news);
    }
}

/// Reads a response.
fn answers(response: &Response) -> Result<Vec<String>> {
    if response.status != 200 {
        let value: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let why = value.pointer("/error/message").and_then(Value::as_str).unwrap_or("it does not say why").to_owned();
        let kind = if response.status == 503 { Kind::TryLater } else { Kind::Engine };
        return Err(Error::new(kind, "the resident engine has refused the request", why));
    }
    let unreadable = |error: serde_json::Error| {
        Error::new(Kind::Engine, "the resident engine's answer cannot be read", error.to_string())
    };
    Ok(match serde_json::from_slice(&response.body).map_err(unreadable)? {
        Answers::One(answer) => vec![answer.content],
        Answers::Many(answers) => answers.into_iter().map(|answer| answer.content).collect(),
    })
}
