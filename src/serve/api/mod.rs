//! What clients ask for: the routes, and what all dialects share.
//!
//! [`llama`] is llama.cpp's own server, [`openai`] the completions and chat of OpenAI and of those who copied them, [`ollama`]
//! and [`tabby`] what their names say. A field that is null counts as missing, and unknown fields are ignored ([`fields`]).

pub mod fields;
pub mod llama;
pub mod ollama;
pub mod openai;
pub mod resident;
pub mod tabby;

use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::engine::Choice;
use crate::error::{Error, Kind, Result};
use crate::serve::api::fields::Fields;
use crate::serve::client::Client;
use crate::serve::guard::Via;
use crate::serve::queue::{Ended, Event};
use crate::serve::reply::{self, Reply};
use crate::serve::request::{self, Prompt, Request};
use crate::serve::service::Service;
use crate::serve::trace;
use crate::shape::stop::Until;
use crate::vocabulary::{TokenId, Vocabulary};

/// Maximum number of answers to one request.
const MAX_ANSWERS: usize = 8;
/// From this size on, a request is read beside the sockets' thread: reading takes up to 40 ms for each megabyte.
const LARGE: usize = 64 << 10;
/// Maximum number of texts that end an answer. Each is looked for in each token.
const MAX_STOPS: usize = 256;

/// How a client wants errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// llama.cpp's and OpenAI's: an object.
    Object,
    /// Ollama's: a text.
    Text,
}

impl Dialect {
    /// An error as a response.
    #[must_use]
    pub fn error(self, status: u16, words: &str) -> Response<Reply> {
        reply::json(status, &self.body(status, words))
    }

    /// An error as JSON.
    #[must_use]
    pub fn body(self, status: u16, words: &str) -> Value {
        let kind = match status {
            401 => "authentication_error",
            403 => "permission_error",
            404 => "not_found_error",
            501 => "not_supported_error",
            503 => "unavailable_error",
            400..=499 => "invalid_request_error",
            _ => "server_error",
        };
        match self {
            Dialect::Object => json!({"error": {"code": status, "message": words, "type": kind}}),
            Dialect::Text => json!({"error": words}),
        }
    }

    /// The answer to a method that a path does not take; it takes `methods`.
    #[must_use]
    pub fn takes_only(self, methods: &'static str) -> Response<Reply> {
        let mut response = self.error(405, &format!("this path takes {methods}"));
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
        response
    }

