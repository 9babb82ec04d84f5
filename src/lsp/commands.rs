//! The commands of the server, for keys and menus of the editor: what they ask the model, and what they write.

use std::ops::Range;

use serde::Deserialize;
use serde_json::Value;

use crate::lsp::engine::Question;
use crate::text::dialect::Dialect;
use crate::text::lines::{indentation, line_start};
use crate::text::structure::function;

/// Maximum length of a function in tokens, at least.
const FUNCTION_TOKENS: u32 = 512;
/// The same for what is written into a selection.
const SELECTION_TOKENS: u32 = 256;

/// A command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Put a filling in place of a range.
    FillSelection,
    /// Write the rest of the function at a position.
    CompleteFunction,
    /// Document the function around a position.
    WriteDocstring,
    /// Return another item for a position.
    NextCandidate,
}

impl Command {
    /// All of them.
    pub const ALL: [Command; 4] =
        [Command::FillSelection, Command::CompleteFunction, Command::WriteDocstring, Command::NextCandidate];

    /// Its name in the protocol.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Command::FillSelection => "dscoder.fillSelection",
            Command::CompleteFunction => "dscoder.completeFunction",
            Command::WriteDocstring => "dscoder.writeDocstring",
            Command::NextCandidate => "dscoder.nextCandidate",
        }
    }

    /// Its title in menus.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Command::FillSelection => "Fill the selection",
            Command::CompleteFunction => "Complete the function",
            Command::WriteDocstring => "Write a docstring",
            Command::NextCandidate => "Next candidate",
        }
    }
}

/// The argument of a command.
#[derive(Debug, Deserialize)]
pub struct Argument {
    /// The document.
    pub uri: String,
    /// For [`Command::FillSelection`].
    pub range: Option<gen_lsp_types::Range>,
    /// For the others.
    pub position: Option<gen_lsp_types::Position>,
}

impl Argument {
    /// The only argument.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn of(arguments: Option<Vec<Value>>) -> Result<Argument, String> {
        let [argument] = <[Value; 1]>::try_from(arguments.unwrap_or_default())
            .map_err(|_| "the command takes one argument, with a uri and a position or range".to_owned())?;
        serde_json::from_value(argument).map_err(|error| error.to_string())
    }
}

/// What a command asks, and what becomes of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// The question; who asks adds what is the same for all.
    pub question: Question,
    /// What is replaced, in bytes.
    pub range: Range<usize>,
    /// What comes before the answer.
    begin: String,
    /// What comes behind it.
    end: &'static str,
    /// In a comment of such lines, the answer ends with them.
    mark: Option<&'static str>,
}

impl Task {
    /// Puts a filling in place of `range`.
    #[must_use]
    pub fn fill(text: &str, range: Range<usize>) -> Task {
        let question = Question {
            prefix: text[..range.start].to_owned(),
            suffix: text[range.end..].to_owned(),
            max_tokens: SELECTION_TOKENS,
            ..Question::default()
        };
        Task { question, range, begin: String::new(), end: "", mark: None }
    }

    /// Writes the function at `at` to its end.
    #[must_use]
    pub fn function(text: &str, at: usize) -> Task {
        let task = Task::fill(text, at..at);
        let question = Question { max_tokens: FUNCTION_TOKENS, until: Some("block"), ..task.question };
        Task { question, ..task }
    }

    /// Documents the function around `at`.
    ///
    /// # Errors
    /// Why it does not.
    pub fn docstring(dialect: &'static Dialect, text: &str, at: usize) -> Result<Task, String> {
        let found = function::around(dialect, text, at).ok_or("there is no function here")?;
        let style = Style::of(dialect);
        let bytes = text.as_bytes();
        let place = match style {
            Style::Inside => line_start(bytes, found.body.start),
            Style::Block | Style::Lines(_) => found.whole.start,
        };
        let indent_of = if style == Style::Inside { found.body.start } else { found.head };
        let line = &text[line_start(bytes, indent_of)..];
        let indent = &line[..indentation(line.as_bytes())];
        if place <= found.head && style == Style::Inside {
            return Err("the body of the function is in the line of its head".to_owned());
        }
        if has_docstring(text, &found, style) {
            return Err("the function has a docstring".to_owned());
        }
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let (begin, end, stop, mark) = match style {
            Style::Inside => (format!("{indent}\"\"\""), "\"\"\"", "\"\"\"", None),
            Style::Block => (format!("{indent}/**{newline}{indent} * "), " */", "*/", None),
            Style::Lines(mark) => (format!("{indent}{mark} "), "", "\n\n", Some(mark)),
        };
        let closing = match style {
            Style::Block => format!("{newline}{indent}{end}{newline}"),
            Style::Inside | Style::Lines(_) => format!("{end}{newline}"),
        };
        let question = Question {
            prefix: format!("{}{begin}", &text[..place]),
            suffix: format!("{closing}{}", &text[place..]),
            max_tokens: SELECTION_TOKENS,
            until: mark.is_none().then_some("end").or(Some("blank")),
            stop: vec![stop.to_owned()],
            ..Question::default()
        };
        let end = if style == Style::Block { "\n */" } else { end };
        Ok(Task { question, range: place..place, begin, end, mark })
    }

