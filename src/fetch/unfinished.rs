//! Transfers that have not ended, and can go on.

use std::path::{Path, PathBuf};

use crate::fetch::{parts, transfer};
use crate::model::digest::Digest;
use crate::model::library::{list, name_of};

/// A transfer that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// What the file will be called.
    pub name: String,
    /// Bytes that are there.
    pub done: u64,
    /// Bytes that it will have.
    pub size: u64,
    /// Its files.
    pub files: transfer::DownloadPaths,
}

/// The transfers in dscoder's directory that have not ended.
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
