//! Unfinished transfers, which can be resumed.

use std::path::{Path, PathBuf};

use crate::fetch::{parts, transfer};
use crate::model::digest::Digest;
use crate::model::library::{list, name_of};

/// An unfinished transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The final name of the file.
    pub name: String,
    /// Bytes fetched so far.
    pub done: u64,
    /// Final size in bytes.
    pub size: u64,
    /// Its files.
    pub files: transfer::DownloadPaths,
}

/// The unfinished transfers in dscoder's directory.
#[must_use]
pub fn unfinished(models: &Path) -> Vec<Unfinished> {
    let read = |path: PathBuf| {
        let sha256: Digest = name_of(&path)?.strip_suffix(".parts")?.parse().ok()?;
        let map = parts::Map::load(&path)?;
        let files = transfer::DownloadPaths::of(models, &sha256);
        files.partial.exists().then(|| Unfinished { done: map.parts.bytes(), name: map.name, size: map.size, files })
    };
    list(models).into_iter().filter_map(read).collect()
}
