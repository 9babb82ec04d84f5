//! One HTTP request at a time. Redirects are followed by hand, so that the token stays with the host it belongs to and
//! https never becomes http.

use std::error::Error as _;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Read;
use std::sync::Once;
use std::time::Duration;

use reqwest::blocking::Response;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode, Url};

use crate::error::{Error, Kind};

/// The `User-Agent`.
pub const USER_AGENT: &str = concat!("dscoder/", env!("CARGO_PKG_VERSION"));
/// Maximum number of consecutive redirects.
const MAX_REDIRECTS: usize = 10;

/// Timeouts and limits of transfers. Users set the number of connections; tests set the rest.
#[derive(Debug, Clone)]
pub struct Options {
    /// Ranges that are fetched at once.
    pub connections: usize,
    /// The longest time without a byte.
    pub stall: Duration,
    /// Fewer bytes than this in that time count as none.
    pub slowest: u64,
    /// Consecutive failures without progress before the transfer fails.
    pub retries: u32,
    /// The delay after the first failure; each further one doubles it.
    pub backoff: Duration,
    /// The longest delay between two tries, and the longest that a server may ask for.
    pub longest_wait: Duration,
    /// The time without progress after which the user is told why.
    pub tell: Duration,
    /// The interval between syncs of the file and its map.
    pub checkpoint: Duration,
    /// The shortest range that is requested, unless less is missing.
    pub segment: u64,
    /// Whether the proxies of the environment are used.
    pub proxies: bool,
    /// Bytes that may be written, instead of the free space of the file system.
    pub space: Option<u64>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            connections: 4,
            stall: Duration::from_secs(30),
            slowest: 8 << 10,
            retries: 8,
            backoff: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
            tell: Duration::from_millis(4500),
            checkpoint: Duration::from_millis(500),
            segment: 8 << 20,
            proxies: true,
            space: None,
        }
    }
}

/// A secret that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(HeaderValue);

impl Token {
    /// Takes the text of a token file or variable. `None` for an empty one and for one that no header can carry.
    #[must_use]
    pub fn new(text: &str) -> Option<Token> {
        let text = text.trim();
        let mut value = HeaderValue::try_from(format!("Bearer {text}")).ok().filter(|_| !text.is_empty())?;
        value.set_sensitive(true);
        Some(Token(value))
    }

    /// The value of an `Authorization` header.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// An address, and the token that its host, and no other, may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The address.
    pub url: Url,
    /// The token.
    pub token: Option<Token>,
}

/// An address for messages: without its query, which may be signed, and without a password.
#[must_use]
pub fn shown(url: &Url) -> String {
    match url.host_str() {
        None => url.path().to_owned(),
        Some(host) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{host}{port}{}", url.scheme(), url.path())
        }
    }
}

/// Why a request failed.
#[derive(Debug)]
pub enum Fault {
    /// It may succeed later; the server may have named a delay.
    Passing {
        /// The error if it does not.
        error: Error,
        /// The delay.
        after: Option<Duration>,
        /// Whether the server is busy, so that fewer connections may help.
        busy: bool,
    },
    /// The answer contradicts the request, or the known size or version of the file: ask the server again before the next
    /// try.
    Doubtful(Error),
    /// The server refuses.
    Refused {
        /// The status code.
        status: u16,
        /// The hub's error code.
        code: Option<String>,
        /// The error.
        error: Error,
    },
    /// It cannot succeed.
    Final(Error),
}

impl Fault {
    /// A fault that may pass.
    pub fn passing(what: impl Into<String>, why: impl Into<String>) -> Fault {
        Fault::Passing { error: Error::new(Kind::Network, what, why), after: None, busy: false }
    }

    /// What failed, and why.
    #[must_use]
    pub fn words(&self) -> String {
        let (Fault::Passing { error, .. }
        | Fault::Doubtful(error)
        | Fault::Refused { error, .. }
        | Fault::Final(error)) = self;
        format!("{}: {}", error.what, error.why)
    }

