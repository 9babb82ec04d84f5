//! As much of Markdown as answers need: the code blocks in a text, and a light rendering for terminals.

/// The content of a code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeBlock {
    /// The first word behind the opening fence, in small letters; may be empty.
    pub language: String,
    /// The lines between the fences.
    pub code: String,
    /// Whether there is a closing fence.
    pub closed: bool,
}

/// A fence: its character, how many of them, and how far it is indented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fence {
    character: char,
    length: usize,
    indentation: usize,
}

impl Fence {
    /// The fence that `line` opens, and what stands behind it.
    fn opening(line: &str) -> Option<(Fence, &str)> {
        let bare = line.trim_start();
        let character = bare.chars().next().filter(|character| matches!(character, '`' | '~'))?;
        let info = bare.trim_start_matches(character);
        let fence = Fence { character, length: bare.len() - info.len(), indentation: line.len() - bare.len() };
        // Three backticks and more of them in the line are code within the line.
        (fence.length >= 3 && !(character == '`' && info.contains('`'))).then_some((fence, info.trim()))
    }

    fn is_closed_by(self, line: &str) -> bool {
        let bare = line.trim();
        bare.len() >= self.length && bare.chars().all(|character| character == self.character)
    }
}

/// The code blocks of `text`, in their order.
#[must_use]
pub fn code_blocks(text: &str) -> Vec<CodeBlock> {
    let mut blocks = Vec::new();
    let mut open: Option<(Fence, CodeBlock)> = None;
    for line in text.split_inclusive('\n') {
        match open.take() {
            None => {
                if let Some((fence, info)) = Fence::opening(line) {
                    let language = info.split_whitespace().next().unwrap_or_default().to_lowercase();
                    open = Some((fence, CodeBlock { language, code: String::new(), closed: false }));
                }
            }
            Some((fence, mut block)) => {
                if fence.is_closed_by(line) {
                    block.closed = true;
                    blocks.push(block);
                } else {
                    // A block in a list is indented as a whole.
                    let blanks = line.bytes().take(fence.indentation).take_while(|byte| matches!(byte, b' ' | b'\t'));
                    block.code += &line[blanks.count()..];
                    open = Some((fence, block));
                }
            }
        }
    }
    blocks.extend(open.map(|(_, block)| block));
    blocks
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
            ("````md\n```\nx\n```\n````\n", &[("md", "```\nx\n```\n", true)]),
            ("~~~\n```\n~~~\n", &[("", "```\n", true)]),
            ("1. a\n   ```c\n   int x;\n     y;\n z;\n   ```\n", &[("c", "int x;\n  y;\nz;\n", true)]),
            ("```\r\nx\r\n```\r\n", &[("", "x\r\n", true)]),
            ("```\n```", &[("", "", true)]),
        ];
        for (text, expected) in cases {
            let found: Vec<_> = code_blocks(text);
            let found: Vec<_> =
                found.iter().map(|block| (block.language.as_str(), block.code.as_str(), block.closed)).collect();
            assert_eq!(&found, expected, "{text:?}");
        }
    }
}
