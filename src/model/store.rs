//! Which file is meant: a path, a name of the catalog, the built-in model, or none given.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::catalog::{self, Entry};
use super::demo;
use crate::error::{Error, Kind, Result};

/// Where models and caches are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Installed models.
    pub models: PathBuf,
    /// What can be made again.
    pub cache: PathBuf,
}

impl Places {
    /// The directories of the user's platform, unless `DSCODER_MODELS_DIR` or `DSCODER_CACHE_DIR` say otherwise.
    #[must_use]
    pub fn of_user() -> Places {
        let chosen = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // Without a home directory nothing is installed, and the cache falls back to the temporary directory.
        let platform = directories::ProjectDirs::from("", "", "dscoder");
        let nowhere = || env::temp_dir().join("dscoder");
        Places {
            models: chosen("DSCODER_MODELS_DIR")
                .or_else(|| platform.as_ref().map(|dirs| dirs.data_dir().join("models")))
                .unwrap_or_else(nowhere),
            cache: chosen("DSCODER_CACHE_DIR")
                .or_else(|| platform.as_ref().map(|dirs| dirs.cache_dir().to_owned()))
                .unwrap_or_else(nowhere),
        }
    }
}

/// Where conversations are kept: `DSCODER_SESSIONS_DIR`, or a directory of the user's platform.
#[must_use]
pub fn sessions() -> PathBuf {
    let chosen = env::var_os("DSCODER_SESSIONS_DIR").filter(|value| !value.is_empty()).map(PathBuf::from);
    let platform = || directories::ProjectDirs::from("", "", "dscoder").map(|dirs| dirs.data_dir().join("sessions"));
    chosen.or_else(platform).unwrap_or_else(|| env::temp_dir().join("dscoder-sessions"))
}

/// The memory that a model may use, in bytes: that of the machine or, where it is less, of the control group.
#[must_use]
pub fn memory() -> u64 {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    system.cgroup_limits().map_or(system.total_memory(), |limits| limits.total_memory.min(system.total_memory()))
}

/// What a model argument means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A GGUF file.
    File(PathBuf),
    /// A file of canned answers, for tests.
    Script(PathBuf),
}

/// Finds the model that `wanted` names; without one, the largest installed model of `flavour` that fits into
/// `memory` bytes. The built-in model is never chosen silently.
///
/// # Errors
/// [`Kind::NoInput`] where there is none, [`Kind::Usage`] for a name that means nothing.
pub fn find(wanted: Option<&str>, flavour: &str, memory: u64, places: &Places) -> Result<Found> {
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return largest(flavour, memory, places).map(Found::File);
    };
    if let Some(path) = wanted.strip_prefix("script:") {
        return Ok(Found::Script(path.into()));
    }
    if wanted == "demo" {
        return demo::file(&places.cache).map(Found::File);
    }
    let path = Path::new(wanted);
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf")) || path.exists() {
        return Ok(Found::File(path.to_owned()));
    }
    let Some((entry, quantization)) = catalog::find(wanted) else {
        let names: Vec<_> = catalog::entries().iter().map(|entry| entry.name.as_str()).collect();
        let kind = if wanted.contains(['/', '\\']) { Kind::NoInput } else { Kind::Usage };
        return Err(Error::new(kind, format!("there is no model {wanted:?}"), "")
            .hint(format!("a path to a .gguf file, demo, or one of {}", names.join(", "))));
    };
    let mut files = installed(&places.models, std::slice::from_ref(&entry));
    if let Some(quantization) = quantization {
        files.retain(|file| file.quantization.eq_ignore_ascii_case(quantization));
    }
    // Of several quantizations the largest that fits is the best; if none fits, the user asked for it all the same.
    files.sort_by_key(|file| {
        (file.bytes <= memory, if file.bytes <= memory { file.bytes } else { u64::MAX - file.bytes })
    });
    match files.pop() {
        Some(file) => Ok(Found::File(file.path)),
        None => Err(Error::new(Kind::NoInput, format!("the model {wanted} is not installed"), "").hint(format!(
            "put {}.*.gguf into {}, or give its path with -m",
            entry.stem,
            places.models.display()
        ))),
    }
}

fn largest(flavour: &str, memory: u64, places: &Places) -> Result<PathBuf> {
    let entries: Vec<_> = catalog::entries().iter().filter(|entry| entry.flavour == flavour).collect();
    let mut files = installed(&places.models, &entries);
    let some = !files.is_empty();
    files.retain(|file| file.bytes <= memory);
    files.sort_by(|a, b| (a.parameters, a.bytes).partial_cmp(&(b.parameters, b.bytes)).unwrap_or(a.path.cmp(&b.path)));
    files.pop().map(|file| file.path).ok_or_else(|| {
        let why = if some { "none of those installed fits into memory" } else { "none is installed" };
        Error::new(Kind::NoInput, format!("no {flavour} model to use"), why).hint(format!(
            "give a GGUF file with -m FILE or put one into {}; `-m demo` tries the built-in model",
            places.models.display()
        ))
    })
}

