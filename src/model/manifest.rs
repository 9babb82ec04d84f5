//! The manifests of Ollama's models, in its directory and in its library.

use serde::Deserialize;

use crate::model::digest::Digest;

/// The longest manifest that is read.
pub const MAX_MANIFEST: u64 = 1 << 20;
const MODEL_LAYER: &str = "application/vnd.ollama.image.model";

/// The weights blob of a manifest: digest and size.
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
    Ok((digest.ok_or("its SHA-256 is malformed")?, layer.size))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(model_blob(manifest(wrong).as_bytes()), Err("its SHA-256 is malformed"));
        }
        assert_eq!(model_blob(br#"{"layers":[]}"#), Err("it names no model"));
        assert_eq!(model_blob(b"<html>"), Err("it is not a manifest"));
    }
}