    /// A failure as a response.
    #[must_use]
    pub fn failure(self, error: &Error) -> Response<Reply> {
        let status = status(error);
        let mut body = self.body(status, &words(error));
        // The name that clients of llama.cpp's server look for.
        if let (Kind::TooLong, Some(Value::Object(inner))) = (error.kind, body.get_mut("error")) {
            inner.insert("type".to_owned(), json!("exceed_context_size_error"));
        }
        let mut response = reply::json(status, &body);
        if status == 503 {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// The dialect of a path.
#[must_use]
pub fn dialect(path: &str) -> Dialect {
    if path.starts_with("/api/") { Dialect::Text } else { Dialect::Object }
}

/// Whether a path needs no key.
#[must_use]
pub fn is_public(path: &str) -> bool {
    matches!(path, "/health" | "/v1/health")
}

fn status(error: &Error) -> u16 {
    match error.kind {
        Kind::Data | Kind::Usage | Kind::TooLong | Kind::NoInput => 400,
        Kind::TryLater => 503,
        _ => 500,
    }
}

/// A failure in one line.
fn words(error: &Error) -> String {
    [&error.what, &error.why].into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(": ")
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route<'a> {
    Health,
    TabbyHealth,
    TabbySettings,
    TabbyEvents,
    Props,
    Models,
    Model(&'a str),
    Completion,
    Infill,
    Tokenize,
    Detokenize,
    ApplyTemplate,
    Completions,
    Fim,
    Chat,
    OllamaRoot,
    OllamaVersion,
    OllamaTags,
    OllamaRunning,
    OllamaShow,
    OllamaGenerate,
    OllamaChat,
}

impl Route<'_> {
    fn at(path: &str) -> Option<Route<'_>> {
        Some(match path {
            "/health" => Route::Health,
            "/v1/health" => Route::TabbyHealth,
            "/v1beta/server_setting" => Route::TabbySettings,
            "/v1/events" => Route::TabbyEvents,
            "/props" => Route::Props,
            "/models" | "/v1/models" | "/beta/models" => Route::Models,
            "/completion" | "/completions" => Route::Completion,
            "/infill" => Route::Infill,
            "/tokenize" => Route::Tokenize,
            "/detokenize" => Route::Detokenize,
            "/apply-template" => Route::ApplyTemplate,
            "/v1/completions" | "/beta/completions" | "/beta/v1/completions" => Route::Completions,
            "/v1/fim/completions" | "/fim/completions" => Route::Fim,
            "/v1/chat/completions" | "/chat/completions" | "/beta/chat/completions" => Route::Chat,
            "/" => Route::OllamaRoot,
            "/api/version" => Route::OllamaVersion,
            "/api/tags" => Route::OllamaTags,
            "/api/ps" => Route::OllamaRunning,
            "/api/show" => Route::OllamaShow,
            "/api/generate" => Route::OllamaGenerate,
            "/api/chat" => Route::OllamaChat,
            _ => Route::Model(path.strip_prefix("/v1/models/")?),
        })
    }

    /// The methods, as `Allow` lists them.
    fn methods(self) -> &'static str {
        match self {
            // Agents of Tabby ask with both.
            Route::TabbyHealth => "GET, HEAD, POST",
            Route::Health
            | Route::TabbySettings
            | Route::Props
            | Route::Models
            | Route::Model(_)
            | Route::OllamaRoot
            | Route::OllamaVersion
            | Route::OllamaTags
            | Route::OllamaRunning => "GET, HEAD",
            Route::TabbyEvents
            | Route::Completion
            | Route::Infill
            | Route::Tokenize
            | Route::Detokenize
            | Route::ApplyTemplate
            | Route::Completions
            | Route::Fim
            | Route::Chat
            | Route::OllamaShow
            | Route::OllamaGenerate
            | Route::OllamaChat => "POST",
        }
    }
}

/// Answers a request.
pub async fn answer(method: &Method, path: &str, via: Via, body: &Bytes, service: &Arc<Service>) -> Response<Reply> {
    let dialect = dialect(path);
    if via == Via::Socket
        && let Some(done) = own(path, body, service).await
    {
        return done.unwrap_or_else(|error| dialect.failure(&error));
    }
    let Some(route) = Route::at(path) else { return dialect.error(404, "there is nothing at this path") };
    if !route.methods().split(", ").any(|one| one == method.as_str()) {
        return dialect.takes_only(route.methods());
    }
    let done = match route {
        Route::Health => Ok(reply::json(200, &json!({"status": "ok"}))),
        Route::TabbyHealth => Ok(tabby::health(service)),
        Route::TabbySettings => Ok(tabby::settings()),
        Route::TabbyEvents => Ok(reply::json(200, &json!({}))),
        Route::Props => Ok(llama::props(service)),
        Route::Models => Ok(openai::models(service)),
        Route::Model(name) => Ok(openai::model(name, service)),
        Route::Completion => llama::completion(body, service).await,
        Route::Infill => llama::infill(body, service).await,
        Route::Tokenize => llama::tokenize(body, service).await,
        Route::Detokenize => llama::detokenize(body, service).await,
        Route::ApplyTemplate => llama::apply_template(body, service).await,
        Route::Completions => openai::completions(body, service).await,
        Route::Fim => openai::fim(body, service).await,
        Route::Chat => openai::chat(body, service).await,
        Route::OllamaRoot => Ok(reply::text("dscoder is running\n")),
        Route::OllamaVersion => Ok(ollama::version()),
        Route::OllamaTags => Ok(ollama::tags(service)),
        Route::OllamaRunning => Ok(ollama::running(service)),
        Route::OllamaShow => ollama::show(service),
        Route::OllamaGenerate => ollama::generate(body, service).await,
        Route::OllamaChat => ollama::chat(body, service).await,
    };
    done.unwrap_or_else(|error| dialect.failure(&error))
}

/// Answers what dscoder itself asks; `None` if it is something else.
async fn own(path: &str, body: &Bytes, service: &Arc<Service>) -> Option<Result<Response<Reply>>> {
    use crate::engine::resident::{ABOUT, ANSWER, ENCODE, STOP};
    Some(match path {
        ABOUT => Ok(resident::about(service)),
        ANSWER => resident::answer(body, service).await,
        ENCODE => resident::encode(body, service).await,
        STOP => Ok(resident::stop(service)),
        _ => return None,
    })
}

/// The JSON of a request.
///
/// # Errors
/// [`Kind::Data`] with the place of the fault.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    let refuse = |why: String| Error::new(Kind::Data, "the request cannot be read", why);
    if body.trim_ascii().is_empty() {
        return Err(refuse("its body is empty".to_owned()));
    }
    serde_json::from_slice(body).map_err(|error| refuse(error.to_string()))
}