    /// The error for the user.
    #[must_use]
    pub fn into_error(self) -> Error {
        match self {
            Fault::Passing { error, .. }
            | Fault::Doubtful(error)
            | Fault::Refused { error, .. }
            | Fault::Final(error) => error,
        }
    }
}

/// An answer, and the address that it finally came from.
#[derive(Debug)]
pub struct Fetched {
    /// The address after all redirects.
    pub url: Url,
    /// Status and headers, and the body to read.
    pub response: Response,
}

impl Fetched {
    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        text(self.response.headers(), name)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Makes requests.
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: reqwest::blocking::Client,
    /// Its timeouts and limits.
    pub options: Options,
}

impl HttpClient {
    /// A client. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Kind::Network`] if the system's network cannot be used.
    pub fn new(options: Options) -> Result<HttpClient, Error> {
        use_ring();
        let builder = || {
            let builder = reqwest::blocking::Client::builder()
                .user_agent(USER_AGENT)
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(options.stall.min(Duration::from_secs(15)))
                .timeout(options.stall)
                .referer(false);
            if options.proxies { builder } else { builder.no_proxy() }
        };
        // A system without any certificates can still reach a hub that needs none; https then fails with a reason.
        let inner = builder()
            .build()
            .or_else(|_| builder().tls_certs_only([]).build())
            .map_err(|error| Error::new(Kind::Network, "cannot use the network", cause(&error)))?;
        Ok(HttpClient { inner, options })
    }

    /// Sends a request and follows redirects until `enough` accepts an answer.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn send(
        &self,
        method: &Method,
        address: &Address,
        headers: &[(header::HeaderName, String)],
        enough: impl Fn(&HeaderMap) -> bool,
    ) -> Result<Fetched, Fault> {
        let mut url = address.url.clone();
        let mut token = address.token.as_ref();
        for _ in 0..=MAX_REDIRECTS {
            let mut request =
                self.inner.request(method.clone(), url.clone()).header(header::ACCEPT_ENCODING, "identity");
            for (name, value) in headers {
                request = request.header(name, value);
            }
            if let Some(Token(value)) = token {
                request = request.header(header::AUTHORIZATION, value.clone());
            }
            let response = request.send().map_err(|error| self.unreachable(&url, &error))?;
            let status = response.status();
            if status.is_success() || (status.is_redirection() && enough(response.headers())) {
                return Ok(Fetched { url, response });
            }
            if !status.is_redirection() {
                return Err(self.refused(&url, &response));
            }
            let next = location(response.headers()).ok_or("it redirects to nowhere".to_owned());
            let next = next.and_then(|location| next_hop(&url, &location)).map_err(|why| {
                let error = Error::new(Kind::Network, format!("cannot follow {}", shown(&url)), why);
                // If TLS was requested, this will not go away by itself.
                if url.scheme() == "https" {
                    Fault::Final(error)
                } else {
                    Fault::Passing { error, after: None, busy: false }
                }
            })?;
            if next.origin() != url.origin() {
                token = None;
            }
            url = next;
        }
        Err(Fault::passing(format!("cannot fetch {}", shown(&address.url)), "it redirects in a circle"))
    }

    /// A small text.
    ///
    /// # Errors
    /// As [`HttpClient::send`], and if it is longer than `limit` bytes.
    pub fn get(&self, address: &Address, accept: &str, limit: u64) -> Result<Vec<u8>, Fault> {
        self.page(address, accept, limit).map(|(bytes, _)| bytes)
    }

    /// A small text that may be one of several pages, and the address of the next one.
    ///
    /// # Errors
    /// As [`HttpClient::get`].
    pub fn page(&self, address: &Address, accept: &str, limit: u64) -> Result<(Vec<u8>, Option<Url>), Fault> {
        let answer = self.send(&Method::GET, address, &[(header::ACCEPT, accept.to_owned())], |_| false)?;
        let next = next_page(answer.response.headers()).and_then(|next| answer.url.join(&next).ok());
        let mut bytes = Vec::new();
        let what = || format!("cannot fetch {}", shown(&address.url));
        answer
            .response
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Fault::passing(what(), cause(&error)))?;
        if bytes.len() as u64 > limit {
            return Err(Fault::Final(Error::new(Kind::Data, what(), "the answer is far too long")));
        }
        Ok((bytes, next))
    }

    /// The error of a connection that could not be made or that gave no answer.
    fn unreachable(&self, url: &Url, error: &reqwest::Error) -> Fault {
        let host = url.host_str().unwrap_or_default();
        let why = if error.is_timeout() { self.silence() } else { cause(error) };
        Fault::passing(format!("cannot reach {host}"), why)
    }

    /// The words for a stall.
    pub fn silence(&self) -> String {
        format!("no data received for {} seconds", self.options.stall.as_secs_f32())
    }

    fn refused(&self, url: &Url, response: &Response) -> Fault {
        let status = response.status();
        let what = format!("cannot fetch {}", shown(url));
        let words = status.canonical_reason().unwrap_or("an unknown status").to_lowercase();
        let error = |kind| Error::new(kind, what.clone(), format!("the server answers {}, {words}", status.as_u16()));
        let refusal = Refusal::of(status);
        let busy = refusal == Refusal::Busy;
        if busy {
            let after = wait(response.headers());
            if after.is_some_and(|after| after > self.options.longest_wait) {
                let seconds = after.unwrap_or_default().as_secs();
                let why = format!("the server is busy and asks to wait for {seconds} seconds");
                return Fault::Final(
                    Error::new(Kind::TryLater, what, why)
                        .hint("run the same command again later; the finished part is kept"),
                );
            }
            return Fault::Passing { error: error(Kind::TryLater), after, busy };
        }
        if matches!(refusal, Refusal::Gateway | Refusal::Failed) {
            return Fault::Passing { error: error(Kind::Network), after: None, busy };
        }
        if status == StatusCode::RANGE_NOT_SATISFIABLE {
            return Fault::Doubtful(error(Kind::Network));
        }
        let code = text(response.headers(), "x-error-code").map(str::to_owned);
        let kind = match refusal {
            Refusal::Denied => Kind::NoPermission,
            Refusal::Missing => Kind::NoInput,
            _ => Kind::Network,
        };
        Fault::Refused { status: status.as_u16(), code, error: error(kind) }
    }
}

