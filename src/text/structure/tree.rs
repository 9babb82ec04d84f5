//! Tokens by tree-sitter's grammars.
//!
//! A text that breaks off has no tree without errors, but everything before its end is read by the grammar's own rules:
//! the leaves are right, and they are all that is used. The one exception is a string or comment that is still open, which
//! a grammar gives up at the end of the text and reads as code. Such a beginning is found by closing it: where the text
//! with the closing mark behind it has a string up to there, the text ends within one.

use std::ops::{ControlFlow, Range};
use std::time::{Duration, Instant};

use tree_sitter::{InputEdit, Language, Node, ParseOptions, ParseState, Parser, Point, Tree, TreeCursor};

use crate::text::dialect::{Dialect, Grammar, Quote, named};
use crate::text::lines::line_start;
use crate::text::structure::{Found, Kind, Pair, Token, name_number, scan};

/// A text is parsed in milliseconds; one that takes this long is not a program in this language.
const LIMIT: Duration = Duration::from_millis(250);
/// Beginnings of strings that are tried, at the head and at the tail of a text.
const TRIES: usize = 3;
/// Elements of HTML that have no end.
const VOID: [&[u8]; 14] = [
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source",
    b"track", b"wbr",
];

/// The language that tree-sitter reads with a grammar.
#[must_use]
pub fn language(grammar: Grammar) -> Language {
    match grammar {
        Grammar::Bash => tree_sitter_bash::LANGUAGE.into(),
        Grammar::C => tree_sitter_c::LANGUAGE.into(),
        Grammar::CMake => tree_sitter_cmake::LANGUAGE.into(),
        Grammar::CSharp => tree_sitter_c_sharp::LANGUAGE.into(),
        Grammar::Cpp => tree_sitter_cpp::LANGUAGE.into(),
        Grammar::Css => tree_sitter_css::LANGUAGE.into(),
        Grammar::Go => tree_sitter_go::LANGUAGE.into(),
        Grammar::Html => tree_sitter_html::LANGUAGE.into(),
        Grammar::Java => tree_sitter_java::LANGUAGE.into(),
        Grammar::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
        Grammar::Json => tree_sitter_json::LANGUAGE.into(),
        Grammar::Kotlin => tree_sitter_kotlin_ng::LANGUAGE.into(),
        Grammar::Lua => tree_sitter_lua::LANGUAGE.into(),
        Grammar::Make => tree_sitter_make::LANGUAGE.into(),
        Grammar::Markdown => tree_sitter_md::LANGUAGE.into(),
        Grammar::Php => tree_sitter_php::LANGUAGE_PHP.into(),
        Grammar::Python => tree_sitter_python::LANGUAGE.into(),
        Grammar::R => tree_sitter_r::LANGUAGE.into(),
        Grammar::Ruby => tree_sitter_ruby::LANGUAGE.into(),
        Grammar::Rust => tree_sitter_rust::LANGUAGE.into(),
        Grammar::Swift => tree_sitter_swift::LANGUAGE.into(),
        Grammar::Toml => tree_sitter_toml_ng::LANGUAGE.into(),
        Grammar::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        Grammar::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Grammar::Yaml => tree_sitter_yaml::LANGUAGE.into(),
    }
}

/// A text that was read.
#[derive(Debug, Clone)]
pub struct Parsed {
    grammar: Grammar,
    /// The tree of the text, as far as it was there.
    tree: Option<(Tree, usize)>,
}

impl Parsed {
    /// Nothing read yet.
    #[must_use]
    pub fn new(grammar: Grammar) -> Parsed {
        Parsed { grammar, tree: None }
    }

    /// What is in `text`, which has only grown since the last time, from byte `from` on; `None` if reading it takes too
    /// long.
    pub fn find(&mut self, dialect: &'static Dialect, text: &[u8], from: usize) -> Option<Found> {
        let tree = self.parse(text)?;
        let mut found = Found::default();
        collect(dialect, self.grammar, &tree, text, from, &mut found);
        self.tree = Some((tree, text.len()));
        found.open = self.open(dialect, text, from, &found.literals)?;
        if let Some(open) = found.open {
            found.tokens.retain(|token| token.at < open);
        }
        Some(found)
    }