    /// What is written for an answer; `None` if it says nothing.
    #[must_use]
    pub fn edit(&self, answer: &str) -> Option<String> {
        if self.begin.is_empty() {
            return (!answer.is_empty()).then(|| answer.to_owned());
        }
        let mut lines = answer.trim_end().lines();
        let first = lines.next().unwrap_or_default().trim_end();
        let rest = lines.take_while(|line| self.mark.is_none_or(|mark| line.trim_start().starts_with(mark)));
        let mut whole = vec![first];
        whole.extend(rest.map(str::trim_end));
        if whole.iter().all(|line| line.trim().is_empty()) {
            return None;
        }
        let newline = if self.question.prefix.contains("\r\n") { "\r\n" } else { "\n" };
        let indent = &self.begin[..indentation(self.begin.as_bytes())];
        let end = self.end.replace('\n', &format!("{newline}{indent}"));
        Some(format!("{}{}{end}{newline}", self.begin, whole.join(newline)))
    }
}

/// How a language writes what a function does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// A string at the beginning of its body.
    Inside,
    /// A comment over lines above it.
    Block,
    /// Comments with this mark above it.
    Lines(&'static str),
}

impl Style {
    fn of(dialect: &'static Dialect) -> Style {
        match dialect.name() {
            "python" => Style::Inside,
            "rust" | "swift" | "csharp" => Style::Lines("///"),
            "lua" => Style::Lines("---"),
            "go" => Style::Lines("//"),
            _ if dialect.block_comments.iter().any(|(open, _)| *open == "/*") => Style::Block,
            _ => Style::Lines(dialect.comments.first().copied().unwrap_or("#")),
        }
    }
}

/// Whether a function says already what it does.
fn has_docstring(text: &str, found: &function::Function, style: Style) -> bool {
    match style {
        Style::Inside => {
            let body = text[found.body.clone()].trim_start_matches(['r', 'R', 'u', 'U']);
            body.starts_with(['"', '\''])
        }
        Style::Block => text[..found.whole.start].trim_end().ends_with("*/"),
        Style::Lines(mark) => {
            let above = text[..found.whole.start].trim_end_matches([' ', '\t']);
            let line = above.strip_suffix('\n').unwrap_or(above).lines().next_back().unwrap_or_default();
            found.whole.start > 0 && line.trim_start().starts_with(mark)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::dialect;

    /// The text with a docstring, where the model says `answer`; or why there is none.
    fn written(language: &str, text: &str, at: &str, answer: &str) -> Result<String, String> {
        let dialect = dialect::named(language).expect("a dialect");
        let task = Task::docstring(dialect, text, text.find(at).expect("there"))?;
        assert!(task.question.prefix.starts_with(&text[..task.range.start]));
        assert!(task.question.suffix.ends_with(&text[task.range.end..]));
        let edit = task.edit(answer).ok_or("nothing")?;
        Ok(format!("{}{edit}{}", &text[..task.range.start], &text[task.range.end..]))
    }

    #[test]
    fn docstrings_of_languages() {
        for (language, text, at, answer, expected) in [
            (
                "python",
                "class A:\n    def f(self, x):\n        return x\n",
                "return",
                "Return x.",
                "class A:\n    def f(self, x):\n        \"\"\"Return x.\"\"\"\n        return x\n",
            ),
            (
                "python",
                "@once\r\ndef f(x):\r\n    return x\r\n",
                "def",
                "Return x.\n\n    At once.\n    ",
                "@once\r\ndef f(x):\r\n    \"\"\"Return x.\r\n\r\n    At once.\"\"\"\r\n    return x\r\n",
            ),
            (
                "rust",
                "impl A {\n    #[inline]\n    fn f() {\n    }\n}\n",
                "inline",
                "Does it.\n    /// At once.\n    fn g() {",
                "impl A {\n    /// Does it.\n    /// At once.\n    #[inline]\n    fn f() {\n    }\n}\n",
            ),
            (
                "javascript",
                "  function f(x) {\n    return x;\n  }\n",
                "x;",
                "Returns x.\n   * @param x any\n   ",
                "  /**\n   * Returns x.\n   * @param x any\n   */\n  function f(x) {\n    return x;\n  }\n",
            ),
            ("go", "func f() {\n}\n", "}", "f does it.", "// f does it.\nfunc f() {\n}\n"),
            ("bash", "f() {\n  :\n}\n", ":", "Does it.", "# Does it.\nf() {\n  :\n}\n"),
        ] {
            assert_eq!(written(language, text, at, answer).as_deref(), Ok(expected), "{language}");
        }
    }

    #[test]
    fn what_gets_no_docstring() {
        for (language, text, at, why) in [
            ("python", "x = 1\n", "x", "there is no function here"),
            ("python", "def f(x): return x\n", "x", "the body of the function is in the line of its head"),
            ("python", "def f(x):\n    r'''Does it.'''\n    return x\n", "return", "the function has a docstring"),
            ("rust", "/// Does it.\nfn f() {\n}\n", "}", "the function has a docstring"),
            ("java", "class A {\n  /** It. */\n  void f() {\n  }\n}\n", "f()", "the function has a docstring"),
            ("text", "f\n", "f", "there is no function here"),
        ] {
            assert_eq!(written(language, text, at, "x"), Err(why.to_owned()), "{text}");
        }
        assert_eq!(written("go", "func f() {\n}\n", "}", " \n"), Err("nothing".to_owned()));
    }
}
