//! Code blocks and headings of Markdown, by CommonMark's rules: of a whole text, and line by line as it comes.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::text::language;

/// The content of a code block between fences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeBlock {
    /// The language that the opening fence names, in lower case; may be empty.
    pub language: String,
    /// The lines between the fences, without the indentation of a list and the marks of a quotation.
    pub code: String,
    /// Whether it ends: with a closing fence, or with the list or quotation that it is in.
    pub closed: bool,
}

impl CodeBlock {
    /// Whether it is in the language with this name, however the fence writes it.
    #[must_use]
    pub fn is_in(&self, language: &str) -> bool {
        language::canonical(&self.language) == language::canonical(language)
    }
}

/// The code blocks of `text`, in their order.
#[must_use]
pub fn code_blocks(text: &str) -> Vec<CodeBlock> {
    let text = ended(text);
    let found = scan(&text).into_iter().filter_map(|block| match block.kind {
        Kind::Fenced { info, code } => Some(CodeBlock {
            language: language_of(&info),
            code,
            closed: is_closed(&block.range, &text) || !text[block.range.end..].trim().is_empty(),
        }),
        _ => None,
    });
    found.collect()
}

/// The word for the language behind a fence: `py`, `{.python}`, `rust,ignore`, `language-js`, `src/main.rs`.
fn language_of(info: &str) -> String {
    let word =
        info.split(|letter: char| letter.is_whitespace() || ",;:{}=".contains(letter)).find(|word| !word.is_empty());
    let word = word.unwrap_or_default().trim_start_matches('.').to_lowercase();
    let word = word.strip_prefix("language-").or(word.strip_prefix("lang-")).unwrap_or(&word);
    word.rsplit('/').next().unwrap_or(word).to_owned()
}

/// The parser tells a block that ends from one that does not only if the last line ends.
fn ended(text: &str) -> Cow<'_, str> {
    if text.ends_with('\n') { text.into() } else { format!("{text}\n").into() }
}

/// A part of a text.
struct Block {
    kind: Kind,
    /// Where it is, from its first mark on.
    range: Range<usize>,
    /// Whether it is in no list or quotation.
    is_outer: bool,
}

enum Kind {
    Fenced { info: String, code: String },
    Heading,
    Paragraph,
}

/// The parts of `text`, whose last line ends.
fn scan(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut depth = 0usize;
    let mut is_open = false;
    for (event, range) in Parser::new_ext(&without_tabs(text), Options::empty()).into_offset_iter() {
        let kind = match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                is_open = true;
                Kind::Fenced { info: info.into_string(), code: String::new() }
            }
            Event::Start(Tag::Heading { .. }) => Kind::Heading,
            Event::Start(Tag::Paragraph) => Kind::Paragraph,
            Event::Start(Tag::BlockQuote(_) | Tag::Item) => {
                depth += 1;
                continue;
            }
            Event::End(TagEnd::BlockQuote(_) | TagEnd::Item) => {
                depth = depth.saturating_sub(1);
                continue;
            }
            Event::End(TagEnd::CodeBlock) => {
                is_open = false;
                continue;
            }
            Event::Text(piece) if is_open => {
                if let Some(Block { kind: Kind::Fenced { code, .. }, .. }) = blocks.last_mut() {
                    // The parser leaves out the first byte of "\r\n".
                    if piece.starts_with('\n') && text[..range.start].ends_with('\r') {
                        code.push('\r');
                    }
                    // Where nothing is left out, a tab is a tab.
                    *code += if piece.len() == range.len() { &text[range] } else { &piece };
                }
                continue;
            }
            _ => continue,
        };
        blocks.push(Block { kind, range, is_outer: depth == 0 });
    }
    blocks
}

/// The text with blanks for tabs behind fences, where the parser does not take tabs.
fn without_tabs(text: &str) -> Cow<'_, str> {
    let is_odd = |line: &str| {
        let bare = line.trim_end();
        line[bare.len()..].contains('\t') && (bare.ends_with("```") || bare.ends_with("~~~"))
    };
    if !text.lines().any(is_odd) {
        return text.into();
    }
    let lines = text.split_inclusive('\n').map(|line| match line.trim_end() {
        bare if is_odd(line) => format!("{bare}{}", line[bare.len()..].replace('\t', " ")),
        _ => line.to_owned(),
    });
    lines.collect::<String>().into()
}

/// Whether a block has a closing fence: its line end is not part of the block.
fn is_closed(range: &Range<usize>, text: &str) -> bool {
    !text[range.clone()].ends_with('\n')
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// Text.
    Plain,
    /// A heading after `#`.
    Heading,
    /// The fence that begins or ends a code block.
    Fence,
    /// A line between fences.
    Code,
}

/// A fence outside of lists and quotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fence {
    character: char,
    length: usize,
}

impl Fence {
    /// The fence at the beginning of `text`.
    fn opening(text: &str) -> Option<Fence> {
        let character = text.chars().next()?;
        Some(Fence { character, length: text.len() - text.trim_start_matches(character).len() })
    }

    fn is_closed_by(self, line: &str) -> bool {
        let bare = line.trim_start_matches(' ');
        let behind = bare.trim_start_matches(self.character);
        line.len() - bare.len() <= 3
            && bare.len() - behind.len() >= self.length
            && behind.chars().all(|character| matches!(character, ' ' | '\t' | '\r'))
    }
}

