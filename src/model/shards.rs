//! Models in several files: `NAME-00001-of-00003.gguf` and so on. llama.cpp is given the first and finds the others.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Upper bound of files per model.
const MAX_SHARDS: u32 = 1000;

/// The name without number, and the number of the shard and their count; `None` for a file that is whole.
#[must_use]
pub fn split(file_name: &str) -> Option<(&str, u32, u32)> {
    let (rest, extension) =
        file_name.rsplit_once('.').filter(|(_, extension)| extension.eq_ignore_ascii_case("gguf"))?;
    debug_assert!(!extension.is_empty());
    let (rest, count) = rest.rsplit_once("-of-")?;
    let (stem, number) = rest.rsplit_once('-')?;
    let parse = |text: &str| -> Option<u32> {
        (text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
    };
    let (number, count) = (parse(number)?, parse(count)?);
    ((1..=count).contains(&number) && count <= MAX_SHARDS && !stem.is_empty()).then_some((stem, number, count))
}

/// The name that the model would have in one file.
#[must_use]
pub fn whole_name(file_name: &str) -> String {
    split(file_name).map_or_else(|| file_name.to_owned(), |(stem, ..)| format!("{stem}.gguf"))
}

/// The names of all shards of the model that this file belongs to; the name itself for a whole one.
#[must_use]
pub fn names(file_name: &str) -> Vec<String> {
    match split(file_name) {
        None => vec![file_name.to_owned()],
        Some((stem, _, count)) => (1..=count).map(|number| format!("{stem}-{number:05}-of-{count:05}.gguf")).collect(),
    }
}

/// The paths of all files of the model that `path` belongs to, the first one first.
#[must_use]
pub fn paths(path: &Path) -> Vec<PathBuf> {
    match path.file_name().and_then(OsStr::to_str) {
        Some(name) if split(name).is_some() => names(name).into_iter().map(|name| path.with_file_name(name)).collect(),
        _ => vec![path.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_shards() {
        assert_eq!(split("a-b.Q8_0-00002-of-00003.gguf"), Some(("a-b.Q8_0", 2, 3)));
        for whole in
            ["a.gguf", "a-1-of-2.gguf", "a-00000-of-00002.gguf", "a-00003-of-00002.gguf", "a-00001-of-00002.bin"]
        {
            assert_eq!(split(whole), None, "{whole}");
            assert_eq!(whole_name(whole), whole);
        }
        assert_eq!(whole_name("a-00001-of-00002.gguf"), "a.gguf");
        assert_eq!(names("a-00002-of-00002.gguf"), ["a-00001-of-00002.gguf", "a-00002-of-00002.gguf"]);
        assert_eq!(paths(Path::new("x/a.gguf")), [Path::new("x/a.gguf")]);
        assert_eq!(paths(Path::new("x/a-00002-of-00002.gguf"))[0], Path::new("x/a-00001-of-00002.gguf"));
    }
}
