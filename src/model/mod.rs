//! Models: search by name, headers, tokenizers, memory.

pub mod adapter;
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

use adapter::AdapterFile;
use family::{Flavour, Infill, Profile};
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
    /// The size of the file, or of all its files, and of its adapters, in bytes.
    pub file_bytes: u64,
    /// The adapters to use it with.
    pub adapters: Vec<AdapterFile>,
    /// A smaller model with the same vocabulary, which drafts for it.
    pub draft: Option<Box<Model>>,
    /// Its files, opened before anything was read.
    pub files: Arc<OpenFiles>,
    /// Those of its adapters, which are read when the model is loaded.
    pub adapter_files: OpenFiles,
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
        Model::open_with(path, &[])
    }

    /// As [`Model::open`], to be used with `adapters`.
    ///
    /// # Errors
    /// As [`Model::open`], and [`Kind::Data`] if an adapter cannot be used or does not fit.
    pub fn open_with(path: &Path, adapters: &[AdapterFile]) -> Result<Model> {
        let files = Arc::new(OpenFiles::open(shards::paths(path))?);
        let (path, header) = read(path)?;
        let path = path.as_path();
        let refuse = |why: String| {
            Error::new(Kind::Data, format!("cannot use {}", path.display()), why)
                .hint("dscoder runs GGUF files of DeepSeek Coder (1.3B to 33B, 7B v1.5) and DeepSeek-Coder-V2")
        };
        let profile = family::identify(&header).map_err(refuse)?;
        let tokenizer = Tokenizer::from_header(&header, profile.controls).map_err(refuse)?;
        let kinds = header.tensors.iter().map(|tensor| tensor.kind).collect();
        let adapter_files = OpenFiles::open(adapters.iter().map(|adapter| adapter.path.clone()).collect())?;
        let mut file_bytes = header.file_bytes;
        for one in adapters {
            file_bytes = file_bytes.saturating_add(adapter::check(&one.path, path, &header)?);
        }
        let (path, adapters) = (path.to_owned(), adapters.to_vec());
        Ok(Model { path, profile, tokenizer, kinds, file_bytes, adapters, draft: None, files, adapter_files })
    }

    /// As [`fingerprint`].
    ///
    /// # Errors
    /// Errors from the file system.
    pub fn fingerprint(&self) -> std::io::Result<digest::Digest> {
        fingerprint(&self.path, &self.adapters)
    }
}

/// Changes where another file takes the place of the model or of an adapter, or where an adapter has another scale:
/// [`digest::fingerprint`] of all files.
///
/// # Errors
/// Errors from the file system.
pub fn fingerprint(model: &Path, adapters: &[AdapterFile]) -> std::io::Result<digest::Digest> {
    let model = digest::fingerprint(&shards::paths(model))?;
    if adapters.is_empty() {
        return Ok(model);
    }
    let mut all = model.to_string();
    for AdapterFile { path, scale } in adapters {
        all += &format!(" {} {scale}", digest::fingerprint(std::slice::from_ref(path))?);
    }
    Ok(digest::Digest::of(all.as_bytes()))
}

/// The work of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Filling a gap.
    Infill,
    /// Answering a question.
    Chat,
}

/// Refuses work that the model `name` was not trained for. What is not known of it is `None`.
///
/// # Errors
/// [`Kind::Data`] if it was not, unless `force` is set; also then where it cannot do it at all.
pub fn require(
    name: &str,
    task: Task,
    (flavour, infill): (Option<Flavour>, Option<Infill>),
    force: bool,
) -> Result<()> {
    let refuse =
        |what: &str, why: &str, hint: &str| Err(Error::new(Kind::Data, format!("{name} {what}"), why).hint(hint));
    match task {
        Task::Chat if flavour == Some(Flavour::Base) && !force => refuse(
            "is a Base model",
            "its authors trained only the Instruct models to answer questions",
            "use an Instruct model, such as -m 6.7b-instruct, or --force to try anyway",
        ),
        Task::Chat => Ok(()),
        Task::Infill => {
            let infill = infill.unwrap_or(Infill::Trained);
            let why = infill.why_not().unwrap_or_default();
            match infill {
                Infill::NoTokens => refuse(
                    "cannot fill gaps",
                    why,
                    "use another model, such as -m 6.7b-base or v2-lite-base; `dscoder complete` continues text with this one",
                ),
                Infill::Trained => Ok(()),
                _ if force => Ok(()),
                Infill::OnlyBase => refuse("is an Instruct model", why, "use a Base model, or --force to try anyway"),
                Infill::Untrained => {
                    refuse("was not trained to fill gaps", why, "use -m v2-lite-base, or --force to try anyway")
                }
            }
        }
    }
}
