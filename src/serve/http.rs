//! The sockets: connections, requests and answers of HTTP/1.1.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{self, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::serve::api;
use crate::serve::guard::Via;
use crate::serve::queue::Event;
use crate::serve::service::Service;

/// Maximum size of a request's body: a large file, with other files beside it.
const MAX_BODY: usize = 16 << 20;
/// How long a request's headers, and then its body, may take.
const HEADER_TIME: Duration = Duration::from_secs(15);
const BODY_TIME: Duration = Duration::from_secs(30);
/// Open connections; further ones are closed at once.
const MAX_CONNECTIONS: usize = 512;

/// Turns an event of the answer with this number into bytes of a stream.
pub type Format = Box<dyn FnMut(usize, Event) -> Vec<u8> + Send>;

/// The body of an answer.
pub enum Reply {
    /// All of it.
    Whole(Option<Bytes>),
    /// As it comes. The engine ends the answers once this is dropped.
    Stream {
        /// The events of each answer that has not ended.
        events: Vec<Option<UnboundedReceiver<Event>>>,
        /// How events look.
        format: Format,
        /// The last bytes.
        end: Option<Bytes>,
    },
}

impl Reply {
    /// A body of these bytes.
    #[must_use]
    pub fn whole(bytes: impl Into<Bytes>) -> Reply {
        Reply::Whole(Some(bytes.into()))
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let (events, format, end) = match &mut *self {
            Reply::Whole(bytes) => return Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Reply::Stream { events, format, end } => (events, format, end),
        };
        // All that is there goes into one write: some clients take a piece of a line for a line.
        let mut bytes = Vec::new();
        for (number, place) in events.iter_mut().enumerate() {
            while let Some(receiver) = place {
                match receiver.poll_recv(context) {
                    Poll::Pending => break,
                    Poll::Ready(Some(event)) => {
                        let is_last = matches!(event, Event::End(_) | Event::Failed(_));
                        bytes.extend(format(number, event));
                        if is_last {
                            *place = None;
                        }
                    }
                    Poll::Ready(None) => *place = None,
                }
            }
        }
        if events.iter().all(Option::is_none) {
            bytes.extend(end.take().unwrap_or_default());
            return match bytes.is_empty() {
                true => Poll::Ready(None),
                false => Poll::Ready(Some(Ok(Frame::data(bytes.into())))),
            };
        }
        if bytes.is_empty() { Poll::Pending } else { Poll::Ready(Some(Ok(Frame::data(bytes.into())))) }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Reply::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Reply::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Reply::Stream { .. } => SizeHint::default(),
        }
    }
}

/// Counts an open connection.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The number of open connections.
#[derive(Debug, Clone, Default)]
pub struct Connections(Arc<AtomicUsize>);

impl Connections {
    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Serves a connection in a task of its own, unless there are too many.
    pub fn serve<S>(&self, stream: S, via: Via, service: &Arc<Service>)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        if self.0.fetch_add(1, Ordering::Relaxed) >= MAX_CONNECTIONS {
            self.0.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        let open = Open(Arc::clone(&self.0));
        let service = Arc::clone(service);
        tokio::spawn(async move {
            let _open = open;
            let answer = service_fn(move |request| {
                let service = Arc::clone(&service);
                async move { Ok::<_, Infallible>(respond(request, via, &service).await) }
            });
            // What a connection ends with concerns only its client.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIME)
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}

/// Answers a request.
async fn respond(request: Request<Incoming>, via: Via, service: &Arc<Service>) -> Response<Reply> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let dialect = api::dialect(&path);
    let origin = service.guard.allowed_origin(&head.headers).cloned();
    let checked = if head.method == Method::OPTIONS {
        service.guard.check(&head.headers, via, true).map(|()| preflight())
    } else {
        service.guard.check(&head.headers, via, api::is_public(&path)).map(|()| Response::new(Reply::Whole(None)))
    };
    let mut response = match checked {
        Err(denied) => {
            let (status, words) = denied.answer();
            dialect.error(status, words)
        }
        Ok(preflight) if head.method == Method::OPTIONS => preflight,
        Ok(_) => match read(body).await {
            Ok(body) => api::answer(&head.method, &path, via, &body, service).await,
            Err((status, words)) => {
                let mut refused = dialect.error(status, words);
                refused.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                refused
            }
        },
    };
    if let Some(origin) = origin {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("Origin"));
    }
    response
}

/// The answer to a browser that asks whether a page may ask.
fn preflight() -> Response<Reply> {
    let mut response = Response::new(Reply::Whole(None));
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type, x-api-key"),
    );
    response
}

/// Reads a body.
async fn read(body: Incoming) -> Result<Bytes, (u16, &'static str)> {
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err((413, "the request is too large"));
    }
    match tokio::time::timeout(BODY_TIME, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err((413, "the request is too large")),
        Ok(Err(_)) => Err((400, "the request breaks off")),
        Err(_) => Err((408, "the request took too long to arrive")),
    }
}

/// JSON as a response.
#[must_use]
pub fn json(status: u16, value: &serde_json::Value) -> Response<Reply> {
    let mut response = Response::new(Reply::whole(value.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}

/// A stream as a response.
#[must_use]
pub fn stream(
    kind: &'static str,
    events: Vec<UnboundedReceiver<Event>>,
    format: Format,
    end: &'static str,
) -> Response<Reply> {
    let events = events.into_iter().map(Some).collect();
    let end = Some(Bytes::from_static(end.as_bytes()));
    let mut response = Response::new(Reply::Stream { events, format, end });
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // Proxies would hold events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
