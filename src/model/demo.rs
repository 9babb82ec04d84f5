//! The built-in model: small enough to be part of the program, for trying it and for tests, not for work.
//!
//! `examples/demo-model` says what it is and how it was made. llama.cpp maps models from files, so it is written to the
//! cache directory once.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::storage::NewFile;

/// The model file.
pub const BYTES: &[u8] = include_bytes!("demo.gguf");
/// The SHA-256 of [`BYTES`], which a test compares.
pub const SHA256: &str = "481b3f4390eb8f60a7c99571ded1094e32f87f7e0d28f87d4f5b9ce5605cf577";

/// The path of a file that holds the built-in model, in `cache` or, where that cannot be written, in the directory for
/// temporary files.
///
/// # Errors
/// [`Kind::CantCreate`] if neither can be written, [`Kind::NoInput`] if this build does not have it.
pub fn file(cache: &Path) -> Result<PathBuf> {
    place(cache).or_else(|error| {
        let elsewhere = environment::temporary_directory().join(format!("dscoder-{}", user()));
        place(&elsewhere).map_err(|_| {
            Error::new(
                Kind::CantCreate,
                format!("cannot write the built-in model to {}", cache.display()),
                reason(&error),
            )
            .hint("set DSCODER_CACHE_DIR to a writable directory")
        })
    })
}

/// Tells the directories of users apart, so that they do not collide.
fn user() -> String {
    directories::BaseDirs::new()
        .and_then(|dirs| dirs.home_dir().file_name().map(|name| name.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "user".to_owned())
}

/// Makes sure that `directory` holds the model. An existing file is compared byte by byte (27 MB take some
/// milliseconds), so a damaged or foreign one is never used.
fn place(directory: &Path) -> io::Result<PathBuf> {
    let path = directory.join(format!("demo-{}.gguf", &SHA256[..16]));
    if holds_model(&path) {
        return Ok(path);
    }
    let file = NewFile::beside(&path, ".demo-")?.write(BYTES)?.sync()?;
    // Another process may have written and mapped its file meanwhile: keep that one.
    if let Err((_, file)) = file.create(&path)
        && !holds_model(&path)
    {
        file.replace(&path)?;
    }
    Ok(path)
}

fn holds_model(path: &Path) -> bool {
    let Ok(mut file) = fs::File::open(path) else { return false };
    if !file.metadata().is_ok_and(|about| about.is_file() && about.len() == BYTES.len() as u64) {
        return false;
    }
    let mut buffer = vec![0; 1 << 20];
    BYTES.chunks(buffer.len()).all(|expected| {
        let part = &mut buffer[..expected.len()];
        file.read_exact(part).is_ok() && part == expected
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        let digest: String = Sha256::digest(BYTES).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, SHA256);
        assert!(BYTES.len() <= 28_000_000);
    }

    #[test]
    fn a_damaged_cache_is_written_anew() {
        let cache = tempfile::tempdir().expect("a directory");
        let path = place(cache.path()).expect("written");
        let mut bytes = fs::read(&path).expect("there");
        assert!(bytes == BYTES);
        *bytes.last_mut().expect("not empty") ^= 1;
        fs::write(&path, &bytes).expect("damaged");
        assert!(!holds_model(&path));
        assert_eq!(place(cache.path()).expect("written"), path);
        assert!(holds_model(&path));
        assert_eq!(fs::read_dir(cache.path()).expect("listed").count(), 1, "no temporary file stays");
    }

    #[test]
    fn an_unwritable_cache_falls_back() {
        let directory = tempfile::tempdir().expect("a directory");
        let blocked = directory.path().join("file");
        fs::write(&blocked, "").expect("written");
        let path = file(&blocked.join("cache")).expect("a fallback");
        assert!(path.starts_with(environment::temporary_directory()) && holds_model(&path));
    }
}
