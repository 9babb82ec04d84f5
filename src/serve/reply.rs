//! Answers as HTTP carries them: whole, or as they come.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{self, HeaderValue};
use hyper::{Response, StatusCode};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::error::{Error, Kind};
use crate::serve::queue::Event;
use crate::serve::trace::{self, Trace};

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

    /// Whether nothing more will come.
    fn is_spent(&self) -> bool {
        match self {
            Reply::Whole(bytes) => bytes.is_none(),
            Reply::Stream { events, end, .. } => end.is_none() && events.iter().all(Option::is_none),
        }
    }
}

/// A body, the trace of its request, and what is held until it is sent.
pub struct Traced<H> {
    reply: Reply,
    trace: Trace,
    _held: H,
}

impl<H> Traced<H> {
    /// Begins a response. `is_head` if its body is not sent.
    #[must_use]
    pub fn respond(response: Response<Reply>, is_head: bool, trace: Trace, held: H) -> Response<Traced<H>> {
        trace.begin(response.status().as_u16());
        if is_head || response.body().is_spent() {
            trace.finish();
        }
        response.map(|reply| Traced { reply, trace, _held: held })
    }
}

impl<H: Unpin> Body for Traced<H> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Traced { reply, trace, .. } = &mut *self;
        let polled = trace.around(|| Pin::new(&mut *reply).poll_frame(context));
        if reply.is_spent() {
            trace.finish();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.reply.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.reply.size_hint()
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
                        trace::seen(&event);
                        let is_last = matches!(event, Event::End(_) | Event::Failed(_));
                        bytes.extend(format(number, event));
                        if is_last {
                            *place = None;
                        }
                    }
                    // The engine ended before the answer did.
                    Poll::Ready(None) => {
                        bytes.extend(format(number, Event::Failed(Error::new(Kind::TryLater, "the server ends", ""))));
                        *place = None;
                    }
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

/// JSON as a response.
#[must_use]
pub fn json(status: u16, value: &serde_json::Value) -> Response<Reply> {
    encoded(status, value.to_string())
}

/// The text of some JSON as a response.
#[must_use]
pub fn encoded(status: u16, json: String) -> Response<Reply> {
    let mut response = Response::new(Reply::whole(json));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}

/// A text as a response.
#[must_use]
pub fn text(words: &'static str) -> Response<Reply> {
    let mut response = Response::new(Reply::whole(words));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
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

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[test]
    fn an_answer_that_is_cut_off_does_not_look_whole() {
        let (sender, events) = unbounded_channel();
        let format: Format = Box::new(|number, event| match event {
            Event::Token { text, .. } => [format!("{number}:").as_bytes(), &text].concat(),
            Event::End(_) => b"end".to_vec(),
            Event::Failed(error) => error.what.into_bytes(),
        });
        let mut body = stream("text/plain", vec![events], format, "!").into_body();
        let mut poll = || match Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(Ok(frame))) => {
                frame.into_data().map(|data| String::from_utf8_lossy(&data).into_owned()).ok()
            }
            _ => None,
        };
        assert_eq!(poll(), None);
        for text in ["a", "b"] {
            sender.send(Event::Token { choice: None, text: text.into(), is_end: false }).expect("sent");
        }
        // In one piece.
        assert_eq!(poll().as_deref(), Some("0:a0:b"));
        drop(sender);
        assert_eq!(poll().as_deref(), Some("the server ends!"));
        assert_eq!(poll(), None);
    }
}