/// Tells what the lines of a text are as they come. The text is parsed again with each line, from the last place on at which
/// nothing is open; a code block outside of lists and quotations is such a place.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// The lines since that place.
    text: String,
    /// The fence that is open there.
    open: Option<Fence>,
}

impl Outline {
    /// What the next line is, if it ends here.
    #[must_use]
    pub fn kind(&self, line: &str) -> LineKind {
        match self.open {
            Some(fence) if fence.is_closed_by(line) => LineKind::Fence,
            Some(_) => LineKind::Code,
            None => {
                let text = format!("{}{line}\n", self.text);
                kind_at(self.text.len(), &text, &scan(&text))
            }
        }
    }

    /// Takes the next line, without its end.
    pub fn push(&mut self, line: &str) {
        if let Some(fence) = self.open {
            self.open = Some(fence).filter(|fence| !fence.is_closed_by(line));
            return;
        }
        let start = self.text.len();
        self.text += line;
        self.text.push('\n');
        let blocks = scan(&self.text);
        let Some(last) = blocks.last().filter(|last| last.is_outer) else { return };
        let is_blank = line.trim().is_empty();
        match last.kind {
            Kind::Fenced { .. } if last.range.start >= start => {
                self.open = Fence::opening(&self.text[last.range.start..])
            }
            Kind::Heading if last.range.start >= start => {}
            // A blank line ends a paragraph.
            Kind::Paragraph if is_blank && self.text[last.range.end..].trim().is_empty() => {}
            _ => return,
        }
        self.text.clear();
    }
}

/// What the line at `start` is, the last one of `text`.
fn kind_at(start: usize, text: &str, blocks: &[Block]) -> LineKind {
    let Some(block) = blocks.iter().rfind(|block| block.range.end > start) else { return LineKind::Plain };
    match block.kind {
        Kind::Fenced { .. } if block.range.start >= start || is_closed(&block.range, text) => LineKind::Fence,
        Kind::Fenced { .. } => LineKind::Code,
        // Others are headings by the line below them.
        Kind::Heading if block.range.start >= start => LineKind::Heading,
        _ => LineKind::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_blocks_are_found() {
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str, bool)]);
        let cases: &[Case<'_>] = &[
            ("", &[]),
            ("no `code` ```here```\n", &[]),
            ("a\n```python\nx = 1\n```\nb\n```\ny\n```", &[("python", "x = 1\n", true), ("", "y\n", true)]),
            ("```Rust ignore\nx\n\n", &[("rust", "x\n\n", false)]),
            ("```\n```", &[("", "", true)]),
            ("```", &[("", "", false)]),
            ("```\r\nx\r\n\r\ny\r\n```\r\n", &[("", "x\r\n\r\ny\r\n", true)]),
            // A closing fence has the same character, is as long, is indented by three blanks at most, and has nothing
            // behind it.
            ("````md\n```\nx\n```\n````\n", &[("md", "```\nx\n```\n", true)]),
            ("~~~\n```\n~~~\n", &[("", "```\n", true)]),
            ("```\n~~~\n````\t \n", &[("", "~~~\n", true)]),
            ("```py\n    ```\n``` x\n\t```\n   ```\n", &[("py", "    ```\n``` x\n\t```\n", true)]),
            // So does an opening one; only behind tildes may be a backtick.
            ("    ```\n    x\n", &[]),
            ("   ```c\n   x\n     y\n z\n   ```\n", &[("c", "x\n  y\nz\n", true)]),
            ("~~~ a`b\nx\n~~~\n", &[("a`b", "x\n", true)]),
            ("``` a`b\nx\n", &[]),
            // In lists and quotations, which end their blocks.
            ("1. a\n   ```c\n   int x;\n\n     y;\n   ```\n", &[("c", "int x;\n\n  y;\n", true)]),
            ("- a\n\n    ```c\n    x\n    ```\n- ~~~\n  y\n  ~~~\n", &[("c", "x\n", true), ("", "y\n", true)]),
            ("> ```c\n> x\n>\n>  y\n> ```\n", &[("c", "x\n\n y\n", true)]),
            ("> - ```c\n>   x\n>   ```\n", &[("c", "x\n", true)]),
            ("- ```c\n  x\ny\n", &[("c", "x\n", true)]),
            ("> ```c\n> x\n", &[("c", "x\n", false)]),
            ("- ```c\n  x\n\n", &[("c", "x\n\n", false)]),
        ];
        for (text, expected) in cases {
            let found: Vec<_> = code_blocks(text);
            let found: Vec<_> =
                found.iter().map(|block| (block.language.as_str(), block.code.as_str(), block.closed)).collect();
            assert_eq!(&found, expected, "{text:?}");
        }
    }

    #[test]
    fn fences_name_languages_in_many_ways() {
        for (info, expected) in [
            ("python", "python"),
            (" Python title=\"a\"", "python"),
            ("rust,ignore", "rust"),
            ("python:src/main.py", "python"),
            ("{.python .numberLines}", "python"),
            ("{python}", "python"),
            ("language-js", "js"),
            ("src/main.rs", "main.rs"),
            ("c++", "c++"),
            ("", ""),
        ] {
            assert_eq!(language_of(info), expected, "{info}");
        }
        let block = |language: &str| CodeBlock { language: language.into(), code: String::new(), closed: true };
        assert!(block("py").is_in("Python") && block("main.rs").is_in("rust") && block("").is_in(""));
        assert!(!block("html").is_in("xml") && !block("").is_in("python"));
    }
}