/// Takes the fields that all dialects share, the length under one of these names.
///
/// # Errors
/// [`Kind::Data`] for a value that cannot be used.
pub fn request(fields: &mut Fields, lengths: &[&str], mut prompt: Prompt) -> Result<Request> {
    let max_tokens = limit(fields.whole(lengths)?);
    let mut own = fields.object("dscoder")?;
    if let Prompt::Gap(gap) = &mut prompt {
        gap.path = own.text("path")?.or(gap.path.take());
        gap.language = own.text("language")?.or(gap.language.take());
    }
    Ok(Request {
        max_tokens,
        is_warm_up: max_tokens == Some(0),
        stop: stops(fields)?.unwrap_or_default(),
        // Below zero as at zero: the most likely token.
        temperature: fields.number(&["temperature"])?.map(|number| number.max(0.0)),
        top_k: fields.whole(&["top_k"])?.map(|number| number.clamp(0, i64::from(i32::MAX)) as i32),
        top_p: fields.number(&["top_p"])?,
        min_p: fields.number(&["min_p"])?,
        repeat_penalty: fields.number(&["repeat_penalty", "repetition_penalty"])?.filter(|&penalty| penalty > 0.0),
        // Clients write -1 for any seed.
        seed: fields.whole(&["seed", "random_seed"])?.filter(|&seed| seed >= 0).map(|seed| seed as u32),
        raw: own.flag("raw")?,
        until: own.text("until")?.map_or(Ok(Until::Auto), |name| until(&name))?,
        prompt_limit: fields.number(&["t_max_prompt_ms"])?.map(millis),
        ..Request::new(prompt)
    })
}

/// The rule of this name.
///
/// # Errors
/// [`Kind::Data`] if there is none.
fn until(name: &str) -> Result<Until> {
    Until::from_str(name, false).map_err(|_| {
        let names = Until::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let names: Vec<_> = names.map(|name| name.get_name().to_owned()).collect();
        fields::unusable("until", &format!("it must be one of {}", names.join(", ")))
    })
}

/// A time as clients write it: at most zero for no limit.
fn millis(number: f32) -> Duration {
    if number > 0.0 { Duration::try_from_secs_f32(number / 1e3).unwrap_or(Duration::MAX) } else { Duration::MAX }
}

/// Takes the texts that end an answer.
///
/// # Errors
/// [`Kind::Data`] if they are something else, or too many.
pub fn stops(fields: &mut Fields) -> Result<Option<Vec<String>>> {
    let Some(mut texts) = fields.texts("stop")? else { return Ok(None) };
    texts.retain(|text| !text.is_empty());
    if texts.len() > MAX_STOPS {
        return Err(fields::unusable("stop", &format!("it has {} texts, and {MAX_STOPS} are possible", texts.len())));
    }
    Ok(Some(texts))
}

/// Takes how many answers are wanted. Editors ask for as many as they can show, so more than possible are as many as
/// possible.
///
/// # Errors
/// [`Kind::Data`] if it is no number.
pub fn count(fields: &mut Fields, names: &[&str]) -> Result<usize> {
    let count = fields.whole(names)?.unwrap_or(1);
    Ok(usize::try_from(count).unwrap_or(1).clamp(1, MAX_ANSWERS))
}

/// A number of tokens as clients write it: negative numbers mean no limit.
#[must_use]
pub fn limit(number: Option<i64>) -> Option<usize> {
    number.map(|number| usize::try_from(number).unwrap_or(usize::MAX))
}

/// A request that is on its way to the engine.
pub struct Asked {
    /// The events of each answer.
    pub events: Vec<UnboundedReceiver<Event>>,
    /// Tokens of the prompt that did not fit.
    pub left_out: usize,
    /// Tokens of the prompt.
    pub tokens: usize,
}

