//! Commit messages, made from a model's answer.

use serde::Serialize;

use crate::git::diff::{Diff, Status};

/// The longest subject, and the width of the body.
pub const WIDTH: usize = 72;

/// How subjects look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Style {
    /// Add a parser
    Plain,
    /// feat(parser): add a parser
    Conventional,
}

/// A commit message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// One line of at most [`WIDTH`] characters.
    pub subject: String,
    /// Lines of at most [`WIDTH`] characters, unless one word is longer; may be empty.
    pub body: String,
}

/// The types of conventional commits.
const TYPES: [&str; 11] =
    ["build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"];

/// Imperatives of the verbs that models tend to begin with.
const IMPERATIVES: [&str; 30] = [
    "add",
    "allow",
    "change",
    "clean",
    "convert",
    "correct",
    "create",
    "delete",
    "disable",
    "document",
    "enable",
    "extract",
    "fix",
    "handle",
    "implement",
    "improve",
    "introduce",
    "make",
    "move",
    "prevent",
    "refactor",
    "remove",
    "rename",
    "replace",
    "return",
    "set",
    "simplify",
    "support",
    "update",
    "use",
];

impl Message {
    /// Turns a model's answer into a message; `None` if it has no usable line.
    #[must_use]
    pub fn of(answer: &str, style: Style, body: bool, english: bool, diff: &Diff) -> Option<Message> {
        let lines: Vec<String> =
            answer.lines().map(clean).filter(|line| !line.trim_start().starts_with("```")).collect();
        let first = lines.iter().position(|line| !bare(line).is_empty() && !is_preface(line))?;
        let subject = subject(bare(&lines[first]), style, english, diff)?;
        let body = if body { wrapped(&lines[first + 1..]) } else { String::new() };
        Some(Message { subject, body })
    }

    /// The message in git's format.
    #[must_use]
    pub fn text(&self) -> String {
        if self.body.is_empty() {
            format!("{}\n", self.subject)
        } else {
            format!("{}\n\n{}\n", self.subject, self.body)
        }
    }
}

/// A line without control characters and trailing blanks.
fn clean(line: &str) -> String {
    let line: String = line.chars().map(|character| if character == '\t' { ' ' } else { character }).collect();
    line.replace(char::is_control, "").trim_end().to_owned()
}

/// "Here is a commit message:"
fn is_preface(line: &str) -> bool {
    let line = line.trim_end().to_lowercase();
    line.ends_with(':')
        && ["here", "sure", "commit", "the ", "message", "subject"].iter().any(|word| line.starts_with(word))
}

/// A subject without the decoration that models add.
fn bare(line: &str) -> &str {
    let mut line = line.trim();
    loop {
        let before = line;
        line = line.trim_start_matches(['#', '*', '>']).trim_end_matches('*').trim();
        for quote in ['"', '\'', '`'] {
            // Around the whole line, and not around words at its ends.
            if let Some(inner) = line.strip_prefix(quote).and_then(|line| line.strip_suffix(quote))
                && !inner.contains(quote)
            {
                line = inner.trim();
            }
        }
        for label in ["- ", "commit message:", "commit:", "subject:", "message:", "title:"] {
            if let Some(head) = line.get(..label.len())
                && head.eq_ignore_ascii_case(label)
            {
                line = line[label.len()..].trim();
            }
        }
        if line == before {
            return line;
        }
    }
}

fn subject(line: &str, style: Style, english: bool, diff: &Diff) -> Option<String> {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches(['.', ' ']);
    let (kind, rest) = match conventional(line) {
        Some((kind, rest)) => (Some(kind), rest),
        None => (None, line),
    };
    let text = if english { imperative(rest) } else { rest.to_owned() };
    if text.is_empty() {
        return None;
    }
    let subject = match (style, kind) {
        // A type that was not asked for is kept if the repository uses types; the model has seen its subjects.
        (Style::Plain, None) => capital(&text),
        (Style::Plain, Some(kind)) => format!("{kind}: {text}"),
        (Style::Conventional, Some(kind)) => format!("{}: {}", kind.to_lowercase(), small(&text)),
        (Style::Conventional, None) => format!("{}: {}", kind_of(diff), small(&text)),
    };
    Some(cut(&subject))
}

/// Splits `type(scope)!: text`.
fn conventional(line: &str) -> Option<(&str, &str)> {
    let (kind, rest) = line.split_once(':')?;
    let word = kind.trim_end_matches('!').split('(').next()?;
    let scope = &kind.trim_end_matches('!')[word.len()..];
    let fits = TYPES.contains(&word.to_lowercase().as_str()) && (scope.is_empty() || scope.ends_with(')'));
    fits.then_some((kind, rest.trim()))
}

/// The type of a change for which the model named none.
fn kind_of(diff: &Diff) -> &'static str {
    let all = |fits: fn(&str) -> bool| !diff.is_empty() && diff.files.iter().all(|file| fits(&file.path));
    if all(|path| path.ends_with(".md") || path.ends_with(".rst") || path.starts_with("docs/")) {
        "docs"
    } else if all(|path| path.contains("test")) {
        "test"
    } else if all(|path| path.starts_with(".github/") || path.starts_with(".ci/") || path.contains("gitlab-ci")) {
        "ci"
    } else if diff.files.iter().any(|file| file.status == Status::Added) {
        "feat"
    } else {
        "chore"
    }
}

