//! Which client asks, as far as requests tell.

use std::future::Future;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use hyper::header::{self, HeaderMap, HeaderName};

use crate::serve::guard::Via;

tokio::task_local! {
    static CURRENT: Client;
}

/// What tells clients apart: their keys, programs, and the socket that they come through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Client(u64);

impl Client {
    /// The client that sends these headers.
    #[must_use]
    pub fn of(headers: &HeaderMap, via: Via) -> Client {
        let mut hasher = DefaultHasher::new();
        (via == Via::Tcp).hash(&mut hasher);
        for name in [header::AUTHORIZATION, HeaderName::from_static("x-api-key"), header::USER_AGENT] {
            headers.get(name).map(|value| value.as_bytes()).hash(&mut hasher);
        }
        Client(hasher.finish())
    }

    /// A number that other clients do not have.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }

    /// Makes this the client of a future's requests.
    pub async fn within<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// The client whose request is answered.
    #[must_use]
    pub fn current() -> Client {
        CURRENT.try_with(|client| *client).unwrap_or_default()
    }
}
