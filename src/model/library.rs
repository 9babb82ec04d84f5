//! Installed models: dscoder's own, and those that other programs have fetched, which are never changed.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::model::catalog::{self, CatalogEntry};
use crate::model::digest::{Digest, Remembered};
use crate::model::{gguf, manifest, shards};
use crate::places::Places;
use crate::storage::write_whole;

/// The receipt that dscoder writes beside a fetched file: its source, digest and size. A file with a receipt is
/// dscoder's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The name of the file.
    pub name: String,
    /// The argument of `dscoder download` that fetches it.
    pub source: String,
    /// The commit that it comes from, if there is one.
    pub revision: Option<String>,
    /// Its digest.
    pub sha256: Digest,
    /// Its size.
    pub bytes: u64,
}

impl Receipt {
    fn path(model: &Path) -> PathBuf {
        let mut name = model.file_name().unwrap_or_default().to_owned();
        name.push(".json");
        model.with_file_name(name)
    }

    /// The receipt of a file.
    #[must_use]
    pub fn load(model: &Path) -> Option<Receipt> {
        let receipt: Receipt = serde_json::from_slice(&fs::read(Receipt::path(model)).ok()?).ok()?;
        (model.file_name().and_then(OsStr::to_str) == Some(receipt.name.as_str())).then_some(receipt)
    }

    /// Writes it beside the file.
    ///
    /// # Errors
    /// File system errors.
    pub fn save(&self, model: &Path) -> io::Result<()> {
        write_whole(&Receipt::path(model), &serde_json::to_vec_pretty(self).map_err(io::Error::other)?)
    }

    /// Whether the file has the size it should have.
    #[must_use]
    pub fn fits(&self, model: &Path) -> bool {
        fs::metadata(model).is_ok_and(|about| about.is_file() && about.len() == self.bytes)
    }

    /// Removes the receipt of a file that has become a part of another one.
    pub fn forget(model: &Path) {
        let _ = fs::remove_file(Receipt::path(model));
    }

    /// Removes a file and its receipt.
    ///
    /// # Errors
    /// File system errors.
    pub fn remove_with(model: &Path) -> io::Result<()> {
        fs::remove_file(model)?;
        match fs::remove_file(Receipt::path(model)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// The owner of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelOrigin {
    /// In dscoder's directory.
    Own,
    /// In the cache of the Hugging Face hub.
    HuggingFace,
    /// Among Ollama's blobs.
    Ollama,
    /// In LM Studio's folder.
    LmStudio,
}

impl ModelOrigin {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            ModelOrigin::Own => "dscoder",
            ModelOrigin::HuggingFace => "Hugging Face cache",
            ModelOrigin::Ollama => "Ollama",
            ModelOrigin::LmStudio => "LM Studio",
        }
    }
}

/// What is known of the files of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soundness {
    /// They have the digests that something names, or were hashed before and have not changed since.
    Ok,
    /// Nothing says what they should be.
    NotVerified,
    /// They are not what they should be.
    Damaged,
    /// Some of them are missing.
    Incomplete {
        /// How many are missing.
        missing: usize,
        /// How many there should be.
        all: usize,
    },
}

impl Soundness {
    /// Whether the model cannot be used.
    #[must_use]
    pub fn is_bad(self) -> bool {
        matches!(self, Soundness::Damaged | Soundness::Incomplete { .. })
    }
}

impl fmt::Display for Soundness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Soundness::Ok => f.write_str("ok"),
            Soundness::NotVerified => f.write_str("not verified"),
            Soundness::Damaged => f.write_str("damaged"),
            Soundness::Incomplete { missing, all } => write!(f, "{missing} of {all} files missing"),
        }
    }
}

/// A model on this machine.
#[derive(Debug, Clone)]
pub struct Installed {
    /// Its name: from the catalog, or that of the file.
    pub name: String,
    /// Its entry in the catalog.
    pub entry: Option<&'static CatalogEntry>,
    /// Its quantization in upper case; empty if its name does not tell.
    pub quantization: String,
    /// Its file, the first one of several.
    pub path: PathBuf,
    /// All its files.
    pub files: Vec<PathBuf>,
    /// How many of them are missing.
    pub missing: usize,
    /// The total size of the existing ones, in bytes.
    pub bytes: u64,
    /// Its owner.
    pub origin: ModelOrigin,
    /// The digest that its file should have, if known; `None` for several files.
    pub sha256: Option<Digest>,
}

