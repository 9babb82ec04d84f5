//! Functions of a text: where one is, and where its body begins.

use std::ops::Range;

use tree_sitter::Node;

use crate::text::dialect::Dialect;
use crate::text::lines::line_start;
use crate::text::structure::tree::Parsed;

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// All of it, from the beginning of its first line; decorators and attributes are parts of it.
    pub whole: Range<usize>,
    /// Where its head begins.
    pub head: usize,
    /// Its body, with the brackets around it.
    pub body: Range<usize>,
}

/// Whether a kind of node is that of functions.
#[must_use]
pub fn is_function(kind: &str) -> bool {
    ["function", "method", "constructor"].iter().any(|word| kind.contains(word))
        && ["declaration", "definition", "item", "method"].iter().any(|word| kind.ends_with(word))
}

/// The body of a function's node.
#[must_use]
pub fn body(node: Node<'_>) -> Option<Node<'_>> {
    node.child_by_field_name("body").or_else(|| {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).find(|child| child.kind().contains("body"))
    })
}

/// The innermost function around a byte, its lines counted as a whole; `None` without a grammar.
#[must_use]
pub fn around(dialect: &'static Dialect, text: &str, at: usize) -> Option<Function> {
    let tree = Parsed::new(dialect.grammar?).parse(text.as_bytes())?;
    let bytes = text.as_bytes();
    let mut found = None;
    let mut nodes = vec![tree.root_node()];
    while let Some(node) = nodes.pop() {
        if let Some(body) = body(node).filter(|_| is_function(node.kind())) {
            let whole = with_attributes(bytes, line_start(bytes, node.start_byte()))..line_end(bytes, node.end_byte());
            if whole.contains(&at) || whole.end == at {
                // Inner ones come later.
                found = Some(Function { whole, head: node.start_byte(), body: body.byte_range() });
            }
        }
        let mut cursor = node.walk();
        let inside = |child: &Node<'_>| line_end(bytes, child.end_byte()) >= at;
        nodes.extend(node.children(&mut cursor).filter(inside));
    }
    found
}

fn line_end(text: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end)
}

/// The beginning of the attributes above a line.
fn with_attributes(text: &[u8], mut line: usize) -> usize {
    while line > 0 {
        let above = line_start(text, line - 1);
        let words = text[above..line].trim_ascii();
        if !(words.starts_with(b"@") || words.starts_with(b"#[") && words.ends_with(b"]")) {
            break;
        }
        line = above;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::dialect;

    #[test]
    fn the_function_around_a_place() {
        let python = "import a\n\n@once\ndef f(x):\n    def g():\n        return 1\n    return g\n\nx = 1\n";
        let rust = "impl A {\n    #[must_use]\n    pub fn f(&self) -> u8 {\n        1\n    }\n}\n";
        for (name, text, at, whole, body) in [
            ("python", python, "return g", Some("@once"), "def g()"),
            ("python", python, "@once", Some("@once"), "def g()"),
            ("python", python, "return 1", Some("    def g"), "return 1"),
            ("python", python, "x = 1", None, ""),
            ("rust", rust, "must_use", Some("    #[must"), "{\n        1"),
            ("rust", rust, "impl", None, ""),
            ("text", rust, "fn", None, ""),
        ] {
            let dialect = dialect::named(name).expect("a dialect");
            let found = around(dialect, text, text.find(at).expect("there"));
            let begins = found.as_ref().map(|found| text[found.whole.start..].starts_with(whole.unwrap_or_default()));
            assert_eq!(begins, whole.map(|_| true), "{at}: {found:?}");
            if let Some(found) = found {
                assert!(text[found.body].starts_with(body), "{at}");
            }
        }
    }
}
