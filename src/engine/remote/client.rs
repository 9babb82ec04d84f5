//! Requests to a server that computes answers. Each can be abandoned at any moment, which closes its connection and
//! frees the server's slot, and is retried as long as nothing of the answer has arrived.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, Response, StatusCode, Url};
use serde_json::Value;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use crate::cancel::Cancel;
use crate::engine::remote::wire::{self, Framing, LineBuffer};
use crate::error::{Error, Kind, Result};
use crate::fetch::http::{Refusal, Token, USER_AGENT, backoff, cause, shown, use_ring, wait};
use crate::fetch::is_loopback;

/// Timeout of a connection attempt.
const CONNECT: Duration = Duration::from_secs(10);
/// The longest silence within an answer.
const STALL: Duration = Duration::from_secs(60);
/// Maximum number of tries if connections break before anything of the answer arrives.
const TRIES: u32 = 6;
/// Maximum number of tries if the server is busy.
const BUSY_TRIES: u32 = 8;
/// The delay before the second try; each further one doubles it.
const BACKOFF: Duration = Duration::from_millis(250);
/// The longest delay between two tries, and the longest that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Maximum length in bytes of an answer that is not streamed.
const LONGEST: usize = 16 << 20;
/// The interval at which a wait checks for Ctrl-C.
const TICK: Duration = Duration::from_millis(20);

/// The server's address and key.
#[derive(Debug, Clone)]
pub struct EndpointAddress {
    /// The server, without the path of an interface.
    pub url: Url,
    /// Its key.
    pub key: Option<Token>,
    /// The longest silence before an answer begins.
    pub patience: Duration,
}

/// Sends requests to one server. Copies share its connections.
#[derive(Debug, Clone)]
pub struct EndpointClient {
    inner: reqwest::Client,
    target: EndpointAddress,
    runtime: Arc<Runtime>,
}

/// The thread that all requests run on. Dropping this ends it and them.
#[derive(Debug)]
struct Runtime {
    handle: Handle,
    _stop: oneshot::Sender<()>,
}

/// Why a try failed.
struct Failure {
    error: Error,
    outlook: Outlook,
}

/// Whether to retry.
enum Outlook {
    /// No.
    Final,
    /// No: a server of this kind does not have the requested address.
    Absent,
    /// Yes: the connection broke.
    Broken,
    /// Yes: the server is busy, and may have named a delay.
    Busy(Option<Duration>),
}

/// What a server says when it is asked for something small.
#[derive(Debug)]
pub enum Reply {
    /// JSON.
    Json(Value),
    /// It has no such address.
    Absent,
    /// Something else, such as a web page; with the error that it is where JSON was due.
    Strange(Error),
}

/// An answer in progress. Dropping it closes the connection.
#[derive(Debug)]
pub struct Stream<T> {
    items: Receiver<Result<T>>,
    task: AbortHandle,
}

impl<T> Stream<T> {
    /// The next item; `None` if the task has ended.
    ///
    /// # Errors
    /// The failure of the request; [`Kind::Signal`] or [`Kind::Deadline`] if `cancel` was set meanwhile.
    pub fn next(&self, cancel: &Cancel) -> Result<Option<T>> {
        loop {
            match self.items.recv_timeout(TICK) {
                Ok(item) => return item.map(Some),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(cause) = cancel.cause() {
                        return Err(Error::stopped(cause));
                    }
                }
            }
        }
    }
}