impl Installed {
    /// Whether dscoder has fetched all of its files.
    #[must_use]
    pub fn is_owned(&self) -> bool {
        self.origin == ModelOrigin::Own && self.files.iter().all(|file| !file.exists() || Receipt::load(file).is_some())
    }

    /// What is known of its files, of which some digests are `remembered`.
    #[must_use]
    pub fn soundness(&self, remembered: &Remembered) -> Soundness {
        if self.missing > 0 {
            return Soundness::Incomplete { missing: self.missing, all: self.files.len() };
        }
        let receipts: Vec<_> = self.files.iter().map(|file| Receipt::load(file)).collect();
        if self.files.iter().zip(&receipts).any(|(file, receipt)| receipt.as_ref().is_some_and(|it| !it.fits(file))) {
            return Soundness::Damaged;
        }
        let known = receipts.iter().all(Option::is_some) || self.sha256.is_some();
        let hashed = self.files.iter().all(|file| remembered.get(file).is_some());
        if known || hashed { Soundness::Ok } else { Soundness::NotVerified }
    }

    /// Name and quantization, as `-m` takes them.
    #[must_use]
    pub fn full_name(&self) -> String {
        match self.entry {
            Some(_) if !self.quantization.is_empty() => format!("{}:{}", self.name, self.quantization),
            _ => self.name.clone(),
        }
    }
}

/// All models on this machine, dscoder's own first.
#[must_use]
pub fn all(places: &Places) -> Vec<Installed> {
    let mut found = own(&places.models);
    if let Some(hub) = &places.hub {
        found.extend(hugging_face(hub));
    }
    if let Some(directory) = &places.ollama {
        found.extend(ollama_blobs(directory));
    }
    for directory in &places.lm_studio {
        found.extend(lm_studio(directory));
    }
    found
}

/// The entries of a directory, sorted; empty if it does not exist.
pub fn list(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// The name of a file.
#[must_use]
pub fn name_of(path: &Path) -> Option<&str> {
    path.file_name().and_then(OsStr::to_str)
}

/// The files in a directory and in those directly in it.
fn two_levels(directory: &Path) -> Vec<PathBuf> {
    let (directories, mut files): (Vec<_>, Vec<_>) = list(directory).into_iter().partition(|path| path.is_dir());
    files.extend(directories.iter().flat_map(|directory| list(directory)));
    files.retain(|path| {
        name_of(path).is_some_and(|name| name.to_lowercase().ends_with(".gguf") && !name.starts_with('.'))
    });
    files
}

/// The models that these files make up; shards are grouped.
fn models(files: &[PathBuf], origin: ModelOrigin) -> Vec<Installed> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for path in files {
        let Some(name) = name_of(path) else { continue };
        let all = shards::paths(path);
        let Some(first) = all.first().cloned() else { continue };
        if !seen.insert(first.clone()) {
            continue;
        }
        let sizes: Vec<Option<u64>> = all
            .iter()
            .map(|path| fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|about| about.len()))
            .collect();
        let missing = sizes.iter().filter(|size| size.is_none()).count();
        if missing == all.len() {
            continue;
        }
        let known = catalog::entries().iter().find_map(|entry| Some((entry, catalog::quantization(entry, name)?)));
        let (entry, quantization) = known.map_or((None, String::new()), |(entry, quant)| (Some(entry), quant));
        let whole = shards::whole_name(name);
        let stem = whole.get(..whole.len().saturating_sub(5)).unwrap_or(&whole);
        found.push(Installed {
            name: entry.map_or_else(|| stem.to_owned(), |entry| entry.name.clone()),
            entry,
            quantization,
            sha256: (all.len() == 1).then(|| Receipt::load(&first).map(|receipt| receipt.sha256)).flatten(),
            path: first,
            files: all,
            missing,
            bytes: sizes.iter().flatten().fold(0, |sum, &size| sum.saturating_add(size)),
            origin,
        });
    }
    found
}

fn own(directory: &Path) -> Vec<Installed> {
    models(&two_levels(directory), ModelOrigin::Own)
}