/// What a failure status means for the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The answer is elsewhere.
    Redirected,
    /// The server wants a token or key, or another one.
    Denied,
    /// There is no such address.
    Missing,
    /// Too many requests for now.
    Busy,
    /// Something between here and the server gave up; the next try may do better.
    Gateway,
    /// The server failed.
    Failed,
    /// The request itself is wrong for this server.
    Wrong,
}

impl Refusal {
    /// The meaning of `status`.
    #[must_use]
    pub fn of(status: StatusCode) -> Refusal {
        match status {
            _ if status.is_redirection() => Refusal::Redirected,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Refusal::Denied,
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => {
                Refusal::Missing
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Refusal::Busy,
            StatusCode::REQUEST_TIMEOUT | StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => Refusal::Gateway,
            _ if status.is_server_error() => Refusal::Failed,
            _ => Refusal::Wrong,
        }
    }
}

/// The wait before the next try after `failures` in a row: `first`, doubled each time, `longest` at most. Up to half of it
/// is random, so that many clients do not return at the same moment.
#[must_use]
pub fn backoff(first: Duration, failures: u32, longest: Duration) -> Duration {
    let step = first.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(longest);
    let share = RandomState::new().build_hasher().finish() % 512;
    step.mul_f64(1.0 - share as f64 / 1024.0)
}

/// Selects ring as the TLS provider.
pub fn use_ring() {
    static PROVIDER: Once = Once::new();
    // It fails if another provider is installed, which is as good.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// The target of a redirect; bytes beyond ASCII, which no header should have, are percent-encoded.
fn location(headers: &HeaderMap) -> Option<String> {
    let encode = |&byte: &u8| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    headers.get(header::LOCATION).map(|value| value.as_bytes().trim_ascii().iter().map(encode).collect())
}

/// The target of the link to the next page (RFC 8288).
fn next_page(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::LINK).iter().filter_map(|value| value.to_str().ok());
    let mut links = lines.flat_map(|line| line.split('<').skip(1)).filter_map(|link| link.split_once('>'));
    let is_next = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        let value = value.trim().trim_end_matches(',').trim().trim_matches('"');
        name.trim().eq_ignore_ascii_case("rel") && value.split_whitespace().any(|rel| rel.eq_ignore_ascii_case("next"))
    };
    links.find(|(_, parameters)| parameters.split(';').any(is_next)).map(|(target, _)| target.trim().to_owned())
}

