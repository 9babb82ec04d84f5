//! The names of models, and the files that they mean. The data is in `catalog.toml`.

use std::sync::LazyLock;

use serde::Deserialize;
use strsim::levenshtein;

use crate::model::digest::Digest;
use crate::model::family::{Flavour, Infill};
use crate::model::shards;
use crate::vocabulary::Series;

/// One model of the catalog.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogEntry {
    /// Its name for users: `6.7b-base`.
    pub name: String,
    /// The name of its files, in lower case, without quantization and extension.
    pub stem: String,
    /// The series that it is of.
    pub series: Series,
    /// What it was trained for.
    pub flavour: Flavour,
    /// Whether it fills gaps.
    pub infill: Infill,
    /// Billions of parameters.
    pub parameters: f64,
    /// Approximate file size in the default quantization.
    pub about_bytes: u64,
    /// Memory for each token of context, in bytes.
    pub kv_bytes: u64,
    /// Where it is on the Hugging Face hub: `owner/name`.
    pub repository: String,
    /// The name of its file there, with `{quantization}`.
    pub file: String,
    /// The quantizations that are offered.
    pub quantizations: Vec<String>,
    /// The default quantization.
    pub default: String,
    /// Models of [`OLLAMA`] with tags that mean it; a quantization may follow.
    pub ollama: Vec<String>,
    /// Facts about single files.
    #[serde(default)]
    pub pinned: Vec<Pinned>,
}

impl CatalogEntry {
    /// Whether it may be chosen where no model is named: of the Base models, only those that fill gaps.
    #[must_use]
    pub fn is_choosable(&self, flavour: Flavour) -> bool {
        self.flavour == flavour && (flavour == Flavour::Instruct || self.infill == Infill::Trained)
    }
}

/// Facts about a file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    /// Which file.
    pub quantization: String,
    /// Its digest.
    pub sha256: Digest,
    /// Its size.
    pub bytes: Option<u64>,
    /// The commit that has it.
    pub revision: Option<String>,
}

/// The licence of the weights.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// A summary in half a line.
    pub summary: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalog {
    licence: Licence,
    model: Vec<CatalogEntry>,
}

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| toml::from_str(include_str!("catalog.toml")).expect("the catalog is checked by a test"));

/// The licence of all of them.
#[must_use]
pub fn licence() -> &'static Licence {
    &CATALOG.licence
}

/// Every model that has a name.
#[must_use]
pub fn entries() -> &'static [CatalogEntry] {
    &CATALOG.model
}

/// Splits `6.7b-base:Q4_K_M` and looks the name up. The quantization keeps its spelling.
#[must_use]
pub fn find(name: &str) -> Option<(&'static CatalogEntry, Option<&str>)> {
    let (name, quantization) = match name.split_once(':') {
        Some((name, quantization)) => (name, Some(quantization)),
        None => (name, None),
    };
    let entry = entries().iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
    Some((entry, quantization))
}

/// The quantization of a file of `entry`, in upper case; `None` if the file is of another model.
#[must_use]
pub fn quantization(entry: &CatalogEntry, file_name: &str) -> Option<String> {
    let whole = shards::whole_name(file_name).to_lowercase();
    let rest = whole.strip_prefix(&entry.stem)?.strip_suffix(".gguf")?;
    // TheBloke writes `.Q4_K_M`, others `-q4_k_m`; a file without any has no more to say.
    match rest.strip_prefix(['.', '-']) {
        // An importance matrix was used.
        Some(quantization) => Some(quantization.trim_start_matches("i1-").to_uppercase()),
        None => rest.is_empty().then(String::new),
    }
}

/// The models of Ollama's library that have entries.
pub const OLLAMA: [&str; 2] = ["deepseek-coder", "deepseek-coder-v2"];

/// The model that a tag of one of [`OLLAMA`] means, and its quantization where the tag says it.
#[must_use]
pub fn ollama(model: &str, tag: &str) -> Option<(&'static CatalogEntry, Option<String>)> {
    let name = format!("{model}:{}", tag.to_lowercase());
    // The longest one: `6.7b-base` is not `6.7b` in the quantization `base`.
    let tags = entries().iter().flat_map(|entry| entry.ollama.iter().map(move |known| (known, entry)));
    let matching = tags.filter_map(|(known, entry)| {
        let rest = name.strip_prefix(known.as_str())?;
        let quantization = rest.strip_prefix('-').map(str::to_uppercase);
        (rest.is_empty() || quantization.is_some()).then_some((known.len(), entry, quantization))
    });
    matching.max_by_key(|(length, ..)| *length).map(|(_, entry, quantization)| (entry, quantization))
}