/// The files of the catalog in the hub's cache: `models--owner--name/snapshots/REVISION/FILE`, each a link to a blob that
/// has its SHA-256 as its name. A link out of the cache is not followed.
fn hugging_face(hub: &Path) -> Vec<Installed> {
    let Ok(root) = hub.canonicalize() else { return Vec::new() };
    let repositories =
        list(hub).into_iter().filter(|path| name_of(path).is_some_and(|name| name.starts_with("models--")));
    let snapshots = repositories.flat_map(|repository| list(&repository.join("snapshots")));
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for snapshot in snapshots {
        let inside = |path: &PathBuf| path.canonicalize().is_ok_and(|blob| blob.starts_with(&root));
        let files: Vec<_> = two_levels(&snapshot).into_iter().filter(inside).collect();
        for mut model in models(&files, ModelOrigin::HuggingFace) {
            let blob = model.path.canonicalize().ok();
            // Shards that are named, and link out of the cache.
            let strange = model.files.iter().any(|file| file.exists() && !files.contains(file));
            if model.entry.is_none() || strange || !seen.insert(blob.clone()) {
                continue;
            }
            if model.files.len() == 1 {
                model.sha256 = blob.as_deref().and_then(name_of).and_then(|name| name.parse().ok());
            }
            found.push(model);
        }
    }
    found
}

/// The blobs of the models of [`catalog::OLLAMA`]: `manifests/HOST/NAMESPACE/MODEL/TAG` names `blobs/sha256-DIGEST`.
fn ollama_blobs(directory: &Path) -> Vec<Installed> {
    let blobs = directory.join("blobs");
    let Ok(root) = blobs.canonicalize() else { return Vec::new() };
    let hosts = list(&directory.join("manifests"));
    let models =
        hosts.iter().flat_map(|host| list(host)).flat_map(|namespace| catalog::OLLAMA.map(|name| namespace.join(name)));
    let tags = models.flat_map(|model| list(&model));
    let mut by_blob: BTreeMap<PathBuf, Installed> = BTreeMap::new();
    for manifest in tags {
        let model = (|| {
            let (entry, quantization) = catalog::ollama(manifest.parent().and_then(name_of)?, name_of(&manifest)?)?;
            let about = fs::metadata(&manifest).ok().filter(|about| about.len() <= manifest::MAX_MANIFEST)?;
            let text = fs::read(&manifest).ok().filter(|_| about.is_file())?;
            let (sha256, size) = manifest::model_blob(&text).ok()?;
            let path = blobs.join(format!("sha256-{sha256}"));
            let inside = path.canonicalize().is_ok_and(|blob| blob.starts_with(&root));
            let whole = fs::metadata(&path).is_ok_and(|about| about.is_file() && about.len() == size);
            if !inside || !whole {
                return None;
            }
            let quantization = quantization.or_else(|| quantization_of(&path)).unwrap_or_default();
            Some(Installed {
                name: entry.name.clone(),
                entry: Some(entry),
                quantization,
                files: vec![path.clone()],
                path,
                missing: 0,
                bytes: size,
                origin: ModelOrigin::Ollama,
                sha256: Some(sha256),
            })
        })();
        if let Some(model) = model {
            by_blob.entry(model.path.clone()).or_insert(model);
        }
    }
    by_blob.into_values().collect()
}

/// The files of the catalog in LM Studio's folder: `PUBLISHER/REPOSITORY/FILE`.
fn lm_studio(directory: &Path) -> Vec<Installed> {
    let files: Vec<_> = list(directory).iter().flat_map(|publisher| two_levels(publisher)).collect();
    let mut found = models(&files, ModelOrigin::LmStudio);
    found.retain(|model| model.entry.is_some());
    found
}

/// The quantization that a file's header names.
fn quantization_of(path: &Path) -> Option<String> {
    let header = gguf::read(path).ok()?;
    quantization_name(header.number("general.file_type")?).map(str::to_owned)
}

/// The name of a file type of llama.cpp (`llama_ftype` in `include/llama.h`).
#[must_use]
pub fn quantization_name(file_type: u32) -> Option<&'static str> {
    Some(match file_type {
        0 => "F32",
        1 => "F16",
        2 => "Q4_0",
        3 => "Q4_1",
        7 => "Q8_0",
        8 => "Q5_0",
        9 => "Q5_1",
        10 => "Q2_K",
        11 => "Q3_K_S",
        12 => "Q3_K_M",
        13 => "Q3_K_L",
        14 => "Q4_K_S",
        15 => "Q4_K_M",
        16 => "Q5_K_S",
        17 => "Q5_K_M",
        18 => "Q6_K",
        19 => "IQ2_XXS",
        20 => "IQ2_XS",
        22 => "IQ3_XS",
        23 => "IQ3_XXS",
        25 => "IQ4_NL",
        30 => "IQ4_XS",
        32 => "BF16",
        _ => return None,
    })
}
