//! Blocks of template languages within another text: `{% if %}` and `{% endif %}` (Jinja, Django, Liquid, Twig), `{{#each}}`
//! and `{{/each}}` (Handlebars), `{{ range }}` and `{{ end }}` (Go, Helm), `{#if}` and `{/if}` (Svelte), `<% if %>` and
//! `<% end %>` (ERB, EJS).

use crate::text::structure::{Kind, Pair, Token};

/// Tags of Jinja and its like that have an end.
const TAGS: [&str; 30] = [
    "if",
    "unless",
    "for",
    "block",
    "macro",
    "call",
    "filter",
    "with",
    "autoescape",
    "raw",
    "verbatim",
    "trans",
    "blocktrans",
    "blocktranslate",
    "comment",
    "spaceless",
    "embed",
    "apply",
    "case",
    "capture",
    "tablerow",
    "ifchanged",
    "language",
    "localize",
    "sandbox",
    "snapshot",
    "test",
    "materialization",
    "form",
    "paginate",
];
/// Actions of Go's templates that have an end.
const ACTIONS: [&str; 5] = ["if", "range", "with", "define", "block"];

/// The tokens of `text` from byte `from` on.
#[must_use]
pub fn tokens(text: &[u8], from: usize) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = from;
    while let Some(mark) = text.get(at..).and_then(|rest| memchr::memchr2(b'{', b'<', rest)) {
        at += mark;
        let rest = &text[at..];
        let kind = match rest {
            [b'{', b'%', inner @ ..] => tag(inner),
            [b'{', b'{', b'#', ..] | [b'{', b'{', b'~', b'#', ..] => Some(true),
            [b'{', b'{', b'/', ..] | [b'{', b'{', b'~', b'/', ..] => Some(false),
            [b'{', b'{', inner @ ..] => action(inner),
            [b'{', b'#', letter, ..] if letter.is_ascii_lowercase() => Some(true),
            [b'{', b'/', letter, ..] if letter.is_ascii_lowercase() => Some(false),
            [b'<', b'%', inner @ ..] => code(inner),
            _ => None,
        };
        if let Some(opens) = kind {
            let kind = if opens { Kind::Open(Pair::Template) } else { Kind::Close(Pair::Template) };
            found.push(Token { at, kind });
        }
        // Not the second brace of the same mark.
        at += if kind.is_some() || rest.starts_with(b"{{") { 2 } else { 1 };
    }
    found
}

/// The word that a mark begins with, behind the dashes that trim white space.
fn word(inner: &[u8]) -> &[u8] {
    let rest = inner.strip_prefix(b"-").or_else(|| inner.strip_prefix(b"+")).unwrap_or(inner).trim_ascii_start();
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    &rest[..length]
}

fn tag(inner: &[u8]) -> Option<bool> {
    let word = word(inner);
    if word.starts_with(b"end") {
        return Some(false);
    }
    TAGS.iter().any(|tag| tag.as_bytes() == word).then_some(true)
}

fn action(inner: &[u8]) -> Option<bool> {
    let word = word(inner);
    if word == b"end" {
        return Some(false);
    }
    // `{{ block }}` is a value.
    let behind = inner.get(inner.len().min(word.as_ptr() as usize - inner.as_ptr() as usize + word.len())..)?;
    let has_argument = behind.first() == Some(&b' ') && !behind.trim_ascii_start().starts_with(b"}");
    (has_argument && ACTIONS.iter().any(|action| action.as_bytes() == word)).then_some(true)
}

/// Code of Ruby or JavaScript: `<% if a %>`, `<% list.each do |a| %>`, `<% } %>`.
fn code(inner: &[u8]) -> Option<bool> {
    let end = memchr::memmem::find(&inner[..inner.len().min(400)], b"%>")?;
    let code = inner[..end].trim_ascii();
    let code = code.strip_suffix(b"-").unwrap_or(code).trim_ascii();
    let word = word(code);
    let is_block = code.ends_with(b" do") || code.ends_with(b"|") && memchr::memmem::find(code, b" do ").is_some();
    match word {
        b"end" => Some(false),
        b"if" | b"unless" | b"while" | b"for" | b"case" => Some(true),
        // The braces of JavaScript are balanced by the brackets.
        _ => is_block.then_some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_open_and_close() {
        for (text, expected) in [
            ("{% if a %}x{% else %}y{%- endif -%}", "+-"),
            ("{% include 'a' %}{% set b = 1 %}", ""),
            ("{{#each a}}{{this}}{{/each}}", "+-"),
            ("{{- range .A }}{{ .B }}{{ end }}", "+-"),
            ("{{ block }}{{ if }}", ""),
            ("{#if a}{:else}{/if} {# comment #}", "+-"),
            ("<% list.each do |a| %><%= a %><% end %><% if b -%><% end %>", "+-+-"),
            ("a < b && {c: {d: 1}} <p>", ""),
            ("{%", ""),
            ("<%", ""),
        ] {
            let found: String = tokens(text.as_bytes(), 0)
                .iter()
                .map(|token| if token.kind == Kind::Open(Pair::Template) { '+' } else { '-' })
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
