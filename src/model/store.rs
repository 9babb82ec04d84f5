//! Resolves `-m` to a file: a path, a name of the catalog, the built-in model, or none given.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use crate::environment;
use crate::error::{Error, Kind, Result};
use crate::model::catalog::CatalogEntry;
use crate::model::family::Flavour;
use crate::model::library::{self, Installed};
use crate::model::{catalog, demo};
use crate::places::Places;
use crate::units;
use crate::vocabulary::Series;

/// The memory of the machine or, if that is less, of the control group, in bytes: total, and free for a new program.
/// `DSCODER_MEMORY` overrides both.
#[must_use]
pub fn memories() -> (u64, u64) {
    let chosen = environment::text("DSCODER_MEMORY").and_then(|text| units::size(&text).ok());
    if let Some(bytes) = chosen {
        return (bytes, bytes);
    }
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    let (total, available) = (system.total_memory(), system.available_memory());
    system.cgroup_limits().map_or((total, available), |limits| {
        // What the group's processes use includes its page cache, which makes room when it must.
        (limits.total_memory.min(total), limits.total_memory.saturating_sub(limits.rss).min(available))
    })
}

/// The memory that a model may use at all, in bytes.
#[must_use]
pub fn memory() -> u64 {
    memories().0
}

/// The meaning of a model argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A GGUF file.
    File(PathBuf),
    /// A file of canned answers, for tests.
    Script(PathBuf),
}

impl Found {
    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Found::File(path) | Found::Script(path) => path,
        }
    }
}

/// Finds the model that `wanted` names; without one, the largest installed model of `flavour` that fits into
/// `memory` bytes. The built-in model is never chosen silently.
///
/// # Errors
/// [`Kind::NoInput`] if there is none or the name is unknown.
pub fn find(wanted: Option<&str>, flavour: Flavour, memory: u64, places: &Places) -> Result<Found> {
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
    let found = library::all(places);
    let Some((entry, quantization)) = catalog::find(wanted) else {
        // A file in the models directory that the catalog does not know has its own name.
        if let Some(file) = found.iter().find(|file| file.missing == 0 && file.entry.is_none() && file.name == wanted) {
            return Ok(Found::File(file.path.clone()));
        }
        if wanted.contains(['/', '\\']) {
            return Err(Error::new(Kind::NoInput, format!("there is no model {wanted:?}"), "")
                .hint("give a path to a .gguf file, or a name from `dscoder download --list`"));
        }
        return Err(unknown(wanted));
    };
    let mut files: Vec<_> = found
        .into_iter()
        .filter(|file| file.missing == 0 && file.entry == Some(entry))
        .filter(|file| quantization.is_none_or(|wanted| file.quantization.eq_ignore_ascii_case(wanted)))
        .collect();
    // Of several quantizations, take the largest that fits; if none fits, the user asked for it nevertheless. Among
    // equals dscoder's own comes first: the sort is stable.
    files.reverse();
    files.sort_by_key(|file| {
        (file.bytes <= memory, if file.bytes <= memory { file.bytes } else { u64::MAX - file.bytes })
    });
    match files.pop() {
        Some(file) => Ok(Found::File(file.path)),
        None => Err(Error::new(Kind::NoInput, format!("the model {wanted} is not installed"), "")
            .hint(format!("`dscoder download {wanted}` fetches it"))),
    }
}

/// The name of the model that a download would provide, where [`find`] has found none: the one that `wanted` names, or
/// the advised one of `flavour`. `None` if no download helps.
#[must_use]
pub fn downloadable(wanted: Option<&str>, flavour: Flavour, memory: u64) -> Option<String> {
    match wanted.filter(|wanted| !wanted.is_empty()) {
        None => Some(advised(flavour, memory).to_owned()),
        Some(wanted) => catalog::find(wanted).map(|_| wanted.to_owned()),
    }
}

/// The error for a name that the catalog does not have.
#[must_use]
pub fn unknown(name: &str) -> Error {
    let hint = format!("similar names are {}; `dscoder download --list` lists all", catalog::nearest(name).join(", "));
    Error::new(Kind::NoInput, format!("there is no model {name:?}"), "").hint(hint)
}

