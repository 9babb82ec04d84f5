//! The sockets: connections, requests and answers of HTTP/1.1.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::AbortHandle;
use tokio::time::Sleep;

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
/// Open connections. For further ones, those without a request make room.
const MAX_CONNECTIONS: usize = 512;

/// How long a client may read nothing of an answer that does not fit into the system's buffers.
const READING_TIME: Duration = Duration::from_secs(60);

/// The open connections.
#[derive(Debug, Clone, Default)]
pub struct Connections(Arc<Mutex<Table>>);

#[derive(Debug, Default)]
struct Table {
    open: HashMap<u64, Entry>,
    /// The last number that was given.
    last: u64,
}

#[derive(Debug)]
struct Entry {
    /// When it was opened or last got an answer, in the order of all connections.
    turn: u64,
    /// Whether a whole request has come that is not answered yet.
    is_busy: bool,
    task: Option<AbortHandle>,
}

impl Table {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Closes the connection that has gone longest without a whole request.
    fn evict(&mut self) -> bool {
        let idle = self.open.iter().filter(|(_, entry)| !entry.is_busy && entry.task.is_some());
        let Some((&id, _)) = idle.min_by_key(|(_, entry)| entry.turn) else { return false };
        if let Some(task) = self.open.remove(&id).and_then(|entry| entry.task) {
            task.abort();
        }
        true
    }
}

impl Connections {
    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.table().open.len()
    }

    /// Closes the one that has gone longest without a whole request, so that a new one finds room.
    pub fn make_room(&self) {
        self.table().evict();
    }

    /// Serves a connection in a task of its own. Where too many are open, one without a request makes room; if all have one,
    /// this one is closed.
    pub fn serve<S>(&self, stream: S, via: Via, service: &Arc<Service>)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let id = {
            let mut table = self.table();
            if table.open.len() >= MAX_CONNECTIONS && !table.evict() {
                return;
            }
            let id = table.next();
            table.open.insert(id, Entry { turn: id, is_busy: false, task: None });
            id
        };
        let open = Open { connections: self.clone(), id };
        let (connections, service) = (self.clone(), Arc::clone(service));
        let task = tokio::spawn(async move {
            let _open = open;
            let answer = service_fn(move |request| {
                let (connections, service) = (connections.clone(), Arc::clone(&service));
                async move { Ok::<_, Infallible>(respond(request, via, &service, &connections, id).await) }
            });
            // What a connection ends with concerns only its client.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIME)
                .serve_connection(TokioIo::new(Impatient::new(stream, READING_TIME)), answer)
                .await;
        });
        if let Some(entry) = self.table().open.get_mut(&id) {
            entry.task = Some(task.abort_handle());
        }
    }

    /// Notes that a whole request has come, until the value is dropped.
    fn busy(&self, id: u64) -> Busy {
        if let Some(entry) = self.table().open.get_mut(&id) {
            entry.is_busy = true;
        }
        Busy { connections: self.clone(), id }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in the table.
struct Open {
    connections: Connections,
    id: u64,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.connections.table().open.remove(&self.id);
    }
}

/// A request that is being answered.
struct Busy {
    connections: Connections,
    id: u64,
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut table = self.connections.table();
        let turn = table.next();
        if let Some(entry) = table.open.get_mut(&self.id) {
            (entry.turn, entry.is_busy) = (turn, false);
        }
    }
}

/// A stream that fails once its other end has read nothing for too long.
struct Impatient<S> {
    stream: S,
    time: Duration,
    limit: Option<Pin<Box<Sleep>>>,
}

impl<S> Impatient<S> {
    fn new(stream: S, time: Duration) -> Impatient<S> {
        Impatient { stream, time, limit: None }
    }

