//! What becomes of a request, for the log and the metrics: counts and times, never texts.
//!
//! A trace is the current one of the task that answers its request, and of its body while that is polled. So what happens
//! deep inside is noted ([`asked`], [`seen`]) without being passed through every function.

use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use hyper::Method;
use hyper::header::{HeaderMap, HeaderValue};

use crate::serve::guard::Via;
use crate::serve::queue::{Event, Work};
use crate::shape::finish::Finish;

/// The header that names a request.
pub const ID: &str = "x-request-id";
/// Maximum length of the name that a client gives.
const MAX_ID: usize = 64;

tokio::task_local! {
    static CURRENT: Arc<Request>;
}

/// A request.
#[derive(Debug)]
pub struct Request {
    /// When it came.
    pub time: SystemTime,
    /// The same, for durations.
    pub started: Instant,
    /// Its name: the client's if that is short and plain, or else a new one.
    pub id: String,
    /// Its method.
    pub method: Method,
    /// Its path, without the query.
    pub path: String,
    /// What it came through.
    pub via: Via,
    progress: Mutex<Progress>,
}

/// How far it has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The status of its response; `None` if the client left before there was one.
    pub status: Option<u16>,
    /// Whether the whole response was handed to the connection.
    pub is_whole: bool,
    /// What the engine did for it; `None` if nothing.
    pub work: Option<Done>,
}

/// What the engine did for a request, for all of its answers together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Tokens of prompts.
    pub prompt: usize,
    /// How many of them were evaluated before.
    pub reused: usize,
    /// Tokens of answers.
    pub answer: usize,
    /// Time in the queue, of the answer that waited longest.
    pub queued: Option<Duration>,
    /// Time from the request to its first token.
    pub first: Option<Duration>,
    /// Why answers ended, each reason once; `None` is a failure.
    pub finish: Vec<Option<Finish>>,
}

/// Gets each request once its response has ended.
pub trait Observer: Send + Sync {
    /// A response has begun.
    fn begun(&self, status: u16);
    /// A request had its first token after this time.
    fn first_token(&self, after: Duration);
    /// A request has ended.
    fn ended(&self, request: &Request, progress: &Progress);
}

/// A request until its response has ended or its client has left, which is told when this is dropped.
pub struct Trace {
    request: Arc<Request>,
    observer: Arc<dyn Observer>,
}

impl Trace {
    /// A request that has just come.
    #[must_use]
    pub fn new(method: &Method, path: &str, headers: &HeaderMap, via: Via, observer: Arc<dyn Observer>) -> Trace {
        let request = Request {
            time: SystemTime::now(),
            started: Instant::now(),
            id: given_id(headers).map_or_else(new_id, str::to_owned),
            method: method.clone(),
            path: path.to_owned(),
            via,
            progress: Mutex::default(),
        };
        Trace { request: Arc::new(request), observer }
    }

    /// Computes `future` with this trace as the current one.
    pub async fn within<F: Future>(&self, future: F) -> F::Output {
        CURRENT.scope(Arc::clone(&self.request), future).await
    }

    /// The request's name, for a header.
    #[must_use]
    pub fn id(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.request.id).ok()
    }

    /// Calls `poll` with this trace as the current one.
    pub fn around<T>(&self, poll: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(Arc::clone(&self.request), poll)
    }

    /// Notes that the response begins, with this status.
    pub fn begin(&self, status: u16) {
        self.request.note(|progress| progress.status = Some(status));
        self.observer.begun(status);
    }

    /// Notes that the connection has the whole response.
    pub fn finish(&self) {
        self.request.note(|progress| progress.is_whole = true);
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        let progress = self.request.note(|progress| progress.clone());
        if let Some(after) = progress.work.as_ref().and_then(|work| work.first) {
            self.observer.first_token(after);
        }
        self.observer.ended(&self.request, &progress);
    }
}

impl Request {
    fn note<T>(&self, change: impl FnOnce(&mut Progress) -> T) -> T {
        change(&mut self.progress.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes that the current request asks the engine for this work.
pub fn asked(work: &[Work]) {
    let note = |progress: &mut Progress| {
        let done = progress.work.get_or_insert_default();
        done.prompt += work.iter().map(|one| one.prompt.len()).sum::<usize>();
    };
    // Elsewhere, as in tests of single functions, there is no request.
    let _ = CURRENT.try_with(|request| request.note(note));
}

/// Notes an event of an answer to the current request.
pub fn seen(event: &Event) {
    let note = |request: &Arc<Request>| {
        let elapsed = request.started.elapsed();
        request.note(|progress| {
            let done = progress.work.get_or_insert_default();
            let mut end = |finish| {
                if !done.finish.contains(&finish) {
                    done.finish.push(finish);
                }
            };
            match event {
                Event::Token { choice: Some(_), is_end, .. } => {
                    done.first.get_or_insert(elapsed);
                    done.answer += usize::from(!is_end);
                }
                Event::Token { choice: None, .. } => {}
                Event::End(ended) => {
                    end(Some(ended.finish));
                    done.reused += ended.reused;
                    done.queued = done.queued.max(Some(ended.queued));
                }
                Event::Failed(_) => end(None),
            }
        });
    };
    let _ = CURRENT.try_with(note);
}

/// The name that a client gives its request, if it is one that can be repeated anywhere.
fn given_id(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(ID).iter();
    let id = all.next().filter(|_| all.next().is_none())?.to_str().ok()?;
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    ((1..=MAX_ID).contains(&id.len()) && is_plain).then_some(id)
}

/// A name that no other request has.
fn new_id() -> String {
    // The standard library seeds its hash maps from the system's random numbers.
    let number = RandomState::new().build_hasher().finish();
    format!("{:012x}", number >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_taken() {
        let given = |ids: &[&str]| {
            let mut headers = HeaderMap::new();
            for id in ids {
                headers.append(ID, HeaderValue::from_bytes(id.as_bytes()).expect("a value"));
            }
            given_id(&headers).map(str::to_owned)
        };
        let longest = "a".repeat(MAX_ID);
        for id in ["a", "A-1_b.c", &longest] {
            assert_eq!(given(&[id]).as_deref(), Some(id));
        }
        for ids in [&[][..], &[""], &[&(longest.clone() + "a")], &["a b"], &["a\tb"], &["é"], &["a=b"], &["a", "a"]] {
            assert_eq!(given(ids), None, "{ids:?}");
        }
        let new = [new_id(), new_id()];
        assert!(new[0] != new[1] && new.iter().all(|id| id.len() == 12), "{new:?}");
    }
}