fn largest(flavour: Flavour, memory: u64, places: &Places) -> Result<PathBuf> {
    let is_one = |file: &Installed| file.missing == 0 && file.entry.is_some_and(|entry| entry.is_choosable(flavour));
    let mut files: Vec<_> = library::all(places).into_iter().filter(is_one).collect();
    let some = !files.is_empty();
    files.retain(|file| file.bytes <= memory);
    let size = |file: &Installed| (file.entry.map_or(0.0, |entry| entry.parameters), file.bytes);
    files.reverse();
    files.sort_by(|a, b| size(a).partial_cmp(&size(b)).unwrap_or(Ordering::Equal));
    files.pop().map(|file| file.path).ok_or_else(|| {
        let why = if some { "none of those installed fits into memory" } else { "none is installed" };
        let name = advised(flavour, memory);
        Error::new(Kind::NoInput, format!("no {} model to use", flavour.name()), why).hint(format!(
            "`dscoder download {name}` fetches one; or give a GGUF file with -m FILE; `-m demo` tries the built-in model"
        ))
    })
}

/// The largest model of the first series up to 6.7B whose file takes at most half of the memory.
fn advised(flavour: Flavour, memory: u64) -> &'static str {
    let is_one =
        |entry: &&CatalogEntry| entry.flavour == flavour && entry.series == Series::V1 && entry.parameters < 10.0;
    let entries = catalog::entries().iter().filter(is_one);
    let smallest = entries.clone().next();
    let fitting =
        entries.filter(|entry| entry.about_bytes <= memory / 2).max_by(|a, b| a.parameters.total_cmp(&b.parameters));
    fitting.or(smallest).map_or("1.3b-base", |entry| entry.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_advised_model_leaves_room() {
        assert_eq!(advised(Flavour::Base, 64_000_000_000), "6.7b-base");
        assert_eq!(advised(Flavour::Base, 8_000_000_000), "5.7b-base");
        assert_eq!(advised(Flavour::Instruct, 8_000_000_000), "1.3b-instruct");
        assert_eq!(advised(Flavour::Base, 1), "1.3b-base");
    }

    fn places() -> (tempfile::TempDir, Places) {
        let directory = tempfile::tempdir().expect("a directory");
        let places = Places {
            models: directory.path().join("models"),
            cache: directory.path().join("cache"),
            ..Places::default()
        };
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
        assert_eq!(name(find(None, Flavour::Base, 100, &places)), "deepseek-coder-6.7b-base-q4_k_m.gguf");
        assert_eq!(name(find(None, Flavour::Base, 30, &places)), "deepseek-coder-1.3b-base.Q8_0.gguf");
        assert_eq!(name(find(Some(""), Flavour::Instruct, 100, &places)), "deepseek-coder-6.7b-instruct.Q4_K_M.gguf");
        let none = find(None, Flavour::Base, 5, &places).expect_err("nothing fits");
        assert_eq!(none.kind, Kind::NoInput);
        assert!(none.hint.contains("-m demo"), "{none}");
    }

    #[test]
    fn names_mean_installed_files() {
        let (_directory, places) = places();
        assert_eq!(name(find(Some("1.3b-base"), Flavour::Base, 100, &places)), "deepseek-coder-1.3b-base.Q8_0.gguf");
        assert_eq!(name(find(Some("1.3b-base"), Flavour::Base, 15, &places)), "deepseek-coder-1.3b-base.Q4_K_M.gguf");
        assert_eq!(name(find(Some("1.3b-base"), Flavour::Base, 5, &places)), "deepseek-coder-1.3b-base.Q4_K_M.gguf");
        assert_eq!(
            name(find(Some("1.3b-base:q4_k_m"), Flavour::Base, 100, &places)),
            "deepseek-coder-1.3b-base.Q4_K_M.gguf"
        );
        let missing = find(Some("33b-base"), Flavour::Base, 100, &places).expect_err("not installed");
        assert_eq!((missing.kind, missing.to_string().contains("is not installed")), (Kind::NoInput, true));
        let unknown = find(Some("7b-base"), Flavour::Base, 100, &places).expect_err("no such name");
        assert_eq!((unknown.kind, unknown.hint.contains("6.7b-base")), (Kind::NoInput, true));
    }

    #[test]
    fn paths_and_scripts_are_themselves() {
        let (_directory, places) = places();
        assert_eq!(find(Some("no/such.gguf"), Flavour::Base, 1, &places), Ok(Found::File("no/such.gguf".into())));
        assert_eq!(find(Some("script:a.toml"), Flavour::Base, 1, &places), Ok(Found::Script("a.toml".into())));
        assert_eq!(find(Some("no/such"), Flavour::Base, 1, &places).map_err(|error| error.kind), Err(Kind::NoInput));
    }
}
