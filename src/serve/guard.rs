//! Who may ask: the rules that keep web pages and strangers out.
//!
//! A server on this machine can be reached by every web page that its user visits. A page cannot read what another origin
//! answers, but it can send requests, and a name that it owns can resolve to 127.0.0.1 (DNS rebinding). So a request counts
//! only if its `Host` is an address or a name of this machine, and if no foreign page sent it.

use std::net::IpAddr;

use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;

/// What a connection came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// The socket of this user, or the pipe: no browser reaches it.
    Socket,
    /// TCP.
    Tcp,
}

impl Via {
    /// Its name in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Via::Socket => "socket",
            Via::Tcp => "tcp",
        }
    }
}

/// The rules.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// Keys, one of which a request needs; none needs none.
    pub keys: Vec<String>,
    /// Names that `Host` may have, besides those of this machine.
    pub hosts: Vec<String>,
    /// Origins of web pages that may ask.
    pub origins: Vec<String>,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// `Host` names another machine.
    Host,
    /// A web page sent it.
    Origin,
    /// A key is missing or wrong.
    Key,
}

impl Denied {
    /// The status, and what to say.
    #[must_use]
    pub fn answer(self) -> (u16, &'static str) {
        match self {
            Denied::Host => (403, "this host name is not allowed: start the server with --allow-host NAME"),
            Denied::Origin => (403, "web pages may not ask: start the server with --allow-origin ORIGIN"),
            Denied::Key => (401, "a valid API key is needed: Authorization: Bearer KEY"),
        }
    }
}

impl Guard {
    /// Checks a request; `is_public` is for paths that need no key.
    ///
    /// # Errors
    /// See [`Denied`].
    pub fn check(&self, head: &Parts, via: Via, is_public: bool) -> Result<(), Denied> {
        let headers = &head.headers;
        // A URL in the request line counts more than the header.
        let is_own = head.uri.authority().is_none_or(|authority| self.is_own_name(authority.as_str()));
        if via == Via::Tcp && !(is_own && self.is_own_host(headers)) {
            return Err(Denied::Host);
        }
        if !self.is_own_page(headers) {
            return Err(Denied::Origin);
        }
        // The socket is this user's own.
        if via == Via::Tcp && !is_public && !self.has_key(headers) {
            return Err(Denied::Key);
        }
        Ok(())
    }

    /// The origin of a page that may ask, for the headers of the answer.
    #[must_use]
    pub fn allowed_origin<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        let origin = only(headers, header::ORIGIN)?;
        let text = origin.to_str().ok()?;
        self.origins.iter().any(|allowed| allowed == text).then_some(origin)
    }

    fn is_own_host(&self, headers: &HeaderMap) -> bool {
        only(headers, header::HOST).and_then(|host| host.to_str().ok()).is_some_and(|host| self.is_own_name(host))
    }

    fn is_own_name(&self, host: &str) -> bool {
        let Some(name) = without_port(host) else { return false };
        let is_local = name.eq_ignore_ascii_case("localhost")
            || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback() || address.is_unspecified());
        is_local || self.hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(name))
    }

    fn is_own_page(&self, headers: &HeaderMap) -> bool {
        if headers.contains_key(header::ORIGIN) && self.allowed_origin(headers).is_none() {
            return false;
        }
        // Programs such as Node send sec-fetch-mode, but only browsers say that a request comes from another site.
        let mut sites = headers.get_all("sec-fetch-site").iter();
        sites.all(|site| matches!(site.as_bytes(), b"none" | b"same-origin")) || self.allowed_origin(headers).is_some()
    }

    fn has_key(&self, headers: &HeaderMap) -> bool {
        if self.keys.is_empty() {
            return true;
        }
        let bearer = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes).and_then(|value| {
            let (scheme, key) = value.split_at_checked(7)?;
            scheme.eq_ignore_ascii_case(b"bearer ").then_some(key.trim_ascii())
        });
        let named = ["x-api-key", "api-key"].iter().filter_map(|name| headers.get(*name)).map(|value| value.as_bytes());
        let mut given = bearer.into_iter().chain(named);
        given.any(|given| {
            // All are compared, whichever fits.
            self.keys.iter().fold(false, |found, key| found | is_same(key.as_bytes(), given))
        })
    }
}

/// The value of a header that is there once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    let mut all = headers.get_all(name).iter();
    all.next().filter(|_| all.next().is_none())
}

