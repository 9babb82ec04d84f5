//! The Hugging Face hub: addresses and answers.

use reqwest::header::{self, HeaderMap};
use reqwest::{Method, Url};
use serde::Deserialize;

use crate::error::{Error, Kind, Result};
use crate::fetch::http::{Address, Fault, Fetched, HttpClient};
use crate::fetch::raw_parts;
use crate::model::digest::Digest;

/// Maximum length of a listing in bytes.
pub const MAX_LISTING: u64 = 8 << 20;
/// Maximum number of pages of a listing.
pub const MAX_PAGES: usize = 100;

/// A file of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubFile {
    /// `owner/name`.
    pub repository: String,
    /// A branch, a tag or a commit.
    pub revision: String,
    /// The path in the repository.
    pub path: String,
}

/// The hub's metadata of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its digest; `None` if the header holds no SHA-256.
    pub sha256: Option<Digest>,
    /// Its size.
    pub size: Option<u64>,
    /// The commit that the revision currently means.
    pub commit: Option<String>,
}

impl Told {
    /// Reads the headers of an answer to `HEAD`.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Told {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
        let etag =
            text("x-linked-etag").or_else(|| text("etag")).map(|etag| etag.trim_start_matches("W/").trim_matches('"'));
        let encoded = text("content-encoding").is_some_and(|encoding| encoding != "identity");
        // Without the hub's own header, this is the file's size only if the answer is not a redirect.
        let own = || text("content-length").filter(|_| !encoded && text("location").is_none());
        // Of an answer with a range, it is the length of the range.
        let own = || text("content-range").map_or_else(own, |range| Some(range.rsplit_once('/')?.1.trim()));
        let commit = text("x-repo-commit")
            .filter(|commit| commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()));
        Told {
            sha256: etag.and_then(|etag| etag.parse().ok()),
            size: text("x-linked-size").or_else(own).and_then(|size| size.parse().ok()),
            commit: commit.map(str::to_owned),
        }
    }
}

/// Whether an answer, possibly a redirect, has what [`Told`] needs.
#[must_use]
pub fn says_enough(headers: &HeaderMap) -> bool {
    headers.contains_key("x-linked-etag")
}

/// What a server says about a file, by `HEAD` or, if it refuses that or names no size, by a request for one byte.
///
/// # Errors
/// As [`HttpClient::send`].
pub fn about(
    client: &HttpClient,
    address: &Address,
    enough: fn(&HeaderMap) -> bool,
) -> std::result::Result<Fetched, Fault> {
    match client.send(&Method::HEAD, address, &[], enough) {
        Ok(answer) if Told::of(answer.response.headers()).size.is_some() => return Ok(answer),
        Ok(_) | Err(Fault::Refused { code: None, .. }) => {}
        Err(fault) => return Err(fault),
    }
    client.send(&Method::GET, address, &[(header::RANGE, "bytes=0-0".to_owned())], enough)
}

/// Appends parts to the path of an address, percent-encoded as needed.
fn below<'a>(endpoint: &Url, parts: impl IntoIterator<Item = &'a str>) -> Url {
    let mut url = endpoint.clone();
    // Fails only for addresses without a host, and an endpoint has one.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(parts);
    }
    url
}

impl HubFile {
    /// Its address.
    #[must_use]
    pub fn url(&self, endpoint: &Url) -> Url {
        let head = self.repository.split('/').chain(["resolve", self.revision.as_str()]);
        below(endpoint, head.chain(self.path.split('/')))
    }

    /// The address of its repository's listing.
    #[must_use]
    pub fn listing(&self, endpoint: &Url) -> Url {
        let head = ["api", "models"].into_iter().chain(self.repository.split('/'));
        let mut url = below(endpoint, head.chain(["tree", self.revision.as_str()]));
        url.set_query(Some("recursive=true"));
        url
    }

    /// The page of its repository, for people.
    #[must_use]
    pub fn page(&self, endpoint: &Url) -> Url {
        below(endpoint, self.repository.split('/'))
    }
}

/// Reads a listing: the paths of the `.gguf` files, and of raw pieces of such.
///
/// # Errors
/// [`Kind::Data`] if it is not a listing, or names a file outside the repository.
pub fn gguf_files(listing: &[u8], repository: &str) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Entry {
        path: String,
    }
    let what = format!("cannot use the listing of {repository}");
    let entries: Vec<Entry> = serde_json::from_slice(listing)
        .map_err(|_| Error::new(Kind::Data, what.clone(), "it is not what the hub sends"))?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path).collect();
    paths.retain(|path| path.to_lowercase().ends_with(".gguf") || raw_parts::split(path).is_some());
    match paths.iter().find(|path| !is_safe_path(path)) {
        Some(path) => Err(Error::new(Kind::Data, what, format!("it names a file {path:?}"))),
        None => Ok(paths),
    }
}

