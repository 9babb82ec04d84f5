//! Names of models: users, files, Ollama and the Hugging Face hub spell the same name differently.

use crate::model::catalog::{self, CatalogEntry};
use crate::model::family::{Flavour, Infill};
use crate::vocabulary::Series;

/// A normalized name, without the parts that vary between makers of files and servers.
fn letters(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    base.strip_suffix(".gguf").unwrap_or(&base).chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The model of the catalog that a server means by a name.
fn entry(name: &str) -> Option<&'static CatalogEntry> {
    if let Some((family, tag)) = name.rsplit_once(':')
        && let Some(model) = family.rsplit('/').next().filter(|model| catalog::OLLAMA.contains(model))
    {
        return catalog::ollama(model, tag).map(|(entry, _)| entry);
    }
    let letters = letters(name);
    catalog::entries().iter().find(|entry| {
        let (stem, short) = (self::letters(&entry.stem), self::letters(&entry.name));
        letters.contains(&stem) || letters == short || letters.contains(&format!("deepseekcoder{short}"))
    })
}

/// Whether the user's and the server's name mean the same model.
fn means(expected: &str, name: &str) -> bool {
    match catalog::find(expected) {
        Some((wanted, quantization)) => {
            entry(name) == Some(wanted)
                && quantization
                    .is_none_or(|quantization| letters(&name.replace(':', "-")).contains(&letters(quantization)))
        }
        None => {
            let expected = letters(expected);
            !expected.is_empty() && letters(name).starts_with(&expected)
        }
    }
}

/// The models, each with its names, that the user's name may mean.
#[must_use]
pub fn meant<'a>(models: &'a [Vec<String>], expected: Option<&str>) -> Vec<&'a Vec<String>> {
    let Some(expected) = expected else { return models.iter().collect() };
    let exact: Vec<_> = models.iter().filter(|names| names.iter().any(|name| name == expected)).collect();
    if !exact.is_empty() {
        return exact;
    }
    models.iter().filter(|names| names.iter().any(|name| means(expected, name))).collect()
}

/// Whether a name means V2 with 236B.
#[must_use]
pub fn is_full(name: &str) -> bool {
    let by_letters = || letters(name).contains("deepseekcoderv2") && !letters(name).contains("lite");
    entry(name).map_or_else(by_letters, |entry| entry.series == Series::V2 && entry.infill == Infill::Untrained)
}

/// The flavour of a model of that name.
#[must_use]
pub fn flavour(name: &str) -> Option<Flavour> {
    let name = name.to_lowercase();
    entry(&name).map(|entry| entry.flavour).or_else(|| {
        let words = [("instruct", Flavour::Instruct), ("base", Flavour::Base)];
        let named = words.into_iter().find(|(word, _)| name.contains(word)).map(|(_, flavour)| flavour);
        named.or_else(|| letters(&name).starts_with("demo").then_some(Flavour::Base))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_models() {
        for (expected, name, same) in [
            ("33b-instruct", "deepseek-ai/deepseek-coder-33b-instruct", true),
            ("33b-instruct", "deepseek-ai/deepseek-coder-33b-base", false),
            ("33b-instruct", "deepseek-coder:33b", true),
            ("33b-base", "deepseek-coder:33b", false),
            ("6.7b-base", "/models/deepseek-coder-6.7b-base.Q4_K_M.gguf", true),
            ("6.7b-base:Q4_K_M", "/models/deepseek-coder-6.7b-base.Q4_K_M.gguf", true),
            ("6.7b-base:Q8_0", "/models/deepseek-coder-6.7b-base.Q4_K_M.gguf", false),
            ("5.7b-base", "deepseek-ai/deepseek-coder-5.7bmqa-base", true),
            ("1.3b-base", "6.7b-base", false),
            ("demo", "/cache/demo-a7e903e2495b273d.gguf", true),
            ("/models/own.gguf", "own.gguf", true),
            ("own", "other", false),
        ] {
            assert_eq!(means(expected, name), same, "{expected} {name}");
        }
        assert_eq!(flavour("deepseek-coder:6.7b"), Some(Flavour::Instruct));
        assert_eq!(flavour("deepseek-ai/deepseek-coder-33b-base"), Some(Flavour::Base));
        assert_eq!((flavour("demo.gguf"), flavour("own.gguf")), (Some(Flavour::Base), None));
        let models = [vec!["a-base".to_owned()], vec!["a-base-2".to_owned()]];
        assert_eq!((meant(&models, None).len(), meant(&models, Some("a-base")).len()), (2, 1));
        assert_eq!((meant(&models, Some("a")).len(), meant(&models, Some("b")).len()), (2, 0));
    }
}
