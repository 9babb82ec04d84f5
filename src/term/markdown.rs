//! Markdown in answers: code blocks, and a light rendering for terminals.

/// The content of a code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeBlock {
    /// The first word after the opening fence, in lower case; may be empty.
    pub language: String,
    /// The lines between the fences.
    pub code: String,
    /// Whether there is a closing fence.
    pub closed: bool,
}

/// A fence: its character, length and indentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fence {
    character: char,
    length: usize,
    indentation: usize,
}

impl Fence {
    /// The fence that `line` opens, and the text after it.
    fn opening(line: &str) -> Option<(Fence, &str)> {
        let bare = line.trim_start();
        let character = bare.chars().next().filter(|character| matches!(character, '`' | '~'))?;
        let info = bare.trim_start_matches(character);
        let fence = Fence { character, length: bare.len() - info.len(), indentation: line.len() - bare.len() };
        // A line with further backticks is inline code.
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

/// The style of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Plain,
    Heading,
    Fence,
    Code,
}

impl Look {
    fn begin(self) -> &'static str {
        match self {
            Look::Plain => "",
            Look::Heading => "\x1b[1m",
            Look::Fence => "\x1b[2m",
            Look::Code => "\x1b[36m",
        }
    }

    fn end(self) -> &'static str {
        if self == Look::Plain { "" } else { "\x1b[0m" }
    }
}

/// Highlights headings and code blocks on a terminal as the text arrives. Leaves out nothing of the text.
#[derive(Debug, Default)]
pub struct Renderer {
    /// The current line.
    line: String,
    /// The bytes of it that are written.
    written: usize,
    /// Its style, once known.
    look: Option<Look>,
    code: Option<Fence>,
}

impl Renderer {
    /// Takes a piece of text and returns what can be written.
    pub fn push(&mut self, text: &str) -> String {
        let mut out = String::new();
        for part in text.split_inclusive('\n') {
            let (part, ends) = part.strip_suffix('\n').map_or((part, false), |part| (part, true));
            self.line += part;
            if ends || !self.is_undecided() {
                self.write(&mut out);
            }
            if ends {
                self.end_line(&mut out);
                out.push('\n');
            }
        }
        out
    }

    /// The rest of the last line.
    pub fn finish(&mut self) -> String {
        let mut out = String::new();
        if !self.line.is_empty() {
            self.write(&mut out);
            self.end_line(&mut out);
        }
        self.code = None;
        out
    }

    /// Whether the line so far may become a heading or a fence.
    fn is_undecided(&self) -> bool {
        let bare = self.line.trim_start();
        self.look.is_none()
            && self.line.len() < 16
            && bare.chars().all(|character| matches!(character, '#' | '`' | '~'))
    }

    fn write(&mut self, out: &mut String) {
        let look = match self.look {
            Some(look) => look,
            None => {
                let look = self.look_of_line();
                *out += look.begin();
                *self.look.insert(look)
            }
        };
        debug_assert_eq!(self.look, Some(look));
        *out += &self.line[self.written..];
        self.written = self.line.len();
    }

    fn look_of_line(&self) -> Look {
        let bare = self.line.trim_start();
        let rest = bare.trim_start_matches('#');
        match self.code {
            Some(fence) if fence.is_closed_by(&self.line) => Look::Fence,
            Some(_) => Look::Code,
            None if Fence::opening(&self.line).is_some() => Look::Fence,
            None if (1..=6).contains(&(bare.len() - rest.len())) && rest.starts_with(' ') => Look::Heading,
            None => Look::Plain,
        }
    }

    fn end_line(&mut self, out: &mut String) {
        *out += self.look.take().map_or("", Look::end);
        self.code = match self.code {
            Some(fence) if fence.is_closed_by(&self.line) => None,
            Some(fence) => Some(fence),
            None => Fence::opening(&self.line).map(|(fence, _)| fence),
        };
        self.line.clear();
        self.written = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_code_are_set_off_whatever_the_pieces() {
        let text = "# T\na `b`\n```py\n# x\n```\n#no\n``` a ``` b\n## U";
        let expected = "\x1b[1m# T\x1b[0m\na `b`\n\x1b[2m```py\x1b[0m\n\x1b[36m# x\x1b[0m\n\x1b[2m```\x1b[0m\n#no\n\
                        ``` a ``` b\n\x1b[1m## U\x1b[0m";
        let mut whole = Renderer::default();
        assert_eq!(whole.push(text) + &whole.finish(), expected);
        // Letter by letter, the first letter decides the style of a line.
        let text = text.replace("``` a ``` b\n", "");
        let expected = expected.replace("``` a ``` b\n", "");
        for size in 1..5 {
            let characters: Vec<char> = text.chars().collect();
            let mut renderer = Renderer::default();
            let mut out: String =
                characters.chunks(size).map(|chunk| renderer.push(&chunk.iter().collect::<String>())).collect();
            out += &renderer.finish();
            assert_eq!(out, expected, "pieces of {size}");
        }
    }

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