/// Whether both are the same; takes as long wherever they differ.
fn is_same(key: &[u8], given: &[u8]) -> bool {
    key.len() == given.len() && key.iter().zip(given).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// The name in a `Host`, without its port and without the brackets of IPv6.
fn without_port(host: &str) -> Option<&str> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let (name, port) = rest.split_once(']')?;
            (name, port.strip_prefix(':').or(port.is_empty().then_some("0"))?)
        }
        None => host.split_once(':').unwrap_or((host, "0")),
    };
    let is_port = !port.is_empty() && port.len() < 6 && port.bytes().all(|byte| byte.is_ascii_digit());
    (is_port && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&str, &str)]) -> Parts {
        let mut head = hyper::Request::new(()).into_parts().0;
        for (name, value) in list {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            head.headers.append(name, value.parse().expect("a value"));
        }
        head
    }

    #[test]
    fn only_names_of_this_machine_are_hosts() {
        let guard = Guard { hosts: vec!["box.lan".into()], ..Guard::default() };
        for host in [
            "localhost",
            "LOCALHOST:8012",
            "127.0.0.1:1",
            "127.9.9.9",
            "[::1]:80",
            "[::1]",
            "0.0.0.0:8012",
            "Box.lan:1",
        ] {
            assert_eq!(guard.check(&headers(&[("host", host)]), Via::Tcp, false), Ok(()), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "localhost:",
            "localhost:x",
            "[::1",
            "10.0.0.1",
            "localhost@evil.example",
            "::1",
        ] {
            assert_eq!(guard.check(&headers(&[("host", host)]), Via::Tcp, false), Err(Denied::Host), "{host}");
            assert_eq!(guard.check(&headers(&[("host", host)]), Via::Socket, false), Ok(()), "{host}");
        }
        assert_eq!(guard.check(&headers(&[]), Via::Tcp, false), Err(Denied::Host));
        let twice = headers(&[("host", "localhost"), ("host", "evil.example")]);
        assert_eq!(guard.check(&twice, Via::Tcp, false), Err(Denied::Host));
        for (url, expected) in
            [("http://127.0.0.1:8012/infill", Ok(())), ("http://evil.example/infill", Err(Denied::Host))]
        {
            let mut head = headers(&[("host", "localhost")]);
            head.uri = url.parse().expect("a URL");
            assert_eq!(guard.check(&head, Via::Tcp, false), expected, "{url}");
        }
    }

    #[test]
    fn foreign_pages_are_refused() {
        let guard = Guard { origins: vec!["http://localhost:3000".into()], ..Guard::default() };
        let check = |list: &[(&str, &str)]| guard.check(&headers(list), Via::Socket, false);
        assert_eq!(check(&[("origin", "http://localhost:3000"), ("sec-fetch-site", "cross-site")]), Ok(()));
        assert_eq!(check(&[("sec-fetch-mode", "cors")]), Ok(()));
        assert_eq!(check(&[("sec-fetch-site", "none")]), Ok(()));
        for origin in ["null", "http://evil.example", "http://localhost:3001", "http://localhost:3000.evil.example", ""]
        {
            assert_eq!(check(&[("origin", origin)]), Err(Denied::Origin), "{origin}");
        }
        assert_eq!(
            check(&[("origin", "http://localhost:3000"), ("origin", "http://evil.example")]),
            Err(Denied::Origin)
        );
        assert_eq!(check(&[("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")]), Err(Denied::Origin));
        assert_eq!(check(&[("sec-fetch-site", "cross-site")]), Err(Denied::Origin));
        assert_eq!(check(&[("sec-fetch-site", "same-site")]), Err(Denied::Origin));
    }

    #[test]
    fn keys() {
        let guard = Guard { keys: vec!["one".into(), "two".into()], ..Guard::default() };
        let check = |list: &[(&str, &str)]| {
            let list = [&[("host", "localhost")], list].concat();
            guard.check(&headers(&list), Via::Tcp, false).is_ok()
        };
        assert!(
            check(&[("authorization", "Bearer two")]) && check(&[("x-api-key", "one")]) && check(&[("api-key", "one")])
        );
        for list in
            [&[][..], &[("authorization", "Bearer ")], &[("authorization", "Basic one")], &[("x-api-key", "onetwo")]]
        {
            assert!(!check(list), "{list:?}");
        }
        assert_eq!(guard.check(&headers(&[("host", "localhost")]), Via::Tcp, true), Ok(()));
        assert_eq!(guard.check(&headers(&[]), Via::Socket, false), Ok(()));
    }
}