    /// The tree of `text`, made of the one before; `None` if that takes too long.
    #[must_use]
    pub fn parse(&self, text: &[u8]) -> Option<Tree> {
        let mut parser = Parser::new();
        parser.set_language(&language(self.grammar)).ok()?;
        let old = self.tree.as_ref().map(|(tree, length)| {
            let mut tree = tree.clone();
            tree.edit(&InputEdit {
                start_byte: *length,
                old_end_byte: *length,
                new_end_byte: text.len(),
                start_position: point(text, *length),
                old_end_position: point(text, *length),
                new_end_position: point(text, text.len()),
            });
            tree
        });
        let start = Instant::now();
        let mut progress = |_: &ParseState| {
            if start.elapsed() > LIMIT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut progress);
        parser.parse_with_options(&mut |at, _| text.get(at..).unwrap_or_default(), old.as_ref(), Some(options))
    }

    /// Where a string or comment begins that the end of `text` is in; `None` if finding out takes too long. Those of
    /// `literals` are closed.
    fn open(
        &self,
        dialect: &'static Dialect,
        text: &[u8],
        from: usize,
        literals: &[Range<usize>],
    ) -> Option<Option<usize>> {
        // A grammar may take the first of two quotes within a verbatim string for its end.
        let verbatim = literals.iter().find(|literal| {
            let doubles = |quote: &&Quote| quote.long && !quote.escapes && quote.close == "\"";
            let begins = |quote: &Quote| text[literal.start..literal.end].starts_with(quote.open.as_bytes());
            text.get(literal.end) == Some(&b'"') && dialect.quotes.iter().filter(doubles).any(begins)
        });
        if let Some(literal) = verbatim {
            return Some(Some(literal.start));
        }
        let mut candidates = Vec::new();
        let mut at = from;
        for literal in literals {
            if at < literal.start {
                beginnings(dialect, text, at..literal.start, &mut candidates);
            }
            at = at.max(literal.end);
        }
        if at < text.len() {
            beginnings(dialect, text, at..text.len(), &mut candidates);
        }
        // The first that is one is it. Where the text is not of this language, there may be very many.
        let count = candidates.len();
        let tried = candidates.into_iter().enumerate();
        let mut tried = tried.filter(|(index, _)| *index < TRIES || index + TRIES >= count).map(|(_, one)| one);
        let start = Instant::now();
        let found = tried.find_map(|(at, close)| match self.is_closed_by(text, at, &close) {
            Some(false) if start.elapsed() < LIMIT => None,
            Some(is_closed) => Some(is_closed.then_some(at)),
            None => Some(None),
        });
        // Where it takes too long, nothing is known.
        if start.elapsed() < LIMIT { Some(found.flatten()) } else { None }
    }

    /// Whether a string or comment that begins at `at` ends with `close` behind the text, and not before.
    fn is_closed_by(&self, text: &[u8], at: usize, close: &[u8]) -> Option<bool> {
        let mut longer = text.to_vec();
        longer.extend(close);
        let tree = self.parse(&longer)?;
        let mut node = tree.root_node().descendant_for_byte_range(at, at + 1);
        while let Some(one) = node {
            let is_string = is_literal(self.grammar, one.kind()) || one.kind() == "heredoc_body";
            if is_string && !one.has_error() && one.start_byte() <= at && one.end_byte() >= text.len().max(at + 2) {
                return Some(true);
            }
            node = one.parent();
        }
        // The body of a here-document is not below its beginning.
        let is_heredoc = heredoc_word(text.get(at..).unwrap_or_default()).is_some();
        Some(is_heredoc && has_heredoc_at_end(&tree, text.len()))
    }
}

fn has_heredoc_at_end(tree: &Tree, end: usize) -> bool {
    let mut node = tree.root_node().descendant_for_byte_range(end.saturating_sub(1), end);
    while let Some(one) = node {
        if one.kind().contains("heredoc") && !one.is_error() {
            return true;
        }
        node = one.parent();
    }
    false
}

/// Row and column of a byte.
fn point(text: &[u8], at: usize) -> Point {
    let before = &text[..at.min(text.len())];
    let row = memchr::memchr_iter(b'\n', before).count();
    let column = before.len() - line_start(before, before.len());
    Point { row, column }
}