/// The three names most similar to `name`; those that begin with it come first.
#[must_use]
pub fn nearest(name: &str) -> Vec<&'static str> {
    let name = name.to_lowercase();
    let mut names: Vec<_> = entries().iter().map(|entry| entry.name.as_str()).collect();
    names.sort_by_key(|known| (!known.starts_with(&name), levenshtein(&name, known)));
    names.truncate(3);
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_are_offered() {
        assert_eq!(nearest("6.7b"), ["6.7b-base", "6.7b-instruct", "5.7b-base"]);
        assert_eq!(nearest("33b-instuct")[0], "33b-instruct");
    }

    #[test]
    fn tags_of_ollama() {
        for (tag, expected) in [
            ("latest", Some(("1.3b-instruct", None))),
            ("6.7b", Some(("6.7b-instruct", None))),
            ("6.7b-base", Some(("6.7b-base", None))),
            ("6.7b-base-q4_K_M", Some(("6.7b-base", Some("Q4_K_M")))),
            ("33b-instruct-q8_0", Some(("33b-instruct", Some("Q8_0")))),
            ("6.7bx", None),
            ("deepseek-coder-v2:latest", Some(("v2-lite-instruct", None))),
            ("deepseek-coder-v2:16b-lite-base-q4_0", Some(("v2-lite-base", Some("Q4_0")))),
            ("deepseek-coder-v2:236b", Some(("v2-instruct", None))),
            ("deepseek-coder-v2:6.7b", None),
            ("7b", None),
        ] {
            let (model, tag) = tag.split_once(':').unwrap_or(("deepseek-coder", tag));
            let found = ollama(model, tag);
            assert_eq!(found.as_ref().map(|(entry, quant)| (entry.name.as_str(), quant.as_deref())), expected, "{tag}");
        }
    }

    #[test]
    fn every_entry_can_be_fetched() {
        for entry in entries() {
            assert!(entry.quantizations.contains(&entry.default), "{entry:?}");
            assert!(entry.file.ends_with("{quantization}.gguf") && entry.repository.matches('/').count() == 1);
            for quant in &entry.quantizations {
                assert_eq!(quantization(entry, &entry.file.replace("{quantization}", quant)).as_ref(), Some(quant));
            }
            for pinned in &entry.pinned {
                assert!(entry.quantizations.contains(&pinned.quantization), "{entry:?}");
                assert!(pinned.revision.as_ref().is_none_or(|revision| revision.len() == 40), "{entry:?}");
            }
        }
        assert!(licence().url.starts_with("https://"));
    }

    #[test]
    fn the_catalog_parses_and_its_names_are_distinct() {
        let mut names: Vec<_> = entries().iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names.len(), 13);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 13);
        for entry in entries() {
            let flavour = entry.flavour.name();
            assert!(entry.name.ends_with(flavour) && entry.stem.contains(flavour), "{entry:?}");
            assert_eq!(entry.stem, entry.stem.to_lowercase());
        }
    }

    #[test]
    fn names_may_carry_a_quantization() {
        let (entry, quantization) = find("6.7B-Base:Q4_K_M").expect("a name of the catalog");
        assert_eq!((entry.name.as_str(), quantization), ("6.7b-base", Some("Q4_K_M")));
        assert!(find("7b-base").is_none());
    }

    #[test]
    fn files_are_recognized_by_their_names() {
        let (entry, _) = find("6.7b-base").expect("a name of the catalog");
        for (file, expected) in [
            ("deepseek-coder-6.7B-base.Q4_K_M.gguf", Some("Q4_K_M")),
            ("deepseek-coder-6.7b-base-q8_0.gguf", Some("Q8_0")),
            ("deepseek-coder-6.7b-base.gguf", Some("")),
            ("deepseek-coder-6.7b-instruct.Q4_K_M.gguf", None),
            ("deepseek-coder-6.7b-base2.gguf", None),
            ("deepseek-coder-6.7b-base.Q4_K_M.gguf.part", None),
            ("deepseek-coder-6.7b-base.i1-Q4_K_M.gguf", Some("Q4_K_M")),
            ("deepseek-coder-6.7b-base.Q8_0-00001-of-00003.gguf", Some("Q8_0")),
        ] {
            assert_eq!(quantization(entry, file).as_deref(), expected, "{file}");
        }
    }
}
