//! The names of models, and the files that they mean. The data is in `catalog.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// One model of the catalog.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What the user calls it: `6.7b-base`.
    pub name: String,
    /// What its files are called, in small letters, without quantization and extension.
    pub stem: String,
    /// `base` or `instruct`.
    pub flavour: String,
    /// Billions of parameters.
    pub parameters: f64,
}

#[derive(Deserialize)]
struct Catalog {
    model: Vec<Entry>,
}

static CATALOG: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let catalog: Catalog = toml::from_str(include_str!("catalog.toml")).expect("the catalog is checked by a test");
    catalog.model
});

/// Every model that has a name.
#[must_use]
pub fn entries() -> &'static [Entry] {
    &CATALOG
}

/// Splits `6.7b-base:Q4_K_M` and looks the name up. The quantization keeps its spelling.
#[must_use]
pub fn find(name: &str) -> Option<(&'static Entry, Option<&str>)> {
    let (name, quantization) = match name.split_once(':') {
        Some((name, quantization)) => (name, Some(quantization)),
        None => (name, None),
    };
    let entry = entries().iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
    Some((entry, quantization))
}

/// The quantization of a file of `entry`, in capital letters; `None` where the file is another model's.
#[must_use]
pub fn quantization(entry: &Entry, file_name: &str) -> Option<String> {
    let rest = file_name.to_lowercase();
    let rest = rest.strip_prefix(&entry.stem)?.strip_suffix(".gguf")?;
    // TheBloke writes `.Q4_K_M`, others `-q4_k_m`; a file without any has no more to say.
    match rest.strip_prefix(['.', '-']) {
        Some(quantization) => Some(quantization.to_uppercase()),
        None => rest.is_empty().then(String::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalog_parses_and_its_names_are_distinct() {
        let mut names: Vec<_> = entries().iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names.len(), 7);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 7);
        for entry in entries() {
            assert!(["base", "instruct"].contains(&entry.flavour.as_str()), "{entry:?}");
            assert!(entry.name.ends_with(&entry.flavour) && entry.stem.ends_with(&entry.flavour), "{entry:?}");
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
        ] {
            assert_eq!(quantization(entry, file).as_deref(), expected, "{file}");
        }
    }
}