/// Gives a request to the engine. Encoding a large prompt takes a while, so it is done beside the sockets' thread.
///
/// # Errors
/// As [`request::prepare`] and [`Service::submit`].
pub async fn ask(mut request: Request, service: &Arc<Service>) -> Result<Asked> {
    let client = Client::current();
    request.prompt_limit = request.prompt_limit.or(service.prompt_limit);
    let shared = Arc::clone(service);
    let prepared = beside(move || {
        let vocabulary = shared.lines.of(shared.source.vocabulary());
        request::prepare(&request, &vocabulary, shared.capacity)
    })
    .await??;
    trace::asked(&prepared.work);
    for mut work in prepared.work {
        work.client = client;
        work.rules.owner = client.number();
        service.submit(work)?;
    }
    Ok(Asked { events: prepared.events, left_out: prepared.left_out, tokens: prepared.tokens })
}

/// Reads a request: a large one beside the sockets' thread.
///
/// # Errors
/// As `read`.
pub async fn take<T: Send + 'static>(
    body: &Bytes,
    read: impl FnOnce(&[u8]) -> Result<T> + Send + 'static,
) -> Result<T> {
    if body.len() < LARGE {
        return read(body);
    }
    let body = body.clone();
    beside(move || read(&body)).await?
}

/// Computes something beside the sockets' thread, which others wait for.
///
/// # Errors
/// [`Kind::Engine`] if it fails.
pub async fn beside<T: Send + 'static>(compute: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let failed = |_| Error::new(Kind::Engine, "the request failed", "");
    tokio::task::spawn_blocking(compute).await.map_err(failed)
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Its text.
    pub text: String,
    /// Its tokens.
    pub choices: Vec<Choice>,
    /// How it ended.
    pub ended: Ended,
}

/// Waits for whole answers.
///
/// # Errors
/// The first failure.
pub async fn collect(asked: Asked) -> Result<Vec<Whole>> {
    let mut all = Vec::new();
    for mut events in asked.events {
        let (mut text, mut choices) = (Vec::new(), Vec::new());
        loop {
            match events.recv().await.inspect(trace::seen) {
                Some(Event::Token { choice, text: piece, .. }) => {
                    text.extend(piece);
                    choices.extend(choice);
                }
                Some(Event::End(ended)) => {
                    let text = String::from_utf8_lossy(&text).into_owned();
                    all.push(Whole { text, choices, ended });
                    break;
                }
                Some(Event::Failed(error)) => return Err(error),
                None => return Err(Error::new(Kind::TryLater, "the server ends", "")),
            }
        }
    }
    Ok(all)
}

/// A token as a text, which bytes of half a character are not.
#[must_use]
pub fn token(vocabulary: &dyn Vocabulary, id: TokenId) -> String {
    String::from_utf8_lossy(vocabulary.bytes(id)).into_owned()
}

/// A server-sent event. It contains `data:` only at its beginning, since one client splits lines there.
#[must_use]
pub fn data(value: &Value) -> Vec<u8> {
    format!("data: {}\n\n", value.to_string().replace("data:", "data\\u003a")).into_bytes()
}

/// Makes text of bytes that come in any pieces: a character that is not whole yet waits for its rest.
#[derive(Debug, Clone, Default)]
pub struct Letters(Vec<u8>);

impl Letters {
    /// The characters that are whole now.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        self.0.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.0) {
            Ok(_) => self.0.len(),
            // Without a length, the end is missing; else it is no UTF-8 and never will be.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => self.0.len().saturating_sub(unfinished(&self.0)),
        };
        let rest = self.0.split_off(whole);
        String::from_utf8_lossy(&std::mem::replace(&mut self.0, rest)).into_owned()
    }

    /// What is left at the end.
    pub fn finish(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.0)).into_owned()
    }
}

/// The length of the unfinished character at the end of `bytes`.
fn unfinished(bytes: &[u8]) -> usize {
    let tail = bytes.iter().rev().take(3).position(|&byte| byte >= 0xC0).map_or(0, |at| at + 1);
    let end = &bytes[bytes.len() - tail..];
    if std::str::from_utf8(end).is_err_and(|error| error.error_len().is_none()) { tail } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_wait_for_their_rest() {
        let text = "aé€😀b".as_bytes();
        for size in 1..=text.len() {
            let mut letters = Letters::default();
            let mut out: String = text.chunks(size).map(|piece| letters.push(piece)).collect();
            out.push_str(&letters.finish());
            assert_eq!(out, "aé€😀b", "in pieces of {size}");
        }
        let mut letters = Letters::default();
        assert_eq!(
            (letters.push(b"a\xFFb\xE2\x82"), letters.finish()),
            ("a\u{FFFD}b".to_owned(), "\u{FFFD}".to_owned())
        );
    }
}
