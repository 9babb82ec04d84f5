//! Ollama's library: addresses, and the manifest that names a model's blob.

use reqwest::Url;
use serde::Deserialize;

use super::hub::is_safe_name;
use crate::model::digest::Digest;

/// The media type of a manifest.
pub const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// The longest manifest that is read.
pub const MAX_MANIFEST: u64 = 1 << 20;
const MODEL_LAYER: &str = "application/vnd.ollama.image.model";

/// The name of a model: `deepseek-coder:6.7b-base`, or with a host and a namespace before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The registry.
    pub host: String,
    /// Whose model it is.
    pub namespace: String,
    /// The model.
    pub model: String,
    /// The tag.
    pub tag: String,
}

impl Name {
    /// Reads a name. `None` where it is none.
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
        url("https").and_then(|https| if super::is_loopback(&https) { url("http") } else { Some(https) })
    }

    /// Where its manifest is.
    #[must_use]
    pub fn manifest(&self) -> Option<Url> {
        self.below(&format!("manifests/{}", self.tag))
    }

    /// Where a blob of it is.
    #[must_use]
    pub fn blob(&self, digest: &Digest) -> Option<Url> {
        self.below(&format!("blobs/sha256:{digest}"))
    }
}

/// The blob with the weights that a manifest names: its digest and its size.
///
/// # Errors
/// Why there is none.
pub fn model_blob(manifest: &[u8]) -> Result<(Digest, u64), &'static str> {
    #[derive(Deserialize)]
    struct Manifest {
        layers: Vec<Layer>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Layer {
        media_type: String,
        digest: String,
        size: u64,
    }
    let manifest: Manifest = serde_json::from_slice(manifest).map_err(|_| "it is not a manifest")?;
    let layer = manifest.layers.iter().find(|layer| layer.media_type == MODEL_LAYER).ok_or("it names no model")?;
    let digest = layer.digest.strip_prefix("sha256:").and_then(|digest| digest.parse().ok());
    Ok((digest.ok_or("what it gives as a SHA-256 is none")?, layer.size))
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

    #[test]
    fn manifests() {
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let manifest = |digest: &str| {
            format!(
                r#"{{"layers":[{{"mediaType":"application/vnd.ollama.image.license","digest":"x","size":1}},
                   {{"mediaType":"{MODEL_LAYER}","digest":"{digest}","size":7}}]}}"#
            )
        };
        assert_eq!(model_blob(manifest(&format!("sha256:{digest}")).as_bytes()), Ok((Digest::of(b""), 7)));
        for wrong in [digest, "sha256:../../x", "sha512:00"] {
            assert_eq!(model_blob(manifest(wrong).as_bytes()), Err("what it gives as a SHA-256 is none"));
        }
        assert_eq!(model_blob(br#"{"layers":[]}"#), Err("it names no model"));
        assert_eq!(model_blob(b"<html>"), Err("it is not a manifest"));
    }
}