/// Where strings and comments over lines may begin in `range`, and what would close each.
fn beginnings(dialect: &'static Dialect, text: &[u8], range: Range<usize>, found: &mut Vec<(usize, Vec<u8>)>) {
    let mut at = range.start;
    while at < range.end {
        let rest = &text[at..range.end];
        let quote = dialect.quotes.iter().find(|quote| quote.long && rest.starts_with(quote.open.as_bytes()));
        let comment = dialect.block_comments.iter().find(|(open, _)| rest.starts_with(open.as_bytes()));
        if let Some(quote) = quote {
            found.push((at, quote.close.as_bytes().to_vec()));
            at += quote.open.len();
        } else if let Some((open, close)) = comment {
            found.push((at + usize::from(open.starts_with('\n')), [close.as_bytes(), b"\n"].concat()));
            at += open.len();
        } else if dialect.has_heredocs
            && let Some(word) = heredoc_word(rest)
        {
            found.push((at, [b"\n", word, b"\n"].concat()));
            at += 2;
        } else {
            at += 1;
        }
    }
}

/// The word that ends the here-document that `text` begins.
fn heredoc_word(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"<<")?;
    let rest = rest.strip_prefix(b"<").unwrap_or(rest);
    let rest = rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b"~")).unwrap_or(rest);
    let rest = rest.trim_ascii_start();
    let rest = rest.strip_prefix(b"'").or_else(|| rest.strip_prefix(b"\"")).unwrap_or(rest);
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let word = &rest[..length];
    word.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_').then_some(word)
}

/// Whether nodes of this kind hold text in which brackets and words mean nothing.
fn is_literal(grammar: Grammar, kind: &str) -> bool {
    match kind {
        "regex" | "template_string" | "heredoc" | "nowdoc" | "text" | "jsx_text" | "html_character_reference" => true,
        "quoted_attribute_value" | "single_quote_scalar" | "double_quote_scalar" | "block_scalar" => true,
        "symbol_array" | "delimited_symbol" | "doctype" | "preproc_arg" | "bracket_argument" | "quoted_argument" => {
            true
        }
        "subshell" => grammar == Grammar::Ruby,
        "command_substitution" => false,
        _ => {
            kind.ends_with("comment")
                || kind.contains("string") && !kind.contains("interpolation") && kind != "string_start"
                || kind.starts_with("heredoc_body")
                || kind.ends_with("char_literal")
                || kind.ends_with("character_literal")
                || kind.ends_with("rune_literal")
                || kind.ends_with("regex_literal")
                || kind.ends_with("shell_text")
        }
    }
}

/// Adds what is below `tree` from byte `from` on.
fn collect(dialect: &'static Dialect, grammar: Grammar, tree: &Tree, text: &[u8], from: usize, found: &mut Found) {
    let mut cursor = tree.walk();
    let mut loop_line = None;
    loop {
        let node = cursor.node();
        let is_wanted = node.end_byte() > from && node.end_byte() > node.start_byte();
        let goes_in = is_wanted && visit(dialect, grammar, node, text, &mut loop_line, found);
        if goes_in && descend(&mut cursor, from) {
            continue;
        }
        loop {
            if cursor.goto_next_sibling() {
                break;
            }
            if !cursor.goto_parent() {
                found.tokens.retain(|token| token.at >= from);
                return;
            }
        }
    }
}

/// Goes to the first child that ends behind `from`.
fn descend(cursor: &mut TreeCursor<'_>, from: usize) -> bool {
    if from > cursor.node().start_byte() {
        return cursor.goto_first_child_for_byte(from).is_some();
    }
    cursor.goto_first_child()
}

