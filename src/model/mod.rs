//! Models: search by name, headers, tokenizers, memory.

pub mod catalog;
#[cfg(has_demo)]
pub mod demo;
pub mod digest;
pub mod family;
pub mod files;
pub mod gguf;
pub mod library;
pub mod manifest;
pub mod memory;
pub mod shards;
pub mod store;
pub mod tokenizer;

/// A build from crates.io does not have the built-in model (see `src/build.rs`), nor has one without the feature `demo`.
#[cfg(not(has_demo))]
pub mod demo {
    use crate::error::{Error, Kind, Result};

    /// Fails: there is no built-in model.
    ///
    /// # Errors
    /// [`Kind::NoInput`], always.
    pub fn file(_cache: &std::path::Path) -> Result<std::path::PathBuf> {
        let why = "this build leaves it out, like the package on crates.io";
        Err(Error::new(Kind::NoInput, "there is no built-in model", why)
            .hint("use a release, build dscoder in its repository, or use another model: `dscoder download 1.3b-base`"))
    }
}

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use family::{Flavour, Profile};
use files::OpenFiles;
use gguf::Header;

use crate::error::{Error, Kind, Result};
use crate::model::tokenizer::Tokenizer;

/// A model file that was checked and can be given to llama.cpp.
#[derive(Debug)]
pub struct Model {
    /// Where it is.
    pub path: PathBuf,
    /// Its profile.
    pub profile: Profile,
    /// Its vocabulary.
    pub tokenizer: Tokenizer,
    /// ggml's numbers of the types of its weights.
    pub kinds: BTreeSet<u32>,
    /// The size of the file, or of all its files, in bytes.
    pub file_bytes: u64,
    /// Its files, opened before anything was read.
    pub files: Arc<OpenFiles>,
}

/// Reads the header of a model, which may be in several files: then any of them may be named, the path of the first
/// comes back, and the header has the tensors of all.
///
/// # Errors
/// As [`gguf::read`], and [`Kind::Data`] if the files do not belong together.
pub fn read(path: &Path) -> Result<(PathBuf, Header)> {
    let paths = shards::paths(path);
    let first = paths.first().cloned().unwrap_or_else(|| path.to_owned());
    let mut header = gguf::read(&first)?;
    let refuse = |path: &Path, why: String| Error::new(Kind::Data, format!("cannot use {}", path.display()), why);
    let expected = u32::try_from(paths.len()).unwrap_or(u32::MAX);
    let count = header.number("split.count").unwrap_or(1).max(1);
    if count != expected {
        let why = match expected {
            1 => format!("it is one of {count} files, but its name does not say which"),
            _ => format!("its name says that it is one of {expected} files, but its header says {count}"),
        };
        return Err(refuse(&first, why).hint("restore the names of the files: NAME-00001-of-0000N.gguf"));
    }
    for (number, path) in (0..).zip(&paths).skip(1) {
        let part = gguf::read(path)?;
        if part.number("split.no") != Some(number) || part.number("split.count") != Some(count) {
            return Err(refuse(path, format!("its header does not say that it is file {} of {count}", number + 1)));
        }
        header.add(part).map_err(|why| refuse(path, why))?;
    }
    Ok((first, header))
}

impl Model {
    /// Reads the header of the file at `path`, checks it and builds the tokenizer.
    ///
    /// # Errors
    /// As [`gguf::read`], and [`Kind::Data`] if the file is not of this family.
    pub fn open(path: &Path) -> Result<Model> {
        let files = Arc::new(OpenFiles::open(shards::paths(path))?);
        let (path, header) = read(path)?;
        let path = path.as_path();
        let refuse = |why: String| {
            Error::new(Kind::Data, format!("cannot use {}", path.display()), why)
                .hint("dscoder runs GGUF files of DeepSeek Coder 1.3B, 5.7B, 6.7B and 33B")
        };
        let profile = family::identify(&header).map_err(refuse)?;
        let tokenizer = Tokenizer::from_header(&header).map_err(refuse)?;
        let kinds = header.tensors.iter().map(|tensor| tensor.kind).collect();
        Ok(Model { path: path.to_owned(), profile, tokenizer, kinds, file_bytes: header.file_bytes, files })
    }

    /// Changes where another file takes the place of this one: [`digest::fingerprint`] of all its files.
    ///
    /// # Errors
    /// Errors from the file system.
    pub fn fingerprint(&self) -> std::io::Result<digest::Digest> {
        digest::fingerprint(&shards::paths(&self.path))
    }

    /// Refuses work that this model was not trained for: a Base model fills gaps, an Instruct model answers questions.
    ///
    /// # Errors
    /// [`Kind::Data`] if it is not a `wanted` one.
    pub fn require(&self, wanted: Flavour) -> Result<()> {
        if self.profile.flavour == wanted {
            return Ok(());
        }
        Err(mismatch(&self.path.display().to_string(), wanted))
    }
}

/// The error for a model that is not a `wanted` one, but of the other flavour.
#[must_use]
pub fn mismatch(name: &str, wanted: Flavour) -> Error {
    let (what, why, hint) = match wanted {
        Flavour::Base => (
            "an Instruct model",
            "its authors trained only the Base models to fill in the middle",
            "use a Base model, or --force to try anyway",
        ),
        Flavour::Instruct => (
            "a Base model",
            "its authors trained only the Instruct models to answer questions",
            "use an Instruct model, such as -m 6.7b-instruct, or --force to try anyway",
        ),
    };
    Error::new(Kind::Data, format!("{name} is {what}"), why).hint(hint)
}
