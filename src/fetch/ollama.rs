//! Ollama's library: addresses, and the manifest that names a model's blob.

use reqwest::Url;

use crate::fetch::hub::is_safe_name;
use crate::model::digest::Digest;

/// The media type of a manifest.
pub const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// The name of a model: `deepseek-coder:6.7b-base`, optionally with host and namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The registry.
    pub host: String,
    /// The namespace.
    pub namespace: String,
    /// The model.
    pub model: String,
    /// The tag.
    pub tag: String,
}

impl Name {
    /// Parses a name; `None` if it is invalid.
    #[must_use]
    pub fn parse(text: &str) -> Option<Name> {
        let mut parts: Vec<&str> = text.split('/').collect();
        let (model, tag) = parts.pop().map(|last| last.split_once(':').unwrap_or((last, "latest")))?;
        let namespace = parts.pop().unwrap_or("library");
        let host = parts.pop().unwrap_or("registry.ollama.ai");
        let sound = |name: &str| {
            is_safe_name(name) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let host_is_sound = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte));
        if !parts.is_empty() || !host_is_sound || ![namespace, model, tag].into_iter().all(sound) {
            return None;
        }
        Some(Name { host: host.into(), namespace: namespace.into(), model: model.into(), tag: tag.into() })
    }

    fn below(&self, rest: &str) -> Option<Url> {
        let url = |scheme: &str| {
            Url::parse(&format!("{scheme}://{}/v2/{}/{}/{rest}", self.host, self.namespace, self.model)).ok()
        };
        url("https").and_then(|https| if crate::fetch::is_loopback(&https) { url("http") } else { Some(https) })
    }

    /// The address of its manifest.
    #[must_use]
    pub fn manifest(&self) -> Option<Url> {
        self.below(&format!("manifests/{}", self.tag))
    }

    /// The address of one of its blobs.
    #[must_use]
    pub fn blob(&self, digest: &Digest) -> Option<Url> {
        self.below(&format!("blobs/sha256:{digest}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (text, expected) in [
            ("deepseek-coder", "https://registry.ollama.ai/v2/library/deepseek-coder/manifests/latest"),
            ("deepseek-coder:6.7b-base", "https://registry.ollama.ai/v2/library/deepseek-coder/manifests/6.7b-base"),
            ("me/x:1", "https://registry.ollama.ai/v2/me/x/manifests/1"),
            ("a.b:80/me/x:1", "https://a.b:80/v2/me/x/manifests/1"),
            ("127.0.0.1:80/me/x:1", "http://127.0.0.1/v2/me/x/manifests/1"),
        ] {
            let url = Name::parse(text).and_then(|name| name.manifest());
            assert_eq!(url.as_ref().map(Url::as_str), Some(expected), "{text}");
        }
        for text in ["", ":x", "x:", "../x", "a/../x", "a/b/c/d", "x:..", "x y", "evil@host/a/b", "x:a/b"] {
            assert_eq!(Name::parse(text), None, "{text}");
        }
    }
}