struct Installed {
    path: PathBuf,
    bytes: u64,
    parameters: f64,
    quantization: String,
}

/// The files of `entries` in `directory`, or in directories directly in it.
fn installed(directory: &Path, entries: &[&Entry]) -> Vec<Installed> {
    let list = |directory: &Path| -> Vec<PathBuf> {
        fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let mut paths = list(directory);
    let below: Vec<_> = paths.iter().filter(|path| path.is_dir()).flat_map(|path| list(path)).collect();
    paths.extend(below);
    paths.sort();
    let recognize = |path: PathBuf| {
        let name = path.file_name().and_then(OsStr::to_str)?;
        let (entry, quantization) =
            entries.iter().find_map(|entry| Some((entry, catalog::quantization(entry, name)?)))?;
        let about = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        Some(Installed { bytes: about.len(), parameters: entry.parameters, quantization, path })
    };
    paths.into_iter().filter_map(recognize).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> (tempfile::TempDir, Places) {
        let directory = tempfile::tempdir().expect("a directory");
        let places = Places { models: directory.path().join("models"), cache: directory.path().join("cache") };
        fs::create_dir(&places.models).expect("created");
        for (name, bytes) in [
            ("deepseek-coder-1.3b-base.Q8_0.gguf", 20),
            ("deepseek-coder-1.3b-base.Q4_K_M.gguf", 10),
            ("deepseek-coder-6.7b-base-q4_k_m.gguf", 50),
            ("deepseek-coder-6.7b-instruct.Q4_K_M.gguf", 50),
            ("notes.txt", 5),
        ] {
            fs::write(places.models.join(name), vec![0; bytes]).expect("written");
        }
        (directory, places)
    }

    fn name(found: Result<Found>) -> String {
        match found {
            Ok(Found::File(path)) => path.file_name().expect("a name").to_string_lossy().into_owned(),
            other => panic!("a file was due, not {other:?}"),
        }
    }

    #[test]
    fn without_a_name_the_largest_that_fits_is_taken() {
        let (_directory, places) = places();
        assert_eq!(name(find(None, "base", 100, &places)), "deepseek-coder-6.7b-base-q4_k_m.gguf");
        assert_eq!(name(find(None, "base", 30, &places)), "deepseek-coder-1.3b-base.Q8_0.gguf");
        assert_eq!(name(find(Some(""), "instruct", 100, &places)), "deepseek-coder-6.7b-instruct.Q4_K_M.gguf");
        let none = find(None, "base", 5, &places).expect_err("nothing fits");
        assert_eq!(none.kind, Kind::NoInput);
        assert!(none.hint.contains("-m demo"), "{none}");
    }

    #[test]
    fn names_mean_installed_files() {
        let (_directory, places) = places();
        assert_eq!(name(find(Some("1.3b-base"), "base", 100, &places)), "deepseek-coder-1.3b-base.Q8_0.gguf");
        assert_eq!(name(find(Some("1.3b-base"), "base", 15, &places)), "deepseek-coder-1.3b-base.Q4_K_M.gguf");
        assert_eq!(name(find(Some("1.3b-base"), "base", 5, &places)), "deepseek-coder-1.3b-base.Q4_K_M.gguf");
        assert_eq!(name(find(Some("1.3b-base:q4_k_m"), "base", 100, &places)), "deepseek-coder-1.3b-base.Q4_K_M.gguf");
        let missing = find(Some("33b-base"), "base", 100, &places).expect_err("not installed");
        assert_eq!((missing.kind, missing.to_string().contains("is not installed")), (Kind::NoInput, true));
        let unknown = find(Some("7b-base"), "base", 100, &places).expect_err("no such name");
        assert_eq!((unknown.kind, unknown.hint.contains("6.7b-base")), (Kind::Usage, true));
    }

    #[test]
    fn paths_and_scripts_are_themselves() {
        let (_directory, places) = places();
        assert_eq!(find(Some("no/such.gguf"), "base", 1, &places), Ok(Found::File("no/such.gguf".into())));
        assert_eq!(find(Some("script:a.toml"), "base", 1, &places), Ok(Found::Script("a.toml".into())));
        assert_eq!(find(Some("no/such"), "base", 1, &places).map_err(|error| error.kind), Err(Kind::NoInput));
    }
}