/// The target of a redirect, unless it leaves TLS or HTTP.
fn next_hop(from: &Url, location: &str) -> Result<Url, String> {
    let mut next = from.join(location).map_err(|_| "it redirects to an invalid URL".to_owned())?;
    match (from.scheme(), next.scheme()) {
        (_, "https") | ("http", "http") => {}
        ("https", "http") => return Err("it redirects from https to http, which is not safe".to_owned()),
        (_, other) => return Err(format!("it redirects to {other:?}, which is not https")),
    }
    // Else they would be sent as a password.
    let _ = next.set_username("");
    let _ = next.set_password(None);
    Ok(next)
}

/// The delay that a busy server asks for: `Retry-After` in seconds or as a date, or `t=` of a `RateLimit` header.
pub fn wait(headers: &HeaderMap) -> Option<Duration> {
    let limit = || {
        let parts = text(headers, "ratelimit")?.split([';', ',']).map(str::trim);
        parts.filter_map(|part| part.strip_prefix("t=")).find_map(|seconds| seconds.parse().ok())
    };
    let after = text(headers, "retry-after");
    let seconds = after.and_then(|text| text.parse().ok());
    let date = || {
        let time = |text: &str| httpdate::parse_http_date(text).ok();
        let now = text(headers, "date").and_then(time)?;
        // A date in the past means no wait.
        after.and_then(time).map(|then| then.duration_since(now).unwrap_or_default())
    };
    seconds.map(Duration::from_secs).or_else(date).or_else(|| limit().map(Duration::from_secs))
}

