//! The sockets: connections, requests and answers of HTTP/1.1.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::serve::api;
use crate::serve::client::Client;
use crate::serve::guard::Via;
use crate::serve::metrics;
use crate::serve::reply::{Reply, Traced};
use crate::serve::service::Service;
use crate::serve::trace::{self, Observer, Trace};

/// Maximum size of a request's body: a large file, with other files beside it.
const MAX_BODY: u64 = 16 << 20;
/// How much of a larger one is read before it is refused.
const MAX_DRAINED: u64 = 64 << 20;
const TOO_LARGE: &str = "the request is larger than 16 MiB";
/// How long a request's headers, and then its body, may take.
const HEADER_TIME: Duration = Duration::from_secs(15);
const BODY_TIME: Duration = Duration::from_secs(30);
/// Open connections; further ones are closed at once.
const MAX_CONNECTIONS: usize = 512;

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

/// Answers a request, and names it.
async fn respond(request: Request<Incoming>, via: Via, service: &Arc<Service>) -> Response<Traced> {
    let (head, body) = request.into_parts();
    let observer: Arc<dyn Observer> = Arc::<Service>::clone(service);
    let trace = Trace::new(&head.method, head.uri.path(), &head.headers, via, observer);
    let is_head = head.method == Method::HEAD;
    let mut response = trace.within(answer(head, body, via, service)).await;
    if let Some(id) = trace.id() {
        response.headers_mut().insert(trace::ID, id);
    }
    Traced::respond(response, is_head, trace)
}

async fn answer(head: Parts, body: Incoming, via: Via, service: &Arc<Service>) -> Response<Reply> {
    let path = head.uri.path().to_owned();
    let dialect = api::dialect(&path);
    let origin = service.guard.allowed_origin(&head.headers).cloned();
    let checked = if head.method == Method::OPTIONS {
        service.guard.check(&head, via, true).map(|()| preflight(&head.headers))
    } else {
        service.guard.check(&head, via, api::is_public(&path)).map(|()| Response::new(Reply::Whole(None)))
    };
    let mut response = match checked {
        Err(denied) => {
            let (status, words) = denied.answer();
            dialect.error(status, words)
        }
        Ok(preflight) if head.method == Method::OPTIONS => preflight,
        Ok(_) if path == metrics::PATH && service.has_metrics => counters(&head.method, service),
        Ok(_) => match read(body, head.headers.contains_key(header::EXPECT)).await {
            Ok(body) => {
                let client = Client::of(&head.headers, via);
                client.within(api::answer(&head.method, &path, via, &body, service)).await
            }
            Err((status, words)) => {
                let mut refused = dialect.error(status, words);
                refused.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                refused
            }
        },
    };
    if let Some(origin) = origin {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(trace::ID));
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("Origin"));
    }
    response
}

/// The counters, for `GET`.
fn counters(method: &Method, service: &Service) -> Response<Reply> {
    if method == Method::GET || method == Method::HEAD {
        return metrics::response(service.metrics.text(service.queue.state(), service.parallel));
    }
    let mut response = api::Dialect::Object.error(405, "this path takes GET, HEAD");
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

/// The answer to a browser that asks whether a page may ask.
fn preflight(headers: &HeaderMap) -> Response<Reply> {
    let mut response = Response::new(Reply::Whole(None));
    *response.status_mut() = StatusCode::NO_CONTENT;
    let answer = response.headers_mut();
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    // Whatever headers the libraries in an allowed page send.
    if let Some(names) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    if headers.contains_key("access-control-request-private-network") {
        answer.insert("access-control-allow-private-network", HeaderValue::from_static("true"));
    }
    response
}

/// Reads a body.
async fn read(body: Incoming, waits: bool) -> Result<Bytes, (u16, &'static str)> {
    let announced = body.size_hint().lower();
    // A client that waits for leave has sent nothing yet.
    if announced > MAX_DRAINED || (waits && announced > MAX_BODY) {
        return Err((413, TOO_LARGE));
    }
    tokio::time::timeout(BODY_TIME, all(body)).await.unwrap_or(Err((408, "the request took too long to arrive")))
}

/// All of a body. A little of what is too large is read too: most clients look for an answer only once they have sent all.
async fn all(mut body: Incoming) -> Result<Bytes, (u16, &'static str)> {
    let (mut bytes, mut size) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err((400, "the request breaks off")) };
        let Ok(data) = frame.into_data() else { continue };
        size += data.len() as u64;
        if size > MAX_DRAINED {
            break;
        }
        if size > MAX_BODY {
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&data);
        }
    }
    if size > MAX_BODY { Err((413, TOO_LARGE)) } else { Ok(bytes.into()) }
}
