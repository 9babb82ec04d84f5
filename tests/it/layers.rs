//! The layers of `src/lib.rs`: a file imports only from its own layer or a lower one, and no files import each other in
//! a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::command::repository;

/// The files, by the paths of their modules, with what is in them.
type Sources = BTreeMap<String, String>;

fn sources() -> Sources {
    fn walk(directory: &Path, module: &str, found: &mut Sources) {
        for entry in fs::read_dir(directory).expect("a directory").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let below = |name: &str| if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") };
            if entry.path().is_dir() {
                walk(&entry.path(), &below(&name), found);
            } else if let Some(name) = name.strip_suffix(".rs").filter(|name| !["main", "build", "lib"].contains(name))
            {
                let text = fs::read_to_string(entry.path()).expect("text");
                found.insert(if name == "mod" { module.to_owned() } else { below(name) }, text);
            }
        }
    }
    let mut found = Sources::new();
    walk(Path::new(&repository("src")), "", &mut found);
    found
}

/// The layers that `src/lib.rs` lists, the lowest first.
fn layers() -> Vec<String> {
    let text = fs::read_to_string(repository("src/lib.rs")).expect("text");
    let name = |line: &str| Some(line.strip_prefix("//! - [`")?.split_once("`]")?.0.to_owned());
    let names = text.lines().filter_map(name);
    names.collect()
}

/// The code of a file, without comments and without its tests.
fn code(text: &str) -> String {
    let end = text.find("\n#[cfg(test)]").or_else(|| text.find("\n#[cfg(all(test")).unwrap_or(text.len());
    text[..end].lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The paths after each `crate::`, those in braces one by one.
fn paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices("crate::") {
        expand("", &code[start + "crate::".len()..], &mut found);
    }
    found
}

/// Adds the paths at the beginning of `rest`, and returns the text after them.
fn expand<'a>(before: &str, rest: &'a str, found: &mut Vec<String>) -> &'a str {
    let rest = rest.trim_start();
    if let Some(mut inner) = rest.strip_prefix('{') {
        loop {
            inner = expand(before, inner, found).trim_start();
            match inner.strip_prefix(',') {
                Some(next) => inner = next,
                None => return inner.strip_prefix('}').unwrap_or(inner),
            }
        }
    }
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
    let (word, behind) = rest.split_at(end);
    let path = if before.is_empty() { word.to_owned() } else { format!("{before}::{word}") };
    match behind.strip_prefix("::") {
        Some(deeper) => expand(&path, deeper, found),
        None => {
            if !word.is_empty() {
                found.push(path.trim_end_matches("::self").to_owned());
            }
            behind
                .strip_prefix(" as ")
                .map_or(behind, |named| named.trim_start_matches(|letter: char| letter.is_alphanumeric()))
        }
    }
}

/// Which files each file imports.
fn imports(sources: &Sources) -> BTreeMap<String, BTreeSet<String>> {
    let file_of = |path: &str| {
        let mut path = path;
        while !sources.contains_key(path) {
            path = path.rsplit_once("::")?.0;
        }
        Some(path.to_owned())
    };
    let of = |(module, text): (&String, &String)| {
        let files = paths(&code(text)).iter().filter_map(|path| file_of(path)).filter(|file| file != module).collect();
        (module.clone(), files)
    };
    sources.iter().map(of).collect()
}

/// Imports from a lower layer of a higher one.
fn upwards(imports: &BTreeMap<String, BTreeSet<String>>, layers: &[String]) -> Vec<String> {
    let layer = |module: &str| layers.iter().position(|layer| module.split("::").next() == Some(layer));
    let all = imports.iter().flat_map(|(from, files)| files.iter().map(move |to| (from, to)));
    all.filter(|(from, to)| layer(from).is_none() || layer(from) < layer(to))
        .map(|(from, to)| format!("{from} -> {to}"))
        .collect()
}

/// A circle of imports; empty if there is none.
fn circle(imports: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    fn visit<'a>(
        module: &'a str,
        imports: &'a BTreeMap<String, BTreeSet<String>>,
        path: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<String>> {
        if let Some(at) = path.iter().position(|&on| on == module) {
            return Some(path[at..].iter().map(ToString::to_string).collect());
        }
        if done.contains(module) {
            return None;
        }
        path.push(module);
        for next in imports.get(module).into_iter().flatten() {
            if let Some(found) = visit(next, imports, path, done) {
                return Some(found);
            }
        }
        path.pop();
        done.insert(module);
        None
    }
    let mut done = BTreeSet::new();
    imports.keys().find_map(|module| visit(module, imports, &mut Vec::new(), &mut done)).unwrap_or_default()
}

#[test]
fn imports_run_downwards() {
    let (sources, layers) = (sources(), layers());
    let folders: BTreeSet<_> = sources.keys().filter_map(|module| module.split("::").next()).collect();
    assert_eq!(layers.iter().map(String::as_str).collect::<BTreeSet<_>>(), folders, "src/lib.rs lists other layers");
    let imports = imports(&sources);
    assert_eq!(upwards(&imports, &layers), Vec::<String>::new());
    assert_eq!(circle(&imports), Vec::<String>::new());
    // The arrows were found at all.
    assert!(imports.values().map(BTreeSet::len).sum::<usize>() > 300);
}

#[test]
fn a_planted_arrow_is_found() {
    let (mut sources, layers) = (sources(), layers());
    let error = sources.get_mut("error").expect("there");
    *error = format!("use crate::{{cancel, engine::{{self, source::Source}}}};\n{error}");
    let found = imports(&sources);
    assert_eq!(upwards(&found, &layers), ["error -> engine", "error -> engine::source"]);
    assert!(circle(&found).contains(&"error".to_owned()));
    // Within a layer, only a circle is wrong.
    let mut sources = self::sources();
    let block = sources.get_mut("shape::finish").expect("there");
    *block = format!("fn f() {{ crate::shape::block::Block::f() }}\n{block}");
    let found = imports(&sources);
    assert_eq!(upwards(&found, &layers), Vec::<String>::new());
    assert!(circle(&found).contains(&"shape::block".to_owned()));
}

#[test]
fn unsafe_code_is_in_one_room() {
    for (module, text) in sources() {
        let is_allowed = module.starts_with("engine::llama");
        let lines = code(&text);
        let mut words = lines.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        assert!(is_allowed || !words.any(|word| word == "unsafe"), "{module}");
        assert!(is_allowed || !lines.contains("llama_cpp_"), "{module}");
    }
}

/// Uses of the process environment outside of its one file.
fn environment_readers(sources: &Sources) -> Vec<String> {
    let reads = |text: &str| {
        let lines = code(text);
        // Constants of the platform, and macros of the compiler, are no environment.
        let lines = lines.replace("env::consts", "").replace("env!(", "");
        lines.contains("std::env") || lines.contains("env::")
    };
    let others = sources.iter().filter(|(module, text)| *module != "environment" && reads(text));
    others.map(|(module, _)| module.clone()).collect()
}

#[test]
fn the_environment_has_one_reader() {
    let mut sources = sources();
    assert_eq!(environment_readers(&sources), Vec::<String>::new());
    let planted = sources.get_mut("kv").expect("there");
    *planted = format!("fn f() -> bool {{ std::env::var(\"X\").is_ok() }}\n{planted}");
    assert_eq!(environment_readers(&sources), ["kv"]);
}
