//! What clients ask for: the routes, and what all dialects share.
//!
//! [`llama`] is llama.cpp's own server, [`openai`] the completions and chat of OpenAI and of those who copied them, [`ollama`]
//! and [`tabby`] what their names say. A field that is null counts as missing, and unknown fields are ignored.

pub mod llama;
pub mod ollama;
pub mod openai;
#[cfg(unix)]
pub mod resident;
pub mod tabby;

use std::sync::Arc;

use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::engine::Choice;
use crate::error::{Error, Kind, Result};
use crate::serve::guard::Via;
use crate::serve::http::{self, Reply};
use crate::serve::queue::{Ended, Event, Full};
use crate::serve::request::{self, Request};
use crate::serve::service::Service;

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
        http::json(status, &self.body(status, words))
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

    /// A failure as a response.
    #[must_use]
    pub fn failure(self, error: &Error) -> Response<Reply> {
        let status = status(error);
        let mut response = self.error(status, &words(error));
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

/// Answers a request.
pub async fn answer(method: &Method, path: &str, via: Via, body: &Bytes, service: &Arc<Service>) -> Response<Reply> {
    let dialect = dialect(path);
    #[cfg(unix)]
    if via == Via::Socket
        && let Some(done) = own(path, body, service)
    {
        return done.unwrap_or_else(|error| dialect.failure(&error));
    }
    let done = match (method.as_str(), path) {
        ("GET", "/health") => Ok(http::json(200, &json!({"status": "ok"}))),
        ("GET" | "POST", "/v1/health") => Ok(tabby::health(service)),
        ("GET", "/props") => Ok(llama::props(service)),
        ("GET", "/models" | "/v1/models") => Ok(openai::models(service)),
        ("GET", "/v1beta/server_setting") => Ok(tabby::settings()),
        ("POST", "/v1/events") => Ok(http::json(200, &json!({}))),
        ("GET" | "HEAD", "/api/version") => Ok(ollama::version()),
        ("GET" | "HEAD", "/" | "/api/tags") => Ok(ollama::tags(service)),
        ("POST", "/api/show") => ollama::show(service),
        ("POST", "/api/generate") => ollama::generate(body, service).await,
        ("POST", "/api/chat") => ollama::chat(body, service).await,
        ("POST", "/completion" | "/completions") => llama::completion(body, service).await,
        ("POST", "/infill") => llama::infill(body, service).await,
        ("POST", "/tokenize") => llama::tokenize(body, service),
        ("POST", "/detokenize") => llama::detokenize(body, service),
        ("POST", "/v1/completions") if tabby::is_one(body) => tabby::completions(body, service).await,
        ("POST", "/v1/completions" | "/beta/completions" | "/beta/v1/completions") => {
            openai::completions(body, service).await
        }
        ("POST", "/v1/fim/completions" | "/fim/completions") => openai::fim(body, service).await,
        ("POST", "/v1/chat/completions" | "/chat/completions") => openai::chat(body, service).await,
        (_, path) if is_route(path) => return dialect.error(405, "this path does not have this method"),
        _ => return dialect.error(404, "there is nothing at this path"),
    };
    done.unwrap_or_else(|error| dialect.failure(&error))
}

/// Answers what dscoder itself asks; `None` if it is something else.
#[cfg(unix)]
fn own(path: &str, body: &Bytes, service: &Arc<Service>) -> Option<Result<Response<Reply>>> {
    use crate::engine::resident::{ABOUT, ANSWER, ENCODE, STOP};
    Some(match path {
        ABOUT => Ok(resident::about(service)),
        ANSWER => resident::answer(body, service),
        ENCODE => resident::encode(body, service),
        STOP => Ok(resident::stop(service)),
        _ => return None,
    })
}

/// Whether there is something at a path, with another method.
fn is_route(path: &str) -> bool {
    matches!(
        path,
        "/health"
            | "/v1/health"
            | "/props"
            | "/models"
            | "/v1/models"
            | "/api/version"
            | "/api/tags"
            | "/api/show"
            | "/api/generate"
            | "/api/chat"
            | "/completion"
            | "/completions"
            | "/infill"
            | "/tokenize"
            | "/detokenize"
            | "/v1/completions"
            | "/beta/completions"
            | "/v1/fim/completions"
            | "/v1/chat/completions"
    )
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

/// A value that may be null.
///
/// # Errors
/// Those of the value.
pub fn nullable<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// One text or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Texts {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Texts {
    /// Those that are not empty.
    #[must_use]
    pub fn list(texts: Option<Texts>) -> Vec<String> {
        let all = match texts {
            None => Vec::new(),
            Some(Texts::One(one)) => vec![one],
            Some(Texts::Many(all)) => all,
        };
        all.into_iter().filter(|text| !text.is_empty()).collect()
    }
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

/// Gives a request to the engine.
///
/// # Errors
/// As [`request::prepare`]; [`Kind::TryLater`] if the queue is full.
pub fn ask(request: &Request, service: &Service) -> Result<Asked> {
    let prepared = request::prepare(request, &service.source, service.capacity)?;
    for work in prepared.work {
        service.queue.push(work).map_err(|Full| Error::new(Kind::TryLater, "the server is busy", "try again"))?;
    }
    Ok(Asked { events: prepared.events, left_out: prepared.left_out, tokens: prepared.tokens })
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
            match events.recv().await {
                Some(Event::Token { choice, text: piece }) => {
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