/// "Added x", "Adds x" and "Adding x" as "Add x".
fn imperative(text: &str) -> String {
    let (word, rest) = text.split_at(text.find(' ').unwrap_or(text.len()));
    let lower = word.to_lowercase();
    let is_form = |verb: &&&str| {
        let stem = verb.strip_suffix('e').unwrap_or(verb);
        let doubled = stem.chars().next_back().map(|last| format!("{stem}{last}")).unwrap_or_default();
        let forms = [format!("{stem}ed"), format!("{stem}ing"), format!("{verb}s"), format!("{verb}es")];
        forms.contains(&lower) || lower == format!("{doubled}ing") || lower == format!("{doubled}ed")
    };
    let found = match lower.as_str() {
        "made" => Some("make"),
        "simplified" | "simplifies" => Some("simplify"),
        _ => IMPERATIVES.iter().find(is_form).copied(),
    };
    match found {
        Some(verb) if word.starts_with(char::is_uppercase) => capital(verb) + rest,
        Some(verb) => verb.to_owned() + rest,
        None => text.to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// A small first letter, unless the first word is a name or an abbreviation.
fn small(text: &str) -> String {
    let mut characters = text.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => text.to_owned(),
    }
}

/// At most [`WIDTH`] characters, truncated between words if possible.
fn cut(subject: &str) -> String {
    let Some((end, _)) = subject.char_indices().nth(WIDTH) else { return subject.to_owned() };
    let head = &subject[..end];
    if subject[end..].starts_with(' ') {
        return head.trim_end().to_owned();
    }
    let at = head.rfind(' ').filter(|&at| at >= WIDTH / 3).unwrap_or(end);
    head[..at].trim_end_matches([' ', ',', ';', ':', '-']).to_owned()
}

/// Wraps paragraphs and lists. Drops leading, trailing and repeated blank lines.
fn wrapped(lines: &[String]) -> String {
    let mut out: Vec<String> = Vec::new();
    // The text of the paragraph or list item so far, and the indentation of its further lines.
    let mut open: Option<(String, &'static str)> = None;
    let close = |open: &mut Option<(String, &'static str)>, out: &mut Vec<String>| {
        if let Some((text, indentation)) = open.take() {
            wrap(&text, indentation, out);
        }
    };
    for line in lines {
        let text = line.trim();
        if text.is_empty() {
            close(&mut open, &mut out);
            if out.last().is_some_and(|last| !last.is_empty()) {
                out.push(String::new());
            }
        } else if text.starts_with("- ") || text.starts_with("* ") {
            close(&mut open, &mut out);
            open = Some((format!("- {}", text[2..].trim()), "  "));
        } else {
            // A line that begins with `#` would be a comment to git.
            let text = text.trim_start_matches('#').trim();
            match &mut open {
                Some((so_far, _)) => *so_far += &format!(" {text}"),
                None => open = Some((text.to_owned(), "")),
            }
        }
    }
    close(&mut open, &mut out);
    out.join("\n").trim().to_owned()
}

fn wrap(text: &str, indentation: &str, out: &mut Vec<String>) {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push(std::mem::replace(&mut line, format!("{indentation}{word}")));
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line += word;
        }
    }
    out.push(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(answer: &str, style: Style, body: bool) -> Option<String> {
        Message::of(answer, style, body, true, &Diff::default()).map(|message| message.text())
    }

    #[test]
    fn subjects() {
        for (answer, plain, conventional) in [
            ("Add a parser", "Add a parser", "chore: add a parser"),
            ("\n\n  added a parser.\n\nmore", "Add a parser", "chore: add a parser"),
            ("```\nFixes it\n```", "Fix it", "chore: fix it"),
            ("Here is a commit message:\n\n\"Removing `x`\"", "Remove `x`", "chore: remove `x`"),
            ("Commit message: **Uses y**", "Use y", "chore: use y"),
            ("feat(cli): Added JSON", "feat(cli): Add JSON", "feat(cli): add JSON"),
            ("FIX!: x", "FIX!: x", "fix!: x"),
            ("Parser: drop x", "Parser: drop x", "chore: parser: drop x"),
            ("JSON output", "JSON output", "chore: JSON output"),
            ("Simplified x", "Simplify x", "chore: simplify x"),
            ("Set\u{7} x\u{1b}[0m", "Set x[0m", "chore: set x[0m"),
            ("Setting x", "Set x", "chore: set x"),
        ] {
            assert_eq!(message(answer, Style::Plain, false), Some(format!("{plain}\n")), "{answer:?}");
            assert_eq!(message(answer, Style::Conventional, false), Some(format!("{conventional}\n")), "{answer:?}");
        }
        for nothing in ["", "\n \n", "```\n```", "\"\"", "Here is a message:", "***"] {
            assert_eq!(message(nothing, Style::Plain, true), None, "{nothing:?}");
        }
    }

    #[test]
    fn long_subjects_are_cut_between_words() {
        let long = "Add ".to_owned() + &"word ".repeat(40);
        let subject = message(&long, Style::Plain, false).expect("a message");
        assert_eq!(subject.trim_end().len(), 68);
        assert!(subject.ends_with("word\n"));
        let one = message(&"é".repeat(100), Style::Plain, false).expect("a message");
        assert_eq!(one.trim_end().chars().count(), WIDTH);
        let fits = "x".repeat(60) + " yyyyyyyyyyy zz";
        assert_eq!(cut(&fits), "x".repeat(60) + " yyyyyyyyyyy");
    }

    #[test]
    fn bodies_are_wrapped() {
        let answer =
            format!("Add x\n\n\n{}\ngoes on.\n* one\n- {}\n\n\n# two\n", "word ".repeat(20), "item ".repeat(20));
        let text = message(&answer, Style::Plain, true).expect("a message");
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        let expected = format!(
            "Add x\n\n{}\n{} goes on.\n- one\n- {}\n  {}\n\ntwo\n",
            ["word"; 14].join(" "),
            ["word"; 6].join(" "),
            ["item"; 14].join(" "),
            ["item"; 6].join(" ")
        );
        assert_eq!(text, expected);
    }
}
