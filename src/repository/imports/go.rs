//! Go: `import "module/package"`, alone or in parentheses.
//!
//! The module's name is in the nearest `go.mod`. A package is a directory: all its files count but the tests.

use crate::repository::tree::{MAX_IMPORTS, Tree, join, of_directory, parent, under, upwards};

pub fn files(text: &str, path: &str, tree: &dyn Tree) -> Vec<String> {
    let module = upwards(parent(path)).find_map(|directory| {
        let text = tree.small_text(&under(directory, "go.mod"))?;
        let name = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
        Some((directory, name.trim().trim_matches('"').to_owned()))
    });
    let Some((directory, module)) = module else { return Vec::new() };
    let packages = scan(text).into_iter().filter_map(|import| {
        let inner = import.strip_prefix(module.as_str())?;
        if inner.is_empty() { Some(directory.to_owned()) } else { join(directory, inner.strip_prefix('/')?) }
    });
    let is_source = |name: &str| name.ends_with(".go") && !name.ends_with("_test.go");
    packages.flat_map(|package| of_directory(tree, &package, is_source)).collect()
}

fn scan(text: &str) -> Vec<&str> {
    let mut imports = Vec::new();
    let mut in_parentheses = false;
    for line in text.lines().map(str::trim) {
        let rest = match line.strip_prefix("import").filter(|rest| rest.starts_with([' ', '\t', '(', '"'])) {
            Some(rest) => {
                in_parentheses |= rest.trim_start().starts_with('(');
                rest
            }
            None if in_parentheses => line,
            // Imports come before everything else.
            None if ["func ", "type ", "var ", "const "].iter().any(|word| line.starts_with(word)) => break,
            None => continue,
        };
        let code = rest.split("//").next().unwrap_or_default();
        imports.extend(code.split(';').filter_map(|spec| spec.split('"').nth(1)));
        in_parentheses &= !code.contains(')');
        if imports.len() >= MAX_IMPORTS {
            imports.truncate(MAX_IMPORTS);
            break;
        }
    }
    imports
}

#[cfg(test)]
mod tests {
    use crate::repository::tree::tests::Fake;
    use crate::text::language::Language;

    #[test]
    fn table() {
        let tree =
            Fake::of(&["app/top.go", "app/in/a.go", "app/in/b.go", "app/in/a_test.go", "app/in/c.txt", "app/q/q.go"])
                .with("app/go.mod", "// the module\nmodule example.org/app\n\ngo 1.22\n");
        for (text, expected) in [
            ("package main\nimport \"example.org/app/in\"\n", &["app/in/a.go", "app/in/b.go"][..]),
            ("import (\n\t\"fmt\"\n\tx \"example.org/app/q\" // why\n)\n", &["app/q/q.go"]),
            ("import . \"example.org/app\"", &["app/top.go"]),
            ("import (\n\"example.org/app/q\")\nvar s = \"example.org/app/in\"", &["app/q/q.go"]),
            ("import \"example.org/application\"\nimport \"example.org/app/../..\"", &[]),
            ("func f() {}\nimport \"example.org/app/q\"", &[]),
            ("imported \"example.org/app/q\"", &[]),
        ] {
            assert_eq!(
                crate::repository::imports::of(Language::Go, text, "app/cmd/main.go", &tree),
                expected,
                "{text}"
            );
        }
        let tree = Fake::of(&["in/a.go"]);
        assert!(crate::repository::imports::of(Language::Go, "import \"x/in\"", "main.go", &tree).is_empty());
    }
}
