//! SHA-256 digests of model files: of downloads, of blobs named by their digest, and of other files once each.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::storage::replace;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(sha2::Sha256::digest(bytes).into())
    }

    /// The digest of a file. `seen` receives the number of bytes read with each piece.
    ///
    /// # Errors
    /// [`NoInput`](crate::error::Kind::NoInput) or [`Io`](crate::error::Kind::Io) where it cannot be read,
    /// [`Signal`](crate::error::Kind::Signal) where `cancel` was set.
    pub fn of_file(path: &Path, cancel: &Cancel, seen: &mut dyn FnMut(u64)) -> Result<Digest> {
        let mut file = File::open(path).map_err(|error| Error::reading(path, &error))?;
        let mut hasher = sha2::Sha256::new();
        let mut buffer = vec![0; 1 << 20];
        loop {
            if let Some(cause) = cancel.cause() {
                return Err(Error::stopped(cause));
            }
            match file.read(&mut buffer) {
                Ok(0) => return Ok(Digest(hasher.finalize().into())),
                Ok(count) => {
                    hasher.update(&buffer[..count]);
                    seen(count as u64);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::reading(path, &error)),
            }
        }
    }
}

/// Identifies model files without reading them whole: sizes, modification times, and samples of their bytes, including
/// the header.
///
/// # Errors
/// File system errors.
pub fn fingerprint(paths: &[PathBuf]) -> io::Result<Digest> {
    const SAMPLES: u64 = 64;
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; 16 << 10];
    for path in paths {
        let mut file = File::open(path)?;
        let about = file.metadata()?;
        let changed = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        hasher.update(about.len().to_le_bytes());
        hasher.update(changed.to_le_bytes());
        for sample in 0..SAMPLES {
            file.seek(SeekFrom::Start(about.len() / SAMPLES * sample))?;
            let count = file.read(&mut buffer)?;
            hasher.update(&buffer[..count]);
        }
    }
    Ok(hasher.into())
}

impl From<sha2::Sha256> for Digest {
    fn from(hasher: sha2::Sha256) -> Digest {
        Digest(hasher.finalize().into())
    }
}

/// What is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 has 64 hexadecimal digits")]
pub struct NoDigest;

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> std::result::Result<Digest, NoDigest> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(NoDigest);
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digit = |letter: u8| char::from(letter).to_digit(16).ok_or(NoDigest);
            *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
        }
        Ok(Digest(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = NoDigest;

    fn try_from(text: String) -> std::result::Result<Digest, NoDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Digests that were computed before, by path, size and time of change; kept in the cache directory.
#[derive(Debug)]
pub struct Remembered {
    path: PathBuf,
    entries: BTreeMap<PathBuf, RememberedFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RememberedFile {
    bytes: u64,
    modified: (u64, u32),
    sha256: Digest,
}

impl Remembered {
    /// The digests remembered in `cache`; none if the file cannot be read or parsed.
    #[must_use]
    pub fn load(cache: &Path) -> Remembered {
        let path = cache.join("digests.json");
        let entries = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Remembered { path, entries }
    }

    /// The digest of the current file, if it was computed.
    #[must_use]
    pub fn get(&self, path: &Path) -> Option<Digest> {
        let path = path.canonicalize().ok()?;
        let (bytes, modified) = stamp(&path)?;
        let entry = self.entries.get(&path)?;
        (entry.bytes == bytes && entry.modified == modified).then_some(entry.sha256)
    }

    /// Remembers the digest of a file and forgets files that are gone. If the cache cannot be written, the digest is
    /// computed again next time.
    pub fn put(&mut self, path: &Path, sha256: Digest) {
        let Ok(path) = path.canonicalize() else { return };
        let Some((bytes, modified)) = stamp(&path) else { return };
        self.entries.retain(|path, _| path.exists());
        self.entries.insert(path, RememberedFile { bytes, modified, sha256 });
        if let Ok(text) = serde_json::to_vec_pretty(&self.entries) {
            let _ = replace(&self.path, ".digests-", &text);
        }
    }
}

/// Size and time of change, which tell whether a file is still the same.
fn stamp(path: &Path) -> Option<(u64, (u64, u32))> {
    let about = fs::metadata(path).ok()?;
    let modified = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((about.len(), (modified.as_secs(), modified.subsec_nanos())))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn digests_are_64_hexadecimal_digits() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").to_string(), empty);
        assert_eq!(empty.to_uppercase().parse(), Ok(Digest::of(b"")));
        for wrong in
            ["", &empty[1..], &format!("{empty}0"), &empty.replace('e', "g"), &"é".repeat(32), &"+1".repeat(32)]
        {
            assert_eq!(wrong.parse::<Digest>(), Err(NoDigest), "{wrong}");
        }
    }

    #[test]
    fn digests_are_remembered_until_the_file_changes() {
        let cache = tempfile::tempdir().expect("a directory");
        let file = cache.path().join("file");
        fs::write(&file, "abc").expect("written");
        let mut remembered = Remembered::load(cache.path());
        assert_eq!(remembered.get(&file), None);
        remembered.put(&file, Digest::of(b"abc"));
        assert_eq!(Remembered::load(cache.path()).get(&file), Some(Digest::of(b"abc")));
        fs::write(&file, "abcd").expect("written");
        assert_eq!(Remembered::load(cache.path()).get(&file), None);
        fs::write(cache.path().join("digests.json"), "{").expect("written");
        assert_eq!(Remembered::load(cache.path()).get(&file), None);
    }

    #[test]
    fn files_are_hashed_whole() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        let bytes = vec![7; (1 << 20) + 5];
        file.write_all(&bytes).expect("written");
        let mut seen = 0;
        let digest = Digest::of_file(file.path(), &Cancel::default(), &mut |count| seen += count);
        assert_eq!((digest, seen), (Ok(Digest::of(&bytes)), bytes.len() as u64));
        let cancel = Cancel::default();
        cancel.set(crate::cancel::Cause::Signal(2));
        assert!(Digest::of_file(file.path(), &cancel, &mut |_| ()).is_err());
    }
}
