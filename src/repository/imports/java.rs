//! Java, Kotlin and Scala: `import a.b.C`, `import static a.b.C.d`, `import a.b.*`.
//!
//! The source root is the file's directory without the directories of its own package, then `src/main/java`,
//! `src/main/kotlin`, `src` and the top of the tree. Trailing parts are dropped until a file is found, so nested classes
//! and static members lead to their class.

use crate::repository::tree::{MAX_IMPORTS, Tree, is_word, of_directory, parent, under, with_end};

const ENDS: &[&str] = &[".java", ".kt", ".scala"];

pub fn files(text: &str, path: &str, tree: &dyn Tree) -> Vec<String> {
    let statements = text.lines().map(|line| line.trim().trim_end_matches(';').trim_end());
    let mut roots: Vec<String> = Vec::new();
    let mut found = Vec::new();
    let mut imports = 0;
    for statement in statements {
        if let Some(package) = statement.strip_prefix("package ") {
            let package = package.trim().replace('.', "/");
            let root = parent(path).strip_suffix(&package).filter(|root| root.is_empty() || root.ends_with('/'));
            if let Some(root) = root.filter(|_| !package.is_empty()).map(|root| root.trim_end_matches('/')) {
                // Tests import the code they test.
                roots = vec![root.to_owned(), root.replace("src/test/", "src/main/")];
            }
        } else if let Some(import) = statement.strip_prefix("import ") {
            imports += 1;
            if imports > MAX_IMPORTS {
                break;
            }
            let import = import.trim().strip_prefix("static ").unwrap_or(import.trim()).trim();
            let import = import.split(" as ").next().unwrap_or_default();
            let fallbacks = ["src/main/java", "src/main/kotlin", "src", ""];
            let bases = roots.iter().map(String::as_str).chain(fallbacks);
            let files = bases.map(|root| resolve(import, root, tree)).find(|files| !files.is_empty());
            found.extend(files.unwrap_or_default());
        }
    }
    found
}

fn resolve(import: &str, root: &str, tree: &dyn Tree) -> Vec<String> {
    let (import, is_wild) = match import.strip_suffix(".*").or_else(|| import.strip_suffix("._")) {
        Some(package) => (package, true),
        None => (import, false),
    };
    let parts: Vec<&str> = import.split('.').take(32).collect();
    if !parts.iter().all(|part| is_word(part)) {
        return Vec::new();
    }
    for length in (1..=parts.len()).rev() {
        if let Some(file) = with_end(tree, &under(root, &parts[..length].join("/")), ENDS) {
            return vec![file];
        }
    }
    let directory = under(root, &parts.join("/"));
    if is_wild && tree.is_dir(&directory) {
        return of_directory(tree, &directory, |name| ENDS.iter().any(|end| name.ends_with(end)));
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use crate::repository::tree::tests::Fake;
    use crate::text::language::Language;

    #[test]
    fn table() {
        let tree = Fake::of(&[
            "m/src/main/java/org/x/A.java",
            "m/src/main/java/org/x/y/B.java",
            "m/src/main/java/org/x/y/C.kt",
            "m/src/test/java/org/x/H.java",
            "src/org/z/D.java",
        ]);
        let main = "m/src/main/java/org/x/Main.java";
        for (path, text, expected) in [
            (main, "package org.x;\nimport org.x.A;\n", &["m/src/main/java/org/x/A.java"][..]),
            (main, "package org.x;\nimport static org.x.A.member;", &["m/src/main/java/org/x/A.java"]),
            (
                main,
                "package org.x;\nimport org.x.y.*;",
                &["m/src/main/java/org/x/y/B.java", "m/src/main/java/org/x/y/C.kt"],
            ),
            (main, "package org.x\nimport org.x.y.C as D", &["m/src/main/java/org/x/y/C.kt"]),
            (main, "package org.x;\nimport java.util.List;\nimport org.x.*.y;\nimport ../x;", &[]),
            ("m/src/test/java/org/x/T.java", "package org.x;\nimport org.x.A;", &["m/src/main/java/org/x/A.java"]),
            ("m/src/test/java/org/x/T.java", "package org.x;\nimport org.x.H;", &["m/src/test/java/org/x/H.java"]),
            ("T.java", "import org.z.D;", &["src/org/z/D.java"]),
        ] {
            assert_eq!(crate::repository::imports::of(Language::Java, text, path, &tree), expected, "{path}: {text}");
        }
    }
}