impl<T> Drop for Stream<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl EndpointClient {
    /// A client. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Kind::Network`] if the system's network cannot be used.
    pub fn new(target: EndpointAddress) -> Result<EndpointClient> {
        use_ring();
        let local = is_loopback(&target.url);
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(USER_AGENT)
                // Neither the key nor the text goes to a server that the user has not named.
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(CONNECT.min(target.patience))
                .referer(false);
            // No proxy can reach this machine's own addresses.
            if local { builder.no_proxy() } else { builder }
        };
        let refuse = |why: String| Error::new(Kind::Network, "cannot use the network", why);
        // A system without any certificates can still reach a server that needs none.
        let inner = builder()
            .build()
            .or_else(|_| builder().tls_certs_only([]).build())
            .map_err(|error| refuse(cause(&error)))?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| refuse(error.to_string()))?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let run = move || {
            // Ends with an error when the sender is dropped: that is the event to wait for.
            let _ = runtime.block_on(stopped);
        };
        thread::Builder::new().name("endpoint".into()).spawn(run).map_err(|error| refuse(error.to_string()))?;
        Ok(EndpointClient { inner, target, runtime: Arc::new(Runtime { handle, _stop: stop }) })
    }

    /// The server's name for messages.
    #[must_use]
    pub fn name(&self) -> String {
        shown(&self.target.url).trim_end_matches('/').to_owned()
    }

    /// A failure of this server.
    #[must_use]
    pub fn error(&self, kind: Kind, why: impl Into<String>) -> Error {
        Error::new(kind, format!("{} does not answer as it should", self.name()), why)
    }

    /// Requests a small document. `None` if the server does not have the address.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::NoPermission`], [`Kind::TryLater`] and [`Kind::TooLong`] as the server answers;
    /// [`Kind::Engine`] if it refuses the request itself; as [`Stream::next`].
    pub fn call(&self, path: &'static str, body: Option<Value>, cancel: &Cancel) -> Result<Option<Value>> {
        match self.ask(path, body, cancel)? {
            Reply::Json(value) => Ok(Some(value)),
            Reply::Absent => Ok(None),
            Reply::Strange(error) => Err(error),
        }
    }

    /// Asks for something small that the server may not have.
    ///
    /// # Errors
    /// As [`EndpointClient::call`], but for answers that are not JSON.
    pub fn ask(&self, path: &'static str, body: Option<Value>, cancel: &Cancel) -> Result<Reply> {
        let (send, items) = mpsc::channel();
        let client = self.clone();
        let task = self.runtime.handle.spawn(async move {
            let mut tries = 0;
            let found = loop {
                match client.whole(path, body.as_ref()).await {
                    Ok(found) => break Ok(found),
                    Err(failure) => {
                        if let Err(error) = client.pause(failure, &mut tries).await {
                            break Err(error);
                        }
                    }
                }
            };
            let _ = send.send(found);
        });
        let stream = Stream { items, task: task.abort_handle() };
        Ok(stream.next(cancel)?.unwrap_or(Reply::Absent))
    }

    /// Requests a streamed answer.
    #[must_use]
    pub fn stream(&self, path: &'static str, body: Value, framing: Framing) -> Stream<wire::Piece> {
        let (send, items) = mpsc::channel();
        let client = self.clone();
        let task = self.runtime.handle.spawn(async move {
            let mut tries = 0;
            while let Err(failure) = client.pieces(path, &body, framing, &send).await {
                if let Err(error) = client.pause(failure, &mut tries).await {
                    let _ = send.send(Err(error));
                    break;
                }
            }
        });
        Stream { items, task: task.abort_handle() }
    }

    /// Waits before another try; fails if there must not be one.
    async fn pause(&self, failure: Failure, tries: &mut u32) -> Result<()> {
        *tries += 1;
        let wished = match failure.outlook {
            Outlook::Broken if *tries < TRIES => None,
            Outlook::Busy(after) if *tries < BUSY_TRIES => after,
            _ => return Err(failure.error),
        };
        sleep(wished.unwrap_or_else(|| backoff(BACKOFF, *tries, LONGEST_WAIT))).await;
        Ok(())
    }

    /// Sends a request and returns a successful answer.
    async fn send(&self, path: &str, body: Option<&Value>) -> std::result::Result<Response, Failure> {
        let mut url = self.target.url.clone();
        // Relative to the path of the address.
        url.set_path(&format!("{}{path}", self.target.url.path().trim_end_matches('/')));
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let mut request = self.inner.request(method, url.clone());
        if let Some(key) = &self.target.key {
            request = request.header(AUTHORIZATION, key.header());
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let sent = timeout(self.target.patience, request.send()).await.map_err(|_| self.silent())?;
        let response = sent.map_err(|error| {
            let unreachable = |why: String| {
                let error = Error::new(Kind::Network, format!("cannot reach {}", self.name()), why);
                if self.target.url.scheme() == "https" {
                    return error;
                }
                error.hint("is the server running, and is the address right?")
            };
            if error.is_connect() {
                let why = if error.is_timeout() { "connecting timed out".to_owned() } else { cause(&error) };
                return Failure { error: unreachable(why), outlook: Outlook::Final };
            }
            Failure { error: unreachable(cause(&error)), outlook: Outlook::Broken }
        })?;
        if response.status().is_success() { Ok(response) } else { Err(self.refused(path, response).await) }
    }

    fn silent(&self) -> Failure {
        let why = format!("no data received for {} seconds", self.target.patience.as_secs_f32());
        let error = self.error(Kind::Network, why).hint("raise --endpoint-timeout");
        Failure { error, outlook: Outlook::Final }
    }

    /// The error that an answer with another status is.
    async fn refused(&self, path: &str, mut response: Response) -> Failure {
        let status = response.status();
        let after = wait(response.headers());
        let location = response.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        while body.len() < 64 << 10
            && let Ok(Ok(Some(chunk))) = timeout(STALL, response.chunk()).await
        {
            body.extend_from_slice(&chunk);
        }
        let said = wire::server_error(&body);
        let words = status.canonical_reason().unwrap_or("an unknown status").to_lowercase();
        let mut why = format!("it answers {}, {words}", status.as_u16());
        if let Some(said) = &said {
            why += &format!(": {said}");
        }
        let (kind, hint, outlook) = match (Refusal::of(status), status) {
            (Refusal::Redirected, _) => {
                let target = location.and_then(|location| self.target.url.join(&location).ok());
                let target = target.map_or_else(|| "nowhere".to_owned(), |target| shown(&target));
                why = format!("it redirects {path} to {target}");
                (Kind::Network, "give the final address with --endpoint; redirects are not followed", Outlook::Final)
            }
            (Refusal::Denied, _) => {
                (Kind::NoPermission, "give the key in DSCODER_API_KEY or with --api-key-file", Outlook::Final)
            }
            (_, StatusCode::PAYLOAD_TOO_LARGE) => {
                (Kind::TooLong, "shorten the prompt, or ask for fewer tokens with -n", Outlook::Final)
            }
            (_, StatusCode::BAD_REQUEST) if wire::is_too_long(&body) => {
                (Kind::TooLong, "set --ctx-size to the server's context", Outlook::Final)
            }
            (Refusal::Busy, _) => {
                let long = after.is_some_and(|after| after > LONGEST_WAIT);
                if long {
                    let seconds = after.unwrap_or_default().as_secs();
                    why = format!("it is busy and asks to wait for {seconds} seconds");
                }
                (
                    Kind::TryLater,
                    "run the same command again later",
                    if long { Outlook::Final } else { Outlook::Busy(after) },
                )
            }
            (Refusal::Gateway, _) => (Kind::Network, "", Outlook::Broken),
            (Refusal::Missing, _) => {
                why = format!("it has no {path}{}", said.map(|said| format!(": {said}")).unwrap_or_default());
                (Kind::Network, "set the kind of server with --endpoint-kind", Outlook::Absent)
            }
            (Refusal::Failed | Refusal::Wrong, _) => (Kind::Engine, "", Outlook::Final),
        };
        Failure { error: self.error(kind, why).hint(hint), outlook }
    }

    async fn whole(&self, path: &str, body: Option<&Value>) -> std::result::Result<Reply, Failure> {
        let mut response = match self.send(path, body).await {
            Ok(response) => response,
            // Addresses that servers of other kinds do not have.
            Err(Failure { outlook: Outlook::Absent, .. }) => return Ok(Reply::Absent),
            Err(failure) => return Err(failure),
        };
        let mut bytes = Vec::new();
        loop {
            let chunk = timeout(self.target.patience, response.chunk()).await.map_err(|_| self.silent())?;
            let chunk = chunk.map_err(|error| Failure {
                error: self.error(Kind::Network, cause(&error)),
                outlook: Outlook::Broken,
            })?;
            match chunk {
                None => break,
                Some(chunk) => bytes.extend_from_slice(&chunk),
            }
            if bytes.len() > LONGEST {
                return Ok(Reply::Strange(self.strange("the answer is far too long").error));
            }
        }
        Ok(match serde_json::from_slice(&bytes) {
            Ok(value) => Reply::Json(value),
            Err(_) => Reply::Strange(self.strange(wire::not_json(&bytes)).error),
        })
    }

    fn strange(&self, why: impl Into<String>) -> Failure {
        let error = self.error(Kind::Network, why).hint("is it the address of a llama-server, vLLM or Ollama?");
        Failure { error, outlook: Outlook::Final }
    }

    /// Forwards the pieces of an answer. Fails only before the first one.
    async fn pieces(
        &self,
        path: &str,
        body: &Value,
        framing: Framing,
        items: &Sender<Result<wire::Piece>>,
    ) -> std::result::Result<(), Failure> {
        let mut response = self.send(path, Some(body)).await?;
        let mut lines = LineBuffer::default();
        let mut tokens = 0;
        let mut begun = false;
        // Failures are final from here on: the text so far was shown to the user.
        let cut = |tokens: usize, why: String| {
            let count = if tokens == 1 { "1 token".to_owned() } else { format!("{tokens} tokens") };
            let what = format!("the answer of {} was cut off after {count}", self.name());
            Failure { error: Error::new(Kind::Engine, what, why), outlook: Outlook::Final }
        };
        loop {
            let patience = if begun { STALL.min(self.target.patience) } else { self.target.patience };
            let chunk = match timeout(patience, response.chunk()).await {
                Err(_) if !begun => return Err(self.silent()),
                Err(_) => return Err(cut(tokens, format!("no data received for {} seconds", patience.as_secs_f32()))),
                Ok(Err(error)) if !begun => {
                    let error = self.error(Kind::Network, cause(&error));
                    return Err(Failure { error, outlook: Outlook::Broken });
                }
                Ok(Err(error)) => return Err(cut(tokens, cause(&error))),
                Ok(Ok(chunk)) => chunk,
            };
            let ended = chunk.is_none();
            let payloads = match chunk {
                Some(chunk) => lines.push(&chunk, framing),
                None => lines.rest(framing),
            };
            for payload in payloads.map_err(|why| self.strange(why))? {
                let piece = wire::parse(&payload).map_err(|error| match error {
                    wire::Trouble::Server(said) => {
                        let error = self.error(Kind::Engine, format!("it reports an error: {said}"));
                        if begun { cut(tokens, said) } else { Failure { error, outlook: Outlook::Final } }
                    }
                    wire::Trouble::Strange(why) if begun => cut(tokens, why),
                    wire::Trouble::Strange(why) => {
                        Failure { error: self.error(Kind::Engine, why), outlook: Outlook::Final }
                    }
                })?;
                begun |= !piece.ids.is_empty() || !piece.text.is_empty();
                tokens = piece.count.unwrap_or(tokens + piece.ids.len().max(usize::from(!piece.text.is_empty())));
                let done = piece.end.is_some();
                // The receiver is gone.
                if items.send(Ok(piece)).is_err() || done {
                    return Ok(());
                }
            }
            if ended && !begun {
                let error = self.error(Kind::Network, "the connection ended before the answer began");
                return Err(Failure { error, outlook: Outlook::Broken });
            }
            if ended {
                return Err(cut(tokens, "the connection ended".to_owned()));
            }
        }
    }
}