/// Visits a node; returns whether to visit its children.
fn visit(
    dialect: &'static Dialect,
    grammar: Grammar,
    node: Node<'_>,
    text: &[u8],
    loop_line: &mut Option<usize>,
    found: &mut Found,
) -> bool {
    let kind = node.kind();
    let at = node.start_byte();
    let mut add = |kind: Kind| found.tokens.push(Token { at, kind });
    if !node.is_error() && is_literal(grammar, kind) && node.is_named() {
        found.literals.push(node.byte_range());
        return false;
    }
    match kind {
        "raw_text" => {
            found.literals.push(node.byte_range());
            // The script or style of a page.
            if let Some(inner) = named("javascript") {
                let inner = scan::scan(inner, &text[..node.end_byte()], at);
                found.tokens.extend(inner.tokens);
            }
            return false;
        }
        "start_tag" | "jsx_opening_element" => {
            let name = tag_name(node, text);
            if grammar != Grammar::Html || !VOID.contains(&&name.to_ascii_lowercase()[..]) {
                add(Kind::Open(Pair::Tag(name_number(name))));
            }
            return true;
        }
        "end_tag" | "erroneous_end_tag" | "jsx_closing_element" => {
            add(Kind::Close(Pair::Tag(name_number(tag_name(node, text)))));
            return false;
        }
        "fenced_code_block_delimiter" => {
            add(Kind::Open(Pair::Fence));
            return false;
        }
        // A condition that the grammar cannot place.
        "preproc_directive" => {
            if let Some(kind) = condition(&text[node.byte_range()]) {
                add(kind);
            }
            return false;
        }
        _ => {}
    }
    if node.child_count() > 0 {
        return true;
    }
    let words = dialect.words;
    let is_word = |words: &[&str]| {
        words.iter().any(|word| if dialect.any_case { word.eq_ignore_ascii_case(kind) } else { *word == kind })
    };
    if !words.0.is_empty() && kind.as_bytes()[0].is_ascii_alphabetic() {
        if is_word(words.1) {
            add(Kind::Close(Pair::Word));
        } else if is_word(words.0) && opens(grammar, node, text, loop_line) {
            add(Kind::Open(Pair::Word));
        }
        return false;
    }
    if node.is_named() {
        return false;
    }
    if let Some(kind) = condition(kind.as_bytes()) {
        add(kind);
        return false;
    }
    match kind {
        // The text of a document.
        _ if grammar == Grammar::Markdown => {}
        // Round brackets mean nothing in YAML.
        "(" | ")" if grammar == Grammar::Yaml => {}
        // The pattern of a case in a shell.
        ")" if node.parent().is_some_and(|parent| parent.kind() == "case_item") => {}
        _ => {
            for byte in kind.bytes() {
                if let Some(kind) = scan::bracket(byte) {
                    add(kind);
                }
            }
        }
    }
    false
}

/// What a directive of the preprocessor does, if it is a condition.
fn condition(directive: &[u8]) -> Option<Kind> {
    match directive.strip_prefix(b"#")?.trim_ascii_start() {
        b"if" | b"ifdef" | b"ifndef" => Some(Kind::If),
        b"else" | b"elif" | b"elifdef" | b"elifndef" => Some(Kind::Else),
        b"endif" => Some(Kind::EndIf),
        _ => None,
    }
}

/// The name of a tag; empty for a fragment.
fn tag_name<'a>(node: Node<'_>, text: &'a [u8]) -> &'a [u8] {
    let mut cursor = node.walk();
    let name = node.named_children(&mut cursor).find(|child| {
        matches!(
            child.kind(),
            "tag_name"
                | "erroneous_end_tag_name"
                | "identifier"
                | "member_expression"
                | "jsx_namespace_name"
                | "nested_identifier"
        )
    });
    name.map_or(&[], |name| &text[name.byte_range()])
}

/// Whether a word opens a block here: not behind a statement that it modifies, and not twice for a loop with a `do`.
fn opens(grammar: Grammar, node: Node<'_>, text: &[u8], loop_line: &mut Option<usize>) -> bool {
    let kind = node.kind();
    let line = node.start_position().row;
    let parent = node.parent();
    let parent_kind = parent.map_or("", |parent| parent.kind());
    match (grammar, kind) {
        (Grammar::Ruby | Grammar::Lua, "while" | "until" | "for") => {
            let is_modifier =
                parent_kind.ends_with("_modifier") || (parent_kind == "ERROR" && is_behind_code(node, text));
            if !is_modifier {
                *loop_line = Some(line);
            }
            !is_modifier
        }
        (Grammar::Ruby | Grammar::Lua, "do") => loop_line.take_if(|begun| *begun == line).is_none(),
        (Grammar::Ruby, "if" | "unless") => {
            let is_guard = parent_kind.ends_with("_modifier") || parent_kind.ends_with("guard");
            !(is_guard || parent_kind == "ERROR" && is_behind_code(node, text))
        }
        // `def f = 1` has no end.
        (Grammar::Ruby, "def") => {
            parent_kind == "ERROR"
                || parent.is_none_or(|parent| {
                    let last = parent.child(parent.child_count().saturating_sub(1));
                    last.is_none_or(|last| last.kind() == "end")
                })
        }
        (Grammar::Ruby, "class") => parent_kind == "ERROR" || parent_kind.ends_with("class"),
        _ => true,
    }
}

/// Whether the line has something before a word that the word could modify.
fn is_behind_code(node: Node<'_>, text: &[u8]) -> bool {
    let start = line_start(text, node.start_byte());
    let before = text[start..node.start_byte()].trim_ascii();
    before.last().is_some_and(|last| !b"=(,;|&{[!".contains(last))
        && !before.ends_with(b"else")
        && !before.ends_with(b"then")
}