/// The innermost cause of an error, which is the most specific, without the address that the outer ones repeat.
pub fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    let text = match inner.downcast_ref::<reqwest::Error>() {
        // Without a cause, the text without the address is the kind of the failure.
        Some(error) if error.source().is_none() && error.url().is_some() => "the request failed".to_owned(),
        _ => inner.to_string(),
    };
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    #[test]
    fn redirects_never_leave_tls() {
        for (from, location, expected) in [
            ("https://a/x", "/y", Ok("https://a/y")),
            ("https://a/x/", "y?q", Ok("https://a/x/y?q")),
            ("https://a/x", "//b/y", Ok("https://b/y")),
            ("http://a/x", "https://b/", Ok("https://b/")),
            ("http://a/x", "http://user:word@b/", Ok("http://b/")),
            ("https://a/x", "http://a/x", Err("it redirects from https to http, which is not safe")),
            ("https://a/x", "file:///etc/passwd", Err("it redirects to \"file\", which is not https")),
            ("http://a/x", "https://", Err("it redirects to an invalid URL")),
        ] {
            let next = next_hop(&url(from), location);
            assert_eq!(next.as_ref().map(Url::as_str).map_err(String::as_str), expected, "{from} {location}");
        }
    }

    #[test]
    fn redirects_to_names_that_need_encoding_are_followed() {
        for (location, expected) in [
            (&b"/a%2Fb/my%20file.gguf"[..], "https://a/a%2Fb/my%20file.gguf"),
            (b"my file.gguf", "https://a/x/my%20file.gguf"),
            ("/é.gguf".as_bytes(), "https://a/%C3%A9.gguf"),
            (b"/\xe9.gguf?sig=a%2Bb+c", "https://a/%E9.gguf?sig=a%2Bb+c"),
            (b"../y?z", "https://a/y?z"),
        ] {
            let value = HeaderValue::from_bytes(location).expect("a value");
            let headers = HeaderMap::from_iter([(header::LOCATION, value)]);
            let next = super::location(&headers).map(|location| next_hop(&url("https://a/x/y"), &location));
            assert_eq!(next.expect("there").as_ref().map(Url::as_str), Ok(expected));
        }
    }

    #[test]
    fn next_pages_are_found_among_links() {
        for (lines, expected) in [
            (&["<https://a/x?cursor=1%3D>; rel=\"next\""][..], Some("https://a/x?cursor=1%3D")),
            (&["<https://a/0>; rel=prev, <https://a/2>; rel=next"], Some("https://a/2")),
            (&["<https://a/0>; rel=\"first\"", "</2>; title=\"x\"; REL=\"last next\""], Some("/2")),
            (&["<https://a/0>; rel=\"prev\""], None),
            (&["next", "<x"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::LINK, HeaderValue::from_str(line).expect("a value"));
            }
            assert_eq!(next_page(&headers).as_deref(), expected);
        }
    }

    #[test]
    fn addresses_are_shown_without_what_is_secret() {
        assert_eq!(shown(&url("https://user:word@a:8080/x/y?signature=1#z")), "https://a:8080/x/y");
        assert_eq!(format!("{:?}", Token::new(" hf_secret\n")), "Some(Token(…))");
        for none in ["", " \n", "a\nb", "a\0"] {
            assert_eq!(Token::new(none), None);
        }
    }

    #[test]
    fn waits_grow_up_to_a_limit_and_differ() {
        let wait = |failures| backoff(Duration::from_millis(100), failures, Duration::from_secs(1));
        for (failures, most) in [(1, 100), (2, 200), (4, 800), (5, 1000), (40, 1000)] {
            let most = Duration::from_millis(most);
            assert!((most / 2..=most).contains(&wait(failures)), "{failures}");
        }
        let waits: Vec<_> = (0..20).map(|_| wait(5)).collect();
        assert!(waits.iter().any(|one| *one != waits[0]));
    }

    #[test]
    fn statuses_mean_the_next_step() {
        for (status, expected) in [
            (302, Refusal::Redirected),
            (401, Refusal::Denied),
            (404, Refusal::Missing),
            (501, Refusal::Missing),
            (429, Refusal::Busy),
            (503, Refusal::Busy),
            (504, Refusal::Gateway),
            (500, Refusal::Failed),
            (416, Refusal::Wrong),
        ] {
            assert_eq!(Refusal::of(StatusCode::from_u16(status).expect("a status")), expected, "{status}");
        }
    }

    #[test]
    fn busy_servers_say_how_long() {
        let wait = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_str(value).expect("a value"));
            }
            super::wait(&headers).map(|wait| wait.as_secs())
        };
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&[("retry-after", "7")]), Some(7));
        assert_eq!(wait(&[("retry-after", "soon")]), None);
        assert_eq!(wait(&[("ratelimit", "\"api\";r=0;t=90")]), Some(90));
        let dates = [("date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")];
        assert_eq!(wait(&dates), Some(30));
        // The older forms of a date, one that has passed, and what is none.
        for (after, expected) in [
            ("Sunday, 06-Nov-94 08:50:07 GMT", Some(30)),
            ("Sun Nov  6 08:50:07 1994", Some(30)),
            ("Thu, 29 Feb 2024 00:00:00 GMT", Some(925_053_023)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", Some(0)),
            ("Sun, 99 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 0 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 8 GMT", None),
        ] {
            assert_eq!(wait(&[dates[0], ("retry-after", after)]), expected, "{after}");
        }
        assert_eq!(wait(&[dates[1]]), None);
    }
}