/// The file name at the end of an address; `None` if it is not a plain one on every system.
#[must_use]
pub fn file_name(url: &Url) -> Option<String> {
    let last = url.path_segments()?.next_back()?;
    let mut pieces = last.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let code = piece.get(..2).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend(&piece.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok().filter(|name| is_safe_name(name))
}

/// Whether a relative path stays below its base, on every system.
#[must_use]
pub fn is_safe_path(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(is_safe_name)
}

/// Whether a name is a plain file name, on every system.
#[must_use]
pub fn is_safe_name(name: &str) -> bool {
    let forbidden = |character: char| character.is_control() || r#"/\:*?"<>|"#.contains(character);
    (1..=200).contains(&name.len())
        && !name.starts_with('.')
        && !name.ends_with(['.', ' '])
        && !name.contains(forbidden)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn file(repository: &str, revision: &str, path: &str) -> HubFile {
        HubFile { repository: repository.into(), revision: revision.into(), path: path.into() }
    }

    #[test]
    fn addresses() {
        let endpoint = Url::parse("https://huggingface.co").expect("an address");
        let plain = file("a/b", "main", "sub/x y.gguf");
        assert_eq!(plain.url(&endpoint).as_str(), "https://huggingface.co/a/b/resolve/main/sub/x%20y.gguf");
        assert_eq!(plain.listing(&endpoint).as_str(), "https://huggingface.co/api/models/a/b/tree/main?recursive=true");
        assert_eq!(plain.page(&endpoint).as_str(), "https://huggingface.co/a/b");
        let mirror = Url::parse("http://127.0.0.1:8080/hub/").expect("an address");
        let other = file("a/b", "refs/pr/1", "x#?.gguf");
        assert_eq!(other.url(&mirror).as_str(), "http://127.0.0.1:8080/hub/a/b/resolve/refs%2Fpr%2F1/x%23%3F.gguf");
    }

    #[test]
    fn names_of_files_are_decoded() {
        for (address, expected) in [
            ("https://a/b/x.gguf?y=/z", Some("x.gguf")),
            ("https://a/my%20model.gguf", Some("my model.gguf")),
            ("https://a/caf%C3%A9.gguf", Some("café.gguf")),
            ("https://a/b%2Fx.gguf", None),
            ("https://a/..%2fx.gguf", None),
            ("https://a/%ff.gguf", None),
            ("https://a/x%2.gguf", None),
            ("https://a/x%+2.gguf", None),
            ("https://a/", None),
        ] {
            assert_eq!(file_name(&Url::parse(address).expect("an address")).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn headers() {
        let told = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_str(value).expect("a value"));
            }
            Told::of(&headers)
        };
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let commit = "4595af8c3dff738094bd6c86054dfb5a90d5c41e";
        let quoted = format!("\"{digest}\"");
        assert_eq!(
            told(&[
                ("x-linked-etag", &quoted),
                ("x-linked-size", "7"),
                ("x-repo-commit", commit),
                ("content-length", "9")
            ]),
            Told { sha256: digest.parse().ok(), size: Some(7), commit: Some(commit.into()) }
        );
        let weak = format!("W/\"{digest}\"");
        assert_eq!(told(&[("etag", &weak), ("content-length", "9")]).size, Some(9));
        assert_eq!(told(&[("etag", &weak)]).sha256, digest.parse().ok());
        let nothing = Told { sha256: None, size: None, commit: None };
        assert_eq!(told(&[]), nothing);
        for wrong in ["../../etc/passwd", "\"d41d8cd98f00b204e9800998ecf8427e\"", ""] {
            assert_eq!(told(&[("etag", wrong), ("x-linked-size", "-1"), ("x-repo-commit", "../x")]), nothing);
        }
        assert_eq!(told(&[("content-length", "9"), ("location", "/x")]), nothing);
        assert_eq!(told(&[("content-length", "9"), ("content-encoding", "gzip")]), nothing);
        assert_eq!(told(&[("content-length", "1"), ("content-range", "bytes 0-0/9")]).size, Some(9));
        assert_eq!(told(&[("content-length", "1"), ("content-range", "bytes 0-0/*")]), nothing);
    }

    #[test]
    fn listings() {
        let listing = br#"[{"path":"a.gguf","size":1},{"path":"sub/b.GGUF"},{"path":"README.md"},{"path":"../c"}]"#;
        assert_eq!(gguf_files(listing, "a/b"), Ok(vec!["a.gguf".to_owned(), "sub/b.GGUF".to_owned()]));
        for path in
            ["../x.gguf", "/x.gguf", r"..\\x.gguf", "a/../x.gguf", "a//x.gguf", "C:x.gguf", ".x.gguf", r"\u0000.gguf"]
        {
            let error = gguf_files(format!(r#"[{{"path":"{path}"}}]"#).as_bytes(), "a/b").expect_err("refused");
            assert_eq!(error.kind, Kind::Data, "{path}");
        }
        assert_eq!(gguf_files(b"<html>", "a/b").expect_err("refused").kind, Kind::Data);
    }
}