    fn within<T>(&mut self, done: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.limit = None;
            return done;
        }
        let limit = self.limit.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.time)));
        limit.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.within(done, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.within(done, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Answers a request, and names it.
async fn respond(
    request: Request<Incoming>,
    via: Via,
    service: &Arc<Service>,
    connections: &Connections,
    id: u64,
) -> Response<Traced<Option<Busy>>> {
    let (head, body) = request.into_parts();
    let observer: Arc<dyn Observer> = Arc::<Service>::clone(service);
    let trace = Trace::new(&head.method, head.uri.path(), &head.headers, via, observer);
    let is_head = head.method == Method::HEAD;
    let busy = || connections.busy(id);
    let (mut response, busy) = trace.within(answer(head, body, via, service, busy)).await;
    if let Some(id) = trace.id() {
        response.headers_mut().insert(trace::ID, id);
    }
    // Its connection is busy until the answer is sent.
    Traced::respond(response, is_head, trace, busy)
}

/// Answers a request. `begin` notes that a whole request has come.
async fn answer(
    head: Parts,
    body: Incoming,
    via: Via,
    service: &Arc<Service>,
    begin: impl FnOnce() -> Busy,
) -> (Response<Reply>, Option<Busy>) {
    let path = head.uri.path().to_owned();
    let dialect = api::dialect(&path);
    let origin = service.guard.allowed_origin(&head.headers).cloned();
    let checked = if head.method == Method::OPTIONS {
        service.guard.check(&head, via, true).map(|()| preflight(&head.headers))
    } else {
        service.guard.check(&head, via, api::is_public(&path)).map(|()| Response::new(Reply::Whole(None)))
    };
    let mut busy = None;
    let mut response = match checked {
        Err(denied) => {
            let (status, words) = denied.answer();
            dialect.error(status, words)
        }
        Ok(preflight) if head.method == Method::OPTIONS => preflight,
        Ok(_) if path == metrics::PATH && service.has_metrics => counters(&head.method, service),
        Ok(_) => match read(body, head.headers.contains_key(header::EXPECT)).await {
            Ok(body) => {
                busy = Some(begin());
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
    (response, busy)
}

/// The counters, for `GET`.
fn counters(method: &Method, service: &Service) -> Response<Reply> {
    if method == Method::GET || method == Method::HEAD {
        return metrics::response(service.metrics.text(service.queue.state(), service.parallel));
    }
    api::Dialect::Object.takes_only("GET, HEAD")
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn who_reads_nothing_is_given_up() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let (mut client, server) = tokio::io::duplex(4);
            let mut server = Impatient::new(server, Duration::from_millis(200));
            // Who reads slowly gets all.
            let reader = tokio::spawn(async move {
                let mut bytes = [0; 2];
                for _ in 0..10 {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    client.read_exact(&mut bytes).await.expect("read");
                }
                client
            });
            server.write_all(&[7; 20]).await.expect("written");
            let _client = reader.await.expect("the other end");
            let error = server.write_all(&[7; 20]).await.expect_err("nobody reads");
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        });
    }

    #[test]
    fn who_has_waited_longest_without_a_request_makes_room() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let _inside = runtime.enter();
        let connections = Connections::default();
        let tasks: Vec<_> = (1..=4).map(|_| runtime.spawn(std::future::pending::<()>())).collect();
        for (id, task) in (1..).zip(&tasks) {
            let entry = Entry { turn: id, is_busy: false, task: Some(task.abort_handle()) };
            connections.table().open.insert(id, entry);
            connections.table().last = id;
        }
        let busy = connections.busy(1);
        // This one was answered just now.
        drop(connections.busy(2));
        let left = || {
            connections.make_room();
            let mut ids: Vec<u64> = connections.table().open.keys().copied().collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(left(), [1, 2, 4]);
        assert_eq!(left(), [1, 2]);
        assert_eq!(left(), [1]);
        // Nobody else is left, and a request is not cut off.
        assert_eq!(left(), [1]);
        drop(busy);
        assert_eq!(left(), [0; 0]);
    }
}
